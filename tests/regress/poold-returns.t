#!/usr/bin/env python3
"""Returns of others, from the ledger: a national return is held against the plan that a locality sent to
its own region, once that is accepted; what is not there is no history, and no plan is no money."""
import json
import pathlib
import shutil
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, "tests/regress")
from daemon import Daemon  # noqa: E402
from judged import POLICIES, Tap, patched  # noqa: E402

PACK = "integration-transformation-fund"
EXAMPLES = pathlib.Path(POLICIES) / PACK / "examples"


def load(name):
    return json.loads((EXAMPLES / name).read_text())


def drop(daemon, region, name, document):
    daemon.region = daemon.root / region
    daemon.inbox = daemon.region / "inbox"
    daemon.inbox.mkdir(parents=True, exist_ok=True)
    daemon.drop(name, json.dumps(document))
    daemon.wait(lambda: any(v["submission"]["name"] == name for v in daemon.verdicts()), 30)
    return [v for v in daemon.verdicts() if v["submission"]["name"] == name][0]


def found(verdict, condition):
    return [(f["at"]["field"], f["difference"]) for f in verdict["findings"] if f["condition"] == condition]


def figure(verdict, name, of=None):
    return [d["amount"] for d in verdict["determinations"] if d["condition"] == "ITF-008" and d["name"] == name and d["of"] == of]


def no_history(verdict):
    return sorted(n["subject"] for n in verdict["not_evaluated"] if n["kind"] == "no history" and n["condition"] == "ITF-007")


tap = Tap()
d = Daemon(tap, region="rotherham", wall="20s")
try:
    shutil.rmtree(d.policies)
    shutil.copytree(POLICIES, d.policies)
    site = (d.policies / "site.lua").read_text()
    (d.policies / "site.lua").write_text(site.replace("packs = {", 'packs = { "%s",' % PACK, 1))
    d.start("--at", "2014-03-28T16:05:00Z")
    plan, national = load("plan.json"), load("national.json")
    differs = patched(national, {"/national/localities/0/amount": 20315999, "/national/localities/1/amount": 19484001})

    first = drop(d, "england", "first.json", differs)
    tap.ok(first["outcome"] == "compliant" and not found(first, "ITF-007"), "with no plan there is nothing to compare with", first["findings"])
    tap.ok(no_history(first) == ["E08000016", "E08000018", "E10000016"], "which is no history", no_history(first))
    tap.ok(figure(first, "released in all") == ["0.00"], "and no accepted plan is no money", figure(first, "released in all"))

    wrong = drop(d, "rotherham", "wrong.json", patched(plan, {"/schemes/3/expenditure": 1}))
    tap.ok(wrong["outcome"] == "non-compliant", "a locality's plan is not accepted")
    second = drop(d, "england", "second.json", patched(differs, {"/submission_id": "E92000001-2015-16-itf-002"}))
    tap.ok(len(no_history(second)) == 3 and figure(second, "released", "E08000018") == ["0.00"], "so it does not count", no_history(second))

    good = drop(d, "rotherham", "good.json", plan)
    tap.ok(good["outcome"] == "compliant", "the plan is mended and accepted", good["findings"])
    third = drop(d, "england", "third.json", patched(differs, {"/submission_id": "E92000001-2015-16-itf-003"}))
    tap.ok(found(third, "ITF-007") == [("/national/localities/0/amount", "-1.00")], "now the national return differs from it by a pound",
           third["findings"], third["not_evaluated"])
    tap.ok([h["area"] for h in third["history"] if h["form"] == "itf-plan"] == ["E08000018"], "and the verdict says what it was compared with", third["history"])
    tap.ok(figure(third, "released", "E08000018") == ["14415000.00"], "all but the performance share is released", figure(third, "released", "E08000018"))

    newer = patched(plan, {"/submission_id": "E08000018-2015-16-itf-003", "/income/0/amount": 9914999, "/schemes/3/expenditure": 3500999})
    tap.ok(drop(d, "rotherham", "newer.json", newer)["outcome"] == "compliant", "a newer plan asks for a pound less")
    fourth = drop(d, "england", "fourth.json", patched(differs, {"/submission_id": "E92000001-2015-16-itf-004"}))
    tap.ok(fourth["outcome"] == "compliant" and not found(fourth, "ITF-007"), "and the newest accepted one counts", fourth["findings"])
finally:
    d.end()
tap.done()
