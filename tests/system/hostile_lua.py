#!/usr/bin/env python3
"""Hostile policies by the thousand: seeded, each in the real sandbox, with small limits.

usage: hostile_lua.py [SEED [NUMBER]]        NUMBER policies (300); what fails is printed with its text

For every one: the evaluator ends in time and memory; a verdict is well-formed; where an honest condition fails the file is never compliant,
whatever the hostile one does besides it; where the hostile one crashed or hit a limit the file does not pass; files behind it in the batch are
judged as if it had never been; and a second run says the same, byte for byte.
"""
import json
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, "tests/regress")
from daemon import BUILD, FORM, PACK  # noqa: E402
from reading import wrong  # noqa: E402

JUDGE = f"{BUILD}/tests/system/judge_many"
BATCH = 100
TWIN = """condition { id = "TWIN-01", title = "The amount is at most a hundred", severity = "error", forms = { "tiny-return" },
  source = "test", remedy = "Lower the amount.", check = function(budget)
    at_most { at = budget:place "amount", given = budget.amount, most = gbp "100" }
  end }
"""
READ = """condition { id = "TINY-READ", title = "The file can be read", severity = "error", reader = true, source = "test",
  remedy = "Mend the file." }
"""
# One that looks what others left behind: alike in every file, or somebody has changed what all share.
PROBE = r"""local mine = { n = 1 }
condition { id = "PROBE-01", title = "Nothing was left behind", severity = "error", forms = { "tiny-return" }, source = "test",
  remedy = "None.", check = function(budget)
    local said = table.concat({ tostring(shared), ("x"):rep(3), ("%d"):format(7), ("abc"):upper(), #mine, mine.n, type(next),
      tostring(pcall(error, "e")), select("#", 1, 2), math.max(1, 2), table.concat({ "a", "b" }, ","), tostring(zero),
      tostring(budget:optional "attack" == nil) }, "|")
    equal { at = budget:place "schema", given = said:gsub("|%a+$", ""), exactly = "nil|xxx|7|ABC|0|1|function|false|2|2|a,b|£0.00" }
  end }
"""


