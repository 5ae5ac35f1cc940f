register { name = "pioneers", title = "Integrated care pioneers", file = "registers/pioneers.csv",
  origin = "NHS England, Integrated care pioneers announced, 1 November 2013; Health Service Journal 5064914: 14 sites. The codes are ours", on = "2013-11-01",
  key = { "site" },
  columns = { { "site", "code" }, { "name", "text" }, { "origin", "text" } } }
