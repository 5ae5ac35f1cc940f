/* A small pack in memory, for tests of the rulebook and of evaluation. */
#ifndef TESTS_SMALL_PACK_H
#define TESTS_SMALL_PACK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rules/evaluate.h"

struct pack_file {
	const char *name, *data;
};

#define SITE "site { packs = { 'p' } }"
#define PACK "pack { id = 'p', title = 'A pack', status = 'enacted' }"
#define PARAMETERS                                                                           \
	"parameter { name = 'tolerance', kind = 'money', values = {\n"                       \
	"  { from = '2014-15', to = '2015-16', value = gbp '5', source = 'a letter' },\n"    \
	"  { from = '2016-17', value = gbp '10', source = 'another letter' } } }\n"          \
	"parameter { name = 'parts', kind = 'map', values = { { value = { b = gbp '2', a = " \
	"gbp '1' }, "                                                                        \
	"source = 's' } } }\n"
#define REGISTERS                                                                              \
	"register { name = 'allocations', file = 'registers/allocations.csv', origin = 'a "    \
	"list', on = '2014-11-28', key = { 'partner', 'year' },\n"                             \
	"  columns = { { 'partner', 'code' }, { 'year', 'year' }, { 'amount', 'money' } } }\n" \
	"register { name = 'chairs', file = 'registers/chairs.csv', origin = 'a list', on = "  \
	"'2014-11-28', key = { 'partner' },\n"                                                 \
	"  columns = { { 'partner', 'code' }, { 'name', 'text' }, { 'from', 'date' }, { "      \
	"'to', 'date' } } }\n"                                                                 \
	"register { name = 'deadlines', file = 'registers/deadlines.csv', origin = 'a list', " \
	"on = '2014-11-28', key = { 'form', 'who' },\n"                                        \
	"  columns = { { 'form', 'text' }, { 'who', 'text' }, { 'at', 'time' } } }\n"
#define ALLOCATIONS "partner,year,amount\n03L,2015-16,100.00\n03M,2015-16,50\n03L,2016-17,120\n"
#define CHAIRS \
	"partner,name,from,to\n03L,A Person,2013-04-01,2014-12-31\n03L,B Person,2015-01-01,\n"
#define DEADLINES "form,who,at\nplan,all,2014-12-01\nplan,nhs,2014-12-05\n"
#define FORM                                                                                   \
	"form { id = 'plan', title = 'Plan', recognise = { schema = 's/1' }, area = 'area', "  \
	"period = 'year',\n"                                                                   \
	"  explanations = { list = 'explanations', condition = 'rule', target = 'target', "    \
	"text = 'text',\n"                                                                     \
	"    author = 'author', on = 'at' },\n"                                                \
	"  waivers = { list = 'waivers', condition = 'rule', text = 'text' },\n"               \
	"  fields = {\n"                                                                       \
	"    { 'schema', 'text' }, { 'area', 'code', required = true }, { 'year', 'year', "    \
	"required = true },\n"                                                                 \
	"    { 'note', 'text', title = 'Note' },\n"                                            \
	"    { 'partners', 'list', key = 'id', title = 'Partners', fields = { { 'id', "        \
	"'code', required = true },\n"                                                         \
	"      { 'type', 'enum', of = { 'ccg', 'local_authority' } }, { 'code', 'code' } } "   \
	"},\n"                                                                                 \
	"    { 'income', 'list', key = 'line', row = 'line', title = 'Income', fields = {\n"   \
	"      { 'line', 'code', required = true }, { 'partner', 'reference', to = "           \
	"'partners', also = { 'HWB' } },\n"                                                    \
	"      { 'source', 'enum', of = { 'minimum', 'additional' } },\n"                      \
	"      { 'amount', 'money', title = 'Amount' }, { 'on', 'date', title = 'Paid on' "    \
	"},\n"                                                                                 \
	"      { 'twice', 'money', derive = function(l) return l.amount:times(2) end } } },\n" \
	"    { 'interests', 'list', key = 'id', open = { 'arose', 'ended' }, fields = { { "    \
	"'id', 'code' },\n"                                                                    \
	"      { 'arose', 'date' }, { 'ended', 'date' } } },\n"                                \
	"    { 'explanations', 'list', fields = { { 'rule', 'code' }, { 'target', 'text' }, "  \
	"{ 'text', 'text' },\n"                                                                \
	"      { 'author', 'text' }, { 'at', 'date' } } },\n"                                  \
	"    { 'waivers', 'list', fields = { { 'rule', 'code' }, { 'text', 'text' } } } } }\n"

