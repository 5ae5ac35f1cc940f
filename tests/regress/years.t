#!/usr/bin/env python3
"""Every year of the Better Care Fund: a realistic plan passes; one that is wrong in a single way is told that one
thing, to the pound; and a condition that is not in force in a year says nothing in it."""

import json
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, "tests/regress")
import years  # noqa: E402
from judged import Judge, Tap, open_findings, patched  # noqa: E402

# In force from and to, as the guidance has it and not as the policies say.  None: open.
IN_FORCE = {
    "BCF-FUND-001": ("2015-16", None), "BCF-FUND-002": ("2015-16", None), "BCF-FUND-003": ("2017-18", None),
    "BCF-FUND-004": ("2022-23", "2024-25"), "BCF-FUND-006": ("2015-16", "2015-16"), "BCF-FUND-009": ("2018-19", "2019-20"),
    "BCF-RING-001": ("2017-18", "2024-25"), "BCF-RING-002": ("2016-17", "2024-25"), "BCF-RING-003": ("2016-17", "2024-25"),
    "BCF-RING-004": ("2015-16", "2016-17"), "BCF-RING-005": ("2015-16", "2016-17"), "BCF-RING-006": ("2015-16", "2016-17"),
    "BCF-RING-008": ("2016-17", None), "BCF-NC-001": ("2014-15", None), "BCF-NC-003": ("2014-15", "2016-17"),
    "BCF-NC-004": ("2014-15", "2016-17"), "BCF-NC-005": ("2022-23", "2024-25"), "BCF-RISK-001": ("2015-16", None),
    "SIGN-001": (None, None), "SIGN-002": ("2025-26", None), "SIGN-003": ("2025-26", None), "SIGN-004": (None, None),
    "SIGN-005": (None, None), "TIME-001": (None, None), "TIME-003": (None, None), "BCF-MET-001": (None, None),
    "BCF-MET-002": (None, None), "S75-001": (None, None), "S75-005": (None, None),
    **{"BCF-P4P-%03d" % n: ("2015-16", "2015-16") for n in range(1, 12)},
}
OF_THE_YEAR = {"2014-15": 6, "2015-16": 6, "2016-17": 8}  # national conditions; else four


def find(schemes, kind):
    return next(one for one in schemes if kind in (one["scheme_type"], one["source_of_funding"]))


def change(kind, pounds):
    """That much more from one source or for one type of scheme."""
    def apply(schemes):
        find(schemes, kind)["expenditure"] += pounds
    return apply


def move(of, to, pounds):
    """So much from one type of scheme to another, the whole staying as it is."""
    def apply(schemes):
        find(schemes, of)["expenditure"] -= pounds
        find(schemes, to)["expenditure"] += pounds
    return apply


def to_the_council(schemes):
    """Everything out of hospital that the NHS commissions but for a pound less than is asked for."""
    due = years.allocations("2016-17")["out_of_hospital"]
    nurses = find(schemes, "intermediate_care")
    others = sum(s["expenditure"] for s in schemes if s["source_of_funding"] == "nhs_minimum" and s["commissioner"] == "nhs"
                 and s["area_of_spend"] != "acute" and s is not nurses)
    joint = find(schemes, "reablement")
    least = due - others - joint["expenditure"] * 40 // 100 - 1
    find(schemes, "social_care_maintenance")["expenditure"] += nurses["expenditure"] - least
    nurses["expenditure"] = least
    for one in schemes:
        one.pop("prior_year_expenditure", None)


def short_of_social_care(schemes):
    """A pound less for social care than is to be maintained."""
    due = years.allocations("2017-18")["social_care_maintenance"]
    spent = sum(s["expenditure"] for s in schemes if s["area_of_spend"] == "social_care" and s["source_of_funding"] == "nhs_minimum")
    move("social_care_maintenance", "intermediate_care", spent - due + 1)(schemes)


