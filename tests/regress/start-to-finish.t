#!/usr/bin/env python3
"""Start to finish with nothing in anyone's place: the shipped policies, the real daemon, a real syslog-ng, and history."""
import hashlib
import json
import os
import subprocess
import sys

sys.path.insert(0, "tests/regress")
from daemon import Daemon  # noqa: E402
from judged import FIXTURES, Tap, patched  # noqa: E402

AT = "2014-11-28T16:05:00Z"
SUBMISSIONS = FIXTURES + "/submissions"

tap = Tap()
d = Daemon(tap, region="rotherham", policies=os.path.abspath("lua-policies"))
syslog_ng = str(d.top / "syslog-ng")


def ng(action):
    subprocess.run(["sh", "tests/system/syslog_ng.sh", action, syslog_ng], check=True)


def records():
    try:
        with open(syslog_ng + "/records", encoding="utf-8") as file:
            return [json.loads(line) for line in file if line.endswith("\n")]
    except FileNotFoundError:
        return []


def data(record):
    return record["_SDATA"]["poold@32473"]


def told(msgid, **tags):
    return [data(r) for r in records() if r["MSGID"] == msgid and all(data(r).get(k) == v for k, v in tags.items())]


def judged(name, content):
    """Drop it, and give the published verdict."""
    before = len(d.published())
    d.drop(name, content)
    d.wait_published(before + 1)
    found = [v for v in d.verdicts() if v["submission"]["name"] == name]
    return found[-1] if found else {"outcome": None, "findings": [], "history": []}


