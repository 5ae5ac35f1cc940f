/* Verdicts as the engine makes them, for tests of what is made of a verdict. */
#ifndef TESTS_VERDICTS_H
#define TESTS_VERDICTS_H

#include <stdio.h>
#include <string.h>

#include "rules/verdict.h"

#define T(s) TEXT(s)

enum {
	C_FUND,
	C_DFG,
	C_COI,
	C_TREND,
	C_RISK,
	C_NHS,
	C_P4P,
	C_METRIC,
	C_UNIT,
	C_TRIAL,
	C_ROUND,
	C_N
};

static const struct condition_head heads[C_N] = {
	[C_FUND] = { .id = TEXT("BCF-FUND-001"),
	    .title = TEXT("Each CCG or ICB pools at least its published minimum"),
	    .source = TEXT("NHS Act 2006 s223GA; published allocations 2015-16"),
	    .remedy = TEXT(
		"Raise the contributions marked ‘minimum’ on the Income sheet, or correct the "
		"CCG’s code."),
	    .pack = TEXT("better-care-fund"),
	    .pack_title = TEXT("Better Care Fund"),
	    .severities = 1u << SEV_ERROR,
	    .file = TEXT("better-care-fund/fund.lua"),
	    .line = 12 },
	[C_DFG] = { .id = TEXT("BCF-FUND-006"),
	    .title = TEXT("The disabled facilities grant is spent in full"),
	    .source =
		TEXT("s31 grant determination, Disabled Facilities Capital Grant 2015-16"),
	    .remedy = TEXT("Make the schemes paid from the grant add up to the grant."),
	    .pack = TEXT("better-care-fund"),
	    .pack_title = TEXT("Better Care Fund"),
	    .severities = 1u << SEV_ERROR,
	    .file = TEXT("better-care-fund/fund.lua"),
	    .line = 88 },
	[C_COI] = { .id = TEXT("COI-002"),
	    .title = TEXT("Nobody with an interest in a scheme decided on it"),
	    .source = TEXT("NHS Act 2006 s14O; statutory guidance on conflicts of interest"),
	    .remedy =
		TEXT("Take the decision again without this person, or correct the register of "
		     "interests or the minute."),
	    .pack = TEXT("conflicts-of-interest"),
	    .pack_title = TEXT("Conflicts of interest"),
	    .severities = 1u << SEV_ERROR,
	    .file = TEXT("conflicts-of-interest/decisions.lua"),
	    .line = 40 },
	[C_TREND] = { .id = TEXT("BCF-TREND-001"),
	    .title = TEXT("Spending on social care does not fall from one year to the next"),
	    .source = TEXT("National condition 2, protection for social care services"),
	    .remedy =
		TEXT("Say what the money was spent on before, and how the service is kept."),
	    .pack = TEXT("better-care-fund"),
	    .pack_title = TEXT("Better Care Fund"),
	    .severities = 1u << SEV_QUERY,
	    .file = TEXT("better-care-fund/trend.lua"),
	    .line = 5 },
	[C_RISK] = { .id = TEXT("BCF-RISK-003"),
	    .title = TEXT("The partners’ shares of the risk add up to the whole"),
	    .source = TEXT("BCF planning guidance 2015-16"),
	    .remedy = TEXT("Correct the shares."),
	    .pack = TEXT("better-care-fund"),
	    .pack_title = TEXT("Better Care Fund"),
	    .severities = 1u << SEV_ERROR },
	[C_NHS] = { .id = TEXT("BCF-NC-004"),
	    .title = TEXT("Each national condition has an answer"),
	    .source = TEXT("BCF planning guidance 2015-16"),
	    .remedy = TEXT("Answer yes or no, and say why."),
	    .pack = TEXT("better-care-fund"),
	    .pack_title = TEXT("Better Care Fund"),
	    .severities = 1u << SEV_ERROR },
	[C_P4P] = { .id = TEXT("BCF-P4P-005"),
	    .title = TEXT("Each quarter’s payment is what the agreed variant gives"),
	    .source = TEXT("HFMA, The right chemistry"),
	    .remedy = TEXT(
		"Correct the payment of the quarter; the working shows how it was reached."),
	    .pack = TEXT("better-care-fund"),
	    .pack_title = TEXT("Better Care Fund"),
	    .severities = 1u << SEV_ERROR,
	    .file = TEXT("better-care-fund/p4p.lua"),
	    .line = 61 },
	[C_METRIC] = { .id = TEXT("BCF-METRIC-002"),
	    .title = TEXT("Admissions to care homes are given for both years"),
	    .source = TEXT("BCF technical guidance"),
	    .remedy = TEXT("Fill in both years."),
	    .pack = TEXT("better-care-fund"),
	    .pack_title = TEXT("Better Care Fund"),
	    .severities = 1u << SEV_ERROR },
	[C_UNIT] = { .id = TEXT("POOL-UNIT-004"),
	    .title = TEXT("Amounts are numbers"),
	    .source = TEXT("BCF template, note 3"),
	    .remedy = TEXT("Write the amount as a plain number: no pound sign, no commas."),
	    .pack = TEXT("arithmetic"),
	    .pack_title = TEXT("Arithmetic"),
	    .severities = 1u << SEV_ERROR },
	[C_TRIAL] = { .id = TEXT("BCF-TREND-009"),
	    .title = TEXT("No scheme grows by more than half"),
	    .source = TEXT("Local assurance"),
	    .remedy = TEXT("Explain the growth."),
	    .pack = TEXT("better-care-fund"),
	    .pack_title = TEXT("Better Care Fund"),
	    .severities = 1u << SEV_QUERY,
	    .shadow = true },
	[C_ROUND] = { .id = TEXT("POOL-ROUND-002"),
	    .title = TEXT("Amounts are not all round thousands"),
	    .source = TEXT("Local assurance"),
	    .remedy = TEXT("Give the amounts to the pound."),
	    .pack = TEXT("arithmetic"),
	    .pack_title = TEXT("Arithmetic"),
	    .severities = 1u << SEV_WARNING },
};

