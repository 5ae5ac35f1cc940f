#!/usr/bin/env python3
"""Every condition of the rulebook: a case that passes, one that fails, one at the boundary, one with
the data absent.  tests/fixtures/conditions/*.json has the cases; a case that cannot exist says why.

Each case takes a base submission, or the realistic plan of its "year" (years.py), sets and removes values, or replaces text in a table, and
says how this one condition ends; the other conditions are not looked at, but none may crash."""

import glob
import json
import os
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, "tests/regress")
import years  # noqa: E402
from judged import FIXTURES, Judge, Tap, patched, result  # noqa: E402
from plan_workbook import plan_sheets  # noqa: E402
from workbook import Error, Formula, workbook  # noqa: E402

KINDS = ("pass", "fail", "boundary", "absent")


def declared():
    """Ids of the conditions in the policies, as their files declare them."""
    ids = set()
    for path in glob.glob("lua-policies/**/*.lua", recursive=True):
        with open(path, encoding="utf-8") as file:
            ids.update(re.findall(r'(?:^|\W)(?:id = |grant\(|purpose\()"([A-Z0-9]+(?:-[A-Z0-9]+)+)"', file.read()))
    return ids


def load(path):
    with open(os.path.join(FIXTURES, path), encoding="utf-8") as file:
        return json.load(file)


def read_cases():
    cases = []
    for path in sorted(glob.glob(FIXTURES + "/conditions/*.json")):
        with open(path, encoding="utf-8") as file:
            group = json.load(file)
        if not isinstance(group, dict) or "cases" not in group:
            continue
        for case in group["cases"]:
            base = load(case.get("base", group["base"]))
            year = case.get("year")
            case.setdefault("received", years.YEARS[year][0] if year else group["received"])
            case.setdefault("region", group["region"])
            case.setdefault("packs", group.get("packs", ()))
            cases.append((case, years.plan(year) if year else base))
    return cases


def earlier(judge, one):
    """The path of an accepted return that a case is compared with."""
    document = years.plan(one["year"]) if "year" in one else load(one["base"])
    return judge.write(patched(document, one.get("set"), one.get("remove")))


def shown(verdict, condition):
    return [f for f in verdict["findings"] if f["condition"] == condition] + \
        [n for n in verdict["not_evaluated"] if n["condition"] == condition]


def check_case(tap, name, case, verdict):
    condition = case["condition"]
    found = result(verdict, condition)
    if case["expect"] == "pass here" and found in ("not due", "no history"):
        # one subject passes, and the others wait
        found = "pass here" if any(r["condition"] == condition and r["passed"] for r in verdict["conditions"]) else found
    elif case["expect"] == "pass here" and found == "pass":
        found = "pass here"
    tap.ok(found in case["expect"].split(" or "), "%s: %s" % (name, case["expect"]),
           "found: " + found, *(json.dumps(x) for x in shown(verdict, condition)))
    findings = [f for f in verdict["findings"] if f["condition"] == condition]
    if "at" in case:
        tap.ok(any(f["at"]["field"] == case["at"] for f in findings), "%s: at %s" % (name, case["at"]),
               [f["at"]["field"] for f in findings])
    if "difference" in case:
        tap.ok(any(f.get("difference") == case["difference"] for f in findings),
               "%s: off by %s" % (name, case["difference"]), [f.get("difference") for f in findings])
    if "determination" in case:
        want = case["determination"]
        mine = [d for d in verdict["determinations"] if d["condition"] == condition]
        tap.ok(any(all(want[k] in (d.get(k), d.get("amount") if k == "value" else None) for k in want) for d in mine),
               "%s: works out %s" % (name, want["name"]), want, mine)


def in_workbook(judge, number, plan, changes):
    """The path of a plan as a workbook, with cells, errors and formulas put in ("Income!E4"), rows and sheets hidden."""
    sheets = plan_sheets(plan)
    for kind, make in (("cells", lambda x: x), ("errors", Error), ("formulas", Formula)):
        for place, value in changes.get(kind, {}).items():
            sheet, cell = place.split("!")
            sheets[sheet].cells[cell] = make(value)
    for sheet, rows in changes.get("hide rows", {}).items():
        sheets[sheet].hidden_rows.update(rows)
    for sheet in changes.get("hide", []):
        sheets[sheet].hidden = True
    path = os.path.join(judge.folder, "%05d.xlsx" % number)
    with open(path, "wb") as file:
        file.write(workbook(sheets))
    return path


def main():
    tap, judge, cases = Tap(), Judge(), read_cases()
    judge.policies_with("allocations", FIXTURES + "/conditions/allocations.csv")
    judge.policies_with("allocations", FIXTURES + "/conditions/allocations-rising.csv", "rise")
    have = {}
    for number, (case, base) in enumerate(cases):
        have.setdefault(case["condition"], set()).add(case["case"])
        if "cannot" in case:
            continue
        if "file" in case:
            what = judge.table(os.path.join(FIXTURES, case["file"]), case.get("replace", {}))
        elif "workbook" in case:
            what = in_workbook(judge, number, patched(base, case.get("set"), case.get("remove")), case["workbook"])
        else:
            what = patched(base, case.get("set"), case.get("remove"))
        previous = [os.path.join(FIXTURES, case["previous"])] if "previous" in case else []
        previous += [earlier(judge, one) for one in case.get("with", [])]
        site = judge.policies_set(case["parameters"]) if "parameters" in case else case.get("site")
        judge.add(number, what, case["received"], case["region"], site, previous, case["packs"])
    verdicts = judge.run()
    crashed = set()
    for number, (case, _) in enumerate(cases):
        if "cannot" in case:
            tap.ok(len(case["cannot"]) >= 20, "%s, %s: cannot be, and says why" % (case["condition"], case["case"]))
            continue
        name = "%s, %s" % (case["condition"], case["case"]) + (" (%s)" % case["note"] if "note" in case else "")
        check_case(tap, name, case, verdicts[number])
        crashed |= {(n["condition"], n["because"]) for n in verdicts[number]["not_evaluated"] if n["kind"] in ("fault", "limit")}
    tap.ok(not crashed, "no condition crashed in any case", *sorted(crashed))
    there = declared()
    for condition in sorted(there | set(have)):
        missing = [k for k in KINDS if k not in have.get(condition, ())]
        tap.ok(not missing and condition in there, condition + " has all its cases and is in the rulebook", missing)
    judge.close()
    tap.done()


main()
