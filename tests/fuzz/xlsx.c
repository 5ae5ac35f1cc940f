/*
 * Fuzzing the reader of workbooks.  The first byte says what the rest is: a whole workbook, or one part of
 * one that is good otherwise, since few changed bytes of an archive get past its checksums.  Whatever it is,
 * it is read or refused, and cells come in order, each once, where a sheet has places, as UTF-8.
 */
#include "rules/read_xlsx.h"
#include "tests/fuzz/workbook_xlsx.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct read_options few = { .max_items = 1000 };
	struct text input = { (const char *)data + 1, size - 1 };
	struct buf book = { 0 };
	struct arena *arena;
	struct read_error error;
	struct document *d;

	if (size == 0)
		return 0;
	if (data[0] % (XLSX_PARTS + 1) == XLSX_PARTS)
		buf_text(&book, input);
	else
		make_book(&book, xlsx_parts, XLSX_PARTS, data[0] % (XLSX_PARTS + 1), input,
		    data[0] >= 128);
	arena = arena_new();
	d = read_xlsx(arena, buf_as_text(&book), &few, &error);
	check_book(d, &error, 1000);
	arena_free(arena);
	buf_free(&book);
	return 0;
}
