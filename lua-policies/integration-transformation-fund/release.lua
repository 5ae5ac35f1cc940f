-- No accepted plan, no money; the performance-related share waits for its targets.
local board = require "lib.board"
local proposals = require "lib.proposals"

local statement = "Statement on the Integration Transformation Fund, NHS England and the Local Government Association, 2013"

-- What an accepted plan releases of its share: all, or all but the performance part; and why.
local function released(plan)
  local lines = plan.income:where { source = "itf_share" }
  local whole, waits = lines:sum "amount", lines:where { counts_towards = "performance" }:sum "amount"
  local missed = plan.targets:where(function(target) return target:optional "met" ~= true end)
  if #plan.targets > 0 and #missed == 0 then return whole, zero, "the plan is accepted, and every target is met" end
  return whole - waits, waits, "the plan is accepted; " .. tostring(waits) .. " waits for " .. #missed .. " of " .. #plan.targets .. " targets"
end

condition {
  id = "ITF-008", title = "What is released to each locality, and what is held", severity = "info", forms = { "itf-plan", "national-return" },
  years = { from = "2015-16", to = "2015-16" }, source = statement, last = true,
  remedy = "Nothing is to be done here: mend the plan, or report the targets as they are met.",
  needs = { returns = { { form = "itf-plan", area = "national.localities.area", period = "financial_year" } } },
  check = function(budget, given)
    local year = budget.financial_year
    local function determine(area, out, held, working)
      local name = area and board.name(area, year, given.registers) or nil
      determination { name = area and "released" or "released in all", of = area, of_name = name, value = out, working = working }
      determination { name = area and "held" or "held in all", of = area, of_name = name, value = held, held = area ~= nil and held > zero, working = working }
      return out, held
    end
    if given.form == "itf-plan" then
      local out, held, working = released(budget)
      if given.open_errors == 0 then return determine(budget.hwb.gss, out, held, working) end
      return determine(budget.hwb.gss, zero, out + held, "no accepted plan, no money; errors that are open: " .. given.open_errors)
    end
    proposals.only_for("integration-transformation-fund", budget)
    local all_out, all_held = zero, zero
    for _, locality in budget.national.localities:each() do
      local plan = given.returns { form = "itf-plan", area = locality.area, year = year }:latest()
      local out, held
      if plan then out, held = determine(locality.area, released(plan))
      else out, held = determine(locality.area, zero, locality.amount, "no accepted plan, no money") end
      all_out, all_held = all_out + out, all_held + held
    end
    determine(nil, all_out, all_held)
  end,
}
