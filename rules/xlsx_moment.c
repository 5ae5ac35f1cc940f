/* Days and moments: a workbook counts days from 1900 or from 1904. */

#include <string.h>

#include "rules/cell_moment.h"
#include "rules/xlsx_private.h"

#define LAST_DAY 2958465 /* 31 December 9999, counted from 1900 */
/* Days from 30 December 1899, and from 1 January 1904, to 1 January 1970. */
#define BEFORE_1970      25569
#define BEFORE_1970_1904 24107
#define EPOCHS_APART     (BEFORE_1970 - BEFORE_1970_1904)

/*
 * The calendar of 1900 has a 29 February 1900 that never was, as day 60: days before it are one
 * further on, and the day itself is written as it is shown.
 */
static size_t
put_day(char out[static MOMENT_ROOM], int64_t day, int64_t of_day, bool epoch_1904)
{
	size_t n;

	if (epoch_1904)
		return moment_put(out, (date)(day - BEFORE_1970_1904), of_day);
	n = moment_put(out, (date)(day - BEFORE_1970 + (day <= 60)), of_day);
	if (day == 60)
		memcpy(out, "1900-02-29", sizeof("1900-02-29") - 1);
	return n;
}

/*
 * Whole days, and what is left of one in seconds, rounded; false: no day that a workbook knows.  With 15
 * digits and at most 20 of them behind the point, seconds fit 128 bits.
 */
static bool
split(const struct number_seen *number, bool epoch_1904, int64_t *day, int64_t *seconds)
{
	unsigned __int128 unit = 1, value = number->digits;

	if (number->negative || number->power > 7)
		return false;
	for (int32_t i = 0; i < number->power; i++)
		value *= 10;
	for (int32_t i = 0; i > number->power && i > -20; i--)
		unit *= 10;
	if (number->power < -20)
		value = 0;
	if (value / unit > LAST_DAY)
		return false; /* and so what follows fits */
	*day = (int64_t)(value / unit);
	*seconds = (int64_t)((value % unit * DAY_SECONDS + unit / 2) / unit);
	if (*seconds == DAY_SECONDS) {
		++*day;
		*seconds = 0;
	}
	return *day <= (epoch_1904 ? LAST_DAY - EPOCHS_APART : LAST_DAY);
}

/* What the person sees: a time of day that a format does not show is not there; a duration is "40:05:00". */
struct text
xlsx_moment(struct xlsx *x, const struct number_seen *number, enum xlsx_shows shows)
{
	int64_t day, seconds;
	char out[MOMENT_ROOM];
	size_t n;

	if (!split(number, x->epoch_1904, &day, &seconds))
		return TEXT_NONE;
	if (shows == SHOWS_DATE)
		seconds = 0;
	if (shows == SHOWS_ELAPSED || (shows == SHOWS_TIME && day == 0))
		n = moment_put_clock(out, seconds + day * DAY_SECONDS);
	else
		n = put_day(out, day, seconds, x->epoch_1904);
	return xlsx_keep(x, (struct text){ out, n });
}
