#!/usr/bin/env python3
"""In the moment between the look at a file and its claim something else takes its place: what is no file comes back to the inbox, at
once and whatever has its name by then, and what comes behind it is judged."""
import os
import socket
import sys

sys.path[:0] = ["tests/regress", "tests/system"]
from daemon import Daemon, claims_in, plan_number  # noqa: E402
from faulty import Page, why_not  # noqa: E402
from judged import Tap  # noqa: E402

if why_not():
    print("1..0 # SKIP", why_not())
    sys.exit(0)
tap = Tap()


def folder(path):
    path.mkdir(mode=0o700)
    (path / "inside.json").write_text(plan_number(1))


def link(path):
    path.symlink_to("/etc/passwd")


def standing(path):
    os.mkfifo(path)


def bound(path):
    s = socket.socket(socket.AF_UNIX)
    s.bind(str(path))
    s.close()


def skipped(d):
    return {s["name"] for s in d.status()["regions"][0]["skipped"]}


d = Daemon(tap, rescan="2s")
try:
    page = Page(d.top / "page")
    d.environment = page.environment()
    d.start()
    good = 0
    for make in (folder, link, standing, bound):
        for taken in (False, True):
            name = f"{make.__name__}-{taken}.json"
            page.arm("keeper", "rename", 1, "STALL")
            d.drop(name, plan_number(1))
            if not d.wait(lambda: page.fired, 10):
                break
            os.unlink(d.inbox / name)
            make(d.inbox / name)
            if taken:  # when it is put back: the first rename is the claim
                page.arm("keeper", "rename", 1, "STALL")
                d.wait(lambda: page.fired and claims_in(d.region), 10)
                d.drop(name, plan_number(2))
            page.disarm()
            behind = f"behind-{make.__name__}-{taken}.json"
            d.drop(behind, plan_number(3))
            good += 1 + taken
            tap.ok(d.wait_published(good, 15), f"{name}: what comes behind it is judged", len(d.published()), d.status())
            back = [n for n in os.listdir(d.inbox) if n.startswith(name)]
            tap.ok(len(back) == 1 and (back == [name]) == (not taken),
                   f"{name}: it lies in the inbox again", back)
            tap.ok(claims_in(d.region) == [], f"{name}: and nowhere else", claims_in(d.region))
            told = [r for r in d.listener.of("SKIPPED") if name.encode() in r and b"put back" in r]
            tap.ok(d.wait(lambda: [r for r in d.listener.of("SKIPPED") if name.encode() in r and b"put back" in r], 5), f"{name}: which an event says", told)
            tap.ok(d.wait(lambda: set(back) <= skipped(d), 5), f"{name}: and status from then on", skipped(d))
finally:
    page.disarm()
    d.end()
tap.done()
