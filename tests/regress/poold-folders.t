#!/usr/bin/env python3
"""Folders that are renamed, exchanged, replaced by links, removed and come back: every file has one verdict, nothing goes through a link."""
import ctypes
import os
import shutil
import subprocess
import sys

sys.path.insert(0, "tests/regress")
from accounted import Accounted  # noqa: E402
from daemon import CONDITIONS, claims_in, plan_number  # noqa: E402
from judged import Tap  # noqa: E402

N = 150
AT_FDCWD, RENAME_EXCHANGE = -100, 2
libc = ctypes.CDLL(None, use_errno=True)
tap = Tap()


def exchange(a, b):
    if libc.renameat2(AT_FDCWD, os.fsencode(a), AT_FDCWD, os.fsencode(b), RENAME_EXCHANGE) != 0:
        raise OSError(ctypes.get_errno(), "renameat2")


def drop_many(d, region, first=0, n=N):
    for i in range(first, first + n):
        d.drop(f"{region}-{i}.json", plan_number(1, attack=f"{region} {i}"), region=region)


def shas(d):
    return sorted(r["name"] for r in d.list("--limit", "10000"))


def each_once(d, names, what):
    """One verdict each, and its report in some folder of the root."""
    good = d.wait(lambda: (s := d.status()) and s["arrivals"] >= len(names) and s["waiting"] == s["judging"] == s["unpublished"] == 0
                  and not [p for p in d.root.glob("*/inbox/*")], 30)
    rows = shas(d)
    reports = [p for p in d.root.glob("*/*/*.verdict.json") if p.parent.name != "inbox"]
    tap.ok(good and rows == sorted(names) and len(reports) == len(names), what,
           (len(rows), len(set(rows)), len(reports), len(names)), d.status())


# A region is renamed while its claims wait, and no other takes its place.
d = Accounted(tap)
try:
    d.write_policies("broken")  # nothing is judged yet
    d.start(ready=False)
    drop_many(d, "leeds")
    d.wait(lambda: d.status().get("waiting") == N)
    os.rename(d.root / "leeds", d.root / "bradford")
    (d.root / "bradford" / "inbox" / "after.json").write_text(plan_number(2))
    d.wait(lambda: any("judged first" in r["how"] for r in d.status()["regions"]))
    d.write_policies(CONDITIONS)
    d.poolctl("reload")
    each_once(d, [f"leeds-{i}.json" for i in range(N)] + ["after.json"], "a region renamed while claims wait: each file is judged once")
    found = {p.parent.parent.name for p in d.root.glob("*/compliant/*.verdict.json")}
    tap.ok(found == {"bradford"}, "and published in the folder where it was dropped", found)
    regions = {r["name"]: r["how"] for r in d.status()["regions"]}
    tap.ok(d.wait(lambda: {r["name"]: r["how"] for r in d.status()["regions"]} == {"bradford": "by events"}), "the new name is the region", regions)
    tap.ok(d.process.poll() is None and not claims_in(d.root / "bradford"), "no claim is left")
finally:
    d.end()

# Regions, then inboxes alone, are exchanged under load.
d = Accounted(tap, regions=("leeds", "york"))
try:
    d.start()
    names = []
    for turn in range(6):
        for region in ("leeds", "york"):
            for i in range(20):
                name = f"{turn}-{region}-{i}.json"
                d.drop(name, plan_number(1, attack=name), region=region)
                names.append(name)
        if turn % 2 == 0:
            exchange(d.root / "leeds", d.root / "york")
        else:
            exchange(d.root / "leeds" / "inbox", d.root / "york" / "inbox")
    each_once(d, names, "regions and inboxes exchanged again and again: each file is judged once")
    d.drop("last-leeds.json", plan_number(1), region="leeds")
    d.drop("last-york.json", plan_number(2), region="york")
    d.wait(lambda: d.status()["arrivals"] == len(names) + 2)
    tap.ok({(r["name"], r["region"]) for r in d.list("--limit", "2")} == {("last-leeds.json", "leeds"), ("last-york.json", "york")},
           "and what is dropped then is of the region whose name the folder has", d.list("--limit", "2"))
finally:
    d.end()

