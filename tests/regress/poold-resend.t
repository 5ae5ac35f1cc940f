#!/usr/bin/env python3
"""`poolctl resend` tells syslog again what it was told, with the same numbers, beside what is new; and says what it cannot."""
import json
import sys
import time

sys.dont_write_bytecode = True
sys.path[:0] = ["tests/regress", "tests/system"]
from daemon import Daemon, plan  # noqa: E402
from judged import Tap  # noqa: E402
from syslog_check import number_of  # noqa: E402

tap = Tap()
d = Daemon(tap)


def numbers(start=0):
    return [number_of(r.decode()) for r in d.listener.records[start:]]


def resend(*options):
    r = d.poolctl("resend", *options)
    return r.returncode, r.stdout.decode(), r.stderr.decode()


def told():
    return d.wait(lambda: d.status().get("untold") == 0 and d.status().get("resending") == 0)


try:
    d.start()
    for n in range(20):
        d.drop(f"{n}.json", plan(f"{n}.00"))
    d.wait_published(20)
    tap.ok(told(), "everything is told", d.status())
    first = [r for r in d.listener.records]
    last = max(numbers())
    tap.ok(numbers() == list(range(1, last + 1)), "each record once", numbers())

    n = len(d.listener.records)
    code, out, err = resend("--from", "11")
    tap.ok(code == 0 and f"{last - 10} records are being sent again, from number 11 to {last}" in out, "resend says how many, and which", out, err)
    tap.ok(told() and d.wait(lambda: len(d.listener.records) == n + last - 10), "they come", numbers(n))
    tap.ok(numbers(n) == list(range(11, last + 1)), "in order", numbers(n))
    tap.ok(d.listener.records[n:] == first[10:], "byte for byte what they were")

    n = len(d.listener.records)
    code, out, err = resend("--since", "1h", "--json")
    answer = json.loads(out)
    tap.ok(code == 0 and answer["from"] == 1 and answer["sending"] == last and not answer["joined"], "since so long ago, as JSON", out, err)
    tap.ok(d.wait(lambda: numbers(n) == list(range(1, last + 1))), "from the first one on", numbers(n))
    code, out, err = resend("--since", time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600)))
    tap.ok(code == 0 and "nothing to send again" in out, "since a time to come: nothing, in a sentence", out, err)
    code, out, err = resend("--from", str(last + 1000))
    tap.ok(code == 0 and "nothing to send again" in out, "from a number to come: the same", out, err)

    # with nobody there it waits, survives the reader's coming, and a second one joins
    d.listener.socket.close()
    (d.top / "syslog").unlink()
    d.drop("late.json", plan("1.00"))
    d.wait(lambda: "no socket at" in d.status().get("syslog", ""))
    code, out, err = resend("--from", str(last - 4))
    tap.ok(code == 0 and "They wait, as syslog is not reached: no socket at" in out, "with nobody there they wait, and that is said", out, err)
    code, out, err = resend("--from", "1")
    tap.ok(code == 0 and "they are among these" in out and f"from number 1 to {last}" in out, "a second one joins", out, err)
    tap.ok(d.status().get("resending") == last and f"{last} are still to be sent again" in d.poolctl("status").stdout.decode(),
           "status says how many are left", d.status())
    d.listener = type(d.listener)(str(d.top / "syslog"))
    tap.ok(told(), "all is sent when there is somebody", d.status())
    got = numbers()
    # the listener's second life: what was read last comes again besides
    tap.ok([x for i, x in enumerate(got) if x not in got[:i]] and set(got) >= set(range(1, max(got) + 1)) and max(got) > last,
           "with what is new", got)

    # numbers go on over a restart, and over the pruning of what was told long ago
    highest = max(numbers())
    d.stop()
    time.sleep(1.1)
    d.config["keep_told"] = "1s"
    d.write_config()
    d.start()
    d.wait(lambda: resend("--from", "1")[0] == 1, 20)
    for option, value in (("--from", "1"), ("--since", "1h")):
        code, out, err = resend(option, value)
        tap.ok(code == 1 and "were pruned from the ledger and cannot be sent again" in err and "poolctl resend --from " in err,
               f"what was pruned is refused, with what is left ({option})", code, out, err)
    kept = int(err.rsplit(" ", 1)[1])
    code, out, err = resend("--from", str(kept))
    tap.ok(code == 0, "and what is left can be had by the command that it names", code, out, err)
    n = len(d.listener.records)
    d.drop("after.json", plan("2.00"))
    d.wait(lambda: len(d.listener.of("VERDICT")) > 0 and d.status().get("untold") == 0)
    seen = set(numbers())
    tap.ok(max(seen) > highest and set(range(1, max(seen) + 1)) <= seen, "numbers go on without a gap over a restart and pruning", highest, seen)

    for options in ((), ("--from", "0"), ("--from", "x"), ("--since", "soon"), ("--since", "1h", "--from", "1")):
        code, out, err = resend(*options)
        tap.ok(code == 64 and "usage: poolctl resend" in err, "wrong usage is said: " + " ".join(options), code, out, err)
finally:
    d.end()
tap.done()
