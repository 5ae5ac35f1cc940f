#!/usr/bin/env python3
"""A region has much to be judged that is held against its past: the files that an evaluator is given ahead
come before the answer to its question, and it takes them all the same."""
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, "tests/regress")
from daemon import CONDITIONS, Daemon, plan_number  # noqa: E402
from judged import Tap  # noqa: E402

N = 60
EARLIER = """condition { id = "TINY-03", title = "It is compared with the one before", severity = "error", forms = { "tiny-return" },
  needs = { returns = { { form = "tiny-return", area = "area", period = "year" } } }, source = "test", remedy = "None.", check = function(budget) local _ = budget.amount end }
"""

tap = Tap()
d = Daemon(tap, evaluators=1)
try:
    d.write_policies(CONDITIONS + EARLIER)
    for i in range(N):
        d.drop(f"{i:03}.json", plan_number(i + 1))
    d.start()
    tap.ok(d.wait_published(N, 60), "every file is judged", d.status())
    verdicts = sorted(d.verdicts(), key=lambda v: v["submission"]["seq"])
    tap.ok([v["outcome"] for v in verdicts] == ["compliant"] * N, "and well", [v["outcome"] for v in verdicts])
    told = [[h["id"] for h in v["history"]] for v in verdicts]
    tap.ok(told == [[]] + [[v["id"]] for v in verdicts[:-1]], "each is held against the one judged before it", told)
    tap.ok(not d.listener.of("EVALUATOR"), "no evaluator was lost by it", d.listener.of("EVALUATOR")[:3])
finally:
    d.end()
tap.done()
