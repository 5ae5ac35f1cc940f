-- Sums, from the most local to the whole: a pool, a source, the totals.  A wrong amount shows in all
-- of them; the most local one is told, and the others wait until it is mended.
local names = require "lib.names"

condition {
  id = "POOL-SUM-004", title = "Each pool balances", severity = "error", forms = { "bcf-plan" },
  source = "Better Care Fund planning template; NHS Act 2006 s75: a pool's money is the partners' contributions",
  parameters = { "tolerance" }, after = { "POOL-SUM-006" },
  remedy = "Correct the pool's total, its income lines or its schemes, so that all three agree.",
  each = "pools",
  check = function(pool, budget, given)
    local within = given.parameters.tolerance
    local income = budget.income:where { pool = pool }:sum "amount"
    local spent = budget.schemes:where { pool = pool }:sum "expenditure"
    local total = pool:optional "total" or income
    if equal { at = pool:place "total", given = total, exactly = income, within = within,
               says = "The pool's total is {given} and its income lines add up to {expected}" } then
      equal { at = pool:place "total", given = spent, exactly = total, within = within,
              says = "The pool's schemes add up to {given} and the pool is {expected}" }
    end
  end,
}

-- Money that names no pool is in no sum of a pool, and would pass as pooled for all others.
condition {
  id = "POOL-SUM-013", title = "All money is in a pool", severity = "error", forms = { "bcf-plan" },
  source = "NHS Act 2006 s75 and s223GA: contributions are paid into pooled funds",
  remedy = "Name the pool of each income line and of each scheme.",
  check = function(budget)
    for what, list in pairs { ["income line"] = budget.income, scheme = budget.schemes } do
      local outside = list:where(function(one) return one:optional "pool" == nil end)
      if #outside > 0 then
        finding { at = outside:place "pool", given = "no pool", expected = "one of the pools", n = #outside, what = what .. (#outside > 1 and "s" or ""),
                  says = "Of {n} {what} it is not said which pool they belong to" }
      end
    end
  end,
}

condition {
  id = "POOL-SUM-005", title = "Each source of money is spent, and no more", severity = "error", forms = { "bcf-plan" },
  source = "Better Care Fund planning template: spending by source equals income by source",
  parameters = { "tolerance" }, after = { "POOL-SUM-004" },
  remedy = "Correct the source of an income line or of a scheme, so that what comes in from a source goes out.",
  check = function(budget, given)
    local seen = {}
    for _, list in ipairs { budget.income:map "source", budget.schemes:map "source_of_funding" } do
      for _, source in list:each() do
        if not seen[source] then
          seen[source] = true
          local lines = budget.income:where { source = source }
          equal { at = lines:place "amount", given = budget.schemes:where { source_of_funding = source }:sum "expenditure",
                  exactly = lines:sum "amount", within = given.parameters.tolerance,
                  says = "Schemes from " .. source .. " add up to {given}, and income from it to {expected}" }
        end
      end
    end
  end,
}

condition {
  id = "POOL-SUM-001", title = "The total of income is the sum of its lines", severity = "error", forms = { "bcf-plan" },
  source = "Better Care Fund planning template", after = { "POOL-SUM-004", "POOL-SUM-005" },
  remedy = "Correct the total of income, or the line that is wrong.",
  check = function(budget)
    equal { at = budget.totals:place "income", given = budget.totals.income, exactly = budget.income:sum "amount" }
  end,
}

condition {
  id = "POOL-SUM-002", title = "The total of expenditure is the sum of the schemes", severity = "error", forms = { "bcf-plan" },
  source = "Better Care Fund planning template", after = { "POOL-SUM-004", "POOL-SUM-005", "POOL-SUM-006" },
  remedy = "Correct the total of expenditure, or the scheme that is wrong.",
  check = function(budget)
    local totals = budget:optional "totals" or stop.not_applicable "POOL-SUM-001 asks for the totals."
    equal { at = totals:place "expenditure", given = totals.expenditure, exactly = budget.schemes:sum "expenditure" }
  end,
}

