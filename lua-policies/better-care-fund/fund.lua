-- Who must pay what into the fund.
local owed = require "lib.owed"
local partners = require "lib.partners"

condition {
  id = "BCF-FUND-001", title = "Each CCG or ICB pools at least its published minimum",
  severity = "error", forms = { "bcf-plan" }, years = { from = "2015-16" },
  source = "NHS Act 2006 s223GA; published allocations", after = { "POOL-ID-001", "POOL-ID-002", "POOL-ID-003", "POOL-UNIT-001" },
  remedy = "Raise the contributions marked 'minimum' among the income, or correct the CCG's code.",
  each = function(budget, given)                  -- who must pay, not who did
    return given.registers.allocations:rows { area = budget.hwb.gss, year = budget.financial_year, source = "nhs_minimum" }
  end,
  check = function(due, budget, given)
    local lines = budget.income:where { source = "nhs_minimum" }:where(function(line) return line.partner.code == due.partner end)
    at_least { at = lines:place "amount", given = lines:sum "amount", least = due.amount,
               who = partners.name(due.partner, given.registers, budget.financial_year:ends()),
               says = "{who} pools {given}; its published minimum for {due.year} is {expected}" }
  end,
}

-- Our own register, and no fault of the return: it is said as data of ours that is missing. The register
-- says the same of all its areas when it is read (`rises` in registers.lua).
condition {
  id = "BCF-FUND-005", title = "The published minimum rose as was announced", severity = "warning", forms = { "bcf-plan" },
  years = { from = "2021-22", to = "2023-24" }, parameters = { "nhs_uplift" }, after = { "POOL-ID-001" },
  source = "5.3% in 2021-22, 5.66% in 2022-23 and 2023-24", remedy = "Nothing is to be done: the administrator looks at the register of allocations.",
  check = function(budget, given)
    local function minimum(year)
      return given.registers.allocations:rows_or_none { area = budget.hwb.gss, year = year, source = "nhs_minimum" }:sum "amount"
    end
    local now, before = minimum(budget.financial_year), minimum(budget.financial_year:previous())
    if before:is_zero() then stop.not_applicable "The minimum of the year before is not known." end
    local least = before + before:of(given.parameters.nhs_uplift, "down") - gbp "1"
    if now < least then
      stop.no_reference("allocations has a minimum of " .. tostring(now) .. " for " .. tostring(budget.financial_year) .. ", and the rise on " ..
        tostring(before) .. " the year before makes it " .. tostring(least) .. " at least.")
    end
  end,
}

-- A grant that is pooled to the pound: not less, and not more either.
local function grant(id, what, source, years, remedy)
  condition {
    id = id, title = "The " .. what .. " is pooled exactly", severity = "error", forms = { "bcf-plan" }, years = years,
    source = remedy.source, after = { "POOL-ID-001", "POOL-UNIT-001" }, remedy = remedy.text,
    check = function(budget, given)
      local due = given.registers.allocations:rows { area = budget.hwb.gss, year = budget.financial_year, source = source }
      local lines = budget.income:where { source = source }
      equal { at = lines:place "amount", given = lines:sum "amount", exactly = due:sum "amount",
              says = "The " .. what .. " is {expected}, and {given} is pooled as such" }
    end,
  }
end

grant("BCF-FUND-002", "disabled facilities grant", "dfg", { from = "2015-16" },
  { source = "Planning requirements, Annex A; Local Government Act 2003 s31",
    text = "Pool the grant as it was determined; put what comes on top on a line of its own, as an additional contribution." })

grant("BCF-FUND-006", "social care capital grant", "social_care_capital", { from = "2015-16", to = "2015-16" },
  { source = "Social care capital grant determination 2015-16",
    text = "Pool the grant as it was determined; put what comes on top on a line of its own, as an additional contribution." })

