#!/usr/bin/env python3
"""What is written about the programs, held against the programs: manual pages, completion, README, links."""
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, "tests/regress")
from daemon import BUILD, Daemon  # noqa: E402
from judged import Tap  # noqa: E402

DOCUMENTS = ["README.md", "lua-policies/README.md", "daemon/README.md", *sorted(glob.glob("docs/*.md"))]
# What an administrator makes.
NOT_OURS = {"lua-policies/site/allocations.csv"}
MILLISECONDS = {"ms": 1, "s": 1000, "m": 60000, "h": 3600000, "d": 86400000}


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def run(*command, **more):
    return subprocess.run(command, capture_output=True, text=True, timeout=120, **more)


def plain(page):
    """The words of a manual page's source."""
    return page.replace("\\(dq", '"').replace("\\-", "-")


def options_of(text):
    return set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", text))


def same_value(one, other):
    def value(text):
        match = re.fullmatch(r"(\d+)(ms|s|m|h|d)", text)
        return int(match[1]) * MILLISECONDS[match[2]] if match else text
    return value(one) == value(other)


def check_keys(tap, top):
    """Every key and default of the program is in poold.conf(5), and no other."""
    (empty, page) = top + "/empty.conf", plain(read("docs/poold.conf.5"))
    open(empty, "w").close()
    shown = run(BUILD + "/poold", "-n", "-f", empty).stdout
    ours = dict(re.findall(r'^([a-z_]+) +"?([^" \n]*)"?$', shown, re.M))
    listed = page.split(".Bl ", 1)[1].split(".El", 1)[0]
    theirs = {}
    for entry in re.split(r"^\.It Cm ", listed, flags=re.M)[1:]:
        default = re.search(r"^Default:? ?(?:\n\.(?:Pa|Cm) )?([^\n]*?)(?: \.|\.)?$", entry, re.M)
        theirs[entry.split()[0]] = default[1] if default else None
    tap.ok(sorted(ours) == sorted(theirs) and len(ours) > 15, "poold.conf(5) has every key and no other", set(ours) ^ set(theirs), shown)
    for key, value in ours.items():
        default = theirs.get(key) or ""
        if value == "" or key == "evaluators":  # said in words; as many as there are processors
            tap.ok(default != "", "poold.conf(5) says the default of " + key)
        elif key == "policies":
            tap.ok(value.endswith(default.replace("/usr/local", "", 1)), "poold.conf(5) has the default of policies", default, value)
        else:
            tap.ok(same_value(value, default), "poold.conf(5) has the default of " + key, default, value)
    example = read("docs/poold.conf.example").replace("@PREFIX@", "/usr/local")
    keys = re.findall(r"^#?([a-z_]+) +\S+$", example, re.M)
    tap.ok(len(keys) > 6 and set(keys) <= set(ours), "the example configuration has keys that there are", set(keys) - set(ours))


def complete(words):
    script = 'source docs/poolctl.bash-completion; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _$1; printf "%s\\n" "${COMPREPLY[@]}"'
    return set(run("bash", "-c", script, "-", *words).stdout.split())


def check_commands(tap):
    page, help_text = plain(read("docs/poolctl.1")), run(BUILD + "/poolctl", "--help").stdout
    in_page = {"--" + o for o in re.findall(r"Fl Fl ([a-z-]+)", page)}
    commands = re.findall(r"^  ([a-z]+) ", help_text, re.M)
    tap.ok(len(commands) >= 7, "poolctl --help lists the commands", help_text)
    tap.ok(complete(["poolctl", ""]) == set(commands) | {"--help", "--version"}, "the completion has every command", complete(["poolctl", ""]))
    known = {"--help", "--version"}
    parts = {c: re.findall(r"^  ([a-z]+)  ", run(BUILD + "/poolctl", c, "--help").stdout, re.M) for c in ("ledger", "policy")}
    for command, actions in parts.items():
        tap.ok(len(actions) >= 3 and complete(["poolctl", command, ""]) == set(actions), "the completion has what `%s` can do" % command, actions)
    for words in [[c] for c in commands] + [[c, a] for c, actions in parts.items() for a in actions]:
        command, said = " ".join(words), run(BUILD + "/poolctl", *words, "--help")
        options = options_of("".join(re.findall(r"^  --.*", said.stdout, re.M)))
        known |= options
        tap.ok(said.returncode == 0 and said.stdout.startswith("usage: poolctl " + command + " ") and "\nExamples:\n  poolctl " + command in said.stdout
               and re.search(r"^Exit status: [\s\S]*64", said.stdout, re.M), command + " --help has usage, examples and exit status", said.stdout)
        tap.ok(max(map(len, said.stdout.splitlines())) <= 85, command + " --help fits a terminal", said.stdout)
        tap.ok(re.search(r"^\.It Cm %s$" % words[0], page, re.M) and (len(words) == 1 or re.search(r"^\.Cm %s\b" % command, page, re.M)), "poolctl(1) has " + command)
        tap.ok(options <= in_page, "poolctl(1) has the options of " + command, options - in_page)
        done = complete(["poolctl", *words, "--"])
        tap.ok(done == options | {"--help"}, "the completion has the options of " + command, done ^ (options | {"--help"}))
        wrong = [error for option in sorted(options) if "there is no option" in (error := run(BUILD + "/poolctl", *words, option).stderr)]
        tap.ok(not wrong, command + " takes the options that its --help lists", wrong)
        tap.ok("Did you mean --" in run(BUILD + "/poolctl", *words, max(options, default="--xx") + "x").stderr or not options, command + " knows what is meant")
    tap.ok(in_page <= known, "poolctl(1) has no option that no command has", in_page - known)
    page, options = plain(read("docs/poold.8")), options_of(run(BUILD + "/poold", "--help").stdout)
    in_page = {"--" + o for o in re.findall(r"Fl Fl ([a-z-]+)", page)}
    tap.ok(options == in_page and options == complete(["poold", "--"]), "poold(8) and the completion have poold's options",
           options, in_page, complete(["poold", "--"]))


