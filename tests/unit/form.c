/* Forms: declared from Lua, found by name, recognised in documents. */
#include "form_help.h"

#include "rules/form.h"

static void
a_form_with_every_kind_is_read_without_complaint(void **state)
{
	struct forms *f = forms_new(rich_form);
	const struct form *form;

	(void)state;
	assert_int_equal(f->n_messages, 0);
	assert_int_equal(f->n, 1);
	form = f->form[0];
	assert_text(form->id, "rich");
	assert_text(form->pack, "pack");
	assert_text(form->area, "hwb.gss");
	assert_text(form->explanations, "explanations");
	assert_text(form->explained.condition, "rule");
	assert_text(form->explained.on, "");
	assert_text(form->fault_ids[FAULT_DANGLING], "POOL-REF-001");
	assert_int_equal(form->faults[FAULT_DANGLING], -1);
	assert_true(form->json && form->csv);
	forms_free(f);
}

static void
fields_are_found_by_name_and_alias(void **state)
{
	struct forms *f = forms_new(rich_form);
	const struct record_type *p4p = form_path(f->form[0], TEXT("p4p"))->sub;
	const struct field *field;
	int alias = -1;

	(void)state;
	field = form_field(p4p, TEXT("target_reduction"), &alias);
	assert_text(field->name, "target_reduction");
	assert_int_equal(alias, 0);
	assert_ptr_equal(form_field(p4p, TEXT("target_percent"), &alias), field);
	assert_int_equal(alias, 2);
	assert_null(form_field(p4p, TEXT("target"), &alias));
	assert_text(form_suggest(p4p, TEXT("baselin")), "baseline");
	assert_null(form_path(f->form[0], TEXT("hwb.gssx")));
	assert_null(form_path(f->form[0], TEXT("partners.id")));
	assert_int_equal(form_path(f->form[0], TEXT("hwb.gss"))->kind, KIND_CODE);
	forms_free(f);
}

static void
a_field_without_title_has_its_name_in_words(void **state)
{
	struct forms *f = forms_new(rich_form);

	(void)state;
	assert_text(form_path(f->form[0], TEXT("submitted_at"))->title, "Submitted at");
	forms_free(f);
}

