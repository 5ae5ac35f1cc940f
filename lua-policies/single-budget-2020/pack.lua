-- One pooled budget in every area by 2020, as the King's Fund proposed it.
pack {
  id = "single-budget-2020", title = "Single budget by 2020", status = "proposed",
  source = "King's Fund, Options for Integrated Commissioning", requires = { "arithmetic" },
}
