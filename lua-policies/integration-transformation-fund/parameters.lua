local statement = "Statement on the Integration Transformation Fund, NHS England and the Local Government Association, 2013"

parameter { name = "itf_deadline", title = "When a locality's plan is due", kind = "time",
  values = { { from = "2015-16", to = "2015-16", value = time "2014-03-31 23:59:59 London", source = statement .. ": by March 2014, in its latest reading" } } }

parameter { name = "itf_components", title = "What the fund is made of", kind = "map",
  values = { { from = "2015-16", to = "2015-16", source = statement .. ": £3.8bn in all",
    value = { existing_nhs = gbp "1,000,000,000", announced_social_care = gbp "800,000,000", new_money = gbp "2,000,000,000" } } } }

parameter { name = "itf_transfer", title = "Transfer to local authorities in 2014-15", kind = "money",
  values = { { from = "2015-16", to = "2015-16", value = gbp "200,000,000", source = statement .. ": £200m in 2014-15, planned together with 2015-16" } } }
