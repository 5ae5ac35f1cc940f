/*
 * Money: whole pence in an int64, with a limit well inside it, so that a sum of two can be looked at
 * before it is refused; nothing here wraps and nothing is a double.
 */
#include "rules/money.h"

#include <stdlib.h>

typedef __int128 wide;

static bool
in_range(wide v, pence *out)
{
	if (v > MONEY_MAX || v < -MONEY_MAX)
		return false;
	*out = (pence)v;
	return true;
}

bool
money_add(pence a, pence b, pence *out)
{
	return in_range((wide)a + b, out);
}

bool
money_sub(pence a, pence b, pence *out)
{
	return in_range((wide)a - b, out);
}

bool
money_times(pence a, int64_t n, pence *out)
{
	return in_range((wide)a * n, out);
}

bool
money_part(pence amount, int64_t n, int64_t of, pence *out)
{
	if (n < 0 || of < 0)
		return false;
	if (of == 0) {
		*out = 0;
		return true;
	}
	return in_range((wide)amount * n / of, out); /* C divides towards nought */
}

/* What the shares are worked out from. */
struct shares {
	unsigned __int128 total, sum;
	const int64_t *weights;
};

static unsigned __int128
remainder_of(const struct shares *s, int64_t i)
{
	return s->total * (unsigned __int128)s->weights[i] % s->sum;
}

/* The largest remainder first; of equals the first in the list. */
static int
by_remainder(const void *a, const void *b, void *context)
{
	int64_t i = *(const int64_t *)a, j = *(const int64_t *)b;
	unsigned __int128 ri = remainder_of(context, i), rj = remainder_of(context, j);

	if (ri != rj)
		return ri > rj ? -1 : 1;
	return (i > j) - (i < j);
}

static int
by_number(const void *a, const void *b)
{
	int64_t i = *(const int64_t *)a, j = *(const int64_t *)b;

	return (i > j) - (i < j);
}

/*
 * First every share is rounded down, then the pennies left over go to the largest remainders.  The
 * list of those who get one is kept in the first places of parts[], in rising order: parts[k] >= k, so
 * filling parts[] from the end never writes over a number not yet read.
 */
bool
money_apportion(pence total, const int64_t *weights, size_t n, pence *parts)
{
	struct shares s = { (unsigned __int128)(total < 0 ? -total : total), 0, weights };
	unsigned __int128 left = s.total, share;
	size_t chosen;

	if (total > MONEY_MAX || total < -MONEY_MAX)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (weights[i] < 0)
			return false;
		s.sum += (unsigned __int128)weights[i];
		parts[i] = (pence)i;
	}
	if (s.sum == 0)
		return false;
	for (size_t i = 0; i < n; i++)
		left -= s.total * (unsigned __int128)weights[i] / s.sum;
	chosen = (size_t)left; /* fewer than n */
	if (chosen > 0) {
		qsort_r(parts, n, sizeof(*parts), by_remainder, &s);
		qsort(parts, chosen, sizeof(*parts), by_number);
	}
	for (size_t i = n; i-- > 0;) {
		share = s.total * (unsigned __int128)weights[i] / s.sum;
		if (chosen > 0 && parts[chosen - 1] == (pence)i) {
			share++;
			chosen--;
		}
		parts[i] = total < 0 ? -(pence)share : (pence)share;
	}
	return true;
}

/* Digits of v, written towards the front from end; with a comma before every third when grouped. */
static char *
write_digits(char *end, uint64_t v, bool grouped)
{
	int n = 0;

	do {
		if (grouped && n > 0 && n % 3 == 0)
			*--end = ',';
		*--end = (char)('0' + v % 10);
		v /= 10;
		n++;
	} while (v > 0);
	return end;
}

static uint64_t
magnitude(int64_t v)
{
	return v < 0 ? -(uint64_t)v : (uint64_t)v;
}

static void
format(struct buf *b, pence amount, const char *minus, const char *pound, bool grouped)
{
	char text[48], *end = text + sizeof(text), *at;
	uint64_t v = magnitude(amount);

	*--end = (char)('0' + v % 10);
	*--end = (char)('0' + v / 10 % 10);
	*--end = '.';
	at = write_digits(end, v / 100, grouped);
	if (amount < 0)
		buf_str(b, minus);
	if (*pound != '\0')
		buf_str(b, pound);
	buf_put(b, at, (size_t)(text + sizeof(text) - at));
}

void
money_format(struct buf *b, pence amount)
{
	format(b, amount, "-", "", false);
}

void
money_format_pretty(struct buf *b, pence amount)
{
	format(b, amount, "−", "£", true);
}

void
integer_format_pretty(struct buf *b, int64_t v)
{
	char text[32], *end = text + sizeof(text), *at = write_digits(end, magnitude(v), true);

	if (v < 0)
		buf_str(b, "−");
	buf_put(b, at, (size_t)(end - at));
}
