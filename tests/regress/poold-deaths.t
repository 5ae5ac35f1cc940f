#!/usr/bin/env python3
"""However an evaluator dies, its submission is tried once more, alone, and then undetermined; the others of its batch are judged."""
import os
import re
import signal
import sys

sys.path.insert(0, "tests/regress")
from daemon import CONDITIONS, Daemon, plan_number  # noqa: E402
from judged import Tap  # noqa: E402
from processes import evaluators, titled  # noqa: E402

tap = Tap()

# A text pattern runs outside the count of instructions: for as long as it is let.
ENDLESS = """
condition { id = "TINY-03", title = "Endless", severity = "error", forms = { "tiny-return" }, source = "test", remedy = "None.",
  check = function(budget)
    if budget:optional "attack" == "pattern" then return (("a"):rep(30000)):find(".-.-.-.-b") end
  end }
"""


def busy(pid):
    """In the middle of the condition: it has had processor time."""
    try:
        return int(open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[11]) >= 5
    except OSError:
        return False


def died(d, name):
    return [r for r in d.listener.of("EVALUATOR") if name.encode() in r]


def times(records):
    return sorted({int(re.search(rb'times="(\d)"', r).group(1)) for r in records})


def verdict(d, name):
    return next((v for v in d.verdicts() if v["submission"]["name"] == name), {})


d = Daemon(tap, wall="60s", cpu="60s")
try:
    # a sanitizer would report a crash itself, which the sandbox forbids
    d.environment["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":handle_segv=0"
    d.write_policies(CONDITIONS + ENDLESS)
    d.start()
    n = 0
    for which, said in ((signal.SIGSEGV, "crashed"), (signal.SIGKILL, "memory was short"), (signal.SIGXCPU, "processor time"),
                        (signal.SIGSYS, "sandbox forbids")):
        name = f"{which.name}.json"
        d.drop(name, plan_number(attack="pattern"))
        d.drop(f"after-{name}", plan_number(1))
        for _ in range(2):
            d.wait(lambda: any(busy(p) for p in evaluators(d.process.pid)), 30)
            for pid in [p for p in evaluators(d.process.pid) if busy(p)]:
                os.kill(pid, which)
                d.wait(lambda: pid not in evaluators(d.process.pid), 30)
        n += 2
        tap.ok(d.wait_published(n, 30), f"{which.name}: both have a verdict", len(d.published()))
        v = verdict(d, name)
        tap.ok(v.get("outcome") == "undetermined" and said in (v.get("our_fault") or "") and "TINY-03" in v["our_fault"],
               f"{which.name}: undetermined, and says how it ended and where", v.get("outcome"), v.get("our_fault"))
        tap.ok(verdict(d, f"after-{name}").get("outcome") == "compliant", f"{which.name}: the next of the batch is judged")
        tap.ok(d.wait(lambda: times(died(d, f'name="{name}"')) == [1, 2], 10), f"{which.name}: it was tried twice", died(d, name))

    # once only: the second try is as good as the first
    d.drop("once.json", plan_number(attack="pattern"))
    d.wait(lambda: any(busy(p) for p in evaluators(d.process.pid)), 30)
    tap.ok(d.status().get("judging") == 1, "one is being judged")
    first = [p for p in evaluators(d.process.pid) if busy(p)]
    for pid in first:
        os.kill(pid, signal.SIGKILL)
    tap.ok(d.wait(lambda: any(busy(p) for p in evaluators(d.process.pid) if p not in first), 30), "killed once it is with another evaluator, from the start")
finally:
    d.process.kill()
    d.process.wait()
    d.end()

# The rulebook process itself: started again, each time later, and said in status.
d = Daemon(tap)
try:
    d.write_policies(CONDITIONS)
    d.start()
    tap.ok(d.status()["rulebook"]["trouble"] is None, "well: no trouble")
    for ended in (1, 2):
        for pid in titled(d.process.pid, "rulebook"):
            os.kill(pid, signal.SIGKILL)
        tap.ok(d.wait(lambda: f"has ended {ended} time" in (d.status()["rulebook"]["trouble"] or ""), 20), f"status says that it ended: {ended}",
               d.status()["rulebook"]["trouble"])
        tap.ok(d.wait(lambda: d.status()["rulebook"]["in_use"], 30), "it is started again")
    log = open(d.top / "log").read()
    tap.ok("starting it again in 1 s" in log and "starting it again in 2 s" in log, "ever later", log)
    d.drop("after.json", plan_number(1))
    tap.ok(d.wait_published(1, 30), "and judges")
finally:
    d.end()

# Over the limit of processor time: said so, and not tried again, since it would take as long once more.
d = Daemon(tap, wall="60s", cpu="300ms")
try:
    d.write_policies(CONDITIONS + ENDLESS)
    d.start()
    d.drop("endless.json", plan_number(attack="pattern"))
    d.drop("next.json", plan_number(1))
    tap.ok(d.wait_published(2, 50), "over its processor time it is stopped, long before the wall's", len(d.published()))
    v = verdict(d, "endless.json")
    tap.ok(v.get("outcome") == "undetermined" and "processor time" in (v.get("our_fault") or ""), "undetermined, and says so", v.get("our_fault"))
    tap.ok(verdict(d, "next.json").get("outcome") == "compliant", "the next one is judged")
    d.wait(lambda: died(d, "endless.json"), 10)
    tap.ok(times(died(d, "endless.json")) == [1], "it was not tried again", died(d, "endless.json"))
    before = d.status().get("arrivals")
    for i in range(60):
        d.drop(f"many{i:02}.json", plan_number(1))
    tap.ok(d.wait_published(62, 60) and {v["outcome"] for v in d.verdicts() if v["submission"]["name"].startswith("many")} == {"compliant"},
           "the limit is for each submission, not for the evaluator's life", before)
finally:
    d.end()
tap.done()
