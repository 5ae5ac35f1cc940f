/* Places: written as pointers, paths, keys and labels, read back, ordered, found in the file. */
#include "form_help.h"

static const char document[] =
    "{\"financial_year\":\"2015-16\",\"units\":\"GBP\",\n"
    " \"hwb\":{\"gss\":\"E08000018\"},\n"
    " \"income\":[{\"line\":\"I1\",\"amount\":5},\n"
    "   {\"amount\":6}],\n"
    " \"schemes\":[{\"scheme_id\":\"B/"
    "1]~x\",\"expenditure\":7,\"parts\":[{\"amount\":1}],\"providers\":[\"RFR\"]},\n"
    "   {\"scheme_id\":\"B2\",\"expenditure\":7},{\"scheme_id\":\"B2\",\"expenditure\":8}],\n"
    " \"p4p\":{\"target_reduction_permille\":10,\"planned\":{\"2015-16Q1\":4}}}\n";

static const struct {
	const char *read, *pointer, *path, *key, *label;
} places[] = {
	{ "", "", "", "", "Rich return" },
	{ "/financial_year", "/financial_year", "/financial_year", "", "Financial year" },
	{ "/hwb/gss", "/hwb/gss", "/hwb/gss", "", "Health and wellbeing board: Code" },
	{ "/income", "/income", "/income", "", "Income" },
	{ "/income[I1]", "/income/0", "/income[I1]", "income[I1]", "Income, line I1" },
	{ "/income/0/amount", "/income/0/amount", "/income[I1]/amount", "income[I1]",
	    "Income, line I1: Amount" },
	{ "/income/1/amount", "/income/1/amount", "/income/1/amount", "",
	    "Income, line 2: Amount" },
	{ "/schemes[B~11~2~0x]/parts/0/amount", "/schemes/0/parts/0/amount",
	    "/schemes[B~11~2~0x]/parts/0/amount", "schemes[B~11~2~0x]",
	    "Schemes, scheme B/1]~x, Parts, part 1: Amount" },
	{ "/schemes[B~11~2~0x]/providers/0", "/schemes/0/providers/0",
	    "/schemes[B~11~2~0x]/providers/0", "schemes[B~11~2~0x]",
	    "Schemes, scheme B/1]~x: Providers, number 1" },
	{ "/schemes[B2]/expenditure", "/schemes/1/expenditure", "/schemes[B2]/expenditure",
	    "schemes[B2]", "Schemes, scheme B2: Expenditure" },
	{ "/schemes/2/expenditure", "/schemes/2/expenditure", "/schemes/2/expenditure", "",
	    "Schemes, scheme B2: Expenditure" },
	{ "/p4p/target_reduction_permille", "/p4p/target_reduction", "/p4p/target_reduction",
	    "", "Payment for performance: Target reduction" },
	{ "/p4p/planned/2015-16Q1", "/p4p/planned/2015-16Q1", "/p4p/planned/2015-16Q1", "",
	    "Payment for performance: Planned, quarter 1 of 2015-16" },
	{ "/p4p/quarters[2015-16Q1]/paid", "/p4p/quarters/0/paid",
	    "/p4p/quarters[2015-16Q1]/paid", "p4p.quarters[2015-16Q1]",
	    "Payment for performance, Quarters, quarter 1 of 2015-16: Paid" },
};

static void
assert_written(
    void (*write)(struct buf *, struct place), struct place place, const char *wanted)
{
	struct buf buf = { 0 };

	write(&buf, place);
	assert_string_equal(buf.p != NULL ? buf.p : "", wanted);
	buf_free(&buf);
}

static void
places_are_written_and_read_back(void **state)
{
	struct forms *f = forms_new(rich_form);
	struct budget *b = forms_fill(f, document);

	(void)state;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		struct place place, again;

		assert_true(place_read(b, text_of(places[i].read), &place));
		assert_written(place_pointer, place, places[i].pointer);
		assert_written(place_path, place, places[i].path);
		assert_written(place_key, place, places[i].key);
		assert_written(place_label, place, places[i].label);
		assert_true(place_read(b, text_of(places[i].path), &again));
		assert_true(place_equal(place, again));
		assert_true(place_read(b, text_of(places[i].pointer), &again));
		assert_true(place_equal(place, again));
	}
	forms_free(f);
}

