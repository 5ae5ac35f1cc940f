-- Registers of interests, gifts and hospitality.
local names = require "lib.names"

condition {
  id = "COI-001", title = "An interest is declared within 28 days", severity = "warning", forms = { "bcf-plan", "interests-register", "decisions" },
  dated = { from = "2013-04-01", by = "interests.arose" }, parameters = { "declaration_days" },
  source = "NHS Act 2006 s14O(3)", remedy = "Have interests declared as soon as people know of them; the delay itself stays on the register.",
  each = "interests",
  check = function(interest, _, given)
    at_most { at = interest:place "declared", given = interest.arose:days_to(interest.declared),
              most = given.parameters:on("declaration_days", interest.arose), says = "Declared after {given} days, and at most {expected} are allowed" }
  end,
}

condition {
  id = "COI-007", title = "The register of interests is fresh", severity = "warning", forms = { "bcf-plan", "interests-register", "decisions" },
  received = { from = "2016-06-01" }, parameters = { "register_review_days" },
  source = "Statutory guidance on conflicts of interest 2016 and 2017", remedy = "Review the register, and give the day of the review.",
  check = function(budget, given)
    local register = budget.register_of_interests
    if register.last_reviewed > given.received:date() then
      finding { at = register:place "last_reviewed", given = register.last_reviewed, expected = given.received:date(),
                says = "Last reviewed on {given}, after the return came in" }
      return
    end
    at_most { at = register:place "last_reviewed", given = register.last_reviewed:days_to(given.received:date()),
              most = given.parameters:on("register_review_days", given.received:date()),
              says = "Last reviewed {given} days ago, and {expected} days is the most" }
  end,
}

condition {
  id = "COI-008", title = "Who has no interest says so", severity = "warning", forms = { "bcf-plan", "decisions" },
  dated = { from = "2013-04-01", by = "decisions.date" },
  source = "NHS Act 2006 s14O; BMJ Open 2017;7:e018422: one register was blank, which says nothing",
  remedy = "Add the person's interests, or the person to the nil returns.",
  each = "decisions",
  check = function(decision, budget)
    local register = budget:optional "register_of_interests"
    for _, member in decision.present:each() do
      local nil_return = register and names.has_person(register.nil_returns, member.person)
      if not nil_return and not names.has_person(budget.interests:map "person", member.person) then
        finding { at = member:place "person", given = member.person, expected = "an interest or a nil return",
                  says = "{given} decided and has neither an interest nor a nil return on the register" }
      end
    end
  end,
}

condition {
  id = "COI-009", title = "Gifts are within what is allowed", severity = "warning", forms = { "bcf-plan", "interests-register", "gifts-register" },
  dated = { from = "2017-06-01", by = "gifts.on" }, parameters = { "gift_from_supplier", "gift_from_others" },
  source = "NHS England, Managing conflicts of interest in the NHS (2017)",
  remedy = "Give the gift back, or accept it for the organisation.",
  each = function(budget) return budget.gifts:where { kind = "gift" } end,
  check = function(gift, _, given)
    local supplier = given.parameters:on("gift_from_supplier", gift.on)
    local others = given.parameters:on("gift_from_others", gift.on)
    if gift.supplier then
      at_most { at = gift:place "value", given = gift.value, most = supplier, says = "A supplier's gift is worth {given}, and {expected} is allowed" }
    elseif gift.value >= others and not gift:optional "for_organisation" then
      finding { at = gift:place "value", given = gift.value, expected = others, says = "A gift is worth {given} and was not accepted for the organisation" }
    end
  end,
}

condition {
  id = "COI-010", title = "Hospitality is declared, and approved where it is large", severity = "warning", forms = { "bcf-plan", "interests-register", "gifts-register" },
  dated = { from = "2017-06-01", by = "gifts.on" }, parameters = { "hospitality_declared", "hospitality_approved" },
  source = "NHS England, Managing conflicts of interest in the NHS (2017)",
  remedy = "Declare the hospitality, and have it approved where it is worth more than £75.",
  each = function(budget) return budget.gifts:where { kind = "hospitality" } end,
  check = function(gift, _, given)
    if gift.value >= given.parameters:on("hospitality_declared", gift.on) then
      filled { at = gift:place "declared", given = gift:optional "declared", value = gift.value, says = "Hospitality worth {value} is not declared" }
    end
    if gift.value > given.parameters:on("hospitality_approved", gift.on) then
      filled { at = gift:place "approved_by", given = gift:optional "approved_by", value = gift.value, says = "Nobody has approved hospitality worth {value}" }
    end
  end,
}

