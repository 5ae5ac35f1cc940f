/*
 * Dates, times, financial years and quarters, without the C library's clock or zones.
 *
 * London time is worked out here: summer time runs from the last Sunday of March, 01:00 UTC, to the
 * last Sunday of October, 01:00 UTC (Summer Time Order 2002; SI 2002/262).  Years 1996 to 9999.
 */
#ifndef RULES_DATE_H
#define RULES_DATE_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/text.h"

typedef int32_t date;    /* days since 1970-01-01 */
typedef int64_t instant; /* seconds since 1970-01-01T00:00:00Z */
typedef int32_t fyear;   /* financial year by its first calendar year: 2015 is 2015-16 */
typedef int32_t quarter; /* 4 * fyear + (0..3): Q1 is April to June */

bool date_make(int year, int month, int day, date *); /* false: no such day */
void date_split(date, int *year, int *month, int *day);
int date_weekday(date); /* 0 Sunday */

enum date_read {
	DATE_OK,
	DATE_BAD /* not a date as we read it */,
	DATE_NO_SUCH /* 30 February */
};
/* "2014-11-28".  With loose also "28/11/2014" (day first) and "28 November 2014", "28 Nov 2014". */
enum date_read date_read(struct text, bool loose, date *);
void date_format(struct buf *, date);        /* 2014-11-28 */
void date_format_pretty(struct buf *, date); /* 28 November 2014 */

enum time_read {
	TIME_OK,
	TIME_BAD,
	TIME_NO_ZONE, /* "2014-11-28T16:05:00": a time must say its zone */
	/* a day or hour that does not exist; in London, the hour skipped in March */
	TIME_NO_SUCH,
	TIME_AMBIGUOUS /* in London, the hour that happens twice in October */
};
/* RFC 3339 ("2014-11-28T16:05:00Z", "+01:00"), or "2016-05-27 12:00 London" / "Europe/London". */
enum time_read time_read(struct text, instant *);
/* A wall clock reading in London. */
enum time_read london_instant(date, int hour, int minute, int second, instant *);
/* The London wall clock at an instant; *summer tells BST. */
void london_split(instant, date *, int *second_of_day, bool *summer);
/* The last second of a day in London: what a date alone means as a deadline or a signature. */
instant london_end_of_day(date);
void time_format(struct buf *, instant);        /* 2014-11-28T16:05:00Z */
void time_format_pretty(struct buf *, instant); /* 28 November 2014, 4:05pm (London) */

bool year_read(struct text, fyear *); /* "2015-16"; the second part must follow the first */
void year_format(struct buf *, fyear);
date year_starts(fyear); /* 1 April */
date year_ends(fyear);   /* 31 March */
fyear year_of(date);

/* "2014-15Q4", "2014-15 Q4", "Q4 2014/15", "Q4 2014-15". */
bool quarter_read(struct text, quarter *);
void quarter_format(struct buf *, quarter);        /* 2014-15Q4 */
void quarter_format_pretty(struct buf *, quarter); /* quarter 4 of 2014-15 */
date quarter_starts(quarter);
date quarter_ends(quarter);

#endif
