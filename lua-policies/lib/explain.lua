-- Texts that people write to explain something: long enough to say something, and not a placeholder.
local explain = {}

local placeholders = {
  na = true, none = true, ["nil"] = true, tbc = true, tba = true, todo = true, seeabove = true, asabove = true, test = true,
}

-- Whether a text (or nil) says something: at least this many characters that are not blanks.
function explain.says_something(text, least)
  if not text then return false end
  local bare = text:lower():gsub("[%s%p]", "")
  return #bare >= least and not placeholders[bare]
end

return explain
