#!/usr/bin/env python3
"""A flood in one region: nothing is lost, numbers follow the order, and another region's lone file does not wait for it."""
import os
import sys
import time

sys.path.insert(0, "tests/regress")
from daemon import Daemon, claims_in, plan_number, sequence_numbers  # noqa: E402
from judged import Tap  # noqa: E402

N = int(os.environ.get("FLOOD", "600"))
tap = Tap()
d = Daemon(tap, evaluators=1)
try:
    york = d.root / "york" / "inbox"
    york.mkdir(parents=True)
    staged = d.region / ".staged"
    staged.mkdir()
    for i in range(N):
        (staged / f"f{i:05}.json").write_text(plan_number(i))
    (d.root / "york" / ".lone").write_text(plan_number(1))
    d.start()
    begun = time.monotonic()
    for i in range(N):
        os.rename(staged / f"f{i:05}.json", d.inbox / f"f{i:05}.json")
    os.rename(d.root / "york" / ".lone", york / "lone.json")
    tap.ok(d.wait(lambda: list((d.root / "york").glob("compliant/lone~*.html")), 30), "the lone file of another region has its report")
    lone = time.monotonic() - begun
    done_then = len(d.published())
    tap.ok(d.wait(lambda: len(d.published()) >= N, 120), "the flood is judged as a whole", len(d.published()))
    took = time.monotonic() - begun
    print(f"# lone file after {lone:.2f} s, {done_then} of {N} before it; all after {took:.2f} s: {N / took:.0f} a second")
    tap.ok(done_then < N, "and the lone file did not wait for all of it", done_then, N)
    rows = [r for r in d.list("--region", "leeds", "--limit", str(N + 10))]
    tap.ok(len(rows) == N and len({r["seq"] for r in rows}) == N, "each has one verdict and its own number")
    d.wait(lambda: len(d.listener.of("VERDICT")) > N, 30)
    tap.ok(len({r for r in d.listener.of("VERDICT")}) == N + 1, "syslog was told each once", len(d.listener.of("VERDICT")))
    numbers = sorted(set(sequence_numbers(d.listener.records)))
    tap.ok(numbers == list(range(1, len(numbers) + 1)), "without a gap")
    tap.ok(d.wait(lambda: claims_in(d.region) == [], 10), "nothing is left of the claims")
finally:
    d.end()
tap.done()
