-- The pools of a section 75 agreement as a table, one row each; what the agreement says stands above it.
local return_fields = require "lib.return_fields"

form {
  id = "section-75-pools", title = "Section 75 pools (table)",
  area = "board", period = "financial_year", units = "units",
  explanations = { list = "explanations", condition = "rule", target = "target", text = "text", author = "author", on = "at" },
  fields = return_fields.with {
    return_fields.board(),
    return_fields.board_name(),
    return_fields.section75(true),
    { "pools", "list", key = "id", row = "pool", required = true, title = "Pools", fields = {
        { "id", "code", required = true, title = "Pool", headers = { "Pool", "Pool id" } },
        { "name", "text", title = "Pool name" },
        { "host_partner", "code", title = "Host partner", headers = { "Host partner", "Host" }, help = "the code of the council or NHS body" },
        { "pool_manager", "record", title = "Pool manager", fields = {
            { "name", "text", title = "Name", headers = { "Pool manager", "Pool manager name" } },
            { "post", "text", title = "Post", headers = { "Pool manager post" } } } },
        { "external_auditor", "text", title = "External auditor" },
        { "functions", "list", of = "code", title = "Functions" },
        { "total", "money", range = { "0", "1000000000" }, title = "Total" },
        return_fields.host_code() } },
  },
  csv = {
    list = "pools", preamble = true,
    needs = { "id", "host_partner" },
    totals = { "total", "totals", "sum" },
  },
}
