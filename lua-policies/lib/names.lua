-- Names as people write them: "NHS Rotherham CCG", "nhs rotherham c.c.g." and "Rotherham" and so on.
local names = {}

local function bare(name)
  return (name:lower():gsub("&", "and"):gsub("[^%a%d]", ""))
end

-- Whether a name is one of those given, but for case, blanks and punctuation.
function names.alike(name, ...)
  for _, other in ipairs { ... } do
    if bare(name) == bare(other) then return true end
  end
  return false
end

return names
