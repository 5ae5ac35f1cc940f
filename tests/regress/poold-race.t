#!/usr/bin/env python3
"""Files that are rewritten, replaced and removed while poold looks at them, again and again."""
import hashlib
import json
import os
import sys
import threading

sys.path.insert(0, "tests/regress")
from daemon import Daemon, claims_in, plan_number  # noqa: E402
from judged import Tap  # noqa: E402


def not_as_judged(d):
    bad = []
    for p in d.published():
        original = p.with_name(p.name.removesuffix(".verdict.json") + ".json")
        if not original.exists() or hashlib.sha256(original.read_bytes()).hexdigest() != json.loads(p.read_text())["submission"]["sha256"]:
            bad.append(p)
    return bad


def quiet(d):
    s = d.status()
    return s and not os.listdir(d.inbox) and s["waiting"] == s["judging"] == s["unpublished"] == s["regions"][0]["settling"] == 0


tap = Tap()
d = Daemon(tap, settle="100ms", patience="2s")
try:
    d.start()
    for i in range(200):
        d.drop("same.json", plan_number(1, attack=f"n{i}"))
    tap.ok(d.wait(lambda: quiet(d)), "two hundred files renamed over each other come to rest")
    last = hashlib.sha256(plan_number(1, attack="n199").encode()).hexdigest()
    tap.ok([v["submission"]["sha256"] for v in d.verdicts()].count(last) == 1, "and the last of them is judged once")

    over = threading.Event()

    def rewrite(name):
        i = 0
        while not over.is_set():
            text = plan_number(1, attack=f"{name} {i}")
            with open(d.inbox / name, "w") as f:
                f.write(text[:20])
                f.flush()
                f.write(text[20:])
            i += 1

    writers = [threading.Thread(target=rewrite, args=(name,)) for name in ("one.json", "two.json", "two.json", "two.json")]
    for w in writers:
        w.start()
    over.wait(3)
    over.set()
    for w in writers:
        w.join()
    tap.ok(d.process.poll() is None, "poold lives while files are written again and again", d.process.poll())
    tap.ok(d.wait(lambda: quiet(d)), "and takes what is left", os.listdir(d.inbox))
    tap.ok(not not_as_judged(d), "every verdict lies beside the bytes that it names", *not_as_judged(d))

    for i in range(50):
        with open(d.inbox / f"gone{i}.json", "w") as f:
            f.write("{")
            f.flush()
            os.unlink(d.inbox / f"gone{i}.json")
    with open(d.inbox / "slow.json", "w") as f:
        d.wait(lambda: f.write(" ") and f.flush() or d.published("slow~*.verdict.json"), 8)
    told = [v["submission"]["still_changing"] for v in d.verdicts() if v["submission"]["name"] == "slow.json"]
    tap.ok(told[:1] == [True], "a file that never rests is judged after a while, and the verdict says so", told)
    tap.ok(d.wait(lambda: quiet(d)), "what was removed while it settled is forgotten", d.status())
    tap.ok(not claims_in(d.region), "no claim is left")
finally:
    d.end()
tap.done()