class Policies:
    """A generator of bodies: statements over expressions, from what has got out of other sandboxes."""

    VALUES = ["nil", "true", "false", "0", "1", "-1", "9007199254740993", "math.maxinteger", "math.mininteger",
              '""', '"x"', '"compliant"', '"\\0"', '"\\27[31m"', '"]]>\\"<b>"', '"\\u{202e}"', '"\\xff\\xfe"', '("x"):rep(1000)', "{}", "{ 1, 2, 3 }",
              "{ outcome = 'compliant' }", "function() end", "budget", "given", "budget.amount", "budget:place 'amount'", "gbp '1.00'", "zero",
              "rate '3.5%'", "date '2015-04-01'", "print", "t", "f", "s", "n", "budget.year", "given.received", "given.parameters", "_G", "_ENV", "error",
              "pcall", "finding", "stop", "condition", "...", "#t", "-n", "not t", "~n", "t[1]", "t.x", "s:len()", "budget.amount:part(1, 3)"]
    CALLS = ["finding", "equal", "at_least", "at_most", "one_of", "filled", "on_time", "determination", "stop.absent", "stop.not_due",
             "stop.no_reference", "stop.no_history", "stop.not_applicable", "skip", "error", "assert", "pcall", "select", "type", "tostring",
             "tonumber", "pairs", "ipairs", "next", "gbp", "rate", "date", "time", "ratio", "largest", "smallest", "clamp", "condition", "form",
             "pack", "site", "register", "parameter", "require", "setmetatable", "getmetatable", "rawset", "rawget", "load", "dofile", "collectgarbage",
             "coroutine.wrap", "os.exit", "io.open", "debug.sethook", "table.insert", "table.remove", "table.move", "table.unpack", "table.pack",
             "table.concat", "table.sort", "string.rep", "string.format", "string.gsub", "string.find", "string.byte", "string.char", "string.sub",
             "string.gmatch", "string.dump", "string.pack", "utf8.char", "utf8.codes", "utf8.codepoint", "utf8.len", "utf8.offset", "math.max",
             "math.abs", "math.random", "budget.where", "budget.amount.times", "budget.amount.of", "budget.amount.apportion", "print", "t", "f"]
    NAMES = ["at", "given", "exactly", "least", "most", "expected", "says", "severity", "related", "name", "of", "value", "working", "period", "within",
             "by", "from", "id", "outcome", "status"]

    def __init__(self, seed):
        self.r = random.Random(seed)
        self.depth = 0

    def value(self):
        r = self.r
        self.depth += 1
        try:
            if self.depth > 4 or r.random() < 0.6:
                return r.choice(self.VALUES)
            return r.choice([self.call, self.table, self.function, self.operation, self.text])()
        finally:
            self.depth -= 1

    def values(self, most=4):
        return ", ".join(self.value() for _ in range(self.r.randrange(most)))

    def call(self):
        r = self.r
        name = r.choice(self.CALLS)
        if name in ("finding", "equal", "at_least", "at_most", "one_of", "filled", "on_time", "determination", "condition") and r.random() < 0.8:
            fields = [f"{n} = {self.value()}" for n in r.sample(self.NAMES, r.randrange(1, 8))]
            if r.random() < 0.7:
                fields.append("at = budget:place 'amount'")
            return f"{name} {{ {', '.join(fields)} }}"
        return f"{name}({self.values()})"

    def table(self):
        r = self.r
        if r.random() < 0.1:
            return "{" + "{" * 60 + "}" * 60 + "}"
        return "{ " + ", ".join(r.choice(["{v}", "[{v}] = {v}", "{n} = {v}"]).replace("{n}", r.choice(self.NAMES)).replace("{v}", "@") for _ in
                                range(r.randrange(5))).replace("@", self.value()) + " }"

    def function(self):
        self.depth += 1
        try:
            return f"function(...) {self.statement()} return {self.value()} end"
        finally:
            self.depth -= 1

    def operation(self):
        return f"(({self.value()}) {self.r.choice(['+', '-', '*', '//', '%', '..', '==', '<', '<=', 'and', 'or', '&', '|', '~', '<<', '>>'])} ({self.value()}))"

    def text(self):
        r = self.r
        return r.choice([f'("%{r.choice("sdqxgfciouXeEaA5.3-99")}{r.choice("sdqxc")}"):format({self.values() or "1"})',
                         f'("x"):rep({r.choice([10, 100000, 1000000000, -1])})', f's:gsub("{r.choice(["x", ".", "%w*", "(a*)*", "[^a]", "%f[%w]", "%b()", "("])}", {self.value()})',
                         f'utf8.char({r.choice(["0x7fffffff", "65", "-1", "0xd800", "0x110000"])})', f's:byte(1, {r.choice([5, -1, 1000000])})',
                         'table.concat(t, s)', 's:reverse():upper()', f'"{"a" * r.choice([10, 5000])}"'])

    def statement(self):
        r = self.r
        self.depth += 1
        try:
            if self.depth > 5:
                return f"n = n + 1 t[n] = {r.choice(self.VALUES)}"
            v, b = self.value, lambda: " ".join(self.statement() for _ in range(r.randrange(1, 3)))  # noqa: E731
            i = r.randrange(1000000)
            kinds = [
                lambda: f"local _ = {self.call()}", lambda: f"local _ = {v()}", lambda: f"pcall({self.function()})", lambda: f"pcall({self.r.choice(self.CALLS)}, {v()}, {v()})",
                lambda: f"while true do {b()} end", lambda: f"for i = 1, {r.choice([3, 1000, 100000000])} do {b()} end",
                lambda: f"for k, x in pairs({v()}) do {b()} end", lambda: f"::l{i}:: {b()} goto l{i}", lambda: f"repeat {b()} until {v()}",
                lambda: f"local function g(...) {b()} return g(...) end g({self.values()})", lambda: f"local function g(...) return 1 + g(..., ...) end pcall(g, {v()})",
                lambda: f"t[{v()}] = {v()}", lambda: f"t.x = {v()}", lambda: f"budget.amount = {v()}", lambda: f"given.x = {v()}", lambda: f"budget[{v()}] = {v()}",
                lambda: f"s = s .. tostring({v()})", lambda: "s = s .. s", lambda: f"for i = 1, {r.choice([10, 1000000])} do finding {{ at = budget:place 'amount', given = i, expected = {v()} }} end",
                lambda: f"for i = 1, {r.choice([10, 1000000])} do determination {{ name = 'n' .. i, value = {v()} }} end",
                lambda: f"error({v()})", lambda: f"error({v()}, {v()})", lambda: f"table.sort(t, {self.function()})", lambda: f"string.gsub(s, '.', {self.function()})",
                lambda: f"t[#t + 1] = {{ t, {v()} }}", lambda: f"if {v()} then {b()} else {b()} end", lambda: f"f = {self.function()} pcall(f, {v()})",
                lambda: f"kept[#kept + 1] = {v()}", lambda: "kept.n = (kept.n or 0) + 1 kept_n = kept_n + 1", lambda: f"do local _ <close> = {v()} {b()} end",
                lambda: f"do local c <const> = {v()} {b()} end", lambda: f"t = table.pack(table.unpack(t, 1, {r.choice([10, 200, 1000000])}))",
                lambda: f"table.move({v()}, 1, {r.choice([5, 1000000000])}, {v()})", lambda: f"for _, c in utf8.codes({v()}) do {b()} end",
                lambda: f"pcall(pcall, pcall, pcall, {v()})", lambda: f"finding {{ at = budget:place 'amount', given = {v()}, expected = {v()}, says = {v()} }}",
                lambda: "stop.not_applicable('no')", lambda: "stop.not_due(budget:place 'amount', date '2030-01-01')",
            ]
            return r.choice(kinds)()
        finally:
            self.depth -= 1

    # what hangs inside C, where no count is taken: the process limits alone end it, and each costs a second
    SLOW = ["local _ = (('a'):rep(30000)):find('.-.-.-.-b')", "local _ = ('a'):rep(200000):gsub('.-b', 'x')", "table.move({}, 1, 1000000000, 2)"]
    RETURNS = ["", "return 'PASS'", "return true", "return { outcome = 'compliant' }", "return 0, 'poolR1\\n'", "return budget, given", "return nil"]

    def body(self):
        r = self.r
        self.depth = 0
        if r.random() < 0.008:
            return r.choice(self.SLOW)
        lines = [self.statement() for _ in range(r.randrange(1, 6))]
        return "\n    ".join(lines) + f"\n    do {r.choice(self.RETURNS)} end"

    def policy(self, name):
        return (f'local kept, kept_n = {{}}, 0\ncondition {{ id = "{name.upper()}", title = "Hostile", severity = "error", forms = {{ "tiny-return" }}, source = "test",\n'
                f'  remedy = "None.", check = function(budget, given, ...)\n    if budget:optional "attack" ~= "{name}" then return end\n'
                f'    local t, s, n, f = {{}}, "abc", 0\n    {self.body()}\n  end }}\n')


