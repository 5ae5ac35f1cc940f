parameter { name = "csb_required_share", title = "Share of a CCG's budget that has to be pooled, for all areas or by area", kind = "map",
  values = { { from = "2013-14", value = { all = rate "0%" },
    source = "Proposal for the Care and Support Bill, 2012: it named no share, so more than nothing is asked" } } }
