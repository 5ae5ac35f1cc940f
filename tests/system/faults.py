#!/usr/bin/env python3
"""Every system call and every allocation on the way of a lone file fails once, in each process, with each error that it may have, for each
kind of return whose way differs there: nothing is lost, nothing doubled, the verdict is right, it is said what was wrong, and nobody has
to lend a hand.

usage: tests/system/faults.py [--roles keeper,…] [--kinds malloc,…] [--stride N] [--seconds N] [--jobs N] [--start [--every]]   (make soak-faults)

A process that starts allocates thousands of times, most of them at the same places: there each place, that is each chain of up to 22
callers, fails once; with --every each call does (three quarters of an hour).
"""
import argparse
import collections
import concurrent.futures
import ctypes
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time

sys.path[:0] = ["tests/regress", "tests/system"]
from accounted import Accounted  # noqa: E402
from daemon import CONDITIONS, claims_in, plan, plan_number  # noqa: E402
from faulty import ERRORS, Page, why_not  # noqa: E402
from judged import Tap  # noqa: E402
from workbook import Sheet, ods, workbook  # noqa: E402

OUTCOMES = {"non-compliant": ("non-compliant",), "unreadable": ("unreadable",)}
SLOW = 4.0       # seconds: what takes longer than the next look into the folder was not just tried again, and has to be spoken of
MOST = 45        # seconds: the longest back-off is 30
MISSES = 3       # so many in a row that needed no Nth call: there are no more
FAILURES = 5     # of a series: enough to look at
SLICES = 4       # the allocations of a start are many: so many keepers share them
ROUNDS = 3       # calls have not the same numbers in every run: what was missed is tried again
ADDR_NO_RANDOMIZE = 0x0040000  # personality(2): places are compared between runs
ORDINARY = re.compile(r"A return was|A condition found|A determination|poold started|poold stopped|A rulebook was taken|A region changed|"
                      r"rulebook [0-9a-f]{12}:|watches|finishing|arrival \d+, |How poold is")

FORM = """form { id = "lines", title = "Lines", area = "area", period = "year",
  fields = { { "area", "text", required = true, title = "Area" }, { "year", "year", required = true, title = "Year" },
    { "lines", "list", key = "line", row = "line", required = true, title = "Lines", fields = {
        { "line", "code", required = true, title = "Line" }, { "amount", "money", required = true, title = "Amount" } } } },
  csv = { list = "lines", needs = { "line", "amount" } } }
"""
CONDITION = """condition { id = "TINY-10", title = "No line is above a hundred", severity = "error", forms = { "lines" }, source = "test",
  remedy = "Lower the amount.", each = "lines",
  check = function(line) at_most { at = line:place "amount", given = line.amount, most = gbp "100" } end }
"""


def table(stem):
    return [("Area", "Year", "Line", "Amount")] + [("E08000035", "2015-16", f"{stem}-{i}", 1000 + i) for i in range(3)]


def sheets(stem):
    sheet = Sheet()
    for row in table(stem):
        sheet.row(*row)
    return {"Lines": sheet}


