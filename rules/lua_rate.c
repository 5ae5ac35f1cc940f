/*
 * Rates, decimals and ratios for policies.
 */
#include "rules/lua_private.h"
#include "rules/lua_value.h"

/* rate "3.75%" */
static int
rate_make(lua_State *L)
{
	struct rate r;

	if (!rate_read(lua_value_text(L, 1, "rate"), &r))
		lua_env_fail(L,
		    "rate \"%s\" is no rate: write it as rate \"3.75%%\" or rate \"0.0375\"",
		    lua_tostring(L, 1));
	lua_value_push_n(L, KIND_RATE, r.units, r.scale);
	return 1;
}

/* The text of a plain decimal, "12.5"; a percent sign makes it none. */
static bool
decimal_read(struct text text, struct rate *out)
{
	return text.n > 0 && text.p[text.n - 1] >= '0' && text.p[text.n - 1] <= '9' &&
	    rate_read(text, out);
}

/* percent "37.5" or percent(50): a rate. */
static int
percent_make(lua_State *L)
{
	struct lua_scalar v = lua_value_get(L, 1);
	struct rate r = { 0, 0 };

	if (v.kind == KIND_INTEGER)
		r.units = v.n;
	else if (!decimal_read(lua_value_text(L, 1, "percent"), &r))
		lua_env_fail(L, "percent \"%s\" is no percentage: write it as percent \"37.5\"",
		    lua_tostring(L, 1));
	lua_value_push_n(L, KIND_RATE, r.units, (uint8_t)(r.scale + 2));
	return 1;
}

/* decimal "12.5" or decimal(12): an exact number that is neither money nor a rate. */
static int
decimal_make(lua_State *L)
{
	struct lua_scalar v = lua_value_get(L, 1);
	struct rate r = { 0, 0 };

	if (v.kind == KIND_INTEGER)
		r.units = v.n;
	else if (!decimal_read(lua_value_text(L, 1, "decimal"), &r))
		lua_env_fail(L, "decimal \"%s\" is no number: write it as decimal \"12.5\"",
		    lua_tostring(L, 1));
	lua_value_push_n(L, KIND_DECIMAL, r.units, r.scale);
	return 1;
}

static int64_t
greatest_divisor(int64_t a, int64_t b)
{
	int64_t rest;

	while (b != 0) {
		rest = a % b;
		a = b;
		b = rest;
	}
	return a < 0 ? -a : a;
}

/* Bring two decimals or rates to one scale, so that their units compare; false: too large. */
static bool
same_scale(struct lua_scalar *a, struct lua_scalar *b)
{
	for (; a->scale < b->scale; a->scale++)
		if (__builtin_mul_overflow(a->n, (int64_t)10, &a->n))
			return false;
	for (; b->scale < a->scale; b->scale++)
		if (__builtin_mul_overflow(b->n, (int64_t)10, &b->n))
			return false;
	return true;
}

static bool
has_ratio(enum kind kind)
{
	return kind == KIND_INTEGER || kind == KIND_MONEY || kind == KIND_DECIMAL ||
	    kind == KIND_RATE;
}

/* ratio(a, b): an exact fraction of two whole numbers, amounts, decimals or rates. */
static int
ratio_make(lua_State *L)
{
	struct lua_scalar a = lua_value_get(L, 1), b = lua_value_get(L, 2);
	int64_t divisor;

	if (!has_ratio(a.kind) || a.kind != b.kind)
		lua_env_fail(L,
		    "ratio(a, b) wants two whole numbers or two amounts, decimals or rates, "
		    "not %s and %s",
		    lua_value_called(L, 1), lua_value_called(L, 2));
	if ((a.kind == KIND_DECIMAL || a.kind == KIND_RATE) && !same_scale(&a, &b))
		lua_env_fail(L, "ratio(a, b): the numbers are too large");
	if (b.n == 0)
		lua_env_fail(L, "ratio(a, b): b is nought; ask b:is_zero() or b == 0 first");
	if (a.n == INT64_MIN || b.n == INT64_MIN)
		lua_env_fail(L, "ratio(a, b): the numbers are too large");
	divisor = greatest_divisor(a.n, b.n) * (b.n < 0 ? -1 : 1);
	lua_value_push(L,
	    (struct lua_scalar){ .kind = KIND_RATIO, .n = a.n / divisor, .of = b.n / divisor });
	return 1;
}

/* ratio:nearest(): the nearest rate in hundredths of a percent, half to even. */
static int
ratio_nearest(lua_State *L)
{
	struct lua_scalar v = lua_value_check(L, 1, KIND_RATIO, "ratio:nearest");

	if (!lua_ratio_nearest(v, &v))
		lua_env_fail(L, "ratio:nearest: the result is beyond what can be held");
	lua_value_push_n(L, KIND_RATE, v.n, v.scale);
	return 1;
}

static int
rate_is_zero(lua_State *L)
{
	struct lua_scalar v = lua_value_get(L, 1);

	lua_pushboolean(L, v.kind != KIND_NONE && v.n == 0);
	return 1;
}

void
lua_rate_open(lua_State *L)
{
	static const enum kind kinds[] = { KIND_RATE, KIND_DECIMAL, KIND_RATIO };
	static const luaL_Reg methods[] = { { "is_zero", rate_is_zero },
		{ "equals", lua_value_equals }, { "nearest", ratio_nearest }, { NULL, NULL } };
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		luaL_newlib(L, methods);
		lua_value_set_methods(L, kinds[i]);
	}
	lua_env_set_function(L, "rate", rate_make);
	lua_env_set_function(L, "percent", percent_make);
	lua_env_set_function(L, "decimal", decimal_make);
	lua_env_set_function(L, "ratio", ratio_make);
}
