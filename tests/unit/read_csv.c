/* Reading CSV: encodings, delimiters, quotes, line ends, places. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "rules/read_csv.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static struct arena *arena;
static struct read_error error;

static int
set_up(void **state)
{
	(void)state;
	arena = arena_new();
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static struct document *
read_bytes(struct text t)
{
	char *exact = arena_alloc(arena, t.n);

	memcpy(exact, t.p, t.n);
	return read_csv(arena, (struct text){ exact, t.n }, NULL, &error);
}

/* Rows parted by "/", cells by "|", each with its column: "1:a|3:b/1:c". */
static void
put_cells(struct buf *b, const struct document *d)
{
	for (uint32_t i = 0; i < d->n_cells; i++) {
		const struct cell *c = &d->cells[i];

		if (i > 0)
			buf_char(b, c->row == d->cells[i - 1].row ? '|' : '/');
		buf_printf(b, "%u:%.*s", c->column, TEXT_ARG(c->text));
	}
}

struct table {
	struct text csv;
	const char *cells;
};

static void
check_tables(const struct table *tables, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct document *d = read_bytes(tables[i].csv);
		struct buf b = { 0 };

		if (d == NULL)
			fail_msg("%.*s: %.*s", TEXT_ARG(tables[i].csv), TEXT_ARG(error.what));
		put_cells(&b, d);
		if (strcmp(buf_as_text(&b).p, tables[i].cells) != 0)
			fail_msg("%.*s: %s", TEXT_ARG(tables[i].csv), buf_as_text(&b).p);
		buf_free(&b);
	}
}

static void
rows_and_fields_are_told_apart(void **state)
{
	static const struct table tables[] = {
		{ TEXT("a,b\n1,2\n"), "1:a|2:b/1:1|2:2" },
		{ TEXT("a,b\n1,2"), "1:a|2:b/1:1|2:2" },
		{ TEXT("a,b\r\n1,2\r\n"), "1:a|2:b/1:1|2:2" },
		{ TEXT("a,b\r1,2\r"), "1:a|2:b/1:1|2:2" },
		{ TEXT("one"), "1:one" },
		{ TEXT("a,,b\n,,\n ,\t, \n,c,\n"), "1:a|3:b/2:c" },
		{ TEXT("a, b ,c\n"), "1:a|2: b |3:c" },
		{ TEXT("a,b\n\n\n1,2\n"), "1:a|2:b/1:1|2:2" },
		{ TEXT("\xc2\xa0,\n1,2\n"), "1:1|2:2" },
	};

	(void)state;
	check_tables(tables, N(tables));
}

static void
quotes_mean_what_they_mean_in_excel(void **state)
{
	static const struct table tables[] = {
		{ TEXT("\"a,b\",c\n"), "1:a,b|2:c" },
		{ TEXT("\"a\nb\",c\n1,2\n"), "1:a\nb|2:c/1:1|2:2" },
		{ TEXT("\"a\r\nb\",c\r\n"), "1:a\r\nb|2:c" },
		{ TEXT("\"say \"\"hi\"\"\",c\n"), "1:say \"hi\"|2:c" },
		{ TEXT("\"\",c\n"), "2:c" },
		{ TEXT("\"\"\"\",c\n"), "1:\"|2:c" },
		{ TEXT("6\" pipe,c\n"), "1:6\" pipe|2:c" },
		{ TEXT("a\"\"b,c\n"), "1:a\"\"b|2:c" },
		{ TEXT("a \"b\" c,d\n"), "1:a \"b\" c|2:d" },
		{ TEXT(" \"b\",c\n"), "1: \"b\"|2:c" },
		{ TEXT("\"a\"b,c\n"), "1:ab|2:c" },
		{ TEXT("\"a\" ,c\n"), "1:a |2:c" },
		{ TEXT("\"a\"b\"c\",d\n"), "1:ab\"c\"|2:d" },
		{ TEXT("\"a\"\"b\"c,d\n"), "1:a\"bc|2:d" },
		{ TEXT("\"a\""), "1:a" },
		{ TEXT("a,\"b\""), "1:a|2:b" },
	};

	(void)state;
	check_tables(tables, N(tables));
}

