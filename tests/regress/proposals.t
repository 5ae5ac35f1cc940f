#!/usr/bin/env python3
"""Every row of the programmes that were proposed: what each asks, of a whole return with one thing wrong.
A row fails with exactly its own finding and exactly its severity, or, where it is a figure or a promise
to find nothing, with none.  Proposals are off until somebody switches them on, and change nothing then
for the plans of programmes that are in force."""

import csv
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, "tests/regress")
from judged import BUILD, POLICIES, Judge, Tap, patched  # noqa: E402
from workbook import Sheet, workbook  # noqa: E402

CSB, ITF, DUTY, PC, SB = PACKS = ("care-and-support-bill", "integration-transformation-fund", "legal-duty", "primary-care", "single-budget-2020")
WHEN = {CSB: ("2014-03-10T16:05:00Z", "barnsley"), ITF: ("2014-03-28T16:05:00Z", "rotherham"), DUTY: ("2015-02-26T16:05:00Z", "barnsley"),
        PC: ("2016-01-12T16:05:00Z", "rotherham"), SB: ("2018-01-16T16:05:00Z", "southend")}
NOTHING = ()


def error(row):
    return ((row, "error"),)


def query(row):
    return ((row, "query"),)


# Row, pack, submission, what is open and how severe; then what is set and removed, figures, history, parameters, time.
ROWS = [
    ("CSB-001", CSB, "nothing-of-its-own-is-pooled", error("CSB-001"), {}),
    ("CSB-001", CSB, "pool-2014-15", NOTHING, {"set": {"/income/0/amount": 1, "/income/1/amount": 8349999}}),
    ("CSB-002", CSB, "no-council-in-the-pool", error("CSB-002"), {}),
    ("CSB-003", CSB, "plan-is-to-be-confirmed", error("CSB-003"), {}),
    ("CSB-004", CSB, "whom-it-serves-is-not-said", query("CSB-004"), {}),
    ("CSB-005", CSB, "transfer-counted-as-required", error("CSB-005"), {}),
    ("CSB-006", CSB, "pool-2014-15", NOTHING, {"with": ["pool-2013-14"], "figures": {
        ("CSB-006", "share of the budget pooled"): "0.025653", ("CSB-006", "change in percentage points"): "0.002"}}),
    ("CSB-007", CSB, "pool-2014-15", NOTHING, {"figures": {("CSB-006", "pooled besides, before the duty or beyond it"): "1150000.00"}}),
    ("CSB-008", CSB, "pool-2014-15", NOTHING, {"with": ["pool-2013-14"], "figures": {
        ("CSB-008", "NHS money for social care"): "6770000.00", ("CSB-008", "change of NHS money for social care"): "1310000.00"}}),

    ("ITF-001", ITF, "plan", query("ITF-001"), {"received": "2014-03-31T23:00:00Z"}),
    ("ITF-001", ITF, "plan", NOTHING, {"received": "2014-03-31T22:59:59Z"}),
    ("ITF-002", ITF, "a-million-is-on-no-scheme", error("ITF-002"), {}),
    ("ITF-003", ITF, "measure-not-addressed", error("ITF-003"), {}),
    ("ITF-003", ITF, "plan", error("ITF-003"), {"remove": ["/targets/5"]}),
    ("ITF-004", ITF, "priorities-short-of-the-transfer", error("ITF-004"), {}),
    ("ITF-005", ITF, "performance-share-is-not-shown", error("ITF-005"), {}),
    ("ITF-006", ITF, "plan", query("ITF-006"), {"remove": ["/income/0/from_existing_budget"]}),
    ("ITF-007", ITF, "national-share-differs", error("ITF-007"), {}),
    ("ITF-007", ITF, "national", error("ITF-007"), {"with": ["plan"], "set": {
        "/national/localities/0/amount": 20315999, "/national/localities/1/amount": 19484001}}),
    ("ITF-008", ITF, "plan", NOTHING, {"figures": {("ITF-008", "released"): "14415000.00", ("ITF-008", "held"): "5901000.00"}}),
    ("ITF-008", ITF, "a-million-is-on-no-scheme", error("ITF-002"), {"figures": {("ITF-008", "released"): "0.00", ("ITF-008", "held"): "20316000.00"}}),
    ("ITF-008", ITF, "every-target-is-met", NOTHING, {"figures": {("ITF-008", "released"): "20316000.00"}}),
    ("ITF-008", ITF, "national", NOTHING, {"with": ["plan"], "figures": {("ITF-008", "released in all"): "14415000.00"}}),
    ("ITF-009", ITF, "plan", query("ITF-009"), {"set": {"/schemes/2/commissioner": "la"}}),
    ("ITF-010", ITF, "plan", error("ITF-010"), {"set": {"/partners/0/type": "nhs_trust"}}),
    ("ITF-011", ITF, "plan", query("ITF-011"), {"set": {"/schemes/1/purposes": ["prevention"]}}),
    ("ITF-012", ITF, "national-transfer-short", error("ITF-012"), {}),

    ("DUTY-001", DUTY, "a-million-left-out", error("DUTY-001"), {}),
    ("DUTY-002", DUTY, "acute-care-outside-the-pool", error("DUTY-002"), {}),
    ("DUTY-003", DUTY, "whole-budget", query("DUTY-003"), {"remove": ["/pool_use"]}),
    ("DUTY-003", DUTY, "whole-budget", NOTHING, {"set": {"/pool_use/text": "As the council's cabinet sees fit, case by case."}}),
    ("DUTY-004", DUTY, "names-no-structure", NOTHING, {}),
    ("DUTY-005", DUTY, "support-for-no-pioneer", error("DUTY-005"), {}),
    ("DUTY-005", DUTY, "national-fifteenth-site", error("DUTY-005"), {}),
    ("DUTY-005", DUTY, "national-site-left-out", error("DUTY-005"), {}),
    ("DUTY-005", DUTY, "national-a-pound-too-much", error("DUTY-005"), {}),
    ("DUTY-005", DUTY, "national", error("DUTY-005"), {"with": ["whole-budget"], "set": {
        "/national/pioneers/0/amount": 85999, "/national/pioneers/1/amount": 86001}}),
    ("DUTY-005", DUTY, "whole-budget", NOTHING, {"set": {"/pioneer/purpose": "A minibus."}}),
    ("DUTY-006", DUTY, "whole-budget", NOTHING, {"figures": {("DUTY-006", "share of the budget pooled"): "1"}}),
    ("DUTY-007", DUTY, "whole-budget", query("DUTY-007"), {"remove": ["/resources"]}),
    ("DUTY-008", DUTY, "cost-in-dispute", error("DUTY-008"), {}),
    ("DUTY-008", DUTY, "one-pound-claimed-twice", error("DUTY-008"), {}),
    ("DUTY-008", DUTY, "whole-budget", query("DUTY-008"), {"remove": ["/schemes/2/parts"]}),
    ("DUTY-009", DUTY, "whole-budget", query("DUTY-009"), {"remove": ["/joint_plan"]}),
    ("DUTY-010", DUTY, "whole-budget", NOTHING, {"figures": {("DUTY-010", "one commissioner"): "yes", ("DUTY-010", "share commissioned jointly"): "0.413227"}}),
    ("DUTY-011", DUTY, "whole-budget", query("DUTY-011"), {"remove": ["/pioneer/results"]}),

    ("PC-001", PC, "before-the-amendment", error("PC-001"), {}),
    ("PC-001", PC, "power-not-used", NOTHING, {}),
    ("PC-002", PC, "service-of-another", error("PC-002"), {}),
    ("PC-003", PC, "dental-before-its-date", query("PC-003"), {}),
    ("PC-003", PC, "dental-before-its-date", NOTHING, {"parameters": 'extension_applies = date "2016-01-01"'}),
    ("PC-004", PC, "parts-not-shown", error("PC-004"), {}),
    ("PC-005", PC, "gp-voted-on-own-practice", error("COI-002"), {}),
    ("PC-005", PC, "pool", error("COI-005"), {"remove": ["/schemes/0/conflict"]}),
    ("PC-005", PC, "pool", error("COI-003"), {"remove": ["/decisions/0/present/0"], "set": {"/decisions/0/chair": "Omar Bell"}}),
    ("PC-006", PC, "statement-not-public", query("PC-006"), {}),
    ("PC-006", PC, "power-not-used", NOTHING, {}),
    ("PC-007", PC, "power-not-used", NOTHING, {"figures": {("PC-007", "NHS England's money"): "0.00"}}),

    ("SB-001", SB, "two-pools-in-2020-21", error("SB-001"), {"received": "2020-03-30T16:00:00Z"}),
    ("SB-001", SB, "a-pound-outside-in-2020-21", error("SB-001"), {"received": "2020-03-30T16:00:00Z"}),
    ("SB-001", SB, "trajectory-short-of-2020", query("SB-001"), {"received": "2016-04-21T10:00:00Z"}),
    ("SB-002", SB, "council-has-not-agreed", error("SB-002"), {}),
    ("SB-002", SB, "area-2016-17", NOTHING, {"received": "2017-12-31T23:59:59Z"}),
    ("SB-003", SB, "two-in-charge", error("SB-003"), {}),
    ("SB-003", SB, "area-2017-18", error("SB-003"), {"set": {"/charge/0/form": "new_hwb", "/charge/0/partner": "HWB"}}),
    ("SB-003", SB, "area-2017-18", NOTHING, {"set": {"/charge/0/form": "new_hwb", "/charge/0/partner": "HWB"}, "parameters": 'new_hwb_from = date "2018-01-01"'}),
    ("SB-004", SB, "area-2017-18", query("SB-004"), {"remove": ["/schemes/0/outcome_refs"]}),
    ("SB-005", SB, "area-2017-18", error("SB-005"), {"set": {"/partners/0/planned_balance": -1}}),
    ("SB-005", SB, "area-2017-18", query("SB-005"), {"set": {"/partners/1/planned_balance": -1}}),
    ("SB-005", SB, "area-2017-18", query("SB-005"), {"remove": ["/risk_share"]}),
    ("SB-006", SB, "area-2020-21", query("SB-006"), {"with": ["area-2017-18"], "set": {
        "/partners/0/budgets/1/total": 9799999, "/income/0/amount": 63899999, "/schemes/0/expenditure": 63899999, "/pools/0/total": 276399999}}),
    ("SB-007", SB, "national-two-departments", query("SB-007"), {}),
    ("SB-008", SB, "area-2017-18", NOTHING, {"figures": {("SB-008", "share pooled"): "0.199699", ("SB-008", "still to join the pool by 2020-21"): "212400000.00"}}),
    ("SB-009", SB, "area-2017-18", NOTHING, {"set": {"/charge/0/form": "council", "/charge/0/partner": "council", "/pools/0/host_partner": "ccg"}}),
    ("SB-010", SB, "area-2017-18", query("SB-010"), {"parameters": 'oversight_from = date "2018-01-01"'}),
    ("SB-010", SB, "area-2017-18", NOTHING, {}),
    ("SB-011", SB, "area-2017-18", query("SB-011"), {"remove": ["/schemes/2/parts"]}),
]
COUNTS = {"CSB": 8, "ITF": 12, "DUTY": 11, "PC": 8, "SB": 11}


