-- An organisation's register of gifts and hospitality; as a table, one row a gift.
local conflict_fields = require "lib.conflict_fields"
local return_fields = require "lib.return_fields"

form {
  id = "gifts-register", title = "Register of gifts and hospitality",
  recognise = { schema = "poold.submission/1", kind = "gifts_register" },
  area = "holder.code", period = "financial_year", units = "units",
  explanations = { list = "explanations", condition = "rule", target = "target", text = "text", author = "author", on = "at" },
  fields = return_fields.with { conflict_fields.holder(), conflict_fields.gifts() },
  csv = { list = "gifts", preamble = true, needs = { "person", "kind", "value", "on" }, totals = { "total", "totals" } },
}
