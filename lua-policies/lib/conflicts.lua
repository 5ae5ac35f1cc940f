-- Who may decide on a scheme: interests in force on the day, recusal and quorum.
local conflicts = {}

-- Whether an interest is in a scheme: named so, or because the organisation provides it.
local function touches(interest, scheme)
  if interest.conflicted_schemes:has(scheme) then return true end
  local code = interest:optional "organisation_code"
  return code ~= nil and (scheme.providers:has(code) or scheme:optional "provider" == code)
end

-- The interest that keeps a person from deciding on a scheme on a date, or nil.
function conflicts.between(person, scheme, on, budget)
  for _, interest in budget.interests:where { person = person }:open_on(on):each() do
    if touches(interest, scheme) then return interest end
  end
end

-- Those who voted on a decision and were free to.
function conflicts.free_voters(decision, budget)
  return decision.present:where(function(member)
    return member:optional "voted" == true
      and not conflicts.between(member.person, decision.scheme, decision.date, budget)
  end)
end

-- The NHS organisation whose body decided: the one that the decision names, or the only one there is.
function conflicts.organisation(decision, budget)
  local named = decision:optional "partner"
  if named then return named.code end
  local found = budget.partners:where { type = { "ccg", "icb" } }
  if #found == 1 then return found[1].code end
  stop.absent(decision:place "partner", "The plan has several NHS commissioners, so the decision must say whose body took it.")
end

-- Whether a practice provides a scheme: it says so, or a provider's code is a practice's (A99999).
function conflicts.has_practice(scheme)
  if scheme:optional "provider_type" == "gp_practice" then return true end
  for _, code in scheme.providers:each() do
    if code:match "^%a%d%d%d%d%d$" then return true end
  end
  return (scheme:optional "provider" or ""):match "^%a%d%d%d%d%d$" ~= nil
end

return conflicts
