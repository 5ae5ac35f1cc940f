-- What every pool must satisfy under section 75, as far as a plan shows it.
pack {
  id = "section-75", title = "Section 75 arrangements", status = "enacted",
  source = "NHS Act 2006 s75; NHS Bodies and Local Authorities Partnership Arrangements Regulations 2000 (SI 2000/617)",
  requires = { "arithmetic", "better-care-fund" },
}
