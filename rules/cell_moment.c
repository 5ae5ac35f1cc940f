#include "rules/cell_moment.h"

#include "rules/number_seen.h"

bool
moment_seconds(struct scan *s, int *seconds)
{
	int tenths;

	if (!scan_digits(s, 1, 2, seconds))
		return false;
	if (!scan_char(s, '.') && !scan_char(s, ','))
		return true;
	if (!scan_digits(s, 1, 1, &tenths))
		return false;
	*seconds += tenths >= 5;
	while (scan_digits(s, 1, 9, &tenths))
		;
	return true;
}

bool
moment_clock(struct scan *s, int *of_day)
{
	struct scan whole;
	int hour, minute, second;

	if (!scan_digits(s, 2, 2, &hour) || !scan_char(s, ':') ||
	    !scan_digits(s, 2, 2, &minute) || !scan_char(s, ':'))
		return false;
	whole = *s;
	if (!scan_digits(&whole, 2, 2, &second) || hour > 23 || minute > 59 || second > 59 ||
	    !moment_seconds(s, &second))
		return false;
	*of_day = hour * 3600 + minute * 60 + second;
	return true;
}

size_t
moment_put_clock(char out[static MOMENT_ROOM], int64_t seconds)
{
	size_t n = digits_put(out, (uint64_t)(seconds / 3600), 2);

	out[n++] = ':';
	n += digits_put(out + n, (uint64_t)(seconds / 60 % 60), 2);
	out[n++] = ':';
	return n + digits_put(out + n, (uint64_t)(seconds % 60), 2);
}

static size_t
put_day(char out[static MOMENT_ROOM], date d)
{
	int year, month, day;
	size_t n;

	date_split(d, &year, &month, &day);
	n = digits_put(out, (uint64_t)year, 4);
	out[n++] = '-';
	n += digits_put(out + n, (uint64_t)month, 2);
	out[n++] = '-';
	return n + digits_put(out + n, (uint64_t)day, 2);
}

size_t
moment_put(char out[static MOMENT_ROOM], date day, int64_t of_day)
{
	size_t n = put_day(out, day + (date)(of_day / DAY_SECONDS));

	of_day %= DAY_SECONDS;
	if (of_day == 0)
		return n;
	out[n++] = 'T';
	return n + moment_put_clock(out + n, of_day);
}
