/* Filling a form from JSON: every kind of value, and every fault with its place. */
#include "form_help.h"

#define HEAD "{\"financial_year\":\"2015-16\",\"units\":\"GBP\",\"hwb\":{\"gss\":\"E08000018\"}"

static char *
read_file(const char *path)
{
	FILE *file = fopen(path, "r");
	char *bytes;
	long n;

	if (file == NULL)
		return NULL;
	fseek(file, 0, SEEK_END);
	n = ftell(file);
	rewind(file);
	bytes = calloc(1, (size_t)n + 1);
	assert_int_equal(fread(bytes, 1, (size_t)n, file), n);
	fclose(file);
	return bytes;
}

static void
a_whole_return_is_read_with_no_fault(void **state)
{
	struct forms *f = forms_new(rich_form);
	char *bytes = read_file("tests/fixtures/forms/rich.json");
	struct budget *b;

	(void)state;
	assert_non_null(bytes);
	b = forms_fill(f, bytes);
	show_faults(b);
	assert_int_equal(b->n_faults, 0);
	assert_text(b->area, "E08000018");
	assert_text(b->period, "2015-16");
	assert_text(b->version, "2014-08-18");
	assert_value(b, "/income/0/amount", "20416123.00");
	assert_value(b, "/income[I2]/amount", "500.00");
	assert_value(b, "/income[I2]/partner", "HWB");
	assert_value(b, "/income[I1]/partner", "CCG");
	assert_value(b, "/schemes[S~11~2~0]/type", "dfg");
	assert_value(b, "/schemes/0/unit_cost", "1490.25");
	assert_value(b, "/schemes/0/rounded", "0.02");
	assert_value(b, "/schemes/0/share", "37.5%");
	assert_value(b, "/schemes/0/capital", "true");
	assert_value(b, "/schemes/0/providers/1", "RFR");
	assert_value(b, "/schemes/0/groups/0", "carers");
	assert_value(b, "/schemes/0/parts/1/amount", "2500.00");
	assert_value(b, "/schemes[S2]/paid", "6005.00");
	assert_value(b, "/p4p/target_reduction", "1%");
	assert_value(b, "/p4p/metric", "12.125");
	assert_value(b, "/split/LA", "50%");
	assert_value(b, "/signed_at", "2014-11-20T23:59:59Z");
	assert_int_equal(value_at(b, "/schemes/0/paid").state, VALUE_UNKNOWN);
	assert_int_equal(value_at(b, "/schemes[S2]/share").state, VALUE_ABSENT);
	assert_int_equal(value_at(b, "/schemes[S2]/label").state, VALUE_DERIVE);
	assert_ptr_equal(
	    value_at(b, "/income/0/partner").u.rec, value_at(b, "/partners[CCG]").u.rec);
	free(bytes);
	forms_free(f);
}

static void
a_joined_list_has_a_row_a_key_and_knows_where_each_value_stands(void **state)
{
	struct forms *f = forms_new(rich_form);
	char *bytes = read_file("tests/fixtures/forms/rich.json");
	struct budget *b = forms_fill(f, bytes);
	struct source_place where;
	struct place place;

	(void)state;
	assert_int_equal(value_at(b, "/p4p/quarters").u.list->n, 3);
	assert_value(b, "/p4p/quarters/0/performance", "2014-15Q4");
	assert_value(b, "/p4p/quarters[2014-15Q4]/baseline", "6700");
	assert_value(b, "/p4p/quarters[2014-15Q4]/actual", "6650");
	assert_value(b, "/p4p/quarters[2014-15Q4]/paid", "3500.00");
	assert_int_equal(value_at(b, "/p4p/quarters/1/actual").state, VALUE_UNKNOWN);
	assert_int_equal(value_at(b, "/p4p/quarters/2/actual").state, VALUE_ABSENT);
	assert_int_equal(value_at(b, "/p4p/quarters/2/baseline").state, VALUE_ABSENT);
	assert_int_equal(value_at(b, "/p4p/quarters/2/reduction").state, VALUE_DERIVE);
	assert_true(place_read(b, TEXT("/p4p/quarters[2014-15Q4]/paid"), &place));
	where = place_source(f->budgets, place);
	assert_text(where.pointer, "/p4p/payments/0/amount");
	assert_true(place_read(b, TEXT("/p4p/quarters/1/baseline"), &place));
	assert_text(place_source(f->budgets, place).pointer, "/p4p/baseline/2014-15Q1");
	assert_true(place_read(b, TEXT("/p4p/quarters/2/actual"), &place));
	assert_text(place_source(f->budgets, place).pointer, "/p4p/actual");
	free(bytes);
	forms_free(f);
}