/* Conditions that pass and need no more than a name. */
static struct condition_head *
filler(struct arena *arena, unsigned i)
{
	static const char *const titles[] = { "The pools add up to the plan’s total",
		"Every scheme is paid from a pool that exists", "Every scheme has a provider",
		"The plan was sent before the deadline", "The host of each pool is a partner",
		"Each partner has signed",
		"The reduction planned is at least the expected minimum" };
	struct condition_head *c = arena_calloc(arena, 1, sizeof(*c));
	char id[32];

	snprintf(id, sizeof(id), "%s-%03u", i % 3 == 0 ? "POOL-SUM" : "BCF-PLAN", i);
	c->id = text_of(arena_strndup(arena, id, strlen(id)));
	c->title = text_of(titles[i % 7]);
	c->pack = i % 3 == 0 ? T("arithmetic") : T("better-care-fund");
	c->pack_title = i % 3 == 0 ? T("Arithmetic") : T("Better Care Fund");
	c->severities = 1u << SEV_ERROR;
	return c;
}

static struct text
keep(struct arena *arena, const char *s)
{
	return (struct text){ arena_strndup(arena, s, strlen(s)), strlen(s) };
}

static struct shown
money_shown(struct arena *arena, pence amount)
{
	struct buf b = { 0 };
	struct shown s;

	money_format(&b, amount);
	s.plain = keep(arena, b.p);
	buf_clear(&b);
	money_format_pretty(&b, amount);
	s.pretty = keep(arena, b.p);
	buf_free(&b);
	return s;
}

static struct at
at_text(
    struct arena *arena, const char *field, const char *path, const char *label, uint32_t line)
{
	return (struct at){ .field = keep(arena, field),
		.key = keep(arena, path[0] == '/' ? path + 1 : path),
		.path = keep(arena, path),
		.label = keep(arena, label),
		.pointer = keep(arena, field),
		.line = line,
		.column = 17 };
}

static struct ran *
ran_add(struct verdict *v, const struct condition_head *c, uint32_t passed, uint32_t failed,
    uint32_t not_)
{
	struct ran *ran = verdict_add_ran(v);

	*ran = (struct ran){ .condition = c,
		.subjects = passed + failed + not_,
		.passed = passed,
		.failed = failed,
		.not_evaluated = not_ };
	return ran;
}

