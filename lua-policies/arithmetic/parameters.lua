parameter { name = "minimum_explanation", title = "Characters that an explanation has at least", kind = "integer",
  values = { { value = 40, source = "Our choice: departments ask for explanations that say why, and give no number" } } }

parameter { name = "tolerance", title = "Difference between income and spending that is let pass", kind = "money",
  values = { { value = gbp "0", source = "Better Care Fund planning template: the totals are equal; from memory, unverified" } } }

parameter { name = "unit_suspicion", title = "How many times too small a plan is before thousands are suspected", kind = "integer",
  values = { { value = 500, source = "Our choice, between a small plan and one in thousands: guidance for the adult social care finance return contradicts itself on units" } } }

parameter { name = "expected_commissioner_share", title = "Share of an area's people from which a CCG is expected as a partner", kind = "rate",
  values = { { value = rate "5%", source = "Our choice: CCGs with a few border neighbourhoods are seldom partners" } } }
