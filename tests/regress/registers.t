#!/usr/bin/env python3
"""Bad input for registers and parameters: refused with file and line and what to do; and the daemon's last good rulebook goes on."""
import os
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, "tests/regress")
from daemon import CONDITIONS, Daemon, plan_number  # noqa: E402
from judged import POLICIES, Tap  # noqa: E402

BUILD = os.environ.get("B", "build")
HEAD = "partner,area,year,source,amount,origin\n"
GOOD = "03L,E08000018,2015-16,nhs_minimum,20416000,council minutes\n"
COUNCIL = "E4403,E08000018,2015-16,dfg,1900000,council minutes\n"
QUORUM = "organisation,body,from,to,voters,lay,officers,origin\n"

# What it is, the register, its bytes, and what has to be said.
BAD = [
    ("a key that is there twice", "allocations", HEAD + GOOD + COUNCIL + GOOD,
     ["site/allocations.csv:4:", "is there twice: see also line 2 of site/allocations.csv", "Remove one of the two"]),
    ("dates that overlap", "quorum", QUORUM + "03L,board,2013-04-01,2015-03-31,4,1,1,constitution\n03L,board,2015-03-31,,5,1,1,constitution\n",
     ["site/quorum.csv:3:", "is in force on the same days: see also line 2"]),
    ("dates the wrong way round", "quorum", QUORUM + "03L,board,2015-04-01,2013-03-31,4,1,1,constitution\n",
     ["site/quorum.csv:2:", "ends before it begins"]),
    ("an unknown code of a board", "allocations", HEAD + GOOD + "03L,E08000099,2015-16,dfg,1,council minutes\n",
     ["site/allocations.csv:3:", 'The area "E08000099" is unknown', "health_and_wellbeing_boards. Correct it, or add it there."]),
    ("an unknown code of a partner", "allocations", HEAD + GOOD.replace("03L", "3L"),
     ["site/allocations.csv:2:", 'The partner "3L" is unknown', "ccgs, icbs, councils.ecode or councils.gss"]),
    ("a number typed as text", "allocations", HEAD + GOOD.replace("20416000", '"20,416,000.00"'),
     ["site/allocations.csv:2:", 'The amount is "20,416,000.00"', "without £, commas or blanks"]),
    ("an amount with its sign", "allocations", HEAD + GOOD.replace("20416000", "£20416000"),
     ["site/allocations.csv:2:", 'The amount is "£20416000"', "without £"]),
    ("a word for an amount", "allocations", HEAD + GOOD.replace("20416000", "tbc"), ["site/allocations.csv:2:", 'The amount is "tbc"']),
    ("a formula that failed", "allocations", HEAD + GOOD.replace("20416000", "#REF!"), ["site/allocations.csv:2:", "a formula that failed"]),
    ("a formula that failed in a text", "allocations", HEAD + GOOD.replace("council minutes", "#N/A"), ["site/allocations.csv:2:", "a formula that failed"]),
    ("a code that became a number", "allocations", HEAD + GOOD.replace("E08000018", "2.34E+13"),
     ["site/allocations.csv:2:", 'The area is "2.34E+13"', "a spreadsheet may have made a number of it"]),
    ("an amount that became a number of the other kind", "allocations", HEAD + GOOD.replace("20416000", "2.0416E+07"),
     ["site/allocations.csv:2:", 'The amount is "2.0416E+07"']),
    ("a date as a spreadsheet shows it", "quorum", QUORUM + "03L,board,01/04/2015,,4,1,1,constitution\n",
     ["site/quorum.csv:2:", 'The from is "01/04/2015"', "a date like 2014-11-28: year, month, day"]),
    ("a year as a spreadsheet shows it", "allocations", HEAD + GOOD.replace("2015-16", "2015/16x"), ["site/allocations.csv:2:", "a year like 2015-16"]),
    ("a row without origin", "allocations", HEAD + GOOD.replace("council minutes", ""),
     ["site/allocations.csv:2:", "does not say where it comes from: its origin is empty"]),
    ("Windows-1252", "allocations", (HEAD + GOOD + COUNCIL.replace("minutes", "minutes – £1.9m")).encode("cp1252"),
     ["site/allocations.csv:3:", "This file is in Windows-1252", 'Save it again as "CSV UTF-8 (Comma delimited)"']),
    ("UTF-16", "allocations", (HEAD + GOOD).encode("utf-16"), ["site/allocations.csv:1:", "This file is in UTF-16", "CSV UTF-8"]),
    ("semicolons", "allocations", (HEAD + GOOD + COUNCIL).replace(",", ";"), ["site/allocations.csv:1:", "parted by semicolons", "Save it again with commas"]),
    ("a quote that is never closed", "allocations", HEAD + GOOD.replace("council", '"council'), ["site/allocations.csv:2:"]),
    ("a column that lacks", "allocations", "partner,area,year,source,amount\n03L,E08000018,2015-16,nhs_minimum,20416000\n",
     ["site/allocations.csv:1:", "The column 'origin' of the register allocations is not there"]),
    ("a misspelt column", "allocations", HEAD.replace("amount", "amont") + GOOD, ["site/allocations.csv:1:", "'amont' (did you mean amount?)"]),
    ("a cell too many", "allocations", HEAD + GOOD.replace("council minutes", "council minutes,1,2"), ["site/allocations.csv:2:", "more cells than there are columns"]),
    ("an empty file", "allocations", "", ["site/allocations.csv", "empty"]),
]

