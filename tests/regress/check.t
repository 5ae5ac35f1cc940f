#!/usr/bin/env python3
"""poolctl check: its options, what it prints, and how it ends."""
import json
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, "tests/regress")
from judged import Tap  # noqa: E402

POOLCTL = os.environ.get("B", "build") + "/poolctl"
AT = "2014-11-28T16:05:00Z"
PASS = "tests/fixtures/submissions/pass/rotherham-plan.json"
FAIL = "tests/fixtures/submissions/fail/minimum-underpaid.json"
BROKEN = "tests/fixtures/submissions/fail/broken.json"
tap = Tap()
ok = tap.ok


def check(*args, at=AT, env=None, cwd=None, stdin=None):
    command = [os.path.abspath(POOLCTL), "check"] + (["--at", at] if at else []) + list(args)
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, input=stdin, cwd=cwd,
                          env={**{k: v for k, v in os.environ.items() if k != "POOLD_POLICIES"}, **(env or {})})


def ends(name, status, *args, says=None, **more):
    """It ends with this status, and says this on standard error."""
    ran = check(*args, **more)
    err = ran.stderr.decode("utf-8", "replace")
    ok(ran.returncode == status and (says is None or says in err), name, f"status {ran.returncode}", err)
    return ran


def verdicts(*args, **more):
    return json.loads(check("--format", "json", *args, **more).stdout)


def changed(folder, name, change):
    """The passing plan with something changed, in a file of its own."""
    with open(PASS, encoding="utf-8") as f:
        plan = json.load(f)
    change(plan)
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as f:
        json.dump(plan, f)
    return path


def statuses(folder):
    silent = changed(folder, "silent.json", lambda plan: plan.pop("explanations"))
    ends("a compliant file ends with 0", 0, PASS)
    ends("a queried file ends with 0", 0, silent)
    ends("a queried file ends with 1 when strict", 1, "--strict", silent)
    ends("a compliant file ends with 0 when strict", 0, "--strict", PASS)
    ends("a non-compliant file ends with 1", 1, FAIL)
    ends("an unreadable file ends with 2", 2, BROKEN)
    ends("unreadable beats non-compliant, whatever the order", 2, BROKEN, FAIL, PASS)
    ends("a file that is not there ends with 2", 2, "no-such.json", PASS, says="no-such.json: cannot be opened")
    ends("a folder is not a file", 2, folder, says="is not a file")
    os.mkfifo(os.path.join(folder, "pipe"))
    ends("a pipe that nobody writes to is not waited for", 2, os.path.join(folder, "pipe"), says="is not a file")
    return silent


def too_much(folder):
    """Ten million values in twenty megabytes: more than memory is given for, and said as what it is."""
    many = os.path.join(folder, "many.json")
    with open(many, "w", encoding="utf-8") as f:
        f.write("[" + "1," * 9999999 + "1]")
    verdict = verdicts(many)
    ok(verdict["outcome"] == "unreadable" and "more than 5000000 values" in verdict["unreadable"]["what"],
       "a file of ten million values is unreadable, not our fault", {k: verdict[k] for k in ("outcome", "unreadable", "our_fault")})
    os.unlink(many)


def usage():
    ends("no file is wrong usage", 64, says="which file?")
    ends("an unknown option is wrong usage", 64, "--polices", "x", PASS, says="there is no option --polices")
    ends("an option without its value is wrong usage", 64, "--region", says="--region wants a value")
    ends("an unknown format is wrong usage", 64, "--format", "xml", PASS, says='there is no format "xml"')
    ends("a time without a zone is wrong usage", 64, "--at", "2014-11-28T16:05:00", PASS, says="is not a time")
    ends("a page of several files is wrong usage", 64, "--format", "html", PASS, FAIL, says="name one file")
    ran = ends("--help ends with 0", 0, "--help", at=None)
    ok(b"--policies DIR" in ran.stdout and b"Exit status" in ran.stdout, "--help tells options and exit status")


def money():
    page = " ".join(check("--region", "rotherham", "--format", "html", FAIL).stdout.decode().split())
    ok("<dt>Money to correct</dt><dd>£1,000.00</dd>" in page, "the report says what has to be corrected")
    ok("£1,449,770.00 is held back until results are known" in page, "and apart from it what is held back")
    ok(", NHS Rotherham CCG (03L)" in page, "figures have the name of the organisation")
    one = verdicts("--region", "rotherham", FAIL)
    ok((one["money_at_stake"], one["money_held"]) == ("1450770.00", "1449770.00"), "programs are told both", one["money_at_stake"])
    of = {(d["of"], d.get("of_name")) for d in one["determinations"] if d["name"] == "pooled"}
    ok(of == {("03L", "NHS Rotherham CCG"), ("E4403", "Rotherham Metropolitan Borough Council")}, "and codes and names", of)


