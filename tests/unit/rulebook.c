/* Loading: what is declared is there, and every mistake is told with its place. */
#include "small_pack.h"

static const char good[] = CONDITION("A-1", "'error'", "check = function() end");

static void
a_good_pack_loads_and_says_what_it_has(void **state)
{
	struct rulebook *b = load_conditions(good);
	const struct condition_head *heads;
	const struct text *packs;
	size_t forms;

	(void)state;
	if (b == NULL)
		fail_msg("%s", told.p);
	assert_string_equal(told.p, "");
	assert_int_equal(rulebook_conditions(b, &heads), 1);
	assert_true(text_is(heads[0].id, "A-1"));
	assert_int_equal(heads[0].line, 1);
	assert_true(text_is(heads[0].file, "p/c.lua"));
	assert_int_equal(rulebook_packs(b, &packs), 1);
	assert_true(text_is(packs[0], "p"));
	assert_true(text_is(rulebook_forms(b, &forms)[0]->id, "plan"));
	assert_true(text_is(rulebook_digest(b), "d"));
	rulebook_free(b);
	forget_load();
}

static void
what_a_header_lacks_is_told_in_words(void **state)
{
	(void)state;
	assert_refused("\ncondition { id = 'A-1', title = 't', severity = 'error', forms = "
		       "'plan', source = 's',"
		       " check = function() end }",
	    "p/c.lua:2: A-1 has no remedy.");
	assert_refused("condition { title = 't' }", "This condition has no id.");
	assert_refused(CONDITION("A-1", "'error'", ""), "A-1 has no check.");
	assert_refused(CONDITION("A-1", "'eror'", "check = function() end"),
	    "A-1 has no known severity 'eror' (did you mean error?).");
	assert_refused(CONDITION("A-1", "'error'", "check = function() end, remidy = 'x'"),
	    "A-1 has an entry 'remidy' that is not known (did you mean remedy?).");
	assert_refused(
	    CONDITION("A-1", "'error'", "check = 7"), "A-1: check must be a function, not");
}

static void
a_name_that_means_nothing_is_refused_with_a_suggestion(void **state)
{
	(void)state;
	assert_refused(
	    CONDITION("A-1", "'error'", "check = function() end, parameters = { 'tolerence' }"),
	    "A-1 has no parameter 'tolerence' (did you mean tolerance?).");
	assert_refused(CONDITION("A-1", "'error'", "check = function() end, after = { 'A-2' }"),
	    "A-1: after names no condition 'A-2'");
	assert_refused(CONDITION("A-1", "'error'", "check = function() end, each = 'incom'"),
	    "A-1: each names no list 'incom' in plan (did you mean income?).");
	assert_refused(
	    CONDITION("A-1", "'error'", "check = function() end, dated = { by = 'income.of' }"),
	    "A-1: dated.by names no date 'income.of' in plan.");
	assert_refused(CONDITION("A-1", "'error'",
			   "check = function() end, needs = { returns = { "
			   "{ form = 'plans', area = 'area' } } }"),
	    "A-1: needs.returns names no form 'plans' (did you mean plan?).");
	assert_refused(
	    "condition { id = 'A-1', title = 't', severity = 'error', forms = { 'plann' }, "
	    "source = 's', remedy = 'r', check = function() end }",
	    "A-1 has no form 'plann' (did you mean plan?).");
}

static void
all_mistakes_of_all_files_are_told_at_once(void **state)
{
	const struct pack_file mine[] = { { "p/a.lua", "condition { id = 'A-1' }" },
		{ "p/b.lua", "this is no Lua" }, { "p/c.lua", "error('raised')" },
		{ "p/parameters.lua", "parameter { name = 'x' }" }, { NULL, NULL } };

	(void)state;
	assert_null(load_files(mine));
	assert_has(told.p, "p/a.lua:1: A-1 has no remedy.");
	assert_has(told.p, "p/a.lua:1: A-1 has no severity.");
	assert_has(told.p, "p/b.lua:1: ");
	assert_has(told.p, "p/c.lua:1: ");
	assert_has(told.p, "p/parameters.lua:1: The parameter x has no kind.");
	forget_load();
}

static void
an_id_that_is_there_twice_is_refused(void **state)
{
	(void)state;
	assert_refused(CONDITION("A-1", "'error'", "check = function() end")
			   CONDITION("A-1", "'error'", "check = function() end"),
	    "p/c.lua:2: A-1 is defined twice: see also p/c.lua:1.");
}

