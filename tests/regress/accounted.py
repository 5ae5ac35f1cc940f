"""A daemon whose dropped files are written into a journal, so that every one of them can be accounted for in the end."""

import os
import sys

sys.path.insert(0, "tests/system")
from account import account, dropped_as  # noqa: E402
from daemon import Daemon  # noqa: E402


class Accounted(Daemon):
    def __init__(self, tap, regions=("leeds",), **config):
        super().__init__(tap, regions[0], **config)
        self.journal = []
        self.asides = 0
        for region in regions:
            (self.root / region / "inbox").mkdir(parents=True, exist_ok=True)

    def drop(self, name, content, kind="", region=None):
        """Renamed in, and never over another file of the same name: that one would be lost by our own doing."""
        region = region or self.region.name
        entry = dropped_as(region, name, content, kind)
        self.asides += 1
        aside = self.top / f"aside-{self.asides}"
        aside.write_bytes(content if isinstance(content, bytes) else content.encode())
        os.link(aside, os.fsencode(self.root / region / "inbox") + b"/" + entry.name)
        os.unlink(aside)
        self.journal.append(entry)

    def rests(self):
        """Everything that was dropped is judged, published and told, and the notes of what was late are gone (within a second)."""
        s = self.status()
        return (s.get("arrivals") == len(self.journal) and s["unpublished"] == s["untold"] == s["waiting"] == s["judging"] == 0
                and not any(os.listdir(p / "inbox") for p in self.root.iterdir()) and not any(self.root.glob("*/*received.txt")))

    def wait_rest(self, seconds=30):
        return self.wait(self.rests, seconds)

    def account(self, outcomes=None, records=None):
        return account(self.root, self.top / "state", self.journal, self.listener.records if records is None else records, outcomes)