def example(pack, name):
    with open("%s/%s/examples/%s.json" % (POLICIES, pack, name), encoding="utf-8") as file:
        return json.load(file)


def is_open(verdict):
    """What is open and decides, each once, with its severity; an absence decides as a query does."""
    found = {(f["condition"], f["severity"]) for f in verdict["findings"] if f["status"] == "open" and f["severity"] in ("error", "query")}
    return tuple(sorted(found | {(n["condition"], "query") for n in verdict["not_evaluated"] if n["decides"]}))


def check_row(tap, number, row, verdict):
    wants = row[4]
    name = "%s (%d), %s%s" % (row[0], number, row[2], ", with one thing changed" if "set" in wants or "remove" in wants else "")
    tap.ok(is_open(verdict) == tuple(row[3]), "%s: %s" % (name, " ".join(row[3][0]) if row[3] else "no finding"), is_open(verdict),
           *[f["message"] for f in verdict["findings"]], *[n["because"] for n in verdict["not_evaluated"]])
    for (condition, figure), value in wants.get("figures", {}).items():
        have = [d.get("amount") or d.get("value") for d in verdict["determinations"] if d["condition"] == condition and d["name"] == figure]
        tap.ok(value in have, "%s: works out %s" % (name, figure), value, have)


def check_rows(tap, judge):
    for number, (row, pack, name, _, wants) in enumerate(ROWS):
        site = judge.policies_set(wants["parameters"]) if "parameters" in wants else None
        earlier = [judge.write(example(pack, other)) for other in wants.get("with", ())]
        judge.add(number, patched(example(pack, name), wants.get("set"), wants.get("remove")), wants.get("received", WHEN[pack][0]),
                  WHEN[pack][1], site, earlier, [pack])
    verdicts = judge.run()
    for number, row in enumerate(ROWS):
        check_row(tap, number, row, verdicts[number])
    for programme, rows in COUNTS.items():
        named = {row[0] for row in ROWS if row[0].startswith(programme + "-")} | ({"PC-008"} if programme == "PC" else set())
        tap.ok(named == {"%s-%03d" % (programme, i + 1) for i in range(rows)}, "every row of %s is named" % programme, sorted(named))


