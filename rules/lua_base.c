/*
 * The basic functions: a pcall that no limit can be caught with, pairs and next in an order, type and
 * tostring without addresses, a strict tonumber, whole-number mathematics.
 */
#include <lualib.h>

#include "rules/lua_private.h"
#include "rules/lua_value.h"

/* What calls cost in steps of the budget: a step is some 5 ns of processor time. */
#define CALL_STEPS  20
#define CATCH_STEPS 100 /* a fault: its message is made, and the stack unwound */

/* pcall(f, ...): limits and stops pass through it. */
static int
base_pcall(lua_State *L)
{
	int status;

	luaL_checkany(L, 1);
	lua_limit_charge(L, CALL_STEPS);
	lua_pushboolean(L, 1);
	lua_insert(L, 1);
	status = lua_pcall(L, lua_gettop(L) - 2, LUA_MULTRET, 0);
	lua_limit_check(L);
	if (status == LUA_OK)
		return lua_gettop(L);
	lua_limit_charge(L, CATCH_STEPS);
	if (status == LUA_ERRMEM || lua_value_stops(L, -1))
		return lua_error(L);
	lua_pushboolean(L, 0);
	lua_insert(L, -2);
	return 2;
}

static int
base_type(lua_State *L)
{
	enum kind kind;

	luaL_checkany(L, 1);
	kind = lua_value_kind(L, 1);
	if (kind == KIND_NONE || kind == KIND_INTEGER || kind == KIND_TEXT ||
	    kind == KIND_BOOLEAN)
		lua_pushstring(L, lua_value_type(L, 1));
	else
		lua_pushstring(L, lua_value_called(L, 1));
	return 1;
}

static int
base_tostring(lua_State *L)
{
	struct buf *out = &lua_env_of(L)->scratch;

	luaL_checkany(L, 1);
	lua_limit_charge(L, CALL_STEPS);
	if (lua_type(L, 1) == LUA_TSTRING) {
		lua_settop(L, 1);
		return 1;
	}
	buf_clear(out);
	lua_value_join(L, 1, out);
	lua_pushlstring(L, out->p == NULL ? "" : out->p, out->n);
	return 1;
}

/* Digits, with or without a minus sign. */
static bool
is_whole(struct text text)
{
	size_t i = text.n > 1 && text.p[0] == '-' ? 1 : 0;

	for (; i < text.n; i++)
		if (text.p[i] < '0' || text.p[i] > '9')
			return false;
	return text.n > 0;
}

/* tonumber "12": a whole number and nothing else; else nil. */
static int
base_tonumber(lua_State *L)
{
	struct text text;
	int64_t n;

	luaL_checkany(L, 1);
	if (!lua_isnoneornil(L, 2))
		lua_env_fail(L, "tonumber takes one text: bases are not read");
	if (lua_isinteger(L, 1)) {
		lua_settop(L, 1);
		return 1;
	}
	if (lua_type(L, 1) == LUA_TSTRING) {
		text.p = lua_tolstring(L, 1, &text.n);
		if (is_whole(text) && integer_read(text, MONEY_STRICT, &n) == NUMBER_OK) {
			lua_pushinteger(L, n);
			return 1;
		}
	}
	lua_pushnil(L);
	return 1;
}

/* (table, key) -> next key, value.  Upvalues: the keys in order, how many have been given. */
static int
pairs_step(lua_State *L)
{
	lua_Integer i = lua_tointeger(L, lua_upvalueindex(2));

	lua_settop(L, 1);
	for (;;) {
		lua_pushinteger(L, ++i);
		lua_replace(L, lua_upvalueindex(2));
		if (lua_rawgeti(L, lua_upvalueindex(1), i) == LUA_TNIL)
			return 1;
		lua_pushvalue(L, -1);
		if (lua_gettable(L, 1) != LUA_TNIL)
			return 2;
		lua_settop(L, 1); /* taken out meanwhile */
	}
}

