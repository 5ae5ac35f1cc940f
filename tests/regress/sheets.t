#!/usr/bin/env python3
"""Forms filled from workbooks: where values and tables are found, what a cell's type means, and what is told with sheet and cell."""
import copy
import datetime
import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, "tests/regress")
from judged import Tap  # noqa: E402
from workbook import Error, Formula, Raw, Share, Sheet, ods, workbook  # noqa: E402

BUILD = os.environ.get("B", "build")
top = pathlib.Path(tempfile.mkdtemp(prefix="poold-sheets-"))
tap = Tap()

FORM = """
form {
  id = "plan", title = "Plan", area = "hwb.gss", period = "financial_year", units = "units",
  version = { field = "template.version", name = "template.name",
    accepted = { { "Plan template", "2" }, { "Plan template", "1", old = true } } },
  explanations = { list = "explanations", condition = "rule", target = "target", text = "text", author = "author", on = "at" },
  fields = {
    { "template", "record", required = true, fields = { { "name", "text", required = true }, { "version", "text", required = true } } },
    { "financial_year", "year", required = true, title = "Financial year" },
    { "units", "enum", of = { "GBP", "GBP000" } },
    { "hwb", "record", required = true, title = "Board", fields = {
        { "gss", "code", shape = "A99999999", required = true, title = "Code", headers = { "Board code" } }, { "name", "text", title = "Name" } } },
    { "agreed", "boolean", title = "Agreed" }, { "agreed_on", "date", title = "Agreed on" }, { "signed", "time", day_ends = true, title = "Signed" },
    { "share", "percent", title = "Share" }, { "target", "rate", title = "Target" }, { "themes", "list", of = "code", title = "Themes" },
    { "partners", "list", key = "id", row = "partner", required = true, title = "Partners", fields = {
        { "id", "code", required = true, title = "Id" }, { "name", "text", title = "Name" },
        { "budgets", "list", key = "area", row = "budget", title = "Budgets", fields = { { "area", "code", title = "Area" }, { "total", "money", title = "Total" } } } } },
    { "income", "list", key = "line", row = "line", required = true, title = "Income", fields = {
        { "line", "code", required = true, title = "Line" }, { "partner", "reference", to = "partners", required = true, title = "Partner" },
        { "amount", "money", required = true, title = "Amount", headers = { "Amount (£)", "Value" } },
        { "rounded", "money", round = true, title = "Rounded" }, { "before", "money", title = "Amount last year", headers = { "Amount 2014/15" } }, { "note", "text", title = "Note" },
        { "paid_on", "date", title = "Paid on" }, { "source", "enum", of = { "minimum", "additional" }, title = "Source" },
        { "conflict", "record", fields = { { "declared", "boolean", title = "Declared" } } } } },
    { "p4p", "record", title = "Payment", fields = {
        { "planned", "map", keys = "quarter", of = "integer", title = "Planned" }, { "actual", "map", keys = "quarter", of = "integer", unknown = true, title = "Actual" },
        { "spent", "map", keys = "quarter", of = "money", title = "Spent" } } },
    { "explanations", "list", fields = { { "rule", "code" }, { "target", "text" }, { "text", "text" }, { "author", "text" }, { "at", "date" } } },
  },
  sheets = {
    { "Cover", also = { "1. Cover" }, needed = true, values = {
        { "template.name", cell = "A1" }, { "template.version", name = "Version" },
        "financial_year", "hwb.gss", { "hwb.name", label = "Name of the board", below = true }, { "units", label = { "Amounts in", "Units" } },
        "agreed", "agreed_on", "signed", "share", "target", "themes" } },
    { "Partners", needed = true, tables = { { list = "partners" } } },
    { "Income", also = { "4. Income" }, tables = {
        { list = "income", totals = { "total" }, adds = { "amount" }, ignore = { "Checker" }, prefilled = { "line" } } } },
    { "Budgets", optional = true, tables = { { list = "partners.budgets", parent = { "Partner" } } } },
    { "Quarters", optional = true, tables = { { maps = { "p4p.planned", "p4p.actual", "p4p.spent" }, key = { "Quarter" } } } },
    { "Explanations", optional = true, tables = { { list = "explanations", needs = { "rule", "text" } } } },
  },
}
"""
CONDITIONS = """
condition { id = "T-SUM", title = "Sum", severity = "error", forms = { "plan" }, source = "s", remedy = "r",
  check = function(budget)
    determination { name = "income", value = budget.income:sum "amount" }
    for _, line in budget.income:each() do
      if line:optional "rounded" then determination { name = "rounded", value = line.rounded } end
    end
    if budget:optional "share" then determination { name = "share", value = budget.share } end
    if budget:optional "target" then determination { name = "target", value = budget.target } end
  end }
condition { id = "T-EACH", title = "Each", severity = "query", forms = { "plan" }, source = "s", remedy = "r", each = "income",
  check = function(line) if line.amount > gbp "1000000" then finding { at = line:place "amount", given = line.amount, expected = "less", severity = "query" } end end }
condition { id = "T-NOTE", title = "Note", severity = "warning", forms = { "plan" }, source = "s", remedy = "r", each = "income",
  check = function(line) if not line:optional "note" then finding { at = line:place "note", given = "none", expected = "a note" } end end }
condition { id = "T-DATE", title = "Date", severity = "info", forms = { "plan" }, source = "s", remedy = "r",
  check = function(budget)
    if budget:optional "agreed_on" then determination { name = "agreed", value = budget.agreed_on } end
    if budget:optional "p4p" then
      for _, quarter in budget.p4p.planned:each() do end
      determination { name = "planned", value = budget.p4p.planned:sum() }
      if budget.p4p:optional "spent" then determination { name = "spent", value = budget.p4p.spent:sum() } end
    end
    local n = 0
    for _, partner in budget.partners:each() do n = n + #partner.budgets end
    determination { name = "budgets", value = n }
  end }
"""


def policies(form=FORM, more=""):
    folder = pathlib.Path(tempfile.mkdtemp(dir=top))
    (folder / "t/forms").mkdir(parents=True)
    (folder / "lib").mkdir()
    (folder / "site.lua").write_text('site { packs = { "t" } }\n')
    (folder / "t/pack.lua").write_text('pack { id = "t", title = "Test", status = "enacted", source = "s" }\n')
    (folder / "t/forms/plan.lua").write_text(form)
    (folder / "t/conditions.lua").write_text(CONDITIONS + more)
    return folder


