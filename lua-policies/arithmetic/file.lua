-- What the reader decides: whether the file can be read, and each value in it.
condition {
  id = "POOL-FILE-001", title = "The file can be read", severity = "error", reader = true,
  source = "Rule of this service",
  remedy = "Save the return again from the program that made it, as a workbook (.xlsx or .ods), JSON or CSV, and send it once more.",
}

condition {
  id = "POOL-FILE-002", title = "The template is one that is known for the year", severity = "error", reader = true,
  source = "NHS England, Better Care Fund page of 18 August 2014: old versions are to be discarded",
  remedy = "Fill the current template and send that, or correct the template's name and version.",
}

condition {
  id = "POOL-FILE-003", title = "The file is whole", severity = "error", reader = true,
  source = "Rule of this service",
  remedy = "Send the file again; it was empty, or was cut off on its way.",
}

condition {
  id = "POOL-FILE-004", title = "The return is not the same as one before", severity = "warning",
  forms = { "bcf-plan", "bcf-schemes", "bcf-quarterly", "bcf-quarters", "bcf-year-end", "bcf-outturn", "section-75-agreement", "section-75-pools",
    "decisions", "decision-votes", "interests-register", "gifts-register", "national-return", "national-localities" },
  source = "Rule of this service; US single audit refuses the same file twice",
  remedy = "If you meant to send a corrected file, send that; this one says what was said before.",
  check = function(budget, given)
    if given.identical_to then
      finding { at = budget:place "financial_year", given = "the same file", expected = "a corrected one, or none", verdict = given.identical_to,
                says = "The same file came before (verdict {verdict})" }
    end
  end,
}

-- Only what was accepted is history, and of it the newest version.  A number that it does not have may be
-- of a version that was turned back, so naming it is no fault; a ring of three would need the ones behind.
condition {
  id = "POOL-FILE-005", title = "A return replaces an earlier one: not itself, nor one that replaces it or is replaced already", severity = "warning",
  forms = { "bcf-plan" },
  source = "Rule of this service", needs = { returns = { { form = "bcf-plan", area = "hwb.gss", period = "financial_year" } } },
  remedy = "Give the return a number of its own, and name the last one before it as the one it replaces.",
  check = function(budget, given)
    local earlier, own = budget:optional "supersedes", budget.submission_id
    if not earlier then stop.not_applicable "The return replaces no other." end
    if earlier == own then
      finding { at = budget:place "supersedes", given = earlier, expected = "the number of an earlier return",
                says = "This return says that it replaces itself" }
      return
    end
    local newest = given.returns { form = "bcf-plan", area = budget.hwb.gss, year = budget.financial_year }:latest()
    local id, before = newest and newest:optional "submission_id", newest and newest:optional "supersedes"
    if id == earlier and before == own then
      finding { at = budget:place "supersedes", given = earlier, expected = "the number of an earlier return", own = own,
                says = "This return ({own}) says that it replaces {given}, which says that it replaces this one" }
    elseif before == earlier and id and id ~= own then
      finding { at = budget:place "supersedes", given = earlier, expected = id, says = "{given} has been replaced already, by {expected}" }
    end
  end,
}

condition {
  id = "POOL-FILE-006", title = "Years and quarters are real ones", severity = "error", reader = true,
  source = "Better Care Fund planning template",
  remedy = "Write the year as 2015-16 and a quarter as 2015-16Q1.",
}

condition {
  id = "POOL-FILE-007", title = "The template is the latest one", severity = "warning", reader = true,
  source = "NHS England, Better Care Fund page of 18 August 2014: old versions are to be discarded",
  remedy = "Move the return to the latest template; this one is still read.",
}

condition {
  id = "POOL-FILE-008", title = "Nothing that is required is left out", severity = "error", reader = true,
  source = "Better Care Fund planning template, checklist",
  remedy = "Fill in what is missing.",
}

condition {
  id = "POOL-FILE-009", title = "Nothing is in the file that the form does not have", severity = "warning", reader = true,
  source = "Rule of this service",
  remedy = "Correct the name, or put what is your own under \"flex\", which is kept and never judged.",
}

condition {
  id = "POOL-FILE-010", title = "Dates and times are real ones", severity = "error", reader = true,
  source = "Rule of this service",
  remedy = "Write a date as 2014-11-28 and a time with its zone, as 2014-11-28T16:05:00Z.",
}

condition {
  id = "POOL-FILE-011", title = "Words are from the form's lists", severity = "error", reader = true,
  source = "Better Care Fund planning template, lists of values by year",
  remedy = "Choose one of the words that the form has for that year.",
}

condition {
  id = "POOL-FILE-012", title = "Each value is of its kind", severity = "error", reader = true,
  source = "Rule of this service",
  remedy = "Put the value in the form that is expected there.",
}

condition {
  id = "POOL-FILE-013", title = "Nothing that counts is hidden", severity = "warning", reader = true,
  source = "Rule of this service: what is read in a workbook is what its authors see in it",
  remedy = "Show the hidden rows, columns or sheet, and see that what stands there belongs to the return.",
}

condition {
  id = "POOL-FILE-014", title = "Formulas have results", severity = "error", reader = true,
  source = "Better Care Fund planning template: a cell that shows an error is not complete",
  remedy = "Mend the formula, or type the value itself; then save the workbook in Excel or LibreOffice.",
}

condition {
  id = "POOL-ID-006", title = "Codes have their shape", severity = "error", reader = true,
  source = "Office for National Statistics and Organisation Data Service codes",
  remedy = "Correct the code.",
}

condition {
  id = "POOL-REF-001", title = "What is referred to is there", severity = "error", reader = true,
  source = "Better Care Fund planning template: partners, pools and schemes are named by their ids",
  remedy = "Correct the id, or add the partner, pool or scheme that it names.",
}

condition {
  id = "POOL-REF-002", title = "What must be there once is there once", severity = "error", reader = true,
  source = "Better Care Fund planning template",
  remedy = "Add the row that is missing, or remove the one too many.",
}

condition {
  id = "POOL-SUM-006", title = "No two rows have the same id", severity = "error", reader = true,
  source = "Better Care Fund planning template: a scheme has an id of its own",
  remedy = "Give each row an id of its own, or remove the row that was entered twice.",
}

condition {
  id = "POOL-SUM-012", title = "A totals row is the sum of its rows", severity = "error", reader = true,
  source = "Better Care Fund planning template: the totals of income and expenditure",
  remedy = "Correct the row that is wrong, or the total; a formula over all rows keeps both right.",
}

condition {
  id = "POOL-UNIT-002", title = "Amounts are whole pounds", severity = "warning", reader = true,
  source = "Better Care Fund planning template; the ministry's published outturn has amounts like 219385.1234",
  remedy = "Round the amount to whole pounds, so that totals agree with what people see.",
}

condition {
  id = "POOL-UNIT-003", title = "Amounts are within range", severity = "error", reader = true,
  source = "2017-19 planning template: amounts from 0 to 1,000,000,000",
  remedy = "Correct the amount; none is below nought, and each has a most that no area or country reaches.",
}

condition {
  id = "POOL-UNIT-004", title = "Amounts are numbers", severity = "error", reader = true,
  source = "Better Care Fund planning template: cells for amounts take numbers only",
  remedy = "Enter the number alone: no £, no commas, no parentheses, no formula error.",
}
