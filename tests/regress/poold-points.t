#!/usr/bin/env python3
"""Kill -9 at every fault point, twice: after the restart every file has its one verdict, its files and its records."""
import concurrent.futures
import os
import pathlib
import signal
import subprocess
import sys

sys.path.insert(0, "tests/regress")
from accounted import Accounted  # noqa: E402
from daemon import BUILD, CONDITIONS, plan, plan_number  # noqa: E402
from judged import Tap  # noqa: E402

BROKEN = CONDITIONS.replace("at_most {", 'error("a mistake") at_most {')
OUTCOMES = {"good": ("compliant",), "much": ("non-compliant",), "not": ("unreadable",)}
# Besides the first time: in the middle of a batch, at a reload under load, with a long outbox.
LATER = ("claim-noted:3 claim-moved:3 copied:4 recorded:4 forgetting:3 publish-aside:5 publish-file:4 publish-file:8 publish-one:2 "
         "publish-one:4 after-commit:3 before-commit:3 telling:3 told:3 told-marked:2 reloading:2 swapping:2 swapped:2").split()


def asked():
    """The points that there are."""
    done = subprocess.run([f"{BUILD}/poold", "-d", "-f", "/dev/null"], env=dict(os.environ, POOLD_FAULT="?"), capture_output=True, text=True)
    return done.stderr.strip().rpartition(": ")[2].split()


def drop_some(d, when):
    for region in ("leeds", "york"):
        d.drop(f"good-{when}.json", plan_number(1, attack=f"{region}{when}"), "good", region)
        d.drop(f"much-{when}.json", plan_number(1000, attack=f"{region}{when}"), "much", region)
        d.drop("same.json" if when == 1 else "same again.json", plan_number(2), "good", region)
    d.drop(f"not-{when}", "no budget", "not")
    d.drop(f"large-{when}.json", plan("1.00", attack=str(when) * 1_100_000))
    d.drop(f"larger-{when}.json", b"x" * (2_100_000 + when))


def misplace(d):
    """A file among the claims under a number that was never given, as after a copy was restored."""
    claims = d.region / ".poold"
    claims.mkdir(mode=0o700, exist_ok=True)
    d.drop("misplaced.json", plan_number(3), "good")
    os.symlink("misplaced.json", claims / "77777.name")
    os.rename(d.inbox / "misplaced.json", claims / "77777")


def dies(d, seconds):
    return d.wait(lambda: d.process.poll() is not None, seconds) and d.process.poll()


def start_again(d):
    """As the service manager does it: a child of the one that was killed may hold its locks until it is another program or ends."""
    for _ in range(20):
        d.start(ready=False)
        d.wait(lambda: d.process.poll() is not None or d.status().get("rulebook", {}).get("in_use"), 30)
        if d.process.poll() is None or "nother poold" not in (d.top / "log").read_text(errors="replace").splitlines()[-1]:
            return


def life(point):
    d = Accounted(Quiet(), ("leeds", "york"), max_size="2MB")
    try:
        if not point.startswith("ledger-"):  # those are of a new ledger
            d.write_policies(BROKEN)
            d.start()
            d.drop("early.json", plan_number(4))
            d.wait_rest()
            d.stop()
            d.write_policies(CONDITIONS)
        drop_some(d, 1)
        misplace(d)  # a new ledger takes it for one of an earlier ledger, whose numbers it does not give again
        d.start(fault=point, ready=False)
        d.wait(lambda: d.process.poll() is not None or d.status().get("rulebook", {}).get("in_use"), 20)
        if ":" in point and d.process.poll() is None:
            d.write_policies(CONDITIONS + "-- others\n")
            d.process.send_signal(signal.SIGHUP)
        if dies(d, 15) != -signal.SIGKILL:
            return [f"poold did not die at {point}."], {}
        d.start(fault=point, ready=False)  # and perhaps once more, on the way back
        dies(d, 0.3)
        d.process.kill()
        d.process.wait()
        drop_some(d, 2)
        start_again(d)
        if not d.wait_rest():
            return ["It does not come to rest: " + str(d.status())] + d.account(OUTCOMES)[0], {}
        if d.stop() != 0:
            return ["It does not end well."], {}
        return d.account(OUTCOMES)
    finally:
        logs[point] = (d.top / "log").read_text(errors="replace")
        d.end()


class Quiet:
    failed = 0


logs = {}
tap = Tap()
points = asked()
tap.ok(len(points) > 20, "poold knows its fault points", points)
with concurrent.futures.ThreadPoolExecutor(4) as pool:
    for point, (problems, summary) in zip(points + LATER, pool.map(life, points + LATER)):
        tap.ok(not problems, f"{point}: every file is accounted for", *problems, summary, logs[point] if problems else "")
source = "".join(p.read_text() for p in pathlib.Path("daemon").glob("*.c") if p.name != "fault.c")
unused = [p for p in points if f"fault_at(FAULT_{p.upper().replace('-', '_')})" not in source]
tap.ok(not unused, "each stands somewhere on the way", unused)

d = Accounted(tap)
try:
    d.process = subprocess.Popen([f"{BUILD}/poold", "-f", str(d.conf)], stderr=open(d.top / "log", "a"), env=dict(os.environ, POOLD_FAULT="claimed"))
    d.drop("plan.json", plan_number())
    tap.ok(d.wait_rest() and d.process.poll() is None, "POOLD_FAULT does nothing without -d")
finally:
    d.end()
tap.done()