def document(amount, attack=None):
    whole = {"schema": "tiny/1", "area": "E08000035", "year": "2015-16", "amount": amount}
    return json.dumps({**whole, "attack": attack} if attack else whole)


class Trial:
    """One tree of many hostile policies, and the files that start each of them."""

    def __init__(self, seed, number):
        self.top = pathlib.Path(tempfile.mkdtemp(prefix="hostile-"))
        self.seed = seed
        self.tree = self.top / "policies"
        (self.tree / "tiny" / "forms").mkdir(parents=True)
        for name, text in {"site.lua": 'site { packs = { "tiny" } }\n', "tiny/pack.lua": PACK, "tiny/forms/tiny.lua": FORM, "tiny/twin.lua": TWIN,
                           "tiny/read.lua": READ, "tiny/probe.lua": PROBE.replace("tostring(shared), ", "tostring(nil), ")}.items():
            (self.tree / name).write_text(text)
        maker = Policies(seed)
        self.policies = {}
        for i in range(number):
            name = f"atk-{seed}-{i}"
            self.policies[name] = maker.policy(name)
            (self.tree / "tiny" / f"{name}.lua").write_text(self.policies[name])
        self.refused = {}
        self.faults = []

    def file(self, name, content):
        path = self.top / name
        path.write_text(content)
        return str(path)

    def judge(self, files):
        done = subprocess.run([JUDGE, str(self.tree), *files], capture_output=True, timeout=60 + 5 * len(files), check=False)
        said = done.stderr.decode("utf-8", "replace")
        if done.returncode != 0 or "Sanitizer" in said or "runtime error" in said:
            self.faults.append(f"judge_many ended with {done.returncode}: {said[:2000]}")
            return []
        return done.stdout.decode("utf-8").splitlines()

    def sieve(self):
        """Leave out what is refused when it is loaded, with its sentences."""
        for _ in range(8):
            said = json.loads(self.judge([self.file("probe.json", document(50))])[0])
            if "refused" not in said:
                return
            for name, what in said["refused"]:
                found = re.fullmatch(r"tiny/(atk-\d+-\d+)\.lua", name)
                if not found or not what.strip():
                    self.faults.append(f"the refusal is not of the policy: {name}: {what}")
                    return
                if found[1] in self.policies:
                    self.refused[found[1]] = what
                    del self.policies[found[1]]
                    (self.tree / name).unlink()
        self.faults.append("policies are refused again and again")

    def fault(self, name, what, verdict=None):
        self.faults.append(f"seed {self.seed}: {name}: {what}\n{self.policies.get(name, '')}\n{(verdict or '')[:600]}")

    def check_attack(self, name, amount, line, schema):
        v = json.loads(line)
        if "failed" in v:
            if not v["failed"].startswith("The evaluator"):
                self.fault(name, "it failed in a way that is not told", line)
            return
        mistake = wrong(schema, v, schema)
        if mistake:
            self.fault(name, f"not as the schema says: {mistake}", line)
        open_ids = {f["condition"] for f in v["findings"] if f["status"] == "open"}
        limited = any(n["kind"] == "limit" for n in v["not_evaluated"])  # one budget for all: nothing after it is run
        crashed = [n for n in v["not_evaluated"] if n["kind"] in ("fault", "limit") and n["condition"] == name.upper()]
        if limited and v["outcome"] not in ("undetermined", "non-compliant"):
            self.fault(name, f"{v['outcome']}, though a limit was hit", line)
        if amount > 100 and not limited and (v["outcome"] != "non-compliant" or "TWIN-01" not in open_ids):
            self.fault(name, f"{v['outcome']}, though the honest condition fails", line)
        if amount <= 100 and "TWIN-01" in open_ids:
            self.fault(name, "the honest condition fails where it holds", line)
        if crashed and v["outcome"] in ("compliant", "queried"):
            self.fault(name, f"{v['outcome']}, though it crashed: {crashed[0]['because']}", line)
        if open_ids - {"TWIN-01", name.upper()}:
            self.fault(name, f"findings of others: {open_ids}", line)
        if not limited and any(n["condition"] not in (name.upper(), None) for n in v["not_evaluated"]):
            self.fault(name, "others were not evaluated", line)

    def run(self, schema):
        self.sieve()
        if self.faults:
            return
        honest, plan = self.file("honest.json", document(50)), []
        reference = self.judge([honest])[0]
        if json.loads(reference)["outcome"] != "compliant":
            self.fault("honest.json", "an honest file does not pass", reference)
            return
        for i, name in enumerate(self.policies):
            for amount in (50, 500):
                plan.append((name, amount, self.file(f"{name}-{amount}.json", document(amount, name))))
            if i % 3 == 2:
                plan.append((None, 50, honest))
        for start in range(0, len(plan), BATCH):
            part = plan[start:start + BATCH]
            first, second = (self.judge([path for _, _, path in part]) for _ in range(2))
            if len(first) != len(part) or len(second) != len(part):
                self.faults.append(f"{len(first)} and {len(second)} verdicts of {len(part)} files")
                return
            for (name, amount, _), a, b in zip(part, first, second):
                if a != b and not ("was killed after" in a or "was killed after" in b):
                    self.fault(name, "the second time it is another verdict", a + "\n" + b)
                if name is None and a != reference:
                    self.fault(part[0][0], "an honest file behind it is judged otherwise", a)
                elif name is not None:
                    self.check_attack(name, amount, a, schema)

    def close(self):
        shutil.rmtree(self.top)


def main():
    seed = int(sys.argv[1]) if sys.argv[1:2] and sys.argv[1] else random.randrange(1 << 30)
    number = int(sys.argv[2]) if len(sys.argv) > 2 else 300
    with open("docs/verdict.schema.json", encoding="utf-8") as f:
        schema = json.load(f)
    run = refused = failed = 0
    while run < number:
        trial = Trial(seed, min(150, number - run))
        trial.run(schema)
        run += len(trial.policies) + len(trial.refused)
        refused += len(trial.refused)
        failed += len(trial.faults)
        for fault in trial.faults[:5]:
            print(fault)
        trial.close()
        seed += 1
    print(f"{run} policies, {refused} of them refused when loaded; {failed} faults")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
