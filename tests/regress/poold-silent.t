#!/usr/bin/env python3
"""The file server of one region answers nothing at all: the other regions go on, also after a restart, and the region when it answers again."""
import os
import pathlib
import shutil
import signal
import subprocess
import sys

sys.path.insert(0, "tests/regress")
from daemon import BUILD, CONDITIONS, Daemon, plan_number  # noqa: E402
from judged import Tap  # noqa: E402

MIRROR = pathlib.Path(BUILD) / "tests/system/fuse/mirror"
tap = Tap()


def reports(region):
    """Looked at from behind: the mount's own folder would not answer us either."""
    return sorted(p.name.split("~")[0] for p in region.glob("compliant/*.verdict.json"))


def there(folder, name):
    (folder / ".aside").write_text(plan_number(1, attack=name))
    os.rename(folder / ".aside", folder / "inbox" / f"{name}.json")


def region_says(d, words):
    return d.wait(lambda: any(words in (r["trouble"] or "") for r in d.status().get("regions", []) if r["name"] == "it's york"), 20)


def leeds_goes_on(d, source, what):
    n = len(reports(d.region))
    there(source, f"york{n}")
    for i in range(5):
        there(d.region, f"leeds{n + i}")
    tap.ok(d.wait(lambda: len(reports(d.region)) == n + 5, 15), f"{what}: the other region's reports are written", reports(d.region))
    tap.ok(region_says(d, "does not answer"), f"{what}: status says which does not answer", d.status().get("regions"))
    tap.ok(d.poolctl("status").returncode == 1, f"{what}: and asks for attention")
    there(d.region, f"leeds{n + 5}")
    tap.ok(d.wait(lambda: len(reports(d.region)) == n + 6, 10), f"{what}: and it stays so", reports(d.region))


def answers(d, source, names, what):
    (source / "silent").unlink()
    tap.ok(d.wait(lambda: reports(source) == names, 20), f"{what}: when it answers its files are judged", reports(source), names)
    tap.ok(d.wait(lambda: not any(r["trouble"] for r in d.status()["regions"])), f"{what}: and no trouble is left", d.status()["regions"])


def all_of_it(d, source):
    d.start()  # a new ledger has to know which numbers are in use, and waits for all regions
    d.stop()
    (source / "silent").touch()
    d.start()
    leeds_goes_on(d, source, "silent from the start")
    answers(d, source, ["york0"], "silent from the start")

    (source / "silent").touch()
    leeds_goes_on(d, source, "silent later")
    tap.ok(len([r for r in d.listener.of("REGION") if b"does not answer" in r]) == 2, "it is told once each time",
           [r for r in d.listener.of("REGION") if b"answer" in r])

    d.process.send_signal(signal.SIGKILL)
    d.process.wait()
    d.start()
    leeds_goes_on(d, source, "restarted meanwhile")
    answers(d, source, ["york0", "york12", "york6"], "restarted meanwhile")

    # with claims that are not copied yet
    n = d.status()["arrivals"]
    d.stop()
    d.write_policies("no Lua at all")
    d.start(ready=False)
    there(source, "york8")
    there(d.region, "leeds90")
    d.wait(lambda: d.status().get("waiting") == 2)
    (source / "silent").touch()
    region_says(d, "does not answer")
    d.write_policies(CONDITIONS)
    tap.ok(d.wait(lambda: d.status()["arrivals"] == n + 1 and "leeds90" in reports(d.region), 20), "claimed before: the other region's are judged",
           d.status()["arrivals"], n)
    answers(d, source, ["york0", "york12", "york6", "york8"], "claimed before")
    (source / "silent").touch()
    tap.ok(region_says(d, "does not answer") and d.stop() == 0, "poold ends while it does not answer", d.process.returncode)


if not MIRROR.exists() or not shutil.which("fusermount3"):
    tap.ok(True, "a silent file server # SKIP libfuse3-dev and fuse3 are not installed")
    tap.done()
d = Daemon(tap, poll="1s")
source, york = d.top / "source", d.root / "it's york"
for folder in (source / "inbox", york):
    folder.mkdir(parents=True)
mirror = subprocess.Popen([MIRROR, source, york], stderr=subprocess.DEVNULL)
try:
    if d.wait(lambda: os.path.ismount(york) or mirror.poll() is not None) and mirror.poll() is None:
        all_of_it(d, source)
    else:
        tap.ok(True, "a silent file server # SKIP no file system can be mounted here (/dev/fuse)")
finally:
    (source / "silent").unlink(missing_ok=True)
    d.stop()
    subprocess.run(["fusermount3", "-u", "-z", york], check=False)
    mirror.wait(10)
    d.end()
tap.done()
