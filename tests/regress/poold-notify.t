#!/usr/bin/env python3
"""What a service manager is told: ready when it is, reloading, status, and a watchdog that starves when poold hangs."""
import os
import signal
import socket
import sqlite3
import sys
import threading
import time

sys.path[:0] = ["tests/regress", "tests/system"]
from daemon import CONDITIONS, Daemon, plan_number  # noqa: E402
from faulty import Page, why_not  # noqa: E402
from judged import Tap  # noqa: E402
from processes import evaluators, send, titled  # noqa: E402


class Manager(threading.Thread):
    def __init__(self, path):
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(path)
        self.lines = []
        self.start()

    def run(self):
        while True:
            self.lines += [(time.monotonic(), line) for line in self.socket.recv(65536).decode().split("\n")]

    def told(self, beginning):
        return [line for _, line in list(self.lines) if line.startswith(beginning)]


def starves_and_is_fed_again(d, page, kind, what):
    """One call of this kind does not come back, then does."""
    page.arm("keeper", kind, 1, "STALL")
    d.drop(f"{kind}.json", plan_number(2, attack=kind))
    tap.ok(d.wait(lambda: page.fired, 10), f"{what}: a {kind}() that does not return")
    time.sleep(0.5)  # what it had sent already
    n = len(manager.told("WATCHDOG=1"))
    tap.ok(not d.wait(lambda: len(manager.told("WATCHDOG=1")) > n, 1.5), f"{what}: the watchdog is not fed")
    page.disarm()
    tap.ok(d.wait(lambda: len(manager.told("WATCHDOG=1")) > n), f"{what}: it is fed again when it answers")


def starves(d, words):
    """The loop turns, and yet the watchdog is not fed; it is said why, wherever somebody may look."""
    tap.ok(d.wait(lambda: any(f"does not get on: {words}" in s for s in manager.told("STATUS="))), f"{words}: the service manager is told so",
           manager.told("STATUS=")[-3:])
    n = len(manager.told("WATCHDOG=1"))
    status = d.status()
    tap.ok(words in (status.get("stuck") or "") and not status["well"], f"{words}: status says so", status.get("stuck"))
    shown = d.poolctl("status")
    tap.ok(shown.returncode == 1 and f"! poold does not get on: {words}".encode() in shown.stdout, f"{words}: in words", shown.stdout)
    tap.ok(not d.wait(lambda: len(manager.told("WATCHDOG=1")) > n, 1), f"{words}: the watchdog is not fed")
    log = (d.top / "log").read_text()
    tap.ok(log.count(f"poold does not get on: {words};") == 1, f"{words}: the log says it, once", log.count("does not get on"))


def is_fed_again(d, words):
    n = len(manager.told("WATCHDOG=1"))
    tap.ok(d.wait(lambda: len(manager.told("WATCHDOG=1")) > n, 30), f"{words}: it is fed again when that has passed")
    tap.ok("poold gets on again" in (d.top / "log").read_text() and d.status()["stuck"] is None and
           "does not get on" not in manager.told("STATUS=")[-1], f"{words}: and nothing is said of it any more", manager.told("STATUS=")[-1])


def ledger_that_does_not_answer(d):
    """Somebody takes a table away from under poold, and puts it back."""
    def rename(a, b):
        with sqlite3.connect(d.top / "state" / "ledger.db", timeout=20) as db:
            db.executescript(f"PRAGMA legacy_alter_table = ON; ALTER TABLE {a} RENAME TO {b};")

    words = "the ledger does not answer"
    rename("arrival", "away")
    starves(d, words)
    rename("away", "arrival")
    is_fed_again(d, words)
    n = len(d.published())
    d.drop("answers.json", plan_number(3))
    tap.ok(d.wait_published(n + 1), f"{words}: afterwards files are judged as ever", len(d.published()))


def judging_that_does_not_get_on(d, page):
    """Rulebook process and evaluator are stopped with a return in hand, and the time that two evaluators may take is over at once."""
    words = "judging does not get on"
    n = len(d.published())
    stopped = titled(d.process.pid, "rulebook") + evaluators(d.process.pid)
    send(stopped, signal.SIGSTOP)
    d.drop("stopped.json", plan_number(4))
    tap.ok(d.wait(lambda: d.status().get("judging") == 1), f"{words}: a return is in hand", d.status().get("judging"))
    time.sleep(0.3)  # it is looked at, as one that was begun
    page.time_passes(60)
    starves(d, words)
    is_fed_again(d, words)  # its rulebook process was given up
    tap.ok(d.wait_published(n + 1, 30), f"{words}: and the return is judged", len(d.published()), d.status())
    outcomes = [v["outcome"] for v in d.verdicts() if v["submission"]["name"] == "stopped.json"]
    tap.ok(outcomes == ["compliant"], f"{words}: as if nothing had been", outcomes)


