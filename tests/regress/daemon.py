"""What the tests of the daemon share: a real poold on a scratch root, with policies of its own, and a listener in syslog's place."""

import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

from judged import say

BUILD = os.path.abspath(os.environ.get("B", "build"))

FAULTS = """not_a_number number_as_text wrong_type missing dangling_reference duplicate_key not_listed out_of_range not_whole_pence
unknown_field bad_year bad_code bad_text not_one unreadable empty truncated no_form""".split()

PACK = """pack { id = "tiny", title = "A tiny pack", status = "enacted", source = "test",
  faults = { %s } }
""" % ", ".join(f'{fault} = "TINY-READ"' for fault in FAULTS)

FORM = """form {
  id = "tiny-return", title = "Tiny return", recognise = { schema = "tiny/1" }, area = "area", period = "year",
  fields = { { "schema", "text", required = true }, { "area", "text", required = true }, { "year", "year", required = true },
    { "amount", "money", required = true, title = "Amount" }, { "attack", "text" } } }
"""

CONDITIONS = """condition { id = "TINY-READ", title = "The file can be read", severity = "error", reader = true, source = "test",
  remedy = "Mend the file." }
condition { id = "TINY-01", title = "The amount is at most a hundred", severity = "error", forms = { "tiny-return" }, source = "test",
  remedy = "Lower the amount.", check = function(budget)
    at_most { at = budget:place "amount", given = budget.amount, most = gbp "100" }
  end }
"""

# Each is started by a submission whose `attack` names it.
HOSTILE = """
local attacks = {
  pattern = function() return (("a"):rep(30000)):find(".-.-.-.-b") end,
  loop = function() while true do end end,
  caught = function() while true do pcall(function() while true do end end) end end,
  memory = function() local t = {} for i = 1, 1000000000 do t[i] = ("x"):rep(1000000) .. i end end,
  error = function() error("a policy's mistake") end,
}
condition { id = "TINY-02", title = "Hostile", severity = "error", forms = { "tiny-return" }, source = "test", remedy = "None.",
  check = function(budget)
    local attack = budget:optional "attack"
    if attack and attacks[attack] then attacks[attack]() end
  end }
"""


def plan(amount="50.00", **more):
    return json.dumps({"schema": "tiny/1", "area": "E08000035", "year": "2015-16", "amount": amount, **more})


def plan_number(amount=50, **more):
    return json.dumps({"schema": "tiny/1", "area": "E08000035", "year": "2015-16", "amount": amount, **more})


class Listener(threading.Thread):
    """A datagram socket where syslog would listen."""

    def __init__(self, path):
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(path)
        self.records = []
        self.start()

    def run(self):
        while True:
            try:
                self.records.append(self.socket.recv(1 << 20))
            except OSError:
                return

    def of(self, msgid):
        # <PRI>1 TIME HOST APP PID MSGID …
        return [r for r in list(self.records) if r.split(b" ", 6)[5:6] == [msgid.encode()]]


def claims_in(folder):
    """What lies in a region's .poold, but for the names of claims, which stay until there are many."""
    return [n for n in os.listdir(folder / ".poold") if n != "names"]


class Daemon:
    def __init__(self, tap, region="leeds", **config):
        self.tap = tap
        self.top = pathlib.Path(tempfile.mkdtemp(prefix="poold-test-"))
        self.root = self.top / "root"
        self.policies = self.top / "policies"
        self.process = None
        self.environment = {}  # more for poold alone
        self.region = self.root / region
        self.inbox = self.region / "inbox"
        self.inbox.mkdir(parents=True)
        (self.top / "state").mkdir()
        self.write_policies(CONDITIONS)
        self.config = {"root": self.root, "state": self.top / "state", "policies": self.policies, "syslog": self.top / "syslog",
                       "control": self.top / "control", "settle": "200ms", "rescan": "1s", "min_free": "0", "wall": "2s", **config}
        self.write_config()
        self.listener = Listener(str(self.top / "syslog"))

    def write_config(self):
        self.conf = self.top / "poold.conf"
        self.conf.write_text("".join(f"{key} {value}\n" for key, value in self.config.items()))

    def write_policies(self, conditions):
        shutil.rmtree(self.policies, ignore_errors=True)
        (self.policies / "tiny" / "forms").mkdir(parents=True)
        (self.policies / "site.lua").write_text('site { packs = { "tiny" } }\n')
        (self.policies / "tiny" / "pack.lua").write_text(PACK)
        (self.policies / "tiny" / "forms" / "tiny.lua").write_text(FORM)
        (self.policies / "tiny" / "conditions.lua").write_text(conditions)

    def start(self, *options, fault=None, ready=True):
        env = dict(os.environ, **self.environment)
        if fault:
            env["POOLD_FAULT"] = fault
        self.log = open(self.top / "log", "a")
        self.process = subprocess.Popen([f"{BUILD}/poold", "-d", "-f", str(self.conf), *options], stderr=self.log, env=env)
        if ready:
            self.wait(lambda: self.status().get("rulebook", {}).get("in_use"), 30)
        return self

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(30)
        return self.process.returncode if self.process else None

    def end(self):
        self.stop()
        if self.tap.failed:
            say(f"what poold said in {self.top}:", (self.top / "log").read_text(errors="replace"))
        shutil.rmtree(self.top, ignore_errors=True)

    def poolctl(self, *arguments):
        return subprocess.run([f"{BUILD}/poolctl", arguments[0], "--socket", str(self.top / "control"), *arguments[1:]],
                              capture_output=True, timeout=60)

    def connect(self, timeout=5):
        """To the control socket, once its queue has room; timeout 0: what is sent and read there does not wait."""
        end = time.monotonic() + 60
        while True:
            s = socket.socket(socket.AF_UNIX)
            s.settimeout(timeout)
            try:
                s.connect(str(self.top / "control"))
                return s
            except BlockingIOError:
                s.close()
                if time.monotonic() > end:
                    raise
                time.sleep(0.001)

    def status(self):
        try:
            return json.loads(self.poolctl("status", "--json").stdout)
        except ValueError:
            return {}

    def list(self, *options):
        return [json.loads(line) for line in self.poolctl("list", "--json", *options).stdout.splitlines()]

    def drop(self, name, content):
        """Renamed in, as a transfer that knows how to does it."""
        aside = self.region / ".incoming"
        aside.write_bytes(content if isinstance(content, bytes) else content.encode())
        os.rename(os.fsencode(aside), os.fsencode(self.inbox) + b"/" + (name if isinstance(name, bytes) else name.encode()))

    def published(self, pattern="*.verdict.json"):
        return sorted(p for p in self.region.glob(f"[a-z]*/{pattern}") if p.parent.name != "inbox")

    def verdicts(self):
        return [json.loads(p.read_text()) for p in self.published()]

    @staticmethod
    def wait(condition, seconds=10):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if condition():
                return True
            time.sleep(0.02)
        return False

    def wait_published(self, n, seconds=15):
        return self.wait(lambda: len(self.published()) >= n and self.status().get("unpublished") == 0, seconds)


def sequence_numbers(records):
    return [int(m.group(1)) for r in records if (m := re.search(rb'sequenceId="(\d+)"', r))]
