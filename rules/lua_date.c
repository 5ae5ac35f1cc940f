/*
 * Dates, times, financial years and quarters for policies.
 */
#include "rules/lua_private.h"
#include "rules/lua_value.h"

#define DATE_FIRST (-25567) /* 1 January 1900 */
#define DATE_LAST  2932896  /* 31 December 9999 */

/* date "2014-11-28" */
static int
date_make_value(lua_State *L)
{
	date d = 0;

	switch (date_read(lua_value_text(L, 1, "date"), false, &d)) {
	case DATE_OK: break;
	case DATE_NO_SUCH:
		lua_env_fail(L, "date \"%s\": there is no such day", lua_tostring(L, 1));
	case DATE_BAD:
		lua_env_fail(L, "date \"%s\" is no date: write it as date \"2014-11-28\"",
		    lua_tostring(L, 1));
	}
	lua_value_push_n(L, KIND_DATE, d, 0);
	return 1;
}

/* time "2016-05-27 12:00 London" */
static int
time_make_value(lua_State *L)
{
	static const char *const wrong[] = {
		[TIME_BAD] = "is no time: write it as time \"2016-05-27 12:00 London\"",
		[TIME_NO_ZONE] =
		    "does not say its zone: write it as time \"2016-05-27 12:00 London\"",
		[TIME_NO_SUCH] = "does not exist: there is no such day, or the clocks of "
				 "London go forward over "
				 "this hour",
		[TIME_AMBIGUOUS] = "happens twice in London, when the clocks go back: write it "
				   "in UTC, as time "
				   "\"2016-10-30T01:30:00Z\"",
	};
	instant at = 0;
	enum time_read how = time_read(lua_value_text(L, 1, "time"), &at);

	if (how != TIME_OK)
		lua_env_fail(L, "time \"%s\" %s", lua_tostring(L, 1), wrong[how]);
	lua_value_push_n(L, KIND_TIME, at, 0);
	return 1;
}

/* year "2015-16" */
static int
year_make_value(lua_State *L)
{
	fyear y = 0;

	if (!year_read(lua_value_text(L, 1, "year"), &y))
		lua_env_fail(L,
		    "year \"%s\" is no financial year: write it as year \"2015-16\"",
		    lua_tostring(L, 1));
	lua_value_push_n(L, KIND_YEAR, y, 0);
	return 1;
}

/* quarter "2014-15Q4" */
static int
quarter_make_value(lua_State *L)
{
	quarter q = 0;

	if (!quarter_read(lua_value_text(L, 1, "quarter"), &q))
		lua_env_fail(L,
		    "quarter \"%s\" is no quarter: write it as quarter \"2014-15Q4\"",
		    lua_tostring(L, 1));
	lua_value_push_n(L, KIND_QUARTER, q, 0);
	return 1;
}

/* date:days_to(other) */
static int
date_days_to(lua_State *L)
{
	int64_t from = lua_value_check(L, 1, KIND_DATE, "date:days_to").n;

	lua_pushinteger(L, lua_value_check(L, 2, KIND_DATE, "date:days_to").n - from);
	return 1;
}

/* date:plus(days) */
static int
date_plus(lua_State *L)
{
	int64_t d = lua_value_check(L, 1, KIND_DATE, "date:plus").n;
	int64_t days = lua_value_check(L, 2, KIND_INTEGER, "date:plus").n;

	if (days > 4000000 || days < -4000000 || d + days > DATE_LAST || d + days < DATE_FIRST)
		lua_env_fail(L, "date:plus(%I) leads out of the calendar", (LUAI_UACINT)days);
	lua_value_push_n(L, KIND_DATE, d + days, 0);
	return 1;
}

/* date:ends(): its last second in London, which is what a date means as a deadline. */
static int
date_ends(lua_State *L)
{
	lua_value_push_n(L, KIND_TIME,
	    london_end_of_day((date)lua_value_check(L, 1, KIND_DATE, "date:ends").n), 0);
	return 1;
}

/* date:year(): the financial year that it is in. */
static int
date_year(lua_State *L)
{
	lua_value_push_n(
	    L, KIND_YEAR, year_of((date)lua_value_check(L, 1, KIND_DATE, "date:year").n), 0);
	return 1;
}

