-- A national return: what the fund as a whole is made of, and each locality's share of it.
local programme_fields = require "lib.programme_fields"
local proposals = require "lib.proposals"
local return_fields = require "lib.return_fields"

form {
  id = "national-return", title = "National return",
  recognise = { schema = "poold.submission/1", kind = "national_return" },
  area = "country", period = "financial_year", units = "units",
  explanations = { list = "explanations", condition = "rule", target = "target", text = "text", author = "author", on = "at" },
  waivers = { list = "waivers", condition = "rule", text = "justification" },
  fields = return_fields.with {
    { "country", "code", shape = "A99999999", required = true, title = "Country code", help = "E92000001 for England" },
    programme_fields.national(true),
    programme_fields.transfer(),
  },
  sheets = proposals.sheets("National return", { "country", "national.total" }, {
    { "Components", "national.components" }, { "Localities", "national.localities" },
    { "Social care budget", "national.social_care_budget" }, { "Pioneers", "national.pioneers" } }),
}
