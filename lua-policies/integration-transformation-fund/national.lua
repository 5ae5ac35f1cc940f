-- The fund as a whole, on the national return.
local proposals = require "lib.proposals"

local programme = "integration-transformation-fund"
local statement = "Statement on the Integration Transformation Fund, NHS England and the Local Government Association, 2013"

condition {
  id = "ITF-007", title = "£1bn + £0.8bn + £2bn make £3.8bn, and the localities' shares add up to it", severity = "error", forms = { "national-return" },
  years = { from = "2015-16", to = "2015-16" }, source = statement, parameters = { "itf_components" },
  needs = { returns = { { form = "itf-plan", area = "national.localities.area", period = "financial_year" } } },
  remedy = "Correct the component or the total, and leave out what is no part of the fund; where a locality's share is wrong, correct it here, or have the locality send its plan again.",
  each = function(budget)
    local all = { budget.national }
    for _, area in budget.national.localities:each() do all[#all + 1] = area end
    return all
  end,
  check = function(one, budget, given)
    proposals.only_for(programme, budget)
    local national = budget.national
    if one ~= national then                                       -- against what the locality itself sent
      local sent = given.returns { form = "itf-plan", area = one.area, year = budget.financial_year }:latest()
      if not sent then stop.no_history "No plan of this locality was accepted." end
      equal { at = one:place "amount", given = one.amount, exactly = sent.income:where { source = "itf_share" }:sum "amount",
              says = "The share of {area} is {given} here, and {exactly} in its own plan" }
      return
    end
    local whole, names, known = zero, {}, {}
    for name, amount in given.parameters.itf_components:each() do
      names[#names + 1], known[name] = name, true
      local line = national.components:one { name = name }
      equal { at = line:place "amount", given = line.amount, exactly = amount, says = "The component {name} is {given}, and the fund has {exactly}" }
      whole = whole + amount
    end
    for _, line in national.components:each() do
      if not known[line.name] then
        finding { at = line:place "name", given = line.name, expected = table.concat(names, ", "), says = "The fund has no component {given}; it is made of {expected}" }
      end
    end
    equal { at = national:place "total", given = national.total, exactly = whole, says = "The total is {given}, and the components make {exactly}" }
    equal { at = national:place "localities", given = national.localities:sum "amount", exactly = whole,
            says = "The localities' shares add up to {given}, and the fund is {exactly}" }
  end,
}

condition {
  id = "ITF-012", title = "The localities' shares of the transfer add up to £200m", severity = "error", forms = { "national-return" },
  years = { from = "2015-16", to = "2015-16" }, source = statement, parameters = { "itf_transfer" },
  remedy = "Correct the locality whose share of the transfer is wrong.",
  check = function(budget, given)
    proposals.only_for(programme, budget)
    local areas = budget.national.localities
    equal { at = budget.national:place "localities", given = areas:sum "transfer", exactly = given.parameters.itf_transfer,
            says = "The localities' shares of the transfer add up to {given}, and the transfer is {exactly}" }
  end,
}
