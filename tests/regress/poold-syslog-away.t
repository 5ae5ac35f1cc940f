#!/usr/bin/env python3
"""Whatever is where syslog should listen: poold says so, waits without haste, and tells everything in order afterwards."""
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path[:0] = ["tests/regress", "tests/system"]
from daemon import BUILD, Daemon, Listener, plan  # noqa: E402
from judged import Tap  # noqa: E402
from syslog_check import Account  # noqa: E402

tap = Tap()
dropped = 0


def drop(d, n=1):
    global dropped
    for _ in range(n):
        dropped += 1
        d.drop(f"{dropped}.json", plan(f"{dropped % 90}.00"))


def state(d, words, what):
    tap.ok(d.wait(lambda: words in d.status().get("syslog", ""), 20), what, d.status().get("syslog"))


def switches(d):
    text = pathlib.Path(f"/proc/{d.process.pid}/status").read_text()
    return int(text.split("voluntary_ctxt_switches:")[1].split()[0])


def waits_without_haste(d):
    """Seldom woken up, once what it does after its start is done."""
    rates = []

    def is_quiet():
        before, start = switches(d), time.monotonic()
        time.sleep(2)
        rates.append((switches(d) - before) / (time.monotonic() - start))
        return rates[-1] < 5
    tap.ok(d.wait(is_quiet, 30), "it waits without haste: woken up less than 5 times a second", rates)


def account(d, *more):
    """Of all that any listener got."""
    return Account([r.decode() for listener in (*more, d.listener) for r in listener.records])


def places():
    """A missing socket, a regular file, a stream socket, a link to nowhere; then a listener."""
    d = Daemon(tap)
    at = d.top / "syslog"
    try:
        d.start()
        old = d.listener
        d.wait(lambda: d.status().get("untold") == 0)
        old.socket.close()
        at.unlink()
        drop(d)
        state(d, "no socket at", "no socket: said so")
        s = d.status()
        tap.ok(not s["well"] and s["syslog_away_since"] and s["untold"] > 0 and s["untold_since"], "with the backlog and its age, and it is not well", s)
        text = d.poolctl("status").stdout.decode()
        tap.ok("not reached since 20" in text and "records wait, the oldest since 20" in text, "poolctl status says it in words", text)
        at.write_text("")
        state(d, "a regular file, and no socket, is at", "a regular file")
        at.unlink()
        stream = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        stream.bind(str(at))
        stream.listen(1)
        state(d, "unix-dgram(), not unix-stream()", "a stream socket")
        stream.close()
        at.unlink()
        at.symlink_to("syslog")
        state(d, "symbolic links lead nowhere", "a link that leads to itself")
        at.unlink()
        at.mkdir()
        state(d, "is no socket", "a folder")
        at.rmdir()
        waiting = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        waiting.bind(str(at))
        waiting.close()
        state(d, "nobody listens at", "a socket that nobody listens at")
        waits_without_haste(d)
        at.unlink()
        d.listener = Listener(str(at))
        tap.ok(d.wait(lambda: d.status().get("untold") == 0, 20), "with a listener everything is told", d.status())
        tap.ok(d.status()["syslog_away_since"] is None and "connected to" in d.status()["syslog"], "and it is well again", d.status())
        # made again by another listener while the old one lives on and reads
        other = d.listener
        at.unlink()
        d.listener = Listener(str(at))
        drop(d, 5)
        tap.ok(d.wait(lambda: len(d.listener.of("VERDICT")) >= 5, 20), "a socket that was made again is found, although the old one lives",
               len(d.listener.records))
        d.wait(lambda: d.status().get("untold") == 0, 20)
        a = account(d, old, other)
        tap.ok(not a.lacking() and not a.late, "nothing lacks, and the order is kept", a.tell())
    finally:
        d.end()


def frozen():
    """A listener that does not read, then slowly."""
    d = Daemon(tap)
    at = d.top / "syslog"
    d.listener.socket.close()
    at.unlink()
    slow = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    slow.bind(str(at))
    try:
        d.start()
        drop(d, 30)
        state(d, "does not keep up", "a reader that does not read: said so")
        d.wait(lambda: d.status().get("arrivals") == 30)
        waits_without_haste(d)
        slow.settimeout(20)
        got = []
        untold = d.status()["untold"]
        # killed in the middle: numbers repeat, never lack
        for _ in range(untold // 2):
            got.append(slow.recv(1 << 20))
            time.sleep(0.005)
        d.process.kill()
        d.process.wait()
        d.start(ready=False)
        while (a := Account([r.decode() for r in got])).last < untold + 1 or not any(b" START " in r for r in got[1:]):
            try:
                got.append(slow.recv(1 << 20))
            except TimeoutError:
                break
        tap.ok(not a.lacking() and not a.late and a.last > untold, "one that reads slowly gets everything in order, over a kill -9 of poold", a.tell())
    finally:
        slow.close()
        d.end()


def forbidden():
    """A socket that poold may not write to."""
    if os.getuid() == 0 and not shutil.which("setpriv"):
        tap.ok(True, "a socket that poold may not write to # SKIP setpriv is not installed")
        return
    d = Daemon(tap)
    at = d.top / "syslog"
    os.chmod(at, 0)
    drops = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--ambient-caps=-all"] if os.getuid() == 0 else []
    log = open(d.top / "log", "a")
    d.process = subprocess.Popen([*drops, f"{BUILD}/poold", "-d", "-f", str(d.conf)], stderr=log)
    try:
        state(d, "poold may not write to", "a socket that poold may not write to: said so, with what it needs")
        os.chmod(at, 0o666)
        tap.ok(d.wait(lambda: d.status().get("untold") == 0, 20), "once it may, everything is told", d.status())
        a = account(d)
        tap.ok(not a.lacking() and a.last > 0, "from the first on", a.tell())
    finally:
        d.end()


def plain_log():
    d = Daemon(tap)
    said = {}
    for name, more in (("rfc5424", {}), ("cee", {"syslog_format": "cee"})):
        d.config = {**d.config, "syslog": "/dev/log", **more}
        d.write_config()
        r = subprocess.run([f"{BUILD}/poold", "-n", "-f", str(d.conf)], capture_output=True, text=True, timeout=60)
        said[name] = r.stderr
    d.end()
    tap.ok("syslog_format cee" in said["rfc5424"], "poold -n warns of a plain /dev/log with RFC 5424", said["rfc5424"])
    tap.ok("syslog_format" not in said["cee"], "and not when the format is right", said["cee"])


for part in (places, frozen, forbidden, plain_log):
    dropped = 0
    part()
tap.done()
