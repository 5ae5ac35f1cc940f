#!/usr/bin/env python3
"""Changes of the policies are taken into use by themselves, whole or not at all, and only when there are any."""
import os
import shutil
import sys

sys.path.insert(0, "tests/regress")
from daemon import CONDITIONS, Daemon, plan_number  # noqa: E402
from judged import Tap  # noqa: E402

tap = Tap()
STRICT = CONDITIONS.replace('gbp "100"', 'gbp "10"')
d = Daemon(tap, status="1s")


def loads():
    return len(d.listener.of("RULEBOOK"))


try:
    d.start()
    first = d.status()["rulebook"]
    tap.ok(first["watched"] is True, "the whole folder is watched", first)
    d.wait(lambda: loads() == 1)

    conditions = d.policies / "tiny" / "conditions.lua"
    conditions.write_text(STRICT)
    tap.ok(d.wait(lambda: d.status()["rulebook"]["digest"] != first["digest"], 30), "a file that is written is taken into use", d.status())
    d.drop("one.json", plan_number(50))
    tap.ok(d.wait_published(1) and d.verdicts()[0]["outcome"] == "non-compliant", "and judged by", d.verdicts())

    d.wait(lambda: loads() == 2)
    digest = d.status()["rulebook"]["digest"]
    (d.policies / "tiny" / ".conditions.lua.swp").write_text("swap")
    (d.policies / "tiny" / "conditions.lua~").write_text("copy")
    conditions.write_text(STRICT)
    os.utime(d.policies / "site.lua")
    (d.policies / "tiny" / "new").mkdir()
    tap.ok(not d.wait(lambda: loads() > 2 or d.status()["rulebook"]["loading"], 3),
           "editors' copies, a touched file and an empty folder load nothing", d.listener.of("RULEBOOK"))
    answer = d.poolctl("reload")
    tap.ok(answer.returncode == 0 and b"have not changed" in answer.stdout and digest[:12].encode() in answer.stdout,
           "that nothing has changed is said to who asks", answer)

    forms = d.policies / "tiny" / "forms"
    os.rename(forms, d.top / "forms")
    tap.ok(d.wait(lambda: d.status()["rulebook"]["refused"], 30), "a folder that goes refuses the rest", d.status())
    rulebook = d.status()["rulebook"]
    tap.ok(rulebook["digest"] == digest and rulebook["in_use"], "the last good one goes on")
    tap.ok(rulebook["trouble"].startswith(f"The rulebook of {d.policies} was refused at 20")
           and f"; running rulebook {digest[:12]} since 20" in rulebook["trouble"], "status says which was refused when, and which is run",
           rulebook["trouble"])
    shown = d.poolctl("status").stdout.decode()
    tap.ok("was refused at" in shown and f"Rulebook {digest[:12]}… since 20" in shown, "to people too", shown)

    def reminders():
        return [r for r in d.listener.of("RULEBOOK-REFUSED") if b"; running rulebook" in r]

    tap.ok(d.wait(lambda: len(reminders()) >= 2), "it is said again at each status interval")
    os.rename(d.top / "forms", forms)
    tap.ok(d.wait(lambda: not d.status()["rulebook"]["refused"], 30), "its return mends it", d.status())
    tap.ok(loads() == 3 and d.status()["rulebook"]["since"] == rulebook["since"], "without loading what is in use", d.listener.of("RULEBOOK"))
    n = len(reminders())
    tap.ok(not d.wait(lambda: len(reminders()) > n, 2.5), "and nothing is said again")

    (forms / "tiny.lua").write_text((forms / "tiny.lua").read_text().replace("Tiny return", "Small return"))
    tap.ok(d.wait(lambda: d.status()["rulebook"]["digest"] != digest, 30), "a folder that came back is watched", d.status())
    digest = d.status()["rulebook"]["digest"]

    # another folder in its place, as a link is exchanged for another
    other, aside = d.top / "other", d.top / "aside"
    shutil.copytree(d.policies, other)
    (other / "tiny" / "conditions.lua").write_text(CONDITIONS)
    os.rename(d.policies, aside)
    os.symlink(other, d.policies)
    tap.ok(d.wait(lambda: d.status()["rulebook"]["digest"] != digest, 30), "a link to another folder in its place is seen", d.status())
    (other / "tiny" / "conditions.lua").write_text(STRICT)
    tap.ok(d.wait(lambda: d.status()["rulebook"]["digest"] == digest, 30), "and what changes behind it", d.status())
finally:
    d.end()
tap.done()
