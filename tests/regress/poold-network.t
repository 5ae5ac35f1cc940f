#!/usr/bin/env python3
"""A region on a file system that tells nothing of other computers: read now and then, taken in when unchanged, its bytes read twice.

The file system is tests/system/fuse/mirror.c; what is written to its source comes from "another computer"."""
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import threading

sys.path.insert(0, "tests/regress")
from daemon import BUILD, Daemon, claims_in, plan_number  # noqa: E402
from judged import Tap  # noqa: E402

MIRROR = pathlib.Path(BUILD) / "tests/system/fuse/mirror"
tap = Tap()


class Mirrored(Daemon):
    """The region's folder is the mount; self.source is what the other computer has."""

    def __init__(self, tap, **config):
        super().__init__(tap, poll="300ms", rescan="1h", **config)
        self.source = self.top / "source"
        (self.source / "inbox").mkdir(parents=True)
        self.inbox.rmdir()
        self.mirror = subprocess.Popen([MIRROR, self.source, self.region], stderr=subprocess.DEVNULL)
        self.wait(lambda: os.path.ismount(self.region) or self.mirror.poll() is not None)
        self.mounted = os.path.ismount(self.region)

    def end(self):
        self.stop()
        if os.path.ismount(self.region):
            subprocess.run(["fusermount3", "-u", "-z", self.region], check=False)
        self.mirror.wait(10)
        super().end()

    def there(self, name, content):
        """Renamed in by the other computer."""
        (self.source / ".aside").write_text(content)
        os.rename(self.source / ".aside", self.source / "inbox" / name)


def names(d):
    return sorted(v["submission"]["name"] for v in d.verdicts())


def one_region(d):
    d.start()
    region = d.status()["regions"][0]
    tap.ok(region["how"] == "by polling every 300 ms: fuse", "status says how it is watched", region["how"])
    d.there("moved.json", plan_number(1))
    tap.ok(d.wait_published(1), "a file from another computer is found and judged")
    d.drop("here.json", plan_number(2))
    tap.ok(d.wait_published(2) and names(d) == ["here.json", "moved.json"], "and one from this computer", names(d))
    sums = {v["submission"]["sha256"] for v in d.verdicts()}
    tap.ok(sums == {hashlib.sha256(plan_number(n).encode()).hexdigest() for n in (1, 2)}, "as they are")

    # A file that goes on changing is not at rest, whatever the lease says.
    over = threading.Event()
    pieces = []

    def write():
        with open(d.source / "inbox" / "long.json", "w") as f:
            while not over.wait(0.05):
                pieces.append(" ")
                f.write(" ")
                f.flush()
            f.write(plan_number(3))

    writer = threading.Thread(target=write)
    writer.start()
    d.wait(lambda: d.status()["regions"][0]["settling"] == 1)
    written = len(pieces)
    d.wait(lambda: len(pieces) > written + 40, 20)
    tap.ok(len(d.published()) == 2, "a file that another computer still writes is left alone")
    over.set()
    writer.join()
    whole = hashlib.sha256((" " * len(pieces) + plan_number(3)).encode()).hexdigest()
    tap.ok(d.wait_published(3) and whole in {v["submission"]["sha256"] for v in d.verdicts()}, "and judged as a whole afterwards")

    # Claims of an earlier life keep their names.
    d.stop()
    (d.source / "inbox" / "later.json").write_text(plan_number(4))
    d.start(fault="claimed", ready=False)
    d.process.wait(20)
    kept = claims_in(d.source)
    tap.ok(len(kept) == 1, "killed after a claim", kept)
    d.start()
    tap.ok(d.wait_published(4) and "later.json" in names(d), "it is found again, with its name", names(d))
    tap.ok(len(d.list()) == 4 and d.wait(lambda: not claims_in(d.source)), "four files, four verdicts, no claim left",
           claims_in(d.source))
    tap.ok(not d.status()["regions"][0]["trouble"], "and no trouble")


if not MIRROR.exists() or not shutil.which("fusermount3"):
    tap.ok(True, "a region on a network # SKIP libfuse3-dev and fuse3 are not installed")
    tap.done()
d = Mirrored(tap, settle="1s", patience="1m")
try:
    if d.mounted:
        one_region(d)
    else:
        tap.ok(True, "a region on a network # SKIP no file system can be mounted here (/dev/fuse)")
finally:
    d.end()
tap.done()
