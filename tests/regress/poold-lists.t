#!/usr/bin/env python3
"""The list of a folder breaks off in the middle, at each place once: that is not taken for its end, and what was not listed has its turn."""
import collections
import os
import signal
import subprocess
import sys
import time

sys.path[:0] = ["tests/regress", "tests/system"]
from daemon import BUILD, Daemon, plan, plan_number  # noqa: E402
from faulty import Page, why_not  # noqa: E402
from judged import Tap  # noqa: E402

REGIONS = ("leeds", "york")
tap = Tap()


def begin(**config):
    d = Daemon(tap, **config)
    for region in REGIONS:
        (d.root / region / "inbox").mkdir(parents=True, exist_ok=True)
    page = Page(d.top / "page")
    d.environment = page.environment()
    return d, page


def log(d):
    return (d.top / "log").read_text(errors="replace") if (d.top / "log").exists() else ""


def stage(d, n):
    """While poold is away: a claim of an earlier life and a file for each region, and a note that is no longer true."""
    for i, region in enumerate(REGIONS):
        folder = d.root / region
        (folder / ".poold").mkdir(mode=0o700, exist_ok=True)
        for more in range(2):
            (folder / ".poold" / str(1_000_000_000 - 100 * n + 10 * i + more)).write_text(plan_number(n))
        (folder / "inbox" / f"plan{n}.json").write_text(plan_number(n, attack=region))
        (folder / f"old{n}~1.received.txt").write_text("poold has taken in old.json.\n")


def well(d):
    s = d.status()
    return s and s.get("root_trouble") is None and not any(r["trouble"] for r in s["regions"])


def at_the_start():
    """Nobody has to start it again, and the next scan is an hour away."""
    d, page = begin(rescan="1h")
    late, unwell, stale, n, at, tried = [], [], [], 0, 1, collections.Counter()
    try:
        d.start()  # a ledger that is not new
        d.stop()
        while True:
            n += 1
            stage(d, n)
            before = len(log(d))
            page.arm("keeper", "readdir", at, "EIO")
            d.start(ready=False)
            d.wait(lambda: d.process.poll() is not None or d.status(), 20)
            if d.process.poll() is not None:  # it may refuse to begin
                page.disarm()
                tap.ok("could not be read" in log(d)[before:] or "broke off" in log(d)[before:], f"no. {at}: it says why it does not begin", log(d)[before:])
                d.start(ready=False)
            want = 3 * len(REGIONS) * n
            if not d.wait(lambda: d.status().get("arrivals") == want and d.status()["unpublished"] == 0, 8):
                late.append((at, page.where(), d.status().get("arrivals"), want))
            fired = page.fired
            page.disarm()
            if not d.wait(lambda: well(d), 3):
                unwell.append((at, page.where(), d.status()))
            if not d.wait(lambda: not list(d.root.glob("*/*.received.txt")), 3):
                stale.append((at, page.where()))
            place = page.where().split()[0]
            tried[place] += fired
            d.stop()
            if late or not fired:
                break
            at += 1 if tried[place] < 3 else 3  # each entry of a folder is a call
        print("# " + ", ".join(f"{place}: {times}" for place, times in tried.items()))
        tap.ok(n > 12 and not late, f"at the start, {n - 1} lists: every claim and every file is judged", late)
        tap.ok(not unwell, "and no trouble is left", *unwell[:3])
        tap.ok(not stale, "nor a note of an earlier life", stale)
    finally:
        page.disarm()
        d.end()


def at_work():
    """What was left where it is stays known, and is told once."""
    d, page = begin(rescan="300ms")
    missing, unwell, at, tried = [], [], 0, collections.Counter()
    try:
        for region in REGIONS:
            for i in range(3):
                os.symlink("nowhere", d.root / region / "inbox" / f"link{i}.json")
        d.start()
        left = lambda: [r["left"] for r in d.status()["regions"]]  # noqa: E731
        tap.ok(d.wait(lambda: left() == [3, 3] and len(d.listener.of("SKIPPED")) == 6), "links are left where they are, and told", left())
        while at < 12:
            at += 1
            page.arm("keeper", "readdir", at, "EIO")
            d.wait(lambda: page.fired)
            tried[page.where().split()[0]] += 1
            if left() != [3, 3]:
                missing.append((at, page.where(), left()))
            page.disarm()
            if not d.wait(lambda: not d.status()["root_trouble"] and not any(r["trouble"] for r in d.status()["regions"]), 5):
                unwell.append((at, page.where(), d.status()))
        print("# " + ", ".join(f"{place}: {times}" for place, times in tried.items()))
        tap.ok(not missing, "while a list breaks off, what was left counts as ever", *missing)
        tap.ok(len(d.listener.of("SKIPPED")) == 6, "and is not told again", len(d.listener.of("SKIPPED")))
        ends = [r for r in d.listener.of("REGION") if b"whole again" in r]
        tap.ok(any(b"broke off" in r for r in d.listener.of("REGION")) and ends, "that a list broke off is told, and that it no longer does", ends)
        tap.ok(not unwell, "status says nothing more of it then", *unwell[:2])
    finally:
        page.disarm()
        d.end()