def check_json(tap, d):
    """What --json prints is in poolctl(1)."""
    section = plain(read("docs/poolctl.1")).split(".Sh JSON")[1].split(".Sh ")[0]
    known = set(re.findall(r"[a-z_]+", section))

    def names(value, free=("outcomes", "stay")):
        if isinstance(value, list):
            return set().union(*map(names, value))
        if isinstance(value, dict):
            return set(value).union(*(names(v) for k, v in value.items() if k not in free))
        return set()

    os.mkfifo(d.inbox / "pipe")
    d.wait(lambda: d.status()["regions"][0]["skipped"])
    top = str(d.top)
    for words in (["status"], ["list"], ["reload"], ["resend", "--from", "1"], ["requeue", "1"], ["ledger", "verify", top + "/state"],
                  ["ledger", "backup", top + "/state/copy"], ["ledger", "prune", "--before", "2014-01-01"]):
        said = run(BUILD + "/poolctl", *words, "--json", env={**os.environ, "POOLD_SOCKET": top + "/control"})
        printed = names(json.loads(said.stdout.splitlines()[0]))
        tap.ok(len(printed) > 2 and printed <= known, "poolctl(1) has what %s --json prints" % " ".join(words[:2]), printed - known, said.stderr)


def check_manual_pages(tap):
    if not shutil.which("mandoc"):
        tap.ok(True, "the manual pages are well-formed # SKIP mandoc is not installed")
        return
    said = run("mandoc", "-Tlint", "-W", "warning", *glob.glob("docs/*.[1-8]"))
    tap.ok(said.returncode == 0, "the manual pages are well-formed", said.stdout, said.stderr)


def check_links(tap):
    for document in DOCUMENTS:
        text, missing = read(document), []
        for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", text):
            if not os.path.exists(os.path.join(os.path.dirname(document), link)):
                missing.append(link)
        for path in re.findall(r"`((?:docs|lua-policies|rules|daemon|tests)/[\w./*-]*)`", text):
            if not glob.glob(path) and path not in NOT_OURS:
                missing.append(path)
        tap.ok(not missing, document + " names files that there are", missing)


def check_map(tap):
    """daemon/README.md has a place for every file of daemon/, and each head that it names is there."""
    places, heads = set(), set()
    for first, second in re.findall(r"^\| (`.*?) \| (`.*?) \|", read("daemon/README.md"), re.M):
        named, _, without = first.partition(" but ")
        found = {f for w in re.findall(r"`([^`]+)`", named) for f in glob.glob("daemon/" + w)}
        less = {f for w in re.findall(r"`([^`]+)`", without) for f in glob.glob("daemon/" + w)}
        tap.ok(found - less, "daemon/README.md: there is " + first)
        places |= found - less
        heads |= {"daemon/" + h for h in re.findall(r"`([^`]+)`", second)}
    files = set(glob.glob("daemon/*.[ch]"))
    tap.ok(files <= places, "daemon/README.md has a place for every file", sorted(files - places))
    missing = [h for h in heads if not os.path.exists(h) and not os.path.exists(h.replace("daemon/", "daemon/poolctl/"))]
    bare = [h for h in heads if os.path.exists(h) and "/*" not in read(h)[:600]]
    tap.ok(not missing and not bare, "daemon/README.md: the heads that it names are there", missing, bare)


