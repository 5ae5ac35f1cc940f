/* What a cell holds, by the type that its sheet gives it. */
#include <string.h>

#include "rules/date.h"
#include "rules/date_scan.h"
#include "rules/number_seen.h"
#include "rules/xlsx_private.h"

bool
xlsx_take_text(struct xlsx *x, struct cell *c, enum xlsx_shows shows, struct text raw)
{
	(void)shows;
	c->type = CELL_TEXT;
	c->text = xlsx_unescape(x, raw);
	return true;
}

/* The number stays as the file has it; what calls itself a number and is none is text. */
bool
xlsx_take_number(struct xlsx *x, struct cell *c, enum xlsx_shows shows, struct text raw)
{
	struct number_seen number;
	struct text moment;

	if (!number_is(raw))
		return xlsx_take_text(x, c, shows, raw);
	c->type = CELL_NUMBER;
	c->percent = shows == SHOWS_PERCENT;
	if (shows != SHOWS_NUMBER && shows != SHOWS_PERCENT) {
		(void)number_seen(raw, &number);
		moment = xlsx_moment(x, &number, shows);
		if (moment.n > 0) { /* more hours than a day has are no time of day */
			c->type = shows == SHOWS_ELAPSED &&
				(moment.n > 8 || moment.p[0] > '2' ||
				    (moment.p[0] == '2' && moment.p[1] > '3'))
			    ? CELL_TEXT
			    : CELL_DATE;
			c->text = moment;
			return true;
		}
	}
	c->text = xlsx_keep(x, text_trim(raw));
	return true;
}

bool
xlsx_take_shared(struct xlsx *x, struct cell *c, enum xlsx_shows shows, struct text raw)
{
	struct text t = text_trim(raw);
	uint64_t i = 0;
	size_t at;

	(void)shows;
	for (at = 0; at < t.n && at < 10 && t.p[at] >= '0' && t.p[at] <= '9'; at++)
		i = i * 10 + (uint64_t)(t.p[at] - '0');
	if (t.n == 0 || at < t.n || i >= x->n_strings)
		return false;
	c->type = CELL_TEXT;
	c->text = x->strings[i];
	return true;
}

/* Of "16:05:00", "16:05:00.25" or "16:05:00Z", what we keep: hours, minutes and seconds. */
static bool
scan_clock(struct scan *s, int clock[static 3])
{
	int fraction;

	if (!scan_digits(s, 2, 2, &clock[0]) || !scan_char(s, ':') ||
	    !scan_digits(s, 2, 2, &clock[1]) || !scan_char(s, ':') ||
	    !scan_digits(s, 2, 2, &clock[2]) || clock[0] > 23 || clock[1] > 59 || clock[2] > 59)
		return false;
	if (scan_char(s, '.') && !scan_digits(s, 1, 9, &fraction))
		return false;
	(void)scan_char(s, 'Z');
	return scan_done(s);
}

/*
 * "2014-11-28", "2014-11-28T16:05:00" or "16:05:00", as they are kept: a midnight is a day, and parts of a
 * second are not kept.  What is none of them is text.
 */
static bool
take_iso(struct xlsx *x, struct cell *c, enum xlsx_shows shows, struct text raw)
{
	struct text t = text_trim(raw);
	struct scan s = scan_of(t);
	int clock[3] = { 0 };
	date day;

	if (t.n > 10 && t.p[10] == 'T' &&
	    date_read((struct text){ t.p, 10 }, false, &day) == DATE_OK) {
		s = scan_of((struct text){ t.p + 11, t.n - 11 });
		if (!scan_clock(&s, clock))
			return xlsx_take_text(x, c, shows, raw);
		t.n = clock[0] + clock[1] + clock[2] > 0 ? 19 : 10;
	} else if (scan_clock(&s, clock))
		t.n = 8;
	else if (date_read(t, false, &day) != DATE_OK)
		return xlsx_take_text(x, c, shows, raw);
	c->type = CELL_DATE;
	c->text = xlsx_keep(x, t);
	return true;
}

bool
xlsx_take_bool(struct xlsx *x, struct cell *c, enum xlsx_shows shows, struct text raw)
{
	struct text t = text_trim(raw);

	if (text_is(t, "1") || text_is(t, "true"))
		c->text = TEXT("true");
	else if (text_is(t, "0") || text_is(t, "false"))
		c->text = TEXT("false");
	else
		return xlsx_take_text(x, c, shows, raw);
	c->type = CELL_BOOL;
	return true;
}

bool
xlsx_take_error(struct xlsx *x, struct cell *c, enum xlsx_shows shows, struct text raw)
{
	(void)shows;
	c->type = CELL_ERROR;
	c->text = xlsx_keep(x, raw);
	return true;
}

xlsx_take *
xlsx_take_for(const char *type)
{
	static const struct {
		const char *type;
		xlsx_take *take;
	} takes[] = {
		{ "s", xlsx_take_shared },
		{ "n", xlsx_take_number },
		{ "str", xlsx_take_text },
		{ "b", xlsx_take_bool },
		{ "e", xlsx_take_error },
		{ "d", take_iso },
	};

	if (type == NULL)
		return xlsx_take_number;
	for (size_t i = 0; i < sizeof(takes) / sizeof(*takes); i++)
		if (strcmp(takes[i].type, type) == 0)
			return takes[i].take;
	return xlsx_take_text; /* inlineStr, and whatever a newer program may write */
}
