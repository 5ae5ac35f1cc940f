-- A locality's plan.
local proposals = require "lib.proposals"

local statement = "Statement on the Integration Transformation Fund, NHS England and the Local Government Association, 2013"
local forms = { "itf-plan" }

local function share(budget)
  return budget.income:where { source = "itf_share" }
end

condition {
  id = "ITF-001", title = "The plan arrived by the deadline", severity = "query", forms = forms, source = statement,
  parameters = { "itf_deadline" }, remedy = "Explain why the plan came late; sending it again does not mend that.",
  check = function(budget, given)
    on_time { at = budget:place "hwb", given = given.received, by = given.parameters.itf_deadline, says = "The plan arrived at {given}; it was due by {by}" }
  end,
}

condition {
  id = "ITF-002", title = "Every pound of the locality's share is on a scheme", severity = "error", forms = forms, source = statement,
  remedy = "Say how the fund will be used, and put every pound of the share on a scheme with the source 'itf_share', and no more.",
  check = function(budget)
    proposals.say(budget, "pool_use", "text", { expected = "how the fund will be used", says = "The plan does not say how the fund will be used" })
    local lines, schemes = share(budget), budget.schemes:where { source_of_funding = "itf_share" }
    if #lines == 0 then stop.absent(budget:place "income", "No income line has the locality's share of the fund (source 'itf_share').") end
    if lines:sum "amount" <= zero then stop.absent(lines:place "amount", "The locality's share of the fund is nought here, and every locality has one.") end
    equal { at = budget:place "schemes", given = schemes:sum "expenditure", exactly = lines:sum "amount",
            says = "Schemes paid from the share add up to {given}, and the share is {exactly}" }
  end,
}

condition {
  id = "ITF-003", title = "Every national target is addressed, and at least one local target", severity = "error", forms = forms, source = statement,
  remedy = "Add the target that is missing, and say how it will be met.",
  each = function(budget, given)
    local all = { budget }
    for _, measure in given.registers.itf_measures:rows {}:each() do all[#all + 1] = measure end
    return all
  end,
  check = function(measure, budget)
    local national = measure ~= budget
    local targets = budget.targets:where(national and { level = "national", measure = measure.id } or { level = "local" })
    if #targets == 0 then
      finding { at = budget:place "targets", given = "no target", expected = national and measure.id or "a local target",
                what = national and "the national target “" .. measure.title .. "” (" .. measure.id .. ")" or "a local target",
                says = "The plan does not address {what}" }
    end
    for _, target in targets:each() do filled { at = target:place "text", given = target:optional "text", says = "The plan does not say how this target will be met" } end
  end,
}

condition {
  id = "ITF-004", title = "The transfer of 2014-15 is planned, on named priorities", severity = "error", forms = forms, source = statement,
  remedy = "Give the locality's share of the £200m transfer, and divide all of it among named priorities.",
  check = function(budget)
    local transfer = budget:optional "transfer"
    if not transfer then
      finding { at = budget:place "transfer", given = "nothing", expected = "the share of the transfer", says = "The plan says nothing of the transfer of 2014-15" }
      return
    end
    equal { at = transfer:place "year", given = transfer.year, exactly = budget.financial_year:previous(), says = "The transfer is of {exactly}, and the plan says {given}" }
    if transfer.amount <= zero then
      finding { at = transfer:place "amount", given = transfer.amount, expected = "more than nothing",
                says = "The share of the transfer is {given}, and every locality has one" }
      return
    end
    equal { at = transfer:place "amount", given = transfer.priorities:sum "amount", exactly = transfer.amount,
            says = "The priorities add up to {given}, and the transfer is {exactly}" }
    for _, priority in transfer.priorities:each() do
      filled { at = priority:place "name", given = priority:optional "name", says = "A priority of {amount} has no name" }
    end
  end,
}

condition {
  id = "ITF-005", title = "The performance-related share is shown apart", severity = "error", forms = forms, source = statement, after = { "ITF-002" },
  remedy = "Put the performance-related share on a line of its own that counts towards 'performance', and the rest on lines that count towards 'minimum'.",
  check = function(budget)
    local lines = share(budget)
    local performance = lines:where { counts_towards = "performance" }
    if #performance == 0 then
      finding { at = budget:place "income", given = "no line", expected = "performance", says = "No line shows the performance-related share" }
      return
    end
    if performance:sum "amount" <= zero then
      finding { at = performance:place "amount", given = performance:sum "amount", expected = "more than nothing", says = "The performance-related share is {given}" }
    end
    for _, line in lines:each() do
      filled { at = line:place "counts_towards", given = line:optional "counts_towards", says = "This line does not say whether it is performance-related" }
    end
  end,
}

condition {
  id = "ITF-006", title = "Money from a CCG's existing budget is declared", severity = "query", forms = forms, source = statement,
  remedy = "Say of the line whether its money comes out of the CCG's existing budget.",
  each = function(budget) return share(budget):where(function(line) return line.partner.type == "ccg" end) end,
  check = function(line)
    filled { at = line:place "from_existing_budget", given = line:optional "from_existing_budget",
             says = "This line does not say whether the money comes out of the CCG's existing budget" }
  end,
}

condition {
  id = "ITF-009", title = "Schemes are commissioned jointly from 2015-16", severity = "query", forms = forms, years = { from = "2015-16" }, source = statement,
  remedy = "Commission the scheme jointly, pay it from other money, or explain why one side commissions it alone.",
  each = function(budget) return budget.schemes:where { source_of_funding = "itf_share" } end,
  check = function(scheme)
    equal { at = scheme:place "commissioner", given = scheme.commissioned_by, exactly = "joint",
            says = "Scheme {scheme_id} is paid from the fund and is not commissioned jointly by health and council" }
  end,
}

condition {
  id = "ITF-010", title = "The plan is from a CCG and a local authority of the locality", severity = "error", forms = forms, source = statement,
  remedy = "Add the partner that is missing, with its code.",
  check = function(budget) proposals.needs_both(budget) end,
}

condition {
  id = "ITF-011", title = "A scheme helps older people leave hospital with social care", severity = "query", forms = forms, source = statement,
  remedy = "Mark the scheme that does so (older people, hospital discharge, social care), add one, or explain what the locality does instead.",
  check = function(budget)
    local function helps(scheme)
      return (scheme.client_groups:has "older_people" or scheme.client_groups:has "all")
        and scheme.purposes:has "hospital_discharge" and scheme:optional "area_of_spend" == "social_care"
    end
    if #budget.schemes:where(helps) == 0 then
      finding { at = budget:place "schemes", given = "no such scheme", expected = "a social care scheme for older people's discharge from hospital",
                says = "No scheme helps older people leave hospital with social care" }
    end
  end,
}