def check_security(tap):
    """Each claim of docs/security.md has a row, and each row names a test that there is."""
    text = read("docs/security.md")
    prose, table = text.split("## The claims and their tests")
    rows = re.findall(r"^\| (\d+) \| [^|]+ \| `([^`]+)` \| `([^`]+)` \|$", table, re.M)
    tap.ok(len(rows) > 50 and len(rows) == len(re.findall(r"^\| \d+ \|", table, re.M)), "docs/security.md: every row has a number, a claim, a file and a test", len(rows))
    tap.ok([int(n) for n, _, _ in rows] == list(range(1, len(rows) + 1)), "docs/security.md: the rows are numbered")
    used = {int(n) for n in re.findall(r"\[(\d+)\]", prose)}
    tap.ok(used == set(range(1, len(rows) + 1)), "docs/security.md: every claim has a row, and every row a claim", used ^ set(range(1, len(rows) + 1)))
    missing = [(n, path, name) for n, path, name in rows if not os.path.exists(path) or name not in read(path)]
    tap.ok(not missing, "docs/security.md: every test that it names is there", *missing)


def check_small_pack(tap, top):
    """The pack in docs/policies.md loads, and its example comes out as it says."""
    policies = top + "/policies"
    shutil.copytree("lua-policies", policies)
    files = re.findall(r"^`(travel-costs/\S+)`:\n```\w+\n(.*?)^```", read("docs/policies.md"), re.M | re.S)
    for path, text in files:
        os.makedirs(os.path.dirname(policies + "/" + path), exist_ok=True)
        with open(policies + "/" + path, "w", encoding="utf-8") as file:
            file.write(text)
    claim = policies + "/travel-costs/examples/claim.json"
    r = run(BUILD + "/poolctl", "check", "--policies", policies, "--pack", "travel-costs", "--at", "2015-05-01T10:00:00Z", claim)
    tap.ok(len(files) == 6 and r.returncode == 0 and "The trip on 3 February 2015 cost £20.00; its miles come to £4.50" in " ".join(r.stdout.split()),
           "docs/policies.md: the small pack works with --pack", r.stdout, r.stderr)
    site = read(policies + "/site.lua")
    with open(policies + "/site.lua", "w", encoding="utf-8") as file:
        file.write(site.replace('"arithmetic",', '"arithmetic", "travel-costs",', 1))
    with open(top + "/pack.conf", "w", encoding="utf-8") as file:
        file.write("policies %s\n" % policies)
    r = run(BUILD + "/poold", "-n", "-f", top + "/pack.conf")
    tap.ok(r.returncode == 0, "docs/policies.md: the small pack loads when it is switched on, and its example passes", r.stdout, r.stderr)


def check_readme(tap, top):
    """Every command in README is run: as it stands, or in a place where it does no harm."""
    text = read("README.md")
    bare = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
    lines = [line[4:].split("  #")[0].strip() for line in bare.splitlines() if line.startswith("    ")]
    d = Daemon(tap)
    try:
        d.start()
        env = {**os.environ, "POOLD_SOCKET": str(d.top / "control"), "PATH": os.path.abspath(BUILD) + ":" + os.environ["PATH"]}
        env.pop("MAKEFLAGS", None)
        d.drop("plan.json", '{"schema": "tiny/1", "area": "E08000035", "year": "2015-16", "amount": 5}')
        d.wait_published(1)
        n = 0
        for line in lines:
            command = line.replace("build/", BUILD + "/").replace("/etc/poold/poold.conf", str(d.conf)).replace(">report.html", ">" + top + "/r")
            command = command.replace(" /srv/", " %s/srv/" % top).replace(" /run/", " %s/run/" % top).replace(" /var/", " %s/var/" % top)
            if command.split()[0] == "make":
                command = "make -n" + command[4:]
            if re.match(r"poold (-d )?-f|systemctl|systemd-|groupadd|install -d -o", command):
                continue  # started above; tests/system/systemd.t runs what needs a machine
            n += 1
            r = run("sh", "-c", command, env=env)
            good = (1,) if "underpaid" in line or "/fail/" in line else (0,)  # a return that is not compliant
            tap.ok(r.returncode in good, "README: " + line, r.returncode, r.stdout[-2000:], r.stderr)
        tap.ok(n >= 9, "README has commands to run", lines)
        check_json(tap, d)
    finally:
        d.end()


def main():
    tap, top = Tap(), tempfile.mkdtemp(prefix="poold-docs-")
    check_keys(tap, top)
    check_commands(tap)
    check_manual_pages(tap)
    check_links(tap)
    check_map(tap)
    check_security(tap)
    check_small_pack(tap, top)
    check_readme(tap, top)
    shutil.rmtree(top)
    tap.done()


main()
