-- Decisions on schemes: who was there, who voted, and what interests they have, as a JSON document.
local conflict_fields = require "lib.conflict_fields"
local return_fields = require "lib.return_fields"
local scheme_fields = require "lib.scheme_fields"

form {
  id = "decisions", title = "Register of decisions",
  recognise = { schema = "poold.submission/1", kind = "decisions" },
  area = "hwb.gss", period = "financial_year", units = "units",
  explanations = { list = "explanations", condition = "rule", target = "target", text = "text", author = "author", on = "at" },
  waivers = { list = "waivers", condition = "rule", text = "justification" },
  fields = return_fields.with {
    return_fields.hwb(),
    return_fields.partners(),
    { "schemes", "list", key = "scheme_id", row = "scheme", required = true, title = "Schemes", fields = scheme_fields.decided() },
    conflict_fields.interests(),
    conflict_fields.register_of_interests(),
    conflict_fields.decisions(),
    conflict_fields.committees(),
  },
}
