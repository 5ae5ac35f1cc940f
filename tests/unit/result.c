/* Packed results: what goes in comes out, and nothing else is believed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include "rules/result.h"
#include "tests/unit/verdicts.h"

static struct buf
packed(struct verdict *(*make)(struct arena *), int64_t seq)
{
	struct arena *arena = arena_new();
	struct verdict *v = make(arena);
	struct buf b = { 0 };

	v->submission.seq = seq;
	result_write(&b, v, NULL);
	assert_false(buf_failed(&b));
	arena_free(arena);
	return b;
}

/* The value of a tag of a record, or none. */
static struct text
tag(const struct result_record *r, const char *name)
{
	for (uint32_t i = 0; i < r->n_tags; i++)
		if (text_is(r->tags[i].name, name))
			return r->tags[i].value;
	return TEXT_NONE;
}

/* The nth record of a kind. */
static bool
find(const struct result *r, enum result_record_kind kind, unsigned n,
    struct result_record *record)
{
	size_t at = 0;

	while (result_next(r, &at, record))
		if (record->kind == kind && n-- == 0)
			return true;
	return false;
}

static unsigned
count(const struct result *r, enum result_record_kind kind)
{
	struct result_record record;
	unsigned n = 0;

	while (find(r, kind, n, &record))
		n++;
	return n;
}

static void
a_verdict_comes_out_as_it_went_in(void **state)
{
	struct buf b = packed(refused_verdict, 1042), json = { 0 };
	struct arena *arena = arena_new();
	struct result r;
	const char *why;

	(void)state;
	assert_true(result_read(buf_as_text(&b), &r, &why));
	assert_null(why);
	assert_int_equal(r.outcome, NON_COMPLIANT);
	assert_true(text_is(r.form, "bcf-plan"));
	assert_true(text_is(r.area, "E08000018"));
	assert_true(text_is(r.period, "2015-16"));
	assert_true(text_is(r.at_stake, "91000.00"));
	assert_true(text_is(r.headline,
	    "Needs 5 corrections, 1 explanation and 2 entries that were left out."));
	render_json(&json, refused_verdict(arena));
	assert_true(text_equal(r.json, buf_as_text(&json)));
	assert_int_equal(r.text.n, 0);
	assert_int_equal(r.budget.n, 0);
	arena_free(arena);
	buf_free(&json);
	buf_free(&b);
}

static void
only_a_check_without_a_ledger_carries_text(void **state)
{
	struct buf b = packed(compliant_verdict, -1);
	struct result r;

	(void)state;
	assert_true(result_read(buf_as_text(&b), &r, NULL));
	assert_true(r.text.n > 0);
	buf_free(&b);
}

static void
records_tell_the_verdict_first_then_its_findings(void **state)
{
	struct buf b = packed(refused_verdict, 1042);
	struct result_record record;
	struct result r;
	size_t at = 0;

	(void)state;
	assert_true(result_read(buf_as_text(&b), &r, NULL));
	assert_true(result_next(&r, &at, &record));
	assert_int_equal(record.kind, RECORD_VERDICT);
	assert_int_equal(record.severity, 4);
	assert_true(text_is(tag(&record, "outcome"), "non-compliant"));
	assert_true(text_is(tag(&record, "error"), "5"));
	assert_true(text_is(tag(&record, "at_stake"), "91000.00"));
	assert_true(find(&r, RECORD_FINDING, 0, &record));
	assert_true(text_is(tag(&record, "condition"), "BCF-FUND-001"));
	assert_true(text_is(tag(&record, "severity"), "error"));
	assert_true(text_is(tag(&record, "status"), "open"));
	assert_true(text_is(tag(&record, "field"), "/income/0/amount"));
	assert_true(text_is(tag(&record, "difference"), "-1000.00"));
	assert_int_equal(count(&r, RECORD_FINDING), 9);
	assert_int_equal(count(&r, RECORD_DETERMINATION), 5);
	assert_int_equal(count(&r, RECORD_POLICY_FAULT), 0);
	buf_free(&b);
}

static void
what_failed_on_our_side_is_told_to_the_administrator(void **state)
{
	struct buf b = packed(undetermined_verdict, 7);
	struct result_record record;
	struct result r;

	(void)state;
	assert_true(result_read(buf_as_text(&b), &r, NULL));
	assert_int_equal(count(&r, RECORD_POLICY_FAULT), 2);
	assert_true(find(&r, RECORD_POLICY_FAULT, 1, &record));
	assert_int_equal(record.severity, 3);
	assert_true(text_is(tag(&record, "condition"), "BCF-P4P-005"));
	assert_true(text_is(tag(&record, "kind"), "fault"));
	assert_true(text_is(tag(&record, "file"), "better-care-fund/p4p.lua"));
	assert_true(text_is(tag(&record, "line"), "61"));
	assert_true(tag(&record, "what").n > 20);
	buf_free(&b);
}

