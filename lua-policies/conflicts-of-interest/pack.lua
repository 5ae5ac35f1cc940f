-- Conflicts of interest: declared in time, kept out of decisions, decisions quorate without them.
-- Most conditions hold by the date of what happened, not by the year of the return.
pack {
  id = "conflicts-of-interest", title = "Conflicts of interest", status = "enacted",
  source = "NHS Act 2006 s14O; NHS England's statutory guidance on managing conflicts of interest",
  requires = { "arithmetic", "better-care-fund" },
}
