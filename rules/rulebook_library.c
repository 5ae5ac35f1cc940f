/*
 * require "lib.NAME": libraries of the policy tree and nothing else.
 *
 * All of them are run while the rulebook is loaded, each once, and what they return is frozen;
 * later require only looks them up.
 */
#include "rules/rulebook_load.h"
#include "rules/rulebook_library.h"

#include <string.h>

static bool
library_file(const char *name, size_t n)
{
	return n > 8 && memcmp(name, "lib/", 4) == 0 && memcmp(name + n - 4, ".lua", 4) == 0 &&
	    memchr(name + 4, '/', n - 4) == NULL;
}

/* "lib.p4p" to "lib/p4p.lua" */
static const struct tree_file *
find_library(const struct rulebook *b, const char *name)
{
	char path[256];
	size_t n = strlen(name);

	if (n < 5 || n > sizeof(path) - 5 || memcmp(name, "lib.", 4) != 0 ||
	    strchr(name + 4, '/') != NULL)
		return NULL;
	memcpy(path, name, n);
	path[3] = '/';
	memcpy(path + n, ".lua", 5);
	return tree_find(b->tree, path);
}

static void
complain(void *arg, struct text file, uint32_t line, struct text what)
{
	load_refuse(arg, file, line, "%.*s", TEXT_ARG(what));
}

/* The library failed: who requires it next is told no more than that. */
static void
library_failed(
    lua_State *L, struct rulebook *b, const char *name, const struct tree_file *f, bool told)
{
	struct loading *l = b->loading;
	int failed = follow_failed(l, f, l->owner);

	lua_pushboolean(L, true);
	lua_setfield(L, 2, name);
	if (l->owner >= 0)
		return; /* of one that this one requires */
	l->owner = failed;
	l->owner_told = told;
	if (told)
		follow_told(l, failed);
}

/* Run the library's chunk; leaves what it returned, or raises.  The libraries stand at 2. */
static void
run_library(lua_State *L, struct rulebook *b, const char *name, const struct tree_file *f)
{
	int status;

	if (b->loading == NULL)
		lua_env_fail(L, "no library %s", name);
	lua_pushboolean(L, false);
	lua_setfield(L, -2, name); /* being loaded: a circle ends here */
	if (!lua_env_load(L, f->name, f->data, complain, b->loading)) {
		library_failed(L, b, name, f, true);
		lua_env_fail(L, "the library %s could not be loaded", name);
	}
	if ((status = lua_pcall(L, 0, 1, 0)) == LUA_ERRMEM)
		lua_error(L);
	if (status != LUA_OK) {
		library_failed(L, b, name, f, false);
		lua_error(L);
	}
	if (lua_isnil(L, -1)) {
		library_failed(L, b, name, f, false);
		lua_env_fail(L, "the library %s returns nothing; end it with return", name);
	}
	lua_env_freeze_value(L, -1);
	b->kept = arena_grow(b->arena, b->kept, b->n_kept, &b->kept_cap, sizeof(*b->kept));
	b->kept[b->n_kept++] = lua_env_keep(L, -1);
	lua_pushvalue(L, -1);
	lua_setfield(L, -3, name);
}

/* A library that failed before: its mistake is told, or will be with the first that required it. */
static _Noreturn void
fail_again(lua_State *L, struct rulebook *b, const char *name)
{
	const struct tree_file *f = find_library(b, name);

	if (b->loading != NULL && f != NULL && follow_root(b->loading, f) >= 0) {
		b->loading->owner = follow_root(b->loading, f);
		b->loading->owner_told = true;
	}
	lua_env_fail(L, "the library %s has a mistake of its own", name);
}

static int
require(lua_State *L)
{
	struct rulebook *b = lua_env_of(L)->user;
	const struct tree_file *f;
	const char *name;

	if (lua_type(L, 1) != LUA_TSTRING)
		lua_env_fail(L, "require wants the name of a library: require \"lib.NAME\"");
	name = lua_tostring(L, 1);
	lua_settop(L, 1);
	lua_rawgeti(L, LUA_REGISTRYINDEX, b->libraries);
	if (lua_getfield(L, -1, name) == LUA_TNIL) {
		lua_pop(L, 1);
		f = find_library(b, name);
		if (f == NULL)
			lua_env_fail(L, "no library %s in lua-policies/lib",
			    strncmp(name, "lib.", 4) == 0 ? name + 4 : name);
		run_library(L, b, name, f);
	}
	if (lua_type(L, -1) == LUA_TBOOLEAN && !lua_toboolean(L, -1))
		lua_env_fail(L, "the library %s requires itself", name);
	if (lua_type(L, -1) == LUA_TBOOLEAN)
		fail_again(L, b, name);
	return 1;
}

void
rulebook_library_open(struct rulebook *b)
{
	lua_newtable(b->L);
	b->libraries = luaL_ref(b->L, LUA_REGISTRYINDEX);
	lua_env_set_function(b->L, "require", require);
}

void
rulebook_load_libraries(struct loading *l)
{
	lua_State *L = l->book->L;
	const struct tree *t = l->book->tree;
	char name[256];
	uint32_t i;

	for (i = 0; i < t->n; i++) {
		const struct tree_file *f = &t->files[i];

		if (!library_file(f->name.p, f->name.n) || f->name.n >= sizeof(name))
			continue;
		memcpy(name, f->name.p, f->name.n - 4);
		name[f->name.n - 4] = '\0';
		name[3] = '.';
		lua_pushcfunction(L, require);
		lua_pushstring(L, name);
		rulebook_call(l, f->name, 1);
	}
}