/* What stands after HEAD, the fault it must give, its path, and a part of what is said; NULL: none. */
static const struct {
	const char *rest;
	enum fault_kind kind;
	const char *path, *says;
	enum value_state state; /* of the value at the path afterwards */
} cases[] = {
	{ "\"income\":[{\"amount\":\"1,234.50\"}]", FAULT_NUMBER_AS_TEXT, "/income/0/amount",
	    "written as text", VALUE_SET },
	{ "\"income\":[{\"amount\":\"£5\"}]", FAULT_NUMBER_AS_TEXT, "/income/0/amount",
	    "written as text", VALUE_SET },
	{ "\"income\":[{\"amount\":\"-\"}]", FAULT_NOT_A_NUMBER, "/income/0/amount", "Enter 0",
	    VALUE_FAULTED },
	{ "\"income\":[{\"amount\":\"#REF!\"}]", FAULT_NOT_A_NUMBER, "/income/0/amount",
	    "formula", VALUE_FAULTED },
	{ "\"income\":[{\"amount\":\"2.34E+13\"}]", FAULT_NOT_A_NUMBER, "/income/0/amount",
	    "digits are lost", VALUE_FAULTED },
	{ "\"income\":[{\"amount\":\"ten\"}]", FAULT_NOT_A_NUMBER, "/income/0/amount",
	    "is no number", VALUE_FAULTED },
	{ "\"income\":[{\"amount\":1.005}]", FAULT_NOT_WHOLE_PENCE, "/income/0/amount",
	    "two decimals", VALUE_FAULTED },
	{ "\"income\":[{\"amount\":-1}]", FAULT_OUT_OF_RANGE, "/income/0/amount",
	    "below the least that may stand here, £0.00.", VALUE_SET },
	{ "\"income\":[{\"amount\":1000000000.01}]", FAULT_OUT_OF_RANGE, "/income/0/amount",
	    "above the most", VALUE_SET },
	{ "\"income\":[{\"amount\":1e40}]", FAULT_OUT_OF_RANGE, "/income/0/amount",
	    "beyond any", VALUE_FAULTED },
	{ "\"income\":[{\"amount\":true}]", FAULT_WRONG_TYPE, "/income/0/amount",
	    "found is true", VALUE_FAULTED },
	{ "\"income\":[{\"amount\":[1]}]", FAULT_WRONG_TYPE, "/income/0/amount", "a list of 1",
	    VALUE_FAULTED },
	{ "\"income\":[{\"amount\":null}]", FAULT_MISSING, "/income/0/amount", "left out",
	    VALUE_ABSENT },
	{ "\"income\":[{\"amount\":\" \"}]", FAULT_MISSING, "/income/0/amount", "left out",
	    VALUE_ABSENT },
	{ "\"income\":[{}]", FAULT_MISSING, "/income/0/amount", "must be there", VALUE_ABSENT },
	{ "\"income\":{}", FAULT_WRONG_TYPE, "/income", "A list must stand here",
	    VALUE_FAULTED },
	{ "\"income\":[7]", FAULT_WRONG_TYPE, "/income/0", "A record must stand here",
	    VALUE_SET },
	{ "\"income\":[{\"amount\":1,\"amout\":2}]", FAULT_UNKNOWN_FIELD, "/income/0",
	    "Did you mean \"amount\"?", VALUE_SET },
	{ "\"incme\":[]", FAULT_UNKNOWN_FIELD, "", "Did you mean \"income\"?", VALUE_SET },
	{ "\"income\":[{\"amount\":1,\"partner\":\"CGC\"}],\"partners\":[{\"id\":\"CCG\"}]",
	    FAULT_DANGLING, "/income/0/partner", "Did you mean \"CCG\"?", VALUE_FAULTED },
	{ "\"income\":[{\"amount\":1,\"partner\":\"CCG\"}]", FAULT_DANGLING,
	    "/income/0/partner", "no \"CCG\" in partners", VALUE_FAULTED },
	{ "\"partners\":[{\"id\":\"A\"},{\"id\":\"B\"},{\"id\":\"A\"}]", FAULT_DUPLICATE_KEY,
	    "/partners/2/id", "position 1", VALUE_SET },
	{ "\"partners\":[{\"id\":3}]", FAULT_WRONG_TYPE, "/partners/0/id", "Text in quotes",
	    VALUE_FAULTED },
	{ "\"schemes\":[{\"scheme_id\":\"S\",\"expenditure\":5.5}]", FAULT_NOT_WHOLE_PENCE,
	    "/schemes[S]/expenditure", "whole pounds", VALUE_SET },
	{ "\"schemes\":[{\"scheme_id\":\"S\",\"expenditure\":5,\"type\":\"carer\"}]",
	    FAULT_NOT_LISTED, "/schemes[S]/type", "Did you mean \"carers\"?", VALUE_FAULTED },
	{ "\"schemes\":[{\"scheme_id\":\"S\",\"expenditure\":5,\"type\":\"ibcf\"}]",
	    FAULT_NOT_LISTED, "/schemes[S]/type", "this return's year", VALUE_SET },
	{ "\"schemes\":[{\"scheme_id\":\"S\",\"expenditure\":5,\"people\":1.5}]",
	    FAULT_NOT_A_NUMBER, "/schemes[S]/people", "no whole number", VALUE_FAULTED },
	{ "\"schemes\":[{\"scheme_id\":\"S\",\"expenditure\":5,\"people\":1001}]",
	    FAULT_OUT_OF_RANGE, "/schemes[S]/people", "above", VALUE_SET },
	{ "\"schemes\":[{\"scheme_id\":\"S\",\"expenditure\":5,\"share\":100.5}]",
	    FAULT_OUT_OF_RANGE, "/schemes[S]/share", "above", VALUE_SET },
	{ "\"schemes\":[{\"scheme_id\":\"S\",\"expenditure\":5,\"share\":\"50\"}]",
	    FAULT_NUMBER_AS_TEXT, "/schemes[S]/share", "as text", VALUE_SET },
	{ "\"schemes\":[{\"scheme_id\":\"S\",\"expenditure\":5,\"capital\":\"yes\"}]",
	    FAULT_WRONG_TYPE, "/schemes[S]/capital", "neither true nor false", VALUE_FAULTED },
	{ "\"schemes\":[{\"scheme_id\":\"S\",\"expenditure\":5,\"starts\":\"2015-02-30\"}]",
	    FAULT_BAD_DATE, "/schemes[S]/starts", "does not exist", VALUE_FAULTED },
	{ "\"schemes\":[{\"scheme_id\":\"S\",\"expenditure\":5,\"starts\":\"28/11/2014\"}]",
	    FAULT_BAD_DATE, "/schemes[S]/starts", "Write 2014-11-28", VALUE_FAULTED },
	{ "\"schemes\":[{\"scheme_id\":\"S\",\"expenditure\":5,\"providers\":[\"C87901\",\"x\"]"
	  "}]",
	    FAULT_BAD_CODE, "/schemes[S]/providers/1", "shape", VALUE_FAULTED },
	{ "\"schemes\":[{\"scheme_id\":\"S\",\"expenditure\":5,\"groups\":[\"old\"]}]",
	    FAULT_NOT_LISTED, "/schemes[S]/groups/0", "not one of the words", VALUE_FAULTED },
	{ "\"schemes\":[{\"scheme_id\":\"S\",\"expenditure\":5,\"conflict\":{}}]",
	    FAULT_MISSING, "/schemes[S]/conflict/declared", "left out", VALUE_ABSENT },
	{ "\"schemes\":[{\"scheme_id\":\"S\",\"expenditure\":5,\"label\":\"x\"}]",
	    FAULT_UNKNOWN_FIELD, "/schemes[S]/label", "worked out", VALUE_DERIVE },
	{ "\"p4p\":{\"target_reduction_permille\":3.5}", FAULT_NOT_A_NUMBER,
	    "/p4p/target_reduction", "whole number of ‰", VALUE_FAULTED },
	{ "\"p4p\":{\"target_reduction\":0.01,\"target_percent\":1}", FAULT_UNKNOWN_FIELD,
	    "/p4p/target_reduction", "another name", VALUE_SET },
	{ "\"p4p\":{\"metric\":\"5%\"}", FAULT_NOT_A_NUMBER, "/p4p/metric", "is a share",
	    VALUE_FAULTED },
	{ "\"p4p\":{\"quarters\":[]}", FAULT_UNKNOWN_FIELD, "/p4p/quarters", "worked out",
	    VALUE_ABSENT },
	{ "\"p4p\":{\"planned\":{\"2014-15Q5\":1}}", FAULT_BAD_QUARTER, "/p4p/planned/0",
	    "Write 2014-15Q4", VALUE_SET },
	{ "\"p4p\":{\"planned\":{\"2014-15Q4\":1,\"Q4 2014-15\":2}}", FAULT_DUPLICATE_KEY,
	    "/p4p/planned/2014-15Q4", "there twice", VALUE_SET },
	{ "\"p4p\":{\"planned\":{\"2014-15Q4\":null}}", FAULT_KINDS, "/p4p/planned/2014-15Q4",
	    NULL, VALUE_ABSENT },
	{ "\"split\":{\"X\":50}", FAULT_DANGLING, "/split/0", "no \"X\" in partners",
	    VALUE_SET },
	{ "\"submitted_at\":\"2014-11-28T16:05:00\"", FAULT_BAD_TIME, "/submitted_at", "zone",
	    VALUE_FAULTED },
	{ "\"submitted_at\":\"2016-03-27 01:30 London\"", FAULT_BAD_TIME, "/submitted_at",
	    "does not exist", VALUE_FAULTED },
	{ "\"submitted_at\":\"2016-10-30 01:30 London\"", FAULT_BAD_TIME, "/submitted_at",
	    "twice", VALUE_FAULTED },
	{ "\"submitted_at\":\"2014-11-28\"", FAULT_BAD_TIME, "/submitted_at", "no time",
	    VALUE_FAULTED },
	{ "\"template\":{\"name\":\"Part 2\",\"version\":\"2014-07-25\"}", FAULT_OLD_VERSION,
	    "/template/version", "use \"2014-08-18\"", VALUE_SET },
	{ "\"template\":{\"name\":\"Part 2\",\"version\":\"1\"}", FAULT_UNKNOWN_VERSION,
	    "/template/version", "not one that is accepted", VALUE_SET },
	{ "\"template\":{\"name\":\"Part 1\",\"version\":\"2014-08-18\"}",
	    FAULT_UNKNOWN_VERSION, "/template/version", "\"Part 1\"", VALUE_SET },
	{ "\"partners\":[{\"id\":\"A\",\"name\":\"a\\u0007b\"}]", FAULT_BAD_TEXT,
	    "/partners[A]/name", "control", VALUE_FAULTED },
	{ "\"partners\":[{\"id\":\"A\",\"name\":\"a long name here \\u009b\"}]", FAULT_BAD_TEXT,
	    "/partners[A]/name", "control", VALUE_FAULTED },
};

