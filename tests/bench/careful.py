#!/usr/bin/env python3
"""The script a careful team would write: plain.py's ten checks, and before them what the form of policies/bench demands too.

That is: no member twice, none that the form does not have, none left out that it requires, every value of its type, codes of
their shape, every reference to something that is there.  It still knows no places and stops at the first mistake of the form.

usage: careful.py FILE N     prints documents a second
"""
import json
import re
import sys
import time

import plain

TEXT, MONEY, INTEGER = (str,), (int, str), (int,)
CODE, AREA, YEAR = re.compile(r"[^\s\x00-\x1f]{1,64}\Z"), re.compile(r"[A-Z]\d{8}\Z"), re.compile(r"(\d{4})-(\d{2})\Z")

PARTNER = {"id": (CODE, True), "code": (CODE, True), "name": (TEXT, False)}
POOL = {"id": (CODE, True), "host_partner": (CODE, False), "total": (MONEY, True)}
INCOME = {"line": (CODE, True), "pool": (CODE, False), "partner": (CODE, False), "source": (TEXT, False), "amount": (MONEY, True)}
SCHEME = {
    "scheme_id": (CODE, True), "scheme_name": (TEXT, False), "scheme_type": (TEXT, False), "area_of_spend": (TEXT, False),
    "commissioner": (CODE, False), "provider_type": (TEXT, False), "provider": (TEXT, False), "source_of_funding": (TEXT, False),
    "pool": (CODE, False), "new_or_existing": (TEXT, False), "expenditure": (MONEY, True), "prior_year_expenditure": (MONEY, False),
    "joint_nhs_percent": (INTEGER, False), "joint_la_percent": (INTEGER, False), "description": (TEXT, False)}
TOTALS = {"income": (MONEY, True), "expenditure": (MONEY, True)}
ROOT = {"schema": (TEXT, True), "area": (AREA, True), "financial_year": (YEAR, True), "minimum": (MONEY, True),
        "carers_minimum": (MONEY, True), "partners": ((list,), True), "pools": ((list,), True), "income": ((list,), True),
        "schemes": ((list,), True), "totals": ((dict,), True)}


def no_member_twice(pairs):
    record = dict(pairs)
    if len(record) != len(pairs):
        raise ValueError("a member twice")
    return record


def check_record(record, form, where):
    for name, value in record.items():
        if name not in form:
            raise ValueError(f"{where}: unknown field {name}")
        wanted = form[name][0]
        if isinstance(wanted, tuple):
            if type(value) not in wanted:
                raise ValueError(f"{where}/{name}: {value!r} is of the wrong type")
        elif type(value) is not str or not wanted.match(value):
            raise ValueError(f"{where}/{name}: {value!r} is no code of this shape")
    for name, (_, required) in form.items():
        if required and name not in record:
            raise ValueError(f"{where}/{name} is missing")


def check_form(doc):
    check_record(doc, ROOT, "")
    check_record(doc["totals"], TOTALS, "/totals")
    for name, form in (("partners", PARTNER), ("pools", POOL), ("income", INCOME), ("schemes", SCHEME)):
        for i, record in enumerate(doc[name]):
            check_record(record, form, f"/{name}/{i}")


def main():
    with open(sys.argv[1], "rb") as file:
        text = file.read()
    n = int(sys.argv[2])
    start = time.perf_counter()
    for _ in range(n):
        doc = json.loads(text, parse_float=str, object_pairs_hook=no_member_twice)
        check_form(doc)
        verdict = json.dumps(plain.judge(plain.prepare(doc)))
    took = time.perf_counter() - start
    assert '"compliant"' in verdict, verdict
    print(f"{n / took:.0f}")


if __name__ == "__main__":
    main()
