/*
 * Dates, financial years and quarters.
 *
 * Days are counted from 1970-01-01 in the Gregorian calendar; years run from 1 to 9999.  The year is
 * taken to begin in March, so that the leap day is its last and month lengths are one formula.
 */
#include "rules/date.h"

#include "rules/date_scan.h"

#define DAYS_OF_400_YEARS 146097
#define DAYS_TO_1970      719468 /* from 0000-03-01 */

static const char *const months[] = { "January", "February", "March", "April", "May", "June",
	"July", "August", "September", "October", "November", "December" };

static int
days_in_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

bool
date_make(int year, int month, int day, date *out)
{
	int y, of_era, of_year;

	if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 ||
	    day > days_in_month(year, month))
		return false;
	y = month <= 2 ? year - 1 : year;
	of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
	of_era = y % 400 * 365 + y % 400 / 4 - y % 400 / 100 + of_year;
	*out = y / 400 * DAYS_OF_400_YEARS + of_era - DAYS_TO_1970;
	return true;
}

void
date_split(date d, int *year, int *month, int *day)
{
	int64_t z = (int64_t)d + DAYS_TO_1970;
	int64_t era = (z >= 0 ? z : z - (DAYS_OF_400_YEARS - 1)) / DAYS_OF_400_YEARS;
	int of_era = (int)(z - era * DAYS_OF_400_YEARS);
	int y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int of_year = of_era - (365 * y + y / 4 - y / 100);
	int m = (5 * of_year + 2) / 153;

	*day = of_year - (153 * m + 2) / 5 + 1;
	*month = m < 10 ? m + 3 : m - 9;
	*year = (int)(y + era * 400) + (*month <= 2);
}

int
date_weekday(date d)
{
	int w = (int)(((int64_t)d + 4) % 7); /* 1970-01-01 was a Thursday */

	return w < 0 ? w + 7 : w;
}

static enum date_read
make(int year, int month, int day, date *out)
{
	return date_make(year, month, day, out) ? DATE_OK : DATE_NO_SUCH;
}

/* A month's name, whole or its first three letters ("Sept" too). */
static bool
scan_month(struct scan *s, int *month)
{
	for (int i = 0; i < 12; i++) {
		char three[4] = { months[i][0], months[i][1], months[i][2], '\0' };

		if (scan_word(s, months[i]) || (i == 8 && scan_word(s, "Sept")) ||
		    scan_word(s, three)) {
			*month = i + 1;
			return true;
		}
	}
	return false;
}

/* "28/11/2014" and "28 November 2014". */
static enum date_read
read_loose(struct scan s, date *out)
{
	int year, month, day;
	char mark;

	if (!scan_digits(&s, 1, 2, &day))
		return DATE_BAD;
	if (scan_char(&s, '/')) {
		if (!scan_digits(&s, 1, 2, &month) || !scan_char(&s, '/'))
			return DATE_BAD;
	} else if (!scan_any(&s, " -", &mark) || !scan_month(&s, &month) ||
	    !scan_char(&s, mark))
		return DATE_BAD;
	if (!scan_digits(&s, 4, 4, &year) || !scan_done(&s))
		return DATE_BAD;
	return make(year, month, day, out);
}

enum date_read
date_read(struct text t, bool loose, date *out)
{
	struct scan s = scan_of(t);
	int year, month, day;

	if (scan_digits(&s, 4, 4, &year) && scan_char(&s, '-') &&
	    scan_digits(&s, 2, 2, &month) && scan_char(&s, '-') &&
	    scan_digits(&s, 2, 2, &day) && scan_done(&s))
		return make(year, month, day, out);
	return loose ? read_loose(scan_of(text_trim(t)), out) : DATE_BAD;
}

void
date_format(struct buf *b, date d)
{
	int year, month, day;

	date_split(d, &year, &month, &day);
	buf_printf(b, "%04d-%02d-%02d", year, month, day);
}

void
date_format_pretty(struct buf *b, date d)
{
	int year, month, day;

	date_split(d, &year, &month, &day);
	buf_printf(b, "%d %s %d", day, months[month - 1], year);
}

/* "2015-16", or with a slash where the caller takes one. */
static bool
scan_year(struct scan *s, const char *marks, fyear *out)
{
	struct scan was = *s;
	int year, next;
	char mark;

	if (scan_digits(s, 4, 4, &year) && scan_any(s, marks, &mark) &&
	    scan_digits(s, 2, 2, &next) && year >= 1000 && year < 9999 &&
	    next == (year + 1) % 100) {
		*out = year;
		return true;
	}
	*s = was;
	return false;
}

bool
year_read(struct text t, fyear *out)
{
	struct scan s = scan_of(t);

	return scan_year(&s, "-", out) && scan_done(&s);
}

void
year_format(struct buf *b, fyear y)
{
	buf_printf(b, "%04d-%02d", y, (y + 1) % 100);
}

static date
day_of(int year, int month, int day)
{
	date d = 0;

	(void)date_make(year, month, day, &d);
	return d;
}

date
year_starts(fyear y)
{
	return day_of(y, 4, 1);
}

date
year_ends(fyear y)
{
	return day_of(y + 1, 3, 31);
}

fyear
year_of(date d)
{
	int year, month, day;

	date_split(d, &year, &month, &day);
	return month >= 4 ? year : year - 1;
}

/* "Q4": the number of the quarter from 0. */
static bool
scan_quarter(struct scan *s, int *q)
{
	if (!scan_word(s, "Q") || !scan_digits(s, 1, 1, q) || *q < 1 || *q > 4)
		return false;
	(*q)--;
	return true;
}

bool
quarter_read(struct text t, quarter *out)
{
	struct scan s = scan_of(t);
	fyear year;
	int q;

	if (scan_year(&s, "-/", &year)) {
		(void)scan_char(&s, ' ');
		if (!scan_quarter(&s, &q))
			return false;
	} else if (!scan_quarter(&s, &q) || !scan_char(&s, ' ') || !scan_year(&s, "-/", &year))
		return false;
	*out = 4 * year + q;
	return scan_done(&s);
}

/* The quarter's year and its number from 0, for any number. */
static fyear
quarter_year(quarter q, int *number)
{
	*number = ((q % 4) + 4) % 4;
	return (q - *number) / 4;
}

void
quarter_format(struct buf *b, quarter q)
{
	int number;

	year_format(b, quarter_year(q, &number));
	buf_printf(b, "Q%d", number + 1);
}

void
quarter_format_pretty(struct buf *b, quarter q)
{
	int number;
	fyear year = quarter_year(q, &number);

	buf_printf(b, "quarter %d of ", number + 1);
	year_format(b, year);
}

date
quarter_starts(quarter q)
{
	int number;
	fyear year = quarter_year(q, &number);

	return number == 3 ? day_of(year + 1, 1, 1) : day_of(year, 4 + 3 * number, 1);
}

date
quarter_ends(quarter q)
{
	return quarter_starts(q + 1) - 1;
}
