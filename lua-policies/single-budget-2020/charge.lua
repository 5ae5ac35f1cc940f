-- Who is in charge of the single budget, who agreed to that, and how it is overseen.
local partners = require "lib.partners"
local proposals = require "lib.proposals"

local options = "King's Fund, Options for Integrated Commissioning"
local forms = { "area-budget" }

local function commissioners(budget)
  return budget.partners:where { type = { "ccg", "icb", "nhs_england", "local_authority" } }
end

-- Whether who is in charge is what the form says: a CCG (or the board that took its place), a council, a board.
local function is_form(form, who)
  if form == "new_hwb" or who == "HWB" then return form == "new_hwb" and who == "HWB" end
  return form == "ccg" and partners.is_commissioner(who) or form == "council" and partners.is_council(who)
end

condition {
  id = "SB-003", title = "Exactly one is in charge: a CCG or a council", severity = "error", forms = forms, source = options,
  parameters = { "in_charge_by", "new_hwb_from" },
  remedy = "Agree on one commissioner, a CCG or a council, and enter it alone.",
  check = function(budget, given)
    local by, at = given.parameters.in_charge_by, budget:place "charge"
    if #budget.charge == 0 and given.received:date() <= by then stop.not_due(at, by) end
    if #budget.charge == 0 then
      finding { at = at, given = "nobody", expected = "one commissioner", by = by, says = "Nobody is in charge of the budget; that was to be agreed by {by}" }
    elseif #budget.charge > 1 then
      finding { at = at, given = #budget.charge, expected = 1, says = "{given} are in charge of the budget, and one has to be" }
    end
    if #budget.charge ~= 1 then return end
    local one, new = budget.charge[1], given.parameters:optional "new_hwb_from"
    if one.form ~= "ccg" and one.form ~= "council" and not (one.form == "new_hwb" and new and given.received:date() >= new) then
      finding { at = one:place "form", given = one.form, expected = "ccg or council",
                says = one.form == "joint" and "Two partners jointly are in charge, and one has to be"
                  or "A health and wellbeing board is in charge, and the law does not let it be" }
    elseif not is_form(one.form, one.partner) then
      finding { at = one:place "partner", given = one.partner == "HWB" and "HWB" or one.partner.id, expected = one.form, form = one.form,
                says = "{given} is given as in charge in the form of a {form}, and is none" }
    end
  end,
}

condition {
  id = "SB-002", title = "Each commissioner has agreed who is in charge", severity = "error", forms = forms, source = options,
  parameters = { "in_charge_by" }, after = { "SB-003", "POOL-ID-012", "POOL-SUM-006" },
  remedy = "Have the partner agree who is in charge of the budget, and enter the day.",
  each = commissioners,
  check = function(partner, budget, given)
    if #budget.charge ~= 1 then stop.not_applicable "SB-003 asks for the one who is in charge." end
    local by, charge = given.parameters.in_charge_by, budget.charge[1]
    local today = given.received:date()
    local dated = charge.agreed:where { partner = partner }:where(function(row) return row:optional "on" ~= nil end)
    local agreed = dated:where(function(row) return row.on <= today end):latest "on"
    if not agreed and today <= by then stop.not_due(charge:place "agreed", by) end
    local planned = dated:latest "on"
    if not agreed and planned then                                -- what will be agreed is not agreed yet
      finding { at = planned:place "on", given = planned.on, expected = today, who = proposals.name(partner), today = today,
                says = "{who} agrees on {given} who is in charge of the budget, and the return came on {today}: what is still to come does not count" }
      return
    end
    if not agreed then
      finding { at = charge:place "agreed", given = "no agreement", expected = by, who = proposals.name(partner), by = by,
                says = "{who} has not agreed who is in charge of the budget; that was due by {by}" }
      return
    end
    local late = by:days_to(agreed.on)
    determination { name = "agreed who is in charge", of = partner.code, of_name = partner:optional "name", value = agreed.on,
                    working = late > 0 and late .. " days after " .. tostring(by) or "by " .. tostring(by) }
  end,
}

condition {
  id = "SB-010", title = "Who oversees the single commissioner is named", severity = "query", forms = forms, source = options,
  parameters = { "oversight_from" }, after = { "SB-003" }, remedy = "Name the body that oversees the commissioner of the single budget.",
  each = "charge",
  check = function(one, _, given)
    local from = given.parameters:optional "oversight_from"
    if not from or given.received:date() < from then stop.not_applicable "Oversight has not been legislated for." end
    filled { at = one:place "overseen_by", given = one:optional "overseen_by", says = "Nobody is named who oversees the commissioner" }
  end,
}

condition {
  id = "SB-005", title = "Risk is shared, and no council plans a deficit", severity = { "error", "query" }, forms = forms, source = options .. "; Local Government Finance Act 1992: a council's budget balances",
  remedy = "Where a council plans a deficit, balance its plan; where a CCG does, say how it will recover; agree how risk is shared, and enter it.",
  each = function(budget)
    local all = { budget }
    for _, partner in budget.partners:each() do all[#all + 1] = partner end
    return all
  end,
  check = function(partner, budget)
    if partner == budget then
      local risk = budget:optional "risk_share"
      if not risk or risk:optional "agreed" ~= true then
        finding { severity = "query", at = risk and risk:place "agreed" or budget:place "risk_share", given = "not agreed", expected = "agreed",
                  says = "The partners do not say that they share the financial risk" }
      end
      return
    end
    -- of who has a budget for the area a blank is no balanced plan
    local balance = proposals.has_budget(partner) and partner.planned_balance or partner:optional "planned_balance" or zero
    if balance >= zero then return end
    if partners.is_council(partner) then
      finding { severity = "error", at = partner:place "planned_balance", given = balance, expected = zero, who = proposals.name(partner), deficit = -balance,
                says = "{who} plans a deficit of {deficit}, which a council may not" }
    else
      filled { severity = "query", at = partner:place "recovery_note", given = partner:optional "recovery_note", who = proposals.name(partner), deficit = -balance,
               says = "{who} plans a deficit of {deficit} and does not say how it will recover" }
    end
  end,
}
