#!/usr/bin/env python3
"""Pruning while an arrival is judged again: its bytes stay until the new revision is published, whatever is killed meanwhile."""
import os
import signal
import sys

sys.path.insert(0, "tests/regress")
from daemon import CONDITIONS, Daemon, plan_number  # noqa: E402
from judged import Tap  # noqa: E402

SLOW = CONDITIONS + """
condition { id = "TINY-02", title = "Slow", severity = "error", forms = { "tiny-return" }, source = "test", remedy = "None.",
  check = function(budget)
    if budget:optional "attack" == "slow" then local n = 0 for i = 1, 8000000 do n = n + i % 7 end end
  end }
"""
tap = Tap()
d = Daemon(tap, wall="60s", cpu="50s")
d.write_policies(SLOW)


def publisher():
    for pid in (int(p) for p in os.listdir("/proc") if p.isdigit()):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as f, open(f"/proc/{pid}/status", encoding="utf-8") as s:
                if f.read() == b"poold:\0publisher\0" and f"PPid:\t{d.process.pid}\n" in s.read():
                    return pid
        except OSError:
            pass  # it ended
    return None


def prune():
    return d.poolctl("ledger", "prune", "--before", "2999-01-01T00:00:00Z")


try:
    d.start()
    d.drop("one.json", plan_number(1, attack="slow"))
    d.wait_published(1, 60)
    d.drop("one.json", plan_number(2))
    d.wait_published(2, 60)
    pid = publisher()
    os.kill(pid, signal.SIGSTOP)
    d.poolctl("requeue", "1")
    shown = prune()
    tap.ok(shown.returncode == 0 and b"0 arrivals" in shown.stdout,
           "what is being judged again, or was and is not published, is not pruned", shown.stdout, shown.stderr)
    tap.ok(d.wait(lambda: any(r["seq"] == 1 and r["revision"] == 2 for r in d.list()), 60), "it has its revision", d.list())
    d.process.kill()
    d.process.wait()
    os.kill(pid, signal.SIGKILL)
    d.start()
    tap.ok(d.wait(lambda: d.status().get("unpublished") == 0 and all(r["published"] for r in d.list()), 20),
           "killed before it was published, it is published after the next start", d.status().get("publish_trouble"))
    again = prune()
    tap.ok(b" 1 arrival " in again.stdout, "then it goes", again.stdout)
    checked = d.poolctl("ledger", "verify", str(d.top / "state"))
    tap.ok(checked.returncode == 0, "the ledger is sound", checked.stdout)
finally:
    d.end()
tap.done()
