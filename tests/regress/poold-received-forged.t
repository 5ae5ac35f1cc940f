#!/usr/bin/env python3
"""Thousands of files in a region's folder that look like poold's notes of what it received: they hold nobody up."""
import sys

sys.path.insert(0, "tests/regress")
from daemon import Daemon, plan_number  # noqa: E402
from judged import Tap  # noqa: E402

tap = Tap()
d = Daemon(tap)


def forged():
    return len(list(d.region.glob("forged~*.received.txt")))


try:
    for i in range(5000):
        (d.region / f"forged~{i + 1}.received.txt").write_text("poold has taken in forged.json.\n")
    d.start()
    d.drop("plan.json", plan_number(1))
    tap.ok(d.wait_published(1), "a file among them is judged")
    tap.ok(d.wait(lambda: forged() < 5000, 20), "as many as poold could have written itself are removed")
    tap.ok(not d.wait(lambda: forged() < 4500, 4), "the others are left alone", forged())
finally:
    d.end()
tap.done()
