#!/usr/bin/env python3
"""The wall clock steps forward and back, an hour at the end of summer time and ten years for want of a battery: nothing is lost or stuck."""
import sys
import time

sys.path[:0] = ["tests/regress", "tests/system"]
from accounted import Accounted  # noqa: E402
from daemon import plan_number  # noqa: E402
from faulty import Page, why_not  # noqa: E402
from judged import Tap  # noqa: E402

if why_not():
    print("1..0 # SKIP", why_not())
    sys.exit(0)
tap = Tap()
d = Accounted(tap)
page = Page(d.top / "page")
d.environment = dict(page.environment(), TZ="Europe/London")
# 01:30 on 25 October 2026 comes twice there
SUMMER = 1792888200 - int(time.time())
STEPS = [("an hour back, at the end of summer time", SUMMER), ("the same hour again", SUMMER + 3600), ("forward a day", 86400),
         ("back ten years", -315576000), ("forward ten years", 315576000), ("back to now", 0)]
try:
    d.start()
    for n, (what, offset) in enumerate(STEPS):
        d.drop(f"before-{n}.json", plan_number(n, attack="before"), "good")
        d.drop(f"part-{n}.json", plan_number(n, attack="part"), "good")
        page.clock(offset)
        d.drop(f"after-{n}.json", plan_number(n, attack="after"), "good")
        tap.ok(d.wait_rest(20), f"{what}: everything is judged, published and told", d.status())
    tap.ok(d.stop() == 0, "poold ends well")
    problems, summary = d.account({"good": ("compliant",)})
    tap.ok(not problems and summary["arrivals"] == 3 * len(STEPS), "every file is accounted for", *problems)
    rows = sorted(d.verdicts(), key=lambda v: v["submission"]["seq"])
    tap.ok(len({v["id"] for v in rows}) == len(rows), "no id was given twice")
    tap.ok(any(v["submission"]["received"].startswith("2026-10-25T00:30") for v in rows), "received is in UTC, whatever the zone",
           [v["submission"]["received"] for v in rows])
finally:
    d.end()
tap.done()
