#!/usr/bin/env python3
"""What `poolctl cells` reads in OpenDocument spreadsheets: what LibreOffice writes, other ways to write it, and everything a hostile file tries."""
import io
import json
import os
import pathlib
import random
import sys
import zipfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from cells_read import Cells  # noqa: E402

FIXTURES = pathlib.Path("tests/fixtures/workbooks")
URN = "urn:oasis:names:tc:opendocument:xmlns:"
SPACES = " ".join(f'xmlns:{p}="{URN}{n}:1.0"' for p, n in (("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"), ("draw", "drawing"), ("manifest", "manifest")))
MIME = "application/vnd.oasis.opendocument.spreadsheet"
book_cells = Cells(".ods")
run, cells, reads, refuses, tap = book_cells.run, book_cells.cells, book_cells.reads, book_cells.refuses, book_cells.tap


def content(inside, styles="", before="", spaces=SPACES, body="spreadsheet"):
    return (f'<?xml version="1.0" encoding="UTF-8"?>{before}<office:document-content {spaces}><office:automatic-styles>{styles}</office:automatic-styles>'
            f'<office:body><office:{body}>{inside}</office:{body}></office:body></office:document-content>')


def pack(xml, more=None, mime=MIME, compression=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as z:
        z.writestr("mimetype", mime, zipfile.ZIP_STORED)
        z.writestr("content.xml", xml)
        for name, data in (more or {}).items():
            z.writestr(name, data)
    return out.getvalue()


def table(rows, name="One", more="", attributes=""):
    return f'<table:table table:name="{name}" {attributes}>{rows}{more}</table:table>'


def row(cells, attributes=""):
    return f"<table:table-row {attributes}>{cells}</table:table-row>"


def cell(kind=None, text=None, inside="", **attributes):
    """kind: the type of its value; attributes: __ stands for the colon, _ for -."""
    kind = f' office:value-type="{kind}"' if kind else ""
    others = "".join(f' {k.replace("__", ":").replace("_", "-")}="{v}"' for k, v in attributes.items())
    return f"<table:table-cell{kind}{others}>{inside}{'' if text is None else f'<text:p>{text}</text:p>'}</table:table-cell>"


def number(value="1", **more):
    return cell("float", value, office__value=value, **more)


def one(cells, **more):
    return pack(content(table(row(cells))), **more)


# --- a workbook as LibreOffice 7.4 saves it ---
code, out, err = run((FIXTURES / "libreoffice.ods").read_bytes())
got = {(o["sheet"], o["cell"]): (o["type"], o["value"]) + (("hidden",) if o.get("hidden") else ()) for o in map(json.loads, out.splitlines())}
sheet, hid = "My 'x' sheet", "hidden"
tap.ok(got == {(sheet, "A1"): ("number", "20416000"), (sheet, "B1"): ("number", "0.3"), (sheet, "C1"): ("date", "2014-11-28"), (sheet, "D1"): ("date", "2014-11-28T16:04:48", hid),
               (sheet, "E1"): ("date", "16:04:48", hid), (sheet, "F1"): ("text", "36:00:00"), (sheet, "G1"): ("number", "12.5"), (sheet, "H1"): ("number", "0.125"),
               (sheet, "I1"): ("number", "0.333333333333333"), (sheet, "J1"): ("number", "1"), (sheet, "K1"): ("error", "#DIV/0!"), (sheet, "L1"): ("error", "#N/A"),
               (sheet, "A2"): ("text", "  a   b & <c>\nline2  "), (sheet, "B2"): ("text", "rich  boldtab"), (sheet, "C2"): ("error", "#DIV/0!"), (sheet, "E2"): ("number", "40832000", hid),
               (sheet, "F2"): ("text", "x20416000"), (sheet, "G2"): ("number", "1"), (sheet, "H2"): ("error", "#NAME?"), (sheet, "A3"): ("number", "3", hid), (sheet, "A5"): ("text", "merged"),
               (sheet, "B5"): ("number", "7"), (sheet, "XFD1048576"): ("number", "9"), ("Hid", "A1"): ("number", "1", hid),
               **{("vhid", c): ("number", "1", hid) for c in ("A1", "B1", "C1", "A2", "B2", "C2")}}, "a workbook that LibreOffice saved is read, cell by cell", got, err)
refuses("one that it saved with a password is told from a damaged one", (FIXTURES / "locked.ods").read_bytes(), "protected by a password", "without a password")

# --- how cells are written ---
reads("numbers, amounts and percentages are the text of the file",
      one(number("0.30000000000000004") + cell("currency", "£20,416,000.00", office__currency="GBP", office__value="20416000") + cell("percentage", "13%", office__value="0.125") + number("1.5E-3") + number("-0")),
      {"A1": ("number", "0.30000000000000004"), "B1": ("number", "20416000"), "C1": ("number", "0.125"), "D1": ("number", "1.5E-3"), "E1": ("number", "-0")})
reads("dates are ISO dates, to the second; a midnight is a day",
      one("".join(cell("date", "shown", office__date_value=v) for v in ("2014-11-28", "2014-11-28T00:00:00", "2014-11-28T16:05:00", "2014-11-28T16:05:00.499999999", "2014-11-28T23:59:59.5", "2014-11-28T16:05:60"))),
      {"A1": ("date", "2014-11-28"), "B1": ("date", "2014-11-28"), "C1": ("date", "2014-11-28T16:05:00"), "D1": ("date", "2014-11-28T16:05:00"), "E1": ("date", "2014-11-29"), "F1": ("text", "2014-11-28T16:05:60")})
reads("what is called a date and is none is text, so that it is faulted",
      one("".join(cell("date", "shown", office__date_value=v) for v in ("2014-13-28", "2014-02-29", "28/11/2014", "2014-11-28T25:00:00", "2014-11-28Z"))),
      {"A1": ("text", "2014-13-28"), "B1": ("text", "2014-02-29"), "C1": ("text", "28/11/2014"), "D1": ("text", "2014-11-28T25:00:00"), "E1": ("text", "2014-11-28Z")})
reads("times of day, and what is more than a day",
      one("".join(cell("time", "x", office__time_value=v) for v in ("PT16H05M00S", "PT00H00M00.6S", "PT7M", "PT24H00M00S", "PT36H05M01S", "-PT1H", "PT"))),
      {"A1": ("date", "16:05:00"), "B1": ("date", "00:00:01"), "C1": ("date", "00:07:00"), "D1": ("text", "24:00:00"), "E1": ("text", "36:05:01"), "F1": ("text", "-PT1H"), "G1": ("text", "PT")})
reads("truth values; what is no number is text", one(cell("boolean", "TRUE", office__boolean_value="true") + cell("boolean", "x", office__boolean_value="false") + cell("boolean", "x", office__boolean_value="1")
      + cell("float", "x", office__value="12,5") + cell("float", "x", office__value="NaN") + cell("float", "x", office__value="0x10") + cell("float", "12.50")),
      {"A1": ("bool", "true"), "B1": ("bool", "false"), "C1": ("text", "1"), "D1": ("text", "12,5"), "E1": ("text", "NaN"), "F1": ("text", "0x10"), "G1": ("text", "12.50")})
reads("text: paragraphs, spaces, tabs and line breaks, spans and links; without notes, ruby and drawings",
      one(cell("string", "a<text:s text:c=\"3\"/>b<text:s/>c<text:tab/>d<text:line-break/>e", inside="<office:annotation><text:p>a note</text:p></office:annotation>")
          + cell("string", inside="<text:p>one</text:p><text:p/><text:p>th<text:span>r<text:span>e</text:span></text:span><text:a>e</text:a></text:p>")
          + cell("string", "<text:ruby><text:ruby-base>base</text:ruby-base><text:ruby-text>spoken</text:ruby-text></text:ruby>!")
          + cell("string", "x<draw:frame><draw:text-box><text:p>drawn</text:p></draw:text-box></draw:frame><office:annotation><text:p>note</text:p></office:annotation>y", inside="<draw:frame><text:p>z</text:p></draw:frame>")
          + cell("string", "Leeds &amp; York &lt;b&gt;&#233;")),
      {"A1": ("text", "a   b c\td\ne"), "B1": ("text", "one\n\nthree"), "C1": ("text", "base!"), "D1": ("text", "xy"), "E1": ("text", "Leeds & York <b>é")})
reads("a text whose format shows it otherwise is its value", one(cell("string", " No ", office__string_value="No") + cell(text="untyped") + cell("string", "=cmd|' /C calc'!A0")),
      {"A1": ("text", "No"), "B1": ("text", "untyped"), "C1": ("text", "=cmd|' /C calc'!A0")})
reads("a formula is its result; errors are told from nought; one that was never worked out says so",
      one(number("2", table__formula="of:=1+1") + cell("string", "2x", office__string_value="2x", table__formula="of:=x") + cell("string", "#DIV/0!", office__string_value="", calcext__value_type="error", table__formula="of:=1/0")
          + cell("float", "#DIV/0!", office__value="0", table__formula="of:=1/0") + cell("float", "Err:502", office__value="0", table__formula="of:=1/0")
          + cell(table__formula="of:=1+1") + cell(text="", table__formula="of:=&quot;&quot;") + cell("string", "#1 priority!")),
      {"A1": ("number", "2"), "B1": ("text", "2x"), "C1": ("error", "#DIV/0!"), "D1": ("error", "#DIV/0!"), "E1": ("error", "Err:502"), "F1": ("error", "#NOT-CALCULATED"), "H1": ("text", "#1 priority!")})

# --- where they stand ---
reads("repeated columns and rows, empty and with values",
      pack(content(table(row(cell(table__number_columns_repeated="2") + number("1", table__number_columns_repeated="2") + cell() + number("2"), 'table:number-rows-repeated="2"')
                         + row(cell(table__number_columns_repeated="16384"), 'table:number-rows-repeated="10"') + row(number("3"))))),
      {"C1": ("number", "1"), "D1": ("number", "1"), "F1": ("number", "2"), "C2": ("number", "1"), "D2": ("number", "1"), "F2": ("number", "2"), "A13": ("number", "3")})
reads("groups, header rows and header columns are rows and columns like others",
      pack(content(table('<table:table-header-columns><table:table-column/></table:table-header-columns><table:table-header-rows>' + row(number("1")) + "</table:table-header-rows><table:table-row-group><table:table-row-group>"
                         + row(number("2")) + "</table:table-row-group>" + row(number("3")) + "</table:table-row-group><table:table-rows>" + row(number("4")) + "</table:table-rows>"))),
      {"A1": ("number", "1"), "A2": ("number", "2"), "A3": ("number", "3"), "A4": ("number", "4")})
reads("covered cells count, with and without a value",
      one(cell("string", "wide", table__number_columns_spanned="3") + "<table:covered-table-cell/>" + '<table:covered-table-cell office:value-type="float" office:value="7"/>' + number("8")),
      {"A1": ("text", "wide"), "C1": ("number", "7"), "D1": ("number", "8")})
reads("a table within a cell is none of the sheet's, nor is what was deleted or what a form lists",
      one("<table:table-cell>" + table(row(number("66"))) + "</table:table-cell>" + number("2")), {"B1": ("number", "2")})
reads("tracked changes, database ranges and filters have cells that are not the sheet's",
      pack(content(f"<table:tracked-changes><table:deletion>{table(row(number('66')))}</table:deletion></table:tracked-changes>" + table("<office:forms>" + row(number("66")) + "</office:forms>" + row(number("2"))))),
      {"A1": ("number", "2")})
reads("prefixes are the writer's own", pack(content(table(row(number("2") + cell("string", "x")))).replace("table:", "t:").replace("xmlns:table", "xmlns:t").replace("office:", "o:").replace("xmlns:office", "xmlns:o")),
      {"A1": ("number", "2"), "B1": ("text", "x")})
reads("an archive without the type as its first entry, and with all of it shrunk", pack(content(table(row(number()))), {"META-INF/manifest.xml": f'<manifest:manifest {SPACES}/>'}, mime=MIME), {"A1": ("number", "1")})
flat = content(table(row(number("2") + cell("string", "é"))), '<style:style style:name="t" style:family="table"/>').replace("document-content", "document").replace(
    "<office:document ", f'<office:document office:mimetype="{MIME}" ', 1).encode()
reads("a workbook that is one XML file (.fods)", flat, {"A1": ("number", "2"), "B1": ("text", "é")})
refuses("one that is cut short", flat[:-40], "This workbook is not well-formed XML")
refuses("one with entities", flat.replace(b"?>", b"?><!DOCTYPE x [<!ENTITY a 'b'>]>", 1), "document type declaration")
STYLES = ('<style:style style:name="ta1" style:family="table"><style:table-properties table:display="true"/></style:style>'
          '<style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style>')
code, out, err = run(pack(content(
    table(row(number("1")), "Zebra", attributes='table:style-name="ta1"') + table(row(number("2")), "hidden", attributes='table:style-name="ta2"')
    + table('<table:table-column table:number-columns-repeated="2"/><table:table-column table:visibility="collapse" table:number-columns-repeated="2"/><table:table-column table:number-columns-repeated="16380"/>'
            + row(number("3", table__number_columns_repeated="5")) + row(number("4"), 'table:visibility="filter"') + row(number("5"), 'table:visibility="collapse" table:number-rows-repeated="2"')
            + '<table:table-row-group table:display="false">' + row(number("6")) + "<table:table-row-group>" + row(number("7")) + "</table:table-row-group>" + row(number("8")) + "</table:table-row-group>" + row(number("9")), "Apple")
    + table(row(number("66")), "'file:///tmp/other.ods'#$One"), STYLES)))
rows = [json.loads(line) for line in out.splitlines()]
tap.ok([r["sheet"] for r in rows] == ["Zebra", "hidden"] + ["Apple"] * 12, "sheets in their order; what a link to another file last showed is none", out, err)
tap.ok([f"{r['cell']}={r['value']}" for r in rows if r.get("hidden")] == ["A1=2", "C1=3", "D1=3", "A2=4", "A3=5", "A4=5", "A5=6", "A6=7", "A7=8"],
       "cells of hidden sheets and columns, of hidden, filtered and collapsed rows are read and marked", out)

# --- what is hostile or broken ---
good = one(number())
empty = cell(table__number_columns_repeated="16384", table__style_name="ce1")
reads("a sheet full of styled empty cells costs nothing", pack(content(table(row(empty, 'table:number-rows-repeated="1048576"') * 1000 + row(empty)))), {})
reads("the last cell of a sheet", pack(content(table(row(cell(), 'table:number-rows-repeated="1048575"') + row(cell(table__number_columns_repeated="16383") + number("9"))))), {"XFD1048576": ("number", "9")})
refuses("a value in every cell of a sheet", pack(content(table(row(number(table__number_columns_repeated="16384"), 'table:number-rows-repeated="1048576"')))), "The sheet One", "repeating one", "A1", "Clear the cells")
refuses("a long text in many cells", pack(content(table(row(cell("string", "x" * 100000, table__number_columns_repeated="16000"))))), "more than 64 MB", "A1", "Clear the cells")
refuses("a long text in many rows", pack(content(table(row(cell("string", "x" * 100000), 'table:number-rows-repeated="1000000"')))), "more than 64 MB", "A1")
refuses("a value beyond the last column", one(cell(table__number_columns_repeated="16384") + number()), "XFD")
refuses("a value beyond the last row", pack(content(table(row(cell(), 'table:number-rows-repeated="1048576"') + row(number())))), "1,048,576")
refuses("values repeated beyond the last row", pack(content(table(row(cell()) + row(number(), 'table:number-rows-repeated="1048576"')))), "1,048,576")
reads("repetitions of nought, less and much more", pack(content(table(row(number(table__number_columns_repeated="0") + number(table__number_columns_repeated="-5") + cell(table__number_columns_repeated="99999999999999999999"), 'table:number-rows-repeated="x"')))),
      {"A1": ("number", "1"), "B1": ("number", "1")})
refuses("spaces by the number of them", one(cell("string", '<text:s text:c="4000000000"/>')), "more spaces")
refuses("spaces by the number of them, often", one(cell("string", '<text:s text:c="32767"/>' * 1000)), "more spaces")
reads("what a sheet that is only kept for a link has", pack(content(table(row(cell("string", '<text:s text:c="3"/>x', inside="<text:p>a</text:p>") + number()), "'file:///a'#$b") + table(row(number())))), {"A1": ("number", "1")})
refuses("entities, before one of them is used", pack(content(table(row(cell("string", "&b;"))), before='<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>')), "document type declaration")
refuses("an external entity", pack(content(table(row(cell("string", "&a;"))), before='<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>')), "document type declaration")
refuses("groups nested a thousand deep", pack(content(table("<table:table-row-group>" * 1000 + "</table:table-row-group>" * 1000))), "nested deeper")
refuses("content that is no XML", pack("this is no XML"), "content.xml", "not well-formed")
refuses("content cut short", pack(content(table(row(number())))[:-60]), "content.xml", "not well-formed")
refuses("no content at all", pack(content("")), "no sheets")
refuses("a list without content", pack("").replace(b"content.xml", b"content.xyz"), "lacks its part content.xml")
refuses("a text with a table in it", pack(content(table(row(number())), body="text")), "no spreadsheet")
refuses("a bomb: a gigabyte of nothing in a megabyte", pack(content(" " * 300_000_000)), "unpacks to far more")
refuses("more than a thousand sheets", pack(content(table(row(number())) * 1001)), "more than 1,000 sheets")
refuses("two sheets of one name, but for case", pack(content(table(row(number())) + table(row(number()), "Two") + table(row(number()), "ONE"))), "two sheets of the name ONE", "save it again")
refuses("an archive cut short", good[:-30], "damaged or cut short")
encrypted = f'<manifest:manifest {SPACES}><manifest:file-entry manifest:full-path="%s"><manifest:encryption-data/></manifest:file-entry></manifest:manifest>'
refuses("content that is encrypted", pack("\x17\x00garbage", {"META-INF/manifest.xml": encrypted % "content.xml"}), "protected by a password", "save it without a password")
refuses("a workbook that is encrypted as a whole", pack("", {"encrypted-package": "garbage", "META-INF/manifest.xml": encrypted % "encrypted-package"}), "protected by a password")
reads("an encrypted macro is nothing to us", one(number(), more={"Basic/Standard/Module1.xml": "garbage", "META-INF/manifest.xml": encrypted % "Basic/Standard/Module1.xml"}), {"A1": ("number", "1")})

# --- anything at all: never a crash, never a hang ---
sources = [(FIXTURES / "libreoffice.ods").read_bytes(), one(number() + cell("date", office__date_value="2014-11-28") + cell("string", "a<text:s/>b"), compression=zipfile.ZIP_STORED)]
book_cells.damaged(random.Random(7), sources, 150)
book_cells.done()
