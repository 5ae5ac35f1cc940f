-- An area's money for health and social care, how much of it is in one pool, and who is in charge.
local programme_fields = require "lib.programme_fields"
local proposals = require "lib.proposals"
local return_fields = require "lib.return_fields"

local sources = { "whole_budget" }

form(proposals.form {
  id = "area-budget", title = "Area budget", programme = "single-budget-2020", kind = { "plan", "amendment", absent = true },
  conditions = { "POOL-SUM-004", "POOL-SUM-013", "POOL-ID-004", "POOL-ID-013", "POOL-SUM-007" },
  fields = {
    return_fields.hwb(), return_fields.partners(), return_fields.pools(), proposals.income(sources), proposals.schemes(sources),
    programme_fields.outcomes_framework(), programme_fields.charge(), programme_fields.trajectory(),
    { "risk_share", "record", title = "Risk share", fields = {
        { "agreed", "boolean", title = "Agreed" }, { "amount", "money", range = { "0", "1000000000" }, title = "Amount" }, { "text", "text", title = "Text" },
        { "split_percent", "map", keys = "reference", to = "partners", of = "percent", range = { "0", "1" }, title = "Split" } } },
  },
  sheets = {
    values = { { "hwb.gss", label = "Health and wellbeing board code" }, { "hwb.name", label = "Health and wellbeing board name" }, "outcomes_framework.name", "outcomes_framework.version", "risk_share.agreed", "risk_share.amount", "risk_share.text" },
    tables = {
      { "Partners", "partners" }, { "Budgets", "partners.budgets", "Partner" }, { "Pools", "pools" }, { "Income", "income" }, { "Schemes", "schemes" },
      { "Parts", "schemes.parts", "Scheme" }, { "Outcomes", "outcomes_framework.outcomes" }, { "Trajectory", "trajectory" },
      { "Who is in charge", "charge" }, { "Agreed by", "charge.agreed", "Role" } } },
})
