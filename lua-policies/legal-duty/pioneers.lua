-- Support for the pioneers: 14 sites, each for a named purpose, on a line of its own.
local proposals = require "lib.proposals"

local support = "Proposal of June 2014: £1.2m for the 14 pioneers"

-- Whether an area is one of the site's own; a site of the register without areas is a gap of ours.
local function is_of(site, area, given)
  if given.registers.pioneer_areas:row_or_none { site = site, area = area } then return true end
  local _ = given.registers.pioneer_areas:rows { site = site }
  return false
end

-- An area's return: a site of the register, whose support stands on its own line on top of other money.
local function check_area(budget, given)
  local pioneer, lines = budget:optional "pioneer", budget.income:where { source = "pioneer_support" }
  if not pioneer and #lines > 0 then
    finding { at = lines:place "amount", given = lines:sum "amount", expected = zero, says = "The area is no pioneer site and claims {given} of support" }
  end
  if not pioneer then return end
  local drew = pioneer:optional "support" or zero
  if drew:is_zero() and #lines == 0 then return end
  if not given.registers.pioneers:row_or_none { site = pioneer.site } then
    if drew > zero or #lines > 0 then
      finding { at = pioneer:place "site", given = pioneer.site, expected = "one of the 14 pioneer sites", says = "{given} is none of the 14 pioneer sites, and support is claimed for it" }
    end
    return
  end
  local area = budget.hwb.gss
  if not is_of(pioneer.site, area, given) then
    finding { at = pioneer:place "site", given = pioneer.site, expected = "a pioneer site of this area", area = area,
              says = "{given} is a pioneer site, and not one of the area {area}, which claims support for it" }
    return
  end
  equal { at = pioneer:place "support", given = lines:sum "amount", exactly = drew, related = { lines:place "amount" },
          says = "Income lines for pioneers' support add up to {given}, and the support is {exactly}" }
  if drew > zero then proposals.say(budget, "pioneer", "purpose", { expected = "a purpose", says = "The support has no named purpose" }) end
end

-- What a national return says of one site, against what the site's area says itself.
local function check_row(row, budget, given)
  local known = given.registers.pioneers:row_or_none { site = row.site }
  if not known then
    finding { at = row:place "site", given = row.site, expected = "one of the 14 pioneer sites", says = "{given} is none of the 14 pioneer sites" }
  end
  filled { at = row:place "purpose", given = row:optional "purpose", says = "The support of {site} has no named purpose" }
  local area = row:optional "area"
  if known and area and not is_of(row.site, area, given) then
    finding { at = row:place "area", given = area, expected = "an area of this site", says = "{given} is no area of the site {site}" }
    return
  end
  local sent = area and given.returns { form = "whole-budget", area = area, year = budget.financial_year }:latest()
  if not sent then stop.no_history "No return of this site's area was accepted." end
  local own = sent:optional "pioneer"
  equal { at = row:place "amount", given = row.amount, exactly = own and own:optional "support" or zero,
          says = "The support of {site} is {given} here, and {exactly} in its own return" }
end

-- A national return: each site of the register once, and £1.2m in all.
local function check_sum(budget, given)
  local rows = budget.national.pioneers
  for _, site in given.registers.pioneers:rows {}:each() do
    local times = #rows:where { site = site.site }
    if times ~= 1 then
      finding { at = budget.national:place "pioneers", given = times, expected = 1, name = site.name, site = site.site,
                says = times == 0 and "{name} ({site}) is one of the 14 sites and not on the list" or "{name} ({site}) is on the list {given} times" }
    end
  end
  equal { at = budget.national:place "pioneers", given = rows:sum "amount", exactly = given.parameters.pioneer_support_total,
          says = "The pioneers' support adds up to {given}, and it is {exactly} in all" }
end

condition {
  id = "DUTY-005", title = "Only the 14 pioneers draw support, on its own line and for a purpose", severity = "error", forms = { "whole-budget", "national-return" },
  source = support, parameters = { "pioneer_support_total" },
  remedy = "Claim support only for one of the 14 sites that is the area's own, on a line of its own and with its purpose; a national return lists each site once, and £1.2m in all.",
  needs = { returns = { { form = "whole-budget", area = "national.pioneers.area", period = "financial_year" } } },
  each = function(budget, given)
    local all = { budget }
    if given.form == "national-return" then
      for _, row in budget.national.pioneers:each() do all[#all + 1] = row end
    end
    return all
  end,
  check = function(one, budget, given)
    if given.form == "whole-budget" then return check_area(budget, given) end
    proposals.only_for("legal-duty", budget)
    if one == budget then check_sum(budget, given) else check_row(one, budget, given) end
  end,
}

condition {
  id = "DUTY-011", title = "A pioneer reports results for the support it drew", severity = "query", forms = { "whole-budget" }, source = support,
  after = { "DUTY-005" }, remedy = "Say what the support has achieved so far, whatever kind of support it was.",
  each = function(budget) return { budget:optional "pioneer" } end,
  check = function(pioneer, budget)
    if (pioneer:optional "support" or zero):is_zero() then stop.not_applicable "The site drew no support." end
    proposals.say(budget, "pioneer", "results", { expected = "results", says = "The site drew support and reports no results" })
  end,
}
