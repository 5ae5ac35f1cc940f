-- A Better Care Fund plan, one health and wellbeing board's for one year, as a JSON document or a workbook.
local conflict_fields = require "lib.conflict_fields"
local performance_fields = require "lib.performance_fields"
local programme_fields = require "lib.programme_fields"
local return_fields = require "lib.return_fields"
local return_sheets = require "lib.return_sheets"
local scheme_fields = require "lib.scheme_fields"

local whole = { "0", "1000000000" }
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
    return_fields.hwb(),
    { "board", "code", derive = function(budget) return budget.hwb.gss end },
    { "submitted_at", "time", title = "Submitted at" },
    { "content_changed_at", "time", title = "Content last changed at" },
    return_fields.contact(),

    return_fields.partners(),
    return_fields.pools(),
    return_fields.income(),
    { "schemes", "list", key = "scheme_id", row = "scheme", required = true, title = "Schemes", fields = scheme_fields.fields(
        { "commissioner", "reference", to = "partners", also = { "nhs", "la", "joint" }, title = "Commissioner" },
        { "pool", "reference", to = "pools", title = "Pool" },
        scheme_fields.more()) },
    { "totals", "record", title = "Totals", fields = { { "income", "money", title = "Income" }, { "expenditure", "money", title = "Expenditure" } } },

    performance_fields.p4p(),
    { "operational_plan", "record", title = "Operational plan", fields = {
        { "reduction", "rate", aliases = { "reduction_permille" }, range = share, title = "Reduction" } } },
    { "provider_commentary", "list", row = "comment", title = "Provider commentary", fields = {
        { "provider", "code", title = "Provider" }, { "date", "date", title = "Date" },
        { "agrees_activity", "boolean", title = "Agrees the activity" }, { "text", "text", title = "Text" } } },
    { "dfg_passed", "list", row = "payment", title = "Disabled facilities grant passed on", fields = {
        { "district", "reference", to = "partners", title = "District" }, { "amount", "money", required = true, range = { "0", "1000000000" }, title = "Amount" },
        { "on", "date", title = "On" } } },
    { "dfg_retained_by_agreement", "boolean", title = "Disabled facilities grant kept by agreement" },

    { "risk_share", "record", title = "Risk share", fields = {
        { "agreed", "boolean", title = "Agreed" }, { "amount", "money", range = whole, title = "Amount" },
        { "text", "text", title = "Text" },
        { "split_percent", "map", keys = "reference", to = "partners", of = "percent", range = { "0", "1" }, title = "Split" } } },
    return_fields.national_conditions(),
    { "capacity_and_demand", "record", title = "Capacity and demand for intermediate care", fields = {
        { "ref", "text", title = "Name of the plan" }, { "agreed_on", "date", title = "Agreed on" } } },
    return_fields.metrics(),
    return_fields.section75(),
    return_fields.outturn(),
    return_fields.sign_off(),

    conflict_fields.interests(),
    conflict_fields.register_of_interests(),
    conflict_fields.decisions(),
    conflict_fields.committees(),
    conflict_fields.gifts(),

    -- What other programmes' plans carry; read here so that one file can serve several.
    programme_fields.joint_plan(),
    programme_fields.pool_use(),
    programme_fields.resources(),
    programme_fields.targets(),
    programme_fields.transfer(),
    programme_fields.outcomes_framework(),
    programme_fields.charge(),
    programme_fields.trajectory(),
    programme_fields.hwb_statement(),
    programme_fields.national(),
    programme_fields.pioneer(),

    return_fields.explanations(),
    return_fields.waivers(),
    { "flex", "any" },
  },
  sheets = {
    return_sheets.cover { { "schema", is = "poold.submission/1" } },
    return_sheets.list("Partners", "partners", { needed = true }),
    return_sheets.list("Partner budgets", "partners.budgets", { optional = true, parent = { "Partner" } }),
    return_sheets.list("Pools", "pools"),
    { "Income", also = { "HWB funding sources" }, needed = true, values = { { "totals.income", label = "Income of the plan" } },
      tables = { { list = "income", totals = { "total", "total income" }, adds = { "amount" } } } },
    { "Expenditure", also = { "HWB expenditure plan" }, needed = true, values = { { "totals.expenditure", label = "Expenditure of the plan" } },
      tables = { { list = "schemes", needs = { "scheme_id", "scheme_type", "source_of_funding", "expenditure" },
          totals = { "total", "total expenditure" }, adds = { "expenditure" }, ignore = { "% of overall spend" }, prefilled = { "scheme_id" } } } },
    return_sheets.list("Parts of schemes", "schemes.parts", { optional = true, needs = { "partner", "amount" } }),
    return_sheets.performance { { "operational_plan.reduction", label = "Reduction in the operational plan" } },
    return_sheets.risk_share(),
    return_sheets.list("National conditions", "national_conditions", { optional = true }),
    return_sheets.list("Metrics", "metrics", { optional = true, also = { "HWB metrics" } }),
    return_sheets.list("Provider commentary", "provider_commentary", { optional = true, needs = { "provider", "text" } }),
    { "Disabled facilities grant", also = { "DFG" }, optional = true, values = { "dfg_retained_by_agreement" }, tables = { { list = "dfg_passed", optional = true } } },
    return_sheets.section75(),
    return_sheets.list("Outturn", "outturn", { optional = true, needs = { "pool", "actual" } }),
    return_sheets.list("Sign-off", "sign_off", { optional = true, also = { "Sign off" } }),
    return_sheets.interests(),
    return_sheets.decisions(),
    return_sheets.list("Committees", "committees", { optional = true }),
    return_sheets.list("Members of committees", "committees.members", { optional = true, needs = { "person" } }),
    return_sheets.list("Gifts and hospitality", "gifts", { optional = true }),
    return_sheets.programmes(),
    return_sheets.list("Resources", "resources", { optional = true, needs = { "kind" } }),
    return_sheets.list("Targets", "targets", { optional = true }),
    return_sheets.list("Transfer priorities", "transfer.priorities", { optional = true, needs = { "name", "amount" } }),
    return_sheets.list("Outcomes", "outcomes_framework.outcomes", { optional = true }),
    return_sheets.list("Who is in charge", "charge", { optional = true }),
    return_sheets.list("Agreement on who is in charge", "charge.agreed", { optional = true, needs = { "partner" } }),
    return_sheets.list("Trajectory", "trajectory", { optional = true }),
    return_sheets.explanations(),
    return_sheets.waivers(),
  },
}