/* time:date(): the day in London. */
static int
time_date(lua_State *L)
{
	date d;
	int second;
	bool summer;

	london_split(lua_value_check(L, 1, KIND_TIME, "time:date").n, &d, &second, &summer);
	lua_value_push_n(L, KIND_DATE, d, 0);
	return 1;
}

/* year:previous(), year:next(), quarter:previous(), quarter:next(): the kind is the subject's own. */
static int
period_step(lua_State *L, int step)
{
	struct lua_scalar v = lua_value_get(L, 1);

	if (v.kind != KIND_YEAR && v.kind != KIND_QUARTER)
		lua_env_fail(L, "write year:%s() or quarter:%s(), with a colon",
		    step < 0 ? "previous" : "next", step < 0 ? "previous" : "next");
	v.n += step;
	if (v.n < (v.kind == KIND_YEAR ? 1900 : 4 * 1900) ||
	    v.n > (v.kind == KIND_YEAR ? 9998 : 4 * 9998))
		lua_env_fail(L, "%s:%s() leads out of the calendar", lua_value_called(L, 1),
		    step < 0 ? "previous" : "next");
	lua_value_push_n(L, v.kind, v.n, 0);
	return 1;
}

static int
period_previous(lua_State *L)
{
	return period_step(L, -1);
}

static int
period_next(lua_State *L)
{
	return period_step(L, 1);
}

static int
year_starts_method(lua_State *L)
{
	lua_value_push_n(L, KIND_DATE,
	    year_starts((fyear)lua_value_check(L, 1, KIND_YEAR, "year:starts").n), 0);
	return 1;
}

static int
year_ends_method(lua_State *L)
{
	lua_value_push_n(
	    L, KIND_DATE, year_ends((fyear)lua_value_check(L, 1, KIND_YEAR, "year:ends").n), 0);
	return 1;
}

static int
quarter_starts_method(lua_State *L)
{
	lua_value_push_n(L, KIND_DATE,
	    quarter_starts((quarter)lua_value_check(L, 1, KIND_QUARTER, "quarter:starts").n),
	    0);
	return 1;
}

static int
quarter_ends_method(lua_State *L)
{
	lua_value_push_n(L, KIND_DATE,
	    quarter_ends((quarter)lua_value_check(L, 1, KIND_QUARTER, "quarter:ends").n), 0);
	return 1;
}

/* quarter:year(): the financial year that it is part of. */
static int
quarter_year(lua_State *L)
{
	int64_t q = lua_value_check(L, 1, KIND_QUARTER, "quarter:year").n;

	lua_value_push_n(L, KIND_YEAR, q >> 2, 0);
	return 1;
}

void
lua_date_open(lua_State *L)
{
	static const luaL_Reg of_date[] = { { "days_to", date_days_to }, { "plus", date_plus },
		{ "ends", date_ends }, { "year", date_year }, { "equals", lua_value_equals },
		{ NULL, NULL } };
	static const luaL_Reg of_time[] = { { "date", time_date },
		{ "equals", lua_value_equals }, { NULL, NULL } };
	static const luaL_Reg of_year[] = { { "previous", period_previous },
		{ "next", period_next }, { "starts", year_starts_method },
		{ "ends", year_ends_method }, { "equals", lua_value_equals }, { NULL, NULL } };
	static const luaL_Reg of_quarter[] = { { "previous", period_previous },
		{ "next", period_next }, { "starts", quarter_starts_method },
		{ "ends", quarter_ends_method }, { "year", quarter_year },
		{ "equals", lua_value_equals }, { NULL, NULL } };

	luaL_newlib(L, of_date);
	lua_value_set_methods(L, KIND_DATE);
	luaL_newlib(L, of_time);
	lua_value_set_methods(L, KIND_TIME);
	luaL_newlib(L, of_year);
	lua_value_set_methods(L, KIND_YEAR);
	luaL_newlib(L, of_quarter);
	lua_value_set_methods(L, KIND_QUARTER);
	lua_env_set_function(L, "date", date_make_value);
	lua_env_set_function(L, "time", time_make_value);
	lua_env_set_function(L, "year", year_make_value);
	lua_env_set_function(L, "quarter", quarter_make_value);
}
