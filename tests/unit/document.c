/* What a file is, told from its first bytes; names of cells. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "rules/document.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

struct guess {
	struct text bytes;
	const char *name;
	enum document_guess guess;
	const char *what; /* part of it; NULL: nothing is said */
};

#define ZIP(inside) TEXT("PK\3\4\x14\0\0\0\0\0................\0\0" inside)

static void
files_are_told_by_their_bytes_before_their_names(void **state)
{
	static const struct guess files[] = {
		{ TEXT("{\"a\":1}"), "plan.json", GUESS_JSON, NULL },
		{ TEXT(" \n [1]"), "plan", GUESS_JSON, NULL },
		{ TEXT("{\"a\":1}"), "plan.csv", GUESS_JSON, NULL },
		{ TEXT("[Code],b\n"), "plan.csv", GUESS_CSV, NULL },
		{ TEXT("a,b\n"), "plan.csv", GUESS_CSV, NULL },
		{ TEXT("a,b\n"), "", GUESS_CSV, NULL },
		{ TEXT("a,b\n"), "plan.json", GUESS_JSON, NULL },
		{ TEXT("a,b\n"), "PLAN.JSON", GUESS_JSON, NULL },
		{ TEXT("\xef\xbb\xbf{}"), "x", GUESS_JSON, NULL },
		{ TEXT("\xff\xfe{\0}\0"), "x", GUESS_JSON, NULL },
		{ TEXT("\xff\xfe"
		       "a\0,\0b\0"),
		    "x.csv", GUESS_CSV, NULL },
		{ TEXT("< 18,over 18\n"), "x.csv", GUESS_CSV, NULL },
		{ TEXT("%PDF-1.4 ..."), "plan.csv", GUESS_OTHER, "a PDF document" },
		{ TEXT("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "plan.xls", GUESS_OTHER, ".xls" },
		{ TEXT("\x1f\x8b\x08\0"), "plan.json.gz", GUESS_OTHER, "gzip" },
		{ TEXT("\x89PNG\r\n\x1a\n"), "plan.csv", GUESS_OTHER, "PNG" },
		{ TEXT("\xff\xd8\xff\xe0"), "scan.jpg", GUESS_OTHER, "JPEG" },
		{ TEXT("GIF89a"), "x", GUESS_OTHER, "GIF" },
		{ TEXT("<!DOCTYPE html><html>"), "export.csv", GUESS_OTHER, "HTML" },
		{ TEXT("\n <html><table>"), "export.xls", GUESS_OTHER, "HTML" },
		{ TEXT("<?xml version=\"1.0\"?>"), "x.xml", GUESS_OTHER, "XML" },
		{ TEXT("{\\rtf1\\ansi"), "x.rtf", GUESS_OTHER, "rich-text" },
		{ TEXT("SQLite format 3"), "x.db", GUESS_OTHER, "database" },
		{ TEXT("\0\1\0\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), "x.csv", GUESS_OTHER,
		    "not text" },
		{ ZIP("[Content_Types].xml ... xl/workbook.xml"), "plan.csv", GUESS_XLSX,
		    "Excel workbook" },
		{ ZIP("mimetypeapplication/vnd.oasis.opendocument.spreadsheet"), "plan.zip",
		    GUESS_ODS, ".ods" },
		{ ZIP("word/document.xml"), "plan.docx", GUESS_OTHER, "Word" },
		{ ZIP("plan.json"), "plan.zip", GUESS_OTHER, "a zip archive" },
		{ ZIP("??"), "plan.XLSX", GUESS_OTHER, "a zip archive" },
		{ ZIP("_rels/.rels"), "plan.csv", GUESS_XLSX, "Excel workbook" },
		{ TEXT("ID;Programme;Amount\n1;2;3\n"), "x.csv", GUESS_CSV, NULL },
		{ TEXT("PAR1,PAR2\n"), "x.csv", GUESS_CSV, NULL },
		{ TEXT("{\"doc_id\":\"docs.google.com\"}"), "x.json", GUESS_OTHER,
		    "Google Drive" },
		{ TEXT("P"), "x", GUESS_CSV, NULL },
		{ TEXT("%PD"), "x", GUESS_CSV, NULL },
	};

	(void)state;
	for (size_t i = 0; i < N(files); i++) {
		const char *what, *todo;
		enum document_guess g =
		    document_guess(files[i].bytes, text_of(files[i].name), &what, &todo);

		if (g != files[i].guess)
			fail_msg("file %zu (%s): guessed %d", i, files[i].name, g);
		if ((todo != NULL) != (g == GUESS_OTHER))
			fail_msg("file %zu: what to do is said of what is read, or not of what "
				 "is not",
			    i);
		if (files[i].what == NULL)
			assert_null(what);
		else if (what == NULL || strstr(what, files[i].what) == NULL)
			fail_msg("file %zu: %s", i, what != NULL ? what : "nothing said");
	}
}

static void
what_is_not_read_is_refused_by_name(void **state)
{
	struct arena *arena = arena_new();
	struct read_error e;

	(void)state;
	assert_null(document_read(arena, ZIP("xl/workbook.xml"), TEXT("plan.xlsx"), NULL, &e));
	assert_string_equal(e.kind, "workbook");
	assert_true(text_is(
	    e.what, "This is an Excel workbook (.xlsx); this release reads JSON and CSV."));
	assert_non_null(strstr(e.todo.p, "CSV"));
	assert_null(document_read(arena, TEXT("%PDF-1.4"), TEXT("plan.json"), NULL, &e));
	assert_string_equal(e.kind, "binary");
	assert_true(text_is(e.what, "This is a PDF document."));
	assert_null(document_read(arena, TEXT(""), TEXT("plan.json"), NULL, &e));
	assert_string_equal(e.kind, "empty");
	assert_null(document_read(arena, TEXT_NONE, TEXT_NONE, NULL, &e));
	assert_string_equal(e.kind, "empty");
	assert_non_null(document_read(arena, TEXT("{}"), TEXT("a.json"), NULL, &e));
	assert_non_null(document_read(arena, TEXT("a,b"), TEXT("a.csv"), NULL, &e));
	arena_free(arena);
}

static void
cells_have_the_names_of_spreadsheets(void **state)
{
	static const struct {
		uint32_t row, column;
		const char *name;
	} cells[] = { { 1, 1, "A1" }, { 12, 5, "E12" }, { 1, 26, "Z1" }, { 1, 27, "AA1" },
		{ 3, 52, "AZ3" }, { 3, 702, "ZZ3" }, { 3, 703, "AAA3" },
		{ 1048576, 16384, "XFD1048576" },
		{ 4294967295u, 4294967295u, "MWLQKWU4294967295" } };
	struct buf b = { 0 };

	(void)state;
	for (size_t i = 0; i < N(cells); i++) {
		buf_clear(&b);
		cell_name(&b, cells[i].row, cells[i].column);
		assert_string_equal(b.p, cells[i].name);
	}
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_told_by_their_bytes_before_their_names),
		cmocka_unit_test(what_is_not_read_is_refused_by_name),
		cmocka_unit_test(cells_have_the_names_of_spreadsheets),
	};

	return cmocka_run_group_tests_name("document", tests, NULL, NULL);
}
