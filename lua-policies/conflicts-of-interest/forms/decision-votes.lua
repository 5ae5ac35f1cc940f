-- Who took part in decisions as a table, one row a person at a decision, as minutes list them.
local conflict_fields = require "lib.conflict_fields"
local return_fields = require "lib.return_fields"

form {
  id = "decision-votes", title = "Votes on schemes (table)",
  area = "holder.code", period = "financial_year",
  explanations = { list = "explanations", condition = "rule", target = "target", text = "text", author = "author", on = "at" },
  fields = return_fields.with { conflict_fields.holder(), conflict_fields.votes() },
  csv = { list = "votes", preamble = true, needs = { "decision", "scheme", "person", "voted" } },
}