static struct finding *
finding_add(struct verdict *v, int c, enum severity severity, struct at at, const char *message)
{
	struct finding *f = verdict_add_finding(v);

	if (f == NULL)
		return NULL;
	f->condition = &heads[c];
	f->severity = severity;
	f->at = at;
	f->message = keep(v->arena, message);
	return f;
}

static void
money_add_to(
    struct verdict *v, struct finding *f, pence given, pence expected, const char *relation)
{
	f->given = money_shown(v->arena, given);
	f->expected = money_shown(v->arena, expected);
	f->difference = money_shown(v->arena, given - expected);
	f->relation = text_of(relation);
	f->has_money = true;
	f->difference_pence = given - expected;
}

static struct not_evaluated *
not_add(struct verdict *v, int c, enum not_kind kind, struct at at, const char *because)
{
	struct not_evaluated *n = verdict_add_not(v);

	n->condition = &heads[c];
	n->kind = kind;
	n->at = at;
	n->because = keep(v->arena, because);
	n->decides = true;
	return n;
}

static struct determination *
determination_add(
    struct verdict *v, const char *name, const char *period, pence amount, const char *working)
{
	struct determination *d = verdict_add_determination(v);

	d->condition = &heads[C_P4P];
	d->name = keep(v->arena, name);
	d->period = keep(v->arena, period);
	d->value = money_shown(v->arena, amount);
	d->unit = T("money");
	d->amount = amount;
	d->complete = true;
	d->working = keep(v->arena, working);
	return d;
}

static struct submission
sent(const char *name)
{
	struct submission s = { .bytes = { "", 48213 },
		.name = text_of(name),
		.region = T("rotherham"),
		.sha256 = T("9f2c0c6f3f0c1d1e8b7a4a5e1b4be1bb2f4f9d7f5d1c4fd1d05d3f7b1a9c0e42"),
		.seq = 1042,
		.id = T("01KAHT3J9M7Q2WZX4C5V6B8N0P"),
		.revision = 1,
		.received = 1417190700 };

	return s;
}

/* A plan of Rotherham, read, with what every verdict on it has. */
static struct verdict *
plan_new(struct arena *arena, const char *name, unsigned fillers)
{
	static struct text packs[] = { TEXT("arithmetic"), TEXT("better-care-fund"),
		TEXT("conflicts-of-interest") };
	struct submission s = sent(name);
	struct verdict *v = verdict_new(arena, &s);
	struct used_parameter *u;

	v->form = T("bcf-plan");
	v->form_title = T("Better Care Fund plan");
	v->area = T("E08000018");
	v->area_name = T("Rotherham");
	v->period = T("2015-16");
	v->format = "json";
	v->rulebook_digest =
	    T("3f2a9d0b7e64c1aa5b7f0d93c2e8164f5a0c9b8e7d6f5a4b3c2d1e0f9a8b7c6d");
	v->packs = packs;
	v->n_packs = 3;
	for (unsigned i = 0; i < fillers; i++)
		ran_add(v, filler(arena, i), 3, 0, 0);
	u = verdict_add_used(v);
	*u = (struct used_parameter){ &heads[C_P4P], T("p4p_unit_value"), T("1490.00"),
		T("BCF technical guidance, August 2014; from memory, unverified") };
	return v;
}

static void
payments(struct verdict *v)
{
	determination_add(v, "payment", "2014-15 Q4", 44700000,
	    "300 of 322 planned fewer admissions: 93.17%, so £447,000.00 of £479,780.00.");
	determination_add(v, "payment", "2015-16 Q1", 47978000,
	    "422 of 322 planned fewer admissions: all of £479,780.00.");
	determination_add(v, "payment", "2015-16 Q2", 5960000,
	    "40 of 322 planned fewer admissions: 12.42%, so £59,600.00 of £479,780.00.");
	determination_add(v, "not earned", "2015-16 Q2", 42018000,
	    "£479,780.00 less £59,600.00; it stays with the CCG for NHS services.")
	    ->complete = false;
}

