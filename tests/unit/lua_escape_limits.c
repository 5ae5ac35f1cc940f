/*
 * Ways out of the limits, one test each: policies that would run for ever, take all memory, or catch the
 * limit and go on.  Where the hook cannot reach, inside C functions, the test shows that it does not, and that
 * the process limit does.
 */
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/lua_try.h"

/* Run a chunk in a child with a second of processor time: true when only the kill ended it. */
static bool
only_the_kill_ends(const char *source)
{
	const struct rlimit second = { 1, 1 };
	pid_t child;
	int status;

	fflush(NULL);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		const struct rlimit none = { 0, 0 };

		setrlimit(RLIMIT_CORE, &none);
		setrlimit(RLIMIT_CPU, &second);
		try_run(source);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) &&
	    (WTERMSIG(status) == SIGKILL || WTERMSIG(status) == SIGXCPU);
}

static void
an_endless_loop_is_stopped(void **state)
{
	(void)state;
	stops("while true do end", LUA_LIMIT_STEPS);
	assert_string_equal(try_last.said.p,
	    "The policy was stopped at try.lua:1 after 2,000,000 steps: look for a "
	    "loop that does not end, or far too much work.");
	stops("::again:: goto again", LUA_LIMIT_STEPS);
	stops("repeat until false", LUA_LIMIT_STEPS);
	stops("for i = 1, math.maxinteger do end", LUA_LIMIT_STEPS);
}

static void
an_endless_loop_in_pcall_in_a_loop_is_stopped(void **state)
{
	(void)state;
	stops("local function loop() while true do end end while true do pcall(loop) end",
	    LUA_LIMIT_STEPS);
}

static void
a_limit_caught_by_pcall_still_counts(void **state)
{
	(void)state;
	stops("pcall(function() while true do end end) return 'PASS'", LUA_LIMIT_STEPS);
	stops("local ok = pcall(pcall, function() while true do end end) return 'PASS'",
	    LUA_LIMIT_STEPS);
}

static void
endless_recursion_ends(void **state)
{
	(void)state;
	assert_int_not_equal(
	    try_run("local function f() return 1 + f() end return f()"), LUA_ENDED_WELL);
	stops("local function f() return f() end return f()", LUA_LIMIT_STEPS);
}

static void
deep_pcall_ends_with_a_fault_and_costs_no_stack(void **state)
{
	(void)state;
	gives("local depth = 0 local function f() depth = depth + 1 local ok, e = pcall(f) if "
	      "not ok then error(e, 0) end end "
	      "local ok, e = pcall(f) return ok, e:find 'C stack overflow' ~= nil, depth < 300",
	    "no | yes | yes");
	stops("local function f() pcall(f) pcall(f) end f()", LUA_LIMIT_STEPS);
}

static void
the_c_stack_does_not_overflow_in_gsub_sort_or_pairs(void **state)
{
	(void)state;
	fails(
	    "local function f(s) return (s:gsub('.', f)) end return f 'x'", "C stack overflow");
	fails("local function f(a, b) table.sort({ 2, 1 }, f) return false end f()",
	    "C stack overflow");
	fails("local s = string.rep('(', 300) return ('x'):find(s)", "too");
	fails("return ('x'):rep(300000):find(('x?'):rep(300) .. ('(x'):rep(40))", "too");
}

static void
a_loop_in_a_sort_comparator_is_stopped(void **state)
{
	(void)state;
	stops("table.sort({ 3, 2, 1 }, function() while true do end end)", LUA_LIMIT_STEPS);
	stops("while true do pcall(table.sort, { 3, 2, 1 }, function() while true do end end) "
	      "end",
	    LUA_LIMIT_STEPS);
}

static void
a_loop_in_a_gsub_function_is_stopped(void **state)
{
	(void)state;
	stops("return (('x'):gsub('x', function() while true do end end))", LUA_LIMIT_STEPS);
}

static void
a_raising_comparator_is_a_fault(void **state)
{
	(void)state;
	fails(
	    "table.sort({ 3, 2, 1 }, function() error 'no order' end)", "try.lua:1: no order");
	fails("table.sort({ 3, {}, 'x' })", "attempt to compare");
	fails("table.sort({ gbp '1', 2 })", "cannot compare money with 2");
}