static void
what_is_no_place_is_not_read(void **state)
{
	static const char *const bad[] = { "/incme", "/income/2", "/income/-1", "/income[I9]",
		"/income[I1", "/income[I1]/amount/x", "/income/0/amout", "/hwb[x]", "/schemes[",
		"/p4p/planned/2015-16Q2", "/financial_year/0", "/income//", "/template/name",
		"/income/99999999999999999999" };
	struct forms *f = forms_new(rich_form);
	struct budget *b = forms_fill(f, document);
	struct place place;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (place_read(b, text_of(bad[i]), &place))
			fail_msg("%s was read", bad[i]);
	forms_free(f);
}

static void
places_are_ordered_as_the_form_and_the_file_have_them(void **state)
{
	static const char *const order[] = { "", "/financial_year", "/hwb", "/hwb/gss",
		"/income", "/income/0", "/income/0/amount", "/income/1", "/schemes",
		"/schemes/0/providers", "/schemes/0/providers/0", "/schemes/0/parts/0/amount",
		"/schemes/1", "/p4p/planned/2015-16Q1" };
	struct forms *f = forms_new(rich_form);
	struct budget *b = forms_fill(f, document);
	struct place x, y;
	int n = sizeof(order) / sizeof(order[0]);

	(void)state;
	for (int i = 0; i < n; i++) {
		for (int j = 0; j < n; j++) {
			int c;

			assert_true(place_read(b, text_of(order[i]), &x));
			assert_true(place_read(b, text_of(order[j]), &y));
			c = place_compare(x, y);
			assert_int_equal((c > 0) - (c < 0), (i > j) - (i < j));
		}
	}
	forms_free(f);
}

static void
a_place_is_found_in_the_file_under_its_own_names(void **state)
{
	struct forms *f = forms_new(rich_form);
	struct budget *b = forms_fill(f, document);
	struct source_place where;
	struct place place;

	(void)state;
	assert_true(place_read(b, TEXT("/income/1/amount"), &place));
	where = place_source(f->budgets, place);
	assert_text(where.pointer, "/income/1/amount");
	assert_int_equal(where.line, 4);
	assert_int_equal(where.column, 14);
	assert_true(place_read(b, TEXT("/p4p/target_reduction"), &place));
	assert_text(place_source(f->budgets, place).pointer, "/p4p/target_reduction_permille");
	assert_true(place_read(b, TEXT("/schemes[B2]/people"), &place));
	assert_text(place_source(f->budgets, place).pointer, "/schemes/1");
	forms_free(f);
}

static void
values_are_written_for_programs_and_for_people(void **state)
{
	static const struct {
		enum kind kind;
		int64_t n;
		uint8_t scale;
		const char *plain, *pretty;
	} values[] = {
		{ KIND_MONEY, 2041500000, 0, "20415000.00", "£20,415,000.00" },
		{ KIND_MONEY, -150, 0, "-1.50", "−£1.50" },
		{ KIND_INTEGER, 36800, 0, "36800", "36,800" },
		{ KIND_DECIMAL, -12345678, 2, "-123456.78", "−123,456.78" },
		{ KIND_DECIMAL, 5, 1, "0.5", "0.5" },
		{ KIND_RATE, 375, 4, "3.75%", "3.75%" },
		{ KIND_BOOLEAN, 1, 0, "true", "yes" },
		{ KIND_YEAR, 2015, 0, "2015-16", "2015-16" },
		{ KIND_QUARTER, 4 * 2014 + 3, 0, "2014-15Q4", "quarter 4 of 2014-15" },
		{ KIND_DATE, 16402, 0, "2014-11-28", "28 November 2014" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		struct value v = { .state = VALUE_SET,
			.kind = (uint8_t)values[i].kind,
			.scale = values[i].scale,
			.u.n = values[i].n };
		struct buf buf = { 0 };

		value_format(&buf, NULL, v);
		assert_string_equal(buf.p, values[i].plain);
		buf_clear(&buf);
		value_format_pretty(&buf, NULL, v);
		assert_string_equal(buf.p, values[i].pretty);
		buf_free(&buf);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places_are_written_and_read_back),
		cmocka_unit_test(what_is_no_place_is_not_read),
		cmocka_unit_test(places_are_ordered_as_the_form_and_the_file_have_them),
		cmocka_unit_test(a_place_is_found_in_the_file_under_its_own_names),
		cmocka_unit_test(values_are_written_for_programs_and_for_people),
	};

	return cmocka_run_group_tests_name("place", tests, NULL, NULL);
}
