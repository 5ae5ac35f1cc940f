/*
 * For tests of the Lua side: run a chunk as a policy would be run, and look at how it ended.
 */
#ifndef TESTS_LUA_TRY_H
#define TESTS_LUA_TRY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rules/lua_env.h"
#include "rules/lua_value.h"

#define TRY_STEPS  ((uint64_t)2000000)
#define TRY_MEMORY ((size_t)8 << 20)

/* The state of the last try, for tests that look closer; freed by the next. */
struct tried {
	struct lua_limit limit;
	lua_State *L;
	enum lua_ended ended;
	bool loaded;
	struct buf said;   /* mistakes of loading, a line each, or the message of the call */
	struct buf result; /* what the chunk returned, as people read it, parted by " | " */
};

static struct tried try_last;

__attribute__((unused)) static void
try_complain(void *arg, struct text file, uint32_t line, struct text what)
{
	struct buf *out = arg;

	buf_printf(out, "%.*s:%u: %.*s\n", TEXT_ARG(file), (unsigned)line, TEXT_ARG(what));
}

__attribute__((unused)) static void
try_end(void)
{
	lua_env_free(try_last.L);
	buf_free(&try_last.said);
	buf_free(&try_last.result);
	memset(&try_last, 0, sizeof(try_last));
}

__attribute__((unused)) static int
try_teardown(void **state)
{
	(void)state;
	try_end();
	return 0;
}

/* A row of a table of tests, each of which leaves nothing behind. */
#define T(name) cmocka_unit_test_teardown(name, try_teardown)

/* A fresh state in try_last. */
__attribute__((unused)) static lua_State *
try_state(void)
{
	try_end();
	try_last.L = lua_env_new(&try_last.limit);
	assert_non_null(try_last.L);
	return try_last.L;
}

/* Load into the state of try_last: false when refused, and then try_last.said tells. */
__attribute__((unused)) static bool
try_load(const char *source, size_t n)
{
	buf_clear(&try_last.said);
	try_last.loaded = lua_env_load(try_last.L, TEXT("try.lua"), (struct text){ source, n },
	    try_complain, &try_last.said);
	return try_last.loaded;
}

__attribute__((unused)) static bool
try_load_text(const char *source)
{
	return try_load(source, strlen(source));
}

/* Call the function on the top within limits; leaves the stack empty, results as text. */
__attribute__((unused)) static enum lua_ended
try_call(uint64_t steps, size_t memory)
{
	lua_State *L = try_last.L;
	int i;

	buf_clear(&try_last.said);
	buf_clear(&try_last.result);
	lua_limit_begin(&try_last.limit, steps, memory);
	try_last.ended = lua_env_call(L, 0, LUA_MULTRET, &try_last.said);
	for (i = 1; i <= lua_gettop(L); i++) {
		if (i > 1)
			buf_str(&try_last.result, " | ");
		lua_value_show(L, i, NULL, &try_last.result);
	}
	buf_str(&try_last.result, "");
	buf_str(&try_last.said, "");
	lua_settop(L, 0);
	return try_last.ended;
}

/* Load and call a chunk in a fresh state. */
__attribute__((unused)) static enum lua_ended
try_run(const char *source)
{
	try_state();
	if (!try_load_text(source))
		return LUA_ENDED_FAULT;
	return try_call(TRY_STEPS, TRY_MEMORY);
}

/* The chunk returns this, as people read it. */
__attribute__((unused)) static void
gives_at(const char *source, const char *expected, const char *file, int line)
{
	if (try_run(source) != LUA_ENDED_WELL)
		print_error("%s\n  said: %s\n", source, try_last.said.p ? try_last.said.p : "");
	_assert_int_equal((unsigned)try_last.ended, LUA_ENDED_WELL, file, line);
	_assert_string_equal(try_last.result.p, expected, file, line);
}

/* The chunk is refused or fails, and the message has this in it. */
__attribute__((unused)) static void
fails_at(const char *source, const char *expected, const char *file, int line)
{
	if (try_run(source) != LUA_ENDED_FAULT)
		print_error("%s\n  ended %d: %s\n", source, (int)try_last.ended,
		    try_last.result.p ? try_last.result.p : "");
	else if (try_last.said.p == NULL || strstr(try_last.said.p, expected) == NULL)
		print_error("%s\n  said: %s\n", source, try_last.said.p ? try_last.said.p : "");
	else
		return;
	_fail(file, line);
}

/* The chunk is stopped by this limit, whatever it does about it. */
__attribute__((unused)) static void
stops_at(const char *source, enum lua_tripped limit, const char *file, int line)
{
	if (try_run(source) != LUA_ENDED_LIMIT)
		print_error("%s\n  ended %d: %s %s\n", source, (int)try_last.ended,
		    try_last.said.p ? try_last.said.p : "",
		    try_last.result.p ? try_last.result.p : "");
	_assert_int_equal((unsigned)try_last.ended, LUA_ENDED_LIMIT, file, line);
	_assert_int_equal(
	    (unsigned)lua_limit_tripped(&try_last.limit), (unsigned)limit, file, line);
}

#define gives(source, expected) gives_at(source, expected, __FILE__, __LINE__)
#define fails(source, expected) fails_at(source, expected, __FILE__, __LINE__)
#define stops(source, limit)    stops_at(source, limit, __FILE__, __LINE__)

#endif
