#!/usr/bin/env python3
"""A rulebook process that hangs (here: stopped by a signal) is given up after a while, and what waited for it is judged."""
import os
import signal
import sys

sys.path.insert(0, "tests/regress")
from daemon import Daemon, plan_number  # noqa: E402
from judged import Tap  # noqa: E402

tap = Tap()
d = Daemon(tap, wall="500ms")
try:
    d.start()
    rulebooks = [int(p) for p in open(f"/proc/{d.process.pid}/task/{d.process.pid}/children").read().split()]
    for pid in rulebooks:
        os.kill(pid, signal.SIGSTOP)
    for i in range(4):
        d.drop(f"plan{i}.json", plan_number(i))
    tap.ok(d.wait_published(4, 20), "files are judged although the rulebook process was stopped for good", len(d.published()))
    tap.ok([v["outcome"] for v in d.verdicts()] == ["compliant"] * 4, "and none bears the blame", [v["our_fault"] for v in d.verdicts()])
    gone = d.wait(lambda: not {str(p) for p in rulebooks} & set(open(f"/proc/{d.process.pid}/task/{d.process.pid}/children").read().split()), 14)
    tap.ok(gone, "the one that hung was killed", rulebooks)
    d.drop("after.json", plan_number(5))
    tap.ok(d.wait_published(5), "and it goes on")
finally:
    d.end()
tap.done()
