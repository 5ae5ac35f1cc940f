/* Filling a form from tables: preamble, header, columns, odd amounts, totals, notes. */
#include "form_help.h"

#define TOP "HWB code,E08000018\nFinancial year,2015-16\nUnits,GBP\n\n"

static void
a_table_with_preamble_totals_and_notes_is_read(void **state)
{
	struct forms *f = forms_new(rich_form);
	struct budget *b = forms_fill(f,
	    "Plan of the board,,\n" TOP
	    "Scheme ID,Scheme type,Expenditure (£)\nS1,Disabled Facilities Grant,\"1,234\"\n"
	    ",,\nS2,carers,£500\nTotal:,,\"1,734\"\nFigures are those agreed in November\n");

	(void)state;
	show_faults(b);
	assert_int_equal(b->n_faults, 0);
	assert_int_equal(value_at(b, "/schemes").u.list->n, 2);
	assert_text(b->area, "E08000018");
	assert_text(b->period, "2015-16");
	assert_value(b, "/schemes[S1]/type", "dfg");
	assert_value(b, "/schemes[S1]/expenditure", "1234.00");
	assert_value(b, "/schemes[S2]/expenditure", "500.00");
	forms_free(f);
}

static void
values_of_every_kind_are_read_from_cells(void **state)
{
	struct forms *f = forms_new(rich_form);
	struct budget *b = forms_fill(f,
	    "HWB code;E08000018\nFinancial year;2015-16\nUnits;GBP\n"
	    "Scheme id;Expenditure;People;% of overall spend;Capital;Starts "
	    "on;Providers;Groups;conflict declared;Paid\n"
	    "S1;5;1,200;37.5%;Yes;28/11/2014;C87901, RFR;older people|carers;no;TBC\n");

	(void)state;
	assert_non_null(fault_at(b, FAULT_OUT_OF_RANGE, "/schemes[S1]/people"));
	assert_int_equal(b->n_faults, 1);
	assert_value(b, "/schemes[S1]/people", "1200");
	assert_value(b, "/schemes[S1]/share", "37.5%");
	assert_value(b, "/schemes[S1]/capital", "true");
	assert_value(b, "/schemes[S1]/starts", "2014-11-28");
	assert_value(b, "/schemes[S1]/providers/1", "RFR");
	assert_value(b, "/schemes[S1]/groups/0", "older_people");
	assert_value(b, "/schemes[S1]/conflict/declared", "false");
	assert_int_equal(value_at(b, "/schemes[S1]/paid").state, VALUE_UNKNOWN);
	forms_free(f);
}

static const struct {
	const char *cell;
	const char *value;     /* NULL: faulted */
	enum fault_kind fault; /* FAULT_KINDS: none */
} amounts[] = {
	{ "1234.50", "1234.50", FAULT_KINDS },
	{ "\"1,234.50\"", "1234.50", FAULT_KINDS },
	{ "£1234", "1234.00", FAULT_KINDS },
	{ "\"£1,234.50\"", "1234.50", FAULT_KINDS },
	{ "(284.36)", "-284.36", FAULT_KINDS },
	{ " 7 ", "7.00", FAULT_KINDS },
	{ "-", NULL, FAULT_NOT_A_NUMBER },
	{ "#REF!", NULL, FAULT_NOT_A_NUMBER },
	{ "#N/A", NULL, FAULT_NOT_A_NUMBER },
	{ "2.34E+13", NULL, FAULT_NOT_A_NUMBER },
	{ "\"12,34\"", NULL, FAULT_NOT_A_NUMBER },
	{ "219385.123392150", NULL, FAULT_NOT_WHOLE_PENCE },
	{ "n/k", NULL, FAULT_NOT_A_NUMBER },
};

