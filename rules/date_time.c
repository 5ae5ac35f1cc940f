/*
 * Instants and London's clock.
 *
 * Summer time runs from 01:00 UTC on the last Sunday of March to 01:00 UTC on the last Sunday of
 * October, in the years 1996 to 9999; before 1996 London is taken to be at UTC, and reading a wall
 * clock of those years is refused.
 */
#include "rules/date.h"
#include "rules/date_scan.h"

#define DAY    86400
#define HOUR   3600
#define SUMMER 3600 /* how far the clock is ahead */

/* 01:00 UTC on the last Sunday of a month of 31 days. */
static instant
last_sunday(int year, int month)
{
	date d = 0;

	(void)date_make(year, month, 31, &d);
	return (instant)(d - date_weekday(d)) * DAY + HOUR;
}

static bool
in_summer(instant t, int year)
{
	return year >= 1996 && t >= last_sunday(year, 3) && t < last_sunday(year, 10);
}

/* Days since 1970 and the second of the day, rounding towards the past. */
static date
split_utc(instant t, int *second)
{
	instant days = t / DAY, rest = t % DAY;

	if (rest < 0) {
		rest += DAY;
		days--;
	}
	*second = (int)rest;
	return (date)days;
}

static int
clock_seconds(int hour, int minute, int second)
{
	return hour * HOUR + minute * 60 + second;
}

enum time_read
london_instant(date d, int hour, int minute, int second, instant *out)
{
	int year, month, day;
	instant t;
	bool summer, winter;

	date_split(d, &year, &month, &day);
	if (year < 1996 || year > 9999)
		return TIME_BAD;
	if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
		return TIME_NO_SUCH;
	t = (instant)d * DAY + clock_seconds(hour, minute, second);
	summer = in_summer(t - SUMMER, year);
	winter = !in_summer(t, year);
	if (summer && winter)
		return TIME_AMBIGUOUS;
	if (!summer && !winter)
		return TIME_NO_SUCH;
	*out = summer ? t - SUMMER : t;
	return TIME_OK;
}

void
london_split(instant t, date *d, int *second_of_day, bool *summer)
{
	int year, month, day;

	*d = split_utc(t, second_of_day);
	date_split(*d, &year, &month, &day);
	*summer = in_summer(t, year);
	if (*summer)
		*d = split_utc(t + SUMMER, second_of_day);
}

/* Midnight is never skipped or doubled, so the end of a day is always one instant. */
instant
london_end_of_day(date d)
{
	instant t = (instant)d * DAY + DAY - 1;
	int year, month, day;

	date_split(d, &year, &month, &day);
	return in_summer(t - SUMMER, year) ? t - SUMMER : t;
}

struct clock {
	int hour, minute, second;
};

/* "16:05", "16:05:00", "16:05:00.123": parts of a second are dropped. */
static bool
scan_clock(struct scan *s, struct clock *c)
{
	int digit;

	c->second = 0;
	if (!scan_digits(s, 2, 2, &c->hour) || !scan_char(s, ':') ||
	    !scan_digits(s, 2, 2, &c->minute))
		return false;
	if (!scan_char(s, ':'))
		return true;
	if (!scan_digits(s, 2, 2, &c->second))
		return false;
	if (scan_char(s, '.')) {
		if (!scan_digits(s, 1, 1, &digit))
			return false;
		while (scan_digits(s, 1, 1, &digit))
			;
	}
	return true;
}

/* "Z", "+01:00": the seconds that the clock is ahead of UTC. */
static enum time_read
scan_zone(struct scan *s, int *ahead)
{
	int hours, minutes;
	char sign;

	*ahead = 0;
	if (scan_any(s, "Zz", &sign))
		return TIME_OK;
	if (!scan_any(s, "+-", &sign) || !scan_digits(s, 2, 2, &hours) || !scan_char(s, ':') ||
	    !scan_digits(s, 2, 2, &minutes))
		return TIME_BAD;
	if (hours > 23 || minutes > 59)
		return TIME_NO_SUCH;
	*ahead = (hours * HOUR + minutes * 60) * (sign == '-' ? -1 : 1);
	return TIME_OK;
}

/* A clock reading that says how far it is from UTC. */
static enum time_read
read_zoned(struct scan *s, date d, const struct clock *c, instant *out)
{
	int ahead;
	enum time_read r = scan_zone(s, &ahead);

	if (r != TIME_OK)
		return r;
	if (!scan_done(s))
		return TIME_BAD;
	if (c->hour > 23 || c->minute > 59 || c->second > 59)
		return TIME_NO_SUCH;
	*out = (instant)d * DAY + clock_seconds(c->hour, c->minute, c->second) - ahead;
	return TIME_OK;
}

enum time_read
time_read(struct text t, instant *out)
{
	struct scan s = scan_of(t);
	int year, month, day;
	struct clock c;
	char mark;
	date d;

	if (!scan_digits(&s, 4, 4, &year) || !scan_char(&s, '-') ||
	    !scan_digits(&s, 2, 2, &month) || !scan_char(&s, '-') ||
	    !scan_digits(&s, 2, 2, &day) || !scan_any(&s, "Tt ", &mark) || !scan_clock(&s, &c))
		return TIME_BAD;
	if (!date_make(year, month, day, &d))
		return TIME_NO_SUCH;
	if (scan_done(&s))
		return TIME_NO_ZONE;
	if (scan_char(&s, ' ')) {
		(void)scan_word(&s, "Europe/");
		if (!scan_word(&s, "London") || !scan_done(&s))
			return TIME_BAD;
		return london_instant(d, c.hour, c.minute, c.second, out);
	}
	return read_zoned(&s, d, &c, out);
}

void
time_format(struct buf *b, instant t)
{
	int second;

	date_format(b, split_utc(t, &second));
	buf_printf(b, "T%02d:%02d:%02dZ", second / HOUR, second / 60 % 60, second % 60);
}

void
time_format_pretty(struct buf *b, instant t)
{
	int second, hour, minute;
	bool summer;
	date d;

	london_split(t, &d, &second, &summer);
	hour = second / HOUR;
	minute = second / 60 % 60;
	date_format_pretty(b, d);
	if (minute == 0 && hour % 12 == 0)
		buf_printf(b, ", %s (London)", hour == 0 ? "midnight" : "midday");
	else
		buf_printf(b, ", %d:%02d%s (London)", hour % 12 == 0 ? 12 : hour % 12, minute,
		    hour < 12 ? "am" : "pm");
}
