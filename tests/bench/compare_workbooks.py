#!/usr/bin/python3
"""What poolctl reads in workbooks, cell by cell, against openpyxl and LibreOffice: each difference is counted with its reason.

usage: compare_workbooks.py POOLCTL FILE|FOLDER …      exit 1: a difference that has no reason (make compare-workbooks DIR=…)
"""
import collections
import datetime
import decimal
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import warnings
import xml.sax
import zipfile

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

EPOCH = datetime.datetime(1899, 12, 30)
ESCAPED = re.compile(r"_x[0-9A-Fa-f]{4}_")
NOT_CALCULATED = "#NOT-CALCULATED"


def ours(poolctl, path):
    """(sheet, cell) -> (type, value)"""
    done = subprocess.run([poolctl, "cells", str(path)], capture_output=True, check=True)
    return {(o["sheet"], o["cell"]): (o["type"], o["value"]) for o in map(json.loads, done.stdout.splitlines())}


def openpyxls(path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = load_workbook(path, read_only=True, data_only=True)
        for sheet in book.worksheets:
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.value is not None and cell.value != "":
                        yield (sheet.title, cell.coordinate), openpyxl_value(cell)


def openpyxl_value(cell):
    value = cell.value
    if isinstance(value, bool):
        return "bool", str(value).lower()
    if isinstance(value, (int, float)):
        return "number", value
    if isinstance(value, datetime.datetime):
        return "date", value.isoformat().replace("T00:00:00", "") if value.microsecond == 0 else value
    if isinstance(value, (datetime.date, datetime.time)):
        return "date", value.isoformat()
    if isinstance(value, datetime.timedelta):
        return "duration", value.total_seconds() / 86400
    return ("error" if cell.data_type == "e" else "text"), value


class Content(xml.sax.ContentHandler):
    """The cells of an OpenDocument's content.xml; repeats of cells that hold something are written out."""

    def __init__(self):
        super().__init__()
        self.cells, self.sheet, self.row, self.column = {}, None, 0, 0
        self.text = self.note = None

    def startElement(self, name, attributes):
        if name == "table:table":
            self.sheet, self.row = attributes.get("table:name"), 0
        elif name == "table:table-row":
            self.rows, self.column, self.held = int(attributes.get("table:number-rows-repeated", 1)), 0, []
        elif name in ("table:table-cell", "table:covered-table-cell"):
            self.columns, self.attributes, self.text = int(attributes.get("table:number-columns-repeated", 1)), dict(attributes), []
        elif name == "office:annotation":
            self.note = True
        elif name == "text:p" and self.text is not None and not self.note:
            self.text.append("")
        elif name == "text:s" and self.text and not self.note:
            self.text[-1] += " " * int(attributes.get("text:c", 1))
        elif name == "text:tab" and self.text and not self.note:
            self.text[-1] += "\t"
        elif name == "text:line-break" and self.text and not self.note:
            self.text[-1] += "\n"

    def characters(self, content):
        if self.text and not self.note:
            self.text[-1] += content

    def endElement(self, name):
        if name == "office:annotation":
            self.note = None
        elif name in ("table:table-cell", "table:covered-table-cell"):
            value = self.value()
            if value is not None:
                self.held.append((self.column, self.columns, value))
            self.column, self.text = self.column + self.columns, None
        elif name == "table:table-row":
            for column, columns, value in self.held:
                for row in range(self.row, self.row + self.rows):
                    for at in range(column, column + columns):
                        self.cells[self.sheet, f"{get_column_letter(at + 1)}{row + 1}"] = value
            self.row += self.rows

    def value(self):
        kind, a = self.attributes.get("office:value-type"), self.attributes
        text = "\n".join(self.text)
        if kind is None:
            return None
        if a.get("calcext:value-type") == "error":
            return "error", text
        if kind in ("float", "percentage", "currency"):
            return "number", float(a["office:value"])
        if kind == "boolean":
            return "bool", a["office:boolean-value"]
        if kind == "date":
            return "date", a["office:date-value"].replace("T00:00:00", "")
        if kind == "time":
            return "time", a["office:time-value"]
        return ("text", text) if text else None


def libreoffices(path, folder):
    subprocess.run(["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", "ods", "--outdir", folder, str(path)],
                   check=True, capture_output=True, timeout=900)
    content = Content()
    with zipfile.ZipFile(pathlib.Path(folder) / (path.stem + ".ods")) as z, z.open("content.xml") as f:
        xml.sax.parse(f, content)
    return content.cells


def fifteen(number):
    """As a person sees it: 15 significant digits, half away from nought."""
    n = decimal.Decimal(str(number).strip())
    return n if n == 0 else n.quantize(decimal.Decimal(1).scaleb(n.adjusted() - 14), decimal.ROUND_HALF_UP)


def same_number(a, b):
    """The same double, or the same digits seen, also when they come from its shortest form."""
    return float(a) == float(b) or fifteen(b) in (fifteen(a), fifteen(repr(float(a))))


def day_of(value):
    """A date as a number of days, as the file has it."""
    moment = value if isinstance(value, datetime.datetime) else datetime.datetime.fromisoformat(value.split(".")[0])
    return (moment - EPOCH) / datetime.timedelta(days=1)


def seconds_of(value):
    found = re.fullmatch(r"PT(\d+)H(\d+)M(\d+)(?:\.\d+)?S", value)
    return sum(int(n) * m for n, m in zip(found.groups(), (3600, 60, 1)))


def seconds_of_clock(value):
    return sum(int(n) * m for n, m in zip(value.split(":"), (3600, 60, 1)))


def flat(text):
    return re.sub(r"[ \t\r\n\xa0]+", " ", text).strip()


def reason(mine, theirs):
    """None: the same.  Otherwise why they differ; "" is no reason."""
    if mine is None:
        return "only there: a formula that was never worked out, or white space" if theirs[0] == "text" and not theirs[1].strip() else ""
    kind, value = mine
    if value == NOT_CALCULATED:
        return "a formula that was never worked out: here an error that says so" + (
            ", there left out" if theirs is None else ", there worked out now")
    if theirs is None:
        return "white space alone: a text here, left out there" if not value.strip() else ""
    other, what = theirs
    if kind == "number" and other == "number":
        if same_number(value, what):
            return None
        return "LibreOffice writes 20 decimals at most" if abs(float(value) - float(what)) < 1e-20 else ""
    if other in ("duration", "time") and kind in ("text", "date") and re.fullmatch(r"\d+:\d\d:\d\d", value):
        return None if abs(seconds_of_clock(value) - (what * 86400 if other == "duration" else seconds_of(what))) < 1 else ""
    if kind == "number" and other == "date":
        return "a number that is a date there" if same_number(value, day_of(what)) else ""
    if kind == "date" and other == "date":
        if value == what:
            return None
        return "a time that the format does not show" if isinstance(what, str) and what.startswith(value) else ""
    if kind == "date" and other == "number":
        return "a date that is a number there" if same_number(day_of(value), what) else ""
    if kind == "bool" and other == "number":
        return "a truth value that is a number there" if (value == "true") == (what == 1) else ""
    if {kind, other} == {"text", "error"} and value == what:
        return "an error as text there" if kind == "error" else "a text that looks like an error"
    if kind == other == "text":
        if value == what:
            return None
        if ESCAPED.search(what):
            return "_xHHHH_ is not resolved there"
        return "white space that its format adds, or the ends of lines" if flat(value) == flat(what) else ""
    return None if mine == theirs else ""


def compare(name, mine, theirs):
    counts, examples = collections.Counter(), {}
    for place in list(mine) + [p for p in theirs if p not in mine]:
        why = reason(mine.get(place), theirs.get(place))
        counts[why] += 1
        examples.setdefault(why, f"{place[0]}!{place[1]}: {mine.get(place)} | {theirs.get(place)}")
    print(f"  {name}: {len(theirs)} cells, {counts[None]} the same")
    for why in sorted(w for w in counts if w is not None):
        print(f"    {counts[why]} {why or 'WITHOUT A REASON'}  ({examples[why][:240]})")
    return counts[""]


def main():
    unexplained, files = 0, []
    for one in map(pathlib.Path, sys.argv[2:]):
        files += sorted(p for p in one.iterdir() if p.suffix in (".xlsx", ".xlsm")) if one.is_dir() else [one]
    for path in files:
        mine = ours(sys.argv[1], path)
        print(f"{path.name}: {len(mine)} cells")
        unexplained += compare("openpyxl", mine, dict(openpyxls(path)))
        with tempfile.TemporaryDirectory(prefix="poold-compare-") as folder:
            unexplained += compare("LibreOffice", mine, libreoffices(path, folder))
    return 1 if unexplained or not files else 0


sys.exit(main())
