/*
 * Verdicts as JSON, text and pages.  With RENDER_DIR set, every sample is written there as well, for
 * tests/regress/report-page.t and for eyes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>
#include <jansson.h>

#include "tests/unit/verdicts.h"

static struct verdict *
crowded(struct arena *arena)
{
	return crowded_verdict(arena, 5000);
}

static const struct sample {
	const char *name;
	struct verdict *(*make)(struct arena *);
} samples[] = { { "compliant", compliant_verdict }, { "refused", refused_verdict },
	{ "unreadable", unreadable_verdict }, { "undetermined", undetermined_verdict },
	{ "crowded", crowded }, { "hostile", hostile_verdict } };

#define N_SAMPLES (sizeof(samples) / sizeof(samples[0]))

static void
plain_text(struct buf *b, const struct verdict *v)
{
	render_text(b, v, NULL);
}

static const struct rendering {
	const char *ending;
	void (*render)(struct buf *, const struct verdict *);
} renderings[] = { { "json", render_json }, { "txt", plain_text }, { "html", render_html } };

#define N_RENDERINGS (sizeof(renderings) / sizeof(renderings[0]))

/* A sample rendered, from an arena of its own. */
static struct buf
rendered(const struct sample *sample, void (*render)(struct buf *, const struct verdict *))
{
	struct arena *arena = arena_new();
	struct buf b = { 0 };

	render(&b, sample->make(arena));
	assert_false(buf_failed(&b));
	arena_free(arena);
	return b;
}

static void
keep_for_eyes(const struct sample *sample, const struct rendering *r, const struct buf *b)
{
	const char *folder = getenv("RENDER_DIR");
	char path[512];
	FILE *f;

	if (folder == NULL)
		return;
	snprintf(path, sizeof(path), "%s/%s.%s", folder, sample->name, r->ending);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(b->p, 1, b->n, f), b->n);
	assert_int_equal(fclose(f), 0);
}

static void
the_same_verdict_is_the_same_bytes(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_SAMPLES; i++)
		for (size_t k = 0; k < N_RENDERINGS; k++) {
			struct buf one = rendered(&samples[i], renderings[k].render);
			struct buf two = rendered(&samples[i], renderings[k].render);

			assert_string_equal(one.p, two.p);
			keep_for_eyes(&samples[i], &renderings[k], &one);
			buf_free(&one);
			buf_free(&two);
		}
}

static void
json_is_read_by_a_strict_parser(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_SAMPLES; i++) {
		struct buf b = rendered(&samples[i], render_json);
		json_error_t error;
		json_t *doc = json_loadb(b.p, b.n, JSON_REJECT_DUPLICATES, &error);

		if (doc == NULL)
			fail_msg("%s: %s at %d", samples[i].name, error.text, error.position);
		assert_int_equal(json_integer_value(json_object_get(doc, "verdict")), 1);
		assert_int_equal(b.p[b.n - 1], '\n');
		json_decref(doc);
		buf_free(&b);
	}
}

static const char *
string_at(const json_t *doc, const char *list, size_t i, const char *key)
{
	return json_string_value(
	    json_object_get(json_array_get(json_object_get(doc, list), i), key));
}

static void
json_has_the_figures_of_a_finding_as_decimal_strings(void **state)
{
	struct buf b = rendered(&samples[1], render_json);
	json_t *doc = json_loadb(b.p, b.n, 0, NULL), *at;

	(void)state;
	assert_string_equal(
	    json_string_value(json_object_get(doc, "outcome")), "non-compliant");
	assert_string_equal(
	    json_string_value(json_object_get(doc, "money_at_stake")), "91000.00");
	assert_string_equal(string_at(doc, "findings", 0, "condition"), "BCF-FUND-001");
	assert_string_equal(string_at(doc, "findings", 0, "given"), "20415000.00");
	assert_string_equal(string_at(doc, "findings", 0, "relation"), "at least");
	assert_string_equal(string_at(doc, "findings", 0, "expected"), "20416000.00");
	assert_string_equal(string_at(doc, "findings", 0, "difference"), "-1000.00");
	at = json_object_get(json_array_get(json_object_get(doc, "findings"), 0), "at");
	assert_string_equal(
	    json_string_value(json_object_get(at, "field")), "/income/0/amount");
	assert_string_equal(
	    json_string_value(json_object_get(at, "path")), "/income[I1]/amount");
	assert_int_equal(json_integer_value(json_object_get(at, "line")), 59);
	json_decref(doc);
	buf_free(&b);
}

