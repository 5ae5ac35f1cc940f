-- Year-end returns: what was received and spent, reconciled with the plan, the quarters and the pools' balances.
local change = require "lib.change"
local partners = require "lib.partners"
local quarters = require "lib.quarters"

local form = { "bcf-year-end" }
local reconciled = "Policy statement 2020-21: reconciliation at the end of the year; year-end templates from memory"

condition {
  id = "BCF-YEAR-001", title = "Each scheme's planned spending is the accepted plan's", severity = "query", forms = form, source = reconciled,
  remedy = "Enter what the accepted plan says, or explain how it was changed.",
  needs = { returns = { { form = "bcf-plan", area = "hwb.gss", period = "financial_year" } } },
  each = function(budget, given)
    local plan = given.returns { form = "bcf-plan", area = budget.hwb.gss, year = budget.financial_year }:latest()
    if not plan then stop.no_history "No plan of this year was accepted." end
    return plan.schemes
  end,
  check = function(planned, budget)
    local now = budget.schemes:one_or_none { scheme_id = planned.scheme_id }
    if not now then
      finding { at = budget:place "schemes", given = "no " .. planned.scheme_id, expected = planned.scheme_id, amount = planned.expenditure,
                says = "Scheme {expected} of the accepted plan, of {amount}, is not in this return" }
    else
      equal { at = now:place "expenditure", given = now.expenditure, exactly = planned.expenditure,
              says = "{given} is given as planned, and the accepted plan has {expected}" }
    end
  end,
}

condition {
  id = "BCF-YEAR-002", title = "A scheme that spent much more or less than planned is explained", severity = "query",
  forms = { "bcf-year-end", "bcf-outturn" }, parameters = { "outturn_scheme_amount", "outturn_scheme_share" },
  source = "The ministry's revenue returns ask about large differences; the amounts are our choice", after = { "POOL-UNIT-003" },
  remedy = "Correct what was spent, or explain the difference.",
  each = "schemes",
  check = function(scheme, _, given)
    local spent, planned = scheme.actual_expenditure, scheme.expenditure
    if largest(spent - planned, planned - spent) > given.parameters.outturn_scheme_amount
        and change.beyond(spent, planned, given.parameters.outturn_scheme_share) then
      finding { at = scheme:place "actual_expenditure", given = spent, expected = planned, says = "{given} was spent, and {expected} was planned" }
    end
  end,
}

condition {
  id = "BCF-YEAR-003", title = "Each pool closes with what it opened with, and received, less what it spent", severity = "error", forms = form,
  source = reconciled .. "; SI 2000/617 regulation 7(4): an annual return of income and expenditure", after = { "POOL-UNIT-003" },
  remedy = "Correct the pool's balances, what it received, or what its schemes spent.",
  each = "pools",
  check = function(pool, budget)
    local received = budget.income:where { pool = pool }:sum "actual"
    local spent = budget.schemes:where { pool = pool }:sum "actual_expenditure"
    local opening = pool:optional "opening" or zero
    equal { at = pool:place "closing", given = pool.closing, exactly = opening + received - spent, opening = opening, received = received, spent = spent,
            says = "The pool closes with {given}; {opening} at the start, {received} received and {spent} spent leave {expected}" }
  end,
}

condition {
  id = "BCF-YEAR-004", title = "Each CCG or ICB has paid its published minimum", severity = "error", forms = form, years = { from = "2015-16" },
  source = "NHS Act 2006 s223GA; published allocations", after = { "POOL-ID-001", "POOL-ID-002", "POOL-UNIT-003" },
  remedy = "Correct what was received from the NHS minimum, or have the rest paid into the pool.",
  each = function(budget, given)
    return given.registers.allocations:rows { area = budget.hwb.gss, year = budget.financial_year, source = "nhs_minimum" }
  end,
  check = function(due, budget, given)
    local lines = budget.income:where { source = "nhs_minimum" }:where(function(line) return line.partner.code == due.partner end)
    at_least { at = lines:place "actual", given = lines:sum "actual", least = due.amount,
               who = partners.name(due.partner, given.registers, budget.financial_year:ends()),
               says = "{who} paid {given}; its published minimum for {due.year} is {expected}" }
  end,
}