static void
conditions_that_wait_for_each_other_are_refused(void **state)
{
	(void)state;
	assert_refused(
	    CONDITION("A-1", "'error'", "check = function() end, after = { 'A-2' }")
		CONDITION("A-2", "'error'", "check = function() end, after = { 'A-1' }"),
	    "A-1 waits for a condition that waits for it");
}

static void
parameters_may_not_overlap_and_have_a_source(void **state)
{
	const struct pack_file overlap[] = {
		{ "p/parameters.lua",
		    "parameter { name = 'x', kind = 'integer', "
		    "values = { { to = '2015-16', value = 1, source = 's' }, { from = "
		    "'2015-16', value = 2, source = 's' } } }" },
		{ NULL, NULL }
	};
	const struct pack_file nothing[] = { { "p/parameters.lua",
						 "parameter { name = 'x', kind = 'money', "
						 "values = { { value = 1 } } }" },
		{ NULL, NULL } };

	(void)state;
	assert_null(load_files(overlap));
	assert_has(
	    told.p, "The parameter x has two values on 1 April 2015; every day may have one.");
	forget_load();
	assert_null(load_files(nothing));
	assert_has(told.p, "an entry of values has no source.");
	assert_has(told.p, "value must be money: write gbp");
	forget_load();
}

static void
the_site_overrides_parameters_and_registers(void **state)
{
	const struct pack_file mine[] = {
		{ "site.lua",
		    "site { packs = { 'p' }, parameters = { tolerance = gbp '7' } }" },
		{ "site/allocations.csv", "amount,partner,year\n1,XX,2015-16\n" },
		{ "p/c.lua",
		    CONDITION("A-1", "'error'",
			"parameters = { 'tolerance' }, check = function(b, given)"
			" equal { at = b:place 'note', given = given.parameters.tolerance, "
			"exactly = gbp '7' }"
			" equal { at = b:place 'note', given = given.registers.allocations:row "
			"{ partner = 'XX',"
			" year = b.year }.amount, exactly = gbp '1' } end") },
		{ NULL, NULL }
	};
	struct rulebook *b = load_files(mine);
	struct judged j;

	(void)state;
	if (b == NULL)
		fail_msg("%s", told.p);
	j = judge_with(b, RETURN, no_history, NULL);
	assert_int_equal(j.v->outcome, COMPLIANT);
	assert_int_equal(j.v->n_used, 1);
	assert_true(text_is(j.v->used[0].source, "site.lua"));
	judged_free(&j);
}

static void
a_site_that_names_what_is_not_there_is_refused(void **state)
{
	const struct pack_file mine[] = {
		{ "site.lua",
		    "site { packs = { 'p', 'q' }, parameters = { tolerence = 1 } }\n"
		    "waive { condition = 'A-2', region = 'leeds', reason = 'r', requester = "
		    "'A', approver = 'a', expires = '2015-01-01' }" },
		{ "p/c.lua", good }, { NULL, NULL }
	};

	(void)state;
	assert_null(load_files(mine));
	assert_has(told.p, "there is no pack 'q'");
	assert_has(told.p,
	    "no pack that is on has a parameter 'tolerence' (did you mean tolerance?).");
	assert_has(told.p, "was approved by who asked for it; somebody else must approve it.");
	forget_load();
}

static void
a_pack_that_is_off_is_not_read(void **state)
{
	const struct pack_file mine[] = {
		{ "q/pack.lua", "pack { id = 'q', title = 'Q', status = 'proposed' }" },
		{ "q/c.lua", "this is no Lua" }, { "q/forms/other.lua", "nor this" },
		{ "p/c.lua",
		    "condition { id = 'A-1', title = 't', severity = 'error', forms = { "
		    "'plan', 'other' }, "
		    "source = 's', remedy = 'r', check = function() end }" },
		{ NULL, NULL }
	};
	struct rulebook *b = load_files(mine);

	(void)state;
	if (b == NULL)
		fail_msg("%s", told.p);
	rulebook_free(b);
	forget_load();
}

static void
a_fault_must_be_mapped_to_a_condition_of_the_reader(void **state)
{
	const struct pack_file mine[] = {
		{ "p/pack.lua",
		    "pack { id = 'p', title = 'P', status = 'enacted', "
		    "faults = { missing = 'A-1', bad_date = 'A-9' } }" },
		{ "p/c.lua", good }, { NULL, NULL }
	};

	(void)state;
	assert_null(load_files(mine));
	assert_has(told.p,
	    "The fault missing is mapped to A-1, which is not declared with reader = true.");
	assert_has(told.p, "The fault bad_date is mapped to A-9, which is no condition");
	forget_load();
}