def formats():
    one = verdicts(PASS)
    ok(isinstance(one, dict) and one["outcome"] == "compliant", "JSON of one file is one verdict")
    ok(one["id"] is None and one["submission"]["seq"] is None, "nothing is recorded: neither id nor number")
    ok(one["submission"]["time_given"] and one["submission"]["received"] == AT, "a time by hand is in the verdict")
    several = verdicts(PASS, FAIL, BROKEN)
    ok([v["outcome"] for v in several] == ["compliant", "non-compliant", "unreadable"],
       "JSON of several files is an array in their order", several)
    ok(verdicts("no-such.json", "no-such.json") == [], "an array of nothing is an empty array")
    ok(check("--json", FAIL).stdout == check("--format", "json", FAIL).stdout, "--json is --format json")
    page = check("--format", "html", FAIL).stdout
    ok(page.startswith(b"<!DOCTYPE html>") and b"Needs 1 correction." in page, "a page is a page")
    text = check(FAIL).stdout.decode()
    ok("✗ Not compliant\n" in text and "(BCF-FUND-001)" in text and "\033" not in text,
       "text says what is wrong, without colours when nobody looks", text)
    ok(check("--quiet", FAIL).stdout == b"" and check("--quiet", FAIL).returncode == 1,
       "--quiet says nothing and ends as before")
    same = {check("--format", "json", FAIL).stdout for _ in range(3)}
    ok(len(same) == 1, "the same file is judged the same, byte for byte")
    with open(PASS, "rb") as f:
        ran = check("--json", "-", stdin=f.read())
    ok(json.loads(ran.stdout)["outcome"] == "compliant", "- is standard input")


def history(folder, silent):
    alone = verdicts(silent)
    ok(alone["outcome"] == "queried" and alone["counts"]["query"] == 1, "without its explanation the plan is queried")
    carried = verdicts("--with", PASS, silent)
    found = [f for f in carried["findings"] if f["status"] == "explained"]
    ok(carried["outcome"] == "compliant" and found and found[0]["explanation"]["carried"],
       "an explanation in a --with file is carried to the next version", json.dumps(carried["findings"], indent=1))
    third = verdicts("--with", PASS, "--with", silent, silent)
    found = [f["explanation"] for f in third["findings"] if f["status"] == "explained"]
    ok(third["outcome"] == "compliant" and found and found[0]["carried"] and found[0]["author"] == "Bea Nowak",
       "and on to the one after that, with its author", json.dumps(third["findings"], indent=1))
    page = check("--with", PASS, "--format", "html", silent).stdout.decode()
    ok("Bea Nowak, 19 November 2014" in page and "Carried over from the earlier version" in page, "the report shows whose it is and when it was written",
       page[page.find("Carried") - 200:][:300])
    ok([h["sha256"] for h in carried["history"]] == [verdicts(PASS)["submission"]["sha256"]],
       "the verdict lists the history it was given", carried["history"])
    ends("a --with file that cannot be read ends with 2", 2, "--with", BROKEN, PASS, says="cannot serve")
    ends("a --with file that is non-compliant is told", 0, "--with", FAIL, PASS, says="not as an accepted return")
    earlier_time()


def earlier_time():
    """An earlier return is judged as of when it came: what was not due then may be due now."""
    area = "lua-policies/single-budget-2020/examples/area-20%s.json"
    args = ("--pack", "single-budget-2020", "--region", "southend")
    last, now, came = area % "16-17", area % "17-18", "2016-04-21T10:00:00Z"

    def cuts(verdict):
        return [c["passed"] for c in verdict["conditions"] if c["condition"] == "SB-006"]

    ran = ends("a --with file that would not be accepted at the time of the file is told when it is judged", 0, *args, "--with", last, now,
               at="2018-01-16T16:05:00Z", says="as if it had come on 16 January 2018, 4:05pm (London); --with-at says when it did")
    ok(b"area-2016-17.json is non-compliant" in ran.stderr, "and why it does not serve", ran.stderr)
    then = verdicts(*args, "--with-at", came, "--with", last, now, at="2018-01-16T16:05:00Z")
    ok(cuts(then) == [3] and [h["id"] for h in then["history"]] == ["area-2016-17.json"], "with the time when it came it serves", cuts(then), then["history"])
    ends("--with-at is for the files behind it", 64, *args, "--with", last, "--with-at", came, now, says="--with-at stands before the --with files")
    ends("an earlier return did not come later", 64, *args, "--with-at", "2018-01-16T16:05:01Z", "--with", last, now, at="2018-01-16T16:05:00Z",
         says="came after the file that is compared with it")


