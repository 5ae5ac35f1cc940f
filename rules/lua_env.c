/*
 * The environment of policies.
 *
 * A policy may do anything that Lua can do with the names it is given; so everything hangs on which
 * names those are, and on no way leading from them to others.
 *
 *  - The names stand in a table `base` that no policy ever holds.  The chunk's _ENV (and _G) is another,
 *    empty table whose metatable reads through to base and refuses writing.  Reading an unknown name is
 *    an error that suggests the nearest known one.
 *  - There is no setmetatable, getmetatable, raw access, debug, load, coroutine, xpcall: without these a
 *    policy can make no __gc, no __close, no __index, no handler that would run outside a limit, no second
 *    stack with a count of its own, and no bytecode.
 *  - Text's metatable reads string functions, and nothing else: no arithmetic on text.
 *  - Library tables, and after loading all that policies keep, are frozen (lua_freeze.c).
 *  - What would differ from run to run is ours: pairs, next, type, tostring, string.format, table.sort.
 *
 * The standard functions that are kept stand behind wrappers that charge the budget for their work
 * (lua_string.c, lua_table.c).  Lua's own libraries are opened only to take these functions out of them.
 */
#include "rules/lua_env.h"

#include <stdlib.h>
#include <string.h>

#include <lualib.h>

#include "rules/lua_private.h"
#include "rules/lua_value.h"

/*
 * A collection walks all that the policies declared, and what conditions make is little beside that: let
 * the whole grow fourfold before the next begins.  The cap on memory holds all the same.
 */
#define GC_PAUSE 400

/* Names that people bring from elsewhere, and what to do instead. */
static const struct {
	const char *name, *instead;
} absent_names[] = {
	{ "load", "a policy is text that is loaded once" },
	{ "loadstring", "a policy is text that is loaded once" },
	{ "dofile", "write require \"lib.name\"" },
	{ "loadfile", "write require \"lib.name\"" },
	{ "package", "write require \"lib.name\"" },
	{ "io", "policies reach no files" },
	{ "os", "policies reach no clock or files; the time of arrival is given.received" },
	{ "debug", "policies cannot look inside the engine" },
	{ "coroutine", "write a loop" },
	{ "xpcall", "write pcall" },
	{ "print", "write finding{…} or determination{…}" },
	{ "setmetatable", "tables of policies have no metatables" },
	{ "getmetatable", "tables of policies have no metatables" },
	{ "rawget", "write t[k]" },
	{ "rawset", "write t[k] = v" },
	{ "rawequal", "write a == b" },
	{ "rawlen", "write #t" },
	{ "collectgarbage", "memory is the engine's business" },
};

/* (base, name): a name that is not there. */
static int
env_unknown_name(lua_State *L)
{
	struct text word = { NULL, 0 };
	size_t i;

	if (lua_type(L, 2) != LUA_TSTRING)
		lua_env_fail(L, "only words are names: not %s", lua_value_called(L, 2));
	word.p = lua_tolstring(L, 2, &word.n);
	for (i = 0; i < sizeof(absent_names) / sizeof(absent_names[0]); i++)
		if (text_is(word, absent_names[i].name))
			lua_env_fail(L, "there is no %s for policies: %s", word.p,
			    absent_names[i].instead);
	lua_env_suggest_key(L, word, 1);
	lua_env_fail(L, "there is no name %s%s", word.p, lua_tostring(L, -1));
}

/* (globals, name, value): an assignment to a name that is not local. */
static int
env_assigned(lua_State *L)
{
	lua_env_fail(L,
	    "the name %s belongs to everyone and cannot be assigned: write local %s = …",
	    luaL_tolstring(L, 2, NULL), lua_tostring(L, 2));
}

/* (functions, name): string.uper. upvalue 1: "string" */
static int
env_unknown_function(lua_State *L)
{
	struct text word = { "", 0 };

	if (lua_type(L, 2) != LUA_TSTRING)
		lua_env_fail(L, "%s has functions only, and no %s",
		    lua_tostring(L, lua_upvalueindex(1)), lua_value_called(L, 2));
	word.p = lua_tolstring(L, 2, &word.n);
	lua_env_suggest_key(L, word, 1);
	lua_env_fail(L, "there is no function %s in %s%s", word.p,
	    lua_tostring(L, lua_upvalueindex(1)), lua_tostring(L, -1));
}

void
lua_env_suggest(lua_State *L, struct text word, const struct text *candidates, size_t n)
{
	int best = text_nearest(word, candidates, n);

	if (best < 0) {
		lua_pushliteral(L, "");
		return;
	}
	lua_pushliteral(L, " (did you mean ");
	lua_pushlstring(L, candidates[best].p, candidates[best].n);
	lua_pushliteral(L, "?)");
	lua_concat(L, 3);
}

