-- A pool that NHS England may join with money for primary care. Conflicts of interest are judged as on
-- every plan: the form names the conditions of that pack.
local conflict_fields = require "lib.conflict_fields"
local programme_fields = require "lib.programme_fields"
local proposals = require "lib.proposals"
local return_fields = require "lib.return_fields"

local sources = { "nhs_england_primary_care", "ccg_budget", "council_budget" }
local services = { "core_gp", "dental", "ophthalmic", "pharmaceutical", "acute", "community", "mental_health", "social_care", "other" }

form(proposals.form {
  id = "primary-care-pool", title = "Pool with primary care", programme = "primary-care", kind = { "plan", "amendment", absent = true },
  conditions = { "POOL-SUM-004", "POOL-SUM-013", "POOL-SUM-005", "POOL-SUM-007", "COI-001", "COI-002", "COI-003", "COI-004", "COI-005", "COI-006", "COI-007", "COI-008",
    "COI-009", "COI-010", "COI-011", "COI-012" },
  fields = {
    return_fields.hwb(), return_fields.partners(), return_fields.pools(),
    proposals.income(sources, { { "from", "date", title = "Contribution starts on" } }),
    proposals.schemes(sources, { { "services", "list", of = services, title = "Services" } }),
    conflict_fields.interests(), conflict_fields.register_of_interests(), conflict_fields.decisions(), conflict_fields.committees(), conflict_fields.gifts(),
    programme_fields.hwb_statement(),
  },
  sheets = {
    values = { { "hwb.gss", label = "Health and wellbeing board code" }, { "hwb.name", label = "Health and wellbeing board name" }, "hwb_statement.conflicts", "hwb_statement.on", "hwb_statement.public", "hwb_statement.url", "register_of_interests.last_reviewed",
      "register_of_interests.published", "register_of_interests.nil_returns" },
    tables = {
      { "Partners", "partners" }, { "Budgets", "partners.budgets", "Partner" }, { "Pools", "pools" }, { "Income", "income" }, { "Schemes", "schemes" },
      { "Parts", "schemes.parts", "Scheme" }, { "Interests", "interests" }, { "Decisions", "decisions" }, { "Present", "decisions.present", "Decision" },
      { "Committees", "committees" }, { "Members", "committees.members", "Committee" }, { "Gifts", "gifts" } } },
})
