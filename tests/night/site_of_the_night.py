"""The policies of the night: all packs that ship, and a small pack of its own that can be broken, made hostile and mended."""

import shutil

PACK = 'pack { id = "night", title = "The night\'s own", status = "enacted", source = "tests/night" }\n'

FORM = """form {
  id = "night-return", title = "Night return", recognise = { schema = "night/1" }, area = "area", period = "year",
  fields = { { "schema", "text", required = true }, { "area", "text", required = true }, { "year", "year", required = true },
    { "amount", "money", required = true, title = "Amount" }, { "note", "text" }, { "attack", "text" } } }
"""

GOOD = """condition { id = "NIGHT-01", title = "The amount is at most a hundred", severity = "error", forms = { "night-return" },
  source = "tests/night", remedy = "Lower the amount.", check = function(budget)
    at_most { at = budget:place "amount", given = budget.amount, most = gbp "100" }
  end }
"""

# Traps that a submission springs by naming them.
TRAPS = """
local attacks = {
  loop = function() while true do pcall(function() while true do end end) end end,
  pattern = function() return (("a"):rep(30000)):find(".-.-.-.-b") end,
  memory = function() local t = {} for i = 1, 1000000000 do t[i] = ("x"):rep(1000000) .. i end end,
  error = function() error({}) end,
}
condition { id = "NIGHT-02", title = "Traps", severity = "error", forms = { "night-return" }, source = "tests/night", remedy = "None.",
  check = function(budget)
    local attack = budget:optional "attack"
    if attack and attacks[attack] then attacks[attack]() end
  end }
"""

# What somebody with a grudge switches on: it harms every return there is.
HOSTILE = """
condition { id = "NIGHT-03", title = "Hostile", severity = "error", forms = { "night-return" }, source = "tests/night", remedy = "None.",
  check = function(budget)
    while true do pcall(function() while true do end end) end
  end }
"""

BROKEN = "condition { id = \"NIGHT-04\", title = \"Not finished\n"


class Site:
    def __init__(self, folder):
        self.folder = folder
        shutil.copytree("lua-policies", folder)
        site = folder / "site.lua"
        site.write_text(site.read_text().replace('"conflicts-of-interest"', '"conflicts-of-interest", "night"'))
        (folder / "night" / "forms").mkdir(parents=True)
        (folder / "night" / "pack.lua").write_text(PACK)
        (folder / "night" / "forms" / "night.lua").write_text(FORM)
        self.write("good")

    def write(self, what):
        text = {"good": GOOD + TRAPS, "hostile": GOOD + TRAPS + HOSTILE, "broken": GOOD + BROKEN}[what]
        aside = self.folder / "night" / ".conditions.lua"
        aside.write_text(text)
        aside.rename(self.folder / "night" / "conditions.lua")