/* The header of a condition whose check (and whatever else) the test writes. */
#define CONDITION(id, severity, rest)                                                \
	"condition { id = '" id "', title = 'Title of " id "', severity = " severity \
	", forms = { 'plan' }, source = 'a law', remedy = 'Mend it.', " rest " }\n"

static struct buf packed, told;
static struct tree tree;
static struct load_report report;

static void
forget_load(void)
{
	load_report_free(&report);
	tree_free(&tree);
	buf_free(&packed);
	buf_clear(&told);
}

/* The files of the small pack, each replaced by one of that name among `mine` (ended by NULL). */
static struct rulebook *
load_files(const struct pack_file *mine)
{
	static const struct pack_file standard[] = { { "site.lua", SITE },
		{ "p/pack.lua", PACK }, { "p/parameters.lua", PARAMETERS },
		{ "p/registers.lua", REGISTERS },
		{ "p/registers/allocations.csv", ALLOCATIONS },
		{ "p/registers/chairs.csv", CHAIRS },
		{ "p/registers/deadlines.csv", DEADLINES }, { "p/forms/plan.lua", FORM } };
	struct load_options o = {
		.digest = TEXT("d"), .examples = EXAMPLES_REFUSE, .instructions = 20000000
	};
	struct tree_file files[40];
	uint32_t n = 0, i, j;
	const char *why;
	struct rulebook *b;

	for (i = 0; mine[i].name != NULL; i++)
		files[n++] = (struct tree_file){ text_of(mine[i].name), text_of(mine[i].data) };
	for (i = 0; i < sizeof(standard) / sizeof(standard[0]); i++) {
		for (j = 0; mine[j].name != NULL && strcmp(mine[j].name, standard[i].name) != 0;
		     j++)
			;
		if (mine[j].name == NULL)
			files[n++] = (struct tree_file){ text_of(standard[i].name),
				text_of(standard[i].data) };
	}
	memset(&packed, 0, sizeof(packed));
	tree_pack(&packed, files, n);
	assert_true(tree_read(buf_as_text(&packed), &tree, &why));
	b = rulebook_load(&tree, &o, &report);
	buf_clear(&told);
	load_report_format(&told, &report);
	if (told.p == NULL)
		buf_str(&told, "");
	return b;
}

static struct rulebook *
load_conditions(const char *lua)
{
	const struct pack_file mine[] = { { "p/c.lua", lua }, { NULL, NULL } };

	return load_files(mine);
}

static void
assert_has(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fail_msg("\n\"%s\"\nis not in\n%s", part, text);
}

__attribute__((unused)) static void
assert_has_not(const char *text, const char *part)
{
	if (strstr(text, part) != NULL)
		fail_msg("\n\"%s\"\nis in\n%s", part, text);
}

/* Loading these conditions is refused, and this is among what is told. */
__attribute__((unused)) static void
assert_refused(const char *lua, const char *why)
{
	struct rulebook *b = load_conditions(lua);

	assert_null(b);
	assert_has(told.p, why);
	forget_load();
}

#define RETURN_HEAD "{ \"schema\": \"s/1\", \"area\": \"E1\", \"year\": \"2015-16\", "
#define PARTNERS                                                                   \
	"\"partners\": [ { \"id\": \"C\", \"type\": \"ccg\", \"code\": \"03L\" }," \
	" { \"id\": \"L\", \"type\": \"local_authority\", \"code\": \"E4403\" } ]"
