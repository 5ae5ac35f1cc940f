/*
 * Attacks on the compiler: what it is given is refused or taken, and nothing else happens.
 */
#include "tests/unit/lua_try.h"

/* times copies of a text between two others, loaded. */
static bool
load_repeated(const char *before, const char *middle, int times, const char *after)
{
	struct buf source = { 0 };
	bool loaded;
	int i;

	try_state();
	buf_str(&source, before);
	for (i = 0; i < times; i++)
		buf_str(&source, middle);
	buf_str(&source, after);
	loaded = try_load(source.p, source.n);
	buf_free(&source);
	return loaded;
}

static void
deep_nesting_is_refused(void **state)
{
	(void)state;
	assert_false(load_repeated("return ", "{", 300, ""));
	assert_non_null(strstr(try_last.said.p, "nested too deeply"));
	assert_false(load_repeated("return ", "(", 100000, ""));
	assert_non_null(strstr(try_last.said.p, "nested too deeply"));
	assert_false(load_repeated("", "do ", 100000, ""));
	assert_non_null(strstr(try_last.said.p, "nested too deeply"));
	assert_false(load_repeated("return ", "function() return ", 300, ""));
	assert_false(load_repeated("return ", "- ", 100000, "1"));
	assert_false(load_repeated("return ", "not ", 100000, "1"));
	assert_false(load_repeated("return ", "'x' .. ", 100000, "'x'"));
	assert_true(load_repeated("return ", "{", 100,
	    "}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}"
	    "}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}"));
}

static void
two_hundred_thousand_assignments_load(void **state)
{
	(void)state;
	assert_true(load_repeated("local a ", "a = 1 ", 200000, "return a"));
	assert_int_equal(try_call(TRY_STEPS, TRY_MEMORY), LUA_ENDED_WELL);
	assert_string_equal(try_last.result.p, "1");
}

static void
a_multiple_assignment_of_thousands_is_refused(void **state)
{
	(void)state;
	assert_false(load_repeated("local a ", "a, ", 100000, "a = 1"));
	assert_non_null(strstr(try_last.said.p, "nested too deeply"));
}

static void
too_many_locals_are_refused(void **state)
{
	struct buf source = { 0 };
	int i;

	(void)state;
	try_state();
	for (i = 0; i < 201; i++)
		buf_printf(&source, "local v%d ", i);
	assert_false(try_load(source.p, source.n));
	assert_non_null(strstr(try_last.said.p, "too many local variables"));
	buf_free(&source);
}

static void
too_many_upvalues_are_refused(void **state)
{
	struct buf source = { 0 };
	int i, j;

	(void)state;
	try_state();
	for (j = 0; j < 3; j++) {
		for (i = 0; i < 100; i++)
			buf_printf(&source, "local v%d_%d ", j, i);
		buf_str(&source, "return function() ");
	}
	buf_str(&source, "return function() local x");
	for (j = 0; j < 3; j++)
		for (i = 0; i < 100; i++)
			buf_printf(&source, " x = v%d_%d", j, i);
	buf_str(&source, " end end end end");
	assert_false(try_load(source.p, source.n));
	assert_non_null(strstr(try_last.said.p, "too many upvalues"));
	buf_free(&source);
}

static void
huge_texts_and_comments_load(void **state)
{
	(void)state;
	assert_true(load_repeated("return #'", "x", 1000000, "'"));
	assert_true(load_repeated("-- ", "x", 1000000, "\nreturn 1"));
	assert_true(load_repeated("return #[====[", "]==]", 100000, "]====]"));
	assert_false(load_repeated("return '", "x", 1000000, ""));
	assert_false(load_repeated("", " ", 5000000, ""));
	assert_non_null(strstr(try_last.said.p, "larger than 4 MB"));
}

static void
huge_numbers_are_refused(void **state)
{
	(void)state;
	assert_false(load_repeated("return ", "9", 100000, ""));
	assert_false(load_repeated("return 0x", "f", 100000, ""));
	assert_non_null(strstr(try_last.said.p, "binary fraction"));
}

static void
goto_into_a_local_or_nowhere_is_refused(void **state)
{
	(void)state;
	fails("goto nowhere", "no visible label 'nowhere'");
	fails("goto over local x ::over:: return x", "jumps into the scope of local 'x'");
	fails("::a:: ::a::", "label 'a' already defined");
	fails("break", "break outside loop");
	gives(
	    "for i = 1, 3 do if i == 2 then goto done end end ::done:: return 'done'", "done");
}

/* CVE-2022-28805: reading beyond the end in singlevar, by way of a constant _ENV. */
static void
a_constant_env_is_refused(void **state)
{
	(void)state;
	fails("local _ENV <const> = {} x = y", "_ENV belongs to the engine");
	fails("local _ENV <const> = 11 a.b = 1", "_ENV belongs to the engine");
}

/* CVE-2022-33099: an error while the message of a stack overflow is made. */
static void
an_error_at_the_edge_of_the_c_stack_is_a_fault(void **state)
{
	(void)state;
	assert_int_not_equal(
	    try_run("local function loop(x, y, z) return 1 + loop(x, y, z) end "
		    "local ok, e = pcall(loop) local t = {} t[1] = t .. e"),
	    LUA_ENDED_WELL);
	try_run(
	    "local f f = function() local ok, e = pcall(f) return nil .. tostring(e) end f()");
	assert_int_not_equal(try_last.ended, LUA_ENDED_WELL);
	try_run("local e = ('x'):rep(200) local function f(n) error(e .. n, 1) end "
		"local function g() return pcall(g) or f(1) end g() error(e)");
	assert_int_not_equal(try_last.ended, LUA_ENDED_WELL);
}

/* CVE-2021-43519: the C stack of a coroutine; there are none, and the same through pcall and gsub. */
static void
the_c_stack_holds_without_coroutines(void **state)
{
	(void)state;
	fails(
	    "local function f(c) return coroutine.wrap(f)(c) end f()", "there is no coroutine");
	try_run("local function f() return pcall(string.gsub, 'x', '.', function() return "
		"pcall(f) end) end return f()");
	assert_int_not_equal(try_last.ended, LUA_ENDED_STOP);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(deep_nesting_is_refused),
		T(two_hundred_thousand_assignments_load),
		T(a_multiple_assignment_of_thousands_is_refused),
		T(too_many_locals_are_refused),
		T(too_many_upvalues_are_refused),
		T(huge_texts_and_comments_load),
		T(huge_numbers_are_refused),
		T(goto_into_a_local_or_nowhere_is_refused),
		T(a_constant_env_is_refused),
		T(an_error_at_the_edge_of_the_c_stack_is_a_fault),
		T(the_c_stack_holds_without_coroutines),
	};

	return cmocka_run_group_tests_name("attacks on the compiler", tests, NULL, NULL);
}
