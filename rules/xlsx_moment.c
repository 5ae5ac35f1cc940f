/* Days and moments: a workbook counts days from 1900 or from 1904. */

#include "rules/date.h"
#include "rules/xlsx_private.h"

#define DAY_SECONDS INT64_C(86400)
#define LAST_DAY    2958465 /* 31 December 9999, counted from 1900 */
/* Days from 30 December 1899, and from 1 January 1904, to 1 January 1970. */
#define BEFORE_1970      25569
#define BEFORE_1970_1904 24107
#define EPOCHS_APART     (BEFORE_1970 - BEFORE_1970_1904)

/* Year, month and day of a day counted from 1 January 1970 (the civil calendar, no table). */
static void
civil(int64_t days, int *year, int *month, int *day)
{
	int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;

	*day = (int)(doy - (153 * mp + 2) / 5 + 1);
	*month = (int)(mp < 10 ? mp + 3 : mp - 9);
	*year = (int)(yoe + era * 400 + (*month <= 2));
}

/* A number with noughts before it, of so many digits; returns what is behind it. */
static char *
put_digits(char *out, int n, int digits)
{
	for (int i = digits - 1; i >= 0; i--, n /= 10)
		out[i] = (char)('0' + n % 10);
	return out + digits;
}

/*
 * The calendar of 1900 has a 29 February 1900 that never was, as day 60: days before it are one
 * further on, and the day itself is written as it is shown.
 */
static char *
put_day(char *out, int64_t day, bool epoch_1904)
{
	int year = 1900, month = 2, of = 29;

	if (epoch_1904)
		civil(day - BEFORE_1970_1904, &year, &month, &of);
	else if (day != 60)
		civil(day - BEFORE_1970 + (day < 60), &year, &month, &of);
	out = put_digits(out, year, 4);
	*out++ = '-';
	out = put_digits(out, month, 2);
	*out++ = '-';
	return put_digits(out, of, 2);
}

static char *
put_time(char *out, int64_t whole)
{
	int hours = (int)(whole / 3600), seconds = (int)(whole % 3600), digits = 2;

	for (int more = hours / 100; more > 0; more /= 10)
		digits++;
	out = put_digits(out, hours, digits);
	*out++ = ':';
	out = put_digits(out, seconds / 60 % 60, 2);
	*out++ = ':';
	return put_digits(out, seconds % 60, 2);
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
	char out[sizeof("9999-12-31T23:59:59")], *p = out;

	if (!split(number, x->epoch_1904, &day, &seconds))
		return TEXT_NONE;
	if (shows == SHOWS_ELAPSED) {
		seconds += day * DAY_SECONDS;
		day = 0;
	} else if (shows == SHOWS_DATE)
		seconds = 0;
	if (shows != SHOWS_ELAPSED && (shows != SHOWS_TIME || day > 0))
		p = put_day(p, day, x->epoch_1904);
	if (p == out || seconds > 0) {
		if (p > out)
			*p++ = 'T';
		p = put_time(p, seconds);
	}
	return xlsx_keep(x, (struct text){ out, (size_t)(p - out) });
}
