-- What an area has for health and social care as a whole, and how much of it is in the pool.
local programme_fields = require "lib.programme_fields"
local proposals = require "lib.proposals"
local return_fields = require "lib.return_fields"

local sources = { "whole_budget", "pioneer_support" }

local partners = return_fields.partners()
return_fields.add(partners.fields, { { "left_out", "money", title = "Left out of the pool" } })

form(proposals.form {
  id = "whole-budget", title = "Whole health and social care budget", programme = "legal-duty", kind = { "plan", "amendment", absent = true },
  conditions = { "POOL-SUM-004", "POOL-SUM-005", "POOL-SUM-007" },
  fields = {
    return_fields.hwb(), partners, return_fields.pools(), proposals.income(sources), proposals.schemes(sources),
    programme_fields.joint_plan(), programme_fields.pool_use(), programme_fields.resources(),
    { "no_other_resources", "boolean", title = "There are no resources other than money" },
    programme_fields.charge(), programme_fields.pioneer(),
  },
})
