#!/usr/bin/env python3
"""Records for a plain /dev/log (BSD header, @cee: and JSON) as syslog-ng with default flags and rsyslog with mmjsonparse read them."""
import glob
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, "tests/regress")
from judged import BUILD, Tap  # noqa: E402

TOP = tempfile.mkdtemp(prefix="poold-cee-")
tap = Tap()

SYSLOG_NG = """@version: 3.38
options {{ keep-hostname(yes); stats-freq(0); flush-lines(1); }};
source plain {{ unix-dgram("{0}/log"); }};
parser cee {{ json-parser(prefix(".cee.") marker("@cee:")); }};
destination records {{ file("{0}/records" template("$(format-json header.program=$PROGRAM header.pid=$PID header.pri=$PRI --key .cee.*)\\n")); }};
log {{ source(plain); parser(cee); destination(records); }};
"""

RSYSLOG = """module(load="imuxsock" SysSock.Use="off")
module(load="mmjsonparse")
input(type="imuxsock" Socket="{0}/log" RateLimit.Interval="0")
template(name="all" type="string" string="{{\\"program\\":\\"%programname%\\",\\"pid\\":\\"%procid%\\",\\"ok\\":\\"%parsesuccess%\\",\\"cee\\":%$!all-json%}}\\n")
action(type="mmjsonparse")
action(type="omfile" file="{0}/records" template="all" asyncWriting="off" flushOnTXEnd="on")
"""


class Reader:
    """A daemon in a folder of its own."""

    def __init__(self, name, conf, command, env=None):
        self.dir = f"{TOP}/{name}"
        os.makedirs(self.dir)
        with open(self.dir + "/conf", "w") as file:
            file.write(conf.format(self.dir))
        self.process = subprocess.Popen([w.format(self.dir) for w in command], env=env, stdin=subprocess.DEVNULL,
                                        stdout=open(self.dir + "/said", "w"), stderr=subprocess.STDOUT)
        self.up = self.wait(lambda: os.path.exists(self.dir + "/log"))

    def wait(self, condition, seconds=20):
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            if condition():
                return True
            time.sleep(0.05)
        return False

    def said(self):
        with open(self.dir + "/said", errors="replace") as file:
            return file.read()

    def lines(self):
        try:
            with open(self.dir + "/records", encoding="utf-8", newline="\n") as file:
                return [json.loads(line) for line in file if line.endswith("\n")]
        except FileNotFoundError:
            return []

    def send(self):
        """What was sent, as the sender says it."""
        os.makedirs(self.dir + "/state")
        sent = subprocess.run([f"{BUILD}/tests/system/send_events", self.dir + "/state", self.dir + "/log", "odd", "cee"],
                              capture_output=True, text=True, timeout=90, env={**os.environ, "TZ": "Europe/London"})
        expected = [json.loads(line) for line in sent.stdout.splitlines()]
        self.wait(lambda: len(self.lines()) >= len(expected))
        return expected

    def end(self):
        self.process.terminate()
        self.process.wait(20)


def compare(name, expected, received):
    """received: one dictionary of the JSON a record."""
    tap.ok(len(expected) == len(received) == 18, f"{name}: every record arrives", len(expected), len(received))
    for want, got in zip(expected, received):
        wrong = []
        cut = str(got.get("cut", "")).split()
        for tag, value in {**want["tags"], "sequence": str(want["sequence"]), "msgid": want["msgid"]}.items():
            have = str(got.get(tag))
            if not (have.endswith("…") and value.startswith(have[:-1]) if tag in cut else have == value):
                wrong.append((tag, have[:100], value[:100]))
        extra = set(got) - set(want["tags"]) - {"sequence", "msgid", "time", "msg", "cut"}
        tap.ok(not wrong and not extra and "seq='" in got["msg"] and got["time"].endswith("Z"),
               f"{name}: fields as sent: {want['tags']['name'][:30]}", wrong, extra)


def syslog_ng():
    path = os.environ["PATH"] + ":/usr/sbin"
    if not shutil.which("syslog-ng", path=path):
        tap.ok(True, "syslog-ng # SKIP it is not installed")
        return
    reader = Reader("syslog-ng", SYSLOG_NG, [shutil.which("syslog-ng", path=path), "--no-caps", "-F", "-f", "{0}/conf", "-R", "{0}/persist",
                                             "-c", "{0}/ctl", "-p", "{0}/pid"])
    try:
        tap.ok(reader.up, "syslog-ng listens", reader.said())
        if not reader.up:
            return
        expected = reader.send()
        lines = reader.lines()
        compare("syslog-ng", expected, [line.get("_cee", line.get(".cee", {})) for line in lines])
        headers = {(line["header"]["program"], line["header"]["pid"]) for line in lines}
        tap.ok(headers == {("poold", "4711")}, "syslog-ng: program and process as sent", headers)
    finally:
        reader.end()


def get_rsyslog():
    """rsyslog's own files, unpacked beside the build: as a package it would drive syslog-ng out.  None: and why not."""
    top = os.path.abspath("build-rsyslog")
    root = top + "/root"
    if not os.path.exists(root + "/usr/sbin/rsyslogd"):
        shutil.rmtree(top, ignore_errors=True)
        os.makedirs(root)
        try:
            got = subprocess.run(["apt-get", "download", "rsyslog", "libestr0", "libfastjson4"], cwd=top, capture_output=True, text=True, timeout=60)
        except (OSError, subprocess.TimeoutExpired) as error:
            return None, str(error)
        debs = glob.glob(top + "/*.deb")
        if got.returncode != 0 or len(debs) != 3:
            return None, "its packages cannot be had here"
        for deb in debs:
            subprocess.run(["dpkg", "-x", deb, root], check=True)
    lib = f"{root}/usr/lib/{platform.machine()}-linux-gnu"
    env = {**os.environ, "LD_LIBRARY_PATH": lib, "TZ": "Europe/London"}
    started = subprocess.run([root + "/usr/sbin/rsyslogd", "-v"], env=env, capture_output=True)
    return (root, lib, env) if started.returncode == 0 else None, "it does not run here"


def rsyslog():
    found, why = get_rsyslog()
    if found is None:
        tap.ok(True, "rsyslog # SKIP " + why)
        return
    root, lib, env = found
    reader = Reader("rsyslog", RSYSLOG, [root + "/usr/sbin/rsyslogd", "-n", "-f", "{0}/conf", "-i", "{0}/pid", "-M", lib + "/rsyslog"], env)
    try:
        tap.ok(reader.up, "rsyslog listens", reader.said())
        if not reader.up:
            return
        expected = reader.send()
        lines = reader.lines()
        compare("rsyslog", expected, [line["cee"] for line in lines])
        headers = {(line["program"], line["pid"], line["ok"]) for line in lines}
        tap.ok(headers == {("poold", "4711", "OK")}, "rsyslog: program and process as sent, and JSON found", headers)
        tap.ok(all(type(line["cee"]["seq"]) is int and type(line["cee"]["at_stake"]) is str for line in lines),
               "rsyslog: numbers are numbers, and money is text, so that it stays exact", lines[:1])
    finally:
        reader.end()


try:
    syslog_ng()
    rsyslog()
finally:
    if not tap.failed:
        shutil.rmtree(TOP)
tap.done()
