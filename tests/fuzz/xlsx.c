/*
 * Fuzzing the reader of workbooks.  The first byte says what the rest is: a whole workbook, or one part of
 * one that is good otherwise, since few changed bytes of an archive get past its checksums.  Whatever it is,
 * it is read or refused, and cells come in order, each once, where a sheet has places, as UTF-8.
 */
#include "rules/read_xlsx.h"
#include "tests/fuzz/workbook.h"

#define MAIN   "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\""
#define OFFICE "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define LINKS             \
	"<Relationships " \
	"xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"

static const struct part parts[] = {
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
		make_book(&book, parts, PARTS, data[0] % (PARTS + 1), input);
	arena = arena_new();
	d = read_xlsx(arena, buf_as_text(&book), &few, &error);
	check_book(d, &error, 1000);
	arena_free(arena);
	buf_free(&book);
	return 0;
}
