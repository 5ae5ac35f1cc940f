/*
 * Scalars: order, difference, text.  Exact throughout; 128 bits where two 64-bit numbers meet.
 */
#include <inttypes.h>

#include "rules/lua_value.h"

__extension__ typedef __int128 wide;

static wide
power_of_ten(uint8_t n)
{
	wide out = 1;

	while (n-- > 0)
		out *= 10;
	return out;
}

/* A rate or ratio as a fraction. */
static wide
fraction_of(struct lua_scalar v)
{
	return v.kind == KIND_RATIO ? v.of : power_of_ten(v.scale);
}

static int
order_of(wide a, wide b)
{
	return (a > b) - (a < b);
}

bool
lua_value_compare(struct lua_scalar a, struct lua_scalar b, int *order)
{
	bool fractions = (a.kind == KIND_RATE || a.kind == KIND_RATIO) &&
	    (b.kind == KIND_RATE || b.kind == KIND_RATIO);

	*order = 0;
	if (a.kind != b.kind && !fractions)
		return false;
	switch (a.kind) {
	case KIND_MONEY:
	case KIND_INTEGER:
	case KIND_DATE:
	case KIND_TIME:
	case KIND_YEAR:
	case KIND_QUARTER: *order = order_of(a.n, b.n); return true;
	case KIND_RATE:
	case KIND_DECIMAL:
	case KIND_RATIO:
		*order = order_of(a.n * fraction_of(b), b.n * fraction_of(a));
		return true;
	case KIND_TEXT: *order = text_compare(a.text, b.text); return true;
	default: return false;
	}
}

bool
lua_value_subtract(struct lua_scalar a, struct lua_scalar b, struct lua_scalar *out)
{
	struct rate left = { a.n, a.scale }, right = { -b.n, b.scale }, difference;

	*out = (struct lua_scalar){ .kind = a.kind, .of = 1 };
	if (a.kind != b.kind)
		return false;
	switch (a.kind) {
	case KIND_MONEY: return money_sub(a.n, b.n, &out->n);
	case KIND_RATE:
	case KIND_DECIMAL:
		if (b.n == INT64_MIN || !rate_add(left, right, &difference))
			return false;
		out->n = difference.units;
		out->scale = difference.scale;
		return true;
	case KIND_DATE:
	case KIND_TIME:
	case KIND_INTEGER:
		out->kind = KIND_INTEGER;
		return !__builtin_sub_overflow(a.n, b.n, &out->n);
	default: return false;
	}
}

/* n / of with so many decimals, half to even; false: more than 64 bits. */
static bool
ratio_round(struct lua_scalar v, uint8_t scale, struct rate *out)
{
	wide whole = (wide)v.n * power_of_ten(scale), quotient, rest;
	bool negative = whole < 0;

	if (negative)
		whole = -whole;
	quotient = whole / v.of;
	rest = whole % v.of * 2;
	if (rest > v.of || (rest == v.of && quotient % 2 == 1))
		quotient++;
	if (quotient > INT64_MAX)
		return false;
	out->units = (int64_t)(negative ? -quotient : quotient);
	out->scale = scale;
	for (; out->scale > 0 && out->units % 10 == 0; out->scale--)
		out->units /= 10;
	return true;
}

bool
lua_ratio_nearest(struct lua_scalar v, struct lua_scalar *out)
{
	struct rate rounded;

	if (!ratio_round(v, 4, &rounded))
		return false;
	*out = (struct lua_scalar){
		.kind = KIND_RATE, .n = rounded.units, .scale = rounded.scale
	};
	return true;
}

static void
ratio_show(struct lua_scalar v, struct buf *plain, struct buf *pretty)
{
	struct rate rounded;

	if (plain != NULL && ratio_round(v, 6, &rounded))
		rate_format_plain(plain, rounded);
	else if (plain != NULL)
		buf_printf(plain, "%" PRId64 "/%" PRId64, v.n, v.of);
	if (pretty != NULL && ratio_round(v, 4, &rounded))
		rate_format(pretty, rounded);
	else if (pretty != NULL)
		buf_printf(pretty, "%" PRId64 "/%" PRId64, v.n, v.of);
}

static void
scalar_plain(struct lua_scalar v, struct buf *out)
{
	switch (v.kind) {
	case KIND_MONEY: money_format(out, v.n); break;
	case KIND_INTEGER: buf_printf(out, "%" PRId64, v.n); break;
	case KIND_BOOLEAN: buf_str(out, v.n ? "true" : "false"); break;
	case KIND_RATE:
	case KIND_DECIMAL: rate_format_plain(out, (struct rate){ v.n, v.scale }); break;
	case KIND_DATE: date_format(out, (date)v.n); break;
	case KIND_TIME: time_format(out, v.n); break;
	case KIND_YEAR: year_format(out, (fyear)v.n); break;
	case KIND_QUARTER: quarter_format(out, (quarter)v.n); break;
	case KIND_TEXT: buf_text(out, v.text); break;
	default: break;
	}
}

static void
scalar_pretty(struct lua_scalar v, struct buf *out)
{
	switch (v.kind) {
	case KIND_MONEY: money_format_pretty(out, v.n); break;
	case KIND_INTEGER: integer_format_pretty(out, v.n); break;
	case KIND_BOOLEAN: buf_str(out, v.n ? "yes" : "no"); break;
	case KIND_RATE: rate_format(out, (struct rate){ v.n, v.scale }); break;
	case KIND_DATE: date_format_pretty(out, (date)v.n); break;
	case KIND_TIME: time_format_pretty(out, v.n); break;
	case KIND_QUARTER: quarter_format_pretty(out, (quarter)v.n); break;
	default: scalar_plain(v, out); break;
	}
}

void
lua_scalar_show(struct lua_scalar v, struct buf *plain, struct buf *pretty)
{
	if (v.kind == KIND_RATIO) {
		ratio_show(v, plain, pretty);
		return;
	}
	if (plain != NULL)
		scalar_plain(v, plain);
	if (pretty != NULL)
		scalar_pretty(v, pretty);
}
