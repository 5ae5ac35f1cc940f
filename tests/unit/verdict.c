/* The verdict: its outcome, its counts, and what it keeps of very many findings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "tests/unit/verdicts.h"

static int
set_up(void **state)
{
	*state = arena_new();
	return 0;
}

static int
tear_down(void **state)
{
	arena_free(*state);
	return 0;
}

static struct at
line(struct arena *arena, unsigned n)
{
	char field[32];

	snprintf(field, sizeof(field), "/line/%u", n);
	return at_text(arena, field, field, field, n);
}

static struct verdict *
plan(void **state)
{
	return plan_new(*state, "plan.json", 3);
}

static enum outcome
finished(struct verdict *v)
{
	verdict_finish(v);
	return v->outcome;
}

static void
a_plan_without_findings_is_compliant(void **state)
{
	struct verdict *v = plan(state);

	assert_int_equal(finished(v), COMPLIANT);
	assert_int_equal(v->counts.conditions, 3);
	assert_int_equal(v->counts.passed, 3);
}

static void
an_open_error_is_non_compliant_even_when_our_side_failed(void **state)
{
	struct verdict *v = plan(state);

	not_add(v, C_P4P, NOT_FAULT, line(*state, 1), "It crashed.");
	v->our_fault = T("The evaluator was killed.");
	finding_add(v, C_FUND, SEV_ERROR, line(*state, 2), "Too little.");
	assert_int_equal(finished(v), NON_COMPLIANT);
}

static void
an_unreadable_file_is_unreadable_before_all(void **state)
{
	struct verdict *v = plan(state);

	finding_add(v, C_FUND, SEV_ERROR, line(*state, 2), "Too little.");
	v->our_fault = T("Something.");
	v->unreadable.kind = "syntax";
	assert_int_equal(finished(v), UNREADABLE);
}

static void
our_failures_of_deciding_conditions_are_undetermined_and_never_a_pass(void **state)
{
	static const enum not_kind ours[] = { NOT_FAULT, NOT_LIMIT, NOT_REFERENCE };

	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
		struct verdict *v = plan(state);

		not_add(v, C_P4P, ours[i], line(*state, 1), "No.");
		finding_add(v, C_TREND, SEV_QUERY, line(*state, 2), "Why?");
		assert_int_equal(finished(v), UNDETERMINED);
	}
}

static void
our_failures_of_conditions_that_do_not_decide_change_nothing(void **state)
{
	struct verdict *v = plan(state);

	not_add(v, C_TRIAL, NOT_FAULT, line(*state, 1), "It crashed.")->decides = false;
	not_add(v, C_ROUND, NOT_REFERENCE, line(*state, 1), "No row.")->decides = false;
	assert_int_equal(finished(v), COMPLIANT);
}

static void
our_fault_as_a_whole_is_undetermined(void **state)
{
	struct verdict *v = plan(state);

	v->our_fault = T("The evaluator was killed.");
	assert_int_equal(finished(v), UNDETERMINED);
}

static void
no_enforced_condition_is_undetermined(void **state)
{
	struct verdict *v = plan_new(*state, "plan.json", 0);

	ran_add(v, &heads[C_TRIAL], 1, 0, 0);
	assert_int_equal(finished(v), UNDETERMINED);
}

static void
waiting_for_dates_history_and_other_corrections_does_not_decide(void **state)
{
	static const enum not_kind harmless[] = { NOT_DUE, NOT_HISTORY, NOT_AFTER };

	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++) {
		struct verdict *v = plan(state);

		not_add(v, C_P4P, harmless[i], line(*state, 1), "Not yet.");
		ran_add(v, &heads[C_P4P], 0, 0, 1);
		assert_int_equal(finished(v), COMPLIANT);
		assert_int_equal(v->counts.not_evaluated, 1);
		assert_int_equal(v->counts.passed, 3);
	}
}

static void
explained_waived_shadow_warning_and_info_never_decide(void **state)
{
	struct verdict *v = plan(state);

	finding_add(v, C_TREND, SEV_QUERY, line(*state, 1), "")->status = EXPLAINED;
	finding_add(v, C_RISK, SEV_ERROR, line(*state, 2), "")->status = WAIVED;
	finding_add(v, C_TRIAL, SEV_ERROR, line(*state, 3), "")->status = SHADOW;
	finding_add(v, C_ROUND, SEV_WARNING, line(*state, 4), "");
	finding_add(v, C_ROUND, SEV_INFO, line(*state, 5), "");
	assert_int_equal(finished(v), COMPLIANT);
	assert_int_equal(v->counts.error, 0);
	assert_int_equal(v->counts.query, 0);
	assert_int_equal(v->counts.explained, 1);
	assert_int_equal(v->counts.waived, 1);
	assert_int_equal(v->counts.shadow, 1);
	assert_int_equal(v->counts.warning, 1);
	assert_int_equal(v->counts.info, 1);
}

static void
an_absence_is_an_open_query_once_for_each_place(void **state)
{
	struct verdict *v = plan(state);

	not_add(v, C_NHS, NOT_ABSENT, line(*state, 7), "Left out.");
	not_add(v, C_METRIC, NOT_ABSENT, line(*state, 7), "Left out.");
	not_add(v, C_METRIC, NOT_ABSENT, line(*state, 8), "Left out.");
	not_add(v, C_ROUND, NOT_ABSENT, line(*state, 9), "Left out.")->decides = false;
	assert_int_equal(finished(v), QUERIED);
	assert_int_equal(v->counts.query, 2);
	assert_int_equal(v->counts.absent, 2);
}

static void
an_absence_where_an_error_stands_is_not_counted_again(void **state)
{
	struct verdict *v = plan(state);

	finding_add(v, C_UNIT, SEV_ERROR, line(*state, 7), "Fill this in.");
	not_add(v, C_NHS, NOT_ABSENT, line(*state, 7), "Left out.");
	assert_int_equal(finished(v), NON_COMPLIANT);
	assert_int_equal(v->counts.query, 0);
}

static void
findings_are_sorted_by_place_then_condition_then_order(void **state)
{
	struct verdict *v = plan(state);

	finding_add(v, C_UNIT, SEV_ERROR, line(*state, 9), "fourth");
	finding_add(v, C_UNIT, SEV_ERROR, line(*state, 3), "second");
	finding_add(v, C_UNIT, SEV_ERROR, line(*state, 3), "third");
	finding_add(v, C_FUND, SEV_ERROR, line(*state, 3), "first");
	verdict_finish(v);
	assert_true(text_is(v->findings[0].message, "first"));
	assert_true(text_is(v->findings[1].message, "second"));
	assert_true(text_is(v->findings[2].message, "third"));
	assert_true(text_is(v->findings[3].message, "fourth"));
}

static void
a_hundred_of_a_condition_are_kept_and_all_are_counted(void **state)
{
	struct verdict *v = crowded_verdict(*state, 5000);

	assert_int_equal(v->n_findings, VERDICT_KEPT);
	assert_int_equal(v->counts.error, 5000);
	assert_int_equal(v->n_totals, 1);
	assert_int_equal(v->totals[0].made, 5000);
	assert_int_equal(v->findings[99].at.line, 103);
}

static void
an_error_after_ten_thousand_remarks_still_decides(void **state)
{
	struct verdict *v = plan(state);

	for (unsigned i = 0; i < 25000; i++)
		assert_non_null(
		    finding_add(v, C_ROUND, SEV_WARNING, line(*state, 30000 - i), ""));
	finding_add(v, C_FUND, SEV_ERROR, line(*state, 1), "Too little.");
	assert_int_equal(finished(v), NON_COMPLIANT);
	assert_int_equal(v->counts.warning, 25000);
	assert_int_equal(v->counts.error, 1);
	/* the first by place, though they were made last */
	assert_int_equal(v->findings[1].at.line, 5001);
	assert_int_equal(v->n_findings, 101);
}

