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


def tried(campaign, kind, error, stride=1):
    name, trials, problems, said, _ = campaign("keeper", [(kind, error)], stride, time.monotonic() + 60)
    tap.ok(trials > 0 and not problems, f"{name}: {trials} calls of {kind} fail with {error}, and each time it goes on within {faults.MOST} s",
           *problems)
    return said


tried(faults.campaign, "fcntl", "EIO")
tried(faults.start_campaign, "fcntl", "ENOLCK", 6)
tried(faults.start_campaign, "readdir", "EIO", 2)  # the seventeenth was a folder of the policies, read in part
said = tried(faults.start_campaign, "pread", "EIO", 2)
refused = [line for line in said if "disk" in line]
tap.ok(refused and not [line for line in said if "damaged" in line], "a read that the disk refuses once is not called damage", *said)
tap.done()