static struct verdict *
many(struct arena *arena)
{
	struct verdict *v = plan_new(arena, "plan.json", 0);

	for (int c = 0; c < C_N; c++)
		for (int s = 0; s < 2; s++)
			for (unsigned i = 0; i < 100; i++)
				finding_add(v, c, s == 0 ? SEV_ERROR : SEV_QUERY,
				    (struct at){ .line = i + 1 }, "");
	v->our_fault = T("Something failed.");
	verdict_finish(v);
	return v;
}

static void
records_are_bounded_and_our_own_failures_are_not_left_out(void **state)
{
	struct buf b = packed(many, 7);
	struct result r;

	(void)state;
	assert_true(result_read(buf_as_text(&b), &r, NULL));
	assert_int_equal(r.n_records, 1000);
	assert_int_equal(count(&r, RECORD_POLICY_FAULT), 1);
	buf_free(&b);
}

static void
hostile_texts_are_clean_and_short_in_tags(void **state)
{
	struct buf b = packed(hostile_verdict, 7);
	struct result_record record;
	struct result r;
	size_t at = 0;

	(void)state;
	assert_true(result_read(buf_as_text(&b), &r, NULL));
	assert_true(r.area.n <= 128);
	while (result_next(&r, &at, &record))
		for (uint32_t i = 0; i < record.n_tags; i++) {
			struct text value = record.tags[i].value;

			assert_true(value.n <= 1024);
			for (size_t k = 0; k < value.n; k++)
				assert_true((unsigned char)value.p[k] >= 0x20);
		}
	buf_free(&b);
}

static void
a_result_cut_anywhere_is_refused(void **state)
{
	struct buf b = packed(unreadable_verdict, 7);
	struct result r;
	const char *why = NULL;

	(void)state;
	for (size_t n = 0; n < b.n; n++) {
		/* a copy of its own size, so that a sanitizer sees one byte too many */
		char *cut = malloc(n > 0 ? n : 1);

		memcpy(cut, b.p, n);
		assert_false(result_read((struct text){ cut, n }, &r, &why));
		assert_non_null(why);
		free(cut);
	}
	buf_char(&b, 'x');
	assert_false(result_read(buf_as_text(&b), &r, &why));
	assert_string_equal(why, "there is more than a result");
	buf_free(&b);
}

/* Where a text stands in the packed bytes. */
static size_t
where(const struct buf *b, const char *s)
{
	const char *p = memmem(b->p, b->n, s, strlen(s));

	assert_non_null(p);
	return (size_t)(p - b->p);
}

static void
assert_refused_with(const char *find_text, char put, const char *reason)
{
	struct buf b = packed(refused_verdict, 7);
	struct result r;
	const char *why = NULL;

	b.p[where(&b, find_text)] = put;
	assert_false(result_read(buf_as_text(&b), &r, &why));
	assert_string_equal(why, reason);
	buf_free(&b);
}

static void
what_is_no_result_is_refused_with_a_reason(void **state)
{
	(void)state;
	assert_refused_with("poolR1", 'q', "it does not begin like a result");
	assert_refused_with("bcf-plan", '\xff', "its identity is too long or not UTF-8");
	assert_refused_with("91000.00", 'x', "its money at stake is not an amount");
	assert_refused_with("{\"verdict\"", '[', "its JSON is not an object in UTF-8");
	assert_refused_with("\"headline\"", '\033', "its JSON is not an object in UTF-8");
	assert_refused_with(
	    "<title>", '\xff', "its page does not begin as ours do, or is not UTF-8");
	assert_refused_with("outcome\x0d", 'O', "a tag has a bad name");
}

static void
an_outcome_that_is_none_is_refused(void **state)
{
	struct buf b = packed(refused_verdict, 7);
	struct result r;
	const char *why;

	(void)state;
	b.p[7] = OUTCOMES;
	assert_false(result_read(buf_as_text(&b), &r, &why));
	assert_string_equal(why, "its outcome is none we know");
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_verdict_comes_out_as_it_went_in),
		cmocka_unit_test(only_a_check_without_a_ledger_carries_text),
		cmocka_unit_test(records_tell_the_verdict_first_then_its_findings),
		cmocka_unit_test(what_failed_on_our_side_is_told_to_the_administrator),
		cmocka_unit_test(records_are_bounded_and_our_own_failures_are_not_left_out),
		cmocka_unit_test(hostile_texts_are_clean_and_short_in_tags),
		cmocka_unit_test(a_result_cut_anywhere_is_refused),
		cmocka_unit_test(what_is_no_result_is_refused_with_a_reason),
		cmocka_unit_test(an_outcome_that_is_none_is_refused),
	};

	return cmocka_run_group_tests_name("result", tests, NULL, NULL);
}
