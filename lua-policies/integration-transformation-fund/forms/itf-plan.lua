-- A locality's plan: how its share is used, and how the targets of the performance part are met.
local programme_fields = require "lib.programme_fields"
local proposals = require "lib.proposals"
local return_fields = require "lib.return_fields"

local sources = { "itf_share", "transfer_2014_15", "ccg_budget", "council_budget" }

form(proposals.form {
  id = "itf-plan", title = "Integration Transformation Fund plan", programme = "integration-transformation-fund",
  kind = { "plan", "amendment", absent = true },
  conditions = { "POOL-SUM-007" },
  fields = {
    return_fields.hwb(), return_fields.partners(), return_fields.pools(), proposals.income(sources), proposals.schemes(sources),
    programme_fields.pool_use(), programme_fields.targets(), programme_fields.transfer(),
  },
  sheets = {
    values = { { "hwb.gss", label = "Health and wellbeing board code" }, { "hwb.name", label = "Health and wellbeing board name" }, "pool_use.text", "transfer.year", "transfer.amount" },
    tables = {
      { "Partners", "partners" }, { "Budgets", "partners.budgets", "Partner" }, { "Pools", "pools" }, { "Income", "income" }, { "Schemes", "schemes" },
      { "Targets", "targets" }, { "Priorities", "transfer.priorities" } } },
})