MAIN = policies()


def plan():
    """A workbook that is right."""
    return {
        "Cover": Sheet({"A1": "Plan template", "D1": 2, "A3": "Financial year:", "B3": "2015-16", "A4": " BOARD  code * ", "B4": "E08000018",
                        "A5": "Name of the board", "A6": "Rotherham", "A8": "Units", "B8": "GBP", "A9": "Agreed", "B9": "Yes"}),
        "Partners": Sheet().row("Id", "Name").row("ccg", "NHS Rotherham CCG").row("council", "Council"),
        "Income": Sheet().row("What comes in").row().row("Line", "Partner", "Amount (£)", "Note")
        .row("A1", "ccg", 1000, "x").row("A2", "council", 500.5, "y").row("Total", None, 1500.5),
        "Guidance": Sheet().row("How to fill this in"),
    }


NAMES = {"Version": "Cover!$D$1"}


def check(sheets, names=None, tree=None, name="plan.xlsx", form="json"):
    path = pathlib.Path(tempfile.mkdtemp(dir=top)) / name
    path.write_bytes(workbook(sheets, NAMES if names is None else names) if isinstance(sheets, dict) else sheets)
    done = subprocess.run([BUILD + "/poolctl", "check", "--policies", str(tree or MAIN), "--format", form, "--at", "2014-11-28T16:05:00Z", str(path)],
                          capture_output=True, text=True, check=False, timeout=60)
    if form != "json":
        return done.stdout + done.stderr
    try:
        return json.loads(done.stdout)
    except ValueError:
        print("Bail out!", done.stdout, done.stderr)
        sys.exit(1)


def brief(verdict):
    return [(f["at"].get("sheet"), f["at"].get("cell"), f["at"].get("field"), f["message"]) for f in verdict["findings"]], \
        verdict.get("unreadable"), verdict["not_evaluated"], verdict.get("our_fault"), verdict["determinations"]


def fine(what, sheets, worth=None, **more):
    """It is read without a finding; worth: determinations."""
    verdict = check(sheets, **more)
    got = {d["name"]: d.get("amount", d.get("value")) for d in verdict["determinations"]}
    tap.ok(verdict["outcome"] == "compliant" and not verdict["findings"] and all(got.get(k) == v for k, v in (worth or {}).items()),
           what, verdict["outcome"], *brief(verdict))
    return verdict


def finds(what, sheets, sheet, cell, *words, outcome=None, count=1, **more):
    """It has this many findings, and one of them at this sheet and cell says these words."""
    verdict = check(sheets, **more)
    here = [f for f in verdict["findings"] if (f["at"].get("sheet"), f["at"].get("cell")) == (sheet, cell) and all(w in f["message"] for w in words)]
    tap.ok(len(here) == 1 and (count is None or len(verdict["findings"]) == count) and (outcome is None or verdict["outcome"] == outcome), what, verdict["outcome"], *brief(verdict))
    return verdict


def changed(change):
    sheets = plan()
    change(sheets)
    return sheets


def cover(**cells):
    return changed(lambda s: s["Cover"].cells.update(cells))


def income(**cells):
    return changed(lambda s: s["Income"].cells.update(cells))


def with_income(sheet):
    return changed(lambda s: s.update(Income=sheet))


# --- where things are found ---
fine("cells, names, labels and tables fill a form", plan(), {"income": "1500.50"})
verdict = check(plan())
tap.ok(verdict["submission"]["form"] == "plan" and verdict["submission"]["area"] == "E08000018" and verdict["submission"]["period"] == "2015-16",
       "form, area and period are known", verdict["submission"])
fine("a sheet by another of its names, whatever its case and spaces", changed(lambda s: s.update({"4. income ": s.pop("Income")})), {"income": "1500.50"})
fine("a label merged over columns has its value after them",
     changed(lambda s: (s["Cover"].cells.pop("B3"), s["Cover"].cells.update(D3="2015-16"), s["Cover"].merges.append("A3:C3"))))
finds("a label that is there twice", cover(A20="Financial year"), "Cover", "A3", "A3 and A20", "leave only one")
finds("a label that is not there", changed(lambda s: s["Cover"].cells.pop("A3")), "Cover", None, 'No cell says "Financial year"')
finds("a label without a value", changed(lambda s: s["Cover"].cells.pop("B3")), "Cover", "B3", "left out")
finds("the label of the next value is no value", changed(lambda s: (s["Cover"].cells.pop("B3"), s["Cover"].cells.pop("A9"), s["Cover"].cells.pop("B9"),
                                                                      s["Cover"].cells.update(B3="Agreed"))), "Cover", "B3", "left out")
finds("a required value inside a record", changed(lambda s: s["Cover"].cells.pop("B4")), "Cover", "B4", "left out")
finds("a name that the workbook does not have", plan(), "Cover", None, 'no name "Version"', names={})
fine("a name with quotes, and the first cell of a range", changed(lambda s: s.update({"It's": Sheet({"B2": 2})})), names={"version": "'It''s'!$B$2:$C$2"})

# --- tables ---
fine("columns in any order, and notes between rows", with_income(
    Sheet().row("A title over it all").row("Note", "Amount (£)", "Line", "Partner").row("These figures are provisional")
    .row("x", 1000, "A1", "ccg").row().row("y", 500.5, "A2", "council").row(None, 1500.5, "Total")), {"income": "1500.50"})
fine("a header far below the top", with_income(Sheet().row("Line", "Partner", "Value", "Note", at=57).row("A1", "ccg", 7, "x")), {"income": "7.00"})
fine("merged headers of two rows", with_income(
    Sheet(merges=["A1:A2", "B1:B2", "C1:D1", "E1:E2"]).row("Line", "Partner", "Amount", None, "Note").row(None, None, "2014/15", "(£)")
    .row("A1", "ccg", 5, 1000, "x")), {"income": "1000.00"})
fine("a header in two rows that nothing says", with_income(
    Sheet().row("Line", None, "Amount", "Note").row(None, "Partner", "(£)").row("A1", "ccg", 9, "x")), {"income": "9.00"})
fine("a title merged above the header", with_income(
    Sheet(merges=["A1:D1"]).row("Income of the year").row("Line", "Partner", "Amount", "Note").row("A1", "ccg", 9, "x")), {"income": "9.00"})
