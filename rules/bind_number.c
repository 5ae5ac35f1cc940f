/* Reading numbers: amounts, whole numbers, rates; what a spreadsheet makes of them is told apart. */
#include <string.h>

#include "rules/bind_value.h"

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
	reading_faulted(r, number_faults[how].fault, number_faults[how].why);
}

static void
quoted_number(struct reading *r)
{
	if (r->given->how == GIVEN_STRING || r->given->typed)
		reading_marked(r, FAULT_NUMBER_AS_TEXT,
		    "is a number written as text. It was read; write it as a plain number.");
}

/* The bound is emptied. */
static void
out_of_range(struct reading *r, bool below, struct buf *bound)
{
	struct buf why = { 0 };

	buf_printf(&why, "is %s that may stand here, %s.",
	    below ? "below the least" : "above the most", bound->p != NULL ? bound->p : "");
	reading_marked(r, FAULT_OUT_OF_RANGE, why.p != NULL ? why.p : "is out of range.");
	buf_free(&why);
	buf_free(bound);
}

static void
check_range(struct reading *r)
{
	const struct field *field = r->field;
	int64_t n = r->out->u.n, bound = n < field->least ? field->least : field->most;
	struct buf b = { 0 };

	if (!field->has_range || (n >= field->least && n <= field->most))
		return;
	if (r->kind == KIND_MONEY)
		money_format_pretty(&b, bound);
	else
		integer_format_pretty(&b, bound);
	out_of_range(r, n < field->least, &b);
}

void
read_money(struct reading *r)
{
	const struct field *field = r->field;
	int64_t scale = r->given->scale != 0 ? r->given->scale : r->b->scale;
	struct money_read m;

	if (!reading_wants_number(r))
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
		reading_marked(
		    r, FAULT_NOT_WHOLE_PENCE, "has pence, and whole pounds must stand here.");
	check_range(r);
}

void
read_integer(struct reading *r)
{
	enum number_read how;

	if (!reading_wants_number(r))
		return;
	how = integer_read(
	    r->text, r->given->how == GIVEN_NUMBER ? MONEY_STRICT : MONEY_CELL, &r->out->u.n);
	if (how == NUMBER_BAD || how == NUMBER_NOT_PENCE)
		reading_faulted(r, FAULT_NOT_A_NUMBER, "is no whole number.");
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
		reading_faulted(
		    r, FAULT_NOT_A_NUMBER, "is no whole number of ‰. Write 35 for 3.5%.");
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

	struct rate least = { field->least, 6 }, most = { field->most, 6 };
	bool below = field->has_range && rate_compare(rate, least) < 0;
	struct buf b = { 0 };

	if (!field->has_range || (!below && rate_compare(rate, most) <= 0))
		return;
	if (r->kind == KIND_DECIMAL)
		rate_format_plain(&b, below ? least : most);
	else
		rate_format(&b, below ? least : most);
	out_of_range(r, below, &b);
}

void
read_rate(struct reading *r)
{
	bool sign = ends_in_sign(r->text);
	struct rate rate = { 0, 0 };
	int places;

	if (!reading_wants_number(r))
		return;
	if (r->kind == KIND_DECIMAL && sign) {
		reading_faulted(
		    r, FAULT_NOT_A_NUMBER, "is a share, and a plain number must stand here.");
		return;
	}
	if ((places = called_scale(r)) < 0 || !read_decimal(r, &rate))
		return;
	if (places == 0 && r->kind == KIND_PERCENT)
		places = 2;
	if (!sign && !shift_rate(&rate, (unsigned)places)) {
		reading_faulted(r, FAULT_OUT_OF_RANGE, "has more decimals than we can keep.");
		return;
	}
	r->out->u.n = rate.units;
	r->out->scale = rate.scale;
	r->out->state = VALUE_SET;
	if (!sign)
		quoted_number(r);
	check_rate_range(r, rate);
}
