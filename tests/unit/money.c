/* Amounts, whole numbers, rates: reading, arithmetic at the limits, sharing out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "rules/money.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

struct amount {
	const char *text;
	enum number_read how;
	pence amount;
	bool decorated;
};

static void
check_amounts(const struct amount *table, size_t n, enum money_syntax syntax, int64_t scale)
{
	for (size_t i = 0; i < n; i++) {
		struct money_read r = money_read(text_of(table[i].text), syntax, scale);

		if (r.how != table[i].how || r.amount != table[i].amount ||
		    r.decorated != table[i].decorated)
			fail_msg("\"%s\": read as %d, %lld, decorated %d", table[i].text, r.how,
			    (long long)r.amount, r.decorated);
	}
}

static void
an_amount_in_json_is_read_exactly(void **state)
{
	static const struct amount table[] = {
		{ "0", NUMBER_OK, 0, false },
		{ "-0", NUMBER_OK, 0, false },
		{ "0.00", NUMBER_OK, 0, false },
		{ "1", NUMBER_OK, 100, false },
		{ "-1.5", NUMBER_OK, -150, false },
		{ "0.1", NUMBER_OK, 10, false },
		{ "0.07", NUMBER_OK, 7, false },
		{ "13245000", NUMBER_OK, 1324500000, false },
		{ "1.5e3", NUMBER_OK, 150000, false },
		{ "1E2", NUMBER_OK, 10000, false },
		{ "150e-2", NUMBER_OK, 150, false },
		{ "1.50000000000000000000000000000000000000000000", NUMBER_OK, 150, false },
		{ "0.0e999999999999", NUMBER_OK, 0, false },
		{ "11529215046068469.76", NUMBER_OK, MONEY_MAX, false },
		{ "-11529215046068469.76", NUMBER_OK, -MONEY_MAX, false },
		{ "11529215046068469.77", NUMBER_RANGE, 0, false },
		{ "1e400", NUMBER_RANGE, 0, false },
		{ "99999999999999999999999999999999999999999999999999", NUMBER_RANGE, 0,
		    false },
		{ "1e-400", NUMBER_NOT_PENCE, 0, false },
		{ "219385.12339215004", NUMBER_NOT_PENCE, 21938512, false },
	};

	(void)state;
	check_amounts(table, N(table), MONEY_STRICT, 1);
}

static void
what_is_no_json_number_is_refused(void **state)
{
	static const struct amount table[] = {
		{ "", NUMBER_EMPTY, 0, false },
		{ " ", NUMBER_EMPTY, 0, false },
		{ "-", NUMBER_DASH, 0, false },
		{ "01", NUMBER_BAD, 0, false },
		{ "-01", NUMBER_BAD, 0, false },
		{ "+1", NUMBER_BAD, 0, false },
		{ "1.", NUMBER_BAD, 0, false },
		{ ".5", NUMBER_BAD, 0, false },
		{ "1e", NUMBER_BAD, 0, false },
		{ "1e+", NUMBER_BAD, 0, false },
		{ "1 ", NUMBER_BAD, 0, false },
		{ "1,000", NUMBER_BAD, 0, false },
		{ "£1", NUMBER_BAD, 0, false },
		{ "0x10", NUMBER_BAD, 0, false },
		{ "NaN", NUMBER_BAD, 0, false },
		{ "Infinity", NUMBER_BAD, 0, false },
		{ "1.2.3", NUMBER_BAD, 0, false },
		{ "#REF!", NUMBER_ERROR_CELL, 0, false },
	};

	(void)state;
	check_amounts(table, N(table), MONEY_STRICT, 1);
}

static void
an_amount_as_people_type_it_is_read_and_marked(void **state)
{
	static const struct amount table[] = {
		{ "1234.50", NUMBER_OK, 123450, false },
		{ "-1234.50", NUMBER_OK, -123450, false },
		{ " 1234.50 ", NUMBER_OK, 123450, true },
		{ "\xc2\xa0"
		  "1234.50",
		    NUMBER_OK, 123450, true },
		{ "1,234.50", NUMBER_OK, 123450, true },
		{ "1,234,567", NUMBER_OK, 123456700, true },
		{ "1 234 567.00", NUMBER_OK, 123456700, true },
		{ "\xc2\xa3"
		  "1,234.50",
		    NUMBER_OK, 123450, true },
		{ "\xa3"
		  "1,234.50",
		    NUMBER_OK, 123450, true },
		{ "\xc3\x82\xc2\xa3"
		  "5",
		    NUMBER_OK, 500, true },
		{ "GBP 5.00", NUMBER_OK, 500, true },
		{ "5.00 gbp", NUMBER_OK, 500, true },
		{ "(284.36)", NUMBER_OK, -28436, true },
		{ "(£1,000)", NUMBER_OK, -100000, true },
		{ "£(1,000)", NUMBER_OK, -100000, true },
		{ "284.36-", NUMBER_OK, -28436, true },
		{ "-£5", NUMBER_OK, -500, true },
		{ "£-5", NUMBER_OK, -500, true },
		{ "− £ 5", NUMBER_OK, -500, true },
		{ "+5", NUMBER_OK, 500, true },
		{ "007", NUMBER_OK, 700, true },
		{ ".50", NUMBER_OK, 50, true },
		{ "5.", NUMBER_OK, 500, true },
		{ "−£1,234.50", NUMBER_OK, -123450, true },
		{ "1,152,921,504,606,846,976", NUMBER_RANGE, 0, true },
	};

	(void)state;
	check_amounts(table, N(table), MONEY_CELL, 1);
}

static void
a_cell_that_is_no_amount_says_what_it_is(void **state)
{
	static const struct amount table[] = {
		{ "", NUMBER_EMPTY, 0, false },
		{ " \t\xc2\xa0", NUMBER_EMPTY, 0, false },
		{ "-", NUMBER_DASH, 0, false },
		{ " – ", NUMBER_DASH, 0, false },
		{ "—", NUMBER_DASH, 0, false },
		{ "£ -   ", NUMBER_DASH, 0, false },
		{ "-   £", NUMBER_DASH, 0, false },
		{ "#REF!", NUMBER_ERROR_CELL, 0, false },
		{ "#n/a", NUMBER_ERROR_CELL, 0, false },
		{ "#DIV/0!", NUMBER_ERROR_CELL, 0, false },
		{ "Err:502", NUMBER_ERROR_CELL, 0, false },
		{ "########", NUMBER_ERROR_CELL, 0, false },
		{ "2.34E+13", NUMBER_SCIENTIFIC, 0, false },
		{ "-1e5", NUMBER_SCIENTIFIC, 0, false },
		{ "1,23", NUMBER_BAD, 0, false },
		{ "1,2345", NUMBER_BAD, 0, false },
		{ "1234,567", NUMBER_BAD, 0, false },
		{ ",123", NUMBER_BAD, 0, false },
		{ "1,234,", NUMBER_BAD, 0, false },
		{ "1,234 567", NUMBER_BAD, 0, false },
		{ "1,,234", NUMBER_BAD, 0, false },
		{ "1.234,50", NUMBER_BAD, 0, false },
		{ "--5", NUMBER_BAD, 0, false },
		{ "(-5)", NUMBER_BAD, 0, false },
		{ "-5-", NUMBER_BAD, 0, false },
		{ "((5))", NUMBER_BAD, 0, false },
		{ "(5", NUMBER_BAD, 0, false },
		{ "££5", NUMBER_BAD, 0, false },
		{ "£", NUMBER_BAD, 0, false },
		{ "$5", NUMBER_BAD, 0, false },
		{ "5%", NUMBER_BAD, 0, false },
		{ "£1.2m", NUMBER_BAD, 0, false },
		{ "nil", NUMBER_BAD, 0, false },
		{ "5 5 5", NUMBER_BAD, 0, false },
		{ ".", NUMBER_BAD, 0, false },
		{ "\xa3", NUMBER_BAD, 0, false },
	};

	(void)state;
	check_amounts(table, N(table), MONEY_CELL, 1);
}

static void
thousands_of_pounds_are_scaled_exactly(void **state)
{
	static const struct amount table[] = {
		{ "1", NUMBER_OK, 100000, false },
		{ "0.001", NUMBER_OK, 100, false },
		{ "0.00001", NUMBER_OK, 1, false },
		{ "0.000001", NUMBER_NOT_PENCE, 0, false },
		{ "219385.12339", NUMBER_OK, 21938512339, false },
		{ "219385.12339215004", NUMBER_NOT_PENCE, 21938512339, false },
		{ "11529215046068.46976", NUMBER_OK, MONEY_MAX, false },
		{ "11529215046068.46977", NUMBER_RANGE, 0, false },
	};

	(void)state;
	check_amounts(table, N(table), MONEY_STRICT, 1000);
}

static void
what_is_not_whole_pence_is_rounded_half_to_even(void **state)
{
	static const struct amount table[] = {
		{ "0.005", NUMBER_NOT_PENCE, 0, false },
		{ "0.015", NUMBER_NOT_PENCE, 2, false },
		{ "0.025", NUMBER_NOT_PENCE, 2, false },
		{ "-0.025", NUMBER_NOT_PENCE, -2, false },
		{ "0.0250000000000000000000000000000000000001", NUMBER_NOT_PENCE, 3, false },
		{ "0.024999999999999999999999999999999", NUMBER_NOT_PENCE, 2, false },
		{ "0.9999", NUMBER_NOT_PENCE, 100, false },
	};

	(void)state;
	check_amounts(table, N(table), MONEY_STRICT, 1);
}

static void
whole_numbers_are_read_to_the_ends_of_their_range(void **state)
{
	static const struct {
		const char *text;
		enum money_syntax syntax;
		enum number_read how;
		int64_t n;
	} table[] = {
		{ "36800", MONEY_STRICT, NUMBER_OK, 36800 },
		{ "-5", MONEY_STRICT, NUMBER_OK, -5 },
		{ "12.0", MONEY_STRICT, NUMBER_OK, 12 },
		{ "12.5", MONEY_STRICT, NUMBER_BAD, 0 },
		{ "36,800", MONEY_STRICT, NUMBER_BAD, 0 },
		{ "36,800", MONEY_CELL, NUMBER_OK, 36800 },
		{ "£5", MONEY_CELL, NUMBER_BAD, 0 },
		{ "-", MONEY_CELL, NUMBER_DASH, 0 },
		{ "2.3E+13", MONEY_CELL, NUMBER_SCIENTIFIC, 0 },
		{ "9223372036854775807", MONEY_STRICT, NUMBER_OK, INT64_MAX },
		{ "-9223372036854775807", MONEY_STRICT, NUMBER_OK, -INT64_MAX },
		{ "9223372036854775808", MONEY_STRICT, NUMBER_RANGE, 0 },
	};

	(void)state;
	for (size_t i = 0; i < N(table); i++) {
		int64_t n = 0;
		enum number_read how =
		    integer_read(text_of(table[i].text), table[i].syntax, &n);

		assert_int_equal(how, table[i].how);
		if (how == NUMBER_OK)
			assert_true(n == table[i].n);
	}
}

static void
no_operation_leaves_the_range(void **state)
{
	pence p = 42;

	(void)state;
	assert_true(money_add(MONEY_MAX - 1, 1, &p));
	assert_true(p == MONEY_MAX);
	assert_false(money_add(MONEY_MAX, 1, &p));
	assert_false(money_add(-MONEY_MAX, -1, &p));
	assert_false(money_add(INT64_MAX, INT64_MAX, &p));
	assert_true(money_sub(-MONEY_MAX + 1, 1, &p));
	assert_true(p == -MONEY_MAX);
	assert_false(money_sub(-MONEY_MAX, 1, &p));
	assert_false(money_sub(INT64_MIN, INT64_MAX, &p));
	assert_true(money_times(MONEY_MAX / 2, -2, &p));
	assert_true(p == -MONEY_MAX);
	assert_false(money_times(MONEY_MAX / 2 + 1, 2, &p));
	assert_false(money_times(MONEY_MAX, INT64_MIN, &p));
	assert_false(money_part(MONEY_MAX, 2, 1, &p));
	assert_false(rate_of(MONEY_MAX, (struct rate){ 2, 0 }, ROUND_DOWN, &p));
	assert_false(rate_of(INT64_MIN, (struct rate){ INT64_MAX, 0 }, ROUND_UP, &p));
	assert_true(p == -MONEY_MAX); /* a failure writes nothing */
}

