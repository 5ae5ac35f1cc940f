/* Registers: typed rows, look-ups by any columns, days in force, mistakes with their lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "rules/form_private.h"
#include "rules/register.h"

static struct buf told;

static void
tell(void *arg, struct text file, uint32_t line, struct text what)
{
	(void)arg;
	buf_text(&told, file);
	buf_printf(&told, ":%u: ", line);
	buf_text(&told, what);
	buf_char(&told, '\n');
}

/* code, from, to, amount */
static struct reg *
make(struct arena *a, const char *csv)
{
	static const struct field columns[] = {
		{ .name = { "code", 4 }, .kind = KIND_CODE, .index = 0 },
		{ .name = { "from", 4 }, .kind = KIND_DATE, .index = 1 },
		{ .name = { "to", 2 }, .kind = KIND_DATE, .index = 2 },
		{ .name = { "amount", 6 }, .kind = KIND_MONEY, .index = 3 },
	};
	struct reg *r = arena_calloc(a, 1, sizeof(*r));

	buf_clear(&told);
	buf_str(&told, "");
	r->name = TEXT("r");
	r->type.fields = arena_calloc(a, 4, sizeof(columns[0]));
	memcpy(r->type.fields, columns, sizeof(columns));
	r->type.n_fields = 4;
	r->key = arena_calloc(a, 1, sizeof(*r->key));
	r->n_key = 1;
	r->from = 1;
	r->to = 2;
	register_read_csv(r, a, TEXT("r.csv"), text_of(csv), tell, NULL);
	register_seal(r, a, tell, NULL);
	return r;
}

static struct reg_want
code(const char *s)
{
	struct reg_want w = {
		0,
		{ .state = VALUE_SET, .kind = KIND_CODE, .u.s = s, .len = (uint32_t)strlen(s) }
	};

	return w;
}

static void
rows_are_found_in_the_order_of_the_file(void **state)
{
	struct arena *a = arena_new();
	struct reg *r =
	    make(a, "amount,code,from,to\n1,X,,2014-12-31\n2,Y,,\n3.50,X,2015-01-01,\n");
	struct reg_want x = code("X"), z = code("Z");
	uint32_t rows[4];
	date on;

	(void)state;
	assert_string_equal(told.p, "");
	assert_int_equal(register_find(r, &x, 1, NULL, rows, 4), 2);
	assert_int_equal(rows[0], 0);
	assert_int_equal(rows[1], 2);
	date_make(2015, 1, 1, &on);
	assert_int_equal(register_find(r, &x, 1, &on, rows, 4), 1);
	assert_int_equal(r->rows.items[rows[0]].u.rec->values[3].u.n, 350);
	assert_int_equal(register_find(r, &z, 1, NULL, rows, 4), 0);
	assert_int_equal(register_find(r, NULL, 0, NULL, rows, 1), 3);
	arena_free(a);
}

static void
every_mistake_has_its_line(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	make(a, "code,from,to,amout\nX,2014-13-01,,\n,,,5\nY,2015-01-01,2014-01-01,\n");
	assert_non_null(strstr(
	    told.p, "r.csv:1: The register r has no column 'amout' (did you mean amount?)."));
	assert_non_null(
	    strstr(told.p, "r.csv:1: The column 'amount' of the register r is not there."));
	assert_non_null(strstr(told.p,
	    "r.csv:2: The from is \"2014-13-01\"; it must be a date like 2014-11-28: year, "
	    "month, "
	    "day."));
	assert_non_null(strstr(told.p, "r.csv:3: The key of this row is left out"));
	assert_non_null(strstr(told.p, "r.csv:4: This row ends before it begins."));
	arena_free(a);
}

static void
rows_of_one_key_may_follow_but_not_overlap(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	make(a, "code,from,to,amount\nX,2015-01-01,,1\nX,,2014-12-31,2\n");
	assert_string_equal(told.p, "");
	make(a, "code,from,to,amount\nX,2014-06-01,,1\nX,,2014-12-31,2\n");
	assert_non_null(strstr(told.p, "in force on the same days"));
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_found_in_the_order_of_the_file),
		cmocka_unit_test(every_mistake_has_its_line),
		cmocka_unit_test(rows_of_one_key_may_follow_but_not_overlap),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("register", tests, NULL, NULL);
}