/* Each mistake in a form otherwise good, and a part of what must be said of it. */
static const struct {
	const char *fields, *rest, *says;
} mistakes[] = {
	{ "{ 'a', 'mony' }", "", "a: kind 'mony' is not known (did you mean 'money'?)" },
	{ "{ 'a', 'money', rnge = { '0', '1' } }", "",
	    "option 'rnge' is not known (did you mean 'range'?)" },
	{ "{ 'a', 'text', range = { '0', '1' } }", "", "'range' means nothing for kind text" },
	{ "{ 'a', 'money', range = { '5', '1' } }", "", "least above its most" },
	{ "{ 'a', 'money', range = { '5', 'x' } }", "", "'range' must be two numbers" },
	{ "{ 'a', 'text' }, { 'a', 'text' }", "", "a: the name 'a' is there twice" },
	{ "{ 'a', 'text', aliases = { 'b' } }, { 'b', 'text' }", "",
	    "the name 'b' is there twice" },
	{ "{ 'a', 'text', aliases = { 'b', 'b' } }", "", "the alias 'b' is there twice" },
	{ "{ 'A b', 'text' }", "", "a field's name is of small letters" },
	{ "{ 'a' }", "", "this one has no kind" },
	{ "'a'", "", "field number 1 must be" },
	{ "{ 'a', 'reference' }", "", "a: a reference needs 'to'" },
	{ "{ 'a', 'reference', to = 'lst' }, { 'list', 'list', key = 'k', fields = { { 'k', "
	  "'code' } } }",
	    "", "there is no field 'lst' (did you mean 'list'?)" },
	{ "{ 'a', 'reference', to = 'l' }, { 'l', 'list', fields = { { 'k', 'code' } } }", "",
	    "has no 'key'" },
	{ "{ 'a', 'reference', to = 'b' }, { 'b', 'text' }", "",
	    "must name a list of records" },
	{ "{ 'a', 'list', key = 'kk', fields = { { 'k', 'code' } } }", "",
	    "a: the key 'kk' is not known" },
	{ "{ 'a', 'list', key = 'k', fields = { { 'k', 'boolean' } } }", "",
	    "cannot tell records apart" },
	{ "{ 'a', 'list' }", "", "a list needs fields" },
	{ "{ 'a', 'list', of = 'record' }", "", "one scalar kind" },
	{ "{ 'a', 'record' }", "", "a record needs fields" },
	{ "{ 'a', 'enum' }", "", "an enum needs of" },
	{ "{ 'a', 'enum', of = { 'x', 'x' } }", "", "the word 'x' is there twice" },
	{ "{ 'a', 'enum', of = { { 'x', from = '2015' } } }", "", "must be a financial year" },
	{ "{ 'a', 'map', of = 'text' }", "", "a map needs 'keys'" },
	{ "{ 'a', 'map', keys = 'money', of = 'text' }", "", "the keys of a map are" },
	{ "{ 'a', 'code', shape = 'a99' }", "", "'shape' is of A" },
	{ "{ 'a', 'text', required = 'yes' }", "", "'required' must be true or false" },
	{ "{ 'a', 'text', derive = 3 }", "", "'derive' must be a function" },
	{ "{ 'a', 'list', open = { 'x', 'y' }, fields = { { 'x', 'date' } } }", "",
	    "'open' names 'y'" },
	{ "{ 'a', 'list', key = 'p', join = { rows = 'b', p = 'key' }, fields = { { 'p', "
	  "'text' } } }, { 'b', 'text' }",
	    "", "'rows' must be a map" },
	{ "{ 'a', 'list', join = { rows = 'b', p = 'key', q = 'c' }, fields = { { 'p', 'year' "
	  "} } }, "
	  "{ 'b', 'map', keys = 'year', of = 'money' }",
	    "", "joined field 'q' is not known" },
	{ "{ 'a', 'list', join = { rows = 'b', p = 'b' }, fields = { { 'p', 'year' } } }, "
	  "{ 'b', 'map', keys = 'year', of = 'money' }",
	    "", "'p' is of kind year, and what 'b' gives is of kind money" },
	{ "{ 'a', 'text' }", "titl = 'x'",
	    "option of a form 'titl' is not known (did you mean 'title'?)" },
	{ "{ 'a', 'text' }", "area = 'b'", "'area' names 'b', and there is no field 'b'" },
	{ "{ 'a', 'text' }", "period = 'a'", "'period' must name a year" },
	{ "{ 'a', 'enum', of = { 'EUR', 'GBP' } }", "units = 'a'",
	    "units are \"GBP\" or \"GBP000\"" },
	{ "{ 'a', 'text' }", "faults = { bad_dat = 'X' }",
	    "the kind of fault 'bad_dat' is not known (did you mean 'bad_date'?)" },
	{ "{ 'a', 'text' }", "explanations = { list = 'a' }", "which is no list of records" },
	{ "{ 'l', 'list', fields = { { 'rule', 'text' } } }",
	    "explanations = { list = 'l', condition = 'rul', text = 'rule' }",
	    "(did you mean 'rule'?)" },
	{ "{ 'a', 'text' }", "version = { field = 'a' }", "at least one row of 'accepted'" },
	{ "{ 'a', 'text' }", "csv = { list = 'a', needs = { 'a' } }",
	    "'csv.list' must name a list" },
	{ "{ 'l', 'list', fields = { { 'k', 'text' } } }",
	    "csv = { list = 'l', needs = { 'z' } }", "'csv.needs' names 'z'" },
};

static void
each_mistake_refuses_the_form_and_says_where_and_what(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
		char lua[1024];
		struct forms *f;

		snprintf(lua, sizeof(lua),
		    "\nform { id = 'f', title = 'F', recognise = { kind = 'plan' }, fields = { "
		    "%s }, %s }",
		    mistakes[i].fields, mistakes[i].rest);
		f = forms_new(lua);
		if (f->n != 0 || f->messages.p == NULL ||
		    strstr(f->messages.p, mistakes[i].says) == NULL)
			fail_msg(
			    "%s\nsaid: %s\nwanted: %s", lua, f->messages.p, mistakes[i].says);
		assert_memory_equal(f->messages.p, "forms.lua:2: form f", 19);
		forms_free(f);
	}
}

static void
all_mistakes_of_a_form_are_told_at_once(void **state)
{
	struct forms *f = forms_new("form { id = 'f', title = 3, fields = { { 'a', 'mony' }, { "
				    "'b', 'text', round = true },"
				    " { 'a', 'text' } }, odd = 1 }");

	(void)state;
	assert_int_equal(f->n, 0);
	assert_true(f->n_messages >= 5);
	forms_free(f);
}

static void
a_refused_form_gives_its_functions_back(void **state)
{
	struct forms *f =
	    forms_new("form { id = 'f', title = 'F', recognise = { k = 'x' }, fields = {"
		      " { 'a', 'text', derive = function() end }, { 'b', 'mony' } } }");
	int before, after;

	(void)state;
	assert_int_equal(f->n, 0);
	lua_pushboolean(f->L, 1);
	before = luaL_ref(f->L, LUA_REGISTRYINDEX);
	luaL_unref(f->L, LUA_REGISTRYINDEX, before);
	forms_run(f,
	    "form { id = 'f', title = 'F', recognise = { k = 'x' }, fields = {"
	    " { 'a', 'text', derive = function() end }, { 'b', 'mony' } } }");
	lua_pushboolean(f->L, 1);
	after = luaL_ref(f->L, LUA_REGISTRYINDEX);
	assert_int_equal(before, after);
	forms_free(f);
}