static void
absences_beyond_the_cap_are_counted(void **state)
{
	struct verdict *v = plan(state);

	for (unsigned i = 0; i < 12000; i++)
		not_add(v, C_NHS, NOT_ABSENT, line(*state, i + 1), "Left out.");
	assert_int_equal(finished(v), QUERIED);
	assert_int_equal(v->counts.query, 12000);
	assert_int_equal(v->n_nots, VERDICT_KEPT);
}

static void
what_finds_no_room_is_never_a_pass(void **state)
{
	struct verdict *v = plan(state);

	for (unsigned i = 0; i < 10001; i++)
		verdict_add_determination(v);
	assert_int_equal(v->dropped, 1);
	assert_int_equal(finished(v), UNDETERMINED);
}

static void
money_at_stake_is_what_open_errors_differ_by_and_what_is_held(void **state)
{
	struct verdict *v = plan(state);
	struct finding *f;

	money_add_to(
	    v, finding_add(v, C_FUND, SEV_ERROR, line(*state, 1), ""), 100, 600, "at least");
	money_add_to(
	    v, finding_add(v, C_DFG, SEV_ERROR, line(*state, 2), ""), 900, 200, "exactly");
	money_add_to(
	    v, finding_add(v, C_TREND, SEV_QUERY, line(*state, 3), ""), 0, 5000, "at least");
	f = finding_add(v, C_RISK, SEV_ERROR, line(*state, 4), "");
	money_add_to(v, f, 0, 70000, "exactly");
	f->status = WAIVED;
	determination_add(v, "held", "2015-16", 3000, "")->held = true;
	determination_add(v, "paid", "2015-16", 9000, "");
	verdict_finish(v);
	assert_int_equal(v->at_stake, 500 + 700 + 3000);
	assert_int_equal(v->held, 3000);
}

