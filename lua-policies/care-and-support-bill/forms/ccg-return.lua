-- What a CCG says that it pays into the pools of its areas; each area's return is held against it.
local proposals = require "lib.proposals"

form(proposals.form {
  id = "ccg-return", title = "A CCG's contributions to pools", programme = "care-and-support-bill", kind = { "ccg-return" }, area = "ccg.code",
  fields = {
    { "ccg", "record", required = true, title = "CCG", fields = {
        { "code", "code", required = true, title = "Code", help = "a code like 03L" }, { "name", "text", title = "Name" } } },
    { "contributions", "list", key = "area", row = "contribution", required = true, title = "Contributions", fields = {
        { "area", "code", shape = "A99999999", required = true, title = "Area", help = "the code of a health and wellbeing board like E08000018" },
        { "amount", "money", required = true, range = { "0", "1000000000" }, title = "Amount" } } },
  },
  sheets = {
    values = { { "ccg.code", label = "CCG code" }, { "ccg.name", label = "CCG name" } },
    tables = {
      { "Contributions", "contributions" } } },
})