/* As lua_env_suggest, out of the text keys of a table. */
void
lua_env_suggest_key(lua_State *L, struct text word, int table)
{
	lua_Integer n, i;
	struct text *names;

	table = lua_absindex(L, table);
	n = lua_env_push_keys(L, table);
	names = lua_newuserdatauv(L, (size_t)(n + 1) * sizeof(*names), 0);
	for (i = 0; i < n; i++) {
		names[i] = TEXT_NONE;
		if (lua_rawgeti(L, -2, i + 1) == LUA_TSTRING)
			names[i].p = lua_tolstring(L, -1, &names[i].n);
		lua_pop(L, 1);
	}
	lua_env_suggest(L, word, names, (size_t)n);
	lua_replace(L, -3);
	lua_pop(L, 1);
}

void
lua_env_set(lua_State *L, const char *name)
{
	lua_rawgeti(L, LUA_REGISTRYINDEX, lua_env_of(L)->base);
	lua_insert(L, -2);
	lua_pushstring(L, name);
	lua_insert(L, -2);
	lua_rawset(L, -3);
	lua_pop(L, 1);
}

void
lua_env_set_function(lua_State *L, const char *name, lua_CFunction f)
{
	lua_pushcfunction(L, f);
	lua_env_set(L, name);
}

void
lua_env_unset(lua_State *L, const char *name)
{
	lua_pushnil(L);
	lua_env_set(L, name);
}

/*
 * Make the table of functions on the top a library: what policies hold is an empty table in front of it,
 * and reading a function that is not there is an error.  Pops the table.
 */
void
lua_env_set_library(lua_State *L, const char *name)
{
	lua_createtable(L, 0, 1);
	lua_pushstring(L, name);
	lua_pushcclosure(L, env_unknown_function, 1);
	lua_setfield(L, -2, "__index");
	lua_setmetatable(L, -2);
	lua_env_freeze_front(L, -1);
	lua_env_set(L, name);
}

/* base and, in front of it, the table that is every chunk's _ENV. */
static void
env_make_globals(lua_State *L)
{
	struct lua_env *env = lua_env_of(L);

	lua_newtable(L);
	lua_createtable(L, 0, 1);
	lua_pushcfunction(L, env_unknown_name);
	lua_setfield(L, -2, "__index");
	lua_setmetatable(L, -2);
	lua_pushvalue(L, -1);
	env->base = luaL_ref(L, LUA_REGISTRYINDEX);
	lua_env_freeze_front(L, -1);
	lua_getmetatable(L, -1);
	lua_pushcfunction(L, env_assigned);
	lua_setfield(L, -2, "__newindex");
	lua_pop(L, 1);
	lua_pushvalue(L, -1);
	env->globals = luaL_ref(L, LUA_REGISTRYINDEX);
	lua_pushvalue(L, -1);
	lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
	lua_env_set(L, "_G");
}

/* Everything that can run out of memory: called protected. */
static int
env_open(lua_State *L)
{
	lua_pushliteral(L, LUA_LIMIT_TEXT);
	luaL_ref(L, LUA_REGISTRYINDEX);
	lua_env_freeze_open(L);
	env_make_globals(L);
	lua_base_open(L);
	lua_string_open(L);
	lua_table_open(L);
	lua_value_open(L);
	return 0;
}

lua_State *
lua_env_new(struct lua_limit *limit)
{
	struct lua_env *env = calloc(1, sizeof(*env));
	lua_State *L = env == NULL ? NULL : lua_newstate(lua_limit_alloc, limit);

	if (L == NULL) {
		lua_limit_free(limit);
		free(env);
		return NULL;
	}
	env->limit = limit;
	limit->L = L;
	*(struct lua_env **)lua_getextraspace(L) = env;
	lua_gc(L, LUA_GCINC, GC_PAUSE, 0, 0);
	lua_pushcfunction(L, env_open);
	if (lua_pcall(L, 0, 0, 0) != LUA_OK) {
		lua_env_free(L);
		return NULL;
	}
	return L;
}

void
lua_env_free(lua_State *L)
{
	struct lua_env *env;

	if (L == NULL)
		return;
	env = lua_env_of(L);
	lua_limit_end(env->limit);
	lua_close(L);
	env->limit->L = NULL;
	lua_limit_free(env->limit);
	lua_env_freeze_close(env);
	buf_free(&env->scratch);
	free(env);
}
