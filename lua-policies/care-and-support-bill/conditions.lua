-- CCGs are required to pool a part of their budgets with a council, for people with long-term needs.
local board = require "lib.board"
local partners = require "lib.partners"
local proposals = require "lib.proposals"

local bill = "Proposal for the Care and Support Bill, 2012"
local forms = { "care-and-support-pool" }

local function ccgs(budget)
  return budget.partners:where { type = "ccg" }
end

-- What a CCG pools of its own: the transfer to social care was there before, and is not counted.
local function own_money(ccg, budget, counts_towards)
  return budget.income:where { partner = ccg, counts_towards = counts_towards }
    :where(function(line) return line.source ~= "nhs_transfer" end)
end

condition {
  id = "CSB-001", title = "Each CCG pools at least the required share of its budget", severity = "error", forms = forms,
  source = bill, after = { "CSB-002" }, parameters = { "csb_required_share" },
  remedy = "Pay in what is missing; mark the income lines that are the required part as counting towards 'required'.",
  each = ccgs,
  check = function(ccg, budget, given)
    local shares = given.parameters.csb_required_share
    local share = shares:optional(budget.hwb.gss) or shares.all
    local lines = own_money(ccg, budget, "required")
    local given_sum, who = lines:sum "amount", proposals.name(ccg)
    if share > rate "0%" then
      local whole = proposals.budget_of(ccg)
      if whole <= zero then stop.absent(ccg:place "budgets", "The CCG's budgets add up to nought, and there is no share of that.") end
      at_least { at = lines:place "amount", given = given_sum, least = whole:of(share, "up"), who = who, share = share,
                 says = "{who} pools {given} as its required part, and {share} of its budget is {least}" }
    elseif given_sum <= zero then
      finding { at = lines:place "amount", given = given_sum, expected = "more than nothing", who = who, says = "{who} pools nothing as its required part" }
    end
  end,
}

condition {
  id = "CSB-002", title = "The pool is between a CCG and a local authority", severity = "error", forms = forms, source = bill,
  remedy = "Add the partner that is missing, with its code.",
  check = function(budget) proposals.needs_both(budget) end,
}

condition {
  id = "CSB-003", title = "The joint plan and its process are named", severity = "error", forms = forms, source = bill,
  remedy = "Name the plan that the pool belongs to, and say how the partners plan together.",
  check = function(budget)
    proposals.say(budget, "joint_plan", "title", { expected = "the plan's title", says = "The plan that the pool belongs to is not named" })
    if budget:optional "joint_plan" then                          -- one fault, one finding
      proposals.say(budget, "joint_plan", "process", { expected = "how the partners plan together", says = "The joint planning process is not named" })
    end
  end,
}

-- The required part of all CCGs is on schemes that say so; money of a CCG whose scheme does not say
-- which part it is could be the required one.
local function check_required(budget, own)
  if #own:where(function(scheme) return not scheme:optional "paid_from" end) > 0 then stop.not_applicable "Schemes that do not say it are asked about." end
  local due = zero
  for _, ccg in ccgs(budget):each() do due = due + own_money(ccg, budget, "required"):sum "amount" end
  at_least { at = budget:place "schemes", given = budget.schemes:where { paid_from = "required" }:sum "expenditure", least = due,
             says = "Schemes paid from the required part add up to {given}, and {least} counts as required" }
end

