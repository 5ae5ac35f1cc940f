#!/usr/bin/env python3
"""A real syslog-ng is stopped, frozen and killed while verdicts are made: every record arrives, in order, and gaps can be proved.

VERDICTS=10000 makes it longer (make soak does)."""
import os
import signal
import subprocess
import sys
import threading
import time

sys.dont_write_bytecode = True
sys.path[:0] = ["tests/regress", "tests/system"]
from daemon import Daemon, plan  # noqa: E402
from judged import Tap  # noqa: E402
from syslog_check import Account, lines_of  # noqa: E402

VERDICTS = int(os.environ.get("VERDICTS", "1000"))
REGIONS = ["leeds", "york", "hull"]
tap = Tap()
d = Daemon(tap)
there = d.top / "syslog-ng"


def syslog_ng(action):
    subprocess.run(["tests/system/syslog_ng.sh", action, str(there)], check=True)


def pid():
    return int((there / "syslog-ng.pid").read_text())


def arrivals():
    return d.status().get("arrivals", 0)


def feed():
    for n in range(VERDICTS):
        region = d.root / REGIONS[n % 3]
        aside = region / ".incoming"
        aside.write_text(plan(str(n % 200) + ".00"))
        os.rename(aside, region / "inbox" / f"{n}.json")


def after(part):
    """When that part of the files is judged."""
    tap.ok(d.wait(lambda: arrivals() >= VERDICTS * part, 120), f"{int(part * 100)} % are judged", d.status())


def stop_it():
    syslog_ng("stop")
    time.sleep(0.5)
    syslog_ng("start")


def freeze_it():
    os.kill(pid(), signal.SIGSTOP)
    before = arrivals()
    tap.ok(d.wait(lambda: arrivals() > before or arrivals() == VERDICTS, 30), "judging goes on while syslog-ng is frozen")
    tap.ok(d.wait(lambda: "does not keep up" in d.status().get("syslog", "") or d.status().get("untold") == 0, 30),
           "and status says that it does not keep up", d.status().get("syslog"))
    os.kill(pid(), signal.SIGCONT)


def kill_it():
    os.kill(pid(), signal.SIGKILL)
    time.sleep(0.3)
    syslog_ng("start")


def kill_it_frozen():
    os.kill(pid(), signal.SIGSTOP)
    time.sleep(0.5)
    kill_it()


def kill_keeper():
    d.process.kill()
    d.process.wait()
    d.start(ready=False)


def take_socket_away():
    os.unlink(there / "socket")
    time.sleep(0.3)
    syslog_ng("stop")
    syslog_ng("start")


syslog_ng("start")
d.config["syslog"] = there / "socket"
d.write_config()
try:
    for region in REGIONS:
        (d.root / region / "inbox").mkdir(parents=True, exist_ok=True)
    d.start()
    feeder = threading.Thread(target=feed, daemon=True)
    feeder.start()
    troubles = [stop_it, freeze_it, kill_it, kill_keeper, take_socket_away, kill_it_frozen]
    for i, trouble in enumerate(troubles):
        after((i + 0.5) / len(troubles))
        trouble()
    feeder.join()
    done = d.wait(lambda: (s := d.status()).get("arrivals") == VERDICTS and s["untold"] == s["waiting"] == s["judging"] == 0, 300)
    tap.ok(done, "everything is judged and told in the end", d.status())
    tap.ok(d.stop() == 0, "poold ends well")
    syslog_ng("stop")
    account = Account(lines_of(there / "records"))
    print("#", account.tell())
    tap.ok(account.last >= 2 * VERDICTS and not account.lacking(), "every record arrived, whatever happened to syslog-ng", account.tell())
    tap.ok(not account.late, "the first arrivals are in order", account.tell())
    verdicts = {line.split('"seq":"')[1].split('"')[0] for line in lines_of(there / "records") if '"MSGID":"VERDICT"' in line and '"seq":"' in line}
    tap.ok(len(verdicts) == VERDICTS, "each file's verdict is among them", len(verdicts))
    # what the checker is worth: take one record out, and turn two around
    lines = list(lines_of(there / "records"))
    gap = next(n for n in range(len(account.seen) // 2, account.last) if account.numbers.count(n) == 1)
    without = [line for line in lines if f'"sequence":"{gap}"' not in line]
    tap.ok(Account(without).lacking() == [gap], "a record that is taken out is found missing by its number", Account(without).tell())
    tap.ok(Account(reversed(lines)).late, "and records that were turned around are found out of order")
finally:
    subprocess.run(["tests/system/syslog_ng.sh", "stop", str(there)], check=False)
    d.end()
tap.done()
