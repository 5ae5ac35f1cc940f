#!/usr/bin/env python3
"""A plan mangled in every place: each value left out, made null, emptied, turned into another kind or
an absurd amount.  No condition may crash, and every plan gets a verdict."""

import json
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, "tests/regress")
from judged import FIXTURES, Judge, Tap, patched  # noqa: E402

ABSURD = (None, "{x.y}", [], -1, 99999999999999999, "2015-02-30")


def pointers(value, at=""):
    if at:
        yield at, value
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from pointers(item, "%s/%s" % (at, key))


def read(name):
    with open(FIXTURES + "/" + name, encoding="utf-8") as file:
        return json.load(file)


def rich():
    """The plan, with a row of everything that a plan may carry."""
    plan = read("submissions/pass/rotherham-plan.json")
    plan["gifts"] = [{"person": "Eve Larsen", "kind": "gift", "value": 5, "supplier": True, "on": "2017-07-01"}]
    plan["committees"] = [{"body": "pccc", "members": [{"person": "Ida Quist", "role": "lay_member", "lay": True}]}]
    plan["outturn"] = [{"pool": "north", "planned": 12916000, "actual": 13916000, "action_plan": "Fewer agency nurses."}]
    plan["operational_plan"] = {"reduction_permille": 20}
    plan["interests"][1]["share_percent"] = 12.5
    plan["p4p"]["actual"]["2014-15Q4"] = 6800
    plan["p4p"]["payments"] = [{"quarter": "2014-15Q4", "amount": 135250, "paid_on": "2015-05-29"}]
    plan["section75"]["reports"] = [{"quarter": "2014-15Q1", "received": "2014-08-29"}]
    return plan


def main():
    tap, judge, plan = Tap(), Judge(), rich()
    cases = []
    for pointer, value in pointers(plan):
        cases.append((pointer + " left out", patched(plan, None, [pointer])))
        if not isinstance(value, (dict, list)):
            cases += [("%s is %s" % (pointer, json.dumps(absurd)), patched(plan, {pointer: absurd})) for absurd in ABSURD]
        else:
            cases += [("%s is %s" % (pointer, json.dumps(absurd)), patched(plan, {pointer: absurd})) for absurd in ABSURD[:4]]
    for number, (_, document) in enumerate(cases):
        judge.add(number, document, "2017-08-01T12:00:00Z", "rotherham")
    verdicts = judge.run()
    crashed, lost = {}, []
    for number, (name, _) in enumerate(cases):
        verdict = verdicts[number]
        if verdict["our_fault"]:
            lost.append((name, verdict["our_fault"]))
        for item in verdict["not_evaluated"]:
            if item["kind"] in ("fault", "limit"):
                crashed.setdefault((item["condition"], item["because"]), name)
    tap.ok(len(cases) > 2000, "two thousand mangled plans were judged", len(cases))
    tap.ok(not crashed, "no condition crashed", *["%s: %s" % item for item in crashed.items()])
    tap.ok(not lost, "every one was judged", *lost[:5])
    judge.close()
    tap.done()


main()
