-- A Better Care Fund quarterly return: how the year goes, as a JSON document or a workbook.
local performance_fields = require "lib.performance_fields"
local return_fields = require "lib.return_fields"
local return_sheets = require "lib.return_sheets"

form {
  id = "bcf-quarterly", title = "Better Care Fund quarterly return",
  recognise = { schema = "poold.submission/1", kind = "quarterly", programme = { "better-care-fund", absent = true } },
  area = "hwb.gss", period = "quarter", units = "units",
  explanations = { list = "explanations", condition = "rule", target = "target", text = "text", author = "author", on = "at" },
  waivers = { list = "waivers", condition = "rule", text = "justification" },
  fields = return_fields.with {
    { "quarter", "quarter", required = true, title = "Quarter", help = "a quarter like 2015-16Q1" },
    return_fields.hwb(),
    return_fields.partners(),
    return_fields.pools(),
    return_fields.account(),
    { "budget_arrangements", "record", title = "Budget arrangements", fields = {
        { "pooled", "boolean", title = "Funds are pooled by a section 75 agreement" }, { "by", "date", title = "By" } } },
    return_fields.section75(),
    return_fields.national_conditions(),
    performance_fields.p4p(),
    return_fields.metrics(),
    return_fields.outturn(),
    { "narrative", "text", title = "Narrative", max = 32000 },
    return_fields.sign_off(),
  },
  sheets = {
    return_sheets.cover { { "schema", is = "poold.submission/1" }, "quarter" },
    return_sheets.list("Partners", "partners", { needed = true }),
    return_sheets.list("Pools", "pools"),
    { "Budget arrangements", optional = true, values = {
        { "budget_arrangements.pooled", label = { "Funds are pooled by a section 75 agreement", "Have the funds been pooled via a s.75 pooled budget?" } },
        { "budget_arrangements.by", label = { "If not, they will be by", "By" } } } },
    return_sheets.account(),
    return_sheets.list("National conditions", "national_conditions", { optional = true }),
    return_sheets.performance(),
    return_sheets.list("Metrics", "metrics", { optional = true }),
    return_sheets.section75(),
    return_sheets.list("Outturn", "outturn", { optional = true, needs = { "pool", "actual" } }),
    { "Narrative", optional = true, values = { { "narrative", label = { "Narrative", "How the quarter went" } } } },
    return_sheets.list("Sign-off", "sign_off", { optional = true, also = { "Sign off" } }),
    return_sheets.explanations(),
    return_sheets.waivers(),
  },
}
