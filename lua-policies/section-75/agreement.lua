-- The agreement behind the pools, as plans sum it up and as its own summary does.
local names = require "lib.names"

local agreed = { "bcf-plan", "section-75-agreement" }
local pooled = { "bcf-plan", "section-75-agreement", "section-75-pools" }

-- The agreement, or nothing to check: S75-001 says when there is none.
local function agreements(budget)
  return { budget:optional "section75" }
end

condition {
  id = "S75-001", title = "There is an agreement in writing, signed in time", severity = { "error", "warning" }, forms = agreed,
  source = "SI 2000/617 regulation 7(3); agreements to be in place by the start of the year",
  remedy = "Name the agreement, and enter the day on which it was signed.",
  check = function(budget, given)
    local agreement = budget.section75
    filled { severity = "error", at = agreement:place "agreement_ref", given = agreement:optional "agreement_ref" }
    local row = given.registers.deadlines:row_or_none {
      programme = "better-care-fund", form = "section-75-agreement", stage = "signed", year = budget.financial_year, who = "all" }
    local due = row and row.at:date() or budget.financial_year:starts():plus(-1)
    local signed, today = agreement:optional "signed", given.received:date()
    local planned = signed and signed > today                     -- what will be signed is not signed yet
    if (not signed or planned) and today <= due then stop.not_due(agreement:place "signed", due) end
    if planned then
      finding { severity = "warning", at = agreement:place "signed", given = signed, expected = today, says = "Signed on {given}, which was still to come when the return came" }
    elseif not signed then
      finding { severity = "warning", at = agreement:place "signed", given = "nothing", expected = due, says = "The agreement is not signed" }
    else
      at_most { severity = "warning", at = agreement:place "signed", given = signed, most = due, says = "Signed on {given}, after {expected}" }
    end
  end,
}

condition {
  id = "S75-002", title = "The agreement says all that it must", severity = "error", forms = agreed,
  source = "SI 2000/617 regulation 7(3)(a) to (g) and 7(4)", after = { "S75-001" },
  remedy = "Put into the agreement what is missing, and say so here.",
  each = function(budget, given)
    return budget:optional "section75" and given.registers.agreement_contents:rows {} or {}
  end,
  check = function(content, budget)
    equal { at = budget.section75:place(content.flag), given = budget.section75[content.flag], exactly = true,
            says = "The agreement does not specify " .. content.title .. " (regulation " .. content.regulation .. ")" }
  end,
}

condition {
  id = "S75-003", title = "Each pool has a host among the partners", severity = "error", forms = pooled,
  source = "SI 2000/617 regulation 7(4); from memory", remedy = "Name the partner that hosts the pool.",
  each = "pools",
  check = function(pool)
    local host = pool:optional "host_partner"
    filled { at = pool:place "host_partner", given = type(host) == "string" and host or host and host.code,
             says = "No host is named for this pool" }
  end,
}

condition {
  id = "S75-004", title = "Each pool has a manager, who does not audit it", severity = "error", forms = pooled,
  source = "SI 2000/617 regulation 7(4); from memory", remedy = "Name the person who manages the pool, and is not its auditor.",
  each = "pools",
  check = function(pool)
    local manager = pool:optional "pool_manager"
    local name = manager and manager:optional "name"
    if filled { at = manager and manager:place "name" or pool:place "pool_manager", given = name,
                says = "No manager is named for this pool" } and names.person(name) == names.person(pool:optional "external_auditor" or "") then
      finding { at = manager:place "name", given = name, expected = "somebody who does not audit the pool", says = "{given} manages the pool and audits it" }
    end
  end,
}

condition {
  id = "S75-005", title = "Each partner may be one", severity = "error", forms = agreed,
  source = "SI 2000/617 regulation 3; dates from memory", after = { "POOL-ID-002" },
  remedy = "Remove the partner, or correct its type.",
  each = "partners",
  check = function(partner, budget, given)
    if not given.registers.partner_types:row_or_none { type = partner.type, on = budget.financial_year:ends() } then
      finding { at = partner:place "type", given = partner.type, expected = "a council or NHS body that the regulations name at the end of the year",
                name = partner:optional "name" or partner.code, says = "{name} is given as {given}, which could not be a partner at the end of the year" }
    end
  end,
}