static void
the_delimiter_is_the_one_that_splits_most_rows_alike(void **state)
{
	static const struct table tables[] = {
		{ TEXT("a;b;c\n1,5;2,5;x\n3,5;4,5;y\n"),
		    "1:a|2:b|3:c/1:1,5|2:2,5|3:x/1:3,5|2:4,5|3:y" },
		{ TEXT("a\tb\n1,5\t2\n1,5\t3\n"), "1:a|2:b/1:1,5|2:2/1:1,5|2:3" },
		{ TEXT("Return; draft\na,b\n1,2\n3,4\n"),
		    "1:Return; draft/1:a|2:b/1:1|2:2/1:3|2:4" },
		{ TEXT("\"a;b;c\",x\n\"a;b;c\",y\n"), "1:a;b;c|2:x/1:a;b;c|2:y" },
		{ TEXT("sql select a, b, c from t\nh1,h2\n1,2\n3,4\n"),
		    "1:sql select a|2: b|3: c from t/1:h1|2:h2/1:1|2:2/1:3|2:4" },
		{ TEXT("sep=;\na;b,c\n"), "1:a|2:b,c" },
		{ TEXT("\"sep=|\"\r\na|b,c\r\n"), "1:a|2:b,c" },
		{ TEXT("SEP=\t\na\tb,c\n"), "1:a|2:b,c" },
		{ TEXT("sep=;;\na,b\nc,d\n"), "1:sep=;;/1:a|2:b/1:c|2:d" },
		{ TEXT("separate,b\n1,2\n"), "1:separate|2:b/1:1|2:2" },
	};

	(void)state;
	check_tables(tables, N(tables));
}

struct encoded {
	struct text csv;
	const char *cells, *encoding;
};

static void
encodings_are_told_and_turned_into_utf8(void **state)
{
	static const struct encoded files[] = {
		{ TEXT("a,\xc2\xa3"
		       "5\n"),
		    "1:a|2:£5", "UTF-8" },
		{ TEXT("\xef\xbb\xbf"
		       "a,\xc2\xa3"
		       "5\n"),
		    "1:a|2:£5", "UTF-8 with BOM" },
		{ TEXT("\xc3\xaf\xc2\xbb\xc2\xbf"
		       "a,b\n"),
		    "1:a|2:b", "UTF-8" },
		{ TEXT("a,\xa3"
		       "5\n"),
		    "1:a|2:£5", "Windows-1252" },
		{ TEXT("\x80,\x93q\x94,\xe9\n"), "1:€|2:“q”|3:é", "Windows-1252" },
		{ TEXT("\xff\xfe"
		       "a\0,\0\xa3\0\n\0"),
		    "1:a|2:£", "UTF-16LE" },
		{ TEXT("\xfe\xff"
		       "\0a\0,\x20\xac\0\n"),
		    "1:a|2:€", "UTF-16BE" },
		{ TEXT("a\0,\0b\0\n\0"), "1:a|2:b", "UTF-16LE" },
		{ TEXT("\0a\0,\0b\0\n"), "1:a|2:b", "UTF-16BE" },
		{ TEXT("\xff\xfe"
		       "a\0,\0\x3d\xd8\x00\xde"),
		    "1:a|2:\xf0\x9f\x98\x80", "UTF-16LE" },
		{ TEXT("\xff\xfe"
		       "\"\0a\0\n\0\"\0\"\0b\0\"\0"),
		    "1:a\n\"b", "UTF-16LE" },
	};

	(void)state;
	for (size_t i = 0; i < N(files); i++) {
		const struct document *d = read_bytes(files[i].csv);
		struct buf b = { 0 };

		if (d == NULL)
			fail_msg("file %zu: %.*s", i, TEXT_ARG(error.what));
		put_cells(&b, d);
		assert_string_equal(b.p, files[i].cells);
		assert_string_equal(d->encoding, files[i].encoding);
		buf_free(&b);
	}
}

struct refused {
	struct text csv;
	const char *kind, *words;
	uint32_t line, column;
};

