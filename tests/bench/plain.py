#!/usr/bin/env python3
"""The plain script a team would write: the same ten checks as policies/bench, first to last, over each file N times.

It is the yardstick for `make bench`: it loads the JSON, keeps money as whole pence, checks references and types as far as
a careful script does, and writes a verdict as JSON.

usage: plain.py FILE N     prints documents a second
"""
import json
import sys
import time
from decimal import Decimal


def pence(amount):
    value = Decimal(amount) * 100
    whole = int(value)
    if whole != value:
        raise ValueError(f"{amount} is not whole pence")
    return whole


def read(text):
    return prepare(json.loads(text, parse_float=str))


def prepare(doc):
    if doc.get("schema") != "bench/1":
        raise ValueError("not a plan")
    partners = {p["id"]: p for p in doc["partners"]}
    pools = {p["id"]: p for p in doc["pools"]}
    for pool in doc["pools"]:
        pool["total"] = pool["total"] * 100 if type(pool["total"]) is int else pence(pool["total"])
    for line in doc["income"]:
        line["amount"] = line["amount"] * 100 if type(line["amount"]) is int else pence(line["amount"])
        if line["pool"] not in pools or line["partner"] not in partners:
            raise ValueError("dangling reference")
    seen = set()
    for scheme in doc["schemes"]:
        scheme["expenditure"] = scheme["expenditure"] * 100 if type(scheme["expenditure"]) is int else pence(scheme["expenditure"])
        if scheme["pool"] not in pools or scheme["commissioner"] not in partners:
            raise ValueError("dangling reference")
        if scheme["scheme_id"] in seen:
            raise ValueError("duplicate scheme")
        seen.add(scheme["scheme_id"])
    for name in ("income", "expenditure"):
        doc["totals"][name] = doc["totals"][name] * 100 if type(doc["totals"][name]) is int else pence(doc["totals"][name])
    return doc


def judge(doc):
    findings = []

    def finding(condition, at, given, expected):
        findings.append({"condition": condition, "at": at, "given": str(given), "expected": str(expected)})

    income, schemes, totals = doc["income"], doc["schemes"], doc["totals"]
    if totals["income"] != sum(l["amount"] for l in income):
        finding("BENCH-01", "/totals/income", totals["income"], "sum")
    spent = sum(s["expenditure"] for s in schemes)
    if totals["expenditure"] != spent:
        finding("BENCH-02", "/totals/expenditure", totals["expenditure"], spent)
    if sum(l["amount"] for l in income) != spent:
        finding("BENCH-03", "/totals/income", totals["income"], spent)
    for i, pool in enumerate(doc["pools"]):
        got = sum(l["amount"] for l in income if l["pool"] == pool["id"])
        if got != pool["total"]:
            finding("BENCH-04", f"/pools/{i}/total", got, pool["total"])
        got = sum(s["expenditure"] for s in schemes if s["pool"] == pool["id"])
        if got != pool["total"]:
            finding("BENCH-04", f"/pools/{i}/total", got, pool["total"])
    for name in ("nhs_minimum", "dfg", "social_care_capital"):
        came = sum(l["amount"] for l in income if l["source"] == name)
        went = sum(s["expenditure"] for s in schemes if s["source_of_funding"] == name)
        if came != went:
            finding("BENCH-05", "/income", came, went)
    if len({s["scheme_name"] for s in schemes}) != len(schemes):
        finding("BENCH-06", "/schemes", "names", "unique names")
    for i, s in enumerate(schemes):
        if not 0 <= s["expenditure"] <= 100_000_000_000:
            finding("BENCH-07", f"/schemes/{i}/expenditure", s["expenditure"], "in range")
        if s["joint_nhs_percent"] + s["joint_la_percent"] != 100:
            finding("BENCH-09", f"/schemes/{i}/joint_nhs_percent", s["joint_nhs_percent"], 100)
    if sum(l["amount"] for l in income if l["source"] == "nhs_minimum") < doc["minimum"] * 100:
        finding("BENCH-08", "/income", "less", doc["minimum"])
    if sum(s["expenditure"] for s in schemes if s["scheme_type"] == "carers") < doc["carers_minimum"] * 100:
        finding("BENCH-10", "/schemes", "less", doc["carers_minimum"])
    return {"outcome": "non-compliant" if findings else "compliant", "findings": findings}


def main():
    with open(sys.argv[1], "rb") as file:
        text = file.read()
    n = int(sys.argv[2])
    start = time.perf_counter()
    for _ in range(n):
        verdict = json.dumps(judge(read(text)))
    took = time.perf_counter() - start
    assert '"compliant"' in verdict, verdict
    print(f"{n / took:.0f}")


if __name__ == "__main__":
    main()
