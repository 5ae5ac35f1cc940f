/* The calls: what each finding says, and what each mistake is told. */
#include "small_pack.h"

static struct judged
check(const char *body)
{
	char lua[4096];

	snprintf(lua, sizeof(lua),
	    CONDITION("A-1", "{ 'error', 'query' }",
		"parameters = { 'tolerance' }, check = function(budget, given) local line = "
		"budget.income[1] %s end"),
	    body);
	return judge(lua, RETURN);
}

static void
at_least_makes_the_whole_finding(void **state)
{
	struct judged j = check(
	    "at_least { at = line:place 'amount', given = line.amount, least = gbp '100' }");
	const struct finding *f = only_finding(&j);

	(void)state;
	assert_true(text_is(f->message, "The amount is £60.00; it must be at least £100.00."));
	assert_true(text_is(f->relation, "at least"));
	assert_true(text_is(f->given.plain, "60.00"));
	assert_true(text_is(f->expected.plain, "100.00"));
	assert_true(text_is(f->difference.plain, "-40.00"));
	assert_true(f->has_money);
	assert_int_equal(f->difference_pence, -4000);
	assert_true(text_is(f->at.path, "/income[I1]/amount"));
	assert_int_equal(f->severity, SEV_ERROR);
	assert_int_equal(j.v->outcome, NON_COMPLIANT);
	judged_free(&j);
}

static void
comparisons_that_hold_find_nothing(void **state)
{
	(void)state;
	assert_passes("local l = budget.income[3] " EXPECT(
	    "at_least { at = l:place 'amount', given = l.amount, least = gbp '10' }")
		EXPECT("at_most { at = l:place 'amount', given = l.amount, most = gbp '10' }")
		    EXPECT("equal { at = l:place 'amount', given = l.amount, exactly = gbp "
			   "'15', within = given.parameters.tolerance }")
			EXPECT("equal { at = l:place 'amount', given = l.partner, exactly = "
			       "budget.partners[2] }")
			    EXPECT("one_of { at = l:place 'source', given = l.source, of = { "
				   "'minimum', 'additional' } }")
				EXPECT("filled { at = l:place 'line', given = l.line }")
				    EXPECT("equal { at = l:place 'amount', given = skip(), "
					   "exactly = gbp '1' }")
					EXPECT("on_time { at = l:place 'on', given = l.on, by "
					       "= given.deadlines:for_partner(l.partner) }"));
}

static void
each_comparison_says_what_it_wants(void **state)
{
	static const struct {
		const char *call, *message;
	} cases[] = {
		{ "at_most { at = line:place 'amount', given = line.amount, most = gbp '1' }",
		    "The amount is £60.00; it must be at most £1.00." },
		{ "equal { at = line:place 'source', given = line.source, exactly = "
		  "'additional' }",
		    "must be additional." },
		{ "one_of { at = line:place 'line', given = line.line, of = { 'a', 'b', 'c' } "
		  "}",
		    "it must be one of a, b or c." },
		{ "filled { at = line:place 'on', given = line:optional 'on' }",
		    "This is not filled in." },
		{ "filled { at = budget:place 'note', given = ' T.B.C. ' }",
		    "This is not filled in." },
		{ "on_time { at = line:place 'on', given = date '2014-12-03', by = date "
		  "'2014-12-01' }",
		    "it must be by 1 December 2014" },
		{ "equal { at = budget.income:place 'amount', given = budget.income:sum "
		  "'amount', exactly = zero }",
		    "Together these are £109.00; they must be £0.00." },
		{ "finding { at = line:place 'amount', given = 'this', expected = 'that' }",
		    "Found this; expected that." },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct judged j = check(cases[i].call);

		assert_has(only_finding(&j)->message.p, cases[i].message);
		judged_free(&j);
	}
}

static void
a_placeholder_says_nothing(void **state)
{
	(void)state;
	assert_passes(EXPECT("not says_something(nil)") EXPECT("not says_something ' '")
		EXPECT("not says_something 'TBC'") EXPECT("not says_something 'n/a'") EXPECT(
		    "not says_something '\xe2\x80\x93'") EXPECT("not says_something '\xc2\xa0'")
		    EXPECT("not says_something 'To be confirmed.'")
			EXPECT("says_something 'To be confirmed by Ann'")
			    EXPECT("says_something 'x'") EXPECT("says_something '\xc3\x89'")
	    /* a code may be any letters */
	    EXPECT("filled { at = budget.partners[1]:place 'code', given = 'NA' }"));
}

static void
the_word_that_was_meant_is_found(void **state)
{
	(void)state;
	assert_passes(
	    EXPECT("nearest('ccg_governing_bdy', { 'board', 'ccg_governing_body' }) == "
		   "'ccg_governing_body'")
		EXPECT("nearest('joint_board', { 'ccg_governing_body' }) == nil")
		    EXPECT("nearest('x', {}) == nil"));
}

