register { name = "agreement_contents", title = "What an agreement specifies", file = "registers/agreement_contents.csv",
  origin = "SI 2000/617 regulation 7(3)", on = "2000-04-01", key = { "flag" },
  columns = { { "flag", "text" }, { "regulation", "text" }, { "title", "text" }, { "origin", "text" } } }

register { name = "partner_types", title = "Who may be a partner, and when", file = "registers/partner_types.csv",
  origin = "SI 2000/617 regulation 3 as amended; each row says what is from memory", on = "2022-07-01", key = { "type" },
  columns = { { "type", "text" }, { "from", "date" }, { "to", "date" }, { "title", "text" }, { "origin", "text" } } }

register { name = "excluded_functions", title = "Functions that may not be shared", file = "registers/excluded_functions.csv",
  origin = "SI 2000/618, and SI 2000/617 regulation 5 from memory", on = "2000-04-01", key = { "code" },
  columns = { { "code", "code" }, { "title", "text" }, { "origin", "text" } } }
