#!/usr/bin/env python3
"""A table that comes as CSV is read from the only sheet of a workbook as well: every table that ships has the same verdict, and places are cells."""
import csv
import glob
import json
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, "tests/regress")
from judged import Judge, Tap, open_findings  # noqa: E402
from workbook import Sheet, workbook  # noqa: E402

AT = {"lua-policies/better-care-fund/examples/quarters.csv": "2015-08-27T16:00:00Z", "lua-policies/better-care-fund/examples/outturn.csv": "2016-05-26T16:00:00Z"}
tap, judge = Tap(), Judge()


def cell(text):
    return int(text) if re.fullmatch(r"0|[1-9]\d{0,11}", text) else float(text) if re.fullmatch(r"\d+\.\d+", text) else text or None


def sheet_of(path):
    sheet = Sheet()
    with open(path, encoding="utf-8-sig", newline="") as file:
        lines = file.read().splitlines(keepends=True)
        for row in csv.reader(lines, delimiter=";" if ";" in lines[0] else ","):
            sheet.row(*[cell(text) for text in row])
    return sheet


def write(name, sheets):
    path = f"{judge.folder}/{name}.xlsx"
    with open(path, "wb") as out:
        out.write(workbook(sheets))
    return path


def bare(verdict):
    return {"outcome": verdict["outcome"], "form": verdict["submission"]["form"], "counts": verdict["counts"],
            "findings": sorted(str([f["condition"], f["at"]["path"] if "path" in f["at"] else None, f["at"].get("field"), f["status"]]) for f in verdict["findings"]),
            "determinations": [[d["condition"], d["name"], d["of"], d.get("amount", d.get("value"))] for d in verdict["determinations"]]}


def one_table(path):
    with open(path, encoding="utf-8-sig") as file:
        return not file.readline().startswith("[")


tables = [p for p in sorted(glob.glob("lua-policies/*/examples/*.csv")) + ["tests/fixtures/submissions/pass/schemes-year-in-every-row.csv"] if one_table(p)]
for path in tables:
    at = AT.get(path, "2015-05-01T12:00:00Z")
    judge.add((path, "csv"), path, at, "rotherham")
    judge.add((path, "xlsx"), write(path.replace("/", "-"), {"Any name": sheet_of(path), "Sheet2": Sheet(), "Lists": Sheet({"A1": "x"}, hidden=True)}), at, "rotherham")

SCHEMES = "lua-policies/better-care-fund/examples/schemes.csv"
NOW = "2014-11-28T16:05:00Z"


def changed(name, **cells):
    sheet = sheet_of(SCHEMES)
    for ref, value in cells.items():
        sheet.cells[ref] = value
    return sheet


hidden = changed("hidden")
hidden.hidden_rows.update({6, 7})
hidden.hidden_columns.add(12)
judge.add("hidden", write("hidden", {"S": hidden}), NOW, "rotherham")
judge.add("two", write("two", {"S": changed("two"), "Notes": Sheet({"A1": "x"})}), NOW, "rotherham")
judge.add("word", write("word", {"S": changed("word", L6="tbc", O6="what is this")}), NOW, "rotherham")
gap = changed("gap")
del gap.cells["L7"]
judge.add("gap", write("gap", {"S": gap}), NOW, "rotherham")
judge.add("double", write("double", {"S": changed("double", O5="Scheme name")}), NOW, "rotherham")
judge.add("no table", write("none", {"S": Sheet().row("Colour", "Shape").row("red", "round")}), NOW, "rotherham")
judge.add("part", write("part", {"S": changed("part", L5="Cost")}), NOW, "rotherham")
verdicts = judge.run()
tap.ok(len(tables) >= 8, "there are tables to compare", tables)
for path in tables:
    a, b = verdicts[path, "csv"], verdicts[path, "xlsx"]
    same = a["outcome"] == b["outcome"] == "unreadable" or (a["outcome"] != "unreadable" and b["outcome"] != "unreadable" and bare(a) == bare(b))
    tap.ok(same, path + " has the same verdict as a workbook", a.get("unreadable"), b.get("unreadable"),
           *([] if "unreadable" in (a["outcome"], b["outcome"]) else [bare(a), bare(b)]))


def says(key, sheet_cell, *words, finds=None):
    verdict = verdicts[key]
    here = [f for f in verdict["findings"] if (f["at"].get("sheet"), f["at"].get("cell")) == sheet_cell and all(w in f["message"] for w in words)]
    tap.ok(len(here) == 1 and (finds is None or open_findings(verdict) == finds), f"{key}: told at {sheet_cell}", verdict["outcome"],
           verdict.get("unreadable"), *[(f["condition"], f["at"], f["message"]) for f in verdict["findings"]])


says("hidden", ("S", "A6"), "Rows 6 to 7", "hidden")
says("hidden", ("S", "L5"), "column", "hidden")
says("word", ("S", "L6"), "no number", finds=["POOL-UNIT-004"])
says("word", ("S", "O6"), "Column O has no heading, and there is something in it in row 6")
says("gap", ("S", "L7"), "")
says("double", ("S", "O5"), "Columns B and O have one meaning", "only column B was read")
for key, words in {"two": ["We do not know what return this workbook is", "S", "Notes"], "no table": ["We do not know what return this"],
                   "part": ['missing: "Expenditure (£)"']}.items():
    said = json.dumps(verdicts[key].get("unreadable"), ensure_ascii=False).replace('\\"', '"')
    tap.ok(verdicts[key]["outcome"] == "unreadable" and all(w in said for w in words), f"{key}: unreadable, and why", said)
judge.close()
tap.done()
