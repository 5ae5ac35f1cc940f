#!/usr/bin/env python3
"""Events reach a real syslog-ng whole, in order and without a gap, whatever they hold."""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path[:0] = ["tests/regress", "tests/system"]
from judged import Tap  # noqa: E402
from syslog_check import Account, lines_of  # noqa: E402

TOP = tempfile.mkdtemp(prefix="poold-syslog-")
SEND = os.environ.get("B", "build") + "/tests/system/send_events"
tap = Tap()
ok = tap.ok


class Case:
    """A syslog-ng and a ledger in a folder of their own."""

    def __init__(self, name):
        self.dir = f"{TOP}/{name}"
        self.ledger = f"{self.dir}/state"
        os.makedirs(self.ledger)

    def syslog(self, action):
        subprocess.run(["tests/system/syslog_ng.sh", action, self.dir], check=True)

    def start_with(self, conf):
        with open(f"{self.dir}/syslog-ng.conf", "w", encoding="utf-8") as file:
            file.write(conf)
        path = shutil.which("syslog-ng", path=os.environ["PATH"] + ":/usr/sbin")
        self.own = subprocess.Popen([path, "--no-caps", "-F", *(w for o, n in (("-f", "conf"), ("-R", "persist"), ("-c", "ctl"), ("-p", "own-pid"))
                                                                for w in (o, f"{self.dir}/syslog-ng.{n}"))], stderr=subprocess.DEVNULL)

    def stop_own(self):
        self.own.terminate()
        self.own.wait(30)

    def pid(self):
        return int(open(f"{self.dir}/syslog-ng.pid").read())

    def send(self, *args):
        out = open(f"{self.dir}/expected", "a")
        return subprocess.Popen([SEND, self.ledger, f"{self.dir}/socket", *map(str, args)],
                                stdout=out, stderr=subprocess.PIPE, text=True)

    def lines(self, name):
        try:
            with open(f"{self.dir}/{name}", encoding="utf-8", newline="\n") as f:
                return [json.loads(line) for line in f if line.endswith("\n")]
        except FileNotFoundError:
            return []

    def received(self):
        """What syslog-ng parsed, with what it had been sent twice taken out."""
        seen, once = set(), []
        for record in self.lines("records"):
            tags = record.get("_SDATA", {}).get("poold@32473", {})
            if tags.get("sequence") not in seen:
                seen.add(tags.get("sequence"))
                once.append((record, tags))
        return once

    def wait(self, n, seconds=30):
        end = time.time() + seconds
        while time.time() < end and len(self.lines("records")) < n:
            time.sleep(0.05)

    def check_order(self, n, what):
        expected = self.lines("expected")
        got = [int(tags.get("sequence", -1)) for _, tags in self.received()]
        ok(len(expected) == n and got == [e["sequence"] for e in expected], what,
           f"{len(expected)} expected, {len(got)} received\n{got[:50]}")


def same(expected, tags):
    """Every tag equal, or cut at its end and named as cut."""
    cut = tags.get("cut", "").split()
    for name, value in expected["tags"].items():
        got = tags.get(name)
        if name in cut:
            if got is None or not got.endswith("…") or not value.startswith(got[:-1]):
                return f"{name}: {got!r} is no beginning of {value!r}"
        elif got != value:
            return f"{name}: {got!r} instead of {value!r}"
    extra = set(tags) - set(expected["tags"]) - {"sequence", "cut"}
    return f"unexpected tags {extra}" if extra else None


def odd_values():
    case = Case("odd")
    case.syslog("start")
    sender = case.send("odd")
    ok(sender.wait(timeout=90) == 0, "the sender ends when everything is told")
    expected = case.lines("expected")
    case.wait(len(expected))
    received = case.received()
    ok(len(received) == len(expected) == 18, "every record arrives", len(received))
    for want, (record, tags) in zip(expected, received):
        wrong = same(want, tags)
        title = want["tags"]["name"][:40].replace("#", "\\#")
        ok(wrong is None, f"fields as sent: {title}", wrong)
        header = (record["MSGID"], record["PROGRAM"], record["HOST"], str(record["PID"]),
                  record["_SDATA"]["meta"]["sequenceId"])
        ok(header == (want["msgid"], "poold", "audit.example", "4711", str(want["sequence"])),
           f"header as sent: {title}", header)
        clean = all(ord(c) >= 32 and not 127 <= ord(c) < 160 for c in record["MESSAGE"])
        ok(clean and "seq='" in record["MESSAGE"] and record["MESSAGE"][0] != "\ufeff",
           f"one readable line: {title}", repr(record["MESSAGE"][:200]))
    cut = [tags for _, tags in received if "cut" in tags]
    ok(len(cut) == 1 and cut[0]["cut"] == "name", "only what is over-long is cut", len(cut))
    with open(f"{case.dir}/messages", newline="\n") as messages:
        ok(len(messages.read().splitlines()) == 18, "a line a record in the plain file")
    case.syslog("stop")


def restarts():
    """Stopped and started again during sending."""
    case = Case("restarts")
    case.syslog("start")
    sender = case.send(6000, 2000)
    for _ in range(3):
        time.sleep(0.3)
        case.syslog("stop")
        time.sleep(0.3)
        case.syslog("start")
    ok(sender.wait(timeout=90) == 0, "everything is told although syslog-ng was away three times")
    case.wait(6000)
    case.check_order(6000, "everything arrives in order and without a gap after restarts")
    case.syslog("stop")