static void
a_sentence_is_filled_from_call_place_subject_and_related(void **state)
{
	struct judged j = judge(
	    CONDITION("A-1", "'error'",
		"each = 'partners', check = function(due, budget) "
		"if due.id == 'C' then finding { at = budget.income[1]:place 'amount', given = "
		"gbp '5', "
		"related = { budget.income[2] }, kind = 'odd', "
		"says = '{given} {kind} {source} from {due.code}, see {line.line}' } end end"),
	    RETURN);

	(void)state;
	assert_true(text_is(only_finding(&j)->message, "£5.00 odd minimum from 03L, see I2."));
	assert_int_equal(only_finding(&j)->n_related, 1);
	judged_free(&j);
}

static void
several_places_are_one_finding_with_the_others_related(void **state)
{
	struct judged j = check(
	    "at_least { at = budget.income:place 'amount', given = zero, least = gbp '1' }");

	(void)state;
	assert_true(text_is(only_finding(&j)->at.path, "/income[I1]/amount"));
	assert_int_equal(only_finding(&j)->n_related, 2);
	judged_free(&j);
}

static void
mistakes_are_told_in_words(void **state)
{
	(void)state;
	assert_fault("finding { at = budget.income[1].amount }",
	    "at wants a place: write line:place \"amount\"");
	assert_fault("finding { given = 1 }", "at wants a place");
	assert_fault("finding 'x'", "finding wants named arguments");
	assert_fault("finding { at = budget:place 'note', severity = 'warning' }",
	    "the severity warning is not listed in the header of A-1");
	assert_fault("finding { at = budget:place 'note', sevrity = 'error' }",
	    "finding has no argument 'sevrity' (did you mean severity?)");
	assert_fault(
	    "at_least { at = budget:place 'note', given = gbp '1' }", "at_least has no least");
	assert_fault("at_least { at = budget:place 'note', given = gbp '1', least = 5 }",
	    "cannot compare money with 5");
	assert_fault(
	    "equal { at = budget:place 'note', given = 'x', exactly = 5 }", "cannot compare");
	assert_fault(
	    "finding { at = budget:place 'note', says = 'see {that}' }", "says has {that}");
	assert_fault("stop.absent('note')", "stop.absent wants a place");
	assert_fault("determination { name = 'x', value = {} }", "value must be money");
	assert_fault(
	    "determination { name = 'x', value = 1 } determination { name = 'x', value = 2 }",
	    "the determination 'x' of '' for '' is made twice");
}

static void
stops_have_their_kinds(void **state)
{
	static const struct {
		const char *call;
		enum not_kind kind;
		const char *because;
		enum outcome outcome;
	} cases[] = {
		{ "stop.absent(budget:place 'note', 'No note')", NOT_ABSENT, "No note.",
		    QUERIED },
		{ "stop.not_due(budget:place 'note', date '2015-05-01')", NOT_DUE,
		    "It is not due before 1 May 2015.", COMPLIANT },
		{ "stop.no_reference 'Nothing known.'", NOT_REFERENCE, "Nothing known.",
		    UNDETERMINED },
		{ "stop.no_history()", NOT_HISTORY, "There is no earlier return.", COMPLIANT },
	};
	struct judged j;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		j = check(cases[i].call);
		assert_int_equal(only_not(&j)->kind, cases[i].kind);
		assert_true(text_is(only_not(&j)->because, cases[i].because));
		assert_int_equal(j.v->outcome, cases[i].outcome);
		judged_free(&j);
	}
	j = check("stop.not_applicable 'Other.'");
	assert_int_equal(j.v->n_nots, 0);
	judged_free(&j);
}

static void
a_determination_has_value_and_working_and_is_incomplete_after_a_stop(void **state)
{
	struct judged j =
	    judge(CONDITION("A-1", "'info'",
		      "each = 'partners', check = function(p, budget) "
		      "determination { name = 'paid', of = p.code, period = budget.year, value "
		      "= gbp '1234.5', working = 'so', "
		      "held = true } if p.id == 'L' then stop.not_due(p:place 'code') end end"),
		RETURN);

	(void)state;
	assert_int_equal(j.v->n_determinations, 2);
	assert_true(text_is(j.v->determinations[0].value.plain, "1234.50"));
	assert_true(text_is(j.v->determinations[0].of, "03L"));
	assert_true(text_is(j.v->determinations[0].period, "2015-16"));
	assert_true(text_is(j.v->determinations[0].unit, "money"));
	assert_true(j.v->determinations[0].complete && j.v->determinations[0].held);
	assert_false(j.v->determinations[1].complete);
	judged_free(&j);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(at_least_makes_the_whole_finding),
		cmocka_unit_test(comparisons_that_hold_find_nothing),
		cmocka_unit_test(each_comparison_says_what_it_wants),
		cmocka_unit_test(a_placeholder_says_nothing),
		cmocka_unit_test(the_word_that_was_meant_is_found),
		cmocka_unit_test(a_sentence_is_filled_from_call_place_subject_and_related),
		cmocka_unit_test(several_places_are_one_finding_with_the_others_related),
		cmocka_unit_test(mistakes_are_told_in_words),
		cmocka_unit_test(stops_have_their_kinds),
		cmocka_unit_test(
		    a_determination_has_value_and_working_and_is_incomplete_after_a_stop),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("lua_call", tests, NULL, NULL);
}
