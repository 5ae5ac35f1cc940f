"""What the regional teams drop in a night, and the journal of it: every file with its region, name, bytes and moment."""

import ctypes
import errno
import hashlib
import json
import os
import pathlib
import random
import threading
import time

FIXTURES = pathlib.Path("tests/fixtures/submissions")
PLANS = sorted(p for folder in ("pass", "fail") for p in (FIXTURES / folder).glob("*.json") if p.stat().st_size > 0)
TABLES = sorted(p for folder in ("pass", "fail") for p in (FIXTURES / folder).glob("*.csv"))
NAMES = ["plan.json", "BCF plan final (2).json", "Böse Zahlen.json", "<b>plan.json", "=cmd|'C calc'!A0.json", "-rf.json",
         "plan\nwith a line.json", "x" * 240 + ".json", "plan~7.json", "plan"]
RENAME_NOREPLACE = 1
libc = ctypes.CDLL(None, use_errno=True)


def rename_in(source, target):
    """As rename(2), but never over a file of the same name that still waits: that would be the team's own loss, not poold's."""
    while libc.renameat2(-100, os.fsencode(source), -100, os.fsencode(target), RENAME_NOREPLACE) == -1:
        if ctypes.get_errno() not in (errno.EEXIST, errno.ENOSPC):
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(target))
        time.sleep(0.01)


def tiny(number, **more):
    return json.dumps({"schema": "night/1", "area": "E08000035", "year": "2015-16", "amount": 50, "note": f"file {number}", **more}).encode()


def garbage(dice, number):
    kind = dice.randrange(5)
    mark = str(number).encode()
    if kind == 0:
        return dice.randbytes(3000)
    if kind == 1:
        return b"[" * 5000 + mark
    if kind == 2:
        return PLANS[0].read_bytes()[:4000] + mark
    if kind == 3:
        return b'{"schema": "night/1", "amount": ' + b"9" * 4000 + mark + b"}"
    return b"PK\x03\x04" + dice.randbytes(500) + mark


class Load:
    """Each kind makes bytes that no other file of the night has, so that every file can be told apart by its SHA-256."""

    def __init__(self, root, seed, big):
        self.root, self.big = root, big
        self.dice = random.Random(seed)
        self.lock = threading.Lock()
        self.number = 0
        self.journal = {}  # sha256 -> what was dropped
        self.kinds = {
            "a plan": lambda n: self.dice.choice(PLANS).read_bytes() + b" " * (n % 997) + b"\n" * (n // 997 % 97) + b"\t" * (n // 96709),
            "a table": lambda n: self.dice.choice(TABLES).read_bytes() + b"\n" * n,
            "a small return": lambda n: tiny(n, amount=self.dice.choice([1, 50, 100, 200])),
            "garbage": lambda n: garbage(self.dice, n),
            "too large": lambda n: b"x" * (self.big + n),
            "a trap for the policy": lambda n: tiny(n, attack=self.dice.choice(["loop", "pattern", "memory", "error"])),
        }

    def make(self, kind):
        with self.lock:
            self.number += 1
            return self.number, self.kinds[kind](self.number)

    def note(self, region, name, kind, data):
        with self.lock:
            self.journal[hashlib.sha256(data).hexdigest()] = {
                "region": region, "name": name, "kind": kind, "bytes": len(data), "when": time.time()}

    def drop(self, region, kind, name=None):
        """Written beside the inbox and renamed in, as a well-behaved transfer does."""
        number, data = self.make(kind)
        name = name or self.dice.choice(NAMES + [f"return-{number}.json"] * 6)
        aside = self.root / region / f".transfer-{number}"
        while True:
            try:
                aside.write_bytes(data)
                break
            except OSError:  # the disk is full for the team as well: people try again
                time.sleep(0.2)
        self.note(region, name, kind, data)
        rename_in(aside, self.root / region / "inbox" / name)

    def write_slowly(self, region, seconds):
        """As somebody copies over a bad line: in place, piece by piece."""
        number, data = self.make("a plan")
        name = f"slow-{number}.json"
        self.note(region, name, "a plan, written slowly", data)
        with open(self.root / region / "inbox" / name, "wb", buffering=0) as f:
            for i in range(10):
                piece = data[len(data) * i // 10:len(data) * (i + 1) // 10]
                while piece:
                    try:
                        piece = piece[f.write(piece):]
                    except OSError:
                        time.sleep(0.2)
                time.sleep(seconds / 10)
