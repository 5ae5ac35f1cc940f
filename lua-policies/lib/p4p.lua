-- Payment for performance, 2015-16 only: what a quarter's fall in admissions earns.
--
-- The pot is apportioned over the four quarters by their planned reductions, to the penny, and a
-- quarter then earns its sum by achievement.  A payment is never below nought and never above what
-- is left of the pot, and neither variant claws back what has been paid: so the cumulative variant
-- can pay less in all than the per-quarter one, where a rise comes first.
local p4p = { variants = {} }

local zero = gbp "0"

-- Each quarter by itself (HFMA, The right chemistry): 30% of the target, 30% of the sum.
p4p.variants.per_quarter = {
  start = function() return {} end,
  next = function(_, quarter, sum)
    local fallen = clamp(quarter.reduction, 0, quarter.planned_reduction)
    return sum:part(fallen, quarter.planned_reduction),
      quarter.reduction .. " of " .. quarter.planned_reduction .. " planned fewer admissions"
  end,
}

-- All quarters so far, less what they have earned: a late catch-up earns back a missed quarter.
p4p.variants.cumulative = {
  start = function() return { fallen = 0, planned = 0, sum = zero, earned = zero } end,
  next = function(state, quarter, sum)
    state.fallen, state.planned = state.fallen + quarter.reduction, state.planned + quarter.planned_reduction
    state.sum = state.sum + sum
    local due = largest(state.sum:part(clamp(state.fallen, 0, state.planned), state.planned) - state.earned, zero)
    local working = state.fallen .. " of " .. state.planned .. " planned fewer admissions so far, less " ..
      tostring(state.earned) .. " earned before"
    state.earned = state.earned + due
    return due, working
  end,
}

-- The plan's quarters in the order of time, whatever their order in the file.
function p4p.in_order(plan)
  local quarters = {}
  for i, quarter in plan.quarters:each() do quarters[i] = quarter end
  table.sort(quarters, function(a, b) return a.performance < b.performance end)
  return quarters
end

-- The last quarter that is paid for.
function p4p.last(plan)
  local all = p4p.in_order(plan)
  return all[#all].performance
end

-- The pot's share of each quarter: by planned reduction, keeping the pot to the penny.
function p4p.sums(plan)
  local weights, all = {}, 0
  for i, quarter in ipairs(p4p.in_order(plan)) do
    weights[i], all = quarter.planned_reduction, all + quarter.planned_reduction
  end
  if all == 0 then
    for i in ipairs(weights) do weights[i] = zero end
    return weights
  end
  return plan.fund_total:apportion(weights)
end

-- What a quarter earns, its share of the pot, and how that was worked out. Stops where an admission
-- figure of this or an earlier quarter is not there: not due before the payment point, absent after.
function p4p.earned(budget, upto, given)
  p4p.must_be_known(upto, budget, given)
  local plan = budget.p4p
  local variant = plan:optional "payment_variant" or given.parameters:on("p4p_variant", p4p.last(plan):ends())
  local pay, sums = p4p.variants[variant], p4p.sums(plan)
  local state = pay.start()
  for i, quarter in ipairs(p4p.in_order(plan)) do
    p4p.must_be_known(quarter, budget, given)
    local due, working = pay.next(state, quarter, sums[i])
    if quarter == upto then return due, sums[i], working end
  end
end

-- A quarterly return need not know of later quarters than its own, however late it comes.
function p4p.must_be_known(quarter, budget, given)
  if quarter:optional "actual" then return end
  local point = given.registers.payment_points:row { quarter = quarter.performance }
  local later = budget:optional "kind" == "quarterly" and quarter.performance > budget.quarter
  if later or given.received:date() < point.on then stop.not_due(quarter:place "actual", point.on) end
  stop.absent(quarter:place "actual", "The payment point has passed and the admissions are not given.")
end

-- What all quarters earned.
function p4p.earned_in_all(budget, given)
  local all = zero
  for _, quarter in ipairs(p4p.in_order(budget.p4p)) do all = all + p4p.earned(budget, quarter, given) end
  return all
end

-- Which of the plan's quarters this is, from 1, in the order of time; and whether it is the last.
function p4p.place_of(plan, quarter)
  local quarters = p4p.in_order(plan)
  for i, other in ipairs(quarters) do
    if other == quarter then return i, i == #quarters end
  end
end

-- The plan itself, or nothing to check: BCF-P4P-001 says when there is none.
function p4p.plan(budget)
  return { budget:optional "p4p" }
end

-- The quarters of a plan, or nothing to check where there is no such plan.
function p4p.quarters(budget)
  local plan = budget:optional "p4p"
  return plan and plan.quarters or {}
end

-- Whether a quarter is one of the four that pay: the last of the year before and the first three.
function p4p.pays_in(year, quarter)
  local days = year:starts():days_to(quarter:ends())
  return days >= -1 and days < 300
end

return p4p
