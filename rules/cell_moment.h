/*
 * Times as workbooks write them out: by ISO 8601, to the nearest second.
 *
 * Both formats keep moments as fractions of a day, of which 16:05:00 is none that ends: programs write
 * 16:04:59.999999 for it.  So parts of a second are rounded wherever they stand, and a moment that is rounded to
 * midnight is the next day.
 */
#ifndef RULES_CELL_MOMENT_H
#define RULES_CELL_MOMENT_H

#include "rules/date.h"
#include "rules/date_scan.h"

#define DAY_SECONDS INT64_C(86400)
/* Room for any moment, and for a any clock. */
#define MOMENT_ROOM 32

/* "59", "59.5", "59,5": rounded, so that it may be 60. */
bool moment_seconds(struct scan *, int *seconds);
/* "16:05:00" or "16:05:00.25", in seconds of the day: 86400 where it is rounded to midnight. */
bool moment_clock(struct scan *, int *of_day);
/* "16:05:00", "100:05:00": returns how many characters. */
size_t moment_put_clock(char out[static MOMENT_ROOM], int64_t seconds);
/* "2014-11-28T16:05:00"; a midnight is a day alone, that of 86400 seconds the next. */
size_t moment_put(char out[static MOMENT_ROOM], date, int64_t of_day);

#endif
