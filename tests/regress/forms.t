#!/usr/bin/env python3
"""Forms are never confused: each shipped example is read as the form it is of and no other, and a file
that is a return of nothing is told so."""

import glob
import json
import re
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, "tests/regress")
from judged import BUILD, POLICIES, Judge, Tap  # noqa: E402

KINDS = {"plan": "bcf-plan", "amendment": "bcf-plan", "quarterly": "bcf-quarterly", "year_end": "bcf-year-end",
         "section_75_agreement": "section-75-agreement", "interests_register": "interests-register",
         "gifts_register": "gifts-register", "decisions": "decisions", "national_return": "national-return"}
TABLES = {"schemes.csv": "bcf-schemes", "quarters.csv": "bcf-quarters", "outturn.csv": "bcf-outturn", "pools.csv": "section-75-pools",
          "register.csv": "interests-register", "gifts.csv": "gifts-register", "votes.csv": "decision-votes",
          "localities.csv": "national-localities"}


def packs_on():
    """Folders of the packs that the shipped site.lua switches on."""
    with open(POLICIES + "/site.lua", encoding="utf-8") as file:
        return re.findall(r'"([a-z0-9-]+)"', re.search(r"packs = \{(.*?)\}", file.read(), re.S)[1])


def judge(path):
    done = subprocess.run([BUILD + "/poolctl", "check", "--policies", POLICIES, "--format", "json", path],
                          capture_output=True, text=True, check=False)
    return json.loads(done.stdout)


def main():
    tap, trees = Tap(), Judge()
    for pack in packs_on():
        for path in sorted(glob.glob("%s/%s/examples/*.json" % (POLICIES, pack))):
            with open(path, encoding="utf-8") as file:
                document = json.load(file)
            tap.ok(judge(path)["submission"]["form"] == KINDS.get(document["kind"]), path + " is read as the form of its kind")
        for path in sorted(glob.glob("%s/%s/examples/*.csv" % (POLICIES, pack))):
            want = TABLES.get(path.split("/")[-1])
            tap.ok(judge(path)["submission"]["form"] == want, "%s is read as %s" % (path, want))
    for kind, form in KINDS.items():
        trees.add(kind, {"schema": "poold.submission/1", "kind": kind}, "2015-08-01T00:00:00Z", "rotherham")
    for other in ("quaterly", "year-end", "", None):
        trees.add(("no", other), {"schema": "poold.submission/1", "kind": other}, "2015-08-01T00:00:00Z", "rotherham")
    trees.add("no schema", {"kind": "quarterly"}, "2015-08-01T00:00:00Z", "rotherham")
    verdicts = trees.run()
    for kind, form in KINDS.items():
        tap.ok(verdicts[kind]["submission"]["form"] == form, "the kind %s makes it %s" % (kind, form))
    for key in [k for k in verdicts if k not in KINDS]:
        tap.ok(verdicts[key]["outcome"] == "unreadable", "%s is a return of nothing" % (key,), verdicts[key]["outcome"])
    trees.close()
    tap.done()


main()
