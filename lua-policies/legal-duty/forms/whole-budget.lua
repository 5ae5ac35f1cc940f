-- What an area has for health and social care as a whole, and how much of it is in the pool.
local programme_fields = require "lib.programme_fields"
local proposals = require "lib.proposals"
local return_fields = require "lib.return_fields"

local sources = { "whole_budget", "pioneer_support" }

local partners = return_fields.partners()
return_fields.add(partners.fields, { { "left_out", "money", range = { "0", "100000000000" }, title = "Left out of the pool" } })

form(proposals.form {
  id = "whole-budget", title = "Whole health and social care budget", programme = "legal-duty", kind = { "plan", "amendment", absent = true },
  conditions = { "POOL-SUM-004", "POOL-SUM-013", "POOL-ID-004", "POOL-ID-013", "POOL-SUM-005", "POOL-SUM-007" },
  fields = {
    return_fields.hwb(), partners, return_fields.pools(), proposals.income(sources), proposals.schemes(sources),
    programme_fields.joint_plan(), programme_fields.pool_use(), programme_fields.resources(),
    { "no_other_resources", "boolean", title = "There are no resources other than money" },
    programme_fields.charge(), programme_fields.pioneer(),
  },
  sheets = {
    values = { { "hwb.gss", label = "Health and wellbeing board code" }, { "hwb.name", label = "Health and wellbeing board name" }, "pool_use.text", "no_other_resources", "joint_plan.ref", "joint_plan.title", "joint_plan.needs_assessment_ref",
      "pioneer.site", "pioneer.support", "pioneer.purpose", "pioneer.results" },
    tables = {
      { "Partners", "partners" }, { "Budgets", "partners.budgets", "Partner" }, { "Pools", "pools" }, { "Income", "income" }, { "Schemes", "schemes" },
      { "Parts", "schemes.parts", "Scheme" }, { "Resources", "resources" }, { "Who is in charge", "charge" } } },
})
