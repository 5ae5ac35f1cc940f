-- Which register a partner's code is in, and what the register says of it.
local partners = {}

local councils = { local_authority = true, district = true }

local function first(rows)
  if #rows > 0 then return rows[1] end
end

-- The register's row for a partner on a date, or nil; the second value is false when there is no
-- register for this kind of partner (NHS trusts, NHS England).
function partners.row(partner, registers, on)
  if councils[partner.type] then
    return first(registers.councils:rows_or_none { ecode = partner.code, on = on })
      or first(registers.councils:rows_or_none { gss = partner.code, on = on }), true
  elseif partner.type == "ccg" then
    return registers.ccgs:row_or_none { code = partner.code, on = on }, true
  elseif partner.type == "icb" then
    return registers.icbs:row_or_none { code = partner.code, on = on }, true
  end
  return nil, false
end

-- The register's row for a partner as the year begins. Integrated care boards began within a year, which
-- no code of theirs can precede: then as the year ends.
function partners.of_year(partner, registers, year)
  if partner.type == "icb" and #registers.icbs:rows_or_none { on = year:starts() } == 0 then
    return partners.row(partner, registers, year:ends())
  end
  return partners.row(partner, registers, year:starts())
end

-- What a partner's code was the code of, on a date; nil when nobody's.
function partners.name_alone(code, registers, on)
  local row = registers.ccgs:row_or_none { code = code, on = on } or registers.icbs:row_or_none { code = code, on = on }
    or first(registers.councils:rows_or_none { ecode = code, on = on })
  return row and row.name
end

-- The same with the code, or the code alone.
function partners.name(code, registers, on)
  local name = partners.name_alone(code, registers, on)
  return name and name .. " (" .. code .. ")" or code
end

function partners.is_council(partner)
  return councils[partner.type] == true
end

function partners.is_commissioner(partner)
  return partner.type == "ccg" or partner.type == "icb"
end

return partners