def check_dates(tap, judge):
    """PC-008: a rulebook with a date before the consultation closed is refused."""
    plan = judge.write(example(PC, "pool"))
    for parameter in ("core_gp_applies", "extension_applies"):
        for day, good in (("2015-03-07", False), ("2015-03-08", True)):
            tree = judge.trees[judge.policies_set('%s = date "%s"' % (parameter, day))]
            run = subprocess.run([BUILD + "/poolctl", "check", "--policies", tree, "--pack", PC, "--at", WHEN[PC][0], plan],
                                 capture_output=True, text=True, check=False)
            told = re.search(r"site\.lua:\d+: The parameter %s: its value is 7 March 2015, and must be 8 March 2015 or later \(PC-008\)" % parameter, run.stderr)
            tap.ok((run.returncode == 2 and told) if not good else "PC-008" not in run.stderr,
                   "PC-008, %s on %s: %s" % (parameter, day, "loads" if good else "the rulebook is refused"), run.returncode, run.stderr)


def typed(text):
    """A cell as a spreadsheet keeps it: amounts are numbers there."""
    return int(text) if re.fullmatch(r"-?[1-9]\d*|0", text) else text or None


def as_workbook(judge, table):
    """The CSV file's parts as the sheets of a workbook."""
    sheets = {}
    with open(table, encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            if len(row) == 1 and row[0].startswith("["):
                sheet = sheets.setdefault(row[0][1:-1], Sheet())
            elif row:
                sheet.row(*[typed(cell) for cell in row])
    path = os.path.join(judge.folder, os.path.basename(os.path.dirname(os.path.dirname(table))) + "-" + os.path.basename(table)[:-4] + ".xlsx")
    with open(path, "wb") as file:
        file.write(workbook(sheets))
    return path


def check_tables(tap, judge):
    """A CSV file with a part for each table says what the JSON says, and so does a workbook: the same verdict but for the places."""
    pairs = []
    for pack in PACKS:
        for table in sorted(glob.glob("%s/%s/examples/*.csv" % (POLICIES, pack))):
            pairs.append((table, as_workbook(judge, table), table[:-4] + ".json"))
            for path in pairs[-1]:
                judge.add(path, path, *WHEN[pack], packs=[pack])
    verdicts = judge.run()
    for paths in pairs:
        told = []
        for path in paths:
            v = verdicts[path]
            told.append((v["outcome"], v["submission"]["form"], v["submission"]["area"], v["counts"], v["determinations"],
                         [(f["condition"], f["severity"], f["at"]["label"], f["message"]) for f in v["findings"]],
                         [(n["condition"], n["kind"], n["because"]) for n in v["not_evaluated"]]))
            places = [f["at"].get("cell" if path.endswith("xlsx") else "line") for f in v["findings"]]
            tap.ok(all(places), "%s: each finding has its line or cell" % os.path.basename(path), places)
        tap.ok(told[0] == told[2], "%s: the verdict of the JSON" % paths[0][len(POLICIES) + 1:], *[p for p in zip(told[0], told[2]) if p[0] != p[1]])
        tap.ok(told[1] == told[2], "%s: as a workbook as well" % paths[0][len(POLICIES) + 1:], *[p for p in zip(told[1], told[2]) if p[0] != p[1]])
    tap.ok(len(pairs) >= 12, "of each form there is a table", len(pairs))


def essence(verdict):
    return {key: verdict[key] for key in ("outcome", "findings", "determinations", "not_evaluated", "money_at_stake", "counts")}


def check_off(tap, judge):
    """Off by default; switched on they change nothing for other programmes' plans."""
    with open(POLICIES + "/site.lua", encoding="utf-8") as file:
        site = file.read()
    for pack in PACKS:
        with open("%s/%s/pack.lua" % (POLICIES, pack), encoding="utf-8") as file:
            status = re.search(r'status = "(\w+)"', file.read())[1]
        tap.ok(status == ("consulted" if pack == PC else "proposed") and '"%s"' % pack not in site, "%s is %s and ships off" % (pack, status))
        first = sorted(glob.glob("%s/%s/examples/*.json" % (POLICIES, pack)))[0]
        judge.add(pack, first, WHEN[pack][0], "x")
    plans = sorted(glob.glob(POLICIES + "/better-care-fund/examples/*.json"))
    for plan in plans:
        judge.add((plan, "off"), plan, "2015-11-28T16:05:00Z", "rotherham")
        judge.add((plan, "on"), plan, "2015-11-28T16:05:00Z", "rotherham", packs=PACKS)
    verdicts = judge.run()
    for pack in PACKS:
        tap.ok(verdicts[pack]["outcome"] == "unreadable", "a return of %s is none while the pack is off" % pack, verdicts[pack]["outcome"])
    for plan in plans:
        off, on = essence(verdicts[(plan, "off")]), essence(verdicts[(plan, "on")])
        tap.ok(off == on, os.path.basename(plan) + ": the same verdict with all proposals on", {k: (off[k], on[k]) for k in off if off[k] != on[k]})


def check_failing(tap):
    """A condition that fails on our side leaves a plan undetermined: no money is released on it."""
    with tempfile.TemporaryDirectory() as top:
        policies = shutil.copytree(POLICIES, top + "/policies")
        with open("%s/%s/release.lua" % (policies, ITF), "a", encoding="utf-8") as file:
            file.write('\ncondition { id = "ITF-099", title = "Fails", severity = "error", forms = { "itf-plan" }, source = "a test",\n'
                       '  remedy = "None.", check = function(budget) return budget.hwb.gss.nothing.there end }\n')
        run = subprocess.run([BUILD + "/poolctl", "check", "--policies", policies, "--pack", ITF, "--at", WHEN[ITF][0], "--format", "json",
                              "%s/%s/examples/plan.json" % (policies, ITF)], capture_output=True, timeout=60)
        verdict = json.loads(run.stdout)
        tap.ok(verdict["outcome"] == "undetermined", "a plan on which a condition fails is undetermined", run.stdout[:300], run.stderr)
        amounts = {d["name"]: d["amount"] for d in verdict["determinations"] if d["condition"] == "ITF-008"}
        tap.ok(amounts == {"released": "0.00", "held": "20316000.00"}, "and no money is released on it", amounts)


def main():
    tap, judge = Tap(), Judge()
    check_rows(tap, judge)
    check_dates(tap, judge)
    check_tables(tap, judge)
    check_off(tap, judge)
    check_failing(tap)
    judge.close()
    tap.done()


main()
