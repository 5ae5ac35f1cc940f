#!/usr/bin/env python3
"""A night in five minutes: regions drop files of every kind while poold and what it stands on is killed, frozen, filled up, broken and
lied to.  At the end a page accounts for every file that was dropped.

usage: tests/night/night.py [SECONDS [SEED]]          (make night, make night NIGHT="600 7")

The page is $B/night/night.html.  Exit 0: every file is accounted for; 1: the page says what is wrong.
"""
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

sys.path[:0] = ["tests/night", "tests/system", "tests/regress"]
import accounts  # noqa: E402
import page  # noqa: E402
from load import Load  # noqa: E402
from processes import send  # noqa: E402
from service import BUILD, Keeper, Syslog  # noqa: E402
from site_of_the_night import Site  # noqa: E402

AT = "2014-11-28T16:05:00Z"
REGIONS = ["rotherham", "leeds", "kent", "cornwall", "manchester", "york", "hull"]
DISK_MB = 1500
BIG = 2_000_000


def private_mounts():
    """Start again in mount (and, without root, user) namespaces of our own, so that a disk can be made and filled."""
    if os.environ.get("NIGHT_INSIDE"):
        return
    how = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-rm"]
    if shutil.which("unshare") and subprocess.run([*how, "true"], capture_output=True).returncode == 0:
        os.environ["NIGHT_INSIDE"] = "1"
        os.execvp("unshare", [*how, sys.executable, *sys.argv])


