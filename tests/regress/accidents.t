#!/usr/bin/env python3
"""What happens to workbooks on their way: each accident is harmless, or told of in a sentence that names sheet and cell and what to do."""
import copy
import datetime
import json
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, "tests/regress")
from judged import Judge, Tap, open_findings  # noqa: E402
from plan_workbook import plan_sheets  # noqa: E402
from workbook import Formula, Raw, Sheet, column_name, place, workbook  # noqa: E402

PLAN = "lua-policies/better-care-fund/examples/plan.json"
with open(PLAN, encoding="utf-8") as file:
    DOCUMENT = json.load(file)
tap, judge = Tap(), Judge()
cases = []


def sheets():
    return plan_sheets(copy.deepcopy(DOCUMENT))


def spot(sheet, heading, key):
    """The name of the cell of a column in the row that has the key in its first column."""
    column = next(place(ref)[1] for ref, value in sheet.cells.items() if value == heading)
    row = next(place(ref)[0] for ref, value in sheet.cells.items() if value == key and place(ref)[1] == 1)
    return f"{column_name(column)}{row}"


def moved(sheet, row=None, column=None, by=1):
    """Everything from a row or a column on stands further down or to the right."""
    cells = {}
    for ref, value in sheet.cells.items():
        r, c = place(ref)
        cells[f"{column_name(c + by if column and c >= column else c)}{r + by if row and r >= row else r}"] = value
    sheet.cells = cells


def accident(what, change, *words, outcome="compliant", finds=(), at=None):
    """change(sheets) does it; words: of the finding's sentence; at: its (sheet, cell)."""
    book = sheets()
    change(book)
    name = f"{judge.folder}/{len(cases):03}.xlsx"
    with open(name, "wb") as out:
        out.write(workbook(book))
    judge.add(name, name, "2014-11-28T16:05:00Z", "rotherham")
    cases.append((what, name, words, outcome, sorted(finds), at))


def put(sheet, heading, key, value):
    def change(book):
        book[sheet].cells[spot(book[sheet], heading, key)] = value
    return change


def amount(value):
    return put("Expenditure", "Expenditure (£)", "S09", value)


EXPENDITURE = sheets()["Expenditure"]
SPENT = spot(EXPENDITURE, "Expenditure (£)", "S09")


def wide(book):
    """As a template has them: ten thousand rows that are formatted and blank."""
    for row in range(40, 10040):
        for column in (1, 2, 13):
            book["Expenditure"].cells[f"{column_name(column)}{row}"] = ""


def both(*changes):
    def change(book):
        for one in changes:
            one(book)
    return change


# --- pasted values ---
accident("blanks behind words and codes are no part of them", both(put("Expenditure", "Source of funding", "S09", "dfg  "), put("Income", "Partner", "A1", "ccg ")))
accident("nor are blanks that do not break", both(put("Expenditure", "Source of funding", "S09", "\u00a0dfg\u00a0"), put("Income", "Partner", "A1", "ccg\u00a0")))
TEXT = {"outcome": "non-compliant", "finds": ["POOL-UNIT-004"], "at": ("Expenditure", SPENT)}
accident("an amount with a pound sign", amount("£1,900,000"), "number written as text", **TEXT)
accident("an amount with a blank that does not break behind it", amount("1900000\u00a0"), "number written as text", **TEXT)
accident("an amount with an apostrophe before it", amount("1900000"), "number written as text", **TEXT)
accident("an amount in brackets is below nought, and below what may stand there", amount("(1,900,000)"), "below the least",
         outcome="non-compliant", finds=["BCF-TREND-001", "POOL-SUM-004", "POOL-SUM-012", "POOL-UNIT-003", "POOL-UNIT-004"], at=("Expenditure", SPENT))
accident("a dash for nought", amount("-"), outcome="non-compliant", finds=["POOL-UNIT-004"], at=("Expenditure", SPENT))
accident("an amount with what a program adds to it", amount(Raw("1899999.9999999998")))
accident("a word for an amount", amount("tbc"), "no number", outcome="non-compliant", finds=["POOL-UNIT-004"], at=("Expenditure", SPENT))
# --- dates ---
accident("a date as text, as people write it", put("Sign-off", "Signed at", "ccg_accountable_officer", "20/11/2014"))
accident("a date as text, with its month in words", put("Sign-off", "Signed at", "ccg_accountable_officer", "20 November 2014"))
accident("a date of the other order that is none here", put("Sign-off", "Signed at", "ccg_accountable_officer", "11/20/2014"), "11/20/2014", "Write a day such as 28/11/2014", outcome="non-compliant",
         finds=["POOL-FILE-010"], at=("Sign-off", spot(sheets()["Sign-off"], "Signed at", "ccg_accountable_officer")))
