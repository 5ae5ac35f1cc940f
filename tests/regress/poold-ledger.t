#!/usr/bin/env python3
"""poolctl ledger: verify beside a running keeper and on a damaged ledger, pruning by hand and by configuration."""
import json
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, "tests/regress")
from daemon import BUILD, CONDITIONS, Daemon, plan, plan_number  # noqa: E402
from judged import Tap  # noqa: E402

tap = Tap()
d = Daemon(tap)
state = d.top / "state"


def verify(*options, of=state):
    return subprocess.run([f"{BUILD}/poolctl", "ledger", "verify", *options, str(of)], capture_output=True, text=True, timeout=60)


def prune(*options):
    r = d.poolctl("ledger", "prune", "--json", *options)
    return json.loads(r.stdout) if r.returncode == 0 else r.stderr.decode()


def ledger(sql):
    with sqlite3.connect(f"file:{state}/ledger.db?mode=ro", uri=True) as db:
        return db.execute(sql).fetchall()


def untold():
    return d.status().get("untold")


try:
    d.start()
    d.drop("big.json", plan(note="x" * 1500000))
    d.wait_published(1)
    for i in range(6):  # versions of one return: the last but one is accepted, the last is not
        d.drop(f"v{i}.json", plan_number(150 if i == 5 else i))
        d.wait_published(i + 2)
    d.drop("no.json", "this is no JSON")
    d.wait_published(8)
    d.wait(lambda: untold() == 0)

    r = verify()
    tap.ok(r.returncode == 0 and "8 arrivals, 8 verdicts" in r.stdout and "0 problems" in r.stdout and "poold is at work" in r.stdout,
           "verify beside a running keeper", r.stdout, r.stderr)
    tap.ok(r.stderr == "", "without a word on standard error where there is no terminal", r.stderr)

    dry = prune("--before", "2999-01-01", "--dry-run")
    tap.ok(dry["arrivals"] == 6 and dry["stay"]["wanted"] == 2 and dry["dry"], "a dry run says what would go", dry)
    tap.ok(ledger("SELECT count(*) FROM pruned") == [(0,)], "and lets nothing go")
    tap.ok(prune("--before", "2014-11-28")["arrivals"] == 0, "nothing is as old as that")
    r = d.poolctl("ledger", "prune", "--before", "yesterday")
    tap.ok(r.returncode == 64 and b"2014-11-28" in r.stderr, "what is no time is refused", r.stderr)
    tap.ok(len(list(state.glob("content/*/*"))) == 1, "the large submission is a file of its own")
    done = prune("--before", "2999-01-01")
    tap.ok(done["arrivals"] == 6, "the real one lets it go", done)
    tap.ok(ledger("SELECT count(*), min(what) FROM pruned") == [(6, "bytes, report, budget")], "with a row for each", done)
    tap.ok(list(state.glob("content/*/*")) == [], "and the file of the large one", list(state.glob("content/*/*")))
    tap.ok(d.wait(lambda: any(b"6 arrivals" in r for r in d.listener.of("LEDGER"))), "syslog is told", d.listener.of("LEDGER"))
    shown = d.poolctl("show", "2")
    tap.ok(shown.returncode == 0 and json.loads(shown.stdout)["outcome"] == "compliant", "verdicts can be shown as before", shown.stdout)
    d.drop("v6.json", plan_number(7))
    tap.ok(d.wait_published(9), "and later returns are judged")

    d.write_policies(CONDITIONS.replace("at_most {", 'error("a mistake") at_most {'))
    d.poolctl("reload")
    d.drop("undetermined.json", plan_number(8))
    d.wait_published(10)
    d.wait(lambda: untold() == 0)
    done = prune("--before", "2999-01-01")
    tap.ok(done["arrivals"] == 0 and done["stay"]["undetermined"] > 0, "what an undetermined return may be compared with stays", done)
    d.stop()

    r = verify()
    tap.ok(r.returncode == 0 and "were pruned between 20" in r.stdout and "poold is at work" not in r.stdout, "verify says what was pruned",
           r.stdout, r.stderr)
    answer = json.loads(verify("--json").stdout)
    tap.ok(answer["good"] and answer["pages_checked"] and answer["pruned"] == 6 and len(answer["chain"]) == 64, "also as JSON", answer)

    d.write_policies(CONDITIONS)
    d.start()
    tap.ok(d.wait(lambda: ledger("SELECT count(*) FROM undetermined") == [(0,)] and d.status().get("unpublished") == 0 and untold() == 0, 30),
           "before anything goes by itself all is judged, published and told", d.status())
    d.stop()
    d.config["keep"] = d.config["keep_told"] = "1s"
    d.write_config()
    # What is younger than `keep`, by the whole second, when the round comes by is for the next one, ten minutes later.
    time.sleep(2.5)
    d.start()  # one round, which may wait five seconds for syslog, some times
    tap.ok(d.wait(lambda: ledger("SELECT count(*) FROM pruned")[0][0] >= 8, 20), "`keep` lets old bytes go by itself, in the round at the start",
           ledger("SELECT * FROM pruned"), d.status())
    tap.ok(d.wait(lambda: ledger("SELECT value FROM number WHERE name = 'pruned_told'")[0][0] > 0, 20), "and `keep_told` old records")
    d.stop()
    r = verify()
    tap.ok(r.returncode == 0 and "Records up to" in r.stdout, "verify knows where the records begin", r.stdout, r.stderr)

    with sqlite3.connect(state / "ledger.db") as db:
        db.executescript("DROP TRIGGER verdict_is_final; UPDATE verdict SET json = zeroblob(9) WHERE row = 2;"
                         "DELETE FROM unpublished; DROP TRIGGER arrival_stays; PRAGMA foreign_keys = 0; DELETE FROM arrival WHERE seq = 3;")
    r = verify()
    problems = [line for line in r.stdout.splitlines() if line.startswith("problem: ")]
    tap.ok(r.returncode == 1 and any("cannot be read" in p for p in problems) and any("do not agree" in p for p in problems) and
           all(p.endswith(".") for p in problems), "each problem is one sentence, and verify exits 1", r.stdout)
    answer = json.loads(verify("--json").stdout)
    tap.ok(not answer["good"] and len(answer["problems"]) == len(problems), "also as JSON", answer)
    r = verify(of=d.top)
    tap.ok(r.returncode == 2 and str(d.top) in r.stderr, "where there is no ledger it exits 2", r.stderr)
finally:
    d.end()
tap.done()
