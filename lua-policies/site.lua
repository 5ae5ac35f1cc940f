-- What is switched on here.  Packs of proposals stay off; see README.md for regions, dates and waivers.
site {
  packs = { "arithmetic", "better-care-fund", "section-75", "conflicts-of-interest" },
  areas = { rotherham = "E08000018" },
}
