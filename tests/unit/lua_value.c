/*
 * Values of policies: money, rates, dates, and what is said when they are mixed up.
 */
#include "tests/unit/lua_try.h"

static void
money_is_added_and_taken_away_exactly(void **state)
{
	(void)state;
	gives("return gbp '0.10' + gbp '0.20', gbp '1,490.00' - gbp '0.01', -gbp '5'",
	    "£0.30 | £1,489.99 | −£5.00");
	gives("return gbp(1490) == gbp '1490.00', gbp '1' == gbp '2', zero == gbp '0'",
	    "yes | no | yes");
	gives("return gbp '1' < gbp '2', gbp '2' <= gbp '2', gbp '-3' > gbp '-2'",
	    "yes | yes | no");
}

static void
money_beyond_its_range_is_a_fault_and_never_wraps(void **state)
{
	(void)state;
	fails("local big = gbp '11529215046068469.76' return big + gbp '0.01'",
	    "beyond what money can hold");
	fails("local big = gbp '-11529215046068469.76' return big - gbp '0.01'", "beyond");
	fails("return gbp '11529215046068469.76':times(2)", "beyond");
	fails("return gbp(math.maxinteger)", "beyond");
	fails("return gbp '11529215046068469.77'", "is no amount");
	gives("return gbp '11529215046068469.76'", "£11,529,215,046,068,469.76");
	gives("return -gbp '11529215046068469.76' == gbp '-11529215046068469.76'", "yes");
}

static void
mixing_money_with_a_number_says_what_to_write(void **state)
{
	(void)state;
	fails("return gbp '5' < 1490",
	    "try.lua:1: cannot compare money with 1490; write gbp \"1490\"");
	fails("return 1490 < gbp '5'", "cannot compare money with 1490; write gbp \"1490\"");
	fails("return gbp '5' + 1", "cannot add money with 1; write gbp \"1\"");
	fails("return gbp '5' - '1'", "cannot subtract money with \"1\"; write gbp \"1\"");
	fails("return gbp '5' * 2", "write amount:times(n)");
	fails("return gbp '5' // 2", "amount:part(n, of)");
	fails("return gbp '5' % 2", "apportion");
	fails("return gbp '5' < nil", "cannot compare money with nothing (nil)");
	fails("return gbp '5' < rate '5%'", "cannot compare money with the rate 5%");
	fails("return gbp '5' + {}", "cannot add money with table");
	fails("return gbp '5':equals(5)", "cannot compare money with 5; write gbp \"5\"");
	fails("return largest(gbp '5', 3)", "largest: cannot compare money with 3");
	fails("return rate '5%' < 5", "cannot compare rate with 5; write rate \"5%\"");
	fails("return year '2015-16' < '2016-17'", "write year \"2016-17\"");
}

static void
money_joins_to_text_as_people_read_it(void **state)
{
	(void)state;
	gives("return 'paid ' .. gbp '1490' .. ' in ' .. year '2015-16'",
	    "paid £1,490.00 in 2015-16");
	gives("return tostring(gbp '1490'), ('%s'):format(gbp '2')", "£1,490.00 | £2.00");
	gives("return 5 .. gbp '2', table.concat({ gbp '1', 2015, 'x' }, ', ')",
	    "5£2.00 | £1.00, 2015, x");
	fails("return 'a' .. nil", "nil");
	fails("return gbp '1' .. {}", "cannot join table to a text");
}

static void
rounding_has_to_be_named(void **state)
{
	(void)state;
	gives("local m, r = gbp '1.05', rate '50%' return m:of(r, 'up'), m:of(r, 'down'), "
	      "m:of(r, 'nearest'), "
	      "m:of(r, 'even')",
	    "£0.53 | £0.52 | £0.53 | £0.52");
	fails("return gbp '1':of(rate '50%')", "say how to round");
	fails("return gbp '1':of(rate '50%', 'sideways')", "say how to round");
	fails("return gbp '1':of(50, 'up')",
	    "amount:of wants a rate, not 50; write rate \"50%\"");
	gives("return whole(77777, rate '3.75%', 'nearest')", "2,917");
	fails("return whole(gbp '1', rate '1%', 'up')", "whole wants a whole number");
}

static void
a_part_is_exact_and_a_part_of_nought_is_nought(void **state)
{
	(void)state;
	gives("return gbp '100':part(1, 3), gbp '100':part(0, 0), gbp '100':part(gbp '2', gbp "
	      "'4')",
	    "£33.33 | £0.00 | £50.00");
	fails("return gbp '1':part(1, gbp '2')", "two whole numbers or two amounts");
	fails("return gbp '1':part(-1, 2)", "not negative");
	gives("return gbp '9000000000000000':part(9000000000000000, 9000000000000000)",
	    "£9,000,000,000,000,000.00");
}