condition {
  id = "BCF-YEAR-005", title = "What social care got can be seen", severity = "error", forms = { "bcf-year-end", "bcf-outturn" },
  years = { from = "2020-21" }, source = "Policy statement 2020-21: reconciliation at the end of the year with the part of social care; later years from memory",
  remedy = "Enter the scheme's area of spend.",
  each = "schemes",
  check = function(scheme)
    filled { at = scheme:place "area_of_spend", given = scheme:optional "area_of_spend" }
  end,
}

condition {
  id = "BCF-YEAR-006", title = "What was received and spent, and what is left", severity = "info", forms = form, source = reconciled,
  remedy = "Nothing is to be done.",
  check = function(budget)
    local received, spent = budget.income:sum "actual", budget.schemes:sum "actual_expenditure"
    local social = budget.schemes:where { area_of_spend = "social_care" }:sum "actual_expenditure"
    determination { name = "received", value = received, working = "Of " .. tostring(budget.income:sum "amount") .. " planned" }
    determination { name = "spent", value = spent, working = "Of " .. tostring(budget.schemes:sum "expenditure") .. " planned" }
    determination { name = "spent on social care", value = social, working = "Schemes of that area of spend" }
    determination { name = "not spent", value = received - spent, working = tostring(received) .. " received less " .. tostring(spent) .. " spent" }
  end,
}

condition {
  id = "BCF-YEAR-007", title = "The year is what its quarters were", severity = "query", forms = form, source = reconciled,
  remedy = "Correct what was received or spent, or explain what changed after the last quarter.",
  needs = { returns = { { form = "bcf-quarterly", area = "hwb.gss" } } },
  check = function(budget, given)
    local last = given.returns { form = "bcf-quarterly", area = budget.hwb.gss }:latest()
    if not last or last.quarter:year() ~= budget.financial_year or not quarters.is_last(last.quarter) then
      stop.no_history "No return of the last quarter of this year was accepted."
    end
    equal { at = budget.income:place "actual", given = budget.income:sum "actual", exactly = last.account:sum "actual_income",
            says = "{given} was received, and the quarters add up to {expected}" }
    equal { at = budget.schemes:place "actual_expenditure", given = budget.schemes:sum "actual_expenditure", exactly = last.account:sum "actual_expenditure",
            says = "{given} was spent, and the quarters add up to {expected}" }
  end,
}

condition {
  id = "BCF-YEAR-008", title = "Each metric has its outcome", severity = "query", forms = form, source = "Year-end templates; from memory",
  remedy = "Enter the year's figure, or explain why there is none yet.",
  each = "metrics",
  check = function(metric)
    filled { at = metric:place "actual", given = metric:optional "actual", metric = metric.id, says = "There is no outcome of {metric}" }
  end,
}

condition {
  id = "BCF-YEAR-009", title = "Ring-fenced grants are spent in full", severity = "query", forms = form, years = { from = "2015-16" },
  source = "Grant determinations under the Local Government Act 2003 s31; the ministry's revenue returns check the public health grant so",
  after = { "POOL-UNIT-003" }, remedy = "Correct what was spent from the grant, or explain what happens with the rest.",
  check = function(budget)
    for _, source in ipairs { "dfg", "social_care_capital", "ibcf", "winter_pressures", "discharge_la", "discharge_icb", "labcg" } do
      local lines, schemes = budget.income:where { source = source }, budget.schemes:where { source_of_funding = source }
      if #lines > 0 or #schemes > 0 then
        equal { at = schemes:place "actual_expenditure", given = schemes:sum "actual_expenditure", exactly = lines:sum "actual",
                says = "{given} was spent of a grant of {expected}" }
      end
    end
  end,
}
