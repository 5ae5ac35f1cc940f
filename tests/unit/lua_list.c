/* Budgets as conditions see them: strict reading, lists, places, registers. */
#include "small_pack.h"

static void
sums_and_lists_give_what_they_say(void **state)
{
	(void)state;
	assert_passes(EXPECT("budget.income:sum 'amount' == gbp '109'")
		EXPECT("budget.income:where { source = 'minimum' }:sum 'amount' == gbp '99'")
		    EXPECT("#budget.income == 3 and budget.income[2].line == 'I2'")
			EXPECT("budget.income:where { source = { 'minimum', 'additional' } "
			       "}:sum 'amount' == gbp '109'")
			    EXPECT("budget.income:where(function(l) return l.amount > gbp '30' "
				   "end)[2].line == 'I2'"));
}

static void
a_sum_of_nothing_is_nought_of_its_kind(void **state)
{
	(void)state;
	assert_passes(EXPECT("budget.income:where { line = 'none' }:sum 'amount' == zero"));
}

static void
groups_unique_map_and_index_keep_the_order_of_the_file(void **state)
{
	(void)state;
	assert_passes(
	    "local seen = '' for key, rows in budget.income:group 'source' do seen = seen .. "
	    "key .. #rows .. ' ' end " EXPECT("seen == 'minimum2 additional1 '")
		EXPECT("#budget.income:unique 'partner' == 2") EXPECT(
		    "budget.income:map 'line':has 'I3' and not budget.income:map 'line':has "
		    "'I4'") EXPECT("budget.income:index 'line'.I2.amount == gbp '39'")
		    EXPECT("budget.income:map 'amount':sum() == gbp '109'") "local n = 0 for "
									    "i, line in "
									    "budget.income:"
									    "each() do n = n + "
									    "i end " EXPECT(
										"n == 6"));
}

static void
references_read_as_records(void **state)
{
	(void)state;
	assert_passes(EXPECT("budget.income[1].partner.code == '03L'")
		EXPECT("budget.income:where { partner = budget.partners[2] }[1].line == 'I3'")
		    EXPECT("budget.income[1].partner == budget.partners[1]"));
}

static void
derived_fields_are_worked_out_once_read(void **state)
{
	(void)state;
	assert_passes(EXPECT(
	    "budget.income[1].twice == gbp '120' and budget.income[1].twice == gbp '120'")
		EXPECT("budget.income:sum 'twice' == gbp '218'"));
}

static void
a_misspelt_name_is_a_fault_with_a_suggestion(void **state)
{
	(void)state;
	assert_fault(
	    "return budget.income[1].amout", "no field 'amout' in income of plan (amount?)");
	assert_fault("return budget.incom", "(income?)");
	assert_fault("return budget.income:sum 'amout'", "(amount?)");
	assert_fault("return budget.income:where { amout = 1 }", "(amount?)");
	assert_fault("return budget.income[1]:optional 'amout'", "(amount?)");
	assert_fault("return budget.income:where { source = 'minimun' }",
	    "source has no word 'minimun' (minimum?)");
	assert_fault("return given.register", "given has no 'register'");
	assert_fault("return given.registers.allocation", "no register 'allocation'");
}

static void
misuse_is_told_in_words(void **state)
{
	(void)state;
	assert_fault(
	    "return budget.income:where { partner = 'C' }", "partner is a reference, not text");
	assert_fault("return budget.income:where { amount = 60 }", "amount is money, not");
	assert_fault("return budget.income[4]", "there is no item 4 in a list of 3");
	assert_fault("return budget.income:sum 'line'", "line cannot be added up: it is code");
	assert_fault("return budget.income.amount", "a list has no field 'amount'");
	assert_fault("return given.registers.allocations:row { partner = '03L' }",
	    "has 2 rows for 03L: name the whole key");
	assert_fault("return given.registers.allocations:row { partnr = '03L' }", "(partner?)");
	assert_fault("return budget.income:open_on(budget.year:starts())",
	    "open_on is for lists whose form says open");
}