static void
a_part_is_rounded_towards_nought(void **state)
{
	pence p;

	(void)state;
	assert_true(money_part(47978000, 300, 322, &p));
	assert_true(p == 44700000); /* RULES, worked example: 300 of 322 of £479,780 */
	assert_true(money_part(100, 1, 3, &p));
	assert_true(p == 33);
	assert_true(money_part(-100, 1, 3, &p));
	assert_true(p == -33);
	assert_true(money_part(100, 7, 0, &p));
	assert_true(p == 0);
	assert_true(money_part(100, 5, 2, &p));
	assert_true(p == 250);
	assert_true(money_part(MONEY_MAX, INT64_MAX, INT64_MAX, &p));
	assert_true(p == MONEY_MAX);
	assert_false(money_part(100, -1, 3, &p));
	assert_false(money_part(100, 1, -3, &p));
}

/* A small generator, so that a failure can be had again. */
static uint64_t
next_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static void
shares_always_add_up_to_the_penny(void **state)
{
	int64_t weights[50];
	pence parts[50];
	uint64_t seed = 20150401;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		size_t n = 1 + next_random(&seed) % N(weights);
		pence total = (pence)(next_random(&seed) % (uint64_t)MONEY_MAX), sum = 0;
		unsigned shift = (unsigned)(next_random(&seed) % 62);
		__int128 of = 0;

		if (next_random(&seed) % 3 == 0)
			total %= 1000;
		if (next_random(&seed) % 2 == 0)
			total = -total;
		for (size_t i = 0; i < n; i++) {
			weights[i] = (int64_t)(next_random(&seed) >> (1 + shift));
			of += weights[i];
		}
		if (!money_apportion(total, weights, n, parts)) {
			assert_true(of == 0);
			continue;
		}
		for (size_t i = 0; i < n; i++) {
			__int128 exact = (__int128)total * weights[i],
				 off = exact - parts[i] * of;

			sum += parts[i];
			assert_true(
			    off > -of && off < of); /* within a penny of the exact share */
		}
		assert_true(sum == total);
	}
}

