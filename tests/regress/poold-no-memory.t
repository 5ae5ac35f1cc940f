#!/usr/bin/env python3
"""Memory that ends is told and lived through: a keeper that cannot go on ends with 1 and a line, never by a signal, and its next start goes
on; policies and files are not blamed for it; what waits for memory goes on when there is some."""
import signal
import sys

sys.path[:0] = ["tests/regress", "tests/system"]
from daemon import CONDITIONS  # noqa: E402
from faults import Lone  # noqa: E402
from faulty import why_not  # noqa: E402
from judged import Tap  # noqa: E402
from processes import send, titled  # noqa: E402

tap = Tap()
if why_not():
    print("1..0 # SKIP", why_not())
    sys.exit(0)


def memory_ends(n, seconds):
    """From its nth allocation on a keeper that starts is given no memory; after some seconds there is some again."""
    before = len(lone.log())
    lone.page.arm("keeper", "malloc", n, "ENOMEM", from_there_on=True)
    lone.d.start(ready=False)
    stem = lone.drop()
    lone.await_done(stem, seconds)
    status, said = lone.d.process.poll(), lone.unusual(before)
    lone.page.disarm()
    if status is not None:
        tap.ok(status == 1 and any("memory" in line for line in said), f"no memory from allocation {n} of a start on: it ends with 1, and says why",
               status, lone.page.where(), *said[-5:])
        lone.d.start()
    else:
        tap.ok(lone.await_done(stem, 40), f"no memory from allocation {n} of a start on: it waits for some, and goes on", lone.page.where(), *said[-5:])
    lone.await_done(stem, 40)
    lone.d.stop()


def short_once(sort, role, kind, error, numbers, start=False):
    """One call after the other fails."""
    lone = Lone(sort)
    try:
        if not start:
            lone.d.start()
        for n in numbers:
            (lone.trial_of_start if start else lone.trial)(role, kind, n, error)
    finally:
        lone.end()
    tap.ok(not lone.problems, f"{sort}, {role}: each of {len(list(numbers))} calls of {kind} fails once with {error}"
           + (" at the start" if start else ""), *lone.problems)


def change_is_taken():
    """A changed rulebook cannot be loaded the first time."""
    lone = Lone()
    try:
        lone.d.start()
        before = lone.d.status()["rulebook"]["digest"]
        lone.page.arm("rulebook", "memfd", 1, "ENOMEM")  # where its sandbox is made
        lone.d.write_policies(CONDITIONS)
        taken = lone.d.wait(lambda: lone.d.status().get("rulebook", {}).get("digest") not in ("", None, before), 40)
        fired, log = lone.page.fired, lone.unusual(0)
        lone.page.arm("rulebook", "memfd", 1, "ENOMEM", from_there_on=True)
        lone.d.write_policies(CONDITIONS + "\n")
        said = lone.d.wait(lambda: "could not be loaded at" in str(lone.d.status().get("rulebook", {}).get("trouble")), 20)
        shown = lone.d.status().get("rulebook")
        lone.page.disarm()
        mended = lone.d.wait(lambda: not lone.d.status().get("rulebook", {}).get("trouble"), 40)
    finally:
        lone.end()
    tap.ok(taken and fired and any("Cannot allocate memory" in line for line in log) and any("is tried again; the last good one goes on" in line for line in log),
           "a change of the policies that there was no memory to load is tried again, and taken", taken, fired, *log)
    tap.ok(said and mended, "until then status does not call it refused", said, shown, mended)


def change_is_taken_after_a_loss():
    """There is no rulebook in use when it cannot be loaded, and the one that was is back before it is tried again."""
    lone = Lone()
    try:
        lone.d.start()
        before = lone.d.status()["rulebook"]["digest"]
        lone.page.arm("rulebook", "memfd", 1, "ENOMEM")
        send(titled(lone.d.process.pid, "rulebook"), signal.SIGKILL)
        lone.d.write_policies(CONDITIONS)
        lone.d.poolctl("reload")
        taken = lone.d.wait(lambda: lone.d.status().get("rulebook", {}).get("digest") not in ("", None, before), 20)
        fired, log = lone.page.fired, lone.unusual(0)
    finally:
        lone.end()
    tap.ok(taken and fired and any("Cannot allocate memory" in line for line in log), "also where the rulebook before it was lost just then", taken, fired, *log)


change_is_taken()
change_is_taken_after_a_loss()
for sort in ("xlsx", "ods"):
    short_once(sort, "evaluator", "malloc", "ENOMEM", range(1, 40))
short_once("json", "rulebook", "write", "EIO", (1, 2), start=True)
short_once("json", "rulebook", "malloc", "ENOMEM", (*range(1, 30), *range(30, 400, 37)), start=True)
lone = Lone()
try:
    for n in (1, 27, 60, 150, 400, 700, 1000, 1300):
        memory_ends(n, 2)
finally:
    lone.end()
tap.ok(not lone.problems, "and nothing is lost or doubled", *lone.problems)
tap.done()
