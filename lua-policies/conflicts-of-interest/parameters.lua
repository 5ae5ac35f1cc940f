local guidance_2017 = "NHS England, Managing conflicts of interest in the NHS (2017)"

parameter { name = "declaration_days", title = "Days within which an interest is declared", kind = "integer",
  values = { { from = date "2013-04-01", value = 28, source = "NHS Act 2006 s14O(3)" } } }

parameter { name = "register_review_days", title = "Days within which a register of interests is reviewed", kind = "integer",
  values = {
    { from = date "2016-06-01", to = date "2017-05-31", value = 184, source = "Statutory guidance 2016: six-monthly; first day from memory" },
    { from = date "2017-06-01", value = 366, source = guidance_2017 .. ": at least annually; first day from memory" } } }

parameter { name = "lay_members", title = "Lay members of a committee", kind = "integer",
  values = { { from = date "2016-06-01", value = 3, source = "Statutory guidance 2016: three at least are recommended; first day from memory" } } }

parameter { name = "significant_shareholding", title = "Shareholding above which an interest is declared", kind = "rate",
  values = { { value = rate "5%", source = "Pulse; South Lincolnshire CCG's register" } } }

parameter { name = "gift_from_supplier", title = "Value up to which a supplier's gift may be accepted", kind = "money",
  values = { { from = date "2017-06-01", value = gbp "6", source = guidance_2017 .. "; first day from memory" } } }

parameter { name = "gift_from_others", title = "Value from which a gift is accepted for the organisation only", kind = "money",
  values = { { from = date "2017-06-01", value = gbp "50", source = guidance_2017 .. "; first day from memory" } } }

parameter { name = "hospitality_declared", title = "Value from which hospitality is declared", kind = "money",
  values = { { from = date "2017-06-01", value = gbp "25", source = guidance_2017 .. "; first day from memory" } } }

parameter { name = "hospitality_approved", title = "Value above which hospitality needs approval", kind = "money",
  values = { { from = date "2017-06-01", value = gbp "75", source = guidance_2017 .. "; first day from memory" } } }

parameter { name = "interest_kept_days", title = "Days for which an interest stays on the register after it ended", kind = "integer",
  values = { { value = 184, source = "Eastern Cheshire CCG's policy: six months" } } }
