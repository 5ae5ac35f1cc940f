-- Deadlines, partner by partner.  Lateness cannot be mended by sending again: it is a query.
local deadlines = require "lib.deadlines"
local quarters = require "lib.quarters"

local function asked_for(given)
  if not given.parameters.plans_due then stop.not_applicable "Plans were not asked for in this year." end
end

condition {
  id = "TIME-001", title = "Each partner signed by its deadline", severity = "query", forms = { "bcf-plan" },
  source = "Planning requirements and letters; the register of deadlines has each one's source", after = { "SIGN-001" },
  parameters = { "plans_due" },
  remedy = "Explain why the signature came late.",
  each = "partners",
  check = function(partner, budget, given)
    asked_for(given)
    local signature = deadlines.signature(partner, budget)
    if not signature then stop.not_applicable "This partner has not signed." end
    on_time { at = signature:place "at", given = signature.at, by = deadlines.of(partner, budget, given),
              name = partner:optional "name" or partner.code, says = "{name} signed at {given}, after its deadline of {expected}" }
  end,
}

condition {
  id = "TIME-002", title = "A return is final once the final deadline has passed", severity = "warning", forms = { "bcf-plan" },
  source = "The ministry's revenue returns: provisional and certified returns have deadlines of their own; used as a model",
  parameters = { "plans_due" }, remedy = "Send the return as final.",
  check = function(budget, given)
    asked_for(given)
    if budget.stage == "final" or budget.stage == "certified" then return end
    local due = given.registers.deadlines:row { programme = "better-care-fund", form = "bcf-plan", stage = "final", year = budget.financial_year, who = "all" }
    if given.received > due.at then
      finding { at = budget:place "stage", given = budget.stage, expected = "final", says = "The return is still {given} after the deadline for final ones" }
    end
  end,
}

condition {
  id = "TIME-003", title = "When each partner signed, and when the return came in", severity = "info", forms = { "bcf-plan" },
  source = "The register of deadlines has each one's source", remedy = "Nothing is to be done.", parameters = { "plans_due" },
  after = { "POOL-ID-012", "POOL-SUM-006" },                      -- a figure for each code: one that is there twice has one
  each = "partners",
  check = function(partner, budget, given)
    asked_for(given)
    local due = deadlines.of(partner, budget, given)
    local function before(when)
      local days = when:date():days_to(due:date())
      return days >= 0 and days .. " days before the deadline of " .. tostring(due) or -days .. " days after the deadline of " .. tostring(due)
    end
    local name = partner:optional "name"
    determination { name = "received", of = partner.code, of_name = name, value = given.received:date(), working = before(given.received) }
    local signature = deadlines.signature(partner, budget)
    if signature then
      determination { name = "signed", of = partner.code, of_name = name, value = signature.at:date(), working = before(signature.at) }
    end
  end,
}

condition {
  id = "TIME-004", title = "The quarterly return came in by its deadline", severity = "query", forms = { "bcf-quarterly" },
  source = "Quarterly templates: by midday on 27 May 2016 for the last quarter of 2015-16", after = { "BCF-QTR-001" },
  remedy = "Explain why the return came late.",
  check = function(budget, given)
    local due = given.registers.deadlines:row_or_none {
      programme = "better-care-fund", form = "bcf-quarterly", stage = quarters.word(budget.quarter), year = budget.quarter:year(), who = "all" }
    if not due then stop.not_applicable "No deadline is known for this quarter's return." end
    on_time { at = budget:place "quarter", given = given.received, by = due.at, says = "The return for this quarter came in at {given}; it was due by {expected}" }
  end,
}
