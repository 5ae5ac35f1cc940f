-- How far one figure is from another.
local change = {}

-- Whether an amount differs from the one before by more than a share of it (15%, say).
function change.beyond(now, before, share)
  local difference = largest(now - before, before - now)
  return difference > before:of(share, "down")
end

-- The same for counts and decimals, which are compared as exact fractions.
function change.outside(now, before, share)
  if before:is_zero() then return not now:is_zero() end
  local part = ratio(now, before)
  return part > rate "100%" + share or part < rate "100%" - share
end

return change
