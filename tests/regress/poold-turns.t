#!/usr/bin/env python3
"""Two regions with a backlog and one evaluator: a region whose files take long is given few at once, so that the other's do not wait
for all of them."""
import itertools
import sys

sys.path.insert(0, "tests/regress")
from daemon import CONDITIONS, Daemon, plan_number  # noqa: E402
from judged import Tap  # noqa: E402

# about a tenth of a second, twice a region's turn
SLOW = """
condition { id = "TINY-04", title = "Slow", severity = "error", forms = { "tiny-return" }, source = "test", remedy = "None.",
  check = function(budget)
    local n = 0
    if budget:optional "attack" == "slow" then for i = 1, 8000000 do n = n + i end end
  end }
"""
SLOW_ONES, QUICK_ONES = 40, 300  # the quick ones take several turns
AT_ONCE = 4  # of a region whose files take longer than a turn

tap = Tap()
d = Daemon(tap, evaluators="1", wall="60s")
try:
    d.write_policies(CONDITIONS + SLOW)
    york = d.region.parent / "york" / "inbox"
    york.mkdir(parents=True)
    for i in range(SLOW_ONES):
        d.drop(f"slow{i}.json", plan_number(i, attack="slow"))
    for i in range(QUICK_ONES):
        aside = york.parent / "aside"
        aside.write_text(plan_number(i))
        aside.rename(york / f"quick{i}.json")
    d.start()
    tap.ok(d.wait(lambda: len(d.listener.of("VERDICT")) == SLOW_ONES + QUICK_ONES, 60), "all are judged", len(d.listener.of("VERDICT")))
    order = ["slow" if b'region="leeds"' in r else "quick" for r in d.listener.of("VERDICT")]
    while order and order[-1] == "slow":
        order.pop()
    runs = [len(list(run)) for kind, run in itertools.groupby(order) if kind == "slow"]
    tap.ok(order.count("quick") == QUICK_ONES, "the quick ones are", order)
    # the very first turn is begun before anything is known of how long the files take
    tap.ok(runs and max(runs) <= 2 * AT_ONCE, "no more than a few slow ones came at a time while quick ones waited", runs)
    tap.ok(sum(runs) < SLOW_ONES, "and not all of them before the last quick one", runs)
finally:
    d.end()
tap.done()
