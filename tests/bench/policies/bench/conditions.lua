-- The same ten checks as plain.py beside this folder: each over the whole budget.
local forms, source, remedy = { "bench-plan" }, "measurement", "Nothing: this is for measuring."

condition { id = "BENCH-READ", title = "The file can be read", severity = "error", reader = true, source = source, remedy = remedy }

condition { id = "BENCH-01", title = "Income total", severity = "error", forms = forms, source = source, remedy = remedy,
  check = function(budget)
    equal { at = budget.totals:place "income", given = budget.totals.income, exactly = budget.income:sum "amount" }
  end }

condition { id = "BENCH-02", title = "Expenditure total", severity = "error", forms = forms, source = source, remedy = remedy,
  check = function(budget)
    equal { at = budget.totals:place "expenditure", given = budget.totals.expenditure, exactly = budget.schemes:sum "expenditure" }
  end }

condition { id = "BENCH-03", title = "Income equals expenditure", severity = "error", forms = forms, source = source, remedy = remedy,
  check = function(budget)
    equal { at = budget.totals:place "income", given = budget.income:sum "amount", exactly = budget.schemes:sum "expenditure" }
  end }

condition { id = "BENCH-04", title = "Each pool balances", severity = "error", forms = forms, source = source, remedy = remedy,
  each = "pools",
  check = function(pool, budget)
    equal { at = pool:place "total", given = pool.total, exactly = budget.income:where { pool = pool }:sum "amount" }
    equal { at = pool:place "total", given = pool.total, exactly = budget.schemes:where { pool = pool }:sum "expenditure" }
  end }

condition { id = "BENCH-05", title = "Each source is spent", severity = "error", forms = forms, source = source, remedy = remedy,
  check = function(budget)
    for _, name in ipairs { "nhs_minimum", "dfg", "social_care_capital" } do
      local lines = budget.income:where { source = name }
      equal { at = lines:place "amount", given = lines:sum "amount",
        exactly = budget.schemes:where { source_of_funding = name }:sum "expenditure" }
    end
  end }

condition { id = "BENCH-06", title = "Scheme names differ", severity = "warning", forms = forms, source = source, remedy = remedy,
  check = function(budget)
    equal { at = budget:place "schemes", given = #budget.schemes:unique "scheme_name", exactly = #budget.schemes }
  end }

-- As the packs that ship have it (POOL-UNIT-003): the form says the range, the reader finds what lies outside.
condition { id = "BENCH-07", title = "Amounts in range", severity = "error", reader = true, source = source, remedy = remedy }

condition { id = "BENCH-08", title = "Minimum pooled", severity = "error", forms = forms, source = source, remedy = remedy,
  check = function(budget)
    local lines = budget.income:where { source = "nhs_minimum" }
    at_least { at = lines:place "amount", given = lines:sum "amount", least = budget.minimum }
  end }

condition { id = "BENCH-09", title = "Joint shares add up", severity = "error", forms = forms, source = source, remedy = remedy,
  each = "schemes",
  check = function(scheme)
    equal { at = scheme:place "joint_nhs_percent", given = scheme.joint_nhs_percent + scheme.joint_la_percent, exactly = 100 }
  end }

condition { id = "BENCH-10", title = "Carers' breaks", severity = "query", forms = forms, source = source, remedy = remedy,
  check = function(budget)
    local carers = budget.schemes:where { scheme_type = "carers" }
    at_least { at = carers:place "expenditure", given = carers:sum "expenditure", least = budget.carers_minimum }
  end }