fine("stray spaces are no data, and prefilled rows are blank ones", with_income(
    Sheet().row("Line", "Partner", "Amount", "Note").row("A1", "ccg", 9, "x").row("A2", " ", "  ").row("A3")), {"income": "9.00"})
fine("ignored columns are not told of", with_income(Sheet().row("Line", "Partner", "Amount", "Note", "Checker").row("A1", "ccg", 9, "x", "Yes")))
finds("a totals row that is not the sum", income(C6=1600), "Income", "C6", "says £1,600.00", "add up to £1,500.50")


def lines(*amounts):
    """An income sheet: numbers are amounts; ("Total", amount) is a totals row."""
    sheet = Sheet().row("Line", "Partner", "Amount", "Note")
    for n, amount in enumerate(amounts, 1):
        sheet.row(*(("Total", None, amount[1]) if isinstance(amount, tuple) else (f"A{n}", "ccg", amount, "x")))
    return with_income(sheet)


def total(amount):
    return ("Total", amount)


fine("a total of each block, and one of all", lines(1, 2, total(3), 4, 5, total(9), total(12)), {"income": "12.00"})
fine("blocks within blocks", lines(1, total(1), 2, total(2), total(3), 4, total(4), 5, total(5), total(9), total(12)), {"income": "12.00"})
fine("totals that go on", lines(1, 2, total(3), 4, 5, total(12), 1, total(13)), {"income": "13.00"})
fine("a total that is there twice", lines(1, 2, total(3), total(3)), {"income": "3.00"})
finds("a block's total that is not its sum", lines(1, 2, total(3), 4, 5, total(8), total(12)), "Income", "C7", "says £8.00", "since the total in row 4 add up to £9.00")
finds("a total of all that leaves a block out", lines(1, 2, total(3), 4, 5, total(9), total(9)), "Income", "C8", "says £9.00", "all rows above it add up to £12.00")
finds("the first block's total is wrong, and the others are right", lines(1, 2, total(4), 4, 5, total(9), total(12)), "Income", "C4", "says £4.00", "add up to £3.00")
fine("more totals than anybody prints", lines(*[x for n in range(60) for x in (n, total(n))], total(sum(range(60)))))
finds("a total of a block of which an amount is no number", lines(1, "two", total(3), 4, 5, total(9), total(12)), "Income", "C3", "is no number", count=1)
finds("another block's total is still held against its rows", lines(1, "two", total(3), 4, 5, total(8), total(12)), "Income", "C7", "add up to £9.00", count=2)
for name, make in (("plan.xlsx", workbook), ("plan.ods", ods)):  # what SUM makes of it: a text is passed over
    finds(f"an amount typed as text is one mistake, not its total as well, {name}", make(lines(1, "2", total(1)), NAMES), "Income", "C3", "number written as text", count=1, name=name)
    finds(f"and none of its block's and of all, {name}", make(lines(1, "2", total(1), 4, total(4), total(5)), NAMES), "Income", "C3", "number written as text", count=1, name=name)
finds("a total that is neither with it nor without it", lines(1, "2", total(4)), "Income", "C4", "add up to £3.00", count=2)
STATED = policies(FORM.replace('{ "p4p", "record"', '{ "totals", "record", title = "Totals", fields = { { "income", "money", title = "Income" } } }, { "p4p", "record"')
                  .replace('{ "Income", also = { "4. Income" }, tables', '{ "Income", also = { "4. Income" }, values = { { "hwb.name", is = "Rotherham" }, { "totals.income", label = "Income of the year" } }, tables')
                  .replace('{ "hwb.name", label = "Name of the board", below = true }, ', ''), """
condition { id = "T-STATED", title = "The total stated", severity = "error", forms = { "plan" }, source = "s", remedy = "r",
  check = function(budget) equal { at = budget.totals:place "income", given = budget.totals.income, exactly = budget.income:sum "amount" } end }
""")


def stated(amount, *rows):
    sheets = lines(*rows)
    sheets["Income"].cells.update(F1="Income of the year", G1=amount)
    return sheets


fine("a total stated elsewhere on the sheet", stated(3, 1, 2, total(3)), tree=STATED)
finds("one that is wrong", stated(4, 1, 2, total(3)), "Income", "G1", tree=STATED)
verdict = finds("one that passes over an amount typed as text is no mistake of its own", stated(1, 1, "2", total(1)), "Income", "C3", "number written as text", tree=STATED)
tap.ok([(n["condition"], n["kind"]) for n in verdict["not_evaluated"]] == [("T-STATED", "after")] and "Numbers" not in str(verdict["not_evaluated"]), "what needs it waits for that one",
       verdict["not_evaluated"])
finds("one that is wrong besides", stated(2, 1, "2", total(1)), "Income", "G1", count=2, tree=STATED)
finds("a column that is missing", with_income(Sheet().row("Line", "Partner", "Amont").row("A1", "ccg", 9)), "Income", "A1",
      'has no column "Amount (£)"', '"Line", "Partner", "Amont"', count=None)
finds("a table without headings", with_income(Sheet().row("A1", "ccg", 9)), "Income", None, "No row of the sheet \"Income\" has the headings", '"Line", "Partner", "Amount (£)"')
finds("two columns of one meaning", with_income(Sheet().row("Line", "Partner", "Amount", "Value", "Note").row("A1", "ccg", 9, 8, "x")), "Income", "D1", "same as the one in C1")
finds("a column that nobody knows", with_income(Sheet().row("Line", "Colour", "Partner", "Amount", "Note").row("A1", "red", "ccg", 9, "x")), "Income", "B1", 'no column "Colour"')
finds("something in a column without heading", with_income(Sheet().row("Line", "Partner", None, "Amount", "Note").row("A1", "ccg", 3, 9, "x")), "Income", "C2", "without a heading")
finds("a field left out of a row is missed where it belongs", income(D5="y", B5=" "), "Income", "B5", "left out")
finds("what a condition misses in a row", changed(lambda s: s["Income"].cells.pop("D5")), "Income", "D5", "note", count=None)
finds("a reference to nothing", income(B5="icb"), "Income", "B5", 'There is no "icb"')
finds("two rows with one key", income(A5="A1"), "Income", "A5", "there twice")
fine("rows of other records, by their key", changed(lambda s: s.update(Budgets=Sheet().row("Partner", "Area", "Total").row("ccg", "acute", 5).row("ccg", "other", 6).row("council", "other", 7))),
     {"budgets": "3"})