static void
what_is_left_out_stops_as_absent_with_its_place(void **state)
{
	struct judged j =
	    judge(CONDITION("A-1", "'error'", "check = function(b) return b.note end"), RETURN);
	const struct not_evaluated *n = only_not(&j);

	(void)state;
	assert_int_equal(n->kind, NOT_ABSENT);
	assert_true(text_is(n->at.field, "/note"));
	assert_true(n->decides);
	assert_int_equal(j.v->outcome, QUERIED);
	judged_free(&j);
}

static void
an_absent_amount_inside_a_sum_is_never_nought(void **state)
{
	struct judged j = judge(
	    CONDITION("A-1", "'error'", "check = function(b) b.income:sum 'amount' end"),
	    RETURN_HEAD PARTNERS
	    ", \"income\": [ { \"line\": \"I1\", \"amount\": 1 }, { \"line\": \"I2\" } ] }");
	const struct not_evaluated *n = only_not(&j);

	(void)state;
	assert_int_equal(n->kind, NOT_ABSENT);
	assert_true(text_is(n->at.path, "/income[I2]/amount"));
	judged_free(&j);
}

static void
pcall_cannot_swallow_a_stop(void **state)
{
	struct judged j =
	    judge(CONDITION("A-1", "'error'",
		      "check = function(b) pcall(function() return b.note end) end"),
		RETURN);

	(void)state;
	assert_int_equal(only_not(&j)->kind, NOT_ABSENT);
	judged_free(&j);
}

static void
a_misread_value_waits_for_the_readers_condition(void **state)
{
	struct judged j =
	    judge(CONDITION("A-1", "'error'", "check = function(b) b.income:sum 'amount' end"),
		RETURN_HEAD PARTNERS
		", \"income\": [ { \"line\": \"I1\", \"amount\": \"abc\" } ] }");

	(void)state;
	assert_int_equal(only_not(&j)->kind, NOT_AFTER);
	assert_has(only_not(&j)->because.p, "What it needs could not be read: see “");
	assert_has(only_not(&j)->because.p, "” (READER).");
	assert_int_equal(j.v->outcome, NON_COMPLIANT);
	judged_free(&j);
}

static void
an_optional_list_that_is_left_out_is_empty(void **state)
{
	(void)state;
	assert_passes(EXPECT("#budget.interests == 0 and budget:optional 'interests' == nil"));
}

static void
none_or_two_where_one_must_be_is_a_finding_of_the_form(void **state)
{
	struct judged j =
	    judge(CONDITION("A-1", "'error'",
		      "check = function(b) b.income:one { source = 'minimum' } end"),
		RETURN);

	(void)state;
	assert_has(
	    only_finding(&j)->message.p, "There are two rows for minimum: rows 1 and 2.");
	assert_true(text_is(only_finding(&j)->at.field, "/income"));
	assert_int_equal(only_not(&j)->kind, NOT_AFTER);
	judged_free(&j);
}

static void
latest_rising_and_open_on_look_at_dates(void **state)
{
	const char *json = RETURN_HEAD PARTNERS
	    ", \"income\": [ { \"line\": \"I1\", \"amount\": 1, \"on\": \"2014-05-01\" },"
	    " { \"line\": \"I2\", \"amount\": 3, \"on\": \"2014-07-01\" }, { \"line\": \"I3\", "
	    "\"amount\": 2, \"on\": \"2014-06-01\" } ],"
	    " \"interests\": [ { \"id\": \"a\", \"arose\": \"2014-01-01\", \"ended\": "
	    "\"2014-02-01\" }, { \"id\": \"b\", \"arose\": \"2014-02-01\" } ] }";
	struct judged j = judge(
	    CONDITION("A-1", "'error'",
		"check = function(budget) " EXPECT("budget.income:latest 'on'.line == 'I2'")
		    EXPECT("budget.income:rising 'amount'.line == 'I3'")
			EXPECT("#budget.interests:open_on(date '2014-02-01') == 2") EXPECT(
			    "budget.interests:open_on(date '2014-03-01')[1].id == 'b'") " end"),
	    json);

	(void)state;
	if (j.v->outcome != COMPLIANT)
		fail_msg("%s", j.json.p);
	judged_free(&j);
}