#define INCOME                                                                                 \
	"\"income\": [ { \"line\": \"I1\", \"partner\": \"C\", \"source\": \"minimum\", "      \
	"\"amount\": 60 },"                                                                    \
	" { \"line\": \"I2\", \"partner\": \"C\", \"source\": \"minimum\", \"amount\": 39 },"  \
	" { \"line\": \"I3\", \"partner\": \"L\", \"source\": \"additional\", \"amount\": 10," \
	" \"on\": \"2014-11-30\" } ]"
#define RETURN RETURN_HEAD PARTNERS ", " INCOME " }"

struct judged {
	struct arena *arena;
	struct rulebook *book;
	struct verdict *v;
	struct buf json;
};

__attribute__((unused)) static struct judged
judge_within(struct rulebook *b, const char *json, const struct limits *limits,
    history_fn *history, void *arg)
{
	struct judged j = { .arena = arena_new(), .book = b };
	struct submission s = { .bytes = text_of(json),
		.name = TEXT("r.json"),
		.region = TEXT("leeds"),
		.seq = -1,
		.revision = 1 };

	time_read(TEXT("2014-11-28T16:05:00Z"), &s.received);
	j.v = evaluate(b, j.arena, &s, limits, history, arg, NULL);
	render_json(&j.json, j.v);
	return j;
}

/* With the limits that hold where none are given. */
__attribute__((unused)) static struct judged
judge_with(struct rulebook *b, const char *json, history_fn *history, void *arg)
{
	return judge_within(b, json, NULL, history, arg);
}

__attribute__((unused)) static bool
no_history(void *arg, const struct identity *who, struct history *h)
{
	(void)arg;
	(void)who;
	*h = (struct history){ NULL, 0 };
	return true;
}

/* Load the conditions and judge; a load that is refused fails the test. */
__attribute__((unused)) static struct judged
judge(const char *lua, const char *json)
{
	struct rulebook *b = load_conditions(lua);

	if (b == NULL)
		fail_msg("refused: %s", told.p);
	return judge_with(b, json, no_history, NULL);
}

__attribute__((unused)) static void
judged_free(struct judged *j)
{
	buf_free(&j->json);
	arena_free(j->arena);
	rulebook_free(j->book);
	forget_load();
}

__attribute__((unused)) static const struct finding *
only_finding(const struct judged *j)
{
	if (j->v->n_findings != 1)
		fail_msg("%u findings: %s", j->v->n_findings, j->json.p);
	return &j->v->findings[0];
}

__attribute__((unused)) static const struct not_evaluated *
only_not(const struct judged *j)
{
	if (j->v->n_nots != 1)
		fail_msg("%u not evaluated: %s", j->v->n_nots, j->json.p);
	return &j->v->nots[0];
}

/* A check with this body makes a fault with this message. */
__attribute__((unused)) static void
assert_fault(const char *body, const char *message)
{
	char lua[4096];
	struct judged j;

	snprintf(lua, sizeof(lua),
	    CONDITION("A-1", "'error'",
		"parameters = { 'tolerance' }, check = function(budget, given) %s end"),
	    body);
	j = judge(lua, RETURN);
	if (j.v->n_nots != 1 || j.v->nots[0].kind != NOT_FAULT)
		fail_msg("no fault from: %s\n%s", body, j.json.p);
	assert_has(j.v->nots[0].because.p, message);
	assert_int_equal(j.v->outcome, UNDETERMINED);
	judged_free(&j);
}

/* A check with this body passes: no finding, nothing that was not evaluated. */
__attribute__((unused)) static void
assert_passes(const char *body)
{
	char lua[4096];
	struct judged j;

	snprintf(lua, sizeof(lua),
	    CONDITION("A-1", "'error'",
		"parameters = { 'tolerance', 'parts' }, check = function(budget, given) %s "
		"end"),
	    body);
	j = judge(lua, RETURN);
	if (j.v->outcome != COMPLIANT || j.v->n_nots > 0 || j.v->n_findings > 0)
		fail_msg("does not pass: %s\n%s", body, j.json.p);
	judged_free(&j);
}

#define EXPECT(expression) "if not (" expression ") then error('not so') end "

#endif