def policies(folder):
    tree = os.path.join(folder, "policies")
    shutil.copytree("lua-policies", tree)
    here = os.path.abspath(PASS)
    with open(os.path.join(tree, "arithmetic", "crash.lua"), "w", encoding="utf-8") as f:
        f.write('condition { id = "TEST-CRASH-001", title = "Crashes", severity = "error", forms = { "bcf-plan" },\n'
                '  source = "a test", remedy = "none",\n'
                '  check = function(budget) local list = budget.income\n    error("an \\27[2Jevil message") end }\n')
    ran = ends("a policy that crashes ends with 2", 2, "--policies", tree, here)
    ok(b"(the example better-care-fund/examples/plan.json came upon it)" in ran.stderr and b"poold would refuse these policies" in ran.stderr,
       "and that the examples come upon it is told", ran.stderr)
    text = ran.stdout.decode()
    ok("△ Not judged" in text and "TEST-CRASH-001" in text and "\033" not in text,
       "a crash is named, and its message does not reach the terminal raw", text)
    ends("the environment names the policies", 2, here, cwd=folder, env={"POOLD_POLICIES": tree})
    with open(os.path.join(tree, "arithmetic", "crash.lua"), "w", encoding="utf-8") as f:
        f.write('condition { id = "TEST-002", title = "Finds", severity = "error", forms = { "bcf-plan" }, source = "a test", remedy = "none",\n'
                '  check = function(budget) finding { at = budget:place "hwb", given = 1, expected = 2 } end }\n')
    ends("examples that come out otherwise are told, and the file is judged", 1, "--policies", tree, here,
         says="better-care-fund/examples.lua:1: The example better-care-fund/examples/plan.json is non-compliant; it should be compliant.")
    with open(os.path.join(tree, "arithmetic", "crash.lua"), "w", encoding="utf-8") as f:
        f.write('condition { id = "TEST-CRASH-001", title = "Crashes", severity = "error", forms = { "bcf-plan" }, source = "a test", remedy = "none",\n'
                '  check = function(budget) error("again") end }\n')
    os.rename(tree, os.path.join(folder, "lua-policies"))
    ends("policies beside us are found", 2, here, cwd=folder)
    with open(os.path.join(folder, "lua-policies", "arithmetic", "crash.lua"), "w", encoding="utf-8") as f:
        f.write('condition { id = "TEST-001", title = "T" }\n')
    ran = ends("policies that are refused judge nothing and end with 2", 2, here, cwd=folder,
               says="arithmetic/crash.lua:1:")
    ok(ran.stdout == b"", "and print no verdict", ran.stdout)
    ends("a folder of policies that is not there ends with 2", 2, "--policies", "no-such-folder", here,
         says="no-such-folder")
    ends("an unknown pack is refused", 2, "--pack", "no-such-pack", here, says="no-such-pack")


def hostile(folder):
    path = os.path.join(folder, "a\033[2J\n‮plan.json")
    shutil.copy(BROKEN, path)
    ran = check(path)
    ok(ran.returncode == 2 and b"\033" not in ran.stdout and "‮".encode() not in ran.stdout,
       "a name that would move the cursor is escaped", ran.stdout)
    ran = check(path + "x")
    ok(ran.returncode == 2 and b"\033" not in ran.stderr, "also in messages", ran.stderr)
    empty = os.path.join(folder, "empty.json")
    open(empty, "wb").close()
    ok(verdicts(empty)["unreadable"]["kind"] == "empty", "an empty file is unreadable, and says so")
    huge = os.path.join(folder, "huge.json")
    with open(huge, "wb") as f:
        f.truncate(10 << 30)
    ends("a file of ten gigabytes is not read to its end", 2, huge, says="larger than 64 MB")


with tempfile.TemporaryDirectory() as scratch:
    without = statuses(scratch)
    too_much(scratch)
    usage()
    formats()
    money()
    history(scratch, without)
    policies(scratch)
    hostile(scratch)
tap.done()