finds("a row that belongs to nothing", changed(lambda s: s.update(Budgets=Sheet().row("Partner", "Area", "Total").row("cgc", "acute", 5))), "Budgets", "A2", 'no partner "cgc"')
finds("a row that does not say where it belongs", changed(lambda s: s.update(Budgets=Sheet().row("Partner", "Area", "Total").row(None, "acute", 5))), "Budgets", "B2", "which partner")
fine("maps from rows", changed(lambda s: s.update(Quarters=Sheet().row("Quarter", "Planned", "Actual").row("2014-15Q4", 100, "TBC").row("2015-16Q1", 90))), {"planned": "190"})
finds("a key that is there twice", changed(lambda s: s.update(Quarters=Sheet().row("Quarter", "Planned").row("2014-15Q4", 100).row("2014-15Q4", 90))), "Quarters", "A3", "there twice")
fine("several keys of a map", changed(lambda s: s.update(Quarters=Sheet().row("Quarter", "Planned").row("2014-15Q4", 100).row("2015-16Q1", 7))), {"planned": "107"})
LONG = Sheet().row("Quarter", "Planned")
for year in range(1000, 1600):
    for quarter in range(1, 5):
        LONG.row("%d-%02dQ%d" % (year, (year + 1) % 100, quarter), 1)
finds("more rows than a map may have", changed(lambda s: s.update(Quarters=LONG)), "Quarters", "A2002", "more rows here than the 2000", count=None)

# --- tables on their side ---
ACROSS = policies(FORM.replace('{ "p4p", "record"', """{ "account", "list", key = "quarter", row = "quarter", title = "Account", fields = { { "quarter", "quarter", required = true, title = "Quarter" },
    { "planned", "money", required = true, title = "Planned income" }, { "actual", "money", unknown = true, title = "Actual income" }, { "spent", "money", title = "Spent" } } },
  { "p4p", "record\"""").replace('{ "Budgets", optional', """{ "Account", optional = true, tables = { { list = "account", needs = { "quarter", "planned" } },
    { list = "account", across = "quarter", under = "Income", rows = { planned = { "Plan" }, actual = { "Actual" } }, ignore = { "Annual total" } },
    { list = "account", across = "quarter", under = "Expenditure", rows = { spent = "Plan" } } } },
    { "Budgets", optional"""), """
condition { id = "T-ACC", title = "Account", severity = "error", forms = { "plan" }, source = "s", remedy = "r", check = function(budget)
    determination { name = "quarters", value = #budget.account }
    determination { name = "planned", value = budget.account:sum "planned" }
  end }
condition { id = "T-SPENT", title = "Spent", severity = "error", forms = { "plan" }, source = "s", remedy = "r",
  check = function(budget)
    local sum = gbp "0"
    for _, quarter in budget.account:each() do
      if quarter:optional "spent" then sum = sum + quarter.spent end
    end
    determination { name = "spent", value = sum }
  end }
""")
QUARTERS = [f"Q{n} 2015/16" for n in range(1, 5)]
SUMS = {"planned": "10.00", "spent": "14.00", "quarters": "4"}


def account(*rows):
    sheet = Sheet()
    for line in rows:
        sheet.row(*(line or ()))
        sheet.last += not line
    return changed(lambda s: s.update(Account=sheet))


UPPER = [("Income and expenditure",), None, ("Income",), ("", None, *QUARTERS, "Annual total"), ("Please say what came in", "Plan", 1, 2, 3, 4, 10), (None, "Actual *", 1, "TBC")]
LOWER = [None, ("Expenditure",), (None, "Quarter", *QUARTERS), (None, "Plan", 2, 3, 4, 5)]
fine("quarters below one another", account(("Quarter", "Planned income", "Spent"), *[(q, n, n + 1) for n, q in enumerate(QUARTERS, 1)]), SUMS, tree=ACROSS)
fine("quarters across, of two tables that fill one list", account(*UPPER, *LOWER), SUMS, tree=ACROSS)
fine("the same in OpenDocument", ods(account(*UPPER, *LOWER), NAMES), SUMS, tree=ACROSS, name="plan.ods")
fine("in the other order", account(*LOWER, *UPPER), SUMS, tree=ACROSS)
fine("quarters of the return's own year", account(("Income",), (None, "Q1", "Q2", "Q3", "Q4"), ("Plan", 1, 2, 3, 4)), {"planned": "10.00", "quarters": "4"}, tree=ACROSS)
fine("a quarter of which nothing is said is none", account(("Income",), (None, *QUARTERS), ("Plan", 1, 2)), {"planned": "3.00", "quarters": "2"}, tree=ACROSS)
fine("thousands in a label", changed(lambda s: (s.update(account(("Income",), (None, *QUARTERS), ("Plan (£000)", 1, 2))), s["Cover"].cells.pop("A8"), s["Cover"].cells.pop("B8"))), {"planned": "3000.00"}, tree=ACROSS)
finds("a wrong amount", account(("Income",), (None, *QUARTERS), ("Plan", 1, "two")), "Account", "C3", "is no number", tree=ACROSS)
finds("one that is left out", account(("Income",), (None, *QUARTERS), ("Plan", 1), ("Actual", 1, 2)), "Account", "C3", "left out", tree=ACROSS)
finds("one that is left out of another table's quarter", account(("Expenditure",), (None, *QUARTERS), ("Plan", 1, 2), None, ("Income",), (None, None, *QUARTERS), (None, "Plan", 5)), "Account", "D8", "left out", tree=ACROSS)
finds("one whose row is left out", account(("Expenditure",), (None, *QUARTERS), ("Plan", 1)), "Account", "B2", "left out", tree=ACROSS)
finds("a row that nobody knows", account(("Income",), (None, *QUARTERS), ("Plan", 1), ("Forecst", 1)), "Account", "A4", 'no column "Forecst"', tree=ACROSS)
finds("a row without a label", account(("Income",), (None, *QUARTERS), ("Plan", 1), (None, 1)), "Account", "B4", "without a label", tree=ACROSS)
finds("a row that is there twice", account(("Income",), (None, *QUARTERS), ("Plan", 1), ("Plan", 1)), "Account", "B4", "given twice", tree=ACROSS)
finds("a quarter that is there twice", account(("Income",), (None, "Q1 2015/16", "Q1", "Q2"), ("Plan", 1, 1, 2)), "Account", "C2", "there twice", tree=ACROSS)
finds("a column that is no quarter", account(("Income",), (None, *QUARTERS, "Pool"), ("Plan", 1, None, None, None, 7)), "Account", "F2", '"Pool" is no quarter', tree=ACROSS)
finds("quarters under no title", account((None, *QUARTERS), ("Plan", 1)), "Account", "B1", "under no title", tree=ACROSS)
finds("neither quarters across nor below one another", account(("Nothing", "to", "say")), "Account", None, "No row of the sheet", tree=ACROSS)
for what, rows in (("title", (("Income (£000)",), (None, *QUARTERS))), ("corner", (("Income",), ("£000", *QUARTERS)))):
    fine(f"thousands in a {what}", changed(lambda s: (s.update(account(*rows, ("Plan", 1, 2))), s["Cover"].cells.pop("A8"), s["Cover"].cells.pop("B8"))), {"planned": "3000.00"}, tree=ACROSS)
    finds(f"thousands in a {what} of a workbook in pounds", account(*rows, ("Plan", 1, 2)), "Account", "A3", "disagree", tree=ACROSS)
