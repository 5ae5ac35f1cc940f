-- Who may decide on a scheme: interests in force on the day, recusal and quorum.
local names = require "lib.names"

local conflicts = {}

-- Whether an organisation provides a scheme: its code may be written in other letters.
local function provides(code, scheme)
  for _, one in scheme.providers:each() do
    if names.alike(one, code) then return true end
  end
  return names.alike(scheme:optional "provider" or "", code)
end

-- Whether an interest is in a scheme: named so, or because the organisation provides it.
local function touches(interest, scheme)
  if interest.conflicted_schemes:has(scheme) then return true end
  local code = interest:optional "organisation_code"
  return says_something(code) and provides(code, scheme)
end

-- The interests that are open on a day, by person: a name is the same in other letters, or without its title.
function conflicts.open_on(on, budget)
  local by_person = {}
  for _, interest in budget.interests:open_on(on):each() do
    local key = names.person(interest.person)
    by_person[key] = by_person[key] or {}
    table.insert(by_person[key], interest)
  end
  return by_person
end

-- The interest of those open that keeps a person from deciding on a scheme, or nil.
function conflicts.between(person, scheme, open)
  for _, interest in ipairs(open[names.person(person)] or {}) do
    if touches(interest, scheme) then return interest end
  end
end

-- Those who voted on a decision and were free to.
function conflicts.free_voters(decision, budget)
  local open = conflicts.open_on(decision.date, budget)
  return decision.present:where(function(member)
    return member:optional "voted" == true and not conflicts.between(member.person, decision.scheme, open)
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
