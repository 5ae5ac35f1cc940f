-- The quarters of a year as a table, one row each: admissions, payments, money in and out. The board,
-- the quarter that the return is for and the pot stand above the table.
local performance_fields = require "lib.performance_fields"
local return_fields = require "lib.return_fields"

form {
  id = "bcf-quarters", title = "Better Care Fund quarters (table)",
  area = "board", period = "quarter", units = "units",
  explanations = { list = "explanations", condition = "rule", target = "target", text = "text", author = "author", on = "at" },
  fields = return_fields.with {
    return_fields.board(),
    return_fields.board_name(),
    { "quarter", "quarter", required = true, title = "Return for quarter", headers = { "Return for quarter", "Quarter reported" },
      help = "a quarter like 2015-16Q1" },
    { "unit_value", "money", no_units = true, title = "Value of an avoided admission" },
    { "fund_total", "money", title = "Payment for performance pot" },
    { "payment_variant", "enum", of = { "per_quarter", "cumulative" }, title = "How quarters are paid" },
    performance_fields.quarters(),
  },
  csv = {
    list = "quarters", preamble = true,
    needs = { "performance", "planned", "actual" },
    totals = { "total", "totals", "year", "sum" },
  },
}