# The same as the good one in every way that counts.
FINE = [
    ("a byte order mark and CR LF, as \"CSV UTF-8\" is saved", ("\ufeff" + HEAD + GOOD + COUNCIL).replace("\n", "\r\n").encode()),
    ("quotes around every cell", "".join(",".join('"%s"' % c for c in line.split(",")) + "\n" for line in (HEAD + GOOD + COUNCIL).splitlines())),
    ("columns in another order", "origin,amount,source,year,area,partner\ncouncil minutes,20416000.00,nhs_minimum,2015-16,E08000018,03L\n"),
    ("empty rows between", HEAD + "\n" + GOOD + ",,,,,\n" + COUNCIL),
]

# A mistake in a declaration: file, what is replaced once, by what, and what has to be said.
DECLARED = [
    ("a parameter without a source", "conflicts-of-interest/parameters.lua", ', source = "NHS Act 2006 s14O(3)"', "",
     ["conflicts-of-interest/parameters.lua:3:", "declaration_days", "has no source"]),
    ("a parameter whose source is empty", "conflicts-of-interest/parameters.lua", 'source = "NHS Act 2006 s14O(3)"', 'source = ""',
     ["conflicts-of-interest/parameters.lua:3:", "source"]),
    ("a register without an origin", "section-75/registers.lua", 'origin = "SI 2000/617 regulation 7(3)", ', "",
     ["section-75/registers.lua:1:", "agreement_contents has no origin"]),
    ("a register without a date", "section-75/registers.lua", 'on = "2000-04-01", ', "", ["section-75/registers.lua:1:", "on which day its rows were so"]),
    ("codes of a register that is none", "better-care-fund/registers.lua", '"icbs"', '"icb"', ["better-care-fund/registers.lua:1:", "codes of 'icb', and there is no such register"]),
    ("codes of a column that is none", "better-care-fund/registers.lua", "councils.ecode", "councils.code",
     ["better-care-fund/registers.lua:1:", "councils has no such column"]),
    ("a rise along a column that is none", "better-care-fund/registers.lua", 'along = "year"', 'along = "yaer"',
     ["better-care-fund/registers.lua:1:", "rises: along names 'yaer', which is no column (did you mean year?)"]),
    ("a rise by a parameter that is none", "better-care-fund/registers.lua", 'by = "nhs_uplift"', 'by = "nhs_uplfit"',
     ["better-care-fund/registers.lua:1:", "rises by 'nhs_uplfit', which is no parameter that is a rate"]),
    ("a misspelt word of a column", "better-care-fund/registers.lua", '{ "area", "code", of =', '{ "area", "code", off =', ["a column has no 'off'"]),
]


def write(path, content):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(content if isinstance(content, bytes) else content.encode())


def said(policies):
    """What poolctl check says of the policies, and whether it took them."""
    run = subprocess.run([BUILD + "/poolctl", "check", "--policies", policies, "--at", "2014-11-28T16:05:00Z", "--region", "rotherham",
                          POLICIES + "/better-care-fund/examples/schemes.csv"], capture_output=True, text=True, timeout=120, check=False)
    return run.stdout + run.stderr, "nothing was judged" not in run.stderr


def rising(tap, policies):
    """A minimum that did not rise as announced is known when the register is read, and told then."""
    rows = "03L,E08000018,2020-21,nhs_minimum,23983000,published\n03L,E08000018,2021-22,nhs_minimum,25254097,published\nQF7,E08000018,2022-23,nhs_minimum,26690000,published\n"
    config = policies + ".conf"
    write(config, "policies %s\n" % policies)

    def told(content):
        write(policies + "/site/allocations.csv", HEAD + content)
        run = subprocess.run([BUILD + "/poold", "-n", "-f", config], capture_output=True, text=True, timeout=120, check=False)
        os.unlink(policies + "/site/allocations.csv")
        return [row for row in run.stdout.splitlines() if "BCF-FUND-005" in row], run
    lines, run = told(rows)
    tap.ok(run.returncode == 0 and len(lines) == 1 and lines[0].startswith("site/allocations.csv:3: notice: ") and all(
        w in lines[0] for w in ("E08000018", "2021-22", "£25,254,097.00", "5.3%", "£23,983,000.00", "£25,254,098.00")),
        "a minimum that rose by less than was announced is told with its row when the policies load", run.stdout)
    lines, run = told(rows.replace("25254097", "25254098"))
    tap.ok(run.returncode == 0 and not lines, "one that is a pound short is rounded", run.stdout)
    lines, run = told(rows.replace("QF7,E08000018,2022-23,nhs_minimum,26690000", "QF7,E08000018,2022-23,nhs_minimum,20000000") +
                      "03L,E08000018,2022-23,nhs_minimum,6690000,published\n")
    tap.ok(len(lines) == 1 and ":3:" in lines[0], "the minimums of an area are taken together", run.stdout)


