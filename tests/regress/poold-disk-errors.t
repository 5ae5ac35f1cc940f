#!/usr/bin/env python3
"""The system refuses the ledger a lock, or the disk a read, once: what was begun is done within seconds, and what is said is true."""
import sys
import time

sys.path[:0] = ["tests/regress", "tests/system"]
import faults  # noqa: E402
from faulty import why_not  # noqa: E402
from judged import Tap  # noqa: E402

if why_not():
    print("1..0 # SKIP", why_not())
    sys.exit(0)
tap = Tap()
faults.MOST = 8  # seconds; SQLite alone waits ten for a lock that it could not give back


def tried(kind, error, stride=1, start=True):
    work = faults.Work("keeper", "json", [(kind, error)], start, 1, stride, None)
    lone, trials = faults.campaign(work, time.monotonic() + 60)
    tap.ok(trials > 0 and not lone.problems, f"{faults.title(work, trials)}, and each time it goes on within {faults.MOST} s", *lone.problems)
    return lone.said


tried("fcntl", "EIO", start=False)
tried("fcntl", "ENOLCK", 6)
tried("readdir", "EIO", 2)  # the seventeenth was a folder of the policies, read in part
said = tried("pread", "EIO", 2)
refused = [line for line in said if "disk" in line]
tap.ok(refused and not [line for line in said if "damaged" in line], "a read that the disk refuses once is not called damage", *said)
tap.done()