static void
an_inconsistent_comparator_does_no_harm(void **state)
{
	(void)state;
	gives("local t = {} for i = 1, 1000 do t[i] = i end table.sort(t, function() return "
	      "true end) return #t",
	    "1,000");
	gives("local t, n = {}, 0 for i = 1, 500 do t[i] = i % 7 end "
	      "table.sort(t, function(a, b) n = n + 1 return n % 3 == 0 end) local s = 0 "
	      "for _, v in ipairs(t) do s = s + v end return #t, s",
	    "500 | 1,497");
	gives("local t = { 1, 2, 3 } table.sort(t, function(a, b) t[1], t[2], t[3] = nil, nil, "
	      "nil return a < b end) "
	      "return #t, t[1], t[3]",
	    "3 | 1 | 3");
}

static void
a_loop_of_string_rep_is_charged(void **state)
{
	(void)state;
	stops("while true do local s = ('x'):rep(900000) end", LUA_LIMIT_STEPS);
	assert_true(lua_limit_spent(&try_last.limit) >= TRY_STEPS);
	fails("return ('x'):rep(3000000)",
	    "string.rep would make a text of more than 1000000 bytes");
	fails("return ('xx'):rep(math.maxinteger, 'yyy')", "string.rep would make");
	gives("return #('x'):rep(0, 'y'), #(''):rep(math.maxinteger), ('ab'):rep(2, '-'), "
	      "('x'):rep(-1)",
	    "0 | 0 | ab-ab | ");
}

/* What costs much processor time for few instructions: each is stopped after far fewer turns than steps. */
static void
costly_calls_are_charged_for_what_they_do(void **state)
{
	static const char *const loops[] = {
		"while true do pcall(string.rep, 'x', 1000000000) end",
		"while true do pcall(error, 'no') end",
		"while true do pcall(function() return nil + 1 end) end",
		"local s = 'x' while true do local n = s:find 'y' end",
		"while true do local s = ('%s'):format(12) end",
		"while true do local s = tostring(gbp '1') end",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(loops) / sizeof(loops[0]); i++) {
		struct buf source = { 0 };

		buf_printf(&source,
		    "local turns = 0 %.*s turns = turns + 1 if turns > %u then return 'PASS' "
		    "end end",
		    (int)(strlen(loops[i]) - 4), loops[i], (unsigned)(TRY_STEPS / 20));
		stops(source.p, LUA_LIMIT_STEPS);
		buf_free(&source);
	}
}

/* One instruction that copies a million bytes is paid for by them. */
static void
joining_long_texts_is_charged(void **state)
{
	(void)state;
	stops(
	    "local s = ('x'):rep(900000) local n = 0 while true do local t = s .. n n = n + 1 "
	    "if n > 200 then return 'PASS' end end",
	    LUA_LIMIT_STEPS);
}

static void
shares_are_stopped_one_by_one_and_never_exceed_the_whole(void **state)
{
	struct lua_limit *limit;
	int n = 0;

	(void)state;
	try_state();
	limit = &try_last.limit;
	lua_limit_begin(limit, TRY_STEPS, TRY_MEMORY);
	while (lua_limit_share(limit, TRY_STEPS / 4)) {
		assert_int_equal(lua_limit_tripped(limit), LUA_LIMIT_NONE);
		assert_true(try_load_text(
		    n % 2 == 0 ? "while true do end" : "while true do pcall(error) end"));
		assert_int_equal(lua_env_call(try_last.L, 0, 0, NULL), LUA_ENDED_LIMIT);
		n++;
	}
	assert_int_equal(n, 4);
	assert_int_equal(lua_limit_tripped(limit), LUA_LIMIT_STEPS);
	assert_in_range(lua_limit_spent(limit), TRY_STEPS, TRY_STEPS + 2000);
	assert_false(lua_limit_share(limit, 0));
	lua_limit_end(limit);
}

