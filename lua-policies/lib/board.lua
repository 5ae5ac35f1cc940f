-- The health and wellbeing board that a return is for.
local board = {}

function board.exists(code, year, registers)
  return registers.health_and_wellbeing_boards:row_or_none { gss = code, on = year:starts() } ~= nil
end

-- What people call a board's area; nil when nobody has the code.
function board.name(code, year, registers)
  local row = registers.health_and_wellbeing_boards:row_or_none { gss = code, on = year:starts() }
  return row and row.name
end

-- A finding when the register has no such board in the return's year.
function board.check(at, code, year, registers)
  if not board.exists(code, year, registers) then
    finding { at = at, given = code, expected = "the code of a board that existed on 1 April of the year",
              says = "No health and wellbeing board had the code {given} in this year" }
  end
end

-- A finding when site.lua gives the region another area than the return's.
function board.check_own(at, code, given)
  if not given.own_area then stop.not_applicable "The site names no area for this region." end
  equal { at = at, given = code, exactly = given.own_area,
          says = "This inbox is for {exactly}, and the return is for {given}" }
end

return board
