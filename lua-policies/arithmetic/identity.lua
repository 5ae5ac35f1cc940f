-- Who the return is from: codes that exist on the day, and partners that belong to the area.
local board = require "lib.board"
local names = require "lib.names"
local partners = require "lib.partners"

local returns = { "bcf-plan", "bcf-quarterly", "bcf-year-end", "section-75-agreement", "decisions" }
local tables = { "bcf-schemes", "bcf-quarters", "bcf-outturn", "section-75-pools" }

condition {
  id = "POOL-ID-001", title = "The health and wellbeing board exists in the year", severity = "error", forms = returns,
  source = "Office for National Statistics codes", remedy = "Correct the code of the health and wellbeing board.",
  check = function(budget, given)
    board.check(budget.hwb:place "gss", budget.hwb.gss, budget.financial_year, given.registers)
  end,
}

condition {
  id = "POOL-ID-007", title = "The board named above the table exists in the year", severity = "error", forms = tables,
  source = "Office for National Statistics codes", remedy = "Correct the code of the health and wellbeing board above the table.",
  check = function(budget, given)
    board.check(budget:place "board", budget.board, budget.financial_year, given.registers)
  end,
}

condition {
  id = "POOL-ID-008", title = "The region sends for its own area", severity = "error", forms = returns,
  source = "site.lua: areas", after = { "POOL-ID-001" },
  remedy = "Put the file into its own region's inbox, or correct the code of the health and wellbeing board.",
  check = function(budget, given)
    board.check_own(budget.hwb:place "gss", budget.hwb.gss, given)
  end,
}

condition {
  id = "POOL-ID-009", title = "The region sends a table for its own area", severity = "error", forms = tables,
  source = "site.lua: areas", after = { "POOL-ID-007" },
  remedy = "Put the file into its own region's inbox, or correct the code of the board above the table.",
  check = function(budget, given)
    board.check_own(budget:place "board", budget.board, given)
  end,
}

condition {
  id = "POOL-ID-002", title = "Each partner's code is in force for the whole year", severity = "error", forms = returns,
  source = "NHS Organisation Data Service; Office for National Statistics codes",
  remedy = "Correct the partner's code, or name the organisation that took over.",
  each = "partners",
  check = function(partner, budget, given)
    local year = budget.financial_year
    local starts, registered = partners.of_year(partner, given.registers, year)
    if not registered then stop.not_applicable "There is no register of codes for this kind of partner." end
    if not starts then
      finding { at = partner:place "code", given = partner.code, expected = "a code in force on 1 April of the year",
                says = "{given} was not the code of an organisation of the type {type} when the year began" }
    elseif not partners.row(partner, given.registers, year:ends()) then
      finding { at = partner:place "code", given = partner.code, expected = "a code in force until 31 March of the year",
                says = "{given} closed before the year ended" }
    end
  end,
}

condition {
  id = "POOL-ID-003", title = "Each partner belongs to the board's area", severity = "error", forms = returns,
  years = { from = "2015-16", to = "2016-17" },
  source = "Office for National Statistics lookups of 2015", after = { "POOL-ID-001", "POOL-ID-002" },
  remedy = "Remove the partner, or correct its code or the board's.",
  each = function(budget, given)                  -- of a board that does not exist nobody can be a partner
    return board.exists(budget.hwb.gss, budget.financial_year, given.registers) and budget.partners or {}
  end,
  check = function(partner, budget, given)
    local area, on = budget.hwb.gss, budget.financial_year:starts()
    if partner.type == "ccg" then
      if not given.registers.ccg_board_shares:row_or_none { ccg = partner.code, area = area, on = on } then
        finding { at = partner:place "code", given = partner.code, expected = "a CCG with people in " .. area,
                  says = "The area of {given} and that of the board do not overlap" }
      end
    elseif partners.is_council(partner) then
      local council = partners.row(partner, given.registers, on)
      if council.gss ~= area and council:optional "county" ~= area then
        finding { at = partner:place "code", given = partner.code, expected = "the council of " .. area .. " or a district in it",
                  says = "{given} is the council of another area" }
      end
    else
      stop.not_applicable "This kind of partner has no area of its own."
    end
  end,
}

