register { name = "allocations", title = "Published allocations", file = "registers/allocations.csv",
  origin = "Example: one area, worked out from council minutes", on = "2014-11-28",
  key = { "partner", "area", "year", "source" },
  columns = { { "partner", "code", of = { "ccgs", "icbs", "councils.ecode", "councils.gss" } },
    { "area", "code", of = "health_and_wellbeing_boards" }, { "year", "year" }, { "source", "text" }, { "amount", "money" }, { "origin", "text" } },
  rises = { amount = "amount", along = "year", each = "area", where = "source", is = "nhs_minimum", by = "nhs_uplift", within = "1", rule = "BCF-FUND-005" },
  notice = "Only the example area (E08000018) is loaded, with amounts made up in proportion to the national ones, so plans of other areas are undetermined. Put the published allocations into lua-policies/site/allocations.csv with the columns partner, area, year, source, amount, origin, and reload." }

register { name = "agreed_amounts", title = "Amounts agreed locally for named purposes", file = "registers/agreed_amounts.csv",
  origin = "Example: one area", on = "2014-11-28",
  key = { "area", "year", "purpose" },
  columns = { { "area", "code", of = "health_and_wellbeing_boards" }, { "year", "year" }, { "purpose", "text" }, { "amount", "money" }, { "origin", "text" } },
  notice = "Only the example area (E08000018, 2015-16) has agreed amounts for carers' breaks, reablement and the Care Act; elsewhere any amount passes. Put what was agreed into lua-policies/site/agreed_amounts.csv (columns area, year, purpose, amount, origin), and reload." }

register { name = "national_conditions", title = "National conditions by year", file = "registers/national_conditions.csv",
  origin = "Council minutes, policy frameworks and planning requirements; the wording is ours", on = "2025-03-31",
  key = { "id" },
  columns = { { "id", "code" }, { "from", "date" }, { "to", "date" }, { "title", "text" }, { "origin", "text" } } }

register { name = "metrics", title = "Metrics by year", file = "registers/metrics.csv",
  origin = "Planning requirements, by way of what is said of them; each row says what is from memory", on = "2025-03-31",
  key = { "id" },
  columns = { { "id", "code" }, { "from", "date" }, { "to", "date" }, { "title", "text" }, { "origin", "text" } } }

register { name = "payment_points", title = "When a quarter's performance may be paid", file = "registers/payment_points.csv",
  origin = "HFMA, The right chemistry (May 2015); the rest from memory, unverified", on = "2014-10-01",
  key = { "quarter" },
  columns = { { "quarter", "quarter" }, { "on", "date" }, { "origin", "text" } } }

register { name = "signatories", title = "Who signs a return", file = "registers/signatories.csv",
  origin = "Sign-off blocks of the forms, planning requirements and council papers; each row says which", on = "2025-03-31",
  key = { "form", "signatory", "role" },
  columns = { { "form", "text" }, { "from", "date" }, { "to", "date" }, { "signatory", "text" }, { "role", "text" }, { "title", "text" },
    { "may_follow", "boolean" }, { "origin", "text" } } }

register { name = "national_minimums", title = "The fund as a whole, by year and part", file = "registers/national_minimums.csv",
  origin = "Policy frameworks, statements and determinations; each row says whether its amount was found or is from memory", on = "2025-03-31",
  key = { "year", "part" },
  columns = { { "year", "year" }, { "part", "text" }, { "amount", "money" }, { "status", "text" }, { "source", "text" } } }
