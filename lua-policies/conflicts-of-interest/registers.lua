register { name = "quorum", title = "Quorum of deciding bodies", file = "registers/quorum.csv",
  origin = "Example: two bodies. Real quorums differ from CCG to CCG (BMJ Open 2017;7:e018422, table 3)", on = "2014-11-28",
  key = { "organisation", "body" },
  columns = { { "organisation", "code", of = { "ccgs", "icbs" } }, { "body", "code" }, { "from", "date" }, { "to", "date" },
    { "voters", "integer" }, { "lay", "integer" }, { "officers", "integer" }, { "origin", "text" } },
  notice = "Only the example CCG's (03L) governing body and the example board (QF7) have a quorum; other bodies' decisions are undetermined. Put each constitution's quorum into lua-policies/site/quorum.csv (columns organisation, body, from, to, voters, lay, officers, origin), and reload. There is no register of practices: a provider counts as one when its code looks like a practice's (A99999)." }