static void
amounts_as_people_write_them_are_read_or_faulted_with_their_cell(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(amounts) / sizeof(amounts[0]); i++) {
		struct forms *f = forms_new(rich_form);
		struct budget *b;
		char csv[512];

		snprintf(csv, sizeof(csv), TOP "scheme_id,expenditure,unit_cost\nS1,1,%s\n",
		    amounts[i].cell);
		b = forms_fill(f, csv);
		if (amounts[i].value != NULL)
			assert_value(b, "/schemes[S1]/unit_cost", amounts[i].value);
		else
			assert_int_equal(
			    value_at(b, "/schemes[S1]/unit_cost").state, VALUE_FAULTED);
		if (amounts[i].fault == FAULT_KINDS)
			assert_int_equal(b->n_faults, 0);
		else {
			const struct fault *fault =
			    fault_at(b, amounts[i].fault, "/schemes[S1]/unit_cost");
			struct source_place where;

			assert_non_null(fault);
			where = place_source(f->budgets, fault->at);
			assert_int_equal(where.line, 6);
			assert_int_equal(where.column, 3);
		}
		forms_free(f);
	}
}

static void
a_missing_column_is_one_fault_not_one_a_row(void **state)
{
	struct forms *f = forms_new(rich_form);
	struct budget *b =
	    forms_fill(f, TOP "Scheme ID,Type,Cost of it\nS1,carers,5\nS2,carers,6\n");
	const struct fault *fault = fault_at(b, FAULT_MISSING_COLUMN, "/schemes");

	(void)state;
	assert_non_null(fault);
	assert_text(fault->expected, "Expenditure (£)");
	assert_non_null(fault_at(b, FAULT_UNKNOWN_COLUMN, "/schemes"));
	assert_null(fault_at(b, FAULT_MISSING, "/schemes[S1]/expenditure"));
	forms_free(f);
}

static void
a_required_cell_left_empty_is_missing_at_its_line_and_column(void **state)
{
	struct forms *f = forms_new(rich_form);
	struct budget *b =
	    forms_fill(f, TOP "Scheme ID,Scheme type,Expenditure\nS1,carers,\nS2,carers,6\n");
	const struct fault *fault = fault_at(b, FAULT_MISSING, "/schemes[S1]/expenditure");
	struct source_place where;

	(void)state;
	assert_non_null(fault);
	assert_int_equal(b->n_faults, 1);
	where = place_source(f->budgets, fault->at);
	assert_int_equal(where.line, 6);
	assert_int_equal(where.column, 3);
	forms_free(f);
}

static void
an_unknown_column_is_named_with_the_nearest(void **state)
{
	struct forms *f = forms_new(rich_form);
	struct budget *b = forms_fill(f, TOP "Scheme ID,expenditure,capitl\nS1,5,yes\n");
	const struct fault *fault = fault_at(b, FAULT_UNKNOWN_COLUMN, "/schemes");

	(void)state;
	assert_non_null(fault);
	assert_true(text_has(fault->message, "Did you mean \"Capital\"?"));
	forms_free(f);
}

static void
a_column_twice_or_without_heading_is_a_fault(void **state)
{
	struct forms *f = forms_new(rich_form);
	struct budget *b =
	    forms_fill(f, TOP "Scheme ID,expenditure,Expenditure (£),\nS1,5,6,stray\n");

	(void)state;
	assert_int_equal(b->n_faults, 2);
	assert_true(text_has(b->faults[0].message, "Columns 2 and 3 have one meaning"));
	assert_true(text_has(b->faults[1].message, "Column 4 has no heading"));
	assert_value(b, "/schemes[S1]/expenditure", "5.00");
	forms_free(f);
}

static void
a_column_of_the_whole_form_must_not_change(void **state)
{
	struct forms *f = forms_new(rich_form);
	struct budget *b = forms_fill(f,
	    "Units,Financial year,HWB code,Scheme ID,Expenditure\n"
	    "GBP,2015-16,E08000018,S1,5\nGBP,2015-16,E08000019,S2,6\nGBP,2015-16,E08000018,S3,"
	    "6\n");
	const struct fault *fault = fault_at(b, FAULT_NOT_ONE, "/hwb/gss");

	(void)state;
	assert_int_equal(b->n_faults, 1);
	assert_non_null(fault);
	assert_true(
	    text_has(fault->message, "line 2 has \"E08000018\", and line 3 has \"E08000019\""));
	assert_value(b, "/hwb/gss", "E08000018");
	forms_free(f);
}

