#!/usr/bin/env python3
"""Publishing is a process of its own: it may be killed or hang, and verdicts are recorded and told all the same."""
import os
import pathlib
import signal
import sqlite3
import sys
import time
import zlib

sys.path.insert(0, "tests/regress")
from daemon import Daemon, claims_in, plan_number  # noqa: E402
from judged import Tap  # noqa: E402

tap = Tap()


def publisher(d):
    return d.status().get("publisher", {}).get("pid", -1)


def told(d):
    return len({r.split(b'id="')[1][:26] for r in d.listener.of("VERDICT")})


# --- what it is ---
d = Daemon(tap)
try:
    d.start()
    pid = publisher(d)
    status = dict(line.split(":\t", 1) for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines() if ":\t" in line)
    tap.ok(int(status["PPid"]) == d.process.pid, "the publisher is a child of the keeper", status["PPid"])
    tap.ok(pathlib.Path(f"/proc/{pid}/cmdline").read_bytes() == b"poold:\0publisher\0", "ps calls it so")
    tap.ok(status["NoNewPrivs"] == "1" and status["Seccomp"] == "2", "it has given up privileges and system calls", status)
    open_files = [os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd")]
    tap.ok(not any("ledger" in f for f in open_files), "it has nothing of the ledger open", open_files)

    # --- stopped while files arrive ---
    os.kill(pid, signal.SIGSTOP)
    for i in range(30):
        d.drop(f"stopped{i}.json", plan_number(i))
    tap.ok(d.wait(lambda: told(d) == 30, 20), "stopped: every verdict is told", told(d))
    tap.ok(len(d.list()) == 30, "stopped: and recorded")
    tap.ok(d.published("stopped*.json") == [], "stopped: nothing is published")
    tap.ok(d.wait(lambda: d.status().get("publisher", {}).get("seconds", 0) >= 5, 20), "stopped: status counts the seconds")
    tap.ok(b"have taken" in d.poolctl("status").stdout, "stopped: in words", d.poolctl("status").stdout)
    tap.ok(d.wait(lambda: d.listener.of("PUBLISH"), 30), "stopped: after five seconds an event says so")
    tap.ok(b"has taken more than five seconds" in d.listener.of("PUBLISH")[0] and b"leeds" in d.listener.of("PUBLISH")[0],
           "stopped: it names the folder", d.listener.of("PUBLISH"))
    os.kill(pid, signal.SIGCONT)
    tap.ok(d.wait_published(30, 20), "continued: everything is published")
    tap.ok(d.wait(lambda: len(d.listener.of("PUBLISH")) == 2 and b"works again" in d.listener.of("PUBLISH")[1], 10),
           "continued: and that it works again is told", d.listener.of("PUBLISH"))
    tap.ok(publisher(d) == pid, "continued: it is the same process")
    tap.ok(claims_in(d.region) == [], "continued: no claim is left")

    # --- killed again and again ---
    dropped, pids, end = 0, set(), time.monotonic() + 2
    while time.monotonic() < end:
        d.drop(f"killed{dropped}.json", plan_number(dropped))
        dropped += 1
        if dropped % 25 == 0:
            pid = publisher(d)
            if pid > 0:
                pids.add(pid)
                os.kill(pid, signal.SIGKILL)
    tap.ok(len(pids) > 2, f"killed: {len(pids)} times among {dropped} files")
    tap.ok(d.wait(lambda: told(d) == 30 + dropped, 30), "killed: every verdict is told", told(d))
    tap.ok(d.wait_published(30 + dropped, 60), "killed: everything is published in the end", len(d.published()))
    tap.ok(claims_in(d.region) == [], "killed: no claim is left")
    tap.ok(not list(d.region.glob("*/.poold-*.part")), "killed: no half-written file is left")
    originals = {p.name.split("~")[0]: p.read_text() for p in d.published("killed*.json") if not p.name.endswith(".verdict.json")}
    tap.ok(originals == {f"killed{i}": plan_number(i) for i in range(dropped)}, "killed: with the bytes that were dropped")
    tap.ok(d.wait(lambda: d.status().get("publish_trouble") is None, 10), "killed: nothing is in trouble at last",
           d.status().get("publish_trouble"))

    # --- what was published is what the ledger has ---
    ledger = sqlite3.connect(f"file:{d.top}/state/ledger.db?mode=ro", uri=True)
    different = []
    for seq, name, original, json, head, html in ledger.execute(
            "SELECT v.seq, a.name, a.bytes, v.json, h.bytes, v.html FROM verdict v JOIN arrival a USING (seq)"
            " JOIN html_head h ON h.number = v.html_head"):
        stem, kept = name[:-5], [zlib.decompress(original), zlib.decompress(json), head + zlib.decompress(html)]
        files = [[p.read_bytes() for p in d.published(f"{stem}~{seq}{end}")] for end in (".json", ".verdict.json", ".verdict.html")]
        if files != [[b] for b in kept]:
            different.append((seq, name, files, kept))
    ledger.close()
    tap.ok(different == [], "what was published is byte for byte what the ledger has", different[:1])

    # --- the end, with a publisher that does not answer ---
    pid = publisher(d)
    os.kill(pid, signal.SIGSTOP)
    d.drop("last.json", plan_number(1))
    d.wait(lambda: any(b"last.json" in r for r in d.listener.of("VERDICT")), 10)
    before = time.monotonic()
    tap.ok(d.stop() == 0 and time.monotonic() - before < 25, "the keeper ends though the publisher does not answer")
    tap.ok(not os.path.exists(f"/proc/{pid}"), "and takes it along")
    d.start()
    tap.ok(d.wait(lambda: d.published("last~*.verdict.json"), 15), "what was not published is, after the next start")
finally:
    d.end()
tap.done()
