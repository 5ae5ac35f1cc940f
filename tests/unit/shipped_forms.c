/* The forms that are shipped: declared without complaint, and able to read what is shipped with them. */
#include "form_help.h"

#include <glob.h>

/* Libraries as packs require them: "lib.names" is lua-policies/lib/names.lua. */
static const char stubs[] = "package.path = 'lua-policies/?.lua;lua-policies/?/init.lua'\n"
			    "function gbp(x) return x end rate = gbp zero = 0\n";

static char *
read_file(const char *path, size_t *n)
{
	FILE *file = fopen(path, "r");
	char *bytes = calloc(1, 1 << 20);

	assert_non_null(file);
	*n = fread(bytes, 1, (1 << 20) - 1, file);
	fclose(file);
	return bytes;
}

static struct forms *
shipped(void)
{
	struct forms *f = forms_new(stubs);
	glob_t found;

	assert_int_equal(glob("lua-policies/*/forms/*.lua", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		if (luaL_dofile(f->L, found.gl_pathv[i]) != LUA_OK)
			fail_msg("%s", lua_tostring(f->L, -1));
	}
	if (f->n_messages > 0)
		fail_msg("%s", f->messages.p);
	globfree(&found);
	return f;
}

static void
shipped_forms_are_declared_without_complaint(void **state)
{
	struct forms *f = shipped();

	(void)state;
	assert_true(f->n >= 2);
	forms_free(f);
}

/* A return passes with what is hidden in it, and with an older template: both are told. */
static void
assert_nothing_wrong(const struct budget *b)
{
	show_faults(b);
	for (uint32_t i = 0; i < b->n_faults; i++)
		assert_true(b->faults[i].kind == FAULT_HIDDEN ||
		    b->faults[i].kind == FAULT_OLD_VERSION);
}

static void
passing_submissions_are_read_without_a_fault_and_come_back_from_history(void **state)
{
	const struct read_options options = { .workbooks = true };
	struct forms *f = shipped();
	glob_t found;

	(void)state;
	assert_int_equal(glob("tests/fixtures/submissions/pass/*", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		size_t n;
		char *bytes = read_file(found.gl_pathv[i], &n);
		struct document *doc = document_read(f->budgets, (struct text){ bytes, n },
		    text_of(found.gl_pathv[i]), &options, &f->error);
		const struct form *form;
		struct budget *budget, *again;
		struct buf json = { 0 }, twice = { 0 };

		if (doc == NULL)
			fail_msg("%s: %.*s", found.gl_pathv[i], TEXT_ARG(f->error.what));
		form = form_recognise(f->form, f->n, doc, f->budgets, &f->error);
		assert_non_null(form);
		budget = form_fill(f->budgets, form, doc);
		assert_nothing_wrong(budget);
		assert_true(budget->area.n > 0 && budget->period.n > 0);
		budget_write_history(&json, budget);
		again = budget_read_history(f->budgets, form, buf_as_text(&json));
		assert_non_null(again);
		assert_nothing_wrong(again);
		budget_write_history(&twice, again);
		assert_string_equal(json.p, twice.p);
		buf_free(&json);
		buf_free(&twice);
		free(bytes);
	}
	globfree(&found);
	forms_free(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shipped_forms_are_declared_without_complaint),
		cmocka_unit_test(
		    passing_submissions_are_read_without_a_fault_and_come_back_from_history),
	};

	return cmocka_run_group_tests_name("shipped_forms", tests, NULL, NULL);
}
