/*
 * Reading one scalar: a table of readers by kind.
 *
 * In JSON a number in quotes is a fault even where it can be read, since the next reader may not be
 * so kind; in CSV everything is text, and £, commas and parentheses are how people write amounts.
 */
#include <stdio.h>
#include <string.h>

#include "rules/bind.h"

#define TEXT_BYTES 4000 /* a text's most, when the field says nothing */

struct reading {
	struct bind *b;
	struct place at;
	const struct field *field;
	enum kind kind;
	const struct given *given;
	struct text text; /* the given's, trimmed in a cell */
	struct value *out;
};

#define BEGIN(t) (int)((t).n > 60 ? 60 : (t).n), (t).p

static void
faulted(struct reading *r, enum fault_kind kind, const char *why)
{
	r->out->state = VALUE_FAULTED;
	bind_fault(r->b, kind, r->at, r->field, r->given->src, r->given->text, "\"%.*s\" %s",
	    BEGIN(r->given->text), why);
}

/* The value is used all the same. */
static void
marked(struct reading *r, enum fault_kind kind, const char *why)
{
	bind_fault(r->b, kind, r->at, r->field, r->given->src, r->given->text, "\"%.*s\" %s",
	    BEGIN(r->given->text), why);
}

/* A word must stand here: false (and a fault) when there is a number or true. */
static bool
wants_word(struct reading *r)
{
	if (r->given->how == GIVEN_STRING || r->given->how == GIVEN_CELL)
		return true;
	r->out->state = VALUE_FAULTED;
	bind_fault(r->b, FAULT_WRONG_TYPE, r->at, r->field, r->given->src, r->given->text,
	    "Text in quotes must stand here, and what was found is %.*s.",
	    BEGIN(r->given->text));
	return false;
}

static bool
wants_number(struct reading *r)
{
	if (r->given->how != GIVEN_BOOL)
		return true;
	r->out->state = VALUE_FAULTED;
	bind_fault(r->b, FAULT_WRONG_TYPE, r->at, r->field, r->given->src, r->given->text,
	    "A number must stand here, and what was found is %.*s.", BEGIN(r->given->text));
	return false;
}

static const struct {
	enum fault_kind fault;
	const char *why;
} number_faults[] = {
	[NUMBER_EMPTY] = { FAULT_MISSING, "is empty." },
	[NUMBER_DASH] = { FAULT_NOT_A_NUMBER,
	    "is no number. Enter 0 for nothing, or leave it empty if it is not known." },
	[NUMBER_ERROR_CELL] = { FAULT_NOT_A_NUMBER,
	    "is what a spreadsheet writes where a formula failed. Mend the formula and save "
	    "again." },
	[NUMBER_SCIENTIFIC] = { FAULT_NOT_A_NUMBER,
	    "is how a spreadsheet shortens a long number: digits are lost. Enter the number in "
	    "full." },
	[NUMBER_NOT_PENCE] = { FAULT_NOT_WHOLE_PENCE,
	    "has more than two decimals. Enter pounds and whole pence." },
	[NUMBER_RANGE] = { FAULT_OUT_OF_RANGE, "is beyond any amount we can read." },
	[NUMBER_BAD] = { FAULT_NOT_A_NUMBER, "is no number." },
};

static void
number_faulted(struct reading *r, enum number_read how)
{
	faulted(r, number_faults[how].fault, number_faults[how].why);
}

static void
quoted_number(struct reading *r)
{
	if (r->given->how == GIVEN_STRING)
		marked(r, FAULT_NUMBER_AS_TEXT,
		    "is a number written as text. It was read; write it as a plain number.");
}

static void
check_range(struct reading *r)
{
	const struct field *field = r->field;
	int64_t n = r->out->u.n;

	if (!field->has_range || (n >= field->least && n <= field->most))
		return;
	marked(r, FAULT_OUT_OF_RANGE,
	    n < field->least ? "is below the least that may stand here."
			     : "is above the most that may stand here.");
}

static void
read_money(struct reading *r)
{
	const struct field *field = r->field;
	int64_t scale = r->given->scale != 0 ? r->given->scale : r->b->scale;
	struct money_read m;

	if (!wants_number(r))
		return;
	m = money_read(r->text, r->given->how == GIVEN_NUMBER ? MONEY_STRICT : MONEY_CELL,
	    field->no_units ? 1 : scale);
	if (m.how != NUMBER_OK && !(m.how == NUMBER_NOT_PENCE && field->round)) {
		number_faulted(r, m.how);
		return;
	}
	r->out->u.n = m.amount;
	r->out->state = VALUE_SET;
	quoted_number(r);
	if (field->whole_pounds && m.amount % 100 != 0)
		marked(
		    r, FAULT_NOT_WHOLE_PENCE, "has pence, and whole pounds must stand here.");
	check_range(r);
}

