-- Payment for performance, 2015-16 only: a part of the fund is paid for fewer emergency admissions.
local p4p = require "lib.p4p"

local hfma = "HFMA, The right chemistry"
local only = { from = "2015-16", to = "2015-16" }

-- What is paid is told by the quarterly returns as well; the first payment by that of the last quarter of 2014-15.
local paying = { "bcf-plan", "bcf-quarterly", "bcf-year-end" }
local from_the_first = { from = "2014-15", to = "2015-16" }

condition {
  id = "BCF-P4P-001", title = "The baseline and the plan are given for the four quarters", severity = "error",
  forms = { "bcf-plan" }, years = only, source = "Better Care Fund Part 2 template; quarters from memory",
  remedy = "Give the baseline and the plan for the last quarter of the year before and the first three of the year.",
  check = function(budget, given)
    local plan, year = budget.p4p, budget.financial_year
    equal { at = plan:place "planned", given = #plan.quarters, exactly = 4, says = "The plan is given for {given} quarters" }
    for _, quarter in plan.quarters:each() do
      if not p4p.pays_in(year, quarter.performance) then
        finding { at = quarter:place "planned", given = quarter.performance, expected = "a quarter of the calendar year in which the year begins",
                  says = "{given} is none of the four quarters that are paid for" }
      elseif not quarter:optional "baseline" then
        finding { at = plan:place "baseline", given = "nothing", expected = "the same quarter a year earlier",
                  says = "There is no baseline for " .. tostring(quarter.performance) }
      end
    end
    for of, basis in plan.baseline_basis:each() do
      if basis == "actual" and of:ends() >= given.received:date() then
        finding { at = plan.baseline_basis:place(of), given = basis, expected = "provisional or plan",
                  says = "The quarter had not ended when the plan came in, so its figure cannot be an actual one" }
      end
    end
  end,
}

condition {
  id = "BCF-P4P-002", title = "Admissions fall by what is expected, or there is a credible case", severity = "query",
  forms = { "bcf-plan" }, years = only, source = hfma .. "; Health Service Journal 5074852",
  parameters = { "p4p_least_target" }, after = { "BCF-P4P-001", "POOL-UNIT-003" },
  remedy = "Raise the target, or explain why less is credible here.",
  each = p4p.plan,
  check = function(plan, _, given)
    at_least { at = plan:place "target_reduction", given = plan.target_reduction, least = given.parameters.p4p_least_target,
               says = "The target is {given} and at least {expected} is expected" }
  end,
}

condition {
  id = "BCF-P4P-003", title = "The pot is the target's admissions at their value, up to the area's share", severity = { "error", "query" },
  forms = { "bcf-plan" }, years = only, source = "Better Care Fund Part 2 template, 18 August 2014; value from memory",
  parameters = { "p4p_unit_value" }, after = { "BCF-P4P-001", "POOL-UNIT-003", "POOL-ID-001", "POOL-UNIT-001" },
  remedy = "Correct the pot, the value of an admission, or the target.",
  check = function(budget, given)
    local plan = budget:optional "p4p" or stop.not_applicable "There is no plan of payment for performance."
    local value = given.parameters.p4p_unit_value
    local share = given.registers.allocations:rows { area = budget.hwb.gss, year = budget.financial_year, source = "share_of_1bn" }:sum "amount"
    local fewer = whole(plan.baseline:sum(), plan.target_reduction, "up")
    equal { at = plan:place "unit_value", given = plan:optional "unit_value" or value, exactly = value,
            says = "An avoided admission is valued at {given}, and {expected} is the value of the year" }
    equal { at = plan:place "fund_total", given = plan.fund_total, exactly = smallest(value:times(fewer), share),
            says = "The pot is {given}; " .. fewer .. " fewer admissions give {expected}" }
    equal { severity = "query", at = plan:place "planned", given = plan.quarters:sum "planned_reduction", exactly = fewer,
            says = "The quarters plan {given} fewer admissions, and the target means {expected}" }
  end,
}

condition {
  id = "BCF-P4P-004", title = "The rest of the area's share goes to out-of-hospital services", severity = "error",
  forms = { "bcf-plan" }, years = only, source = hfma, after = { "BCF-P4P-001", "POOL-UNIT-003", "BCF-P4P-003", "POOL-ID-001", "POOL-UNIT-001" },
  remedy = "Correct the remainder: the area's share of the £1 billion less the pot.",
  check = function(budget, given)
    local plan = budget:optional "p4p" or stop.not_applicable "There is no plan of payment for performance."
    local share = given.registers.allocations:rows { area = budget.hwb.gss, year = budget.financial_year, source = "share_of_1bn" }:sum "amount"
    if equal { at = plan:place "share_of_1bn", given = plan:optional "share_of_1bn" or share, exactly = share } then
      equal { at = plan:place "out_of_hospital_residual", given = plan.out_of_hospital_residual, exactly = share - plan.fund_total }
    end
  end,
}

condition {
  id = "BCF-P4P-005", title = "Each quarter's payment is what the agreed variant gives", severity = "error",
  forms = paying, years = from_the_first, source = hfma, parameters = { "p4p_variant" },
  after = { "BCF-P4P-001", "POOL-UNIT-003", "BCF-P4P-003", "BCF-P4P-007" },
  remedy = "Correct the payment of the quarter; the working shows how it was reached.",
  each = p4p.quarters,
  check = function(quarter, budget, given)
    local due, _, working = p4p.earned(budget, quarter, given)
    local paid = quarter:optional "paid"
    if not paid then stop.not_applicable "Nothing has been paid for this quarter." end
    equal { at = quarter:place "paid", given = paid, exactly = due, says = working .. " give {expected}, and {given} was paid" }
  end,
}

condition {
  id = "BCF-P4P-006", title = "Nothing is released before its payment point", severity = "error",
  forms = paying, years = from_the_first, source = hfma .. ": the first payment is in May 2015", after = { "BCF-P4P-001", "POOL-UNIT-003" },
  remedy = "Take the payment out of the return until the quarter may be paid, or correct its date.",
  each = p4p.quarters,
  check = function(quarter, budget, given)
    if not quarter:optional "paid" then stop.not_applicable "Nothing has been paid for this quarter." end
    local point = given.registers.payment_points:row { quarter = quarter.performance }
    if at_least { at = quarter:place "paid_on", given = quarter.paid_on, least = point.on, says = "Paid on {given}, before {expected}" } then
      at_most { at = quarter:place "paid_on", given = quarter.paid_on, most = given.received:date(), says = "Paid on {given}, after the return came in" }
    end
    if not quarter:optional "actual" then
      finding { at = quarter:place "paid", given = quarter.paid, expected = "the quarter's admissions first",
                says = "{given} was paid before the quarter's admissions are known" }
    end
  end,
}

condition {
  id = "BCF-P4P-007", title = "Payments are not below nought, nor above the pot", severity = "error",
  forms = paying, years = from_the_first, source = "Better Care Fund Part 2 template; from memory", after = { "BCF-P4P-001", "POOL-UNIT-003" },
  remedy = "Correct the payments; nothing is clawed back, and the pot is all there is.",
  each = p4p.plan,
  check = function(plan)
    for _, payment in plan.payments:each() do
      at_least { at = payment:place "amount", given = payment.amount, least = gbp "0", says = "A payment of {given} would be a clawback" }
    end
    at_most { at = plan:place "payments", given = plan.payments:sum "amount", most = plan.fund_total, says = "{given} is paid out of a pot of {expected}" }
  end,
}

condition {
  id = "BCF-P4P-008", title = "A changed target is approved, and near the operational plan", severity = "query",
  forms = { "bcf-plan" }, years = only, source = "NHS England's letter of March 2015", after = { "BCF-P4P-001", "POOL-UNIT-003" },
  parameters = { "p4p_operational_gap" },
  remedy = "Give the day on which NHS England approved the change, or explain the difference.",
  check = function(budget, given)
    local plan = budget:optional "p4p" or stop.not_applicable "There is no plan of payment for performance."
    local target, approved = plan.target_reduction, plan:optional "approved_target"
    if approved and approved ~= target and not plan:optional "target_change_approved_on" then
      finding { at = plan:place "target_reduction", given = target, expected = approved, says = "The target is {given}, and {expected} was approved" }
    end
    local operational = budget:optional "operational_plan"
    if not operational then return end
    local gap = largest(target - operational.reduction, operational.reduction - target)
    if gap > given.parameters.p4p_operational_gap then
      finding { at = plan:place "target_reduction", given = target, expected = operational.reduction,
                says = "The target is {given}, and the operational plan has {expected}" }
    end
  end,
}

condition {
  id = "BCF-P4P-009", title = "The target says whether it is gross or net of growth", severity = "query",
  forms = { "bcf-plan" }, years = only, source = "Health Service Journal 5074852: 3.75% gross and 1.75% net of growth in one area", after = { "BCF-P4P-001", "POOL-UNIT-003" },
  remedy = "Say whether the target is gross or net, and which growth it assumes when it is net.",
  each = p4p.plan,
  check = function(plan)
    if plan.target_basis == "net" then filled { at = plan:place "growth_assumed", given = plan:optional "growth_assumed" } end
  end,
}

condition {
  id = "BCF-P4P-010", title = "Money that is not earned goes to NHS services, as the board agreed", severity = "error",
  forms = { "bcf-plan" }, years = only, source = "House of Lords written answer HL838", after = { "BCF-P4P-001", "POOL-UNIT-003" },
  remedy = "Say that money not earned goes to NHS services, and on which day the board agreed to it.",
  each = p4p.plan,
  check = function(plan, _, given)
    local unearned = plan.unearned
    equal { at = unearned:place "destination", given = unearned.destination, exactly = "nhs_services" }
    if filled { at = unearned:place "agreed_by_hwb", given = unearned:optional "agreed_by_hwb" } then
      at_most { at = unearned:place "agreed_by_hwb", given = unearned.agreed_by_hwb, most = given.received:date(), says = "Agreed on {given}, after the return came in" }
    end
  end,
}

condition {
  id = "BCF-P4P-011", title = "What each quarter earns and what is held", severity = "info",
  forms = paying, years = from_the_first, source = hfma, parameters = { "p4p_variant" }, after = { "BCF-P4P-001", "POOL-UNIT-003", "BCF-P4P-003" },
  remedy = "Nothing is to be done.",
  each = p4p.quarters,
  check = function(quarter, budget, given)
    local plan = budget.p4p
    if not quarter:optional "actual" then
      local sum = p4p.sums(plan)[p4p.place_of(plan, quarter)]
      determination { name = "held", period = quarter.performance, value = sum, held = true, working = "Its part of the pot, until its admissions are known" }
    end
    local due, sum, working = p4p.earned(budget, quarter, given)
    determination { name = "earned", period = quarter.performance, value = due,
                    working = working .. ", so " .. tostring(due) .. " of " .. tostring(sum) .. "; nothing is clawed back" }
    local _, last = p4p.place_of(plan, quarter)
    if not last then return end
    local all = p4p.earned_in_all(budget, given)
    determination { name = "unearned", value = plan.fund_total - all,
                    working = "The pot of " .. tostring(plan.fund_total) .. " less " .. tostring(all) .. " earned in all" }
  end,
}
