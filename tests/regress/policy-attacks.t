#!/usr/bin/env python3
"""Policies that try to get out, through the real program: each alone in a tree of its own, judged by
poolctl check.  None may make a file compliant that it was asked to judge, none may reach another, and the
administrator reads file and line."""
import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, "tests/regress")
from judged import Tap  # noqa: E402

POOLCTL = os.path.join(os.environ.get("B", "build"), "poolctl")
FILES = {
    "site.lua": 'site { packs = { "attack" } }\n',
    "attack/pack.lua": 'pack { id = "attack", title = "Attack", status = "enacted", source = "none" }\n',
    "attack/forms/note.lua": '''form { id = "note", title = "Note", recognise = { kind = "note" }, period = "year",
  fields = { { "kind", "text" }, { "year", "year", required = true }, { "amount", "money", required = true },
    { "lines", "list", fields = { { "amount", "money" }, { "words", "text" },
      { "planned", "money" }, { "count", "integer" } } } } }
''',
}
NOTE = {"kind": "note", "year": "2015-16", "amount": 5, "lines": [{"amount": 2, "words": "a"}, {"amount": 3}]}
tap = Tap()


def condition(name, body, head=""):
    return (f'{head}\ncondition {{ id = "{name}", title = "t", severity = "error", forms = {{ "note" }}, '
            f'source = "s", remedy = "r",\n check = function(budget, given) {body} end }}\n')


def judge(policies, timeout=60):
    """The verdict on the note, or the text of a refused load; None when it had to be killed."""
    with tempfile.TemporaryDirectory() as top:
        for name, text in {**FILES, "attack/it.lua": policies}.items():
            path = os.path.join(top, "policies", name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)
        with open(os.path.join(top, "note.json"), "w", encoding="utf-8") as f:
            json.dump(NOTE, f)
        done = subprocess.run([POOLCTL, "check", "--policies", os.path.join(top, "policies"), "--format", "json",
                               "--at", "2015-06-01T12:00:00Z", os.path.join(top, "note.json")],
                              capture_output=True, timeout=timeout, check=False)
    if done.returncode < 0:
        return None
    try:
        return json.loads(done.stdout)
    except ValueError:
        return done.stderr.decode()


def ok(good, what, got=None):
    if isinstance(got, dict):
        got = {k: got[k] for k in ("outcome", "our_fault", "findings", "not_evaluated")}
    tap.ok(good, what, json.dumps(got)[:600])


def not_evaluated(verdict, name):
    return [n for n in verdict["not_evaluated"] if n["condition"] == name] if isinstance(verdict, dict) else []


def undetermined(what, body, because, head=""):
    """The condition fails closed, and says why and where."""
    v = judge(condition("ATK-001", body, head))
    nots = not_evaluated(v, "ATK-001")
    ok(isinstance(v, dict) and v["outcome"] == "undetermined" and len(nots) == 1 and because in nots[0]["because"] and
       "attack/it.lua:" in nots[0]["because"], what, v)


def refused(what, text, because):
    """The rulebook does not load."""
    v = judge(text)
    ok(isinstance(v, str) and because in v and "attack/it.lua:" in v, what, v)


honest = judge(condition("ATK-001", "equal { at = budget:place 'amount', given = budget.lines:sum 'amount', "
                         "exactly = budget.amount }"))
ok(isinstance(honest, dict) and honest["outcome"] == "compliant", "an honest condition passes the note", honest)