static const struct form *
recognise(struct forms *f, const char *text)
{
	struct document *doc = forms_document(f, text);

	assert_non_null(doc);
	return form_recognise(f->form, f->n, doc, f->budgets, &f->error);
}

static void
json_is_recognised_by_its_root_members(void **state)
{
	struct forms *f = forms_new(rich_form);

	(void)state;
	assert_non_null(recognise(f, "{\"schema\":\"rich/1\",\"kind\":\"plan\"}"));
	assert_non_null(
	    recognise(f, "{\"kind\":\"amendment\",\"schema\":\"rich/1\",\"programme\":\"p\"}"));
	assert_null(
	    recognise(f, "{\"schema\":\"rich/1\",\"kind\":\"plan\",\"programme\":\"other\"}"));
	assert_null(recognise(f, "{\"schema\":\"rich/1\"}"));
	assert_null(recognise(f, "[1]"));
	forms_free(f);
}

static void
the_form_with_more_matching_members_wins(void **state)
{
	struct forms *f = forms_new("form { id = 'wide', title = 'Wide', recognise = { kind = "
				    "'plan', programme = { 'x', absent = true } },"
				    "  fields = { { 'a', 'text' } } }"
				    "form { id = 'close', title = 'Close', recognise = { kind "
				    "= 'plan', programme = 'x', schema = 's' },"
				    "  fields = { { 'a', 'text' } } }");

	(void)state;
	assert_text(
	    recognise(f, "{\"kind\":\"plan\",\"programme\":\"x\",\"schema\":\"s\"}")->id,
	    "close");
	assert_text(recognise(f, "{\"kind\":\"plan\"}")->id, "wide");
	forms_free(f);
}

static void
an_unknown_json_file_is_told_what_it_has_and_what_it_needs(void **state)
{
	struct forms *f = forms_new(rich_form);

	(void)state;
	assert_null(recognise(f, "{\"schema\":\"rich/1\",\"kind\":\"pla\\u001bn\",\"x\":1}"));
	assert_string_equal(f->error.kind, "no_form");
	assert_true(text_has(f->error.what, "\"schema\", \"kind\", \"x\""));
	assert_true(text_has(f->error.expected, "Rich return (rich)"));
	assert_true(text_has(
	    f->error.todo, "\"kind\" must be \"plan\" or \"amendment\" (it is \"pla\\x1bn\")"));
	forms_free(f);
}

static void
an_unknown_table_is_told_its_columns_and_those_that_are_missing(void **state)
{
	struct forms *f = forms_new(rich_form);

	(void)state;
	assert_null(recognise(f, "note\nScheme id,Cost\nS1,5\n"));
	assert_true(text_has(f->error.what, "Its columns are \"Scheme id\", \"Cost\"."));
	assert_true(text_has(f->error.todo, "missing: \"Expenditure (£)\""));
	assert_int_equal(f->error.line, 2);
	assert_null(recognise(f, "a,b\n1,2\n"));
	assert_true(text_has(f->error.what, "No row among the first 40"));
	forms_free(f);
}

static void
a_table_is_recognised_by_headings_however_written(void **state)
{
	static const char *const good[] = { "scheme_id,expenditure\nS1,5\n",
		"Scheme ID,Expenditure (£)\nS1,5\n", "SCHEME-ID ;EXPENDITURE [£000]\nS1;5\n",
		"title\n\n,Scheme id,Expenditure £\n,S1,5\n",
		"Scheme ID\texpenditure (GBP)\nS1\t5\n" };
	struct forms *f = forms_new(rich_form);

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_non_null(recognise(f, good[i]));
	assert_null(recognise(f, "scheme_id,expenditure (last year)\nS1,5\n"));
	forms_free(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_form_with_every_kind_is_read_without_complaint),
		cmocka_unit_test(fields_are_found_by_name_and_alias),
		cmocka_unit_test(a_field_without_title_has_its_name_in_words),
		cmocka_unit_test(each_mistake_refuses_the_form_and_says_where_and_what),
		cmocka_unit_test(all_mistakes_of_a_form_are_told_at_once),
		cmocka_unit_test(a_refused_form_gives_its_functions_back),
		cmocka_unit_test(json_is_recognised_by_its_root_members),
		cmocka_unit_test(the_form_with_more_matching_members_wins),
		cmocka_unit_test(an_unknown_json_file_is_told_what_it_has_and_what_it_needs),
		cmocka_unit_test(
		    an_unknown_table_is_told_its_columns_and_those_that_are_missing),
		cmocka_unit_test(a_table_is_recognised_by_headings_however_written),
	};

	return cmocka_run_group_tests_name("form", tests, NULL, NULL);
}