static void
each_fault_has_its_kind_place_and_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct forms *f = forms_new(rich_form);
		const struct fault *fault;
		struct budget *b;
		char json[1024];

		snprintf(json, sizeof(json), HEAD ",%s}", cases[i].rest);
		b = forms_fill(f, json);
		fault = fault_at(b, cases[i].kind, cases[i].path);
		if (cases[i].says == NULL) {
			assert_int_equal(b->n_faults, 0);
		} else if (fault == NULL || !text_has(fault->message, cases[i].says) ||
		    b->n_faults != 1) {
			show_faults(b);
			fail_msg("%s", json);
		} else
			assert_int_equal(place_value(fault->at).state, cases[i].state);
		forms_free(f);
	}
}

static void
a_fault_names_what_was_found_and_what_is_wanted(void **state)
{
	struct forms *f = forms_new(rich_form);
	struct budget *b = forms_fill(f,
	    HEAD ",\"income\":[{\"amount\":\"#REF!\"}],"
		 "\"schemes\":[{\"scheme_id\":\"S\",\"expenditure\":1,\"type\":\"x\"}]}");
	const struct fault *fault = fault_at(b, FAULT_NOT_A_NUMBER, "/income/0/amount");

	(void)state;
	assert_text(fault->given, "#REF!");
	assert_text(fault->expected, "pounds and pence");
	fault = fault_at(b, FAULT_NOT_LISTED, "/schemes[S]/type");
	assert_text(fault->expected, "one of: carers, dfg, ibcf");
	forms_free(f);
}

