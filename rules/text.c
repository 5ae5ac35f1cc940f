/* Text as a pointer and a length: comparing, trimming, guessing what was meant. */
#include "rules/text.h"

#include <string.h>

#include "rules/text_utf8.h"

struct text
text_of(const char *s)
{
	return s == NULL ? TEXT_NONE : (struct text){ s, strlen(s) };
}

bool
text_is(struct text t, const char *s)
{
	size_t n = strlen(s);

	return t.n == n && (n == 0 || memcmp(t.p, s, n) == 0);
}

bool
text_equal(struct text a, struct text b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool
text_begins(struct text t, struct text with)
{
	return t.n >= with.n && (with.n == 0 || memcmp(t.p, with.p, with.n) == 0);
}

int
text_compare(struct text a, struct text b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n == 0 ? 0 : memcmp(a.p, b.p, n);

	if (c != 0)
		return c;
	return (a.n > b.n) - (a.n < b.n);
}

static unsigned char
lower(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

bool
text_equal_nocase(struct text a, struct text b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	return true;
}

/* What people do not see at the ends of a cell: white space, NBSP, zero-width marks, a BOM. */
static bool
is_blank(uint32_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || c == 0xa0 || c == 0x1680 ||
	    (c >= 0x2000 && c <= 0x200f) || c == 0x202f || c == 0x205f || c == 0x2060 ||
	    c == 0x3000 || c == 0xfeff;
}

struct text
text_trim(struct text t)
{
	uint32_t c;
	size_t len, i;

	while (t.n > 0) {
		len = utf8_decode(t.p, t.n, &c);
		if (len == 0 || !is_blank(c))
			break;
		t.p += len;
		t.n -= len;
	}
	while (t.n > 0) {
		for (i = t.n - 1;
		     i > 0 && t.n - i < 4 && ((unsigned char)t.p[i] & 0xc0) == 0x80;)
			i--;
		len = utf8_decode(t.p + i, t.n - i, &c);
		if (len != t.n - i || !is_blank(c))
			break;
		t.n = i;
	}
	return t;
}

bool
text_is_utf8(struct text t)
{
	return utf8_valid_until(t.p, t.n) == t.n;
}

#define NEAREST_MAX 64 /* longer words are nobody's misspelling */

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Edit distance (with neighbours swapped counting once), bytewise and without case. */
static size_t
distance(struct text a, struct text b)
{
	size_t rows[3][NEAREST_MAX + 1], *before = rows[0], *last = rows[1], *now = rows[2], *t;

	for (size_t j = 0; j <= b.n; j++)
		last[j] = j;
	for (size_t i = 1; i <= a.n; i++) {
		now[0] = i;
		for (size_t j = 1; j <= b.n; j++) {
			bool same = lower(a.p[i - 1]) == lower(b.p[j - 1]);

			now[j] = least(least(last[j], now[j - 1]) + 1, last[j - 1] + !same);
			if (i > 1 && j > 1 && lower(a.p[i - 1]) == lower(b.p[j - 2]) &&
			    lower(a.p[i - 2]) == lower(b.p[j - 1]))
				now[j] = least(now[j], before[j - 2] + 1);
		}
		t = before;
		before = last;
		last = now;
		now = t;
	}
	return last[b.n];
}

int
text_nearest(struct text word, const struct text *candidates, size_t n)
{
	size_t most = word.n <= 4 ? 1 : word.n <= 8 ? 2 : 3, d;
	int best = -1;

	if (word.n == 0 || word.n > NEAREST_MAX)
		return -1;
	for (size_t i = 0; i < n; i++) {
		struct text c = candidates[i];

		if (c.n == 0 || c.n > NEAREST_MAX || c.n > word.n + most || word.n > c.n + most)
			continue;
		d = distance(word, c);
		/* A word that shares no letter with the candidate is not a misspelling of it. */
		if (d > most || d >= word.n)
			continue;
		best = (int)i;
		if (d == 0)
			break;
		most = d - 1;
	}
	return best;
}

unsigned
text_words(struct text t)
{
	unsigned words = 0;

	for (size_t i = 0; i < t.n; i++)
		words += t.p[i] != ' ' && (i == 0 || t.p[i - 1] == ' ');
	return words;
}
