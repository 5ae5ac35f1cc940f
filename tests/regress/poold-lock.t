#!/usr/bin/env python3
"""The locks of a keeper that was killed a moment ago are waited for, since its child may hold them until it is another program; those of
one that lives are not."""
import fcntl
import os
import sys
import threading
import time

sys.path.insert(0, "tests/regress")
from daemon import Daemon, plan_number  # noqa: E402
from judged import Tap  # noqa: E402

tap = Tap()
for what in ("state/lock", "root"):
    d = Daemon(tap)
    try:
        d.start()
        d.stop()
        held = open(d.top / what, "a") if what == "state/lock" else None
        fd = held.fileno() if held else os.open(d.top / what, 0)
        fcntl.flock(fd, fcntl.LOCK_EX)
        threading.Timer(0.4, fcntl.flock, (fd, fcntl.LOCK_UN)).start()
        d.start()
        d.drop("after.json", plan_number(1))
        tap.ok(d.wait_published(1, 20), f"{what}: held for a moment more, it is waited for")
        d.stop()
        fcntl.flock(fd, fcntl.LOCK_EX)
        began = time.monotonic()
        d.start(ready=False)
        tap.ok(d.process.wait(20) == 1 and 0.9 < time.monotonic() - began, f"{what}: held for longer, the start fails", time.monotonic() - began)
        last = (d.top / "log").read_text().splitlines()[-1]
        tap.ok("nother poold" in last, f"{what}: and says that another poold is there", last)
    finally:
        d.end()
tap.done()
