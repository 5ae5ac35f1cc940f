#!/usr/bin/env python3
"""Where judging takes a while a note says that the file was taken; it goes when the report is there, also across a restart."""
import os
import signal
import stat
import sys

sys.path.insert(0, "tests/regress")
from daemon import CONDITIONS, Daemon, plan_number  # noqa: E402
from judged import Tap  # noqa: E402

tap = Tap()


def notes(d):
    return sorted(p.name for p in d.region.glob("*.received.txt"))


def notes_gone(d):
    return d.wait(lambda: not notes(d), 20)


# Without a rulebook everything waits.
d = Daemon(tap, tell_after="300ms")
try:
    os.chmod(d.region, 0o2770)
    d.write_policies("no Lua at all")
    d.start(ready=False)
    d.wait(lambda: d.status().get("rulebook", {}).get("refused"), 30)
    d.drop("plan.json", plan_number(1))
    d.drop("a name;$(x).json", plan_number(2))
    tap.ok(d.wait(lambda: len(notes(d)) == 2, 20), "a file that waits has a note in its region's folder", notes(d))
    text = (d.region / "plan~1.received.txt").read_text()
    tap.ok("plan.json" in text and "Arrival: 1" in text and "plan~1.verdict.html" in text, "which says what was taken and where the report will be", text)
    tap.ok(stat.S_IMODE(os.stat(d.region / "plan~1.received.txt").st_mode) == 0o660, "the team can read it")
    (d.region / "mine.received.txt").write_text("the team's own")
    (d.region / "mine~1.received.txt").write_text("the team's own, with a number")
    d.process.send_signal(signal.SIGKILL)
    d.process.wait()
    tap.ok(len(notes(d)) == 4, "a kill leaves the notes", notes(d))
    d.write_policies(CONDITIONS)
    d.start()
    d.wait_published(2)
    own = ["mine.received.txt", "mine~1.received.txt"]
    tap.ok(d.wait(lambda: notes(d) == own, 20), "the next life removes them when the reports are there, and nothing that is not ours", notes(d))
    d.stop()
    for name in own:
        os.unlink(d.region / name)

    # published, but the keeper was killed before it removed the note
    (d.region / "plan~1.received.txt").write_text("poold has taken in plan.json.\n")
    d.start()
    tap.ok(notes_gone(d), "a note of what was published long ago goes", notes(d))
finally:
    d.end()

# What is in the way, and what cannot be written.
d = Daemon(tap, tell_after="300ms")
try:
    target = d.top / "target"
    target.write_text("not to be touched")
    d.write_policies("no Lua at all")
    os.symlink(target, d.region / "plan~1.received.txt")
    os.symlink(target, d.region / ".poold-received.part")
    (d.region / "other~2.received.txt").mkdir()
    d.start(ready=False)
    d.wait(lambda: d.status().get("rulebook", {}).get("refused"), 30)
    for name in ("plan.json", "other.json", "third.json"):
        d.drop(name, plan_number(1))
    tap.ok(d.wait(lambda: (d.region / "third~3.received.txt").exists(), 20), "notes go around what is in their way", notes(d))
    tap.ok(target.read_text() == "not to be touched" and os.path.islink(d.region / "plan~1.received.txt"), "and never through a link")
    d.write_policies(CONDITIONS)
    d.poolctl("reload")
    d.wait_published(3)
    tap.ok(d.wait(lambda: not (d.region / "third~3.received.txt").exists(), 20), "and go")
finally:
    d.end()

# Many: not a note for each.
d = Daemon(tap, tell_after="300ms")
try:
    d.write_policies("no Lua at all")
    d.start(ready=False)
    d.wait(lambda: d.status().get("rulebook", {}).get("refused"), 30)
    for i in range(250):
        d.drop(f"f{i:03}.json", plan_number(1))
    further = d.region / "further.received.txt"
    tap.ok(d.wait(lambda: further.exists() and "150 further files" in further.read_text(), 30), "of many a hundred have a note, and one counts the rest",
           len(notes(d)))
    tap.ok(len(notes(d)) == 101, "so many and no more", len(notes(d)))
    d.write_policies(CONDITIONS)
    d.poolctl("reload")
    tap.ok(d.wait_published(250, 60) and notes_gone(d), "all go when the reports are there", notes(d))
finally:
    d.end()

d = Daemon(tap, tell_after="0")
try:
    d.write_policies("no Lua at all")
    d.start(ready=False)
    d.wait(lambda: d.status().get("rulebook", {}).get("refused"), 30)
    d.drop("plan.json", plan_number(1))
    d.wait(lambda: d.status().get("waiting") == 1, 5)
    tap.ok(not d.wait(lambda: notes(d), 2.5), "tell_after 0: never")
finally:
    d.end()
tap.done()
