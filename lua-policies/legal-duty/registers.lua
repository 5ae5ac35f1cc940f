register { name = "pioneers", title = "Integrated care pioneers", file = "registers/pioneers.csv",
  origin = "NHS England, Integrated care pioneers announced, 1 November 2013; Health Service Journal 5064914: 14 sites. The codes are ours", on = "2013-11-01",
  key = { "site" },
  columns = { { "site", "code" }, { "name", "text" }, { "origin", "text" } } }

register { name = "pioneer_areas", title = "Areas of the integrated care pioneers", file = "registers/pioneer_areas.csv",
  origin = "The sites' names as announced, 1 November 2013; where a site is of several areas, each row says what is from memory", on = "2013-11-01",
  key = { "site", "area" },
  columns = { { "site", "code", of = "pioneers" }, { "area", "code", of = "health_and_wellbeing_boards" }, { "origin", "text" } } }
