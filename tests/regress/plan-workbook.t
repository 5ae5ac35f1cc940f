#!/usr/bin/env python3
"""A return as a workbook is judged as its JSON document is, but for the places: every plan of the fixtures, the right ones and the wrong
ones, written by hand; and the workbooks that LibreOffice and openpyxl made, those that ship and (where the two are there) made anew."""
import glob
import json
import os
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, "tests/regress")
from judged import FIXTURES, Judge, Tap  # noqa: E402
from plan_workbook import plan_workbook  # noqa: E402

# What cannot be said of a workbook: a member that is there twice or misspelt, and a number in quotes that is the same as one without.
NOT_IN_CELLS = {"duplicate-member.json", "misspelt-field.json", "broken.json", "empty.json", "form-nobody-knows.json", "amount-typed-as-text.json"}


def bare(verdict):
    """Without the places in the file, which differ, and what is said of them."""
    return {
        "outcome": verdict["outcome"], "at stake": verdict["money_at_stake"], "counts": verdict["counts"],
        "findings": sorted(str([f["condition"], f["severity"], f["status"], f["at"].get("path"), f.get("given"), f.get("expected")]) for f in verdict["findings"]),
        "determinations": [[d["condition"], d["name"], d["of"], d["period"], d.get("amount", d.get("value"))] for d in verdict["determinations"]],
        "not evaluated": [[n["condition"], n["kind"], n["at"].get("path")] for n in verdict["not_evaluated"]],
    }


PACK = "lua-policies/better-care-fund/examples/"
MAKE = FIXTURES + "/workbooks/make.py"
SAMPLE = os.environ.get("ROTHERHAM", "../shared/samples/rotherham_2015_16.json")
# A workbook, the JSON document that it was made from, and when they arrive.
SHIPPED = [("plan.xlsx", "plan.json", "2014-11-28T16:05:00Z"), ("plan.ods", "plan.json", "2014-11-28T16:05:00Z"),
           ("minimum-underpaid.xlsx", "minimum-underpaid.json", "2014-11-28T16:05:00Z"), ("quarterly.xlsx", "quarterly.json", "2015-08-28T10:00:00Z"),
           ("year-end.xlsx", "year-end.json", "2016-05-26T16:00:00Z"),
           ("schemes.xlsx", "schemes.csv", "2014-11-28T16:05:00Z")]


def can_make():
    return shutil.which("soffice") and subprocess.run(["/usr/bin/python3", "-c", "import openpyxl, uno"], capture_output=True, check=False).returncode == 0


def rendered(verdict):
    """All of a verdict, but for the places in the file and what the file is."""
    if isinstance(verdict, dict):
        return {k: rendered(v) for k, v in verdict.items()
                if k not in ("at", "related", "id", "sha256", "name", "bytes", "format", "encoding", "file", "targets", "places", "input", "given")}
    return [rendered(v) for v in verdict] if isinstance(verdict, list) else verdict


def made_by_programs(tap, judge):
    """Those that ship, and the same documents filled in anew."""
    pairs = [(PACK + book, PACK + source, at) for book, source, at in SHIPPED]
    if os.environ.get("SLOW") == "no" or not can_make():
        print("# LibreOffice or openpyxl is not here: what ships is judged, and nothing made anew")
    else:
        for source in [PACK + "plan.json"] + [SAMPLE] * os.path.exists(SAMPLE):
            names = [os.path.basename(source)[:-5] + "-anew" + end for end in (".xlsx", ".ods")]
            subprocess.run(["/usr/bin/python3", MAKE, "fill", source, *names, judge.folder], check=True, timeout=300)
            pairs += [(judge.folder + "/" + name, source, "2014-11-28T16:05:00Z") for name in names]
    for book, source, at in pairs:
        judge.add((book, "book"), book, at, "rotherham")
        judge.add((book, "source"), source, at, "rotherham")
    verdicts = judge.run()
    for book, source, _ in pairs:
        name, a, b = os.path.basename(book), verdicts[book, "source"], verdicts[book, "book"]
        left, right = (json.dumps(rendered(v), sort_keys=True, indent=1) for v in (a, b))
        tap.ok(left == right, name + " has the verdict of " + os.path.basename(source) + ", byte for byte but for the places",
               *[f"{x}  |  {y}" for x, y in zip(left.split("\n"), right.split("\n")) if x != y][:8])


