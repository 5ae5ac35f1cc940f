/*
 * Money for policies: gbp, zero, the methods of amounts, and what works on all kinds with an order.
 */
#include "rules/lua_private.h"
#include "rules/lua_value.h"

/* gbp "1,490.00" or gbp(1490): an amount. */
static int
money_gbp(lua_State *L)
{
	struct lua_scalar v = lua_value_get(L, 1);
	struct money_read read;
	pence amount;

	if (v.kind == KIND_INTEGER) {
		if (!money_times(100, v.n, &amount))
			lua_env_fail(
			    L, "gbp(%I) is beyond what money can hold", (LUAI_UACINT)v.n);
		lua_value_push_money(L, amount);
		return 1;
	}
	read = money_read(lua_value_text(L, 1, "gbp"), MONEY_CELL, 1);
	if (read.how != NUMBER_OK)
		lua_env_fail(L, "gbp \"%s\" is no amount: write it as gbp \"1,490.00\"",
		    lua_tostring(L, 1));
	lua_value_push_money(L, read.amount);
	return 1;
}

/* How to round, which a policy has to say. */
static enum rounding
rounding_argument(lua_State *L, int index, const char *who)
{
	enum rounding how = ROUND_DOWN;

	if (lua_type(L, index) != LUA_TSTRING ||
	    !rounding_named(
		(struct text){ lua_tostring(L, index), lua_rawlen(L, index) }, &how))
		lua_env_fail(
		    L, "%s: say how to round: \"up\", \"down\", \"nearest\" or \"even\"", who);
	return how;
}

/* (n, rate, how) for amount:of() and whole(). */
static int64_t
rated(lua_State *L, int64_t n, const char *who)
{
	struct lua_scalar r = lua_value_check(L, 2, KIND_RATE, who);
	enum rounding how = rounding_argument(L, 3, who);
	int64_t out;

	if (!rate_of(n, (struct rate){ r.n, r.scale }, how, &out))
		lua_env_fail(L, "%s: the result is beyond what can be held", who);
	return out;
}

static int
money_of(lua_State *L)
{
	int64_t amount = lua_value_check(L, 1, KIND_MONEY, "amount:of").n;

	lua_value_push_n(L, KIND_MONEY, rated(L, amount, "amount:of"), 0);
	return 1;
}

/* whole(n, rate, how): a rate of a whole number, as a whole number. */
static int
money_whole(lua_State *L)
{
	lua_pushinteger(L, rated(L, lua_value_check(L, 1, KIND_INTEGER, "whole").n, "whole"));
	return 1;
}

static int
money_times_method(lua_State *L)
{
	pence amount = lua_value_check(L, 1, KIND_MONEY, "amount:times").n;
	int64_t n = lua_value_check(L, 2, KIND_INTEGER, "amount:times").n;

	if (!money_times(amount, n, &amount))
		lua_env_fail(L, "amount:times(%I): the result is beyond what money can hold",
		    (LUAI_UACINT)n);
	lua_value_push_money(L, amount);
	return 1;
}

/* amount:part(n, of): n and of whole numbers, or both money. */
static int
money_part_method(lua_State *L)
{
	pence amount = lua_value_check(L, 1, KIND_MONEY, "amount:part").n;
	struct lua_scalar n = lua_value_get(L, 2), of = lua_value_get(L, 3);

	if ((n.kind != KIND_INTEGER && n.kind != KIND_MONEY) || n.kind != of.kind)
		lua_env_fail(L,
		    "amount:part(n, of) wants two whole numbers or two amounts, not %s and %s",
		    lua_value_called(L, 2), lua_value_called(L, 3));
	if (n.n < 0 || of.n < 0)
		lua_env_fail(L,
		    "amount:part(n, of) wants numbers that are not negative: clamp them first");
	if (!money_part(amount, n.n, of.n, &amount))
		lua_env_fail(L, "amount:part: the result is beyond what money can hold");
	lua_value_push_money(L, amount);
	return 1;
}

/* The weights of apportion: whole numbers or amounts, all of one kind, out of a table or list. */
static int64_t *
apportion_weights(lua_State *L, lua_Integer n)
{
	int64_t *weights = lua_newuserdatauv(L, (size_t)n * 2 * sizeof(*weights), 0);
	enum kind kind = KIND_NONE;
	struct lua_scalar v;
	lua_Integer i;

	for (i = 0; i < n; i++) {
		lua_geti(L, 2, i + 1);
		v = lua_value_get(L, -1);
		if (kind == KIND_NONE)
			kind = v.kind;
		if ((v.kind != KIND_INTEGER && v.kind != KIND_MONEY) || v.kind != kind ||
		    v.n < 0)
			lua_env_fail(L,
			    "amount:apportion: weight %I is %s; weights are whole numbers or "
			    "amounts, all of one kind, none below nought",
			    (LUAI_UACINT)(i + 1),
			    v.n < 0 ? "below nought" : lua_value_called(L, -1));
		weights[i] = v.n;
		lua_pop(L, 1);
	}
	return weights;
}

