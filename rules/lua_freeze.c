/*
 * Freezing and restoring: nothing that one condition does can be seen by another, or by the next
 * submission of a batch.
 *
 * What a policy can leave behind lies in tables and in the upvalues of functions; there is no third place.
 *
 *  - Tables that are kept become read-only in place, so that every reference to them sees it: their
 *    contents move into a table behind, and a metatable reads through to it and refuses writing.  They
 *    can be read with every operator and function as before.
 *  - Upvalues of kept functions may be assigned (`local n = 0 … n = n + 1`); a snapshot is taken after
 *    loading and put back before each run.  Only the upvalues that a condition can reach matter to it, so
 *    each has a snapshot of its own, of a handful of values.
 *  - A C function with a memory (an iterator that gmatch made) can be neither frozen nor restored: it
 *    refuses the load.
 */
#include <stdlib.h>

#include "rules/arena.h"
#include "rules/lua_private.h"
#include "rules/lua_value.h"

struct lua_snapshot {
	int values; /* registry: a sequence of function, value, function, value … */
	int n;
	int *which; /* the number of each upvalue in its function */
};

/* A walk over all that can be reached from a value.  The fields are positions on the stack. */
struct walk {
	int seen, work, captured;
	lua_Integer n_work, n_captured;
};

/* (table, key, value): an assignment to a frozen table. */
static int
frozen_assigned(lua_State *L)
{
	lua_env_fail(L,
	    "this table is shared by all conditions and cannot be changed (at %s): make a new "
	    "one "
	    "with local t = {}",
	    luaL_tolstring(L, 2, NULL));
}

static int
frozen_len(lua_State *L)
{
	lua_env_push_raw(L, 1);
	lua_pushinteger(L, (lua_Integer)lua_rawlen(L, -1));
	return 1;
}

/* Push a metatable that reads the table on the top; pops that. */
static void
frozen_push_metatable(lua_State *L)
{
	lua_createtable(L, 1, 3);
	lua_insert(L, -2);
	lua_pushvalue(L, -1);
	lua_rawseti(L, -3, 1);
	lua_setfield(L, -2, "__index");
	lua_pushcfunction(L, frozen_assigned);
	lua_setfield(L, -2, "__newindex");
	lua_pushcfunction(L, frozen_len);
	lua_setfield(L, -2, "__len");
}

void
lua_env_push_raw(lua_State *L, int index)
{
	luaL_checktype(L, index, LUA_TTABLE);
	lua_pushvalue(L, index);
	if (!lua_getmetatable(L, -1))
		return;
	if (lua_rawgeti(L, -1, 1) == LUA_TTABLE) {
		lua_replace(L, -3);
		lua_pop(L, 1);
	} else {
		lua_pop(L, 2);
	}
}

void
lua_env_freeze_front(lua_State *L, int index)
{
	index = lua_absindex(L, index);
	lua_newtable(L);
	lua_pushvalue(L, index);
	frozen_push_metatable(L);
	lua_setmetatable(L, -2);
	lua_replace(L, index);
}

/* Move the contents of the table on the top behind it, unless it has a metatable already. */
static void
freeze_table(lua_State *L)
{
	int table = lua_gettop(L);

	if (lua_getmetatable(L, table)) {
		lua_pop(L, 1);
		return;
	}
	lua_newtable(L);
	lua_pushnil(L);
	while (lua_next(L, table)) {
		lua_pushvalue(L, -2);
		lua_insert(L, -2);
		lua_rawset(L, table + 1);
		lua_pushvalue(L, -1);
		lua_pushnil(L);
		lua_rawset(L, table);
	}
	frozen_push_metatable(L);
	lua_setmetatable(L, table);
}

/* Put the value on the top on the list of work, unless it was there or holds nothing.  Pops it. */
static void
walk_add(lua_State *L, struct walk *w)
{
	int type = lua_type(L, -1);

	if (type != LUA_TTABLE && type != LUA_TFUNCTION) {
		lua_pop(L, 1);
		return;
	}
	lua_pushvalue(L, -1);
	if (lua_rawget(L, w->seen) != LUA_TNIL) {
		lua_pop(L, 2);
		return;
	}
	lua_pop(L, 1);
	lua_pushvalue(L, -1);
	lua_pushboolean(L, 1);
	lua_rawset(L, w->seen);
	lua_rawseti(L, w->work, ++w->n_work);
}

