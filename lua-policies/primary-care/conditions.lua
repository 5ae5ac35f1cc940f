-- NHS England may pool money for primary care. Nothing is required: a pool without it has no findings.
local conflicts = require "lib.conflicts"
local proposals = require "lib.proposals"

local consultation = "Department of Health consultation on primary care in pooled budgets, closed on 8 March 2015"
local forms = { "primary-care-pool" }

local function from_nhs_england(budget)
  return budget.income:where(function(line) return line.partner.type == "nhs_england" end)
end

-- When a contribution starts: the day it gives, or the first of the year.
local function starts(line, budget)
  return line:optional "from" or budget.financial_year:starts()
end

condition {
  id = "PC-001", title = "NHS England contributes from the day the amendment applies", severity = "error", forms = forms, source = consultation,
  parameters = { "core_gp_applies" }, remedy = "Let the contribution start on that day or later, and enter the day; or take it out of the pool.",
  each = from_nhs_england,
  check = function(line, budget, given)
    at_least { at = line:place "from", given = starts(line, budget), least = given.parameters.core_gp_applies,
               says = line:optional "from" and "NHS England's contribution starts on {given}, and it may pool from {least}"
                 or "No day is given, so NHS England's contribution starts on {given}, and it may pool from {least}" }
  end,
}

condition {
  id = "PC-002", title = "NHS England pays for services that it is responsible for", severity = "error", forms = forms, source = consultation,
  remedy = "Correct the service of the income line, or let the partner pay that is responsible for it.",
  each = from_nhs_england,
  check = function(line, _, given)
    if not given.registers.nhs_england_services:row_or_none { service = line.service } then
      finding { at = line:place "service", given = line.service, expected = "core_gp", says = "NHS England is not responsible for the service of this line, and pays for it" }
    end
  end,
}

condition {
  id = "PC-003", title = "Dental, ophthalmic and pharmaceutical money waits for its own date", severity = "query", forms = forms, source = consultation,
  after = { "PC-001" }, parameters = { "extension_applies" },
  remedy = "Take the money out of the pool until the extension is in force, or explain on what ground it is pooled.",
  each = from_nhs_england,
  check = function(line, budget, given)
    local service = given.registers.nhs_england_services:row_or_none { service = line.service }
    local applies = given.parameters:optional "extension_applies"
    if not service or not service.extension then stop.not_applicable "The line is not for one of these services." end
    if not applies or starts(line, budget) < applies then
      finding { at = line:place "service", given = line.service, expected = applies or "core_gp", what = service.title,
                says = applies and "{what} may be pooled from {expected}" or "{what} are in the pool, and the power for that is not in force" }
    end
  end,
}

condition {
  id = "PC-004", title = "An integrated service shows each partner's part", severity = "error", forms = forms, source = consultation,
  remedy = "Enter a part for each of the scheme's services: the partner that pays, the service and the amount. The parts add up to the scheme's expenditure.",
  each = function(budget) return budget.schemes:where(function(scheme) return #scheme.services > 1 end) end,
  check = function(scheme)
    for _, service in scheme.services:each() do
      local shown = scheme.parts:where(function(part) return part:optional "service" == service and part:optional "partner" ~= nil end)
      if #shown == 0 then
        finding { at = scheme:place "parts", given = "no part", expected = service, service = service, says = "Scheme {scheme_id} mixes services, and no partner's part is shown for {service}" }
        return
      end
    end
    equal { at = scheme:place "parts", given = scheme.parts:sum "amount", exactly = scheme.expenditure,
            says = "The parts of scheme {scheme_id} add up to {given}, and it costs {exactly}" }
  end,
}

condition {
  id = "PC-005", title = "Conflicts of interest are judged for every scheme that a practice provides", severity = "error", forms = forms,
  source = consultation .. "; statutory guidance on conflicts of interest", remedy = "Mend what the conditions COI-001 to COI-012 find; this one finds nothing of its own.",
  check = function(budget)
    local provided = budget.schemes:where(conflicts.has_practice)
    determination { name = "schemes that practices provide", value = #provided, working = #provided > 0 and "the checks on conflicts of interest are made for them" or nil }
  end,
}

condition {
  id = "PC-006", title = "The board says in public how conflicts were dealt with", severity = "query", forms = forms, source = consultation,
  remedy = "Have the health and wellbeing board state how conflicts of interest were dealt with, publish the statement, and say so here.",
  check = function(budget)
    if #from_nhs_england(budget) == 0 then stop.not_applicable "NHS England pays nothing into the pool." end
    local statement = budget:optional "hwb_statement"
    local text = statement and statement:optional "conflicts"
    if not says_something(text) then
      finding { at = statement and statement:place "conflicts" or budget:place "hwb_statement", given = text or "nothing", expected = "the board's statement",
                says = "There is no statement of the board on how conflicts of interest were dealt with" }
    elseif statement:optional "public" ~= true then
      finding { at = statement:place "public", given = "not public", expected = "public", says = "The board's statement on conflicts of interest is not public" }
    end
  end,
}

condition {
  id = "PC-007", title = "NHS England's money in the pool, by service", severity = "info", forms = forms, source = consultation, remedy = "Nothing is to be done.",
  each = function(_, given) return given.registers.nhs_england_services:rows {} end,
  check = function(service, budget)
    local lines = from_nhs_england(budget):where { service = service.service }
    determination { name = "NHS England's money", of = service.service, of_name = service.title, value = lines:sum "amount",
                    working = #lines == 0 and "not used" or nil }
  end,
}

condition {
  id = "PC-008", title = "The dates of this pack are not before the consultation closed", severity = "error", reader = true, forms = forms,
  source = consultation, remedy = "Correct the date in site.lua or in the pack's parameters: a rulebook with an earlier one is refused when it is loaded.",
}
