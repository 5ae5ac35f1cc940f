/*
 * What one condition could leave behind for another, or one submission of a batch for the next; and what
 * could differ from run to run.
 */
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/lua_try.h"

/* keep(f): what the rulebook does with the functions of a condition. */
static int
keep(lua_State *L)
{
	lua_pushinteger(L, lua_env_keep(L, 1));
	return 1;
}

/* use(name, text): run a library and freeze what it returns, as require does. */
static int
share(lua_State *L)
{
	lua_env_freeze_value(L, 1);
	lua_settop(L, 1);
	return 1;
}

static int
freeze(lua_State *L)
{
	lua_env_freeze(L);
	return 0;
}

/* Load declarations, then freeze; the message of what fails is in try_last.said. */
static bool
declare(const char *source)
{
	lua_State *L = try_state();

	lua_env_set_function(L, "keep", keep);
	lua_env_set_function(L, "share", share);
	if (!try_load_text(source) || try_call(TRY_STEPS, TRY_MEMORY) != LUA_ENDED_WELL)
		return false;
	lua_pushcfunction(L, freeze);
	return try_call(0, 0) == LUA_ENDED_WELL;
}

/* Run a kept function as a condition is run: restored first. */
static const char *
run_kept(int kept)
{
	lua_env_restore(try_last.L, kept);
	lua_env_push_kept(try_last.L, kept);
	if (try_call(TRY_STEPS, TRY_MEMORY) != LUA_ENDED_WELL)
		return try_last.said.p;
	return try_last.result.p;
}

static void
a_counter_starts_anew_for_each_run(void **state)
{
	(void)state;
	assert_true(declare("local n = 0 keep(function() n = n + 1 return n end)"));
	assert_string_equal(run_kept(0), "1");
	assert_string_equal(run_kept(0), "1");
}

static void
a_local_that_two_conditions_share_carries_nothing(void **state)
{
	(void)state;
	assert_true(declare("local seen keep(function() seen = 'mine' return seen end) "
			    "keep(function() return seen end)"));
	assert_string_equal(run_kept(0), "mine");
	assert_string_equal(run_kept(1), "nil");
	assert_string_equal(run_kept(0), "mine");
}

static void
a_local_of_a_helper_function_carries_nothing(void **state)
{
	(void)state;
	assert_true(declare(
	    "local n = 0 local function deeper() n = n + 1 return n end local function "
	    "helper() return deeper() end "
	    "keep(function() return helper() end) keep(function() n = 7 return helper() end)"));
	assert_string_equal(run_kept(1), "8");
	assert_string_equal(run_kept(0), "1");
}

static void
a_helper_that_is_replaced_is_put_back(void **state)
{
	(void)state;
	assert_true(declare(
	    "local function helper() return 'honest' end "
	    "keep(function() helper = function() return 'forged' end return helper() end) "
	    "keep(function() return helper() end)"));
	assert_string_equal(run_kept(0), "forged");
	assert_string_equal(run_kept(1), "honest");
}

static void
a_table_of_the_file_cannot_be_written(void **state)
{
	(void)state;
	assert_true(declare(
	    "local cache = { 1, 2, deep = { x = 1 } } keep(function() cache[1] = 9 end) "
	    "keep(function() cache.deep.x = 2 end) keep(function() table.insert(cache, 3) end) "
	    "keep(function() table.sort(cache) end) keep(function() cache.new = 1 end) "
	    "keep(function() table.remove(cache) end) keep(function() return cache[1], "
	    "cache.deep.x, #cache end)"));
	assert_non_null(strstr(run_kept(0),
	    "try.lua:1: this table is shared by all conditions and cannot be changed (at 1)"));
	assert_non_null(strstr(run_kept(1), "cannot be changed (at x)"));
	assert_non_null(strstr(run_kept(2), "cannot be changed"));
	assert_non_null(strstr(run_kept(3), "cannot be changed"));
	assert_non_null(strstr(run_kept(4), "cannot be changed (at new)"));
	assert_non_null(strstr(run_kept(5), "cannot be changed"));
	assert_string_equal(run_kept(6), "1 | 1 | 2");
}