static void
a_missing_field_names_the_member_that_may_be_it(void **state)
{
	struct forms *f = forms_new(rich_form);
	struct budget *b = forms_fill(f, HEAD ",\"income\":[{\"amout\":5}]}");

	(void)state;
	assert_true(text_has(fault_at(b, FAULT_MISSING, "/income/0/amount")->message,
	    "Is \"amout\" meant for it?"));
	forms_free(f);
}

static void
all_faults_of_a_file_come_at_once(void **state)
{
	struct forms *f = forms_new(rich_form);
	struct budget *b = forms_fill(f,
	    "{\"financial_year\":\"2015-17\",\"units\":\"EUR\",\"income\":"
	    "[{\"amount\":\"-\"},{\"amount\":1,\"partner\":\"X\"}],\"z\":1}");

	(void)state;
	assert_non_null(fault_at(b, FAULT_BAD_YEAR, "/financial_year"));
	assert_non_null(fault_at(b, FAULT_NOT_LISTED, "/units"));
	assert_non_null(fault_at(b, FAULT_MISSING, "/hwb"));
	assert_non_null(fault_at(b, FAULT_NOT_A_NUMBER, "/income/0/amount"));
	assert_non_null(fault_at(b, FAULT_DANGLING, "/income/1/partner"));
	assert_non_null(fault_at(b, FAULT_UNKNOWN_FIELD, ""));
	assert_int_equal(b->n_faults, 6);
	assert_int_equal(b->area.n, 0);
	assert_int_equal(b->period.n, 0);
	forms_free(f);
}

