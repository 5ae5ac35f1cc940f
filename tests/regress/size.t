#!/usr/bin/env python3
"""A plan of a hundred thousand schemes is judged within the limits that ship, against a year before as long; schemes
that look alike are told apart, however many there are."""

import json
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, "tests/regress")
import years  # noqa: E402
from judged import BUILD, Tap  # noqa: E402


def written(folder, name, document):
    path = os.path.join(folder, name + ".json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(document, file, separators=(",", ":"))
    return path


def judge(path, year, *more):
    done = subprocess.run([BUILD + "/poolctl", "check", "--json", "--at", years.YEARS[year][0], "--region", "rotherham", *more, path],
                          capture_output=True, text=True, check=False, timeout=500)
    return json.loads(done.stdout)


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        before = written(folder, "before", years.many("2018-19", 100000))
        path = written(folder, "now", years.many("2019-20", 100000))
        verdict = judge(path, "2019-20", "--with", before)
        counts = verdict["counts"]
        tap.ok(verdict["outcome"] == "compliant", "a plan of 100,000 schemes is compliant", verdict["headline"], verdict["our_fault"],
               *verdict["not_evaluated"][:5])
        ran = {r["condition"]: r for r in verdict["conditions"]}
        tap.ok(ran["BCF-TREND-003"]["passed"] == 100000, "and each scheme of the year before was looked for", ran["BCF-TREND-003"])
        tap.ok(counts["not_evaluated"] == 0, "nothing was left out", counts)
        os.unlink(before)
        alike = written(folder, "alike", years.many("2019-20", 20000, alike=300))
        counts = judge(alike, "2019-20")["counts"]
        tap.ok(counts["query"] == 300, "of 301 schemes of one name and amount all but one are asked about", counts)
    tap.done()


main()