def late():
    """Not there when the sending begins."""
    case = Case("late")
    sender = case.send(50, 0)
    time.sleep(0.5)
    ok(sender.poll() is None, "the sender waits for a socket that is not there yet")
    case.syslog("start")
    ok(sender.wait(timeout=90) == 0, "and tells everything when it is there")
    case.wait(50)
    case.check_order(50, "in order")
    case.syslog("stop")


def lost_queue():
    """Ended with our records in its queue, unread: the kernel drops them, we may not."""
    case = Case("lost-queue")
    case.syslog("start")
    pid = case.pid()
    os.kill(pid, signal.SIGSTOP)
    sender = case.send(2000, 0)
    time.sleep(1)
    ok(sender.poll() is None, "records that are not read are not told")
    os.kill(pid, signal.SIGKILL)
    os.kill(pid, signal.SIGCONT)
    time.sleep(0.2)
    case.syslog("start")
    ok(sender.wait(timeout=90) == 0, "everything is told after the daemon was killed")
    case.wait(2000)
    case.check_order(2000, "nothing that waited in its queue is lost")
    case.syslog("stop")


def killed_while_reading():
    """Killed with records in its own memory, which it had read: they come again, with those of the last seconds."""
    case = Case("killed-reading")
    os.environ.update(FLUSH_LINES="1000", SOURCE_OPTIONS="log-fetch-limit(1000) log-iw-size(10000)")
    case.syslog("start")
    open(f"{case.dir}/records", "a").close()
    sender, kills = case.send(10000, 0), 0
    while sender.poll() is None and kills < 4:
        had, end = os.path.getsize(f"{case.dir}/records"), time.time() + 5
        while sender.poll() is None and time.time() < end and os.path.getsize(f"{case.dir}/records") < had + 300_000:
            time.sleep(0.001)
        os.kill(case.pid(), signal.SIGKILL)
        kills += 1
        case.syslog("start")
    ok(sender.wait(timeout=90) == 0 and kills > 2, f"everything is told although syslog-ng was killed {kills} times")
    case.syslog("stop")
    for name in ("FLUSH_LINES", "SOURCE_OPTIONS"):
        del os.environ[name]
    account = Account(lines_of(f"{case.dir}/records"))
    ok(not account.lacking(1, 10000), "nothing that it had read is lost", account.tell(1, 10000))
    ok(account.repeated, "it was told again", account.tell())


def shipped():
    """The configuration that is installed, but for owners and places, and the command that the manual has for finding gaps."""
    case = Case("shipped")
    conf = open("systemd/syslog-ng/poold.conf", encoding="utf-8").read()
    conf = re.sub(r' (?:dir-)?(?:owner|group)\("\w+"\)', "", conf).replace("/run/poold/syslog.sock", f"{case.dir}/socket")
    conf = conf.replace("/var/log/poold", f"{case.dir}/log")
    case.syslog("start")  # writes a configuration, which is replaced
    case.syslog("stop")
    own = open(f"{case.dir}/syslog-ng.conf", encoding="utf-8").read().splitlines()
    case.start_with("\n".join([own[0], "options { keep-hostname(yes); stats-freq(0); };", conf]))
    sender = case.send(500, 0)
    ok(sender.wait(timeout=90) == 0, "the installed configuration takes everything")
    case.stop_own()
    manual = open("docs/events.md", encoding="utf-8").read()
    command = re.search(r"^    (zcat .*\n        awk .*)$", manual, re.M)[1].replace("/var/log/poold", f"{case.dir}/log")

    def gaps():
        return subprocess.run(["sh", "-c", command], capture_output=True, text=True).stdout.splitlines()
    ok(gaps() == ["up to 500"], "the manual's command finds no gap", gaps())
    path = f"{case.dir}/log/poold.log"
    lines = open(path, encoding="utf-8").read().splitlines()
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines[:41] + lines[43:]) + "\n")
    ok(gaps() == ["lacking: 42 to 43", "up to 500"], "and finds one where two records are taken out", gaps())


def killed_sender():
    """The sender is killed: a new one goes on where it is certain."""
    case = Case("killed-sender")
    case.syslog("start")
    sender = case.send(100000, 100)
    time.sleep(0.7)
    sender.kill()
    sender.wait()
    os.rename(f"{case.dir}/expected", f"{case.dir}/expected-by-the-killed")
    sender = case.send(10, 0)
    ok(sender.wait(timeout=90) == 0, "a new sender on the same ledger tells the rest")
    last = case.lines("expected")[-1]["sequence"]
    case.wait(last)
    got = [int(tags["sequence"]) for _, tags in case.received()]
    ok(got == list(range(1, last + 1)), "no gap where the first one was killed", f"{last}: {got[-20:]}")
    case.syslog("stop")


try:
    for run in (odd_values, restarts, late, lost_queue, killed_while_reading, shipped, killed_sender):
        run()
finally:
    for name in os.listdir(TOP):
        if os.path.exists(f"{TOP}/{name}/syslog-ng.pid"):
            subprocess.run(["tests/system/syslog_ng.sh", "stop", f"{TOP}/{name}"])
    if tap.failed:
        print(f"# left for a look: {TOP}")
    else:
        shutil.rmtree(TOP)
tap.done()
