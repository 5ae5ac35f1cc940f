/* Rates: exact decimals of at most 12 places, so that 3.5% of 36,800 is 1,288 and nothing else. */
#include <string.h>

#include "rules/money.h"
#include "rules/money_digits.h"

#define MOST_SCALE 12

typedef __int128 wide;

static const int64_t tens[] = { 1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000,
	1000000000, 10000000000, 100000000000, 1000000000000, 10000000000000, 100000000000000,
	1000000000000000, 10000000000000000, 100000000000000000, 1000000000000000000 };

/* units / 10^scale with the noughts at the end removed; false when it does not fit. */
static bool
rate_make(wide units, int scale, struct rate *out)
{
	while (scale > 0 && units % 10 == 0) {
		units /= 10;
		scale--;
	}
	if (scale > MOST_SCALE || units > INT64_MAX || units < -INT64_MAX)
		return false;
	*out = (struct rate){ (int64_t)units, (uint8_t)scale };
	return true;
}

/* The sign at the end and how many places it moves the point; the rest of the text is the number. */
static int
take_sign(struct text *t)
{
	static const struct {
		const char *sign;
		int places;
	} signs[] = { { "%", 2 }, { "‰", 3 } };

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		size_t n = strlen(signs[i].sign);

		if (t->n > n && memcmp(t->p + t->n - n, signs[i].sign, n) == 0) {
			t->n -= n;
			*t = text_trim(*t);
			return signs[i].places;
		}
	}
	return 0;
}

bool
rate_read(struct text t, struct rate *out)
{
	struct digits d;
	int places;
	wide units;

	t = text_trim(t);
	places = take_sign(&t);
	if (!digits_read_json(t, &d) || d.lost)
		return false;
	d.power -= places;
	if (d.power > 18 || d.power < -MOST_SCALE || d.kept > 19)
		return false;
	units = (wide)d.value * (d.negative ? -1 : 1);
	if (d.power >= 0)
		return rate_make(units * tens[d.power], 0, out);
	return rate_make(units, (int)-d.power, out);
}

/* The units at the finest scale: at most 63 + 40 bits. */
static wide
at_most_scale(struct rate r)
{
	return (wide)r.units * tens[MOST_SCALE - r.scale];
}

int
rate_compare(struct rate a, struct rate b)
{
	wide x = at_most_scale(a), y = at_most_scale(b);

	return (x > y) - (x < y);
}

bool
rate_add(struct rate a, struct rate b, struct rate *out)
{
	return rate_make(at_most_scale(a) + at_most_scale(b), MOST_SCALE, out);
}

/* Does rounding move the quotient (towards nought) one further from nought? */
static bool
moves_away(enum rounding how, bool negative, wide quotient, wide rest, wide divisor)
{
	wide twice = rest * 2;

	switch (how) {
	case ROUND_DOWN: return negative && rest != 0;
	case ROUND_UP: return !negative && rest != 0;
	case ROUND_NEAREST: return twice >= divisor;
	case ROUND_EVEN: return twice > divisor || (twice == divisor && (quotient & 1) != 0);
	}
	return false;
}

bool
rate_of(int64_t value, struct rate r, enum rounding how, int64_t *out)
{
	wide product = (wide)value * r.units, divisor = tens[r.scale], quotient;
	bool negative = product < 0;

	if (negative)
		product = -product;
	quotient = product / divisor;
	quotient += moves_away(how, negative, quotient, product % divisor, divisor);
	if (quotient > MONEY_MAX)
		return false;
	*out = negative ? -(int64_t)quotient : (int64_t)quotient;
	return true;
}

bool
rounding_named(struct text name, enum rounding *out)
{
	static const char *const names[] = { "down", "up", "nearest", "even" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (text_is(name, names[i])) {
			*out = (enum rounding)i;
			return true;
		}
	return false;
}

static void
format(struct buf *b, wide units, int scale)
{
	char text[64], *end = text + sizeof(text), *at = end;
	unsigned __int128 v = (unsigned __int128)(units < 0 ? -units : units);
	int n = 0;

	do {
		if (n == scale && n > 0)
			*--at = '.';
		*--at = (char)('0' + (int)(v % 10));
		v /= 10;
		n++;
	} while (v > 0 || n <= scale);
	if (units < 0)
		*--at = '-';
	buf_put(b, at, (size_t)(end - at));
}

void
rate_format(struct buf *b, struct rate r)
{
	if (r.scale >= 2)
		format(b, r.units, r.scale - 2);
	else
		format(b, (wide)r.units * tens[2 - r.scale], 0);
	buf_char(b, '%');
}

void
rate_format_plain(struct buf *b, struct rate r)
{
	format(b, r.units, r.scale);
}