# year, what is wrong, how the schemes change, what is set and removed, received, open findings
WRONG = [
    ("2014-15", "a condition is not answered", None, None, ["/national_conditions/5"], None, "BCF-NC-001"),
    ("2014-15", "no CCG has signed", None, None, ["/sign_off/0"], None, "SIGN-001"),
    ("2015-16", "the minimum is short of a pound", change("intermediate_care", -1), None, None, None, "BCF-FUND-001"),
    ("2015-16", "the grant for adaptations is short of a pound", change("dfg", -1), None, None, None, "BCF-FUND-002"),
    ("2015-16", "a pound more than the capital grant", change("social_care_capital", 1), None, None, None, "BCF-FUND-006"),
    ("2015-16", "carers get a pound less than was agreed", move("carers", "intermediate_care", 116641), None, None, None, "BCF-RING-004"),
    ("2015-16", "the target is too low", None, {"/p4p/target_reduction_permille": 34, "/p4p/fund_total": 946 * 1490, "/p4p/planned":
     {"2014-15Q4": 6762, "2015-16Q1": 6569, "2015-16Q2": 6665, "2015-16Q3": 6858}, "/p4p/out_of_hospital_residual": 5901000 - 946 * 1490}, None, None,
     "BCF-P4P-002"),
    ("2015-16", "the pot is a pound too small", None, {"/p4p/fund_total": 973 * 1490 - 1}, None, None, "BCF-P4P-003"),
    ("2015-16", "the parts of the risk share are 99%", None, {"/risk_share/split_percent/ccg": 49}, None, None, "BCF-RISK-002"),
    ("2016-17", "a condition of this year is not answered", None, None, ["/national_conditions/7"], None, "BCF-NC-001"),
    ("2016-17", "out of hospital is a pound short", to_the_council, None, None, None, "BCF-RING-002"),
    ("2017-18", "a pound more than the council's grant", change("ibcf", 1), None, None, None, "BCF-FUND-003"),
    ("2017-18", "social care is a pound short", short_of_social_care, None, None, None, "BCF-RING-001"),
    ("2018-19", "an agreement that ends before the year", None, {"/section75/end": "2019-03-30"}, None, None, "S75-008"),
    ("2019-20", "the winter grant is short of a pound", change("winter_pressures", -1), None, None, None, "BCF-FUND-009"),
    ("2019-20", "signed a minute late", None, {"/sign_off/1/at": "2019-09-28T00:00:00+01:00"}, None, "2019-09-28T09:00:00Z", "TIME-001"),
    ("2020-21", "the minimum is short of a pound", change("community_based", -1), None, None, None, "BCF-FUND-001"),
    ("2021-22", "a metric of the year has no plan", None, None, ["/metrics/2"], None, "BCF-MET-002"),
    ("2022-23", "the council's part of the discharge fund is short of a pound", change("discharge_la", -1), None, None, None, "BCF-FUND-004"),
    ("2022-23", "no plan of capacity", None, None, ["/capacity_and_demand"], None, "BCF-NC-005"),
    ("2022-23", "a CCG after CCGs have ended", None, {"/partners/1/type": "ccg", "/partners/1/code": "03L", "/partners/1/name": "NHS Rotherham CCG",
     "/sign_off/0/role": "ccg_accountable_officer"}, None, None, "BCF-FUND-001,S75-005"),
    ("2023-24", "the board's part of the discharge fund is short of a pound", change("discharge_icb", -1), None, None, None, "BCF-FUND-004"),
    ("2023-24", "an interest declared after 29 days", None, {"/interests/0/arose": "2013-03-24"}, None, None, "-"),
    ("2024-25", "the board has not approved, and no day is set", None, None, ["/sign_off/2/planned_on"], None, "SIGN-006"),
    ("2025-26", "a chief executive had it signed", None, {"/sign_off/0/delegated": True}, None, None, "SIGN-002"),
    ("2025-26", "the section 151 officer has not signed", None, None, ["/sign_off/2"], None, "SIGN-003"),
    ("2025-26", "a pound more than the council's grant", change("labcg", 1), None, None, None, "BCF-FUND-003"),
    ("2025-26", "the goal for discharges is missing", None, None, ["/metrics/1"], None, "BCF-MET-002"),
    ("2025-26", "the council signed after the deadline", None, {"/sign_off/1/at": "2025-04-02T10:00:00+01:00"}, None, "2025-04-02T12:00:00Z", "TIME-001"),
]


def check_passes(tap, year, verdict):
    tap.ok(verdict["outcome"] == "compliant" and not open_findings(verdict) and not verdict["findings"],
           year + ": the plan passes, and nothing is found", verdict["headline"], *[f["message"] for f in verdict["findings"]])
    unlike = [n for n in verdict["not_evaluated"] if n["kind"] not in ("not due", "no history")]
    tap.ok(not unlike, year + ": nothing is left out of the plan, nor lacking with us", unlike)
    ran = {r["condition"]: r for r in verdict["conditions"]}
    for condition, (first, last) in IN_FORCE.items():
        holds = (not first or first <= year) and (not last or year <= last)
        says = condition in ran and (holds or ran[condition]["subjects"] > 0)
        tap.ok(says == holds, "%s: %s %s" % (year, condition, "applies" if holds else "says nothing"))
    answers = ran["BCF-NC-001"]["passed"]
    tap.ok(answers == OF_THE_YEAR.get(year, 4), year + ": as many national conditions as the year has", answers)


def check_follows(tap, year, verdicts):
    """The returns that follow the plan pass, held against it."""
    for kind, against in (("quarterly", "BCF-QTR-006"), ("year_end", "BCF-YEAR-001")):
        verdict = verdicts[(year, kind)]
        ran = {r["condition"]: r for r in verdict["conditions"]}
        tap.ok(verdict["outcome"] == "compliant" and not open_findings(verdict), "%s: the %s return passes" % (year, kind.replace("_", "-")),
               verdict["headline"], *[f["message"] for f in verdict["findings"]], *verdict["not_evaluated"][:4])
        tap.ok(ran[against]["passed"] > 0, "%s: and was held against the accepted plan" % year, ran[against])


def main():
    tap, judge = Tap(), Judge()
    for year, (received, _, _) in years.YEARS.items():
        judge.add(year, years.plan(year), received, "rotherham")
        before = judge.write(years.plan(year))
        judge.add((year, "quarterly"), years.quarterly(year), max(year[:4] + "-08-21T09:00:00Z", received), "rotherham", None, before)
        judge.add((year, "year_end"), years.year_end(year), "20%s-05-21T09:00:00Z" % year[5:], "rotherham", None, before)
    for year, what, alter, sets, removals, received, _ in WRONG:
        judge.add((year, what), patched(years.plan(year, alter), sets, removals), received or years.YEARS[year][0], "rotherham")
    verdicts = judge.run()
    for year in years.YEARS:
        check_follows(tap, year, verdicts)
        check_passes(tap, year, verdicts[year])
    for year, what, *_, ids in WRONG:
        verdict, want = verdicts[(year, what)], [] if ids == "-" else ids.split(",")
        found = open_findings(verdict)
        tap.ok(found == want, "%s: %s: %s" % (year, what, ids), found, verdict["headline"], *[f["message"] for f in verdict["findings"]])
    for year in ("2019-20", "2022-23", "2025-26"):
        with open("lua-policies/better-care-fund/examples/plan-%s.json" % year, encoding="utf-8") as file:
            tap.ok(json.load(file) == years.plan(year), year + ": the example that ships is the one that is made")
    judge.close()
    tap.done()


main()
