#!/usr/bin/env python3
"""The daemon judges workbooks: within its sandbox, alone and in batches alike, and says sheet and cell wherever it says where."""
import json
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, "tests/regress")
from daemon import Daemon, plan_number  # noqa: E402
from judged import Tap  # noqa: E402
from workbook import Sheet, workbook  # noqa: E402

FORM = """form {
  id = "book", title = "Book", area = "area", period = "year",
  fields = { { "area", "text", required = true, title = "Area" }, { "year", "year", required = true, title = "Year" },
    { "income", "list", key = "line", row = "line", required = true, title = "Income", fields = {
        { "line", "code", required = true, title = "Line" }, { "amount", "money", required = true, title = "Amount" } } } },
  sheets = { { "Cover", needed = true, values = { "area", "year" } }, { "Income", tables = { { list = "income", totals = { "total" } } } } },
}
"""
CONDITION = """condition { id = "TINY-10", title = "No line is above a hundred", severity = "error", forms = { "book" }, source = "test",
  remedy = "Lower the amount.", each = "income",
  check = function(line) at_most { at = line:place "amount", given = line.amount, most = gbp "100" } end }
"""


def book(*amounts):
    income = Sheet().row("Line", "Amount")
    for i, amount in enumerate(amounts):
        income.row(f"L{i}", amount)
    return workbook({"Cover": Sheet().row("Area", "E08000035").row("Year", "2015-16"), "Income & more": Sheet(), "Income": income.row("Total")})


def bare(content):
    """Without what differs from one arrival to the next: ids, numbers, names, times."""
    return re.sub(r'"(id|seq|name|received|bytes|sha256|identical_to)":\s*("[^"]*"|\d+|null)', r'"\1": 0', content)


tap = Tap()
d = Daemon(tap)
(d.policies / "tiny/forms/book.lua").write_text(FORM)
(d.policies / "tiny/book.lua").write_text(CONDITION)
try:
    d.start()
    d.drop("alone.xlsx", book(1, 2000.5))
    tap.ok(d.wait_published(1), "a workbook is judged", (d.top / "log").read_text())
    first = d.published("alone~*.verdict.json")[0]
    verdict = json.loads(first.read_text())
    at = [f["at"] for f in verdict["findings"]]
    tap.ok(verdict["outcome"] == "non-compliant" and [(a.get("sheet"), a.get("cell"), a["field"]) for a in at] == [("Income", "B3", "/income/1/amount")],
           "and its finding names sheet and cell", verdict["outcome"], at, verdict.get("our_fault"), verdict.get("unreadable"))
    tap.ok(d.wait(lambda: d.listener.of("FINDING")) and b'sheet="Income"' in d.listener.of("FINDING")[0] and b'cell="B3"' in d.listener.of("FINDING")[0],
           "syslog names them, too", d.listener.of("FINDING")[:1])
    page = d.published("alone~*.verdict.html")[0].read_text()
    tap.ok("sheet Income, cell B3" in page and (first.parent / first.name.replace(".verdict.json", ".xlsx")).read_bytes() == book(1, 2000.5),
           "so does the page, and the workbook itself lies beside it", page[:200])
    # many at once, with what is broken and what is none between them
    whole = book(1, 2000.5)
    for i in range(20):
        d.drop(f"good-{i}.xlsx", book(5, 7))
        d.drop(f"bad-{i}.xlsx", whole)
        d.drop(f"cut-{i}.xlsx", whole[:-40])
        d.drop(f"plan-{i}.json", plan_number(i))
    tap.ok(d.wait_published(81, 60), "many at once are judged", len(d.published()))
    outcomes = {}
    for path in d.published():
        outcomes.setdefault(path.name.split("-")[0].split("~")[0], set()).add(path.parent.name)
    tap.ok(outcomes == {"alone": {"non-compliant"}, "good": {"compliant"}, "bad": {"non-compliant"}, "cut": {"unreadable"}, "plan": {"compliant"}},
           "each as what it is", outcomes)
    same = {bare(path.read_text()) for path in d.published("bad-*.verdict.json")} | {bare(first.read_text())}
    tap.ok(len(same) == 1, "in a batch as alone", *sorted(same)[:2])
    tap.ok(b"died" not in (d.top / "log").read_bytes() and d.status().get("rulebook", {}).get("in_use"), "and no evaluator is lost over them",
           (d.top / "log").read_text()[-2000:])
finally:
    d.end()
tap.done()
