-- The proposal of 2012: clinical commissioning groups are required to pool a part of their budgets.
pack {
  id = "care-and-support-bill", title = "Care and Support Bill: required pooling", status = "proposed",
  source = "Proposal for the Care and Support Bill, 2012", requires = { "arithmetic" },
}