static void
read_integer(struct reading *r)
{
	enum number_read how;

	if (!wants_number(r))
		return;
	how = integer_read(
	    r->text, r->given->how == GIVEN_NUMBER ? MONEY_STRICT : MONEY_CELL, &r->out->u.n);
	if (how == NUMBER_BAD || how == NUMBER_NOT_PENCE)
		faulted(r, FAULT_NOT_A_NUMBER, "is no whole number.");
	else if (how != NUMBER_OK)
		number_faulted(r, how);
	else {
		r->out->state = VALUE_SET;
		quoted_number(r);
		check_range(r);
	}
}

static bool
ends_in_sign(struct text t)
{
	return (t.n > 0 && t.p[t.n - 1] == '%') ||
	    (t.n > 2 && memcmp(t.p + t.n - 3, "‰", 3) == 0);
}

/* Divide by 10^places, exactly. */
static bool
shift_rate(struct rate *rate, unsigned places)
{
	while (places-- > 0) {
		if (rate->units % 10 == 0)
			rate->units /= 10;
		else if (++rate->scale > 12)
			return false;
	}
	return true;
}

/* How many places the way in which the field was called moves the point; -1: a fault was told. */
static int
called_scale(struct reading *r)
{
	int places = 0;
	int64_t whole;

	if (r->given->alias > 0 && r->field->alias_scale != NULL)
		places = r->field->alias_scale[r->given->alias - 1];
	else if (r->given->alias == 0 && r->field->per_mille)
		places = 3;
	if (places == 3 && !ends_in_sign(r->text) &&
	    integer_read(r->text, r->given->how == GIVEN_NUMBER ? MONEY_STRICT : MONEY_CELL,
		&whole) != NUMBER_OK) {
		faulted(r, FAULT_NOT_A_NUMBER, "is no whole number of ‰. Write 35 for 3.5%.");
		return -1;
	}
	return places;
}

static bool
read_decimal(struct reading *r, struct rate *rate)
{
	struct money_read m;

	if (rate_read(r->text, rate))
		return true;
	m = money_read(r->text, r->given->how == GIVEN_NUMBER ? MONEY_STRICT : MONEY_CELL, 1);
	if (m.how != NUMBER_OK) { /* 1,234.5 in a cell is read; the rest says why not */
		number_faulted(r, m.how == NUMBER_NOT_PENCE ? NUMBER_BAD : m.how);
		return false;
	}
	*rate = (struct rate){ m.amount, 2 };
	while (rate->scale > 0 && rate->units % 10 == 0) {
		rate->units /= 10;
		rate->scale--;
	}
	return true;
}

static void
check_rate_range(struct reading *r, struct rate rate)
{
	const struct field *field = r->field;

	if (!field->has_range)
		return;
	if (rate_compare(rate, (struct rate){ field->least, 6 }) < 0)
		marked(r, FAULT_OUT_OF_RANGE, "is below the least that may stand here.");
	else if (rate_compare(rate, (struct rate){ field->most, 6 }) > 0)
		marked(r, FAULT_OUT_OF_RANGE, "is above the most that may stand here.");
}

static void
read_rate(struct reading *r)
{
	bool sign = ends_in_sign(r->text);
	struct rate rate = { 0, 0 };
	int places;

	if (!wants_number(r))
		return;
	if (r->kind == KIND_DECIMAL && sign) {
		faulted(
		    r, FAULT_NOT_A_NUMBER, "is a share, and a plain number must stand here.");
		return;
	}
	if ((places = called_scale(r)) < 0 || !read_decimal(r, &rate))
		return;
	if (places == 0 && r->kind == KIND_PERCENT)
		places = 2;
	if (!sign && !shift_rate(&rate, (unsigned)places)) {
		faulted(r, FAULT_OUT_OF_RANGE, "has more decimals than we can keep.");
		return;
	}
	r->out->u.n = rate.units;
	r->out->scale = rate.scale;
	r->out->state = VALUE_SET;
	if (!sign)
		quoted_number(r);
	check_rate_range(r, rate);
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
	faulted(r, FAULT_WRONG_TYPE,
	    r->given->how == GIVEN_CELL ? "is neither yes nor no."
					: "is neither true nor false.");
}

static void
read_date(struct reading *r)
{
	date day = 0;
	bool cell = r->given->how == GIVEN_CELL;

	if (!wants_word(r))
		return;
	switch (date_read(r->text, cell, &day)) {
	case DATE_OK:
		r->out->u.n = day;
		r->out->state = VALUE_SET;
		return;
	case DATE_NO_SUCH: faulted(r, FAULT_BAD_DATE, "is a day that does not exist."); return;
	case DATE_BAD: break;
	}
	faulted(r, FAULT_BAD_DATE,
	    cell ? "is no date that we read. Write 2014-11-28 or 28/11/2014."
		 : "is no date that we read. Write 2014-11-28.");
}

