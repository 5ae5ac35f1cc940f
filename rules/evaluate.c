/*
 * Judging a submission, from bytes to verdict.
 *
 * read -> recognise -> fill -> history -> the reader's faults -> the conditions in their order
 * -> finish.  Whatever goes wrong on the way is a part of the verdict.  A condition that runs away is
 * stopped at its share of the instructions, or at the memory, and the others run; when the whole is
 * spent, what has not run is listed.
 *  Nothing depends on an
 * address, on a clock or on what was judged before: the Lua functions' upvalues are put back,
 * the scratch arena is emptied, and counting starts anew.
 */
#include "rules/evaluate.h"

#include <string.h>

#include "rules/eval.h"
#include "rules/lua_env.h"

#define INSTRUCTIONS UINT64_C(200000000)
#define SHARES       4 /* of the instructions: one condition may take one of so many */
#define MEMORY       ((size_t)128 << 20)
#define FINDINGS     10000

static const char *const format_names[] = {
	[DOC_JSON] = "json", [DOC_CSV] = "csv", [DOC_XLSX] = "xlsx", [DOC_ODS] = "ods"
};

static void
begin(struct eval *e, struct rulebook *book, struct arena *arena, const struct submission *sub,
    const struct limits *limits)
{
	uint32_t i;

	*e = (struct eval){ .book = book, .L = book->L, .arena = arena, .sub = sub };
	if (limits != NULL)
		e->limits = *limits;
	if (e->limits.instructions == 0)
		e->limits.instructions = INSTRUCTIONS;
	if (e->limits.condition_instructions == 0)
		e->limits.condition_instructions = e->limits.instructions / SHARES + 1;
	if (e->limits.memory == 0)
		e->limits.memory = MEMORY;
	if (e->limits.findings == 0)
		e->limits.findings = FINDINGS;
	arena_reset(book->scratch);
	e->scratch = book->scratch;
	e->scratch_cap = e->limits.memory;
	e->v = verdict_new(arena, sub);
	e->v->rulebook_digest = book->digest;
	e->v->packs = book->on_ids;
	e->v->n_packs = book->n_on;
	book->eval = e;
	lua_settop(book->L, 0);
	lua_limit_begin(&book->limit, e->limits.instructions, e->limits.memory);
	for (i = 0; i < book->n_kept; i++)
		lua_env_restore(book->L, book->kept[i]);
}

static struct verdict *
finish(struct eval *e)
{
	lua_limit_end(&e->book->limit);
	lua_settop(e->L, 0);
	e->book->eval = NULL;
	verdict_finish(e->v);
	return e->v;
}

/* A pack may be on for some regions only; an example is tried by its own packs, wherever they are on. */
bool
pack_in_region(const struct pack *p, struct text region)
{
	uint32_t i;

	if (p == NULL || p->trial == TRIAL_IN)
		return true;
	if (p->trial == TRIAL_OUT)
		return false;
	for (i = 0; i < p->regions.n; i++) {
		if (text_equal(p->regions.items[i], region))
			return true;
	}
	return p->regions.n == 0;
}

static const struct form *
recognise(struct eval *e, const struct document *doc, struct read_error *why)
{
	const struct rulebook *b = e->book;
	const struct form **forms = arena_calloc(e->scratch, b->n_forms, sizeof(*forms)), *f;
	size_t n = 0;
	uint32_t i;

	for (i = 0; i < b->n_forms; i++) {
		if (pack_in_region(b->form_packs[i], e->sub->region))
			forms[n++] = b->forms[i];
	}
	f = form_recognise(forms, n, doc, e->arena, why);
	for (i = 0; f != NULL && i < b->n_forms; i++) {
		if (b->forms[i] == f)
			e->form_pack = b->form_packs[i];
	}
	return f;
}

/* The year that the return is for: its period, or the year that a quarter or a date lies in. */
static void
set_year(struct eval *e)
{
	quarter q;
	date d;

	e->has_year = true;
	if (year_read(e->budget->period, &e->year))
		return;
	if (quarter_read(e->budget->period, &q))
		e->year = q / 4;
	else if (date_read(e->budget->period, false, &d) == DATE_OK)
		e->year = year_of(d);
	else
		e->has_year = false;
}

/* "hwb.gss" has its name in "hwb.name", "board" in "board_name". */
static struct text
area_name(struct eval *e)
{
	struct text path = e->budget->form->area, whole;
	const struct value *v;
	size_t n = path.n;

	while (n > 0 && path.p[n - 1] != '.')
		n--;
	if (n > 0)
		whole = arena_printf(e->scratch, "%.*sname", (int)n, path.p);
	else
		whole = arena_printf(e->scratch, "%.*s_name", TEXT_ARG(path));
	v = budget_get(e->budget, whole);
	if (v == NULL || v->state != VALUE_SET || v->kind != KIND_TEXT)
		return TEXT_NONE;
	return (struct text){ v->u.s, v->len };
}

static void
set_identity(struct eval *e)
{
	struct verdict *v = e->v;

	v->form = e->budget->form->id;
	v->form_title = e->budget->form->title;
	v->area = e->budget->area;
	v->area_name = area_name(e);
	v->period = e->budget->period;
	v->version = e->budget->version;
	set_year(e);
}

