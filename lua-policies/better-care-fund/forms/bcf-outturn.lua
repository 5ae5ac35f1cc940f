-- What was spent in the year as a table, one row a scheme. The board and the year stand above it.
local return_fields = require "lib.return_fields"
local scheme_fields = require "lib.scheme_fields"

form {
  id = "bcf-outturn", title = "Better Care Fund year-end schemes (table)",
  area = "board", period = "financial_year", units = "units",
  explanations = { list = "explanations", condition = "rule", target = "target", text = "text", author = "author", on = "at" },
  fields = return_fields.with {
    return_fields.board(),
    return_fields.board_name(),
    { "schemes", "list", key = "scheme_id", row = "scheme", required = true, title = "Schemes", fields = scheme_fields.fields(
        scheme_fields.commissioner(),
        { "pool", "code", title = "Pool", headers = { "Pool" } },
        { scheme_fields.actual() }) },
  },
  csv = {
    list = "schemes", preamble = true,
    needs = { "scheme_id", "source_of_funding", "expenditure", "actual_expenditure" },
    totals = { "total", "totals", "grand total", "sum" },
  },
}
