#!/usr/bin/env python3
"""A realistic plan for each year of the Better Care Fund, made from a compact description and the
example area's rows of the registers, so that one follows the other.

usage: years.py 2019-20 [SCHEMES] >plan.json      years.py lists the years
"""

import csv
import json
import sys

AREA = "E08000018"
REGISTERS = "lua-policies/better-care-fund/registers/"

# year: received, signed, the day that the agreement is signed (None: not yet)
YEARS = {
    "2014-15": ("2014-04-03T14:20:00Z", "2014-04-01", "2014-03-28"),
    "2015-16": ("2014-11-28T16:05:00Z", "2014-11-20", None),
    "2016-17": ("2016-03-18T15:10:00Z", "2016-03-16", None),
    "2017-18": ("2017-09-08T11:00:00Z", "2017-09-06", "2017-03-27"),
    "2018-19": ("2017-09-08T11:30:00Z", "2017-09-06", None),
    "2019-20": ("2019-09-25T09:45:00Z", "2019-09-20", "2019-03-29"),
    "2020-21": ("2020-11-12T10:00:00Z", "2020-11-09", "2020-03-30"),
    "2021-22": ("2021-11-12T13:30:00Z", "2021-11-10", "2021-03-26"),
    "2022-23": ("2022-09-23T16:00:00Z", "2022-09-21", "2022-03-25"),
    "2023-24": ("2023-06-26T10:15:00Z", "2023-06-22", "2023-09-29"),
    "2024-25": ("2024-06-07T12:40:00Z", "2024-06-05", None),
    "2025-26": ("2025-03-28T17:00:00Z", "2025-03-26", None),
}
TEMPLATES = {
    "2014-15": ("BCF Part 2", "2014-08-18"), "2015-16": ("BCF Part 2", "2014-08-18"), "2016-17": ("BCF planning template", "2016-17"),
    "2017-18": ("BCF planning template", "2017-19"), "2018-19": ("BCF planning template", "2017-19"),
    "2019-20": ("BCF planning template", "2019-20"), "2020-21": ("BCF planning template", "2019-20"),
    "2021-22": ("BCF planning template", "2021-22"), "2022-23": ("BCF planning template", "2022-23"),
    "2023-24": ("BCF planning template", "2023-25"), "2024-25": ("BCF planning template", "2023-25"),
    "2025-26": ("BCF planning template", "2025-26"),
}
# Who runs what, as shares of the NHS minimum in permille; the first takes what is left over.
# name, area, commissioner, provider kind, type until 2018-19, type from 2019-20, pool, permille
NHS_SCHEMES = [
    ("Community nursing teams", "community_health", "nhs", "nhs_community", "intermediate_care", "community_based", "north", 0),
    ("Urgent response within two hours", "community_health", "nhs", "nhs_community", "care_coordination", "urgent_community_response", "north", 110),
    ("Seven-day discharge team", "acute", "nhs", "nhs_acute", "seven_day_services", "high_impact_change", "north", 80),
    ("Mental health crisis support", "mental_health", "nhs", "nhs_mental_health", "out_of_hospital", "prevention", "north", 60),
    ("Social care that benefits health", "social_care", "la", "local_authority", "social_care_maintenance", "home_care", "south", 250),
    ("Reablement at home", "social_care", "joint", "local_authority", "reablement", "reablement", "south", 80),
    ("Breaks for carers", "social_care", "la", "voluntary", "carers", "carers", "south", 40),
    ("Care Act duties", "social_care", "la", "local_authority", "care_act", "care_act", "south", 40),
    ("Held for risk", "other", "nhs", "none", "contingency", "contingency", "south", 12),
]
GRANTS = {  # source: name, area, commissioner, type until 2018-19, type from 2019-20
    "dfg": ("Adaptations to homes", "social_care", "la", "dfg", "dfg"),
    "social_care_capital": ("Social care capital works", "social_care", "la", "social_care_capital", None),
    "ibcf": ("Home care hours and fees", "social_care", "la", "social_care_maintenance", "home_care"),
    "winter_pressures": ("Extra home care in winter", "social_care", "la", "social_care_maintenance", "home_care"),
    "discharge_la": ("Home care after hospital, council's part", "social_care", "la", None, "home_care"),
    "discharge_icb": ("Beds after hospital, integrated care board's part", "community_health", "nhs", None, "bed_based_care"),
    "labcg": ("Adult social care under the council's Better Care Grant", "social_care", "la", None, "home_care"),
}
PRIOR = {"falls": 2104, "residential_admissions": 640, "reablement_91_days": 86, "delayed_transfers": 351, "delayed_discharge": 12,
         "non_elective_admissions": 31200, "avoidable_admissions": 1090, "unplanned_admissions": 1790, "discharge_to_usual_residence": 94}