static void
read_time(struct reading *r)
{
	instant when = 0;
	date day = 0;

	if (!wants_word(r))
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
		faulted(r, FAULT_BAD_TIME,
		    "does not say its zone. Write 2014-11-28T16:05:00Z, or 2014-11-28 16:05 "
		    "London.");
		return;
	case TIME_NO_SUCH: faulted(r, FAULT_BAD_TIME, "is a time that does not exist."); return;
	case TIME_AMBIGUOUS:
		faulted(r, FAULT_BAD_TIME,
		    "happens twice in London. Write it in UTC, with Z at the end.");
		return;
	case TIME_BAD: break;
	}
	faulted(r, FAULT_BAD_TIME, "is no time that we read. Write 2014-11-28T16:05:00Z.");
}

static void
read_year(struct reading *r)
{
	fyear year = 0;

	if (!wants_word(r))
		return;
	if (!year_read(r->text, &year)) {
		faulted(r, FAULT_BAD_YEAR, "is no financial year. Write 2015-16.");
		return;
	}
	r->out->u.n = year;
	r->out->state = VALUE_SET;
}

static void
read_quarter(struct reading *r)
{
	quarter q = 0;

	if (!wants_word(r))
		return;
	if (!quarter_read(r->text, &q)) {
		faulted(r, FAULT_BAD_QUARTER,
		    "is no quarter of a financial year. Write 2014-15Q4.");
		return;
	}
	r->out->u.n = q;
	r->out->state = VALUE_SET;
}

static bool
in_force(const struct enum_word *word, fyear year)
{
	return year == 0 ||
	    ((word->from == 0 || year >= word->from) && (word->to == 0 || year <= word->to));
}

static bool
same_heading(struct text a, struct text b)
{
	char x[HEADING_BYTES], y[HEADING_BYTES];
	struct text p = heading_normalise(x, a, NULL);

	return p.n > 0 && text_equal(p, heading_normalise(y, b, NULL));
}

static bool
is_word(const struct enum_word *word, struct text text, bool loose)
{
	if (text_equal_nocase(word->word, text) ||
	    (word->title.n > 0 && text_equal_nocase(word->title, text)))
		return true;
	for (uint32_t i = 0; i < word->n_aliases; i++)
		if (text_equal_nocase(word->aliases[i], text))
			return true;
	return loose && (same_heading(word->word, text) || same_heading(word->title, text));
}

int
bind_word(const struct field *field, struct text text, bool loose, fyear year, bool *wrong_year)
{
	int other = -1;

	*wrong_year = false;
	for (uint32_t i = 0; i < field->n_words; i++)
		if (same_text(field->words[i].word, text) && in_force(&field->words[i], year))
			return (int)i;
	for (uint32_t i = 0; i < field->n_words; i++) {
		if (!is_word(&field->words[i], text, loose))
			continue;
		if (in_force(&field->words[i], year))
			return (int)i;
		other = (int)i;
	}
	*wrong_year = other >= 0;
	return other;
}

static void
not_listed(struct reading *r)
{
	const struct field *field = r->field;
	struct text names[256];
	uint32_t n = field->n_words < 128 ? field->n_words : 128;
	int near;

	for (uint32_t i = 0; i < n; i++) {
		names[i] = field->words[i].word;
		names[n + i] =
		    field->words[i].title.n > 0 ? field->words[i].title : field->words[i].word;
	}
	near = text_nearest(r->text, names, n * 2);
	r->out->state = VALUE_FAULTED;
	if (near >= 0)
		bind_fault(r->b, FAULT_NOT_LISTED, r->at, field, r->given->src, r->given->text,
		    "\"%.*s\" is not one of the words that may stand here. Did you mean "
		    "\"%.*s\"?",
		    BEGIN(r->given->text), TEXT_ARG(names[near]));
	else
		faulted(r, FAULT_NOT_LISTED, "is not one of the words that may stand here.");
}

static void
read_enum(struct reading *r)
{
	bool wrong_year;
	int word;

	if (!wants_word(r))
		return;
	word =
	    bind_word(r->field, r->text, r->given->how == GIVEN_CELL, r->b->year, &wrong_year);
	if (word < 0) {
		not_listed(r);
		return;
	}
	r->out->u.n = word;
	r->out->state = VALUE_SET;
	if (wrong_year)
		marked(r, FAULT_NOT_LISTED, "is not in the list of this return's year.");
}

