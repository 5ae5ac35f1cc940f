"""The keeper and syslog-ng as a service manager runs them: started again when they end, and watched from outside."""

import json
import os
import pathlib
import signal
import subprocess
import threading
import time

from processes import evaluators, send, titled

BUILD = os.path.abspath(os.environ.get("B", "build"))


class Keeper:
    def __init__(self, top, conf, at):
        self.top, self.conf, self.at = top, conf, at
        self.process, self.wanted, self.starts, self.by_itself = None, True, 0, 0
        self.expected = self.disk_full = False  # on a full disk it cannot open its ledger, says so, and is started again
        self.start()
        threading.Thread(target=self.manage, daemon=True).start()

    def start(self):
        self.log = open(self.top / "poold.log", "a")
        self.process = subprocess.Popen([f"{BUILD}/poold", "-d", "--at", self.at, "-f", str(self.conf)], stderr=self.log)
        self.starts += 1

    def manage(self):
        while self.wanted:
            if self.process.poll() is not None and self.wanted:
                self.by_itself += not (self.expected or self.disk_full)
                self.expected = False
                time.sleep(0.1)
                self.start()
            time.sleep(0.05)

    def kill(self):
        self.expected = True
        send([self.process.pid], signal.SIGKILL)

    def stop(self):
        self.wanted = False
        time.sleep(0.2)
        send([self.process.pid], signal.SIGTERM)
        return self.process.wait(60)

    def parts(self, word):
        """The processes of the keeper whose title has this word: rulebook, publisher, evaluator."""
        keeper = self.process.pid
        return evaluators(keeper) if word == "evaluator" else titled(keeper, word)

    def ctl(self, *arguments):
        return subprocess.run([f"{BUILD}/poolctl", arguments[0], "--socket", str(self.top / "control"), *arguments[1:]],
                              capture_output=True, timeout=60)

    def status(self):
        try:
            return json.loads(self.ctl("status", "--json").stdout)
        except (ValueError, subprocess.TimeoutExpired):
            return {}

    def memory(self):
        """Kilobytes in main memory."""
        try:
            lines = pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
            return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))
        except (OSError, StopIteration):
            return None


class Syslog:
    """A real syslog-ng of our own."""

    def __init__(self, folder):
        self.folder = folder
        self.start()

    def call(self, action):
        return subprocess.run(["sh", "tests/system/syslog_ng.sh", action, str(self.folder)], check=True, capture_output=True, text=True).stdout

    def start(self):
        self.call("start")
        self.pid = int(self.call("pid"))

    def stop(self):
        self.call("stop")

    def freeze(self):
        send([self.pid], signal.SIGSTOP)

    def thaw(self):
        send([self.pid], signal.SIGCONT)

    def kill(self):
        send([self.pid], signal.SIGKILL)
