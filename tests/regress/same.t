#!/usr/bin/env python3
"""The same bytes, rulebook and time give the same verdict, byte for byte: every submission that ships
is judged three times, each time in fresh processes."""

import glob
import os
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, "tests/regress")
from judged import BUILD, FIXTURES, POLICIES, Tap  # noqa: E402


def judged(path, style):
    command = [BUILD + "/poolctl", "check", "--policies", POLICIES, "--format", style, "--at", "2014-11-28T16:05:00Z",
               "--region", "rotherham", path]
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout


def main():
    tap = Tap()
    for path in sorted(glob.glob(FIXTURES + "/submissions/*/*.*")):
        for style in ("json", "html"):
            first = judged(path, style)
            again = [judged(path, style), judged(path, style)]
            tap.ok(first and again == [first, first], "%s: three times the same %s" % (os.path.basename(path), style),
                   "%d bytes, then %s" % (len(first), [len(one) for one in again]))
    tap.done()


main()
