/*
 * The metatable of values: operators, methods, and what a handle's module has said of its kind.
 *
 * Money comes first in each operator, since it is what conditions work with.
 */
#include "rules/lua_private.h"
#include "rules/lua_value.h"

/* Of the budget: what reading a field or adding two values costs, and writing one as text. */
#define VALUE_STEPS 5
#define TEXT_STEPS  20

static _Noreturn void
meta_fail_mixed(lua_State *L, const char *verb)
{
	lua_value_mixed(L, 1, 2, verb);
	lua_env_fail(L, "%s", lua_tostring(L, -1));
}

/* (scalar, name): a method. */
static int
meta_method(lua_State *L)
{
	enum kind kind = lua_value_kind(L, 1);
	struct text word = { "", 0 };

	if (kind == KIND_NONE)
		lua_env_fail(L, "a %s has no fields", lua_value_called(L, 1));
	lua_rawgeti(L, LUA_REGISTRYINDEX, lua_env_of(L)->methods[kind]);
	lua_pushvalue(L, 2);
	if (lua_rawget(L, -2) != LUA_TNIL)
		return 1;
	lua_pop(L, 1);
	if (lua_type(L, 2) != LUA_TSTRING)
		lua_env_fail(L, "a value of kind %s has methods only", lua_value_called(L, 1));
	word.p = lua_tolstring(L, 2, &word.n);
	lua_env_suggest_key(L, word, -1);
	lua_env_fail(L, "%s has no %s%s", lua_value_called(L, 1), word.p, lua_tostring(L, -1));
}

static int
meta_index(lua_State *L)
{
	const struct lua_kind *kind = lua_value_handle_kind(L, 1);

	lua_limit_owe(lua_env_of(L)->limit, VALUE_STEPS);
	if (kind != NULL && kind->index != NULL)
		return kind->index(L);
	return meta_method(L);
}

static int
meta_newindex(lua_State *L)
{
	lua_env_fail(L, "%s cannot be changed: what a policy is given is read-only",
	    lua_value_called(L, 1));
}

static int
meta_len(lua_State *L)
{
	const struct lua_kind *kind = lua_value_handle_kind(L, 1);

	if (kind != NULL && kind->len != NULL)
		return kind->len(L);
	lua_env_fail(L, "%s has no length: # counts lists and texts", lua_value_called(L, 1));
}

static int
meta_call(lua_State *L)
{
	const struct lua_kind *kind = lua_value_handle_kind(L, 1);

	if (kind != NULL && kind->call != NULL)
		return kind->call(L);
	lua_env_fail(L, "%s is no function and cannot be called", lua_value_called(L, 1));
}

static int
meta_tostring(lua_State *L)
{
	struct buf *out = &lua_env_of(L)->scratch;

	buf_clear(out);
	lua_value_join(L, 1, out);
	lua_pushlstring(L, out->p == NULL ? "" : out->p, out->n);
	return 1;
}

static int
meta_concat(lua_State *L)
{
	struct buf *out = &lua_env_of(L)->scratch;
	int i;

	lua_limit_owe(lua_env_of(L)->limit, TEXT_STEPS);
	buf_clear(out);
	for (i = 1; i <= 2; i++) {
		const struct lua_kind *kind = lua_value_handle_kind(L, i);

		if (lua_value_kind(L, i) == KIND_NONE && (kind == NULL || kind->show == NULL))
			lua_env_fail(L, "cannot join %s to a text", lua_value_called(L, i));
		lua_value_join(L, i, out);
	}
	lua_pushlstring(L, out->p == NULL ? "" : out->p, out->n);
	return 1;
}

static int
meta_add(lua_State *L)
{
	struct lua_scalar a, b;
	pence x, y, sum;

	lua_limit_owe(lua_env_of(L)->limit, VALUE_STEPS);
	if (lua_value_money(L, 1, &x) && lua_value_money(L, 2, &y)) {
		if (!money_add(x, y, &sum))
			lua_env_fail(L, "this sum is beyond what money can hold");
		lua_value_push_money(L, sum);
		return 1;
	}
	a = lua_value_get(L, 1);
	b = lua_value_get(L, 2);
	if (a.kind != b.kind || (a.kind != KIND_RATE && a.kind != KIND_DECIMAL))
		meta_fail_mixed(L, "add");
	{
		struct rate left = { a.n, a.scale }, right = { b.n, b.scale }, out;

		if (!rate_add(left, right, &out))
			lua_env_fail(L, "this sum has more digits than can be worked with");
		lua_value_push_n(L, a.kind, out.units, out.scale);
	}
	return 1;
}

