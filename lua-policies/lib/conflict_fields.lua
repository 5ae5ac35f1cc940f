-- The fields of registers of interests, of gifts and of decisions, for every form that has them. Each
-- call makes them afresh.
local conflict_fields = {}

local function members()
  return {
    { "lay_member", aliases = { "Lay member" } }, { "accountable_officer", aliases = { "Accountable officer", "Chief officer" } },
    { "cfo", aliases = { "Chief finance officer", "CFO" } }, { "gp_member", aliases = { "GP member", "GP" } },
    { "secondary_care_clinician", aliases = { "Secondary care clinician" } }, { "nurse", aliases = { "Nurse" } },
    { "officer", aliases = { "Officer" } }, { "councillor", aliases = { "Councillor" } }, { "other", aliases = { "Other" } },
  }
end

-- The organisation whose register or decisions these are.
function conflict_fields.holder()
  return { "holder", "record", required = true, title = "Organisation", fields = {
      { "code", "code", required = true, title = "Code", headers = { "Register of", "Register kept by", "Kept by" }, help = "an ODS code like 03L" },
      { "name", "text", title = "Name", headers = { "Name of the organisation" } } } }
end

-- The schemes in conflict are codes where the form has no list of schemes.
function conflict_fields.interests(without_schemes)
  local schemes = { "conflicted_schemes", "list", of = "reference", to = "schemes", title = "Schemes in conflict" }
  if without_schemes then schemes.of, schemes.to = "code", nil end
  return { "interests", "list", key = "id", open = { "arose", "ended" }, row = "interest", title = "Interests", fields = {
      { "id", "code", title = "Id" }, { "person", "text", required = true, title = "Person" }, { "role", "text", title = "Role" },
      { "organisation", "text", title = "Organisation" }, { "organisation_code", "code", title = "Organisation code" },
      { "type", "enum", of = { "financial", "non_financial_professional", "non_financial_personal", "indirect" }, title = "Type" },
      { "share_percent", "percent", range = { "0", "1" }, title = "Share held" },
      { "arose", "date", title = "Arose" }, { "declared", "date", unknown = true, title = "Declared" },
      { "ended", "date", unknown = true, title = "Ended" },
      schemes,
      { "action", "text", title = "Action" } } }
end

function conflict_fields.register_of_interests()
  return { "register_of_interests", "record", title = "Register of interests", fields = {
      { "last_reviewed", "date", title = "Last reviewed" }, { "published", "boolean", title = "Published" },
      { "nil_returns", "list", of = "text", title = "Nil returns" } } }
end

function conflict_fields.decisions()
  return { "decisions", "list", key = "ref", row = "decision", title = "Decisions", fields = {
      { "ref", "code", title = "Reference" },
      { "scheme", "reference", to = "schemes", aliases = { "scheme_id" }, required = true, title = "Scheme" },
      { "partner", "reference", to = "partners", title = "Partner" },
      { "body", "code", title = "Body" }, { "date", "date", required = true, title = "Date" },
      { "chair", "text", title = "Chair" }, { "chair_role", "enum", of = members(), title = "Chair's role" },
      { "present", "list", row = "person", title = "Present", fields = {
          { "person", "text", required = true, title = "Person" }, { "role", "enum", of = members(), title = "Role" },
          { "voted", "boolean", title = "Voted" }, { "withdrew", "boolean", title = "Withdrew" } } },
      { "voters", "integer", title = "Voters" }, { "voters_conflicted", "integer", title = "Voters in conflict" },
      { "quorate", "boolean", title = "Quorate" } } }
end

-- The same as a table, one row a person at a decision.
function conflict_fields.votes()
  return { "votes", "list", row = "vote", required = true, title = "Votes", fields = {
      { "decision", "code", required = true, title = "Decision", headers = { "Decision", "Decision reference", "Minute" } },
      { "date", "date", required = true, title = "Date" },
      { "scheme", "code", required = true, title = "Scheme", headers = { "Scheme", "Scheme ID" } },
      { "body", "code", required = true, title = "Body" },
      { "person", "text", required = true, title = "Person" },
      { "role", "enum", of = members(), title = "Role" },
      { "chaired", "boolean", title = "Chaired", headers = { "Chaired", "In the chair" } },
      { "interest", "boolean", required = true, title = "Has an interest", headers = { "Has an interest", "Interest" } },
      { "voted", "boolean", required = true, title = "Voted" },
      { "withdrew", "boolean", title = "Withdrew" } } }
end

function conflict_fields.committees()
  return { "committees", "list", key = "body", row = "committee", title = "Committees", fields = {
      { "body", "code", required = true, title = "Body" },
      { "members", "list", row = "member", title = "Members", fields = {
          { "person", "text", title = "Person" }, { "role", "enum", of = members(), title = "Role" }, { "lay", "boolean", title = "Lay" } } } } }
end

function conflict_fields.gifts()
  return { "gifts", "list", row = "gift", title = "Gifts and hospitality", fields = {
      { "person", "text", title = "Person" }, { "kind", "enum", of = { "gift", "hospitality" }, required = true, title = "Kind" },
      { "value", "money", no_units = true, required = true, range = { "0", "1000000000" }, title = "Value" }, { "from", "text", title = "From" },
      { "supplier", "boolean", title = "From a supplier" }, { "on", "date", required = true, title = "On" },
      { "declared", "date", unknown = true, title = "Declared" }, { "approved_by", "text", title = "Approved by" },
      { "for_organisation", "boolean", title = "Accepted for the organisation" } } }
end

return conflict_fields