static void
walk_table(lua_State *L, struct walk *w)
{
	freeze_table(L);
	lua_env_push_raw(L, -1);
	lua_pushnil(L);
	while (lua_next(L, -2)) {
		walk_add(L, w);
		lua_pushvalue(L, -1);
		walk_add(L, w);
	}
	lua_pop(L, 1);
}

/* Is the function on the top one of the names of the environment? */
static bool
walk_is_ours(lua_State *L)
{
	int f = lua_gettop(L);
	bool found = false;

	lua_rawgeti(L, LUA_REGISTRYINDEX, lua_env_of(L)->base);
	lua_pushnil(L);
	while (!found && lua_next(L, f + 1)) {
		found = lua_rawequal(L, -1, f);
		lua_pop(L, 1);
	}
	lua_settop(L, f);
	return found;
}

/* Write down the upvalue on the top, number i of the function below it, once. */
static void
walk_capture(lua_State *L, struct walk *w, int i)
{
	int f = lua_gettop(L) - 1;
	void *id = lua_upvalueid(L, f, i);

	lua_pushlightuserdata(L, id);
	if (lua_rawget(L, w->seen) == LUA_TNIL) {
		lua_pushlightuserdata(L, id);
		lua_pushboolean(L, 1);
		lua_rawset(L, w->seen);
		lua_pushvalue(L, f);
		lua_rawseti(L, w->captured, 3 * w->n_captured + 1);
		lua_pushinteger(L, i);
		lua_rawseti(L, w->captured, 3 * w->n_captured + 2);
		lua_pushvalue(L, f + 1);
		lua_rawseti(L, w->captured, 3 * w->n_captured + 3);
		w->n_captured++;
	}
	lua_pop(L, 1);
}

/* Is the value on the top a C function with a memory of its own that is no name of the environment? */
static bool
walk_remembers(lua_State *L)
{
	if (!lua_iscfunction(L, -1) || lua_getupvalue(L, -1, 1) == NULL)
		return false;
	lua_pop(L, 1);
	return !walk_is_ours(L);
}

/* The function below the top captured the iterator on the top: say where that function is. */
static _Noreturn void
walk_refuse(lua_State *L)
{
	lua_Debug ar;

	lua_pushvalue(L, -2);
	lua_getinfo(L, ">S", &ar);
	lua_env_fail(L,
	    "%s:%d: this function uses an iterator (of gmatch, pairs …) that was made outside "
	    "it "
	    "and remembers how far it is: make it inside",
	    ar.short_src, ar.linedefined);
}

static void
walk_function(lua_State *L, struct walk *w)
{
	int i;

	if (walk_remembers(L))
		lua_env_fail(L,
		    "a table holds an iterator (of gmatch, pairs …), which remembers how "
		    "far it is: make it inside the function that uses it");
	for (i = 1; !lua_iscfunction(L, -1) && lua_getupvalue(L, -1, i) != NULL; i++) {
		lua_rawgeti(L, LUA_REGISTRYINDEX, lua_env_of(L)->globals);
		if (lua_rawequal(L, -1, -2)) {
			lua_pop(L, 2);
			continue;
		}
		lua_pop(L, 1);
		if (w->captured != 0)
			walk_capture(L, w, i);
		if (walk_remembers(L))
			walk_refuse(L);
		walk_add(L, w);
	}
}

/* Freeze all that can be reached from the value at index; with capture, list the upvalues as well. */
static void
walk_all(lua_State *L, struct walk *w, int index, bool capture)
{
	int top;

	index = lua_absindex(L, index);
	luaL_checkstack(L, 24, NULL);
	lua_newtable(L);
	lua_newtable(L);
	lua_newtable(L);
	top = lua_gettop(L);
	*w = (struct walk){ .seen = top - 2, .work = top - 1, .captured = capture ? top : 0 };
	lua_pushvalue(L, index);
	walk_add(L, w);
	while (w->n_work > 0) {
		lua_rawgeti(L, w->work, w->n_work);
		lua_pushnil(L);
		lua_rawseti(L, w->work, w->n_work--);
		if (lua_istable(L, -1))
			walk_table(L, w);
		else
			walk_function(L, w);
		lua_settop(L, top);
	}
}

