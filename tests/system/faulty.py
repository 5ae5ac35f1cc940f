"""The other side of faulty.c: the page through which a test says what is to fail, and reads what did."""

import ctypes
import errno
import mmap
import os
import subprocess

BUILD = os.path.abspath(os.environ.get("B", "build"))
LIBRARY = f"{BUILD}/tests/system/faulty.so"
ROLES = {"keeper": 1, "rulebook": 2, "evaluator": 3, "publisher": 4}
PROGRAMS = {**ROLES, "poolctl": 5}  # the daemon's processes, and what asks it
NUMBERS = {"SHORT": -1, "STALL": -2}  # STALL: the call waits until it is disarmed

# What each kind of call may honestly say when all is not well, the likeliest first.
ERRORS = {
    "malloc": ["ENOMEM"], "open": ["EMFILE", "EIO", "ENOMEM", "EINTR"], "read": ["EIO", "SHORT", "EINTR"], "write": ["ENOSPC", "SHORT", "EINTR", "EIO"],
    "pread": ["EIO", "SHORT", "EINTR"], "pwrite": ["ENOSPC", "SHORT", "EIO", "EINTR"], "fsync": ["EIO"], "fdatasync": ["EIO", "ENOSPC"],
    "syncfs": ["EIO", "ENOSPC"], "ftruncate": ["EIO", "ENOSPC"], "rename": ["ENOSPC", "EIO"], "link": ["ENOSPC"], "symlink": ["ENOSPC", "EIO"],
    "unlink": ["EIO"], "mkdir": ["ENOSPC"], "stat": ["EIO", "ENOMEM"], "statvfs": ["EIO"], "readdir": ["EIO"], "readlink": ["EIO"], "access": ["EIO"],
    "chmod": ["EIO"], "lseek": ["EIO"], "fcntl": ["EMFILE", "ENOMEM", "ENOLCK", "EIO"], "ioctl": ["EIO"], "flock": ["EINTR", "ENOLCK"], "memfd": ["EMFILE", "ENOMEM"],
    "mmap": ["ENOMEM"], "socket": ["EMFILE"], "socketpair": ["EMFILE"], "connect": ["ECONNREFUSED", "EAGAIN"], "bind": ["EACCES"], "listen": ["EIO"],
    "accept": ["EMFILE", "EINTR"], "send": ["EAGAIN", "ENOBUFS", "EINTR", "ECONNREFUSED"], "sendmsg": ["EAGAIN", "ENOBUFS", "EINTR"],
    "recvmsg": ["EINTR", "ENOMEM"], "fork": ["EAGAIN"], "waitpid": ["EINTR"], "dup": ["EMFILE"], "inotify": ["EMFILE", "ENOSPC"],
    "epoll_ctl": ["ENOMEM"], "epoll_wait": ["EINTR"], "poll": ["EINTR", "ENOMEM"], "getrandom": ["EINTR"], "prctl": ["EINVAL"],
    "syscall": ["EMFILE", "EPERM"],
}


def kinds():
    """As faulty.c has them, in its order."""
    library = ctypes.CDLL(LIBRARY)
    return ctypes.string_at(library.faulty_kinds).decode().split()


class Page:
    FIELDS = {"armed": 0, "role": 4, "kind": 8, "n": 12, "error": 16, "fired": 20, "fired_kind": 24, "n_frames": 28, "count": 32, "pid": 36}
    CLOCK, BASE, FRAMES, MONOTONIC, PLACE = 40, 48, 56, 56 + 8 * 24, 64 + 8 * 24  # as struct page of faulty.c
    TRACE, TRACED = 4096, 65536

    def __init__(self, path):
        self.path = str(path)
        with open(path, "wb+") as f:
            f.truncate(self.TRACE + 4 * self.TRACED)
            self.map = mmap.mmap(f.fileno(), 0)
        self.kinds = kinds()

    def __getattr__(self, name):
        if name not in self.FIELDS:
            raise AttributeError(name)
        return int.from_bytes(self.map[self.FIELDS[name]:self.FIELDS[name] + 4], "little")

    def _put(self, at, value, size=4):
        self.map[at:at + size] = (value % (1 << 8 * size)).to_bytes(size, "little")

    def arm(self, role, kind, n, error, from_there_on=False):
        """The Nth call fails, or it and every one after it."""
        self._put(self.FIELDS["armed"], 0)
        number = NUMBERS.get(error) or getattr(errno, error)
        for name, value in (("role", PROGRAMS[role]), ("kind", self.kinds.index(kind)), ("n", n), ("error", number), ("fired", 0), ("count", 0),
                            ("n_frames", 0), ("armed", 2 if from_there_on else 1)):
            self._put(self.FIELDS[name], value)

    def trace(self, role, kind):
        """No call fails, but the place of each is noted."""
        self.arm(role, kind, 0, "EIO")
        self._put(self.FIELDS["armed"], 3)

    def traced(self):
        """The places of the calls, in their order."""
        return list(memoryview(self.map)[self.TRACE:self.TRACE + 4 * min(self.count, self.TRACED)].cast("I"))

    @property
    def place(self):
        """Where the call was that failed; addresses must not be random if runs are compared."""
        return int.from_bytes(self.map[self.PLACE:self.PLACE + 4], "little")

    def disarm(self):
        self._put(self.FIELDS["armed"], 0)

    def clock(self, seconds):
        """How far the wall clock is put forward."""
        self._put(self.CLOCK, int(seconds * 1_000_000_000), 8)

    def time_passes(self, seconds):
        """How far the keeper's monotonic clock is put forward; never back."""
        self._put(self.MONOTONIC, int(seconds * 1_000_000_000), 8)

    def environment(self):
        return {"LD_PRELOAD": LIBRARY, "FAULTY_PAGE": self.path}

    def where(self):
        """Who called what failed: the program's own functions, the innermost first."""
        base = int.from_bytes(self.map[self.BASE:self.BASE + 8], "little")
        frames = [int.from_bytes(self.map[self.FRAMES + 8 * i:self.FRAMES + 8 * i + 8], "little") - base for i in range(min(self.n_frames, 24))]
        own = [hex(f - 1) for f in frames if 0 < f < 1 << 32]
        if not own:
            return "?"
        found = subprocess.run(["addr2line", "-fse", f"{BUILD}/poold", *own], capture_output=True, text=True).stdout.split("\n")
        return " < ".join(f"{function} {place}" for function, place in zip(found[::2], found[1::2]) if function != "??")


def why_not():
    """Why the library cannot be used; None: it can."""
    if "-" in os.path.basename(BUILD):
        return "a sanitizer has the allocations for itself"
    return None if os.path.exists(LIBRARY) else f"{LIBRARY} is not built: make tests"