static void
json_of_many_like_findings_lists_a_hundred_and_counts_the_rest(void **state)
{
	struct buf b = rendered(&samples[4], render_json);
	json_t *doc = json_loadb(b.p, b.n, 0, NULL), *more;

	(void)state;
	assert_int_equal(json_array_size(json_object_get(doc, "findings")), 100);
	more = json_array_get(json_object_get(doc, "findings_more"), 0);
	assert_int_equal(json_integer_value(json_object_get(more, "more")), 4900);
	json_decref(doc);
	buf_free(&b);
}

static void
a_check_without_a_ledger_has_neither_id_nor_number(void **state)
{
	struct verdict *v;
	struct arena *arena = arena_new();
	struct buf b = { 0 };

	(void)state;
	v = compliant_verdict(arena);
	v->submission.seq = -1;
	v->submission.id = TEXT_NONE;
	render_json(&b, v);
	assert_non_null(strstr(b.p, "\"id\":null,"));
	assert_non_null(strstr(b.p, "\"seq\":null,"));
	buf_free(&b);
	arena_free(arena);
}

/* Columns of a line in characters, colours left out. */
static size_t
columns(const char *p, size_t n)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += ((unsigned char)p[i] & 0xc0) != 0x80;
	return count;
}

static void
text_stays_under_a_hundred_columns(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_SAMPLES; i++) {
		struct buf b = rendered(&samples[i], plain_text);

		for (const char *p = b.p, *end; *p != '\0'; p = end + 1) {
			end = strchr(p, '\n');
			assert_non_null(end);
			assert_true(columns(p, (size_t)(end - p)) < 100);
		}
		buf_free(&b);
	}
}

static void
nothing_from_a_file_reaches_a_terminal_raw(void **state)
{
	struct buf b = rendered(&samples[5], plain_text);

	(void)state;
	for (size_t i = 0; i < b.n; i++)
		assert_true((unsigned char)b.p[i] >= 0x20 || b.p[i] == '\n');
	assert_null(strstr(b.p, "\xe2\x80\xae"));
	assert_null(strstr(b.p, "\xe2\x80\x8b"));
	assert_non_null(strstr(b.p, "\\u{202e}"));
	assert_non_null(strstr(b.p, "\\x1b"));
	assert_true(text_is_utf8(buf_as_text(&b)));
	buf_free(&b);
}

static void
colour_is_used_only_when_asked_for(void **state)
{
	const struct text_style colour = { .colour = true };
	struct arena *arena = arena_new();
	struct buf b = { 0 };

	(void)state;
	render_text(&b, refused_verdict(arena), NULL);
	assert_null(strchr(b.p, '\033'));
	buf_clear(&b);
	render_text(&b, refused_verdict(arena), &colour);
	assert_non_null(strstr(b.p, "\033[1;31m✗ Not compliant\033[0m\n"));
	buf_free(&b);
	arena_free(arena);
}

/* Where each part begins, in the order of the report. */
static void
assert_order(const char *p, const char *const parts[])
{
	const char *at = p;

	for (; *parts != NULL; parts++) {
		at = strstr(at, *parts);
		if (at == NULL)
			fail_msg("\"%s\" is not there, or not in its place", *parts);
	}
}

static const char *const order[] = {
	"Needs 5 corrections, 1 explanation and 2 entries that were left out.",
	"What must be changed", "published minimum", "What must be filled in",
	"What must be explained", "What we worked out", "What could not be checked, and why",
	"What passed", "What we noticed besides", "Checks on trial", "Small print", NULL
};

static void
page_and_text_say_the_same_in_the_same_order(void **state)
{
	struct buf text = rendered(&samples[1], plain_text),
		   page = rendered(&samples[1], render_html);

	(void)state;
	assert_order(text.p, order);
	assert_order(strstr(page.p, "<body"), order);
	buf_free(&text);
	buf_free(&page);
}

