/*
 * What the Lua side costs: nanoseconds an operation, the loop's own cost taken off, and the count hook
 * at several intervals.  Prints a table of processor time; best of five runs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "rules/lua_env.h"
#include "rules/lua_value.h"

#define LOOPS "2000000"
#define RUNS  5

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

static void
complain(void *arg, struct text file, uint32_t line, struct text what)
{
	(void)arg;
	fprintf(stderr, "%.*s:%u: %.*s\n", TEXT_ARG(file), (unsigned)line, TEXT_ARG(what));
	exit(1);
}

static _Alignas(16) struct {
	pence amount;
} record = { 149000 };

/* As a budget's record answers: a light handle in, an amount out. */
static int
record_index(lua_State *L)
{
	const pence *amount = lua_value_pointer(L, 1, LUA_TAG_RECORD);

	lua_value_push_money(L, *amount);
	return 1;
}

static const struct lua_kind record_kind = { .name = "record", .index = record_index };

/* The fastest of some runs of a chunk, in nanoseconds; hook 0: no limits. */
static double
measure(const char *source, int hook)
{
	struct lua_limit limit = { 0 };
	struct buf said = { 0 };
	double best = 1e18, start;
	lua_State *L = lua_env_new(&limit);
	int i;

	lua_value_register(L, LUA_TAG_RECORD, &record_kind);
	lua_value_push_pointer(L, LUA_TAG_RECORD, &record);
	lua_env_set(L, "line");
	for (i = 0; i < RUNS; i++) {
		if (!lua_env_load(L, TEXT("bench"), text_of(source), complain, NULL))
			exit(1);
		lua_limit_begin(&limit, hook == 0 ? 0 : UINT64_MAX, 0);
		if (hook != 0)
			lua_sethook(L, lua_gethook(L), LUA_MASKCOUNT, hook);
		start = now();
		if (lua_env_call(L, 0, 0, &said) != LUA_ENDED_WELL) {
			fprintf(stderr, "%s\n", said.p);
			exit(1);
		}
		if (now() - start < best)
			best = now() - start;
	}
	lua_env_free(L);
	buf_free(&said);
	return best;
}

static void
row(const char *what, const char *before, const char *body)
{
	static double empty;
	char source[512];
	double ns;

	snprintf(source, sizeof(source),
	    "local line, zero = line, zero %s for i = 1, " LOOPS " do %s end", before, body);
	ns = measure(source, 1000) / atof(LOOPS);
	if (body[0] == '\0')
		empty = ns;
	printf("%-44s %8.1f ns\n", what, body[0] == '\0' ? ns : ns - empty);
}

static void
hooks(void)
{
	static const int every[] = { 0, 100, 1000, 2000, 4000, 10000 };
	const char *source = "local n = 0 for i = 1, 20000000 do n = n + i % 7 end return n";
	double none = 0, ns;
	size_t i;

	for (i = 0; i < sizeof(every) / sizeof(every[0]); i++) {
		ns = measure(source, every[i]);
		if (every[i] == 0)
			none = ns;
		printf("count hook every %-6d %32.1f ms %+6.1f%%\n", every[i], ns / 1e6,
		    (ns / none - 1) * 100);
	}
}

int
main(void)
{
	row("an empty turn of a loop", "", "");
	row("whole number: a + b", "local a, b = 1, 2", "local c = a + b");
	row("money: a + b", "local a = gbp '1.10'", "local c = a + a");
	row("money: a < b", "local a = gbp '1.10'", "local c = a < zero");
	row("money: a == b", "local a = gbp '1.10'", "local c = a == zero");
	row("money: a:times(3)", "local a = gbp '1.10'", "local c = a:times(3)");
	row("money: a:of(rate, 'nearest')", "local a, r = gbp '1.10', rate '3.75%'",
	    "local c = a:of(r, 'nearest')");
	row("money: a:part(1, 3)", "local a = gbp '1.10'", "local c = a:part(1, 3)");
	row("a field of a table: t.amount", "local t = { amount = 1 }", "local c = t.amount");
	row("a field of a handle: line.amount", "", "local c = line.amount");
	row("a name of the environment: largest", "", "local c = largest");
	row("ratio(a, b)", "local a = gbp '1.10'", "local c = ratio(a, a)");
	row("'text ' .. money", "local a = gbp '1.10'", "local c = 'x' .. a");
	row("pcall(f)", "local function f() end", "pcall(f)");
	row("pairs over 10 names",
	    "local t = { a = 1, b = 2, c = 3, d = 4, e = 5, f = 6, g = 7, h = 8, i = 9, j = 10 "
	    "}",
	    "if i % 10 == 0 then for k, v in pairs(t) do end end");
	hooks();
	return 0;
}