HALF = [("Income",), (None, *QUARTERS), ("Plan", 1, 2, 3, 4)]
fine("a title in the row of the quarters", account(("Income", *QUARTERS), ("Plan", 1, 2, 3, 4), ("Expenditure", *QUARTERS), ("Plan", 2, 3, 4, 5)), SUMS, tree=ACROSS)
fine("titles that a list at the top names as well", account(("Income",), ("Expenditure",), None, *HALF, ("Expenditure",), (None, *QUARTERS), ("Plan", 2, 3, 4, 5)), SUMS, tree=ACROSS)
finds("two titles of which only one has quarters", account(("Income",), None, ("Expenditure",), (None, *QUARTERS), ("Plan", 1)), "Account", "A1", '"Income" has no headings of its own', tree=ACROSS)
finds("quarters that two titles in their row claim", account(("Income", *QUARTERS, "Expenditure"), ("Plan", 1)), "Account", "B1", "of two titles", count=None, tree=ACROSS)
finds("rows below a title without quarters", account(*HALF, ("Expenditure",), ("Actual", 1, 2, 3, 4)), "Account", "A4", '"Expenditure" has no headings of its own', tree=ACROSS)
finds("quarters below a title that nobody knows", account(*HALF, ("Expenditre",), (None, "Quarter", *QUARTERS), (None, "Actual", 2, 3, 4, 5)), "Account", "C5", "under no title", tree=ACROSS)
finds("the same above the first title", account(("Expenditre",), (None, *QUARTERS), ("Plan", 2, 3, 4, 5), *HALF), "Account", "B2", "under no title", tree=ACROSS)
finds("another year's quarters under one title", account(*HALF, ("Quarter", *[q.replace("15/16", "16/17") for q in QUARTERS]), ("Actual", 2, 3, 4, 5)), "Account", "B4", "under no title", tree=ACROSS)
finds("a first quarter that is none", account(("Income",), (None, "Quarter 1", *QUARTERS[1:]), ("Plan", 1, 2, 3, 4)), "Account", "B2", '"Quarter 1" is no quarter', tree=ACROSS)
finds("numbers between a label and the quarters", account(("Income",), (None, None, *QUARTERS), ("Plan", 7, 1, 2, 3, 4)), "Account", "B3", "without a heading", tree=ACROSS)
fine("numbers of lines before the labels, and quarters that head nothing", account(("From", "Q1 2015/16", "to", "Q4 2015/16"), ("Income",), (None, None, *QUARTERS), (1, "Plan", 1, 2, 3, 4)), {"planned": "10.00"}, tree=ACROSS)
finds("a quarter that is none behind a gap", account(("Income",), (None, *QUARTERS[:3], None, "Q4 2015-6"), ("Plan", 1, 2, 3, None, 4)), "Account", "F2", '"Q4 2015-6" is no quarter', tree=ACROSS)
fine("a column of the area's own behind a gap", account(("Income",), (None, *QUARTERS, None, "Question 1"), ("Plan", 1, 2, 3, 4, None, 4)), {"planned": "10.00"}, tree=ACROSS)
finds("a table that is there twice, below its fellow", account(*HALF, ("Expenditure",), (None, *QUARTERS), ("Plan", 2, 3, 4, 5), *HALF), "Account", "B8", "taken already", tree=ACROSS)
for down in (2, 3, 6):
    SIDE = {"A1": "Income", "A3": "Plan", "A4": "Actual", f"H{1 + down}": "Expenditure", f"H{3 + down}": "Plan"}
    for n, q in enumerate(QUARTERS):
        SIDE |= {f"{'BCDE'[n]}2": q, f"{'BCDE'[n]}3": n + 1, f"{'BCDE'[n]}4": n, f"{'IJKL'[n]}{2 + down}": q, f"{'IJKL'[n]}{3 + down}": n + 2}
    fine(f"quarters across side by side, the right ones {down} rows lower", changed(lambda s: s.update(Account=Sheet(SIDE))), SUMS, tree=ACROSS)
finds("thousands in a label of a workbook in pounds", account(("Income",), (None, *QUARTERS), ("Plan (£000)", 1, 2)), "Account", "A3", "disagree", tree=ACROSS)
finds("a hidden quarter", changed(lambda s: (s.update(account(("Income",), (None, *QUARTERS), ("Plan", 1, 2))), s["Account"].hidden_columns.add(3))), "Account", "C2", "hidden", tree=ACROSS)

APART = policies(FORM.replace('{ "p4p", "record"', """{ "account", "list", key = "quarter", row = "quarter", title = "Account", fields = { { "quarter", "quarter", required = true, title = "Quarter" },
    { "planned", "money", required = true, title = "Planned income" }, { "spent", "money", title = "Spent" } } }, { "p4p", "record\"""").replace('{ "Budgets", optional',
    """{ "In", tables = { { list = "account", across = "quarter", rows = { planned = { "Plan" } } } } }, { "Out", tables = { { list = "account", across = "quarter", rows = { spent = "Plan" } } } }, { "Budgets", optional"""))
