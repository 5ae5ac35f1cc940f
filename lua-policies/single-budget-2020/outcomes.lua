-- What the single budget is to achieve, and with whom.
local partners = require "lib.partners"

local options = "King's Fund, Options for Integrated Commissioning"
local forms = { "area-budget" }

condition {
  id = "SB-004", title = "One outcomes framework is named, and every scheme refers to one of its outcomes", severity = "query", forms = forms, source = options,
  remedy = "Name the framework and its outcomes, and enter for each scheme the outcome that it serves.",
  each = function(budget)
    local all = { budget }
    for _, scheme in budget.schemes:each() do all[#all + 1] = scheme end
    return all
  end,
  check = function(scheme, budget)
    local framework = budget:optional "outcomes_framework"
    local named = framework ~= nil and says_something(framework:optional "name")
    if scheme == budget then
      if not named then
        finding { at = framework and framework:place "name" or budget:place "outcomes_framework", given = "nothing", expected = "one outcomes framework",
                  says = "No outcomes framework is named" }
      end
      return
    end
    if not named then stop.not_applicable "There is no framework to refer to." end
    for _, ref in scheme.outcome_refs:each() do
      if #framework.outcomes == 0 or #framework.outcomes:where { id = ref } > 0 then return end
    end
    finding { at = scheme:place "outcome_refs", given = #scheme.outcome_refs == 0 and "no outcome" or scheme.outcome_refs[1], expected = "an outcome of the framework",
              says = "Scheme {scheme_id} refers to no outcome of the framework" }
  end,
}

condition {
  id = "SB-011", title = "A new model of care names its adult social care partner and its part", severity = "query", forms = forms, source = options,
  remedy = "Add the council's part of the scheme, with its amount, or explain why adult social care has none.",
  each = function(budget) return budget.schemes:where(function(scheme) return scheme.purposes:has "new_model_of_care" end) end,
  check = function(scheme)
    local council = scheme.parts:where(function(part)
      local partner = part:optional "partner"
      return partner ~= nil and partners.is_council(partner) and (part:optional "amount" or zero) > zero
    end)
    if #council == 0 then
      finding { at = scheme:place "parts", given = "no part", expected = "the council's part",
                says = "Scheme {scheme_id} is a new model of care, and no adult social care partner and part are named" }
    end
  end,
}
