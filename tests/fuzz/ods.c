/*
 * Fuzzing the reader of OpenDocument spreadsheets.  The first byte says what the rest is: a whole file,
 * .ods or .fods, or one part of one that is good otherwise.
 */
#include "rules/read_ods.h"
#include "tests/fuzz/workbook.h"

#define URN "urn:oasis:names:tc:opendocument:xmlns:"

static const struct part parts[] = {
	{ "content.xml",
	    "<o:document-content xmlns:o=\"" URN "office:1.0\" xmlns:table=\"" URN
	    "table:1.0\" xmlns:text=\"" URN "text:1.0\"><o:body><o:spreadsheet>"
	    "<table:table table:name=\"One\"><table:table-row><table:table-cell "
	    "o:value-type=\"float\" o:value=\"1\"><text:p>1</text:p></table:table-cell>"
	    "</table:table-row></table:table></o:spreadsheet></o:body></o:document-content>" },
	{ "META-INF/manifest.xml",
	    "<m:manifest xmlns:m=\"" URN "manifest:1.0\"><m:file-entry "
	    "m:full-path=\"content.xml\"/></m:manifest>" },
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

	if (size == 0)
		return 0;
	if (data[0] % (PARTS + 1) == PARTS)
		buf_text(&book, input);
	else
		make_book(&book, parts, PARTS, data[0] % (PARTS + 1), input, data[0] >= 128);
	arena = arena_new();
	check_book(read_ods(arena, buf_as_text(&book), &few, &error), &error, 1000);
	arena_free(arena);
	buf_free(&book);
	return 0;
}
