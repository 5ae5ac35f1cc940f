parameter { name = "report_window", title = "Days after a quarter within which its report is due", kind = "integer",
  values = { { value = 60, source = "Our choice; regulations 7 and 9 ask for quarterly reports and give no day" } } }

parameter { name = "outturn_share", title = "Over- or underspend of a pool that needs an action plan", kind = "rate",
  values = { { value = rate "2%", source = "Our choice; precedent agreements ask for an action plan and differ in the share" } } }
