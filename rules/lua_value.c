/*
 * Values of policies: how they are packed, and the one metatable of all light userdata, which tells
 * kinds apart by their low bits and passes handles on to the module that registered them.
 */
#include "rules/lua_value.h"

#include <string.h>

#include "rules/lua_private.h"

#define SMALL_TAG   2
#define SMALL_SHIFT 8
#define PAYLOAD_MAX (((int64_t)1 << 55) - 1)
#define RATE_MAX    (((int64_t)1 << 51) - 1)

_Static_assert(sizeof(void *) == 8, "money is packed into pointers of 64 bits");

const char *const lua_ratio_key = "ratio";

/* What people call each kind; the same word is what type() gives. */
static const char *const called[] = {
	[KIND_TEXT] = "text",
	[KIND_INTEGER] = "whole number",
	[KIND_MONEY] = "money",
	[KIND_RATE] = "rate",
	[KIND_DECIMAL] = "decimal",
	[KIND_BOOLEAN] = "true or false",
	[KIND_DATE] = "date",
	[KIND_TIME] = "time",
	[KIND_YEAR] = "year",
	[KIND_QUARTER] = "quarter",
	[KIND_RATIO] = "ratio",
};

#define IS_SMALL(kind)                                                           \
	((kind) == KIND_RATE || (kind) == KIND_DECIMAL || (kind) == KIND_DATE || \
	    (kind) == KIND_TIME || (kind) == KIND_YEAR || (kind) == KIND_QUARTER)

void
lua_value_register(lua_State *L, enum lua_tag tag, const struct lua_kind *kind)
{
	lua_env_of(L)->kinds[tag & 15] = kind;
}

void
lua_value_push_pointer(lua_State *L, enum lua_tag tag, const void *p)
{
	lua_pushlightuserdata(L, (void *)((uintptr_t)p | (uintptr_t)tag));
}

const struct lua_kind *
lua_value_handle_kind(lua_State *L, int index)
{
	if (lua_type(L, index) != LUA_TLIGHTUSERDATA)
		return NULL;
	return lua_env_of(L)->kinds[(uintptr_t)lua_touserdata(L, index) & 15];
}

bool
lua_value_stops(lua_State *L, int index)
{
	const struct lua_kind *kind = lua_value_handle_kind(L, index);

	return kind != NULL && kind->stops;
}

static void
value_push_small(lua_State *L, enum kind kind, int64_t payload)
{
	uintptr_t bits =
	    ((uintptr_t)payload << SMALL_SHIFT) | ((uintptr_t)kind << 2) | SMALL_TAG;

	if (payload > PAYLOAD_MAX || payload < -PAYLOAD_MAX)
		lua_env_fail(L, "this %s is beyond what can be worked with", called[kind]);
	lua_pushlightuserdata(L, (void *)bits);
}

/* Rates and decimals keep their scale in the low four bits; no trailing noughts, so == works. */
static void
value_push_rate(lua_State *L, enum kind kind, int64_t units, uint8_t scale)
{
	while (scale > 0 && units % 10 == 0) {
		units /= 10;
		scale--;
	}
	if (units > RATE_MAX || units < -RATE_MAX || scale > 15)
		lua_env_fail(
		    L, "this %s has more digits than can be worked with", called[kind]);
	value_push_small(L, kind, units * 16 + scale);
}

void
lua_value_push_n(lua_State *L, enum kind kind, int64_t n, uint8_t scale)
{
	lua_value_push(L, (struct lua_scalar){ .kind = kind, .n = n, .scale = scale, .of = 1 });
}

static void
value_push_ratio(lua_State *L, int64_t n, int64_t of)
{
	int64_t *pair = lua_newuserdatauv(L, 2 * sizeof(*pair), 0);

	pair[0] = n;
	pair[1] = of;
	lua_rawgetp(L, LUA_REGISTRYINDEX, &lua_ratio_key);
	lua_setmetatable(L, -2);
}

void
lua_value_push(lua_State *L, struct lua_scalar v)
{
	switch (v.kind) {
	case KIND_MONEY:
		if (v.n > MONEY_MAX || v.n < -MONEY_MAX)
			lua_env_fail(L, "this amount is beyond what money can hold");
		lua_value_push_money(L, v.n);
		return;
	case KIND_INTEGER: lua_pushinteger(L, v.n); return;
	case KIND_BOOLEAN: lua_pushboolean(L, v.n != 0); return;
	case KIND_RATE:
	case KIND_PERCENT: value_push_rate(L, KIND_RATE, v.n, v.scale); return;
	case KIND_DECIMAL: value_push_rate(L, KIND_DECIMAL, v.n, v.scale); return;
	case KIND_DATE:
	case KIND_TIME:
	case KIND_YEAR:
	case KIND_QUARTER: value_push_small(L, v.kind, v.n); return;
	case KIND_RATIO: value_push_ratio(L, v.n, v.of); return;
	case KIND_TEXT:
	case KIND_ENUM:
	case KIND_CODE: lua_pushlstring(L, v.text.p == NULL ? "" : v.text.p, v.text.n); return;
	default: lua_pushnil(L);
	}
}

