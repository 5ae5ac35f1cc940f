#!/usr/bin/env python3
"""A condition that takes a large part of what a submission may take is told to syslog and shown in status, until another rulebook."""
import sys

sys.path.insert(0, "tests/regress")
from daemon import CONDITIONS, Daemon, plan_number  # noqa: E402
from judged import Tap  # noqa: E402

SLOW = """
condition { id = "TINY-04", title = "Slow", severity = "error", forms = { "tiny-return" }, source = "test", remedy = "None.",
  check = function(budget)
    local n = 0
    if budget:optional "attack" == "slow" then for i = 1, 15000000 do n = n + i end end
  end }
"""

tap = Tap()
d = Daemon(tap, wall="60s")
try:
    d.write_policies(CONDITIONS + SLOW)
    d.start()
    d.drop("quick.json", plan_number(1))
    d.wait_published(1)
    tap.ok(d.status().get("slow") == [], "nothing is slow")
    d.drop("slow.json", plan_number(1, attack="slow"))
    d.wait_published(2, 60)
    slow = d.status().get("slow")
    tap.ok(len(slow) == 1 and slow[0]["condition"] == "TINY-04" and 10 <= slow[0]["percent"] < 100 and slow[0]["seq"] == 2,
           "a slow condition is in status, with its part of the limit and the arrival", slow)
    tap.ok("TINY-04 took " in d.poolctl("status").stdout.decode(), "in words as well", d.poolctl("status").stdout)
    tap.ok(d.wait(lambda: any(b"TINY-04" in r for r in d.listener.of("SLOW")), 10), "and syslog was told")
    tap.ok([v["outcome"] for v in d.verdicts()] == ["compliant"] * 2, "it decides nothing")
    d.write_policies(CONDITIONS)
    d.poolctl("reload")
    tap.ok(d.status().get("slow") == [], "another rulebook begins anew", d.status().get("slow"))
finally:
    d.end()
tap.done()
