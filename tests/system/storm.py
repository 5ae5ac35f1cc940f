#!/usr/bin/env python3
"""A storm: three regions filled at once while the keeper, its rulebook process and its evaluators are killed, stopped and reloaded,
with a real syslog-ng that stalls.  Afterwards every file that was dropped must have exactly one first verdict, its original and both
reports published once with the bytes that were dropped, and a record in syslog under the same id.

usage: tests/system/storm.py [FILES [KILLS [SEED]]]          (make soak)
"""
import collections
import hashlib
import json
import os
import pathlib
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import zlib

sys.path.insert(0, "tests/regress")
from daemon import CONDITIONS, Daemon, plan, plan_number  # noqa: E402
from judged import Tap  # noqa: E402

FILES, KILLS, SEED = (int(a) for a in (sys.argv[1:] + ["2000", "30", "1"][len(sys.argv) - 1:]))
REGIONS = ["leeds", "york", "hull"]
CRASHY = """
condition { id = "TINY-02", title = "Slow, or failing", severity = "error", forms = { "tiny-return" }, source = "test", remedy = "None.",
  check = function(budget)
    local attack = budget:optional "attack"
    if attack == "slow" then for i = 1, 3000000 do local x = i end end
    if attack == "pattern" then return (("a"):rep(30000)):find(".-.-.-.-b") end
  end }
"""

tap = Tap()
dice = random.Random(SEED)
dropped = {}  # sha256 -> (region, name)
lock = threading.Lock()
over = threading.Event()


def contents(n):
    kind = dice.random()
    if kind < 0.5:
        return plan_number(n % 100, attack=f"n{n}")
    if kind < 0.7:
        return plan("200.00", attack=f"n{n}")
    if kind < 0.9:
        return plan_number(1, attack=f"n{n}")[:-7] + str(n)
    if kind < 0.98:
        return plan_number(1, attack="slow", unknown=n)
    if kind < 0.985:
        return plan_number(1, attack="pattern", unknown=n)
    return plan_number(1, attack=f"{n}" * 500_000)


def drop(d, region, n):
    data = contents(n).encode()
    inbox = d.root / region / "inbox"
    name = dice.choice(["plan.json", f"plan-{n}.json", f"plan~{n}.json", "böse\n.json", f"{n}"])
    aside = d.root / region / f".aside-{n}"
    aside.write_bytes(data)
    while True:
        try:  # link() replaces nothing, so that no file of ours is lost to one of the same name
            os.link(aside, inbox / name)
            break
        except FileExistsError:
            time.sleep(0.005)
    os.unlink(aside)
    dropped[hashlib.sha256(data).hexdigest()] = (region, name)


def feed(d):
    for n in range(FILES):
        drop(d, dice.choice(REGIONS), n)
        if n % 50 == 0:
            time.sleep(dice.random() * KILLS / FILES * 50 * 0.4)
    over.set()