def register(name):
    with open(REGISTERS + name + ".csv", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def in_force(name, day):
    return [r for r in register(name) if (not r["from"] or r["from"] <= day) and (not r["to"] or day <= r["to"])]


def allocations(year):
    return {r["source"]: int(r["amount"]) for r in register("allocations") if r["year"] == year and r["area"] == AREA}


def is_later(year):
    return year >= "2019-20"


def starts(year):
    return year[:4] + "-04-01"


def nhs_partner(year):
    if year >= "2022-23":
        return {"id": "icb", "type": "icb", "code": "QF7", "name": "NHS South Yorkshire Integrated Care Board"}
    return {"id": "ccg", "type": "ccg", "code": "03L", "name": "NHS Rotherham CCG"}


def scheme(number, name, area, commissioner, provider, kind, source, pool, amount, year):
    made = {"scheme_id": "S%02d" % number, "scheme_name": name, "scheme_type": kind, "area_of_spend": area, "commissioner": commissioner,
            "provider_type": provider, "source_of_funding": source, "pool": pool,
            "new_or_existing": "new" if year == "2015-16" and number > 5 else "existing", "expenditure": amount}
    if made["new_or_existing"] == "existing" and year > "2015-16":
        made["prior_year_expenditure"] = amount * 97 // 100
    if commissioner == "joint":
        made.update(joint_nhs_percent=40, joint_la_percent=60)
    return made


def spending(year, due):
    """Schemes for every pound of the NHS minimum and of each grant."""
    schemes, kind = [], 5 if is_later(year) else 4
    whole = due.get("nhs_minimum", 9800000)
    parts = [whole * row[7] // 1000 for row in NHS_SCHEMES]
    parts[0] = whole - sum(parts)
    least = due.get("social_care_maintenance", 0) - sum(p for p, row in zip(parts, NHS_SCHEMES) if row[1] == "social_care")
    if least > 0:
        parts[0], parts[4] = parts[0] - least, parts[4] + least
    for row, part in zip(NHS_SCHEMES, parts):
        schemes.append(scheme(len(schemes) + 1, row[0], row[1], row[2], row[3], row[kind], "nhs_minimum", row[6], part, year))
    for source, row in GRANTS.items():
        if source not in due:
            continue
        made = scheme(len(schemes) + 1, row[0], row[1], row[2], "nhs_community" if row[2] == "nhs" else "local_authority",
                      row[4] if is_later(year) else row[3], source, "south", due[source], year)
        if source in ("dfg", "social_care_capital"):
            made["capital"] = True
        schemes.append(made)
    schemes.append(scheme(len(schemes) + 1, "Falls response", "social_care", "la", "local_authority",
                          "prevention" if is_later(year) else "admission_avoidance", "la_additional", "south", 250000, year))
    return schemes


def income_of(schemes, nhs):
    """One line a pool, source and partner, adding up to the schemes."""
    lines = {}
    for one in schemes:
        partner = nhs if one["source_of_funding"] in ("nhs_minimum", "discharge_icb") else "council"
        key = (one["pool"], partner, one["source_of_funding"])
        lines[key] = lines.get(key, 0) + one["expenditure"]
    return [{"line": "A%d" % (i + 1), "pool": pool, "partner": partner, "source": source, "amount": amount}
            for i, ((pool, partner, source), amount) in enumerate(sorted(lines.items()))]


def performance(due):
    baseline = dict(zip(("2013-14Q4", "2014-15Q1", "2014-15Q2", "2014-15Q3"), (7000, 6800, 6900, 7100)))
    planned = dict(zip(("2014-15Q4", "2015-16Q1", "2015-16Q2", "2015-16Q3"), (6755, 6562, 6659, 6851)))
    pot = 973 * 1490
    return {"unit_value": 1490, "target_reduction_permille": 35, "target_basis": "gross", "baseline": baseline,
            "baseline_basis": dict(zip(baseline, ("actual", "actual", "provisional", "plan"))), "planned": planned,
            "actual": dict.fromkeys(planned), "fund_total": pot, "payment_variant": "per_quarter", "share_of_1bn": due["share_of_1bn"],
            "out_of_hospital_residual": due["share_of_1bn"] - pot, "payments": [],
            "unearned": {"destination": "nhs_services", "agreed_by_hwb": "2014-11-19"}}


def signatures(year, nhs, day):
    if year >= "2025-26":
        signed = [("icb_chief_executive", nhs, "Eve Larsen"), ("la_chief_executive", "council", "Finn Doyle"),
                  ("s151_officer", "council", "Kit Harlow")]
    else:
        signed = [("icb_chief_executive" if nhs == "icb" else "ccg_accountable_officer", nhs, "Eve Larsen"),
                  ("la_chief_executive", "council", "Finn Doyle")]
    made = [{"role": role, "partner": partner, "name": name, "at": day + "T15:00:00Z"} for role, partner, name in signed]
    board = {"role": "hwb_chair", "partner": "HWB", "name": "Cllr Dee Ashby"}
    board.update({"planned_on": year[:4] + "-10-15"} if year >= "2024-25" else {"at": day + "T16:00:00Z"})
    return made + [board]


def conflicts(year, nhs, day, scheme_id):
    """A decision that somebody with an interest sat out, and the registers behind it."""
    return {
        "interests": [{"id": "INT-1", "person": "Dr Gul Rahman", "role": "governing body GP", "organisation": "Wath Road Practice",
                       "organisation_code": "C87903", "type": "financial", "arose": "2013-04-01", "declared": "2013-04-22", "ended": None,
                       "conflicted_schemes": [scheme_id], "action": "left the room"}],
        "register_of_interests": {"last_reviewed": day, "published": True, "nil_returns": ["Hal Brook", "Ida Quist", "Eve Larsen", "Jo Farr"]},
        "decisions": [{"ref": "D-" + year, "scheme_id": scheme_id, "partner": nhs, "date": day,
                       "body": "integrated_care_board" if nhs == "icb" else "ccg_governing_body", "chair": "Hal Brook",
                       "chair_role": "lay_member", "present": [
                           {"person": "Hal Brook", "role": "lay_member", "voted": True}, {"person": "Ida Quist", "role": "lay_member", "voted": True},
                           {"person": "Eve Larsen", "role": "accountable_officer", "voted": True}, {"person": "Jo Farr", "role": "nurse", "voted": True},
                           {"person": "Dr Gul Rahman", "role": "gp_member", "voted": False, "withdrew": True}]}]}


def plan(year, change=None):
    """A plan that passes everything that holds in its year; `change` may alter the schemes, before the income is
    made to agree with them."""
    received, day, signed = YEARS[year]
    due, nhs = allocations(year), nhs_partner(year)
    schemes = spending(year, due)
    if change:
        change(schemes)
    income = income_of(schemes, nhs["id"])
    for one in schemes:
        one["commissioner"] = {"nhs": nhs["id"], "la": "council", "joint": "joint"}[one["commissioner"]]
    whole = sum(one["expenditure"] for one in schemes)
    managers = {"north": (nhs["id"], {"name": "Bea Nowak", "post": "Head of finance"}),
                "south": ("council", {"name": "Carl Osei", "post": "Finance manager"})}
    held = next(one["expenditure"] for one in schemes if one["scheme_type"] == "contingency")
    made = {
        "schema": "poold.submission/1", "programme": "better-care-fund", "kind": "plan", "stage": "final",
        "submission_id": "%s-%s-plan-001" % (AREA, year), "template": dict(zip(("name", "version"), TEMPLATES[year])),
        "financial_year": year, "units": "GBP", "hwb": {"gss": AREA, "name": "Rotherham"}, "submitted_at": received,
        "content_changed_at": day + "T09:00:00Z", "contact": {"name": "Alex Moor", "email": "alex.moor@example.org"},
        "partners": [{"id": "council", "type": "local_authority", "code": "E4403", "gss": AREA,
                      "name": "Rotherham Metropolitan Borough Council"}, nhs],
        "pools": [{"id": name, "host_partner": host, "pool_manager": manager,
                   "total": sum(line["amount"] for line in income if line["pool"] == name)} for name, (host, manager) in managers.items()],
        "income": income, "schemes": schemes, "totals": {"income": whole, "expenditure": whole},
        "national_conditions": [{"id": r["id"], "met": "yes", "evidence": "Board minutes of " + day}
                                for r in in_force("national_conditions", starts(year))],
        "metrics": [{"id": r["id"], "period": year, "prior": PRIOR[r["id"]], "plan": PRIOR[r["id"]] * 98 // 100}
                    for r in in_force("metrics", starts(year))],
        "section75": {"agreement_ref": "Rotherham pooled funds " + year[:4], "signed": signed, "start": starts(year),
                      "end": "20%s-03-31" % year[5:], "aims": True, "contributions": True, "functions": True,
                      "persons_and_services": True, "resources": True, "duration_review_termination": True, "management": True,
                      "host_named": True, "quarterly_reports": True},
        "sign_off": signatures(year, nhs["id"], day),
    }
    made.update(conflicts(year, nhs["id"], day, schemes[1]["scheme_id"]))
    if year >= "2015-16":
        made["risk_share"] = {"agreed": True, "amount": held, "split_percent": {"council": 50, nhs["id"]: 50}}
    if year == "2015-16":
        made["p4p"] = performance(due)
    if year <= "2016-17":
        made["provider_commentary"] = [{"provider": "RFR", "date": day, "agrees_activity": True,
                                        "text": "The trust has put the planned fall in admissions into its own plan."}]
    if "2022-23" <= year <= "2024-25":
        made["capacity_and_demand"] = {"ref": "Intermediate care in Rotherham, demand by month", "agreed_on": day}
    if year >= "2018-19":
        made["gifts"] = [{"person": "Jo Farr", "kind": "hospitality", "value": 30, "from": "A conference host", "supplier": False,
                          "on": starts(year), "declared": starts(year)}]
    return made


def after_the_plan(year, kind, day):
    """What a return that follows the plan has of it: who, pools, conditions, metrics, signatures of a day."""
    made = plan(year)
    kept = ("schema", "programme", "stage", "financial_year", "units", "hwb", "contact", "partners", "pools", "national_conditions")
    nhs = made["partners"][1]["id"]
    return made, {**{name: made[name] for name in kept}, "kind": kind, "submission_id": "%s-%s-%s" % (AREA, year, kind),
                  "submitted_at": day + "T15:00:00Z", "content_changed_at": day + "T09:00:00Z",
                  "metrics": [dict(one, actual=one["plan"]) for one in made["metrics"]],
                  "sign_off": [dict(one, at=day + "T12:00:00Z") for one in signatures(min(year, "2023-24"), nhs, day)]}


def quarterly(year):
    """The first quarter's return: a quarter of the plan came in and was spent."""
    made, back = after_the_plan(year, "quarterly", year[:4] + "-08-20")
    whole = made["totals"]["income"]
    parts = [whole // 4] * 3 + [whole - whole // 4 * 3]
    back["quarter"] = year + "Q1"
    back["account"] = [dict({"quarter": "%sQ%d" % (year, i + 1), "planned_income": part, "planned_expenditure": part},
                            **({"actual_income": part, "actual_expenditure": part} if i == 0 else {})) for i, part in enumerate(parts)]
    back["budget_arrangements"] = {"pooled": True}
    return back


def year_end(year):
    """All that was planned came in and was spent."""
    made, back = after_the_plan(year, "year_end", "20%s-05-20" % year[5:])
    back["pools"] = [dict(pool, opening=0, closing=0) for pool in back["pools"]]
    back["income"] = [dict(line, actual=line["amount"]) for line in made["income"]]
    back["schemes"] = [dict(one, actual_expenditure=one["expenditure"]) for one in made["schemes"]]
    back["totals"] = made["totals"]
    back["outturn"] = [{"pool": pool["id"], "planned": pool["total"], "actual": pool["total"]} for pool in made["pools"]]
    return back


def many(year, n, alike=0):
    """The year's plan with its first scheme in so many parts; some of them have one name and one amount."""
    def part(schemes):
        whole = schemes.pop(0)
        n_parts = n - len(schemes)
        each = whole["expenditure"] // n_parts
        for i in range(n_parts):
            one = dict(whole, scheme_id="N%06d" % i, scheme_name="Nursing team %d" % max(0, i - alike), expenditure=each)
            one["prior_year_expenditure"] = each
            schemes.append(one)
        schemes[-1]["expenditure"] += whole["expenditure"] - each * n_parts
    made = plan(year, part)
    for one in made["schemes"]:
        if one["scheme_id"].startswith("N") and "prior_year_expenditure" in one:
            one["prior_year_expenditure"] = one["expenditure"]
    return made


def main():
    if len(sys.argv) < 2 or sys.argv[1] not in YEARS:
        print(*YEARS, sep="\n")
        return
    made = plan(sys.argv[1]) if len(sys.argv) == 2 else many(sys.argv[1], int(sys.argv[2]))
    json.dump(made, sys.stdout, indent=1, ensure_ascii=False)
    print()


if __name__ == "__main__":
    main()
