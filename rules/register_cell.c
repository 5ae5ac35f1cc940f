/* One cell of a register, read as its column's kind: a table of readers. */
#include "rules/register.h"

#include <string.h>

typedef bool read_cell(struct text, struct value *);

static bool
cell_text(struct text t, struct value *v)
{
	v->u.s = t.p;
	v->len = (uint32_t)t.n;
	return text_is_utf8(t);
}

/* "#N/A", "#REF!": what a spreadsheet writes where a formula failed. */
static bool
is_formula_error(struct text t)
{
	return t.n > 2 && t.p[0] == '#' && t.p[1] >= 'A' && t.p[1] <= 'Z' &&
	    (t.p[t.n - 1] == '!' || t.p[t.n - 1] == '?' || text_is(t, "#N/A"));
}

/* "2.34E+13": what a spreadsheet makes of a long number, or of a code; digits may be lost. */
static bool
is_scientific(struct text t)
{
	const char *e = t.n > 0 ? memchr(t.p, 'E', t.n) : NULL;
	size_t at = e != NULL ? (size_t)(e - t.p) : t.n;

	if (at == 0 || at + 2 >= t.n || (t.p[at + 1] != '+' && t.p[at + 1] != '-'))
		return false;
	for (size_t i = 0; i < t.n; i++)
		if (i != at && i != at + 1 && t.p[i] != '.' && (t.p[i] < '0' || t.p[i] > '9'))
			return false;
	return true;
}

/* A code has no blanks, and is nothing that a spreadsheet made of one. */
static bool
cell_code(struct text t, struct value *v)
{
	for (size_t i = 0; i < t.n; i++)
		if ((unsigned char)t.p[i] <= ' ')
			return false;
	return cell_text(t, v);
}

static bool
cell_integer(struct text t, struct value *v)
{
	return integer_read(t, MONEY_STRICT, &v->u.n) == NUMBER_OK;
}

static bool
cell_money(struct text t, struct value *v)
{
	struct money_read m = money_read(t, MONEY_STRICT, 1);

	v->u.n = m.amount;
	return m.how == NUMBER_OK;
}

static bool
cell_rate(struct text t, struct value *v)
{
	struct rate r;

	if (!rate_read(t, &r))
		return false;
	v->u.n = r.units;
	v->scale = r.scale;
	return true;
}

static bool
cell_boolean(struct text t, struct value *v)
{
	v->u.n = text_is(t, "yes") || text_is(t, "true");
	return v->u.n != 0 || text_is(t, "no") || text_is(t, "false");
}

static bool
cell_date(struct text t, struct value *v)
{
	date d;

	if (date_read(t, false, &d) != DATE_OK)
		return false;
	v->u.n = d;
	return true;
}

/* A time with its zone, or a date alone: the end of that day in London. */
static bool
cell_time(struct text t, struct value *v)
{
	date d;

	if (time_read(t, &v->u.n) == TIME_OK)
		return true;
	if (date_read(t, false, &d) != DATE_OK)
		return false;
	v->u.n = london_end_of_day(d);
	return true;
}

static bool
cell_year(struct text t, struct value *v)
{
	fyear y;

	if (!year_read(t, &y))
		return false;
	v->u.n = y;
	return true;
}

static bool
cell_quarter(struct text t, struct value *v)
{
	quarter q;

	if (!quarter_read(t, &q))
		return false;
	v->u.n = q;
	return true;
}

static const struct {
	read_cell *read;
	const char *must;
} readers[] = {
	[KIND_TEXT] = { cell_text, "text in UTF-8" },
	[KIND_CODE] = { cell_code,
	    "a code like E08000018, as text; a spreadsheet may have made a number of it" },
	[KIND_INTEGER] = { cell_integer, "a whole number like 1234, without commas or blanks" },
	[KIND_MONEY] = { cell_money, "an amount like 1234.50, without £, commas or blanks" },
	[KIND_RATE] = { cell_rate, "a rate like 3.75%" },
	[KIND_PERCENT] = { cell_rate, "a percentage like 3.75%" },
	[KIND_DECIMAL] = { cell_rate, "a decimal number like 0.0375" },
	[KIND_BOOLEAN] = { cell_boolean, "yes or no" },
	[KIND_DATE] = { cell_date, "a date like 2014-11-28: year, month, day" },
	[KIND_TIME] = { cell_time, "a date, or a time like \"2014-11-28 12:00 London\"" },
	[KIND_YEAR] = { cell_year, "a year like 2015-16" },
	[KIND_QUARTER] = { cell_quarter, "a quarter like 2014-15Q4" },
};

bool
register_cell(struct text t, enum kind kind, struct arena *a, struct value *v, const char **why)
{
	memset(v, 0, sizeof(*v));
	v->kind = (uint8_t)kind;
	t = text_trim(t);
	if (t.n == 0) {
		v->state = VALUE_ABSENT;
		return true;
	}
	if ((size_t)kind >= sizeof(readers) / sizeof(readers[0]) ||
	    readers[kind].read == NULL) {
		*why = "of a kind that registers can hold";
		return false;
	}
	v->state = VALUE_SET;
	if (is_formula_error(t)) {
		v->state = VALUE_FAULTED;
		*why = "a value; this is a spreadsheet's mark of a formula that failed";
		return false;
	}
	if ((kind != KIND_TEXT && is_scientific(t)) || !readers[kind].read(t, v)) {
		v->state = VALUE_FAULTED;
		*why = readers[kind].must;
		return false;
	}
	if (kind == KIND_TEXT || kind == KIND_CODE)
		v->u.s = arena_strndup(a, t.p, t.n);
	return true;
}
