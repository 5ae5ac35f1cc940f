"""A plan of the Better Care Fund as a workbook, from its JSON document: each value where the form's sheets have it."""
import datetime

from workbook import Share, Sheet, workbook

COVER = [("Template", "template.name"), ("Template version", "template.version"), ("Kind of return", "kind"), ("Stage", "stage"),
         ("Submission", "submission_id"), ("Replaces submission", "supersedes"), ("Financial year", "financial_year"), ("Units of money", "units"),
         ("Health and wellbeing board code", "hwb.gss"), ("Health and wellbeing board", "hwb.name"), ("Submitted at", "submitted_at"),
         ("Content last changed at", "content_changed_at"), ("Completed by", "contact.name"), ("E-mail", "contact.email")]
PERFORMANCE = [("Value of an avoided admission", "p4p.unit_value"), ("Target reduction", "p4p.target_reduction_permille"), ("Why this target", "p4p.target_rationale"),
               ("Target is gross or net of growth", "p4p.target_basis"), ("Growth assumed", "p4p.growth_assumed_permille"),
               ("Payment for performance pot", "p4p.fund_total"), ("Share of the £1 billion", "p4p.share_of_1bn"),
               ("Remainder for out-of-hospital services", "p4p.out_of_hospital_residual"), ("How quarters are paid", "p4p.payment_variant"),
               ("Money not earned goes to", "p4p.unearned.destination"), ("Agreed by the board on", "p4p.unearned.agreed_by_hwb")]
SECTION75 = [("Agreement reference", "agreement_ref"), ("Agreement signed on", "signed"), ("Agreement starts", "start"), ("Agreement ends", "end"), ("Aims and outcomes", "aims"),
             ("Contributions", "contributions"), ("Functions", "functions"), ("People and services", "persons_and_services"),
             ("Staff, goods, services and accommodation", "resources"), ("Duration, review and termination", "duration_review_termination"),
             ("Management and monitoring", "management"), ("Host is named", "host_named"), ("Quarterly reports are agreed", "quarterly_reports")]
LISTS = {
    "Partners": ("partners", [("Id", "id"), ("Type", "type"), ("Code", "code"), ("Statistical code", "gss"), ("Name", "name")]),
    "Pools": ("pools", [("Id", "id"), ("Host partner", "host_partner"), ("Pool manager name", "pool_manager.name"), ("Pool manager post", "pool_manager.post"), ("Total", "total")]),
    "Income": ("income", [("Line", "line"), ("Pool", "pool"), ("Partner", "partner"), ("Source", "source"), ("Amount", "amount"), ("Counts towards", "counts_towards")]),
    "Expenditure": ("schemes", [
        ("Scheme ID", "scheme_id"), ("Scheme name", "scheme_name"), ("Scheme type", "scheme_type"), ("Area of spend", "area_of_spend"), ("Commissioner", "commissioner"),
        ("% NHS (if joint)", "joint_nhs_percent"), ("% LA (if joint)", "joint_la_percent"), ("Provider type", "provider_type"), ("Providers", "providers"),
        ("Source of funding", "source_of_funding"), ("Pool", "pool"), ("New/Existing scheme", "new_or_existing"), ("Expenditure (£)", "expenditure"),
        ("Previous year expenditure (£)", "prior_year_expenditure"), ("Capital", "capital"), ("Conflict of interest declared", "conflict.declared"),
        ("Conflict of interest procurement route", "conflict.procurement_route"), ("Conflict of interest how the price was set", "conflict.price_basis"),
        ("Conflict of interest reason for a single tender", "conflict.single_tender_reason"),
        ("Conflict of interest other providers could do it", "conflict.other_capable_providers"),
        ("Conflict of interest decision", "conflict.decision_ref")]),
    "National conditions": ("national_conditions", [("Condition", "id"), ("Met", "met"), ("By", "by"), ("Evidence", "evidence"), ("Text", "text")]),
    "Metrics": ("metrics", [("Metric", "id"), ("Period", "period"), ("Last year", "prior"), ("Plan", "plan"), ("Actual", "actual"), ("Unit", "unit")]),
    "Provider commentary": ("provider_commentary", [("Provider", "provider"), ("Date", "date"), ("Agrees the activity", "agrees_activity"), ("Text", "text")]),
    "Sign-off": ("sign_off", [("Role", "role"), ("Partner", "partner"), ("Name", "name"), ("Signed at", "at|date")]),
    "Explanations": ("explanations", [("Condition", "rule"), ("Place", "target"), ("Text", "text"), ("Author", "author"), ("Date", "at")]),
}
PROGRAMMES = [("Joint plan reference", "joint_plan.ref"), ("Joint plan agreed on", "joint_plan.agreed_on"), ("How the pool will be used", "pool_use.text"),
              ("Year of the transfer", "transfer.year"), ("Transfer", "transfer.amount"), ("Version of the framework", "outcomes_framework.version"),
              ("Date of the statement", "hwb_statement.on"), ("The statement is public", "hwb_statement.public"), ("Support for the pioneer", "pioneer.support"),
              ("Capacity and demand plan agreed on", "capacity_and_demand.agreed_on")]
OTHERS = {
    "Resources": ("resources", [("Partner", "partner"), ("Kind", "kind"), ("Description", "description")]),
    "Targets": ("targets", [("Id", "id"), ("National or local", "level"), ("Baseline", "baseline"), ("Target", "target"), ("Due", "due")]),
    "Transfer priorities": ("transfer.priorities", [("Priority", "name"), ("Amount", "amount")]),
    "Outcomes": ("outcomes_framework.outcomes", [("Outcome", "id"), ("Title", "title")]),
    "Who is in charge": ("charge", [("Role", "role"), ("Who is in charge", "partner"), ("Form", "form"), ("Overseen by", "overseen_by")]),
    "Trajectory": ("trajectory", [("Year", "year"), ("Pooled", "pooled"), ("All money", "total"), ("Share pooled", "share")]),
}
SHARES = ("joint_nhs_percent", "joint_la_percent")


