#!/usr/bin/env python3
"""A team's permissions as they really are: status says what is wrong before a file is lost to it, with a command that mends it when pasted."""
import os
import shutil
import subprocess
import sys

sys.path.insert(0, "tests/regress")
from daemon import BUILD, Daemon, plan_number  # noqa: E402
from judged import Tap  # noqa: E402

POOLD, TEAM, TEAM_GROUP = 60001, 60002, 60003  # poold may belong to the team's group
tap = Tap()


class Unprivileged(Daemon):
    """poold as a user of its own, in the team's group; a team that owns nothing but its files."""

    def __init__(self, tap, in_group=True, capabilities=(), **config):
        super().__init__(tap, region="it's leeds", poll="300ms", **config)
        self.in_group = in_group
        self.capabilities = capabilities
        shutil.copy(BUILD + "/poold", self.top / "poold")
        subprocess.run(["chown", "-R", f"{POOLD}:{POOLD}", self.top], check=True)
        self.top.chmod(0o755)
        (self.top / "syslog").chmod(0o666)
        self.folders(POOLD, TEAM_GROUP, 0o2770)

    def folders(self, owner, group, mode):
        for folder in (self.region, self.inbox):
            os.chown(folder, owner, group)
            folder.chmod(mode)

    def start(self):
        self.log = open(self.top / "log", "a")
        caps = ["--inh-caps", ",".join("+" + c for c in self.capabilities), "--ambient-caps", ",".join("+" + c for c in self.capabilities)]
        self.process = subprocess.Popen(
            ["setpriv", "--reuid", str(POOLD), "--regid", str(POOLD)]
            + (["--groups", str(TEAM_GROUP)] if self.in_group else ["--clear-groups"]) + (caps if self.capabilities else [])
            + [self.top / "poold", "-d", "-f", str(self.conf)], stderr=self.log)
        self.wait(lambda: self.status().get("rulebook", {}).get("in_use"), 30)
        self.wait(lambda: self.status()["regions"])

    def by_team(self, script, umask="027"):
        """As a person of the team."""
        done = subprocess.run(["setpriv", "--reuid", str(TEAM), "--regid", str(TEAM), "--groups", str(TEAM_GROUP), "sh", "-c", f"umask {umask}; {script}"],
                              cwd=self.inbox, capture_output=True)
        return done.returncode == 0

    def reported(self):
        """What status says of the region: its trouble, notes and things left, together."""
        r = self.status()["regions"][0]
        return [r["trouble"] or ""] + r["notes"] + [s["why"] for s in r["skipped"]]

    def says(self, words):
        return self.wait(lambda: any(words in line for line in self.reported()))

    def mend(self, words):
        """Paste the command, as root."""
        line = next((line for line in self.reported() if words in line), "")
        command = line.split("To mend it: ", 1)[-1] if "To mend it: " in line else line.split("root with: ", 1)[-1]
        done = subprocess.run(["sh", "-c", command], capture_output=True)
        tap.ok(done.returncode == 0, f"its command can be pasted: {command[:40]} …", command, done.stderr)
        return self.wait(lambda: not any(words in line for line in self.reported()))

    def judged(self, name):
        return self.wait(lambda: self.published(name + "~*.verdict.html"))


def whole(d):
    d.start()
    tap.ok(d.by_team(f"echo '{plan_number(1)}' >plan.json") and d.judged("plan"), "2770 and the team's group: a file of the team is judged")
    shown = d.status()["regions"][0]
    tap.ok(not shown["trouble"] and not any("sticky" in n or "setgid" in n for n in shown["notes"]), "and status has no complaint", shown)

    tap.ok(d.by_team(f"echo '{plan_number(2)}' >private.json; chmod 600 private.json", "077") and d.says("poold may not read it"),
           "a file that only its owner may read is left, and status says so", d.reported())
    tap.ok(d.mend("poold may not read it") and d.judged("private"), "and then it is judged")

    os.chown(d.inbox, 0, TEAM_GROUP)
    os.chmod(d.inbox, 0o3770)
    tap.ok(d.says("The inbox is sticky"), "a sticky inbox is said before there is a file", d.reported())
    tap.ok(d.status()["well"], "and is a note, no alarm")
    d.by_team(f"echo '{plan_number(3)}' >sticky.json; chmod 640 sticky.json")
    tap.ok(d.says("It belongs to somebody else and the inbox is sticky"), "then the file says it too", d.reported())
    tap.ok(d.mend("The inbox is sticky") and d.judged("sticky"), "without the bit it is judged")

    os.chmod(d.inbox, 0o770)
    tap.ok(d.says("The inbox is not setgid"), "a missing setgid is said", d.reported())
    tap.ok(d.mend("The inbox is not setgid"), "and can be set")

    os.chmod(d.inbox, 0o2700)
    os.chown(d.inbox, TEAM, TEAM_GROUP)
    os.chmod(d.inbox, 0o2550)
    tap.ok(d.says("Permission denied"), "an inbox that poold may not write is trouble", d.reported())
    tap.ok(d.poolctl("status").returncode == 1, "and poolctl status exits 1")
    tap.ok(d.mend("Permission denied"), "which goes away")
    d.folders(POOLD, TEAM_GROUP, 0o2770)

    if subprocess.run(["chattr", "+i", d.inbox], capture_output=True).returncode == 0:
        tap.ok(d.says("marked as not to be changed"), "an inbox with chattr +i is trouble", d.reported())
        tap.ok(d.mend("marked as not to be changed"), "which goes away")
    else:
        tap.ok(True, "chattr # SKIP not on this file system")
    d.by_team(f"echo '{plan_number(4)}' >after.json")
    tap.ok(d.judged("after"), "after all of it files are judged")


