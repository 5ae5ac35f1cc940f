#!/usr/bin/env python3
"""Publishers that were killed and do not end, as in a call to a hung file server: however many, each is reaped when it has ended.

One that was killed while it is traced stays until its tracer has heard of it: the tracer is this test."""
import ctypes
import os
import pathlib
import signal
import sys

sys.path[:0] = ["tests/regress", "tests/system"]
from daemon import Daemon, plan_number  # noqa: E402
from faulty import Page, why_not  # noqa: E402
from judged import Tap  # noqa: E402
from processes import children, titled  # noqa: E402

PTRACE_SEIZE = 0x4206
__WALL = 0x40000000
N = 12
tap = Tap()
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]


def hold(pid):
    """Its end will be nobody's but ours to hear of, for the time being."""
    return libc.ptrace(PTRACE_SEIZE, pid, None, None) == 0


def state(pid):
    """As ps has it: Z has ended and is not reaped; "": it is no more."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""


def now(d):
    """The publisher that is at work; it has published something, so that another is started soon when it ends."""
    n = len(d.published()) + 1
    d.drop(f"plan{n}.json", plan_number(n))
    tap.ok(d.wait_published(n), f"publisher {n} publishes", len(d.published()))
    return titled(d.process.pid, "publisher")[0]


d = Daemon(tap)
page = None if why_not() else Page(d.top / "page")
d.environment = page.environment() if page else {}
try:
    d.start()
    held = []
    for _ in range(N):
        pid = now(d)
        if not hold(pid):
            print("# not allowed:", os.strerror(ctypes.get_errno()))
            break
        held.append(pid)
        os.kill(pid, signal.SIGKILL)
        d.wait(lambda: state(held[-1]) == "Z")
    if not held:
        tap.ok(True, "publishers that do not end # SKIP no process may be traced here")
    else:
        now(d)
        tap.ok(len(set(held)) == N and [state(p) for p in held] == ["Z"] * N, f"{N} were killed, one after the other, and none has ended for the keeper",
               [state(p) for p in held])
        for pid in held:
            os.waitpid(pid, __WALL)
        tap.ok(d.wait(lambda: not any(state(p) for p in held)), "when they have, each is reaped", [(p, state(p)) for p in held])
    if page:
        pid = now(d)
        page.arm("keeper", "sendmsg", 1, "ENOBUFS")
        os.kill(pid, signal.SIGKILL)
        tap.ok(d.wait(lambda: "could not be started" in (d.top / "log").read_text()), "one that was started cannot be told to begin", page.where())
        page.disarm()
        now(d)
        tap.ok(d.wait(lambda: not any(state(p) == "Z" for p in children(d.process.pid))), "it is reaped as well",
               [(p, state(p)) for p in children(d.process.pid)])
    tap.ok(d.stop() == 0, "poold ends")
finally:
    d.end()
tap.done()
