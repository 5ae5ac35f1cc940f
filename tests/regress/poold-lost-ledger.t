#!/usr/bin/env python3
"""A ledger that is lost, without a backup: the new one writes over nothing that was published, and every claim is judged."""
import json
import shutil
import sys

sys.path[:0] = ["tests/regress", "tests/system"]
from daemon import Daemon, plan_number, sequence_numbers  # noqa: E402
from faulty import Page, why_not  # noqa: E402
from judged import Tap  # noqa: E402



def lists_that_break_off(tap, d):
    """Each list of a folder fails once while the numbers in use are looked for: none is given again, nothing is begun instead."""
    page = Page(d.top / "faults")
    d.environment = page.environment()
    given, refused, n, others = [], 0, 0, 0
    while others < 8 and n < 200:
        n += 1
        shutil.rmtree(d.top / "state")
        (d.top / "state").mkdir()
        said = len((d.top / "log").read_text())
        page.arm("keeper", "readdir", n, "EIO")
        d.start(ready=False)
        d.wait(lambda: d.process.poll() is not None or d.status().get("rulebook", {}).get("in_use"), 30)
        page.disarm()
        if d.process.poll() is not None:
            refused += "No number may be given twice" in (d.top / "log").read_text()[said:]
            others = 0
            continue
        others += 1
        d.drop("plan.json", plan_number(500 + n))
        d.wait(lambda: d.list())
        given += [r["seq"] for r in d.list()]
        d.stop()
    tap.ok(refused >= 2, "a list of numbers that breaks off is no list: nothing is begun", refused)
    tap.ok(given and min(given) > 1000000, "and no number is given twice", given)
    d.environment = {}


tap = Tap()
d = Daemon(tap)
try:
    d.start()
    tap.ok(not any(b"is new" in r for r in d.listener.of("LEDGER")), "a new ledger beside new folders is nothing to speak of")
    for i in range(3):
        d.drop("plan.json", plan_number(i))
        d.wait_published(i + 1)
    before = {p: p.read_bytes() for p in d.published("*")}
    last = max(sequence_numbers(d.listener.records))
    d.stop()
    shutil.rmtree(d.top / "state")
    (d.top / "state").mkdir()
    (d.region / ".poold" / "4").write_text(plan_number(40))  # claimed, and not judged
    (d.region / ".poold" / "4.name").symlink_to("claimed.json")
    d.start()
    d.drop("plan.json", plan_number(99))
    tap.ok(d.wait_published(5), "what is dropped after it is judged, and what was claimed before it", d.list())
    tap.ok({r["name"] for r in d.list()} == {"plan.json", "claimed.json"}, "each under its name", d.list())
    tap.ok(all(p.exists() and p.read_bytes() == b for p, b in before.items()), "nothing that was published before is written over",
           sorted(d.published("*")))
    tap.ok(all(r["seq"] > 1000000 for r in d.list()), "the numbers go on beyond those of the lost ledger", d.list())
    tap.ok(d.wait(lambda: any(b"The ledger is new" in r for r in d.listener.of("LEDGER"))), "which is told", d.listener.of("LEDGER"))
    fresh = [n for n in sequence_numbers(d.listener.of("LEDGER")) if n > last]
    tap.ok(fresh and min(fresh) > last, "under a number that no record had", fresh)
    d.stop()
    d.start()
    d.drop("plan.json", plan_number(98))
    d.wait_published(6)
    numbers = sorted(r["seq"] for r in d.list())
    tap.ok(len(numbers) == 3 and numbers[2] - numbers[0] < 10000, "once: the next start goes on as ever", numbers)
    tap.ok(sum(b"The ledger is new" in r for r in d.listener.of("LEDGER")) == 1, "and says nothing more of it")
    checked = d.poolctl("ledger", "verify", "--json", str(d.top / "state"))
    tap.ok(checked.returncode == 0, "the ledger is sound", checked.stdout)
    tap.ok(all(json.loads(p.read_text())["verdict"] == 1 for p in d.published()), "and so are the reports")
    d.stop()
    if why_not():
        print(f"# lists that break off: {why_not()}")
    else:
        lists_that_break_off(tap, d)
finally:
    d.end()
tap.done()
