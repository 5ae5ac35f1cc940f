#!/usr/bin/env python3
"""What holds of every plan, tried on made-up ones: totals reconcile, nothing is released beyond the pot or below nought, parts
add up, the order of rows changes nothing, money added never makes a minimum fail.

usage: properties.t        PLANS=20000 SEED=7 tests/regress/properties.t tries longer (make properties)"""

import copy
import os
import random
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, "tests/regress")
import years  # noqa: E402
from judged import Judge, Tap, essence  # noqa: E402

PLANS, SEED = int(os.environ.get("PLANS", "400")), int(os.environ.get("SEED", "20150401"))
ORDERED = ("POOL-SUM-001", "POOL-SUM-002", "POOL-SUM-003", "POOL-SUM-004", "POOL-SUM-005")
MINIMUMS = ("BCF-FUND-001", "BCF-FUND-004", "BCF-RING-001", "BCF-RING-002", "BCF-RING-004", "BCF-RING-005", "BCF-RING-006")
QUARTERS = ("2014-15Q4", "2015-16Q1", "2015-16Q2", "2015-16Q3")


def pence(text):
    sign, text = (-1, text[1:]) if text.startswith("-") else (1, text)
    pounds, _, rest = text.partition(".")
    return sign * (int(pounds) * 100 + int((rest + "00")[:2]))


def scattered(rng, year):
    """The year's plan with its schemes cut up, some of it spent elsewhere, so that many a condition fails."""
    def change(schemes):
        for one in rng.sample(schemes, rng.randrange(4)):
            one["expenditure"] = max(0, one["expenditure"] + rng.choice((-1, 1, -100000, 250000, -one["expenditure"])))
        for one in rng.sample(schemes, rng.randrange(3)):
            part = rng.randrange(one["expenditure"] + 1)
            other = dict(one, scheme_id="X%s%d" % (one["scheme_id"], part), scheme_name=one["scheme_name"] + ", second part", expenditure=part)
            other.pop("prior_year_expenditure", None)
            one["expenditure"] -= part
            schemes.append(other)
        if rng.random() < 0.3:
            rng.choice(schemes)["area_of_spend"] = rng.choice(("acute", "social_care", "community_health"))
    return years.plan(year, change)


