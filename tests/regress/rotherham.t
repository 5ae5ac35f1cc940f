#!/usr/bin/env python3
"""The plan of the example area: compliant with one explained query, and how every condition that
applied ended.  tests/fixtures/rotherham.list is that list, for our own plan; a plan named by
ROTHERHAM (or the one beside the project, where it is) must come to the same outcome."""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, "tests/regress")
from judged import FIXTURES, Judge, Tap, open_findings, result  # noqa: E402

OURS = FIXTURES + "/submissions/pass/rotherham-plan.json"
OTHER = os.environ.get("ROTHERHAM", "../shared/samples/rotherham_2015_16.json")


def read_list(name):
    with open(FIXTURES + "/" + name, encoding="utf-8") as file:
        return dict(line.split(None, 1) for line in file.read().splitlines() if line and line[0] != "#")


def explained(verdict):
    return [(f["condition"], f["at"]["field"]) for f in verdict["findings"] if f["status"] == "explained"]


def check(tap, name, verdict, listed):
    tap.ok(verdict["outcome"] == "compliant", name + " is compliant", verdict["outcome"], verdict["headline"])
    tap.ok(explained(verdict) == [("BCF-P4P-002", "/p4p/target_reduction")], name + " has one explained query", explained(verdict))
    tap.ok(not open_findings(verdict), name + " has nothing open", open_findings(verdict))
    applied = {ran["condition"] for ran in verdict["conditions"]}
    tap.ok(applied == set(listed), name + ": the conditions that applied are those listed", sorted(applied ^ set(listed)))
    for condition in sorted(applied & set(listed)):
        found = result(verdict, condition)
        tap.ok(found == listed[condition], "%s: %s: %s" % (name, condition, listed[condition]), found)


def main():
    tap, judge = Tap(), Judge()
    judge.add("ours", OURS, "2014-11-28T16:05:00Z", "rotherham")
    if os.path.exists(OTHER):
        judge.add("other", OTHER, "2014-11-28T16:05:00Z", "rotherham")
    verdicts = judge.run()
    check(tap, "our plan", verdicts["ours"], read_list("rotherham.list"))
    if "other" in verdicts:
        check(tap, "the sample", verdicts["other"], read_list("rotherham-sample.list"))
    judge.close()
    tap.done()


main()
