-- Fields of proposed programmes, for every form that has them. Each call makes them afresh.
local programme_fields = {}

-- Shares of an area, and of the country as a whole; nothing is below nought.
local function whole() return { "0", "1000000000" } end
local function nation() return { "0", "100000000000" } end

function programme_fields.joint_plan()
  return { "joint_plan", "record", title = "Joint plan", fields = {
      { "ref", "text", title = "Reference" }, { "title", "text", title = "Title" }, { "process", "text", title = "Joint planning process" },
      { "agreed_on", "date", title = "Agreed on" }, { "needs_assessment_ref", "text", title = "Needs assessment" } } }
end

function programme_fields.pool_use()
  return { "pool_use", "record", title = "Use of the pool", fields = { { "text", "text", title = "How the pool will be used" } } }
end

function programme_fields.resources()
  return { "resources", "list", row = "resource", title = "Resources other than money", fields = {
      { "partner", "reference", to = "partners", title = "Partner" }, { "kind", "text", title = "Kind" }, { "description", "text", title = "Description" } } }
end

function programme_fields.targets()
  return { "targets", "list", key = "id", row = "target", title = "Targets", fields = {
      { "id", "code", title = "Id" }, { "level", "enum", of = { "national", "local" }, title = "National or local" },
      { "measure", "code", title = "National measure" }, { "text", "text", title = "How it will be met" },
      { "baseline", "decimal", title = "Baseline" }, { "target", "decimal", title = "Target" },
      { "due", "date", title = "Due" }, { "actual", "decimal", unknown = true, title = "Actual" }, { "met", "boolean", title = "Met" } } }
end

function programme_fields.transfer()
  return { "transfer", "record", title = "Transfer to social care", fields = {
      { "year", "year", title = "Year of the transfer" }, { "amount", "money", range = whole(), title = "Transfer" },
      { "priorities", "list", row = "priority", title = "Priorities", fields = { { "name", "text", title = "Priority" }, { "amount", "money", range = whole(), title = "Amount" } } } } }
end

function programme_fields.outcomes_framework()
  return { "outcomes_framework", "record", title = "Outcomes framework", fields = {
      { "name", "text", title = "Name of the framework" }, { "version", "text", title = "Version" },
      { "outcomes", "list", key = "id", row = "outcome", title = "Outcomes", fields = { { "id", "code", title = "Outcome" }, { "title", "text", title = "Title" } } } } }
end

function programme_fields.charge()
  return { "charge", "list", key = "role", row = "commissioner", title = "Who is in charge", fields = {
      { "role", "text", title = "Role" }, { "partner", "reference", to = "partners", also = { "HWB" }, title = "Who is in charge" },
      { "form", "enum", of = { "ccg", "council", "hwb", "new_hwb", "joint" }, title = "Form" }, { "overseen_by", "text", title = "Overseen by" },
      { "agreed", "list", row = "agreement", title = "Agreed by", fields = { { "partner", "reference", to = "partners", title = "Partner" }, { "on", "date", title = "Agreed on" } } } } }
end

function programme_fields.trajectory()
  return { "trajectory", "list", key = "year", row = "year", title = "Trajectory", fields = {
      { "year", "year", title = "Year" }, { "pooled", "money", range = nation(), title = "Pooled" }, { "total", "money", range = nation(), title = "All money" },
      { "share", "percent", range = { "0", "1" }, title = "Share pooled" } } }
end

function programme_fields.hwb_statement()
  return { "hwb_statement", "record", title = "Board's statement", fields = {
      { "conflicts", "text", title = "How conflicts were dealt with" }, { "on", "date", title = "Date" }, { "public", "boolean", title = "Public" },
      { "url", "text", title = "Where it is published" } } }
end

-- A fund as a whole: its parts, the localities' shares, and what else only a national return shows.
function programme_fields.national(required)
  return { "national", "record", required = required, title = "National", fields = {
      { "components", "list", key = "name", row = "component", title = "Components", fields = {
          { "name", "text", required = true, title = "Name" }, { "amount", "money", required = true, range = nation(), title = "Amount" } } },
      { "total", "money", range = nation(), title = "Total" },
      { "localities", "list", key = "area", row = "locality", title = "Localities", fields = {
          { "area", "code", required = true, title = "Area" }, { "amount", "money", required = true, range = nation(), title = "Amount" },
          { "transfer", "money", range = nation(), title = "Share of the transfer" } } },
      { "social_care_budget", "list", row = "budget", title = "Social care budget", fields = {
          { "department", "text", required = true, title = "Department" }, { "amount", "money", range = nation(), title = "Amount" } } },
      { "pioneers", "list", row = "pioneer", title = "Pioneers", fields = {
          { "site", "text", required = true, title = "Site" }, { "area", "code", title = "Area of the site's own return" },
          { "amount", "money", range = nation(), title = "Amount" }, { "purpose", "text", title = "Purpose" } } } } }
end

function programme_fields.pioneer()
  return { "pioneer", "record", title = "Pioneer", fields = {
      { "site", "code", title = "Site" }, { "support", "money", range = nation(), title = "Support" }, { "purpose", "text", title = "Purpose of the support" },
      { "results", "text", title = "Results" } } }
end

return programme_fields