static void
a_share_trips_at_the_same_step_whatever_ran_before(void **state)
{
	uint64_t before, spent = 0;
	int i;

	(void)state;
	try_state();
	lua_limit_begin(&try_last.limit, TRY_STEPS, TRY_MEMORY);
	for (i = 0; i < 5; i++) {
		assert_true(lua_limit_share(&try_last.limit, TRY_STEPS / 8));
		assert_true(try_load_text("local n = 0 for i = 1, 12345 do n = n + 1 end"));
		before = lua_limit_spent(&try_last.limit);
		assert_int_equal(lua_env_call(try_last.L, 0, 0, NULL), LUA_ENDED_WELL);
		assert_true(i == 0 || spent == lua_limit_spent(&try_last.limit) - before);
		spent = lua_limit_spent(&try_last.limit) - before;
		assert_true(lua_limit_share(&try_last.limit, 0));
		assert_true(try_load_text("local n = 0 for i = 1, 77 do n = n + 1 end"));
		assert_int_equal(lua_env_call(try_last.L, 0, 0, NULL), LUA_ENDED_WELL);
	}
	lua_limit_end(&try_last.limit);
}

static void
a_loop_of_table_concat_is_charged(void **state)
{
	(void)state;
	stops("local t = {} for i = 1, 3 do t[i] = ('x'):rep(900000) end while true do local s "
	      "= table.concat(t) end",
	    LUA_LIMIT_STEPS);
	fails("local t = {} for i = 1, 9 do t[i] = 'x' end return table.concat(t, "
	      "('x'):rep(900000))",
	    "table.concat would make a text of more than 4000000 bytes");
	fails("return table.concat({}, '', 1, math.maxinteger)", "nothing (nil) at 1");
}

static void
table_move_of_a_thousand_million_is_refused(void **state)
{
	(void)state;
	fails("return table.move({}, 1, 1000000000, 2)",
	    "table.move of more than 1000000 values");
	fails("return table.move({}, math.mininteger, math.maxinteger, 2)",
	    "table.move of more than");
	stops("local t = {} while true do table.move(t, 1, 1000000, 2) end", LUA_LIMIT_STEPS);
	gives(
	    "local t = table.move({ 1, 2, 3 }, 1, 3, 2) return t[1], t[2], t[4]", "1 | 1 | 3");
}

static void
unpack_of_a_million_is_refused(void **state)
{
	(void)state;
	fails("return table.unpack({}, 1, 1000000)", "table.unpack of more than 1000 values");
	fails("return table.unpack({}, math.mininteger, math.maxinteger)",
	    "table.unpack of more than");
	gives("return table.unpack({ 1, 2, 3 })", "1 | 2 | 3");
}

static void
a_loop_of_inserts_at_the_front_is_charged(void **state)
{
	(void)state;
	stops("local t = {} for i = 1, 100000 do table.insert(t, 1, i) end", LUA_LIMIT_STEPS);
	gives("local t = { 1, 2 } table.insert(t, 3) table.insert(t, 1, 0) table.remove(t, 2) "
	      "return #t, t[1], t[3]",
	    "3 | 0 | 3");
}

static void
a_plain_find_of_much_in_much_is_charged(void **state)
{
	(void)state;
	stops("local s = ('a'):rep(900000) while true do s:find(('a'):rep(400000) .. 'b', 1, "
	      "true) end",
	    LUA_LIMIT_STEPS);
}

static void
utf8_over_seven_megabytes_is_charged(void **state)
{
	(void)state;
	try_state();
	assert_true(
	    try_load_text("local s = ('x'):rep(1000000) s = s .. s .. s .. s .. s .. s .. s "
			  "local n = 0 while true do n = n + utf8.len(s) end"));
	assert_int_equal(try_call(TRY_STEPS, (size_t)64 << 20), LUA_ENDED_LIMIT);
	assert_int_equal(lua_limit_tripped(&try_last.limit), LUA_LIMIT_STEPS);
}

static void
patterns_are_ended_by_the_kill_alone(void **state)
{
	(void)state;
	assert_true(only_the_kill_ends("return ('a'):rep(30000):find('.-.-.-b')"));
	assert_true(only_the_kill_ends(
	    "return ('a'):rep(40):match(('a?'):rep(40) .. ('a'):rep(40) .. 'b')"));
}

static void
a_quadratic_gsub_is_ended_by_the_kill_alone(void **state)
{
	(void)state;
	assert_true(only_the_kill_ends("return ('a'):rep(400000):gsub('.-b', '')"));
}

