-- Money inside the fund that is kept for a purpose.
local areas_out_of_hospital = { "mental_health", "community_health", "continuing_care", "primary_care", "social_care", "public_health", "other" }

condition {
  id = "BCF-RING-001", title = "The NHS contribution to social care is maintained", severity = "error", forms = { "bcf-plan" },
  years = { from = "2017-18", to = "2024-25" }, after = { "POOL-ID-001", "POOL-UNIT-001" },
  source = "National condition 2: in line with the uplift of the NHS minimum; published amounts",
  remedy = "Raise the spending on social care that is paid from the NHS minimum.",
  check = function(budget, given)
    local due = given.registers.allocations:rows { area = budget.hwb.gss, year = budget.financial_year, source = "social_care_maintenance" }
    local schemes = budget.schemes:where { area_of_spend = "social_care", source_of_funding = "nhs_minimum" }
    at_least { at = schemes:place "expenditure", given = schemes:sum "expenditure", least = due:sum "amount",
               says = "{given} of the NHS minimum goes to social care, and at least {expected} is to" }
  end,
}

condition {
  id = "BCF-RING-002", title = "Enough goes to out-of-hospital services that the NHS commissions", severity = "error", forms = { "bcf-plan" },
  years = { from = "2016-17", to = "2024-25" }, after = { "POOL-ID-001", "POOL-UNIT-001" },
  source = "National condition 7 of 2016-17, condition 3 from 2017-18; the test of areas is from memory",
  remedy = "Raise the spending on out-of-hospital services that the NHS commissions from the NHS minimum.",
  check = function(budget, given)
    local due = given.registers.allocations:rows { area = budget.hwb.gss, year = budget.financial_year, source = "out_of_hospital" }
    local schemes = budget.schemes:where { source_of_funding = "nhs_minimum", area_of_spend = areas_out_of_hospital }
    local spent = schemes:where { commissioned_by = "nhs" }:sum "expenditure"
    for _, scheme in schemes:where { commissioned_by = "joint" }:each() do
      spent = spent + scheme.expenditure:of(scheme.joint_nhs_percent, "down")
    end
    at_least { at = schemes:place "expenditure", given = spent, least = due:sum "amount",
               says = "The NHS commissions {given} of out-of-hospital services from its minimum, and at least {expected} is to be" }
  end,
}

condition {
  id = "BCF-RING-003", title = "Out-of-hospital schemes are not acute care", severity = "error", forms = { "bcf-plan" },
  years = { from = "2016-17", to = "2024-25" },
  source = "National condition 7 of 2016-17, condition 3 from 2017-18; from memory",
  remedy = "Correct the area of spend, or take the purpose 'out of hospital' off the scheme.",
  each = function(budget) return budget.schemes:where(function(scheme) return scheme.purposes:has "out_of_hospital" end) end,
  check = function(scheme)
    one_of { at = scheme:place "area_of_spend", given = scheme.area_of_spend, of = areas_out_of_hospital,
             says = "A scheme for out-of-hospital services is marked as {given}" }
  end,
}

-- A purpose for which an amount was agreed locally: where none is known, any amount will do.
local function purpose(id, kind, what, source)
  condition {
    id = id, title = "Money is kept for " .. what, severity = "query", forms = { "bcf-plan", "bcf-schemes" }, years = { from = "2015-16", to = "2016-17" },
    source = source, after = { "POOL-UNIT-001" },
    remedy = "Add or raise the scheme of this type, or explain where the money is.",
    check = function(budget, given)
      local agreed = given.registers.agreed_amounts:row_or_none { area = budget.board, year = budget.financial_year, purpose = kind }
      local schemes = budget.schemes:where { scheme_type = kind }
      at_least { at = schemes:place "expenditure", given = schemes:sum "expenditure", least = agreed and agreed.amount or gbp "0.01",
                 says = "{given} is planned for " .. what .. ", and at least {expected} is expected" }
    end,
  }
end

purpose("BCF-RING-004", "carers", "carers' breaks", "Spending round 2013: £130 million for carers' breaks inside the fund")
purpose("BCF-RING-005", "reablement", "reablement", "Spending round 2013: £300 million for reablement inside the fund")
purpose("BCF-RING-006", "care_act", "the Care Act", "2016-17 policy framework: £135 million in 2015-16, £138 million in 2016-17")

condition {
  id = "BCF-RING-007", title = "The disabled facilities grant is spent on what it is for, as capital", severity = "error",
  forms = { "bcf-plan", "bcf-schemes" }, years = { from = "2015-16" },
  source = "Planning requirements, Annex A; Local Government Act 2003 s31",
  remedy = "Correct the scheme's type, mark it as capital, or pay for it from another source.",
  each = function(budget) return budget.schemes:where { source_of_funding = "dfg" } end,
  check = function(scheme)
    one_of { at = scheme:place "scheme_type", given = scheme.scheme_type, of = { "dfg", "housing" },
             says = "The grant pays for a scheme of the type {given}; it may pay for {expected}" }
    equal { at = scheme:place "capital", given = scheme.capital, exactly = true, says = "The grant is for capital only" }
  end,
}

condition {
  id = "BCF-RING-008", title = "A county passes the disabled facilities grant to its districts", severity = "error",
  forms = { "bcf-plan" }, years = { from = "2016-17" }, after = { "POOL-ID-001" }, parameters = { "dfg_passed_within" },
  source = "2017-19 planning requirements, Annex A: in full, unless jointly agreed otherwise",
  remedy = "List what each district is paid and when, or say that the districts agreed that the county keeps it.",
  check = function(budget, given)
    local year = budget.financial_year
    local board = given.registers.health_and_wellbeing_boards:row { gss = budget.hwb.gss, on = year:starts() }
    if not board.two_tier then stop.not_applicable "The council is a district itself." end
    if budget:optional "dfg_retained_by_agreement" then return end
    equal { at = budget.dfg_passed:place "amount", given = budget.dfg_passed:sum "amount", exactly = budget.income:where { source = "dfg" }:sum "amount",
            says = "{given} is passed on of {expected}" }
    for _, payment in budget.dfg_passed:each() do
      at_most { at = payment:place "on", given = payment.on, most = year:starts():plus(given.parameters.dfg_passed_within),
                says = "Passed on {given}, after {expected}" }
    end
  end,
}
