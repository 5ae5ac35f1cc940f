"""A Debian 12 of its own, booted with its own systemd in a container: for tests of what operations install.

The tree is made once by debootstrap and kept in /var/cache/poold-test-rootfs under a name that follows from the
packages; each machine runs on a copy.  Needs root, debootstrap, systemd-nspawn and, the first time, a Debian mirror.
"""

import fcntl
import hashlib
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

PACKAGES = ("systemd systemd-sysv dbus syslog-ng-core libevent-2.1-7 liblua5.4-0 libjansson4 libsqlite3-0 libseccomp2 "
            "libssl3 zlib1g libisal2 libzip4 libexpat1").split()
SUITE = "bookworm"
CACHE = pathlib.Path(os.environ.get("POOLD_TEST_ROOTFS", "/var/cache/poold-test-rootfs"))
MIRROR = os.environ.get("MIRROR", "http://deb.debian.org/debian")


class CannotBe(Exception):
    """No machine can be had here; the sentence says why."""


def needs():
    if os.geteuid() != 0:
        raise CannotBe("only root can boot a container")
    for program in ("debootstrap", "systemd-nspawn", "nsenter"):
        if not shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin"):
            raise CannotBe(f"{program} is not installed")


def base():
    """The tree that is copied, made if it is not there."""
    name = f"{SUITE}-" + hashlib.sha256(" ".join([MIRROR, *PACKAGES]).encode()).hexdigest()[:12]
    CACHE.mkdir(mode=0o755, parents=True, exist_ok=True)
    with open(CACHE / "lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = CACHE / name
        if made.exists():
            return made
        aside = CACHE / "unfinished"
        shutil.rmtree(aside, ignore_errors=True)
        done = subprocess.run(["debootstrap", "--variant=minbase", "--include=" + ",".join(PACKAGES), SUITE, str(aside), MIRROR],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if done.returncode != 0:
            shutil.rmtree(aside, ignore_errors=True)
            raise CannotBe(f"debootstrap could not make a Debian from {MIRROR}: " + (done.stdout.strip().splitlines() or [""])[-1])
        shutil.rmtree(aside / "var/cache/apt", ignore_errors=True)
        shutil.rmtree(aside / "var/lib/apt/lists", ignore_errors=True)
        aside.rename(made)
        return made


class Machine:
    def __init__(self):
        needs()
        tree = base()
        self.top = pathlib.Path(tempfile.mkdtemp(prefix="poold-machine-", dir="/var/tmp"))
        self.root = self.top / "root"
        self.nspawn = None
        try:
            subprocess.run(["cp", "-a", "--reflink=auto", str(tree), str(self.root)], check=True)
            self.boot()
        except BaseException:
            self.end()
            raise

    def boot(self):
        self.console = open(self.top / "console", "wb")
        self.nspawn = subprocess.Popen(
            ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--private-network", "--resolv-conf=off", "--timezone=off",
             "--link-journal=no",
             # what any machine allows, and a container of systemd 252 does not
             "--system-call-filter=landlock_create_ruleset landlock_add_rule landlock_restrict_self",
             "-D", str(self.root), "--hostname=machine", "-b", "--console=pipe"],
            stdin=subprocess.DEVNULL, stdout=self.console, stderr=subprocess.STDOUT, start_new_session=True)
        up = self.wait(lambda: self.nspawn.poll() is not None
                       or (self.init() and self.run("systemctl", "is-system-running").stdout.strip() in ("running", "degraded")), 90)
        if not up or self.nspawn.poll() is not None:
            said = (self.top / "console").read_text(errors="replace").strip().splitlines()
            raise CannotBe("the container did not boot: " + (said[-1] if said else "it said nothing"))

    def init(self):
        """Its first process, as it is numbered here; 0: not there."""
        pid = self.nspawn.pid
        try:
            return int(pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])
        except (OSError, IndexError):
            return 0

    def run(self, *command, **more):
        return subprocess.run(["nsenter", "-t", str(self.init()), "-a", "--", *map(str, command)], capture_output=True, text=True,
                              stdin=None if "input" in more else subprocess.DEVNULL, check=False, timeout=120, **more)

    def sh(self, script, **more):
        return self.run("sh", "-c", script, **more)

    def path(self, inside):
        return self.root / str(inside).lstrip("/")

    def properties(self, unit, *names):
        shown = self.run("systemctl", "show", unit, "-p", ",".join(names)).stdout
        return dict(line.split("=", 1) for line in shown.splitlines() if "=" in line)

    @staticmethod
    def wait(condition, seconds=30):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if condition():
                return True
            time.sleep(0.05)
        return False

    def end(self):
        if self.nspawn and self.nspawn.poll() is None:
            init = self.init()
            if init:
                os.kill(init, signal.SIGRTMIN + 3)  # halt
            try:
                self.nspawn.wait(20)
            except subprocess.TimeoutExpired:
                if init:
                    os.kill(init, signal.SIGKILL)
                try:
                    self.nspawn.wait(10)
                except subprocess.TimeoutExpired:
                    self.nspawn.kill()
                    self.nspawn.wait()
        # nothing is mounted in it from here; --one-file-system in case it is
        subprocess.run(["rm", "-rf", "--one-file-system", str(self.top)], check=False)
