-- What an area pools under the proposal: who pays in, for which plan, and for whom it is spent.
local programme_fields = require "lib.programme_fields"
local proposals = require "lib.proposals"
local return_fields = require "lib.return_fields"

local sources = { "ccg_budget", "nhs_transfer", "council_budget" }

form(proposals.form {
  id = "care-and-support-pool", title = "Care and support pool", programme = "care-and-support-bill",
  kind = { "plan", "amendment", absent = true },
  conditions = { "POOL-SUM-004", "POOL-SUM-013", "POOL-SUM-005", "POOL-SUM-007" },
  fields = {
    return_fields.hwb(), return_fields.partners(), return_fields.pools(), proposals.income(sources),
    proposals.schemes(sources, {
      { "paid_from", "enum", of = { "required", "additional", "transfer" }, title = "Paid from" } }),
    programme_fields.joint_plan(), programme_fields.transfer(),
  },
  sheets = {
    values = { { "hwb.gss", label = "Health and wellbeing board code" }, { "hwb.name", label = "Health and wellbeing board name" }, "joint_plan.ref", "joint_plan.title", "joint_plan.process", "joint_plan.agreed_on", "transfer.year", "transfer.amount" },
    tables = {
      { "Partners", "partners" }, { "Budgets", "partners.budgets", "Partner" }, { "Pools", "pools" }, { "Income", "income" }, { "Schemes", "schemes" } } },
})
