-- The fields of a scheme, for every form that lists schemes. Each call makes them afresh.
local scheme_fields = {}

-- Where money comes from; a form's file may also use the titles of the template.
function scheme_fields.sources()
  return {
    { "nhs_minimum", title = "Minimum CCG contribution", aliases = { "Minimum CCG Contribution", "CCG Minimum Contribution", "Minimum NHS Contribution" } },
    { "nhs_additional", title = "Additional CCG contribution", aliases = { "Additional CCG Contribution", "Additional NHS Contribution" } },
    { "dfg", title = "Disabled facilities grant", aliases = { "DFG", "Disabled Facilities Grant" } },
    { "social_care_capital", title = "Social care capital grant", to = "2015-16", aliases = { "Social Care Capital Grant" } },
    { "la_additional", title = "Additional council contribution", aliases = { "Additional LA Contribution", "Local Authority Social Services" } },
    { "carried_forward", title = "Carried forward" },
    { "ibcf", title = "Improved Better Care Fund", from = "2017-18", to = "2024-25", aliases = { "iBCF" } },
    { "winter_pressures", title = "Winter pressures grant", from = "2018-19", to = "2019-20", aliases = { "Winter Pressures" } },
    { "discharge_la", title = "Discharge fund, council's part", from = "2022-23", to = "2024-25", aliases = { "LA Discharge" } },
    { "discharge_icb", title = "Discharge fund, ICB's part", from = "2022-23", to = "2024-25", aliases = { "ICB Discharge" } },
    { "labcg", title = "Local Authority Better Care Grant", from = "2025-26" },
    "itf_share", "transfer_2014_15", "nhs_england_primary_care", "pioneer_support", "whole_budget",
  }
end

function scheme_fields.areas()
  return {
    { "acute", title = "Acute", aliases = { "Acute" } },
    { "mental_health", title = "Mental health", aliases = { "Mental Health" } },
    { "community_health", title = "Community health", aliases = { "Community Health" } },
    { "continuing_care", title = "Continuing care", aliases = { "Continuing Care" } },
    { "primary_care", title = "Primary care", aliases = { "Primary Care" } },
    { "social_care", title = "Social care", aliases = { "Social Care" } },
    { "public_health", title = "Public health", aliases = { "Public Health" } },
    { "other", title = "Other", aliases = { "Other" } },
  }
end

function scheme_fields.provider_types()
  return {
    { "nhs_community", aliases = { "NHS Community Provider", "NHS community" } }, { "nhs_acute", aliases = { "NHS Acute Provider", "NHS acute" } },
    { "nhs_mental_health", aliases = { "NHS Mental Health Provider", "NHS mental health" } }, { "gp_practice", aliases = { "Primary care", "GP practice" } },
    { "local_authority", aliases = { "Local Authority", "Council" } }, { "voluntary", aliases = { "Charity / Voluntary Sector", "Voluntary" } },
    { "private", aliases = { "Private Sector", "Private" } }, { "ccg", aliases = { "CCG" } }, "none", "other",
  }
end

