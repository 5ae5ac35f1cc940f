-- Quarterly returns: what came in and went out, against the plan and against what was told before.
local change = require "lib.change"
local quarters = require "lib.quarters"

local form = { "bcf-quarterly" }
local template = "2015-16 quarterly template: budget arrangements, income and expenditure"

condition {
  id = "BCF-QTR-001", title = "The quarter is one of the year", severity = "error", forms = form, source = template,
  remedy = "Correct the quarter or the financial year.",
  check = function(budget)
    equal { at = budget:place "quarter", given = budget.quarter:year(), exactly = budget.financial_year,
            says = "The quarter is one of {given}, and the return is for {expected}" }
  end,
}

condition {
  id = "BCF-QTR-002", title = "What came in and went out in the quarter is given", severity = "error", forms = form, source = template,
  remedy = "Enter the quarter's income and expenditure; where there was none, enter 0.", after = { "BCF-QTR-001" },
  check = function(budget)
    local row = budget.account:one_or_none { quarter = budget.quarter }
    if not row then
      finding { at = budget:place "account", given = "no row", expected = budget.quarter, says = "There is no row for {expected}" }
      return
    end
    for _, name in ipairs { "actual_income", "actual_expenditure" } do
      filled { at = row:place(name), given = row:optional(name), quarter = budget.quarter,
               says = "The " .. (name == "actual_income" and "income" or "expenditure") .. " of {quarter} is not given" }
    end
  end,
}

condition {
  id = "BCF-QTR-003", title = "Figures of earlier quarters stand as they were accepted", severity = "query", forms = form, source = template,
  remedy = "Correct the figure, or explain why it changed after it was accepted.", needs = { previous = true },
  each = function(_, given) return given.previous.account end,
  check = function(before, budget)
    local now = budget.account:one_or_none { quarter = before.quarter }
    if not now and before.quarter:year() ~= budget.financial_year then stop.not_applicable "The quarter is one of another year." end
    if not now then
      finding { at = budget:place "account", given = "no row", expected = before.quarter, says = "{expected} was in the accepted return before, and is not in this one" }
      return
    end
    for _, name in ipairs { "actual_income", "actual_expenditure" } do
      local was, is = before:optional(name), now:optional(name)
      if was and not (is and is:equals(was)) then
        finding { at = now:place(name), given = is or "nothing", expected = was, says = "{given} is given, and {expected} was accepted before" }
      end
    end
  end,
}

condition {
  id = "BCF-QTR-004", title = "What was paid for performance stays paid", severity = "error", forms = form,
  years = { from = "2014-15", to = "2015-16" }, source = "HFMA, The right chemistry: each quarter is paid once, and nothing is clawed back",
  remedy = "Enter the payment as it was accepted before; nothing is clawed back.", needs = { previous = true },
  each = function(_, given)
    local plan = given.previous:optional "p4p"
    return plan and plan.payments or {}
  end,
  check = function(before, budget)
    local plan = budget:optional "p4p"
    local now = plan and plan.payments:one_or_none { quarter = before.quarter }
    if now then
      equal { at = now:place "amount", given = now.amount, exactly = before.amount, says = "{given} is given as paid, and {expected} was accepted before" }
    else
      finding { at = plan and plan:place "payments" or budget:place "p4p", given = "no payment", expected = before.amount,
                says = "{expected} was accepted as paid before, and is not in this return" }
    end
  end,
}

condition {
  id = "BCF-QTR-005", title = "Spending is near the plan", severity = "query", forms = form, parameters = { "quarter_share" },
  source = "Precedent agreements: a forecast difference is explained to the partners", after = { "BCF-QTR-002" },
  remedy = "Correct the spending, or explain why it is so far from the plan.",
  check = function(budget, given)
    local rows = quarters.upto(budget.account, budget.quarter)
    local spent, planned = rows:sum "actual_expenditure", rows:sum "planned_expenditure"
    if change.beyond(spent, planned, given.parameters.quarter_share) then
      finding { at = rows:place "actual_expenditure", given = spent, expected = planned,
                says = "{given} was spent by the end of the quarter, and {expected} was planned" }
    end
  end,
}

condition {
  id = "BCF-QTR-006", title = "The year's planned money is the accepted plan's", severity = "query", forms = form,
  source = template, needs = { returns = { { form = "bcf-plan", area = "hwb.gss", period = "financial_year" } } },
  remedy = "Correct the planned income and expenditure of the quarters, or explain how the plan changed.",
  check = function(budget, given)
    local plan = given.returns { form = "bcf-plan", area = budget.hwb.gss, year = budget.financial_year }:latest()
    if not plan then stop.no_history "No plan of this year was accepted." end
    for name, exactly in pairs { planned_expenditure = plan.schemes:sum "expenditure", planned_income = plan.income:sum "amount" } do
      equal { at = budget.account:place(name), given = budget.account:sum(name), exactly = exactly,
              says = "The quarters add up to {given}, and the accepted plan to {expected}" }
    end
  end,
}

condition {
  id = "BCF-QTR-007", title = "What is spent so far, and what is expected by the end of the year", severity = "info", forms = form,
  source = template, remedy = "Nothing is to be done.", after = { "BCF-QTR-002" },
  check = function(budget)
    local rows = quarters.upto(budget.account, budget.quarter)
    local spent, planned, expected = rows:sum "actual_expenditure", rows:sum "planned_expenditure", zero
    determination { name = "spent so far", value = spent, working = tostring(spent) .. " of " .. tostring(planned) .. " planned by the end of the quarter" }
    for _, row in budget.account:each() do
      expected = expected + (row:optional "actual_expenditure" or row:optional "forecast_expenditure" or row.planned_expenditure)
    end
    determination { name = "expected for the year", value = expected,
                    working = "What was spent, then what is forecast, of " .. tostring(budget.account:sum "planned_expenditure") .. " planned" }
  end,
}

condition {
  id = "BCF-QTR-008", title = "Funds are pooled, or a day is set", severity = "query", forms = form, source = template,
  remedy = "Say that the funds are pooled by an agreement, or on which day they will be.",
  check = function(budget)
    local pooled = budget.budget_arrangements
    if not pooled.pooled then
      filled { at = pooled:place "by", given = pooled:optional "by", says = "Funds are not pooled yet, and no day is set" }
    end
  end,
}