/* What is packed into a light userdata; KIND_NONE for handles. */
static struct lua_scalar
value_unpack(void *p)
{
	struct lua_scalar v = { .kind = KIND_NONE, .of = 1 };
	intptr_t bits = (intptr_t)p;

	if ((bits & 3) == 1) {
		v.kind = KIND_MONEY;
		v.n = bits >> 2;
	} else if ((bits & 3) == SMALL_TAG) {
		enum kind kind = (enum kind)((bits >> 2) & 63);

		if (!IS_SMALL(kind))
			return v;
		v.kind = kind;
		v.n = bits >> SMALL_SHIFT;
		if (kind == KIND_RATE || kind == KIND_DECIMAL) {
			v.scale = (uint8_t)(v.n & 15);
			v.n >>= 4;
		}
	}
	return v;
}

struct lua_scalar
lua_value_get(lua_State *L, int index)
{
	struct lua_scalar v = { .kind = KIND_NONE, .of = 1 };
	const int64_t *pair;

	switch (lua_type(L, index)) {
	case LUA_TLIGHTUSERDATA: return value_unpack(lua_touserdata(L, index));
	case LUA_TNUMBER:
		if (lua_isinteger(L, index)) {
			v.kind = KIND_INTEGER;
			v.n = lua_tointeger(L, index);
		}
		return v;
	case LUA_TSTRING:
		v.kind = KIND_TEXT;
		v.text.p = lua_tolstring(L, index, &v.text.n);
		return v;
	case LUA_TBOOLEAN:
		v.kind = KIND_BOOLEAN;
		v.n = lua_toboolean(L, index);
		return v;
	case LUA_TUSERDATA:
		if (lua_rawlen(L, index) != 2 * sizeof(*pair) || !lua_getmetatable(L, index))
			return v;
		lua_rawgetp(L, LUA_REGISTRYINDEX, &lua_ratio_key);
		if (lua_rawequal(L, -1, -2)) {
			lua_pop(L, 2);
			pair = lua_touserdata(L, index);
			v.kind = KIND_RATIO;
			v.n = pair[0];
			v.of = pair[1];
			return v;
		}
		lua_pop(L, 2);
		return v;
	default: return v;
	}
}

enum kind
lua_value_kind(lua_State *L, int index)
{
	return lua_value_get(L, index).kind;
}

const char *
lua_value_type(lua_State *L, int index)
{
	const struct lua_kind *kind = lua_value_handle_kind(L, index);

	if (kind != NULL)
		return kind->name;
	return lua_islightuserdata(L, index) ? "handle" : luaL_typename(L, index);
}

const char *
lua_value_called(lua_State *L, int index)
{
	enum kind kind = lua_value_kind(L, index);

	if (kind != KIND_NONE)
		return called[kind];
	if (lua_isnoneornil(L, index))
		return "nothing (nil)";
	if (lua_type(L, index) == LUA_TNUMBER)
		return "a number with a fraction";
	return lua_value_type(L, index);
}

void
lua_value_show(lua_State *L, int index, struct buf *plain, struct buf *pretty)
{
	const struct lua_kind *kind = lua_value_handle_kind(L, index);
	struct lua_scalar v = lua_value_get(L, index);
	const char *name;

	if (v.kind != KIND_NONE) {
		lua_scalar_show(v, plain, pretty);
		return;
	}
	if (kind != NULL && kind->show != NULL) {
		kind->show(L, (void *)((uintptr_t)lua_touserdata(L, index) & ~(uintptr_t)15),
		    plain, pretty);
		return;
	}
	name = lua_isnoneornil(L, index) ? "nil" : lua_value_type(L, index);
	if (plain != NULL)
		buf_str(plain, name);
	if (pretty != NULL)
		buf_str(pretty, name);
}

void
lua_value_join(lua_State *L, int index, struct buf *out)
{
	enum kind kind = lua_value_kind(L, index);

	if (kind == KIND_INTEGER || kind == KIND_BOOLEAN)
		lua_value_show(L, index, out, NULL);
	else
		lua_value_show(L, index, NULL, out);
}

