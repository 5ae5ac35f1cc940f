#!/usr/bin/env python3
"""Names of any bytes: judged, published under a name that can do no harm, and shown nowhere unescaped."""
import sys

sys.path.insert(0, "tests/regress")
from daemon import Daemon, plan_number  # noqa: E402
from judged import Tap  # noqa: E402

NAMES = [b"new\nline.json", b"escape\x1b[31m.json", b"dots...json", b"-rf.json", b"<script>alert(1)</script>.json".replace(b"/", b"|"),
         b"\xff\xfe not utf-8.json", b"quote\"].json", "right-to-left\u202enosj.json".encode(), b"n" * 250 + b".json", b" blank .json",
         b"%2e%2e.json", b"a\\b.json", "csi\u009b31m\x7f.json".encode()]

tap = Tap()
d = Daemon(tap)
try:
    d.start()
    for i, name in enumerate(NAMES):
        d.drop(name, plan_number(i + 1))
    tap.ok(d.wait_published(len(NAMES)), "every one is judged and published", f"{len(d.published())} of {len(NAMES)}")
    tap.ok(all(v["outcome"] == "compliant" for v in d.verdicts()), "and compliant")
    outside = [p for p in d.top.iterdir() if p.name not in ("root", "state", "policies", "poold.conf", "syslog", "control", "log")]
    tap.ok(not outside and sorted(p.name for p in d.root.iterdir()) == ["leeds"], "nothing was written outside the region", outside)
    names = [p.name for p in d.region.glob("compliant/*")]
    tap.ok(len(names) == 3 * len(NAMES), "three files each", names)
    tap.ok(all(len(n.encode(errors="surrogateescape")) <= 255 and all(ord(c) >= 32 and ord(c) != 127 for c in n) for n in names),
           "no published name has a control character")
    tap.ok(not any(c in n for n in names for c in "\u202e\x1b\n"), "nor a mark that reorders text")
    raw = b"".join(d.listener.records)
    tap.ok(d.wait(lambda: len(d.listener.of("VERDICT")) == len(NAMES), 10), "syslog has a record for each")
    tap.ok(not any(b in raw for b in (b"\n", b"\x1b", "\u202e".encode(), b"\xff\xfe not")), "none with a control character or bad UTF-8")
    for command in (["list"], ["status"], ["list", "--json"]):
        out = d.poolctl(*command).stdout
        good = not any(c in out for c in (b"\x1b", b"\x7f", "\u202e".encode(), "\u009b".encode()))
        tap.ok(good, f"poolctl {' '.join(command)} shows them escaped", out)
    pages = [p.read_text() for p in d.published("*.verdict.html")]
    tap.ok(len(pages) == len(NAMES) and not any("<script>alert" in p or "\x1b" in p for p in pages), "and so do the pages")
finally:
    d.end()
tap.done()