condition {
  id = "CSB-004", title = "The required part serves people with long-term needs", severity = "query", forms = forms, source = bill,
  remedy = "Say of each scheme which part pays for it. Add the client group 'long_term_needs' if a scheme of the required part serves them, pay it from other money, or explain whom it serves.",
  each = function(budget)
    local all = { budget }
    for _, scheme in budget.schemes:each() do
      local part = scheme:optional "paid_from"
      if part == "required" or not part and scheme:optional "source_of_funding" == "ccg_budget" then all[#all + 1] = scheme end
    end
    return all
  end,
  check = function(scheme, budget)
    if scheme == budget then return check_required(budget, budget.schemes:where { source_of_funding = "ccg_budget" }) end
    if scheme.paid_from ~= "required" then return end
    local groups = scheme.client_groups
    if not groups:has "long_term_needs" and not groups:has "all" then
      finding { at = scheme:place "client_groups", given = #groups == 0 and "nobody is named" or groups[1], expected = "long_term_needs",
                says = "Scheme {scheme_id} is paid from the required part, and people with long-term needs are not among those it serves" }
    end
  end,
}

condition {
  id = "CSB-005", title = "The transfer to social care stands on its own line and is not counted", severity = "error", forms = forms, source = bill,
  remedy = "Show the transfer on a line of its own with the source 'nhs_transfer', for the amount that the return gives, counting towards 'transfer'.",
  check = function(budget)
    local lines = budget.income:where { source = "nhs_transfer" }
    equal { at = budget.transfer:place "amount", given = lines:sum "amount", exactly = budget.transfer.amount, related = { lines:place "amount" },
            says = "The transfer's lines add up to {given}, and the transfer is {exactly}" }
    for _, line in lines:where { counts_towards = { "required", "additional" } }:each() do
      finding { at = line:place "counts_towards", given = line.counts_towards, expected = "transfer",
                says = "The transfer is counted as money that the CCG newly pools" }
    end
  end,
}

condition {
  id = "CSB-006", title = "Share of each CCG's budget that is pooled", severity = "info", forms = forms, source = bill,
  after = { "POOL-ID-012", "POOL-SUM-006" },
  remedy = "Nothing is to be done.", needs = { previous = true },
  each = ccgs,
  check = function(ccg, budget, given)
    local function pooled(partner, of) return own_money(partner, of):sum "amount" end
    local of, of_name = ccg.code, ccg:optional "name"
    local now, whole = pooled(ccg, budget), proposals.budget_of(ccg)
    local share = proposals.share(now, whole, ccg:place "budgets")
    determination { name = "share of the budget pooled", of = of, of_name = of_name, value = share, working = tostring(now) .. " of " .. tostring(whole) }
    determination { name = "pooled as the required part", of = of, of_name = of_name, value = own_money(ccg, budget, "required"):sum "amount" }
    determination { name = "pooled besides, before the duty or beyond it", of = of, of_name = of_name,
                    value = now - own_money(ccg, budget, "required"):sum "amount", working = "counts towards nothing" }
    local before = given.previous:same(ccg) or stop.no_history "The CCG was no partner in the last accepted return."
    local was = proposals.share(pooled(before, given.previous), proposals.budget_of(before, true))
    determination { name = "change in percentage points", of = of, of_name = of_name, value = share:nearest() - was:nearest(),
                    working = "from " .. tostring(was:nearest()) .. " to " .. tostring(share:nearest()) }
  end,
}

condition {
  id = "CSB-008", title = "NHS money that pays for social care through the pool", severity = "info", forms = forms, source = bill,
  remedy = "Nothing is to be done.", needs = { previous = true },
  check = function(budget, given)
    local function social(of)
      return of.schemes:where { area_of_spend = "social_care", source_of_funding = { "ccg_budget", "nhs_transfer" } }:sum "expenditure"
    end
    local now = social(budget)
    determination { name = "NHS money for social care", value = now }
    local before = social(given.previous)
    determination { name = "change of NHS money for social care", value = now - before, working = tostring(now) .. " less " .. tostring(before) .. " in the last accepted return" }
  end,
}

condition {
  id = "CSB-009", title = "The pool's income agrees with what the CCG says it pays", severity = "query", forms = forms,
  source = "Rule of this service: the two sides of one payment are one amount", after = { "CSB-005" },
  remedy = "Agree the amount with the CCG; correct the income here, or have the CCG send its own return again.",
  needs = { returns = { { form = "ccg-return", area = "partners.code", period = "financial_year" } } },
  each = ccgs,
  check = function(ccg, budget, given)
    local sent = given.returns { form = "ccg-return", area = ccg.code, year = budget.financial_year }:latest()
    if not sent then stop.no_history "No return of the CCG itself was accepted for this year." end
    local says = sent.contributions:one_or_none { area = budget.hwb.gss }
    local lines = own_money(ccg, budget)
    equal { at = lines:place "amount", given = lines:sum "amount", exactly = says and says.amount or zero, related = { says }, who = proposals.name(ccg),
            says = "The pool has {given} from {who}, whose own return says {exactly}" }
  end,
}

condition {
  id = "CSB-010", title = "The CCG and the areas it pays into exist in the year", severity = "error", forms = { "ccg-return" },
  source = "NHS Organisation Data Service; Office for National Statistics codes", remedy = "Correct the CCG's code, or the area's.",
  check = function(budget, given)
    local year = budget.financial_year
    if not partners.name_alone(budget.ccg.code, given.registers, year:starts()) then
      finding { at = budget.ccg:place "code", given = budget.ccg.code, expected = "a code in force on 1 April of the year",
                says = "{given} was not the code of a CCG when the year began" }
    end
    for _, line in budget.contributions:each() do board.check(line:place "area", line.area, year, given.registers) end
  end,
}
