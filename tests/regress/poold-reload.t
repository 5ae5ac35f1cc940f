#!/usr/bin/env python3
"""Reload: a new rulebook is taken whole, or the last good one goes on and says so."""
import json
import signal
import sys

sys.path.insert(0, "tests/regress")
from daemon import CONDITIONS, Daemon, plan_number  # noqa: E402
from judged import Tap  # noqa: E402

tap = Tap()
d = Daemon(tap, load="8s")
try:
    d.start()
    first = d.status()["rulebook"]["digest"]
    d.drop("one.json", plan_number(150))
    d.wait_published(1)
    d.write_policies(CONDITIONS.replace('gbp "100"', 'gbp "200"'))
    answer = d.poolctl("reload", "--json")
    tap.ok(answer.returncode == 0 and json.loads(answer.stdout)["taken"], "a good change is taken", answer)
    second = d.status()["rulebook"]["digest"]
    tap.ok(second != first, "with another digest")
    d.drop("two.json", plan_number(150))
    d.wait_published(2)
    outcome = {v["submission"]["name"]: (v["outcome"], v["rulebook"]["digest"]) for v in d.verdicts()}
    tap.ok(outcome.get("one.json") == ("non-compliant", first), "what was judged before stays as it was", outcome)
    tap.ok(outcome.get("two.json") == ("compliant", second), "what comes after is judged by the new one", outcome)

    d.write_policies(CONDITIONS + '\ncondition { id = "TINY-03", titel = "misspelt" }\n')
    answer = d.poolctl("reload")
    tap.ok(answer.returncode == 1 and b"last good one goes on" in answer.stdout, "a mistake refuses it", answer)
    tap.ok(b"tiny/conditions.lua:" in answer.stdout, "with file and line", answer.stdout)
    tap.ok(d.wait(lambda: d.listener.of("RULEBOOK-REFUSED"), 5), "and an event")
    status = d.status()
    tap.ok(status["rulebook"]["digest"] == second and status["rulebook"]["refused"] and not status["well"], "status says so until it is mended")
    d.drop("three.json", plan_number(150))
    d.wait_published(3)
    tap.ok([v["rulebook"]["digest"] for v in d.verdicts() if v["submission"]["name"] == "three.json"] == [second], "the old one judges")

    d.write_policies(CONDITIONS)
    d.process.send_signal(signal.SIGHUP)
    tap.ok(d.wait(lambda: d.status()["rulebook"]["digest"] == first, 15), "SIGHUP reads the policies again")
    tap.ok(d.status()["well"], "and all is well")

    (d.policies / "tiny" / "link.lua").symlink_to("/etc/passwd")
    answer = d.poolctl("reload")
    tap.ok(answer.returncode == 1 and b"symbolic link" in answer.stdout, "a link among the policies refuses it", answer)
    (d.policies / "tiny" / "link.lua").unlink()

    d.write_policies(CONDITIONS + "\nwhile true do end\n")
    answer = d.poolctl("reload")
    tap.ok(answer.returncode == 1 and b"tiny/conditions.lua:%d: The policy was stopped" % (CONDITIONS.count("\n") + 2)
           in answer.stdout, "a loop that does not end refuses it with its line", answer.stdout)
    d.write_policies(CONDITIONS + '\nlocal _ = (("a"):rep(30000)):find(".-.-.-.-b")\n')
    answer = d.poolctl("reload")
    tap.ok(answer.returncode == 1 and b"not loaded in time: tiny/conditions.lua runs too long" in answer.stdout,
           "one inside a C function refuses it when its time is over", answer.stdout)
    d.write_policies(CONDITIONS)

    # files keep coming while it changes
    for i in range(30):
        d.drop(f"many-{i}.json", plan_number(150 + i))
        if i % 10 == 5:
            d.process.send_signal(signal.SIGHUP)
    tap.ok(d.wait_published(33, 30), "none is lost over reloads under load", len(d.published()))
finally:
    d.end()
tap.done()
