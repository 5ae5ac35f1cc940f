/* Dates, London's clock, financial years and quarters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "rules/date.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static void
every_day_of_nine_thousand_years_has_its_number(void **state)
{
	date expected, d;
	int year, month, day, weekday;

	(void)state;
	assert_true(date_make(1, 1, 1, &expected));
	weekday = 1; /* 1 January of the year 1 is a Monday in this calendar */
	for (int y = 1; y <= 9999; y++)
		for (int m = 1; m <= 12; m++)
			for (int dd = 1; date_make(y, m, dd, &d); dd++) {
				assert_true(d == expected++);
				date_split(d, &year, &month, &day);
				assert_true(year == y && month == m && day == dd);
				assert_true(date_weekday(d) == weekday++ % 7);
			}
	assert_true(date_make(9999, 12, 31, &d));
	assert_true(d == expected - 1);
	assert_true(date_make(1970, 1, 1, &d));
	assert_true(d == 0);
}

static void
days_that_do_not_exist_are_refused(void **state)
{
	static const int days[][3] = { { 2015, 2, 29 }, { 1900, 2, 29 }, { 2100, 2, 29 },
		{ 2016, 2, 30 }, { 2015, 4, 31 }, { 2015, 0, 1 }, { 2015, 13, 1 },
		{ 2015, 1, 0 }, { 2015, 1, 32 }, { 0, 1, 1 }, { 10000, 1, 1 },
		{ 2015, -1, 1 } };
	date d;

	(void)state;
	for (size_t i = 0; i < N(days); i++)
		assert_false(date_make(days[i][0], days[i][1], days[i][2], &d));
	assert_true(date_make(2016, 2, 29, &d));
	assert_true(date_make(2000, 2, 29, &d));
}

struct reading {
	const char *text;
	int how;
	const char *means;
};

static void
dates_are_read_and_no_day_is_guessed(void **state)
{
	static const struct reading table[] = {
		{ "2014-11-28", DATE_OK, "2014-11-28" },
		{ "28/11/2014", DATE_OK, "2014-11-28" },
		{ "1/4/2015", DATE_OK, "2015-04-01" },
		{ "28 November 2014", DATE_OK, "2014-11-28" },
		{ "28 nov 2014", DATE_OK, "2014-11-28" },
		{ "1 May 2015", DATE_OK, "2015-05-01" },
		{ "5 Sept 2015", DATE_OK, "2015-09-05" },
		{ "28-Nov-2014", DATE_OK, "2014-11-28" },
		{ " 28/11/2014 ", DATE_OK, "2014-11-28" },
		{ "2014-02-30", DATE_NO_SUCH, NULL },
		{ "30/02/2014", DATE_NO_SUCH, NULL },
		{ "11/28/2014", DATE_NO_SUCH, NULL }, /* month first is not ours */
		{ "31 June 2014", DATE_NO_SUCH, NULL },
		{ "0000-01-01", DATE_NO_SUCH, NULL },
		{ "28/11/14", DATE_BAD, NULL },
		{ "2014-11-8", DATE_BAD, NULL },
		{ "2014/11/28", DATE_BAD, NULL },
		{ "2014-11-28T00:00:00Z", DATE_BAD, NULL },
		{ "20141128", DATE_BAD, NULL },
		{ "41971", DATE_BAD, NULL },
		{ "28 Novembre 2014", DATE_BAD, NULL },
		{ "28 November-2014", DATE_BAD, NULL },
		{ "", DATE_BAD, NULL },
		{ "soon", DATE_BAD, NULL },
	};
	struct buf b = { 0 };
	date d;

	(void)state;
	for (size_t i = 0; i < N(table); i++) {
		if ((int)date_read(text_of(table[i].text), true, &d) != table[i].how)
			fail_msg("\"%s\": read or refused wrongly", table[i].text);
		if (table[i].means == NULL)
			continue;
		buf_clear(&b);
		date_format(&b, d);
		assert_string_equal(b.p, table[i].means);
	}
	assert_int_equal(date_read(TEXT("28/11/2014"), false, &d), DATE_BAD);
	assert_int_equal(date_read(TEXT(" 2014-11-28"), false, &d), DATE_BAD);
	assert_int_equal(date_read(TEXT_NONE, true, &d), DATE_BAD);
	buf_free(&b);
}

