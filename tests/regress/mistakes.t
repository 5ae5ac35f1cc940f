#!/usr/bin/env python3
"""What an administrator is told for a typical mistake in the policies that ship: the file, the line, what, and the cure."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, "tests/regress")
from judged import Tap  # noqa: E402

BUILD = os.environ.get("B", "build")
FUND, PARAMETERS = "better-care-fund/fund.lua", "better-care-fund/parameters.lua"
POOLED = "    local pooled = "

# What it is, file, what is replaced once, by what, and what has to be said.
MISTAKES = [
    ("a misspelt field", FUND, ':sum "amount"', ':sum "amout"',
     ["fund.lua:", "no field 'amout' in income of bcf-plan (amount?)", "examples/plan.json came upon it"]),
    ("a misspelt call", FUND, "at_least {", "at_leest {", ["there is no name at_leest (did you mean at_least?)"]),
    ("a misspelt entry", FUND, "severity =", "severty =", ["fund.lua:5: BCF-FUND-001 has an entry 'severty'", "did you mean severity?",
                                                          "BCF-FUND-001 has no severity"]),
    ("no remedy", FUND, "remedy =", "-- remedy =", ["fund.lua:5: BCF-FUND-001 has no remedy"]),
    ("a wrong id in after", FUND, 'after = { "POOL-ID-001"', 'after = { "POOL-IDD-001"',
     ["BCF-FUND-001: after names no condition 'POOL-IDD-001' (did you mean POOL-ID-001?)"]),
    ("a form that is none", FUND, '"bcf-plan"', '"bcf-pln"', ["BCF-FUND-001 has no form 'bcf-pln' (did you mean bcf-plan?)"]),
    ("money compared with a number", FUND, POOLED, '    local none = lines:sum "amount" == 0\n' + POOLED,
     ["compared with a number by ==", "write :is_zero() or :equals(gbp"]),
    ("a binary fraction", FUND, POOLED, "    local half = 0.5\n" + POOLED, ["0.5 would be a binary fraction", 'rate "3.5%"']),
    ("a division", FUND, POOLED, "    local half = 1 / 2\n" + POOLED, ["use amount:part(n, of) or ratio(a, b)"]),
    ("a global", FUND, POOLED, "    pooled = ", ["pooled is not local", "write local pooled"]),
    ("a mistake of syntax", FUND, "check = function", "check = functon", ["fund.lua:", "expected (to close '{' at line 5)"]),
    ("an id that is there twice", FUND, '"BCF-FUND-002"', '"BCF-FUND-001"', ["BCF-FUND-001 is defined twice: see also better-care-fund/fund.lua:5"]),
    ("a file opened", FUND, POOLED, '    io.open("x")\n' + POOLED, ["there is no io for policies"]),
    ("a library that is not there", FUND, '"lib.partners"', '"lib.partnerz"', ["no library partnerz in lua-policies/lib"]),
    ("a parameter that overlaps", PARAMETERS, "values = { {", 'values = { { from = "2014-15", value = gbp "3", source = "s" }, {',
     ["parameters.lua:1: The parameter p4p_unit_value has two values on 1 April 2015"]),
    ("a value without source", PARAMETERS, "source =", "sauce =", ["'sauce' that is not known (did you mean source?)", "has no source"]),
    ("a parameter that is off and has values", PARAMETERS, 'kind = "money",\n', 'kind = "money", off = "not yet",\n',
     ["parameters.lua:1: The parameter p4p_unit_value is off and has values; leave one of them out"]),
    ("a value beyond its bounds", PARAMETERS, 'kind = "money",\n', 'kind = "money", least = gbp "1500", rule = "P4P",\n',
     ["parameters.lua:1: The parameter p4p_unit_value: an entry of values: its value is £1,490.00, and must be £1,500.00 or more (P4P)"]),
    ("a bound of another kind", PARAMETERS, 'kind = "money",\n', 'kind = "money", most = 3,\n', ["most must be of the parameter's kind"]),
    ("a form that takes over a condition that is none", "better-care-fund/forms/bcf-plan.lua", "  area = \"hwb.gss\"", "  conditions = { \"COI-0O1\" },\n  area = \"hwb.gss\"",
     ["forms/bcf-plan.lua: The form bcf-plan takes over no condition 'COI-0O1' (did you mean COI-001?)"]),
    ("a condition that wants the errors before they are there", FUND, POOLED, "    local none = given.open_errors\n" + POOLED,
     ["given.open_errors is for a condition that runs last: add last = true"]),
    ("a register with a wrong column", "better-care-fund/registers/allocations.csv", "amount", "amont",
     ["allocations.csv:1: The register allocations has no column 'amont' (did you mean amount?)", "The column 'amount'"]),
    ("a cell that is no amount", "better-care-fund/registers/allocations.csv", "20416000", "lots",
     ['allocations.csv:2: The amount is "lots"; it must be an amount like']),
    ("a key that is no column", "better-care-fund/registers.lua", 'key = { "partner"', 'key = { "partnr"', ["'partnr', which is no column (did you mean partner?)"]),
    ("a kind of field that is none", "better-care-fund/forms/bcf-plan.lua", '"amount", "money"', '"amount", "mony"', ["kind 'mony' is not known (did you mean 'money'?)"]),
    ("a mistake in a library", "lib/scheme_fields.lua", "function scheme_fields", "functio scheme_fields",
     ["lib/scheme_fields.lua:", "neither a call nor an assignment near 'scheme_fields'"]),
    ("a field of a form that conditions read", "lib/scheme_fields.lua", '{ "joint_nhs_percent"', '{ "nhs_percent"',
     ["units.lua:24: no field 'joint_nhs_percent' in schemes of bcf-plan", "the example better-care-fund/examples/plan.json came upon it"]),
    ("a word of a list that conditions name", "lib/scheme_fields.lua", '"dfg"', '"dfgg"', ["no word 'dfg' (dfgg?)"]),
    ("a pack's entry that the site misspells", "site.lua", '"section-75"', '{ "section-75", region = { "leeds" } }',
     ["site.lua:2: The site: section-75 has an entry 'region' that is not known (did you mean regions?)"]),
    ("a pack from a day instead of a year", "site.lua", '"section-75"', '{ "section-75", from = "2015-04-01" }',
     ['The site: section-75: from must be a year like "2015-16", not "2015-04-01"']),
    ("a pack that others require", "site.lua", '"arithmetic", ', "", ["requires the pack arithmetic, which is switched off: add it to packs in site.lua"]),
    ("a pack that is not there", "site.lua", '"arithmetic"', '"arithmetik"', ["site.lua:", "there is no pack 'arithmetik' (did you mean arithmetic?)"]),
    ("a parameter of the site that nobody has", "site.lua", "\n}", "\n  parameters = { minimum_explanatoin = 40 },\n}",
     ["'minimum_explanatoin' (did you mean minimum_explanation?)"]),
]

# One mistake with consequences: file, what is replaced once, by what, its line, and what follows from it.
ONE = [
    ("a mistake in a file of conditions", "arithmetic/identity.lua", "check = function", "check = functon", 13,
     r"Because of this \d+ conditions could not be loaded, and \d+ other conditions lack what they wait for or read\."),
    ("a mistake in a library", "lib/partners.lua", "function partners", "functin partners", 12,
     r"Because of this \d+ other files could not be loaded \(lib/proposals.lua, arithmetic/forms/national-return.lua, arithmetic/identity.lua, …\), \d+ conditions"),
    ("a mistake in a library of forms", "lib/scheme_fields.lua", "function scheme_fields", "functio scheme_fields", 5, "Because of this "),
    ("a library that fails as it runs", "lib/partners.lua", "local partners = {}", "local partners = {}\nlocal none = partners.none.none", 3, "Because of this "),
    ("a mistake in the parameters", "better-care-fund/parameters.lua", "values =", "values = = ", 2, "other conditions lack what they wait for or read."),
    ("a mistake in the registers", "arithmetic/registers.lua", "key =", "key = =", 3, "arithmetic/registers.lua:3: "),
    ("a mistake in a form", "better-care-fund/forms/bcf-plan.lua", "fields = {", "fields = = {", None, "forms/bcf-plan.lua:"),
    ("a mistake that nothing follows from", FUND, "check = function", "check = functon", 14, r"Because of this \d+ conditions could not be loaded\."),
]


def one_mistake(tap, load, policies):
    """One mistake is one message, whatever follows from it."""
    for what, name, old, new, line, follows in ONE:
        path = policies + "/" + name
        with open(path, encoding="utf-8") as file:
            good = file.read()
        with open(path, "w", encoding="utf-8") as file:
            file.write(good.replace(old, new, 1))
        run = load()
        with open(path, "w", encoding="utf-8") as file:
            file.write(good)
        told = [row for row in run.stdout.splitlines() if ".lua:" in row and "notice:" not in row or "refused; " in row]
        tap.ok(old in good and run.returncode == 1 and len(told) == 2 and told[1].endswith("refused; 1 mistake") and re.search(follows, told[0])
               and told[0].startswith(name + (":%d: " % line if line else ":")), what + " is one message with what follows from it", *told)
    with open(policies + "/better-care-fund/fund.lua", encoding="utf-8") as file:
        good = file.read()
    with open(policies + "/better-care-fund/fund.lua", "w", encoding="utf-8") as file:
        file.write(good.replace('"POOL-ID-001"', '"POOL-IDD-001"', 1))
    with open(policies + "/arithmetic/identity.lua", encoding="utf-8") as file:
        other = file.read()
    with open(policies + "/arithmetic/identity.lua", "w", encoding="utf-8") as file:
        file.write(other.replace("check = function", "check = functon", 1))
    run = load()
    tap.ok("after names no condition 'POOL-IDD-001'" in run.stdout and "refused; 2 mistakes" in run.stdout,
           "a wrong id is told, although another file has a mistake", run.stdout)
    for name, text in (("/better-care-fund/fund.lua", good), ("/arithmetic/identity.lua", other)):
        with open(policies + name, "w", encoding="utf-8") as file:
            file.write(text)


def main():
    tap = Tap()
    top = tempfile.mkdtemp(prefix="poold-mistakes-")
    policies, config = top + "/policies", top + "/poold.conf"
    with open(config, "w") as file:
        file.write("policies %s\n" % policies)
    shutil.copytree("lua-policies", policies)

    def load():
        return subprocess.run([BUILD + "/poold", "-n", "-f", config], capture_output=True, text=True, timeout=120)

    run = load()
    tap.ok(run.returncode == 0 and ": good; " in run.stdout, "the policies that ship are good", run.stdout, run.stderr)
    for what, name, old, new, said in MISTAKES:
        path = policies + "/" + name
        with open(path, encoding="utf-8") as file:
            good = file.read()
        with open(path, "w", encoding="utf-8") as file:
            file.write(good.replace(old, new, 1))
        run = load()
        missing = [s for s in said if s not in run.stdout]
        tap.ok(old in good and run.returncode == 1 and not missing, what + " refuses the load and is told with its cure", missing, run.stdout)
        if what == "a pack that is not there":
            tap.ok("after names" not in run.stdout, "without what only follows from it", run.stdout)
        with open(path, "w", encoding="utf-8") as file:
            file.write(good)

    one_mistake(tap, load, policies)
    path = policies + "/site.lua"
    with open(path, encoding="utf-8") as file:
        good = file.read()
    with open(path, "w", encoding="utf-8") as file:
        file.write(good.replace('"E08000018"', '"E08000018", leeds = "E0800003"'))
    run = load()
    tap.ok(run.returncode == 0 and "region leeds may send for the area E0800003 alone, and no register knows this code" in run.stdout, "a region's area that no register knows is told of", run.stdout)
    with open(path, "w", encoding="utf-8") as file:
        file.write(good.replace('"section-75"', '"section-75", { "legal-duty", from = "2016-17" }'))
    run = subprocess.run([BUILD + "/poolctl", "check", "--policies", policies, "--at", "2015-02-26T16:05:00Z",
                          policies + "/legal-duty/examples/whole-budget.json"], capture_output=True, text=True, timeout=120)
    told = " ".join(run.stdout.split())
    tap.ok(run.returncode == 2 and "Not judged" in told and "has no condition in force for 2015-16 (site.lua has it on from a later year)" in told,
           "a return whose pack is on from a later year does not pass by what every return must satisfy", run.stdout)
    with open(path, "w", encoding="utf-8") as file:
        file.write(good)
    for name, text in ((FUND, "\nx = 1\n"), ("site.lua", '\nwaive { condition = "BCF-RISK-003" }\n'), ("section-75/agreement.lua", "\ncondition { }\n")):
        with open(policies + "/" + name, "a", encoding="utf-8") as file:
            file.write(text)
    run = load()
    tap.ok(all(s in run.stdout for s in (FUND + ":", "site.lua:", "section-75/agreement.lua:")), "mistakes of several files are told at once", run.stdout)
    shutil.rmtree(top)
    tap.done()


main()
