#!/usr/bin/env python3
"""The submissions that ship: each has the outcome and exactly the open findings that EXPECT says."""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, "tests/regress")
from judged import FIXTURES, Judge, Tap, open_findings  # noqa: E402

FOLDER = FIXTURES + "/submissions/"


def read_expected():
    with open(FOLDER + "EXPECT", encoding="utf-8") as file:
        return [line.split() for line in file if line.strip() and not line.startswith("#")]


def main():
    tap, judge, expected = Tap(), Judge(), read_expected()
    for name, received, region, _, _ in expected:
        judge.add(name, FOLDER + name, received, region)
    verdicts = judge.run()
    for name, _, _, outcome, ids in expected:
        verdict = verdicts[name]
        tap.ok(verdict["outcome"] == outcome, "%s is %s" % (name, outcome), verdict["outcome"], verdict["headline"])
        want = [] if ids == "-" else ids.split(",")
        found = [] if outcome == "unreadable" else open_findings(verdict)
        tap.ok(found == want, name + ": what is open", "expected %s" % want, "found %s" % found,
               *[f["message"] for f in verdict["findings"] if f["condition"] in found and f["condition"] not in want])
    verdict = verdicts["fail/year-that-is-none.json"]
    kinds = sorted({n["kind"] for n in verdict["not_evaluated"]})
    tap.ok(kinds == ["after"], "a year that is none: what needs it waits for that, and no row of ours is said to lack", kinds)
    listed = {row[0] for row in expected}
    shipped = {kind + "/" + name for kind in ("pass", "fail") for name in os.listdir(FOLDER + kind)}
    tap.ok(listed == shipped, "EXPECT lists every submission that is there", sorted(listed ^ shipped))
    judge.close()
    tap.done()


main()
