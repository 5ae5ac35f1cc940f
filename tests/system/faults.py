#!/usr/bin/env python3
"""Every system call and every allocation on the way of a lone file fails once, in each process, with each error that it may have:
nothing is lost, nothing doubled, the verdict is right, it is said what was wrong, and nobody has to lend a hand.

usage: tests/system/faults.py [--roles keeper,…] [--kinds malloc,…] [--stride N] [--seconds N] [--jobs N] [--start]   (make soak-faults)
"""
import argparse
import collections
import concurrent.futures
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time

sys.path[:0] = ["tests/regress", "tests/system"]
from accounted import Accounted  # noqa: E402
from daemon import claims_in, plan, plan_number  # noqa: E402
from faulty import ERRORS, Page, why_not  # noqa: E402
from judged import Tap  # noqa: E402

OUTCOMES = {"much": ("non-compliant",)}
SLOW = 4.0       # seconds: what takes longer than the next look into the folder was not just tried again, and has to be spoken of
MOST = 45        # seconds: the longest back-off is 30
ORDINARY = re.compile(r"A return was|A condition found|A determination|poold started|poold stopped|A rulebook was taken|A region changed|"
                      r"rulebook [0-9a-f]{12}:|watches|finishing|arrival \d+, |How poold is")


class Lone:
    """A keeper, and one file after the other through it, each with one call that fails."""

    def __init__(self, **config):
        self.d = Accounted(Quiet(), max_size="3MB", **config)
        self.page = Page(self.d.top / "page")
        self.d.environment = self.page.environment()
        self.problems = []
        self.said = collections.Counter()
        self.died = collections.Counter()
        self.n = 0

    def log(self):
        return (self.d.top / "log").read_text(errors="replace")

    def content(self, stem):
        # in turn: a small one, one that is kept as a file, one that is too large to be kept
        if self.n % 7 == 3:
            return plan("1000.00", attack=stem * (1_100_000 // len(stem)))
        return plan_number(1000, attack=stem)

    def drop(self):
        self.n += 1
        stem = f"f{self.n}"
        self.d.drop(f"{stem}.json", self.content(stem), "much")
        return stem

    def unpublished(self):
        try:
            with sqlite3.connect(f"file:{self.d.top}/state/ledger.db?mode=ro", uri=True, timeout=0.5) as db:
                return db.execute("SELECT count(*) FROM unpublished").fetchone()[0]
        except sqlite3.Error:
            return -1

    def done(self, stem):
        """Seen from outside only: asking poold would be calls of its own."""
        folder = self.d.region / "non-compliant"
        # the report for programs comes last
        return (folder.exists() and any(n.startswith(f"{stem}~") and n.endswith(".verdict.json") for n in os.listdir(folder))
                and claims_in(self.d.region) == []
                and any(b'name="%s.json"' % stem.encode() in r for r in self.d.listener.of("VERDICT")[-20:]) and self.unpublished() == 0)

    def await_done(self, stem, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.done(stem):
                return True
            if self.d.process.poll() is not None:
                return False
            time.sleep(0.002)
        return False

    def restarted(self, what):
        """It ended: allowed when it says why, and comes back by itself, as systemd would have it."""
        status = self.d.process.returncode
        lines = [line for line in self.log().splitlines() if line.startswith("poold: ")]
        last = lines[-1] if lines else "nothing"
        self.died[f"{last} [{self.page.where().split(' < ')[:5]}]"] += 1
        if status != 1:
            self.problems.append(f"{what}: poold ended with {status}, last saying: {last}; {self.page.where()}")
        self.page.disarm()
        self.d.start()

    def trial(self, role, kind, n, error):
        """False: this run needed no Nth call."""
        what = f"{role}, {kind} no. {n}, {error}"
        before = len(self.log())
        self.page.arm(role, kind, n, error)
        began = time.monotonic()
        stem = self.drop()
        good = self.await_done(stem, MOST)
        if not good and self.d.process.poll() is not None:
            self.restarted(what)
            good = self.await_done(stem, MOST)
        took = time.monotonic() - began
        fired = self.page.fired
        self.page.disarm()
        lines = [line for line in self.log()[before:].splitlines() if not ORDINARY.search(line)]
        for line in lines if fired else []:
            self.said[re.sub(r"\d+", "N", line)[:300]] += 1
        if fired and took > SLOW and not lines:
            self.problems.append(f"{what}: it took {took:.1f} s, and nothing was said; {self.page.where()}")
        if not good:
            self.problems.append(f"{what}: not finished after {took:.0f} s; {self.page.where()}; said: {lines[-5:]}; status: {self.d.status()}")
        return fired > 0 and good

    def stop(self, what):
        """SIGTERM ends it in time."""
        try:
            status = self.d.stop()
        except subprocess.TimeoutExpired:
            status = "not in time: " + subprocess.run(["gdb", "-p", str(self.d.process.pid), "-batch", "-ex", "bt 12"], capture_output=True,
                                                      text=True).stdout if shutil.which("gdb") else ""
            self.d.process.kill()
            self.d.process.wait()
        if status != 0:
            self.problems.append(f"{what}: poold did not end well: {status}; {self.page.where()}")

    def end(self):
        """Everything is accounted for; the folder goes."""
        try:
            self.page.disarm()
            if not self.d.wait_rest(40):
                self.problems.append(f"It does not come to rest: {self.d.status()}")
            self.stop("At the end")
            self.problems += self.d.account(OUTCOMES)[0]
        finally:
            if self.problems and os.environ.get("KEEP"):
                print("# kept:", self.d.top)
            else:
                self.d.end()
            if self.d.process.poll() is None:
                self.d.process.kill()


class Quiet:
    failed = 0


def campaign(role, faults, stride, until):
    """In one process one kind of call with one error after the other, N from the first to the last."""
    lone = Lone()
    trials = 0
    try:
        lone.d.start()
        lone.d.wait(lambda: lone.d.region.joinpath(".poold").exists())
        for kind, error in faults:
            n = 1
            while time.monotonic() < until and lone.trial(role, kind, n, error):
                trials += 1
                n += stride if n > 2 or stride == 1 else 1
    finally:
        lone.end()
    return role, trials, lone.problems, lone.said, lone.died


def start_campaign(role, faults, stride, until):
    """The same from the first call of a fresh process on: it starts, or says why not and starts the next time."""
    lone = Lone()
    trials = 0
    try:
        for kind, error in faults:
            trials += starts(lone, role, kind, error, stride, until)
        lone.d.start()
    finally:
        lone.end()
    return f"start of {role}", trials, lone.problems, lone.said, lone.died


def starts(lone, role, kind, error, stride, until):
    trials, n, fired = 0, 1, True
    while fired and time.monotonic() < until:
        what = f"start of {role}, {kind} no. {n}, {error}"
        before = len(lone.log()) if (lone.d.top / "log").exists() else 0
        lone.page.arm(role, kind, n, error)
        lone.d.start(ready=False)
        stem = lone.drop()
        if not lone.await_done(stem, MOST):
            if lone.d.process.poll() is None:
                lone.problems.append(f"{what}: not finished; {lone.page.where()}; said: {lone.log()[before:].splitlines()[-5:]}")
                break
            lone.restarted(what)
            if not lone.await_done(stem, MOST):
                lone.problems.append(f"{what}: not finished after another start; {lone.page.where()}")
                break
        fired = lone.page.fired > 0
        lone.page.disarm()
        for line in lone.log()[before:].splitlines() if fired else []:
            if not ORDINARY.search(line):
                lone.said[re.sub(r"\d+", "N", line)[:300]] += 1
        lone.stop(what)
        trials += fired
        n += stride
    return trials


def run(tap, roles, kinds, stride=1, seconds=36000, jobs=3, start=False, first=False):
    """Every campaign is a test; what was said and who had to start again is printed for people.  first: only the likeliest error of each
    kind, and all kinds of a process with one poold, but for allocations, of which there are many."""
    until = time.monotonic() + seconds
    said, died, total = collections.Counter(), collections.Counter(), 0
    faults = [(kind, error) for kind in kinds for error in ERRORS[kind][:1 if first else None]]
    groups = [[f for f in faults if f[0] != "malloc"], [f for f in faults if f[0] == "malloc"]] if first else [[f] for f in faults]
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        work = [(g, pool.submit(start_campaign if start else campaign, role, g, stride, until)) for role in roles for g in groups if g]
        for group, done in work:
            name, trials, problems, more, ends = done.result()
            total += trials
            said.update(more)
            died.update(ends)
            if trials or problems:
                what = ", ".join(group[0]) + (f" and {len(group) - 1} more" if len(group) > 1 else "")
                tap.ok(not problems, f"{name}, {what}: {trials} calls failed, each once", *problems)
    tap.ok(total > 0, f"{total} calls failed in all")
    for title, counter in (("said", said), ("started again", died)):
        for line, n in counter.most_common():
            print(f"# {title}: {n} × {line}")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--roles", default="keeper,rulebook,evaluator,publisher")
    arguments.add_argument("--kinds", default=",".join(ERRORS))
    arguments.add_argument("--stride", type=int, default=1)
    arguments.add_argument("--seconds", type=float, default=36000)
    arguments.add_argument("--jobs", type=int, default=3)
    arguments.add_argument("--start", action="store_true")
    arguments.add_argument("--first", action="store_true")
    o = arguments.parse_args()
    tap = Tap()
    if why_not():
        print("1..0 # SKIP", why_not())
        return
    run(tap, o.roles.split(","), o.kinds.split(","), o.stride, o.seconds, o.jobs, o.start, o.first)
    tap.done()


if __name__ == "__main__":
    main()