def with_performance(rng, plan):
    """Any figures of admissions, known up to some quarter; the quarters plan what the target means, in any shares."""
    p4p = plan["p4p"]
    before, quarters = list(p4p["baseline"]), list(p4p["planned"])
    for old in before:
        p4p["baseline"][old] = rng.choice((0, 1, 9000, rng.randrange(20000)))
    permille = rng.choice((0, 1, 35, rng.randrange(100)))
    fewer = left = -(-sum(p4p["baseline"].values()) * permille // 1000)
    for old, quarter in rng.sample(list(zip(before, quarters)), 4):
        part = min(left, p4p["baseline"][old], rng.choice((0, left, rng.randrange(left + 1))))
        p4p["planned"][quarter], left = p4p["baseline"][old] - part, left - part
    for old, quarter in zip(before, quarters):
        more = min(left, p4p["planned"][quarter])
        p4p["planned"][quarter], left = p4p["planned"][quarter] - more, left - more
        if p4p["planned"][quarter] == p4p["baseline"][old]:
            p4p["planned"][quarter] += rng.choice((0, rng.randrange(300)))  # a planned rise is no planned fall
        p4p["actual"][quarter] = max(0, p4p["baseline"][old] + rng.choice((0, 1, -rng.randrange(2500), rng.randrange(2500))))
    p4p["payment_variant"] = rng.choice(("per_quarter", "cumulative"))
    p4p.update(target_reduction_permille=permille, fund_total=min(fewer * 1490, p4p["share_of_1bn"]))
    p4p["out_of_hospital_residual"] = p4p["share_of_1bn"] - p4p["fund_total"]
    for quarter in quarters[rng.randrange(1, 5):]:
        p4p["actual"][quarter] = None
    return plan


def figures(verdict, name):
    return {d["period"]: pence(d["amount"]) for d in verdict["determinations"] if d["condition"] == "BCF-P4P-011" and d["name"] == name}


def apportioned(pot, weights):
    """Parts by largest remainder, the first winning ties, worked out here with whole numbers."""
    whole = sum(weights)
    if whole == 0:
        return [0] * len(weights)
    parts = [pot * w // whole for w in weights]
    first = sorted(range(len(weights)), key=lambda i: (-(pot * weights[i] % whole), i))
    for i in first[:pot - sum(parts)]:
        parts[i] += 1
    return parts


def due(p4p, sums, upto):
    """What the quarters up to one earn by the agreed variant, worked out here with whole numbers."""
    earned, fallen, planned, pot = {}, 0, 0, 0
    for quarter, old in zip(QUARTERS, p4p["baseline"]):
        if quarter not in upto:
            continue
        plan, red = max(0, p4p["baseline"][old] - p4p["planned"][quarter]), p4p["baseline"][old] - p4p["actual"][quarter]
        if p4p["payment_variant"] == "per_quarter":
            earned[quarter] = sums[quarter] * min(max(red, 0), plan) // plan if plan else 0
            continue
        fallen, planned, pot = fallen + red, planned + plan, pot + sums[quarter]
        so_far = pot * min(max(fallen, 0), planned) // planned if planned else 0
        earned[quarter] = max(0, so_far - sum(earned.values()))
    return earned


def wrong_with_performance(plan, verdict):
    """What is not so of the money for performance; nothing when all is."""
    p4p = plan["p4p"]
    pot = p4p["fund_total"] * 100
    earned, held = figures(verdict, "earned"), figures(verdict, "held")
    planned = [max(0, p4p["baseline"][old] - p4p["planned"][q]) for old, q in zip(p4p["baseline"], QUARTERS)]
    sums = dict(zip(QUARTERS, apportioned(pot, planned)))
    if sum(planned) and sum(sums.values()) != pot:
        return "the test's own parts do not add up"
    if any(part < 0 for part in earned.values()) or sum(earned.values()) > pot:
        return "earned %s of a pot of %d" % (earned, pot)
    if any(held[q] != sums[q] for q in held):
        return "held %s where the parts are %s" % (held, sums)
    if set(earned) & set(held) or set(earned) | set(held) != set(QUARTERS):
        return "each quarter is earned or held: %s, %s" % (earned, held)
    if p4p["payment_variant"] == "per_quarter" and any(earned[q] > sums[q] for q in earned):
        return "a quarter earned %s of %s" % (earned, sums)
    if sum(earned.values()) + sum(held.values()) > pot:
        return "more than the pot is earned or held"
    if earned != due(p4p, sums, earned):
        return "earned %s and not %s" % (earned, due(p4p, sums, earned))
    unearned = list(figures(verdict, "unearned").values())
    return "unearned %s" % unearned if unearned and unearned != [pot - sum(earned.values())] else None


def passed(verdict, condition):
    return not any(f["condition"] == condition for f in verdict["findings"]) and \
        any(r["condition"] == condition and r["passed"] > 0 and r["failed"] == 0 for r in verdict["conditions"])


def more_money(rng, plan):
    """The same plan with more pooled from one source, spent on more of the same."""
    richer = copy.deepcopy(plan)
    one = rng.choice([s for s in richer["schemes"] if s["source_of_funding"] not in ("dfg", "social_care_capital")])
    more = rng.randrange(1, 5000000)
    one["expenditure"] += more
    line = next(x for x in richer["income"] if x["pool"] == one["pool"] and x["source"] == one["source_of_funding"])
    line["amount"] += more
    next(p for p in richer["pools"] if p["id"] == one["pool"])["total"] += more
    for total in richer["totals"]:
        richer["totals"][total] += more
    return richer


def a_penny_off(rng, plan):
    """One amount changed by a pound: the totals cannot agree any more."""
    spoilt = copy.deepcopy(plan)
    rng.choice(spoilt["income"])["amount"] += 1
    return spoilt


def shuffled(rng, value):
    if isinstance(value, dict):
        keys = list(value)
        rng.shuffle(keys)
        return {key: shuffled(rng, value[key]) for key in keys}
    if isinstance(value, list):
        value = [shuffled(rng, item) for item in value]
        rng.shuffle(value)
    return value


def main():
    tap, rng = Tap(), random.Random(SEED)
    bad = {"totals": [], "spoilt": [], "performance": [], "order": [], "more": [], "crash": []}
    tried = dict.fromkeys(bad, 0)
    done = 0
    while done < PLANS:
        judge, plans = Judge(), []
        for n in range(done, min(PLANS, done + 200)):
            year = rng.choice(("2015-16", rng.choice(list(years.YEARS)), rng.choice(list(years.YEARS))))
            plan = scattered(rng, year)
            at = years.YEARS[year][0]
            if year == "2015-16":
                with_performance(rng, plan)
                at = rng.choice(("2015-05-05T12:00:00Z", "2015-09-05T12:00:00Z", "2016-03-01T12:00:00Z"))
            for what, document in (("it", plan), ("order", shuffled(rng, plan)), ("more", more_money(rng, plan)), ("spoilt", a_penny_off(rng, plan))):
                judge.add((n, what), document, at, "rotherham")
            plans.append((n, year, plan))
        verdicts = judge.run()
        for n, year, plan in plans:
            verdict, name = verdicts[(n, "it")], "plan %d of seed %d, %s" % (n, SEED, year)
            look(bad, tried, name, plan, verdict, {what: verdicts[(n, what)] for what in ("order", "more", "spoilt")})
        done += len(plans)
        judge.close()
    says = {"totals": "what is made to add up is found to", "spoilt": "a pound too many in a line is always found", "performance":
            "performance money stays within the pot, its parts add up, and no quarter pays below nought", "order":
            "the order of rows and members never changes a verdict", "more": "more money never makes a minimum fail",
            "crash": "no condition fails of itself"}
    for what, wrong in bad.items():
        tap.ok(not wrong and tried[what] > 0, "%s (%d tried)" % (says[what], tried[what]), *wrong[:5])
    tap.done()


def look(bad, tried, name, plan, verdict, others):
    def hold(what, good, *why):
        tried[what] += 1
        if not good:
            bad[what].append("%s: %s" % (name, why))
    sums = [f["message"] for f in verdict["findings"] if f["condition"] in ORDERED]
    hold("totals", not sums, sums)
    hold("spoilt", any(f["condition"] in ORDERED for f in others["spoilt"]["findings"]))
    if figures(verdict, "earned") or figures(verdict, "held"):
        wrong = wrong_with_performance(plan, verdict)
        hold("performance", wrong is None, wrong)
    before, after = essence(verdict), essence(others["order"])
    hold("order", before == after, {k: (before[k], after[k]) for k in before if before[k] != after[k]})
    for condition in MINIMUMS:
        if passed(verdict, condition):
            hold("more", passed(others["more"], condition), condition,
                 [f["message"] for f in others["more"]["findings"] if f["condition"] == condition])
    for one in (verdict, *others.values()):
        hold("crash", one["outcome"] != "undetermined" and not [n for n in one["not_evaluated"] if n["kind"] in ("fault", "limit")], one["our_fault"])


main()