/* Nothing is left of a limit: what has not run is listed. */
static void
list_rest(struct eval *e, uint32_t from)
{
	struct stop s = { .kind = NOT_LIMIT,
		.because = TEXT("It was not run, since a limit was hit before.") };
	uint32_t i;

	for (i = from; i < e->book->n_conditions; i++) {
		const struct condition *c = &e->book->conditions[i];

		if (!c->reader && condition_applies(e, c))
			eval_not(e, c, &s);
	}
}

static void
progress(struct eval *e, struct text id)
{
	if (e->limits.progress != NULL)
		e->limits.progress(e->limits.progress_arg, id);
}

/* The whole is spent, or the memory does not come back: of which condition was that? */
static void
say_over(struct eval *e, const struct condition *last)
{
	struct buf why = { 0 };

	lua_limit_say(&e->book->limit, &why);
	e->v->our_fault = arena_printf(e->arena, "%.*s%s%.*s%s", TEXT_ARG(buf_as_text(&why)),
	    last != NULL ? "  This was while " : "",
	    TEXT_ARG(last != NULL ? last->head.id : TEXT_NONE),
	    last != NULL ? " was running." : "");
	buf_free(&why);
}

/*
 * Give the next condition its share.  The one before it may have tripped: what it kept in its upvalues goes
 * first, since memory that they hold would not come back.  false: there is nothing left to give.
 */
static bool
next_share(struct eval *e, const struct condition *before)
{
	struct rulebook *b = e->book;

	lua_settop(e->L, 0);
	if (before != NULL && lua_limit_tripped(&b->limit) != LUA_LIMIT_NONE) {
		lua_env_restore(e->L, before->check_fn);
		if (before->each == EACH_FUNCTION)
			lua_env_restore(e->L, before->each_fn);
	}
	return lua_limit_share(&b->limit, e->limits.condition_instructions);
}

/*
 * Whether the pack of the return's form has conditions for it, but in other years: what every return
 * must satisfy would otherwise make it pass, and nothing of what it is for was looked at.
 */
static bool
form_is_of_another_year(const struct eval *e)
{
	if (e->form_pack == NULL || !e->has_year)
		return false;
	for (uint32_t i = 0; i < e->book->n_conditions; i++) {
		const struct condition *c = &e->book->conditions[i];

		if (c->pack == e->form_pack && !c->reader && c->forms.n > 0 &&
		    is_for_form(c, e->v->form))
			return true;
	}
	return false;
}

static void
run_conditions(struct eval *e)
{
	const struct condition *c, *before = NULL;
	uint32_t i, applied = 0, own = 0;

	for (i = 0; i < e->book->n_conditions; i++) {
		c = &e->book->conditions[i];
		if (c->reader || !condition_applies(e, c))
			continue;
		applied++;
		if (!next_share(e, before)) {
			say_over(e, before);
			list_rest(e, i);
			break;
		}
		progress(e, c->head.id);
		eval_condition(e, c);
		own += c->pack == e->form_pack;
		before = c;
	}
	progress(e, TEXT(""));
	if (e->v->our_fault.n == 0 && applied > 0 && own == 0 && form_is_of_another_year(e))
		e->v->our_fault = arena_printf(e->arena,
		    "The pack %.*s, which asks for the form %.*s, has no condition in force "
		    "for "
		    "%.*s%s; what it holds was not checked.",
		    TEXT_ARG(e->form_pack->id), TEXT_ARG(e->v->form), TEXT_ARG(e->v->period),
		    e->form_pack->from > e->year ? " (site.lua has it on from a later year)"
						 : "");
	if (applied == 0)
		e->v->our_fault = arena_printf(e->arena,
		    "No condition is loaded for the form %.*s%s%.*s.", TEXT_ARG(e->v->form),
		    e->v->period.n > 0 ? " and " : "", TEXT_ARG(e->v->period));
}

static enum fault_kind
fault_of_error(const struct read_error *error)
{
	if (strcmp(error->kind, "empty") == 0)
		return FAULT_EMPTY;
	return strcmp(error->kind, "truncated") == 0 ? FAULT_TRUNCATED : FAULT_UNREADABLE;
}

struct verdict *
evaluate(struct rulebook *book, struct arena *arena, const struct submission *sub,
    const struct limits *limits, history_fn *history, void *history_arg,
    const struct budget **budget)
{
	struct eval e;
	struct read_error why = { 0 };
	const struct read_options options = { .workbooks = true };
	const struct document *doc;
	const struct form *form;

	if (budget != NULL)
		*budget = NULL;
	begin(&e, book, arena, sub, limits);
	doc = document_read(arena, sub->bytes, sub->name, &options, &why);
	if (doc == NULL) {
		eval_unreadable(&e, NULL, fault_of_error(&why), &why);
		return finish(&e);
	}
	e.v->format = format_names[doc->format];
	form = recognise(&e, doc, &why);
	if (form == NULL) {
		eval_unreadable(&e, NULL, FAULT_NO_FORM, &why);
		return finish(&e);
	}
	e.budget = form_fill(arena, form, doc);
	if (budget != NULL)
		*budget = e.budget;
	set_identity(&e);
	eval_ask_history(&e, history, history_arg);
	eval_read_explanations(&e);
	eval_read_claims(&e);
	eval_faults(&e);
	run_conditions(&e);
	return finish(&e);
}
