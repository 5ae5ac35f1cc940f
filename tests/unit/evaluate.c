/* Judging: order, after, explanations, waivers, history, limits, and the same verdict every time. */
#include "small_pack.h"

#include "rules/result.h"

#define QUERY                                                                               \
	CONDITION("Q-1", "'query'",                                                         \
	    "each = 'income', check = function(line) "                                      \
	    "at_least { at = line:place 'amount', given = line.amount, least = gbp '50' } " \
	    "end")
#define EXPLAINED(rule, target, text)                                           \
	", \"explanations\": [ { \"rule\": \"" rule "\", \"target\": \"" target \
	"\", \"text\": \"" text "\", \"author\": \"A Person\", \"at\": \"2014-11-20\" } ]"
#define LONG \
	"The contribution was agreed to be lower since two practices moved to the next area."

static void
an_explanation_answers_a_query_at_its_place(void **state)
{
	struct judged j = judge(QUERY,
	    RETURN_HEAD PARTNERS ", " INCOME EXPLAINED("Q-1", "/income[I2]/amount", LONG) " }");

	(void)state;
	assert_int_equal(j.v->n_findings, 2);
	assert_int_equal(j.v->findings[0].status, EXPLAINED);
	assert_true(text_is(j.v->findings[0].explanation->author, "A Person"));
	assert_int_equal(j.v->findings[1].status, OPEN);
	assert_int_equal(j.v->outcome, QUERIED);
	judged_free(&j);
}

static void
a_weak_explanation_leaves_the_query_open_and_says_why(void **state)
{
	struct judged j = judge(QUERY,
	    RETURN_HEAD PARTNERS
	    ", " INCOME EXPLAINED("Q-1", "/income[I2]/amount", "Agreed.") " }");

	(void)state;
	assert_has(
	    j.v->findings[0].message.p, "does not count: it is shorter than 40 characters.");
	judged_free(&j);
	j = judge(QUERY,
	    RETURN_HEAD PARTNERS ", " INCOME EXPLAINED("Q-1", "/income[I2]/amount",
		"n/a tbc see above n/a tbc see above n/a tbc see above n/a tbc see above") " "
											   "}");
	assert_has(j.v->findings[0].message.p, "it is a placeholder");
	assert_int_equal(j.v->findings[0].status, OPEN);
	judged_free(&j);
}

static bool
earlier_version(void *arg, const struct identity *who, struct history *h)
{
	static struct past_return past;
	uint32_t i;

	*h = (struct history){ NULL, 0 };
	for (i = 0; i < who->n_needs; i++) {
		if (who->needs[i].kind != NEED_VERSION)
			continue;
		past = (struct past_return){ .need = i,
			.id = TEXT("01K"),
			.form = TEXT("plan"),
			.area = TEXT("E1"),
			.period = TEXT("2015-16"),
			.budget = text_of(arg) };
		*h = (struct history){ &past, 1 };
	}
	return true;
}

static void
an_explanation_is_carried_while_the_value_is_the_same(void **state)
{
	char before[] =
	    RETURN_HEAD PARTNERS ", " INCOME EXPLAINED("Q-1", "/income[I2]/amount", LONG) " }";
	char changed[] = RETURN_HEAD PARTNERS
	    ", \"income\": [ { \"line\": \"I2\", \"amount\": 38 } ]" EXPLAINED(
		"Q-1", "/income[I2]/amount", LONG) " }";
	struct judged j = judge_with(load_conditions(QUERY), RETURN, earlier_version, before);

	(void)state;
	assert_int_equal(j.v->findings[0].status, EXPLAINED);
	assert_true(j.v->findings[0].explanation->carried);
	assert_true(text_is(j.v->findings[0].explanation->carried_from, "01K"));
	assert_int_equal(j.v->n_history, 1);
	judged_free(&j);
	j = judge_with(load_conditions(QUERY), RETURN, earlier_version, changed);
	assert_int_equal(j.v->findings[0].status, OPEN);
	judged_free(&j);
}

