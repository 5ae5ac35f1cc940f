#!/usr/bin/env python3
"""However an evaluator runs out of memory, by its own limits or by the kernel's choice, and if it dies between two submissions: every
return has its one verdict, the right one, and the others of its batch are judged."""
import json
import os
import pathlib
import re
import signal
import sys

sys.path[:0] = ["tests/regress", "tests/system"]
from daemon import CONDITIONS, Daemon, plan_number  # noqa: E402
from faulty import Page, why_not  # noqa: E402
from judged import BUILD, Tap  # noqa: E402
from processes import evaluators, titled  # noqa: E402

tap = Tap()

# In pieces of a megabyte, each touched, and kept.
GREEDY = """
condition { id = "TINY-03", title = "Greedy", severity = "error", forms = { "tiny-return" }, source = "test", remedy = "None.",
  check = function(budget)
    if budget:optional "attack" ~= "memory" then return end
    local kept = {}
    for i = 1, 5000 do kept[i] = ("x"):rep(1000000) .. i end
  end }
"""


# Its answer needs two messages: unknown fields, each a finding with a long name.
LONG = plan_number(1, **{f"unknown{i:04}" + "x" * 80: 1 for i in range(600)})


def verdict(d, name):
    found = [v for v in d.verdicts() if v["submission"]["name"] == name]
    return found[0] if len(found) == 1 else {"found": len(found)}


def tries(d, name):
    return sorted({int(re.search(rb'times="(\d)"', r).group(1)) for r in d.listener.of("EVALUATOR") if b'name="%s"' % name.encode() in r})


def drop_among_others(d, names_and_content, others=4):
    """With others before and after, while poold is stopped: one batch."""
    d.process.send_signal(signal.SIGSTOP)
    for i in range(others):
        d.drop(f"a{i}.json", plan_number(i))
    for name, content in names_and_content:
        d.drop(name, content)
    for i in range(others):
        d.drop(f"z{i}.json", plan_number(i))
    d.process.send_signal(signal.SIGCONT)
    d.wait_published(2 * others + len(names_and_content), 60)


def others_are_well(d, others=4):
    return all(verdict(d, f"{c}{i}.json").get("outcome") == "compliant" for c in "az" for i in range(others))


# The address space is smaller than what Lua may take, and than what a large file takes when it is read.
if "-" in os.path.basename(BUILD):
    tap.ok(True, "the limit of address space # SKIP a sanitizer takes terabytes of it")
else:
    d = Daemon(tap, memory="150MB", lua_memory="2GB", max_size="200MB", wall="30s", batch=20)
    try:
        d.write_policies(CONDITIONS + GREEDY)
        d.start()
        whole = {"schema": "tiny/1", "area": "E08000035", "year": "2015-16", "amount": 50}
        drop_among_others(d, [("greedy.json", plan_number(attack="memory")), ("much.json", json.dumps(whole)[:-1] + ', "attack": "' + "x" * 100_000_000 + '"}'),
                              ("huge.json", json.dumps(whole)[:-1] + ', "attack": "' + "x" * 180_000_000 + '"}')])
        v = verdict(d, "greedy.json")
        tap.ok(v.get("outcome") == "undetermined" and any(n["kind"] == "limit" and n["condition"] == "TINY-03" for n in v["not_evaluated"])
               or "TINY-03" in (v.get("our_fault") or ""), "a condition that fills the address space: undetermined, and it is named", v)
        for name in ("much.json", "huge.json"):
            v = verdict(d, name)
            tap.ok(v.get("outcome") == "undetermined" and "ran out of memory" in (v.get("our_fault") or ""),
                   f"{name} is too large for the address space: undetermined, and says so", v)
            tap.ok(d.wait(lambda: tries(d, name) == [1, 2], 10), f"{name}: tried once more, alone", tries(d, name))
        tap.ok(others_are_well(d), "the others of the batch are judged", [(v["submission"]["name"], v["outcome"]) for v in d.verdicts()])
    finally:
        d.end()


