-- What changed on last year.
local change = require "lib.change"

condition {
  id = "BCF-TREND-001", title = "A scheme that changed a lot is explained", severity = "query", forms = { "bcf-plan", "bcf-schemes" },
  years = { from = "2015-16" }, parameters = { "trend_amount", "trend_share" }, after = { "POOL-UNIT-001" },
  source = "The ministry's revenue returns ask above £1.5 million and 15%",
  remedy = "Correct the amount, or explain the change.",
  each = function(budget) return budget.schemes:where(function(scheme) return scheme:optional "new_or_existing" ~= "new" end) end,
  check = function(scheme, _, given)
    local before, now = scheme:optional "prior_year_expenditure", scheme.expenditure
    if not before then stop.not_applicable "There is no amount of the year before." end
    if largest(now - before, before - now) > given.parameters.trend_amount and change.beyond(now, before, given.parameters.trend_share) then
      finding { at = scheme:place "expenditure", given = now, expected = before, says = "{given} is planned, after {expected} the year before" }
    end
  end,
}

condition {
  id = "BCF-TREND-002", title = "A pool opens with what it closed with", severity = "error", forms = { "bcf-plan" },
  years = { from = "2015-16" }, needs = { previous = true },
  source = "The ministry's capital returns: opening balances are last year's closing balances",
  remedy = "Correct the opening balance, or send last year's return again with the right closing balance.",
  each = "pools",
  check = function(pool, _, given)
    local opening, last = pool:optional "opening", given:optional "previous"
    if not opening and not last then stop.not_applicable "The pool has no opening balance." end
    local before = given.previous:same(pool)
    local closing = before and before:optional "closing"
    if not closing or not opening and closing:is_zero() then stop.not_applicable "The pool had no closing balance." end
    if not opening then stop.absent(pool:place "opening", "The pool closed with " .. tostring(closing) .. ", and what it opens with is not given.") end
    equal { at = pool:place "opening", given = opening, exactly = closing, says = "The pool opens with {given} and closed with {expected}" }
  end,
}

condition {
  id = "BCF-TREND-003", title = "Schemes of last year's return are still there, or were ended", severity = "query", forms = { "bcf-plan" },
  years = { from = "2015-16" }, needs = { previous = true },
  source = "US state grant reporting: ids that vanish; used as a model",
  remedy = "Bring the scheme back under its id, or explain that it has ended.",
  each = function(_, given) return given.previous.schemes end,
  check = function(before, budget)
    if not budget.schemes:one_or_none { scheme_id = before.scheme_id } then
      finding { at = budget:place "schemes", given = "no " .. before.scheme_id, expected = before.scheme_id,
                says = "Scheme {expected} of last year's return is not in this one" }
    end
  end,
}
