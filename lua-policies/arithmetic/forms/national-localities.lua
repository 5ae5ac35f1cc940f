-- Each locality's share of a national fund as a table, one row a locality; the total stands above it.
local return_fields = require "lib.return_fields"

form {
  id = "national-localities", title = "National return, localities (table)",
  area = "country", period = "financial_year", units = "units",
  explanations = { list = "explanations", condition = "rule", target = "target", text = "text", author = "author", on = "at" },
  fields = return_fields.with {
    { "country", "code", shape = "A99999999", required = true, title = "Country code", help = "E92000001 for England" },
    { "total", "money", required = true, title = "Total" },
    { "localities", "list", key = "area", row = "locality", required = true, title = "Localities", fields = {
        { "area", "code", shape = "A99999999", required = true, title = "Area", headers = { "Area", "Locality code", "Area code" } },
        { "name", "text", title = "Locality", headers = { "Locality", "Area name" } },
        { "amount", "money", required = true, range = { "0", "10000000000" }, title = "Amount", headers = { "Amount (£)", "Share", "Share (£)" } } } },
  },
  csv = { list = "localities", preamble = true, needs = { "area", "amount" }, totals = { "total", "totals", "england", "sum" } },
}
