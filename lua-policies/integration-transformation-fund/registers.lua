register { name = "itf_measures", title = "National measures of the Integration Transformation Fund", file = "registers/itf_measures.csv",
  origin = "Bromley's presentation of the fund, 2013: measures that were likely to be national; the list was still to be decided", on = "2013-12-31",
  key = { "id" },
  columns = { { "id", "code" }, { "title", "text" }, { "origin", "text" } } }
