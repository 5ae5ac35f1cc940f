#!/usr/bin/env python3
"""A plan as a workbook is judged as its JSON document is, but for the places: every plan of the fixtures, the right ones and the wrong ones."""
import glob
import json
import os
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


def main():
    tap, judge = Tap(), Judge()
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
    verdicts = judge.run()
    tap.ok(len(plans) > 15, "there are plans to compare", len(plans))
    for name in plans:
        json_says, workbook_says = bare(verdicts[name, "json"]), bare(verdicts[name, "xlsx"])
        tap.ok(json_says == workbook_says, name + " is judged alike", *[f"{k}:\n{json_says[k]}\n{workbook_says[k]}" for k in json_says if json_says[k] != workbook_says[k]])
        tap.ok(all(f["at"].get("sheet") for f in verdicts[name, "xlsx"]["findings"]), name + " names a sheet for every finding",
               [(f["condition"], f["at"]) for f in verdicts[name, "xlsx"]["findings"]])
    judge.close()
    tap.done()


main()
