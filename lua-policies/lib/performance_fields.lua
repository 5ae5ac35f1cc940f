-- The fields of payment for performance, for every form that has them. Each call makes them afresh.
local performance_fields = {}

local function people() return { "0", "10000000" } end
local function share() return { "-1", "1" } end

function performance_fields.p4p()
  return { "p4p", "record", title = "Payment for performance", fields = {
      { "unit_value", "money", no_units = true, title = "Value of an avoided admission" },
      { "target_reduction", "rate", aliases = { "target_reduction_permille" }, range = share(), title = "Target reduction" },
      { "target_rationale", "text", title = "Why this target" },
      { "target_basis", "enum", of = { "gross", "net" }, title = "Target is gross or net of growth" },
      { "growth_assumed", "rate", aliases = { "growth_assumed_permille" }, range = share(), title = "Growth assumed" },
      { "approved_target", "rate", aliases = { "approved_target_permille" }, range = share(), title = "Approved target" },
      { "target_change_approved_on", "date", title = "Change of target approved on" },
      { "baseline", "map", keys = "quarter", of = "integer", range = people(), title = "Baseline admissions" },
      { "baseline_basis", "map", keys = "quarter", of = { "actual", "provisional", "plan" }, title = "Basis of the baseline" },
      { "planned", "map", keys = "quarter", of = "integer", range = people(), title = "Planned admissions" },
      { "actual", "map", keys = "quarter", of = "integer", range = people(), unknown = true, title = "Actual admissions" },
      { "fund_total", "money", title = "Payment for performance pot" },
      { "share_of_1bn", "money", title = "Share of the £1 billion" },
      { "out_of_hospital_residual", "money", title = "Remainder for out-of-hospital services" },
      { "payment_variant", "enum", of = { "per_quarter", "cumulative" }, title = "How quarters are paid" },
      { "payments", "list", key = "quarter", row = "payment", title = "Payments", fields = {
          { "quarter", "quarter", required = true, title = "Quarter" }, { "amount", "money", required = true, title = "Amount" },
          { "paid_on", "date", title = "Paid on" } } },
      { "unearned", "record", title = "Money not earned", fields = {
          { "destination", "enum", of = { "nhs_services", "social_care", "carried_forward", "other" }, title = "Goes to" },
          { "agreed_by_hwb", "date", title = "Agreed by the board on" } } },
      { "quarters", "list", key = "performance", row = "quarter", title = "Quarters", join = {
          rows = "planned", performance = "key",
          baseline = { "baseline", shift = -4 }, basis = { "baseline_basis", shift = -4 }, planned = "planned", actual = "actual",
          paid = { "payments", key = "quarter", field = "amount" }, paid_on = { "payments", key = "quarter", field = "paid_on" } },
        fields = {
          { "performance", "quarter", title = "Quarter" }, { "baseline", "integer", title = "Baseline" },
          { "basis", "enum", of = { "actual", "provisional", "plan" }, title = "Basis of the baseline" },
          { "planned", "integer", title = "Planned admissions" }, { "actual", "integer", title = "Actual admissions", unknown = true },
          { "paid", "money", title = "Paid" }, { "paid_on", "date", title = "Paid on" },
          { "reduction", "integer", derive = function(quarter) return quarter.baseline - quarter.actual end },
          { "planned_reduction", "integer", derive = function(quarter) return largest(quarter.baseline - quarter.planned, 0) end } } } } }
end

-- The quarters of a table, one row each: what p4p() joins, read as it stands, and the pools' money.
function performance_fields.quarters()
  return { "quarters", "list", key = "performance", row = "quarter", required = true, title = "Quarters", fields = {
      { "performance", "quarter", required = true, title = "Quarter", headers = { "Quarter", "Performance quarter" } },
      { "baseline", "integer", range = people(), title = "Baseline admissions", headers = { "Baseline admissions", "Baseline" } },
      { "basis", "enum", of = { "actual", "provisional", "plan" }, title = "Basis of the baseline" },
      { "planned", "integer", range = people(), title = "Planned admissions" },
      { "actual", "integer", range = people(), unknown = true, title = "Actual admissions" },
      { "paid", "money", title = "Paid for performance", headers = { "Paid for performance", "Payment" } },
      { "paid_on", "date", title = "Paid on" },
      { "planned_income", "money", title = "Planned income" },
      { "actual_income", "money", unknown = true, title = "Actual income" },
      { "planned_expenditure", "money", title = "Planned expenditure" },
      { "actual_expenditure", "money", unknown = true, title = "Actual expenditure" },
      { "reduction", "integer", derive = function(quarter) return quarter.baseline - quarter.actual end },
      { "planned_reduction", "integer", derive = function(quarter) return largest(quarter.baseline - quarter.planned, 0) end } } }
end

return performance_fields
