/*
 * Ways to reach what is not given: names, metatables, bytecode, the environment; one test each.
 */
#include "tests/unit/lua_try.h"

static void
names_that_reach_outside_are_not_there(void **state)
{
	static const char *const gone[] = { "load", "loadstring", "dofile", "loadfile", "io",
		"os", "debug", "package", "coroutine", "xpcall", "rawget", "rawset", "rawequal",
		"rawlen", "setmetatable", "getmetatable", "collectgarbage", "print", "require",
		"warn", "module", "newproxy" };
	char source[80];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(gone) / sizeof(gone[0]); i++) {
		snprintf(source, sizeof(source), "return %s", gone[i]);
		fails(source, "there is no");
		snprintf(source, sizeof(source), "return _G['%s']", gone[i]);
		fails(source, "there is no");
	}
	fails("return os.time()",
	    "try.lua:1: there is no os for policies: policies reach no clock or files; the "
	    "time of "
	    "arrival is given.received");
	fails("return string.dump(pcall)", "there is no function dump in string");
	fails("return string.pack('z', 'x')", "there is no function pack in string");
	fails("return string.unpack('d', 'xxxxxxxx')", "there is no function unpack in string");
	fails("return string.packsize('!16i16')", "there is no function packsize in string");
	fails("return math.random()", "there is no function random in math");
	fails("return math.huge", "there is no function huge in math");
	fails("return ('x'):dump()", "there is no function dump in string");
}

static void
the_environment_has_only_the_names_of_the_list(void **state)
{
	(void)state;
	gives("local names = {} for name in pairs(_G) do names[#names + 1] = name end return "
	      "table.concat(names, ' ')",
	    "_G assert clamp date decimal error gbp ipairs largest math next pairs pcall "
	    "percent quarter rate ratio "
	    "select smallest string table time tonumber tostring type utf8 whole year zero");
	gives("local names = {} for name in pairs(string) do names[#names + 1] = name end "
	      "return table.concat(names, ' ')",
	    "byte char find format gmatch gsub len lower match rep reverse sub upper");
	gives("local names = {} for _, lib in ipairs { math, table, utf8 } do for name in "
	      "pairs(lib) do "
	      "names[#names + 1] = name end end return table.concat(names, ' ')",
	    "abs max maxinteger min mininteger concat insert move pack remove sort unpack char "
	    "codepoint codes len offset");
}

static void
a_misspelt_name_is_suggested(void **state)
{
	(void)state;
	fails("return lagest(1, 2)",
	    "try.lua:1: there is no name lagest (did you mean largest?)");
	fails(
	    "return ('x'):uper()", "there is no function uper in string (did you mean upper?)");
	fails("return table.cat {}", "there is no function cat in table");
}

static void
bytecode_is_not_loaded(void **state)
{
	/* The head of what string.dump gives, and a text that begins like it. */
	static const char bytecode[] = "\x1bLuaT\0\x19\x93\r\n\x1a\n\x04\x08\x08xV";

	(void)state;
	try_state();
	assert_false(try_load(bytecode, sizeof(bytecode)));
	assert_non_null(strstr(try_last.said.p, "compiled Lua"));
	assert_false(try_load("\x1b", 1));
}

static void
the_environment_cannot_be_written(void **state)
{
	(void)state;
	fails("_G.x = 1", "the name x belongs to everyone");
	fails("_G.pairs = nil", "the name pairs belongs to everyone");
	fails("_G['type'] = 1", "belongs to everyone");
	fails("_G._G = {}", "belongs to everyone");
	fails("string.rep = nil", "cannot be changed (at rep)");
	fails("table.insert(_G, 1)", "belongs to everyone");
	fails("local g = _G g.zero = 1", "belongs to everyone");
	fails("table.move({ 1 }, 1, 1, 1, math)", "cannot be changed");
	fails("table.insert(math, 1)", "cannot be changed (at 1)");
	/* lint does not see the other function's local */
	fails("local function f() local seen = 1 return seen end seen = f()",
	    "the name seen belongs to everyone");
}

static void
env_cannot_be_rebound(void **state)
{
	(void)state;
	fails("local _ENV = { pairs = 1 } return pairs", "_ENV belongs to the engine");
	fails("_ENV = nil", "_ENV belongs to the engine");
	fails("return function(_ENV) return x end", "_ENV belongs to the engine");
	fails("return _ENV", "_ENV belongs to the engine");
}

