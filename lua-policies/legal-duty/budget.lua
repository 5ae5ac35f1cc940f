-- The whole health and social care budget of an area is pooled; how it is used is the area's own choice.
local board = require "lib.board"
local proposals = require "lib.proposals"

local duty = "Proposal of a legal duty to pool, June 2014"
local forms = { "whole-budget" }

-- A partner's money in the pool; support for pioneers comes on top and is not counted.
local function pooled(partner, budget)
  return budget.income:where { partner = partner, source = "whole_budget" }
end

condition {
  id = "DUTY-001", title = "Each partner's whole budget for the area is in the pool", severity = "error", forms = forms, source = duty,
  remedy = "Pay what is left out into the pool, or correct the partner's budgets.",
  each = proposals.with_budgets,
  check = function(partner, budget)
    local left_out, lines = partner:optional "left_out" or zero, pooled(partner, budget)
    if left_out > zero then
      finding { at = partner:place "left_out", given = left_out, expected = zero, who = proposals.name(partner), says = "{who} leaves {given} out of the pool" }
      return
    end
    equal { at = partner:place "budgets", given = lines:sum "amount", exactly = proposals.budget_of(partner), related = { lines:place "amount" },
            who = proposals.name(partner), says = "{who} pools {given}, and its budgets for the area add up to {exactly}" }
  end,
}

condition {
  id = "DUTY-002", title = "The whole spectrum is in the pool, from acute to social care", severity = "error", forms = forms, source = duty,
  after = { "DUTY-001" }, remedy = "Add the schemes of this area of spend, or correct the area of spend of those that are there.",
  each = proposals.with_budgets,
  check = function(partner, budget)
    for _, part in partner.budgets:each() do
      if part.total > zero and budget.schemes:where { area_of_spend = part.area_of_spend }:sum "expenditure" <= zero then
        finding { at = part:place "area_of_spend", given = "no scheme", expected = part.area_of_spend, who = proposals.name(partner),
                  says = "{who} has {total} for {area_of_spend}, and no scheme of the pool is for it" }
      end
    end
  end,
}

condition {
  id = "DUTY-003", title = "The area says how it will use the pool", severity = "query", forms = forms, source = duty,
  remedy = "Say in a few sentences how the pool will be used; any way will do.",
  check = function(budget)
    proposals.say(budget, "pool_use", "text", { expected = "how the pool will be used", says = "The return does not say how the area will use the pool" })
  end,
}

condition {
  id = "DUTY-006", title = "Share of the area's budget that is pooled", severity = "info", forms = forms, source = duty, remedy = "Nothing is to be done.",
  needs = { previous = true },
  check = function(budget, given)
    local function share(of, before)
      local whole, inside = zero, zero
      for _, partner in proposals.with_budgets(of):each() do
        whole, inside = whole + proposals.budget_of(partner, before), inside + pooled(partner, of):sum "amount"
      end
      return proposals.share(inside, whole, not before and of:place "partners" or nil), tostring(inside) .. " of " .. tostring(whole)
    end
    local now, working = share(budget)
    local of, of_name = budget.hwb.gss, board.name(budget.hwb.gss, budget.financial_year, given.registers)
    determination { name = "share of the budget pooled", of = of, of_name = of_name, value = now, working = working }
    local was = share(given.previous, true)
    determination { name = "change in percentage points", of = of, of_name = of_name, value = now:nearest() - was:nearest(), working = "from " .. tostring(was:nearest()) }
  end,
}

condition {
  id = "DUTY-007", title = "Resources other than money are listed, or said to be none", severity = "query", forms = forms, source = duty,
  remedy = "List the staff, premises and goods that partners bring in, or say that there are none.",
  check = function(budget)
    local listed = budget.resources:where(function(one) return says_something(one:optional "kind") or says_something(one:optional "description") end)
    if #listed == 0 and budget:optional "no_other_resources" ~= true then
      finding { at = budget:place "resources", given = "nothing", expected = "a list, or that there are none",
                says = "The return neither lists staff, premises or goods nor says that there are none" }
    end
  end,
}

condition {
  id = "DUTY-008", title = "One payer is named for each pound", severity = { "error", "query" }, forms = forms, source = duty,
  remedy = "Agree who pays, and enter one payer for each part of the scheme's cost.",
  each = "schemes",
  check = function(scheme)
    if scheme:optional "disputed" == true then
      finding { severity = "error", at = scheme:place "disputed", given = "disputed", expected = "agreed", says = "The cost of scheme {scheme_id} is disputed between the partners" }
      return
    end
    local named = scheme.parts:where(function(part) return part:optional "partner" ~= nil end)
    local paid, cost = named:sum "amount", scheme.expenditure
    if paid > cost then
      finding { severity = "error", at = scheme:place "parts", given = paid, expected = cost,
                says = "Payers of scheme {scheme_id} add up to {given}, and it costs {expected}: some of it is claimed twice" }
    elseif paid < cost then
      finding { severity = "query", at = scheme:place "parts", given = paid, expected = cost,
                says = "Payers are named for {given} of the {expected} that scheme {scheme_id} costs" }
    end
  end,
}

condition {
  id = "DUTY-009", title = "The needs assessment that the pool follows is named", severity = "query", forms = forms, source = duty,
  remedy = "Name the joint strategic needs assessment that the use of the pool follows.",
  check = function(budget)
    proposals.say(budget, "joint_plan", "needs_assessment_ref", { expected = "a needs assessment", says = "The local needs assessment is not named" })
  end,
}

condition {
  id = "DUTY-010", title = "Whether there is one commissioner, and what is commissioned jointly", severity = "info", forms = forms, source = duty,
  remedy = "Nothing is to be done.",
  check = function(budget)
    local charge, spent = budget.charge, budget.schemes:sum "expenditure"
    local one = #charge == 1 and charge[1]:optional "partner"
    determination { name = "one commissioner", of = one and one ~= "HWB" and one.code or nil, value = one and "yes" or "no", working = "in charge: " .. (#charge > 0 and #charge or "nobody") }
    local joint = budget.schemes:where { commissioned_by = "joint" }:sum "expenditure"
    determination { name = "share commissioned jointly", value = proposals.share(joint, spent, budget:place "schemes"),
                    working = tostring(joint) .. " of " .. tostring(spent) }
  end,
}
