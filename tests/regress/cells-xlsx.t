#!/usr/bin/env python3
"""What `poolctl cells` reads in Excel workbooks: every way that programs write a cell, and everything a hostile one tries."""
import io
import json
import os
import pathlib
import random
import resource
import struct
import sys
import zipfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from cells_read import Cells  # noqa: E402

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
book_cells = Cells(".xlsx")
run, cells, reads, refuses, tap = book_cells.run, book_cells.cells, book_cells.reads, book_cells.refuses, book_cells.tap


def sheet(rows, before="", after="", ns=f'xmlns="{MAIN}"', p=""):
    return f'<{p}worksheet {ns}>{before}<{p}sheetData>{rows}</{p}sheetData>{after}</{p}worksheet>'


def book(sheets, strings=None, styles=None, properties="", names="", more=None, where="xl/workbook.xml", targets=None, compression=zipfile.ZIP_DEFLATED):
    """sheets: [(name, xml, attributes)].  The bytes of a workbook."""
    out = io.BytesIO()
    folder, _, base = where.rpartition("/")
    with zipfile.ZipFile(out, "w", compression) as z:
        z.writestr("[Content_Types].xml", "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>")
        z.writestr("_rels/.rels", f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r" Type="{RELS}/officeDocument" Target="{where}"/></Relationships>')
        listed = "".join(f'<sheet name="{s[0]}" sheetId="{i + 1}" r:id="rId{i + 1}" {s[2] if len(s) > 2 else ""}/>' for i, s in enumerate(sheets))
        z.writestr(where, f'<workbook xmlns="{MAIN}" xmlns:r="{RELS}">{properties}<sheets>{listed}</sheets>{names}</workbook>')
        links = "".join(f'<Relationship Id="rId{i + 1}" Type="{RELS}/worksheet" Target="{(targets or {}).get(i, f"worksheets/sheet{i + 1}.xml")}"/>'
                        for i in range(len(sheets)))
        if strings is not None:
            links += f'<Relationship Id="s" Type="{RELS}/sharedStrings" Target="sharedStrings.xml"/>'
            z.writestr(f"{folder}/sharedStrings.xml", f'<sst xmlns="{MAIN}">{strings}</sst>')
        if styles is not None:
            links += f'<Relationship Id="st" Type="{RELS}/styles" Target="styles.xml"/>'
            z.writestr(f"{folder}/styles.xml", f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>')
        z.writestr(f"{folder}/_rels/{base}.rels", f'<Relationships xmlns="{PACKAGE}">{links}</Relationships>')
        for i, s in enumerate(sheets):
            z.writestr(f"{folder}/worksheets/sheet{i + 1}.xml", s[1])
        for name, data in (more or {}).items():
            z.writestr(name, data)
    return out.getvalue()


def one(rows, **more):
    return book([("Sheet1", sheet(rows))], **more)


# --- how cells are written ---
reads("shared, inline and rich strings, without phonetic runs",
      one('<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="inlineStr"><is><t>in</t></is></c>'
          '<c r="D1" t="inlineStr"><is><r><t>a</t></r><r><t xml:space="preserve"> b</t></r></is></c></row>',
          strings='<si><t>Leeds &amp; York</t></si><si><r><t>bold </t></r><r><rPr/><t>plain</t></r><rPh sb="0" eb="1"><t>XX</t></rPh></si>'),
      {"A1": ("text", "Leeds & York"), "B1": ("text", "bold plain"), "C1": ("text", "in"), "D1": ("text", "a b")})
reads("_xHHHH_ stands for a character, and _x005F_ for its underscore",
      one('<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="str"><v>a_x0009_b</v></c><c r="C1" t="s"><v>1</v></c></row>',
          strings="<si><t>one_x000D_two_x00e9_</t></si><si><t>_x005F_x000D_ _xZZZZ_ _x12</t></si>"),
      {"A1": ("text", "one\rtwoé"), "B1": ("text", "a\tb"), "C1": ("text", "_x000D_ _xZZZZ_ _x12")})
reads("numbers are the text in the file",
      one('<row r="1"><c r="A1"><v>0.30000000000000004</v></c><c r="B1" t="n"><v>20416000</v></c><c r="C1"><v>1.5E-3</v></c><c r="D1"><v>-0</v></c></row>'),
      {"A1": ("number", "0.30000000000000004"), "B1": ("number", "20416000"), "C1": ("number", "1.5E-3"), "D1": ("number", "-0")})
reads("truth values and errors",
      one('<row r="1"><c r="A1" t="b"><v>1</v></c><c r="B1" t="b"><v>0</v></c><c r="C1" t="e"><v>#DIV/0!</v></c></row>'),
      {"A1": ("bool", "true"), "B1": ("bool", "false"), "C1": ("error", "#DIV/0!")})
reads("a formula is its result; one that was never worked out is an error that says so",
      one('<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="str"><f>A1&amp;"x"</f><v>2x</v></c><c r="C1"><f>SUM(A:A)</f></c></row>'),
      {"A1": ("number", "2"), "B1": ("text", "2x"), "C1": ("error", "#NOT-CALCULATED")})
reads("a formula as text stays text", one('<row r="1"><c r="A1" t="inlineStr"><is><t>=cmd|\'C\'!A0</t></is></c></row>'), {"A1": ("text", "=cmd|'C'!A0")})
reads("a formula whose result is an empty text is an empty cell", one('<row r="1"><c r="A1" t="str"><f>IF(B1="","","x")</f><v></v></c><c r="B1" t="str"><f>A1</f></c></row>'), {})
reads("what calls itself a number, a truth value or a date and is none is text",
      one('<row r="1"><c r="A1"><v>0x10</v></c><c r="B1"><v>INF</v></c><c r="C1" t="b"><v>2</v></c><c r="D1" t="d"><v>2014-02-30</v></c>'
          '<c r="E1" t="d"><v>soon</v></c><c r="F1"><v> 12.50 </v></c><c r="G1"><v>1e5</v></c></row>'),
      {"A1": ("text", "0x10"), "B1": ("text", "INF"), "C1": ("text", "2"), "D1": ("text", "2014-02-30"), "E1": ("text", "soon"), "F1": ("number", "12.50"), "G1": ("number", "1e5")})
STYLES = ('<numFmts count="4"><numFmt numFmtId="164" formatCode="dd\\ mmmm\\ yyyy"/><numFmt numFmtId="165" formatCode="[$-809]d mmm yyyy h:mm"/>'
          '<numFmt numFmtId="166" formatCode="&quot;days&quot; 0.00"/><numFmt numFmtId="167" formatCode="[h]:mm"/></numFmts>'
          '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs>'
          + "".join(f'<xf numFmtId="{i}"/>' for i in (0, 14, 22, 21, 164, 165, 166, 167, 10, 4)) + "</cellXfs>")
DATES = '<row r="1">' + "".join(f'<c r="{c}1" s="{s}"><v>{v}</v></c>' for c, s, v in (
    ("A", 0, 41971), ("B", 1, 41971), ("C", 2, "41971.6701388889"), ("D", 3, "0.5"), ("E", 4, 41971), ("F", 5, "41971.5"), ("G", 6, 41971),
    ("H", 7, "1.5"), ("I", 8, "0.5"), ("J", 1, 60), ("K", 1, 59), ("L", 1, 61), ("M", 1, -5), ("N", 1, 2958465), ("O", 1, 2958466), ("P", 1, "41971.9999999"))) + "</row>"
reads("dates by their number format, built in or written out; percentages stay numbers, and a duration is hours, minutes and seconds", one(DATES, styles=STYLES),
      {"A1": ("number", "41971"), "B1": ("date", "2014-11-28"), "C1": ("date", "2014-11-28T16:05:00"), "D1": ("date", "12:00:00"),
       "E1": ("date", "2014-11-28"), "F1": ("date", "2014-11-28T12:00:00"), "G1": ("number", "41971"), "H1": ("text", "36:00:00"), "I1": ("number", "0.5"),
       "J1": ("date", "1900-02-29"), "K1": ("date", "1900-02-28"), "L1": ("date", "1900-03-01"), "M1": ("number", "-5"), "N1": ("date", "9999-12-31"),
       "O1": ("number", "2958466"), "P1": ("date", "2014-11-29")})
reads("a workbook may count its days from 1904",
      one('<row r="1"><c r="A1" s="1"><v>40509</v></c></row>', styles=STYLES, properties='<workbookPr date1904="1"/>'), {"A1": ("date", "2014-11-28")})
reads("a day counted from 1904 is one up to the year 9999, and a time that its format does not show is not there",
      one('<row r="1"><c r="A1" s="1"><v>2957003</v></c><c r="B1" s="1"><v>2957004</v></c><c r="C1" s="1"><v>40509.75</v></c><c r="D1" s="2"><v>2957003.9999999</v></c></row>',
          styles=STYLES, properties='<workbookPr date1904="true"/>'),
      {"A1": ("date", "9999-12-31"), "B1": ("number", "2957004"), "C1": ("date", "2014-11-28"), "D1": ("number", "2957003.9999999")})
reads("days as programs store them: 15 digits, an exponent",
      one('<row r="1"><c r="A1" s="2"><v>41971.666666666664</v></c><c r="B1" s="2"><v>4.1971E4</v></c><c r="C1" s="3"><v>0.99999999999999989</v></c><c r="D1" s="3"><v>1E-300</v></c></row>',
          styles=STYLES), {"A1": ("date", "2014-11-28T16:00:00"), "B1": ("date", "2014-11-28"), "C1": ("date", "1900-01-01"), "D1": ("date", "00:00:00")})
reads("ISO dates with parts of a second, and times alone",
      one('<row r="1"><c r="A1" t="d"><v>2014-11-28T16:05:00.000</v></c><c r="B1" t="d"><v>2014-11-28</v></c><c r="C1" t="d"><v>16:05:00</v></c><c r="D1" t="d"><v>2014-11-28T00:00:00.000Z</v></c></row>'),
      {"A1": ("date", "2014-11-28T16:05:00"), "B1": ("date", "2014-11-28"), "C1": ("date", "16:05:00"), "D1": ("date", "2014-11-28")})
reads("parts of a second are rounded, as they are in numbers and in OpenDocument",
      one("<row r='1'>" + "".join(f'<c r="{c}1" t="d"><v>{v}</v></c>' for c, v in zip("ABCDEFG", (
          "2014-11-28T16:05:00.49", "2014-11-28T16:04:59.5Z", "2014-11-28T23:59:59.999", "16:04:59.9", "23:59:59.5", "2014-11-28T16:05:60", "16:05:00.1.2"))) + "</row>"),
      {"A1": ("date", "2014-11-28T16:05:00"), "B1": ("date", "2014-11-28T16:05:00"), "C1": ("date", "2014-11-29"), "D1": ("date", "16:05:00"), "E1": ("text", "24:00:00"),
       "F1": ("text", "2014-11-28T16:05:60"), "G1": ("text", "16:05:00.1.2")})
reads("of two formats of one number the last holds",
      one('<row r="1"><c r="A1" s="0"><v>41971</v></c></row>', styles='<numFmts><numFmt numFmtId="200" formatCode="0"/><numFmt numFmtId="170" formatCode="0%"/>'
          '<numFmt numFmtId="200" formatCode="yyyy-mm-dd"/></numFmts><cellXfs><xf numFmtId="200"/></cellXfs>'), {"A1": ("date", "2014-11-28")})
reads("ISO dates", one('<row r="1"><c r="A1" t="d"><v>2014-11-28T00:00:00</v></c><c r="B1" t="d"><v>2014-11-28T16:05:00</v></c></row>'),
      {"A1": ("date", "2014-11-28"), "B1": ("date", "2014-11-28T16:05:00")})
reads("empty cells and empty texts are no cells", one('<row r="1"><c r="A1" s="3"/><c r="B1" t="s"><v>0</v></c><c r="C1"><v></v></c></row>', strings="<si><t/></si>"), {})

# --- where cells stand ---
reads("cells and rows without references follow each other", one('<row><c><v>1</v></c><c><v>2</v></c></row><row><c r="C2"><v>3</v></c><c><v>4</v></c></row>'),
      {"A1": ("number", "1"), "B1": ("number", "2"), "C2": ("number", "3"), "D2": ("number", "4")})
reads("cells may come in any order", one('<row r="2"><c r="B2"><v>4</v></c><c r="A2"><v>3</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>'),
      {"A1": ("number", "1"), "A2": ("number", "3"), "B2": ("number", "4")})
reads("the last cell there can be costs one cell", one('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), {"XFD1048576": ("number", "1")})
reads("rows that do not say where they are take it from their cells", one('<row><c r="A5"><v>1</v></c><c><v>2</v></c></row><row><c r="A7"><v>3</v></c></row>'),
      {"A5": ("number", "1"), "B5": ("number", "2"), "A7": ("number", "3")})
reads("rows that stand elsewhere than in the sheet's data are not read",
      book([("S", sheet('<row r="1"><c r="A1"><v>1</v></c></row>', before='<other><row r="3"><c r="A3"><v>3</v></c></row></other>',
                        after='<extLst><ext><row r="2"><c r="A2"><v>2</v></c></row></ext></extLst>'))]), {"A1": ("number", "1")})
reads("sheets and texts in another encoding, with comments, CDATA and instructions",
      book([("S", ('<?xml version="1.0" encoding="UTF-16"?>' + sheet('<row r="1"><c r="A1" t="str"><v>£5 é</v></c></row>')).encode("utf-16"))]), {"A1": ("text", "£5 é")})
reads("comments, CDATA and instructions in a sheet",
      book([("S", '<?xml version="1.0" encoding="utf-8" standalone="yes"?>\r\n<!-- a -->' +
             sheet('<?pi x?><row r="1"><!-- b --><c r="A1" t="str"><v>a<![CDATA[<b>&amp;]]>c&#x41;&#66;</v></c></row>'))]), {"A1": ("text", "a<b>&amp;cAB")})
reads("any prefix, and the strict variant",
      book([("Sheet1", sheet('<q:row r="1"><q:c r="A1"><q:v>7</q:v></q:c></q:row>', ns=f'xmlns:q="{STRICT}"', p="q:"))]), {"A1": ("number", "7")})
reads("parts by absolute and by winding paths",
      book([("A", sheet('<row r="1"><c r="A1"><v>1</v></c></row>')), ("B", sheet('<row r="1"><c r="B1"><v>2</v></c></row>'))],
           targets={0: "/xl/worksheets/sheet1.xml", 1: "../xl/./worksheets/sheet2.xml"}), {"A1": ("number", "1"), "B1": ("number", "2")})
reads("a workbook that lies elsewhere in its package", book([("A", sheet('<row r="1"><c r="A1"><v>1</v></c></row>'))], where="some/where/book.xml"), {"A1": ("number", "1")})
code, out, err = run(book([("Plan &amp; &lt;b&gt;", sheet('<row r="1" hidden="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c><c r="B2"><v>3</v></c></row>',
                                                                        before='<cols><col min="2" max="2" hidden="1"/></cols>')),
                                         ("Lists", sheet('<row r="1"><c r="A1"><v>9</v></c></row>'), 'state="veryHidden"')]))
rows = [json.loads(line) for line in out.splitlines()]
tap.ok([r["sheet"] for r in rows] == ["Plan & <b>"] * 3 + ["Lists"], "sheets in the order of their tabs, by the names people see", out)
tap.ok([r.get("hidden", False) for r in rows] == [True, False, True, True], "cells of hidden rows, columns and sheets are read and marked", out)

got = cells(book([("S", sheet("".join(f'<row r="{r}"><c r="A{r}"><v>{r}</v></c></row>' for r in range(3000, 0, -1))))], more={f"xl/media/image{i}.png": "x" for i in range(300)}))
tap.ok(got == {f"A{r}": ("number", str(r)) for r in range(1, 3001)}, "thousands of cells in no order, in a package of hundreds of parts", str(got)[:300])

# --- what is hostile or broken ---
good = one('<row r="1"><c r="A1"><v>1</v></c></row>')
refuses("a shared string that is not there", one('<row r="7"><c r="B7" t="s"><v>5</v></c></row>', strings="<si><t>a</t></si>"), "Sheet1", "B7", "number 5 of 1")
refuses("a long text in many cells", one("".join(f'<row r="{r}"><c t="s"><v>0</v></c></row>' for r in range(1, 4001)), strings=f"<si><t>{'x' * 100000}</t></si>"), "more than 256 MB of text")
refuses("a cell that stands twice", one('<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>'), "A1 twice")
refuses("a cell that says another row than the one it is in", one('<row r="3"><c r="B4"><v>1</v></c></row>'), "Sheet1", "B4", "row 3")
refuses("a sheet that is something else", book([("S", f'<chartsheet xmlns="{MAIN}"/>')]), "is not a sheet")
for number in (2, 30):
    names = [f"x{n}" for n in range(number)] + ["x1"]
    refuses(f"an attribute that stands twice among {number + 1}", one("<row " + " ".join(f'{n}="1"' for n in names) + "/>"), "attribute")
reads("thirty attributes", one("<row " + " ".join(f'x{n}="1"' for n in range(30)) + "><c><v>1</v></c></row>"), {"A1": ("number", "1")})
refuses("two sheets of one name", book([("Plan", sheet("")), ("PLAN", sheet(""))]), "two sheets of the name PLAN")
reads("relationships in a circle are not followed",
      book([("S", sheet('<row r="1"><c r="A1"><v>1</v></c></row>'))],
           more={"xl/worksheets/_rels/sheet1.xml.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="a" Type="{RELS}/worksheet" Target="sheet1.xml"/>'
                 f'<Relationship Id="b" Type="{RELS}/officeDocument" Target="../workbook.xml"/></Relationships>'}), {"A1": ("number", "1")})
refuses("a workbook that is its own sheet", book([("S", sheet(""))], targets={0: "/xl/workbook.xml"}), "is not a sheet")
refuses("65,537 formats of cells", one("", styles="<cellXfs>" + "<xf/>" * 65537 + "</cellXfs>"), "65,536")
refuses("as many formats as there may be, each asked for, in no time", one("", styles="<numFmts>" + "".join(f'<numFmt numFmtId="{i + 164}" formatCode="0"/>' for i in range(65536))
        + "</numFmts><cellXfs>" + '<xf numFmtId="163"/>' * 65537 + "</cellXfs>"), "65,536")
reads("path tricks lead nowhere outside the package", book([("S", sheet('<row r="1"><c r="A1"><v>1</v></c></row>'))], targets={0: "../../../../xl/worksheets/sheet1.xml"},
      more={"../../../etc/passwd": "root", "/etc/shadow": "x", "C:\\windows\\x": "y"}), {"A1": ("number", "1")})
refuses("a path outside the package", book([("S", sheet(""))], targets={0: "../../../../etc/passwd"}), "lacks its part etc/passwd")
refuses("a row beyond the last", one('<row r="1048577"><c><v>1</v></c></row>'), "1,048,576")
refuses("a column beyond the last", one('<row r="1"><c r="XFE1"><v>1</v></c></row>'), "XFE1")
refuses("a million columns in a row without references", one('<row r="1">' + "<c><v>1</v></c>" * 20000 + "</row>"), "16,384")
refuses("entities, before one of them is used",
        book([("S", '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + sheet('<row r="1"><c r="A1" t="str"><v>&b;</v></c></row>'))]), "document type declaration")
refuses("an external entity", book([("S", '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + sheet('<row r="1"><c r="A1" t="str"><v>&a;</v></c></row>'))]),
        "document type declaration")
refuses("markup nested a thousand deep", book([("S", sheet("<row>" * 1000 + "</row>" * 1000))]), "nested deeper")
refuses("a sheet that is no XML", book([("S", "this is no XML")]), "not well-formed", "sheet1.xml")
refuses("a sheet that is listed and not there", book([("S", sheet(""))], targets={0: "worksheets/nowhere.xml"}), "lacks its part")
refuses("a bomb: a gigabyte of nothing in a megabyte", book([("S", sheet(" " * 300_000_000))]), "unpacks to far more")
double = io.BytesIO(good)
with zipfile.ZipFile(double, "a") as z:
    import warnings
    warnings.simplefilter("ignore")
    z.writestr("xl/worksheets/sheet1.xml", sheet('<row r="1"><c r="A1"><v>2</v></c></row>'))
refuses("two parts of one name", double.getvalue(), "two parts of the same name")
with zipfile.ZipFile(io.BytesIO(good)) as z:
    entry = z.getinfo("xl/worksheets/sheet1.xml")
directory = good.rindex(b"PK\1\2", 0, good.rindex(b"xl/worksheets/sheet1.xml"))
lying = bytearray(good)
struct.pack_into("<I", lying, directory + 24, 0xfffffff0)
refuses("a part that claims four gigabytes", bytes(lying), "is damaged")
lying = bytearray(good)
struct.pack_into("<I", lying, directory + 20, len(good))
refuses("parts that claim more than the file has", bytes(lying))
refuses("an archive cut short", good[:-30], "damaged or cut short")
refuses("an archive of which the beginning is cut", good[40:])
binary = book([("S", sheet(""))], where="xl/workbook.bin")
refuses("a binary workbook", binary, ".xlsb", "save it as .xlsx")
refuses("no workbook in the archive", book([("S", sheet(""))], compression=zipfile.ZIP_STORED).replace(b"officeDocument\" Target", b"officeDocumenX\" Target"))

# --- files as programs write them ---
FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "fixtures" / "workbooks"
got = cells((FIXTURES / "openpyxl.xlsx").read_bytes())
tap.ok(got == {"A1": ("text", "Scheme"), "B1": ("text", "Amount"), "C1": ("text", "Share"), "D1": ("text", "From"), "E1": ("text", "At"), "F1": ("text", "Agreed"),
               "G1": ("text", "Text"), "H1": ("text", "Result"), "K1": ("text", "hidden column"), "A2": ("text", "Carers' breaks & respite"), "B2": ("number", "0.3"),
               "C2": ("number", "0.0375"), "D2": ("date", "2014-04-01"), "E2": ("date", "2014-11-28T16:05:00"), "F2": ("bool", "true"),
               "G2": ("text", "=cmd|'/C calc'!A0 as text"), "H2": ("error", "#NOT-CALCULATED"), "A3": ("text", "Total"), "B3": ("number", "20416000.57"),
               "E3": ("date", "09:30:00"), "F3": ("bool", "false"), "G3": ("error", "#N/A"), "H3": ("error", "#NOT-CALCULATED"), "A5": ("text", "Notes"),
               "A6": ("text", "hidden row"), "XFD1048576": ("number", "7")}, "a workbook that openpyxl wrote", got)
# LibreOffice keeps truth values and durations as numbers of a format in .ods; in .xlsx they are of a type, and days
same = {p: v for p, v in cells((FIXTURES / "libreoffice.ods").read_bytes()).items() if p not in ("F1", "J1", "G2")}
got = {p: v for p, v in cells((FIXTURES / "libreoffice.xlsx").read_bytes()).items() if p not in ("F1", "J1", "G2")}
tap.ok(len(got) > 15 and got == same, "LibreOffice's .xlsx and .ods of one workbook have the same cells", got, same)

# --- anything at all: never a crash, never a hang ---
source = one(DATES + '<row r="2"><c r="A2" t="s"><v>0</v></c></row>', strings="<si><t>some text</t></si>", styles=STYLES)
stored = book([("S", sheet(DATES))], styles=STYLES, compression=zipfile.ZIP_STORED)
book_cells.damaged(random.Random(7), [source, stored], 100)

# --- size ---
many = one("".join(f'<row r="{r}">' + "".join(f'<c r="{c}{r}"><v>{r}</v></c>' for c in "ABCDEFGHIJ") + "</row>" for r in range(1, 100001)))
before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
code, out, err = run(many)
tap.ok(code == 0 and out.count("\n") == 1_000_000, "a million cells are read", code, err[:300], out.count("\n"))
print("# most memory of a child so far:", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024, "MB")
book_cells.done()
