#!/usr/bin/env python3
"""The daemon judges the same whenever and wherever it judges: every submission that ships goes through two
daemons, in one all at once and in the other one after the other and with other numbers; reports and pages
are the same, byte for byte, but for ids and numbers."""
import difflib
import glob
import os
import re
import sys

sys.path.insert(0, "tests/regress")
from daemon import Daemon, plan_number  # noqa: E402
from judged import FIXTURES, POLICIES, Tap  # noqa: E402

PATHS = sorted(glob.glob(FIXTURES + "/submissions/*/*.*"))


def name(path):
    return "-".join(path.split("/")[-2:])


def masked(content, seq):
    """Ids are 26 characters; numbers stand in "seq" and in a page's own words."""
    content = re.sub(rb"\b[0-9A-HJKMNP-TV-Z]{26}\b", b"ID", content)
    return re.sub(rb'"seq":\s*%d\b' % seq, b'"seq": N', content)


def differences(a, b):
    lines = difflib.unified_diff(*[re.sub(r"(?<=[>,])", "\n", one.decode(errors="replace")).splitlines() for one in (a, b)],
                                 lineterm="", n=1)
    return [line for line in lines if line.strip()]


def judged(tap, one_by_one):
    d = Daemon(tap, region="rotherham", policies=os.path.abspath(POLICIES), wall="20s")
    try:
        d.start("--at", "2014-11-28T16:05:00Z")
        before = 0
        if one_by_one:
            for before in range(1, 4):
                d.drop("first-%d.json" % before, plan_number(before))
            d.wait_published(before)
        for i, path in enumerate(PATHS):
            with open(path, "rb") as file:
                d.drop(name(path), file.read())
            if one_by_one:
                d.wait(lambda n=before + i + 1: len(d.published()) >= n, 30)
        d.wait_published(before + len(PATHS), 120)
        found = {}
        for path in d.published("*.verdict.*"):
            stem, seq = re.fullmatch(r"(.*)~(\d+)\.verdict", path.stem).groups()
            found[path.parent.name, stem, path.suffix] = masked(path.read_bytes(), int(seq))
        return found
    finally:
        d.end()


tap = Tap()
together, apart = judged(tap, False), judged(tap, True)
for path in PATHS:
    stem = name(path).rsplit(".", 1)[0]
    mine = {key: value for key, value in together.items() if key[1] == stem}
    other = {key: value for key, value in apart.items() if key[1] == stem}
    differ = [key for key in mine.keys() | other.keys() if mine.get(key) != other.get(key)]
    tap.ok(len(mine) >= 2 and not differ, stem + ": the same in both",
           sorted(mine), sorted(other), *[line for key in differ for line in differences(mine.get(key, b""), other.get(key, b""))][:20])
tap.done()
