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
import time


def wait(condition, seconds, what):
    end = time.perf_counter() + seconds
    while not condition():
        if time.perf_counter() > end:
            sys.exit(f"lone.py: {what} within {seconds} s")
        time.sleep(0.00005)


def one(inbox, region, listener, source, number):
    name = f"file-{number}.json"
    aside = region / ".incoming"
    shutil.copy(source, aside)
    start = time.perf_counter()
    os.rename(aside, inbox / name)
    while True:
        record = listener.recv(65536)
        if b" VERDICT " in record and name.encode() in record:
            break
    report = lambda: any(True for folder in ("compliant", "queried", "non-compliant", "undetermined", "unreadable")
                         for _ in region.glob(f"{folder}/file-{number}~*.verdict.html"))
    wait(report, 10, "no report")
    return (time.perf_counter() - start) * 1000


def main():
    poold, policies, source, n = sys.argv[1], os.path.abspath(sys.argv[2]), sys.argv[3], int(sys.argv[4])
    root = pathlib.Path(tempfile.mkdtemp(prefix="poold-lone-", dir=os.environ.get("BENCH_DIR")))
    region = root / "regions" / "leeds"
    inbox = region / "inbox"
    inbox.mkdir(parents=True)
    (root / "state").mkdir()
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listener.bind(str(root / "syslog"))
    listener.settimeout(10)
    conf = root / "poold.conf"
    conf.write_text(f"root {root}/regions\nstate {root}/state\npolicies {policies}\nsyslog {root}/syslog\ncontrol {root}/control\n")
    keeper = subprocess.Popen([poold, "-d", "--at", "2014-11-28T16:05:00Z", "-f", str(conf)], stderr=open(root / "log", "w"))
    try:
        wait(lambda: (root / "control").exists(), 20, "poold did not start")
        times = [one(inbox, region, listener, source, i) for i in range(n + 5)][5:]
    finally:
        keeper.terminate()
        keeper.wait()
        shutil.rmtree(root)
    times.sort()
    print(f"{times[len(times) // 2]:.2f} {times[len(times) * 9 // 10]:.2f} {times[min(len(times) - 1, len(times) * 99 // 100)]:.2f}")


if __name__ == "__main__":
    main()
