#!/usr/bin/env python3
"""A report that cannot be written is tried again; trouble is told as an error, its end as a notice."""
import sys

sys.path.insert(0, "tests/regress")
from daemon import Daemon, plan_number  # noqa: E402
from judged import Tap  # noqa: E402


def severity(record):
    return int(record[1:record.index(b">")]) % 8


tap = Tap()
d = Daemon(tap)
try:
    (d.region / "compliant").write_text("a file where a folder should be")
    d.start()
    d.drop("plan.json", plan_number())
    tap.ok(d.wait(lambda: d.listener.of("PUBLISH"), 15), "trouble with a region's folder is told")
    tap.ok([severity(r) for r in d.listener.of("PUBLISH")] == [3], "once, as an error", d.listener.of("PUBLISH"))
    (d.region / "compliant").unlink()
    tap.ok(d.wait_published(1, 60), "it is published when the folder can be made")
    tap.ok(d.wait(lambda: len(d.listener.of("PUBLISH")) == 2, 10), "and its end is told")
    last = d.listener.of("PUBLISH")[-1]
    tap.ok(severity(last) == 5 and b"Publishing works again." in last, "as a notice", last)
finally:
    d.end()
tap.done()