static void
money_at_stake_stops_at_the_end_of_money(void **state)
{
	struct verdict *v = plan(state);

	for (unsigned i = 0; i < 3; i++) {
		struct finding *f = finding_add(v, C_FUND, SEV_ERROR, line(*state, i + 1), "");

		f->has_money = true;
		f->difference_pence = -MONEY_MAX;
	}
	verdict_finish(v);
	assert_int_equal(v->at_stake, MONEY_MAX);
}

static void
a_condition_with_a_finding_has_not_passed_and_a_warning_takes_nothing_away(void **state)
{
	struct verdict *v = plan(state);

	ran_add(v, &heads[C_TREND], 8, 1, 0);
	finding_add(v, C_TREND, SEV_QUERY, line(*state, 1), "")->status = EXPLAINED;
	ran_add(v, &heads[C_ROUND], 8, 1, 0);
	finding_add(v, C_ROUND, SEV_WARNING, line(*state, 2), "");
	verdict_finish(v);
	assert_int_equal(v->counts.conditions, 5);
	assert_int_equal(v->counts.passed, 4);
	assert_int_equal(v->counts.not_evaluated, 0);
}

static void
finishing_twice_changes_nothing(void **state)
{
	struct verdict *v = refused_verdict(*state);
	struct buf once = { 0 }, twice = { 0 };

	render_json(&once, v);
	verdict_finish(v);
	render_json(&twice, v);
	assert_string_equal(once.p, twice.p);
	buf_free(&once);
	buf_free(&twice);
}

static void
a_failed_verdict_is_undetermined_and_says_why(void **state)
{
	struct submission s = sent("plan.json");
	struct verdict *v =
	    verdict_failed(*state, &s, T("3f2a"), T("The evaluator was killed after 2 s."));

	assert_int_equal(v->outcome, UNDETERMINED);
	assert_true(text_is(v->our_fault, "The evaluator was killed after 2 s."));
	v = verdict_failed(*state, &s, T("3f2a"), TEXT_NONE);
	assert_int_equal(v->outcome, UNDETERMINED);
	assert_true(v->our_fault.n > 0);
}

static void
assert_headline(const struct verdict *v, const char *words)
{
	struct buf b = { 0 };

	verdict_headline(&b, v);
	assert_string_equal(b.p, words);
	buf_free(&b);
}

static void
headlines_are_words(void **state)
{
	struct verdict *v;

	assert_headline(refused_verdict(*state),
	    "Needs 5 corrections, 1 explanation and 2 entries that were left out.");
	assert_headline(compliant_verdict(*state),
	    "Passes every check that applied: 54 of 57; 1 explained; 2 could not be made.");
	assert_headline(unreadable_verdict(*state), "We could not read this file.");
	assert_headline(undetermined_verdict(*state),
	    "We could not judge this file: the fault is ours. It will be judged again; you "
	    "need do "
	    "nothing.");
	v = undetermined_verdict(*state);
	v->submission.seq = -1;
	assert_headline(v, "We could not judge this file: the fault is ours.");
	assert_headline(crowded_verdict(*state, 5000), "Needs 5,000 corrections.");
	assert_headline(crowded_verdict(*state, 1), "Needs 1 correction.");
	assert_headline(crowded_verdict(*state, 0), "Passes every check that applied: all 21.");
}

