-- Names as people write them: "NHS Rotherham CCG", "nhs rotherham c.c.g." and "Rotherham" and so on.
local names = {}

-- A name without case, blanks and punctuation; one of nothing else is as it is.
local function bare(name)
  local letters = name:lower():gsub("&", "and"):gsub("[^%a%d]", "")
  return letters ~= "" and letters or name
end
names.bare = bare

-- Whether a name is one of those given, but for case, blanks and punctuation.
function names.alike(name, ...)
  for _, other in ipairs { ... } do
    if bare(name) == bare(other) then return true end
  end
  return false
end

local titles = { dr = true, mr = true, mrs = true, ms = true, miss = true, prof = true, professor = true, cllr = true, councillor = true, sir = true, dame = true }

local function untitled(name)
  local first, rest = name:match "^%s*(%a+)[%s%.]+(.+)$"
  if first and titles[first:lower()] then return untitled(rest) end
  return name
end

-- A person's name as a key: without titles, case, blanks and punctuation; "Rahman, Dr Gul" is Gul Rahman.
function names.person(name)
  local last, given = untitled(name):match "^([^,]+),([^,]+)$"
  local key = bare(last and untitled(given) .. last or untitled(name))
  return key ~= "" and key or name
end

-- How many people a list of records names; one who is listed twice is one.
function names.people(list)
  local seen, n = {}, 0
  for _, one in list:each() do
    local person = one:optional "person"
    local key = person and names.person(person)
    if not key or not seen[key] then n = n + 1 end
    if key then seen[key] = true end
  end
  return n
end

-- Whether a list of texts has a person.
function names.has_person(list, person)
  for _, one in list:each() do
    if names.person(one) == names.person(person) then return true end
  end
  return false
end

return names
