#!/usr/bin/env python3
"""A storm: three regions filled at once while every process is killed, stopped and reloaded, and whoever listens to syslog as well.
Afterwards every file that was dropped is accounted for (account.py).

usage: tests/system/storm.py [KILLS [SEED]]          (make soak)
"""
import os
import random
import signal
import subprocess
import sys
import threading
import time

sys.path[:0] = ["tests/regress", "tests/system"]
from account import read_json_records  # noqa: E402
from accounted import Accounted  # noqa: E402
from daemon import CONDITIONS, plan, plan_number  # noqa: E402
from judged import Tap  # noqa: E402
from listener import read_records  # noqa: E402
from processes import evaluators, send, titled  # noqa: E402

REGIONS = ["leeds", "york", "hull"]
CRASHY = CONDITIONS + """
condition { id = "TINY-02", title = "Slow, or failing", severity = "error", forms = { "tiny-return" }, source = "test", remedy = "None.",
  check = function(budget)
    local attack = budget:optional "attack"
    if attack == "slow" then for i = 1, 3000000 do local x = i end end
    if attack == "pattern" then return (("a"):rep(30000)):find(".-.-.-.-b") end
  end }
"""
BROKEN = CRASHY.replace("at_most {", 'error("a mistake") at_most {')
OUTCOMES = {"good": ("compliant",), "much": ("non-compliant",), "not": ("unreadable",), "hangs": ("undetermined",)}
HARMS = {"keeper": 10, "evaluators": 5, "rulebook": 4, "publisher": 4, "listener": 3, "freeze": 1, "stall": 1, "reload": 2, "break": 1}


class OurListener:
    """listener.py in a process of its own, which can be killed and started again."""

    def __init__(self, d):
        self.socket, self.file = d.top / "syslog-socket", d.top / "records"
        self.process = None
        self.start()

    def start(self):
        self.process = subprocess.Popen([sys.executable, "tests/system/listener.py", str(self.socket), str(self.file)])

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.start()

    def pids(self):
        return [self.process.pid]

    def records(self):
        return read_records(self.file)

    def stop(self):
        self.process.kill()
        self.process.wait()


class SyslogNg:
    """The real one.  It is not killed: what it has taken and not yet written would be lost by it, not by us."""

    def __init__(self, d):
        self.dir = d.top / "syslog-ng"
        self.socket = self.dir / "socket"
        self.run("start")

    def run(self, what):
        return subprocess.run(["tests/system/syslog_ng.sh", what, str(self.dir)], capture_output=True, check=True).stdout

    def kill(self):
        send(self.pids(), signal.SIGHUP)

    def pids(self):
        return [int(self.run("pid"))]

    def records(self):
        return read_json_records(self.dir / "records")

    def stop(self):
        self.run("stop")


