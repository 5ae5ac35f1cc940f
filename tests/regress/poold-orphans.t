#!/usr/bin/env python3
"""Nothing outlives what it was started for: a process whose parent is killed before it could ask the kernel to be killed with it ends
by itself, also where it would otherwise have been at work for long."""
import pathlib
import signal
import sys

sys.path[:0] = ["tests/regress", "tests/system"]
from daemon import CONDITIONS, Daemon, plan_number  # noqa: E402
from faulty import Page, why_not  # noqa: E402
from judged import Tap  # noqa: E402
from processes import send, title, titled  # noqa: E402

if why_not():
    print("1..0 # SKIP", why_not())
    sys.exit(0)

# A search that goes on for hours inside one call, where no instruction is counted.
ENDLESS = '(("a"):rep(30000)):find(".-.-.-.-b")'
AT_WORK = CONDITIONS + f"""
condition {{ id = "TINY-02", title = "Endless", severity = "error", forms = {{ "tiny-return" }}, source = "test", remedy = "None.",
  check = function(budget) if budget:optional "attack" == "endless" then return {ENDLESS} end end }}
"""
tap = Tap()


def lives(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


def ends(d, page, pid, what):
    page.disarm()
    tap.ok(d.wait(lambda: not lives(pid), 5), f"{what}: it ends", pid, title(pid))
    send([pid] if lives(pid) else [], signal.SIGKILL)


def evaluator():
    """Its first prctl() is its title, the next the request to be killed with its parent: the file is in its socket by then."""
    d = Daemon(tap, wall="20s", cpu="20s")
    try:
        d.write_policies(AT_WORK)
        page = Page(d.top / "page")
        d.environment = page.environment()
        page.arm("evaluator", "prctl", 1, "STALL")
        d.start()
        d.drop("endless.json", plan_number(1, attack="endless"))
        tap.ok(d.wait(lambda: page.fired and d.status().get("judging"), 10), "an evaluator that has a file, and has not begun", d.status())
        parents = titled(d.process.pid, "rulebook")
        send(parents, signal.SIGKILL)
        d.wait(lambda: not any(map(lives, parents)), 10)
        ends(d, page, page.pid, "its rulebook process is killed")
    finally:
        page.disarm()
        send([d.process.pid], signal.SIGKILL)  # it would wait for the next try of the file
        d.end()


def child(n):
    """Between fork() and exec() a child of the keeper has its role: the nth prctl() of them all.  False: there is none."""
    d = Daemon(tap)
    try:
        d.write_policies(CONDITIONS + f"local found = {ENDLESS}\n")
        page = Page(d.top / "page")
        d.environment = page.environment()
        page.arm("keeper", "prctl", n, "STALL")
        d.start(ready=False)
        if not d.wait(lambda: page.fired, 3):
            return False
        if page.pid != d.process.pid:
            d.wait(lambda: False, 0.5)  # until its first message lies in its socket
            d.process.kill()
            d.process.wait()
            ends(d, page, page.pid, f"the keeper is killed before its child has begun, prctl no. {n}")
        return True
    finally:
        page.disarm()
        d.end()


evaluator()
n = 1
while child(n):
    n += 1
tap.ok(n > 2, "both children of the keeper were tried", n)
tap.done()
