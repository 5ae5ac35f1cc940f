-- A Better Care Fund year-end return: what was received and spent, pool by pool and scheme by scheme, as a JSON document
-- or a workbook.
local performance_fields = require "lib.performance_fields"
local return_fields = require "lib.return_fields"
local return_sheets = require "lib.return_sheets"
local scheme_fields = require "lib.scheme_fields"

form {
  id = "bcf-year-end", title = "Better Care Fund year-end return",
  recognise = { schema = "poold.submission/1", kind = "year_end", programme = { "better-care-fund", absent = true } },
  area = "hwb.gss", period = "financial_year", units = "units",
  explanations = { list = "explanations", condition = "rule", target = "target", text = "text", author = "author", on = "at" },
  waivers = { list = "waivers", condition = "rule", text = "justification" },
  fields = return_fields.with {
    return_fields.hwb(),
    return_fields.partners(),
    return_fields.pools(),
    return_fields.income { { "actual", "money", required = true, range = { "0", "1000000000" }, title = "Received" } },
    { "schemes", "list", key = "scheme_id", row = "scheme", required = true, title = "Schemes", fields = scheme_fields.fields(
        { "commissioner", "reference", to = "partners", also = { "nhs", "la", "joint" }, title = "Commissioner" },
        { "pool", "reference", to = "pools", title = "Pool" },
        { scheme_fields.actual() }) },
    { "totals", "record", title = "Totals", fields = {
        { "income", "money", title = "Income received" }, { "expenditure", "money", title = "Expenditure" } } },
    return_fields.outturn(),
    return_fields.section75(),
    return_fields.national_conditions(),
    performance_fields.p4p(),
    return_fields.metrics(),
    { "narrative", "text", title = "Narrative", max = 32000 },
    return_fields.sign_off(),
  },
  sheets = {
    return_sheets.cover { { "schema", is = "poold.submission/1" } },
    return_sheets.list("Partners", "partners", { needed = true }),
    return_sheets.list("Pools", "pools"),
    { "Income", needed = true, values = { { "totals.income", label = "Income of the year" } },
      tables = { { list = "income", totals = { "total", "total income" }, adds = { "amount", "actual" } } } },
    { "Expenditure", needed = true, values = { { "totals.expenditure", label = "Expenditure of the year" } },
      tables = { { list = "schemes", needs = { "scheme_id", "scheme_type", "source_of_funding", "actual_expenditure" },
          totals = { "total", "total expenditure" }, adds = { "expenditure", "actual_expenditure" }, ignore = { "% of overall spend" },
          prefilled = { "scheme_id" } } } },
    return_sheets.list("Outturn", "outturn", { needed = true, needs = { "pool", "actual" } }),
    return_sheets.section75(),
    return_sheets.list("National conditions", "national_conditions", { optional = true }),
    return_sheets.performance(),
    return_sheets.list("Metrics", "metrics", { optional = true }),
    { "Narrative", optional = true, values = { { "narrative", label = { "Narrative", "How the year went" } } } },
    return_sheets.list("Sign-off", "sign_off", { optional = true, also = { "Sign off" } }),
    return_sheets.explanations(),
    return_sheets.waivers(),
  },
}