condition {
  id = "POOL-SUM-003", title = "Income equals expenditure", severity = "error", forms = { "bcf-plan" },
  source = "Better Care Fund planning template", parameters = { "tolerance" },
  after = { "POOL-SUM-001", "POOL-SUM-002", "POOL-SUM-004", "POOL-SUM-005", "POOL-SUM-006" },
  remedy = "Give what is left over to a scheme, or correct the amount that is wrong.",
  check = function(budget, given)
    equal { at = budget:place "schemes", given = budget.schemes:sum "expenditure", exactly = budget.income:sum "amount",
            within = given.parameters.tolerance, says = "The schemes add up to {given}, and the income to {expected}" }
  end,
}

condition {
  id = "POOL-SUM-007", title = "No money is counted twice", severity = "query", forms = { "bcf-plan", "bcf-schemes" },
  source = "Nuffield Trust, 16 July 2014: the same money earmarked several times", after = { "POOL-SUM-006" },
  remedy = "Remove the scheme that is there twice, or explain why two schemes have one name and one amount.",
  check = function(budget)
    local function key(scheme)
      local name, amount = scheme:optional "scheme_name", scheme.expenditure
      return name and not amount:is_zero() and names.bare(name) .. " " .. tostring(amount)
    end
    local first = {}
    for _, scheme in budget.schemes:each() do
      local of = key(scheme)
      if of and not (first[of] and first[of].scheme_id <= scheme.scheme_id) then first[of] = scheme end
    end
    for _, scheme in budget.schemes:each() do
      local other = first[key(scheme)]
      if other and other.scheme_id ~= scheme.scheme_id then                -- the later ids are asked about
        finding { at = scheme:place "expenditure", given = scheme.expenditure, expected = "an amount of its own", related = { other },
                  other = other.scheme_id, says = "Scheme {other} has the same name and the same amount" }
      end
    end
  end,
}

condition {
  id = "POOL-SUM-008", title = "What was received adds up to the total stated", severity = "error", forms = { "bcf-year-end" },
  source = "Better Care Fund year-end return: totals are those of its lines",
  remedy = "Correct the line that is wrong, or the total.",
  check = function(budget)
    equal { at = budget.totals:place "income", given = budget.totals.income, exactly = budget.income:sum "actual" }
  end,
}

condition {
  id = "POOL-SUM-009", title = "What was spent adds up to the total stated", severity = "error", forms = { "bcf-year-end" },
  source = "Better Care Fund year-end return: totals are those of its schemes",
  remedy = "Correct the scheme that is wrong, or the total.",
  check = function(budget)
    equal { at = budget.totals:place "expenditure", given = budget.totals.expenditure, exactly = budget.schemes:sum "actual_expenditure" }
  end,
}

condition {
  id = "POOL-SUM-010", title = "Each pool's outturn is what its schemes spent", severity = "error", forms = { "bcf-year-end" },
  source = "NHS Act 2006 s75: a pool's money is spent by its schemes", parameters = { "tolerance" }, after = { "POOL-SUM-009" },
  remedy = "Correct the outturn, or the scheme whose spending or pool is wrong.",
  each = "outturn",
  check = function(outturn, budget, given)
    equal { at = outturn:place "actual", given = outturn.actual, exactly = budget.schemes:where { pool = outturn.pool }:sum "actual_expenditure",
            within = given.parameters.tolerance, says = "The pool spent {given}, and its schemes {expected}" }
  end,
}

condition {
  id = "POOL-SUM-011", title = "The localities add up to the total stated", severity = "error", forms = { "national-localities" },
  source = "A fund is the sum of its localities' shares", remedy = "Correct the locality whose share is wrong, or the total.",
  check = function(budget)
    equal { at = budget:place "total", given = budget.total, exactly = budget.localities:sum "amount" }
  end,
}
