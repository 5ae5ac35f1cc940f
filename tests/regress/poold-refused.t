#!/usr/bin/env python3
"""A region's disk has no room for one more name: said once, files stay in the inbox, another region goes on, and later all are judged."""
import os
import subprocess
import sys

sys.path.insert(0, "tests/regress")
from accounted import Accounted  # noqa: E402
from daemon import plan_number  # noqa: E402
from judged import Tap  # noqa: E402

N = 30
tap = Tap()
d = Accounted(tap, regions=("leeds", "york"))
mounted = os.geteuid() == 0 and subprocess.run(["mount", "-t", "tmpfs", "-o", "nr_inodes=400", "tmpfs", d.region], capture_output=True).returncode == 0
if not mounted:
    tap.ok(True, "a full disk # SKIP nothing can be mounted here")
    d.end()
    tap.done()
try:
    d.inbox.mkdir()
    d.start()
    d.wait(lambda: len(d.status()["regions"]) == 2)
    # made elsewhere on the disk first: to rename them in needs no more room
    staged = [d.region / f".staged-{i}" for i in range(N)]
    for i, path in enumerate(staged):
        path.write_text(plan_number(1, attack=str(i)))
    filling = d.region / ".filling"
    filling.mkdir()
    full = 0
    while True:
        try:
            (filling / str(full)).touch()
            full += 1
        except OSError:
            break
    for i, path in enumerate(staged):
        os.rename(path, d.inbox / f"{i}.json")
    leeds = lambda: next(r for r in d.status()["regions"] if r["name"] == "leeds")  # noqa: E731
    tap.ok(d.wait(lambda: "no inode left for one more file" in (leeds()["trouble"] or "")), "status says why nothing can be taken in", leeds())
    d.drop("york.json", plan_number(2), region="york")
    tap.ok(d.wait(lambda: [r["region"] for r in d.list()] == ["york"]), "another region goes on", d.list())
    d.wait(lambda: False, 1.5)
    told = [r for r in d.listener.of("REGION") if b"no inode left" in r]
    tap.ok(len(told) == 1 and not d.listener.of("SKIPPED"), "it is one event, of the region, not one of each file", told)
    tap.ok(len(os.listdir(d.inbox)) == N, "and the files are where they were")
    for path in filling.iterdir():
        path.unlink()
    tap.ok(d.wait(lambda: d.status()["arrivals"] == N + 1 and d.status()["unpublished"] == 0, 20), "with room again all are judged", d.status())
    tap.ok(not leeds()["trouble"] and len({r["name"] for r in d.list("--region", "leeds")}) == N, "each once, and nothing is wrong", leeds())
finally:
    d.stop()
    subprocess.run(["umount", "-l", d.region], check=False)
    d.end()
tap.done()
