#!/usr/bin/env python3
"""A sample of the campaign in which a call of a keeper that starts fails once (make soak-faults: all of it): it starts all the same, or
says why not and starts the next time, and nobody has to lend a hand."""
import sys

sys.path[:0] = ["tests/regress", "tests/system"]
from faults import run  # noqa: E402
from faulty import why_not  # noqa: E402
from judged import Tap  # noqa: E402

if why_not():
    print("1..0 # SKIP", why_not())
    sys.exit(0)
tap = Tap()
for kind in ("open", "read", "write", "pread"):
    run(tap, ["keeper"], [kind], seconds=25, start=True, first=True)
tap.done()
