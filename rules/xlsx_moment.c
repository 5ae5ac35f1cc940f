/* Days and moments: a workbook counts days from 1900 or from 1904. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "rules/date.h"
#include "rules/xlsx_private.h"

#define DAY_SECONDS INT64_C(86400)
#define LAST_DAY    2958465.0 /* 31 December 9999 */
/* Days from 30 December 1899, and from 1 January 1904, to 1 January 1970. */
#define BEFORE_1970      25569
#define BEFORE_1970_1904 24107

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

/*
 * The calendar of 1900 has a 29 February 1900 that never was, as day 60: days before it are one
 * further on, and the day itself is written as it is shown.
 */
static int
put_day(char *out, size_t size, int64_t day, bool epoch_1904)
{
	int year, month, of;

	if (!epoch_1904 && day == 60)
		return snprintf(out, size, "1900-02-29");
	civil(epoch_1904 ? day - BEFORE_1970_1904 : day - BEFORE_1970 + (day < 60), &year,
	    &month, &of);
	return snprintf(out, size, "%04d-%02d-%02d", year, month, of);
}

struct text
xlsx_moment(struct arena *arena, double number, enum xlsx_shows shows, bool epoch_1904)
{
	int64_t day, seconds;
	char out[40];
	int n = 0;

	if (!(number >= 0 && number < LAST_DAY + 1))
		return TEXT_NONE;
	day = (int64_t)floor(number);
	seconds = (int64_t)llround((number - floor(number)) * (double)DAY_SECONDS);
	if (seconds == DAY_SECONDS) {
		day++;
		seconds = 0;
	}
	if (shows != SHOWS_TIME || day > 0)
		n = put_day(out, sizeof(out), day, epoch_1904);
	if (n == 0 || seconds > 0)
		n += snprintf(out + n, sizeof(out) - (size_t)n, "%s%02d:%02d:%02d",
		    n > 0 ? "T" : "", (int)(seconds / 3600), (int)(seconds / 60 % 60),
		    (int)(seconds % 60));
	return (struct text){ arena_strndup(arena, out, (size_t)n), (size_t)n };
}
