local options = "King's Fund, Options for Integrated Commissioning"

parameter { name = "single_budget_year", title = "Year from which all money is in one pool", kind = "year",
  values = { { value = "2020-21", source = options .. ": by 2020, in its latest reading" } } }

parameter { name = "in_charge_by", title = "When it is agreed who is in charge of the budget", kind = "date",
  values = { { value = date "2017-12-31", source = options .. ": by 2017, in its latest reading" } } }

parameter { name = "new_hwb_from", title = "From when a health and wellbeing board of a new form may be in charge", kind = "date",
  off = "Proposed by the King's Fund; no board of a new form has been legislated for" }

parameter { name = "oversight_from", title = "From when somebody oversees the single commissioner", kind = "date",
  off = "Proposed by the King's Fund; oversight has not been legislated for" }
