-- What the sheets of a return's workbook are, for every form that has them. Each call makes them afresh.
local return_sheets = {}

-- A sheet of one table: return_sheets.list("Interests", "interests", { optional = true }).
function return_sheets.list(sheet, list, options)
  local block, table = { sheet, tables = { { list = list } } }, nil
  table = block.tables[1]
  for name, value in pairs(options or {}) do
    if name == "optional" or name == "needed" or name == "also" or name == "values" then block[name] = value else table[name] = value end
  end
  return block
end

function return_sheets.cover(more)
  local values = {
    { "template.name", label = "Template" }, { "template.version", label = { "Template version", "Version" } },
    { "kind", label = "Kind of return" }, "stage", { "submission_id", label = "Submission" }, { "supersedes", label = "Replaces submission" },
    "financial_year", { "units", label = { "Units of money", "Amounts in" } },
    { "hwb.gss", label = { "Health and wellbeing board code", "HWB code" } }, { "hwb.name", label = { "Health and wellbeing board", "HWB" } },
    "submitted_at", "content_changed_at", { "contact.name", label = { "Completed by", "Contact" } }, { "contact.email", label = { "E-mail", "Contact e-mail" } },
  }
  for _, value in ipairs(more or {}) do values[#values + 1] = value end
  return { "Cover", also = { "1. Cover", "2. Cover" }, needed = true, values = values }
end

-- Quarters below one another, or across as the national templates have them, income above expenditure.
function return_sheets.account()
  local function block(kind)
    local lower = kind:lower()
    return { list = "account", across = "quarter", under = kind,
      rows = { ["planned_" .. lower] = { "Plan", "Planned" }, ["forecast_" .. lower] = "Forecast", ["actual_" .. lower] = "Actual" },
      ignore = { "Annual total", "Total", "Pooled fund", "Commentary on progress against financial plan",
        "Please comment if there is a difference between the annual totals and the pooled fund" } }
  end
  return { "Income and expenditure", also = { "I&E", "Income & expenditure" }, needed = true,
    tables = { { list = "account" }, block "Income", block "Expenditure" } }
end

function return_sheets.performance(more)
  local block = { "Payment for performance", also = { "P4P", "HWB P4P metric" }, optional = true, values = {
      "p4p.unit_value", "p4p.target_reduction", "p4p.target_rationale", "p4p.target_basis", "p4p.growth_assumed", "p4p.approved_target",
      "p4p.target_change_approved_on", "p4p.fund_total", "p4p.share_of_1bn", "p4p.out_of_hospital_residual", "p4p.payment_variant",
      { "p4p.unearned.destination", label = "Money not earned goes to" }, { "p4p.unearned.agreed_by_hwb", label = "Agreed by the board on" },
    }, tables = {
      { maps = { "p4p.baseline", "p4p.baseline_basis", "p4p.planned", "p4p.actual" }, key = { "Quarter" } },
      { list = "p4p.payments", optional = true } } }
  for _, value in ipairs(more or {}) do block.values[#block.values + 1] = value end
  return block
end

function return_sheets.risk_share()
  return { "Risk share", also = { "Risk pool" }, optional = true, values = {
      { "risk_share.agreed", label = "A risk share is agreed" }, { "risk_share.amount", label = "Amount at risk" }, { "risk_share.text", label = "What is agreed" },
    }, tables = { { maps = { "risk_share.split_percent" }, key = { "Partner" }, optional = true } } }
end

function return_sheets.interests()
  return { "Interests", also = { "Register of interests" }, optional = true, values = {
      "register_of_interests.last_reviewed", "register_of_interests.published", "register_of_interests.nil_returns",
    }, tables = { { list = "interests", needs = { "person", "type" } } } }
end

function return_sheets.decisions()
  return { "Decisions", optional = true, tables = {
      { list = "decisions" },
      { list = "decisions.present", parent = { "Decision" }, optional = true } } }
end

function return_sheets.section75()
  return { "Section 75", also = { "Section 75 agreement" }, optional = true, values = {
      "section75.agreement_ref", "section75.signed", "section75.start", "section75.end", "section75.renewal", "section75.aims", "section75.contributions",
      "section75.functions", "section75.persons_and_services", "section75.resources", "section75.duration_review_termination", "section75.management",
      "section75.host_named", "section75.quarterly_reports",
    }, tables = { { list = "section75.reports", optional = true } } }
end

-- Single values that other programmes' plans carry, on one sheet.
function return_sheets.programmes()
  return { "Other programmes", optional = true, values = {
      { "joint_plan.ref", label = "Joint plan reference" }, { "joint_plan.title", label = "Joint plan title" }, "joint_plan.process",
      { "joint_plan.agreed_on", label = "Joint plan agreed on" }, { "joint_plan.needs_assessment_ref", label = "Needs assessment" }, "pool_use.text",
      "transfer.year", { "transfer.amount", label = "Transfer" }, "outcomes_framework.name", { "outcomes_framework.version", label = "Version of the framework" },
      "hwb_statement.conflicts", { "hwb_statement.on", label = "Date of the statement" }, { "hwb_statement.public", label = "The statement is public" }, "hwb_statement.url",
      { "pioneer.site", label = "Pioneer site" }, { "pioneer.support", label = "Support for the pioneer" }, "pioneer.purpose", { "pioneer.results", label = "Results of the pioneer" },
      { "capacity_and_demand.ref", label = "Capacity and demand plan" }, { "capacity_and_demand.agreed_on", label = "Capacity and demand plan agreed on" },
    } }
end

function return_sheets.explanations()
  return return_sheets.list("Explanations", "explanations", { optional = true, needs = { "rule", "text" } })
end

function return_sheets.waivers()
  return return_sheets.list("Waivers", "waivers", { optional = true, needs = { "rule", "justification" } })
end

return return_sheets
