#!/usr/bin/env python3
"""A lone file, renamed into an inbox: how long until its verdict is durable, its report is there and syslog has been told.

The time runs from just before the rename to the later of two things: the VERDICT record arrives at the syslog socket (which
the keeper sends after the commit), and the report stands in the outcome folder.

usage: lone.py POOLD POLICIES FILE N       prints "median 90th 99th" in milliseconds
"""
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time


def wait(condition, seconds, what):
    end = time.perf_counter() + seconds
    while not condition():
        if time.perf_counter() > end:
            sys.exit(f"lone.py: {what} within {seconds} s")
        time.sleep(0.00005)


class Listener(threading.Thread):
    """Reads the socket as syslog-ng would, all the time, and notes when the verdict on a name was told."""

    def __init__(self, path):
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(path)
        self.told = {}
        self.start()

    def run(self):
        while True:
            record = self.socket.recv(65536)
            if b" VERDICT " in record:
                self.told[record.split(b' name="', 1)[1].split(b'"', 1)[0].decode()] = time.perf_counter()


def one(inbox, region, listener, source, number):
    name = f"file-{number}.json"
    aside = region / ".incoming"
    shutil.copy(source, aside)
    start = time.perf_counter()
    os.rename(aside, inbox / name)
    folders = [region / outcome for outcome in ("compliant", "queried", "non-compliant", "undetermined", "unreadable")]
    wait(lambda: any(f.name.startswith(f"file-{number}~") and f.name.endswith(".verdict.html")
                     for folder in folders if folder.exists() for f in os.scandir(folder)), 10, "no report")
    reported = time.perf_counter()
    wait(lambda: name in listener.told, 10, "no record")
    return (max(reported, listener.told[name]) - start) * 1000


def main():
    poold, policies, source, n = sys.argv[1], os.path.abspath(sys.argv[2]), sys.argv[3], int(sys.argv[4])
    root = pathlib.Path(tempfile.mkdtemp(prefix="poold-lone-", dir=os.environ.get("BENCH_DIR")))
    region = root / "regions" / "leeds"
    inbox = region / "inbox"
    inbox.mkdir(parents=True)
    (root / "state").mkdir()
    listener = Listener(str(root / "syslog"))
    conf = root / "poold.conf"
    conf.write_text(f"root {root}/regions\nstate {root}/state\npolicies {policies}\nsyslog {root}/syslog\ncontrol {root}/control\n")
    keeper = subprocess.Popen([poold, "-d", "--at", "2014-11-28T16:05:00Z", "-f", str(conf)], stderr=open(root / "log", "w"))
    try:
        wait(lambda: (root / "control").exists(), 20, "poold did not start")
        times = []
        for i in range(n + 5):
            times.append(one(inbox, region, listener, source, i))
            time.sleep(0.05)  # a lone file: what follows the last one's report is over
        times = times[5:]
    finally:
        keeper.terminate()
        keeper.wait()
        shutil.rmtree(root)
    times.sort()
    print(f"{times[len(times) // 2]:.2f} {times[len(times) * 9 // 10]:.2f} {times[min(len(times) - 1, len(times) * 99 // 100)]:.2f}")


if __name__ == "__main__":
    main()
