#!/usr/bin/env python3
"""poold as a service: installed into a Debian of its own, under its own systemd, as operations would.

The commands are those of the README; what is killed, stopped and broken must be seen to by systemd and poold alone.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path[:0] = ["tests/regress", "tests/system"]
from daemon import BUILD, CONDITIONS, FORM, PACK, plan_number  # noqa: E402
from judged import Tap, say  # noqa: E402
from machine import CannotBe, Machine  # noqa: E402

CAP_LEASE, CAP_DAC_READ_SEARCH = 1 << 28, 1 << 2
# A check that takes its time, for a file that says so.
SLOW = """condition { id = "TINY-03", title = "Slow", severity = "error", forms = { "tiny-return" }, source = "test", remedy = "None.",
  check = function(budget) if budget:optional "attack" == "slow" then for i = 1, 40000000 do end end end }
"""

if "asan" in subprocess.run(["ldd", f"{BUILD}/poold"], capture_output=True, text=True, check=False).stdout:
    print("1..0 # SKIP a build with sanitizers needs libraries that the container has not")
    sys.exit(0)
try:
    m = Machine()
except CannotBe as why:
    print(f"1..0 # SKIP {why}")
    sys.exit(0)
tap = Tap()
build = tempfile.mkdtemp(prefix="poold-build-")


def install():
    """make install into the tree of the running machine, from a copy of the build: the prefix is another."""
    clean = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    return subprocess.run(["make", "install", f"B={build}", f"DESTDIR={m.root}", "PREFIX=/usr"], env=clean, capture_output=True, text=True,
                          check=False)


def readme():
    """The commands that README gives to operations."""
    with open("README.md", encoding="utf-8") as file:
        text = file.read().split("## For operations", 1)[1].split("\n## ", 1)[0]
    return [line[4:].split("  #")[0].strip() for line in text.splitlines() if line.startswith("    ")]


COMMANDS = readme()


def as_written(beginning):
    """The next command of README, which begins so, in the machine."""
    command = COMMANDS.pop(0)
    done = m.sh(command)
    tap.ok(command.startswith(beginning) and done.returncode == 0, "README: " + command, done, *journal()[-9:])


def write_policies(conditions):
    """Beside, and renamed: there is never half of it."""
    folder = m.path("/etc/poold/policies")
    (folder / "tiny/forms").mkdir(parents=True, exist_ok=True)
    for name, text in (("site.lua", 'site { packs = { "tiny" } }\n'), ("tiny/pack.lua", PACK), ("tiny/forms/tiny.lua", FORM),
                       ("tiny/conditions.lua", conditions)):
        (folder / (name + ".tmp~")).write_text(text)
        os.rename(folder / (name + ".tmp~"), folder / name)


def drop(name, content, mask="077"):
    """As somebody of the team who shares nothing."""
    return m.run("setpriv", "--reuid=alice", "--regid=alice", "--init-groups", "sh", "-c",
                 f"umask {mask}; cat >/srv/poold/leeds/inbox/.{name} && mv /srv/poold/leeds/inbox/.{name} /srv/poold/leeds/inbox/{name}",
                 input=content)


def published():
    return sorted(p for p in m.path("/srv/poold/leeds").glob("[a-z]*/*.verdict.json") if p.parent.name != "inbox")


def outcomes():
    return {json.loads(p.read_text())["submission"]["name"]: p.parent.name for p in published()}


def status():
    try:
        return json.loads(m.run("poolctl", "status", "--json").stdout)
    except ValueError:
        return {}


def show(*names):
    return m.properties("poold.service", *names)


def journal(*options):
    """What systemd and poold say of the service, and what a container cannot do left out."""
    lines = m.run("journalctl", "-u", "poold", "--no-pager", "-o", "short-monotonic", "-q", *options).stdout.splitlines()
    return [line for line in lines if "loopback network device" not in line]


def starts():
    return int(show("NRestarts").get("NRestarts", "0"))


def main_pid():
    return int(show("MainPID")["MainPID"])


def check_install():
    for part in ("rules", "daemon", "librules.a", "libpoold.a", "poold", "poolctl", "prefix"):
        subprocess.run(["cp", "-a", f"{BUILD}/{part}", build], check=True)
    made = install()
    tap.ok(made.returncode == 0, "make install places it", made.stderr[-2000:])
    tap.ok(COMMANDS.pop(0) == "make install PREFIX=/usr", "as README says")
    for command in ("systemd-sysusers", "systemd-tmpfiles --create", "systemctl daemon-reload"):
        as_written(command)
    seen = m.sh("stat -c '%n %a %U %G' /run/poold /srv/poold /var/lib/poold; id -nG poold").stdout
    tap.ok(seen == "/run/poold 755 poold poold\n/srv/poold 751 poold poold-admin\n/var/lib/poold 700 poold poold\npoold poold-admin\n",
           "the user, its groups and its folders are there", seen)
    verified = m.run("systemd-analyze", "--man=no", "verify", "poold.service")
    tap.ok(verified.returncode == 0 and verified.stderr == "", "systemd-analyze verify has nothing to say", verified)
    level = re.search(r"exposure level for poold.service: ([0-9.]+)", m.run("systemd-analyze", "security", "--no-pager", "poold.service").stdout)
    tap.ok(level and float(level[1]) <= 1.5, f"systemd-analyze security: {level and level[1]}")


def check_start():
    """poold first, syslog-ng later: neither waits for the other."""
    m.run("systemctl", "stop", "syslog-ng")
    write_policies(CONDITIONS + SLOW)
    conf = m.path("/etc/poold/poold.conf")
    conf.write_text(re.sub(r"(?m)^policies .*", "policies /etc/poold/policies", conf.read_text()) + "watch_policies no\nmin_free 0\nsettle 200ms\n")
    as_written("systemctl enable --now poold")
    text = show("StatusText", "ActiveState", "NotifyAccess")
    tap.ok(text["ActiveState"] == "active" and re.search(r"0 judged, 0 waiting, rulebook [0-9a-f]{12} since 20", text["StatusText"]),
           "it is active when the rulebook is in use, and its status says which", text, *journal())
    shown = m.run("systemctl", "status", "poold", "--no-pager").stdout
    tap.ok("active (running)" in shown and 'Status: "0 judged' in shown, "systemctl status shows it", shown)


def capabilities(pid):
    lines = dict(line.split(":", 1) for line in m.run("cat", f"/proc/{pid}/status").stdout.splitlines())
    return {k: lines[k].strip() for k in ("CapEff", "CapPrm", "CapBnd", "NoNewPrivs", "Seccomp", "Uid")}


def check_sandbox():
    keeper = main_pid()
    seen = capabilities(keeper)
    tap.ok(int(seen["CapEff"], 16) == CAP_LEASE | CAP_DAC_READ_SEARCH and seen["NoNewPrivs"] == "1" and seen["Seccomp"] == "2"
           and seen["Uid"].split()[0] != "0", "the keeper has two capabilities, a filter, and is not root", seen)
    # the rulebook process and the spare evaluator
    others = re.findall(r"\d+", m.sh("grep -ls poold: /proc/[0-9]*/cmdline").stdout)
    names = {p: m.run("cat", f"/proc/{p}/cmdline").stdout for p in others}
    seen = {p: capabilities(p) for p, name in names.items() if name.startswith("poold:")}
    tap.ok(len(seen) >= 2 and all(int(s["CapPrm"], 16) == 0 and s["Seccomp"] == "2" for s in seen.values()),
           "its other processes have none", names, seen)
    judges = [p for p, name in names.items() if re.match("poold:.(rulebook|evaluator)", name)]
    scores = [m.run("cat", f"/proc/{p}/oom_score_adj").stdout.strip() for p in (keeper, *judges)]
    tap.ok(int(scores[0]) in (-500, 0) and set(scores[1:]) == {"1000"}, "memory is taken from them first (a container may not spare the keeper)", scores)
    lacks = status()["rulebook"]["sandbox_lacks"]
    outside = re.findall("this kernel lacks (.*)", m.run("poold", "-n").stdout)
    tap.ok(outside == ([lacks] if lacks else []), f"the service lacks no protection that there is without it: {lacks or 'nothing'}", outside)


def check_region():
    for command in ("groupadd", "install -d -o poold -g leeds"):
        as_written(command)
    m.sh("useradd -G leeds alice && useradd -G poold-admin bob")
    m.wait(lambda: any(r["name"] == "leeds" and r["watched"] for r in status().get("regions", [])))
    dropped = drop("plan.json", plan_number(50))
    tap.ok(dropped.returncode == 0 and m.wait(lambda: outcomes().get("plan.json") == "compliant"), "a file that nobody else may read is judged",
           dropped, status(), *journal())
    seen = m.sh("cd /srv/poold/leeds && stat -c '%a %U %G' compliant compliant/*.verdict.html compliant/*.json && stat -c %a .poold").stdout.split("\n")
    tap.ok(seen[0] == "2770 poold leeds" and set(seen[1:4]) == {"660 poold leeds"}, "its report belongs to the team's group", seen)
    read = m.run("setpriv", "--reuid=alice", "--regid=alice", "--init-groups", "sh", "-c", "cat /srv/poold/leeds/compliant/*.html && ls /srv/poold")
    tap.ok("</html>" in read.stdout and "Permission denied" in read.stderr, "the team reads it, and sees no other region", read.stderr)
    drop("open.json", plan_number(500), mask="002")
    tap.ok(m.wait(lambda: outcomes().get("open.json") == "non-compliant"), "a file that the group may read as well", outcomes())
    asked = [m.run("setpriv", f"--reuid={who}", f"--regid={who}", "--init-groups", "poolctl", "status") for who in ("bob", "alice")]
    tap.ok("all is well" in asked[0].stdout or "something needs attention" in asked[0].stdout, "an administrator may ask it", asked[0])
    tap.ok(asked[1].returncode != 0 and asked[1].stdout == "", "others may not", asked[1])


def json_lines():
    try:
        return [json.loads(line) for line in m.path("/var/log/poold/verdicts.json").read_text().splitlines()]
    except OSError:
        return []


def check_syslog():
    as_written("systemctl restart syslog-ng")
    tap.ok(m.wait(lambda: len(json_lines()) >= 2, 60), "syslog-ng, started later, is told what it missed", status(), m.sh("journalctl -u syslog-ng -q -n 20").stdout)
    first = (json_lines() or [{}])[0]
    verdict = json.loads(published()[0].read_text())
    tap.ok(first.get("event") == "VERDICT" and first.get("id") == verdict["id"] and first.get("outcome") == "compliant" and first.get("region") == "leeds",
           "a verdict is a line of JSON", first)
    socket = m.sh("stat -c '%a %U' /run/poold/syslog.sock").stdout.strip()
    tap.ok(socket == "600 poold", "nobody else may write to its socket", socket)
    m.run("systemctl", "restart", "syslog-ng")
    drop("third.json", plan_number(70))
    tap.ok(m.wait(lambda: any(r.get("name") == "third.json" for r in json_lines()), 60), "a syslog-ng that was restarted is found again", status())
    tap.ok(m.wait(lambda: status().get("well")), "and all is well", status())
    as_written("poolctl status")
    alerts = m.path("/var/log/poold/alerts.log")
    tap.ok(not alerts.exists() or alerts.read_text() == "", "nothing was alarming")
    said = journal("-p", "warning")
    tap.ok(said == [], "nor was there a warning in the journal", *said)


def check_kill():
    before = starts()
    drop("slow.json", plan_number(1, attack="slow"))
    m.wait(lambda: status().get("judging", 0) > 0, 5)
    m.sh(f"kill -9 {main_pid()}")
    tap.ok(m.wait(lambda: outcomes().get("slow.json") == "compliant", 60), "after kill -9 the file in hand is judged", outcomes(), *journal()[-9:])
    tap.ok(starts() == before + 1 and show("ActiveState")["ActiveState"] == "active", "by the poold that systemd started anew")


def check_watchdog():
    folder = m.path("/etc/systemd/system/poold.service.d")
    folder.mkdir(parents=True)
    (folder / "watchdog.conf").write_text("[Service]\nWatchdogSec=3s\n")
    m.run("systemctl", "daemon-reload")
    m.run("systemctl", "restart", "poold")
    fed = main_pid()
    tap.ok(not m.wait(lambda: main_pid() != fed, 6), "a watchdog of three seconds is fed in time", *journal()[-9:])
    m.sh(f"kill -STOP {fed}")
    drop("frozen.json", plan_number(10))
    tap.ok(m.wait(lambda: main_pid() not in (0, fed), 60), "one that hangs is killed and started anew", *journal()[-9:])
    tap.ok(m.wait(lambda: outcomes().get("frozen.json") == "compliant", 60), "and the file that came meanwhile is judged", outcomes())
    tap.ok(any("watchdog" in line.lower() for line in journal()), "the journal says why")


def check_reload():
    digest = status()["rulebook"]["digest"]
    pid = main_pid()
    write_policies(CONDITIONS.replace('gbp "100"', 'gbp "10"'))
    done = m.run("systemctl", "reload", "poold")
    tap.ok(done.returncode == 0 and m.wait(lambda: status()["rulebook"]["digest"] != digest), "systemctl reload takes a changed rulebook", done)
    tap.ok(m.wait(lambda: show("ActiveState")["ActiveState"] == "active") and main_pid() == pid, "and the service is active again, and the same")
    digest = status()["rulebook"]["digest"]
    write_policies("nonsense(\n")
    m.run("systemctl", "reload", "poold")
    tap.ok(m.wait(lambda: "refused" in show("StatusText")["StatusText"]), "a broken one is refused, and the status says so", show("StatusText"), *journal()[-5:])
    tap.ok(m.wait(lambda: show("ActiveState")["ActiveState"] == "active") and status()["rulebook"]["digest"] == digest, "the last good one goes on")
    tap.ok(m.wait(lambda: "RULEBOOK-REFUSED" in m.path("/var/log/poold/alerts.log").read_text()), "which is an alert")
    tap.ok(m.run("poolctl", "status").returncode == 1, "poolctl status says that something needs attention")
    write_policies(CONDITIONS)
    m.run("systemctl", "reload", "poold")
    tap.ok(m.wait(lambda: status().get("well")), "until it is mended", status())


def check_upgrade():
    names = []
    for i in range(15):
        drop(f"up{i}.json", plan_number(i))
        names.append(f"up{i}.json")
        if i == 5:
            made = install()
            tap.ok(made.returncode == 0, "make install over a poold that runs", made.stderr[-2000:])
            restarted = m.run("systemctl", "restart", "poold")
            tap.ok(restarted.returncode == 0, "systemctl restart poold", restarted)
    tap.ok(m.wait(lambda: all(outcomes().get(n) == "compliant" for n in names), 60), "nothing that was dropped meanwhile is lost", outcomes())
    kept = m.path("/etc/poold/poold.conf").read_text()
    tap.ok("policies /etc/poold/policies" in kept, "the configuration is kept")
    names = {*names, "plan.json", "open.json", "third.json", "slow.json", "frozen.json"}
    tap.ok(m.wait(lambda: {r.get("name") for r in json_lines()} == names, 60), "every verdict is in verdicts.json", json_lines()[-3:])
    ids = {json.loads(p.read_text())["id"] for p in published()}
    tap.ok(len(ids) == len(names) == len(published()) and {r["id"] for r in json_lines()} == ids, "one for each file")


def check_stop():
    done = m.run("systemctl", "stop", "poold")
    seen = show("Result", "ActiveState")
    tap.ok(done.returncode == 0 and seen == {"Result": "success", "ActiveState": "inactive"}, "it stops when it is told to", done, seen, *journal()[-5:])
    tap.ok(m.sh("ls /run/poold").stdout == "syslog.sock\n", "syslog-ng's socket is left to it")
    tap.ok(not any("rulebook process ended" in line for line in journal()), "and ends its processes itself")
    m.sh("sed -i 's/^root .*/root nowhere/' /etc/poold/poold.conf")
    done = m.run("systemctl", "start", "poold")
    tap.ok(done.returncode != 0 and any("root must be a whole path" in line for line in journal()), "a mistake in the configuration is in the journal", *journal()[-5:])
    m.run("systemctl", "stop", "poold")


try:
    for check in (check_install, check_start, check_sandbox, check_region, check_syslog, check_kill, check_watchdog, check_reload, check_upgrade,
                  check_stop):
        check()
    if tap.failed:
        say(*journal()[-60:])
finally:
    m.end()
    shutil.rmtree(build, ignore_errors=True)
tap.done()
