-- What each partner owes the fund by the published allocations.
local owed = {}

local grants = {
  dfg = true, social_care_capital = true, ibcf = true, winter_pressures = true, discharge_la = true, labcg = true,
}

-- A row for each NHS partner's minimum, and one for all grants of a council.
function owed.rows(allocations)
  local due, councils = {}, {}
  for _, row in allocations:each() do
    if row.source == "nhs_minimum" then
      due[#due + 1] = { partner = row.partner, amount = row.amount, what = "minimum", sources = { "nhs_minimum", "nhs_additional" },
        working = "Published allocation (" .. row.origin .. ")", pooled = "All its lines of NHS money, minimum and additional" }
    elseif grants[row.source] then
      local one = councils[row.partner]
      if not one then
        one = { partner = row.partner, amount = zero, what = "grants", working = "Grants as determined", pooled = "All its lines" }
        councils[row.partner], due[#due + 1] = one, one
      end
      one.amount = one.amount + row.amount
    end
  end
  return due
end

return owed