/* amount:apportion(weights): parts that add up to the penny, in the order of the weights. */
static int
money_apportion_method(lua_State *L)
{
	pence amount = lua_value_check(L, 1, KIND_MONEY, "amount:apportion").n;
	lua_Integer n, i;
	int64_t *weights;

	if (lua_type(L, 2) != LUA_TTABLE && lua_value_handle_kind(L, 2) == NULL)
		lua_env_fail(L, "amount:apportion wants a list of weights, not %s",
		    lua_value_called(L, 2));
	n = luaL_len(L, 2);
	if (n < 1 || n > 100000)
		lua_env_fail(L, "amount:apportion wants a list of 1 to 100000 weights, not %I",
		    (LUAI_UACINT)n);
	lua_limit_charge(L, (uint64_t)n * 4);
	weights = apportion_weights(L, n);
	if (!money_apportion(amount, weights, (size_t)n, weights + n))
		lua_env_fail(L, "amount:apportion: the weights are all nought, or too large");
	lua_createtable(L, (int)n, 0);
	for (i = 0; i < n; i++) {
		lua_value_push_n(L, KIND_MONEY, weights[n + i], 0);
		lua_rawseti(L, -2, i + 1);
	}
	return 1;
}

static int
money_is_zero(lua_State *L)
{
	lua_pushboolean(L, lua_value_check(L, 1, KIND_MONEY, "amount:is_zero").n == 0);
	return 1;
}

int
lua_value_equals(lua_State *L)
{
	struct lua_scalar a = lua_value_get(L, 1), b = lua_value_get(L, 2);
	int order;

	if (a.kind == KIND_NONE || b.kind == KIND_NONE || !lua_value_compare(a, b, &order)) {
		lua_value_mixed(L, 1, 2, "compare");
		lua_env_fail(L, "%s", lua_tostring(L, -1));
	}
	lua_pushboolean(L, order == 0);
	return 1;
}

/* The order of two arguments of one kind. */
static int
argument_order(lua_State *L, int a, int b, const char *who)
{
	struct lua_scalar left = lua_value_argument(L, a, who),
			  right = lua_value_argument(L, b, who);
	int order;

	if (!lua_value_compare(left, right, &order)) {
		lua_value_mixed(L, a, b, "compare");
		lua_env_fail(L, "%s: %s", who, lua_tostring(L, -1));
	}
	return order;
}

/* The last (sign 1) or first (sign -1) in order of one or more values; the first of equals. */
static int
extreme(lua_State *L, int sign, const char *who)
{
	int i, best = 1, n = lua_gettop(L);

	lua_value_argument(L, 1, who);
	for (i = 2; i <= n; i++)
		if (argument_order(L, i, best, who) * sign > 0)
			best = i;
	lua_pushvalue(L, best);
	return 1;
}

static int
value_largest(lua_State *L)
{
	return extreme(L, 1, "largest");
}

static int
value_smallest(lua_State *L)
{
	return extreme(L, -1, "smallest");
}

/* clamp(x, low, high) */
static int
value_clamp(lua_State *L)
{
	lua_settop(L, 3);
	if (argument_order(L, 2, 3, "clamp") > 0) {
		struct buf *out = &lua_env_of(L)->scratch;

		buf_clear(out);
		lua_value_join(L, 2, out);
		buf_str(out, " is above ");
		lua_value_join(L, 3, out);
		lua_pushlstring(L, out->p, out->n);
		lua_env_fail(L, "clamp(x, low, high): %s", lua_tostring(L, -1));
	}
	if (argument_order(L, 1, 2, "clamp") < 0)
		lua_pushvalue(L, 2);
	else if (argument_order(L, 1, 3, "clamp") > 0)
		lua_pushvalue(L, 3);
	else
		lua_pushvalue(L, 1);
	return 1;
}

void
lua_money_open(lua_State *L)
{
	static const luaL_Reg methods[] = { { "times", money_times_method }, { "of", money_of },
		{ "part", money_part_method }, { "apportion", money_apportion_method },
		{ "is_zero", money_is_zero }, { "equals", lua_value_equals }, { NULL, NULL } };

	luaL_newlib(L, methods);
	lua_value_set_methods(L, KIND_MONEY);
	lua_value_push_money(L, 0);
	lua_env_set(L, "zero");
	lua_env_set_function(L, "gbp", money_gbp);
	lua_env_set_function(L, "whole", money_whole);
	lua_env_set_function(L, "largest", value_largest);
	lua_env_set_function(L, "smallest", value_smallest);
	lua_env_set_function(L, "clamp", value_clamp);
}
