#!/usr/bin/env python3
"""Write a budget to measure with.

usage: generate.py SCHEMES [SEED] > budget.json    100 schemes make about 40 kB
"""
import json
import random
import sys


def budget(n, seed):
    rng = random.Random(seed)
    types = ["carers", "reablement", "intermediate_care", "care_act", "community"]
    pools = ["P1", "P2"]
    sources = {"P1": ["nhs_minimum"], "P2": ["nhs_minimum", "dfg", "social_care_capital"]}
    schemes = []
    for i in range(n):
        pool = pools[i % 2]
        nhs = rng.randrange(0, 101)
        schemes.append({
            "scheme_id": f"S{i + 1:05d}", "scheme_name": f"Scheme {i + 1} of the plan",
            "scheme_type": types[i % len(types)], "area_of_spend": "social_care",
            "commissioner": "CCG" if pool == "P1" else "LA", "provider_type": "local_authority",
            "provider": "RFR", "source_of_funding": sources[pool][(i // 2) % len(sources[pool])],
            "pool": pool, "new_or_existing": "existing",
            "expenditure": rng.randrange(10_000, 900_000), "prior_year_expenditure": rng.randrange(10_000, 900_000),
            "joint_nhs_percent": nhs, "joint_la_percent": 100 - nhs,
            "description": "Care at home for older people"})
    income = []
    for pool in pools:
        for source in sources[pool]:
            amount = sum(s["expenditure"] for s in schemes if s["pool"] == pool and s["source_of_funding"] == source)
            income.append({"line": f"I{len(income) + 1}", "pool": pool, "partner": "CCG" if source == "nhs_minimum" else "LA",
                           "source": source, "amount": amount})
    whole = sum(s["expenditure"] for s in schemes)
    return {
        "schema": "bench/1", "area": "E08000018", "financial_year": "2015-16", "minimum": 1000, "carers_minimum": 1000,
        "partners": [{"id": "CCG", "code": "03L", "name": "Example CCG"}, {"id": "LA", "code": "E4403", "name": "Example council"}],
        "pools": [{"id": p, "host_partner": "LA", "total": sum(s["expenditure"] for s in schemes if s["pool"] == p)} for p in pools],
        "income": income, "schemes": schemes, "totals": {"income": whole, "expenditure": whole}}


if __name__ == "__main__":
    schemes = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    json.dump(budget(schemes, int(sys.argv[2]) if len(sys.argv) > 2 else 1), sys.stdout, separators=(",", ":"))