# --- rows and columns ---
accident("a column moved in", lambda book: moved(book["Expenditure"], column=3))
accident("a row moved in above the headings", lambda book: moved(book["Expenditure"], row=1))
accident("a row moved in in the middle", lambda book: moved(book["Expenditure"], row=8))
accident("three blank columns before the table", lambda book: moved(book["Expenditure"], column=1, by=3))


def deleted(book):
    sheet, row = book["Expenditure"], place(spot(book["Expenditure"], "Scheme ID", "S08"))[0]
    sheet.cells = {ref: v for ref, v in sheet.cells.items() if place(ref)[0] != row}
    moved(sheet, row=row, by=-1)


accident("a row deleted: the totals say so", deleted, "the rows above it add up to £23,316,000.00", outcome="non-compliant",
         finds=["BCF-RISK-003", "POOL-SUM-004", "POOL-SUM-012"], at=("Expenditure", "M14"))
accident("a title merged over all columns", lambda book: book["Expenditure"].merges.append("A1:U1"))
accident("rows that a filter hides count, and are told of", lambda book: book["Expenditure"].hidden_rows.update({4, 6}), "hidden", "4, 6", at=("Expenditure", "A4"))
accident("ten thousand rows that are formatted and blank", wide)
accident("cells with nothing but an apostrophe", lambda book: book["Expenditure"].cells.update({"A30": "", "B31": "", "M32": " "}))
accident("a formula that gives nothing", both(lambda book: book["Expenditure"].cells.update({"M30": "", "A30": ""}), put("Expenditure", "% NHS (if joint)", "S01", "")))
accident("a formula that was never worked out", amount(Formula("M4*2")), "Open the workbook in Excel or LibreOffice", outcome="non-compliant", finds=["POOL-FILE-014"], at=("Expenditure", SPENT))
# --- sheets ---
accident("a copy of a sheet beside it", lambda book: book.update({"Expenditure (2)": copy.deepcopy(book["Expenditure"])}),
         'looks like a copy of "Expenditure"', "Take it out", at=("Expenditure (2)", None))
accident("a sheet renamed", lambda book: book.update({"Spending": book.pop("Expenditure")}), 'missing: "Expenditure"', 'Is it one of "Guidance", "Spending"', "give it its name back", outcome="unreadable")
accident("a sheet of one's own", lambda book: book.update({"My workings": Sheet().row("x", 1).row("y", "=A1")}))
accident("a heading with a break in it", lambda book: book["Expenditure"].cells.update({spot(book["Expenditure"], "Scheme ID", "Scheme ID"): "Scheme\nID"}))
accident("a heading in other words names those that are there", lambda book: book["Expenditure"].cells.update({spot(book["Expenditure"], "Source of funding", "Scheme ID"): "Where from"}),
         'no column "Source of funding"', '"Where from"', outcome="non-compliant", finds=["POOL-FILE-008"])
accident("a year that became a date", lambda book: book["Cover"].cells.update({next(r.replace("A", "B") for r, v in book["Cover"].cells.items() if v == "Financial year:"): datetime.date(2015, 4, 1)}),
         outcome="non-compliant", finds=["POOL-FILE-006"])

verdicts = judge.run()
for what, name, words, outcome, finds, at in cases:
    verdict = verdicts[name]
    findings = verdict["findings"]
    said = json.dumps(verdict.get("unreadable"), ensure_ascii=False).replace('\\"', '"') if outcome == "unreadable" else ""
    found = [] if outcome == "unreadable" else open_findings(verdict)
    here = [f for f in findings if at is None or (f["at"].get("sheet"), f["at"].get("cell")) == at]
    tap.ok(verdict["outcome"] == outcome and found == finds and (at is None or here)
           and (outcome == "unreadable" or all(any(w in f["message"] for f in here) for w in words))
           and (outcome != "unreadable" or all(w in said for w in words)), what,
           verdict["outcome"], "found", found, "expected", finds, said, *[(f["condition"], f["at"].get("sheet"), f["at"].get("cell"), f["message"]) for f in findings[:6]])
judge.close()
tap.done()