undetermined("an endless loop", "while true do end", "does not end")
undetermined("an endless loop caught by pcall", "pcall(function() while true do end end) return 'PASS'", "does not end")
undetermined("an endless loop of caught loops", "while true do pcall(function() while true do end end) end", "does not end")
undetermined("an endless loop in where()", "budget.lines:where(function() while true do end end)", "does not end")
undetermined("memory without end", "local t = {} while true do t[#t + 1] = { t } end", "memory")
undetermined("memory without end, caught", "pcall(function() local s = 'x' while true do s = s .. s end end)", "memory")
undetermined("a misspelt field", "return budget.amout", "amount?")
undetermined("money compared with a number", "return budget.amount < 1490", 'write gbp "1490"')
undetermined("a field that is written", "budget.amount = gbp '1'", "read-only")
undetermined("a field of a row that is written", "budget.lines[1].amount = gbp '1'", "read-only")
undetermined("a parameter that is written", "given.parameters.x = 1", "read-only")
undetermined("an error without words", "error({})", "not a text")
undetermined("a table of the file that is written", "cache[1] = budget", "cannot be changed", "local cache = {}")
undetermined("a library that is not there", "return require 'lib.nothing'", "no library")
undetermined("os", "return os.execute('true')", "there is no os")
undetermined("debug", "return debug.getregistry()", "there is no debug")
undetermined("getmetatable of a budget", "return getmetatable(budget).__index", "there is no getmetatable")
undetermined("the environment written", "_G.pairs = nil", "belongs to everyone")
undetermined("a condition declared while judging", "condition { id = 'X-1' }", "condition")

refused("a number with a fraction", condition("ATK-001", "return 0.035"), "binary fraction")
refused("an assignment to a common name", condition("ATK-001", "total = 1"), "total is not local")
refused("another environment", condition("ATK-001", "local _ENV = {}"), "_ENV belongs to the engine")
refused("money compared with nought", condition("ATK-001", "return budget.amount == 0"), "is_zero")
SUPPORT = condition("ATK-001", "local row = budget.lines[1] if %s then end")
for what in ("row.planned == 0", "0 ~= row.planned", "row:optional 'planned' == 0"):
    refused("a money field of the form compared with nought: " + what, SUPPORT % what, "planned is compared with a number")
for what in ("row.count == 0", "row.planned:is_zero()", "#row.words == 0", "row.planned == row.planned"):
    v = judge(SUPPORT % what)
    ok(isinstance(v, dict), "and nothing else is: " + what, v)
refused("an iterator that remembers", condition("ATK-001", "return words()", "local words = ('a b'):gmatch '%a'"),
        "remembers how far it is")

v = judge(condition("ATK-001", "") + "while true do end\n")
ok(isinstance(v, str) and "attack/it.lua:4: The policy was stopped" in v and "does not end" in v and "1 mistake;" in v,
   "an endless loop while loading is told by its line, and nothing besides", v)

v = judge(condition("ATK-001", "pcall(stop.not_due, budget:place 'amount', date '2016-01-01')\n"
                    "finding { at = budget:place 'amount', given = 'went on' }"))
ok(isinstance(v, dict) and not v["findings"] and [n["kind"] for n in not_evaluated(v, "ATK-001")] == ["not due"],
   "a stop cannot be caught", v)

v = judge(condition("ATK-001", "n = n + 1 saved = budget finding { at = budget:place 'amount', given = n, expected = '1' }",
                    "local n, saved = 0")
          + "condition { id = 'ATK-002', title = 't', severity = 'error', forms = { 'note' }, source = 's', remedy = 'r',\n"
          " check = function(budget) finding { at = budget:place 'amount', given = tostring(n) .. tostring(saved), "
          "expected = '0nil' } end }\n")
ok(isinstance(v, dict) and {f["condition"]: f["given"] for f in v["findings"]} == {"ATK-001": "1", "ATK-002": "0nil"},
   "what one condition leaves behind, the next does not see", v)

v = judge(condition("ATK-001", "for i = 1, 20000 do finding { at = budget:place 'amount', given = i, expected = 'x' } end"))
ok(isinstance(v, dict) and v["outcome"] == "non-compliant" and len(v["findings"]) <= 100, "a flood of findings is capped", v)

v = judge(condition("ATK-001", r"finding { at = budget:place 'amount', given = '\27[31m]\"<b>\u{202e}', expected = 'x\ny' }"))
ok(isinstance(v, dict) and len(v["findings"]) == 1, "text with control characters stays one finding", v)

v = judge(condition("ATK-001", r"equal { at = budget:place 'amount', given = 'before\0after', exactly = 'x' }"))
ok(isinstance(v, dict) and "before\0after" in v["findings"][0]["message"] and v["findings"][0]["given"] == "before\0after",
   "a NUL cuts neither the value nor the sentence", v)

tap.done()
