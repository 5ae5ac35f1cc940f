#!/usr/bin/env python3
"""A thousand clients of the control socket, requests without end, and clients that never read: the files of a team are judged meanwhile."""
import os
import resource
import sys
import threading

sys.path.insert(0, "tests/regress")
from daemon import Daemon, plan_number  # noqa: E402
from judged import Tap  # noqa: E402

PLACES = 32
resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]), resource.getrlimit(resource.RLIMIT_NOFILE)[1]))


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def memory(pid):
    """kB that are its own."""
    with open(f"/proc/{pid}/status", encoding="utf-8") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("RssAnon"))


tap = Tap()
d = Daemon(tap)
try:
    d.start()
    d.drop("first.json", plan_number(1))
    d.wait_published(1)
    before = descriptors(d.process.pid)

    crowd, most = [], 0
    for i in range(1000):
        crowd.append(d.connect(0))
        if i % 3 == 0:
            try:
                crowd[-1].send(b'{"command":"sta')
            except OSError:
                pass  # hung up on already
        if i % 100 == 0:
            most = max(most, descriptors(d.process.pid))
    tap.ok(most <= before + PLACES + 20, "a thousand clients have no more places than there are", before, most)
    d.drop("crowd.json", plan_number(2))
    tap.ok(d.wait(lambda: d.published("crowd~*.html"), 15), "a file is judged while they are there")
    for s in crowd:
        s.close()
    tap.ok(d.wait(lambda: d.poolctl("status").returncode == 0, 20), "when they have gone poolctl is answered")

    # requests without end, from clients that read nothing
    stop = threading.Event()

    def flood(said):
        while not stop.is_set():
            try:
                with d.connect(0) as s:
                    s.settimeout(1)
                    while not stop.is_set():
                        s.sendall(said)
            except OSError:
                pass  # let go: again

    requests = [b'{"command":"list"}\n', b'{"command":"status"}\n' * 50, b'{"command":"show","which":"1"}\n', b"x" * 4000 + b"\n", b'{"command":"tail"}\n' * 100,
                b'{"command":"list","area":"' + b"a" * 3000 + b'"}\n']
    threads = [threading.Thread(target=flood, args=(said,), daemon=True) for said in requests]
    for t in threads:
        t.start()
    for i in range(20):
        d.drop(f"flood{i}.json", plan_number(i))
    tap.ok(d.wait(lambda: len(d.published("flood*.html")) == 20, 60), "twenty files are judged under a flood of requests", len(d.published("flood*.html")))
    used = memory(d.process.pid)
    stop.set()
    for t in threads:
        t.join(10)
    tap.ok(used < 300_000, "and what waits for those who do not read is bounded", used)
    tap.ok(d.wait(lambda: d.poolctl("status").returncode == 0, 20) and d.process.poll() is None, "after it poolctl is answered")
    tap.ok(d.wait(lambda: descriptors(d.process.pid) <= before + 8, 20), "and nothing of the clients is left", before, descriptors(d.process.pid))
    tap.ok(len(d.list()) == 22, "no file was lost", len(d.list()))
finally:
    d.end()
tap.done()
