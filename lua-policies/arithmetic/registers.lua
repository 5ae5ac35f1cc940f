register { name = "health_and_wellbeing_boards", title = "Health and wellbeing boards", file = "registers/health_and_wellbeing_boards.csv",
  origin = "Office for National Statistics codes, by way of mySociety's local authority names and codes (CC BY 4.0); one board a county, unitary, metropolitan or London borough council", on = "2024-12-01",
  key = { "gss" },
  columns = { { "gss", "code" }, { "name", "text" }, { "two_tier", "boolean" }, { "from", "date" }, { "to", "date" },
    { "replaced_by", "text" }, { "origin", "text" }, { "as_of", "date" } } }

register { name = "councils", title = "Councils in England", file = "registers/councils.csv",
  origin = "mySociety's local authority names and codes (CC BY 4.0); codes of the Office for National Statistics and the ministry", on = "2024-12-01",
  key = { "gss", "ecode" },
  columns = { { "gss", "code" }, { "ecode", "code" }, { "name", "text" }, { "short_name", "text" }, { "type", "text" },
    { "county", "code", of = "councils" }, { "from", "date" }, { "to", "date" }, { "replaced_by", "text" }, { "origin", "text" }, { "as_of", "date" } } }

register { name = "ccgs", title = "Clinical commissioning groups, later the parts of integrated care boards", file = "registers/ccgs.csv",
  origin = "NHS Organisation Data Service, file eccg; names of 2015 from Office for National Statistics lookups. Codes live on as those of parts of integrated care boards", on = "2024-12-01",
  key = { "code" },
  columns = { { "code", "code" }, { "gss", "code" }, { "name", "text" }, { "later_name", "text" }, { "icb", "code", of = "icbs" },
    { "from", "date" }, { "to", "date" }, { "origin", "text" }, { "as_of", "date" } } }

register { name = "icbs", title = "Integrated care boards", file = "registers/icbs.csv",
  origin = "Office for National Statistics, names and codes of December 2024; the first day is from memory", on = "2024-12-01",
  key = { "code" },
  columns = { { "code", "code" }, { "gss", "code" }, { "name", "text" }, { "from", "date" }, { "to", "date" }, { "origin", "text" }, { "as_of", "date" } } }

register { name = "ccg_board_shares", title = "How CCGs and boards' areas overlap", file = "registers/ccg_board_shares.csv",
  origin = "Worked out from Office for National Statistics lookups of 2015: shares of small areas (LSOA), not of people. Last day from memory", on = "2015-04-01",
  key = { "ccg", "area" },
  columns = { { "ccg", "code", of = "ccgs" }, { "area", "code", of = "health_and_wellbeing_boards" }, { "share_of_ccg", "rate" }, { "share_of_area", "rate" }, { "from", "date" }, { "to", "date" },
    { "origin", "text" }, { "as_of", "date" } } }

register { name = "deadlines", title = "Deadlines", file = "registers/deadlines.csv",
  origin = "Council papers, HFMA, Bevan Brittan and returned templates; each row has its source, and says what is from memory", on = "2025-03-31",
  key = { "programme", "form", "stage", "year", "who" },
  columns = { { "programme", "text" }, { "form", "text" }, { "stage", "text" }, { "year", "year" }, { "who", "text" },
    { "at", "time" }, { "status", "text" }, { "source", "text" } } }