__attribute__((unused)) static struct verdict *
compliant_verdict(struct arena *arena)
{
	static const struct explanation why = { .author = TEXT("B Person"),
		.text = TEXT("Two packages of care moved to continuing healthcare in April; "
			     "the service is "
			     "kept, and £797,000 now goes through the Care Act line."),
		.date = TEXT("2014-11-20"),
		.carried = true,
		.carried_from = TEXT("01KAGQ5W3E6R8T0Y2U4I6O8P0A") };
	struct verdict *v = plan_new(arena, "rotherham_2015_16.json", 54);
	struct finding *f;

	ran_add(v, &heads[C_TREND], 8, 1, 0);
	f = finding_add(v, C_TREND, SEV_QUERY,
	    at_text(arena, "/schemes/2/expenditure", "/schemes[BCF03]/expenditure",
		"Schemes, BCF03: Expenditure", 131),
	    "Social care maintenance falls from £4,571,000.00 to £3,774,000.00.");
	money_add_to(v, f, 377400000, 457100000, "at least");
	f->status = EXPLAINED;
	f->explanation = &why;
	ran_add(v, &heads[C_P4P], 1, 0, 3);
	not_add(v, C_P4P, NOT_DUE,
	    at_text(arena, "/p4p/quarters/3/actual", "/p4p/quarters[2015-16Q3]/actual",
		"Payment for performance, 2015-16 Q3: Actual", 210),
	    "The figures for quarter 3 of 2015-16 are due on 26 February 2016.")
	    ->decides = false;
	ran_add(v, &heads[C_METRIC], 0, 0, 1);
	not_add(v, C_METRIC, NOT_HISTORY, (struct at){ 0 },
	    "There is no accepted return for 2014-15 yet.")
	    ->decides = false;
	payments(v);
	verdict_finish(v);
	return v;
}