-- Scheme types changed with the template of 2019; the words of 2015-16 are those of the first plans.
function scheme_fields.types()
  local first, later = { to = "2018-19" }, { from = "2019-20" }
  local types = {
    { "contingency", title = "Risk pool or contingency", aliases = { "Contingency", "Risk pool" } },
    { "dfg", title = "Disabled facilities grants", aliases = { "DFG Related Schemes", "Disabled facilities grants", "DFG" } },
    { "housing", title = "Housing related schemes", aliases = { "Housing Related Schemes", "Housing" } },
    { "carers", title = "Carers' breaks and services", aliases = { "Carers Services", "Carers' breaks", "Carers" } },
    { "care_act", title = "Care Act implementation", aliases = { "Care Act Implementation Related Duties", "Care Act" } },
    { "reablement", title = "Reablement", aliases = { "Reablement" } },
    { "other", title = "Other", aliases = { "Other" } },
  }
  local function add(words, when)
    for _, word in ipairs(words) do
      types[#types + 1] = { word[1], title = word[2], aliases = { word[2] }, from = when.from, to = when.to }
    end
  end
  add({
    { "intermediate_care", "Intermediate care" }, { "care_coordination", "Care coordination" },
    { "social_care_maintenance", "Social care maintenance" }, { "social_care_capital", "Social care capital" },
    { "seven_day_services", "Seven-day services" }, { "admission_avoidance", "Admission avoidance" },
    { "out_of_hospital", "Out-of-hospital services" },
  }, first)
  add({
    { "assistive_technology", "Assistive Technologies and Equipment" }, { "community_based", "Community Based Schemes" },
    { "enablers", "Enablers for Integration" }, { "high_impact_change", "High Impact Change Model" },
    { "home_care", "Home Care or Domiciliary Care" }, { "care_planning", "Integrated Care Planning and Navigation" },
    { "bed_based_care", "Bed-based Intermediate Care" }, { "home_based_care", "Home-based intermediate care" },
    { "urgent_community_response", "Urgent Community Response" }, { "care_at_home", "Personalised Budgeting" },
    { "prevention", "Prevention / Early Intervention" }, { "residential", "Residential Placements" }, { "workforce", "Workforce" },
  }, later)
  return types
end

-- Who commissions a scheme: nhs, la or joint, also where a file names the partner instead.
local function commissioned_by(scheme)
  local who = scheme.commissioner
  if type(who) == "string" then return who end
  return require "lib.partners".is_council(who) and "la" or "nhs"
end

-- The columns of the template; `more` are the form's own fields.
function scheme_fields.fields(commissioner, pool, more)
  local fields = {
    { "scheme_id", "code", required = true, title = "Scheme ID", headers = { "Scheme ID", "Scheme no.", "Scheme number", "ID", "Ref" } },
    { "scheme_name", "text", title = "Scheme name", headers = { "Scheme name", "Scheme", "Name of scheme" } },
    { "description", "text", title = "Brief description", headers = { "Brief description", "Brief description of scheme", "Description" } },
    { "scheme_type", "enum", of = scheme_fields.types(), required = true, title = "Scheme type", headers = { "Scheme type", "Type of scheme" } },
    { "sub_type", "text", title = "Sub type", headers = { "Sub types", "Sub type" } },
    { "area_of_spend", "enum", of = scheme_fields.areas(), title = "Area of spend", headers = { "Area of spend", "Area of spend (category)" } },
    { "area_other", "text", title = "Area of spend, if other", headers = { "specify if Other", "Please specify if 'Area of spend' is 'other'" } },
    commissioner,
    { "commissioned_by", "text", derive = commissioned_by },
    { "joint_nhs_percent", "percent", range = { "0", "1" }, title = "% NHS (if joint)", headers = { "% NHS (if joint)", "% NHS", "% NHS (if joint commissioner)" } },
    { "joint_la_percent", "percent", range = { "0", "1" }, title = "% LA (if joint)", headers = { "% LA (if joint)", "% LA", "% LA (if joint commissioner)" } },
    { "provider_type", "enum", title = "Kind of provider", of = scheme_fields.provider_types(),
      headers = { "Provider type", "Kind of provider" } },
    { "provider", "code", title = "Provider", headers = { "Provider", "Provider code" } },
    { "providers", "list", of = "code", title = "Providers" },
    { "source_of_funding", "enum", of = scheme_fields.sources(), required = true, title = "Source of funding", headers = { "Source of funding", "Funding source" } },
    pool,
    { "new_or_existing", "enum", of = { { "new", aliases = { "New" } }, { "existing", aliases = { "Existing" } } }, title = "New or existing scheme",
      headers = { "New/Existing scheme", "New or existing scheme", "New/Existing" } },
    { "expenditure", "money", required = true, whole_pounds = true, round = true, range = { "0", "1000000000" }, title = "Expenditure",
      headers = { "Expenditure (£)", "Expenditure", "Expenditure (£) year 1", "2015/16 Expenditure (£)", "Amount (£)", "Amount" } },
    { "prior_year_expenditure", "money", whole_pounds = true, round = true, range = { "0", "1000000000" }, title = "Expenditure of the year before",
      headers = { "Previous year expenditure (£)", "Prior year expenditure", "2014/15 Expenditure (£)" } },
    { "outputs", "decimal", title = "Expected outputs", headers = { "Expected outputs", "Expected outputs (2 years)", "Outputs" } },
    { "output_units", "text", title = "Units of outputs", headers = { "Units", "Output units" } },
    { "capital", "boolean", title = "Capital", headers = { "Capital", "Capital?" } },
  }
  for _, field in ipairs(more or {}) do fields[#fields + 1] = field end
  return fields
end

-- What was spent, where a form says it beside what was planned.
function scheme_fields.actual()
  return { "actual_expenditure", "money", required = true, range = { "0", "1000000000" }, title = "Spent",
    headers = { "Actual expenditure (£)", "Actual expenditure", "Spent", "Outturn (£)", "Outturn" } }
end

-- Who commissions, in the words of a table.
function scheme_fields.commissioner()
  return { "commissioner", "enum", title = "Commissioner", headers = { "Commissioner" }, of = {
      { "nhs", aliases = { "CCG", "NHS" } }, { "la", aliases = { "LA", "Local Authority", "Council" } }, { "joint", aliases = { "Joint" } } } }
end

-- How the providers of a scheme were chosen.
function scheme_fields.conflict()
  return { "conflict", "record", title = "Conflict of interest", fields = {
      { "declared", "boolean", title = "Declared" },
      { "procurement_route", "enum", title = "Procurement route",
        of = { "open_tender", "restricted_tender", "competitive", "any_qualified_provider", "framework", "single_tender", "grant", "none" } },
      { "price_basis", "text", title = "How the price was set" },
      { "single_tender_reason", "text", title = "Reason for a single tender" },
      { "other_capable_providers", "boolean", title = "Other providers could do it" },
      { "decision_ref", "code", title = "Decision" } } }
end

-- What a register of decisions says of a scheme that was decided on.
function scheme_fields.decided()
  return {
    { "scheme_id", "code", required = true, title = "Scheme ID" },
    { "scheme_name", "text", title = "Scheme name" },
    { "area_of_spend", "enum", of = scheme_fields.areas(), title = "Area of spend" },
    { "provider_type", "enum", of = scheme_fields.provider_types(), title = "Kind of provider" },
    { "provider", "code", title = "Provider" },
    { "providers", "list", of = "code", title = "Providers" },
    scheme_fields.conflict(),
  }
end

-- What a plan says of a scheme beyond the template's columns: procurement, whom it serves, its parts.
function scheme_fields.more()
  return {
    scheme_fields.conflict(),
    { "client_groups", "list", of = { "long_term_needs", "older_people", "carers", "children", "all" } },
    { "purposes", "list", of = { "hospital_discharge", "prevention", "new_model_of_care", "out_of_hospital", "other" } },
    { "outcome_refs", "list", of = "code", title = "Outcomes" },
    { "parts", "list", row = "part", fields = {
        { "partner", "reference", to = "partners" }, { "service", "text" }, { "amount", "money", range = { "0", "1000000000" } } } },
    { "disputed", "boolean" },
    { "functions", "list", of = "code" },
  }
end

return scheme_fields
