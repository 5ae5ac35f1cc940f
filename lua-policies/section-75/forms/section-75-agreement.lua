-- What a section 75 agreement says, summed up: contents, pools, hosts, managers, auditors, functions.
local return_fields = require "lib.return_fields"

form {
  id = "section-75-agreement", title = "Section 75 agreement summary",
  recognise = { schema = "poold.submission/1", kind = "section_75_agreement" },
  area = "hwb.gss", period = "financial_year", units = "units",
  explanations = { list = "explanations", condition = "rule", target = "target", text = "text", author = "author", on = "at" },
  waivers = { list = "waivers", condition = "rule", text = "justification" },
  fields = return_fields.with {
    return_fields.hwb(),
    return_fields.partners(),
    return_fields.section75(true),
    return_fields.pools {
      { "functions", "list", of = "code", title = "Functions" },
      return_fields.host_code(),
    },
    { "contributions", "list", row = "contribution", title = "Contributions", fields = {
        { "pool", "reference", to = "pools", required = true, title = "Pool" },
        { "partner", "reference", to = "partners", required = true, title = "Partner" },
        { "amount", "money", required = true, range = { "0", "1000000000" }, title = "Amount" },
        { "varied_by", "text", title = "How it may be varied" } } },
    return_fields.outturn(),
    return_fields.sign_off(),
  },
}