static void
an_explanation_of_a_whole_row_is_carried_while_all_in_it_is_the_same(void **state)
{
	char before[] =
	    RETURN_HEAD PARTNERS ", " INCOME EXPLAINED("Q-1", "/income[I2]", LONG) " }";
	char same_amount[] = RETURN_HEAD PARTNERS
	    ", \"income\": [ { \"line\": \"I2\", \"amount\": 39, \"on\": \"2014-05-05\" } "
	    "]" EXPLAINED("Q-1", "/income[I2]", LONG) " }";
	struct judged j = judge_with(load_conditions(QUERY), RETURN, earlier_version, before);

	(void)state;
	assert_int_equal(j.v->findings[0].status, EXPLAINED);
	judged_free(&j);
	j = judge_with(load_conditions(QUERY), RETURN, earlier_version, same_amount);
	assert_int_equal(j.v->findings[0].status, OPEN);
	judged_free(&j);
}

static void
a_condition_that_finds_too_much_is_stopped_and_says_so_once(void **state)
{
	const struct limits limits = { .findings = 1 };
	struct judged j = judge_within(
	    load_conditions(CONDITION("Q-1", "'query'",
		"each = 'income', check = function(line) finding { at = line:place 'amount', "
		"given = line.amount } end")),
	    RETURN, &limits, no_history, NULL);

	(void)state;
	assert_int_equal(j.v->n_findings, 1);
	assert_int_equal(only_not(&j)->kind, NOT_LIMIT);
	assert_has(only_not(&j)->because.p, "Q-1 made more than 1 findings.");
	judged_free(&j);
}

static void
what_comes_after_waits_at_the_same_place_only(void **state)
{
	struct judged j =
	    judge(CONDITION("B-1", "'error'",
		      "each = 'income', after = { 'Q-1' }, check = function(line) "
		      "finding { at = line:place 'line', given = 'b' } end") QUERY,
		RETURN);

	(void)state;
	assert_int_equal(j.v->n_findings, 3);
	assert_int_equal(j.v->n_nots, 2);
	assert_int_equal(j.v->nots[0].kind, NOT_AFTER);
	assert_has(j.v->nots[0].because.p, "(Q-1) has to be answered first.");
	assert_true(text_is(j.v->findings[0].condition->id, "B-1"));
	judged_free(&j);
}

static void
a_waiver_of_the_site_holds_until_it_expires(void **state)
{
	static const char *const expires[] = { "2014-11-28", "2014-11-27" };
	char site[512];
	int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		const struct pack_file mine[] = { { "site.lua", site }, { "p/c.lua", QUERY },
			{ NULL, NULL } };
		struct judged j;

		snprintf(site, sizeof(site),
		    SITE " waive { condition = 'Q-1', region = 'leeds', reason = 'r', "
			 "requester = 'A', approver = 'B', expires = '%s' }",
		    expires[i]);
		j = judge_with(load_files(mine), RETURN, no_history, NULL);
		assert_int_equal(j.v->findings[0].status, i == 0 ? WAIVED : OPEN);
		judged_free(&j);
	}
}

static void
waivers_inside_a_submission_are_claims(void **state)
{
	struct judged j = judge(QUERY,
	    RETURN_HEAD PARTNERS
	    ", " INCOME ", \"waivers\": [ { \"rule\": \"Q-1\", \"text\": \"please\" } ] }");

	(void)state;
	assert_int_equal(j.v->n_claims, 1);
	assert_int_equal(j.v->findings[0].status, OPEN);
	judged_free(&j);
}

static void
a_crash_ends_one_subject_and_is_never_a_pass(void **state)
{
	struct judged j = judge(CONDITION("A-1", "'error'",
				    "each = 'income', check = function(line) "
				    "if line.line == 'I2' then error('broken') end end"),
	    RETURN);

	(void)state;
	assert_int_equal(only_not(&j)->kind, NOT_FAULT);
	assert_has(only_not(&j)->because.p, "p/c.lua:1: broken");
	assert_true(text_is(only_not(&j)->subject, "I2"));
	assert_int_equal(j.v->outcome, UNDETERMINED);
	judged_free(&j);
}