static void
a_page_lets_nothing_of_a_file_become_markup(void **state)
{
	struct buf b = rendered(&samples[5], render_html);

	(void)state;
	assert_null(strstr(b.p, "<script"));
	assert_null(strstr(b.p, "<img"));
	assert_null(strstr(b.p, "\xe2\x80\xae"));
	assert_null(memchr(b.p, '\033', b.n));
	assert_non_null(strstr(b.p, "&lt;script&gt;"));
	assert_true(text_is_utf8(buf_as_text(&b)));
	buf_free(&b);
}

static void
a_page_is_cut_where_a_file_has_no_end(void **state)
{
	struct buf b = rendered(&samples[5], render_html);
	size_t run = 0, longest = 0;

	(void)state;
	for (size_t i = 0; i < b.n; i++) {
		run = b.p[i] == 'W' ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	assert_true(longest > 100 && longest <= 2000);
	buf_free(&b);
}

static void
like_findings_are_one_row_with_a_count_and_the_first_places(void **state)
{
	struct buf page = rendered(&samples[4], render_html),
		   text = rendered(&samples[4], plain_text);

	(void)state;
	assert_non_null(strstr(page.p, "In 5,000 places."));
	assert_non_null(strstr(page.p, "and 4,900 more like this, "));
	assert_non_null(strstr(page.p, "Schemes, row 1: Expenditure"));
	assert_non_null(strstr(text.p, "and 4,997 more like this"));
	assert_true(page.n < 64 * 1024);
	buf_free(&page);
	buf_free(&text);
}

static void
what_a_check_said_as_it_failed_is_in_the_small_print_only(void **state)
{
	struct buf b = rendered(&samples[3], render_html);
	const char *lua = strstr(b.p, "attempt to index"), *print = strstr(b.p, "Small print");

	(void)state;
	assert_non_null(lua);
	assert_non_null(print);
	assert_true(lua > print);
	buf_free(&b);
}

static unsigned
times(const char *p, const char *what)
{
	unsigned n = 0;

	while ((p = strstr(p, what)) != NULL) {
		n++;
		p += strlen(what);
	}
	return n;
}

static void
one_reason_that_keeps_several_checks_waiting_is_given_once(void **state)
{
	struct buf page = rendered(&samples[1], render_html),
		   text = rendered(&samples[1], plain_text);

	(void)state;
	assert_int_equal(times(page.p, "has to be right first"), 1);
	assert_int_equal(times(text.p, "has to be right first"), 1);
	assert_non_null(strstr(strstr(text.p, "has to be right first"), "BCF-NC-004,"));
	buf_free(&page);
	buf_free(&text);
}

static void
a_csv_file_is_not_told_to_write_explanations_into_it(void **state)
{
	struct buf b = rendered(&samples[3], render_html);

	(void)state;
	assert_non_null(strstr(b.p, "This layout has no room for explanations."));
	assert_null(strstr(b.p, "Add to the explanations in your file"));
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_verdict_is_the_same_bytes),
		cmocka_unit_test(json_is_read_by_a_strict_parser),
		cmocka_unit_test(json_has_the_figures_of_a_finding_as_decimal_strings),
		cmocka_unit_test(
		    json_of_many_like_findings_lists_a_hundred_and_counts_the_rest),
		cmocka_unit_test(a_check_without_a_ledger_has_neither_id_nor_number),
		cmocka_unit_test(text_stays_under_a_hundred_columns),
		cmocka_unit_test(nothing_from_a_file_reaches_a_terminal_raw),
		cmocka_unit_test(colour_is_used_only_when_asked_for),
		cmocka_unit_test(page_and_text_say_the_same_in_the_same_order),
		cmocka_unit_test(a_page_lets_nothing_of_a_file_become_markup),
		cmocka_unit_test(a_page_is_cut_where_a_file_has_no_end),
		cmocka_unit_test(like_findings_are_one_row_with_a_count_and_the_first_places),
		cmocka_unit_test(what_a_check_said_as_it_failed_is_in_the_small_print_only),
		cmocka_unit_test(one_reason_that_keeps_several_checks_waiting_is_given_once),
		cmocka_unit_test(a_csv_file_is_not_told_to_write_explanations_into_it),
	};

	return cmocka_run_group_tests_name("render", tests, NULL, NULL);
}