static void
times_say_their_zone_or_are_refused(void **state)
{
	static const struct reading table[] = {
		{ "2014-11-28T16:05:00Z", TIME_OK, "2014-11-28T16:05:00Z" },
		{ "2014-11-28t16:05:00z", TIME_OK, "2014-11-28T16:05:00Z" },
		{ "2014-11-28 16:05:00Z", TIME_OK, "2014-11-28T16:05:00Z" },
		{ "2014-11-28T16:05Z", TIME_OK, "2014-11-28T16:05:00Z" },
		{ "2014-11-28T16:05:00.999Z", TIME_OK, "2014-11-28T16:05:00Z" },
		{ "2015-06-01T00:30:00+01:00", TIME_OK, "2015-05-31T23:30:00Z" },
		{ "2015-05-31T23:30:00-05:30", TIME_OK, "2015-06-01T05:00:00Z" },
		{ "1969-12-31T23:59:59Z", TIME_OK, "1969-12-31T23:59:59Z" },
		{ "2016-05-27 12:00 London", TIME_OK, "2016-05-27T11:00:00Z" },
		{ "2016-01-27 12:00 Europe/London", TIME_OK, "2016-01-27T12:00:00Z" },
		{ "2016-05-27T12:00:30 London", TIME_OK, "2016-05-27T11:00:30Z" },
		{ "2014-11-28T16:05:00", TIME_NO_ZONE, NULL },
		{ "2014-11-28 16:05", TIME_NO_ZONE, NULL },
		{ "2014-11-28", TIME_BAD, NULL },
		{ "2014-11-28T16", TIME_BAD, NULL },
		{ "2014-11-28T16:05:00+0100", TIME_BAD, NULL },
		{ "2014-11-28T16:05:00.Z", TIME_BAD, NULL },
		{ "2014-11-28T16:05:00Z ", TIME_BAD, NULL },
		{ "2014-11-28 16:05 Paris", TIME_BAD, NULL },
		{ "1995-11-28 16:05 London", TIME_BAD, NULL },
		{ "28/11/2014 16:05", TIME_BAD, NULL },
		{ "2015-02-29T00:00:00Z", TIME_NO_SUCH, NULL },
		{ "2015-02-28T24:00:00Z", TIME_NO_SUCH, NULL },
		{ "2015-02-28T23:60:00Z", TIME_NO_SUCH, NULL },
		{ "2016-12-31T23:59:60Z", TIME_NO_SUCH, NULL },
		{ "2015-02-28T23:00:00+24:00", TIME_NO_SUCH, NULL },
		{ "2015-02-28 25:00 London", TIME_NO_SUCH, NULL },
		{ "2016-03-27 01:00 London", TIME_NO_SUCH, NULL },
		{ "2016-03-27 01:59:59 London", TIME_NO_SUCH, NULL },
		{ "2016-03-27 00:59:59 London", TIME_OK, "2016-03-27T00:59:59Z" },
		{ "2016-03-27 02:00 London", TIME_OK, "2016-03-27T01:00:00Z" },
		{ "2016-10-30 01:00 London", TIME_AMBIGUOUS, NULL },
		{ "2016-10-30 01:59:59 London", TIME_AMBIGUOUS, NULL },
		{ "2016-10-30 00:59:59 London", TIME_OK, "2016-10-29T23:59:59Z" },
		{ "2016-10-30 02:00 London", TIME_OK, "2016-10-30T02:00:00Z" },
		{ "", TIME_BAD, NULL },
	};
	struct buf b = { 0 };
	instant t;

	(void)state;
	for (size_t i = 0; i < N(table); i++) {
		if ((int)time_read(text_of(table[i].text), &t) != table[i].how)
			fail_msg("\"%s\": read or refused wrongly", table[i].text);
		if (table[i].means == NULL)
			continue;
		buf_clear(&b);
		time_format(&b, t);
		if (strcmp(b.p, table[i].means) != 0)
			fail_msg("\"%s\": read as %s", table[i].text, b.p);
	}
	buf_free(&b);
}

