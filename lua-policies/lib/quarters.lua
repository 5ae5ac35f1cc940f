-- Quarters of a financial year.
local quarters = {}

-- "Q1" to "Q4".
function quarters.word(quarter)
  return "Q" .. quarter:year():starts():days_to(quarter:starts()) // 90 + 1
end

-- The rows of a list up to a quarter, that one included.
function quarters.upto(rows, quarter)
  return rows:where(function(row) return row.quarter <= quarter end)
end

function quarters.is_last(quarter)
  return quarter:ends() == quarter:year():ends()
end

return quarters
