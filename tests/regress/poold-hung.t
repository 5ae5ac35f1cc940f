#!/usr/bin/env python3
"""A rulebook process that hangs (here: stopped by a signal) is given up after a while, and what waited for it is judged."""
import signal
import sys

sys.path.insert(0, "tests/regress")
from daemon import Daemon, plan_number  # noqa: E402
from judged import Tap  # noqa: E402
from processes import send, titled  # noqa: E402

tap = Tap()
d = Daemon(tap, wall="500ms")
try:
    d.start()
    rulebooks = titled(d.process.pid, "rulebook")
    send(rulebooks, signal.SIGSTOP)
    for i in range(4):
        d.drop(f"plan{i}.json", plan_number(i))
    tap.ok(d.wait_published(4, 60), "files are judged although the rulebook process was stopped for good", len(d.published()))
    tap.ok([v["outcome"] for v in d.verdicts()] == ["compliant"] * 4, "and none bears the blame", [v["our_fault"] for v in d.verdicts()])
    gone = d.wait(lambda: not set(rulebooks) & set(titled(d.process.pid, "rulebook")), 60)
    tap.ok(rulebooks and gone, "the one that hung was killed", rulebooks)
    d.drop("after.json", plan_number(5))
    tap.ok(d.wait_published(5), "and it goes on")
finally:
    d.end()
tap.done()