static void
a_column_must_agree_with_the_preamble(void **state)
{
	struct forms *f = forms_new(rich_form);
	struct budget *b =
	    forms_fill(f, TOP "HWB code,Scheme ID,Expenditure\nE08000019,S1,5\n");

	(void)state;
	assert_non_null(fault_at(b, FAULT_NOT_ONE, "/hwb/gss"));
	forms_free(f);
}

static void
thousands_are_scaled_exactly_by_the_units_of_the_file(void **state)
{
	struct forms *f = forms_new(rich_form);
	struct budget *b = forms_fill(f,
	    "HWB code,E08000018\nFinancial year,2015-16\nUnits,GBP000\n"
	    "Scheme ID,Expenditure (£),Unit cost\nS1,\"1,234.5\",2\n");

	(void)state;
	assert_int_equal(b->n_faults, 0);
	assert_value(b, "/schemes[S1]/expenditure", "1234500.00");
	assert_value(b, "/schemes[S1]/unit_cost", "2.00");
	forms_free(f);
}

static void
a_heading_in_thousands_against_units_in_pounds_is_a_fault(void **state)
{
	struct forms *f = forms_new(rich_form);
	struct budget *b = forms_fill(f, TOP "Scheme ID,Expenditure (£000)\nS1,5\n");

	(void)state;
	assert_int_equal(b->n_faults, 1);
	assert_true(text_has(b->faults[0].message, "disagree"));
	forms_free(f);
}

static void
duplicate_keys_are_found_in_tables_too(void **state)
{
	struct forms *f = forms_new(rich_form);
	struct budget *b = forms_fill(f, TOP "Scheme ID,Expenditure\nS1,5\nS1,6\n");
	const struct fault *fault = fault_at(b, FAULT_DUPLICATE_KEY, "/schemes/1/scheme_id");

	(void)state;
	assert_non_null(fault);
	assert_int_equal(place_source(f->budgets, fault->at).line, 7);
	forms_free(f);
}

static void
a_row_with_a_value_is_never_passed_over(void **state)
{
	struct forms *f = forms_new(rich_form);
	struct budget *b =
	    forms_fill(f, TOP "Scheme ID,Expenditure\nS1,5\n,7\nTotal of something else,8\n");

	(void)state;
	assert_int_equal(value_at(b, "/schemes").u.list->n, 3);
	assert_non_null(fault_at(b, FAULT_MISSING, "/schemes/1/scheme_id"));
	forms_free(f);
}

static void
a_header_printed_again_is_no_row(void **state)
{
	struct forms *f = forms_new(rich_form);
	struct budget *b =
	    forms_fill(f, TOP "Scheme ID,Expenditure\nS1,5\nScheme ID,Expenditure\nS2,5\n");

	(void)state;
	assert_int_equal(b->n_faults, 0);
	assert_int_equal(value_at(b, "/schemes").u.list->n, 2);
	forms_free(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_table_with_preamble_totals_and_notes_is_read),
		cmocka_unit_test(values_of_every_kind_are_read_from_cells),
		cmocka_unit_test(
		    amounts_as_people_write_them_are_read_or_faulted_with_their_cell),
		cmocka_unit_test(a_missing_column_is_one_fault_not_one_a_row),
		cmocka_unit_test(a_required_cell_left_empty_is_missing_at_its_line_and_column),
		cmocka_unit_test(an_unknown_column_is_named_with_the_nearest),
		cmocka_unit_test(a_column_twice_or_without_heading_is_a_fault),
		cmocka_unit_test(a_column_of_the_whole_form_must_not_change),
		cmocka_unit_test(a_column_must_agree_with_the_preamble),
		cmocka_unit_test(thousands_are_scaled_exactly_by_the_units_of_the_file),
		cmocka_unit_test(a_heading_in_thousands_against_units_in_pounds_is_a_fault),
		cmocka_unit_test(duplicate_keys_are_found_in_tables_too),
		cmocka_unit_test(a_row_with_a_value_is_never_passed_over),
		cmocka_unit_test(a_header_printed_again_is_no_row),
	};

	return cmocka_run_group_tests_name("bind_csv", tests, NULL, NULL);
}
