-- The Better Care Fund as enacted: who must pool how much, for what, signed by whom, by when.
pack {
  id = "better-care-fund", title = "Better Care Fund", status = "enacted",
  source = "NHS Act 2006 s223GA; Better Care Fund policy frameworks and planning requirements",
  requires = { "arithmetic" },
}