static void
shares_add_up_to_the_penny_and_the_first_of_equals_wins(void **state)
{
	(void)state;
	gives("local s = gbp '100':apportion { 1, 1, 1 } return s[1], s[2], s[3], #s",
	    "£33.34 | £33.33 | £33.33 | 3");
	gives("local s = gbp '0.05':apportion { gbp '2', gbp '2', gbp '1' } return s[1], s[2], "
	      "s[3]",
	    "£0.02 | £0.02 | £0.01");
	gives("local s = gbp '-1':apportion { 1, 2 } return s[1] + s[2] == gbp '-1'", "yes");
	fails("return gbp '1':apportion { 0, 0 }", "all nought");
	fails("return gbp '1':apportion { 1, gbp '1' }", "weight 2 is money");
	fails("return gbp '1':apportion { 1, -1 }", "weight 2 is below nought");
	fails("return gbp '1':apportion {}", "1 to 100000");
	fails("return gbp '1':apportion(7)", "wants a list");
}

static void
the_largest_and_smallest_are_of_one_kind(void **state)
{
	(void)state;
	gives("return largest(gbp '1', zero), smallest(3, 2, 4), largest(date '2014-01-01', "
	      "date '2013-01-01')",
	    "£1.00 | 2 | 1 January 2014");
	gives("return clamp(5, 0, 3), clamp(-5, 0, 3), clamp(gbp '2', zero, gbp '3')",
	    "3 | 0 | £2.00");
	fails("return clamp(1, 3, 2)", "3 is above 2");
	fails("return clamp(1, zero, 2)", "cannot compare money with 2");
	fails("return largest('a', 'b')", "largest wants money");
}

static void
rates_are_exact_decimals(void **state)
{
	(void)state;
	gives("return rate '3.75%' == rate '0.0375', rate '3.75%' + rate '0.25%', rate '10%' - "
	      "rate '2.5%'",
	    "yes | 4% | 7.5%");
	gives("return percent(50) == rate '0.5', percent '37.5', rate '0.1' < rate '0.2'",
	    "yes | 37.5% | yes");
	gives("return decimal '12.50' == decimal '12.5', decimal(3)", "yes | 3");
	fails("return rate '3,75%'", "is no rate");
	fails("return rate(3)", "rate wants a text in quotes, not 3");
	fails("return rate '12345678901234.5678'", "rate");
	fails("return rate '5%' + decimal '1'", "cannot add rate with the decimal 1");
}

static void
a_ratio_is_an_exact_fraction(void **state)
{
	(void)state;
	gives("return ratio(2, 3), ratio(gbp '20415', gbp '21912'), ratio(1, 2) == ratio(2, 4)",
	    "66.67% | 93.17% | yes");
	gives("return ratio(1, 2) == ratio(1, 3), ratio(1, 3) < ratio(1, 2), ratio(1, 1) >= "
	      "rate '100%'",
	    "no | yes | yes");
	gives("return rate '33.33%' < ratio(1, 3), rate '33.34%' < ratio(1, 3), ratio(-1, -2)",
	    "yes | no | 50%");
	gives("return ratio(decimal '702.5', decimal '1405') == ratio(1, 2), "
	      "ratio(decimal '805.1', decimal '700') > rate '115%', ratio(rate '3.5%', rate "
	      "'7%')",
	    "yes | yes | 50%");
	fails("return ratio(1, 0)", "b is nought");
	fails("return ratio(1, gbp '2')", "two whole numbers or two amounts");
	fails("return ratio(math.mininteger, 1)", "too large");
}

static void
dates_and_periods_know_their_neighbours(void **state)
{
	(void)state;
	gives("return date '2014-11-28':days_to(date '2015-01-09'), date '2015-03-31':year()",
	    "42 | 2014-15");
	gives("local y = year '2015-16' return y:previous(), y:next(), y:starts(), y:ends()",
	    "2014-15 | 2016-17 | 1 April 2015 | 31 March 2016");
	gives("local q = quarter '2014-15Q4' return q:next():year(), q:previous(), q:starts(), "
	      "q:ends()",
	    "2015-16 | quarter 3 of 2014-15 | 1 January 2015 | 31 March 2015");
	gives("return year '2015-16' == year '2015-16', year '2015-16' < year '2016-17', "
	      "quarter '2014-15Q4' == quarter 'Q4 2014/15'",
	    "yes | yes | yes");
	gives("return date '2016-02-28':plus(1), time '2016-05-27 12:00 London' == time "
	      "'2016-05-27T11:00:00Z'",
	    "29 February 2016 | yes");
	gives("return time '2016-05-27 12:00 London' < date '2016-05-27':ends(), "
	      "time '2016-05-27T23:30:00Z':date()",
	    "yes | 28 May 2016");
	fails("local y = year '2015-16' for i = 1, 9000 do y = y:next() end",
	    "year:next() leads out of the calendar");
	fails("return date '9999-12-31':plus(1)", "out of the calendar");
	fails("return date '2015-02-30'", "no such day");
	fails("return time '2016-03-27 01:30 London'", "does not exist");
	fails("return time '2016-10-30 01:30 London'", "happens twice");
	fails("return time '2016-10-30T01:30:00'", "does not say its zone");
	fails("return year '2015-17'", "no financial year");
	fails("return date '2015-01-01' < year '2015-16'",
	    "cannot compare date with the year 2015-16");
}