class Night:
    def __init__(self, seconds, seed):
        self.seconds, self.seed = seconds, seed
        self.dice = random.Random(seed)
        self.top = pathlib.Path(tempfile.mkdtemp(prefix="poold-night-"))
        self.disk = self.top / "disk"
        self.disk.mkdir()
        self.can_fill = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "night", str(self.disk)],
                                       capture_output=True).returncode == 0
        self.root = self.disk / "regions"
        for region in REGIONS:
            (self.root / region / "inbox").mkdir(parents=True)
        (self.disk / "state").mkdir()
        self.site = Site(self.top / "policies")
        self.syslog = Syslog(self.top / "syslog-ng")
        self.conf = self.top / "poold.conf"
        self.conf.write_text(f"root {self.root}\nstate {self.disk}/state\npolicies {self.top}/policies\n"
                             f"syslog {self.top}/syslog-ng/socket\ncontrol {self.top}/control\n"
                             f"settle 500ms\nrescan 5s\nwall 3s\ninstructions 20000000\nmax_size {BIG}\nmin_free 40MB\nstatus 30s\n")
        self.keeper = Keeper(self.top, self.conf, AT)
        self.load = Load(self.root, seed, BIG)
        self.began, self.over = time.time(), threading.Event()
        self.diary, self.samples, self.lone = [], [], []

    # --- what is noted ---

    def now(self):
        return time.time() - self.began

    def say(self, what):
        self.diary.append((self.now(), what))
        print(f"  {self.now():5.0f} s  {what}", flush=True)

    def sample(self):
        while not self.over.is_set():
            s = self.keeper.status()
            self.samples.append({"when": self.now(), "memory": self.keeper.memory(), **{k: s.get(k) for k in (
                "arrivals", "waiting", "unpublished", "untold", "well")}})
            self.over.wait(1)

    # --- the teams ---

    def team(self, region, kinds, pause):
        dice = random.Random(f"{self.seed}{region}")
        end = self.seconds * 0.85
        while self.now() < end:
            self.load.drop(region, dice.choice(kinds))
            time.sleep(dice.random() * 2 * pause)

    def slow_team(self):
        while self.now() < self.seconds * 0.8:
            self.load.write_slowly("york", 4)

    def lone_team(self):
        """One file now and then, and how long its report takes."""
        number = 0
        while self.now() < self.seconds * 0.85:
            number += 1
            name, start = f"lone-{number}.json", time.time()
            self.load.drop("cornwall", "a small return", name)
            while time.time() - start < 60 and not any((self.root / "cornwall").glob(f"*/lone-{number}~*.verdict.html")):
                time.sleep(0.005)
            self.lone.append((start - self.began, time.time() - start))
            time.sleep(1)

    def flood(self):
        number = min(6000, self.seconds * 20)
        self.say(f"manchester drops {number:,} files at once")
        for _ in range(number):
            self.load.drop("manchester", "a plan" if self.load.number % 3 == 0 else "a small return")

    # --- what is done to it ---

    def kills(self):
        """All night, at random moments."""
        dice = random.Random(f"{self.seed}kills")
        while self.now() < self.seconds * 0.85:
            time.sleep(0.5 + dice.random() * self.seconds / 40)
            what = dice.choice(["keeper", "keeper", "rulebook", "publisher", "evaluator"])
            if what == "keeper":
                self.keeper.kill()
                self.say("the keeper is killed (kill -9)")
            else:
                pids = self.keeper.parts(what)
                send(pids, signal.SIGKILL)
                if pids:
                    self.say(f"the {what} process is killed (kill -9)" if len(pids) == 1 else f"{len(pids)} {what} processes are killed")

    def freeze_syslog(self):
        self.say("syslog-ng is frozen (SIGSTOP)")
        self.syslog.freeze()
        time.sleep(self.seconds * 0.07)
        self.say("syslog-ng goes on")
        self.syslog.thaw()
        time.sleep(self.seconds * 0.02)
        self.say("syslog-ng is stopped, and stays away")
        self.syslog.stop()
        time.sleep(self.seconds * 0.03)
        self.syslog.start()
        self.say("syslog-ng is there again")

    def fill_disk(self):
        if not self.can_fill:
            self.say("the disk is not filled: making a disk of one's own is not permitted here")
            return
        self.say("the disk of the ledger and the regions is filled to the last byte")
        ballast, self.keeper.disk_full = self.disk / "ballast", True
        end = self.now() + self.seconds * 0.07
        while self.now() < end:
            try:
                with open(ballast, "ab", buffering=0) as f:
                    while True:
                        f.write(b"\0" * 65536)
            except OSError:
                time.sleep(0.5)
        ballast.unlink()
        time.sleep(0.5)
        self.keeper.disk_full = False
        self.say("there is room on the disk again")

    def wait_status(self, condition, seconds=30):
        end = time.time() + seconds
        while time.time() < end:
            if condition(self.keeper.status()):
                return True
            time.sleep(0.1)
        return False

    def break_rulebook(self):
        self.site.write("broken")
        self.keeper.ctl("reload")
        refused = self.wait_status(lambda s: (s.get("rulebook") or {}).get("refused"))
        self.say("an administrator saves a policy that does not parse; " + ("it is refused, and the last good rulebook goes on"
                                                                          if refused else "THE REFUSAL IS NOT SEEN IN STATUS"))
        time.sleep(self.seconds * 0.05)

    def hostile_rulebook(self):
        self.site.write("hostile")
        self.keeper.ctl("reload")
        before = (self.keeper.status().get("outcomes") or {}).get("undetermined", 0)
        undetermined = self.wait_status(lambda s: (s.get("outcomes") or {}).get("undetermined", 0) > before + 5)
        self.hostile = undetermined
        self.say("a hostile policy is switched on: it loops for ever at every small return" + ("" if undetermined else "; NOTHING BECOMES UNDETERMINED"))
        time.sleep(self.seconds * 0.06)
        self.site.write("good")
        self.keeper.ctl("reload")
        self.say("the policies are mended; what was undetermined is judged again")

    def torment_region(self):
        region, away = self.root / "hull", self.root / ".hull-away"
        region.rename(away)
        region.symlink_to("/etc")
        self.say("hull's folder is replaced by a symbolic link to /etc")
        time.sleep(self.seconds * 0.02)
        region.unlink()
        away.rename(region)
        self.say("hull's folder is back")
        inbox = self.root / "hull" / "inbox"
        os.symlink("/etc/passwd", inbox / "passwd.json")
        os.mkfifo(inbox / "pipe.json")
        self.say("a symbolic link to /etc/passwd and a pipe are put into hull's inbox")

    # --- the night ---

    def schedule(self):
        steps = [(0.10, self.flood), (0.22, self.freeze_syslog), (0.40, self.fill_disk), (0.52, self.break_rulebook),
                 (0.62, self.hostile_rulebook), (0.75, self.torment_region)]
        for at, step in steps:
            time.sleep(max(0, at * self.seconds - self.now()))
            step()

    def run(self):
        hull = threading.Event()

        def hostile_team():
            dice = random.Random(f"{self.seed}hull")
            while self.now() < self.seconds * 0.74:
                self.load.drop("hull", dice.choice(["garbage", "a trap for the policy", "too large", "garbage"]))
                time.sleep(dice.random())
            hull.set()

        teams = [threading.Thread(target=self.team, args=a) for a in (
            ("rotherham", ["a plan"], 0.3), ("leeds", ["a plan", "a table", "a small return"], 0.1), ("kent", ["a table", "garbage"], 0.5))]
        teams += [threading.Thread(target=t) for t in (self.slow_team, self.lone_team, hostile_team, self.kills)]
        sampler = threading.Thread(target=self.sample)
        for t in [*teams, sampler]:
            t.daemon = True
            t.start()
        self.schedule()
        for t in teams:
            t.join()
        self.say(f"morning: {len(self.load.journal):,} files were dropped; what is left is worked off")
        settled = self.settle()
        self.over.set()
        sampler.join()
        return settled

    def settle(self):
        """Everything judged, published and told, twice in a row."""
        quiet = 0
        end = time.time() + 60 + self.seconds
        while time.time() < end and quiet < 3:
            s = self.keeper.status()
            done = s.get("arrivals", 0) >= len(self.load.journal) and all(s.get(k) == 0 for k in ("unpublished", "untold", "waiting", "judging"))
            quiet = quiet + 1 if done else 0
            time.sleep(1)
        return quiet >= 3

    def end(self):
        ended = self.keeper.stop()
        self.syslog.stop()
        return ended


def main():
    private_mounts()
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else int(time.time())
    print(f"A night in {seconds} seconds, seed {seed}")
    night = Night(seconds, seed)
    try:
        settled = night.run()
        status = night.keeper.status()
        for name in ("passwd.json", "pipe.json"):
            (night.root / "hull" / "inbox" / name).unlink()
        ended = night.end()
        result = accounts.of(night, settled, status, ended)
        folder = pathlib.Path(BUILD) / "night"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "night.html").write_text(page.render(night, result))
        shutil.copy(night.top / "poold.log", folder / "poold.log")
        print()
        for proof in result["proofs"]:
            print(f"  {'yes' if proof['good'] else 'NO '}  {proof['what']}" + (f"\n       {proof['detail']}" if not proof["good"] else ""))
        print(f"\nThe page that accounts for every file: {folder}/night.html")
        return 0 if all(p["good"] for p in result["proofs"]) else 1
    finally:
        night.keeper.wanted = False
        time.sleep(0.2)
        send([night.keeper.process.pid], signal.SIGKILL)
        night.keeper.process.wait()
        night.syslog.stop()
        if night.can_fill:
            subprocess.run(["umount", "-l", str(night.disk)], check=False)
        shutil.rmtree(night.top, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