# Kind of return -> its suffix, its content, its outcome.  "file" is kept as a file beside the ledger, "large" is not kept.
RETURNS = {
    "json": (".json", lambda stem: plan_number(1000, attack=stem), "non-compliant"),
    "file": (".json", lambda stem: plan("1000.00", attack=stem * (1_100_000 // len(stem))), "non-compliant"),
    "large": (".json", lambda stem: plan("1000.00", attack=stem * (3_100_000 // len(stem))), "unreadable"),
    "csv": (".csv", lambda stem: "".join(",".join(map(str, row)) + "\n" for row in table(stem)), "non-compliant"),
    "xlsx": (".xlsx", lambda stem: workbook(sheets(stem)), "non-compliant"),
    "ods": (".ods", lambda stem: ods(sheets(stem)), "non-compliant"),
}
# Which of them have a way of their own through which process.
WAYS = {"keeper": ("json", "file", "large"), "rulebook": ("json",), "evaluator": ("json", "csv", "xlsx", "ods"), "publisher": ("json", "file", "large")}


class Lone:
    """A keeper, and one file after the other through it, each with one call that fails."""

    def __init__(self, sort="json", **config):
        self.d = Accounted(Quiet(), max_size="3MB", **config)
        self.d.write_policies(CONDITIONS + CONDITION)
        (self.d.policies / "tiny/forms/lines.lua").write_text(FORM)
        self.page = Page(self.d.top / "page")
        self.d.environment = self.page.environment()
        self.suffix, self.content, self.outcome = RETURNS[sort]
        self.problems = []
        self.said = collections.Counter()
        self.died = collections.Counter()
        self.n = 0
        self.failures = 0
        self.slow = None
        self.cut = []  # where time was up

    def log(self):
        path = self.d.top / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    def drop(self):
        self.n += 1
        stem = f"f{self.n}"
        self.d.drop(stem + self.suffix, self.content(stem), self.outcome)
        return stem

    def unpublished(self):
        try:
            with sqlite3.connect(f"file:{self.d.top}/state/ledger.db?mode=ro", uri=True, timeout=0.5) as db:
                return db.execute("SELECT count(*) FROM unpublished").fetchone()[0]
        except sqlite3.Error:
            return -1

    def done(self, stem):
        """Seen from outside only: asking poold would be calls of its own."""
        # the report for programs comes last
        return (self.published(stem) and claims_in(self.d.region) == []
                and any(b'name="%s"' % (stem + self.suffix).encode() in r for r in self.d.listener.of("VERDICT")[-20:]) and self.unpublished() == 0)

    def published(self, stem):
        """With whatever outcome: the account tells if it is the wrong one."""
        return any(self.d.region.glob(f"[a-z]*/{stem}~*.verdict.json"))

    def await_done(self, stem, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.done(stem):
                return True
            if self.d.process.poll() is not None:
                return False
            time.sleep(0.004)
        return False

    def restarted(self, what, before):
        """It ended: allowed when it says why, and comes back by itself, as systemd would have it."""
        status = self.d.process.returncode
        last = (self.unusual(before) or ["nothing"])[-1]
        self.died[f"{last} [{self.page.where().split(' < ')[:5]}]"] += 1
        if status != 1 or last == "nothing":
            self.failed(f"{what}: poold ended with {status}, last saying: {last}; {self.page.where()}")
        self.page.disarm()
        self.d.start()

    def unusual(self, before):
        """What was said since then that is not said of every file."""
        return [line for line in self.log()[before:].splitlines() if line.startswith("poold: ") and not ORDINARY.search(line)]

    def failed(self, problem):
        self.failures += 1
        self.problems.append(problem)

    def awaited(self, what, stem, before):
        """True: it is done, if need be after another start; and what was said of it, where a call failed."""
        began = time.monotonic()
        good = self.await_done(stem, MOST)
        if not good and self.d.process.poll() is not None:
            self.restarted(what, before)
            good = self.await_done(stem, MOST)
        took = time.monotonic() - began
        fired = self.page.fired
        self.page.disarm()
        lines = self.unusual(before)
        for line in lines if fired else []:
            self.said[re.sub(r"/poold-test-\w+", "/…", re.sub(r"\d+", "N", line))[:300]] += 1
        self.slow = f"{what}: it took {took:.1f} s, and nothing was said; {self.page.where()}" if fired and took > SLOW and not lines else None
        if not good:
            self.failed(f"{what}: not finished after {took:.0f} s; {self.page.where()}; said: {lines[-5:]}; status: {self.d.status()}")
            self.stop(what)
        return good

    def trial(self, role, kind, n, error):
        """False: this run needed no Nth call."""
        what = f"{role}, {kind} no. {n}, {error}"
        if self.d.process.poll() is not None:
            self.d.start()
        before = len(self.log())
        self.page.arm(role, kind, n, error)
        self.awaited(what, self.drop(), before)
        return self.page.fired > 0

    def trial_of_start(self, role, kind, n, error):
        what = f"start of {role}, {kind} no. {n}, {error}"
        before = len(self.log())
        self.page.arm(role, kind, n, error)
        self.d.start(ready=False)
        if self.awaited(what, self.drop(), before):
            self.stop(what)
        return self.page.fired > 0

    def series(self, trial, role, kind, error, first, stride, until):
        """N from the first to the last; how many calls failed."""
        n, misses, trials = first, 0, 0
        while misses < MISSES and self.failures < FAILURES and time.monotonic() < until:
            fired = trial(role, kind, n, error)
            if self.slow and trial(role, kind, n, error) and self.slow:
                self.failed(self.slow)  # twice: so it was not the machine
            trials += fired
            misses = 0 if fired else misses + 1
            n += stride
        if time.monotonic() >= until and misses < MISSES:
            self.cut.append(f"{kind}, {error} before no. {n}")
        return trials

    def traced(self, role, kind):
        """The places of the calls of a start, by number."""
        self.page.trace(role, kind)
        self.d.start(ready=False)
        self.await_done(self.drop(), MOST)
        self.page.disarm()
        self.stop("traced")
        return self.page.traced()

    def series_of_places(self, role, kind, error, part, until):
        """The first call of each place at a start; of those, one part."""
        tried, trials = set(), 0
        self.traced(role, kind)  # the first start makes a ledger
        for _ in range(ROUNDS):
            first = {}
            for n, place in enumerate(self.traced(role, kind), 1):
                if place % SLICES == part and place not in tried:
                    first.setdefault(place, n)
            for n in first.values():
                if time.monotonic() >= until:
                    self.cut.append(f"{kind}, {error} before no. {n}")
                    return trials
                if self.failures < FAILURES:
                    trials += self.trial_of_start(role, kind, n, error)
                    tried.add(self.page.place)
        return trials

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
            self.failed(f"{what}: poold did not end well: {status}; {self.page.where()}")

    def end(self):
        """Everything is accounted for; the folder goes."""
        try:
            self.page.disarm()
            if self.d.process.poll() is not None:
                self.d.start()
            if not self.d.wait_rest(40):
                self.failed(f"It does not come to rest: {self.d.status()}")
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


# first: no. of the first call; part: of the places, if it is each place and not each call
Work = collections.namedtuple("Work", "role sort faults start first stride part")


def campaign(work, until):
    """In one process one kind of call with one error after the other; at a start from the first call of a fresh process on: it starts, or
    says why not and starts the next time."""
    lone = Lone(work.sort)
    trials = 0
    try:
        if not work.start:
            lone.d.start()
            lone.d.wait(lambda: lone.d.region.joinpath(".poold").exists())
        for kind, error in work.faults:
            if work.part is not None:
                trials += lone.series_of_places(work.role, kind, error, work.part, until)
                continue
            trials += lone.series(lone.trial_of_start if work.start else lone.trial, work.role, kind, error, work.first, work.stride, until)
    finally:
        if lone.d.process is not None:
            lone.end()
    return lone, trials


def all_work(roles, kinds, stride, start, first, every):
    """first: only the likeliest error of each kind, the plainest return, and all kinds of a process with one poold, but for allocations, of
    which there are many."""
    faults = [(kind, error) for kind in kinds for error in ERRORS[kind][:1 if first else None]]
    groups = [[f for f in faults if f[0] != "malloc"], [f for f in faults if f[0] == "malloc"]] if first else [[f] for f in faults]
    for group in filter(None, groups):
        for role in roles:
            slices = SLICES if start and group[0][0] == "malloc" else 1
            for sort in WAYS[role][:1 if first or start else None]:
                for i in range(slices):
                    yield Work(role, sort, group, start, 1 + i * stride, slices * stride, i if slices > 1 and not every else None)


def title(work, trials):
    what = ", ".join(work.faults[0]) + (f" and {len(work.faults) - 1} more" if len(work.faults) > 1 else "")
    of = f"start of {work.role}" if work.start else f"{work.role} with {work.sort}"
    some = f", part {work.part + 1} of {SLICES} of the places" if work.part is not None else f", every {work.stride}th" if work.stride > 1 else ""
    return f"{of}, {what}{some}: {trials} calls failed, each once"


def run(tap, roles, kinds, stride=1, seconds=36000, jobs=6, start=False, first=False, every=False):
    """Every campaign is a test; what was said and who had to start again is printed for people."""
    began = time.monotonic()
    ctypes.CDLL(None).personality(ADDR_NO_RANDOMIZE)
    said, died, total, cut = collections.Counter(), collections.Counter(), 0, []
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        work = {pool.submit(campaign, w, began + seconds): w for w in all_work(roles, kinds, stride, start, first, every)}
        for done in concurrent.futures.as_completed(work):
            lone, trials = done.result()
            total += trials
            said.update(lone.said)
            died.update(lone.died)
            cut += [f"{work[done].role} with {work[done].sort}: {c}" for c in lone.cut]
            if trials or lone.problems:
                tap.ok(not lone.problems, title(work[done], trials), *lone.problems)
                sys.stdout.flush()
    tap.ok(total > 0, f"{total} calls failed in all, in {time.monotonic() - began:.0f} seconds")
    for what, counter in (("said", said), ("started again", died)):
        for line, n in counter.most_common():
            print(f"# {what}: {n} × {line}")
    for where in cut:
        print("# time was up:", where)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--roles", default="keeper,rulebook,evaluator,publisher")
    arguments.add_argument("--kinds", default=",".join(ERRORS))
    arguments.add_argument("--stride", type=int, default=1)
    arguments.add_argument("--seconds", type=float, default=36000)
    arguments.add_argument("--jobs", type=int, default=6)
    arguments.add_argument("--start", action="store_true")
    arguments.add_argument("--first", action="store_true")
    arguments.add_argument("--every", action="store_true")
    o = arguments.parse_args()
    tap = Tap()
    if why_not():
        print("1..0 # SKIP", why_not())
        return
    run(tap, o.roles.split(","), o.kinds.split(","), o.stride, o.seconds, o.jobs, o.start, o.first, o.every)
    tap.done()


if __name__ == "__main__":
    main()