def children(pid):
    try:
        return [int(p) for p in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def signal_to(pids, number):
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass


def harm(d, syslog_ng, what):
    rulebooks = children(d.process.pid)
    evaluators = [e for r in rulebooks for e in children(r)]
    if what == "keeper":
        d.process.kill()
        d.process.wait()
        d.start(ready=False)
    elif what == "evaluators":
        signal_to(evaluators, signal.SIGKILL)
    elif what == "rulebook":
        signal_to(rulebooks, signal.SIGKILL)
    elif what == "stop":
        signal_to(rulebooks + evaluators, signal.SIGSTOP)
        time.sleep(dice.random() * 2)
        signal_to(rulebooks + evaluators, signal.SIGCONT)
    elif what == "syslog":
        signal_to([syslog_ng], signal.SIGSTOP)
        time.sleep(dice.random() * 2)
        signal_to([syslog_ng], signal.SIGCONT)
    elif what == "reload":
        for _ in range(dice.randint(1, 20)):
            signal_to([d.process.pid], signal.SIGHUP)


def verdicts(d):
    db = sqlite3.connect(f"file:{next((d.top / 'state').glob('*.db'))}?mode=ro", uri=True)
    return list(db.execute("SELECT a.seq, a.region, a.name, a.sha256, v.id, v.revision, v.outcome, v.json, v.json_size, v.html, v.html_size,"
                           " CAST(a.region AS BLOB) FROM arrival a JOIN verdict v ON v.seq = a.seq"))


def whole(blob, size):
    return blob if len(blob) == size else zlib.decompress(blob)


def check(d, records):
    rows = verdicts(d)
    of = collections.defaultdict(list)
    for row in rows:
        of[row[3]].append(row)
    tap.ok(set(of) == set(dropped), "every file that was dropped is in the ledger, and nothing else",
           f"{len(dropped)} dropped, missing {len(set(dropped) - set(of))}, more {len(set(of) - set(dropped))}")
    tap.ok(all(len(v) == 1 and v[0][5] == 1 for v in of.values()), "each with exactly one first verdict",
           [(r[0], r[2], r[6]) for v in of.values() if len(v) != 1 for r in v][:10])
    tap.ok(all((r[1], r[2]) == dropped.get(r[3]) for r in rows), "under its own region and name",
           [(r[:3], dropped.get(r[3])) for r in rows if (r[1], r[2]) != dropped.get(r[3])][:5])
    print("#", collections.Counter(r[6] for r in rows))
    files, strange = collections.defaultdict(dict), []
    for region in REGIONS:
        for p in (d.root / region).glob("*/*"):
            stem, _, tail = p.name.rpartition("~")
            number = "".join(c for c in tail.split(".")[0] if c.isdigit())
            kind = "html" if tail.endswith(".verdict.html") else "json" if tail.endswith(".verdict.json") else "original"
            if p.parent.name == "inbox" or not number or kind in files[int(number)]:
                strange.append(p)
            else:
                files[int(number)][kind] = p
        strange += list((d.root / region / ".poold").iterdir())
        strange += [p for p in (d.root / region).iterdir() if p.name.startswith(".aside")]
    tap.ok(not strange, "nothing is left in an inbox or a claim, nothing published twice", strange[:10])
    tap.ok(set(files) == {r[0] for r in rows}, "everything is published", len(files), len(rows))
    bad = []
    for seq, region, name, sha, ident, _, outcome, js, js_size, html, html_size, _ in rows:
        f = files.get(seq, {})
        if (len(f) != 3 or any(p.parent.name != outcome or p.parent.parent.name != region for p in f.values())
                or hashlib.sha256(f["original"].read_bytes()).hexdigest() != sha or json.loads(f["json"].read_bytes())["id"] != ident
                or len(f["json"].read_bytes()) != js_size or len(f["html"].read_bytes()) != html_size):
            bad.append((seq, name, f))
    tap.ok(not bad, "original and both reports, byte for byte, in the folder of the outcome", bad[:5])
    told, parsed = collections.defaultdict(set), 0
    numbers = set()
    for line in records.read_text(errors="replace").splitlines():
        try:
            record = json.loads(line)
        except ValueError:
            tap.ok(False, "syslog-ng's records can be parsed", line[:300])
            continue
        parsed += 1
        data = record.get("_SDATA", {})
        numbers.add(int(data.get("meta", {}).get("sequenceId", 0)))
        if record.get("MSGID") == "VERDICT":
            flat = json.dumps(data)
            told[next((x for x in data.get("poold@32473", data.get("verdict@32473", {})).values() if len(str(x)) == 26), flat)].add(line)
    ids = {r[4] for r in rows}
    text = records.read_text(errors="replace")
    missing = [i for i in ids if i not in text]
    tap.ok(not missing, f"every id was told to syslog-ng ({parsed} records)", missing[:5])
    numbers.discard(0)
    gaps = sorted(set(range(1, max(numbers, default=0) + 1)) - numbers)
    tap.ok(numbers and not gaps, "and the numbers of its records have no gap", gaps[:20])
    undetermined = [r for r in rows if r[6] == "undetermined"]
    print("# undetermined:", collections.Counter(json.loads(files[r[0]]["json"].read_bytes()).get("our_fault") or "condition" for r in undetermined
                                                 if "json" in files.get(r[0], {})))


d = Daemon(tap, wall="1s")
log_dir = d.top / "syslog-ng"
subprocess.run(["tests/system/syslog_ng.sh", "start", str(log_dir)], check=True)
syslog_ng = int(subprocess.run(["tests/system/syslog_ng.sh", "pid", str(log_dir)], capture_output=True, check=True).stdout)
d.config["syslog"] = log_dir / "socket"
d.write_config()
d.write_policies(CONDITIONS + CRASHY)
try:
    for region in REGIONS:
        (d.root / region / "inbox").mkdir(parents=True, exist_ok=True)
    d.start()
    feeder = threading.Thread(target=feed, args=(d,), daemon=True)
    feeder.start()
    for i in range(KILLS):
        time.sleep(dice.random() * 0.8)
        harm(d, syslog_ng, dice.choice(["keeper"] * 4 + ["evaluators", "rulebook", "stop", "syslog", "reload"]))
    feeder.join()
    settled = d.wait(lambda: (s := d.status()).get("arrivals") == FILES and s["unpublished"] == s["untold"] == s["waiting"] == s["judging"] == 0,
                     60 + FILES / 20)
    tap.ok(settled, "everything is judged, published and told in the end", json.dumps(d.status())[:3000])
    tap.ok(d.stop() == 0, "poold ends well")
    subprocess.run(["tests/system/syslog_ng.sh", "stop", str(log_dir)], check=True)
    check(d, log_dir / "records")
finally:
    subprocess.run(["tests/system/syslog_ng.sh", "stop", str(log_dir)], check=False)
    if tap.failed:
        print("# kept:", d.top)
        d.stop()
    else:
        d.end()
tap.done()