static int
meta_sub(lua_State *L)
{
	struct lua_scalar out;
	pence x, y, difference;

	lua_limit_owe(lua_env_of(L)->limit, VALUE_STEPS);
	if (lua_value_money(L, 1, &x) && lua_value_money(L, 2, &y)) {
		if (!money_sub(x, y, &difference))
			lua_env_fail(L, "this difference is beyond what money can hold");
		lua_value_push_money(L, difference);
		return 1;
	}
	if (!lua_value_subtract(lua_value_get(L, 1), lua_value_get(L, 2), &out))
		meta_fail_mixed(L, "subtract");
	lua_value_push(L, out);
	return 1;
}

static int
meta_unm(lua_State *L)
{
	struct lua_scalar v = lua_value_get(L, 1);

	if (v.kind != KIND_MONEY && v.kind != KIND_RATE && v.kind != KIND_DECIMAL)
		lua_env_fail(L, "a minus sign before %s means nothing", lua_value_called(L, 1));
	lua_value_push_n(L, v.kind, -v.n, v.scale);
	return 1;
}

/* The order of the two operands; a fault when they have none. */
static int
meta_order(lua_State *L)
{
	struct lua_scalar a = lua_value_get(L, 1), b = lua_value_get(L, 2);
	int order;

	if (a.kind == KIND_NONE || b.kind == KIND_NONE || !lua_value_compare(a, b, &order))
		meta_fail_mixed(L, "compare");
	return order;
}

static int
meta_lt(lua_State *L)
{
	pence x, y;

	if (lua_value_money(L, 1, &x) && lua_value_money(L, 2, &y))
		lua_pushboolean(L, x < y);
	else
		lua_pushboolean(L, meta_order(L) < 0);
	return 1;
}

static int
meta_le(lua_State *L)
{
	pence x, y;

	if (lua_value_money(L, 1, &x) && lua_value_money(L, 2, &y))
		lua_pushboolean(L, x <= y);
	else
		lua_pushboolean(L, meta_order(L) <= 0);
	return 1;
}

/* Only ratios come here: Lua compares light userdata itself. */
static int
meta_eq(lua_State *L)
{
	struct lua_scalar a = lua_value_get(L, 1), b = lua_value_get(L, 2);
	int order;

	lua_pushboolean(L, a.kind == b.kind && lua_value_compare(a, b, &order) && order == 0);
	return 1;
}

/* Operators that values do not have; the upvalue says what to write. */
static int
meta_refused(lua_State *L)
{
	lua_env_fail(L, "%s", lua_tostring(L, lua_upvalueindex(1)));
}

static const struct {
	const char *name, *instead;
} refused[] = {
	{ "__mul",
	    "values are not multiplied with *: write amount:times(n) or amount:of(rate, "
	    "\"nearest\")" },
	{ "__div", "values are not divided with /: write amount:part(n, of), or ratio(a, b)" },
	{ "__idiv",
	    "values are not divided with //: write amount:part(n, of), or ratio(a, b)" },
	{ "__mod",
	    "values have no remainder: write amount:apportion(weights) to share out to the "
	    "penny" },
	{ "__pow", "values have no powers" },
	{ "__band", "values have no bits" },
	{ "__bor", "values have no bits" },
	{ "__bxor", "values have no bits" },
	{ "__bnot", "values have no bits" },
	{ "__shl", "values have no bits" },
	{ "__shr", "values have no bits" },
};

void
lua_value_open(lua_State *L)
{
	static const luaL_Reg meta[] = { { "__index", meta_index },
		{ "__newindex", meta_newindex }, { "__len", meta_len }, { "__call", meta_call },
		{ "__tostring", meta_tostring }, { "__concat", meta_concat },
		{ "__add", meta_add }, { "__sub", meta_sub }, { "__unm", meta_unm },
		{ "__lt", meta_lt }, { "__le", meta_le }, { "__eq", meta_eq }, { NULL, NULL } };
	size_t i;

	luaL_newlib(L, meta);
	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		lua_pushstring(L, refused[i].instead);
		lua_pushcclosure(L, meta_refused, 1);
		lua_setfield(L, -2, refused[i].name);
	}
	lua_pushvalue(L, -1);
	lua_rawsetp(L, LUA_REGISTRYINDEX, &lua_ratio_key);
	lua_pushlightuserdata(L, NULL);
	lua_insert(L, -2);
	lua_setmetatable(L, -2);
	lua_pop(L, 1);
	lua_money_open(L);
	lua_rate_open(L);
	lua_date_open(L);
}