condition {
  id = "COI-011", title = "A committee has three lay members at least", severity = "warning", forms = { "bcf-plan", "interests-register", "decisions" },
  received = { from = "2016-06-01" }, parameters = { "lay_members" },
  source = "Statutory guidance on conflicts of interest 2016", remedy = "Appoint lay members, or mark those who are lay.",
  each = "committees",
  check = function(committee, _, given)
    at_least { at = committee:place "members", given = names.people(committee.members:where { lay = true }),
               least = given.parameters:on("lay_members", given.received:date()), says = "The committee has {given} lay members" }
  end,
}

condition {
  id = "COI-012", title = "A shareholding above 5% is declared", severity = "warning", forms = { "bcf-plan", "interests-register", "decisions" },
  dated = { from = "2016-06-01", by = "interests.arose" }, parameters = { "significant_shareholding" }, after = { "POOL-UNIT-003" },
  source = "Pulse; South Lincolnshire CCG's register of interests", remedy = "Have the shareholding declared, and give the day.",
  each = "interests",
  check = function(interest, _, given)
    local share = interest:optional "share_percent"
    if not share then stop.not_applicable "The interest is no shareholding." end
    if share > given.parameters.significant_shareholding then
      filled { at = interest:place "declared", given = interest:optional "declared", says = "A shareholding above 5% is not declared" }
    end
  end,
}

condition {
  id = "COI-014", title = "An empty register says that it is", severity = "warning", forms = { "interests-register" },
  source = "NHS Act 2006 s14O; BMJ Open 2017;7:e018422: one register was blank, which says nothing",
  remedy = "List the interests, or those who declared that they have none.",
  check = function(budget)
    if #budget.interests > 0 then return end
    local register = budget:optional "register_of_interests"
    if not register or #register.nil_returns == 0 then
      finding { at = budget:place "interests", given = "nothing", expected = "interests or nil returns",
                says = "The register has neither an interest nor a nil return, so nobody can tell whether anybody was asked" }
    end
  end,
}

condition {
  id = "COI-015", title = "Who has an interest has made no nil return", severity = "warning",
  forms = { "bcf-plan", "interests-register", "decisions" }, source = "NHS Act 2006 s14O: a register says who has which interest",
  remedy = "Take the person off the nil returns, or say when the interest ended.",
  each = function(budget, given) return budget.interests:open_on(given.received:date()) end,
  check = function(interest, budget)
    local register = budget:optional "register_of_interests"
    if register and names.has_person(register.nil_returns, interest.person) then
      finding { at = interest:place "person", given = interest.person, expected = "an interest or a nil return",
                says = "{given} has this interest and is among the nil returns" }
    end
  end,
}

condition {
  id = "COI-016", title = "The register is published", severity = "warning", forms = { "interests-register" },
  source = "NHS Act 2006 s14O: registers are published, or can be had", remedy = "Publish the register, and say so.",
  check = function(budget)
    local register = budget.register_of_interests
    equal { at = register:place "published", given = register.published, exactly = true, says = "The register is not published" }
  end,
}

condition {
  id = "COI-017", title = "An interest stays on the register for half a year after it ended", severity = "warning", forms = { "interests-register" },
  needs = { previous = true }, parameters = { "interest_kept_days" },
  source = "Eastern Cheshire CCG's policy: six months on the public register after an interest has ended",
  remedy = "Bring the interest back with the day on which it ended, until half a year has passed.",
  each = function(_, given) return given.previous.interests end,
  check = function(before, budget, given)
    if not before:optional "id" then stop.not_applicable "The interest had no id." end
    if budget.interests:one_or_none { id = before.id } then return end
    local ended = before:optional "ended"
    if not ended or ended:days_to(given.received:date()) <= given.parameters:on("interest_kept_days", given.received:date()) then
      finding { at = budget:place "interests", given = "no " .. before.id, expected = before.id, person = before.person,
                what = before:optional "organisation" or "an organisation",
                says = "The interest of {person} in {what} ({expected}) was on the last register and is not on this one" }
    end
  end,
}
