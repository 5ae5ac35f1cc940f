/* The parts of a small Excel workbook, for what tries the reader with bad ones. */
#ifndef TESTS_FUZZ_WORKBOOK_XLSX_H
#define TESTS_FUZZ_WORKBOOK_XLSX_H

#include "tests/fuzz/workbook.h"

#define MAIN   "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\""
#define OFFICE "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define LINKS             \
	"<Relationships " \
	"xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"

static const struct part xlsx_parts[] = {
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

#define XLSX_PARTS (sizeof(xlsx_parts) / sizeof(*xlsx_parts))

#endif
