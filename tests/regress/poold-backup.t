#!/usr/bin/env python3
"""A backup of the ledger is made while files arrive, and put back: nothing is numbered twice, nothing published is written over."""
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading

sys.path.insert(0, "tests/regress")
from daemon import BUILD, Daemon, plan, plan_number, sequence_numbers  # noqa: E402
from judged import Tap  # noqa: E402

tap = Tap()
d = Daemon(tap)
state, copy = d.top / "state", d.top / "backup"


def ledger(sql, of=state):
    with sqlite3.connect(f"file:{of}/ledger.db?mode=ro", uri=True) as db:
        return db.execute(sql).fetchall()


def verify(of):
    return json.loads(subprocess.run([f"{BUILD}/poolctl", "ledger", "verify", "--json", str(of)], capture_output=True, timeout=60).stdout)


def content():
    return {str(p.relative_to(d.region)): hashlib.sha256(p.read_bytes()).hexdigest() for p in d.region.glob("[a-z]*/*")}


try:
    d.start()
    d.drop("big.json", plan(note="x" * 1500000))
    for i in range(300):
        d.drop(f"before{i}.json", plan_number(i % 90, note=os.urandom(4000).hex()))
    d.wait_published(301, 60)
    stop, dropped = threading.Event(), []

    def keep_dropping():
        while not stop.is_set() and len(dropped) < 500:
            d.drop(f"during{len(dropped)}.json", plan_number(len(dropped) % 90))
            dropped.append(1)

    thread = threading.Thread(target=keep_dropping)
    thread.start()
    r = d.poolctl("ledger", "backup", "--json", str(copy))
    stop.set()
    thread.join()
    answer = json.loads(r.stdout or "{}")
    tap.ok(r.returncode == 0 and answer.get("good") and answer["pages_checked"] and answer["arrivals"] >= 301,
           "a backup is made while files arrive, and verified", r.stdout, r.stderr)
    tap.ok(copy.stat().st_mode & 0o077 == 0, "nobody but poold may look into it, wherever it is", oct(copy.stat().st_mode))
    tap.ok(len(list(copy.glob("content/*/*"))) == 1 and not list(d.top.glob("*.part")), "with its content files, under its name",
           list(copy.glob("**/*")))
    r = d.poolctl("ledger", "backup", str(copy))
    tap.ok(r.returncode == 2 and b"is there already" in r.stderr, "a folder that is there is not written over", r.stderr)
    r = d.poolctl("ledger", "backup", "/nonexistent/backup")
    tap.ok(r.returncode == 2 and b"/nonexistent/backup.part" in r.stderr, "where none can be made that is said", r.stderr)
    total = 301 + len(dropped)
    d.wait_published(total, 60)

    # life goes on after the backup: published, and one claimed whose verdict will be lost
    for i in range(20):
        d.drop(f"after{i}.json", plan_number(i))
    d.wait_published(total + 20, 60)
    d.wait(lambda: d.status().get("untold") == 0)
    last = ledger("SELECT max(seq) FROM arrival")[0][0]
    d.stop()
    (d.region / ".poold" / str(last + 5)).write_text(plan_number(42))
    os.symlink("claimed.json", d.region / ".poold" / f"{last + 5}.name")
    before, told = content(), sequence_numbers(d.listener.records)
    shutil.rmtree(state)
    shutil.copytree(copy, state)
    d.start()
    log = (d.top / "log").read_text()
    tap.ok("The ledger is the backup of 20" in log, "poold says that it goes on from a backup", log[-500:])
    d.drop("after0.json", plan_number(99))
    for i in range(5):
        d.drop(f"new{i}.json", plan_number(i))
    d.wait(lambda: d.status().get("arrivals", 0) >= ledger("SELECT count(*) FROM arrival", copy)[0][0] + 7)
    d.wait(lambda: d.status().get("unpublished") == 0 and d.status().get("untold") == 0)
    now = content()
    changed = [name for name, hash in before.items() if now.get(name) != hash]
    tap.ok(changed == [], "nothing that was published is written over", changed)
    new = ledger(f"SELECT a.name, a.seq FROM arrival a WHERE name LIKE 'new%' OR name = 'claimed.json' OR seq > {last}")
    tap.ok(len(new) == 7 and all(seq > last + 5 for _, seq in new), "new arrivals have numbers beyond all that were given, and so has the claim", new)
    records = sequence_numbers(d.listener.records)[len(told):]
    tap.ok(max(records) > max(told) + 1000, "and new records", max(records), max(told))
    restored = ledger("SELECT first_sequence, last_sequence FROM restored")
    tap.ok(len(restored) == 1 and any(n == restored[0][1] + 1 for n in records), "whose first is the one after the gap that the ledger knows of",
           restored, records[:5])
    d.stop()
    answer = verify(state)
    tap.ok(answer["good"], "the ledger that went on is good", answer)
    tap.ok(ledger("SELECT count(*) FROM number WHERE name = 'backup'") == [(0,)], "and is no backup any more")
    d.start()
    tap.ok(d.status()["well"] and len(ledger("SELECT * FROM restored")) == 1, "the next start finds nothing to put back", d.status())
finally:
    d.end()
tap.done()