/* Published dates on which clocks changed. */
static void
summer_time_changes_on_the_published_days(void **state)
{
	static const int days[][3] = { /* year, day of March, day of October */
		{ 1996, 31, 27 }, { 2000, 26, 29 }, { 2013, 31, 27 }, { 2014, 30, 26 },
		{ 2015, 29, 25 }, { 2016, 27, 30 }, { 2020, 29, 25 }, { 2024, 31, 27 },
		{ 2025, 30, 26 }, { 2026, 29, 25 }
	};
	int second;
	bool summer;
	date d, at;

	(void)state;
	for (size_t i = 0; i < N(days); i++) {
		assert_true(date_make(days[i][0], 3, days[i][1], &d));
		london_split((instant)d * 86400 + 3599, &at, &second, &summer);
		assert_true(!summer && at == d && second == 3599);
		london_split((instant)d * 86400 + 3600, &at, &second, &summer);
		assert_true(summer && at == d && second == 7200);
		assert_true(date_make(days[i][0], 10, days[i][2], &d));
		london_split((instant)d * 86400 + 3599, &at, &second, &summer);
		assert_true(summer && at == d && second == 7199);
		london_split((instant)d * 86400 + 3600, &at, &second, &summer);
		assert_true(!summer && at == d && second == 3600);
	}
}

/* Where the C library knows London it must agree, hour by hour over forty years. */
static void
the_clock_agrees_with_the_zone_files(void **state)
{
	int second;
	bool summer;
	struct tm tm;
	date d;

	(void)state;
	assert_int_equal(setenv("TZ", "Europe/London", 1), 0);
	tzset();
	time_t july = 1467331200;
	if (localtime_r(&july, &tm) == NULL || tm.tm_hour != 1)
		skip(); /* no zone files here */
	for (time_t t = 820454400; t < 2082758400; t += 1800) {
		int year, month, day;

		assert_non_null(localtime_r(&t, &tm));
		london_split((instant)t, &d, &second, &summer);
		date_split(d, &year, &month, &day);
		assert_true(
		    year == tm.tm_year + 1900 && month == tm.tm_mon + 1 && day == tm.tm_mday);
		assert_true(second == tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec);
		assert_true(summer == (tm.tm_isdst > 0));
	}
}

static void
every_wall_clock_reading_goes_there_and_back(void **state)
{
	int second;
	bool summer;
	instant t;
	date first = 0, last = 0, back;
	int skipped = 0, doubled = 0;

	(void)state;
	assert_true(date_make(2015, 1, 1, &first) && date_make(2016, 12, 31, &last));
	for (date d = first; d <= last; d++)
		for (int hour = 0; hour < 24; hour++)
			switch (london_instant(d, hour, 30, 15, &t)) {
			case TIME_OK:
				london_split(t, &back, &second, &summer);
				assert_true(back == d && second == hour * 3600 + 1815);
				break;
			case TIME_NO_SUCH: skipped++; break;
			case TIME_AMBIGUOUS: doubled++; break;
			default: fail_msg("refused");
			}
	assert_int_equal(skipped, 2);
	assert_int_equal(doubled, 2);
}

static void
a_day_ends_at_midnight_in_london(void **state)
{
	struct buf b = { 0 };
	date d;

	(void)state;
	assert_true(date_make(2015, 6, 30, &d));
	time_format(&b, london_end_of_day(d));
	buf_char(&b, ' ');
	assert_true(date_make(2015, 12, 31, &d));
	time_format(&b, london_end_of_day(d));
	buf_char(&b, ' ');
	assert_true(date_make(2015, 3, 29, &d)); /* the day of the change */
	time_format(&b, london_end_of_day(d));
	buf_char(&b, ' ');
	assert_true(date_make(2015, 10, 25, &d));
	time_format(&b, london_end_of_day(d));
	assert_string_equal(b.p,
	    "2015-06-30T22:59:59Z 2015-12-31T23:59:59Z 2015-03-29T22:59:59Z "
	    "2015-10-25T23:59:59Z");
	buf_free(&b);
}

static void
check_pretty(const char *time, const char *pretty)
{
	struct buf b = { 0 };
	instant t;

	assert_int_equal(time_read(text_of(time), &t), TIME_OK);
	time_format_pretty(&b, t);
	assert_string_equal(b.p, pretty);
	buf_free(&b);
}