class Storm:
    def __init__(self, tap, kills, seed, listener, pause):
        self.tap, self.kills, self.pause = tap, kills, pause
        self.dice = random.Random(seed)
        self.feed_dice = random.Random(seed + 1)
        self.d = Accounted(tap, REGIONS, wall="1s", max_size="2MB")
        self.listener = listener(self.d)
        self.d.config["syslog"] = self.listener.socket
        self.d.write_config()
        self.d.write_policies(CRASHY)
        self.over = threading.Event()

    def content(self, n):
        kind = self.feed_dice.random()
        if kind < 0.6:
            return "good", plan_number(n % 100, attack=f"n{n}")
        if kind < 0.8:
            return "much", plan("200.00", attack=f"n{n}")
        if kind < 0.96:
            return "not", plan_number(1, attack=f"n{n}")[:-7] + str(n)
        if kind < 0.985:
            return "much", plan_number(200, attack="slow")
        if kind < 0.99:
            return "hangs", plan_number(1, attack="pattern")
        # a size of its own: of one that is too large to be kept nothing else tells it from another of its name
        return "any", (f"{n}" * 2_000_000)[:(1 if n % 2 else 2) * 1_200_000 + n]

    def feed(self):
        n = 0
        while not self.over.is_set():
            n += 1
            kind, data = self.content(n)
            name = self.feed_dice.choice(["plan.json", f"plan-{n}.json", f"plan~{n}.json", "böse\n.json", f"plan {n}"])
            try:
                self.d.drop(name, data, kind, self.feed_dice.choice(REGIONS))
            except FileExistsError:  # the one before it is still there
                time.sleep(0.005)
            if n % 10 == 0:
                time.sleep(0.05)

    def processes(self, what):
        keeper = self.d.process.pid
        return evaluators(keeper) if what == "evaluators" else titled(keeper, what)

    def frozen(self, pids):
        send(pids, signal.SIGSTOP)
        time.sleep(self.dice.random() * 1.5)
        send(pids, signal.SIGCONT)

    def harm(self, what):
        if what == "keeper":
            self.d.process.kill()
            self.d.process.wait()
            self.d.start(ready=False)
        elif what in ("evaluators", "rulebook", "publisher"):
            send(self.processes(what), signal.SIGKILL)
        elif what == "listener":
            self.listener.kill()
        elif what == "freeze":
            self.frozen(self.processes("rulebook") + self.processes("evaluators"))
        elif what == "stall":
            self.frozen(self.listener.pids())
        elif what == "reload":
            for _ in range(self.dice.randint(1, 20)):
                send([self.d.process.pid], signal.SIGHUP)
        elif what == "break":  # what is judged now is undetermined, and judged again when it is mended
            for conditions in (BROKEN, CRASHY + f"-- {self.dice.random()}\n"):
                self.d.write_policies(conditions)
                send([self.d.process.pid], signal.SIGHUP)
                time.sleep(self.pause)

    def run(self):
        tap, d = self.tap, self.d
        try:
            d.start()
            feeder = threading.Thread(target=self.feed, daemon=True)
            feeder.start()
            for _ in range(self.kills):
                time.sleep(self.dice.random() * 2 * self.pause)
                self.harm(self.dice.choices(list(HARMS), HARMS.values())[0])
            self.over.set()
            feeder.join()
            # another rulebook, so that what two kills left undetermined is judged again
            d.wait(lambda: d.status().get("rulebook", {}).get("in_use"), 30)
            d.wait_rest(60 + len(d.journal) / 20)
            d.write_policies(CRASHY + "-- the last one\n")
            d.poolctl("reload")
            # each one that hangs takes its time once more
            hanging = sum(kind in ("hangs", "any") for kind in (drop.kind for drop in d.journal))
            tap.ok(d.wait(self.rests, 120 + 3 * hanging), "everything is judged, published and told in the end", d.status())
            tap.ok(d.stop() == 0, "poold ends well")
            problems, summary = d.account(OUTCOMES, self.listener.records())
            tap.ok(not problems, f"after {self.kills} kills, stops and reloads every file is accounted for", *problems)
            print("#", summary)
            return summary
        finally:
            self.listener.stop()
            d.end()

    def rests(self):
        """What is being judged again shows in no count: nothing new has come for a while."""
        if not self.d.rests():
            return False
        before = len(self.listener.records())
        time.sleep(1.2)
        return self.d.rests() and len(self.listener.records()) == before


def storm(tap, kills, seed, listener=OurListener, pause=0.15):
    print(f"# seed {seed}: SEED={seed} repeats the same choices")
    return Storm(tap, kills, seed, listener, pause).run()


if __name__ == "__main__":
    arguments = [int(a) for a in sys.argv[1:]]
    results = Tap()
    SEED = arguments[1] if len(arguments) > 1 else int(os.environ.get("SEED", time.time_ns() % 1_000_000))
    storm(results, (arguments or [1000])[0], SEED, pause=0.25)
    storm(results, 60, SEED, listener=SyslogNg, pause=0.25)
    results.done()
