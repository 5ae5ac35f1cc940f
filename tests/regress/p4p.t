#!/usr/bin/env python3
"""Payment for performance to the penny: the worked examples of the guidance in both variants, clamps,
the pot by largest remainder, no clawback, and nothing unearned while a quarter is not known."""

import json
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, "tests/regress")
from judged import FIXTURES, Judge, Tap, patched  # noqa: E402


def figures(verdict, name):
    return {d["period"]: d["amount"] for d in verdict["determinations"]
            if d["condition"] == "BCF-P4P-011" and d["name"] == name}


def main():
    tap, judge = Tap(), Judge()
    with open(FIXTURES + "/p4p/examples.json", encoding="utf-8") as file:
        examples = json.load(file)
    with open(FIXTURES + "/submissions/pass/plan-at-the-expected-target.json", encoding="utf-8") as file:
        base = json.load(file)
    for number, example in enumerate(examples):
        judge.add(number, patched(base, example["set"]), example["received"], "rotherham")
    verdicts = judge.run()
    for number, example in enumerate(examples):
        verdict, name = verdicts[number], example["name"]
        earned, held, unearned = (figures(verdict, what) for what in ("earned", "held", "unearned"))
        tap.ok(earned == example["earned"], name + ": earned", example["earned"], earned)
        tap.ok(held == example["held"], name + ": held", example["held"], held)
        want = [] if example["unearned"] is None else [example["unearned"]]
        tap.ok(list(unearned.values()) == want, name + ": unearned", want, unearned)
        wrong = [f["condition"] for f in verdict["findings"] if f["condition"] in ("BCF-P4P-003", "BCF-P4P-004")]
        tap.ok(not wrong, name + ": the pot is right", wrong)
        kept = [d["complete"] for d in verdict["determinations"] if d["condition"] == "BCF-P4P-011" and d["name"] == "held"]
        tap.ok(not any(kept), name + ": what is held is not complete", kept)
    judge.close()
    tap.done()


main()
