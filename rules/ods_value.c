/*
 * What an OpenDocument cell is: its type says which attribute has the value; the text is how it is shown.
 *
 * What calls itself a number or a date and is none is taken as text, so that a form says what it found
 * there.  A formula that shows an error is one, whatever its value: older programs write nought beside it.
 */
#include <string.h>

#include "rules/cell_moment.h"
#include "rules/number_seen.h"
#include "rules/ods_private.h"

static struct text
copy(struct arena *arena, struct text t)
{
	return (struct text){ arena_strndup(arena, t.p != NULL ? t.p : "", t.n), t.n };
}

/* "2014-11-28", "2014-11-28T16:05:00.5"; 0: it is none. */
static size_t
take_date(char out[static MOMENT_ROOM], struct text t)
{
	struct scan s = scan_of(t);
	int year, month, day, of_day = 0;
	date d;

	if (!scan_digits(&s, 4, 4, &year) || !scan_char(&s, '-') ||
	    !scan_digits(&s, 2, 2, &month) || !scan_char(&s, '-') ||
	    !scan_digits(&s, 2, 2, &day) || !date_make(year, month, day, &d))
		return 0;
	if (!scan_done(&s) &&
	    (!scan_char(&s, 'T') || !moment_clock(&s, &of_day) || !scan_done(&s)))
		return 0;
	return moment_put(out, d, of_day);
}

/* A duration, "PT16H05M00S"; its parts may be left out. */
static bool
take_duration(struct text t, int64_t *seconds)
{
	static const struct {
		char letter;
		int seconds;
	} parts[] = { { 'H', 3600 }, { 'M', 60 } };
	struct scan s = scan_of(t), before;
	int n;

	*seconds = 0;
	if (!scan_char(&s, 'P') || !scan_char(&s, 'T'))
		return false;
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		before = s;
		if (scan_digits(&s, 1, 9, &n) && scan_char(&s, parts[i].letter))
			*seconds += (int64_t)n * parts[i].seconds;
		else
			s = before;
	}
	if (!scan_done(&s)) {
		if (!moment_seconds(&s, &n) || !scan_char(&s, 'S'))
			return false;
		*seconds += n;
	}
	return scan_done(&s) && t.n > 2;
}

static bool
take_number(struct arena *arena, const struct ods_cell *cell, struct cell *c, struct text t)
{
	struct number_seen seen;

	c->type = CELL_NUMBER;
	c->percent = cell->kind == ODS_PERCENT;
	c->text = copy(arena, text_trim(t));
	return number_seen(t, &seen);
}

static bool
take_bool(struct arena *arena, const struct ods_cell *cell, struct cell *c, struct text t)
{
	bool truth = text_is(t, "true");

	(void)arena;
	(void)cell;
	c->type = CELL_BOOL;
	c->text = truth ? TEXT("true") : TEXT("false");
	return truth || text_is(t, "false");
}

/* A date, or a time of day, which is one as well; more than a day is text. */
static bool
take_moment(struct arena *arena, const struct ods_cell *cell, struct cell *c, struct text t)
{
	char out[MOMENT_ROOM];
	size_t n = 0;
	int64_t seconds;

	c->type = CELL_DATE;
	if (cell->kind == ODS_DATE)
		n = take_date(out, t);
	else if (take_duration(t, &seconds)) {
		n = moment_put_clock(out, seconds);
		c->type = seconds < DAY_SECONDS ? CELL_DATE : CELL_TEXT;
	}
	c->text = copy(arena, (struct text){ out, n });
	return n > 0;
}

/* False: the attribute is no such value. */
static bool (*const takes[ODS_KINDS])(
    struct arena *, const struct ods_cell *, struct cell *, struct text) = {
	[ODS_NUMBER] = take_number,
	[ODS_PERCENT] = take_number,
	[ODS_DATE] = take_moment,
	[ODS_TIME] = take_moment,
	[ODS_BOOL] = take_bool,
};

/* "#DIV/0!" "#NAME?" "#N/A" "Err:502": what is shown in place of a result. */
static bool
is_error(struct text t)
{
	if (t.n > 4 && memcmp(t.p, "Err:", 4) == 0)
		return t.p[4] >= '0' && t.p[4] <= '9';
	return t.n > 2 && t.n < 20 && t.p[0] == '#' &&
	    (t.p[t.n - 1] == '!' || t.p[t.n - 1] == '?' || text_is(t, "#N/A"));
}

void
ods_value(struct arena *arena, const struct ods_cell *cell, struct cell *c)
{
	struct text shown = buf_as_text(&cell->shown), error = text_trim(shown);

	if (cell->kind == ODS_ERROR || (cell->formula && is_error(error))) {
		c->type = CELL_ERROR;
		c->text = error.n > 0 ? copy(arena, error) : TEXT("#ERROR");
		return;
	}
	if (cell->formula && cell->kind == ODS_UNTYPED && cell->paragraphs == 0) {
		/* a program that writes formulas and does not work them out */
		c->type = CELL_ERROR;
		c->text = TEXT("#NOT-CALCULATED");
		return;
	}
	if (cell->valued && takes[cell->kind] != NULL &&
	    takes[cell->kind](arena, cell, c, buf_as_text(&cell->value)))
		return;
	/* A text that a format shows otherwise has its value as an attribute. */
	c->type = CELL_TEXT;
	c->percent = false;
	c->text = copy(arena, cell->valued ? buf_as_text(&cell->value) : shown);
}
