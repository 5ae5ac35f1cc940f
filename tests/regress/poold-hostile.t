#!/usr/bin/env python3
"""Policies that loop, eat memory and fail: undetermined, named to the administrator, and the daemon goes on."""
import signal
import sys

sys.path.insert(0, "tests/regress")
from daemon import CONDITIONS, HOSTILE, Daemon, plan_number  # noqa: E402
from judged import Tap  # noqa: E402
from processes import send, titled  # noqa: E402

tap = Tap()
d = Daemon(tap, wall="1s")
try:
    d.write_policies(CONDITIONS + HOSTILE)
    d.start()
    attacks = ("pattern", "loop", "caught", "memory", "error")
    for attack in attacks:
        d.drop(f"{attack}.json", plan_number(attack=attack))
    d.drop("good.json", plan_number(7))
    tap.ok(d.wait_published(len(attacks) + 1, 60), "every one has a verdict", [p.name for p in d.published()])
    of = {v["submission"]["name"]: v for v in d.verdicts()}
    for attack in attacks:
        v = of.get(f"{attack}.json", {})
        tap.ok(v.get("outcome") == "undetermined", f"{attack}: undetermined, never a pass", v.get("outcome"))
        tap.ok(d.wait(lambda: any(b"TINY-02" in r for r in d.listener.records if f"{attack}.json".encode() in r), 5),
               f"{attack}: the condition is named in syslog")
    tap.ok(of.get("good.json", {}).get("outcome") == "compliant", "the file behind them is judged")
    tap.ok(d.process.poll() is None, "the daemon goes on")

    # the rulebook process itself is killed: another takes its place
    rulebooks = titled(d.process.pid, "rulebook")
    send(rulebooks, signal.SIGKILL)
    d.drop("after.json", plan_number(8))
    tap.ok(rulebooks and d.wait(lambda: d.published("after~*.verdict.json"), 60), "after its rulebook process was killed it judges again")
    tap.ok([v["outcome"] for v in d.verdicts() if v["submission"]["name"] == "after.json"] == ["compliant"], "and well")
finally:
    d.end()

d = Daemon(tap, load="2s")
try:
    d.write_policies(CONDITIONS + "\nwhile true do end\n")
    d.start(ready=False)
    tap.ok(d.wait(lambda: d.status().get("rulebook", {}).get("refused"), 30), "a policy that loops while it is loaded refuses the load")
    d.drop("plan.json", plan_number())
    d.wait(lambda: d.status().get("waiting") == 1, 5)
    tap.ok(d.status().get("waiting") == 1 and not d.published(), "without a rulebook files wait")
    d.write_policies(CONDITIONS)
    tap.ok(d.poolctl("reload").returncode == 0, "when it is mended, poolctl reload takes it")
    tap.ok(d.wait_published(1), "and what waited is judged")
finally:
    d.end()
tap.done()
