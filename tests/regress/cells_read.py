"""What `poolctl cells` reads in bytes that a test made: cell by cell, or refused."""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

from judged import Tap

POOLCTL = os.path.abspath(os.environ.get("B", "build")) + "/poolctl"


class Cells:
    def __init__(self, ending):
        self.ending, self.tap = ending, Tap()
        self.top = pathlib.Path(tempfile.mkdtemp(prefix="poold-cells-"))

    def run(self, data, name=None):
        """Status, output and errors."""
        path = self.top / (name or "book" + self.ending)
        path.write_bytes(data)
        done = subprocess.run([POOLCTL, "cells", str(path)], capture_output=True, timeout=60, check=False)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def cells(self, data):
        """cell -> (type, value) of all sheets; the sheet is left out.  What is refused gives what was said."""
        code, out, err = self.run(data)
        return err if code != 0 else {o["cell"]: (o["type"], o["value"]) for o in map(json.loads, out.splitlines())}

    def reads(self, what, data, expected):
        got = self.cells(data)
        self.tap.ok(got == expected, what, got, expected)

    def refuses(self, what, data, *words, name=None):
        code, out, err = self.run(data, name)
        self.tap.ok(code == 2 and out == "" and all(w in err for w in words), what, (code, out[:200], err[:600]), words)

    def damaged(self, dice, sources, number):
        """Bytes changed anywhere: never a crash, never a hang."""
        worst = []
        for i in range(number):
            data = bytearray(dice.choice(sources))
            for _ in range(dice.choice([1, 1, 3, 20])):
                data[dice.randrange(len(data))] = dice.randrange(256)
            if dice.random() < 0.2:
                data = data[:dice.randrange(len(data))]
            code, _, err = self.run(bytes(data), f"mutated-{i % 2}{self.ending}")
            if code not in (0, 2) or (code == 2 and ("unexpectedly" in err or not err.strip())):
                worst.append((i, code, err[:200]))
        self.tap.ok(not worst, f"{number} damaged workbooks are read or refused with a reason, and nothing else", worst[:5])

    def done(self):
        shutil.rmtree(self.top)
        self.tap.done()
