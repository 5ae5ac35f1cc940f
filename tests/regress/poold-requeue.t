#!/usr/bin/env python3
"""poolctl requeue: a return is judged again by the rulebook in use; what is not kept is refused with a sentence."""
import json
import sqlite3
import sys

sys.path.insert(0, "tests/regress")
from daemon import CONDITIONS, Daemon, plan_number  # noqa: E402
from judged import Tap  # noqa: E402

tap = Tap()
d = Daemon(tap, max_size="2kB", patience="1s")


def ledger(sql):
    with sqlite3.connect(f"file:{d.top}/state/ledger.db?mode=ro", uri=True) as db:
        return db.execute(sql).fetchall()


def newest(name):
    rows = ledger(f"SELECT v.outcome, v.revision FROM verdict v JOIN arrival a USING (seq) WHERE a.name = '{name}' ORDER BY revision DESC")
    return rows[0] if rows else None


try:
    d.start()
    d.drop("one.json", plan_number(150))
    d.drop("big.json", plan_number(1, note="x" * 3000))
    with open(d.inbox / "moving.json", "w", encoding="utf-8") as f:  # written to until patience ends
        d.wait(lambda: (f.write(" "), f.flush(), newest("moving.json"))[2], 20)
    d.wait_published(3)
    seq = {r["name"]: str(r["seq"]) for r in d.list()}
    r = d.poolctl("requeue", seq["one.json"])
    tap.ok(r.returncode == 0 and b"revision 2" in r.stdout, "a return is judged again when an operator asks", r.stdout, r.stderr)
    tap.ok(d.wait(lambda: newest("one.json") == ("non-compliant", 2)), "the same rulebook says the same, in a further revision",
           newest("one.json"))
    d.write_policies(CONDITIONS.replace('gbp "100"', 'gbp "200"'))
    d.poolctl("reload")
    tap.ok(newest("one.json") == ("non-compliant", 2), "a reload alone does not judge again what was determined", newest("one.json"))
    first = ledger("SELECT id FROM verdict v JOIN arrival a USING (seq) WHERE name = 'one.json' AND revision = 1")[0][0]
    answer = json.loads(d.poolctl("requeue", "--json", first).stdout)
    tap.ok(answer["taken"] and answer["revision"] == 3 and answer["seq"] == int(seq["one.json"]), "also by the id of any of its verdicts", answer)
    tap.ok(d.wait(lambda: newest("one.json") == ("compliant", 3)), "by the rulebook in use", newest("one.json"))
    tap.ok(d.wait(lambda: [p.parent.name for p in d.published("one~*.verdict.json")] == ["compliant"]), "its files move",
           d.published("one~*"))
    tap.ok(d.wait(lambda: len([r for r in d.listener.of("AGAIN") if b"asked by operator" in r]) == 2), "syslog is told that an operator asked",
           d.listener.of("AGAIN"))
    tap.ok(ledger(f"SELECT count(*) FROM verdict WHERE seq = {seq['one.json']}") == [(3,)], "and every revision stays")

    d.poolctl("requeue", seq["moving.json"])
    d.wait(lambda: newest("moving.json") and newest("moving.json")[1] == 2)
    again = json.loads(d.poolctl("show", seq["moving.json"]).stdout)
    tap.ok(again["revision"] == 2 and again["submission"]["still_changing"] is True, "a file that was still changing is still said to have been",
           again["submission"])

    r = d.poolctl("requeue", seq["big.json"])
    tap.ok(r.returncode == 1 and b"never kept" in r.stderr, "what was too big to be kept is refused", r.stderr)
    r = d.poolctl("requeue", "4711")
    tap.ok(r.returncode == 1 and b"no such arrival" in r.stderr, "so is what is not there", r.stderr)
    d.drop("two.json", plan_number(1))
    d.wait_published(4)
    d.drop("three.json", plan_number(2))
    d.wait_published(5)
    d.wait(lambda: d.status().get("untold") == 0)
    d.poolctl("ledger", "prune", "--before", "2999-01-01")
    seq = {r["name"]: str(r["seq"]) for r in d.list()}
    r = d.poolctl("requeue", seq["two.json"])
    tap.ok(r.returncode == 1 and b"have been pruned" in r.stderr, "and what was pruned", r.stderr)
    tap.ok(d.status()["well"], "all is well", d.status())
finally:
    d.end()
tap.done()