static void
people_read_the_london_clock(void **state)
{
	(void)state;
	check_pretty("2014-11-28T16:05:00Z", "28 November 2014, 4:05pm (London)");
	check_pretty("2015-05-31T23:30:00Z", "1 June 2015, 12:30am (London)");
	check_pretty("2016-05-27T11:00:00Z", "27 May 2016, midday (London)");
	check_pretty("2016-01-27T00:00:00Z", "27 January 2016, midnight (London)");
	check_pretty("2016-01-27T12:30:00Z", "27 January 2016, 12:30pm (London)");
	check_pretty("2016-01-27T09:00:59Z", "27 January 2016, 9:00am (London)");
}

static void
financial_years_follow_one_another(void **state)
{
	static const char *const bad[] = { "2015-17", "2015-15", "2015/16", "15-16", "2015",
		"2015-2016", "2015-16 ", "", "9999-00", "0999-00" };
	struct buf b = { 0 };
	fyear y;

	(void)state;
	assert_true(year_read(TEXT("2015-16"), &y));
	assert_int_equal(y, 2015);
	assert_true(year_read(TEXT("1999-00"), &y));
	assert_int_equal(y, 1999);
	year_format(&b, y);
	buf_char(&b, ' ');
	date_format(&b, year_starts(2015));
	buf_char(&b, ' ');
	date_format(&b, year_ends(2015));
	assert_string_equal(b.p, "1999-00 2015-04-01 2016-03-31");
	for (size_t i = 0; i < N(bad); i++)
		assert_false(year_read(text_of(bad[i]), &y));
	assert_int_equal(year_of(year_starts(2015)), 2015);
	assert_int_equal(year_of(year_starts(2015) - 1), 2014);
	assert_int_equal(year_of(year_ends(2015)), 2015);
	assert_int_equal(year_of(year_ends(2015) + 1), 2016);
	buf_free(&b);
}

static void
quarters_are_read_in_four_ways_and_written_in_one(void **state)
{
	static const char *const good[] = { "2014-15Q4", "2014-15 Q4", "Q4 2014/15",
		"Q4 2014-15", "2014/15 q4" };
	static const char *const bad[] = { "2014-15Q5", "2014-15Q0", "2014-15", "Q4",
		"Q4 2014-16", "Q42014-15", "2014-15Q44", "4 2014-15", "" };
	struct buf b = { 0 };
	quarter q;

	(void)state;
	for (size_t i = 0; i < N(good); i++) {
		assert_true(quarter_read(text_of(good[i]), &q));
		assert_int_equal(q, 4 * 2014 + 3);
	}
	for (size_t i = 0; i < N(bad); i++)
		assert_false(quarter_read(text_of(bad[i]), &q));
	quarter_format(&b, 4 * 2014 + 3);
	buf_char(&b, ',');
	quarter_format_pretty(&b, 4 * 2014 + 3);
	for (quarter i = 4 * 2014; i < 4 * 2014 + 4; i++) {
		buf_char(&b, ' ');
		date_format(&b, quarter_starts(i));
		buf_char(&b, ':');
		date_format(&b, quarter_ends(i));
	}
	assert_string_equal(b.p,
	    "2014-15Q4,quarter 4 of 2014-15 2014-04-01:2014-06-30 2014-07-01:2014-09-30 "
	    "2014-10-01:2014-12-31 2015-01-01:2015-03-31");
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_day_of_nine_thousand_years_has_its_number),
		cmocka_unit_test(days_that_do_not_exist_are_refused),
		cmocka_unit_test(dates_are_read_and_no_day_is_guessed),
		cmocka_unit_test(times_say_their_zone_or_are_refused),
		cmocka_unit_test(summer_time_changes_on_the_published_days),
		cmocka_unit_test(the_clock_agrees_with_the_zone_files),
		cmocka_unit_test(every_wall_clock_reading_goes_there_and_back),
		cmocka_unit_test(a_day_ends_at_midnight_in_london),
		cmocka_unit_test(people_read_the_london_clock),
		cmocka_unit_test(financial_years_follow_one_another),
		cmocka_unit_test(quarters_are_read_in_four_ways_and_written_in_one),
	};

	return cmocka_run_group_tests_name("date", tests, NULL, NULL);
}