static void
the_metatable_of_texts_cannot_be_reached_or_poisoned(void **state)
{
	(void)state;
	fails("return getmetatable('').__index", "there is no getmetatable");
	fails("('x').y = 1", "attempt to index a string value");
	fails("local s = 'x' s.upper = nil", "attempt to index a string value");
	fails("return ('x').__index", "there is no function __index in string");
	fails("return ('x').__metatable", "there is no function __metatable in string");
	fails("string.upper = function() return 'poisoned' end", "cannot be changed");
	gives("pcall(function() string.upper = type end) return ('x'):upper()", "X");
}

static void
texts_are_no_numbers(void **state)
{
	(void)state;
	fails("return '10' + 5", "attempt to perform arithmetic on a string value");
	fails("return -'2'", "attempt to perform arithmetic on a string value");
	fails("return '10' < 9", "attempt to compare");
	fails("return '3' | 4", "attempt to perform bitwise operation on a string value");
	/* Lua makes a float of a text here: nothing takes it */
	fails("for i = '1', 2 do return gbp(i) end",
	    "gbp wants a text in quotes, not a number with a fraction");
	fails("for i = '1', 2 do return gbp '1':times(i) end", "not a number with a fraction");
}

static void
tonumber_reads_whole_numbers_only(void **state)
{
	(void)state;
	gives("return tonumber '12', tonumber '-3', tonumber '0x10', tonumber '1e3', tonumber "
	      "'1.5'",
	    "12 | −3 | nil | nil | nil");
	gives("return tonumber ' 12', tonumber '', tonumber 'inf', tonumber 'nan', tonumber "
	      "'0x1p4', tonumber '9223372036854775808'",
	    "nil | nil | nil | nil | nil | nil");
	gives("return tonumber(nil), tonumber({}), tonumber(7)", "nil | nil | 7");
	fails("return tonumber('ff', 16)", "bases are not read");
}

static void
no_operation_makes_a_fraction(void **state)
{
	(void)state;
	fails("return 1 / 0", "/ makes binary fractions");
	fails("return 2 ^ 1024", "^ makes");
	fails("return 1e999 - 1e999", "1e999");
	fails("return string.format('%f', 1)", "string.format knows");
	fails("return string.format('%.14g', 1)", "no %g");
	fails("return string.format('%a', 1)", "no %a");
	fails("return 7 // 0", "attempt to");
	fails("return 7 % 0", "attempt to perform 'n%");
	fails("return math.abs(math.mininteger)", "beyond 64 bits");
	gives("return math.max(1, 2), math.min(3, 2), math.abs(-4)", "2 | 2 | 4");
	fails("return math.max(1, 'x')", "math.max wants a whole number, not \"x\"");
}

static void
whole_numbers_wrap_but_money_does_not(void **state)
{
	(void)state;
	gives("return math.maxinteger + 1 == math.mininteger", "yes");
	fails("return gbp '1':times(math.maxinteger)", "beyond");
	fails("return whole(math.maxinteger, rate '200%', 'up')", "beyond");
	fails("return gbp(math.maxinteger + 1)", "beyond");
	fails("return date '2015-01-01':plus(math.maxinteger)", "out of the calendar");
}

static void
nothing_can_be_closed_or_collected_with_a_function(void **state)
{
	(void)state;
	fails("local x <close> = {} return 1", "non-closable value");
	fails("local x <close> = function() while true do end end return 1",
	    "non-closable value");
	fails("local x <close> = zero return 1", "non-closable value");
	fails("return setmetatable({}, { __gc = function() while true do end end })",
	    "there is no setmetatable");
	fails("for i in next, {}, nil, {} do end", "non-closable value");
}

static void
an_error_object_cannot_lie(void **state)
{
	(void)state;
	fails("error({ __tostring = function() return 'PASS' end, __name = 'PASS' })",
	    "an error was raised that is not a text");
	fails("error()", "an error was raised without a message");
	fails("error(nil)", "an error was raised without a message");
	fails("error(zero)", "£0.00");
	fails("error(42)", "42");
	fails("error(false)", "no");
	fails("error(function() end)", "not a text");
	fails("error('x', 0)", "try.lua:1: x");
	fails("error(('x'):rep(100000))", "xxx…");
	assert_true(try_last.said.n < 2100);
	fails("assert(false, 'why')", "try.lua:1: why");
	fails("assert(nil)", "assertion failed!");
	gives("return pcall(error, nil)", "no | nil");
	gives("return pcall(error)", "no | nil");
}