condition {
  id = "S75-006", title = "No pool is for a function that may not be shared", severity = "error", forms = { "section-75-agreement", "section-75-pools" },
  source = "SI 2000/618 and SI 2000/617 regulation 5; the latter's list from memory", remedy = "Take the function out of the pool.",
  each = "pools",
  check = function(pool, _, given)
    if #pool.functions == 0 then stop.absent(pool:place "functions", "The functions that the pool is for are not given.") end
    for _, code in pool.functions:each() do
      local row = given.registers.excluded_functions:row_or_none { code = code }
      if row then
        finding { at = pool:place "functions", given = code, expected = "functions that may be shared", what = row.title, says = "{what} may not be shared by a pool" }
      end
    end
  end,
}

condition {
  id = "S75-008", title = "The agreement covers the year", severity = "error", forms = agreed,
  source = "SI 2000/617 regulation 7(3)(f)", after = { "S75-001" },
  remedy = "Correct the dates, or say how the agreement is renewed within the year.",
  each = agreements,
  check = function(agreement, budget)
    local year = budget.financial_year
    at_most { at = agreement:place "start", given = agreement.start, most = year:starts(), says = "The agreement starts on {given}, after the year has begun" }
    if not agreement:optional "renewal" then
      at_least { at = agreement:place "end", given = agreement["end"], least = year:ends(), says = "The agreement ends on {given}, before the year does" }
    end
  end,
}

condition {
  id = "S75-009", title = "Quarterly reports are agreed, and come in time", severity = "warning", forms = agreed,
  source = "SI 2000/617 regulations 7(4) and 9", after = { "S75-001" }, parameters = { "report_window" },
  remedy = "Agree quarterly reports with the host, and list when each came in.",
  each = agreements,
  check = function(agreement, _, given)
    equal { at = agreement:place "quarterly_reports", given = agreement.quarterly_reports, exactly = true, says = "The agreement has no quarterly reports" }
    for _, report in agreement.reports:each() do
      at_most { at = report:place "received", given = report.received, most = report.quarter:ends():plus(given.parameters.report_window) }
    end
  end,
}

condition {
  id = "S75-010", title = "A pool that is over- or underspent has an action plan", severity = "query", forms = { "bcf-plan", "bcf-quarterly", "bcf-year-end", "section-75-agreement" },
  source = "Precedent agreements: a forecast difference leads to an action plan", parameters = { "outturn_share" },
  remedy = "Add the action plan, or correct the outturn.",
  each = "outturn",
  check = function(outturn, _, given)
    if require "lib.change".beyond(outturn.actual, outturn.planned, given.parameters.outturn_share) then
      filled { at = outturn:place "action_plan", given = outturn:optional "action_plan",
               says = tostring(outturn.actual) .. " was spent of " .. tostring(outturn.planned) .. ", and there is no action plan" }
    end
  end,
}

condition {
  id = "S75-011", title = "Contributions add up to the pools", severity = "error", forms = { "section-75-agreement" },
  source = "SI 2000/617 regulation 7(3)(b): each partner's contributions", after = { "POOL-UNIT-003" },
  remedy = "Correct the contribution that is wrong, or the pool's total.",
  each = "pools",
  check = function(pool, budget)
    equal { at = pool:place "total", given = pool.total, exactly = budget.contributions:where { pool = pool }:sum "amount",
            says = "The pool is {given}, and its contributions add up to {expected}" }
  end,
}

condition {
  id = "S75-012", title = "Each partner's contributions are those of the accepted plan", severity = "query", forms = { "section-75-agreement" },
  source = "SI 2000/617 regulation 7(3)(b); the plan says what each partner pools", after = { "S75-011" },
  needs = { returns = { { form = "bcf-plan", area = "hwb.gss", period = "financial_year" } } },
  remedy = "Correct the contributions, or explain how the agreement differs from the plan.",
  each = "partners",
  check = function(partner, budget, given)
    local plan = given.returns { form = "bcf-plan", area = budget.hwb.gss, year = budget.financial_year }:latest()
    if not plan then stop.no_history "No plan of this year was accepted." end
    local lines = budget.contributions:where { partner = partner }
    equal { at = lines:place "amount", given = lines:sum "amount", name = partner:optional "name" or partner.code,
            exactly = plan.income:where(function(line) return line.partner.code == partner.code end):sum "amount",
            says = "{name} contributes {given} by the agreement, and {expected} by the accepted plan" }
  end,
}