grant("BCF-FUND-009", "winter pressures grant", "winter_pressures", { from = "2018-19", to = "2019-20" },
  { source = "2019-20 planning requirements; 2018-19 from memory. From 2020-21 it is a part of the Improved Better Care Fund",
    text = "Pool the grant as it was determined." })

condition {
  id = "BCF-FUND-003", title = "The council's own Better Care grant is pooled exactly", severity = "error", forms = { "bcf-plan" },
  years = { from = "2017-18" }, after = { "POOL-ID-001", "POOL-UNIT-001" },
  source = "Grant determinations 31/6644 and 31/7245; from 2025-26 the Local Authority Better Care Grant",
  remedy = "Pool the grant as it was determined.",
  check = function(budget, given)
    local source = budget.financial_year >= year "2025-26" and "labcg" or "ibcf"
    local due = given.registers.allocations:rows { area = budget.hwb.gss, year = budget.financial_year, source = source }
    local lines = budget.income:where { source = source }
    equal { at = lines:place "amount", given = lines:sum "amount", exactly = due:sum "amount",
            what = source == "labcg" and "Local Authority Better Care Grant" or "Improved Better Care Fund",
            says = "The {what} is {expected}, and {given} is pooled as such" }
  end,
}

condition {
  id = "BCF-FUND-004", title = "Both parts of the discharge fund are pooled", severity = "error", forms = { "bcf-plan" },
  years = { from = "2022-23", to = "2024-25" }, after = { "POOL-ID-001", "POOL-UNIT-001" },
  source = "Adult social care discharge fund addendum", remedy = "Add the part that is missing or too small.",
  each = function(budget, given)
    local parts = {}                              -- of all boards together, where an area has several
    for i, source in ipairs { "discharge_la", "discharge_icb" } do
      local rows = given.registers.allocations:rows { area = budget.hwb.gss, year = budget.financial_year, source = source }
      parts[i] = { source = source, amount = rows:sum "amount" }
    end
    return parts
  end,
  check = function(due, budget)
    local lines = budget.income:where { source = due.source }
    at_least { at = lines:place "amount", given = lines:sum "amount", least = due.amount,
               part = due.source == "discharge_la" and "The council's part" or "The integrated care board's part",
               says = "{part} of the discharge fund is {expected}, and {given} is pooled" }
  end,
}

condition {
  id = "BCF-FUND-007", title = "Additional money does not count towards the minimum", severity = "error", forms = { "bcf-plan" },
  years = { from = "2015-16" },
  source = "Better Care Fund planning template: minimum and additional contributions stand apart; from memory",
  remedy = "Mark the line as a minimum contribution, or as additional money, whichever it is.",
  each = function(budget) return budget.income:where { source = { "nhs_additional", "la_additional", "carried_forward" } } end,
  check = function(line)
    if line:optional "counts_towards" == "minimum" then
      finding { at = line:place "counts_towards", given = "minimum", expected = "additional",
                says = "Additional money is marked as if it counted towards the minimum" }
    end
  end,
}

condition {
  id = "BCF-FUND-008", title = "What each partner owes and pools", severity = "info", forms = { "bcf-plan" }, years = { from = "2015-16" },
  source = "NHS Act 2006 s223GA; published allocations", remedy = "Nothing is to be done.", after = { "POOL-ID-001" },
  each = function(budget, given)
    return owed.rows(given.registers.allocations:rows_or_none { area = budget.hwb.gss, year = budget.financial_year })
  end,
  check = function(due, budget, given)
    local function figure(name, value, working)
      determination { name = name, of = due.partner, of_name = partners.name_alone(due.partner, given.registers, budget.financial_year:ends()),
                      value = value, working = working }
    end
    local lines = budget.income:where(function(line) return line.partner.code == due.partner end)
    local pooled = (due.sources and lines:where { source = due.sources } or lines):sum "amount"
    figure(due.what, due.amount, due.working)
    figure("pooled", pooled, due.pooled)
    figure("above the " .. due.what, pooled - due.amount, tostring(pooled) .. " less " .. tostring(due.amount))
  end,
}
