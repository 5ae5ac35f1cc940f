-- Who signs, and when.
local signed_forms = { "bcf-plan", "bcf-quarterly", "bcf-year-end" }

local function signatures(budget, signatory, partner)
  if signatory == "HWB" then
    return budget.sign_off:where(function(one) return one.role == "hwb_chair" or one:optional "partner" == "HWB" end)
  end
  return budget.sign_off:where { partner = partner }
end

-- Whoever a row of the register of signatories means in this return: the board, or each such partner.
local function who(due, budget)
  if due.signatory == "HWB" then return { "HWB" } end
  local found = {}
  for i, partner in budget.partners:where { type = due.signatory }:each() do found[i] = partner end
  return found
end

local function due_to_sign(form, may_follow)
  return function(budget, given)
    return given.registers.signatories:rows_or_none { form = form, on = budget.financial_year:starts() }
      :where { may_follow = may_follow }
  end
end

local function has_signed(due, budget)
  for _, partner in ipairs(who(due, budget)) do
    local signed = false
    for _, signature in signatures(budget, due.signatory, partner):each() do
      if (signature.role == due.role or signature:optional "delegated") and signature:optional "at" then signed = true end
    end
    local whose = partner ~= "HWB" and " (" .. (partner:optional "name" or partner.code) .. ")" or ""
    if not signed then
      finding { at = budget:place "sign_off", given = "no signature", expected = due.role, who = due.title .. whose,
                says = "There is no signature of {who}" }
    end
  end
end

condition {
  id = "SIGN-001", title = "Everybody who must sign has signed", severity = "error", forms = { "bcf-plan" },
  source = "Sign-off blocks of the 2014-16 forms; planning requirements of later years",
  remedy = "Have the return signed, and enter name and day.",
  each = due_to_sign("bcf-plan", false),
  check = has_signed,
}

condition {
  id = "SIGN-007", title = "The board, or whom it charged with it, has signed the quarterly return", severity = "error", forms = { "bcf-quarterly" },
  source = "Cumbria's and Surrey's quarterly templates: sign-off by the board; Herefordshire council papers mgAi 47580: by delegation",
  remedy = "Have the return signed for the board, or mark the signature as delegated by it.",
  each = due_to_sign("bcf-quarterly", false),
  check = has_signed,
}

-- A chief executive's signature, or one in the place of it.
local function is_for_chief(signature, budget)
  local chiefs, partner = { "la_chief_executive", "icb_chief_executive" }, signature:optional "partner"
  if signature.role == chiefs[1] or signature.role == chiefs[2] then return true end
  if not partner or partner == "HWB" or signature.role == "s151_officer" then return false end
  return (partner.type == "local_authority" or partner.type == "icb") and #budget.sign_off:where { partner = partner, role = chiefs } == 0
end

condition {
  id = "SIGN-002", title = "Chief executives sign themselves", severity = "error", forms = { "bcf-plan" }, years = { from = "2025-26" },
  source = "North Yorkshire council papers s52684: cannot be delegated", after = { "SIGN-001" },
  remedy = "Have the chief executive sign in person.",
  each = "sign_off",
  check = function(signature, budget)
    if signature:optional "delegated" and is_for_chief(signature, budget) then
      finding { at = signature:place "delegated", given = "delegated", expected = "signed in person",
                says = "This signature was delegated, and a chief executive signs in person" }
    end
  end,
}

condition {
  id = "SIGN-003", title = "The council's chief finance officer signs", severity = "error", forms = { "bcf-plan" }, years = { from = "2025-26" },
  source = "North Yorkshire council papers s52684; Local Government Act 1972 s151",
  remedy = "Have the section 151 officer sign, and enter name and day.",
  check = function(budget)
    if #budget.sign_off:where(function(one) return one.role == "s151_officer" and one:optional "at" ~= nil end) == 0 then
      finding { at = budget:place "sign_off", given = "no signature", expected = "s151_officer", says = "The section 151 officer has not signed" }
    end
  end,
}

condition {
  id = "SIGN-004", title = "Signatures are later than the last change, and not in the future", severity = "error", forms = signed_forms,
  source = "Rule of this service: what was signed is what was sent", after = { "SIGN-001" },
  remedy = "Have the return signed again after its last change, or correct the day.",
  check = function(budget, given)
    for _, signature in budget.sign_off:where(function(one) return one:optional "at" ~= nil end):each() do
      if at_least { at = signature:place "at", given = signature.at, least = budget.content_changed_at,
                    says = "Signed at {given}, before the content last changed" } then
        at_most { at = signature:place "at", given = signature.at:date(), most = given.received:date(), says = "Signed on {given}, after the return came in" }
      end
    end
  end,
}

condition {
  id = "SIGN-005", title = "Different people sign in different roles", severity = "warning", forms = signed_forms,
  source = "US single audit: two certifiers are two people; used as a model",
  remedy = "Have another person sign, or correct the name or e-mail address.",
  check = function(budget)
    if #budget.sign_off == 0 then stop.not_applicable "Nobody has signed." end
    local told = {}
    for _, field in ipairs { "name", "email" } do
      local first = {}                              -- of each person, the signature in the first of the roles
      for _, one in budget.sign_off:each() do
        local who = one:optional(field)
        if who and (not first[who] or one.role < first[who].role) then first[who] = one end
      end
      for i, one in budget.sign_off:each() do
        local who = one:optional(field)
        if who and one.role ~= first[who].role and not told[i] then
          told[i] = true
          finding { at = one:place "name", given = one:optional "name" or who, expected = "another person", related = { first[who] },
                    says = "{given} has signed in another role as well" }
        end
      end
    end
  end,
}

condition {
  id = "SIGN-006", title = "The board has approved, or a day is set", severity = "query", forms = { "bcf-plan" },
  source = "North Tyneside council papers mgAi 6540: the board may approve after the deadline",
  remedy = "Enter when the board approved the return, or on which day it will.",
  each = due_to_sign("bcf-plan", true),
  check = function(due, budget)
    for _, signature in signatures(budget, due.signatory):each() do
      if signature:optional "at" or signature:optional "planned_on" then return end
    end
    finding { at = budget:place "sign_off", given = "no approval", expected = "a day", says = "The board has not approved, and no day is set" }
  end,
}
