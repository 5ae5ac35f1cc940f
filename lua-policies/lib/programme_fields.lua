-- Fields of proposed programmes, for every form that has them. Each call makes them afresh.
local programme_fields = {}

function programme_fields.joint_plan()
  return { "joint_plan", "record", fields = { { "ref", "text" }, { "title", "text" }, { "process", "text" }, { "agreed_on", "date" }, { "needs_assessment_ref", "text" } } }
end

function programme_fields.pool_use()
  return { "pool_use", "record", fields = { { "text", "text" } } }
end

function programme_fields.resources()
  return { "resources", "list", fields = { { "partner", "reference", to = "partners" }, { "kind", "text" }, { "description", "text" } } }
end

function programme_fields.targets()
  return { "targets", "list", key = "id", fields = {
      { "id", "code" }, { "level", "enum", of = { "national", "local" } }, { "text", "text" }, { "baseline", "decimal" }, { "target", "decimal" },
      { "due", "date" }, { "actual", "decimal", unknown = true }, { "met", "boolean" } } }
end

function programme_fields.transfer()
  return { "transfer", "record", fields = { { "year", "year" }, { "amount", "money" },
      { "priorities", "list", fields = { { "name", "text" }, { "amount", "money" } } } } }
end

function programme_fields.outcomes_framework()
  return { "outcomes_framework", "record", fields = { { "name", "text" }, { "version", "text" } } }
end

function programme_fields.charge()
  return { "charge", "list", fields = { { "role", "text" }, { "partner", "reference", to = "partners", also = { "HWB" } },
      { "form", "enum", of = { "ccg", "council", "hwb", "new_hwb", "joint" } }, { "overseen_by", "text" },
      { "agreed", "list", fields = { { "partner", "reference", to = "partners" }, { "on", "date" } } } } }
end

function programme_fields.trajectory()
  return { "trajectory", "list", key = "year", fields = { { "year", "year" }, { "pooled", "money" }, { "total", "money" }, { "share", "percent" } } }
end

function programme_fields.hwb_statement()
  return { "hwb_statement", "record", fields = { { "conflicts", "text" }, { "on", "date" }, { "public", "boolean" }, { "url", "text" } } }
end

-- The fund as a whole: its parts, the localities' shares, and what else only a national return shows.
function programme_fields.national(required)
  return { "national", "record", required = required, title = "National", fields = {
      { "components", "list", key = "name", row = "component", title = "Components", fields = {
          { "name", "text", required = true, title = "Name" }, { "amount", "money", required = true, title = "Amount" } } },
      { "total", "money", title = "Total" },
      { "localities", "list", key = "area", row = "locality", title = "Localities", fields = {
          { "area", "code", required = true, title = "Area" }, { "amount", "money", required = true, title = "Amount" } } },
      { "social_care_budget", "list", row = "budget", title = "Social care budget", fields = {
          { "department", "text", required = true, title = "Department" }, { "amount", "money", title = "Amount" } } },
      { "pioneers", "list", row = "pioneer", title = "Pioneers", fields = {
          { "site", "text", required = true, title = "Site" }, { "amount", "money", title = "Amount" }, { "purpose", "text", title = "Purpose" } } } } }
end

function programme_fields.pioneer()
  return { "pioneer", "record", fields = { { "site", "code" }, { "support", "money" }, { "results", "text" } } }
end

return programme_fields