#define ADDS(id) \
	CONDITION(id, "'error'", "check = function(b) finding { at = b:place 'note' } end")
#define RUNS_AWAY(id, how) CONDITION(id, "'error'", "check = function(b) " how " end")

/* The runaway's id and kind, and its message; the other two have their finding. */
static void
assert_stopped_alone(const char *how, const char *because)
{
	const struct limits limits = { .instructions = 1000000, .memory = 1000000 };
	struct buf policy = { 0 };
	struct judged j, again;

	buf_str(&policy, ADDS("A-1"));
	buf_printf(&policy, RUNS_AWAY("A-2", "%s"), how);
	buf_str(&policy, ADDS("A-3"));
	j = judge_within(load_conditions(policy.p), RETURN, &limits, no_history, NULL);
	if (j.v->our_fault.n > 0 || j.v->n_findings != 2 || j.v->n_nots != 1 ||
	    j.v->nots[0].kind != NOT_LIMIT)
		fail_msg("%s: %u findings: %s", how, j.v->n_findings, j.json.p);
	assert_string_equal(j.v->nots[0].condition->id.p, "A-2");
	assert_has(j.v->nots[0].because.p, because);
	again = judge_within(j.book, RETURN, &limits, no_history, NULL);
	assert_string_equal(j.json.p, again.json.p);
	buf_free(&again.json);
	arena_free(again.arena);
	buf_free(&policy);
	judged_free(&j);
}

static void
a_condition_that_runs_away_is_stopped_alone(void **state)
{
	static const char steps[] = "steps, the most for one condition";

	(void)state;
	assert_stopped_alone("while true do end", "after 250,001 steps, the most for one");
	assert_stopped_alone("while true do pcall(error) end", steps);
	assert_stopped_alone(
	    "while true do pcall(function() while true do end end) end", steps);
	assert_stopped_alone("pcall(function() while true do end end) return true", steps);
	assert_stopped_alone("local f f = function() pcall(f) pcall(f) end f()", steps);
	assert_stopped_alone("while true do pcall(string.rep, 'x', 1000000000) end", steps);
	assert_stopped_alone("while true do local s = ('x'):rep(90000) end", steps);
	assert_stopped_alone(
	    "table.sort({ 3, 2, 1 }, function() while true do end end)", steps);
}

static void
a_condition_that_eats_memory_is_stopped_alone(void **state)
{
	static const char memory[] = "wanted more than 976 kB of memory";

	(void)state;
	assert_stopped_alone("local t = {} while true do t[#t + 1] = { t } end", memory);
	assert_stopped_alone("local s = 'x' while true do s = s .. s end", memory);
	assert_stopped_alone(
	    "pcall(function() local s = 'x' while true do s = s .. s end end)", memory);
}

static void
memory_that_is_kept_between_calls_is_given_back(void **state)
{
	const struct limits limits = { .instructions = 1000000, .memory = 1000000 };
	struct judged j = judge_within(
	    load_conditions("local kept = {}\n" RUNS_AWAY(
		"A-1", "kept = {} while true do kept[#kept + 1] = { kept } end") ADDS("A-2")),
	    RETURN, &limits, no_history, NULL);

	(void)state;
	assert_int_equal(j.v->our_fault.n, 0);
	assert_int_equal(j.v->n_findings, 1);
	judged_free(&j);
}

static void
many_that_run_away_end_by_the_whole(void **state)
{
	const struct limits limits = { .instructions = 1000000 };
	struct judged j = judge_within(
	    load_conditions(RUNS_AWAY("A-1", "while true do end") RUNS_AWAY(
		"A-2", "while true do end") RUNS_AWAY("A-3", "while true do pcall(error) end")
		    RUNS_AWAY("A-4", "while true do end") ADDS("A-5") ADDS("A-6")),
	    RETURN, &limits, no_history, NULL);

	(void)state;
	assert_int_equal(j.v->outcome, UNDETERMINED);
	assert_int_equal(j.v->n_nots, 6);
	assert_has(j.v->nots[3].because.p, "after 1,000,000 steps");
	assert_has(j.v->nots[4].because.p, "It was not run");
	assert_has(j.v->our_fault.p, "while A-4 was running");
	judged_free(&j);
}

