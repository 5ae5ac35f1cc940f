#!/usr/bin/env python3
"""A sample of the campaign in which every system call and allocation on the way of a lone file fails once (make soak-faults: all of it):
nothing is lost, nothing doubled, every verdict right, and nobody has to lend a hand."""
import sys

sys.path[:0] = ["tests/regress", "tests/system"]
from faults import run  # noqa: E402
from faulty import ERRORS, ROLES, why_not  # noqa: E402
from judged import Tap  # noqa: E402

if why_not():
    print("1..0 # SKIP", why_not())
    sys.exit(0)
tap = Tap()
run(tap, list(ROLES), list(ERRORS), stride=8, seconds=40, jobs=4, first=True)
tap.done()
