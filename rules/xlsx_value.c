/* What a cell holds, by the type that its sheet gives it. */
#include <string.h>

#include "rules/cell_moment.h"
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

/* "16:05:00", "16:05:00.25" or "16:05:00Z", and nothing behind it. */
static bool
is_clock(struct text t, int *of_day)
{
	struct scan s = scan_of(t);

	if (!moment_clock(&s, of_day))
		return false;
	(void)scan_char(&s, 'Z');
	return scan_done(&s);
}

/* "2014-11-28", "2014-11-28T16:05:00" or "16:05:00"; what is none of them, or no time of a day, is text. */
static bool
take_iso(struct xlsx *x, struct cell *c, enum xlsx_shows shows, struct text raw)
{
	struct text t = text_trim(raw), day_text = { t.p, t.n < 10 ? t.n : 10 };
	char out[MOMENT_ROOM];
	int of_day = 0;
	size_t n;
	date day;

	c->type = CELL_DATE;
	if (is_clock(t, &of_day)) {
		n = moment_put_clock(out, of_day);
		c->type = of_day < DAY_SECONDS ? CELL_DATE : CELL_TEXT;
	} else if (date_read(day_text, false, &day) == DATE_OK &&
	    (t.n == 10 ||
		(t.n > 11 && t.p[10] == 'T' &&
		    is_clock((struct text){ t.p + 11, t.n - 11 }, &of_day))))
		n = moment_put(out, day, of_day);
	else
		return xlsx_take_text(x, c, shows, raw);
	c->text = xlsx_keep(x, (struct text){ out, n });
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
