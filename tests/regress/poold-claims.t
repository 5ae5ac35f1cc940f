#!/usr/bin/env python3
"""What lies in a region's .poold is not always what poold put there: files that somebody else put there, folders that were renamed."""
import os
import sys

sys.path.insert(0, "tests/regress")
from daemon import CONDITIONS, Daemon, claims_in, plan_number  # noqa: E402
from judged import Tap  # noqa: E402

tap = Tap()

# files under numbers of their own choosing
d = Daemon(tap)
try:
    claims = d.region / ".poold"
    claims.mkdir()
    planted = ["9223372036854775807", "9223372036854775806", "5", "77"]
    for n, name in enumerate(planted):
        (claims / name).write_text(plan_number(1, attack=f"planted {n}"))
    os.symlink("../../../evil", claims / "77.name")
    os.mkfifo(claims / "9")
    os.symlink("../../../evil", claims / "9.name")
    for name in ("05", "0", "-3", "1e3"):
        (claims / name).write_text("no claim")
    d.start()
    for i in range(12):
        d.drop(f"own{i}.json", plan_number(i))
    tap.ok(d.wait_published(12 + len(planted)), "all are judged", d.list())
    rows = d.list()
    # a new ledger that finds claims goes on two million beyond the highest that can be believed, 77
    tap.ok(len({r["seq"] for r in rows}) == len(rows) and all(2_000_000 < r["seq"] <= 2_002_000 for r in rows), "under numbers that poold gave",
           [r["seq"] for r in rows])
    tap.ok(d.status()["ledger_trouble"] is None, "the ledger is well", d.status()["ledger_trouble"])
    tap.ok(not list(d.top.rglob("evil*")), "nothing was moved out of the region by a name that is a path", list(d.top.rglob("evil*")))
    d.stop()
    d.start()
    d.drop("after.json", plan_number(50))
    tap.ok(d.wait_published(13 + len(planted)) and len(d.list()) == 13 + len(planted), "and it stays so after a restart", d.list())
finally:
    d.end()

# a copy of another folder's claims: their numbers are those that the ledger is about to give
d = Daemon(tap)
try:
    d.start()
    d.drop("first.json", plan_number(1))
    d.wait_published(1)
    d.stop()
    d.start()  # a start gives numbers of a block that begins here
    d.drop("second.json", plan_number(2))
    d.wait_published(2)
    last = max(r["seq"] for r in d.list())
    d.stop()
    for n in range(1, 1200):  # more than a block
        (d.region / ".poold" / str(last + n)).write_text(plan_number(3, attack=f"copied {n}"))
    d.start()
    d.drop("after.json", plan_number(4))
    tap.ok(d.wait_published(2 + 1199 + 1, 60), "claims under numbers that were about to be given are judged all the same", len(d.published()),
           sorted(claims_in(d.region))[:5])
    numbers = [r["seq"] for r in d.list("--limit", "5000")]
    tap.ok(len(numbers) == len(set(numbers)) == 1202, "each under its own number", len(numbers))
    tap.ok(claims_in(d.region) == [], "and no claim is left", claims_in(d.region)[:5])
finally:
    d.end()

# a region's folder is renamed while its files are judged, another is made in its place
d = Daemon(tap)
try:
    d.start()
    for i in range(200):
        d.drop(f"plan{i}.json", plan_number(1, attack=f"n{i}"))
    os.rename(d.region, d.root / "moved")
    d.inbox.mkdir(parents=True)
    d.drop("new.json", plan_number(2))
    tap.ok(d.wait(lambda: d.published("new~*.verdict.json"), 10), "the new folder's files are judged")
    tap.ok(d.wait(lambda: (s := d.status())["waiting"] == s["judging"] == s["unpublished"] == 0, 10), "nothing waits for ever", d.status())
    names = {r["name"] for r in d.list("--limit", "1000")}
    tap.ok(names >= {f"plan{i}.json" for i in range(200)}, "every file of the old one has a verdict", len(names))
    tap.ok(not claims_in(d.root / "moved"), "and no claim is left")
finally:
    d.end()

# what needs no evaluator does not keep the others waiting
d = Daemon(tap, max_size="1MB")
try:
    for i in range(60):
        with open(d.inbox / f"big{i}.json", "wb") as f:
            f.truncate(10 << 30)
    d.write_policies("broken")
    d.start(ready=False)
    d.wait(lambda: d.status().get("waiting") == 60)
    d.write_policies(CONDITIONS)
    d.poolctl("reload")
    tap.ok(d.wait_published(60, 10), "sixty files that are too big have their verdicts", len(d.published()))
    tap.ok({r["outcome"] for r in d.list()} == {"unreadable"}, "unreadable")
finally:
    d.end()
tap.done()
