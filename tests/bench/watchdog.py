#!/usr/bin/env python3
"""What a careful team would write by itself: folders watched by inotify, a script that checks, a verdict and a page beside, a record to syslog.

Nothing of it is durable: no ledger, no sync, no second try.  Its checks are plain.py's.

usage: watchdog.py FILE N REGIONS       prints JSON: files a second"""
import ctypes
import html
import json
import os
import pathlib
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import plain  # noqa: E402

IN_CLOSE_WRITE, IN_MOVED_TO = 0x8, 0x80
libc = ctypes.CDLL(None, use_errno=True)


class Service:
    def __init__(self, root, regions, syslog):
        self.fd = libc.inotify_init1(0)
        self.folders = {}
        for i in range(regions):
            folder = root / f"region{i}"
            for name in ("inbox", "compliant", "non-compliant"):
                (folder / name).mkdir(parents=True)
            self.folders[libc.inotify_add_watch(self.fd, os.fsencode(folder / "inbox"), IN_CLOSE_WRITE | IN_MOVED_TO)] = folder
        self.syslog = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.syslog.connect(syslog)

    def judge(self, folder, name):
        path = folder / "inbox" / name
        try:
            judged = plain.judge(plain.read(path.read_text()))
        except (ValueError, KeyError, TypeError) as error:
            judged = {"outcome": "non-compliant", "findings": [str(error)]}
        outcome = judged["outcome"]
        to = folder / outcome
        stem = path.stem
        verdict = {"name": name, "region": folder.name, "received": time.time(), **judged}
        (to / f"{stem}.verdict.json").write_text(json.dumps(verdict))
        rows = "".join(f"<li>{html.escape(str(p))}</li>" for p in judged["findings"])
        (to / f"{stem}.verdict.html").write_text(f"<!DOCTYPE html><title>{html.escape(name)}</title><h1>{outcome}</h1><ul>{rows}</ul>")
        os.rename(path, to / name)
        self.syslog.send(f"<134>1 - host checker - VERDICT - {name} {outcome}".encode())

    def run(self):
        while True:
            events, at = os.read(self.fd, 65536), 0
            while at < len(events):
                wd, _, _, n = struct.unpack_from("iIII", events, at)
                name = events[at + 16:at + 16 + n].rstrip(b"\0").decode()
                at += 16 + n
                if wd in self.folders and name:
                    self.judge(self.folders[wd], name)


def main():
    source, n, regions = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    if len(sys.argv) > 4:  # the service, a process of its own
        service = Service(pathlib.Path(sys.argv[4]), regions, sys.argv[5])
        print("ready", flush=True)
        service.run()
    top = pathlib.Path(tempfile.mkdtemp(prefix="watchdog-", dir=os.environ.get("BENCH_DIR")))
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listener.bind(str(top / "syslog"))
    told = [0]

    def read():
        while True:
            listener.recv(65536)
            told[0] += 1
    threading.Thread(target=read, daemon=True).start()
    service = subprocess.Popen([sys.executable, __file__, source, str(n), str(regions), str(top / "root"), str(top / "syslog")],
                               stdout=subprocess.PIPE)
    try:
        service.stdout.readline()
        data = pathlib.Path(source).read_bytes()
        (top / "stage").mkdir()
        for i in range(n):
            (top / "stage" / f"plan{i}.json").write_bytes(data.replace(b'"Scheme 1 of', b'"Scheme 1 (%d) of' % i, 1))
        os.sync()
        start = time.monotonic()
        for i in range(n):
            os.rename(top / "stage" / f"plan{i}.json", top / "root" / f"region{i % regions}" / "inbox" / f"plan{i}.json")
        while told[0] < n and service.poll() is None:
            time.sleep(0.005)
        print(json.dumps({"told": round(n / (time.monotonic() - start)) if told[0] == n else 0}))
    finally:
        service.kill()
        service.wait()
        shutil.rmtree(top)


main()
