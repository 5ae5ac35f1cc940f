-- No accepted plan, no money; the performance-related share waits for its targets.
local board = require "lib.board"
local proposals = require "lib.proposals"

local statement = "Statement on the Integration Transformation Fund, NHS England and the Local Government Association, 2013"

-- What an accepted plan releases of its share: all, or all but the performance part; and why.
local function of_plan(plan)
  local lines = plan.income:where { source = "itf_share" }
  local whole, waits = lines:sum "amount", lines:where { counts_towards = "performance" }:sum "amount"
  local missed = plan.targets:where(function(target) return target:optional "met" ~= true end)
  if #plan.targets > 0 and #missed == 0 then
    return { released = whole, held = zero, why = "the plan is accepted, and every target is met" }
  end
  return { released = whole - waits, held = waits, waits = waits > zero,
           why = "the plan is accepted; " .. tostring(waits) .. " waits: " .. #missed .. " of " .. #plan.targets .. " targets are not met yet" }
end

local function of_no_plan(share, why)
  return { released = zero, held = share, why = "no accepted plan, no money" .. (why or "") }
end

condition {
  id = "ITF-008", title = "What is released to each locality, and what is held", severity = "info", forms = { "itf-plan", "national-return" },
  years = { from = "2015-16", to = "2015-16" }, source = statement, last = true,
  remedy = "Nothing is to be done here: mend the plan, or report the targets as they are met.",
  needs = { returns = { { form = "itf-plan", area = "national.localities.area", period = "financial_year" } } },
  check = function(budget, given)
    local year, released, held = budget.financial_year, zero, zero
    local function determine(area, money)
      local name = board.name(area, year, given.registers)
      determination { name = "released", of = area, of_name = name, value = money.released, working = money.why }
      determination { name = "held", of = area, of_name = name, value = money.held, held = money.waits, working = money.why }
      released, held = released + money.released, held + money.held
    end
    if given.form == "itf-plan" then
      local share = budget.income:where { source = "itf_share" }:sum "amount"
      local because = given.open_errors > 0 and "; corrections to make first: " .. given.open_errors
                      or given.undetermined and "; this one could not be judged yet, and the fault is ours"
      determine(budget.hwb.gss, because and of_no_plan(share, because) or of_plan(budget))
      return
    end
    proposals.only_for("integration-transformation-fund", budget)
    for _, locality in budget.national.localities:each() do
      local plan = given.returns { form = "itf-plan", area = locality.area, year = year }:latest()
      determine(locality.area, plan and of_plan(plan) or of_no_plan(locality.amount))
    end
    determination { name = "released in all", value = released }
    determination { name = "held in all", value = held }
  end,
}