def policies():
    """What is not listed is not watched; then the tree is looked at every so often."""
    d, page = begin(rescan="500ms")
    at, tried, unseen = 1, 0, []
    try:
        while tried < 4 and at < 80:
            page.arm("keeper", "readdir", at, "EIO")
            d.start()
            fired, place = page.fired, page.where()
            page.disarm()
            if fired and "watch_folder" in place:
                tried += 1
                before = d.status()["rulebook"]["digest"]
                with open(d.policies / "tiny" / "forms" / "tiny.lua", "a") as f:
                    f.write(f"-- {at}\n")
                if not d.wait(lambda: d.status()["rulebook"]["digest"] != before, 6):
                    unseen.append((at, place))
            d.stop()
            at += 1 if "watch_folder" in place else 3
        tap.ok(tried == 4 and not unseen, "policies: a change in a folder that was not listed is taken into use", tried, *unseen)
    finally:
        page.disarm()
        d.end()


def contents():
    """What a crash left among the content files goes in a later round."""
    d, page = begin(rescan="1h")
    orphans = [d.top / "state" / "content" / f"{part:02x}" / (f"{part:02x}" * 32) for part in (0x10, 0x11, 0x80)]

    def a_round(keep, breaks):
        """Another `keep` begins one, a second later."""
        for path in orphans:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        said = len(log(d))
        d.config["keep"] = keep
        d.write_config()
        d.process.send_signal(signal.SIGHUP)
        time.sleep(0.4)  # the policies are read again, too
        if breaks:
            page.arm("keeper", "readdir", 1, "EIO")
            d.wait(lambda: page.fired, 20)
            page.disarm()
        return said

    try:
        d.start()
        a_round("899d", False)
        d.wait(lambda: not any(p.exists() for p in orphans), 20)  # and whatever else is listed once after a start has been
        for i in range(5):
            said = a_round(f"{900 + i}d", True)
            if "sweep" in page.where():
                break
        tap.ok("sweep" in page.where() and d.wait(lambda: "could not be listed whole" in log(d)[said:]), "content files: that a list broke off is said",
               page.where(), log(d)[said:])
        tap.ok(d.wait(lambda: not orphans[2].exists(), 20) and orphans[0].exists(), "content files: the round goes on with the others",
               [p.exists() for p in orphans])
        a_round("950d", False)
        tap.ok(d.wait(lambda: not any(p.exists() for p in orphans), 20), "content files: the next round removes them", [p.exists() for p in orphans])

        d.drop("large.json", plan(note="x" * 1_100_000))
        d.wait_published(1)
        d.stop()
        at, bad = 0, []
        while True:
            at += 1
            page.arm("poolctl", "readdir", at, "EIO")
            r = subprocess.run([f"{BUILD}/poolctl", "ledger", "verify", str(d.top / "state")], capture_output=True, text=True,
                               env=dict(os.environ, **page.environment()))
            if not page.fired:
                break
            if r.returncode != 1 or "could not be read whole: Input/output error" not in r.stdout:
                bad.append((at, page.where(), r.returncode, r.stdout))
        page.disarm()
        tap.ok(at > 5 and not bad, f"verify: {at - 1} lists, and each that breaks off is a problem", *bad[:3])
        tap.ok(r.returncode == 0, "verify: with none it is well", r.stdout)
    finally:
        page.disarm()
        d.end()


if why_not():
    print("1..0 # SKIP", why_not())
    sys.exit(0)
at_the_start()
at_work()
policies()
contents()
tap.done()
