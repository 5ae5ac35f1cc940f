#!/usr/bin/env python3
"""What came out undetermined is judged again when the rulebook changes: a further revision, and the files move."""
import json
import sqlite3
import sys

sys.path.insert(0, "tests/regress")
from daemon import CONDITIONS, Daemon, plan_number  # noqa: E402
from judged import Tap  # noqa: E402

BROKEN = CONDITIONS.replace("at_most {", 'error("a mistake") at_most {')

tap = Tap()
d = Daemon(tap)


def newest():
    """By name: (outcome, revision) of the newest published verdict, and the folders where files of that name lie."""
    return {v["submission"]["name"]: (v["outcome"], v["revision"]) for v in d.verdicts()}


def ledger(sql):
    with sqlite3.connect(f"file:{d.top}/state/ledger.db?mode=ro", uri=True) as db:
        return db.execute(sql).fetchall()


try:
    d.write_policies(BROKEN)
    d.start()
    for name, amount in (("good.json", 50), ("much.json", 150)):
        d.drop(name, plan_number(amount))
    d.wait_published(2)
    tap.ok(newest() == {"good.json": ("undetermined", 1), "much.json": ("undetermined", 1)}, "a policy that crashes: undetermined", newest())
    first = {v["submission"]["name"]: v["id"] for v in d.verdicts()}

    d.write_policies(BROKEN.replace("a mistake", "another mistake"))
    d.poolctl("reload")
    tap.ok(d.wait(lambda: newest() == {"good.json": ("undetermined", 2), "much.json": ("undetermined", 2)}),
           "a rulebook that is as bad: undetermined again, and only once", newest())

    d.write_policies(CONDITIONS)
    d.poolctl("reload")
    tap.ok(d.wait(lambda: newest() == {"good.json": ("compliant", 3), "much.json": ("non-compliant", 3)}),
           "when it is mended, each gets the verdict that it deserves", newest())
    verdicts = {v["submission"]["name"]: v for v in d.verdicts()}
    second = dict(ledger("SELECT a.name, v.id FROM verdict v JOIN arrival a USING (seq) WHERE v.revision = 2"))
    tap.ok(all(v["supersedes"] == second[name] for name, v in verdicts.items()), "which names the one it supersedes", verdicts)
    tap.ok(d.wait(lambda: [p for p in d.region.glob("undetermined/*")] == []), "nothing is left in undetermined",
           list(d.region.glob("undetermined/*")))
    tap.ok([p.read_text() for p in d.published("good~*.json") if "verdict" not in p.name] == [plan_number(50)],
           "the original has moved with it, byte for byte")
    told = [r for r in d.listener.of("VERDICT") if b'name="good.json"' in r]
    tap.ok(d.wait(lambda: len([r for r in d.listener.of("VERDICT") if b'name="good.json"' in r]) == 3), "syslog was told each revision",
           len(told))
    tap.ok(ledger("SELECT count(*) FROM verdict WHERE revision = 1") == [(2,)] and
           dict(ledger("SELECT a.name, v.id FROM verdict v JOIN arrival a USING (seq) WHERE v.revision = 1")) == first,
           "and the first verdicts stand in the ledger as they were")

    d.poolctl("reload")
    d.drop("later.json", plan_number(10))
    d.wait_published(3)
    tap.ok(ledger("SELECT max(revision) FROM verdict") == [(3,)], "what has been judged is not judged again", newest())

    d.write_policies(BROKEN)
    d.poolctl("reload")
    d.drop("held.json", plan_number(20))
    d.wait_published(4)
    d.poolctl("reload")
    d.drop("after.json", plan_number(30))
    d.wait_published(5)
    tap.ok([newest().get(name) for name in ("held.json", "after.json")] == [("undetermined", 1)] * 2,
           "the same rulebook, read again, judges nothing again", newest())
    d.stop()
    d.write_policies(CONDITIONS)
    d.start()
    tap.ok(d.wait(lambda: newest().get("held.json") == ("compliant", 2)), "also when it was mended while poold was stopped", newest())
    tap.ok(d.status()["well"], "and all is well", json.dumps(d.status()))
finally:
    d.end()
tap.done()