/* What is worked out once for all conditions is not spoilt by the one that first asked for it. */
static void
a_field_that_was_being_worked_out_at_the_limit_can_be_asked_for_again(void **state)
{
	const struct limits limits = { .instructions = 1000000 };
	struct judged j = judge_within(
	    load_conditions(CONDITION("A-1", "'error'",
		"check = function(b) for i = 1, 249000 // 3 do local x = i + 1 end "
		"for _, l in ipairs(b.income) do for i = 1, 400 do end local t = l.twice end "
		"while true do end end") CONDITION("A-2", "'error'",
		"each = 'income', check = function(l) local t = l.twice end")),
	    RETURN, &limits, no_history, NULL);

	(void)state;
	assert_int_equal(j.v->n_nots, 1);
	judged_free(&j);
}

static void
a_limit_ends_everything_and_lists_the_rest(void **state)
{
	const struct limits few = { .instructions = 100000,
		.condition_instructions = EVALUATE_NO_SHARE };
	struct judged j =
	    judge_within(load_conditions(CONDITION("A-1", "'error'",
			     "check = function() while true do pcall(error) end end")
				 CONDITION("A-2", "'error'", "check = function() end")),
		RETURN, &few, no_history, NULL);

	(void)state;
	assert_int_equal(j.v->outcome, UNDETERMINED);
	assert_has(j.v->our_fault.p, "while A-1 was running");
	assert_int_equal(j.v->n_nots, 2);
	assert_int_equal(j.v->nots[1].kind, NOT_LIMIT);
	judged_free(&j);
}

static void
no_condition_for_the_year_is_undetermined(void **state)
{
	struct judged j = judge(
	    CONDITION("A-1", "'error'", "years = { from = '2016-17' }, check = function() end"),
	    RETURN);

	(void)state;
	assert_int_equal(j.v->outcome, UNDETERMINED);
	assert_has(j.v->our_fault.p, "No condition is loaded for the form plan and 2015-16.");
	judged_free(&j);
}

static void
dated_conditions_look_at_the_date_of_the_event(void **state)
{
	struct judged j =
	    judge(CONDITION("A-1", "'error'",
		      "each = 'income', dated = { from = '2014-12-01', by = 'income.on' }, "
		      "check = function(line) finding { at = line:place 'line' } end"),
		RETURN);

	(void)state;
	/* I3 has an earlier date; I1 and I2 have none, which takes nothing away */
	assert_int_equal(j.v->n_findings, 2);
	judged_free(&j);
}

static void
shadow_conditions_never_decide(void **state)
{
	struct judged j = judge(
	    CONDITION("A-1", "'error'",
		"mode = 'shadow', check = function(b) finding { at = b:place 'note' } end")
		CONDITION("A-2", "'error'", "check = function() end"),
	    RETURN);

	(void)state;
	assert_int_equal(only_finding(&j)->status, SHADOW);
	assert_int_equal(j.v->outcome, COMPLIANT);
	judged_free(&j);
}

static void
what_cannot_be_read_or_recognised_is_unreadable(void **state)
{
	static const char *const files[] = { "", "{ \"schema\": ", "{ \"schema\": \"other\" }",
		"\x89PNG\r\n" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct judged j = judge(QUERY, files[i]);

		assert_int_equal(j.v->outcome, UNREADABLE);
		assert_true(j.v->unreadable.what.n > 0);
		judged_free(&j);
	}
}

static void
nothing_is_left_behind_for_the_next_submission(void **state)
{
	struct judged j = judge("local n = 0 " CONDITION("A-1", "'error'",
				    "check = function(b) n = n + 1 "
				    "if n > 1 then finding { at = b:place 'note' } end end"),
	    RETURN);
	struct judged again = judge_with(j.book, RETURN, no_history, NULL);

	(void)state;
	assert_int_equal(again.v->outcome, COMPLIANT);
	assert_string_equal(j.json.p, again.json.p);
	buf_free(&again.json);
	arena_free(again.arena);
	judged_free(&j);
}

