#!/usr/bin/env python3
"""Ways to drop a file that fool who compares: every content that came to rest has one verdict, of exactly its bytes."""
import hashlib
import mmap
import os
import signal
import sys

sys.path.insert(0, "tests/regress")
from accounted import Accounted  # noqa: E402
from daemon import CONDITIONS, plan_number  # noqa: E402
from judged import Tap  # noqa: E402

MANY = int(os.environ.get("DROPS", "2600"))
tap = Tap()


def sha(text):
    return hashlib.sha256(text.encode()).hexdigest()


def padded(n, size=400):
    return plan_number(n).ljust(size)


def again_and_again(d, name, contents):
    """Under the same name, as soon as the one before has been taken."""
    for content in contents:
        def put(content=content):
            try:
                d.drop(name, content)
            except FileExistsError:
                (d.top / f"aside-{d.asides}").unlink()
                return False
            return True
        if not d.wait(put):
            return False
    return True


def accounted(d, what):
    tap.ok(d.wait_rest(60), what, d.status())
    problems, summary = d.account()
    tap.ok(not problems, f"and accounted for: {summary}", *problems)


# Names, links and the same name again.
d = Accounted(tap)
try:
    d.start()
    tap.ok(again_and_again(d, "same.json", [plan_number(1, attack=str(i)) for i in range(60)]), "sixty files under one name, each as soon as the last was taken")
    accounted(d, "each of them is judged")

    kept = d.top / "kept.json"
    kept.write_text(plan_number(2))
    for name in ("one.json", "two.json", "three.json"):
        os.link(kept, d.inbox / name)
    tap.ok(d.wait(lambda: len([r for r in d.list() if r["name"] in ("one.json", "two.json", "three.json")]) == 3), "one file under three names is three arrivals", d.list())
    d.wait(lambda: d.status()["unpublished"] == 0)
    kept.write_text(plan_number(99999))
    originals = [p for name in ("one", "two", "three") for p in d.region.glob(f"compliant/{name}~*.json") if "verdict" not in p.name]
    tap.ok(len(originals) == 3 and all(p.read_text() == plan_number(2) for p in originals), "what is written later through a link that was kept changes none of them",
           [p.read_text() for p in originals])
finally:
    d.end()

# Written in place.
d = Accounted(tap, settle="300ms", patience="1h")
try:
    d.start()
    writer = os.open(d.inbox / "in-place.json", os.O_RDWR | os.O_CREAT)
    for n in range(20):
        os.pwrite(writer, padded(n).encode(), 0)
        os.utime(d.inbox / "in-place.json", (1, 1))
        with open(d.inbox / "in-place.json", "r+") as other:  # a second writer, who closes
            other.write(padded(n))
        os.utime(d.inbox / "in-place.json", (1, 1))
    d.wait(lambda: d.status()["regions"][0]["settling"] == 1)
    tap.ok(not d.wait(lambda: d.list(), 1), "same size, same times, same file: not taken while somebody has it open for writing", d.list())
    os.pwrite(writer, padded(77).encode(), 0)
    os.utime(d.inbox / "in-place.json", (1, 1))
    os.close(writer)
    tap.ok(d.wait(lambda: d.verdicts()) and [v["submission"]["sha256"] for v in d.verdicts()] == [sha(padded(77))], "then judged once, as it was left", d.verdicts())

    mapped = os.open(d.inbox / "mapped.json", os.O_RDWR | os.O_CREAT)
    os.ftruncate(mapped, 400)
    view = mmap.mmap(mapped, 400)
    os.close(mapped)
    view[:] = padded(5).encode()
    tap.ok(not d.wait(lambda: len(d.list()) > 1, 1), "a file that is still mapped for writing is not taken", d.list())
    view[:] = padded(6).encode()
    view.close()
    tap.ok(d.wait(lambda: len(d.verdicts()) == 2) and sha(padded(6)) in {v["submission"]["sha256"] for v in d.verdicts()}, "then judged as it was left")
finally:
    d.end()

# Still changing when patience ends, and poold is killed right after the claim.
d = Accounted(tap, settle="300ms", patience="1s")
try:
    d.start(fault="claimed")
    with open(d.inbox / "slow\n.json", "w") as f:
        d.wait(lambda: f.write(" ") and f.flush() or d.process.poll() is not None, 20)
    record = (d.region / ".poold" / "names").read_text().split(" ")
    tap.ok(d.process.poll() == -signal.SIGKILL and record[2:4] == ["c", "slow%0a.json"], "killed with a claim that was still changing", record)
    d.start()
    tap.ok(d.wait_published(1) and [(v["submission"]["name"], v["submission"]["still_changing"]) for v in d.verdicts()] == [("slow\n.json", True)],
           "the next life's verdict says that it was", d.verdicts())
finally:
    d.end()

# More than poold takes in at once while it is stopped; more events than the kernel keeps while it is frozen.
d = Accounted(tap)
try:
    for i in range(MANY):
        d.drop(f"{i}.json", plan_number(1, attack=f"stopped {i}"))
    d.write_policies("broken")
    d.start(ready=False)
    d.wait(lambda: d.status().get("waiting", 0) >= 2000)
    tap.ok(d.status()["waiting"] == 2000 and len(os.listdir(d.inbox)) == MANY - 2000, "what there is no room for stays in the inbox", d.status())
    tap.ok(again_and_again(d, "waits.json", [plan_number(1, attack="waits")]), "and more can be dropped")
    d.write_policies(CONDITIONS)
    d.poolctl("reload")
    d.wait(lambda: d.status()["arrivals"] >= MANY // 2, 60)
    os.kill(d.process.pid, signal.SIGSTOP)
    for i in range(8300):
        (d.inbox / "copy.tmp").write_text("x")
        if i % 100 == 0:
            d.drop(f"frozen-{i}.json", plan_number(1, attack=f"frozen {i}"))
        (d.inbox / "copy.tmp").unlink()
    os.kill(d.process.pid, signal.SIGCONT)
    tap.ok(d.wait(lambda: len(d.listener.of("OVERFLOW")) == 1, 30), "an overflow of the event queue is told", d.listener.of("OVERFLOW"))
    accounted(d, f"{MANY} files while poold was stopped, 83 while it was frozen")
finally:
    d.end()
tap.done()
