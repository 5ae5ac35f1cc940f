#!/usr/bin/env python3
"""Every condition that the programmes ask for is there, and cases hold it: tests/fixtures/catalogue.list."""

import glob
import json
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, "tests/regress")
from judged import FIXTURES, Tap  # noqa: E402


def tried():
    """condition -> the kinds of its cases that are run."""
    found = {}
    for path in glob.glob(FIXTURES + "/conditions/*.json"):
        with open(path, encoding="utf-8") as file:
            group = json.load(file)
        for case in group.get("cases", []) if isinstance(group, dict) else []:
            if "cannot" not in case:
                found.setdefault(case["condition"], set()).add(case["case"])
    return found


def main():
    tap, have = Tap(), tried()
    with open(FIXTURES + "/catalogue.list", encoding="utf-8") as file:
        rows = [line.split() for line in file if line.strip() and not line.startswith("#")]
    for row, what in rows:
        condition = row if what == "condition" else what
        name = row if condition == row else "%s (by %s)" % (row, condition)
        tap.ok("pass" in have.get(condition, ()), name + " is there, and a case passes it", have.get(condition))
    tap.ok(len({row for row, _ in rows}) == len(rows) > 90, "the catalogue has each once", len(rows))
    tap.done()


main()
