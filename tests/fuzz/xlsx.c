/*
 * Fuzzing the reader of workbooks.  The first byte says what the rest is: a whole workbook, or one part of
 * one that is good otherwise, since few changed bytes of an archive get past its checksums.  Whatever it is,
 * it is read or refused, and cells come in order, each once, where a sheet has places, as UTF-8.
 */
#include <string.h>

#include <zlib.h>

#include "rules/read_xlsx.h"
#include "tests/fuzz/must.h"

#define MAIN   "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\""
#define OFFICE "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define LINKS             \
	"<Relationships " \
	"xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"

static struct part {
	const char *name, *good;
} parts[] = {
	{ "_rels/.rels",
	    LINKS "<Relationship Id=\"a\" Type=\"" OFFICE
		  "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>" },
	{ "xl/_rels/workbook.xml.rels",
	    LINKS "<Relationship Id=\"a\" Type=\"" OFFICE "/worksheet\" Target=\"sheet.xml\"/>"
		  "<Relationship Id=\"b\" Type=\"" OFFICE
		  "/sharedStrings\" Target=\"strings.xml\"/>"
		  "<Relationship Id=\"c\" Type=\"" OFFICE
		  "/styles\" Target=\"styles.xml\"/></Relationships>" },
	{ "xl/workbook.xml",
	    "<workbook " MAIN " xmlns:r=\"" OFFICE
	    "\"><sheets><sheet name=\"One\" sheetId=\"1\" r:id=\"a\"/></sheets>"
	    "<definedNames><definedName "
	    "name=\"total\">One!$A$1</definedName></definedNames></workbook>" },
	{ "xl/strings.xml",
	    "<sst " MAIN
	    "><si><t>text</t></si><si><r><t>a_x0041_</t></r><rPh><t>b</t></rPh></si></sst>" },
	{ "xl/styles.xml",
	    "<styleSheet " MAIN
	    "><numFmts><numFmt numFmtId=\"164\" formatCode=\"d mmm yyyy\"/></numFmts>"
	    "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf "
	    "numFmtId=\"164\"/></cellXfs></styleSheet>" },
	{ "xl/sheet.xml",
	    "<worksheet " MAIN "><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>1</v></c><c "
	    "s=\"1\"><v>41971.5</v></c></row></sheetData>"
	    "<mergeCells><mergeCell ref=\"A1:B1\"/></mergeCells></worksheet>" },
};

#define PARTS (sizeof(parts) / sizeof(*parts))

static void
put(struct buf *b, uint64_t value, unsigned bytes)
{
	for (; bytes > 0; bytes--, value >>= 8)
		buf_char(b, (char)(value & 0xff));
}

/* What a local head and an entry of the directory have in common. */
static void
put_entry(struct buf *b, struct text data, size_t name)
{
	put(b, 20, 2);
	put(b, 0, 2 + 2 + 2);
	put(b, 0x21, 2);
	put(b, crc32(0, (const Bytef *)data.p, (uInt)data.n), 4);
	put(b, data.n, 4);
	put(b, data.n, 4);
	put(b, name, 2);
	put(b, 0, 2);
}

/* A workbook with everything stored, one part of which is the input. */
static void
make_book(struct buf *book, size_t which, struct text input)
{
	struct buf directory = { 0 };
	size_t at;

	for (size_t i = 0; i < PARTS; i++) {
		struct text data = i == which ? input : text_of(parts[i].good);
		size_t name = strlen(parts[i].name);

		at = book->n;
		put(book, 0x04034b50, 4);
		put_entry(book, data, name);
		buf_str(book, parts[i].name);
		buf_text(book, data);
		put(&directory, 0x02014b50, 4);
		put(&directory, 20, 2);
		put_entry(&directory, data, name);
		put(&directory, 0, 2 + 2 + 2);
		put(&directory, 0, 4);
		put(&directory, at, 4);
		buf_str(&directory, parts[i].name);
	}
	at = book->n;
	buf_text(book, buf_as_text(&directory));
	put(book, 0x06054b50, 4);
	put(book, 0, 4);
	put(book, PARTS, 2);
	put(book, PARTS, 2);
	put(book, directory.n, 4);
	put(book, at, 4);
	put(book, 0, 2);
	buf_free(&directory);
}

static void
check_sheet(const struct document *d, const struct sheet *s)
{
	MUST(s->first_cell + s->n_cells <= d->n_cells && text_is_utf8(s->name));
	for (uint32_t i = s->first_cell; i < s->first_cell + s->n_cells; i++) {
		const struct cell *c = &d->cells[i];

		MUST(c->row >= 1 && c->row <= s->rows && s->rows <= 1048576);
		MUST(c->column >= 1 && c->column <= s->columns && s->columns <= 16384);
		MUST(c->text.n > 0 && text_is_utf8(c->text));
		MUST(i == s->first_cell || c[-1].row < c->row ||
		    (c[-1].row == c->row && c[-1].column < c->column));
	}
	for (uint32_t i = 0; i < s->n_merges; i++)
		MUST(s->merges[i].row >= 1 && s->merges[i].last_row >= s->merges[i].row);
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
	if (data[0] % (PARTS + 1) == PARTS)
		buf_text(&book, input);
	else
		make_book(&book, data[0] % (PARTS + 1), input);
	arena = arena_new();
	d = read_xlsx(arena, buf_as_text(&book), &few, &error);
	for (uint32_t i = 0; d != NULL && i < d->n_sheets; i++)
		check_sheet(d, &d->sheets[i]);
	MUST(d != NULL || (error.kind != NULL && error.what.n > 10 && error.todo.n > 0));
	MUST(d == NULL || d->n_cells <= 1000);
	arena_free(arena);
	buf_free(&book);
	return 0;
}
