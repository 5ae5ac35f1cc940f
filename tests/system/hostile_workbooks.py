#!/usr/bin/env python3
"""Hostile workbooks by the thousand: good .xlsx and .ods files changed as archives, as XML and in what they say, and some made to hurt, through poolctl cells and
poolctl check with the shipped policies; half of them are changed plans of the Better Care Fund, so that forms are filled as well.

usage: hostile_workbooks.py [SEED [NUMBER]]      NUMBER files (400); what fails is kept, and named

Every one is read, and then its cells are in order, within a sheet and UTF-8; or it is refused with what it is and what to do.  Each is judged, too: a verdict that
says the same about whether it can be read, places that are cells, and no text that controls a screen.  Neither takes more than
SECONDS of a processor or MEMORY, and every tenth is read twice, with the same result.
"""
import io
import json
import os
import pathlib
import random
import re
import resource
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../regress"))
import workbook  # noqa: E402
from plan_workbook import plan_sheets  # noqa: E402

POOLCTL = os.path.abspath(os.path.join(os.environ.get("B", "build"), "poolctl"))
SANITIZED = "address" in POOLCTL
SECONDS, MEMORY = (60, 3000) if SANITIZED else (10, 1000)  # of a processor, MB
MOST = 20 << 20  # of what is printed, looked at
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
URN = "urn:oasis:names:tc:opendocument:xmlns:"
NUMBERS = ["0", "1", "-1", "2", "16384", "16385", "1048576", "1048577", "4294967295", "4294967296", "99999999999999999999", "1e400", "-1e-400", "NaN", "0x10", "", " 7 ", "1.5", "2958466", "-0.5",
           "0.30000000000000004", "60", "59.9999999999", "1" * 400]
TEXTS = ["", "A1", "XFD1048576", "XFE1", "A0", "$A$1", "A1:XFD1048576", "B2:A1", "../../../etc/passwd", "/xl/worksheets/sheet1.xml", "xl/../xl/workbook.xml", "file:///etc/passwd", "true", "false", "collapse", "filter",
         "s", "n", "b", "e", "d", "str", "inlineStr", "float", "date", "time", "boolean", "string", "error", "currency", "percentage", "2014-11-28", "2014-11-28T23:59:59.9999999", "0000-00-00", "PT16H05M00S", "PT999999999H",
         "P", "_x0000_", "_xD800_", "=1+1", "<script>", "\u202e", "\U0001f4a9", "x" * 5000, "$'a''b'.$A$1:.$B$2", "of:=[$One.$A$1]", "[h]:mm", 'yyyy"', "External", "veryHidden"]


def relationships(*links):
    return f'<Relationships xmlns="{RELS}">' + "".join(f'<Relationship Id="{i}" Type="{OFFICE}/{t}" Target="{to}"/>' for i, t, to in links) + "</Relationships>"