class Group:
    """A control group below our own that bounds memory; None in place: this machine does not let us have one."""

    def __init__(self, path):
        self.path = path

    @classmethod
    def make(cls, most):
        own = {line.split(":", 2)[1]: line.split(":", 2)[2].strip() for line in open("/proc/self/cgroup")}
        for controller, base, limit in (("memory", "/sys/fs/cgroup/memory", "memory.limit_in_bytes"), ("", "/sys/fs/cgroup", "memory.max")):
            if controller not in own:
                continue
            path = pathlib.Path(base + own[controller]) / f"poold-test-{os.getpid()}"
            # in version 2 a group with processes has no groups with controllers in it, so ours stands beside it
            path = path if controller else path.parent.parent / path.name
            try:
                path.mkdir()
                (path / limit).write_text(str(most))
                return cls(path)
            except OSError:
                if path.is_dir():
                    path.rmdir()
        return None

    def take(self, pids):
        for pid in pids:
            (self.path / "cgroup.procs").write_text(str(pid))

    def remove(self):
        Daemon.wait(lambda: not (self.path / "cgroup.procs").read_text(), 10)
        self.path.rmdir()


# A true out-of-memory kill: the kernel chooses, and it is to choose the evaluator.
group = Group.make(200_000_000)
if group is None or "-" in os.path.basename(BUILD):
    tap.ok(True, "killed when memory is short # SKIP no control group for memory can be made here")
else:
    d = Daemon(tap, memory="8GB", lua_memory="4GB", wall="30s", batch=20)
    try:
        d.write_policies(CONDITIONS + GREEDY)
        d.start()
        before = [d.process.pid, *titled(d.process.pid, "rulebook"), *titled(d.process.pid, "publisher")]
        group.take([*before, *evaluators(d.process.pid)])
        drop_among_others(d, [("greedy.json", plan_number(attack="memory"))])
        v = verdict(d, "greedy.json")
        tap.ok(v.get("outcome") == "undetermined" and "memory was short" in (v.get("our_fault") or "") and "TINY-03" in v["our_fault"],
               "the kernel kills the evaluator for memory: undetermined, and says so, and where", v)
        tap.ok(d.wait(lambda: tries(d, "greedy.json") == [1, 2], 10), "it was tried once more, alone", tries(d, "greedy.json"))
        tap.ok(others_are_well(d), "the others of the batch are judged", [(v["submission"]["name"], v["outcome"]) for v in d.verdicts()])
        tap.ok([d.process.pid, *titled(d.process.pid, "rulebook"), *titled(d.process.pid, "publisher")] == before,
               "keeper, rulebook process and publisher are the same as before", before)
    finally:
        d.end()
        group.remove()

# Killed between two submissions: one is answered, the next is in hand and not begun; or its answer is sent by half.
if why_not():
    tap.ok(True, f"between two submissions # SKIP {why_not()}")
else:
    for where, kind, n, content in (("before it begins the third", "recvmsg", 3, plan_number(1)),
                                    ("before it answers the third", "sendmsg", 3, plan_number(1)),
                                    ("with half an answer sent", "sendmsg", 4, LONG)):
        d = Daemon(tap, wall="30s", batch=20)
        try:
            page = Page(d.top / "page")
            d.environment = page.environment()
            d.start()
            d.wait(lambda: evaluators(d.process.pid))
            page.arm("evaluator", kind, n, "STALL")
            for i in range(8):
                d.drop(f"p{i}.json", content)
            tap.ok(d.wait(lambda: page.fired, 20), f"an evaluator stands still {where}")
            os.kill(page.pid, signal.SIGKILL)
            page.disarm()
            tap.ok(d.wait_published(8, 30) and sorted(v["submission"]["name"] for v in d.verdicts()) == [f"p{i}.json" for i in range(8)],
                   f"killed {where}: each has one verdict", [v["submission"]["name"] for v in d.verdicts()])
            tap.ok({v["outcome"] for v in d.verdicts()} == {"compliant" if content != LONG else "non-compliant"} and {v["revision"] for v in d.verdicts()} == {1},
                   f"killed {where}: the right one", [(v["outcome"], v["our_fault"]) for v in d.verdicts()])
            told = [r for r in d.listener.of("EVALUATOR")]
            tap.ok(len(told) == 1 and b'times="1"' in told[0], f"killed {where}: one was tried again", told)
        finally:
            d.end()
tap.done()
