#!/usr/bin/env python3
"""Files a second, sustained, from dropped to told and published durably; or, with --memory, the keeper's memory over very many.

usage: flood.py POOLD POLICIES FILE N REGIONS [--memory]

prints JSON: files a second until told, until published; milliseconds of processor time a file of the keeper, of the publisher, of the
rulebook process with its evaluators, of all, and of this program; the keeper's memory in kB; what the machine's processors did
meanwhile, in shares of their time (a second with much steal, or with others at work, says little).
BENCH_DIR names the disk to measure on (a fresh folder of it)."""
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

HZ = os.sysconf("SC_CLK_TCK")


class Reader(threading.Thread):
    """Where syslog would listen: counts."""

    def __init__(self, path):
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(path)
        self.records = self.verdicts = 0
        self.start()

    def run(self):
        buffer = bytearray(65536)
        receive, find = self.socket.recv_into, buffer.find
        while True:
            n = receive(buffer)
            self.records += 1
            self.verdicts += find(b" VERDICT ", 0, min(n, 200)) >= 0


def memory(pid):
    lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1])


def children(pid):
    return [int(child) for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def processor_seconds(pid):
    """Of a process and of those of its children that it has waited for."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return sum(int(ticks) for ticks in fields[11:15]) / HZ


def processor_by_role(keeper):
    """The roles by what each calls itself: "poold: publisher", "poold: rulebook 3f2a"."""
    seconds = {"keeper": processor_seconds(keeper)}
    for pid in children(keeper):
        title = pathlib.Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
        seconds[title.split()[1]] = processor_seconds(pid) + sum(processor_seconds(child) for child in children(pid))
    return seconds


def machine_seconds():
    """Of all processors since the start: by kind of work."""
    fields = [int(ticks) / HZ for ticks in pathlib.Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return dict(zip(("user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal"), fields))


def spent(before):
    """What the machine did meanwhile, in shares of all its processors' time; for the harness itself beside it."""
    now = machine_seconds()
    passed = {kind: now[kind] - before[kind] for kind in now}
    return {kind: round(seconds / sum(passed.values()), 3) for kind, seconds in passed.items() if seconds > 0}


class Flood:
    def __init__(self, poold, policies, regions):
        self.top = pathlib.Path(tempfile.mkdtemp(prefix="poold-flood-", dir=os.environ.get("BENCH_DIR")))
        self.poolctl = os.path.join(os.path.dirname(poold), "poolctl")
        self.inboxes = [self.top / "root" / f"region{i}" / "inbox" for i in range(regions)]
        for folder in self.inboxes + [self.top / "state", self.top / "stage"]:
            folder.mkdir(parents=True)
        self.reader = Reader(str(self.top / "syslog"))
        conf = self.top / "poold.conf"
        conf.write_text(f"root {self.top}/root\nstate {self.top}/state\npolicies {os.path.abspath(policies)}\nsyslog {self.top}/syslog\n"
                        f"control {self.top}/control\nmin_free 0\n")
        # quiet: -d alone takes --at, and says everything on the terminal
        self.keeper = subprocess.Popen([poold, "-d", "--at", "2014-11-28T16:05:00Z", "-f", str(conf)], stderr=subprocess.DEVNULL)
        while not self.status().get("rulebook", {}).get("in_use"):
            time.sleep(0.05)

    def status(self):
        try:
            return json.loads(subprocess.run([self.poolctl, "status", "--json", "--socket", str(self.top / "control")], capture_output=True).stdout)
        except ValueError:
            return {}

    def stage(self, data, first, n):
        """Files that differ, beside the regions, so that each can be renamed in."""
        for i in range(first, first + n):
            (self.top / "stage" / f"plan{i}.json").write_bytes(data.replace(b'"Scheme 1 of', b'"Scheme 1 (%d) of' % i, 1))

    def drop(self, first, n):
        stage, inboxes = str(self.top / "stage"), [str(folder) for folder in self.inboxes]
        for i in range(first, first + n):
            os.rename(f"{stage}/plan{i}.json", f"{inboxes[i % len(inboxes)]}/plan{i}.json")

    def wait_told(self, n):
        while self.reader.verdicts < n:
            if self.keeper.poll() is not None:
                sys.exit("poold ended")
            time.sleep(0.005)

    def wait_published(self):
        while self.status().get("unpublished") != 0:
            time.sleep(0.02)

    def end(self):
        self.keeper.send_signal(signal.SIGTERM)
        self.keeper.wait(60)
        shutil.rmtree(self.top)


def speed(f, data, n):
    f.stage(data, 0, n)
    os.sync()
    before, machine, harness, start = processor_by_role(f.keeper.pid), machine_seconds(), time.process_time(), time.monotonic()
    f.drop(0, n)
    f.wait_told(n)
    told = time.monotonic() - start
    f.wait_published()
    published = time.monotonic() - start
    used = {role: seconds - before[role] for role, seconds in processor_by_role(f.keeper.pid).items()}
    harness, machine = time.process_time() - harness, spent(machine)
    return {"told": round(n / told), "published": round(n / published), "all_ms": round(1000 * sum(used.values()) / n, 3),
            **{f"{role}_ms": round(1000 * seconds / n, 3) for role, seconds in used.items()}, "harness_ms": round(1000 * harness / n, 3),
            "kB": memory(f.keeper.pid), "machine": machine}


def over_many(f, data, n):
    """In thousands; the memory after each tenth."""
    samples, done = [], 0
    while done < n:
        f.stage(data, done, 1000)
        f.drop(done, 1000)
        done += 1000
        f.wait_told(done)
        f.wait_published()
        if done % max(1000, n // 10) == 0:
            samples.append(memory(f.keeper.pid))
    return {"kB": samples, "grown": samples[-1] - samples[len(samples) // 2]}


def main():
    poold, policies, source, n, regions = sys.argv[1:6]
    f = Flood(os.path.abspath(poold), policies, int(regions))
    try:
        data = pathlib.Path(source).read_bytes()
        print(json.dumps((over_many if "--memory" in sys.argv else speed)(f, data, int(n))))
    finally:
        f.end()


main()