static void
memory_that_grows_is_stopped(void **state)
{
	(void)state;
	stops("local t = {} while true do t[#t + 1] = { t } end", LUA_LIMIT_MEMORY);
	assert_non_null(strstr(try_last.said.p, "when it wanted more than 8,192 kB of memory"));
	stops("local s = 'x' while true do s = s .. s end", LUA_LIMIT_MEMORY);
	stops("local t, s = {}, ('y'):rep(500000) while true do t[#t + 1] = s .. #t end",
	    LUA_LIMIT_MEMORY);
	assert_true(try_last.limit.peak <= try_last.limit.floor + TRY_MEMORY);
}

static void
running_out_of_memory_cannot_be_caught(void **state)
{
	(void)state;
	stops("pcall(function() local s = 'x' while true do s = s .. s end end) return 'PASS'",
	    LUA_LIMIT_MEMORY);
	stops("local function f() local s = ('x'):rep(900000) while true do s = s .. s end end "
	      "for i = 1, 3 do pcall(f) end return 'PASS'",
	    LUA_LIMIT_MEMORY);
	stops("while true do pcall(function() local s = 'x' while true do s = s .. s end end) "
	      "end",
	    LUA_LIMIT_MEMORY);
}

static void
garbage_is_no_reason_to_stop(void **state)
{
	(void)state;
	gives("local n = 0 for i = 1, 30000 do local t = { {}, {}, 'x' .. i } n = n + #t end "
	      "return n",
	    "90,000");
}

static void
garbage_is_collected_at_the_cap_even_when_the_collector_is_off(void **state)
{
	(void)state;
	try_state();
	lua_gc(try_last.L, LUA_GCSTOP);
	assert_true(try_load_text("local n = 0 for i = 1, 60000 do local t = { {}, {}, 'x' .. "
				  "i } n = n + #t end return n"));
	assert_int_equal(try_call(TRY_STEPS, TRY_MEMORY), LUA_ENDED_WELL);
	assert_true(try_last.limit.peak <= try_last.limit.floor + TRY_MEMORY);
}

static void
a_fresh_allowance_forgets_an_earlier_trip(void **state)
{
	(void)state;
	stops("while true do end", LUA_LIMIT_STEPS);
	assert_true(try_load_text("local n = 0 for i = 1, 1000 do n = n + i end return n"));
	assert_int_equal(try_call(TRY_STEPS, TRY_MEMORY), LUA_ENDED_WELL);
	assert_string_equal(try_last.result.p, "500,500");
}

static void
the_same_work_trips_at_the_same_step_wherever_it_stands(void **state)
{
	uint64_t spent;
	int i;

	(void)state;
	try_state();
	for (i = 0, spent = 0; i < 5; i++) {
		assert_true(try_load_text(
		    "local n = 0 for i = 1, 12345 do n = n + (i % 7) end return n"));
		assert_int_equal(try_call(TRY_STEPS, TRY_MEMORY), LUA_ENDED_WELL);
		assert_true(i == 0 || spent == lua_limit_spent(&try_last.limit));
		spent = lua_limit_spent(&try_last.limit);
	}
	assert_true(spent > 0);
}

static void
a_format_bomb_is_refused(void **state)
{
	(void)state;
	fails("return ('%1000000000d'):format(1)", "invalid");
	fails("return ('%99999s'):format('x')", "invalid");
	gives("return #('%99d'):format(1)", "99");
}

static void
every_allocation_may_fail(void **state)
{
	static const char *source =
	    "local t = {} for i = 1, 20 do t['k' .. i] = { gbp(i), ratio(i, 3) } end "
	    "local s = '' for k, v in pairs(t) do s = s .. k .. tostring(v[1]) .. v[2] end "
	    "table.sort({ 3, 1, 2 }) return #s:gsub('k', 'x'), pcall(error, { 1 })";
	size_t memory;
	int done = 0;

	(void)state;
	for (memory = 1; memory < 200000; memory += 97) {
		try_state();
		assert_true(try_load_text(source));
		try_call(TRY_STEPS, memory);
		if (try_last.ended == LUA_ENDED_WELL)
			done++;
		else
			assert_int_equal(try_last.ended, LUA_ENDED_LIMIT);
	}
	assert_true(done > 0 && done < 2000);
}