finds("a value left out of a list that two sheets fill is told once", changed(lambda s: s.update({"In": Sheet().row(None, *QUARTERS).row("Plan", 1, 2, 3), "Out": Sheet().row(None, *QUARTERS).row("Plan", 1, 2, 3, 4)})),
      "In", "E2", "left out", tree=APART)
finds("rows without any quarters", changed(lambda s: s.update({"In": Sheet().row(None, *QUARTERS).row("Plan", 1, 2, 3, 4), "Out": Sheet().row("Plan", 1, 2, 3, 4)})),
      "Out", None, "headings across the top", tree=APART)

# --- tables side by side ---
BESIDE = policies(FORM.replace('prefilled = { "line" } } } },', 'prefilled = { "line" } }, { list = "partners.budgets", parent = { "Partner" }, optional = true } } },')
                  .replace('{ "Budgets", optional = true, tables = { { list = "partners.budgets", parent = { "Partner" } } } },', ""))


def beside(down, right, above=0, extra=()):
    """Five lines of income, and budgets whose headings stand so many rows below theirs, in the columns from one on."""
    sheet = Sheet().row("Income") if above else Sheet()
    sheet.row("Line", "Partner", "Amount", "Note")
    for n in range(1, 6):
        sheet.row(f"A{n}", "ccg", n, "x")
    for r, row in enumerate([("Partner", "Area", "Total"), ("ccg", "acute", 5), ("council", "other", 6)]):
        for c, value in enumerate(row):
            cell = f"{chr(ord(right) + c)}{1 + (above > 0) + down + r}"
            assert cell not in sheet.cells, cell
            sheet.cells[cell] = value
    sheet.cells.update(extra)
    return with_income(sheet)


for down in (-1, 0, 1, 2, 4, 5):
    fine(f"tables side by side, the right one's headings {down} rows lower", beside(down, "F", above=1), {"income": "15.00", "budgets": "2"}, tree=BESIDE)
fine("one below the other", beside(7, "A"), {"income": "15.00", "budgets": "2"}, tree=BESIDE)
finds("a row of the upper table beside the lower one, where columns meet", beside(8, "C", extra={"A11": "A6", "B11": "ccg"}), "Income", "A11", "headings in row 9", "not read", tree=BESIDE)
finds("columns that nobody knows are the lower table's", beside(8, "A", extra={"D9": "Colour", "E9": "Comment", "D10": "red", "E10": "x"}), "Income", "D9", 'no column "Colour"', count=2, tree=BESIDE)
fine("a note beside the lower table is none", beside(8, "A", extra={"D11": "as agreed"}), {"income": "15.00", "budgets": "2"}, tree=BESIDE)

# --- what stands there and is not read ---
finds("a label that is reworded, of a value that may be left out", cover(A10="Agredd on", B10="28/11/2014"), "Cover", "A10", '"Agredd on" beside B10 is not known', 'mean "Agreed on"')
fine("one that is like no label, or has nothing beside it", cover(A10="Approved", B10="28/11/2014", A11="Agreed onn"))
finds("a reworded label of a required value", changed(lambda s: (s["Cover"].cells.pop("A3"), s["Cover"].cells.update(A3="Finacial year"))), "Cover", "A3", 'mean "Financial year"', count=2)
finds("a reworded label over its value", changed(lambda s: (s["Cover"].cells.pop("A5"), s["Cover"].cells.update(A5="Name of the bord"))), "Cover", "A5", "beside A6", 'mean "Name of the board"')
finds("a value parted from its label by a blank column", cover(A10="Agreed on", C10=datetime.date(2014, 11, 28)), "Cover", "C10", 'not read as "Agreed on"', "in B10, which is empty")
finds("a required value parted from its label", changed(lambda s: (s["Cover"].cells.pop("B3"), s["Cover"].cells.update(D3="2015-16"))), "Cover", "D3", "in B3, which is empty", count=2)
fine("a note behind an empty cell, and another label, are no value", cover(A10="Agreed on", C10="the day of the meeting", A11="Signed", C11="Themes", A12="Share", C12="Target", D12="4%"))
DEEP = Sheet(dict(plan()["Cover"].cells), [])
for row in range(20, 330):
    DEEP.cells[f"A{row}"] = "This is how it was done."
DEEP.cells.update(A400="Agreed on", B400="28/11/2014")
finds("a label too far down", changed(lambda s: s.update(Cover=DEEP)), "Cover", "A400", "Labels are looked for in the first 300 rows", "Move it up")
FAR = Sheet()
for row in range(1, 320):
    FAR.row("x", at=row)
finds("headings too far down", changed(lambda s: s.update(Quarters=FAR.row("Quarter", "Planned", at=350).row("2014-15Q4", 7))), "Quarters", "A350", "Headings are looked for", count=2)
WIDE = Sheet().row("Line", "Partner", "Amount", *[None] * 1100, "Note").row("A1", "ccg", 9, *[None] * 1100, "x")
finds("a heading too far to the right", with_income(WIDE), "Income", "APL1", "first 1024 columns, up to AMJ1", "to the left", count=None)
finds("a heading to the right of those that are known", with_income(Sheet().row("Line", "Partner", "Amount", "Note", "Piad on").row("A1", "ccg", 9, "x", datetime.date(2015, 1, 1))),
      "Income", "E1", 'no column "Piad on"', 'mean "Paid on"')
finds("one to their left", with_income(Sheet().row("Colour", "Line", "Partner", "Amount", "Note").row("red", "A1", "ccg", 9, "x")), "Income", "A1", 'no column "Colour"')
finds("a value beneath merged cells", cover(A10="Agreed on", B10="28/11/2014") | {"Income": Sheet(merges=["C4:C5"]).row().row().row("Line", "Partner", "Amount", "Note").row("A1", "ccg", 1000, "x").row("A2", "council", 500.5, "y")},
      "Income", "C5", "beneath the merged cells C4:C5", "where nobody sees it")
finds("a single value beneath merged cells", changed(lambda s: s["Cover"].merges.append("B3:B4")), "Cover", "B4", "beneath the merged cells B3:B4")
for name, make in (("plan.xlsx", workbook), ("plan.ods", ods)):
    twice = check(make(plan() | {"partners ": Sheet().row("Id", "Name").row("x", "y")}, NAMES), name=name)
    tap.ok([f["at"]["sheet"] for f in twice["findings"]] == ["partners "] and "Two sheets may both be" in twice["findings"][0]["message"], f"two sheets of one name but for case and spaces, {name}", *brief(twice))
    long = check(make(income(D4=datetime.timedelta(hours=40, minutes=5), D5=datetime.timedelta(hours=16, minutes=5)), NAMES), name=name)
    tap.ok(long["outcome"] == "compliant" and not long["findings"], f"durations are texts, {name}", *brief(long))