static void
a_frozen_table_reads_like_any_other(void **state)
{
	(void)state;
	assert_true(declare(
	    "local t = { 30, 10, 20, b = 2, a = 1, [true] = 'yes' } keep(function() local s = "
	    "'' "
	    "for k, v in pairs(t) do s = s .. tostring(k) .. '=' .. tostring(v) .. ' ' end "
	    "for i, v in ipairs(t) do s = s .. v end local k = next(t) "
	    "return s, #t, table.concat(t, ','), k, t.missing, select('#', table.unpack(t)) "
	    "end)"));
	assert_string_equal(
	    run_kept(0), "1=30 2=10 3=20 a=1 b=2 true=yes 301020 | 3 | 30,10,20 | 1 | nil | 3");
}

static void
a_frozen_table_can_be_copied_and_the_copy_written(void **state)
{
	(void)state;
	assert_true(declare("local t = { 3, 1, 2 } keep(function() local mine = table.move(t, "
			    "1, #t, 1, {}) table.sort(mine) "
			    "return table.concat(mine, ','), table.concat(t, ',') end)"));
	assert_string_equal(run_kept(0), "1,2,3 | 3,1,2");
}

static void
a_library_is_frozen_when_it_is_shared(void **state)
{
	(void)state;
	assert_false(
	    declare("local lib = share { f = function() return 1 end, t = {} } lib.f = nil"));
	assert_non_null(strstr(try_last.said.p, "cannot be changed (at f)"));
	assert_false(declare("local lib = share { t = {} } lib.t.x = 1"));
	assert_non_null(strstr(try_last.said.p, "cannot be changed (at x)"));
	assert_true(
	    declare("local n = 0 local lib = share { f = function() n = n + 1 return n end } "
		    "keep(function() return lib.f() end) keep(function() return lib.f() end)"));
	assert_string_equal(run_kept(0), "1");
	assert_string_equal(run_kept(1), "1");
}

static void
tables_in_rings_are_frozen_once(void **state)
{
	(void)state;
	assert_true(declare("local a, b = {}, {} a.b, b.a = b, a a[b] = a keep(function() "
			    "return a.b.a == a, a[b] == a end) "
			    "keep(function() b.x = 1 end)"));
	assert_string_equal(run_kept(0), "yes | yes");
	assert_non_null(strstr(run_kept(1), "cannot be changed (at x)"));
}

static void
an_iterator_made_outside_refuses_the_load(void **state)
{
	(void)state;
	assert_false(
	    declare("local words = ('a b c'):gmatch '%a' keep(function() return words() end)"));
	assert_non_null(strstr(try_last.said.p, "remembers how far it is"));
	assert_non_null(strstr(try_last.said.p, "try.lua"));
	assert_false(
	    declare("local t = { it = pairs { a = 1 } } keep(function() return t.it end)"));
	assert_non_null(strstr(try_last.said.p, "remembers how far it is"));
	assert_true(declare("local find, fmt = string.find, string.format keep(function() "
			    "return find('ab', 'b') end)"));
	assert_string_equal(run_kept(0), "2 | 2");
}

static void
nothing_can_be_kept_after_loading(void **state)
{
	(void)state;
	assert_true(declare("keep(function() keep(function() end) end)"));
	assert_non_null(strstr(run_kept(0), "nothing can be declared after loading"));
}

static void
pairs_goes_in_one_order_only(void **state)
{
	(void)state;
	gives("local t = { z = 1, a = 2, [3] = 3, [-1] = 4, [1] = 5, [false] = 6, [true] = 7, "
	      "B = 8, [''] = 9 } "
	      "local s = {} for k in pairs(t) do s[#s + 1] = tostring(k) end return "
	      "table.concat(s, ' ')",
	    "-1 1 3  B a z false true");
	gives("local t = {} for _, y in ipairs { '2017-18', '2015-16', '2016-17' } do "
	      "t[year(y)] = true end "
	      "local s = {} for k in pairs(t) do s[#s + 1] = tostring(k) end return "
	      "table.concat(s, ' ')",
	    "2015-16 2016-17 2017-18");
	gives("local t, s = {}, {} for i = 1000, 1, -1 do t['k' .. i] = i end for k in "
	      "pairs(t) do s[#s + 1] = k end "
	      "return s[1], s[2], s[3], s[1000], #s",
	    "k1 | k10 | k100 | k999 | 1,000");
	fails("for k in pairs { [{}] = 1, x = 2 } do end",
	    "a table with keys that are table has no order");
	fails("for k in pairs(nil) do end", "pairs wants a table, not nothing (nil)");
	fails("for k in pairs('x') do end", "pairs wants a table, not text");
}