__attribute__((unused)) static struct verdict *
refused_verdict(struct arena *arena)
{
	static const struct waiver waived = {
		TEXT("The pool has no risk share: agreed with NHS England."), TEXT("A Person"),
		TEXT("C Person"), TEXT("2015-06-30")
	};
	static struct claimed_waiver claim[] = { { TEXT("BCF-FUND-006"),
	    TEXT("We were told that this does not apply to us.") } };
	struct verdict *v = plan_new(arena, "plan_v3_FINAL.json", 49);
	struct finding *f;
	char path[64], label[64], field[64];

	ran_add(v, &heads[C_FUND], 0, 1, 0);
	f = finding_add(v, C_FUND, SEV_ERROR,
	    at_text(
		arena, "/income/0/amount", "/income[I1]/amount", "Income, line I1: Amount", 59),
	    "£20,415,000.00 from NHS Rotherham CCG of a minimum of £20,416,000.00.");
	money_add_to(v, f, 2041500000, 2041600000, "at least");
	ran_add(v, &heads[C_DFG], 0, 1, 0);
	f = finding_add(v, C_DFG, SEV_ERROR,
	    at_text(arena, "/schemes", "/schemes", "Schemes", 102),
	    "Schemes paid from the disabled facilities grant come to £1,850,000.00, and the "
	    "grant is "
	    "£1,900,000.00.");
	money_add_to(v, f, 185000000, 190000000, "exactly");
	ran_add(v, &heads[C_COI], 2, 3, 0);
	for (int i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "/decisions[GB-2014-11-05-0%d]/present[M%d]/voted",
		    i + 4, i + 1);
		snprintf(field, sizeof(field), "/decisions/%d/present/%d/voted", i, i + 1);
		snprintf(label, sizeof(label), "Decisions, GB-2014-11-05-0%d: Voted", i + 4);
		f = finding_add(v, C_COI, SEV_ERROR,
		    at_text(arena, field, path, label, 301 + (uint32_t)i),
		    "Dr A. Person declared an interest in practice C87901 on 2 June 2014.");
		f->given = (struct shown){ T("Dr A. Person voted"), T("Dr A. Person voted") };
		f->expected = (struct shown){ T("withdrew"), T("withdrew") };
	}
	ran_add(v, &heads[C_TREND], 8, 1, 0);
	f = finding_add(v, C_TREND, SEV_QUERY,
	    at_text(arena, "/schemes/2/expenditure", "/schemes[BCF03]/expenditure",
		"Schemes, BCF03: Expenditure", 131),
	    "Social care maintenance falls from £4,571,000.00 to £3,774,000.00.");
	money_add_to(v, f, 377400000, 457100000, "at least");
	ran_add(v, &heads[C_NHS], 4, 0, 2);
	ran_add(v, &heads[C_METRIC], 0, 0, 1);
	not_add(v, C_NHS, NOT_ABSENT,
	    at_text(arena, "/national_conditions/3/met", "/national_conditions[NC4]/met",
		"National conditions, NC4: Met", 0),
	    "The answer is left out.");
	not_add(v, C_METRIC, NOT_ABSENT,
	    at_text(arena, "/metrics/residential_admissions/2014-15",
		"/metrics/residential_admissions[2014-15]", "Admissions to care homes, 2014-15",
		0),
	    "The figure is left out.");
	not_add(v, C_TREND, NOT_ABSENT,
	    at_text(arena, "/metrics/residential_admissions/2014-15",
		"/metrics/residential_admissions[2014-15]", "Admissions to care homes, 2014-15",
		0),
	    "The figure is left out.");
	not_add(v, C_P4P, NOT_AFTER,
	    at_text(arena, "/p4p", "/p4p", "Payment for performance", 180),
	    "The fund’s size (BCF-P4P-003) has to be right first.");
	not_add(v, C_NHS, NOT_AFTER,
	    at_text(arena, "/p4p", "/p4p", "Payment for performance", 180),
	    "The fund’s size (BCF-P4P-003) has to be right first.");
	ran_add(v, &heads[C_P4P], 0, 0, 1);
	ran_add(v, &heads[C_RISK], 0, 1, 0);
	f = finding_add(v, C_RISK, SEV_ERROR,
	    at_text(arena, "/risk_share", "/risk_share", "Risk share", 250),
	    "There is no risk share.");
	f->status = WAIVED;
	f->waiver = &waived;
	finding_add(v, C_ROUND, SEV_WARNING,
	    at_text(arena, "/schemes", "/schemes", "Schemes", 102),
	    "All 9 schemes are round thousands of pounds.");
	ran_add(v, &heads[C_ROUND], 0, 1, 0);
	f = finding_add(v, C_TRIAL, SEV_QUERY,
	    at_text(arena, "/schemes/8/expenditure", "/schemes[BCF09]/expenditure",
		"Schemes, BCF09: Expenditure", 170),
	    "Care Act implementation is new, at £797,000.00.");
	f->status = SHADOW;
	ran_add(v, &heads[C_TRIAL], 8, 1, 0);
	payments(v);
	determination_add(v, "held back", "2015-16", 4000000, "Until the plan is approved.")
	    ->held = true;
	v->claims = claim;
	v->n_claims = 1;
	verdict_finish(v);
	return v;
}

__attribute__((unused)) static struct verdict *
unreadable_verdict(struct arena *arena)
{
	struct submission s = sent("return (2).json");
	struct verdict *v = verdict_new(arena, &s);

	v->rulebook_digest =
	    T("3f2a9d0b7e64c1aa5b7f0d93c2e8164f5a0c9b8e7d6f5a4b3c2d1e0f9a8b7c6d");
	v->unreadable = (struct read_error){ .kind = "syntax",
		.line = 214,
		.column = 17,
		.what = T("Line 214, column 17: the amount is followed by a second number "
			  "where a comma or "
			  "a closing brace must stand."),
		.expected = T("A comma before the next field, or } at the end of the record."),
		.todo = T("Export the return again, or have whoever wrote it by hand mend line "
			  "214.") };
	verdict_finish(v);
	return v;
}

