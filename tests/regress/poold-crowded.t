#!/usr/bin/env python3
"""Tens of thousands of things that are no files, and of half-written ones, in one inbox: they cost a scan little, and hold up nobody."""
import os
import sys
import time

sys.path.insert(0, "tests/regress")
from daemon import Daemon, plan_number  # noqa: E402
from judged import Tap  # noqa: E402

N = 60000
tap = Tap()


def processor_ms(pid):
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


d = Daemon(tap, rescan="1s", patience="1s")
try:
    york = d.root / "york" / "inbox"
    york.mkdir(parents=True)
    for i in range(N):
        os.symlink("nowhere", york / f"link{i}.json")
    for i in range(N // 10):
        (york / f"half{i}.tmp").touch()
    d.start()
    seen = lambda: next((r for r in d.status()["regions"] if r["name"] == "york"), {})  # noqa: E731
    tap.ok(d.wait(lambda: seen().get("left") == N, 20), "status counts all that is left", seen().get("left"))
    tap.ok(d.wait(lambda: len(seen()["unfinished"]) == 100, 20) and len(seen()["skipped"]) == 1000, "and lists a bounded number of them",
           len(seen()["skipped"]), len(seen()["unfinished"]))
    tap.ok(len(d.listener.of("SKIPPED")) == 100, "events tell of a hundred", len(d.listener.of("SKIPPED")))
    before, began = processor_ms(d.process.pid), time.monotonic()
    d.wait(lambda: False, 5)
    scan = (processor_ms(d.process.pid) - before) / (time.monotonic() - began)
    print(f"# a scan of {N} links takes {scan:.0f} ms of processor time")
    # looking each up among all others took 800, and looking each up in the folder 200
    tap.ok(scan < 180, "a scan of them is cheap: it grows with their number, not with its square", scan)
    d.drop("lone.json", plan_number(1))
    tap.ok(d.wait_published(1, 5), "a lone file of another region is judged meanwhile")
    for i in range(N - 500):
        os.unlink(york / f"link{i}.json")
    tap.ok(d.wait(lambda: seen()["left"] == 500, 20), "and what is taken away is counted no more", seen()["left"])
    (york / "good.json").write_text(plan_number(2))
    tap.ok(d.wait(lambda: list(york.parent.glob("compliant/good~*.verdict.json")), 20), "a file among them is judged")
finally:
    d.end()
tap.done()
