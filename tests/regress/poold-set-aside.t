#!/usr/bin/env python3
"""The folder of one region hangs while a report is written to it: the reports of the others go on, and its own come when it answers."""
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

sys.path[:0] = ["tests/regress", "tests/system"]
from daemon import BUILD, Daemon, claims_in, plan_number  # noqa: E402
from faulty import Page, why_not  # noqa: E402
from judged import Tap  # noqa: E402

MIRROR = pathlib.Path(BUILD) / "tests/system/fuse/mirror"
tap = Tap()


def reports(region):
    return sorted(p.name.split("~")[0] for p in region.glob("compliant/*.verdict.json"))


def drop(d, region, name):
    aside = d.top / "aside"
    aside.write_text(plan_number(1, attack=name))
    shutil.copy(aside, d.root / region / ".staged")
    os.rename(d.root / region / ".staged", d.root / region / "inbox" / f"{name}.json")


def others_go_on(d, york, what):
    """With york's folder hanging."""
    began = time.monotonic()
    drop(d, "york", "held")
    d.wait(lambda: d.status()["publisher"]["region"] == "york", 20)
    for i in range(20):
        drop(d, "leeds", f"one{i}")
    told = lambda: {r.split(b'name="')[1].split(b'"')[0] for r in d.listener.of("VERDICT")}  # noqa: E731
    tap.ok(d.wait(lambda: len(told()) == 21, 10), f"{what}: every verdict is told", len(told()))
    tap.ok(d.wait(lambda: len(reports(d.region)) == 20, 20), f"{what}: the other region's reports are written", reports(d.region))
    print(f"# {what}: {time.monotonic() - began:.1f} s after the first")
    trouble = d.status()["publish_trouble"] or ""
    tap.ok("york is set aside" in trouble or "still hangs" in trouble, f"{what}: status says which region waits, and why", trouble)
    began = time.monotonic()
    for i in range(20):
        drop(d, "leeds", f"two{i}")
    tap.ok(d.wait(lambda: len(reports(d.region)) == 40, 4), f"{what}: from then on they are not held up", len(reports(d.region)))
    drop(d, "york", "behind")
    tap.ok(d.wait(lambda: len(d.list("--region", "york")) == 2, 10) and reports(york) == [], f"{what}: in the region itself files are judged, and wait",
           reports(york))


def well(d, york, what, seconds):
    tap.ok(d.wait(lambda: reports(york) == ["behind", "held"] and d.status().get("unpublished") == 0, seconds),
           f"{what}: its reports are written", reports(york), d.status())
    tap.ok(d.wait(lambda: not d.status()["publish_trouble"], 10), f"{what}: and no trouble is left", d.status()["publish_trouble"])
    tap.ok(claims_in(york) == claims_in(d.region) == [], f"{what}: nor a claim", claims_in(york))


def one_that_can_be_killed():
    d = Daemon(tap)
    try:
        page = Page(d.top / "page")
        d.environment = page.environment()
        york = d.root / "york"
        (york / "inbox").mkdir(parents=True)
        d.start()
        page.arm("publisher", "mkdir", 1, "STALL")  # the outcome's folder
        others_go_on(d, york, "killed")
        page.disarm()
        # tried again after a minute; or by the next life at once
        d.stop()
        d.start()
        well(d, york, "killed, after a restart", 10)
    finally:
        page.disarm()
        d.end()


def one_that_cannot():
    d = Daemon(tap, poll="300ms")
    source, york = d.top / "source", d.root / "york"
    for folder in (source / "inbox", york):
        folder.mkdir(parents=True)
    mirror = subprocess.Popen([MIRROR, source, york], stderr=subprocess.DEVNULL)
    try:
        if not d.wait(lambda: os.path.ismount(york) or mirror.poll() is not None) or mirror.poll() is not None:
            tap.ok(True, "a folder that hangs # SKIP no file system can be mounted here (/dev/fuse)")
            return
        d.start()
        d.wait(lambda: len(d.status()["regions"]) == 2)
        (source / "hang").touch()
        # looked at from behind: the mount's own folder is held by the call that hangs
        others_go_on(d, source, "not killed")
        # the keeper's next life finds it hanging, too
        d.process.send_signal(signal.SIGKILL)
        d.process.wait()
        d.start()
        drop(d, "leeds", "three")
        tap.ok(d.wait(lambda: "three" in reports(d.region), 15), "restarted meanwhile: the other region's reports are written")
        (source / "hang").unlink()
        well(d, source, "it answers", 35)
    finally:
        if (source / "hang").exists():
            (source / "hang").unlink()
        d.stop()
        subprocess.run(["fusermount3", "-u", "-z", york], check=False)
        mirror.wait(10)
        d.end()


if why_not():
    tap.ok(True, f"a publisher that can be killed # SKIP {why_not()}")
else:
    one_that_can_be_killed()
if not MIRROR.exists() or not shutil.which("fusermount3"):
    tap.ok(True, "one that cannot # SKIP libfuse3-dev and fuse3 are not installed")
else:
    one_that_cannot()
tap.done()