static void
libraries_are_frozen_and_others_cannot_be_required(void **state)
{
	const struct pack_file mine[] = { { "lib/x.lua", "local x = { n = 1 } return x" },
		{ "p/c.lua",
		    CONDITION("A-1", "'error'",
			"check = function(b) local x = require 'lib.x' "
			"equal { at = b:place 'note', given = x.n, exactly = 1 } end") },
		{ NULL, NULL } };
	const struct pack_file missing[] = { { "p/c.lua", "local x = require 'lib.p5p'" },
		{ NULL, NULL } };
	struct rulebook *b = load_files(mine);
	struct judged j;

	(void)state;
	if (b == NULL)
		fail_msg("%s", told.p);
	j = judge_with(b, RETURN, no_history, NULL);
	assert_int_equal(j.v->outcome, COMPLIANT);
	judged_free(&j);
	assert_null(load_files(missing));
	assert_has(told.p, "p/c.lua:1: no library p5p in lua-policies/lib");
	forget_load();
}

static void
an_example_that_comes_out_otherwise_refuses_the_load(void **state)
{
	const struct pack_file mine[] = { { "p/examples.lua",
					      "example { file = 'examples/a.json', "
					      "received = '2014-11-28T16:05:00Z', outcome = "
					      "'non-compliant', finds = { 'A-1' } }" },
		{ "p/examples/a.json", RETURN }, { "p/c.lua", good }, { NULL, NULL } };

	(void)state;
	assert_null(load_files(mine));
	assert_has(told.p,
	    "p/examples.lua:1: The example p/examples/a.json is compliant; it should be "
	    "non-compliant.");
	assert_has(told.p, "should find A-1 and does not.");
	forget_load();
}

static void
a_condition_that_crashes_over_an_example_refuses_the_load(void **state)
{
	const struct pack_file mine[] = { { "p/examples.lua",
					      "example { file = 'examples/a.json', "
					      "received = '2014-11-28T16:05:00Z', outcome = "
					      "'compliant' }\n"
					      "example { file = 'examples/a.json', "
					      "received = '2014-11-28T16:05:01Z', outcome = "
					      "'compliant' }" },
		{ "p/examples/a.json", RETURN },
		{ "p/c.lua",
		    CONDITION("A-1", "'info'", "check = function(b) return b.aera end") },
		{ NULL, NULL } };

	(void)state;
	assert_null(load_files(mine));
	assert_string_equal(told.p,
	    "p/c.lua:1: A-1: p/c.lua:1: no field 'aera' in plan (area?) (the example "
	    "p/examples/a.json came upon it)\n");
	forget_load();
}

static void
a_policy_that_never_ends_is_refused(void **state)
{
	const struct pack_file mine[] = { { "p/c.lua", "while true do end" }, { NULL, NULL } };

	(void)state;
	assert_null(load_files(mine));
	assert_true(report.refusals > 0);
	forget_load();
}

static void
declaring_while_judging_is_a_fault(void **state)
{
	(void)state;
	assert_fault("condition { id = 'B-1' }", "condition");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_pack_loads_and_says_what_it_has),
		cmocka_unit_test(what_a_header_lacks_is_told_in_words),
		cmocka_unit_test(a_name_that_means_nothing_is_refused_with_a_suggestion),
		cmocka_unit_test(all_mistakes_of_all_files_are_told_at_once),
		cmocka_unit_test(an_id_that_is_there_twice_is_refused),
		cmocka_unit_test(conditions_that_wait_for_each_other_are_refused),
		cmocka_unit_test(parameters_may_not_overlap_and_have_a_source),
		cmocka_unit_test(the_site_overrides_parameters_and_registers),
		cmocka_unit_test(a_site_that_names_what_is_not_there_is_refused),
		cmocka_unit_test(a_pack_that_is_off_is_not_read),
		cmocka_unit_test(a_fault_must_be_mapped_to_a_condition_of_the_reader),
		cmocka_unit_test(libraries_are_frozen_and_others_cannot_be_required),
		cmocka_unit_test(an_example_that_comes_out_otherwise_refuses_the_load),
		cmocka_unit_test(a_condition_that_crashes_over_an_example_refuses_the_load),
		cmocka_unit_test(a_policy_that_never_ends_is_refused),
		cmocka_unit_test(declaring_while_judging_is_a_fault),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("rulebook", tests, NULL, NULL);
}
