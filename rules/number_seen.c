#include "rules/number_seen.h"

#include <string.h>

#define POWER_MOST   1000000
#define PLAIN_BEFORE 21
#define PLAIN_BEHIND 20

/* What is read of a number so far. */
struct scan {
	const char *p, *end;
	uint64_t digits;
	int64_t power;
	unsigned kept;
	int next; /* the first digit that is not kept; -1: none yet */
	bool any; /* a digit was there */
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Half away from nought looks at one digit more than is kept, and at no other. */
static void
take_digits(struct scan *s, bool behind_point)
{
	for (; s->p < s->end && is_digit(*s->p); s->p++) {
		s->any = true;
		if (s->kept < NUMBER_SEEN_DIGITS) {
			s->digits = s->digits * 10 + (uint64_t)(*s->p - '0');
			s->kept += s->digits != 0;
			s->power -= behind_point;
			continue;
		}
		if (s->next < 0)
			s->next = *s->p - '0';
		s->power += !behind_point;
	}
}

static bool
take_exponent(struct scan *s)
{
	bool negative;
	int64_t e = 0;

	if (s->p == s->end || (*s->p != 'e' && *s->p != 'E'))
		return true;
	s->p++;
	negative = s->p < s->end && *s->p == '-';
	s->p += s->p < s->end && (*s->p == '-' || *s->p == '+');
	if (s->p == s->end || !is_digit(*s->p))
		return false;
	for (; s->p < s->end && is_digit(*s->p); s->p++)
		if (e < 2 * POWER_MOST)
			e = e * 10 + (*s->p - '0');
	s->power += negative ? -e : e;
	return true;
}

static int32_t
bounded(int64_t power)
{
	return (int32_t)(power > POWER_MOST ? POWER_MOST
		: power < -POWER_MOST       ? -POWER_MOST
					    : power);
}

static const char *
skip_digits(const char *p, const char *end)
{
	while (p < end && is_digit(*p))
		p++;
	return p;
}

bool
number_is(struct text t)
{
	const char *p = t.p, *end = t.p + t.n, *from, *behind;
	size_t n;

	for (; p < end && is_space(*p); p++)
		;
	for (; p < end && is_space(end[-1]); end--)
		;
	p += p < end && (*p == '-' || *p == '+');
	p = skip_digits(from = p, end);
	n = (size_t)(p - from);
	if (p < end && *p == '.') {
		behind = skip_digits(p + 1, end);
		n += (size_t)(behind - p - 1);
		p = behind;
	}
	if (n == 0 || p == end)
		return n > 0;
	if (*p != 'e' && *p != 'E')
		return false;
	p++;
	p += p < end && (*p == '-' || *p == '+');
	return p < end && skip_digits(p, end) == end;
}

bool
number_seen(struct text t, struct number_seen *out)
{
	struct scan s = { .p = t.p, .end = t.p + t.n, .next = -1 };

	*out = (struct number_seen){ 0 };
	for (; s.p < s.end && is_space(*s.p); s.p++)
		;
	for (; s.p < s.end && is_space(s.end[-1]); s.end--)
		;
	out->negative = s.p < s.end && *s.p == '-';
	s.p += s.p < s.end && (*s.p == '-' || *s.p == '+');
	take_digits(&s, false);
	if (s.p < s.end && *s.p == '.') {
		s.p++;
		take_digits(&s, true);
	}
	if (!s.any || !take_exponent(&s) || s.p != s.end)
		return false;
	out->cut = s.power > 0 && s.next >= 0;
	s.digits += s.next >= 5;
	while (s.digits != 0 && s.digits % 10 == 0) {
		s.digits /= 10;
		s.power++;
	}
	out->digits = s.digits;
	out->power = s.digits != 0 ? bounded(s.power) : 0;
	out->negative &= s.digits != 0;
	return true;
}

size_t
digits_put(char *out, uint64_t n, unsigned least)
{
	char reversed[20];
	size_t length = 0;

	do
		reversed[length++] = (char)('0' + n % 10);
	while ((n /= 10) != 0 || length < least);
	for (size_t i = 0; i < length; i++)
		out[i] = reversed[length - 1 - i];
	return length;
}

static size_t
put_exponent(char *out, int64_t e)
{
	size_t n = 0;

	out[n++] = 'e';
	if (e < 0)
		out[n++] = '-';
	return n + digits_put(out + n, (uint64_t)(e < 0 ? -e : e), 1);
}

size_t
number_seen_put(const struct number_seen *s, char out[static NUMBER_SEEN_ROOM])
{
	char digits[20];
	size_t n = digits_put(digits, s->digits, 1), at = 0, behind;

	if (s->negative)
		out[at++] = '-';
	if ((int64_t)n + s->power > PLAIN_BEFORE || s->power < -PLAIN_BEHIND) {
		out[at++] = digits[0];
		if (n > 1) {
			out[at++] = '.';
			memcpy(out + at, digits + 1, n - 1);
			at += n - 1;
		}
		at += put_exponent(out + at, s->power + (int64_t)n - 1);
	} else if (s->power >= 0) {
		memcpy(out + at, digits, n);
		memset(out + at + n, '0', (size_t)s->power);
		at += n + (size_t)s->power;
	} else {
		behind = (size_t)-s->power;
		if (n > behind)
			memcpy(out + at, digits, n - behind);
		else
			out[at] = '0';
		at += n > behind ? n - behind : 1;
		out[at++] = '.';
		if (behind > n) {
			memset(out + at, '0', behind - n);
			at += behind - n;
		}
		memcpy(
		    out + at, digits + n - (n < behind ? n : behind), n < behind ? n : behind);
		at += n < behind ? n : behind;
	}
	out[at] = '\0';
	return at;
}
