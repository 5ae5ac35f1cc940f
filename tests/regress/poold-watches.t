#!/usr/bin/env python3
"""The kernel has no more file watches, or no event queue at all: one clear message, inboxes are polled, and watched again when there are some."""
import subprocess
import sys

sys.path.insert(0, "tests/regress")
from accounted import Accounted  # noqa: E402
from daemon import BUILD, CONDITIONS, plan_number  # noqa: E402
from judged import Tap  # noqa: E402

REGIONS = [f"region{i}" for i in range(6)]
tap = Tap()


class Short(Accounted):
    """poold in a user namespace of its own, which has limits of its own: the machine's stay as they are."""

    def start_with(self, watches=None, instances=None):
        limits = [f"echo {n} >/proc/sys/user/max_inotify_{name} &&" for name, n in (("watches", watches), ("instances", instances)) if n is not None]
        self.log = open(self.top / "log", "a")
        self.process = subprocess.Popen(["unshare", "-Ur", "sh", "-c", " ".join(limits) + f" exec {BUILD}/poold -d -f {self.conf}"], stderr=self.log)
        self.wait(lambda: self.status().get("rulebook", {}).get("in_use"), 30)

    def how(self):
        return sorted(r["how"] for r in self.status()["regions"])

    def raise_limit(self, n):
        return subprocess.run(["nsenter", "-U", "-t", str(self.process.pid), "sh", "-c", f"echo {n} >/proc/sys/user/max_inotify_watches"],
                              capture_output=True).returncode == 0


can = subprocess.run(["unshare", "-Ur", "sh", "-c", "echo 9 >/proc/sys/user/max_inotify_watches"], capture_output=True).returncode == 0
if not can:
    tap.ok(True, "watches # SKIP user namespaces are not allowed here")
    tap.done()

d = Short(tap, regions=REGIONS, poll="300ms", rescan="1h", watch_policies="no")
try:
    d.start_with(watches=9)  # fewer than the policies, the root and the regions want
    d.wait(lambda: len(d.how()) == len(REGIONS))
    polled = [h for h in d.how() if h == "by polling every 300 ms: the kernel has no more file watches (fs.inotify.max_user_watches)"]
    tap.ok(polled and len(polled) + d.how().count("by events") == len(REGIONS), "regions without a watch are polled, and status says why", d.how())
    told = [r for r in d.listener.of("REGION") if b"no more file watches" in r]
    tap.ok(len(told) == 1 and b"sysctl fs.inotify.max_user_watches=" in told[0], "one message says so, with the command that mends it", told)
    for region in REGIONS:
        for i in range(20):
            d.drop(f"{i}.json", plan_number(1, attack=f"{region} {i}"), region=region)
    tap.ok(d.wait_rest(), "what is dropped is judged in all of them", d.status())
    problems, _ = d.account()
    tap.ok(not problems, "and accounted for", *problems)
    if d.raise_limit(1000):
        tap.ok(d.wait(lambda: d.how() == ["by events"] * len(REGIONS)), "with more watches all are watched", d.how())
    else:
        tap.ok(True, "more watches # SKIP the namespace cannot be entered")
finally:
    d.end()

d = Short(tap, regions=REGIONS[:2], poll="300ms", rescan="1h")
try:
    d.start_with(instances=0)
    d.wait(lambda: len(d.how()) == 2)
    tap.ok(all("no more event queues" in h for h in d.how()), "without an event queue all are polled", d.how())
    d.drop("plan.json", plan_number(1))
    (d.root / "late" / "inbox").mkdir(parents=True)
    d.drop("plan.json", plan_number(2), region="late")
    tap.ok(d.wait(lambda: d.status()["arrivals"] == 2), "files and new regions are found all the same", d.status())
finally:
    d.end()

d = Short(tap, regions=REGIONS[:1], rescan="500ms")
try:
    d.start_with(instances=0)
    rulebook = d.status()["rulebook"]
    d.write_policies(CONDITIONS.replace('gbp "100"', 'gbp "10"'))
    tap.ok(rulebook["watched"] == "polled" and d.wait(lambda: d.status()["rulebook"]["digest"] != rulebook["digest"], 30),
           "policies that cannot be watched are read every now and then", rulebook)
finally:
    d.end()
tap.done()
