parameter { name = "pioneer_support_total", title = "Support for all pioneer sites together", kind = "money",
  values = { { value = gbp "1,200,000", source = "Proposal of June 2014: £1.2m for the 14 pioneers" } } }
