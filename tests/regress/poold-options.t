#!/usr/bin/env python3
"""Start-up: what is wrong is said at once and ends it."""
import os
import subprocess
import sys

sys.path.insert(0, "tests/regress")
from daemon import BUILD, CONDITIONS, Daemon, plan_number  # noqa: E402
from judged import Tap  # noqa: E402


def run(*arguments):
    return subprocess.run([f"{BUILD}/poold", *arguments], capture_output=True, text=True, timeout=60)


tap = Tap()
d = Daemon(tap)
try:
    r = run("--at", "2014-11-28T16:05:00Z", "-f", str(d.conf))
    tap.ok(r.returncode == 64 and "-d" in r.stderr, "--at is refused without -d", r)
    r = run("-d", "--at", "yesterday", "-f", str(d.conf))
    tap.ok(r.returncode == 64 and "yesterday" in r.stderr, "and needs a time", r)
    r = run("--version")
    tap.ok(r.returncode == 0 and r.stdout.startswith("poold "), "--version", r)
    r = run("--help")
    tap.ok(r.returncode == 0 and "--at" in r.stdout, "--help", r)
    r = run("-f", "/nonexistent")
    tap.ok(r.returncode == 1 and "/nonexistent" in r.stderr, "a missing configuration", r)
    bad = d.top / "bad.conf"
    bad.write_text("rot /x\nsettle soon\n")
    r = run("-n", "-f", str(bad))
    tap.ok(r.returncode == 1 and 'Did you mean "root"?' in r.stderr and ":2: settle" in r.stderr, "every mistake in it at once", r)

    bad.write_text(f"root {d.root}\ncontrol /{'c' * 107}\nsyslog /{'s' * 106}\n")
    r = run("-n", "-f", str(bad))
    tap.ok(r.returncode == 1 and ":2: control may have at most 107 characters" in r.stderr and ":3:" not in r.stderr,
           "a path that is too long for a socket", r)

    r = run("-n", "-f", str(d.conf))
    tap.ok(r.returncode == 0 and "good" in r.stdout, "-n with good policies exits 0", r)
    d.write_policies(CONDITIONS + '\ncondition { id = "TINY-03" }\ncondition { nonsense = 1 }\n')
    r = run("-n", "-f", str(d.conf))
    tap.ok(r.returncode == 1 and r.stdout.count("tiny/conditions.lua:") >= 2, "-n with bad ones says every mistake and exits 1", r)
    d.write_policies(CONDITIONS + '\nlocal f = io.open("/etc/passwd")\n')
    r = run("-n", "-f", str(d.conf))
    tap.ok(r.returncode == 1, "a policy that opens a file while it is loaded is refused", r)
    d.write_policies(CONDITIONS)

    d.start("--at", "2014-11-28T16:05:00Z")
    r = run("-d", "-f", str(d.conf))
    tap.ok(r.returncode == 1 and "another poold" in r.stderr and len(r.stderr.splitlines()) == 1,
           "a second keeper on the same root is refused with one line", r)
    (d.top / "other-root").mkdir()
    other = d.top / "other.conf"
    other.write_text(d.conf.read_text().replace(f"root {d.root}\n", f"root {d.top}/other-root\n"))
    r = run("-d", "-f", str(other))
    tap.ok(r.returncode == 1 and "Another poold (process %d)" % d.process.pid in r.stderr and len(r.stderr.splitlines()) == 1,
           "and so is one on the same ledger", r)
    d.drop("plan.json", plan_number())
    d.wait_published(1)
    v = d.verdicts()[0]
    tap.ok(v["submission"]["received"] == "2014-11-28T16:05:00Z" and v["submission"]["time_given"], "--at is the time, and the verdict says so", v)
    tap.ok(d.status()["time_given"] == "2014-11-28T16:05:00Z", "and status")
    tap.ok(oct(os.stat(d.top / "control").st_mode)[-4:] == "0660", "the control socket is for its group", oct(os.stat(d.top / "control").st_mode))
    for wrong in (["list", "--limit", "x"], ["show"], ["nonsense"], ["status", "more"]):
        r = subprocess.run([f"{BUILD}/poolctl", *wrong], capture_output=True, text=True)
        tap.ok(r.returncode == 64, f"poolctl {' '.join(wrong)} is wrong usage", r)
    d.stop()
    r = d.poolctl("status")
    tap.ok(r.returncode == 2 and b"is it running" in r.stderr, "poolctl says when nobody answers", r)
finally:
    d.end()
d = Daemon(tap, syslog="/nonexistent/socket")
try:
    d.start()
    r = d.poolctl("status")
    tap.ok(r.returncode == 1 and b"no socket at /nonexistent/socket" in r.stdout, "nobody to tell is something that needs attention", r)
finally:
    d.end()
tap.done()