/* A faulty operand in words: 1490, "1490", nothing (nil), a table. */
static void
value_push_named(lua_State *L, int index)
{
	struct buf *out = &lua_env_of(L)->scratch;
	struct lua_scalar v = lua_value_get(L, index);

	if (v.kind == KIND_NONE) {
		lua_pushstring(L, lua_value_called(L, index));
		return;
	}
	buf_clear(out);
	if (v.kind == KIND_TEXT) {
		buf_char(out, '"');
		buf_safe_cut(out, v.text, 60);
		buf_char(out, '"');
	} else if (v.kind == KIND_INTEGER || v.kind == KIND_BOOLEAN) {
		lua_scalar_show(v, out, NULL);
	} else {
		buf_printf(out, "the %s ", called[v.kind]);
		lua_scalar_show(v, NULL, out);
	}
	lua_pushlstring(L, out->p, out->n);
}

/* How the other operand should have been written, for one that is of kind `wanted`; pushed, or "". */
static void
value_push_cure(lua_State *L, enum kind wanted, int other)
{
	static const char *const maker[] = { [KIND_MONEY] = "gbp",
		[KIND_RATE] = "rate",
		[KIND_DECIMAL] = "decimal",
		[KIND_DATE] = "date",
		[KIND_TIME] = "time",
		[KIND_YEAR] = "year",
		[KIND_QUARTER] = "quarter" };
	struct lua_scalar v = lua_value_get(L, other);

	lua_pushliteral(L, "");
	if ((size_t)wanted >= sizeof(maker) / sizeof(maker[0]) || maker[wanted] == NULL)
		return;
	lua_pop(L, 1);
	if (v.kind == KIND_INTEGER)
		lua_pushfstring(L, "; write %s \"%I%s\"", maker[wanted], (LUAI_UACINT)v.n,
		    wanted == KIND_RATE ? "%" : "");
	else if (v.kind == KIND_TEXT && v.text.n < 40)
		lua_pushfstring(L, "; write %s \"%s\"", maker[wanted], v.text.p);
	else
		lua_pushliteral(L, "");
}

void
lua_value_mixed(lua_State *L, int a, int b, const char *verb)
{
	enum kind left, right;
	bool bare;

	a = lua_absindex(L, a);
	b = lua_absindex(L, b);
	left = lua_value_kind(L, a);
	right = lua_value_kind(L, b);
	/* the operand that is of a kind of ours comes first and lends its name */
	bare = left == KIND_NONE || left == KIND_INTEGER || left == KIND_TEXT ||
	    left == KIND_BOOLEAN;
	if (bare && right != KIND_NONE && right != KIND_INTEGER && right != KIND_TEXT) {
		int swap = a;

		a = b;
		b = swap;
		left = right;
	}
	lua_pushfstring(L, "cannot %s %s with ", verb, lua_value_called(L, a));
	value_push_named(L, b);
	value_push_cure(L, left, b);
	lua_concat(L, 3);
}

struct text
lua_value_text(lua_State *L, int index, const char *who)
{
	struct lua_scalar v = lua_value_get(L, index);

	if (v.kind != KIND_TEXT) {
		value_push_named(L, index);
		lua_env_fail(L, "%s wants a text in quotes, not %s", who, lua_tostring(L, -1));
	}
	return v.text;
}

struct lua_scalar
lua_value_check(lua_State *L, int index, enum kind kind, const char *who)
{
	struct lua_scalar v = lua_value_get(L, index);

	if (v.kind == kind)
		return v;
	value_push_named(L, index);
	value_push_cure(L, kind, index);
	lua_env_fail(L, "%s wants %s%s, not %s%s", who, kind == KIND_MONEY ? "" : "a ",
	    called[kind], lua_tostring(L, -2), lua_tostring(L, -1));
}

struct lua_scalar
lua_value_argument(lua_State *L, int index, const char *who)
{
	struct lua_scalar v = lua_value_get(L, index);

	if (v.kind == KIND_NONE || v.kind == KIND_BOOLEAN || v.kind == KIND_TEXT) {
		value_push_named(L, index);
		lua_env_fail(L,
		    "%s wants money, a whole number, a rate, a date, a time, a year or a "
		    "quarter, "
		    "not %s",
		    who, lua_tostring(L, -1));
	}
	return v;
}

void
lua_value_set_methods(lua_State *L, enum kind kind)
{
	lua_env_of(L)->methods[kind] = luaL_ref(L, LUA_REGISTRYINDEX);
}
