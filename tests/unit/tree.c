/* The packed policy tree: what is written can be read, and nothing else. */
#include "rules/tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct tree_file
file(const char *name, const char *data)
{
	return (struct tree_file){ text_of(name), text_of(data) };
}

static void
files_come_back_sorted_by_name(void **state)
{
	struct tree_file in[] = { file("site.lua", "site{}"), file("a/x.lua", ""),
		file("a.lua", "1") };
	struct buf b = { 0 };
	struct tree t;
	const char *why;

	(void)state;
	tree_pack(&b, in, 3);
	assert_true(tree_read(buf_as_text(&b), &t, &why));
	assert_int_equal(t.n, 3);
	assert_true(text_is(t.files[0].name, "a.lua"));
	assert_true(text_is(t.files[1].name, "a/x.lua"));
	assert_true(text_is(tree_find(&t, "site.lua")->data, "site{}"));
	assert_null(tree_find(&t, "site"));
	tree_free(&t);
	buf_free(&b);
}

static void
every_cut_of_a_tree_is_refused_or_shorter(void **state)
{
	struct tree_file in[] = { file("a", "12"), file("b", "345") };
	struct buf b = { 0 };
	struct tree t;
	const char *why;
	size_t n;

	(void)state;
	tree_pack(&b, in, 2);
	for (n = 0; n < b.n; n++) {
		if (tree_read((struct text){ b.p, n }, &t, &why)) {
			assert_true(t.n < 2);
			tree_free(&t);
		} else {
			assert_non_null(why);
		}
	}
	buf_free(&b);
}

static void
names_that_climb_are_refused(void **state)
{
	const char *const names[] = { "../x", "/x", "a/../b", "a//b", "a/", ".", "" };
	const char *why;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct tree_file in = file(names[i], "x");
		struct buf b = { 0 };
		struct tree t;

		tree_pack(&b, &in, 1);
		assert_false(tree_read(buf_as_text(&b), &t, &why));
		buf_free(&b);
	}
}

static void
a_name_twice_is_refused(void **state)
{
	struct tree_file in[] = { file("a", "1"), file("a", "2") };
	struct buf b = { 0 };
	struct tree t;
	const char *why;

	(void)state;
	tree_pack(&b, in, 2);
	assert_false(tree_read(buf_as_text(&b), &t, &why));
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_come_back_sorted_by_name),
		cmocka_unit_test(every_cut_of_a_tree_is_refused_or_shorter),
		cmocka_unit_test(names_that_climb_are_refused),
		cmocka_unit_test(a_name_twice_is_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("tree", tests, NULL, NULL);
}