/* A budget of one list, made by hand: how forms are filled is not this test's business. */
static struct record *
record_at(
    struct arena *arena, const struct record_type *type, struct record *parent, uint32_t index)
{
	struct record *r =
	    arena_calloc(arena, 1, sizeof(*r) + type->n_fields * sizeof(struct value));

	r->type = type;
	r->parent = parent;
	r->budget = parent != NULL ? parent->budget : NULL;
	r->in = parent != NULL ? &parent->type->fields[0] : NULL;
	r->index = index;
	return r;
}

static void
a_place_is_told_by_pointer_path_key_and_label(void **state)
{
	static struct field line_fields[] = {
		{ .name = TEXT("line"), .title = TEXT("Line"), .kind = KIND_TEXT },
		{ .name = TEXT("amount"),
		    .title = TEXT("Amount"),
		    .index = 1,
		    .kind = KIND_MONEY }
	};
	static struct record_type line_type = { .name = TEXT("income"),
		.title = TEXT("Income"),
		.row = TEXT("line"),
		.fields = line_fields,
		.n_fields = 2,
		.key = 0 };
	static struct field root_fields[] = { { .name = TEXT("income"),
	    .title = TEXT("Income"),
	    .kind = KIND_LIST,
	    .of = KIND_RECORD,
	    .sub = &line_type } };
	static struct record_type root_type = {
		.name = TEXT("plan"), .fields = root_fields, .n_fields = 1, .key = -1
	};
	struct record *root = record_at(*state, &root_type, NULL, 0), *row;
	struct budget *budget = arena_calloc(*state, 1, sizeof(*budget));
	struct list *list = arena_calloc(*state, 1, sizeof(*list));
	struct value *item = arena_calloc(*state, 1, sizeof(*item));
	struct at at;

	budget->arena = *state;
	budget->root = root;
	root->budget = budget;
	row = record_at(*state, &line_type, root, 0);
	row->values[0] =
	    (struct value){ .state = VALUE_SET, .kind = KIND_TEXT, .u.s = "I1", .len = 2 };
	*item = (struct value){ .state = VALUE_SET, .kind = KIND_RECORD, .u.rec = row };
	*list = (struct list){ .field = &root_fields[0], .owner = root, .n = 1, .items = item };
	root->values[0] =
	    (struct value){ .state = VALUE_SET, .kind = KIND_LIST, .u.list = list };
	at = at_of_place(*state, place_of(row, &line_fields[1]));
	assert_true(text_is(at.field, "/income/0/amount"));
	assert_true(text_is(at.path, "/income[I1]/amount"));
	assert_true(text_is(at.key, "income[I1]"));
	assert_true(at.label.n > 0);
	assert_int_equal(at.line, 0);
	at = at_of_place(*state, (struct place){ 0 });
	assert_int_equal(at.field.n, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    a_plan_without_findings_is_compliant, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    an_open_error_is_non_compliant_even_when_our_side_failed, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(
		    an_unreadable_file_is_unreadable_before_all, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    our_failures_of_deciding_conditions_are_undetermined_and_never_a_pass,
		    set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    our_failures_of_conditions_that_do_not_decide_change_nothing, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(
		    our_fault_as_a_whole_is_undetermined, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    no_enforced_condition_is_undetermined, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    waiting_for_dates_history_and_other_corrections_does_not_decide, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(
		    explained_waived_shadow_warning_and_info_never_decide, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    an_absence_is_an_open_query_once_for_each_place, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    an_absence_where_an_error_stands_is_not_counted_again, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    findings_are_sorted_by_place_then_condition_then_order, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_hundred_of_a_condition_are_kept_and_all_are_counted, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    an_error_after_ten_thousand_remarks_still_decides, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    absences_beyond_the_cap_are_counted, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    what_finds_no_room_is_never_a_pass, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    money_at_stake_is_what_open_errors_differ_by_and_what_is_held, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(
		    money_at_stake_stops_at_the_end_of_money, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_condition_with_a_finding_has_not_passed_and_a_warning_takes_nothing_away,
		    set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    finishing_twice_changes_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_failed_verdict_is_undetermined_and_says_why, set_up, tear_down),
		cmocka_unit_test_setup_teardown(headlines_are_words, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_place_is_told_by_pointer_path_key_and_label, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("verdict", tests, NULL, NULL);
}
