#!/usr/bin/env python3
"""SIGHUP reads the configuration again: what may change does, what needs a restart is named, a mistake changes nothing."""
import signal
import sys

sys.path.insert(0, "tests/regress")
from daemon import CONDITIONS, Daemon, plan_number  # noqa: E402
from judged import Tap  # noqa: E402

tap = Tap()
d = Daemon(tap, watch_policies="no", max_size="1MB", status="1h")


def again(**changes):
    """Write the configuration with these changes and send SIGHUP; the event that answers."""
    n = len(d.listener.of("CONFIG"))
    d.config.update(changes)
    d.write_config()
    d.process.send_signal(signal.SIGHUP)
    d.wait(lambda: len(d.listener.of("CONFIG")) > n)
    return (d.listener.of("CONFIG") or [b""])[-1].decode()


try:
    d.start()
    said = again(max_size="1000B", wall="3s")
    tap.ok("what changed: max_size, wall." in said or "what changed: wall, max_size." in said, "what is taken is named", said)
    d.drop("big.json", plan_number(1, attack="x" * 2000))
    tap.ok(d.wait_published(1) and d.verdicts()[0]["outcome"] == "unreadable", "and holds for what arrives from now on", d.verdicts())

    said = again(root=d.top / "elsewhere", facility="local3", settle="300ms")
    tap.ok("what changed: settle." in said and "root, facility need a restart: systemctl restart poold" in said,
           "what needs a restart is named, and the rest is taken", said)
    d.drop("two.json", plan_number(2))
    tap.ok(d.wait_published(2), "the old root is still watched")

    said = again(root=d.root, facility="daemon", settle="400 ms", wall="never")
    tap.ok("refused" in said and "wall must be a time" in said and said.startswith("<27>"), "a mistake refuses it whole, as an error", said)
    said = again(wall="3s")
    tap.ok("what changed: settle." in said and "restart" not in said, "nothing of it had been taken, and it is taken when mended", said)

    d.write_policies(CONDITIONS.replace('gbp "100"', 'gbp "10"'))
    tap.ok(not d.wait(lambda: len(d.listener.of("RULEBOOK")) > 1, 3), "policies that are not to be watched are not")
    tap.ok("poolctl reload takes a change into use" in d.poolctl("status").stdout.decode(), "status says so")
    again(watch_policies="yes")
    tap.ok(d.wait(lambda: len(d.listener.of("RULEBOOK")) > 1, 30), "SIGHUP takes the policies, too")
    d.write_policies(CONDITIONS)
    tap.ok(d.wait(lambda: len(d.listener.of("RULEBOOK")) > 2, 30), "and they are watched when that is switched on")
    pruned = lambda: [r for r in d.listener.of("LEDGER") if b"were pruned, as `keep` says" in r]  # noqa: E731
    tap.ok(not pruned(), "nothing is pruned without `keep`", pruned())
    said = again(keep="1s", keep_told="1s")
    tap.ok("keep, keep_told" in said and "restart" not in said, "how long things are kept may change", said)
    tap.ok(d.wait(pruned, 10), "and what is old by it goes soon", d.list())
    again(instructions="190000000")
    tap.ok(d.wait(lambda: len(d.listener.of("RULEBOOK")) > 3, 30), "a limit of the evaluators loads the rulebook anew", d.status())
    again(policies=d.top / "nowhere")
    tap.ok(d.wait(lambda: d.status()["rulebook"]["refused"]), "another folder of policies is read", d.status()["rulebook"])
finally:
    d.end()
tap.done()