condition {
  id = "POOL-ID-004", title = "Every CCG with a good part of the area is a partner", severity = "query", forms = returns,
  years = { from = "2015-16", to = "2016-17" },
  source = "Office for National Statistics lookups of 2015", after = { "POOL-ID-001", "POOL-ID-002", "POOL-ID-003" },
  parameters = { "expected_commissioner_share" },
  remedy = "Add the CCG as a partner, or explain why it takes no part.",
  each = function(budget, given)
    return given.registers.ccg_board_shares:rows_or_none { area = budget.hwb.gss, on = budget.financial_year:starts() }
  end,
  check = function(share, budget, given)
    if share.share_of_area < given.parameters.expected_commissioner_share then
      stop.not_applicable "The CCG has too small a part of the area."
    end
    if #budget.partners:where { code = share.ccg } == 0 then
      finding { at = budget:place "partners", given = "no " .. share.ccg, expected = share.ccg,
                says = "CCG " .. share.ccg .. " has a part of the area and is no partner" }
    end
  end,
}

condition {
  id = "POOL-ID-005", title = "Names and codes agree", severity = "warning", forms = returns,
  source = "Office for National Statistics and Organisation Data Service names", after = { "POOL-ID-002" },
  remedy = "Check which of the two is meant, and correct the name or the code.",
  each = "partners",
  check = function(partner, budget, given)
    local name = partner:optional "name"
    local row = partners.of_year(partner, given.registers, budget.financial_year)
    if not name or not row then stop.not_applicable "There is no name to compare." end
    local other = partners.is_council(partner) and row.short_name or partner.type == "ccg" and row.later_name or row.name
    if not names.alike(name, row.name, other) then
      finding { at = partner:place "name", given = name, expected = row.name, code = partner.code,
                says = "{code} is the code of {expected}" }
    end
  end,
}

condition {
  id = "POOL-ID-012", title = "Each organisation is a partner once", severity = "error", forms = returns,
  source = "Rule of this service: what a partner owes and pays is added up by its code",
  remedy = "Remove the row that is there twice, or correct its code.",
  each = "partners",
  check = function(partner, budget, given)
    local council = partners.is_council(partner) and partners.row(partner, given.registers, budget.financial_year:starts())
    local codes = council and { council.ecode, council.gss } or { partner.code }  -- a council may be given by either
    for _, other in budget.partners:where { code = codes }:each() do
      if other.id < partner.id then                               -- the later id is asked about
        finding { at = partner:place "code", given = partner.code, expected = "a code of its own", related = { other }, other = other.id,
                  says = other.code == partner.code and "{given} is the code of the partner {other} as well"
                    or "{given} is another code of the council that is the partner {other} as well" }
        return
      end
    end
  end,
}

condition {
  id = "POOL-ID-013", title = "The NHS and the council are both partners", severity = "error", forms = { "bcf-plan" },
  source = "NHS Act 2006 s75; SI 2000/617 regulation 3: a pool is between an NHS body and a local authority",
  remedy = "Add the partner that is missing, with its code.",
  check = function(budget)
    for what, types in pairs { ["NHS commissioner"] = { "ccg", "icb", "nhs_england", "pct" }, council = { "local_authority" } } do
      if #budget.partners:where { type = types } == 0 then
        finding { at = budget:place "partners", given = "no " .. what, expected = "at least one " .. what, what = what, says = "No {what} is among the partners" }
      end
    end
  end,
}

local function check_locality(locality, budget, given)
  board.check(locality:place "area", locality.area, budget.financial_year, given.registers)
end

condition {
  id = "POOL-ID-010", title = "Each locality of a national return is a board's area", severity = "error", forms = { "national-return" },
  source = "Office for National Statistics codes", remedy = "Correct the locality's code.",
  each = function(budget) return budget.national.localities end,
  check = check_locality,
}

condition {
  id = "POOL-ID-011", title = "Each locality of a national table is a board's area", severity = "error", forms = { "national-localities" },
  source = "Office for National Statistics codes", remedy = "Correct the locality's code.",
  each = "localities",
  check = check_locality,
}