static int
base_pairs(lua_State *L)
{
	const struct lua_kind *kind = lua_value_handle_kind(L, 1);

	luaL_checkany(L, 1);
	if (kind != NULL && kind->pairs != NULL)
		return kind->pairs(L);
	if (lua_type(L, 1) != LUA_TTABLE)
		lua_env_fail(L, "pairs wants a table, not %s", lua_value_called(L, 1));
	lua_env_push_keys(L, 1);
	lua_pushinteger(L, 0);
	lua_pushcclosure(L, pairs_step, 2);
	lua_pushvalue(L, 1);
	lua_pushnil(L);
	return 3;
}

/* next(table, key): the key after that one in the order of pairs. */
static int
base_next(lua_State *L)
{
	lua_Integer n, i;

	luaL_checktype(L, 1, LUA_TTABLE);
	lua_settop(L, 2);
	n = lua_env_push_keys(L, 1);
	i = 1;
	if (!lua_isnil(L, 2)) {
		for (; i <= n; i++) {
			lua_rawgeti(L, 3, i);
			if (lua_rawequal(L, 2, -1))
				break;
			lua_pop(L, 1);
		}
		if (i++ > n)
			lua_env_fail(L, "next was given a key that the table does not have");
	}
	if (i > n) {
		lua_pushnil(L);
		return 1;
	}
	lua_rawgeti(L, 3, i);
	lua_pushvalue(L, -1);
	lua_gettable(L, 1);
	return 2;
}

static int
math_abs(lua_State *L)
{
	lua_Integer n = lua_value_check(L, 1, KIND_INTEGER, "math.abs").n;

	if (n == LUA_MININTEGER)
		lua_env_fail(L, "math.abs of the smallest number is beyond 64 bits");
	lua_pushinteger(L, n < 0 ? -n : n);
	return 1;
}

/* The greatest (sign 1) or least (sign -1) of whole numbers. */
static int
math_extreme(lua_State *L, int sign, const char *who)
{
	int i, best = 1;
	int64_t n, found = lua_value_check(L, 1, KIND_INTEGER, who).n;

	for (i = 2; i <= lua_gettop(L); i++) {
		n = lua_value_check(L, i, KIND_INTEGER, who).n;
		if (sign > 0 ? n > found : n < found) {
			found = n;
			best = i;
		}
	}
	lua_pushvalue(L, best);
	return 1;
}

static int
math_max(lua_State *L)
{
	return math_extreme(L, 1, "math.max");
}

static int
math_min(lua_State *L)
{
	return math_extreme(L, -1, "math.min");
}

void
lua_env_push_standard(lua_State *L, const char *name, lua_CFunction open)
{
	/* Opening a library writes into the globals: give it others. */
	lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
	lua_newtable(L);
	lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
	lua_pushcfunction(L, open);
	lua_pushstring(L, name);
	lua_call(L, 1, 1);
	lua_insert(L, -2);
	lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
	lua_pushnil(L);
	lua_setfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
}

void
lua_base_open(lua_State *L)
{
	static const char *const kept[] = { "assert", "error", "ipairs", "select" };
	static const luaL_Reg ours[] = { { "pcall", base_pcall }, { "type", base_type },
		{ "tostring", base_tostring }, { "tonumber", base_tonumber },
		{ "pairs", base_pairs }, { "next", base_next } };
	static const luaL_Reg math[] = { { "abs", math_abs }, { "max", math_max },
		{ "min", math_min }, { NULL, NULL } };
	size_t i;

	lua_env_push_standard(L, "_G", luaopen_base);
	for (i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		lua_getfield(L, -1, kept[i]);
		lua_env_set(L, kept[i]);
	}
	lua_pop(L, 1);
	for (i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		lua_env_set_function(L, ours[i].name, ours[i].func);
	luaL_newlib(L, math);
	lua_pushinteger(L, LUA_MAXINTEGER);
	lua_setfield(L, -2, "maxinteger");
	lua_pushinteger(L, LUA_MININTEGER);
	lua_setfield(L, -2, "mininteger");
	lua_env_set_library(L, "math");
}
