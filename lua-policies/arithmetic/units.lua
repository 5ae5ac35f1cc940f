-- Units: pounds or thousands, and shares that make a whole.
condition {
  id = "POOL-UNIT-001", title = "Amounts are not in thousands by mistake", severity = "query", forms = { "bcf-plan" },
  years = { from = "2015-16" },
  source = "NHS England's guidance for the adult social care finance return contradicts itself on units",
  parameters = { "unit_suspicion" }, after = { "POOL-ID-001" },
  remedy = "Enter whole pounds, or set the units of money to GBP000; else explain why the plan is so small.",
  check = function(budget, given)
    local due = given.registers.allocations:rows { area = budget.hwb.gss, year = budget.financial_year, source = "nhs_minimum" }
    local pooled = budget.income:sum "amount"
    if pooled:times(given.parameters.unit_suspicion) < due:sum "amount" then
      finding { at = budget:place "units", given = pooled, expected = due:sum "amount",
                says = "All income is {given} where {expected} is due at least: these look like thousands" }
    end
  end,
}

condition {
  id = "POOL-UNIT-005", title = "The shares of a joint scheme make 100%", severity = "error", forms = { "bcf-plan", "bcf-schemes" },
  source = "Better Care Fund planning template; from memory", after = { "POOL-UNIT-003" },
  remedy = "Correct the NHS's or the council's share of the scheme.",
  each = "schemes",
  check = function(scheme)
    local nhs, council = scheme:optional "joint_nhs_percent", scheme:optional "joint_la_percent"
    if not nhs and not council then stop.not_applicable "The scheme gives no shares." end
    equal { at = scheme:place "joint_nhs_percent", given = scheme.joint_nhs_percent + scheme.joint_la_percent, exactly = rate "100%",
            says = "The two shares add up to {given}" }
  end,
}