def expected():
    with open(SUBMISSIONS + "/EXPECT", encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                path, _, region, outcome, conditions = line.split()
                if region == "rotherham":
                    yield path, outcome, conditions


def read(path):
    with open(path, "rb") as file:
        return file.read()


def every_submission():
    for path, outcome, conditions in expected():
        name, content = os.path.basename(path), read(f"{SUBMISSIONS}/{path}")
        verdict = judged(name, content)
        tap.ok(verdict["outcome"] == outcome, f"{name} is {outcome}", verdict["outcome"])
        if verdict["outcome"] != outcome:
            continue
        tap.ok(verdict["submission"]["sha256"] == hashlib.sha256(content).hexdigest(), f"{name}: the verdict names its bytes")
        stem, ext = os.path.splitext(name)
        original = d.region / outcome / f"{stem}~{verdict['submission']['seq']}{ext}"
        tap.ok(original.read_bytes() == content, f"{name}: the original is published as it came")
        tap.ok(d.wait(lambda: told("VERDICT", id=verdict["id"], outcome=outcome, region="rotherham")),
               f"{name}: syslog-ng parsed its verdict")
        for condition in conditions.split(",") if conditions != "-" else []:
            tap.ok(d.wait(lambda: told("FINDING", id=verdict["id"], condition=condition)
                          + told("NOT-EVALUATED", id=verdict["id"], condition=condition)),
                   f"{name}: and its finding of {condition}")


def silent(plan):
    """The plan without its explanations."""
    return json.dumps(patched(plan, {"/explanations": []}), indent=1)


def explanations_are_carried(plan):
    verdict = judged("second-version.json", silent(plan))
    explained = [f for f in verdict["findings"] if f["status"] == "explained"]
    tap.ok(verdict["outcome"] == "compliant" and explained and explained[0]["explanation"]["carried"],
           "an explanation of the first version is carried to the second", verdict["outcome"], verdict["findings"])
    tap.ok([h["form"] for h in verdict["history"]] == ["bcf-plan"], "and the verdict lists what it was given", verdict["history"])
    verdict = judged("version-between.json", silent(plan).replace("\n", "\n "))
    explained = [f["explanation"] for f in verdict["findings"] if f["status"] == "explained"]
    tap.ok(verdict["outcome"] == "compliant" and explained and explained[0]["author"] == plan["explanations"][0]["author"],
           "and on to the third, whose words they are as well", verdict["outcome"], verdict["findings"])
    again = judged("sent-again.json", silent(plan).replace("\n", "\n "))
    tap.ok(any(f["condition"] == "POOL-FILE-004" and verdict["id"] in f["message"] for f in again["findings"]),
           "the same file sent again is told that it came before, and as which", again["findings"])
    changed = json.loads(silent(plan))
    changed["p4p"]["target_reduction_permille"] = 11
    verdict = judged("fourth-version.json", json.dumps(changed))
    tap.ok(any(f["condition"] == "BCF-P4P-002" and f["status"] == "open" for f in verdict["findings"]),
           "not where the value has changed: the query is open again", verdict["findings"])


def last_year_is_looked_at(plan):
    """A plan of the year after: its schemes are compared with those that were accepted for 2015-16."""
    later = json.loads(silent(plan).replace("2015-16", "2016-17"))
    later["schemes"] = later["schemes"][1:]
    verdict = judged("next-year.json", json.dumps(later))
    tap.ok(any(f["condition"] == "BCF-TREND-003" for f in verdict["findings"]),
           "a scheme of last year's accepted plan that has gone is asked about", [f["condition"] for f in verdict["findings"]])
    tap.ok(any(h["period"] == "2015-16" for h in verdict["history"]), "with last year's plan in the verdict's history",
           verdict["history"])


def quarters_follow_the_plan():
    """A quarterly return is held against the accepted plan, and the next one against what the first said was paid."""
    with open("lua-policies/better-care-fund/examples/quarterly.json", encoding="utf-8") as file:
        base = json.load(file)
    signed = {"/content_changed_at": "2014-11-20T09:00:00Z", **{f"/sign_off/{i}/at": "2014-11-24T09:00:00Z" for i in range(3)}}
    # what was paid, without the day, which is to come when this daemon receives it
    base = patched(base, signed, ["/sign_off/1/date", "/sign_off/2/date", "/p4p/payments/0/paid_on", "/p4p/payments/1/paid_on"])
    verdict = judged("quarter-1.json", json.dumps(patched(base, {"/account/3/planned_income": 5891000})))
    found = {f["condition"]: f for f in verdict["findings"]}
    tap.ok(verdict["outcome"] == "queried" and found.get("BCF-QTR-006", {}).get("difference") == "-500.00",
           "a quarterly return is held against the accepted plan, from the ledger", verdict["headline"], list(found))
    second = patched(base, {"/quarter": "2015-16Q2", "/p4p/payments/0/amount": 148999, "/account/1/actual_income": 5891500,
                            "/account/1/actual_expenditure": 5891500, "/p4p/actual/2015-16Q2": 6796})
    verdict = judged("quarter-2.json", json.dumps(second))
    found = {f["condition"]: f for f in verdict["findings"]}
    tap.ok(found.get("BCF-QTR-004", {}).get("difference") == "-1.00", "and the next one against what was accepted as paid", list(found))


def numbers_have_no_gap():
    d.wait(lambda: d.status().get("untold") == 0)
    numbers = [int(data(r)["sequence"]) for r in records()]
    tap.ok(len(numbers) > 100 and sorted(set(numbers)) == list(range(1, max(numbers) + 1)), "the numbers of all records have no gap",
           len(numbers), max(numbers, default=0))
    tap.ok(numbers == sorted(numbers), "and came in order")


try:
    ng("start")
    d.config["syslog"] = syslog_ng + "/socket"
    d.write_config()
    d.start("--at", AT)
    with open(SUBMISSIONS + "/pass/rotherham-plan.json", encoding="utf-8") as file:
        own = json.load(file)
    first = judged("rotherham.json", json.dumps(own))
    tap.ok(first["outcome"] == "compliant", "our plan is compliant", first["outcome"])
    explanations_are_carried(own)
    last_year_is_looked_at(own)
    quarters_follow_the_plan()
    every_submission()
    numbers_have_no_gap()
    tap.ok(d.stop() == 0, "poold stops cleanly")
finally:
    d.stop()
    ng("stop")
    d.end()
tap.done()
