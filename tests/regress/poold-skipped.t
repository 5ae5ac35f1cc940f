#!/usr/bin/env python3
"""What is no regular file stays in the inbox, with an event and a line in status; a file too big has a verdict."""
import os
import socket
import stat
import sys

sys.path.insert(0, "tests/regress")
from daemon import Daemon, plan_number  # noqa: E402
from judged import Tap  # noqa: E402

tap = Tap()
d = Daemon(tap)
try:
    (d.inbox / "before").symlink_to("/etc/passwd")
    d.start()
    (d.inbox / "link.json").symlink_to("/etc/passwd")
    os.mkfifo(d.inbox / "fifo.json")
    (d.inbox / "folder").mkdir()
    (d.inbox / "folder" / "inside.json").write_text(plan_number())
    left = ["before", "link.json", "fifo.json", "folder", "socket.json"]
    s = socket.socket(socket.AF_UNIX)
    s.bind(str(d.inbox / "socket.json"))
    if os.geteuid() == 0:
        try:
            os.mknod(d.inbox / "device.json", 0o600 | stat.S_IFCHR, os.makedev(1, 3))
            left.append("device.json")
        except PermissionError:
            pass
    (d.region / ".hidden-target").write_text(plan_number())
    d.drop("good.json", plan_number())
    tap.ok(d.wait_published(1), "a file beside them is judged")
    d.wait(lambda: len(d.listener.of("SKIPPED")) >= len(left))
    told = [r for r in d.listener.of("SKIPPED")]
    tap.ok(len(told) == len(left), "one event each", len(told), told)
    tap.ok(all(any(n.encode() in r for r in told) for n in left), "with their names")
    region = d.status()["regions"][0]
    tap.ok(sorted(s["name"] for s in region["skipped"]) == sorted(left), "and a line in status", region)
    tap.ok(all(os.path.lexists(d.inbox / n) for n in left), "they are where they were")
    shown = d.poolctl("status")
    tap.ok(shown.returncode == 1 and b"left in the inbox: link.json" in shown.stdout, "poolctl status says that it needs attention")
    tap.ok(len(d.listener.of("SKIPPED")) == len(left) and d.wait(lambda: False, 1.5) is False
           and len(d.listener.of("SKIPPED")) == len(left), "a scan later they are not told again")
    (d.inbox / "link.json").unlink()
    tap.ok(d.wait(lambda: len(d.status()["regions"][0]["skipped"]) == len(left) - 1, 5), "what was taken away is forgotten")

    with open(d.region / ".big", "wb") as f:
        f.truncate(10 << 30)
    os.rename(d.region / ".big", d.inbox / "big.json")
    tap.ok(d.wait(lambda: d.published("big~*.verdict.json"), 10), "a file of 10 GB has a verdict")
    v = [v for v in d.verdicts() if v["submission"]["name"] == "big.json"][0]
    tap.ok(v["outcome"] == "unreadable" and "10737418240 bytes" in str(v).replace(",", ""), "that says it is too big", v)
    original = [p for p in d.published("big~*.json") if "verdict" not in p.name]
    tap.ok(len(original) == 1 and original[0].stat().st_size == 10 << 30, "the original was moved beside it, not copied")
    tap.ok(original and original[0].stat().st_blocks < 1000, "and is as sparse as it was")
finally:
    d.end()
tap.done()
