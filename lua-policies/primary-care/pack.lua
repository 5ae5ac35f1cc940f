-- The consultation until 8 March 2015: NHS England may put money for core GP services into pools.
pack {
  id = "primary-care", title = "Primary care in pooled budgets", status = "consulted",
  source = "Department of Health consultation, closed on 8 March 2015; NHS Bodies and Local Authorities Partnership Arrangements Regulations 2000 (SI 2000/617)",
  requires = { "arithmetic", "better-care-fund", "conflicts-of-interest" },
}