# Links in place of a region, its inbox and .poold.
for which in ("", "inbox", ".poold"):
    d = Accounted(tap)
    try:
        d.start()
        d.drop("first.json", plan_number(1))
        d.wait(lambda: d.wait_published(1))
        elsewhere = d.top / "elsewhere"
        (elsewhere / "inbox").mkdir(parents=True)
        (elsewhere / "secret.json").write_text(plan_number(9))
        (elsewhere / "inbox" / "secret.json").write_text(plan_number(9))
        (elsewhere / "5").write_text(plan_number(9))
        place = d.region / which if which else d.region
        link = place.parent / ".link"
        link.symlink_to(elsewhere)
        exchange(link, place)
        title = which or "region"
        tap.ok(d.wait(lambda: d.status()["regions"][0]["trouble"]), f"{title}: a link in its place is trouble", d.status()["regions"])
        if which == ".poold":
            (d.inbox / "second.json").write_text(plan_number(2))
        before = sorted(str(p) for p in elsewhere.rglob("*"))
        d.wait(lambda: False, 1.5)
        tap.ok(sorted(str(p) for p in elsewhere.rglob("*")) == before and len(d.list()) == 1, "nothing was read or written through it")
        exchange(link, place)
        link.unlink()
        d.drop("third.json", plan_number(3))
        wanted = {"first.json", "third.json"} | ({"second.json"} if which == ".poold" else set())
        tap.ok(d.wait(lambda: {r["name"] for r in d.list()} == wanted), "the folder back in its place goes on", d.list())
        tap.ok(d.wait(lambda: not d.status()["regions"][0]["trouble"]), "and nothing is wrong")
    finally:
        d.end()

# The root itself: renamed away, missing, back; another disk mounted over it, and unmounted.
d = Accounted(tap)
try:
    d.start()
    d.drop("first.json", plan_number(1))
    d.wait_published(1)
    os.rename(d.root, d.top / "away")
    tap.ok(d.wait(lambda: "is its disk mounted?" in (d.status()["root_trouble"] or "")), "a root that is gone is said", d.status())
    shown = d.poolctl("status")
    tap.ok(shown.returncode == 1 and b"The root folder" in shown.stdout, "poolctl status shows it")
    os.rename(d.top / "away", d.root)
    d.drop("second.json", plan_number(2))
    tap.ok(d.wait_published(2) and d.status()["root_trouble"] is None, "when it is back poold goes on")
    if os.geteuid() == 0 and subprocess.run(["mount", "-t", "tmpfs", "tmpfs", d.root], capture_output=True).returncode == 0:
        try:
            d.wait(lambda: not d.status()["regions"])
            (d.root / "york" / "inbox").mkdir(parents=True)
            (d.root / "york" / "inbox" / "third.json").write_text(plan_number(3))
            tap.ok(d.wait(lambda: list(d.root.glob("york/compliant/third~*.html"))), "another disk mounted over it is the root")
            tap.ok([r["name"] for r in d.status()["regions"]] == ["york"], "with its regions alone", d.status()["regions"])
        finally:
            subprocess.run(["umount", "-l", d.root], check=True)
        d.drop("fourth.json", plan_number(4))
        tap.ok(d.wait(lambda: d.published("fourth~*.html")) and [r["name"] for r in d.status()["regions"]] == ["leeds"],
               "unmounted, the folder beneath is the root again", d.status()["regions"])
    else:
        tap.ok(True, "another disk over the root # SKIP nothing can be mounted here")
finally:
    d.end()

# A region that is removed is told of once, and forgotten; made again it is one.
d = Accounted(tap, regions=("leeds", "york"))
try:
    d.start()
    d.wait(lambda: len(d.status()["regions"]) == 2)
    while (d.root / "york").exists():  # its .poold is made again while its inbox is there
        shutil.rmtree(d.root / "york", ignore_errors=True)
    tap.ok(d.wait(lambda: [r["name"] for r in d.status()["regions"]] == ["leeds"]) and d.status()["well"], "a region that was removed is not missed for ever",
           d.status())
    tap.ok(d.wait(lambda: sum(b"has vanished" in r for r in d.listener.of("REGION")) == 1), "its end is told once", d.listener.of("REGION"))
    full = d.top / "full"
    (full / "inbox").mkdir(parents=True)
    for i in range(20):
        (full / "inbox" / f"{i}.json").write_text(plan_number(1, attack=str(i)))
    os.rename(full, d.root / "york")
    tap.ok(d.wait(lambda: d.status()["arrivals"] == 20), "a folder moved in with files in it is a region, and they are taken", d.status())
finally:
    d.end()
tap.done()
