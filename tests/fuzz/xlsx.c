/*
 * Fuzzing the reader of workbooks.  The first byte says what the rest is: a whole workbook, or one part of
 * one that is good otherwise, since few changed bytes of an archive get past its checksums.  Whatever it is,
 * it is read or refused, and cells come in order, each once, where a sheet has places, as UTF-8.  A sheet that
 * is read by the scanner and its short cut for cells is read by expat as well, and has the same cells.
 */
#include "rules/read_xlsx.h"
#include "tests/fuzz/workbook_xlsx.h"

#define SHEET (XLSX_PARTS - 1)
/* What says this is not for the scanner. */
#define OTHERWISE "<?xml version=\"1.0\" encoding=\"US-ASCII\"?>"

static void
check_same(const struct document *ours, const struct document *theirs)
{
	const struct cell *a = ours->cells, *b = theirs->cells;

	MUST(ours->n_cells == theirs->n_cells);
	for (uint32_t i = 0; i < ours->n_cells; i++, a++, b++)
		MUST(a->row == b->row && a->column == b->column && a->type == b->type &&
		    a->hidden == b->hidden && a->percent == b->percent &&
		    same_text(a->text, b->text));
	MUST(ours->sheets[0].n_merges == theirs->sheets[0].n_merges);
}

/* A sheet in ASCII without a declaration is one with a declaration that it is. */
static void
check_by_expat(struct arena *arena, const struct document *ours, struct text sheet,
    const struct read_options *options)
{
	struct buf otherwise = { 0 }, book = { 0 };
	struct read_error error;
	struct document *theirs;

	for (size_t i = 0; i < sheet.n; i++)
		if ((unsigned char)sheet.p[i] >= 0x80)
			return;
	if (sheet.n >= 5 && memcmp(sheet.p, "<?xml", 5) == 0)
		return;
	buf_str(&otherwise, OTHERWISE);
	buf_text(&otherwise, sheet);
	make_book(&book, xlsx_parts, XLSX_PARTS, SHEET, buf_as_text(&otherwise), false);
	theirs = read_xlsx(arena, buf_as_text(&book), options, &error);
	MUST(theirs != NULL);
	check_same(ours, theirs);
	buf_free(&otherwise);
	buf_free(&book);
}

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
	if (d != NULL && data[0] % (XLSX_PARTS + 1) == SHEET)
		check_by_expat(arena, d, input, &few);
	arena_free(arena);
	buf_free(&book);
	return 0;
}
