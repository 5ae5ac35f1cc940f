/*
 * Reading amounts, whole numbers and rates from text, exactly.
 *
 * A number is taken apart into its significant digits (at most KEPT of them, and whether any that is
 * not nought was left out) and a power of ten; everything after that is whole-number arithmetic in
 * 128 bits.  What people put around a number in a cell (pound signs, commas, parentheses) is peeled
 * off first, and remembered as decoration.
 */
#include <string.h>

#include "rules/money.h"
#include "rules/money_digits.h"
#include "rules/text_utf8.h"

#define KEPT 25

#define STARTS(t, literal) text_starts((t), (literal), sizeof(literal) - 1)
#define ENDS(t, literal)   text_ends((t), (literal), sizeof(literal) - 1)

static bool
text_starts(struct text t, const char *s, size_t n)
{
	return t.n >= n && memcmp(t.p, s, n) == 0;
}

static bool
text_ends(struct text t, const char *s, size_t n)
{
	return t.n >= n && memcmp(t.p + t.n - n, s, n) == 0;
}

static struct text
skip(struct text t, size_t n)
{
	return (struct text){ t.p + n, t.n - n };
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* One more digit of the number; point tells whether it stands after the decimal point. */
static void
take_digit(struct digits *d, char c, bool point)
{
	if (d->kept < KEPT) {
		d->value = d->value * 10 + (unsigned)(c - '0');
		d->kept += d->value != 0;
		d->power -= point;
	} else {
		d->lost |= c != '0';
		d->power += !point;
	}
}

/* The exponent of a number, held within bounds that are far beyond any amount. */
static bool
take_exponent(struct text *t, int64_t *power)
{
	bool negative = t->n > 0 && t->p[0] == '-';
	int64_t e = 0;
	size_t i = t->n > 0 && (t->p[0] == '-' || t->p[0] == '+');

	if (i >= t->n || !is_digit(t->p[i]))
		return false;
	for (; i < t->n && is_digit(t->p[i]); i++)
		if (e < 1000000)
			e = e * 10 + (t->p[i] - '0');
	*power += negative ? -e : e;
	*t = skip(*t, i);
	return true;
}

/* Noughts at the end do not count: 1.500 is 1.5. */
static void
drop_noughts(struct digits *d)
{
	while (d->value != 0 && d->value % 10 == 0) {
		d->value /= 10;
		d->kept--;
		d->power++;
	}
	if (d->value == 0)
		d->power = d->kept = 0;
}

/* A JSON number (RFC 8259 section 6) and nothing else. */
bool
digits_read_json(struct text t, struct digits *d)
{
	size_t i = 0, from;

	*d = (struct digits){ 0 };
	if (t.n > 0 && t.p[0] == '-') {
		d->negative = true;
		i++;
	}
	from = i;
	for (; i < t.n && is_digit(t.p[i]); i++)
		take_digit(d, t.p[i], false);
	if (i == from || (t.p[from] == '0' && i > from + 1))
		return false;
	if (i < t.n && t.p[i] == '.') {
		from = ++i;
		for (; i < t.n && is_digit(t.p[i]); i++)
			take_digit(d, t.p[i], true);
		if (i == from)
			return false;
	}
	if (i < t.n && (t.p[i] == 'e' || t.p[i] == 'E')) {
		t = skip(t, i + 1);
		i = 0;
		if (!take_exponent(&t, &d->power))
			return false;
	}
	drop_noughts(d);
	return i == t.n;
}

/* Which mark parts the thousands here: a comma, or a space of some kind.  0: none. */
static size_t
group_mark(struct text t)
{
	static const char *const marks[] = { ",", " ", "\xc2\xa0", "\xe2\x80\x89",
		"\xe2\x80\xaf" };

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (text_starts(t, marks[i], strlen(marks[i])))
			return strlen(marks[i]);
	return 0;
}

/*
 * The digits before the point as people type them: with commas or spaces between groups of three, the
 * first of one to three, all marks alike.  Returns the length, 0 when badly grouped; none is fine.
 */
static bool
take_whole(struct digits *d, struct text *t, bool *decorated)
{
	struct text mark = TEXT_NONE;
	size_t run = 0, groups = 0, m;

	for (;;) {
		while (t->n > 0 && is_digit(t->p[0])) {
			take_digit(d, t->p[0], false);
			run++;
			*t = skip(*t, 1);
		}
		if (groups > 0 ? run != 3 : run > 3 && group_mark(*t) > 0)
			return false;
		m = group_mark(*t);
		if (m == 0 || t->n <= m)
			return m == 0;
		if (run == 0 || (groups > 0 && !text_equal(mark, (struct text){ t->p, m })))
			return false;
		mark = (struct text){ t->p, m };
		*t = skip(*t, m);
		*decorated = true;
		groups++;
		run = 0;
	}
}

/* A number as people type it, already without signs, currency and spaces around it. */
static bool
digits_read_typed(struct text t, struct digits *d, bool *decorated)
{
	const char *begin = t.p;
	size_t whole, part = 0;

	if (t.n > 1 && t.p[0] == '0' && is_digit(t.p[1]))
		*decorated = true;
	if (!take_whole(d, &t, decorated))
		return false;
	whole = (size_t)(t.p - begin);
	if (t.n > 0 && t.p[0] == '.') {
		for (t = skip(t, 1); t.n > 0 && is_digit(t.p[0]); t = skip(t, 1), part++)
			take_digit(d, t.p[0], true);
		*decorated |= whole == 0 || part == 0;
	}
	drop_noughts(d);
	return t.n == 0 && whole + part > 0;
}

/* The length of a minus sign at the beginning, also the typographic ones; 0: none. */
static size_t
minus_at(struct text t)
{
	if (STARTS(t, "-"))
		return 1;
	/* U+2010 to U+2015, and U+2212 */
	if (STARTS(t, "\xe2\x80") && t.n > 2 && (unsigned char)t.p[2] >= 0x90 &&
	    (unsigned char)t.p[2] <= 0x95)
		return 3;
	return STARTS(t, "\xe2\x88\x92") ? 3 : 0;
}

static size_t
minus_before_end(struct text t)
{
	if (ENDS(t, "-"))
		return 1;
	return t.n >= 3 && minus_at(skip(t, t.n - 3)) == 3 ? 3 : 0;
}

/*
 * The length of a pound sign at the beginning: UTF-8, Windows-1252, UTF-8 read as Windows-1252 and
 * written again as UTF-8, or GBP.
 */
static size_t
pound_at(struct text t)
{
	static const char *const signs[] = { "£", "\xa3", "\xc3\x82\xc2\xa3", "\xc2\xa3",
		"\xc3\x82\xa3" };

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (text_starts(t, signs[i], strlen(signs[i])))
			return strlen(signs[i]);
	return t.n >= 3 && text_equal_nocase((struct text){ t.p, 3 }, TEXT("GBP")) ? 3 : 0;
}

struct peeled {
	struct text rest;
	bool minus, pound, brackets, plus;
};

/* Take one thing off the number: true when something was taken. */
static bool
peel_one(struct peeled *p, bool money)
{
	struct text t = text_trim(p->rest);
	size_t n;

	p->rest = t;
	if (!p->minus && !p->plus && !p->brackets && (n = minus_at(t)) > 0) {
		p->minus = true;
		p->rest = skip(t, n);
	} else if (!p->minus && !p->plus && !p->brackets && STARTS(t, "+")) {
		p->plus = true;
		p->rest = skip(t, 1);
	} else if (!p->minus && !p->plus && !p->brackets && (n = minus_before_end(t)) > 0) {
		p->minus = true;
		p->rest.n -= n;
	} else if (!p->minus && !p->plus && !p->brackets && t.n > 1 && t.p[0] == '(' &&
	    ENDS(t, ")")) {
		p->brackets = true;
		p->rest = (struct text){ t.p + 1, t.n - 2 };
	} else if (money && !p->pound && (n = pound_at(t)) > 0) {
		p->pound = true;
		p->rest = skip(t, n);
	} else if (money && !p->pound && t.n > 3 && pound_at(skip(t, t.n - 3)) == 3) {
		p->pound = true;
		p->rest.n -= 3;
	} else
		return false;
	return true;
}

/* What a spreadsheet writes where a formula failed. */
static bool
is_error_cell(struct text t)
{
	static const char *const errors[] = { "#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?",
		"#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!", "#CONNECT!",
		"#UNKNOWN!", "#BUSY!", "#GETTING_DATA", "#ERROR!", "#NV", "#N/A N/A" };

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (text_equal_nocase(t, text_of(errors[i])))
			return true;
	if (t.n == 7 && STARTS(t, "Err:"))
		return true;
	for (size_t i = 0; i < t.n; i++)
		if (t.p[i] != '#')
			return false;
	return t.n > 0;
}

/* Only dashes (and perhaps a pound sign, as accounting formats print nought). */
static bool
is_dash(struct text t)
{
	struct peeled p = { .rest = t };
	size_t n;
	bool any = false;

	for (t = text_trim(t);
	     t.n > 0 && ((n = minus_at(t)) > 0 || (!p.pound && (n = pound_at(t)) > 0));
	     t = text_trim(skip(t, n))) {
		any |= minus_at(t) > 0;
		p.pound |= minus_at(t) == 0;
	}
	return any && t.n == 0;
}

/* 2.34E+13 */
static bool
is_scientific(struct text t)
{
	const char *e = NULL;
	struct digits d;

	if (t.n > 0 && (t.p[0] == '-' || t.p[0] == '+'))
		t = skip(t, 1);
	for (size_t i = 0; i < t.n && e == NULL; i++)
		if (t.p[i] == 'e' || t.p[i] == 'E')
			e = t.p + i;
	return e != NULL && digits_read_json(t, &d);
}

/* Why this is not a number. */
static enum number_read
diagnose(struct text t)
{
	t = text_trim(t);
	if (t.n == 0)
		return NUMBER_EMPTY;
	if (is_dash(t))
		return NUMBER_DASH;
	if (is_error_cell(t))
		return NUMBER_ERROR_CELL;
	if (is_scientific(t))
		return NUMBER_SCIENTIFIC;
	return NUMBER_BAD;
}

/* A number in a cell; money tells whether a pound sign may stand there. */
static enum number_read
read_cell(struct text t, bool money, struct digits *d, bool *decorated)
{
	struct peeled p = { .rest = t };

	*d = (struct digits){ 0 };
	while (peel_one(&p, money))
		;
	*decorated = p.rest.n + (p.minus && STARTS(t, "-")) != t.n;
	if (!digits_read_typed(p.rest, d, decorated))
		return diagnose(t);
	d->negative = p.minus || p.brackets;
	return NUMBER_OK;
}

static const int64_t tens[] = { 1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000,
	1000000000, 10000000000, 100000000000, 1000000000000, 10000000000000, 100000000000000,
	1000000000000000, 10000000000000000, 100000000000000000, 1000000000000000000 };

#define MOST_TENS ((int64_t)18)

/*
 * value * 10^power * scale as a whole number of at most 2^60, rounded half to even when it is not
 * whole: then NUMBER_NOT_PENCE.
 */
static enum number_read
make_whole(const struct digits *d, int64_t scale, int64_t most, int64_t *out)
{
	unsigned __int128 v = d->value * (unsigned __int128)scale, q = v, rest = 0, half;
	bool inexact = d->lost;
	int64_t power = d->power;

	if (v == 0) {
		*out = 0;
		return d->lost ? NUMBER_NOT_PENCE : NUMBER_OK;
	}
	if (power > MOST_TENS)
		return NUMBER_RANGE;
	if (power < -2 * MOST_TENS) {
		*out = 0;
		return NUMBER_NOT_PENCE;
	}
	/* After the first division what is left is held against half; lost digits break a tie upwards. */
	for (; power < -MOST_TENS; power += MOST_TENS) {
		inexact |= q % (unsigned __int128)tens[MOST_TENS] != 0;
		q /= (unsigned __int128)tens[MOST_TENS];
	}
	if (power < 0) {
		half = (unsigned __int128)tens[-power] / 2;
		rest = q % (unsigned __int128)tens[-power];
		q /= (unsigned __int128)tens[-power];
		if (rest > half || (rest == half && (inexact || (q & 1) != 0)))
			q++;
	} else if (q > (unsigned __int128)most / (unsigned __int128)tens[power])
		return NUMBER_RANGE;
	else
		q *= (unsigned __int128)tens[power];
	if (q > (unsigned __int128)most)
		return NUMBER_RANGE;
	*out = d->negative ? -(int64_t)q : (int64_t)q;
	return inexact || rest != 0 ? NUMBER_NOT_PENCE : NUMBER_OK;
}

/* Digits from i on, at most 16 in all, as a number; moves i behind them. */
static int64_t
take_digits(struct text t, size_t *i, int64_t v)
{
	for (; *i < t.n && is_digit(t.p[*i]); ++*i)
		v = v * 10 + (t.p[*i] - '0');
	return v;
}

bool
integer_read_plain(struct text t, int64_t *out)
{
	size_t i = t.n > 0 && t.p[0] == '-', from = i;
	int64_t v;

	if (t.n > 16 || t.n == i)
		return false;
	v = take_digits(t, &i, 0);
	if (i < t.n || (t.p[from] == '0' && i > from + 1))
		return false;
	*out = from > 0 ? -v : v;
	return true;
}

bool
money_read_plain(struct text t, int64_t scale, pence *amount)
{
	size_t i = t.n > 0 && t.p[0] == '-', from = i, decimals = 0;
	int64_t v;

	if (t.n > 16 || t.n == i || scale > 1000)
		return false;
	v = take_digits(t, &i, 0);
	if (i == from || (t.p[from] == '0' && i > from + 1))
		return false;
	if (i < t.n) {
		if (t.p[i] != '.' || t.n - i > 3 || t.n - i < 2)
			return false;
		decimals = t.n - ++i;
		v = take_digits(t, &i, v);
		if (i < t.n)
			return false;
	}
	if (__builtin_mul_overflow(v, tens[2 - decimals] * scale, &v) || v > MONEY_MAX)
		return false;
	*amount = from > 0 ? -v : v;
	return true;
}

struct money_read
money_read(struct text t, enum money_syntax syntax, int64_t scale)
{
	struct money_read r = { NUMBER_OK, false, 0 };
	struct digits d;

	if (money_read_plain(t, scale, &r.amount))
		return r;
	if (syntax == MONEY_CELL)
		r.how = read_cell(t, true, &d, &r.decorated);
	else if (!digits_read_json(t, &d))
		r.how = diagnose(t);
	if (r.how != NUMBER_OK) {
		if (syntax == MONEY_STRICT && r.how == NUMBER_SCIENTIFIC)
			r.how = NUMBER_BAD;
		r.decorated = false;
		return r;
	}
	d.power += 2;
	r.how = make_whole(&d, scale, MONEY_MAX, &r.amount);
	return r;
}

enum number_read
integer_read(struct text t, enum money_syntax syntax, int64_t *out)
{
	enum number_read how = NUMBER_OK;
	bool decorated;
	struct digits d;

	if (integer_read_plain(t, out))
		return NUMBER_OK;
	if (syntax == MONEY_CELL)
		how = read_cell(t, false, &d, &decorated);
	else if (!digits_read_json(t, &d))
		how = diagnose(t);
	if (how == NUMBER_OK)
		how = make_whole(&d, 1, INT64_MAX, out);
	return how == NUMBER_NOT_PENCE ? NUMBER_BAD : how;
}
