#!/usr/bin/env python3
"""The order in a file never changes a verdict: every list turned round and every object's members
turned round, the outcome, what is found and what is worked out stay the same."""

import csv
import glob
import json
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, "tests/regress")
from judged import FIXTURES, POLICIES, Judge, Tap, essence, patched  # noqa: E402

PROPOSALS = ("care-and-support-bill", "integration-transformation-fund", "legal-duty", "primary-care", "single-budget-2020")


def turned(value):
    if isinstance(value, dict):
        return {key: turned(item) for key, item in reversed(value.items())}
    if isinstance(value, list):
        return [turned(item) for item in reversed(value)]
    return value


def main():
    tap, judge = Tap(), Judge()
    names = []
    for path in sorted(glob.glob(FIXTURES + "/submissions/*/*.json")):
        try:
            with open(path, encoding="utf-8") as file:
                document = json.load(file)
        except ValueError:
            continue
        names.append(path)
        judge.add((path, "as it is"), document, "2014-11-28T16:05:00Z", "rotherham")
        judge.add((path, "turned"), turned(document), "2014-11-28T16:05:00Z", "rotherham")
    for path in sorted(glob.glob(FIXTURES + "/submissions/*/*.csv")):
        with open(path, encoding="latin-1", newline="") as file:
            mark = ";" if ";" in file.readline() else ","
            file.seek(0)
            rows = list(csv.reader(file, delimiter=mark))
        if "cut-in-a-quote" in path:
            continue
        head = 1 + next(i for i, row in enumerate(rows) if sum(cell != "" for cell in row) >= 6)
        other = os.path.join(judge.folder, "turned-" + os.path.basename(path))
        with open(other, "w", encoding="latin-1", newline="") as file:
            csv.writer(file, delimiter=mark).writerows(rows[:head] + rows[:head - 1:-1])
        names.append(path)
        judge.add((path, "as it is"), path, "2014-11-28T16:05:00Z", "rotherham")
        judge.add((path, "turned"), other, "2014-11-28T16:05:00Z", "rotherham")
    with open(FIXTURES + "/p4p/examples.json", encoding="utf-8") as file:
        examples = json.load(file)
    with open(FIXTURES + "/submissions/pass/plan-at-the-expected-target.json", encoding="utf-8") as file:
        base = json.load(file)
    for example in examples:
        names.append(example["name"])
        document = patched(base, example["set"])
        judge.add((example["name"], "as it is"), document, example["received"], "rotherham")
        judge.add((example["name"], "turned"), turned(document), example["received"], "rotherham")
    for pack in PROPOSALS:
        for path in sorted(glob.glob("%s/%s/examples/*.json" % (POLICIES, pack))):
            with open(path, encoding="utf-8") as file:
                document = json.load(file)
            names.append(path)
            judge.add((path, "as it is"), document, "2018-01-16T16:05:00Z", "rotherham", packs=[pack])
            judge.add((path, "turned"), turned(document), "2018-01-16T16:05:00Z", "rotherham", packs=[pack])
    verdicts = judge.run()
    for name in names:
        before, after = essence(verdicts[(name, "as it is")]), essence(verdicts[(name, "turned")])
        differ = {key: (before[key], after[key]) for key in before if before[key] != after[key]}
        tap.ok(not differ, name + ": the same verdict when turned round", differ)
    judge.close()
    tap.done()


main()
