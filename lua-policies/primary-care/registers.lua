register { name = "nhs_england_services", title = "Services that NHS England is responsible for", file = "registers/nhs_england_services.csv",
  origin = "Department of Health consultation, closed on 8 March 2015; Health Service Journal 5082071", on = "2015-03-08",
  key = { "service" },
  columns = { { "service", "code" }, { "title", "text" }, { "extension", "boolean" }, { "origin", "text" } } }
