-- The schemes of a plan as a table, one row a scheme: what a spreadsheet of the expenditure sheet
-- becomes when it is saved as CSV. The board and the year stand above the table.
local scheme_fields = require "lib.scheme_fields"

form {
  id = "bcf-schemes", title = "Better Care Fund schemes (table)",
  area = "board", period = "financial_year", units = "amounts_in",
  explanations = { list = "explanations", condition = "rule", target = "target", text = "text", author = "author", on = "at" },
  fields = {
    { "board", "code", shape = "A99999999", required = true, title = "Health and wellbeing board code",
      headers = { "Health and Wellbeing Board code", "HWB code", "Board code" }, help = "a code like E08000018" },
    { "board_name", "text", title = "Health and wellbeing board", headers = { "Health and Wellbeing Board", "HWB" } },
    { "financial_year", "year", required = true, title = "Financial year", headers = { "Financial year", "Year" }, help = "a year like 2015-16" },
    { "amounts_in", "enum", of = { "GBP", "GBP000" }, title = "Amounts in" },
    { "completed_by", "text", title = "Completed by" },
    { "schemes", "list", key = "scheme_id", row = "scheme", required = true, title = "Schemes", fields = scheme_fields.fields(
        scheme_fields.commissioner(),
        { "pool", "code", title = "Pool", headers = { "Pool" } },
        { { "share_of_spend", "percent", title = "% of overall spend", headers = { "% of overall spend" } } }) },
    { "explanations", "list", fields = {
        { "rule", "code" }, { "target", "text" }, { "text", "text" }, { "author", "text" }, { "at", "date" } } },
  },
  csv = {
    list = "schemes", preamble = true,
    needs = { "scheme_id", "scheme_type", "source_of_funding", "expenditure" },
    totals = { "total", "totals", "grand total", "sum" },
  },
}
