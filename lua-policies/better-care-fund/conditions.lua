-- National conditions, risk share and metrics.
local change = require "lib.change"

local answering = { "bcf-plan", "bcf-quarterly", "bcf-year-end" }

condition {
  id = "BCF-NC-001", title = "Each national condition of the year is answered", severity = "error", forms = answering,
  years = { from = "2014-15" },
  source = "Better Care Fund policy frameworks; six conditions in 2014-16, eight in 2016-17, four from 2017-18",
  remedy = "Answer the condition with yes, no or in progress.",
  each = function(budget, given) return given.registers.national_conditions:rows { on = budget.financial_year:starts() } end,
  check = function(due, budget)
    local answer = budget.national_conditions:one_or_none { id = due.id }
    filled { at = answer and answer:place "met" or budget:place "national_conditions", given = answer and answer:optional "met",
             says = "Condition " .. due.id .. ", “" .. due.title .. "”, is not answered" }
  end,
}

condition {
  id = "BCF-NC-002", title = "A condition that is not met yet has a date and says how", severity = "error", forms = answering,
  years = { from = "2014-15" }, source = "2015-16 quarterly template; from memory",
  remedy = "Give the day by which the condition will be met, and say how.",
  each = function(budget) return budget.national_conditions:where { met = { "no", "in_progress" } } end,
  check = function(answer)
    filled { at = answer:place "by", given = answer:optional "by" }
    local text = answer:optional "text" or answer:optional "evidence"
    if not says_something(text) then
      finding { at = answer:place "text", given = text or "nothing", expected = "how the condition will be met" }
    end
  end,
}

condition {
  id = "BCF-NC-003", title = "The NHS number is used by the end of the year", severity = "warning", forms = { "bcf-plan" },
  years = { from = "2014-15", to = "2016-17" }, after = { "BCF-NC-001", "BCF-NC-002" },
  source = "National condition 4: data are shared by the NHS number",
  remedy = "Bring the day forward, or say what stands in the way.",
  each = function(budget) return budget.national_conditions:where { id = "NC4", met = { "no", "in_progress" } } end,
  check = function(answer, budget)
    at_most { at = answer:place "by", given = answer.by, most = budget.financial_year:ends(), says = "{given} is after the year has ended" }
  end,
}

condition {
  id = "BCF-NC-004", title = "Providers comment on the planned fall in their activity", severity = "query", forms = { "bcf-plan" },
  years = { from = "2014-15", to = "2016-17" }, after = { "BCF-P4P-001" },
  source = "National condition 6; Health Service Journal 5074852",
  remedy = "Add what each acute provider says about the planned fall, and whether it agrees.",
  check = function(budget)
    local plan = budget:optional "p4p"
    if not plan or plan.quarters:sum "planned_reduction" <= 0 then stop.not_applicable "No fall in activity is planned." end
    local comments = budget.provider_commentary:where(function(one) return says_something(one:optional "text") end)
    filled { at = budget:place "provider_commentary", given = #comments > 0 and comments or nil,
             says = "A fall in admissions is planned, and no provider comments on it" }
  end,
}

-- The risk share, or nothing to check: BCF-RISK-001 says when there is none.
local function risk_share(budget)
  return { budget:optional "risk_share" }
end

condition {
  id = "BCF-RISK-001", title = "The risk share is stated, or why there is none", severity = "query", forms = { "bcf-plan" },
  years = { from = "2015-16" }, source = "Bevan Brittan; Herefordshire's papers of 2017 show a pool without one",
  remedy = "Say whether a risk share is agreed, its amount, and if there is none, why.",
  check = function(budget)
    local risk = budget.risk_share
    if risk.agreed then
      if filled { at = risk:place "amount", given = risk:optional "amount" } and risk.amount <= zero then
        finding { at = risk:place "amount", given = risk.amount, expected = "more than nothing", says = "A risk share is agreed, and it is {given}" }
      end
    elseif not says_something(risk:optional "text") then
      finding { at = risk:place "text", given = risk:optional "text" or "nothing", expected = "why no risk share was agreed" }
    end
  end,
}

condition {
  id = "BCF-RISK-002", title = "The parts of the risk share make 100%", severity = "error", forms = { "bcf-plan" },
  years = { from = "2015-16" }, source = "Rotherham's minutes: the risk pool is shared by halves", after = { "BCF-RISK-001", "POOL-UNIT-003" },
  remedy = "Correct the parts so that they add up to 100%.",
  each = risk_share,
  check = function(risk)
    if not risk.agreed then stop.not_applicable "No risk share was agreed." end
    if #risk.split_percent == 0 then stop.absent(risk:place "split_percent", "The parts of the risk share are not given.") end
    equal { at = risk:place "split_percent", given = risk.split_percent:sum(), exactly = rate "100%", says = "The parts add up to {given}" }
  end,
}

condition {
  id = "BCF-RISK-003", title = "The risk share is a line of the spending plan", severity = "error", forms = { "bcf-plan" },
  years = { from = "2015-16" }, source = "Bevan Brittan: the amount held back is stated in the plan", after = { "BCF-RISK-001" },
  remedy = "Add a scheme of the type 'contingency' for the amount at risk, or correct either amount.",
  each = risk_share,
  check = function(risk, budget)
    if not risk.agreed then stop.not_applicable "No risk share was agreed." end
    local schemes = budget.schemes:where { scheme_type = "contingency" }
    equal { at = schemes:place "expenditure", given = schemes:sum "expenditure", exactly = risk.amount,
            says = "Schemes of the type 'contingency' add up to {given}, and the risk share is {expected}" }
  end,
}

condition {
  id = "BCF-NC-005", title = "Demand for intermediate care is planned for", severity = "query", forms = { "bcf-plan" },
  years = { from = "2022-23", to = "2024-25" }, source = "Planning requirements of 2022-25; 2024 addendum",
  remedy = "Name the plan of capacity and demand for intermediate care, or explain where it is.",
  check = function(budget)
    local plan = budget:optional "capacity_and_demand"
    filled { at = plan and plan:place "ref" or budget:place "capacity_and_demand", given = plan and plan:optional "ref",
             says = "No plan of capacity and demand for intermediate care is named" }
  end,
}

condition {
  id = "BCF-MET-001", title = "Metrics are near last year's", severity = "query", forms = { "bcf-plan" },
  parameters = { "metric_share" }, after = { "POOL-UNIT-003" },
  source = "The ministry's revenue returns ask about large changes; the share is used as a model",
  remedy = "Correct the plan of the metric, or explain why it changes so much.",
  each = "metrics",
  check = function(metric, _, given)
    local plan, prior = metric.plan, metric:optional "prior"
    if not prior then stop.not_applicable "There is no figure of last year." end
    if change.outside(plan, prior, given.parameters.metric_share) then
      finding { at = metric:place "plan", given = plan, expected = prior, says = "{given} is planned, and last year's figure was {expected}" }
    end
  end,
}

condition {
  id = "BCF-MET-002", title = "Each metric of the year has a plan", severity = "query", forms = { "bcf-plan" },
  source = "Planning requirements by year; most lists of metrics are from memory", remedy = "Add the metric and its plan, or explain why it has none here.",
  each = function(budget, given) return given.registers.metrics:rows_or_none { on = budget.financial_year:starts() } end,
  check = function(due, budget)
    local metric = budget.metrics:one_or_none { id = due.id }
    if not metric then
      finding { at = budget:place "metrics", given = "no " .. due.id, expected = due.id, what = due.title,
                says = "There is no plan for this metric: {what}" }
    end
  end,
}
