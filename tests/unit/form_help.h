/* For tests of forms: declare one from Lua text, read a document, fill, look for faults. */
#ifndef TESTS_FORM_HELP_H
#define TESTS_FORM_HELP_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <setjmp.h>
#include <cmocka.h>

#include <lauxlib.h>
#include <lualib.h>
#include <stdlib.h>
#include <string.h>

#include "rules/budget.h"
#include "rules/document.h"
#include "rules/lua_form.h"
#include "rules/read_csv.h"
#include "rules/read_json.h"

#define MOST_FORMS 64

/* A form with a field of every kind and option. */
static const char rich_form[] =
    "form {\n"
    "  id = 'rich', title = 'Rich return',\n"
    "  recognise = { schema = 'rich/1', kind = { 'plan', 'amendment' }, programme = { 'p', "
    "absent = true } },\n"
    "  area = 'hwb.gss', period = 'financial_year', units = 'units',\n"
    "  version = { field = 'template.version', name = 'template.name', accepted = {\n"
    "    { 'Part 2', '2014-08-18', years = { '2014-15', '2015-16' } },\n"
    "    { 'Part 2', '2014-07-25', years = { '2015-16', '2015-16' }, old = true } } },\n"
    "  explanations = { list = 'explanations', condition = 'rule', target = 'target', text = "
    "'text' },\n"
    "  faults = { dangling_reference = 'POOL-REF-001' },\n"
    "  fields = {\n"
    "    { 'financial_year', 'year', required = true, title = 'Financial year' },\n"
    "    { 'units', 'enum', of = { 'GBP', 'GBP000' }, required = true },\n"
    "    { 'hwb', 'record', required = true, title = 'Health and wellbeing board', fields = {\n"
    "      { 'gss', 'code', shape = 'A99999999', required = true, title = 'Code', headers = { "
    "'HWB code' } },\n"
    "      { 'name', 'text', max = 20 } } },\n"
    "    { 'template', 'record', fields = { { 'name', 'text' }, { 'version', 'text' } } },\n"
    "    { 'partners', 'list', key = 'id', row = 'partner', title = 'Partners', fields = {\n"
    "      { 'id', 'code', required = true }, { 'name', 'text' } } },\n"
    "    { 'income', 'list', key = 'line', row = 'line', title = 'Income', fields = {\n"
    "      { 'line', 'code' },\n"
    "      { 'partner', 'reference', to = 'partners', also = { 'HWB' } },\n"
    "      { 'amount', 'money', required = true, range = { '0', '1000000000' }, title = "
    "'Amount',\n"
    "        help = 'pounds and pence', headers = { 'Amount (£)', 'Value' } } } },\n"
    "    { 'schemes', 'list', key = 'scheme_id', row = 'scheme', title = 'Schemes', fields = "
    "{\n"
    "      { 'scheme_id', 'code', required = true, title = 'Scheme ID' },\n"
    "      { 'type', 'enum', title = 'Scheme type', of = { 'carers', { 'dfg', title = "
    "'Disabled facilities grant',\n"
    "        from = '2014-15', to = '2015-16', aliases = { 'DFG' } }, { 'ibcf', from = "
    "'2017-18' } } },\n"
    "      { 'expenditure', 'money', required = true, whole_pounds = true, headers = { "
    "'Expenditure (£)' } },\n"
    "      { 'unit_cost', 'money', no_units = true, title = 'Unit cost' },\n"
    "      { 'rounded', 'money', round = true },\n"
    "      { 'people', 'integer', range = { '0', '1000' } },\n"
    "      { 'share', 'percent', title = '% of overall spend', range = { '0', '100%' } },\n"
    "      { 'capital', 'boolean' },\n"
    "      { 'starts', 'date', title = 'Starts on' },\n"
    "      { 'paid', 'money', unknown = true },\n"
    "      { 'providers', 'list', of = 'code', shape = 'A99999 AXX' },\n"
    "      { 'groups', 'list', of = 'enum', words = { 'older_people', 'carers' } },\n"
    "      { 'conflict', 'record', fields = { { 'declared', 'boolean', required = true }, { "
    "'route', 'text' } } },\n"
    "      { 'parts', 'list', row = 'part', fields = { { 'amount', 'money' } } },\n"
    "      { 'label', 'text', derive = function(scheme) return 'x' end } } },\n"
    "    { 'p4p', 'record', title = 'Payment for performance', fields = {\n"
    "      { 'target_reduction', 'rate', aliases = { 'target_reduction_permille', "
    "'target_percent' } },\n"
    "      { 'metric', 'decimal' },\n"
    "      { 'baseline', 'map', keys = 'quarter', of = 'integer', title = 'Baseline' },\n"
    "      { 'planned', 'map', keys = 'quarter', of = 'integer' },\n"
    "      { 'actual', 'map', keys = 'quarter', of = 'integer', unknown = true },\n"
    "      { 'payments', 'list', key = 'quarter', fields = { { 'quarter', 'quarter' }, { "
    "'amount', 'money' } } },\n"
    "      { 'quarters', 'list', key = 'performance', row = 'quarter', title = 'Quarters', "
    "join = { rows = 'planned', performance = 'key',\n"
    "        baseline = { 'baseline', shift = -4 }, planned = 'planned', actual = 'actual',\n"
    "        paid = { 'payments', key = 'quarter', field = 'amount' } }, fields = {\n"
    "        { 'performance', 'quarter' }, { 'baseline', 'integer' }, { 'planned', 'integer' "
    "}, { 'actual', 'integer' },\n"
    "        { 'paid', 'money', title = 'Paid' }, { 'reduction', 'integer', derive = "
    "function(q) return 1 end } } } } },\n"
    "    { 'split', 'map', keys = 'reference', to = 'partners', of = 'percent' },\n"
    "    { 'submitted_at', 'time' }, { 'signed_at', 'time', day_ends = true },\n"
    "    { 'explanations', 'list', fields = { { 'rule', 'code' }, { 'target', 'text' }, { "
    "'text', 'text' } } },\n"
    "    { 'flex', 'any' },\n"
    "  },\n"
    "  csv = { list = 'schemes', preamble = true, needs = { 'scheme_id', 'expenditure' },\n"
    "    totals = { 'total', 'grand total' } },\n"
    "}\n";

