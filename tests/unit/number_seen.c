/* Numbers of workbooks: 15 significant digits, as the person sees them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rules/money.h"
#include "rules/number_seen.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

struct seen {
	const char *text, *seen; /* NULL: no number */
	bool cut;
};

static void
check(const struct seen *table, size_t n)
{
	char out[NUMBER_SEEN_ROOM];
	struct number_seen s;
	size_t length;

	for (size_t i = 0; i < n; i++) {
		bool good = number_seen(text_of(table[i].text), &s);

		assert_int_equal(number_is(text_of(table[i].text)), good);
		if (good != (table[i].seen != NULL))
			fail_msg("\"%s\": %s", table[i].text, good ? "is a number" : "is none");
		if (!good)
			continue;
		length = number_seen_put(&s, out);
		assert_int_equal(length, strlen(out));
		if (strcmp(out, table[i].seen) != 0 || s.cut != table[i].cut)
			fail_msg("\"%s\": %s, cut %d, expected %s", table[i].text, out, s.cut,
			    table[i].seen);
	}
}

static void
what_a_double_adds_is_not_seen(void **state)
{
	static const struct seen table[] = {
		{ "0.30000000000000004", "0.3", false },
		{ "0.1", "0.1", false },
		{ "1.0049999999999999", "1.005", false },
		{ "-1234567.8900000001", "-1234567.89", false },
		{ "219385.12999999998", "219385.13", false },
		{ "219385.123392150", "219385.12339215", false },
		{ "219385.12339215004", "219385.12339215", false },
		{ "9.9999999999999995E-2", "0.1", false },
		{ "999999999999999.5", "1000000000000000", false },
		{ "99999999999999.995", "100000000000000", false },
		{ "1.5E-2", "0.015", false },
		{ "1E3", "1000", false },
		{ "2.34e+13", "23400000000000", false },
		{ "12345678901.234567", "12345678901.2346", false },
		{ "0.00000000000000000012345", "1.2345e-19", false },
		{ "0.00000000000000000012", "0.00000000000000000012", false },
		{ "1E+300", "1e300", false },
		{ "1.7976931348623157E308", "1.79769313486232e308", true },
		{ "4.9E-324", "4.9e-324", false },
		{ "123456789012345E6", "123456789012345000000", false },
		{ "123456789012345E7", "1.23456789012345e21", false },
	};

	(void)state;
	check(table, N(table));
}

static void
half_goes_away_from_nought(void **state)
{
	static const struct seen table[] = {
		{ "1.000000000000005", "1.00000000000001", false },
		{ "1.00000000000000499999999", "1", false },
		{ "-1.000000000000005", "-1.00000000000001", false },
		{ "0.1000000000000015", "0.100000000000002", false },
	};

	(void)state;
	check(table, N(table));
}

static void
whole_numbers_beyond_fifteen_digits_are_cut(void **state)
{
	static const struct seen table[] = {
		{ "123456789012345", "123456789012345", false },
		{ "1234567890123456", "1234567890123460", true },
		{ "1234567890123450", "1234567890123450", true },
		{ "999999999999999999", "1000000000000000000", true },
		{ "1234567890123.456", "1234567890123.46", false },
		{ "1E20", "100000000000000000000", false },
	};

	(void)state;
	check(table, N(table));
}

static void
noughts_have_one_form(void **state)
{
	static const struct seen table[] = { { "0", "0", false }, { "-0", "0", false },
		{ "-0.000", "0", false }, { "0E99999999999", "0", false },
		{ "00012", "12", false }, { "0.50", "0.5", false }, { "100", "100", false } };

	(void)state;
	check(table, N(table));
}

static void
only_decimal_numbers_are_numbers(void **state)
{
	static const struct seen table[] = { { "+5", "5", false }, { ".5", "0.5", false },
		{ "5.", "5", false }, { " 5\n", "5", false }, { "", NULL, false },
		{ " ", NULL, false }, { ".", NULL, false }, { "-", NULL, false },
		{ "+-5", NULL, false }, { "5 5", NULL, false }, { "1,5", NULL, false },
		{ "0x10", NULL, false }, { "INF", NULL, false }, { "NaN", NULL, false },
		{ "nan", NULL, false }, { "infinity", NULL, false }, { "1E", NULL, false },
		{ "1E+", NULL, false }, { "E5", NULL, false }, { "1.2.3", NULL, false },
		{ "1e5.0", NULL, false }, { "-.e1", NULL, false } };

	(void)state;
	check(table, N(table));
}

