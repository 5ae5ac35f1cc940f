-- The proposal of June 2014: a legal duty to pool the whole health and social care budget of an area.
pack {
  id = "legal-duty", title = "Legal duty to pool the whole budget", status = "proposed",
  source = "Proposal of a legal duty to pool, June 2014; integrated care pioneers, 2013", requires = { "arithmetic" },
}