def xlsx():
    """The parts of a good workbook."""
    cells = "".join(f'<row r="{r}"><c r="A{r}" t="s"><v>{r % 3}</v></c><c r="B{r}" s="1"><v>{41000 + r}</v></c><c r="C{r}"><f>B{r}*2</f><v>{r}.5</v></c><c r="D{r}" t="b"><v>1</v></c>'
                    f'<c r="E{r}" t="inlineStr"><is><r><t>in</t></r><rPh><t>x</t></rPh></is></c><c r="F{r}" t="e"><v>#N/A</v></c><c r="G{r}" t="d"><v>2014-11-28T00:00:00</v></c></row>' for r in range(1, 6))
    sheet = f'<worksheet xmlns="{MAIN}"><cols><col min="2" max="3" hidden="1"/></cols><sheetData>{cells}</sheetData><mergeCells count="1"><mergeCell ref="A1:B2"/></mergeCells></worksheet>'
    return {
        "[Content_Types].xml": "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>",
        "_rels/.rels": relationships(("a", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><workbookPr/><sheets><sheet name="One" sheetId="1" r:id="a"/><sheet name="Two" sheetId="2" state="hidden" r:id="b"/></sheets>'
                           '<definedNames><definedName name="total">One!$A$1</definedName></definedNames></workbook>',
        "xl/_rels/workbook.xml.rels": relationships(("a", "worksheet", "worksheets/sheet1.xml"), ("b", "worksheet", "worksheets/sheet2.xml"), ("c", "sharedStrings", "sharedStrings.xml"), ("d", "styles", "styles.xml")),
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"><si><t>one</t></si><si><r><t>t</t></r><r><t xml:space="preserve"> wo</t></r></si><si><t>a_x0041_</t></si></sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><numFmts><numFmt numFmtId="164" formatCode="d mmm yyyy"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs></styleSheet>',
        "xl/worksheets/sheet1.xml": sheet,
        "xl/worksheets/sheet2.xml": sheet,
    }


def ods():
    spaces = " ".join(f'xmlns:{p}="{URN}{p}:1.0"' for p in ("office", "table", "text", "style"))
    cells = ('<table:table-cell office:value-type="float" office:value="1.5"><text:p>1.5</text:p></table:table-cell><table:table-cell table:number-columns-repeated="2"/>'
             '<table:table-cell office:value-type="date" office:date-value="2014-11-28"/><table:table-cell office:value-type="time" office:time-value="PT16H05M00S"/>'
             '<table:table-cell office:value-type="boolean" office:boolean-value="true"/><table:table-cell office:value-type="string" table:number-columns-spanned="2" table:number-rows-spanned="2">'
             '<office:annotation><text:p>note</text:p></office:annotation><text:p>a<text:s text:c="3"/>b<text:tab/><text:span>c</text:span></text:p><text:p>d</text:p></table:table-cell><table:covered-table-cell/>'
             '<table:table-cell table:formula="of:=1/0" office:value-type="string" office:string-value=""><text:p>#DIV/0!</text:p></table:table-cell>')
    rows = (f'<table:table-column table:visibility="collapse" table:number-columns-repeated="2"/><table:table-row>{cells}</table:table-row><table:table-row-group table:display="false"><table:table-row '
            f'table:number-rows-repeated="3">{cells}</table:table-row></table:table-row-group><table:table-row table:number-rows-repeated="1000000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>')
    names = '<table:named-expressions><table:named-range table:name="total" table:cell-range-address="$One.$A$1:.$B$2"/><table:named-expression table:name="e" table:expression="[$One.$A$1]"/></table:named-expressions>'
    return {
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": f'<office:document-content {spaces}><office:automatic-styles><style:style style:name="ta1" style:family="table"><style:table-properties table:display="false"/></style:style></office:automatic-styles>'
                       f'<office:body><office:spreadsheet><table:table table:name="One">{rows}</table:table><table:table table:name="Two" table:style-name="ta1">{rows}{names}</table:table>{names}</office:spreadsheet></office:body>'
                       '</office:document-content>',
        "META-INF/manifest.xml": f'<m:manifest xmlns:m="{URN}manifest:1.0"><m:file-entry m:full-path="content.xml"/></m:manifest>',
    }


def plan(kind):
    """The parts of a filled plan of the Better Care Fund, which passes."""
    sheets = plan_sheets(json.loads(pathlib.Path("lua-policies/better-care-fund/examples/plan.json").read_text(encoding="utf-8")))
    with zipfile.ZipFile(io.BytesIO((workbook.workbook if kind == "xlsx" else workbook.ods)(sheets))) as z:
        return {name: z.read(name).decode() for name in z.namelist()}


def pack(parts, method=zipfile.ZIP_DEFLATED):
    """parts: a dict, or a list of (name, data), in which names may come twice."""
    out = io.BytesIO()
    import warnings
    warnings.simplefilter("ignore")
    with zipfile.ZipFile(out, "w", method) as z:
        for name, data in parts.items() if isinstance(parts, dict) else parts:
            z.writestr(name, data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data, zipfile.ZIP_STORED if name == "mimetype" else None)
    return out.getvalue()


class Workbooks:
    """A generator of file names and bytes."""

    def __init__(self, seed):
        self.r = random.Random(seed)
        self.seed = seed

    def one(self, i):
        r = random.Random(f"{self.seed}/{i}")  # so that one can be made again alone
        self.r = r
        kind = r.choice(["xlsx", "ods"])
        if r.random() < 0.12:
            return f"{i:05}-made.{kind}", r.choice([self.bomb, self.many_parts, self.one_part_often, self.nested, self.heads, self.deep, self.wide, self.texts, self.dense, self.dense])(kind)
        parts = plan(kind) if r.random() < 0.5 else xlsx() if kind == "xlsx" else ods()
        for _ in range(r.choice([0, 1, 1, 2, 4])):
            name = r.choice([n for n in parts if n not in ("mimetype", "[Content_Types].xml")])
            parts[name] = r.choice([self.attribute, self.attribute, self.attribute, self.content, self.element, self.element, self.markup, self.encoded, self.bytes])(parts[name])
        if r.random() < 0.15:
            parts = self.renamed(parts)
        data = pack(parts, r.choice([zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]) if r.random() < 0.3 else zipfile.ZIP_DEFLATED)
        if r.random() < 0.5:
            data = r.choice([self.archive_bytes, self.archive_fields, self.archive_fields, self.archive_cut, self.archive_end])(data)
        return f"{i:05}-changed.{kind}", data

    # --- what the XML says ---
    def text(self, data):
        return data if isinstance(data, str) else data.decode("utf-8", "replace")

    def nasty(self):
        value = self.r.choice(NUMBERS + TEXTS)
        return value.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")

    def attribute(self, data):
        data, found = self.text(data), None
        found = list(re.finditer(r'([\w:-]+)="([^"]*)"', data))
        if not found:
            return data
        m = self.r.choice(found)
        new = self.r.choice([f'{m[1]}="{self.nasty()}"'] * 6 + ["", m[0] + " " + m[0], f'x:{m[1]}="{m[2]}"', m[0] + f' {self.r.choice(found)[1]}="{self.nasty()}"'])
        return data[:m.start()] + new + data[m.end():]

    def content(self, data):
        data = self.text(data)
        found = list(re.finditer(r">([^<]+)<", data))
        m = self.r.choice(found) if found else None
        new = self.r.choice([self.nasty(), self.nasty(), "&#0;", "&#x110000;", "&#xD800;", "&lt", "&a;", "<![CDATA[x]]>", "<![CDATA[", "]]>", "<!-- -- -->", "\0", "\ufffe"])
        return data[:m.start(1)] + new + data[m.end(1):] if m else data + new

    def element(self, data):
        data = self.text(data)
        found = list(re.finditer(r"<([\w:-]+)[^<>]*?(?:/>|>(?:[^<]*</\1>)?)", data))
        if not found:
            return data
        m, other = self.r.choice(found), self.r.choice(found)
        how = self.r.randrange(7)
        if how == 0:
            return data[:m.start()] + data[m.end():]
        if how == 1:
            return data[:m.start()] + m[0] * self.r.choice([2, 3, 2000]) + data[m.end():]
        if how == 2:
            return data[:m.start()] + other[0] + data[m.start():]
        if how == 3:
            return data[:m.start()] + m[0].replace(m[1], other[1]) + data[m.end():]
        if how == 4:
            inner = data[data.index(">") + 1:data.rindex("<")] if data.count(">") > 1 else ""
            return data[:m.end()] + inner + data[m.end():]
        if how == 5:
            return data[:m.start()] + f"<x:y xmlns:x='z'>{m[0]}</x:y>" + data[m.end():]
        return data[:m.end()] + "<a>" * self.r.choice([3, 70, 5000]) + data[m.end():]

    def markup(self, data):
        data = self.text(data)
        doctype = self.r.choice(['<!DOCTYPE x [<!ENTITY a "b">]>', '<!DOCTYPE x SYSTEM "file:///etc/passwd">', '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1/"> %p;]>',
                                 '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>', '<!DOCTYPE x [<!ATTLIST c r CDATA "A1">]>'])
        return self.r.choice([doctype + data, "<?xml version='1.0'?>" + doctype + data, "<?xml version='1.1'?>" + data, "<?xml version='1.0' standalone='yes'?>" + data, "<?x " + "y" * 100000 + "?>" + data,
                              "<!--" + "-" * 1000 + "-->" + data, " " * 100000 + data, data + data, data[:self.r.randrange(len(data) + 1)], "", " ", "<a/>", data.replace(">", " " + "a" * 200000 + ">", 1),
                              data.replace(">", " " + " ".join(f'a{i}="{i}"' for i in range(5000)) + ">", 1)])

    def encoded(self, data):
        data = self.text(data).encode("utf-8", "replace").decode()
        declared = f"<?xml version='1.0' encoding='{self.r.choice(['utf-8', 'UTF-16', 'iso-8859-1', 'windows-1252', 'utf-7', 'ebcdic', 'x' * 100, ''])}'?>"
        encoding = self.r.choice(["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "utf-7"])
        return (declared * self.r.choice([0, 1, 2]) + data).encode(encoding)

    def bytes(self, data):
        data = bytearray(data.encode("utf-8", "replace") if isinstance(data, str) else data)
        for _ in range(self.r.choice([1, 1, 5, 50])):
            if data:
                data[self.r.randrange(len(data))] = self.r.choice([0, 0x3c, 0x3e, 0x22, 0x26, 0x80, 0xc0, 0xff, self.r.randrange(256)])
        return bytes(data)

    # --- the archive ---
    def renamed(self, parts):
        listed = list(parts.items())
        i = self.r.randrange(len(listed))
        name, data = listed[i]
        new = self.r.choice(["../" + name, "/" + name, name.upper(), name.replace("/", "\\"), name + "/", "./" + name, "x" * 600, name + "\0.xml", "\u202e" + name, ""])
        how = self.r.randrange(3)
        listed[i:i + 1] = [(new or "x", data)] if how == 0 else [(name, data), (new or "x", data)] if how == 1 else [(name, data), (name, self.attribute(data))]
        self.r.shuffle(listed)
        return listed

    def archive_bytes(self, data):
        return self.bytes(data)

    def archive_cut(self, data):
        at = self.r.randrange(len(data) + 1)
        return self.r.choice([data[:at], data[at:], data[:at] + data[at + self.r.randrange(200):], data[:at] + bytes(self.r.randrange(300)) + data[at:], b"#!/bin/sh\n" * 10 + data, data + b"\0" * 1000])

    def archive_fields(self, data):
        """Numbers in the heads of entries, in front and in the list, lie."""
        data = bytearray(data)
        local = [m.start() for m in re.finditer(b"PK\3\4", data)]
        listed = [m.start() for m in re.finditer(b"PK\1\2", data)]
        for _ in range(self.r.choice([1, 1, 2, 5])):
            base, fields = self.r.choice([(local, [(4, "H"), (6, "H"), (8, "H"), (14, "I"), (18, "I"), (22, "I"), (26, "H"), (28, "H")]),
                                          (listed, [(8, "H"), (10, "H"), (16, "I"), (20, "I"), (24, "I"), (28, "H"), (30, "H"), (32, "H"), (42, "I")])])
            at, (offset, form) = self.r.choice(base), self.r.choice(fields)
            old = struct.unpack_from("<" + form, data, at + offset)[0]
            new = self.r.choice([0, 1, 8, 9, 12, 14, 99, 0xffff, 0xffffffff, 0xfffffffe, 0x7fffffff, old + 1, old - 1, old * 2, len(data), self.r.choice(local), self.r.randrange(1 << 16)])
            struct.pack_into("<" + form, data, at + offset, new & (0xffff if form == "H" else 0xffffffff))
        return bytes(data)

    def archive_end(self, data):
        """The list's end: its numbers, a comment with another end in it, the large form of it."""
        at = data.rindex(b"PK\5\6")
        end = bytearray(data[at:])
        how = self.r.randrange(4)
        if how == 0:
            offset, form = self.r.choice([(4, "H"), (6, "H"), (8, "H"), (10, "H"), (12, "I"), (16, "I"), (20, "H")])
            struct.pack_into("<" + form, end, offset, self.r.choice([0, 1, 0xffff, 20, 1000]))
            return data[:at] + bytes(end)
        if how == 1:
            struct.pack_into("<H", end, 20, len(end))
            return data[:at] + bytes(end) + bytes(end)
        if how == 2:
            large = struct.pack("<IQHHIIQQQQ", 0x06064b50, 44, 45, 45, 0, 0, self.r.choice([1, 8, 1 << 40]), self.r.choice([8, 1 << 63]), self.r.choice([400, 1 << 50]), self.r.choice([0, at - 400, 1 << 60]))
            locator = struct.pack("<IIQI", 0x07064b50, 0, self.r.choice([at, 0, 1 << 62]), 1)
            struct.pack_into("<HHHHII", end, 4, 0, 0, 0xffff, 0xffff, 0xffffffff, 0xffffffff)
            return data[:at] + large + locator + bytes(end)
        return data[:at] + data[self.r.randrange(at):]

    # --- made to hurt ---
    def with_part(self, kind, name, data):
        parts = xlsx() if kind == "xlsx" else ods()
        parts[name] = data
        return pack(parts)

    def main(self, kind):
        return "xl/worksheets/sheet1.xml" if kind == "xlsx" else "content.xml"

    def bomb(self, kind):
        good = (xlsx() if kind == "xlsx" else ods())[self.main(kind)]
        begin, end = good.split("<sheetData>" if kind == "xlsx" else '<table:table table:name="One">')[0], ""
        filler = self.r.choice([" ", "<a/>", "<!-- -->", "&#32;", "<row/>", "<row><c/></row>", "<table:table-row/>", "<table:table-row><table:table-cell/></table:table-row>",
                                '<c t="inlineStr"><is><t>x</t></is></c>', "<text:p>x</text:p>"])
        size = self.r.choice([1, 20, 80]) << 20
        return self.with_part(kind, self.main(kind), begin + ("<sheetData>" if kind == "xlsx" else "<table:table>") + filler * (size // len(filler)) + end)

    def many_parts(self, kind):
        parts = list((xlsx() if kind == "xlsx" else ods()).items())
        return pack(parts + [(f"x/{i}", "") for i in range(self.r.choice([100, 9000, 11000]))])

    def one_part_often(self, kind):
        """A thousand sheets: of one part, or each with its repetitions."""
        n = self.r.choice([50, 1000, 1500])
        if kind == "ods":
            times = self.r.choice(["100", "20000"])
            sheets = "".join(f'<table:table table:name="{i}"><table:table-row table:number-rows-repeated="{times}"><table:table-cell office:value-type="float" office:value="1"/></table:table-row></table:table>' for i in range(n))
            return self.with_part(kind, "content.xml", re.sub(r"(<office:spreadsheet>).*(</office:spreadsheet>)", lambda m: m[1] + sheets + m[2], ods()["content.xml"], flags=re.S))
        parts = xlsx()
        rows = "".join(f"<row><c><v>{i}</v></c></row>" for i in range(self.r.choice([10, 20000])))
        parts["xl/worksheets/sheet1.xml"] = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
        parts["xl/workbook.xml"] = f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>' + "".join(f'<sheet name="{i}" r:id="a"/>' for i in range(n)) + "</sheets></workbook>"
        target = self.r.choice(["worksheets/sheet1.xml", "workbook.xml", "_rels/workbook.xml.rels", "sharedStrings.xml", "styles.xml"])
        parts["xl/_rels/workbook.xml.rels"] = relationships(("a", "worksheet", target), ("c", self.r.choice(["sharedStrings", "styles", "officeDocument"]), self.r.choice(["workbook.xml", "sharedStrings.xml", target])))
        return pack(parts)

    def nested(self, kind):
        data = pack(xlsx() if kind == "xlsx" else ods())
        for _ in range(self.r.choice([1, 3, 30])):
            data = self.with_part(kind, self.r.choice([self.main(kind), "other.zip"]), data)
        return data

    def heads(self, kind):
        """Entries that share their bytes, as the best bombs do: each is long, together they are longer than the file."""
        kernel = zlib.compressobj(9, zlib.DEFLATED, -15)
        inside = (" " * (1 << 20)).encode()
        packed = kernel.compress(inside) + kernel.flush()
        name = self.main(kind).encode()
        head = struct.pack("<IHHHHHIIIHH", 0x04034b50, 20, 0, 8, 0, 0x21, zlib.crc32(inside), len(packed), len(inside), len(name), 0) + name + packed
        n = self.r.choice([2, 1000])
        listed = b"".join(struct.pack("<IHHHHHHIIIHHHHHII", 0x02014b50, 20, 20, 0, 8, 0, 0x21, zlib.crc32(inside), len(packed), len(inside), len(name) + (4 if i else 0), 0, 0, 0, 0, 0, 0)
                          + name + (b"%04d" % i if i else b"") for i in range(n))
        return head + listed + struct.pack("<IHHHHIIH", 0x06054b50, 0, 0, n, n, len(listed), len(head), 0)

    def deep(self, kind):
        n = self.r.choice([62, 63, 64, 65, 100000])
        if kind == "ods":
            return self.with_part(kind, "content.xml", ods()["content.xml"].replace("<table:table-row-group", "<table:table-row-group>" * n + "<table:table-row-group", 1))
        return self.with_part(kind, "xl/worksheets/sheet1.xml", xlsx()["xl/worksheets/sheet1.xml"].replace("<is>", "<is>" * n, 1))

    def wide(self, kind):
        n = self.r.choice([16384, 16385, 200000])
        if kind == "ods":
            cells = self.r.choice(["<table:table-cell/>", '<table:table-cell office:value-type="float" office:value="1"/>', '<table:table-cell table:number-columns-spanned="9999" table:number-rows-spanned="9999"/>', "<table:table-column/>"])
            return self.with_part(kind, "content.xml", ods()["content.xml"].replace("<table:table-row>", "<table:table-row>" + cells * n, 1))
        cells = self.r.choice(["<c/>", "<c><v>1</v></c>", '<c t="s"><v>1</v></c>', '<c r="A1"/>', '<c r="XFD1048576"><v>1</v></c>'])
        return self.with_part(kind, "xl/worksheets/sheet1.xml", xlsx()["xl/worksheets/sheet1.xml"].replace('<row r="1">', '<row r="1">' + cells * n, 1))

    def dense(self, kind):
        """Sheets of a plan that are full of what may be labels and headings, and merged cells without end."""
        sheets = plan_sheets(json.loads(pathlib.Path("lua-policies/better-care-fund/examples/plan.json").read_text(encoding="utf-8")))
        words = self.r.choice([["x"], ["Scheme ID", "Expenditure (£)", "Line", "Partner", "Quarter"], ["Template versin", "Financial yer"], ["£" * 150 + "a"], ["Amount", "2014-15Q4", 7, " "]])
        rows, columns, long = self.r.choice([(300, 1024, 1), (2000, 100, 1), (20, 16000, 1), (300, 100, 30)])
        merges = self.r.choice([[], [f"A{r}:B{r}" for r in range(1, 30000)], [f"{workbook.column_name(c)}{r}:{workbook.column_name(c + 1)}{r + 3}" for r in range(1, 240, 4) for c in range(1, 1000, 2)],
                                [f"A1:XFD{r}" for r in range(1, 30000)]])
        for name in self.r.sample(sorted(sheets), 3) + ["Cover"]:
            sheet = workbook.Sheet(merges=merges)
            for r in range(rows):
                sheet.row(*[(f"{w} {r}-{c}" if self.r.random() < 0.5 and isinstance(w, str) else w) if long == 1 else f"{w} " * long for c in range(columns) for w in [words[c % len(words)]]])
            sheets[name] = sheet
            if kind == "ods":
                sheet.merges = merges[:200]
        return (workbook.workbook if kind == "xlsx" else workbook.ods)(sheets)

    def texts(self, kind):
        if kind == "ods":
            text = self.r.choice(['<text:s text:c="32767"/>' * 600, "<text:s/>" * 100000, "x" * (10 << 20), "<text:span>" * 50 + "x" + "</text:span>" * 50, "<text:line-break/>" * 100000])
            return self.with_part(kind, "content.xml", ods()["content.xml"].replace("a<text:s", text + "a<text:s", 1).replace('table:number-columns-spanned="2"', f'table:number-columns-repeated="{self.r.choice([1, 16000])}"', 1))
        rich = self.r.choice(["<r><t>x</t></r>" * 100000, "<t>" + "_x0041_" * 500000 + "</t>", "<t>" + "x" * (10 << 20) + "</t>", "<rPh>" * 60 + "<t>a</t>" + "</rPh>" * 60])
        many = f'<sst xmlns="{MAIN}"><si>{rich}</si>' + "<si/>" * self.r.choice([1, 500000]) + "</sst>"
        return self.with_part(kind, "xl/sharedStrings.xml", many)


class Trial:
    def __init__(self, seed):
        self.top = pathlib.Path(tempfile.mkdtemp(prefix="workbooks-"))
        self.workbooks = Workbooks(seed)
        self.faults, self.read, self.judged, self.most, self.slowest = [], 0, 0, (0, "", 0, ""), (0, "")

    def fault(self, path, what):
        kept = ""
        if len(self.faults) < 20:
            shutil.copy(path, f"/tmp/{path.name}")
            kept = f" (kept as /tmp/{path.name})"
        self.faults.append(f"{path.name}: {what}{kept}")

    def run_it(self, *words):
        """Status, output, errors, processor seconds and MB."""
        with open(self.top / "out", "wb+") as out, open(self.top / "err", "wb+") as err:
            child = subprocess.Popen([POOLCTL, *map(str, words)], stdout=out, stderr=err)
            _, status, used = os.wait4(child.pid, 0)
            child.returncode = status
            out.seek(0)
            err.seek(0)
            return os.waitstatus_to_exitcode(status), out.read(MOST), err.read(), used.ru_utime + used.ru_stime, used.ru_maxrss // 1024

    def order(self, out):
        """What is wrong with the cells that were read, or nothing."""
        last, sheets = None, []
        for line in out.decode("utf-8").splitlines():
            c = json.loads(line)
            m = re.fullmatch(r"([A-Z]{1,3})([1-9]\d{0,6})", c["cell"])
            if not m or c["type"] not in ("text", "number", "bool", "date", "error") or not c["value"]:
                return f"no cell: {line[:200]}"
            column = 0
            for letter in m[1]:
                column = column * 26 + ord(letter) - 64
            place = (int(m[2]), column)
            if place[0] > 1048576 or column > 16384:
                return f"beyond a sheet: {line[:200]}"
            if not sheets or sheets[-1] != c["sheet"]:
                sheets.append(c["sheet"])
            elif place <= last and sheets.count(c["sheet"]) == 1 and place != (1, 1):
                return f"out of order: {line[:200]}"
            last = place
        return None

    def try_one(self, path, twice):
        code, out, err, seconds, megabytes = self.run_it("cells", path)
        said = err.decode("utf-8", "replace")
        if seconds > self.most[0]:
            self.most = (seconds, path.name) + self.most[2:]
        if megabytes > self.most[2]:
            self.most = self.most[:2] + (megabytes, path.name)
        if seconds > SECONDS or megabytes > MEMORY:
            self.fault(path, f"took {seconds:.1f} s and {megabytes} MB")
        if code == 0:
            self.read += 1
            wrong = self.order(out) if len(out) < MOST else None
            if wrong:
                self.fault(path, wrong)
            if err:
                self.fault(path, f"read, and yet: {said[:500]}")
        elif code != 2 or out or not re.fullmatch(r"poolctl: \S+: [A-Z].* Expected: .*\. [A-Z].*\.\n", said, re.S):
            self.fault(path, f"ended with {code}: {said[:3000]}")
        if twice and self.run_it("cells", path)[:3] != (code, out, err):
            self.fault(path, "is not the same when read again")
        self.judge(path, code == 0, twice)

    def judge(self, path, readable, twice):
        """What a form makes of it: the evaluator that does it has a process of its own, so that the clock is what there is to look at."""
        words = ["check", "--policies", "lua-policies", "--region", "leeds", "--at", "2014-11-28T16:05:00Z"]
        began = time.monotonic()
        code, out, err, _, _ = self.run_it(*words, "--format", "json", path)
        seconds = time.monotonic() - began
        if seconds > self.slowest[0]:
            self.slowest = (seconds, path.name)
        if seconds > 3 * SECONDS:
            self.fault(path, f"took {seconds:.1f} s to judge")
        try:
            verdict = json.loads(out)
        except ValueError as e:
            self.fault(path, f"no verdict, ended with {code}: {e}: {err[:3000]}")
            return
        self.judged += verdict["outcome"] != "unreadable"
        if err or verdict["our_fault"] or code != {"compliant": 0, "queried": 0, "non-compliant": 1}.get(verdict["outcome"], 2):
            self.fault(path, f"ended with {code}, {verdict['outcome']}, our fault {verdict['our_fault']}: {err[:3000]}")
        if verdict["outcome"] == "unreadable" and readable and verdict["unreadable"]["kind"] != "no_form" or not readable and verdict["outcome"] != "unreadable":
            self.fault(path, f"cells can{'' if readable else 'not'} be read, and it is {verdict['outcome']}")
        for finding in verdict["findings"]:
            if not re.fullmatch(r"([A-Z]{1,3}[1-9]\d{0,6})?", finding["at"].get("cell") or "") or not finding["message"]:
                self.fault(path, f"a place that is none: {finding}")
        if twice:
            text = self.run_it(*words, path)[1].decode("utf-8")
            if re.search("[\0-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text):
                self.fault(path, "the report has characters that control a screen")
            if json.loads(self.run_it(*words, "--format", "json", path)[1])["findings"] != verdict["findings"]:
                self.fault(path, "is not judged the same again")

    def made(self, i):
        """The file, made by a child: what this process has in memory would count as that of those it starts."""
        child = os.fork()
        if child == 0:
            name, data = self.workbooks.one(i)
            (self.top / name).write_bytes(data)
            os._exit(0)
        os.waitpid(child, 0)
        return next(self.top.glob(f"{i:05}-*"))

    def run(self, numbers):
        for i in numbers:
            path = self.made(i)
            self.try_one(path, i % 10 == 0)
            path.unlink()

    def close(self):
        shutil.rmtree(self.top)


def some(seed, numbers, to):
    """A part of them, in a process of its own: what came of it is written to a pipe."""
    trial = Trial(seed)
    try:
        trial.run(numbers)
    finally:
        trial.close()
    with open(to, "w", encoding="utf-8") as out:
        json.dump([trial.faults, trial.read, trial.judged, trial.most, trial.slowest], out)


def in_parts(seed, number):
    """As many at once as there are processors; what came of each."""
    pipes = []
    for first in range(os.cpu_count() or 1):
        ours, theirs = os.pipe()
        if os.fork() == 0:
            try:
                some(seed, range(first, number, os.cpu_count() or 1), theirs)
            finally:
                os._exit(0)
        os.close(theirs)
        pipes.append(ours)
    for pipe in pipes:
        with open(pipe, encoding="utf-8") as part:
            yield json.load(part)  # a part that ended early has written nothing, which is a fault


def main():
    seed = int(sys.argv[1]) if sys.argv[1:2] and sys.argv[1] else random.randrange(1 << 30)
    number = int(sys.argv[2]) if len(sys.argv) > 2 else 400
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    faults, read, judged, most, slowest = zip(*in_parts(seed, number))
    faults = sorted(sum(faults, []))
    seconds, megabytes, judging = max(m[:2] for m in most), max(m[2:] for m in most), max(slowest)
    for fault in faults[:20]:
        print(fault)
    print(f"{number} workbooks from seed {seed}, {sum(read)} of them read, {sum(judged)} judged by a form; {len(faults)} faults; at most {seconds[0]:.2f} s ({seconds[1]}) and {megabytes[0]} MB ({megabytes[1]}); {judging[0]:.2f} s to judge ({judging[1]})")
    sys.exit(len(faults) > 0)


if __name__ == "__main__":
    main()