__attribute__((unused)) static struct verdict *
undetermined_verdict(struct arena *arena)
{
	struct verdict *v = plan_new(arena, "leeds-plan.json", 40);
	struct not_evaluated *n;

	v->format = "csv";
	ran_add(v, &heads[C_FUND], 0, 0, 1);
	not_add(v, C_FUND, NOT_REFERENCE, at_text(arena, "/income", "/income", "Income", 12),
	    "Our register ‘allocations’ has no row for 15F, E08000035, 2015-16.");
	ran_add(v, &heads[C_P4P], 0, 0, 1);
	n = not_add(v, C_P4P, NOT_FAULT,
	    at_text(arena, "/p4p", "/p4p", "Payment for performance", 30),
	    "better-care-fund/p4p.lua:61: attempt to index a nil value (local 'sum')");
	n->subject = T("2015-16");
	ran_add(v, &heads[C_TREND], 8, 1, 0);
	money_add_to(v,
	    finding_add(v, C_TREND, SEV_QUERY,
		at_text(arena, "/schemes/2/expenditure", "/schemes[BCF03]/expenditure",
		    "Schemes, BCF03: Expenditure", 31),
		"Social care maintenance falls from £4,571,000.00 to £3,774,000.00."),
	    377400000, 457100000, "at least");
	verdict_finish(v);
	return v;
}

/* The same mistake in every one of many rows. */
__attribute__((unused)) static struct verdict *
crowded_verdict(struct arena *arena, unsigned n)
{
	struct verdict *v = plan_new(arena, "spend over £500 – all.csv", 20);
	struct finding *f;
	char path[64], label[64], field[64];

	v->format = "csv";
	ran_add(v, &heads[C_UNIT], 0, n, 0);
	for (unsigned i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "/schemes[%u]/expenditure", i + 1);
		snprintf(field, sizeof(field), "/schemes/%u/expenditure", i);
		snprintf(label, sizeof(label), "Schemes, row %u: Expenditure", i + 1);
		f = finding_add(
		    v, C_UNIT, SEV_ERROR, at_text(arena, field, path, label, i + 4), "");
		f->given = (struct shown){ T("£1,234.50"), T("£1,234.50") };
		f->expected = (struct shown){ T("1234.50"), T("1234.50") };
		f->relation = T("written as");
	}
	verdict_finish(v);
	return v;
}

/* Everything that a file may say, said against us. */
__attribute__((unused)) static struct verdict *
hostile_verdict(struct arena *arena)
{
	static const char evil[] = "<script>alert(1)</script>\"'&<img src=x onerror=alert(2)>";
	static const char turned[] = "\xe2\x80\xae"
				     "fdp.exe\x1b[2J\x07\xe2\x80\x8b"
				     "end\xff\xfe";
	static char word[10001];
	static struct explanation why = { .author = { turned, sizeof(turned) - 1 },
		.text = { evil, sizeof(evil) - 1 },
		.date = { evil, sizeof(evil) - 1 } };
	struct verdict *v = plan_new(arena, "", 3);
	struct finding *f;

	memset(word, 'W', sizeof(word) - 1);
	v->submission.name = (struct text){ turned, sizeof(turned) - 1 };
	v->area_name = text_of(evil);
	v->area = text_of(word);
	v->period = text_of(evil);
	ran_add(v, &heads[C_FUND], 0, 3, 0);
	f = finding_add(v, C_FUND, SEV_ERROR, at_text(arena, evil, evil, evil, 1), evil);
	f->given = (struct shown){ text_of(evil), text_of(evil) };
	f->expected = (struct shown){ text_of(word), text_of(word) };
	f = finding_add(v, C_FUND, SEV_ERROR, at_text(arena, "/x", word, word, 2), word);
	f->given =
	    (struct shown){ { turned, sizeof(turned) - 1 }, { turned, sizeof(turned) - 1 } };
	f->message = (struct text){ turned, sizeof(turned) - 1 };
	f = finding_add(v, C_TREND, SEV_QUERY, at_text(arena, "/y", evil, turned, 3), turned);
	f = finding_add(v, C_TREND, SEV_QUERY, at_text(arena, "/z", evil, turned, 4), turned);
	f->status = EXPLAINED;
	f->explanation = &why;
	determination_add(v, evil, turned, 100, word);
	not_add(v, C_METRIC, NOT_ABSENT, at_text(arena, "/q", evil, evil, 5), evil);
	not_add(v, C_METRIC, NOT_DUE, at_text(arena, "/q", evil, evil, 6), word);
	verdict_finish(v);
	return v;
}

#endif
