/*
 * Lint: what is refused before a chunk is compiled, with its line, and what is not.
 */
#include "tests/unit/lua_try.h"

static void
refuses_at(const char *source, const char *expected, int line)
{
	try_state();
	if (try_load_text(source) || strstr(try_last.said.p, expected) == NULL) {
		print_error(
		    "%s\n  said: %s\n", source, try_last.said.p ? try_last.said.p : "nothing");
		_fail(__FILE__, line);
	}
}

static void
takes_at(const char *source, int line)
{
	try_state();
	if (!try_load_text(source)) {
		print_error("%s\n  said: %s\n", source, try_last.said.p ? try_last.said.p : "");
		_fail(__FILE__, line);
	}
}

#define refuses(source, expected) refuses_at(source, expected, __LINE__)
#define takes(source)             takes_at(source, __LINE__)

static void
numbers_with_a_fraction_are_refused(void **state)
{
	(void)state;
	refuses("\nreturn 0.035", "try.lua:2: 0.035 would be a binary fraction");
	refuses("return 1e3", "1e3");
	refuses("return .5", ".5");
	refuses("return 0x1p4", "0x1p4");
	refuses("return 9223372036854775808", "9223372036854775808");
	refuses("return 0x10000000000000000", "0x10000000000000000");
	takes("return 9223372036854775807, 0xffff, 0x0fffffffffffffff, 1490, 'x' .. 5");
	takes("return '0.035', \"1/2\", [[ 1e3 ]], [==[ ]] 0.5 ]==] -- 0.5 / 2\n--[[ 1/2\n 0.5 "
	      "]]");
	takes("return 'it\\'s 0.5', 'a\\\n0.5', 'b\\z  \n  0.5'");
}

static void
division_and_powers_are_refused(void **state)
{
	(void)state;
	refuses("return 1 / 2", "try.lua:1: / makes binary fractions");
	refuses("return 2 ^ 8", "^ makes binary fractions");
	takes("return 7 // 2, 7 % 2");
}

static void
assignments_to_names_that_are_not_local_are_refused(void **state)
{
	(void)state;
	refuses("count = 1", "try.lua:1: count is not local");
	refuses("local t = {}\nif t then seen = true end", "try.lua:2: seen is not local");
	refuses("function helper(x) return x end", "helper is not local");
	refuses("return { check = function() total = 1 end }", "total is not local");
	refuses("_ENV = {}", "_ENV belongs to the engine");
	refuses("local _ENV = {}", "_ENV");
	takes("local a, b <const>, c = 1, 2, 3 a = 4 return { a = a, x = 1, ['y'] = 2, b }, c");
	takes(
	    "local function f(n, ...) n = n + 1 return n, ... end for i = 1, 2 do i = f(i) end "
	    "for k, v in pairs {} do k = v end");
	takes("local p = {} p.x = 1 p['y'] = 2 function p.f(q) q = 1 return q end function "
	      "p:m() self.z = 1 end");
	takes("local f f = { g = function(a) if a == 1 then a = 2 end return a end }");
	takes("local f local g = { f { a = 1, b = { c = 2 } }, h = f }");
}

static void
every_mistake_of_a_file_is_told_with_its_line(void **state)
{
	(void)state;
	refuses("x = 1\ny = 2\nreturn 1 / 2\n",
	    "try.lua:1: x is not local, so every policy would share it: "
	    "write local x.\ntry.lua:2: y");
	assert_non_null(strstr(try_last.said.p, "try.lua:3: /"));
	refuses("x = 1\nreturn )", "try.lua:1: x is not local");
	assert_non_null(
	    strstr(try_last.said.p, "try.lua:2: something that cannot stand here near ')'."));
}

static void
money_compared_with_a_number_is_refused(void **state)
{
	(void)state;
	refuses("return function(l) return l.amount == 0 end",
	    "amount is compared with a number by ==, which for money is never equal: write "
	    ":is_zero()");
	refuses("return function(l) return l:sum 'x' == 0 end", "sum is compared");
	refuses("return function(l) return l:sum('x') ~= 0 end", "sum is compared");
	refuses("return function(x) return x.total ~= 100 end", "total is compared");
	refuses("return function(x) return 0 == x.total end", "total is compared");
	refuses("return function(x) return 0 ~= x:sum 'y' end", "sum is compared");
	refuses(
	    "return function(x) return x.p4p.fund_total == 0 end", "fund_total is compared");
	refuses("return function(paid) return paid == 0 end", "paid is compared");
	refuses(
	    "return function(a, b) return a.amount - b.amount == 0 end", "amount is compared");
	refuses("return function(a) return a:optional 'amount' == 0 end", "amount is compared");
	refuses("return function(a) return a:part(1, 2) == 0 end", "part is compared");
	refuses("return gbp '1' == 1", "gbp is compared");
	refuses("return zero == 0", "zero is compared");
	refuses("return function(a) return a.amount == -1 end", "amount is compared");
}

static void
other_comparisons_with_numbers_pass(void **state)
{
	(void)state;
	takes("return function(l, n, q) return #l == 0, n == 1, q.reduction == 0, #l.amounts "
	      "== 2 end");
	takes("return function(b) return #b.total == 0, b.pools[1] == 2, #b:where { x = 1 } == "
	      "0 end");
	takes("return function(n, total) return n % 2 == 0, total % 2 == 0, total // 3 == 1, 0 "
	      "== total % 2 end");
	takes("return function(a, b) return a.amount == b.amount, a.amount == gbp '0', "
	      "a:is_zero() == true end");
	takes("return function(a) return a:optional 'count' == 0, select('#', a) == 0, (a) == "
	      "0, a.x == 'total' end");
	takes("return function(a) return a.amount == nil, a.amount < gbp '1' end");
}

static void
syntax_errors_are_told_in_plain_words_with_file_and_line(void **state)
{
	(void)state;
	refuses("local t = {\n  a = 1\n",
	    "try.lua:3: '}' expected (to close '{' at line 1) at the end of the file.");
	refuses("local t = {\n x = 'open\n}",
	    "try.lua:2: a text without its closing quote near ''open'.");
	refuses("if true then", "try.lua:1: 'end' expected at the end of the file.");
	refuses("return 1 2", "try.lua:1:");
	refuses("foo bar", "try.lua:1: this is neither a call nor an assignment near 'bar'.");
}

static void
what_is_no_text_is_refused(void **state)
{
	(void)state;
	try_state();
	assert_false(try_load("\x1bLua", 4));
	assert_non_null(strstr(try_last.said.p, "compiled Lua"));
	assert_false(try_load("return 1 -- \0", 13));
	assert_non_null(strstr(try_last.said.p, "NUL bytes"));
	assert_false(try_load("\xef\xbb\xbfreturn 1", 11));
	assert_non_null(strstr(try_last.said.p, "byte order mark"));
	assert_false(try_load("return '\xff'", 10));
	assert_non_null(strstr(try_last.said.p, "not UTF-8"));
	assert_true(try_load("", 0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(numbers_with_a_fraction_are_refused),
		T(division_and_powers_are_refused),
		T(assignments_to_names_that_are_not_local_are_refused),
		T(every_mistake_of_a_file_is_told_with_its_line),
		T(money_compared_with_a_number_is_refused),
		T(other_comparisons_with_numbers_pass),
		T(syntax_errors_are_told_in_plain_words_with_file_and_line),
		T(what_is_no_text_is_refused),
	};

	return cmocka_run_group_tests_name("lint", tests, NULL, NULL);
}