static void
pairs_may_take_out_what_it_passes(void **state)
{
	(void)state;
	gives("local t, n = { a = 1, b = 2, c = 3 }, 0 for k in pairs(t) do t[k] = nil t.c = "
	      "nil n = n + 1 end return n, next(t)",
	    "2 | nil");
}

static void
next_goes_in_the_order_of_pairs(void **state)
{
	(void)state;
	gives("local t, s = { z = 1, a = 2, [1] = 3 }, '' local k = next(t) while k ~= nil do "
	      "s = s .. k .. ' ' k = next(t, k) end return s",
	    "1 a z ");
	gives("return next({}) == nil", "yes");
	fails("return next({}, 'x')", "next was given a key that the table does not have");
}

static void
sorting_is_stable(void **state)
{
	(void)state;
	gives("local t = {} for i = 1, 300 do t[i] = { i % 3, i } end table.sort(t, "
	      "function(a, b) return a[1] < b[1] end) "
	      "local ok = true for i = 2, 300 do if t[i - 1][1] == t[i][1] and t[i - 1][2] > "
	      "t[i][2] then ok = false end end "
	      "return ok, t[1][2], t[300][2]",
	    "yes | 3 | 299");
	gives("local t = { 'b', 'a', 'C', 'c' } table.sort(t) return table.concat(t)", "Cabc");
	gives("local t = { gbp '3', gbp '1', gbp '2' } table.sort(t) return t[1], t[3]",
	    "£1.00 | £3.00");
	gives("local t = { 1, 2, 3 } table.sort(t, function(a, b) return a > b end) return "
	      "table.concat(t)",
	    "321");
}

/* Run a chunk in a process of its own, whose addresses and seed differ, and give what it returned. */
static void
run_apart(const char *source, char *out, size_t size)
{
	int ends[2];
	ssize_t n;
	pid_t child;

	assert_int_equal(pipe(ends), 0);
	fflush(NULL);
	child = fork();
	if (child == 0) {
		free(malloc((size_t)getpid() % 4096)); /* other addresses */
		try_run(source);
		n = write(ends[1], try_last.result.p, try_last.result.n);
		try_end();
		_exit(n < 0);
	}
	close(ends[1]);
	n = read(ends[0], out, size - 1);
	assert_true(n > 0);
	out[n] = '\0';
	close(ends[0]);
	assert_int_equal(waitpid(child, NULL, 0), child);
}

static void
two_processes_give_the_same(void **state)
{
	static const char *source =
	    "local t, s = {}, {} for i = 1, 200 do t['key' .. (i * 7919 % 1000)] = i end "
	    "for k, v in pairs(t) do s[#s + 1] = k .. v end table.sort(s, function(a, b) "
	    "return #a < #b end) "
	    "return table.concat(s), tostring(t), tostring(pairs), select(2, pcall(error, t))";
	static char first[32768], second[32768];

	(void)state;
	run_apart(source, first, sizeof(first));
	run_apart(source, second, sizeof(second));
	assert_string_equal(first, second);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_counter_starts_anew_for_each_run),
		T(a_local_that_two_conditions_share_carries_nothing),
		T(a_local_of_a_helper_function_carries_nothing),
		T(a_helper_that_is_replaced_is_put_back),
		T(a_table_of_the_file_cannot_be_written),
		T(a_frozen_table_reads_like_any_other),
		T(a_frozen_table_can_be_copied_and_the_copy_written),
		T(a_library_is_frozen_when_it_is_shared),
		T(tables_in_rings_are_frozen_once),
		T(an_iterator_made_outside_refuses_the_load),
		T(nothing_can_be_kept_after_loading),
		T(pairs_goes_in_one_order_only),
		T(pairs_may_take_out_what_it_passes),
		T(next_goes_in_the_order_of_pairs),
		T(sorting_is_stable),
		T(two_processes_give_the_same),
	};

	return cmocka_run_group_tests_name(
	    "what could be left behind or differ", tests, NULL, NULL);
}