static void
the_same_submission_has_the_same_verdict_byte_for_byte(void **state)
{
	char *first = NULL;
	int i;

	(void)state;
	for (i = 0; i < 3; i++) {
		struct judged j = judge(QUERY, RETURN);

		if (first == NULL)
			first = strdup(j.json.p);
		assert_string_equal(first, j.json.p);
		judged_free(&j);
	}
	free(first);
}

/* A check that holds some 200 kB at its end and makes a good deal of garbage on the way there. */
#define HUNGRY                                                                               \
	CONDITION("A-1", "'error'",                                                          \
	    "check = function(b) local t = {} for i = 1, 1500 do local gone = { i, i + 1 } " \
	    "t[i] = 'a text of its own, number ' .. (i + gone[1]) end "                      \
	    "finding { at = b:place 'note', given = t[1500] } end")

/* What the hungry check comes to with so much memory, judged first and tenth in one rulebook. */
static enum outcome
first_and_tenth_agree(size_t memory)
{
	const struct limits limits = { .instructions = 1000000, .memory = memory };
	struct judged first =
	    judge_within(load_conditions(HUNGRY), RETURN, &limits, no_history, NULL);
	enum outcome outcome = first.v->outcome;
	int i;

	for (i = 2; i <= 10; i++) {
		struct judged again =
		    judge_within(first.book, RETURN, &limits, no_history, NULL);

		if (strcmp(first.json.p, again.json.p) != 0)
			fail_msg("with %zu bytes no. %d is not as the first:\n%s\n%s", memory,
			    i, first.json.p, again.json.p);
		buf_free(&again.json);
		arena_free(again.arena);
	}
	judged_free(&first);
	return outcome;
}

static void
the_place_in_a_batch_makes_no_difference_near_the_memory_limit(void **state)
{
	size_t memory, stopped = 0, finished = 0;

	(void)state;
	for (memory = 112000; memory < 144000; memory += 1600) {
		if (first_and_tenth_agree(memory) == UNDETERMINED)
			stopped++;
		else
			finished++;
	}
	assert_true(stopped > 0);
	assert_true(finished > 0);
}

/* With a note: deep calls and many short texts, which leave Lua a large stack and table of texts. */
#define GREEDY                                                                                \
	CONDITION("A-0", "'error'",                                                           \
	    "check = function(b) if b:optional 'note' == nil then return end "                \
	    "local function f(n) if n == 0 then return 0 end return 1 + f(n - 1) end f(500) " \
	    "local t = {} for i = 1, 20000 do t[i] = 'k' .. i end end")
#define WITH_NOTE RETURN_HEAD "\"note\": \"greedy\", " PARTNERS ", " INCOME " }"

/* The verdict with so much memory, alone or after one that was stopped at the limit. */
static struct judged
hungry_after(bool greedy, size_t memory)
{
	const struct limits limits = { .memory = memory };
	struct rulebook *b = load_conditions(GREEDY HUNGRY);
	struct judged before;

	if (greedy) {
		before = judge_within(b, WITH_NOTE, &limits, no_history, NULL);
		assert_string_equal(before.v->nots[0].condition->id.p, "A-0");
		assert_has(before.v->nots[0].because.p, "of memory");
		buf_free(&before.json);
		arena_free(before.arena);
	}
	return judge_within(b, RETURN, &limits, no_history, NULL);
}

static void
a_greedy_submission_leaves_the_next_one_its_memory(void **state)
{
	struct judged alone, after;
	size_t memory = 100000;
	bool enough = false;

	(void)state;
	while (!enough && memory < 400000) {
		memory += 2000;
		alone = hungry_after(false, memory);
		enough = alone.v->outcome != UNDETERMINED;
		judged_free(&alone);
	}
	assert_true(enough);
	memory += memory / 32;
	alone = hungry_after(false, memory);
	forget_load();
	after = hungry_after(true, memory);
	assert_string_equal(after.json.p, alone.json.p);
	buf_free(&alone.json);
	arena_free(alone.arena);
	rulebook_free(alone.book);
	judged_free(&after);
}

