-- A Better Care Fund plan, one health and wellbeing board's for one year, as a JSON document.
local scheme_fields = require "lib.scheme_fields"

local roles = { "hwb_chair", "ccg_accountable_officer", "icb_chief_executive", "la_chief_executive", "s151_officer", "dass" }
local members = {
  "lay_member", "accountable_officer", "cfo", "gp_member", "secondary_care_clinician", "nurse", "officer", "councillor", "other",
}

local whole = { "0", "1000000000" }
local people = { "0", "10000000" }
local share = { "-1", "1" }

form {
  id = "bcf-plan", title = "Better Care Fund plan",
  recognise = {
    schema = "poold.submission/1", kind = { "plan", "amendment" },
    programme = { "better-care-fund", absent = true },
  },
  area = "hwb.gss", period = "financial_year", units = "units",
  version = { field = "template.version", name = "template.name",
    accepted = {
      { "BCF Part 2", "2014-08-18", years = { "2014-15", "2015-16" } },
      { "BCF Part 2", "2014-07-25", years = { "2014-15", "2015-16" }, old = true },
      -- Later templates by the year that they are for; how they call themselves is from memory.
      { "BCF planning template", "2016-17", years = { "2016-17", "2016-17" } },
      { "BCF planning template", "2017-19", years = { "2017-18", "2018-19" } },
      { "BCF planning template", "2019-20", years = { "2019-20", "2020-21" } },
      { "BCF planning template", "2021-22", years = { "2021-22", "2021-22" } },
      { "BCF planning template", "2022-23", years = { "2022-23", "2022-23" } },
      { "BCF planning template", "2023-25", years = { "2023-24", "2024-25" } },
      { "BCF planning template", "2025-26", years = { "2025-26", "2025-26" } },
    } },
  explanations = { list = "explanations", condition = "rule", target = "target", text = "text", author = "author", on = "at" },
  waivers = { list = "waivers", condition = "rule", text = "justification" },
  fields = {
    { "schema", "text" },
    { "programme", "text", title = "Programme" },
    { "kind", "enum", of = { "plan", "amendment", "quarterly", "year_end" }, title = "Kind of return" },
    { "stage", "enum", of = { "draft", "provisional", "final", "certified" }, required = true, title = "Stage" },
    { "submission_id", "code", title = "Submission" },
    { "supersedes", "code", title = "Replaces submission" },
    { "template", "record", required = true, title = "Template", fields = {
        { "name", "text", required = true, title = "Name" }, { "version", "text", required = true, title = "Version" } } },
    { "financial_year", "year", required = true, title = "Financial year", help = "a year like 2015-16" },
    { "units", "enum", of = { "GBP", "GBP000" }, required = true, title = "Units of money", help = "GBP for pounds, GBP000 for thousands of pounds" },
    { "hwb", "record", required = true, title = "Health and wellbeing board", fields = {
        { "gss", "code", shape = "A99999999", required = true, title = "Code", help = "a code like E08000018" },
        { "name", "text", title = "Name" } } },
    { "board", "code", derive = function(budget) return budget.hwb.gss end },
    { "submitted_at", "time", title = "Submitted at" },
    { "content_changed_at", "time", title = "Content last changed at" },
    { "contact", "record", title = "Contact", fields = { { "name", "text" }, { "email", "text" } } },

    { "partners", "list", key = "id", row = "partner", required = true, title = "Partners", fields = {
        { "id", "code", required = true, title = "Id" },
        { "type", "enum", of = { "local_authority", "district", "ccg", "icb", "nhs_england", "nhs_trust", "pct", "joint_committee" }, required = true, title = "Type" },
        { "code", "code", required = true, title = "Code", help = "an ODS code like 03L, or the ministry's code of a council like E4403" },
        { "gss", "code", shape = "A99999999", title = "Statistical code" },
        { "name", "text", title = "Name" },
        { "budgets", "list", key = "area_of_spend", row = "budget", title = "Budgets", fields = {
            { "area_of_spend", "enum", of = scheme_fields.areas(), title = "Area of spend" }, { "total", "money", title = "Total" } } },
        { "planned_balance", "money", title = "Planned balance" },
        { "recovery_note", "text", title = "Recovery note" } } },
    { "pools", "list", key = "id", row = "pool", required = true, title = "Pools", fields = {
        { "id", "code", required = true, title = "Id" },
        { "name", "text", title = "Name" },
        { "host_partner", "reference", to = "partners", title = "Host partner" },
        { "pool_manager", "record", title = "Pool manager", fields = {
            { "name", "text", title = "Name" }, { "post", "text", title = "Post" }, { "email", "text" } } },
        { "external_auditor", "text", title = "External auditor" },
        { "total", "money", range = whole, title = "Total" },
        { "opening", "money", title = "Opening balance" },
        { "closing", "money", title = "Closing balance" } } },
    { "income", "list", key = "line", row = "line", required = true, title = "Income", fields = {
        { "line", "code", title = "Line" },
        { "pool", "reference", to = "pools", title = "Pool" },
        { "partner", "reference", to = "partners", required = true, title = "Partner" },
        { "source", "enum", of = scheme_fields.sources(), required = true, title = "Source" },
        { "amount", "money", required = true, whole_pounds = true, round = true, range = whole, title = "Amount" },
        { "adjustment", "boolean" },
        { "counts_towards", "enum", of = { "minimum", "performance", "additional", "transfer", "required" }, title = "Counts towards" },
        { "from_existing_budget", "boolean", title = "From the existing budget" },
        { "service", "enum", of = { "core_gp", "dental", "ophthalmic", "pharmaceutical", "other" }, title = "Service" } } },
    { "schemes", "list", key = "scheme_id", row = "scheme", required = true, title = "Schemes", fields = scheme_fields.fields(
        { "commissioner", "reference", to = "partners", also = { "nhs", "la", "joint" }, title = "Commissioner" },
        { "pool", "reference", to = "pools", title = "Pool" },
        {
          { "conflict", "record", title = "Conflict of interest", fields = {
              { "declared", "boolean", title = "Declared" },
              { "procurement_route", "enum", title = "Procurement route",
                of = { "open_tender", "restricted_tender", "competitive", "any_qualified_provider", "framework", "single_tender", "grant", "none" } },
              { "price_basis", "text", title = "How the price was set" },
              { "single_tender_reason", "text", title = "Reason for a single tender" },
              { "other_capable_providers", "boolean", title = "Other providers could do it" },
              { "decision_ref", "code", title = "Decision" } } },
          { "client_groups", "list", of = { "long_term_needs", "older_people", "carers", "children", "all" } },
          { "purposes", "list", of = { "hospital_discharge", "prevention", "new_model_of_care", "out_of_hospital", "other" } },
          { "outcome_refs", "list", of = "code" },
          { "parts", "list", row = "part", fields = {
              { "partner", "reference", to = "partners" }, { "service", "text" }, { "amount", "money" } } },
          { "disputed", "boolean" },
          { "functions", "list", of = "code" },
        }) },
    { "totals", "record", title = "Totals", fields = { { "income", "money", title = "Income" }, { "expenditure", "money", title = "Expenditure" } } },

    { "p4p", "record", title = "Payment for performance", fields = {
        { "unit_value", "money", no_units = true, title = "Value of an avoided admission" },
        { "target_reduction", "rate", aliases = { "target_reduction_permille" }, range = share, title = "Target reduction" },
        { "target_rationale", "text", title = "Why this target" },
        { "target_basis", "enum", of = { "gross", "net" }, title = "Target is gross or net of growth" },
        { "growth_assumed", "rate", aliases = { "growth_assumed_permille" }, range = share, title = "Growth assumed" },
        { "approved_target", "rate", aliases = { "approved_target_permille" }, range = share, title = "Approved target" },
        { "target_change_approved_on", "date", title = "Change of target approved on" },
        { "baseline", "map", keys = "quarter", of = "integer", range = people, title = "Baseline admissions" },
        { "baseline_basis", "map", keys = "quarter", of = { "actual", "provisional", "plan" }, title = "Basis of the baseline" },
        { "planned", "map", keys = "quarter", of = "integer", range = people, title = "Planned admissions" },
        { "actual", "map", keys = "quarter", of = "integer", range = people, unknown = true, title = "Actual admissions" },
        { "fund_total", "money", title = "Payment for performance pot" },
        { "share_of_1bn", "money", title = "Share of the £1 billion" },
        { "out_of_hospital_residual", "money", title = "Remainder for out-of-hospital services" },
        { "payment_variant", "enum", of = { "per_quarter", "cumulative" }, title = "How quarters are paid" },
        { "payments", "list", key = "quarter", row = "payment", title = "Payments", fields = {
            { "quarter", "quarter", required = true, title = "Quarter" }, { "amount", "money", required = true, title = "Amount" },
            { "paid_on", "date", title = "Paid on" } } },
        { "unearned", "record", title = "Money not earned", fields = {
            { "destination", "enum", of = { "nhs_services", "social_care", "carried_forward", "other" }, title = "Goes to" },
            { "agreed_by_hwb", "date", title = "Agreed by the board on" } } },
        { "quarters", "list", key = "performance", row = "quarter", title = "Quarters", join = {
            rows = "planned", performance = "key",
            baseline = { "baseline", shift = -4 }, basis = { "baseline_basis", shift = -4 }, planned = "planned", actual = "actual",
            paid = { "payments", key = "quarter", field = "amount" }, paid_on = { "payments", key = "quarter", field = "paid_on" } },
          fields = {
            { "performance", "quarter", title = "Quarter" }, { "baseline", "integer", title = "Baseline" },
            { "basis", "enum", of = { "actual", "provisional", "plan" }, title = "Basis of the baseline" },
            { "planned", "integer", title = "Planned admissions" }, { "actual", "integer", title = "Actual admissions", unknown = true },
            { "paid", "money", title = "Paid" }, { "paid_on", "date", title = "Paid on" },
            { "reduction", "integer", derive = function(quarter) return quarter.baseline - quarter.actual end },
            { "planned_reduction", "integer", derive = function(quarter) return largest(quarter.baseline - quarter.planned, 0) end } } } } },
    { "operational_plan", "record", title = "Operational plan", fields = {
        { "reduction", "rate", aliases = { "reduction_permille" }, range = share, title = "Reduction" } } },
    { "provider_commentary", "list", row = "comment", title = "Provider commentary", fields = {
        { "provider", "code", title = "Provider" }, { "date", "date", title = "Date" },
        { "agrees_activity", "boolean", title = "Agrees the activity" }, { "text", "text", title = "Text" } } },
    { "dfg_passed", "list", row = "payment", title = "Disabled facilities grant passed on", fields = {
        { "district", "reference", to = "partners", title = "District" }, { "amount", "money", required = true, title = "Amount" },
        { "on", "date", title = "On" } } },
    { "dfg_retained_by_agreement", "boolean", title = "Disabled facilities grant kept by agreement" },

    { "risk_share", "record", title = "Risk share", fields = {
        { "agreed", "boolean", title = "Agreed" }, { "amount", "money", range = whole, title = "Amount" },
        { "text", "text", title = "Text" },
        { "split_percent", "map", keys = "reference", to = "partners", of = "percent", range = { "0", "1" }, title = "Split" } } },
    { "national_conditions", "list", key = "id", row = "condition", title = "National conditions", fields = {
        { "id", "code", required = true, title = "Condition" }, { "met", "enum", of = { "yes", "no", "in_progress" }, title = "Met" },
        { "by", "date", title = "By" }, { "evidence", "text", title = "Evidence" }, { "text", "text", title = "Text" } } },
    { "capacity_and_demand", "record", title = "Capacity and demand for intermediate care", fields = {
        { "ref", "text", title = "Name of the plan" }, { "agreed_on", "date", title = "Agreed on" } } },
    { "metrics", "list", key = "id", row = "metric", title = "Metrics", fields = {
        { "id", "code", required = true, title = "Metric" }, { "period", "text", title = "Period" },
        { "prior", "decimal", range = whole, unknown = true, title = "Last year" }, { "plan", "decimal", range = whole, title = "Plan" },
        { "actual", "decimal", unknown = true, title = "Actual" }, { "unit", "text", title = "Unit" } } },
    { "section75", "record", title = "Section 75 agreement", fields = {
        { "agreement_ref", "text", title = "Reference" }, { "signed", "date", unknown = true, title = "Signed on" },
        { "start", "date", title = "Starts" }, { "end", "date", title = "Ends" }, { "renewal", "text", title = "Renewal" },
        { "aims", "boolean", title = "Aims and outcomes" }, { "contributions", "boolean", title = "Contributions" },
        { "functions", "boolean", title = "Functions" }, { "persons_and_services", "boolean", title = "People and services" },
        { "resources", "boolean", title = "Staff, goods, services and accommodation" },
        { "duration_review_termination", "boolean", title = "Duration, review and termination" },
        { "management", "boolean", title = "Management and monitoring" }, { "host_named", "boolean", title = "Host is named" },
        { "quarterly_reports", "boolean", title = "Quarterly reports are agreed" },
        { "reports", "list", key = "quarter", row = "report", title = "Reports", fields = {
            { "quarter", "quarter", required = true, title = "Quarter" }, { "received", "date", title = "Received" } } } } },
    { "outturn", "list", row = "pool", title = "Outturn", fields = {
        { "pool", "reference", to = "pools", title = "Pool" }, { "planned", "money", title = "Planned" },
        { "actual", "money", title = "Actual" }, { "action_plan", "text", title = "Action plan" } } },
    { "sign_off", "list", row = "signature", title = "Sign-off", fields = {
        { "role", "enum", of = roles, required = true, title = "Role" },
        { "partner", "reference", to = "partners", also = { "HWB" }, title = "Partner" },
        { "name", "text", title = "Name" }, { "email", "text", title = "E-mail" },
        { "at", "time", aliases = { "date" }, day_ends = true, unknown = true, title = "Signed at" },
        { "planned_on", "date", title = "Planned for" },
        { "delegated", "boolean", title = "Delegated" } } },

    { "interests", "list", key = "id", open = { "arose", "ended" }, row = "interest", title = "Interests", fields = {
        { "id", "code", title = "Id" }, { "person", "text", required = true, title = "Person" }, { "role", "text", title = "Role" },
        { "organisation", "text", title = "Organisation" }, { "organisation_code", "code", title = "Organisation code" },
        { "type", "enum", of = { "financial", "non_financial_professional", "non_financial_personal", "indirect" }, title = "Type" },
        { "share_percent", "percent", range = { "0", "1" }, title = "Share held" },
        { "arose", "date", title = "Arose" }, { "declared", "date", unknown = true, title = "Declared" },
        { "ended", "date", unknown = true, title = "Ended" },
        { "conflicted_schemes", "list", of = "reference", to = "schemes", title = "Schemes in conflict" },
        { "action", "text", title = "Action" } } },
    { "register_of_interests", "record", title = "Register of interests", fields = {
        { "last_reviewed", "date", title = "Last reviewed" }, { "published", "boolean", title = "Published" },
        { "nil_returns", "list", of = "text", title = "Nil returns" } } },
    { "decisions", "list", key = "ref", row = "decision", title = "Decisions", fields = {
        { "ref", "code", title = "Reference" },
        { "scheme", "reference", to = "schemes", aliases = { "scheme_id" }, required = true, title = "Scheme" },
        { "partner", "reference", to = "partners", title = "Partner" },
        { "body", "code", title = "Body" }, { "date", "date", required = true, title = "Date" },
        { "chair", "text", title = "Chair" }, { "chair_role", "enum", of = members, title = "Chair's role" },
        { "present", "list", row = "person", title = "Present", fields = {
            { "person", "text", required = true, title = "Person" }, { "role", "enum", of = members, title = "Role" },
            { "voted", "boolean", title = "Voted" }, { "withdrew", "boolean", title = "Withdrew" } } },
        { "voters", "integer", title = "Voters" }, { "voters_conflicted", "integer", title = "Voters in conflict" },
        { "quorate", "boolean", title = "Quorate" } } },
    { "committees", "list", key = "body", row = "committee", title = "Committees", fields = {
        { "body", "code", required = true, title = "Body" },
        { "members", "list", row = "member", title = "Members", fields = {
            { "person", "text", title = "Person" }, { "role", "enum", of = members, title = "Role" }, { "lay", "boolean", title = "Lay" } } } } },
    { "gifts", "list", row = "gift", title = "Gifts and hospitality", fields = {
        { "person", "text", title = "Person" }, { "kind", "enum", of = { "gift", "hospitality" }, required = true, title = "Kind" },
        { "value", "money", no_units = true, required = true, title = "Value" }, { "from", "text", title = "From" },
        { "supplier", "boolean", title = "From a supplier" }, { "on", "date", required = true, title = "On" },
        { "declared", "date", unknown = true, title = "Declared" }, { "approved_by", "text", title = "Approved by" },
        { "for_organisation", "boolean", title = "Accepted for the organisation" } } },

    -- What other programmes' plans carry; read here so that one file can serve several.
    { "joint_plan", "record", fields = { { "ref", "text" }, { "title", "text" }, { "process", "text" }, { "agreed_on", "date" }, { "needs_assessment_ref", "text" } } },
    { "pool_use", "record", fields = { { "text", "text" } } },
    { "resources", "list", fields = { { "partner", "reference", to = "partners" }, { "kind", "text" }, { "description", "text" } } },
    { "targets", "list", key = "id", fields = {
        { "id", "code" }, { "level", "enum", of = { "national", "local" } }, { "text", "text" }, { "baseline", "decimal" }, { "target", "decimal" },
        { "due", "date" }, { "actual", "decimal", unknown = true }, { "met", "boolean" } } },
    { "transfer", "record", fields = { { "year", "year" }, { "amount", "money" },
        { "priorities", "list", fields = { { "name", "text" }, { "amount", "money" } } } } },
    { "outcomes_framework", "record", fields = { { "name", "text" }, { "version", "text" } } },
    { "charge", "list", fields = { { "role", "text" }, { "partner", "reference", to = "partners", also = { "HWB" } },
        { "form", "enum", of = { "ccg", "council", "hwb", "new_hwb", "joint" } }, { "overseen_by", "text" },
        { "agreed", "list", fields = { { "partner", "reference", to = "partners" }, { "on", "date" } } } } },
    { "trajectory", "list", key = "year", fields = { { "year", "year" }, { "pooled", "money" }, { "total", "money" }, { "share", "percent" } } },
    { "hwb_statement", "record", fields = { { "conflicts", "text" }, { "on", "date" }, { "public", "boolean" }, { "url", "text" } } },
    { "national", "record", fields = {
        { "components", "list", key = "name", fields = { { "name", "text" }, { "amount", "money" } } }, { "total", "money" },
        { "localities", "list", key = "area", fields = { { "area", "code" }, { "amount", "money" } } },
        { "social_care_budget", "list", fields = { { "department", "text" }, { "amount", "money" } } },
        { "pioneers", "list", fields = { { "site", "text" }, { "amount", "money" }, { "purpose", "text" } } } } },
    { "pioneer", "record", fields = { { "site", "code" }, { "support", "money" }, { "results", "text" } } },

    { "explanations", "list", row = "explanation", title = "Explanations", fields = {
        { "rule", "code", title = "Condition" }, { "target", "text", title = "Place" }, { "text", "text", title = "Text" },
        { "author", "text", title = "Author" }, { "at", "date", title = "Date" } } },
    { "waivers", "list", row = "waiver", title = "Waivers", fields = {
        { "rule", "code" }, { "requester", "text" }, { "approver", "text" }, { "justification", "text" }, { "expires", "date" } } },
    { "flex", "any" },
  },
}