static void
pennies_left_over_go_to_the_largest_remainders_and_then_the_first(void **state)
{
	static const int64_t even[] = { 1, 1, 1 }, odd[] = { 1, 2, 3, 0 },
			     huge[] = { INT64_MAX, INT64_MAX };
	static const int64_t nought[] = { 0, 0 }, bad[] = { 1, -1 };
	pence p[4];

	(void)state;
	assert_true(money_apportion(100, even, 3, p));
	assert_true(p[0] == 34 && p[1] == 33 && p[2] == 33);
	assert_true(money_apportion(-101, even, 3, p));
	assert_true(p[0] == -34 && p[1] == -34 && p[2] == -33);
	assert_true(money_apportion(100, odd, 4, p));
	assert_true(p[0] == 17 && p[1] == 33 && p[2] == 50 && p[3] == 0);
	assert_true(money_apportion(MONEY_MAX, huge, 2, p));
	assert_true(p[0] == MONEY_MAX / 2 && p[1] == MONEY_MAX / 2);
	assert_false(money_apportion(100, nought, 2, p));
	assert_false(money_apportion(100, bad, 2, p));
	assert_false(money_apportion(100, even, 0, p));
}

static void
rates_are_exact_in_every_way_of_writing(void **state)
{
	static const struct {
		const char *text, *percent, *plain; /* NULL: refused */
	} table[] = {
		{ "3.75%", "3.75%", "0.0375" },
		{ "0.0375", "3.75%", "0.0375" },
		{ "35‰", "3.5%", "0.035" },
		{ "50 %", "50%", "0.5" },
		{ "100%", "100%", "1" },
		{ "1", "100%", "1" },
		{ "-1.5%", "-1.5%", "-0.015" },
		{ "0", "0%", "0" },
		{ "-0.0%", "0%", "0" },
		{ "1e-3", "0.1%", "0.001" },
		{ "0.000000000001", "0.0000000001%", "0.000000000001" },
		{ "0.0000000000001", NULL, NULL },
		{ "9223372036854775807", "922337203685477580700%", "9223372036854775807" },
		{ "9223372036854775808", NULL, NULL },
		{ "1e30", NULL, NULL },
		{ "", NULL, NULL },
		{ "%", NULL, NULL },
		{ "3,75%", NULL, NULL },
		{ "5%%", NULL, NULL },
		{ "five", NULL, NULL },
		{ "#N/A", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < N(table); i++) {
		struct buf b = { 0 };
		struct rate r;

		if (rate_read(text_of(table[i].text), &r) != (table[i].percent != NULL))
			fail_msg("\"%s\": read or refused wrongly", table[i].text);
		if (table[i].percent == NULL)
			continue;
		rate_format(&b, r);
		assert_string_equal(b.p, table[i].percent);
		buf_clear(&b);
		rate_format_plain(&b, r);
		assert_string_equal(b.p, table[i].plain);
		buf_free(&b);
	}
}

static void
rates_are_compared_and_added_exactly(void **state)
{
	struct rate a = { 375, 4 }, b = { 35, 3 }, sum;
	struct rate large = { INT64_MAX, 0 }, small = { 1, 12 };

	(void)state;
	assert_true(rate_compare(a, b) > 0);
	assert_true(rate_compare(b, a) < 0);
	assert_true(rate_compare(a, a) == 0);
	assert_true(rate_compare(large, small) > 0);
	assert_true(rate_add(a, b, &sum));
	assert_true(sum.units == 725 && sum.scale == 4);
	assert_true(rate_add((struct rate){ 5, 1 }, (struct rate){ 5, 1 }, &sum));
	assert_true(sum.units == 1 && sum.scale == 0);
	assert_false(rate_add(large, small, &sum));
	assert_false(rate_add(large, large, &sum));
}

static void
rounding_does_what_its_name_says(void **state)
{
	static const struct {
		int64_t value;
		const char *rate;
		int64_t down, up, nearest, even;
	} table[] = {
		{ 36800, "3.5%", 1288, 1288, 1288, 1288 }, /* a double gives 1289 upwards */
		{ 36801, "3.5%", 1288, 1289, 1288, 1288 },
		{ 5, "0.5", 2, 3, 3, 2 },
		{ 7, "0.5", 3, 4, 4, 4 },
		{ -5, "0.5", -3, -2, -3, -2 },
		{ -7, "0.5", -4, -3, -4, -4 },
		{ -10, "0.24", -3, -2, -2, -2 },
		{ 10, "-0.26", -3, -2, -3, -3 },
		{ 0, "3.75%", 0, 0, 0, 0 },
		{ MONEY_MAX, "1", MONEY_MAX, MONEY_MAX, MONEY_MAX, MONEY_MAX },
	};
	static const char *const names[] = { "down", "up", "nearest", "even" };

	(void)state;
	for (size_t i = 0; i < N(table); i++) {
		const int64_t wanted[] = { table[i].down, table[i].up, table[i].nearest,
			table[i].even };
		struct rate r;

		assert_true(rate_read(text_of(table[i].rate), &r));
		for (size_t k = 0; k < N(names); k++) {
			enum rounding how;
			int64_t got;

			assert_true(rounding_named(text_of(names[k]), &how));
			assert_true(rate_of(table[i].value, r, how, &got));
			if (got != wanted[k])
				fail_msg("%lld * %s %s: %lld", (long long)table[i].value,
				    table[i].rate, names[k], (long long)got);
		}
	}
}

static void
an_unknown_rounding_has_no_meaning(void **state)
{
	enum rounding how;

	(void)state;
	assert_false(rounding_named(TEXT("floor"), &how));
	assert_false(rounding_named(TEXT(""), &how));
	assert_false(rounding_named(TEXT("Down"), &how));
}

static void
check_formats(pence p, const char *plain, const char *pretty)
{
	struct buf b = { 0 };
	struct money_read r;

	money_format(&b, p);
	assert_string_equal(b.p, plain);
	r = money_read(buf_as_text(&b), MONEY_STRICT, 1);
	assert_true(r.how == NUMBER_OK && r.amount == p);
	buf_clear(&b);
	money_format_pretty(&b, p);
	assert_string_equal(b.p, pretty);
	r = money_read(buf_as_text(&b), MONEY_CELL, 1);
	assert_true(r.how == NUMBER_OK && r.amount == p);
	buf_free(&b);
}

static void
amounts_are_written_as_they_can_be_read_again(void **state)
{
	struct buf b = { 0 };

	(void)state;
	check_formats(0, "0.00", "£0.00");
	check_formats(7, "0.07", "£0.07");
	check_formats(-7, "-0.07", "−£0.07");
	check_formats(123450, "1234.50", "£1,234.50");
	check_formats(-123450, "-1234.50", "−£1,234.50");
	check_formats(100000000, "1000000.00", "£1,000,000.00");
	check_formats(MONEY_MAX, "11529215046068469.76", "£11,529,215,046,068,469.76");
	check_formats(-MONEY_MAX, "-11529215046068469.76", "−£11,529,215,046,068,469.76");
	integer_format_pretty(&b, 999);
	buf_char(&b, ' ');
	integer_format_pretty(&b, -1000);
	buf_char(&b, ' ');
	integer_format_pretty(&b, INT64_MIN);
	assert_string_equal(b.p, "999 −1,000 −9,223,372,036,854,775,808");
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_amount_in_json_is_read_exactly),
		cmocka_unit_test(what_is_no_json_number_is_refused),
		cmocka_unit_test(an_amount_as_people_type_it_is_read_and_marked),
		cmocka_unit_test(a_cell_that_is_no_amount_says_what_it_is),
		cmocka_unit_test(thousands_of_pounds_are_scaled_exactly),
		cmocka_unit_test(what_is_not_whole_pence_is_rounded_half_to_even),
		cmocka_unit_test(whole_numbers_are_read_to_the_ends_of_their_range),
		cmocka_unit_test(no_operation_leaves_the_range),
		cmocka_unit_test(a_part_is_rounded_towards_nought),
		cmocka_unit_test(shares_always_add_up_to_the_penny),
		cmocka_unit_test(
		    pennies_left_over_go_to_the_largest_remainders_and_then_the_first),
		cmocka_unit_test(rates_are_exact_in_every_way_of_writing),
		cmocka_unit_test(rates_are_compared_and_added_exactly),
		cmocka_unit_test(rounding_does_what_its_name_says),
		cmocka_unit_test(an_unknown_rounding_has_no_meaning),
		cmocka_unit_test(amounts_are_written_as_they_can_be_read_again),
	};

	return cmocka_run_group_tests_name("money", tests, NULL, NULL);
}