cells = [subprocess.run([BUILD + "/poolctl", "cells", str(path)], capture_output=True, text=True, check=True).stdout
         for path, make in ((top / "t.xlsx", workbook), (top / "t.ods", ods))
         if path.write_bytes(make({"A": Sheet().row(*[datetime.timedelta(seconds=n) for n in (0, 1, 57900, 86399, 86400, 144300, 360000)])}))]
tap.ok(cells[0] == cells[1] and '"100:00:00"' in cells[0], "a duration is the same text in both formats", *cells)

# --- what a cell's type means ---
fine("numbers at 15 digits", income(C4=Raw("1000.1000000000001"), C5=Raw("0.30000000000000004"), C6=Raw("1000.4")), {"income": "1000.40"})
finds("more than pence", income(C5=Raw("219385.123392150"), C6=" "), "Income", "C5", "219385.12339215", "more than two decimals")
finds("more than pence, in OpenDocument", ods(income(C5=Raw("219385.123392150"), C6=" "), NAMES), "Income", "C5", "219385.12339215", "more than two decimals", name="plan.ods")
ROUNDED = [with_income(Sheet().row("Line", "Partner", "Amount", "Note", "Rounded").row("A1", "ccg", 9, "x", Raw(amount))) for amount in ("219385.123392150", "0.125", "0.135", "-0.125")]
for amount, sheets in zip(("219385.12", "0.12", "0.14", "-0.12"), ROUNDED):
    fine(f"a field that rounds takes half to even: {amount}", sheets, {"rounded": amount})
    fine(f"the same in OpenDocument: {amount}", ods(sheets, NAMES), {"rounded": amount}, name="plan.ods")
finds("a number typed as text", income(C5="500.50"), "Income", "C5", "number written as text")
finds("words where an amount is wanted", income(C5="five hundred"), "Income", "C5", "is no number", count=None)
fine("dates: real ones, and as text", cover(A10="Agreed on", B10=datetime.date(2014, 11, 28), A11="Signed", B11=datetime.datetime(2014, 11, 28, 12, 0)), {"agreed": "2014-11-28"})
fine("a date typed as text", cover(A10="Agreed on", B10="28/11/2014"), {"agreed": "2014-11-28"})
finds("a number where a date is wanted", cover(A10="Agreed on", B10=41971), "Cover", "B10", "Format the cell as a date")
finds("a date where a number is wanted", income(C5=datetime.date(2014, 11, 28)), "Income", "C5", "is a date", count=None)
finds("a date where a code is wanted", income(A5=datetime.date(2014, 11, 28)), "Income", "A5", "is a date, which the program made")
finds("a card number loses its digits", cover(A12="Themes", B12=Raw("1234567890123456789")), "Cover", "B12", "more digits than a spreadsheet keeps")
fine("shares by their format and as text", cover(A10="Share", B10=Share(0.4), A11="Target", B11="3.5%"), {"share": "0.4", "target": "0.035"})
fine("a share in percent without a format", cover(A10="Share", B10=40, A11="Target", B11=Raw("0.035")), {"share": "0.4", "target": "0.035"})
fine("yes, no and TRUE", cover(B9=True))
fine("several values in a cell", cover(A12="Themes", B12="a1; b2"))
finds("an error is never a value", income(C5=Error("#REF!")), "Income", "C5", "#REF!", "no longer there", count=None)
finds("an error in a text", income(D5=Error("#N/A")), "Income", "D5", "#N/A", count=None)
finds("a formula that was not worked out", income(C5=Formula("C4/2")), "Income", "C5", "Open the workbook in Excel", count=None)
fine("thousands in a heading", with_income(Sheet().row("Line", "Partner", "Amount (£000)", "Note").row("A1", "ccg", 1.5, "x")) | {"Cover": Sheet(
    {k: v for k, v in plan()["Cover"].cells.items() if k not in ("A8", "B8")})}, {"income": "1500.00"})
fine("thousands in a heading of a map", {"Cover": Sheet({k: v for k, v in plan()["Cover"].cells.items() if k not in ("A8", "B8")}), "Quarters": Sheet()
     .row("Quarter", "Planned", "Spent (£000)").row("2014-15Q4", 100, 1.5)} | {k: v for k, v in plan().items() if k != "Cover"}, {"planned": "100", "spent": "1500.00"})
PARTS = policies(FORM.replace('{ "paid_on", "date"', '{ "parts", "list", of = "money", title = "Parts" }, { "paid_on", "date"'), """
condition { id = "T-PARTS", title = "Parts", severity = "error", forms = { "plan" }, source = "s", remedy = "r",
  check = function(budget) for _, line in budget.income:each() do determination { name = "parts", value = line.parts:sum() } end end }
""")
fine("thousands in a heading of a list in cells", with_income(Sheet().row("Line", "Partner", "Amount (£000)", "Note", "Parts (£000)").row("A1", "ccg", 2, "x", "1.5; 0.5")) | {"Cover": Sheet(
    {k: v for k, v in plan()["Cover"].cells.items() if k not in ("A8", "B8")})}, {"income": "2000.00", "parts": "2000.00"}, tree=PARTS)
finds("units that disagree", with_income(Sheet().row("Line", "Partner", "Amount (£000)", "Note").row("A1", "ccg", 1.5, "x")), "Income", "C1", "disagree")
fine("thousands in the units", cover(B8="GBP000"), {"income": "1500500.00"})

# --- hidden ---
finds("hidden rows count, and are told of", changed(lambda s: s["Income"].hidden_rows.update({4, 5})), "Income", "A4", "Rows 4 to 5", "hidden")
finds("a hidden column", changed(lambda s: s["Income"].hidden_columns.add(3)), "Income", "C3", "hidden")
finds("a hidden sheet", changed(lambda s: setattr(s["Income"], "hidden", True)), "Income", None, "hidden")
finds("a hidden value", changed(lambda s: s["Cover"].hidden_rows.add(3)), "Cover", "B3", "hidden row or column")
fine("a hidden sheet that nobody reads", changed(lambda s: setattr(s["Guidance"], "hidden", True)))