static void
pcall_gives_back_what_was_raised(void **state)
{
	(void)state;
	gives("return pcall(error, 'x', 0)", "no | x");
	gives("local t = {} local ok, e = pcall(error, t) return ok, e == t", "no | yes");
	gives("return pcall(function(...) return select('#', ...), ... end, 1, nil, 3)",
	    "yes | 3 | 1 | nil | 3");
	fails("return pcall()", "value expected");
}

static int
stop_now(lua_State *L)
{
	static _Alignas(16) int why;

	lua_value_push_pointer(L, LUA_TAG_STOP, &why);
	return lua_error(L);
}

static void
a_stop_passes_through_pcall(void **state)
{
	static const struct lua_kind kind = { .name = "stop", .stops = true };
	lua_State *L = try_state();

	(void)state;
	lua_value_register(L, LUA_TAG_STOP, &kind);
	lua_env_set_function(L, "stop", stop_now);
	assert_true(try_load_text("pcall(stop) pcall(pcall, stop) return 'PASS'"));
	assert_int_equal(lua_env_call(L, 0, 0, NULL), LUA_ENDED_STOP);
	assert_non_null(lua_value_pointer(L, -1, LUA_TAG_STOP));
	lua_settop(L, 0);
	/* nor does it come back out of a comparator or a replacement */
	assert_true(try_load_text(
	    "pcall(table.sort, { 2, 1 }, stop) pcall(string.gsub, 'x', 'x', stop)"));
	assert_int_equal(lua_env_call(L, 0, 0, NULL), LUA_ENDED_STOP);
}

static void
a_handle_without_a_kind_can_do_nothing(void **state)
{
	lua_State *L = try_state();

	(void)state;
	lua_pushlightuserdata(L, (void *)(uintptr_t)0x7ffff7f00010);
	lua_env_set(L, "stray");
	assert_true(try_load_text(
	    "return type(stray), tostring(stray), pcall(function() return stray.x end)"));
	assert_int_equal(try_call(TRY_STEPS, TRY_MEMORY), LUA_ENDED_WELL);
	assert_string_equal(
	    try_last.result.p, "handle | handle | no | try.lua:1: a handle has no fields");
}

static void
addresses_are_never_shown(void **state)
{
	static const char *const sources[] = { "return tostring({})", "return tostring(type)",
		"return ('%s'):format({})", "return ('%s %s'):format(type, pairs)",
		"return table.concat { tostring(_G) }", "return select(2, pcall(error, {}))",
		"return tostring(string)" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
		try_run(sources[i]);
		assert_null(strstr(try_last.result.p ? try_last.result.p : "", "0x"));
		assert_null(strstr(try_last.said.p ? try_last.said.p : "", "0x"));
	}
	fails("return ('%p'):format({})", "no %p");
	fails("return ('%'):format(1)", "string.format knows");
	gives("return ('%5d|%-3s|%q|%x|%%'):format(42, 'a', 'q', 255)", "   42|a  |\"q\"|ff|%");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(names_that_reach_outside_are_not_there),
		T(the_environment_has_only_the_names_of_the_list),
		T(a_misspelt_name_is_suggested),
		T(bytecode_is_not_loaded),
		T(the_environment_cannot_be_written),
		T(env_cannot_be_rebound),
		T(the_metatable_of_texts_cannot_be_reached_or_poisoned),
		T(texts_are_no_numbers),
		T(tonumber_reads_whole_numbers_only),
		T(no_operation_makes_a_fraction),
		T(whole_numbers_wrap_but_money_does_not),
		T(nothing_can_be_closed_or_collected_with_a_function),
		T(an_error_object_cannot_lie),
		T(pcall_gives_back_what_was_raised),
		T(a_stop_passes_through_pcall),
		T(a_handle_without_a_kind_can_do_nothing),
		T(addresses_are_never_shown),
	};

	return cmocka_run_group_tests_name(
	    "ways to reach what is not given", tests, NULL, NULL);
}
