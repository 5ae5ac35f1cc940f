-- Fields that several forms have: who is in the arrangement, its pools, its money, its agreement and
-- signatures. Each call makes them afresh.
local scheme_fields = require "lib.scheme_fields"

local return_fields = {}

local function whole() return { "0", "1000000000" } end
local function nation() return { "0", "100000000000" } end      -- what no part of the country can have
local function roles() return { "hwb_chair", "ccg_accountable_officer", "icb_chief_executive", "la_chief_executive", "s151_officer", "dass" } end

function return_fields.add(fields, more)
  for _, field in ipairs(more or {}) do fields[#fields + 1] = field end
  return fields
end

-- A form's fields: the cover that every return has, then its own, then answers and notes.
function return_fields.with(own)
  local fields = {
    { "schema", "text" },
    { "programme", "text", title = "Programme" },
    { "kind", "text", title = "Kind of return" },
    { "stage", "enum", of = { "draft", "provisional", "final", "certified" }, title = "Stage" },
    { "submission_id", "code", title = "Submission" },
    { "supersedes", "code", title = "Replaces submission" },
    { "template", "record", title = "Template", fields = { { "name", "text", title = "Name" }, { "version", "text", title = "Version" } } },
    { "financial_year", "year", required = true, title = "Financial year", headers = { "Financial year", "Year" }, help = "a year like 2015-16" },
    { "units", "enum", of = { "GBP", "GBP000" }, title = "Units of money", help = "GBP for pounds, GBP000 for thousands of pounds" },
    { "submitted_at", "time", title = "Submitted at" },
    { "content_changed_at", "time", title = "Content last changed at" },
    return_fields.contact(),
  }
  return_fields.add(fields, own)
  return return_fields.add(fields, { return_fields.explanations(), return_fields.waivers(), { "flex", "any" } })
end

-- The board as people write it above a table.
function return_fields.board()
  return { "board", "code", shape = "A99999999", required = true, title = "Health and wellbeing board code",
    headers = { "Health and Wellbeing Board code", "HWB code", "Board code" }, help = "a code like E08000018" }
end

function return_fields.board_name()
  return { "board_name", "text", title = "Health and wellbeing board", headers = { "Health and Wellbeing Board", "HWB" } }
end

function return_fields.hwb()
  return { "hwb", "record", required = true, title = "Health and wellbeing board", fields = {
      { "gss", "code", shape = "A99999999", required = true, title = "Code", help = "a code like E08000018" },
      { "name", "text", title = "Name" } } }
end

function return_fields.contact()
  return { "contact", "record", title = "Contact", fields = { { "name", "text" }, { "email", "text" } } }
end

function return_fields.partners()
  return { "partners", "list", key = "id", row = "partner", required = true, title = "Partners", fields = {
      { "id", "code", required = true, title = "Id" },
      { "type", "enum", of = { "local_authority", "district", "ccg", "icb", "nhs_england", "nhs_trust", "pct", "joint_committee" }, required = true, title = "Type" },
      { "code", "code", required = true, title = "Code", help = "an ODS code like 03L, or the ministry's code of a council like E4403" },
      { "gss", "code", shape = "A99999999", title = "Statistical code" },
      { "name", "text", title = "Name" },
      { "budgets", "list", key = "area_of_spend", row = "budget", title = "Budgets", fields = {
          { "area_of_spend", "enum", of = scheme_fields.areas(), title = "Area of spend" }, { "total", "money", range = nation(), title = "Total" } } },
      { "planned_balance", "money", title = "Planned balance" },
      { "recovery_note", "text", title = "Recovery note" } } }
end

function return_fields.pools(more)
  local list = { "pools", "list", key = "id", row = "pool", required = true, title = "Pools", fields = {
      { "id", "code", required = true, title = "Id" },
      { "name", "text", title = "Name" },
      { "host_partner", "reference", to = "partners", title = "Host partner" },
      { "pool_manager", "record", title = "Pool manager", fields = {
          { "name", "text", title = "Name" }, { "post", "text", title = "Post" }, { "email", "text" } } },
      { "external_auditor", "text", title = "External auditor" },
      { "total", "money", range = whole(), title = "Total" },
      { "opening", "money", title = "Opening balance" },
      { "closing", "money", title = "Closing balance" } } }
  return_fields.add(list.fields, more)
  return list
end

function return_fields.income(more)
  local list = { "income", "list", key = "line", row = "line", required = true, title = "Income", fields = {
      { "line", "code", title = "Line" },
      { "pool", "reference", to = "pools", title = "Pool" },
      { "partner", "reference", to = "partners", required = true, title = "Partner" },
      { "source", "enum", of = scheme_fields.sources(), required = true, title = "Source" },
      { "amount", "money", required = true, whole_pounds = true, round = true, range = whole(), title = "Amount" },
      { "adjustment", "boolean" },
      { "counts_towards", "enum", of = { "minimum", "performance", "additional", "transfer", "required" }, title = "Counts towards" },
      { "from_existing_budget", "boolean", title = "From the existing budget" },
      { "service", "enum", of = { "core_gp", "dental", "ophthalmic", "pharmaceutical", "other" }, title = "Service" } } }
  return_fields.add(list.fields, more)
  return list
end

function return_fields.national_conditions()
  return { "national_conditions", "list", key = "id", row = "condition", title = "National conditions", fields = {
      { "id", "code", required = true, title = "Condition" }, { "met", "enum", of = { "yes", "no", "in_progress" }, title = "Met" },
      { "by", "date", title = "By" }, { "evidence", "text", title = "Evidence" }, { "text", "text", title = "Text" } } }
end

function return_fields.metrics()
  return { "metrics", "list", key = "id", row = "metric", title = "Metrics", fields = {
      { "id", "code", required = true, title = "Metric" }, { "period", "text", title = "Period" },
      { "prior", "decimal", range = whole(), unknown = true, title = "Last year" }, { "plan", "decimal", range = whole(), title = "Plan" },
      { "actual", "decimal", unknown = true, title = "Actual" }, { "unit", "text", title = "Unit" } } }
end

-- The agreement as a return sums it up: what SI 2000/617 regulation 7(3) asks for, and its dates.
function return_fields.section75(required)
  return { "section75", "record", required = required, title = "Section 75 agreement", fields = {
      { "agreement_ref", "text", title = "Reference", headers = { "Agreement reference" } }, { "signed", "date", unknown = true, title = "Signed on", headers = { "Agreement signed on" } },
      { "start", "date", title = "Starts", headers = { "Agreement starts" } }, { "end", "date", title = "Ends", headers = { "Agreement ends" } }, { "renewal", "text", title = "Renewal" },
      { "aims", "boolean", title = "Aims and outcomes" }, { "contributions", "boolean", title = "Contributions" },
      { "functions", "boolean", title = "Functions" }, { "persons_and_services", "boolean", title = "People and services" },
      { "resources", "boolean", title = "Staff, goods, services and accommodation" },
      { "duration_review_termination", "boolean", title = "Duration, review and termination" },
      { "management", "boolean", title = "Management and monitoring" }, { "host_named", "boolean", title = "Host is named" },
      { "quarterly_reports", "boolean", title = "Quarterly reports are agreed" },
      { "reports", "list", key = "quarter", row = "report", title = "Reports", fields = {
          { "quarter", "quarter", required = true, title = "Quarter" }, { "received", "date", title = "Received" } } } } }
end

function return_fields.outturn()
  return { "outturn", "list", row = "pool", title = "Outturn", fields = {
      { "pool", "reference", to = "pools", title = "Pool" }, { "planned", "money", range = whole(), title = "Planned" },
      { "actual", "money", range = whole(), title = "Actual" }, { "action_plan", "text", title = "Action plan" } } }
end

function return_fields.sign_off()
  return { "sign_off", "list", row = "signature", title = "Sign-off", fields = {
      { "role", "enum", of = roles(), required = true, title = "Role" },
      { "partner", "reference", to = "partners", also = { "HWB" }, title = "Partner" },
      { "name", "text", title = "Name" }, { "email", "text", title = "E-mail" },
      { "at", "time", aliases = { "date" }, day_ends = true, unknown = true, title = "Signed at" },
      { "planned_on", "date", title = "Planned for" },
      { "delegated", "boolean", title = "Delegated" } } }
end

-- The partners' money in and out of the pools, quarter by quarter; null is not yet known.
function return_fields.account()
  return { "account", "list", key = "quarter", row = "quarter", title = "Income and expenditure by quarter", fields = {
      { "quarter", "quarter", required = true, title = "Quarter" },
      { "planned_income", "money", range = whole(), title = "Planned income" },
      { "forecast_income", "money", range = whole(), unknown = true, title = "Forecast income" },
      { "actual_income", "money", range = whole(), unknown = true, title = "Actual income" },
      { "planned_expenditure", "money", range = whole(), title = "Planned expenditure" },
      { "forecast_expenditure", "money", range = whole(), unknown = true, title = "Forecast expenditure" },
      { "actual_expenditure", "money", range = whole(), unknown = true, title = "Actual expenditure" } } }
end

-- A pool's host by code, whether the file names a partner of its list or writes the code itself.
function return_fields.host_code()
  return { "host_code", "code", derive = function(pool)
      local host = pool.host_partner
      return type(host) == "string" and host or host.code
    end }
end

-- Answers to queries; the form names this list as its explanations.
function return_fields.explanations()
  return { "explanations", "list", row = "explanation", title = "Explanations", fields = {
      { "rule", "code", title = "Condition" }, { "target", "text", title = "Place" }, { "text", "text", title = "Text" },
      { "author", "text", title = "Author" }, { "at", "date", title = "Date" } } }
end

-- Claims of waivers, shown and never applied.
function return_fields.waivers()
  return { "waivers", "list", row = "waiver", title = "Waivers", fields = {
      { "rule", "code" }, { "requester", "text" }, { "approver", "text" }, { "justification", "text" }, { "expires", "date" } } }
end

return return_fields