static void
the_order_of_rows_changes_no_finding(void **state)
{
	struct judged a = judge(QUERY,
	    RETURN_HEAD "\"income\": [ { \"line\": \"X\", \"amount\": 1 }, { \"line\": \"Y\", "
			"\"amount\": 99 } ] }");
	struct judged b;

	(void)state;
	assert_true(text_is(only_finding(&a)->at.path, "/income[X]/amount"));
	judged_free(&a);
	b = judge(QUERY,
	    RETURN_HEAD "\"income\": [ { \"line\": \"Y\", \"amount\": 99 }, { \"line\": \"X\", "
			"\"amount\": 1 } ] }");
	assert_true(text_is(only_finding(&b)->at.path, "/income[X]/amount"));
	judged_free(&b);
}

static bool
last_year(void *arg, const struct identity *who, struct history *h)
{
	static struct past_return past;

	assert_int_equal(who->needs[0].kind, NEED_PREVIOUS);
	past = (struct past_return){ .need = 0,
		.id = TEXT("01J"),
		.form = TEXT("plan"),
		.area = TEXT("E1"),
		.period = TEXT("2014-15"),
		.budget = text_of(arg) };
	*h = (struct history){ &past, 1 };
	return true;
}

#define TREND                                                                                 \
	CONDITION("T-1", "'error'",                                                           \
	    "needs = { previous = true }, each = 'income', check = function(line, b, given) " \
	    "local before = given.previous:same(line) if before then at_least { at = "        \
	    "line:place 'amount', given = line.amount, "                                      \
	    "least = before.amount } end end")

static void
the_return_before_is_read_by_key(void **state)
{
	char before[] = "{ \"schema\": \"s/1\", \"area\": \"E1\", \"year\": \"2014-15\", "
			"\"income\": [ { \"line\": \"I2\", \"amount\": 40 } ] }";
	struct judged j = judge_with(load_conditions(TREND), RETURN, last_year, before);

	(void)state;
	assert_true(text_is(only_finding(&j)->at.path, "/income[I2]/amount"));
	assert_true(text_is(only_finding(&j)->expected.plain, "40.00"));
	judged_free(&j);
	j = judge(TREND, RETURN);
	assert_int_equal(j.v->nots[0].kind, NOT_HISTORY);
	assert_int_equal(j.v->outcome, COMPLIANT);
	judged_free(&j);
	j = judge_with(load_conditions(TREND), RETURN, NULL, NULL);
	assert_int_equal(j.v->nots[0].kind, NOT_REFERENCE);
	assert_int_equal(j.v->outcome, UNDETERMINED);
	judged_free(&j);
}

/* How often the administrator is told of what lacks in our own data. */
static uint32_t
alerts_of(const struct judged *j)
{
	struct buf b = { 0 };
	struct result r;
	struct result_record record;
	size_t at = 0;
	uint32_t n = 0;

	result_write(&b, j->v, NULL);
	assert_true(result_read(buf_as_text(&b), &r, NULL));
	while (result_next(&r, &at, &record))
		n += record.kind == RECORD_POLICY_FAULT;
	buf_free(&b);
	return n;
}

/* A row of ours that lacks could hide an error; a query is only not asked. */
static void
a_row_of_ours_that_lacks_decides_where_an_error_could_be_overlooked(void **state)
{
	static const struct {
		const char *severity, *more;
		enum outcome outcome;
		uint32_t alerts;
	} cases[] = {
		{ "'error'", "", UNDETERMINED, 1 },
		{ "{ 'error', 'query' }", "", UNDETERMINED, 1 },
		{ "'query'", "", COMPLIANT, 1 },
		{ "'warning'", "", COMPLIANT, 1 },
		{ "'info'", "", COMPLIANT, 0 },
		{ "'error'", "mode = 'shadow',", COMPLIANT, 0 },
	};
	char lua[1024];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct judged j;

		snprintf(lua, sizeof(lua),
		    CONDITION("A-1", "%s",
			"%s check = function(budget, given) "
			"given.registers.allocations:row { partner = 'X', year = '2031-32' } "
			"end") CONDITION("A-2", "'error'", "check = function() end"),
		    cases[i].severity, cases[i].more);
		j = judge(lua, RETURN);
		assert_int_equal(only_not(&j)->kind, NOT_REFERENCE);
		assert_int_equal(j.v->outcome, cases[i].outcome);
		assert_int_equal(alerts_of(&j), cases[i].alerts);
		judged_free(&j);
	}
}

