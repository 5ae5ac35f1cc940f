#!/usr/bin/env python3
"""One condition that runs away is stopped alone: the others' findings are there, and the same bytes give the same verdict."""
import json
import sys

sys.path.insert(0, "tests/regress")
from daemon import CONDITIONS, HOSTILE, Daemon, plan_number  # noqa: E402
from judged import Tap  # noqa: E402

tap = Tap()


def condition(number, check):
    return f"""condition {{ id = "TINY-{number}", title = "Number {number}", severity = "error", forms = {{ "tiny-return" }},
  source = "test", remedy = "None.", check = function(budget) {check} end }}
"""


ADDS = 'finding { at = budget:place "amount" }'
RUNS = 'if budget:optional "attack" == "all" then while true do end end'


def same(verdict):
    """But for what tells one arrival from another."""
    copy = json.loads(json.dumps(verdict))
    for key in ("id", "revision", "supersedes"):
        copy.pop(key, None)
    for key in ("seq", "name", "received", "identical_to"):
        copy["submission"].pop(key, None)
    return copy


d = Daemon(tap, instructions="2000000", condition_instructions="400000", lua_memory="4MB", wall="60s", cpu="60s")
try:
    d.write_policies(CONDITIONS + HOSTILE + "".join(condition(i, ADDS) for i in range(11, 19)) +
                     "".join(condition(i, RUNS) for i in range(21, 31)))
    d.start()
    attacks = ["loop", "caught", "memory", "error"]
    for attack in attacks + ["all"]:
        d.drop(f"{attack}.json", plan_number(attack=attack))
        d.drop(f"{attack}-2.json", plan_number(attack=attack))
    tap.ok(d.wait_published(2 * len(attacks) + 2, 60), "all are judged", len(d.published()))
    told = {v["submission"]["name"]: v for v in d.verdicts()}
    for attack in attacks:
        v, again = told.get(f"{attack}.json"), told.get(f"{attack}-2.json")
        found = sorted(f["condition"] for f in v["findings"])
        tap.ok(found == [f"TINY-{i}" for i in range(11, 19)], f"{attack}: the others' findings are all there", found)
        tap.ok([n["condition"] for n in v["not_evaluated"]] == ["TINY-02"], f"{attack}: it alone was stopped", v["not_evaluated"])
        tap.ok(same(v) == same(again), f"{attack}: the same again", same(v), same(again))
    v = told["all.json"]
    texts = [n["because"] for n in v["not_evaluated"]]
    tap.ok("most for one condition" in texts[0], "the first is stopped at its share", texts)
    tap.ok(len(texts) == 10 and "was not run" in texts[-1], "ten end by the whole, and the last were not run", texts)
    tap.ok(same(v) == same(told["all-2.json"]), "the same again")
    d.write_policies(CONDITIONS + HOSTILE)
    d.poolctl("reload")
    d.drop("alone.json", plan_number(attack="loop"))
    tap.ok(d.wait(lambda: any(v["submission"]["name"] == "alone.json" for v in d.verdicts()), 30), "judged by other policies")
    v = next(v for v in d.verdicts() if v["submission"]["name"] == "alone.json")
    tap.ok(v["outcome"] == "undetermined" and not v.get("our_fault"), "nothing else wrong: undetermined, for that condition alone",
           v["outcome"], v.get("our_fault"))
finally:
    d.end()
tap.done()