tap = Tap()
d = Daemon(tap)
page = None if why_not() else Page(d.top / "page")
d.environment = page.environment() if page else {}
manager = Manager(str(d.top / "notify"))
os.environ.update(NOTIFY_SOCKET=str(d.top / "notify"), WATCHDOG_USEC="600000")
try:
    d.write_policies(CONDITIONS + "\nnonsense(\n")
    d.start(ready=False)
    tap.ok(d.wait(lambda: manager.told("READY=1")), "it is ready when the first rulebook was refused", manager.lines)
    order = [line.split("=")[0] + "=" + line.split("=")[1][:20] for _, line in manager.lines]
    tap.ok(order.index("STATUS=opening the ledger") < order.index("STATUS=loading the policies") < order.index("READY=1")
           and manager.told("EXTEND_TIMEOUT_USEC="), "after opening the ledger and loading, with time for both", order)
    tap.ok(d.wait(lambda: any("it was refused, and what arrives waits" in s for s in manager.told("STATUS="))), "and says so", manager.lines)

    manager.lines.clear()
    d.write_policies(CONDITIONS)
    d.process.send_signal(signal.SIGHUP)
    tap.ok(d.wait(lambda: manager.told("READY=1"), 30), "a reload ends with ready", manager.lines)
    lines = [line for _, line in manager.lines]
    reloading = lines.index("RELOADING=1")
    tap.ok(lines[reloading + 1].startswith("MONOTONIC_USEC=") and reloading < lines.index("READY=1"), "and begins with reloading, and when", lines)
    usec = int(lines[reloading + 1].split("=")[1])
    tap.ok(abs(usec / 1e6 - time.monotonic()) < 60, "by the monotonic clock", usec)
    digest = d.status()["rulebook"]["digest"]
    tap.ok(d.wait(lambda: any(f"0 judged, 0 waiting, rulebook {digest[:12]} since 20" in s for s in manager.told("STATUS="))),
           "the status names the rulebook", manager.told("STATUS="))
    d.drop("one.json", plan_number(1))
    tap.ok(d.wait(lambda: any("1 judged, 0 waiting" in s for s in manager.told("STATUS="))), "and counts", manager.told("STATUS="))

    n = len(manager.told("WATCHDOG=1"))
    tap.ok(d.wait(lambda: len(manager.told("WATCHDOG=1")) > n + 4), "the watchdog is fed", manager.lines)
    d.process.send_signal(signal.SIGSTOP)
    time.sleep(0.5)  # what it had sent already
    n = len(manager.told("WATCHDOG=1"))
    tap.ok(not d.wait(lambda: len(manager.told("WATCHDOG=1")) > n, 1.5), "but not when the loop stands still")
    d.process.send_signal(signal.SIGCONT)
    tap.ok(d.wait(lambda: len(manager.told("WATCHDOG=1")) > n), "and again when it goes on")

    if page:
        starves_and_is_fed_again(d, page, "fdatasync", "a ledger whose disk hangs")
        starves_and_is_fed_again(d, page, "pwrite", "a ledger whose log hangs")
        tap.ok(d.wait_published(3), "and what waited for it is published", len(d.published()))
    ledger_that_does_not_answer(d)
    if page:
        judging_that_does_not_get_on(d, page)
        manager.lines.clear()
        page.arm("rulebook", "memfd", 1, "ENOMEM")
        d.write_policies(CONDITIONS + "\n-- changed\n")
        d.process.send_signal(signal.SIGHUP)
        tap.ok(d.wait(lambda: any("a newer one could not be loaded, and is tried again" in s for s in manager.told("STATUS="))),
               "what could not be loaded is not called refused", manager.told("STATUS="))
        tap.ok(d.wait(lambda: digest[:12] not in (manager.told("STATUS=") or [digest])[-1], 20), "and is taken in the end", manager.told("STATUS="))

    d.stop()
    tap.ok("STOPPING=1" in [line for _, line in manager.lines], "the end is told")
finally:
    d.end()
tap.done()
