#!/usr/bin/env python3
"""lua-policies/README.md, from nothing to switched on, done literally; and what a site does with packs never makes the shipped examples refuse a load."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, "tests/regress")
from judged import BUILD, POLICIES, Tap  # noqa: E402


def page():
    with open(POLICIES + "/README.md", encoding="utf-8") as file:
        return re.search(r"^## From nothing to switched on\n(.*?)^## ", file.read(), re.M | re.S)[1]


def steps(text):
    """Blocks of the page in order: (file name or None for commands, content)."""
    for name, _, content in re.findall(r"^(?:`([\w./-]+)`[^\n]*:\n)?```(\w+)\n(.*?)^```", text, re.M | re.S):
        yield name, content


def run(command, folder):
    env = dict(os.environ, PATH=os.path.abspath(BUILD) + ":" + os.environ["PATH"])
    done = subprocess.run(["bash", "-c", command], cwd=folder, env=env, capture_output=True, text=True, timeout=120, check=False)
    return done.stdout + done.stderr


def is_shown(said, expected):
    """Each line that the page shows stands in what was said, in order; … stands for anything."""
    at = 0
    for line in expected:
        for part in [p.strip() for p in line.split("…") if p.strip()]:
            found = re.sub(r"\s+", " ", said).find(re.sub(r"\s+", " ", part), at)
            if found < 0:
                return False
            at = found
    return True


def follow(tap, folder):
    """Do what the page says: write its files, run its commands, look for what it says comes out."""
    commands = 0
    for name, content in steps(page()):
        if name:
            path = folder + "/lua-policies/" + name
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(content)
            continue
        for block in re.split(r"^\$ ", content, flags=re.M)[1:]:
            command, *expected = block.rstrip("\n").split("\n")
            said = run(command, folder)
            commands += 1
            tap.ok(is_shown(said, expected), "`%s` says what the page says" % command, expected, said)
    tap.ok(commands >= 5, "the page has commands", commands)


def load(policies):
    config = policies + ".conf"
    with open(config, "w", encoding="utf-8") as file:
        file.write("policies %s\n" % policies)
    return subprocess.run([BUILD + "/poold", "-n", "-f", config], capture_output=True, text=True, timeout=120, check=False).stdout


def site(policies, packs):
    with open(policies + "/site.lua", "w", encoding="utf-8") as file:
        file.write('site { packs = { "arithmetic", %s } }\n' % packs)


def examples_stand_apart(tap, top):
    policies = top + "/policies"
    shutil.copytree(POLICIES, policies)
    os.makedirs(policies + "/strict")
    with open(policies + "/strict/pack.lua", "w", encoding="utf-8") as file:
        file.write('pack { id = "strict", title = "Strict", status = "enacted", source = "s", requires = { "better-care-fund" } }\n')
    with open(policies + "/strict/c.lua", "w", encoding="utf-8") as file:
        file.write('condition { id = "STRICT-001", title = "Nothing passes", severity = "error", forms = { "bcf-plan" }, source = "s", remedy = "r",\n'
                   '  check = function(budget) finding { at = budget:place "stage", given = 1, expected = 2 } end }\n')
    site(policies, '"better-care-fund", "section-75", "conflicts-of-interest", "strict"')
    said = load(policies)
    tap.ok(": good; " in said, "a condition of one's own that finds something in the shipped examples refuses nothing", said)
    site(policies, '{ "better-care-fund", mode = "shadow" }, { "section-75", regions = { "leeds" } }, { "conflicts-of-interest", from = "2030-31" }')
    said = load(policies)
    tap.ok(": good; " in said, "nor does a pack in shadow mode, for some regions, or for later years only", said)
    with open(policies + "/site.lua", "a", encoding="utf-8") as file:
        file.write('waive { condition = "BCF-FUND-001", area = "E08000018", reason = "r", requester = "A", approver = "B", expires = "2030-01-01" }\n')
    said = load(policies)
    tap.ok(": good; " in said, "nor does a waiver", said)
    site(policies, '"better-care-fund", "section-75", "conflicts-of-interest"')
    os.makedirs(policies + "/site")
    with open(policies + "/site/allocations.csv", "w", encoding="utf-8") as file:
        file.write("partner,area,year,source,amount,origin\nE4401,E08000016,2015-16,dfg,1,a letter\n")
    said = load(policies)
    tap.ok(": good; " in said and "come out otherwise" in said, "allocations of one's own do not either, and are told of once", said)
    tap.ok("Only the example area (E08000018) is loaded" not in said, "and the notice that they lack is gone", said)
    shutil.rmtree(policies + "/site")
    with open(policies + "/better-care-fund/fund.lua", encoding="utf-8") as file:
        good = file.read()
    with open(policies + "/better-care-fund/fund.lua", "w", encoding="utf-8") as file:
        file.write(good.replace("at_least {", "at_most {", 1).replace("least = due.amount", "most = due.amount - gbp \"1\"", 1))
    said = load(policies)
    tap.ok("refused" in said and "better-care-fund/examples.lua:" in said, "a pack that goes wrong itself is still refused by its examples", said)


def main():
    tap = Tap()
    top = tempfile.mkdtemp(prefix="poold-newcomer-")
    try:
        shutil.copytree(POLICIES, top + "/lua-policies")
        follow(tap, top)
        examples_stand_apart(tap, top)
    finally:
        shutil.rmtree(top)
    tap.done()


main()
