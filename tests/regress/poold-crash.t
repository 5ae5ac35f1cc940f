#!/usr/bin/env python3
"""Kill -9 of the keeper at each point: after the restart one verdict, published once more, and no number used twice."""
import os
import sys

sys.path.insert(0, "tests/regress")
from daemon import Daemon, plan_number, sequence_numbers  # noqa: E402
from judged import Tap  # noqa: E402

tap = Tap()
for point in ("claimed", "before-commit", "after-commit"):
    d = Daemon(tap)
    try:
        d.start()
        d.drop("first.json", plan_number(1))
        d.wait_published(1)
        d.stop()
        d.start(fault=point, ready=False)
        if point == "claimed":
            d.wait(lambda: d.status().get("rulebook", {}).get("in_use"), 30)
        if d.process.poll() is None:
            d.drop("plan.json", plan_number(2))
        d.wait(lambda: d.process.poll() is not None, 10)
        tap.ok(d.process.poll() == -9, f"{point}: the keeper was killed", d.process.poll())
        if not os.path.lexists(d.inbox / "plan.json") and point != "claimed" and not list((d.region / ".poold").iterdir()):
            d.drop("plan.json", plan_number(2))  # it fell before the file was there: its own start is an event to commit
        d.start()
        if not (d.published("plan~*.verdict.json") or os.path.lexists(d.inbox / "plan.json") or list((d.region / ".poold").iterdir())):
            d.drop("plan.json", plan_number(2))
        tap.ok(d.wait(lambda: d.published("plan~*.verdict.json"), 10), f"{point}: the file has its verdict after the restart")
        d.wait_published(2)
        rows = [r for r in d.list() if r["name"] == "plan.json"]
        tap.ok(len(rows) == 1 and rows[0]["revision"] == 1, f"{point}: exactly one", rows)
        tap.ok(len(d.published("plan~*.verdict.json")) == 1, f"{point}: published under one name")
        tap.ok([p.read_text() for p in d.published("plan~*.json") if "verdict" not in p.name] == [plan_number(2)],
               f"{point}: with the bytes that were dropped")
        tap.ok(d.wait(lambda: list((d.region / ".poold").iterdir()) == [], 5), f"{point}: nothing is left of the claim",
               list((d.region / ".poold").iterdir()))
        tap.ok(len({r["seq"] for r in d.list()}) == len(d.list()) == 2, f"{point}: no number was used twice")
        d.wait(lambda: len({r for r in d.listener.of("VERDICT") if b"plan.json" in r}) > 0, 5)
        ids = {r["id"].encode() for r in rows}
        told = [r for r in d.listener.of("VERDICT") if b"plan.json" in r]
        tap.ok(told and all(any(i in r for i in ids) for r in told), f"{point}: syslog heard of that one verdict only", told)
        numbers = sorted(set(sequence_numbers(d.listener.records)))
        tap.ok(numbers == list(range(1, len(numbers) + 1)), f"{point}: and its records have no gap", numbers)
    finally:
        d.end()

# without -d nothing of this can be asked for
d = Daemon(tap)
try:
    import subprocess
    env = dict(os.environ, POOLD_FAULT="claimed")
    d.process = subprocess.Popen([f"{os.path.abspath(os.environ.get('B', 'build'))}/poold", "-f", str(d.conf)],
                                 stderr=open(d.top / "log", "a"), env=env)
    d.wait(lambda: d.status().get("rulebook", {}).get("in_use"), 30)
    d.drop("plan.json", plan_number())
    tap.ok(d.wait_published(1) and d.process.poll() is None, "POOLD_FAULT does nothing without -d")
finally:
    d.end()
tap.done()
