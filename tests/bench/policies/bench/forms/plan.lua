form {
  id = "bench-plan", title = "Plan to measure with",
  recognise = { schema = "bench/1" },
  area = "area", period = "financial_year",
  fields = {
    { "schema", "text", required = true },
    { "area", "code", shape = "A99999999", required = true },
    { "financial_year", "year", required = true },
    { "minimum", "money", required = true },
    { "carers_minimum", "money", required = true },
    { "partners", "list", key = "id", required = true, fields = {
        { "id", "code", required = true }, { "code", "code", required = true }, { "name", "text" } } },
    { "pools", "list", key = "id", required = true, fields = {
        { "id", "code", required = true }, { "host_partner", "reference", to = "partners" }, { "total", "money", required = true } } },
    { "income", "list", key = "line", required = true, fields = {
        { "line", "code", required = true }, { "pool", "reference", to = "pools" }, { "partner", "reference", to = "partners" },
        { "source", "text" }, { "amount", "money", required = true } } },
    { "schemes", "list", key = "scheme_id", required = true, fields = {
        { "scheme_id", "code", required = true }, { "scheme_name", "text" }, { "scheme_type", "text" }, { "area_of_spend", "text" },
        { "commissioner", "reference", to = "partners" }, { "provider_type", "text" }, { "provider", "text" },
        { "source_of_funding", "text" }, { "pool", "reference", to = "pools" }, { "new_or_existing", "text" },
        { "expenditure", "money", required = true, range = { "0", "1000000000" } }, { "prior_year_expenditure", "money" },
        { "joint_nhs_percent", "integer" }, { "joint_la_percent", "integer" }, { "description", "text" } } },
    { "totals", "record", required = true, fields = { { "income", "money", required = true }, { "expenditure", "money", required = true } } },
  },
}