static void
what_an_absent_record_requires_is_not_missed(void **state)
{
	struct forms *f = forms_new(rich_form);
	struct budget *b =
	    forms_fill(f, HEAD ",\"schemes\":[{\"scheme_id\":\"S\",\"expenditure\":1}]}");

	(void)state;
	assert_int_equal(b->n_faults, 0);
	forms_free(f);
}

static void
members_in_any_order_are_read_alike(void **state)
{
	struct forms *f = forms_new(rich_form);
	struct budget *b = forms_fill(f,
	    HEAD ",\"schemes\":[{\"scheme_id\":\"A\",\"expenditure\":1,\"people\":2},"
		 "{\"people\":5,\"scheme_id\":\"B\",\"expenditure\":4},"
		 "{\"expenditure\":7,\"people\":8,\"scheme_id\":\"C\",\"capital\":false},"
		 "{\"scheme_id\":\"D\",\"expenditure\":10}]}");

	(void)state;
	assert_int_equal(b->n_faults, 0);
	assert_value(b, "/schemes[A]/people", "2");
	assert_value(b, "/schemes[B]/people", "5");
	assert_value(b, "/schemes[B]/expenditure", "4.00");
	assert_value(b, "/schemes[C]/expenditure", "7.00");
	assert_value(b, "/schemes[C]/capital", "false");
	assert_value(b, "/schemes[D]/expenditure", "10.00");
	forms_free(f);
}