static void
what_cannot_be_read_is_refused_with_its_line(void **state)
{
	static const struct refused files[] = {
		{ TEXT(""), "empty", "empty", 0, 0 },
		{ TEXT("\xef\xbb\xbf"), "empty", "nothing", 0, 0 },
		{ TEXT("\n\n , ,\n"), "empty", "nothing", 0, 0 },
		{ TEXT("sep=;\n"), "empty", "nothing", 0, 0 },
		{ TEXT("a,b\n1,\"2\n3,4\n"), "syntax", "opens field 2 of this row", 2, 3 },
		{ TEXT("a,b\n\"x\ny\",££,\"2\n"), "syntax", "opens field 3 of this row", 3, 7 },
		{ TEXT("a,\""), "syntax", "opens field 2", 1, 3 },
		{ TEXT("a,b\n1,\0\n"), "syntax", "NUL", 2, 0 },
		{ TEXT("a,b\n\n\xa3,\x81\n"), "not_utf8", "the byte 81", 3, 3 },
		{ TEXT("\xef\xbb\xbf"
		       "a,b\n1,\xa3"
		       "5\n"),
		    "not_utf8", "says that it is UTF-8", 2, 3 },
		{ TEXT("\xff\xfe"
		       "a\0b"),
		    "truncated", "cut in half", 0, 0 },
		{ TEXT("\xff\xfe"
		       "a\0\n\0\x00\xd8"
		       "b\0"),
		    "not_utf8", "(D800) without its other half", 2, 0 },
		{ TEXT("\xff\xfe"
		       "a\0\0\0"),
		    "syntax", "NUL", 1, 0 },
	};

	(void)state;
	for (size_t i = 0; i < N(files); i++) {
		if (read_bytes(files[i].csv) != NULL)
			fail_msg("file %zu was read", i);
		if (strcmp(error.kind, files[i].kind) != 0 || error.line != files[i].line ||
		    error.column != files[i].column ||
		    memmem(error.what.p, error.what.n, files[i].words,
			strlen(files[i].words)) == NULL)
			fail_msg("file %zu: %s %u:%u %.*s", i, error.kind, error.line,
			    error.column, TEXT_ARG(error.what));
		assert_true(error.what.p[error.what.n - 1] == '.');
		assert_true(error.expected.n > 0 && error.todo.n > 0);
	}
}

static void
check_place(const struct document *d, uint32_t i, uint32_t row, uint32_t line, uint32_t byte)
{
	const struct cell *c = &d->cells[i];

	if (c->row != row || c->line != line || c->byte != byte)
		fail_msg("cell %u: row %u, line %u, byte %u", i, c->row, c->line, c->byte);
}

static void
each_cell_knows_its_line_and_byte(void **state)
{
	const struct document *d = read_bytes(TEXT("££,b\n\n\"x\r\ny\nz\",£,w\nlast\n"));

	(void)state;
	assert_non_null(d);
	check_place(d, 0, 1, 1, 1);
	check_place(d, 1, 1, 1, 6);
	check_place(d, 2, 3, 3, 1);
	check_place(d, 3, 3, 5, 4); /* behind the line breaks of the cell before it */
	check_place(d, 4, 3, 5, 7);
	check_place(d, 5, 4, 6, 1);
	assert_true(d->cells[2].quoted && !d->cells[3].quoted);
	assert_true(d->sheets[0].rows == 4 && d->sheets[0].columns == 3);
	/* in the bytes of the file, not of the text it became */
	d = read_bytes(TEXT("\xa3\xa3,b\n"));
	check_place(d, 1, 1, 1, 4);
	d = read_bytes(TEXT("\xff\xfe\xa3\0,\0b\0\n\0c\0,\0d\0"));
	check_place(d, 0, 1, 1, 3);
	check_place(d, 1, 1, 1, 7);
	check_place(d, 3, 2, 2, 5);
	d = read_bytes(TEXT("sep=;\r\na;b"));
	check_place(d, 1, 1, 2, 3);
}

static void
plain_fields_are_not_copied(void **state)
{
	const struct document *d = read_bytes(TEXT("abc,\"d,e\",\"f\"\"g\"\n"));

	(void)state;
	for (uint32_t i = 0; i < 3; i++) {
		const char *p = d->cells[i].text.p;

		assert_true((p >= d->bytes.p && p < d->bytes.p + d->bytes.n) == (i < 2));
	}
}