def get(record, path):
    """The first of the paths, parted by |, that is there; None when none is."""
    for one in path.split("|"):
        value = record
        for step in one.split("."):
            value = value.get(step) if isinstance(value, dict) else None
        if value is not None:
            return value
    return None


def cell(value, name=""):
    """As a person would put it in: real dates, Yes and No, shares as percentages."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        return "; ".join(value)
    if name.endswith("_permille"):
        return Share(value / 1000) if value is not None else None
    if name in SHARES and value is not None:
        return Share(value / 100)
    if isinstance(value, str) and len(value) == 10 and value[4] == value[7] == "-":
        return datetime.date.fromisoformat(value) if name != "template.version" else value
    return value


def labels(sheet, pairs, record):
    for label, path in pairs:
        value = get(record, path)
        if value is not None:
            sheet.row(label + ":", cell(value, path))
    return sheet.row()


def table(sheet, columns, records):
    sheet.row(*[heading for heading, _ in columns])
    for record in records:
        sheet.row(*[cell(get(record, path), path) for _, path in columns])
    return sheet


def plan_sheets(plan):
    sheets = {"Guidance": Sheet().row("Fill in the sheets that follow."), "Cover": labels(Sheet().row("Better Care Fund plan").row(), COVER, plan)}
    for name, (path, columns) in LISTS.items():
        if plan.get(path) is not None:
            sheets[name] = table(Sheet().row(name).row(), columns, plan[path])
    totals = plan.get("totals", {})
    for name, path, of in (("Income", "income", 5), ("Expenditure", "expenditure", 13)):
        if path in totals:
            amounts = [line.get("amount", line.get("expenditure", 0)) for line in plan["income" if of == 5 else "schemes"]]
            if all(isinstance(amount, int) for amount in amounts):
                sheets[name].row("Total", *[None] * (of - 2), sum(amounts))
            sheets[name].row().cells[f"{'L' if of == 5 else 'Y'}1"] = f"{name} of the plan"
            sheets[name].cells[f"{'M' if of == 5 else 'Z'}1"] = totals[path]
    p4p = plan["p4p"]
    sheet = labels(Sheet().row("Payment for performance").row(), PERFORMANCE, plan)
    sheet.row("Quarter", "Baseline admissions", "Basis of the baseline", "Planned admissions", "Actual admissions")
    maps = [p4p.get(name, {}) for name in ("baseline", "baseline_basis", "planned", "actual")]
    for quarter in sorted({q for m in maps for q in m}):
        sheet.row(quarter, *["TBC" if quarter in m and m[quarter] is None else m.get(quarter) for m in maps])
    if "payments" in p4p:
        table(sheet.row(), [("Quarter", "quarter"), ("Amount", "amount"), ("Paid on", "paid_on")], p4p["payments"])
    sheets["Payment for performance"] = sheet
    if "risk_share" in plan:
        risk = plan["risk_share"]
        sheets["Risk share"] = labels(Sheet(), [("A risk share is agreed", "agreed"), ("Amount at risk", "amount"), ("What is agreed", "text")], risk)
        sheets["Risk share"].row("Partner", "Split")
        for partner, share in risk.get("split_percent", {}).items():
            sheets["Risk share"].row(partner, Share(share / 100))
    sheets["Section 75"] = labels(Sheet(), SECTION75, plan["section75"])
    sheets["Interests"] = labels(Sheet(), [("Last reviewed", "last_reviewed"), ("Published", "published"), ("Nil returns", "nil_returns")], plan.get("register_of_interests", {}))
    table(sheets["Interests"], [("Id", "id"), ("Person", "person"), ("Role", "role"), ("Organisation", "organisation"), ("Organisation code", "organisation_code"), ("Type", "type"),
                                ("Arose", "arose"), ("Declared", "declared"), ("Ended", "ended"), ("Schemes in conflict", "conflicted_schemes"), ("Action", "action")], plan.get("interests", []))
    decisions = plan.get("decisions", [])
    sheets["Decisions"] = table(Sheet(), [("Reference", "ref"), ("Scheme", "scheme|scheme_id"), ("Body", "body"), ("Date", "date"), ("Chair", "chair"), ("Chair's role", "chair_role"),
                                          ("Voters", "voters"), ("Voters in conflict", "voters_conflicted"), ("Quorate", "quorate")], decisions)
    table(sheets["Decisions"].row().row("Who was there"), [("Decision", "decision"), ("Person", "person"), ("Role", "role"), ("Voted", "voted"), ("Withdrew", "withdrew")],
          [{"decision": d["ref"], **person} for d in decisions for person in d.get("present", [])])
    if any(get(plan, path) is not None for _, path in PROGRAMMES):
        sheets["Other programmes"] = labels(Sheet(), PROGRAMMES, plan)
    for name, (path, columns) in OTHERS.items():
        if get(plan, path) is not None:
            sheets[name] = table(Sheet(), columns, get(plan, path))
    agreed = [{"role": charge["role"], **one} for charge in plan.get("charge", []) for one in charge.get("agreed", [])]
    if agreed:
        sheets["Agreement on who is in charge"] = table(Sheet(), [("Commissioner", "role"), ("Partner", "partner"), ("Agreed on", "on")], agreed)
    return sheets


def plan_workbook(plan):
    return workbook(plan_sheets(plan))