struct forms {
	lua_State *L;
	struct arena *arena;
	const struct form *form[MOST_FORMS];
	size_t n;
	struct buf messages;
	unsigned n_messages;
	struct arena *budgets;
	struct read_error error;
};

static inline void
forms_complain(void *arg, struct text file, uint32_t line, struct text what)
{
	struct forms *f = arg;

	buf_printf(&f->messages, "%.*s:%u: %.*s\n", TEXT_ARG(file), line, TEXT_ARG(what));
	f->n_messages++;
}

static inline int
forms_declare(lua_State *L)
{
	struct forms *f = lua_touserdata(L, lua_upvalueindex(1));
	struct lua_form_options options = { f->arena, TEXT("pack"), forms_complain, f };
	struct form *form = lua_form_declare(L, 1, &options);

	if (form != NULL && f->n < MOST_FORMS)
		f->form[f->n++] = form;
	return 0;
}

/* Run Lua text that declares forms. */
static inline void
forms_run(struct forms *f, const char *lua)
{
	if (luaL_loadbuffer(f->L, lua, strlen(lua), "@forms.lua") != LUA_OK ||
	    lua_pcall(f->L, 0, 0, 0) != LUA_OK) {
		fprintf(stderr, "%s\n", lua_tostring(f->L, -1));
		abort();
	}
}

static inline struct forms *
forms_new(const char *lua)
{
	struct forms *f = calloc(1, sizeof(*f));

	f->L = luaL_newstate();
	luaL_openlibs(f->L);
	f->arena = arena_new();
	f->budgets = arena_new();
	lua_pushlightuserdata(f->L, f);
	lua_pushcclosure(f->L, forms_declare, 1);
	lua_setglobal(f->L, "form");
	forms_run(f, lua);
	if (f->n_messages > 0 && f->n > 0)
		fputs(f->messages.p, stderr);
	return f;
}

static inline void
forms_free(struct forms *f)
{
	lua_close(f->L);
	arena_free(f->arena);
	arena_free(f->budgets);
	buf_free(&f->messages);
	free(f);
}

static inline struct document *
forms_document(struct forms *f, const char *text)
{
	struct text bytes = text_of(text);

	return text[0] == '{' || text[0] == '[' ? read_json(f->budgets, bytes, NULL, &f->error)
						: read_csv(f->budgets, bytes, NULL, &f->error);
}

static inline struct budget *
forms_fill(struct forms *f, const char *text)
{
	struct document *doc = forms_document(f, text);

	assert_non_null(doc);
	return form_fill(f->budgets, f->form[0], doc);
}

/* The fault of a kind at a path, or NULL. */
static inline const struct fault *
fault_at(const struct budget *budget, enum fault_kind kind, const char *path)
{
	for (uint32_t i = 0; i < budget->n_faults; i++) {
		struct buf buf = { 0 };
		bool here;

		place_path(&buf, budget->faults[i].at);
		here = text_is(buf_as_text(&buf), path);
		buf_free(&buf);
		if (here && budget->faults[i].kind == kind)
			return &budget->faults[i];
	}
	return NULL;
}

static inline void
show_faults(const struct budget *budget)
{
	for (uint32_t i = 0; i < budget->n_faults; i++) {
		struct buf buf = { 0 };

		place_path(&buf, budget->faults[i].at);
		fprintf(stderr, "# %s at %s: %.*s\n", fault_names[budget->faults[i].kind],
		    buf.p != NULL ? buf.p : "", TEXT_ARG(budget->faults[i].message));
		buf_free(&buf);
	}
}

static inline struct value
value_at(const struct budget *budget, const char *path)
{
	struct place place;

	if (!place_read(budget, text_of(path), &place)) {
		fprintf(stderr, "# no place %s\n", path);
		fail();
	}
	return place_value(place);
}

/* A value as the verdict writes it. */
static inline void
assert_value(const struct budget *budget, const char *path, const char *wanted)
{
	struct place place;
	struct buf buf = { 0 };

	assert_true(place_read(budget, text_of(path), &place));
	value_format(&buf, place.field < 0 ? NULL : &place.rec->type->fields[place.field],
	    place_value(place));
	assert_string_equal(buf.p != NULL ? buf.p : "", wanted);
	buf_free(&buf);
}

static inline void
assert_text(struct text text, const char *wanted)
{
	char *copy = strndup(text.p != NULL ? text.p : "", text.n);

	assert_string_equal(copy, wanted);
	free(copy);
}

static inline bool
text_has(struct text text, const char *part)
{
	return text.p != NULL && memmem(text.p, text.n, part, strlen(part)) != NULL;
}

#endif