static void
a_state_is_made_whole_or_not_at_all(void **state)
{
	struct lua_limit limit;
	size_t memory;
	int made = 0, failed = 0;

	(void)state;
	for (memory = 1000; memory < 60000; memory += 61) {
		lua_State *L;

		memset(&limit, 0, sizeof(limit));
		limit.cap = memory;
		L = lua_env_new(&limit);
		if (L == NULL)
			failed++;
		else
			made++;
		lua_env_free(L);
		assert_int_equal(limit.used, 0);
	}
	assert_true(made > 0 && failed > 0);
}

/* Chunks with bytes changed at random: whatever they are, they are refused or taken. */
static void
spoilt_chunks_are_refused_or_taken(void **state)
{
	static const char source[] =
	    "local t <const> = { a = 1, ['b'] = 2, [[c]], 0x1F, -- note\n --[==[ x ]==] "
	    "f = function(x, ...) if #x == 0 then return x.y:sum 'z' ~= 3 end end } "
	    "for i = 1, 2 do t.g = i // 2 .. \"q\\z  \\\"\" end repeat until 1 == t.amount "
	    "goto e ::e:: return t";
	static const char bytes[] = "(){}[]=~<>.:;,#'\"\\-/^%0x9eEpPn\n a_";
	unsigned random = 12345;
	char copy[sizeof(source)];
	int i, j, taken = 0;

	(void)state;
	try_state();
	for (i = 0; i < 20000; i++) {
		memcpy(copy, source, sizeof(source));
		for (j = 0; j < i % 7; j++) {
			random = random * 1103515245u + 12345u;
			copy[(random >> 8) % (sizeof(source) - 1)] =
			    bytes[(random >> 20) % (sizeof(bytes) - 1)];
		}
		random = random * 1103515245u + 12345u;
		if (try_load(
			copy, i % 3 == 0 ? (random >> 8) % sizeof(source) : sizeof(source) - 1))
			taken++;
		lua_settop(try_last.L, 0);
	}
	assert_true(taken > 0 && taken < i);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(an_endless_loop_is_stopped),
		T(an_endless_loop_in_pcall_in_a_loop_is_stopped),
		T(a_limit_caught_by_pcall_still_counts),
		T(endless_recursion_ends),
		T(deep_pcall_ends_with_a_fault_and_costs_no_stack),
		T(the_c_stack_does_not_overflow_in_gsub_sort_or_pairs),
		T(a_loop_in_a_sort_comparator_is_stopped),
		T(a_loop_in_a_gsub_function_is_stopped),
		T(a_raising_comparator_is_a_fault),
		T(an_inconsistent_comparator_does_no_harm),
		T(a_loop_of_string_rep_is_charged),
		T(a_loop_of_table_concat_is_charged),
		T(costly_calls_are_charged_for_what_they_do),
		T(joining_long_texts_is_charged),
		T(shares_are_stopped_one_by_one_and_never_exceed_the_whole),
		T(a_share_trips_at_the_same_step_whatever_ran_before),
		T(table_move_of_a_thousand_million_is_refused),
		T(unpack_of_a_million_is_refused),
		T(a_loop_of_inserts_at_the_front_is_charged),
		T(a_plain_find_of_much_in_much_is_charged),
		T(utf8_over_seven_megabytes_is_charged),
		T(patterns_are_ended_by_the_kill_alone),
		T(a_quadratic_gsub_is_ended_by_the_kill_alone),
		T(memory_that_grows_is_stopped),
		T(running_out_of_memory_cannot_be_caught),
		T(garbage_is_no_reason_to_stop),
		T(garbage_is_collected_at_the_cap_even_when_the_collector_is_off),
		T(a_fresh_allowance_forgets_an_earlier_trip),
		T(the_same_work_trips_at_the_same_step_wherever_it_stands),
		T(a_format_bomb_is_refused),
		T(every_allocation_may_fail),
		T(a_state_is_made_whole_or_not_at_all),
		T(spoilt_chunks_are_refused_or_taken),
	};

	return cmocka_run_group_tests_name("ways out of the limits", tests, NULL, NULL);
}