def loads(tap, top):
    policies = top + "/policies"
    shutil.copytree(POLICIES, policies)
    for path in [p for p in os.listdir(policies)]:
        if os.path.exists(policies + "/" + path + "/examples.lua"):
            os.unlink(policies + "/" + path + "/examples.lua")  # they need their own allocations
    for what, register, content, words in BAD:
        path = "%s/site/%s.csv" % (policies, register)
        write(path, content)
        out, taken = said(policies)
        os.unlink(path)
        missing = [w for w in words if w not in out]
        tap.ok(not taken and not missing, what + " is refused with its line and what to do", missing, out)
    for what, content in FINE:
        write(policies + "/site/allocations.csv", content)
        out, taken = said(policies)
        os.unlink(policies + "/site/allocations.csv")
        tap.ok(taken, what + " is the same register", out)
    rising(tap, policies)
    for what, name, old, new, words in DECLARED:
        with open(policies + "/" + name, encoding="utf-8") as file:
            good = file.read()
        write(policies + "/" + name, good.replace(old, new, 1))
        out, taken = said(policies)
        write(policies + "/" + name, good)
        missing = [w for w in words if w not in out]
        tap.ok(old in good and not taken and not missing, what + " is refused", missing, out)
    out, taken = said(policies)
    tap.ok(taken, "and without them the policies are good", out)


REGISTER = """register { name = "limits", file = "registers/limits.csv", origin = "a letter", on = "2015-04-01", key = { "area" },
  columns = { { "area", "code" }, { "most", "money" }, { "origin", "text" } } }
"""
LIMITED = CONDITIONS.replace("check = function(budget)", "check = function(budget, given)") \
    .replace('gbp "100"', "given.registers.limits:row { area = budget.area }.most")


def goes_on(tap):
    """A register that went bad: the rulebook before it judges on, and says so until it is mended."""
    d = Daemon(tap, load="8s")

    def limits(content):
        write(str(d.policies / "tiny/registers/limits.csv"), content)

    try:
        d.write_policies(LIMITED)
        (d.policies / "tiny" / "registers.lua").write_text(REGISTER)
        limits("area,most,origin\nE08000035,100,a letter\n")
        d.start()
        first = d.status()["rulebook"]["digest"]
        limits("area,most,origin\nE08000035,100,a letter\nE08000035,200,a letter \u2013 £200\n".encode("cp1252"))
        answer = d.poolctl("reload")
        told = answer.stdout.decode()
        tap.ok(answer.returncode == 1 and "last good one goes on" in told, "a register gone bad refuses the reload", told)
        tap.ok("tiny/registers/limits.csv:3:" in told and "Windows-1252" in told and "is there twice" in told,
               "with every mistake, its file and its line", told)
        tap.ok(d.wait(lambda: d.listener.of("RULEBOOK-REFUSED"), 5), "there is an event")
        tap.ok(d.status()["rulebook"]["digest"] == first and not d.status()["well"], "and status says so")
        d.drop("one.json", plan_number(150))
        d.wait_published(1)
        tap.ok([(v["outcome"], v["rulebook"]["digest"]) for v in d.verdicts()] == [("non-compliant", first)], "the last good one judges", d.verdicts())
        limits("area,most,origin\nE08000035,200,a letter\n")
        tap.ok(d.wait(lambda: d.status()["rulebook"]["digest"] != first and d.status()["well"], 20), "mended, it is taken by itself", d.status())
        d.drop("two.json", plan_number(150))
        d.wait_published(2)
        tap.ok(sorted(v["outcome"] for v in d.verdicts()) == ["compliant", "non-compliant"], "and judges by what it says now", d.verdicts())
    finally:
        d.end()


def main():
    tap = Tap()
    top = tempfile.mkdtemp(prefix="poold-registers-")
    try:
        loads(tap, top)
    finally:
        shutil.rmtree(top)
    goes_on(tap)
    tap.done()


main()
