-- What the packs of proposals share: their forms' cover and sources of money, and sentences that
-- several proposals have in common.
local partners = require "lib.partners"
local return_fields = require "lib.return_fields"
local scheme_fields = require "lib.scheme_fields"

local proposals = {}

local titles = {
  ccg_budget = "CCG's own budget", council_budget = "Council's own budget", nhs_transfer = "NHS transfer to social care",
  itf_share = "Share of the Integration Transformation Fund", transfer_2014_15 = "Transfer of 2014-15 to social care",
  nhs_england_primary_care = "NHS England, primary care", pioneer_support = "Support for pioneers", whole_budget = "Whole budget",
}

local function sources(words)
  local list = {}
  for i, word in ipairs(words) do list[i] = { word, title = titles[word] } end
  return list
end

-- A field of a list of fields gets other words.
local function reword(fields, name, words)
  for _, field in ipairs(fields) do
    if field[1] == name then field.of = sources(words) end
  end
end

-- Income lines and schemes whose money comes from these sources alone.
function proposals.income(words, more)
  local list = return_fields.income(more)
  reword(list.fields, "source", words)
  return list
end

function proposals.schemes(words, more)
  local fields = scheme_fields.fields(
    { "commissioner", "reference", to = "partners", also = { "nhs", "la", "joint" }, title = "Commissioner" },
    { "pool", "reference", to = "pools", title = "Pool" }, return_fields.add(scheme_fields.more(), more))
  reword(fields, "source_of_funding", words)
  return { "schemes", "list", key = "scheme_id", row = "scheme", required = true, title = "Schemes", fields = fields }
end

-- Columns by which tables without a key are found, made afresh.
local function needs(list)
  return ({
    explanations = { "rule", "text" }, resources = { "kind" }, ["transfer.priorities"] = { "amount" }, ["schemes.parts"] = { "amount" },
    ["charge.agreed"] = { "partner" }, ["national.social_care_budget"] = { "department" }, ["national.pioneers"] = { "site" }, ["committees.members"] = { "person" },
  })[list]
end

-- A form's sheets, for workbooks and for CSV files with a part for each of them: the cover, called as the
-- form is and with its own values, then one sheet a table: { "Pools", "pools" }, and for rows within rows
-- { "Parts", "schemes.parts", "Scheme" }, the last the heading of the column that says of which.
function proposals.sheets(title, values, tables)
  local cover = { "programme", "kind", "stage", "submission_id", "financial_year", "units", "submitted_at", { "contact.name", label = "Contact name" },
    { "contact.email", label = "Contact email" } }
  local sheets = { { title, needed = true, values = return_fields.add(cover, values) } }
  for _, table in ipairs(return_fields.add(tables, { { "Explanations", "explanations" } })) do
    sheets[#sheets + 1] = { table[1], optional = true,
      tables = { { list = table[2], needs = needs(table[2]), parent = table[3] and { table[3] }, totals = { "total", "totals" } } } }
  end
  return sheets
end

-- A form of an area's return for one programme; codes are checked as on every return.
function proposals.form(f)
  local conditions = { "POOL-ID-001", "POOL-ID-002", "POOL-ID-003", "POOL-ID-005", "POOL-ID-008", "POOL-ID-012" }
  return {
    id = f.id, title = f.title, area = f.area or "hwb.gss", period = "financial_year", units = "units",
    recognise = { schema = "poold.submission/1", programme = { f.programme }, kind = f.kind },
    explanations = { list = "explanations", condition = "rule", target = "target", text = "text", author = "author", on = "at" },
    waivers = { list = "waivers", condition = "rule", text = "justification" },
    conditions = not f.area and return_fields.add(conditions, f.conditions) or f.conditions,
    fields = return_fields.with(f.fields), sheets = f.sheets and proposals.sheets(f.title, f.sheets.values, f.sheets.tables),
  }
end

-- A text of a record that must say something: where it is blank or a placeholder, a finding at it, or at
-- the record where there is none.
function proposals.say(owner, record, field, finds)
  local there = owner:optional(record)
  local text = there and there:optional(field)
  if says_something(text) then return true end
  finding { at = there and there:place(field) or owner:place(record), given = text or "nothing", expected = finds.expected,
            severity = finds.severity, says = finds.says }
  return false
end

-- A pool is between the NHS and the council.
function proposals.needs_both(budget)
  for _, kind in ipairs { { "ccg", "clinical commissioning group" }, { "local_authority", "local authority" } } do
    if #budget.partners:where { type = kind[1] } == 0 then
      finding { at = budget:place "partners", given = "no " .. kind[2], expected = "at least one " .. kind[2], who = kind[2],
                says = "No {who} is among the partners" }
    end
  end
end

-- Partners that have a budget of their own: commissioners, and neither providers nor committees.
function proposals.has_budget(partner)
  return partner.type ~= "nhs_trust" and partner.type ~= "joint_committee"
end

function proposals.with_budgets(budget)
  return budget.partners:where(proposals.has_budget)
end

-- A partner's whole budget for the area; where it gives none, the subject stops as absent. Of a partner of
-- the return before there is then no history.
function proposals.budget_of(partner, before)
  if #partner.budgets == 0 and before then stop.no_history "The last accepted return does not give this partner's budgets." end
  if #partner.budgets == 0 then stop.absent(partner:place "budgets", "What this partner has to spend in the area is not given.") end
  return partner.budgets:sum "total"
end

-- Whether a national return is this programme's; it has to say which programme's it is.
function proposals.only_for(programme, budget)
  if budget.programme ~= programme then stop.not_applicable "The return is for another programme." end
end

-- One amount as a share of another, or a stop where there is nothing to share; without a place, it is of
-- the return before.
function proposals.share(part, whole, at)
  if whole:is_zero() and not at then stop.no_history "There is no share of nothing in the last accepted return." end
  if whole:is_zero() then stop.absent(at, "The whole is nought, so there is no share of it.") end
  return ratio(part, whole)
end

-- How a partner is called in a sentence.
function proposals.name(partner)
  return partner:optional "name" or partners.is_council(partner) and "The council" or partner.code
end

return proposals
