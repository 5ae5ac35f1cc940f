#!/usr/bin/env python3
"""A region that poold may not use: status says so, with a command that mends it when it is pasted."""
import os
import shutil
import subprocess
import sys

sys.path.insert(0, "tests/regress")
from daemon import BUILD, Daemon, plan_number  # noqa: E402
from judged import Tap  # noqa: E402

NOBODY = 65534
tap = Tap()
d = Daemon(tap, region="it's leeds")
try:
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        tap.ok(True, "a region without permission # SKIP needs root and setpriv")
    else:
        # poold as somebody who owns all but the region.
        shutil.copy(BUILD + "/poold", d.top / "poold")
        subprocess.run(["chown", "-R", "%d:%d" % (NOBODY, NOBODY), d.top], check=True)
        for folder in (d.region, d.inbox):
            os.chown(folder, 0, 0)
            folder.chmod(0o755)
        d.top.chmod(0o755)
        d.log = open(d.top / "log", "a")
        (d.top / "syslog").chmod(0o666)
        d.process = subprocess.Popen(["setpriv", "--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups",
                                      d.top / "poold", "-d", "-f", str(d.conf)], stderr=d.log)
        d.wait(lambda: d.status().get("rulebook", {}).get("in_use"), 30)
        d.wait(lambda: (d.status().get("regions") or [{}])[0].get("trouble"), 10)
        trouble = d.status()["regions"][0]["trouble"]
        tap.ok("Permission denied" in trouble and "To mend it: " in trouble, "status says what is wrong and what mends it", trouble)
        shown = d.poolctl("status")
        tap.ok(shown.returncode == 1 and b"chmod 2770 . inbox" in shown.stdout, "poolctl status shows the command", shown.stdout)
        mended = subprocess.run(["sh", "-c", trouble.split("To mend it: ", 1)[1]], capture_output=True)
        tap.ok(mended.returncode == 0, "the command can be pasted as it stands", mended.stderr)
        tap.ok(d.wait(lambda: not d.status()["regions"][0]["trouble"], 10), "after it nothing is wrong any more", d.status()["regions"])
        (d.region / ".plan").write_text(plan_number())
        (d.region / ".plan").chmod(0o644)
        os.rename(d.region / ".plan", d.inbox / "plan.json")
        tap.ok(d.wait_published(1), "and a file is judged")
finally:
    d.end()
tap.done()