# --- sheets and templates ---
verdict = check(changed(lambda s: s.pop("Income")))
tap.ok([f["message"].split(".")[0] for f in verdict["findings"]] == ['There is no sheet "Income"'] and '"Cover", "Partners", "Guidance"' in verdict["findings"][0]["message"],
       "a sheet that is not there is told once, with those that are", *brief(verdict))
finds("a sheet with a misspelt name", changed(lambda s: s.update(Incme=s.pop("Income"))), "Incme", None, 'one called "Incme"')
finds("an optional sheet with a misspelt name", changed(lambda s: s.update(Budgts=Sheet().row("Partner"))), "Budgts", None, 'one called "Budgts"')
finds("two sheets of one meaning", changed(lambda s: s.update({"4. Income": s["Income"]})), "4. Income", None, "Two sheets may both be")
finds("an older template is a warning", cover(D1="1"), "Cover", "D1", "older version")
finds("an unknown version is an error that names all that are accepted", cover(D1="7"), "Cover", "D1", "not one that is accepted", 'Use "2" or "1" (an older one).')
YEARS = policies(FORM.replace('{ "Plan template", "1", old = true }', '{ "Plan template", "1", years = { "2013-14", "2014-15" } }, { "Other template", "9" }'))
finds("a version of another year is told, with those of its own", cover(D1="1"), "Cover", "D1", "not for this year", 'Use "2" or "Other template" "9".', tree=YEARS)


def unknown(what, sheets, *words, tree=None):
    verdict = check(sheets, tree=tree)
    said = json.dumps(verdict.get("unreadable"), ensure_ascii=False)
    tap.ok(verdict["outcome"] == "unreadable" and all(w in said for w in words), what, verdict["outcome"], said)


unknown("a workbook that is no form names its sheets and what is missing", {"Data": Sheet({"A1": 1}), "Cover": Sheet({"A1": "x"})}, '\\"Data\\", \\"Cover\\"', 'missing: \\"Partners\\"', "Plan (plan)")
unknown("another template's name", cover(A1="Other template"), "cell A1 of the sheet", "Plan template", "Other template")
TWO = policies(FORM + FORM.replace('id = "plan"', 'id = "copy"').replace('"Plan"', '"Copy"'))
unknown("two forms that it may be", plan(), "either of two returns", "Plan", "Copy", tree=TWO)

# --- what is shown ---
for form, words in {"text": ["sheet Income, cell B5"], "html": ["sheet Income, cell B5"]}.items():
    shown = check(income(B5="icb"), form=form)
    tap.ok(all(w in shown for w in words), f"{form} names sheet and cell", shown[:3000])
QUERY = income(C4=2000000, C6=" ")
finds("a finding of a condition names its cell", QUERY, "Income", "C4", outcome="queried")
QUERY["Explanations"] = Sheet().row("Rule", "Target", "Text", "Author", "At").row(
    "T-EACH", "/income[A1]/amount", "This is the whole of the minimum, agreed by the board in November 2014.", "A Person", datetime.date(2014, 11, 20))
verdict = check(QUERY)
tap.ok(verdict["outcome"] == "compliant" and verdict["counts"]["explained"] == 1, "an explanation on a sheet answers it by key", verdict["outcome"], *brief(verdict))
verdict = check(income(B5="=cmd|' /C calc'!A0"), form="text")
tap.ok("=cmd" in verdict, "text that looks like a formula stays text", verdict[:500])
a, b = check(plan()), check(dict(reversed(list(plan().items()))))
tap.ok(a["outcome"] == b["outcome"] == "compliant", "sheets may come in any order", a["outcome"], b["outcome"])

# --- mistakes of administrators ---
for what, old, new, words in [
        ("an unknown option of a sheet", 'needed = true, tables = { { list = "partners" }', 'neded = true, tables = { { list = "partners" }', ["sheets.Partners", "neded", "did you mean 'needed'"]),
        ("a field that is none", '"hwb.gss", {', '"hwb.gs", {', ["sheets.Cover", "no field 'gs'", "did you mean 'gss'"]),
        ("a cell that is none", 'cell = "A1"', 'cell = "Cover!1"', ["template.name", "such as \"C7\""]),
        ("a place said twice", 'cell = "A1"', 'cell = "A1", label = "x"', ["its place is said twice"]),
        ("an unknown option of a table", "totals = {", "total = {", ["option of a table 'total'", "did you mean 'totals'"]),
        ("a list that is none", '{ list = "partners" }', '{ list = "partnrs" }', ["no field 'partnrs'", "did you mean 'partners'"]),
        ("a need that is no column", 'needs = { "rule"', 'needs = { "rul"', ["'rul'", "did you mean 'rule'"]),
        ("a value that is a list", '"agreed", "agreed_on"', '"agreed", "income"', ["no single cell can hold", "tables"]),
        ("one label for two values", '"agreed", "agreed_on"', '{ "agreed", label = "Agreed on" }, "agreed_on"', ["would be the label of 'agreed' and of 'agreed_on'"]),
        ("quarters across of a list without such a key", 'totals = { "total" }, adds', 'across = "partner", adds', ["'across' must name the key of 'income'"]),
        ("rows of a table that stands upright", 'totals = { "total" }, adds', 'rows = { amount = "x" }, adds', ["'rows' is about a table with 'across'"]),
        ("nothing needed", "needed = true, ", "", ["no sheet is marked needed"]),
        ("a required field without a place", '"financial_year", "hwb.gss"', '"hwb.gss"', ["'financial_year' is required, and no sheet says where"]),
        ("a value in two places", '"financial_year", "hwb.gss"', '"financial_year", "financial_year", "hwb.gss"', ["has a place on the sheet Cover and another"])]:
    assert old in FORM, old
    tree = policies(FORM.replace(old, new))
    (tree / "../poold.conf").resolve().write_text(f"policies {tree}\n")
    done = subprocess.run([BUILD + "/poolctl", "check", "--policies", str(tree), "tests/fixtures/submissions/pass/rotherham-plan.json"], capture_output=True, text=True, check=False)
    tap.ok(all(w in done.stderr + done.stdout for w in words), "a mistake: " + what, done.stderr + done.stdout)
subprocess.run(["rm", "-rf", str(top)], check=False)
tap.done()
