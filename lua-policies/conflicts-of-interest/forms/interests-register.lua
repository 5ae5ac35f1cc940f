-- An organisation's register of interests, with its gifts and committees; as a table, one row an interest.
local conflict_fields = require "lib.conflict_fields"
local return_fields = require "lib.return_fields"

form {
  id = "interests-register", title = "Register of interests",
  recognise = { schema = "poold.submission/1", kind = "interests_register" },
  area = "holder.code", period = "financial_year", units = "units",
  explanations = { list = "explanations", condition = "rule", target = "target", text = "text", author = "author", on = "at" },
  waivers = { list = "waivers", condition = "rule", text = "justification" },
  fields = return_fields.with {
    conflict_fields.holder(),
    conflict_fields.register_of_interests(),
    conflict_fields.interests(true),
    conflict_fields.gifts(),
    conflict_fields.committees(),
  },
  csv = { list = "interests", preamble = true, needs = { "person", "organisation", "arose", "declared" } },
}