static void
who_must_pay_is_asked_not_who_did(void **state)
{
	struct judged j =
	    judge(CONDITION("F-1", "'error'",
		      "each = function(budget, given) "
		      "return given.registers.allocations:rows { year = budget.year } end, "
		      "check = function(due, budget) "
		      "local lines = budget.income:where(function(l) return l.partner.code == "
		      "due.partner end) "
		      "at_least { at = lines:place 'amount', given = lines:sum 'amount', least "
		      "= due.amount, "
		      "says = '{given} from {due.partner} of a minimum of {least}' } end"),
		RETURN);

	(void)state;
	assert_int_equal(j.v->n_findings, 2);
	assert_true(text_is(j.v->findings[0].at.field, "/income"));
	assert_true(
	    text_is(j.v->findings[0].message, "£0.00 from 03M of a minimum of £50.00."));
	assert_true(
	    text_is(j.v->findings[1].message, "£99.00 from 03L of a minimum of £100.00."));
	judged_free(&j);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_explanation_answers_a_query_at_its_place),
		cmocka_unit_test(a_weak_explanation_leaves_the_query_open_and_says_why),
		cmocka_unit_test(an_explanation_is_carried_while_the_value_is_the_same),
		cmocka_unit_test(a_condition_that_finds_too_much_is_stopped_and_says_so_once),
		cmocka_unit_test(
		    an_explanation_of_a_whole_row_is_carried_while_all_in_it_is_the_same),
		cmocka_unit_test(what_comes_after_waits_at_the_same_place_only),
		cmocka_unit_test(a_waiver_of_the_site_holds_until_it_expires),
		cmocka_unit_test(waivers_inside_a_submission_are_claims),
		cmocka_unit_test(a_crash_ends_one_subject_and_is_never_a_pass),
		cmocka_unit_test(a_limit_ends_everything_and_lists_the_rest),
		cmocka_unit_test(a_condition_that_runs_away_is_stopped_alone),
		cmocka_unit_test(a_condition_that_eats_memory_is_stopped_alone),
		cmocka_unit_test(memory_that_is_kept_between_calls_is_given_back),
		cmocka_unit_test(many_that_run_away_end_by_the_whole),
		cmocka_unit_test(
		    a_field_that_was_being_worked_out_at_the_limit_can_be_asked_for_again),
		cmocka_unit_test(no_condition_for_the_year_is_undetermined),
		cmocka_unit_test(dated_conditions_look_at_the_date_of_the_event),
		cmocka_unit_test(shadow_conditions_never_decide),
		cmocka_unit_test(what_cannot_be_read_or_recognised_is_unreadable),
		cmocka_unit_test(nothing_is_left_behind_for_the_next_submission),
		cmocka_unit_test(the_same_submission_has_the_same_verdict_byte_for_byte),
		cmocka_unit_test(
		    the_place_in_a_batch_makes_no_difference_near_the_memory_limit),
		cmocka_unit_test(a_greedy_submission_leaves_the_next_one_its_memory),
		cmocka_unit_test(the_order_of_rows_changes_no_finding),
		cmocka_unit_test(the_return_before_is_read_by_key),
		cmocka_unit_test(
		    a_row_of_ours_that_lacks_decides_where_an_error_could_be_overlooked),
		cmocka_unit_test(who_must_pay_is_asked_not_who_did),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("evaluate", tests, NULL, NULL);
}
