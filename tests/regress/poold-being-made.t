#!/usr/bin/env python3
"""A region that is being made is half-made for a moment: that is not complained of, and one that stays half-made is, a second later."""
import os
import re
import shutil
import subprocess
import sys
import time
from datetime import datetime

sys.path.insert(0, "tests/regress")
from daemon import BUILD, Daemon  # noqa: E402
from judged import Tap  # noqa: E402

NOBODY = 65534
GRACE = 1.0  # seconds, after the last change
tap = Tap()


def told(d, region):
    """What syslog was told of a region: [(when, what)]."""
    records = [r.decode(errors="replace") for r in d.listener.of("REGION") if b'region="%s"' % region.encode() in r]
    return [(datetime.fromisoformat(r.split(" ", 2)[1]).timestamp(), re.search('what="(.*?)"', r).group(1)) for r in records]


def complaints(d, region):
    return [t for t in told(d, region) if "cannot use" in t[1]]


def begin(d, region):
    """As install(1) does it: a folder is root's alone at first."""
    os.mkdir(d.root / region, mode=0o700)
    os.mkdir(d.root / region / "inbox", mode=0o700)


def give(folder):
    os.chown(folder, NOBODY, NOBODY)
    folder.chmod(0o2770)


def stays(d, region, what, half):
    """What is given of it is not all; it is told when a second has passed since the last change."""
    begin(d, region)
    for folder in half:
        give(folder)
    tap.ok(d.wait(lambda: complaints(d, region)), f"{what}: in the end it is told", told(d, region))
    changed = max(os.stat(f).st_ctime for f in (d.root / region, d.root / region / "inbox"))
    after = complaints(d, region)[0][0] - changed
    tap.ok(after > GRACE - 0.01, f"{what}: not before a second has passed ({after:.3f} s)")
    trouble = [r["trouble"] for r in d.status()["regions"] if r["name"] == region]
    tap.ok(trouble and trouble[0] and "To mend it: " in trouble[0], f"{what}: status says it, too", trouble)


def is_made(d, region):
    """Half-made for some moments, and then whole; how long it took."""
    began = time.monotonic()
    begin(d, region)
    time.sleep(GRACE / 4)  # poold looks at it meanwhile
    give(d.root / region)
    time.sleep(GRACE / 4)
    give(d.root / region / "inbox")
    return time.monotonic() - began


def all_of_it(d):
    york = d.root / "york"
    stays(d, "york", "a folder that only root may enter", [])
    stays(d, "ripon", "an inbox that only root may enter", [d.root / "ripon"])
    for turn in range(5):  # on a machine that is busy with other things a making may take longer
        region = f"made{turn}"
        if is_made(d, region) < GRACE * 3 / 4:
            break
    tap.ok(d.wait(lambda: any("is watched" in what for _, what in told(d, region))), "one that is made meanwhile is watched, without another scan",
           told(d, region))
    tap.ok(not complaints(d, region), "and nothing was said of it before", told(d, region))

    # What was a region once has no such moment: somebody took a right away.
    os.chown(d.root / region / "inbox", 0, 0)
    (d.root / region / "inbox").chmod(0o700)
    changed = os.stat(d.root / region / "inbox").st_ctime
    tap.ok(d.wait(lambda: complaints(d, region)), "a region that was whole and no longer is: it is told", told(d, region))
    print(f"# {complaints(d, region)[0][0] - changed:.3f} s later")
    for folder in (york, york / "inbox"):
        give(folder)


d = Daemon(tap, rescan="1h")
try:
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        tap.ok(True, "a region that is being made # SKIP needs root and setpriv")
    else:
        shutil.copy(BUILD + "/poold", d.top / "poold")
        subprocess.run(["chown", "-R", f"{NOBODY}:{NOBODY}", d.top], check=True)
        d.top.chmod(0o755)
        (d.top / "syslog").chmod(0o666)
        d.log = open(d.top / "log", "a")
        d.process = subprocess.Popen(["setpriv", "--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups",
                                      d.top / "poold", "-d", "-f", str(d.conf)], stderr=d.log)
        d.wait(lambda: d.status().get("rulebook", {}).get("in_use"), 30)
        all_of_it(d)
finally:
    d.end()
tap.done()