# Wrong in each, so that what is found says that it was read.
OTHER_PROGRAMMES = {
    "joint_plan": {"ref": "JP1", "agreed_on": "soon"}, "pool_use": {"text": "x" * 5000}, "transfer": {"year": "never", "amount": "lots", "priorities": [{"name": "a", "amount": "some"}]},
    "outcomes_framework": {"version": "y" * 5000, "outcomes": [{"id": "o1"}, {"id": "o1"}]}, "hwb_statement": {"on": "late", "public": "perhaps"}, "pioneer": {"support": "kind"},
    "capacity_and_demand": {"agreed_on": "never"}, "resources": [{"partner": "nobody", "kind": "staff"}], "targets": [{"id": "t1", "level": "parish", "due": "never"}],
    "charge": [{"role": "chair", "partner": "nobody", "form": "club", "agreed": [{"partner": "no-one", "on": "never"}]}], "trajectory": [{"year": "2015-16", "pooled": "most"}],
}


def main():
    tap, judge = Tap(), Judge()
    made_by_programs(tap, judge)
    plans = {}
    for path in sorted(glob.glob(FIXTURES + "/submissions/*/*.json") + ["lua-policies/better-care-fund/examples/plan.json"]):
        name = os.path.basename(path)
        if name in NOT_IN_CELLS:
            continue
        with open(path, encoding="utf-8") as file:
            plan = json.load(file)
        if plan.get("kind") != "plan" or "p4p" not in plan:
            continue
        plans[name] = judge.folder + "/" + name.replace(".json", ".xlsx")
        with open(plans[name], "wb") as file:
            file.write(plan_workbook(plan))
        judge.add((name, "json"), path, "2014-11-28T16:05:00Z", "rotherham")
        judge.add((name, "xlsx"), plans[name], "2014-11-28T16:05:00Z", "rotherham")
    plans["other programmes"] = judge.folder + "/other.xlsx"
    with open("lua-policies/better-care-fund/examples/plan.json", encoding="utf-8") as file:
        plan = json.load(file) | OTHER_PROGRAMMES
    with open(judge.folder + "/other.json", "w", encoding="utf-8") as file:
        json.dump(plan, file)
    with open(plans["other programmes"], "wb") as file:
        file.write(plan_workbook(plan))
    for kind in ("json", "xlsx"):
        judge.add(("other programmes", kind), f"{judge.folder}/other.{kind}", "2014-11-28T16:05:00Z", "rotherham")
    verdicts = judge.run()
    found = str([f["at"].get("path") for f in verdicts["other programmes", "xlsx"]["findings"]])
    tap.ok(all(name in found for name in OTHER_PROGRAMMES), "what other programmes' plans carry is read from a workbook", found)
    tap.ok(len(plans) > 15, "there are plans to compare", len(plans))
    for name in plans:
        json_says, workbook_says = bare(verdicts[name, "json"]), bare(verdicts[name, "xlsx"])
        tap.ok(json_says == workbook_says, name + " is judged alike", *[f"{k}:\n{json_says[k]}\n{workbook_says[k]}" for k in json_says if json_says[k] != workbook_says[k]])
        tap.ok(all(f["at"].get("sheet") for f in verdicts[name, "xlsx"]["findings"]), name + " names a sheet for every finding",
               [(f["condition"], f["at"]) for f in verdicts[name, "xlsx"]["findings"]])
    judge.close()
    tap.done()


main()