static void
a_misspelt_method_is_suggested(void **state)
{
	(void)state;
	fails("return gbp '1':time(3)", "money has no time (did you mean times?)");
	fails("return year '2015-16':start()", "year has no start (did you mean starts?)");
	fails("return gbp '1'.x", "money has no x");
	fails("local m = gbp '1' m.x = 2", "cannot be changed");
	fails("return #gbp '1'", "has no length");
	fails("return gbp '1'()", "cannot be called");
}

static void
type_and_tostring_know_every_kind(void **state)
{
	(void)state;
	gives("return type(zero), type(rate '1%'), type(date '2015-01-01'), type(ratio(1, 2)), "
	      "type(year '2015-16')",
	    "money | rate | date | ratio | year");
	gives("return type(1), type 'x', type(nil), type({}), type(type), type(true)",
	    "number | string | nil | table | function | boolean");
	gives("return tostring({}), tostring(type), tostring(nil), tostring(2015), "
	      "tostring(true)",
	    "table | function | nil | 2015 | true");
}

static void
values_pass_between_c_and_lua_unchanged(void **state)
{
	static const struct lua_scalar values[] = {
		{ .kind = KIND_MONEY, .n = MONEY_MAX },
		{ .kind = KIND_MONEY, .n = -MONEY_MAX },
		{ .kind = KIND_MONEY, .n = -1 },
		{ .kind = KIND_RATE, .n = -375, .scale = 4 },
		{ .kind = KIND_DECIMAL, .n = 123456789012, .scale = 12 },
		{ .kind = KIND_DATE, .n = -1 },
		{ .kind = KIND_TIME, .n = 253402300799 },
		{ .kind = KIND_YEAR, .n = 2015 },
		{ .kind = KIND_QUARTER, .n = 4 * 2015 + 3 },
		{ .kind = KIND_INTEGER, .n = INT64_MIN },
		{ .kind = KIND_BOOLEAN, .n = 1 },
		{ .kind = KIND_RATIO, .n = -2, .of = 3 },
	};
	lua_State *L = try_state();
	struct lua_scalar got;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		lua_value_push(L, values[i]);
		got = lua_value_get(L, -1);
		assert_int_equal(got.kind, values[i].kind);
		assert_true(got.n == values[i].n);
		assert_int_equal(got.scale, values[i].scale);
	}
	lua_value_push(L, (struct lua_scalar){ .kind = KIND_PERCENT, .n = 5, .scale = 1 });
	assert_int_equal(lua_value_kind(L, -1), KIND_RATE);
	lua_pushnumber(L, 0.5);
	assert_int_equal(lua_value_kind(L, -1), KIND_NONE);
	lua_pushlightuserdata(L, NULL);
	assert_int_equal(lua_value_kind(L, -1), KIND_NONE);
}

static int
handle_index(lua_State *L)
{
	const int *n = lua_value_pointer(L, 1, LUA_TAG_OTHER);

	lua_pushinteger(L, *n);
	return 1;
}

static void
another_module_can_have_handles_of_its_own(void **state)
{
	static const struct lua_kind kind = { .name = "counter", .index = handle_index };
	static _Alignas(16) int seven = 7;
	lua_State *L = try_state();

	(void)state;
	lua_value_register(L, LUA_TAG_OTHER, &kind);
	lua_value_push_pointer(L, LUA_TAG_OTHER, &seven);
	lua_env_set(L, "seven");
	assert_true(
	    try_load_text("return seven.x + 1, type(seven), tostring(seven), seven == seven, "
			  "seven == zero"));
	assert_int_equal(try_call(TRY_STEPS, TRY_MEMORY), LUA_ENDED_WELL);
	assert_string_equal(try_last.result.p, "8 | counter | counter | yes | no");
	assert_true(try_load_text("return seven < zero"));
	assert_int_equal(try_call(TRY_STEPS, TRY_MEMORY), LUA_ENDED_FAULT);
	assert_non_null(strstr(try_last.said.p, "cannot compare money with counter"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(money_is_added_and_taken_away_exactly),
		T(money_beyond_its_range_is_a_fault_and_never_wraps),
		T(mixing_money_with_a_number_says_what_to_write),
		T(money_joins_to_text_as_people_read_it),
		T(rounding_has_to_be_named),
		T(a_part_is_exact_and_a_part_of_nought_is_nought),
		T(shares_add_up_to_the_penny_and_the_first_of_equals_wins),
		T(the_largest_and_smallest_are_of_one_kind),
		T(rates_are_exact_decimals),
		T(a_ratio_is_an_exact_fraction),
		T(dates_and_periods_know_their_neighbours),
		T(a_misspelt_method_is_suggested),
		T(type_and_tostring_know_every_kind),
		T(values_pass_between_c_and_lua_unchanged),
		T(another_module_can_have_handles_of_its_own),
	};

	return cmocka_run_group_tests_name("values of policies", tests, NULL, NULL);
}
