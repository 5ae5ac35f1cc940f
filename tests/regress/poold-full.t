#!/usr/bin/env python3
"""The ledger's disk is full: nothing is taken in, nothing is lost, and when there is room again everything is judged."""
import os
import random
import shutil
import subprocess
import sys

sys.path.insert(0, "tests/regress")
from daemon import Daemon, plan_number  # noqa: E402
from judged import Tap  # noqa: E402

tap = Tap()
d = Daemon(tap)
state = str(d.top / "state")
if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", state], capture_output=True).returncode != 0:
    d.end()
    print("1..0 # SKIP a small file system can only be mounted by root")
    sys.exit(0)
try:
    d.start()
    random.seed(1)
    n = 30
    for i in range(n):
        d.drop(f"f{i:02}.json", plan_number(i, attack="".join(random.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=180000))))
    tap.ok(d.wait(lambda: d.status().get("ledger_trouble"), 20), "status says that the ledger is in trouble")
    before = len(d.published())
    tap.ok(before < n, "not everything fits", before)
    tap.ok(d.poolctl("status").returncode == 1 and d.process.poll() is None, "the daemon goes on, and status exits 1")
    kept = len(list(d.inbox.iterdir())) + len([p for p in (d.region / ".poold").iterdir() if p.name.isdigit()])
    tap.ok(kept + before >= n, "every file is in the inbox, claimed or published", kept, before)
    subprocess.run(["mount", "-o", "remount,size=64m", state], check=True)
    tap.ok(d.wait(lambda: len(d.published()) == n, 60), "with room again everything is judged", len(d.published()))
    d.wait_published(n)
    rows = d.list("--limit", "100")
    tap.ok(len(rows) == n and len({r["name"] for r in rows}) == n, "each once", len(rows))
    tap.ok(d.wait(lambda: not d.status().get("ledger_trouble"), 10), "and status says that all is well")
    tap.ok(d.wait(lambda: any(b"written again" in r for r in d.listener.of("LEDGER")), 10), "syslog was told the end of it")
    severity = {int(r[1:r.index(b">")]) % 8 for r in d.listener.of("LEDGER") if b"written again" in r}
    tap.ok(severity == {5}, "as a notice", severity)
finally:
    d.stop()
    subprocess.run(["umount", state])
    d.end()


def mount(where, inodes):
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size=64m,nr_inodes={inodes}", "tmpfs", where], check=True)


def fill(folder):
    """Until there is no name more to be had; how to make room again."""
    (folder / "filling").mkdir()
    n = 0
    while True:
        try:
            (folder / "filling" / str(n)).touch()
            n += 1
        except OSError:
            return lambda: shutil.rmtree(folder / "filling")


# No inode left, though there is space: it is called what it is, where reports go and where the ledger is.
d = Daemon(tap)
try:
    mount(d.region, 200)
    d.inbox.mkdir()
    d.start()
    d.drop("first.json", plan_number(1))
    tap.ok(d.wait_published(1), "with inodes it is published")
    (d.region / ".staged").write_text(plan_number(2))  # its own inode is there already
    empty = fill(d.region)
    os.rename(d.region / ".staged", d.inbox / "second.json")
    tap.ok(d.wait(lambda: "no inode left" in (d.status().get("publish_trouble") or ""), 20), "reports that find no inode: status says so, and what to do",
           d.status())
    empty()
    tap.ok(d.wait_published(2, 40), "and they are published when there are some")
finally:
    d.stop()
    subprocess.run(["umount", "-l", d.region])
    d.end()

d = Daemon(tap)
try:
    state = d.top / "state"
    mount(state, 200)
    d.start()
    empty = fill(state)
    d.drop("large.json", plan_number(1, attack="x" * 1_200_000))  # kept as a file
    tap.ok(d.wait(lambda: "no inode left" in (d.status().get("ledger_trouble") or ""), 20), "a ledger that finds no inode: status says so", d.status())
    empty()
    tap.ok(d.wait_published(1, 40), "and it is judged when there are some")
finally:
    d.stop()
    subprocess.run(["umount", "-l", state])
    d.end()
tap.done()