/* Eight bytes at once: is any of them below blank, DEL, or the first byte of a C1 control? */
static bool
any_suspect(uint64_t x)
{
	const uint64_t ones = 0x0101010101010101u, tops = ones << 7;
	uint64_t del = x ^ ones * 0x7f, c1 = x ^ ones * 0xc2;

	return (((x - ones * 0x20) & ~x) | ((del - ones) & ~del) | ((c1 - ones) & ~c1)) & tops;
}

static bool
has_control(struct text t)
{
	for (size_t i = 0; i < t.n; i++) {
		unsigned char c = (unsigned char)t.p[i];

		if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f)
			return true;
		if (c == 0xc2 && i + 1 < t.n && (unsigned char)t.p[i + 1] < 0xa0)
			return true;
	}
	return false;
}

/* Text without control characters, but for tabs and line ends. */
static bool
is_clean(struct text t)
{
	uint64_t x;
	size_t i = 0;

	for (; i + 8 <= t.n; i += 8) {
		memcpy(&x, t.p + i, 8);
		if (any_suspect(x))
			return !has_control(t);
	}
	return !has_control((struct text){ t.p + i, t.n - i });
}

static bool
good_text(struct reading *r)
{
	uint32_t most = r->field->max_bytes != 0 ? r->field->max_bytes : TEXT_BYTES;

	if (!is_clean(r->text)) {
		faulted(r, FAULT_BAD_TEXT,
		    "holds control characters. Type it again instead of pasting it.");
		return false;
	}
	if (r->text.n <= most)
		return true;
	r->out->state = VALUE_FAULTED;
	bind_fault(r->b, FAULT_BAD_TEXT, r->at, r->field, r->given->src, r->given->text,
	    "This text is too long: %zu bytes, and %u may stand here.", r->text.n, most);
	return false;
}

static bool
has_shape(struct text shape, struct text t)
{
	if (shape.n != t.n)
		return false;
	for (size_t i = 0; i < t.n; i++) {
		char c = t.p[i];
		bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
		bool digit = c >= '0' && c <= '9';

		switch (shape.p[i]) {
		case 'A':
			if (!letter)
				return false;
			break;
		case '9':
			if (!digit)
				return false;
			break;
		case 'X':
			if (!letter && !digit)
				return false;
			break;
		default:
			if (c != shape.p[i])
				return false;
		}
	}
	return true;
}

/* Any of the shapes, which are parted by blanks. */
static bool
has_any_shape(struct text shapes, struct text t)
{
	while (shapes.n > 0) {
		const char *blank = memchr(shapes.p, ' ', shapes.n);
		size_t n = blank != NULL ? (size_t)(blank - shapes.p) : shapes.n;

		if (n > 0 && has_shape((struct text){ shapes.p, n }, t))
			return true;
		n += blank != NULL;
		shapes = (struct text){ shapes.p + n, shapes.n - n };
	}
	return false;
}

static void
keep_text(struct reading *r)
{
	r->out->u.s = r->text.p;
	r->out->len = (uint32_t)r->text.n;
	r->out->state = VALUE_SET;
}

static void
read_text(struct reading *r)
{
	if (!wants_word(r) || !good_text(r))
		return;
	if (r->field->pattern.n > 0 && !has_any_shape(r->field->pattern, r->text)) {
		faulted(r, r->kind == KIND_CODE ? FAULT_BAD_CODE : FAULT_BAD_TEXT,
		    "does not have the shape that is wanted here.");
		return;
	}
	if (r->kind == KIND_CODE && r->text.n > 120) {
		faulted(r, FAULT_BAD_CODE, "is too long for a code.");
		return;
	}
	keep_text(r);
}

static void
read_any(struct reading *r)
{
	keep_text(r);
}

/* The text waits in the value until every list is there: see bind_reference.c. */
static void
read_reference(struct reading *r)
{
	struct bind *b = r->b;

	if (r->given->how == GIVEN_BOOL && !wants_word(r))
		return;
	if (!good_text(r))
		return;
	keep_text(r);
	b->pending =
	    bind_grow(b->arena, b->pending, b->n_pending, &b->cap_pending, sizeof(*b->pending));
	b->pending[b->n_pending++] = (struct pending){ r->out, r->field, r->at };
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
		r.text = text_trim(given->text);
	/* Blanks alone are nothing: the value is absent, and missing where it is required. */
	if (r.text.n == 0 || (r.text.p[0] == ' ' && text_trim(r.text).n == 0)) {
		out->state = VALUE_ABSENT;
		return;
	}
	if (given->how == GIVEN_CELL && field->unknown && says_unknown(r.text)) {
		out->state = VALUE_UNKNOWN;
		return;
	}
	readers[kind](&r);
}