def half_written(d):
    for name in ("plan.xlsx.tmp", "plan.json~", "~$plan.xlsx", ".DS_Store", "Thumbs.db"):
        (d.inbox / name).write_text("x")
        os.utime(d.inbox / name, (1, 1))
    d.start()
    listed = lambda: sorted(u["name"] for u in d.status()["regions"][0]["unfinished"])  # noqa: E731
    tap.ok(d.wait(lambda: listed() == ["plan.json~", "plan.xlsx.tmp", "~$plan.xlsx"], 15), "what looks half-written for longer than patience is in status", listed())
    shown = d.poolctl("status").stdout
    tap.ok(b"plan.xlsx.tmp: By its name it is half-written" in shown and b"Thumbs" not in shown, "poolctl shows it, and no litter", shown)
    tap.ok(not d.listener.of("SKIPPED") and d.status()["well"], "it is neither an event nor an alarm")
    os.rename(d.inbox / "plan.json~", d.inbox / "plan.json")
    tap.ok(d.wait(lambda: len(d.list()) == 1 and len(listed()) == 2), "renamed, it is taken in", listed())


def foreign_claims(d):
    claims = d.region / ".poold"
    claims.mkdir(mode=0o777)
    os.chown(claims, TEAM, TEAM)
    (claims / "5").write_text(plan_number(6))
    d.start()
    tap.ok(d.says(f"belongs to {TEAM}"), "claims that belong to somebody else are trouble", d.reported())
    d.by_team(f"echo '{plan_number(1)}' >plan.json")
    tap.ok(not d.wait(lambda: d.list(), 1), "and nothing is taken in there")
    tap.ok(d.mend("who could exchange"), "which goes away")
    tap.ok(d.judged("plan"), "then the file is judged")
    tap.ok(claims.stat().st_mode & 0o7777 == 0o700, "and the claims are poold's alone", oct(claims.stat().st_mode))


def a_file_for_claims(d):
    (d.region / ".poold").write_text("")
    d.start()
    tap.ok(d.says("It is a link or a file"), "a file in the place of the claims is trouble", d.reported())
    (d.region / ".poold").unlink()
    tap.ok(d.wait(lambda: not d.status()["regions"][0]["trouble"]), "which goes away with it")


def other_group(d):
    d.folders(POOLD, TEAM_GROUP, 0o2770)
    d.start()
    tap.ok(d.says("a group that poold is not in"), "a group that poold is not in is said", d.reported())
    tap.ok(d.says("no default ACL"), "and a missing default ACL")
    if shutil.which("setfacl"):
        tap.ok(d.mend("no default ACL"), "the ACL can be set")
    tap.ok(d.mend("a group that poold is not in"), "and the group")


def with_capability(d):
    d.start()
    tap.ok(not d.status()["regions"][0]["notes"], "with CAP_DAC_READ_SEARCH there is nothing to note", d.reported())
    tap.ok(d.by_team(f"echo '{plan_number(1)}' >private.json", "077") and d.judged("private"), "and a file with umask 077 is judged as it is", d.reported())


def read_only(d):
    if subprocess.run(["mount", "-t", "tmpfs", "tmpfs", d.inbox.parent], capture_output=True).returncode != 0:
        tap.ok(True, "a read-only mount # SKIP nothing can be mounted here")
        return
    try:
        d.inbox.mkdir()
        d.folders(POOLD, TEAM_GROUP, 0o2770)
        d.start()
        d.wait(lambda: d.status()["regions"][0]["watched"])
        subprocess.run(["mount", "-o", "remount,ro", d.region], check=True)
        tap.ok(d.says("Read-only file system"), "a disk that is mounted read-only is trouble", d.reported())
        tap.ok(d.mend("Read-only file system"), "which goes away")
        d.by_team(f"echo '{plan_number(1)}' >plan.json")
        tap.ok(d.judged("plan"), "then a file is judged")
    finally:
        d.stop()
        subprocess.run(["umount", "-l", d.region], check=False)


def own_mount(d):
    if subprocess.run(["mount", "--bind", d.inbox, d.inbox], capture_output=True).returncode != 0:
        tap.ok(True, "an inbox mounted by itself # SKIP nothing can be mounted here")
        return
    try:
        d.start()
        tap.ok(d.says("The inbox is mounted by itself"), "an inbox that is a mount of its own is trouble, before a file comes", d.reported())
    finally:
        subprocess.run(["umount", "-l", d.inbox], check=False)
    tap.ok(d.wait(lambda: not d.status()["regions"][0]["trouble"]), "which goes away with the mount", d.reported())


if os.geteuid() != 0 or not shutil.which("setpriv"):
    tap.ok(True, "permissions # SKIP needs root and setpriv")
    tap.done()
for case, more in ((whole, {}), (half_written, {"patience": "1s"}), (foreign_claims, {}), (a_file_for_claims, {}), (other_group, {"in_group": False}),
                   (with_capability, {"capabilities": ("dac_read_search", "lease")}), (read_only, {}), (own_mount, {})):
    daemon = Unprivileged(tap, **more)
    try:
        case(daemon)
    finally:
        subprocess.run(["chattr", "-i", daemon.inbox], capture_output=True)
        daemon.end()
tap.done()