/* Do the digits behind the fifteenth stand for exactly a half? */
static bool
is_tie(const char *text)
{
	unsigned significant = 0;

	for (; *text != '\0' && *text != 'e'; text++)
		if (*text >= '0' && *text <= '9' && (significant > 0 || *text != '0') &&
		    ++significant > 15 && *text != (significant == 16 ? '5' : '0'))
			return false;
	return significant > 15;
}

/* What is written for a double is read as %.15g shows it, but for ties, which the text breaks upwards. */
static void
any_double_is_seen_as_excel_shows_it(void **state)
{
	char text[64], shown[64], out[NUMBER_SEEN_ROOM];
	struct number_seen s, t;
	uint64_t bits = 1;
	double d;

	(void)state;
	for (unsigned i = 0; i < 200000; i++) {
		bits = bits * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		d = i % 2 == 0 ? (double)(bits >> 20) / 1000.0 : (double)(bits >> 11) * 1e-17;
		(void)snprintf(text, sizeof(text), "%.17g", d);
		(void)snprintf(shown, sizeof(shown), "%.15g", d);
		assert_true(number_seen(text_of(text), &s));
		assert_true(number_seen(text_of(shown), &t));
		(void)number_seen_put(&s, out);
		if ((s.digits != t.digits || s.power != t.power) && !is_tie(text))
			fail_msg("%s: seen as %s, shown as %s", text, out, shown);
		/* and what is written is the same number when it is read again */
		assert_true(number_seen(text_of(out), &t));
		assert_true(s.digits == t.digits && s.power == t.power);
	}
}

static void
money_and_rates_take_what_is_written(void **state)
{
	static const struct {
		const char *text;
		enum number_read how;
		pence amount;
	} table[] = {
		{ "0.30000000000000004", NUMBER_OK, 30 },
		{ "1.5E-2", NUMBER_NOT_PENCE, 2 },
		{ "219385.123392150", NUMBER_NOT_PENCE, 21938512 },
		{ "13245000.000000002", NUMBER_OK, 1324500000 },
		{ "1E300", NUMBER_RANGE, 0 },
		{ "1E-300", NUMBER_NOT_PENCE, 0 },
		{ "-1.1E3", NUMBER_OK, -110000 },
	};
	char out[NUMBER_SEEN_ROOM];
	struct number_seen s;
	struct money_read m;
	struct rate rate;

	(void)state;
	for (size_t i = 0; i < N(table); i++) {
		assert_true(number_seen(text_of(table[i].text), &s));
		m = money_read((struct text){ out, number_seen_put(&s, out) }, MONEY_STRICT, 1);
		if (m.how != table[i].how || m.amount != table[i].amount)
			fail_msg("%s: %s read as %d, %lld", table[i].text, out, m.how,
			    (long long)m.amount);
	}
	assert_true(number_seen(TEXT("3.7499999999999999E-2"), &s));
	assert_true(rate_read((struct text){ out, number_seen_put(&s, out) }, &rate));
	assert_int_equal(rate.units, 375);
	assert_int_equal(rate.scale, 4);
}

/* Every text of up to six of these. */
static void
both_ways_of_asking_agree(void **state)
{
	static const char letters[] = "05.eE+- x";
	const size_t most = sizeof(letters) - 1;
	struct number_seen s;
	char text[6];
	size_t n, which;

	(void)state;
	for (n = 0; n <= sizeof(text); n++) {
		size_t all = 1;

		for (size_t i = 0; i < n; i++)
			all *= most;
		for (size_t i = 0; i < all; i++) {
			which = i;
			for (size_t at = 0; at < n; at++, which /= most)
				text[at] = letters[which % most];
			if (number_is((struct text){ text, n }) !=
			    number_seen((struct text){ text, n }, &s))
				fail_msg("\"%.*s\" is a number for one of them", (int)n, text);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ways_of_asking_agree),
		cmocka_unit_test(what_a_double_adds_is_not_seen),
		cmocka_unit_test(half_goes_away_from_nought),
		cmocka_unit_test(whole_numbers_beyond_fifteen_digits_are_cut),
		cmocka_unit_test(noughts_have_one_form),
		cmocka_unit_test(only_decimal_numbers_are_numbers),
		cmocka_unit_test(any_double_is_seen_as_excel_shows_it),
		cmocka_unit_test(money_and_rates_take_what_is_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
