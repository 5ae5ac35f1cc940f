#!/usr/bin/env python3
"""poolctl on a terminal of 80 and of 100 columns: nothing is wider but a command to paste; colours only there, and not with NO_COLOR."""
import fcntl
import os
import pty
import re
import shutil
import signal
import struct
import subprocess
import sys
import termios

sys.dont_write_bytecode = True
sys.path.insert(0, "tests/regress")
from daemon import BUILD, Daemon, plan_number  # noqa: E402
from judged import Tap  # noqa: E402


def on_terminal(d, columns, *arguments, **environment):
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    env = {k: v for k, v in os.environ.items() if k != "NO_COLOR"}
    env.update(TERM="xterm", POOLD_SOCKET=str(d.top / "control"), **environment)
    child = subprocess.Popen([BUILD + "/poolctl", *arguments], stdout=theirs, stderr=theirs, env=env)
    os.close(theirs)
    shown = b""
    try:
        while part := os.read(ours, 65536):
            shown += part
    except OSError:  # the other end is closed
        pass
    child.wait(30)
    os.close(ours)
    return shown.decode().replace("\r\n", "\n")


def bare(text):
    return re.sub("\033\\[[0-9]*m", "", text)


def fits(tap, d, what, *arguments):
    for columns in 80, 100:
        shown = bare(on_terminal(d, columns, *arguments))
        wide = [line for line in shown.splitlines() if len(line) > columns and not re.match(r" +(mv|cd|chmod|mount) ", line)]
        tap.ok(shown and not wide, f"{what} fits {columns} columns", wide, shown)
    return shown


def colours(tap, d, what, colour):
    tap.ok(f"\033[{colour}mpoold " in on_terminal(d, 80, "status"), f"{what} has its colour on a terminal")
    tap.ok("\033" not in on_terminal(d, 80, "status", NO_COLOR="1") + d.poolctl("status").stdout.decode(), f"{what}: none with NO_COLOR, none in a pipe")


def trouble(d):
    os.mkfifo(d.inbox / "pipe")
    (d.policies / "tiny" / "conditions.lua").write_text("condition { id = ")
    os.unlink(d.top / "syslog")
    d.listener.socket.close()
    shutil.move(d.region / "compliant", d.region / "aside")
    os.symlink("/tmp", d.region / "compliant")
    d.drop("again.json", plan_number(7))
    d.wait(lambda: d.status().get("publish_trouble") and d.status()["rulebook"]["refused"] and d.status()["regions"][0]["skipped"], 30)
    d.config["min_free"] = "100000GB"
    d.write_config()
    d.process.send_signal(signal.SIGHUP)
    return d.wait(lambda: d.status().get("held") and d.status().get("syslog_away_since"), 30)


def main():
    tap = Tap()
    d = Daemon(tap)
    try:
        d.start()
        tap.ok(on_terminal(d, 80, "list") == "There is no verdict yet.\n", "a list of nothing says so")
        d.drop("a name that is rather long for a return of a year.json", plan_number(5))
        d.wait_published(1)
        tap.ok(d.poolctl("list", "--region", "york").stderr == b"There is no such verdict.\n", "so does one that a filter leaves empty")
        fits(tap, d, "the status of one that is well", "status")
        fits(tap, d, "a list", "list")
        colours(tap, d, "all is well", 32)
        tap.ok(trouble(d), "there is trouble of every kind", d.status())
        shown = fits(tap, d, "the status of one in trouble", "status")
        for word in "refused at", "and 1", "records wait", "min_free", "Could not publish", "left in the inbox: pipe":
            tap.ok(word in shown, "in trouble it says " + word, shown)
        command = re.search(r"To mend it:\n +(mv -T .*)\n", shown)
        tap.ok(command and subprocess.run(["sh", "-c", command[1]], timeout=10).returncode == 0, "the command that mends it is on one line, and works", shown)
        tap.ok(d.wait(lambda: d.status().get("publish_trouble") is None, 40), "then publishing goes on", d.status().get("publish_trouble"))
        colours(tap, d, "trouble", 31)
    finally:
        d.end()
    tap.done()


main()
