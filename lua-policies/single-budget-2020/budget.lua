-- All of an area's money in one pool by 2020-21, and not less of it each year.
local proposals = require "lib.proposals"

local options = "King's Fund, Options for Integrated Commissioning"
local forms = { "area-budget" }

-- What is pooled now, and all there is; nothing is no whole that anything could be a part of.
local function pooled_and_whole(budget)
  local whole = zero
  for _, partner in proposals.with_budgets(budget):each() do whole = whole + proposals.budget_of(partner) end
  if whole:is_zero() then stop.absent(budget:place "partners", "The partners' budgets for the area add up to nought.") end
  return budget.income:sum "amount", whole
end

-- The trajectory in the order of the years, whatever their order in the file.
local function by_year(trajectory)
  local rows = {}
  for i, row in trajectory:each() do rows[i] = row end
  table.sort(rows, function(a, b) return a.year < b.year end)
  return rows
end

condition {
  id = "SB-001", title = "All the area's health and social care money is in one pool by 2020-21", severity = { "error", "query" }, forms = forms,
  source = options, parameters = { "single_budget_year" },
  remedy = "Add what is left out to the one pool; before 2020-21, show the year in which it joins, so that the trajectory reaches 100%.",
  check = function(budget, given)
    local target = given.parameters.single_budget_year
    if budget.financial_year >= target then
      local pooled, whole = pooled_and_whole(budget)
      equal { severity = "error", at = budget:place "pools", given = #budget.pools, exactly = 1, says = "The area has {given} pools, and its money belongs in one" }
      at_least { severity = "error", at = budget:place "income", given = pooled, least = whole, says = "{given} is pooled of {least} that the partners have for the area" }
      return
    end
    local before, last
    for _, row in ipairs(by_year(budget.trajectory)) do
      if before and row.share < before.share then
        finding { severity = "query", at = row:place "share", given = row.share, expected = before.share, was = before.share,
                  says = "The share that is pooled falls from {was} to {given} in {year}" }
      end
      before = row
      if row.year <= target then last = row end
    end
    -- An area that has pooled all of it earlier need not say so again of each year until then.
    if last and (last.year == target or last.share >= rate "100%") then
      at_least { severity = "query", at = last:place "share", given = last.share, least = rate "100%", says = "The trajectory reaches {given} in {year}, and all money is to be pooled by then" }
    else
      finding { severity = "query", at = budget:place "trajectory", given = "no row for " .. tostring(target), expected = "100%",
                target = target, says = "The trajectory does not say what is pooled in {target}" }
    end
  end,
}

condition {
  id = "SB-006", title = "NHS, public health and social care budgets are not cut", severity = "query", forms = forms, source = options,
  needs = { previous = true }, remedy = "Correct the budget, or explain why it is lower than in the last accepted return.",
  each = function() return { "social_care", "public_health", "NHS" } end,
  check = function(kind, budget, given)
    local function of(return_)
      return return_.partners:flat "budgets":where(function(row)
        local area = row.area_of_spend
        return (area == "social_care" or area == "public_health") and area == kind or area ~= "social_care" and area ~= "public_health" and kind == "NHS"
      end)
    end
    local now = of(budget)
    at_least { at = #now > 0 and now:place "total" or budget:place "partners", given = now:sum "total", least = of(given.previous):sum "total",
               what = ({ social_care = "social care", public_health = "public health" })[kind] or "the NHS",
               says = "Budgets for {what} come to {given}, and were {least} in the last accepted return" }
  end,
}

condition {
  id = "SB-007", title = "The national social care budget is under one department", severity = "query", forms = { "national-return" }, source = options,
  remedy = "Show the whole budget under one department, or explain why it is divided.",
  check = function(budget)
    proposals.only_for("single-budget-2020", budget)
    local rows = budget.national.social_care_budget
    if #rows == 0 then stop.absent(budget.national:place "social_care_budget", "The national social care budget is not given.") end
    equal { at = budget.national:place "social_care_budget", given = #rows:unique "department", exactly = 1, says = "The national social care budget is shown under {given} departments" }
  end,
}

condition {
  id = "SB-008", title = "Share pooled, year by year, and the gap to 2020", severity = "info", forms = forms, source = options, remedy = "Nothing is to be done.",
  parameters = { "single_budget_year" },
  check = function(budget, given)
    local pooled, whole = pooled_and_whole(budget)
    local year, target = budget.financial_year, given.parameters.single_budget_year
    determination { name = "share pooled", period = year, value = proposals.share(pooled, whole, budget:place "partners"), working = tostring(pooled) .. " of " .. tostring(whole) }
    determination { name = "still to join the pool by " .. tostring(target), value = largest(whole - pooled, zero) }
    for _, row in budget.trajectory:each() do
      if row.year ~= year then determination { name = "share planned", period = row.year, value = row.share } end
    end
  end,
}
