/*
 * Reading one scalar: a table of readers by kind.
 *
 * In JSON a number in quotes is a fault even where it can be read, since the next reader may not be
 * so kind; in CSV everything is text, and £, commas and parentheses are how people write amounts.
 */
#include <string.h>

#include "rules/bind_value.h"

void
reading_faulted(struct reading *r, enum fault_kind kind, const char *why)
{
	r->out->state = VALUE_FAULTED;
	bind_fault(r->b, kind, r->at, r->field, r->given->src, r->given->text, "\"%.*s\" %s",
	    QUOTED(r->given->text), why);
}

/* The value is used all the same. */
void
reading_marked(struct reading *r, enum fault_kind kind, const char *why)
{
	bind_fault(r->b, kind, r->at, r->field, r->given->src, r->given->text, "\"%.*s\" %s",
	    QUOTED(r->given->text), why);
}

/* A word must stand here: false (and a fault) when there is a number or true. */
bool
reading_wants_word(struct reading *r)
{
	if (r->given->how == GIVEN_STRING || r->given->how == GIVEN_CELL)
		return true;
	r->out->state = VALUE_FAULTED;
	bind_fault(r->b, FAULT_WRONG_TYPE, r->at, r->field, r->given->src, r->given->text,
	    "Text in quotes must stand here, and what was found is %.*s.",
	    QUOTED(r->given->text));
	return false;
}

bool
reading_wants_number(struct reading *r)
{
	if (r->given->how != GIVEN_BOOL)
		return true;
	r->out->state = VALUE_FAULTED;
	bind_fault(r->b, FAULT_WRONG_TYPE, r->at, r->field, r->given->src, r->given->text,
	    "A number must stand here, and what was found is %.*s.", QUOTED(r->given->text));
	return false;
}

static void
read_boolean(struct reading *r)
{
	static const struct {
		const char *word;
		bool truth;
	} words[] = { { "yes", true }, { "y", true }, { "true", true }, { "no", false },
		{ "n", false }, { "false", false } };

	if (r->given->how == GIVEN_BOOL) {
		r->out->u.n = r->given->truth;
		r->out->state = VALUE_SET;
		return;
	}
	for (size_t i = 0; r->given->how == GIVEN_CELL && i < sizeof(words) / sizeof(words[0]);
	     i++) {
		if (!text_equal_nocase(r->text, text_of(words[i].word)))
			continue;
		r->out->u.n = words[i].truth;
		r->out->state = VALUE_SET;
		return;
	}
	reading_faulted(r, FAULT_WRONG_TYPE,
	    r->given->how == GIVEN_CELL ? "is neither yes nor no."
					: "is neither true nor false.");
}

static void
read_date(struct reading *r)
{
	date day = 0;
	bool cell = r->given->how == GIVEN_CELL;

	if (!reading_wants_word(r))
		return;
	switch (date_read(r->text, cell, &day)) {
	case DATE_OK:
		r->out->u.n = day;
		r->out->state = VALUE_SET;
		return;
	case DATE_NO_SUCH:
		reading_faulted(r, FAULT_BAD_DATE, "is a day that does not exist.");
		return;
	case DATE_BAD: break;
	}
	reading_faulted(r, FAULT_BAD_DATE,
	    cell ? "is no date that we read. Write 2014-11-28 or 28/11/2014."
		 : "is no date that we read. Write 2014-11-28.");
}

static void
read_time(struct reading *r)
{
	instant when = 0;
	date day = 0;

	if (!reading_wants_word(r))
		return;
	if (r->field->day_ends &&
	    date_read(r->text, r->given->how == GIVEN_CELL, &day) == DATE_OK) {
		r->out->u.n = london_end_of_day(day);
		r->out->state = VALUE_SET;
		return;
	}
	switch (time_read(r->text, &when)) {
	case TIME_OK:
		r->out->u.n = when;
		r->out->state = VALUE_SET;
		return;
	case TIME_NO_ZONE:
		reading_faulted(r, FAULT_BAD_TIME,
		    "does not say its zone. Write 2014-11-28T16:05:00Z, or 2014-11-28 16:05 "
		    "London.");
		return;
	case TIME_NO_SUCH:
		reading_faulted(r, FAULT_BAD_TIME, "is a time that does not exist.");
		return;
	case TIME_AMBIGUOUS:
		reading_faulted(r, FAULT_BAD_TIME,
		    "happens twice in London. Write it in UTC, with Z at the end.");
		return;
	case TIME_BAD: break;
	}
	reading_faulted(r, FAULT_BAD_TIME,
	    r->given->how == GIVEN_CELL
		? "is no time that we read. Write a day such as 28/11/2014, or 2014-11-28 "
		  "16:05 London."
		: "is no time that we read. Write 2014-11-28T16:05:00Z.");
}

static void
read_year(struct reading *r)
{
	fyear year = 0;

	if (!reading_wants_word(r))
		return;
	if (!year_read(r->text, &year)) {
		reading_faulted(r, FAULT_BAD_YEAR, "is no financial year. Write 2015-16.");
		return;
	}
	r->out->u.n = year;
	r->out->state = VALUE_SET;
}

static void
read_quarter(struct reading *r)
{
	quarter q = 0;

	if (!reading_wants_word(r))
		return;
	if (!quarter_read(r->text, &q)) {
		reading_faulted(r, FAULT_BAD_QUARTER,
		    "is no quarter of a financial year. Write 2014-15Q4.");
		return;
	}
	r->out->u.n = q;
	r->out->state = VALUE_SET;
}

static void
read_any(struct reading *r)
{
	r->out->u.s = r->text.p;
	r->out->len = (uint32_t)r->text.n;
	r->out->state = VALUE_SET;
}

static void (*const readers[KINDS])(struct reading *) = {
	[KIND_TEXT] = read_text,
	[KIND_INTEGER] = read_integer,
	[KIND_MONEY] = read_money,
	[KIND_RATE] = read_rate,
	[KIND_PERCENT] = read_rate,
	[KIND_DECIMAL] = read_rate,
	[KIND_BOOLEAN] = read_boolean,
	[KIND_DATE] = read_date,
	[KIND_TIME] = read_time,
	[KIND_YEAR] = read_year,
	[KIND_QUARTER] = read_quarter,
	[KIND_ENUM] = read_enum,
	[KIND_CODE] = read_text,
	[KIND_REF] = read_reference,
	[KIND_ANY] = read_any,
};

/* Words by which people say in a cell that they do not know yet. */
static bool
says_unknown(struct text t)
{
	static const char *const words[] = { "tbc", "tba", "not yet known", "not known",
		"unknown", "to be confirmed", "null" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (text_equal_nocase(t, text_of(words[i])))
			return true;
	return false;
}

void
bind_scalar(struct bind *b, struct place at, const struct field *field, enum kind kind,
    const struct given *given, struct value *out)
{
	struct reading r = { b, at, field, kind, given, given->text, out };

	out->kind = (uint8_t)kind;
	out->src = given->src;
	if (given->how == GIVEN_CELL)
		r.text = trimmed(given->text);
	/* Blanks alone are nothing: the value is absent, and missing where it is required. */
	if (r.text.n == 0 || (r.text.p[0] == ' ' && trimmed(r.text).n == 0)) {
		out->state = VALUE_ABSENT;
		return;
	}
	if (given->how == GIVEN_CELL && field->unknown && says_unknown(r.text)) {
		out->state = VALUE_UNKNOWN;
		return;
	}
	readers[kind](&r);
}
