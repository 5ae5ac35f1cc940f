#!/usr/bin/env python3
"""A file dropped in a folder gets a verdict: durable, published, told, however it arrives."""
import json
import os
import socket
import subprocess
import sys
import time

sys.path.insert(0, "tests/regress")
from daemon import Daemon, claims_in, plan_number  # noqa: E402
from judged import Tap  # noqa: E402

tap = Tap()
d = Daemon(tap)
try:
    d.start()
    begun = time.monotonic()
    d.drop("plan.json", plan_number())
    tap.ok(d.wait(lambda: d.published("plan~*.verdict.html"), 5), "a file renamed in has a report")
    took = time.monotonic() - begun
    tap.ok(took < 1 or os.environ.get("B", "build") != "build", "within a second", f"{took:.2f} s")
    d.wait_published(1)
    verdict = d.verdicts()[0] if d.verdicts() else {}
    tap.ok(verdict.get("outcome") == "compliant", "it is compliant", verdict)
    tap.ok([p.parent.name for p in d.published()] == ["compliant"], "the report is in the outcome's folder")
    tap.ok((d.published("plan~*.json") or [None])[0].read_text() == plan_number(), "with the original, byte for byte")
    tap.ok(d.wait(lambda: claims_in(d.region) == [], 5), "nothing is left of the claim")
    tap.ok(d.wait(lambda: d.listener.of("VERDICT"), 5) and verdict["id"].encode() in d.listener.of("VERDICT")[0],
           "syslog was told with the same id")

    d.drop("much.json", plan_number(101))
    d.wait_published(2)
    tap.ok([v["outcome"] for v in d.verdicts()].count("non-compliant") == 1, "an amount over the limit is non-compliant")
    records = list(d.listener.records)
    tap.ok(all(r.split(b" ")[2:4] == [socket.gethostname().encode(), b"poold"] for r in records),
           "every record names this host", records[:1])
    tap.ok(d.wait(lambda: any(b"TINY-01" in r for r in d.listener.of("FINDING")), 5), "and syslog was told the finding")

    (d.inbox / "copied.json").write_text(plan_number(1))
    tap.ok(d.wait_published(3), "a file written in place is judged")

    with open(d.inbox / "slow.json", "w") as f:
        for part in (plan_number(2)[:20], plan_number(2)[20:]):
            f.write(part)
            f.flush()
            time.sleep(0.5)
        tap.ok(not d.published("slow*"), "a file that is still open is not judged")
    tap.ok(d.wait_published(4), "a file written slowly is judged when it is closed")
    slow = [v for v in d.verdicts() if v["submission"]["name"] == "slow.json"]
    tap.ok(slow and slow[0]["outcome"] == "compliant", "as a whole", slow)

    (d.root / "york" / "inbox").mkdir(parents=True)
    (d.root / "york" / "inbox" / "plan.json").write_text(plan_number(3))
    tap.ok(d.wait(lambda: list((d.root / "york").glob("compliant/*.html")), 10), "a region made while it runs is served")

    for name, content, outcome in (("empty.json", "", "unreadable"), ("broken.json", '{"schema": ', "unreadable"),
                                   ("unknown.json", '{"schema": "other/9"}', "unreadable")):
        d.drop(name, content)
        d.wait(lambda: [v for v in d.verdicts() if v["submission"]["name"] == name], 5)
        got = [v["outcome"] for v in d.verdicts() if v["submission"]["name"] == name]
        tap.ok(got == [outcome], f"{name} is {outcome}", got)

    d.drop("plan.json", plan_number())
    d.wait_published(8)
    again = [v for v in d.verdicts() if v["submission"]["identical_to"]]
    tap.ok(len(again) == 1 and again[0]["submission"]["identical_to"] == verdict["id"], "the same bytes again name the first verdict")

    rows = d.list()
    tap.ok([r["seq"] for r in rows] == sorted([r["seq"] for r in rows], reverse=True) and len(rows) == 9, "poolctl list has all, newest first")
    tap.ok([r["name"] for r in d.list("--outcome", "non-compliant")] == ["much.json"], "poolctl list --outcome")
    shown = d.poolctl("show", str(verdict["submission"]["seq"]))
    tap.ok(shown.returncode == 0 and json.loads(shown.stdout) == verdict, "poolctl show has the verdict as published")
    tap.ok(d.poolctl("show", verdict["id"]).stdout == shown.stdout, "by its id as well")
    tap.ok(d.poolctl("show", "999999").returncode == 1, "poolctl show of none exits 1")
    status = d.status()
    tap.ok(status["arrivals"] == 9 and status["outcomes"]["unreadable"] == 3, "poolctl status counts", status)
    tap.ok(d.poolctl("status").returncode == 0, "and all is well")

    tail = subprocess.Popen([f"{os.environ.get('B', 'build')}/poolctl", "tail", "--socket", str(d.top / "control"), "--json",
                             "--region", "leeds"], stdout=subprocess.PIPE)
    time.sleep(0.3)
    (d.root / "york" / "inbox" / "elsewhere.json").write_text(plan_number(4))
    d.wait(lambda: list((d.root / "york").glob("compliant/elsewhere*.html")), 5)
    d.drop("followed.json", plan_number(5))
    line = json.loads(tail.stdout.readline())
    tap.ok(line["name"] == "followed.json" and line["outcome"] == "compliant", "poolctl tail shows a region's verdicts as they are made", line)
    tap.ok(tail.poll() is None, "and goes on")
    tail.terminate()
    tail.wait()
    d.wait(lambda: d.status()["unpublished"] == 0, 5)
    tap.ok(d.stop() == 0, "SIGTERM ends it in good order")
    tap.ok(d.wait(lambda: d.listener.of("STOP"), 2), "and syslog was told")
finally:
    d.end()
tap.done()