static void
registers_are_found_by_key_and_by_day(void **state)
{
	(void)state;
	assert_passes(EXPECT("given.registers.allocations:row { partner = '03L', year = "
			     "budget.year }.amount == gbp '100'")
		EXPECT("#given.registers.allocations:rows { year = budget.year } == 2") EXPECT(
		    "given.registers.allocations:row_or_none { partner = 'XX', year = "
		    "budget.year } == nil")
		    EXPECT("#given.registers.allocations:rows_or_none { partner = 'XX' } == 0")
			EXPECT("given.registers.chairs:row { partner = '03L', on = date "
			       "'2014-12-31' }.name == 'A Person'")
			    EXPECT("given.registers.chairs:row { partner = '03L', on = date "
				   "'2015-01-01' }.name == 'B Person'"));
}

static void
a_row_that_is_not_there_is_our_fault(void **state)
{
	struct judged j =
	    judge(CONDITION("A-1", "'error'",
		      "check = function(b, given) "
		      "given.registers.allocations:row { partner = 'XX', year = b.year } end"),
		RETURN);

	(void)state;
	assert_int_equal(only_not(&j)->kind, NOT_REFERENCE);
	assert_has(only_not(&j)->because.p, "allocations has no row for XX, 2015-16.");
	assert_int_equal(j.v->outcome, UNDETERMINED);
	judged_free(&j);
}

static void
parameters_hold_for_the_year_and_go_into_the_verdict(void **state)
{
	struct judged j = judge(
	    CONDITION("A-1", "'error'",
		"parameters = { 'tolerance', 'parts' }, check = function(b, given) " EXPECT(
		    "given.parameters.tolerance == gbp '5'")
		    EXPECT("given.parameters:on('tolerance', date '2016-04-01') == gbp "
			   "'10'") "local s = '' for name, v in "
				   "given.parameters.parts:each() do s = s .. name .. "
				   "tostring(v) end " EXPECT("s == 'a£1.00b£2.00'") " end"),
	    RETURN);

	(void)state;
	if (j.v->outcome != COMPLIANT)
		fail_msg("%s", j.json.p);
	assert_int_equal(j.v->n_used, 3);
	judged_free(&j);
	assert_fault("return given.parameters.parts", "A-1 declares no parameter 'parts'");
}

static void
deadlines_prefer_the_partners_own(void **state)
{
	(void)state;
	assert_passes(
	    EXPECT("given.deadlines:for_partner(budget.partners[1]).at == time '2014-12-05 "
		   "23:59:59 London'") EXPECT("given.deadlines:for_partner(budget.partners[2])."
					      "at == time '2014-12-01 23:59:59 London'"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sums_and_lists_give_what_they_say),
		cmocka_unit_test(a_sum_of_nothing_is_nought_of_its_kind),
		cmocka_unit_test(groups_unique_map_and_index_keep_the_order_of_the_file),
		cmocka_unit_test(references_read_as_records),
		cmocka_unit_test(derived_fields_are_worked_out_once_read),
		cmocka_unit_test(a_misspelt_name_is_a_fault_with_a_suggestion),
		cmocka_unit_test(misuse_is_told_in_words),
		cmocka_unit_test(what_is_left_out_stops_as_absent_with_its_place),
		cmocka_unit_test(an_absent_amount_inside_a_sum_is_never_nought),
		cmocka_unit_test(pcall_cannot_swallow_a_stop),
		cmocka_unit_test(a_misread_value_waits_for_the_readers_condition),
		cmocka_unit_test(an_optional_list_that_is_left_out_is_empty),
		cmocka_unit_test(none_or_two_where_one_must_be_is_a_finding_of_the_form),
		cmocka_unit_test(latest_rising_and_open_on_look_at_dates),
		cmocka_unit_test(registers_are_found_by_key_and_by_day),
		cmocka_unit_test(a_row_that_is_not_there_is_our_fault),
		cmocka_unit_test(parameters_hold_for_the_year_and_go_into_the_verdict),
		cmocka_unit_test(deadlines_prefer_the_partners_own),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("lua_list", tests, NULL, NULL);
}
