#!/usr/bin/env python3
"""The rulebook process is killed while it loads, again and again: it is started again until it has loaded, and no file waits for ever."""
import signal
import sys

sys.path[:0] = ["tests/regress", "tests/system"]
from accounted import Accounted  # noqa: E402
from daemon import CONDITIONS, plan_number  # noqa: E402
from judged import Tap  # noqa: E402
from processes import send, titled  # noqa: E402

SLOW = CONDITIONS + "for i = 1, 20000000 do local x = i end\n"
tap = Tap()
d = Accounted(tap)


def rulebooks():
    return titled(d.process.pid, "rulebook")


def kill_new_one(seen):
    """The next rulebook process that is not among those seen; it cannot have loaded yet."""
    d.wait(lambda: set(rulebooks()) - seen, 20)
    for pid in set(rulebooks()) - seen:
        send([pid], signal.SIGKILL)
        seen.add(pid)


try:
    d.write_policies(SLOW)
    seen = set()
    d.start(ready=False)
    kill_new_one(seen)  # the very first load
    d.drop("first.json", plan_number(1), "good")
    tap.ok(d.wait_rest(30), "killed at its first load: a file is judged all the same", d.status())
    seen = set(rulebooks())
    send(seen, signal.SIGKILL)  # the one in use
    kill_new_one(seen)
    d.drop("second.json", plan_number(2), "good")
    tap.ok(d.wait_rest(30), "killed in use, and at the load after it: the same", d.status())

    # the one in use is lost while another is loaded that is refused then: the last good one comes back
    seen = set(rulebooks())
    d.write_policies(SLOW + 'error "a mistake"\n')
    d.process.send_signal(signal.SIGHUP)
    tap.ok(d.wait(lambda: len(rulebooks()) > 1, 20), "another is loaded beside the one in use")
    send(seen, signal.SIGKILL)
    d.drop("third.json", plan_number(3), "good")
    tap.ok(d.wait_rest(40), "lost while a refused one was loaded: the last good one goes on", d.status())
    tap.ok(d.wait(lambda: d.status()["rulebook"]["refused"] and d.status()["rulebook"]["in_use"], 20), "and it is said until it is mended", d.status())
    d.stop()
    problems, _ = d.account({"good": ("compliant",)})
    tap.ok(not problems, "every file is accounted for", *problems)
finally:
    d.end()
tap.done()
