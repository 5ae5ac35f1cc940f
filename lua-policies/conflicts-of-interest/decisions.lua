-- Decisions on schemes: who may take part, and how many are left.
local conflicts = require "lib.conflicts"
local names = require "lib.names"
local guidance = "NHS Act 2006 s14O; statutory guidance on conflicts of interest"

condition {
  id = "COI-002", title = "Nobody with an interest in a scheme decided on it", severity = "error", forms = { "bcf-plan", "decisions" },
  dated = { from = "2013-04-01", by = "decisions.date" }, source = guidance,
  remedy = "Take the decision again without this person, or correct the register of interests or the minute.",
  each = "decisions",
  check = function(decision, budget)
    local open, unsaid = conflicts.open_on(decision.date, budget), nil
    for _, member in decision.present:each() do
      local interest = conflicts.between(member.person, decision.scheme, open)
      local voted = member:optional "voted"
      if interest and voted then
        finding { at = member:place "voted", given = "voted", expected = "withdrew", related = { interest, decision.scheme },
                  person = member.person, scheme = decision.scheme.scheme_id,
                  interest = interest:optional "organisation" or "an organisation", code = interest:optional "organisation_code" or "no code",
                  says = "{person} voted on scheme {scheme} and has an interest in {interest} ({code})" }
      elseif interest and voted == nil and not member:optional "withdrew" then
        unsaid = unsaid or member
      end
    end
    if unsaid then stop.absent(unsaid:place "voted", "Whether somebody who has an interest in the scheme voted is not said.") end
  end,
}

-- The quorum of the body that decided.  A body that is misspelt is the return's to correct; one that the
-- register does not have at all is ours to add, unless the return names what it should not.
local function quorum_of(decision, budget, given)
  local quorum, organisation = given.registers.quorum, conflicts.organisation(decision, budget)
  local row = quorum:row_or_none { organisation = organisation, body = decision.body, on = decision.date }
  if row then return row end
  local bodies = {}
  for _, known in quorum:rows_or_none { organisation = organisation, on = decision.date }:each() do bodies[#bodies + 1] = known.body end
  for _, body in ipairs(bodies) do
    if names.alike(body, decision.body) or nearest(decision.body:lower(), { body }) then return nil, body end
  end
  stop.no_reference("The register quorum has no row for the body " .. decision.body .. " of " .. organisation .. " on " .. tostring(decision.date) ..
    " (decision " .. (decision:optional "ref" or "without a reference") .. "); " ..
    (#bodies > 0 and "of " .. organisation .. " it has " .. table.concat(bodies, ", ") or "of " .. organisation .. " it has none on that day") ..
    ". Correct the body in the decision, or add its quorum to the register.")
end

condition {
  id = "COI-003", title = "A decision is quorate without those in conflict", severity = "error", forms = { "bcf-plan", "decisions" },
  dated = { from = "2013-04-01", by = "decisions.date" }, after = { "COI-002" },
  source = "The deciding body's constitution; BMJ Open 2017;7:e018422, table 3",
  remedy = "Take the decision again with enough members who may vote, or refer it to another body; correct the name of the body where it is misspelt.",
  each = "decisions",
  check = function(decision, budget, given)
    if decision.date > given.received:date() then
      finding { at = decision:place "date", given = decision.date, expected = given.received:date(), says = "Decided on {given}, after the return came in" }
      return
    end
    local quorum, meant = quorum_of(decision, budget, given)
    if not quorum then
      finding { at = decision:place "body", given = decision.body, expected = meant, who = conflicts.organisation(decision, budget),
                says = "The quorum register has no body {given} of {who}; {expected} was probably meant" }
      return
    end
    local voters = conflicts.free_voters(decision, budget)
    local at = decision:place "present"
    at_least { at = at, given = names.people(voters), least = quorum.voters, says = "Members who were free to vote and did: {given}; the quorum asks for {expected}" }
    at_least { at = at, given = names.people(voters:where { role = "lay_member" }), least = quorum.lay, says = "Lay members who voted: {given}; the quorum asks for {expected}" }
    at_least { at = at, given = names.people(voters:where { role = { "accountable_officer", "cfo" } }), least = quorum.officers,
               says = "Of the accountable officer and the chief finance officer {given} voted; the quorum asks for {expected}" }
  end,
}

condition {
  id = "COI-004", title = "A lay member chairs decisions on primary care", severity = "error", forms = { "bcf-plan", "decisions" },
  dated = { from = "2015-04-01", by = "decisions.date" },
  source = "Statutory guidance on primary care commissioning committees; from memory",
  remedy = "Take the decision again with a lay member in the chair, or correct the minute.",
  each = function(budget) return budget.decisions:where(function(decision) return decision.scheme:optional "area_of_spend" == "primary_care" end) end,
  check = function(decision)
    equal { at = decision:place "chair_role", given = decision.chair_role, exactly = "lay_member", says = "The chair was {given}" }
  end,
}

condition {
  id = "COI-005", title = "A scheme that practices provide has a record of how they were chosen", severity = "error", forms = { "bcf-plan", "decisions" },
  years = { from = "2013-14" }, source = "Procurement template for services by GP practices; " .. guidance,
  remedy = "Say by which route the practices were chosen, how the price was set, and where it was decided.",
  each = function(budget) return budget.schemes:where(conflicts.has_practice) end,
  check = function(scheme, budget)
    local record = scheme:optional "conflict"
    if not record then
      finding { at = scheme:place "conflict", given = "nothing", expected = "the record of the procurement",
                says = "Practices provide this scheme, and nothing says how they were chosen" }
      return
    end
    for _, name in ipairs { "procurement_route", "price_basis", "decision_ref" } do
      filled { at = record:place(name), given = record:optional(name) }
    end
    local ref = record:optional "decision_ref"
    local decisions = ref and budget.decisions:where { ref = ref }
    if ref and #decisions == 0 then
      finding { at = record:place "decision_ref", given = ref, expected = "a decision of this return", says = "Decision {given} is not in this return" }
    elseif ref and #decisions:where { scheme = scheme } == 0 then
      finding { at = record:place "decision_ref", given = ref, expected = "a decision on this scheme", other = decisions[1].scheme.scheme_id,
                says = "Decision {given} is on scheme {other}, and not on this one" }
    end
  end,
}

condition {
  id = "COI-006", title = "A single tender is justified", severity = "query", forms = { "bcf-plan", "decisions" }, years = { from = "2013-14" },
  source = "Procurement template for services by GP practices; " .. guidance, after = { "COI-005" },
  remedy = "Say why there was one tender only, and that no other provider could do it.",
  each = function(budget)
    return budget.schemes:where(function(scheme)
      local record = scheme:optional "conflict"
      return record ~= nil and record:optional "procurement_route" == "single_tender"
    end)
  end,
  check = function(scheme)
    local record = scheme.conflict
    filled { at = record:place "single_tender_reason", given = record:optional "single_tender_reason" }
    equal { at = record:place "other_capable_providers", given = record.other_capable_providers, exactly = false,
            says = "Other providers could have done it" }
  end,
}

condition {
  id = "COI-013", title = "Nobody who is listed with an interest voted", severity = "error", forms = { "decision-votes" },
  dated = { from = "2013-04-01", by = "votes.date" }, source = guidance,
  remedy = "Take the decision again without this person, or correct the list of votes.",
  each = "votes",
  check = function(vote)
    if vote.interest and vote.voted then
      finding { at = vote:place "voted", given = "voted", expected = "withdrew", person = vote.person, scheme = vote.scheme,
                says = "{person} voted on scheme {scheme} and is listed with an interest in it" }
    end
  end,
}