void
lua_env_freeze_value(lua_State *L, int index)
{
	int top = lua_gettop(L);
	struct walk w;

	walk_all(L, &w, index, false);
	lua_settop(L, top);
}

int
lua_env_keep(lua_State *L, int index)
{
	struct lua_env *env = lua_env_of(L);

	if (env->frozen)
		lua_env_fail(L, "nothing can be declared after loading");
	index = lua_absindex(L, index);
	lua_rawgeti(L, LUA_REGISTRYINDEX, env->kept);
	lua_pushvalue(L, index);
	lua_rawseti(L, -2, env->n_kept);
	lua_pop(L, 1);
	return env->n_kept++;
}

void
lua_env_push_kept(lua_State *L, int kept)
{
	lua_rawgeti(L, LUA_REGISTRYINDEX, lua_env_of(L)->kept);
	lua_rawgeti(L, -1, kept);
	lua_remove(L, -2);
}

/* The list that a walk captured becomes a snapshot. */
static void
snapshot_take(lua_State *L, const struct walk *w, struct lua_snapshot *snapshot)
{
	lua_Integer i;

	lua_createtable(L, (int)(2 * w->n_captured), 0);
	for (i = 0; i < w->n_captured; i++) {
		lua_rawgeti(L, w->captured, 3 * i + 1);
		lua_rawseti(L, -2, 2 * i + 1);
		lua_rawgeti(L, w->captured, 3 * i + 3);
		lua_rawseti(L, -2, 2 * i + 2);
	}
	snapshot->values = luaL_ref(L, LUA_REGISTRYINDEX);
	snapshot->which = calloc((size_t)w->n_captured + 1, sizeof(int));
	if (snapshot->which == NULL)
		arena_exhausted();
	for (i = 0; i < w->n_captured; i++) {
		lua_rawgeti(L, w->captured, 3 * i + 2);
		snapshot->which[i] = (int)lua_tointeger(L, -1);
		lua_pop(L, 1);
	}
	snapshot->n = (int)w->n_captured;
}

void
lua_env_freeze(lua_State *L)
{
	struct lua_env *env = lua_env_of(L);
	int i, top = lua_gettop(L);
	struct walk w;

	env->snapshots = calloc((size_t)env->n_kept + 1, sizeof(*env->snapshots));
	if (env->snapshots == NULL)
		arena_exhausted();
	env->n_snapshots = env->n_kept;
	for (i = 0; i < env->n_kept; i++) {
		lua_env_push_kept(L, i);
		walk_all(L, &w, -1, true);
		snapshot_take(L, &w, &env->snapshots[i]);
		lua_settop(L, top);
	}
	env->frozen = true;
}

void
lua_env_restore(lua_State *L, int kept)
{
	struct lua_env *env = lua_env_of(L);
	const struct lua_snapshot *s;
	int i, values;

	if (kept < 0 || kept >= env->n_snapshots || env->snapshots[kept].n == 0)
		return;
	s = &env->snapshots[kept];
	lua_rawgeti(L, LUA_REGISTRYINDEX, s->values);
	values = lua_gettop(L);
	for (i = 0; i < s->n; i++) {
		lua_rawgeti(L, values, 2 * i + 1);
		lua_rawgeti(L, values, 2 * i + 2);
		lua_getupvalue(L, values + 1, s->which[i]);
		if (!lua_rawequal(L, -1, -2)) {
			lua_pop(L, 1);
			lua_setupvalue(L, values + 1, s->which[i]);
		}
		lua_settop(L, values);
	}
	lua_pop(L, 1);
}

void
lua_env_freeze_open(lua_State *L)
{
	lua_newtable(L);
	lua_env_of(L)->kept = luaL_ref(L, LUA_REGISTRYINDEX);
}

void
lua_env_freeze_close(struct lua_env *env)
{
	int i;

	for (i = 0; i < env->n_snapshots; i++)
		free(env->snapshots[i].which);
	free(env->snapshots);
}