static void
a_list_beyond_the_bound_is_faulted_not_cut(void **state)
{
	struct forms *f = forms_new(rich_form);
	struct buf json = { 0 };
	struct budget *b;

	(void)state;
	buf_str(&json, HEAD ",\"schemes\":[{}");
	for (int i = 0; i < 800000; i++)
		buf_str(&json, ",{}");
	buf_str(&json, "]}");
	b = forms_fill(f, json.p);
	assert_int_equal(value_at(b, "/schemes").state, VALUE_FAULTED);
	assert_int_equal(b->n_faults, 20001);
	assert_int_equal(b->faults[b->n_faults - 1].kind, FAULT_TOO_MANY_ROWS);
	buf_free(&json);
	forms_free(f);
}

static void
a_derived_value_is_stored_once_worked_out(void **state)
{
	struct forms *f = forms_new(rich_form);
	struct budget *b =
	    forms_fill(f, HEAD ",\"schemes\":[{\"scheme_id\":\"S\",\"expenditure\":1}]}");
	struct value v = { .state = VALUE_SET, .u.s = "derived", .len = 7 };
	struct place place;

	(void)state;
	assert_true(place_read(b, TEXT("/schemes[S]/label"), &place));
	budget_set_derived(
	    (struct record *)place.rec, &place.rec->type->fields[place.field], v);
	assert_value(b, "/schemes[S]/label", "derived");
	forms_free(f);
}

static void
rates_are_read_by_the_units_of_their_name(void **state)
{
	static const struct {
		const char *member, *value;
	} rates[] = { { "\"target_reduction\":0.0375", "3.75%" },
		{ "\"target_reduction\":\"3.75%\"", "3.75%" },
		{ "\"target_reduction_permille\":35", "3.5%" },
		{ "\"target_reduction_permille\":0", "0%" },
		{ "\"target_percent\":3.5", "3.5%" }, { "\"target_reduction\":1e-2", "1%" } };

	(void)state;
	for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		struct forms *f = forms_new(rich_form);
		struct budget *b;
		char json[256];

		snprintf(json, sizeof(json), HEAD ",\"p4p\":{%s}}", rates[i].member);
		b = forms_fill(f, json);
		show_faults(b);
		assert_int_equal(b->n_faults, 0);
		assert_value(b, "/p4p/target_reduction", rates[i].value);
		forms_free(f);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_return_is_read_with_no_fault),
		cmocka_unit_test(
		    a_joined_list_has_a_row_a_key_and_knows_where_each_value_stands),
		cmocka_unit_test(each_fault_has_its_kind_place_and_words),
		cmocka_unit_test(a_fault_names_what_was_found_and_what_is_wanted),
		cmocka_unit_test(a_missing_field_names_the_member_that_may_be_it),
		cmocka_unit_test(all_faults_of_a_file_come_at_once),
		cmocka_unit_test(what_an_absent_record_requires_is_not_missed),
		cmocka_unit_test(members_in_any_order_are_read_alike),
		cmocka_unit_test(a_list_beyond_the_bound_is_faulted_not_cut),
		cmocka_unit_test(a_derived_value_is_stored_once_worked_out),
		cmocka_unit_test(rates_are_read_by_the_units_of_their_name),
	};

	return cmocka_run_group_tests_name("bind", tests, NULL, NULL);
}
