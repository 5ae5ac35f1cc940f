/*
 * Values of policies: money, rates, decimals, dates, times, years, quarters, ratios.
 *
 * All but ratios are light userdata, so that they cost no allocation and == compares them by value.
 * Lua gives all light userdata one metatable; the low four bits of the pointer say what it is:
 *
 *	xx01	money: pence << 2
 *	xx10	the small kinds: (payload << 8) | (number of the kind << 2) | 2
 *	0011 0100 0111 1000 1011 1100 1111
 *		pointers to 16-aligned things of other modules, such as records and lists of a budget
 *	0000	never used: a pointer without a tag is refused everywhere
 *
 * A module takes a pointer tag by lua_value_register() and pushes with lua_value_push_pointer().
 * arena_alloc() gives memory aligned to 16.  Reading a field of such a handle is one C call.
 *
 * Ratios are full userdata with __eq.  Whole numbers are Lua integers; texts are Lua strings; there
 * are no floats: whatever takes a number from a policy refuses them.
 */
#ifndef RULES_LUA_VALUE_H
#define RULES_LUA_VALUE_H

#include "rules/form.h"
#include "rules/lua_env.h"

enum lua_tag {
	LUA_TAG_RECORD = 3,
	LUA_TAG_LIST = 4,
	LUA_TAG_PLACE = 7,
	LUA_TAG_STOP = 8,
	LUA_TAG_REGISTER = 11,
	LUA_TAG_GIVEN = 12,
	LUA_TAG_OTHER = 15
};

/*
 * What a module says of its kind of handle; all but name may be NULL.  The lua_CFunctions are called as
 * the metamethods of that name are, but only with a handle of this kind as first argument.
 */
struct lua_kind {
	const char *name;    /* what type() says and messages call it: "record" */
	lua_CFunction index; /* (handle, key) -> value */
	lua_CFunction len;   /* (handle) -> integer */
	lua_CFunction call;  /* (handle, ...) */
	lua_CFunction pairs; /* (handle) -> iterator, state, first: what pairs() gives */
	/* As text: appends; either buffer may be NULL.  Without it tostring() gives the name. */
	void (*show)(lua_State *, void *, struct buf *plain, struct buf *pretty);
	/* Order among handles of this kind, for sorted keys; without it they cannot be keys of pairs(). */
	int (*compare)(const void *, const void *);
	bool stops; /* when raised as an error, pcall() does not catch it */
};

void lua_value_register(lua_State *, enum lua_tag, const struct lua_kind *);
void lua_value_push_pointer(lua_State *, enum lua_tag, const void *);
/* The pointer of a handle with this tag, or NULL. */
static inline void *
lua_value_pointer(lua_State *L, int index, enum lua_tag tag)
{
	uintptr_t bits;

	if (lua_type(L, index) != LUA_TLIGHTUSERDATA)
		return NULL;
	bits = (uintptr_t)lua_touserdata(L, index);
	return (bits & 15) == (uintptr_t)tag ? (void *)(bits & ~(uintptr_t)15) : NULL;
}

/* What stands behind a handle's tag, or NULL when the value is no handle of a registered kind. */
const struct lua_kind *lua_value_handle_kind(lua_State *, int index);

/* A scalar on its way between C and Lua. */
struct lua_scalar {
	enum kind kind; /* KIND_NONE: not a scalar (nil, a table, a handle, a float …) */
	uint8_t scale;  /* rates and decimals: n / 10^scale */
	int64_t
	    /* money, integer, boolean, date, time, year, quarter, units of a rate, ratio's a */
	    n;
	int64_t of;       /* ratio: n / of, in lowest terms, of > 0 */
	struct text text; /* KIND_TEXT: Lua's own memory */
};

/* Without allocation: KIND_MONEY and KIND_INTEGER … */
static inline void
lua_value_push_money(lua_State *L, pence amount)
{
	lua_pushlightuserdata(L, (void *)(((uintptr_t)amount << 2) | 1));
}
/*
 * Push a scalar: money, integer, rate, percent (becomes a rate), decimal, boolean, date, time, year,
 * quarter, ratio, and text, enum, code (become strings).  Raises when it does not fit: money beyond
 * MONEY_MAX, a rate of more than 15 digits.
 */
void lua_value_push(lua_State *, struct lua_scalar);
/* Push the parts of a budget's value: as lua_value_push for kinds without text. */
void lua_value_push_n(lua_State *, enum kind, int64_t n, uint8_t scale);

/* What a Lua value is: KIND_INTEGER, _BOOLEAN, _TEXT, _MONEY, _RATE, … or KIND_NONE. */
enum kind lua_value_kind(lua_State *, int index);
struct lua_scalar lua_value_get(lua_State *, int index);
/* The scalar of this kind, or a fault: "times wants a whole number, not money (£5.00)". */
struct lua_scalar lua_value_check(lua_State *, int index, enum kind, const char *who);
/*
 * Money without detours: false when it is none.  What is no userdata gives NULL, and the address of a full
 * userdata ends in 000: neither has the tag of money.
 */
static inline bool
lua_value_money(lua_State *L, int index, pence *amount)
{
	intptr_t bits = (intptr_t)lua_touserdata(L, index);

	*amount = (pence)(bits >> 2);
	return (bits & 3) == 1;
}

/*
 * Compare two scalars of one kind (a ratio and a rate are of one kind).  false: mixed kinds or no order;
 * lua_value_mixed() then pushes the sentence: cannot compare money with 1490; write gbp "1490".
 */
bool lua_value_compare(struct lua_scalar, struct lua_scalar, int *order);
void lua_value_mixed(lua_State *, int a, int b, const char *verb);
/* a - b for money, integers, rates, decimals; days between dates, seconds between times as integers. */
bool lua_value_subtract(
    struct lua_scalar a, struct lua_scalar b, struct lua_scalar *difference);

/* "money", "whole number", "text", "record", "nothing" … : what people call the value's kind. */
const char *lua_value_called(lua_State *, int index);
/*
 * As programs ("1490.00") and as people ("£1,490.00") read it; either buffer may be NULL.  Handles by
 * their kind's show; tables and functions by the name of their type.  Never runs Lua.
 */
void lua_value_show(lua_State *, int index, struct buf *plain, struct buf *pretty);
/* A ratio as the nearest rate in hundredths of a percent, half to even; false: too large. */
bool lua_ratio_nearest(struct lua_scalar, struct lua_scalar *out);
void lua_scalar_show(struct lua_scalar, struct buf *plain, struct buf *pretty);

/* Installs gbp, zero, rate, percent, decimal, whole, ratio, largest, smallest, clamp, date, time,
 * year, quarter and the metatable.  lua_env_new() does it. */
void lua_value_open(lua_State *);

#endif