static void
the_extent_counts_blank_rows_and_columns(void **state)
{
	const struct document *d = read_bytes(TEXT("a\n\n,,,\nb,c\n\n"));

	(void)state;
	assert_non_null(d);
	assert_int_equal(d->sheets[0].rows, 5);
	assert_int_equal(d->sheets[0].columns, 4);
	assert_int_equal(d->n_cells, 3);
	assert_true(
	    d->sheets[0].first_cell == 0 && d->sheets[0].n_cells == 3 && d->n_sheets == 1);
}

static void
the_number_of_cells_is_limited(void **state)
{
	struct read_options few = { .max_items = 3 };

	(void)state;
	assert_non_null(read_csv(arena, TEXT("a,b\nc,,\n"), &few, &error));
	assert_null(read_csv(arena, TEXT("a,b\nc,d\n"), &few, &error));
	assert_string_equal(error.kind, "too_big");
	assert_int_equal(error.line, 2);
}

/* Time for files that double must not more than double, whatever is in them. */
static void
reading_takes_time_in_proportion(void **state)
{
	static const char *const units[] = { "a,b,c\n", "\"a\"\"b\",c\n", "\"\n\n\n\",", ",",
		"\n", "\"a\"x,", "\xa3,\xa3,\xa3,\xa3,\xa3", "\"\"", "a\"\"\"" };
	struct buf b = { 0 };
	clock_t begin = clock();

	(void)state;
	for (size_t i = 0; i < N(units); i++) {
		buf_clear(&b);
		while (b.n < 4 * 1024 * 1024)
			buf_str(&b, units[i]);
		if (read_bytes(buf_as_text(&b)) == NULL)
			assert_non_null(error.kind);
		arena_reset(arena);
	}
	assert_true((clock() - begin) / CLOCKS_PER_SEC < 20);
	buf_free(&b);
}

/* Sheets with their names and how many cells they have: "Cover 2, Income 4". */
static void
a_file_that_begins_with_a_name_has_sheets(void **state)
{
	static const struct {
		struct text csv;
		const char *sheets;
	} cases[] = {
		{ TEXT("[Cover]\na,b\n\n[Income]\nc,d\n1,2\n"), "Cover 2, Income 4" },
		{ TEXT("\n[ Cover ],,\na,b\n"), "Cover 2" },
		{ TEXT("[Cover]\n[Income]\n[Cover]\na\n"), "Cover 0, Income 0, Cover 1" },
		{ TEXT("[Cover]\na,[Income]\n[],b\n[]\n[b\n"), "Cover 6" },
		{ TEXT("a,b\n[Cover]\nc,d\n"), "" },
		{ TEXT("[Cover],1\na,b\n"), "" },
		{ TEXT("[]\na,b\n"), "" },
	};
	struct buf b = { 0 };

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		const struct document *d = read_bytes(cases[i].csv);

		assert_non_null(d);
		buf_clear(&b);
		for (uint32_t k = 0; d->sectioned && k < d->n_sheets; k++) {
			buf_printf(&b, "%s%.*s %u", k > 0 ? ", " : "",
			    TEXT_ARG(d->sheets[k].name), d->sheets[k].n_cells);
			assert_true(
			    d->sheets[k].first_cell + d->sheets[k].n_cells <= d->n_cells);
		}
		assert_string_equal(b.p != NULL && b.n > 0 ? b.p : "", cases[i].sheets);
		arena_reset(arena);
	}
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_and_fields_are_told_apart),
		cmocka_unit_test(quotes_mean_what_they_mean_in_excel),
		cmocka_unit_test(the_delimiter_is_the_one_that_splits_most_rows_alike),
		cmocka_unit_test(encodings_are_told_and_turned_into_utf8),
		cmocka_unit_test(what_cannot_be_read_is_refused_with_its_line),
		cmocka_unit_test(each_cell_knows_its_line_and_byte),
		cmocka_unit_test(plain_fields_are_not_copied),
		cmocka_unit_test(the_extent_counts_blank_rows_and_columns),
		cmocka_unit_test(a_file_that_begins_with_a_name_has_sheets),
		cmocka_unit_test(the_number_of_cells_is_limited),
		cmocka_unit_test(reading_takes_time_in_proportion),
	};

	return cmocka_run_group_tests_name("read_csv", tests, set_up, tear_down);
}
