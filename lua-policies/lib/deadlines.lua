-- Deadlines of partners.
local deadlines = {}

-- When a partner's part of this return is due. Stage and year are read first: where the file leaves
-- them out, that is said of the file, and not of the register.
function deadlines.of(partner, budget, given)
  local _ = budget.stage, budget.financial_year
  return given.deadlines:for_partner(partner).at
end

-- The last signature of a partner that has a time, or nil.
function deadlines.signature(partner, budget)
  local signed = budget.sign_off:where { partner = partner }:where(function(one) return one:optional "at" ~= nil end)
  return signed:latest "at"
end

return deadlines
