#!/usr/bin/env python3
"""High-water marks: above one nothing is taken in and nothing is lost; it begins and ends with an event and a line in status."""
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, "tests/regress")
from daemon import Daemon, Listener, plan_number  # noqa: E402
from judged import Tap  # noqa: E402

tap = Tap()
COMMIT = 50  # verdicts that one transaction may hold, and as many may be on their way to it: so far a mark is overrun


def held(d, word):
    return any(word in sentence for sentence in d.status().get("held", []))


def told(d, word):
    return [r for r in d.listener.of("HELD") if word in r]


def waits(d, name, word):
    """Held, with files left where they are."""
    tap.ok(d.wait(lambda: held(d, word), 20), f"{name}: intake waits, and status says why", d.status().get("held"))
    tap.ok(d.poolctl("status").returncode == 1 and word in d.poolctl("status").stdout.decode(), f"{name}: in words, and exits 1")
    d.drop("late.json", plan_number(99))
    tap.ok(d.wait(lambda: (d.inbox / "late.json").exists(), 1) and d.status().get("held") != [], f"{name}: a file stays in the inbox")


def stops(d, name, n, most):
    """Beyond the mark only what was on its way is judged, and that is said once, however often it is asked or a file comes."""
    d.wait(lambda: d.status()["judging"] == 0)
    judged = d.status()["arrivals"]
    tap.ok(most < judged <= most + 2 * COMMIT < n, f"{name}: beyond the mark nothing more is judged", judged)
    said = [line for line in (d.top / "log").read_text().splitlines() if "poold: Intake waits" in line]
    tap.ok(len(said) == 1, f"{name}: it does not come and go meanwhile", said)


def goes_on(d, name, n, word, once=True):
    tap.ok(d.wait_published(n, 60), f"{name}: afterwards everything is judged", len(d.published()), d.status().get("held"))
    tap.ok(len({v["submission"]["name"] for v in d.verdicts()}) == n, f"{name}: each once")
    tap.ok(d.wait(lambda: d.status().get("held") == [], 10), f"{name}: status is well again", d.status().get("held"))
    d.wait(lambda: len(told(d, word)) == len(told(d, b"goes on")) > 0, 10)
    held = [b"goes on" in r for r in d.listener.of("HELD")]
    tap.ok(held == [False, True] * (1 if once else len(held) // 2) and held, f"{name}: syslog is told its begin and its end", d.listener.of("HELD"))


# syslog does not read
N = 300
d = Daemon(tap, untold_most=150)
try:
    d.listener.socket.close()
    os.unlink(d.top / "syslog")
    d.start()
    for i in range(N):
        d.drop(f"f{i:03}.json", plan_number(i % 100))
    waits(d, "untold", "untold_most")
    stops(d, "untold", N, 150 // 2 - 5)  # two records a verdict, and some of the start
    d.listener = Listener(str(d.top / "syslog"))
    # what is judged afterwards may pass the mark again, where the listener gets less of the processor than poold does
    goes_on(d, "untold", N + 1, b"untold_most", once=False)
finally:
    d.end()

# nothing can be published
# What is published holds judging up at 250 while publishing works, so that this mark is not passed again afterwards.
N, MOST = 600, 400
d = Daemon(tap, unpublished_most=MOST)
try:
    (d.region / "compliant").write_text("in the way")
    d.start()
    for i in range(N):
        d.drop(f"f{i:03}.json", plan_number(i % 100))
    waits(d, "unpublished", "unpublished_most")
    stops(d, "unpublished", N, MOST)
    os.unlink(d.region / "compliant")
    goes_on(d, "unpublished", N + 1, b"unpublished_most")
finally:
    d.end()


def on_small_disk(where, test):
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", where], capture_output=True).returncode != 0:
        tap.ok(True, "a small disk # SKIP only root can mount one")
        return
    try:
        test()
    finally:
        d.stop()
        subprocess.run(["umount", where])


def ledger_disk():
    ballast = d.top / "state" / "ballast"
    d.start()
    ballast.write_bytes(b"x" * 50_000_000)
    d.wait(lambda: held(d, "where the ledger is"), 20)
    d.drop("first.json", plan_number(1))
    waits(d, "ledger's disk", "where the ledger is")
    os.unlink(ballast)
    goes_on(d, "ledger's disk", 2, b"where the ledger is")


d = Daemon(tap, min_free="20MB")
try:
    on_small_disk(d.top / "state", ledger_disk)
finally:
    d.end()


def region_disk():
    (york / "inbox").mkdir()
    (york / "ballast").write_bytes(b"x" * 50_000_000)
    d.start()
    (york / ".aside").write_text(plan_number(1))
    os.rename(york / ".aside", york / "inbox" / "york.json")
    tap.ok(d.wait(lambda: held(d, "york"), 20), "region's disk: the region waits, and status says why", d.status().get("held"))
    d.drop("leeds.json", plan_number(1))
    tap.ok(d.wait_published(1), "region's disk: another region is judged meanwhile")
    os.unlink(york / "ballast")
    tap.ok(d.wait(lambda: list(york.glob("compliant/york~*.verdict.json")), 20), "region's disk: with room it is judged")
    tap.ok(d.wait(lambda: d.status().get("held") == [], 10), "region's disk: status is well again")
    ends = [r for r in d.listener.of("HELD") if b'region="york"' in r]
    tap.ok(d.wait(lambda: len([r for r in d.listener.of("HELD") if b'region="york"' in r]) == 2, 10), "region's disk: begin and end are told", ends)


d = Daemon(tap, min_free="20MB")
try:
    york = pathlib.Path(d.root / "york")
    york.mkdir()
    on_small_disk(york, region_disk)
finally:
    d.end()
tap.done()
