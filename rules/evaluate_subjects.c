/*
 * One condition: whether it applies, its subjects, and a protected call for each of them.
 *
 * A stop or a fault ends one subject; a limit ends everything.
 */
#include "rules/eval.h"

#include <string.h>

#include "rules/lua_budget.h"
#include "rules/lua_given.h"

bool
is_for_form(const struct condition *c, struct text form)
{
	uint32_t i;

	for (i = 0; i < c->forms.n; i++) {
		if (text_equal(c->forms.items[i], form))
			return true;
	}
	return c->forms.n == 0;
}

/* Without a year, what holds for some years only cannot be told to hold. */
static bool
year_is_meant(const struct eval *e, fyear from, fyear to)
{
	if (from == 0 && to == 0)
		return true;
	return e->has_year && (from == 0 || e->year >= from) && (to == 0 || e->year <= to);
}

bool
condition_applies(const struct eval *e, const struct condition *c)
{
	if (e->budget == NULL || !is_for_form(c, e->budget->form->id) ||
	    !pack_in_region(c->pack, e->sub->region))
		return false;
	if (!year_is_meant(e, c->year_from, c->year_to) ||
	    (c->pack != NULL && c->pack->trial == TRIAL_NONE &&
		!year_is_meant(e, c->pack->from, 0)))
		return false;
	if (c->has_received_from && e->sub->received < c->received_from)
		return false;
	return !c->has_received_to || e->sub->received <= c->received_to;
}

/* ---- dated ---- */

/* A date that is not there does not take a subject away: the check stops at it, if it reads it.
 */
static bool
day_is_meant(const struct condition *c, const struct value *v)
{
	if (v->state != VALUE_SET)
		return true;
	return (!c->has_dated_from || value_day(v) >= c->dated_from) &&
	    (!c->has_dated_to || value_day(v) <= c->dated_to);
}

static void
split(struct text path, struct text *head, struct text *last)
{
	size_t i = path.n;

	while (i > 0 && path.p[i - 1] != '.')
		i--;
	*last = (struct text){ path.p + i, path.n - i };
	*head = (struct text){ path.p, i > 0 ? i - 1 : 0 };
}

/* Without `each`, or with another list's rows: does any row of the dated list lie in the time?
 */
static bool
any_is_meant(const struct eval *e, const struct condition *c)
{
	struct text head, last;
	const struct value *v = budget_get(e->budget, c->dated_by);
	const struct field *f;
	uint32_t i;

	if (v != NULL)
		return day_is_meant(c, v);
	split(c->dated_by, &head, &last);
	v = budget_get(e->budget, head);
	if (v == NULL || v->kind != KIND_LIST || v->state != VALUE_SET ||
	    v->u.list->field->sub == NULL)
		return false;
	f = form_field(v->u.list->field->sub, last, NULL);
	for (i = 0; f != NULL && i < v->u.list->n; i++) {
		const struct value *item = &v->u.list->items[i];

		if (item->state == VALUE_SET && day_is_meant(c, &item->u.rec->values[f->index]))
			return true;
	}
	return false;
}

static bool
subject_is_meant(const struct eval *e, const struct condition *c, const struct record *r)
{
	struct text head, last, list;
	const struct field *f;

	if (!c->dated)
		return true;
	split(c->dated_by, &head, &last);
	split(head, &list, &list);
	if (r == NULL || r->in == NULL || r->budget != e->budget || head.n < r->in->name.n ||
	    memcmp(head.p + head.n - r->in->name.n, r->in->name.p, r->in->name.n) != 0)
		return any_is_meant(e, c);
	f = form_field(r->type, last, NULL);
	return f == NULL || day_is_meant(c, &r->values[f->index]);
}

/* ---- subjects ---- */

/* What a subject worked out before it stopped is not the whole of it. */
static void
mark_incomplete(struct eval *e)
{
	uint32_t i;

	for (i = e->first_determination; i < e->v->n_determinations; i++)
		e->v->determinations[i].complete = false;
}

static void
tell_ended(
    struct eval *e, const struct condition *c, enum lua_ended ended, const struct buf *message)
{
	struct stop s = { .kind = ended == LUA_ENDED_LIMIT ? NOT_LIMIT : NOT_FAULT };

	s.because = arena_text(e->scratch, buf_as_text(message));
	eval_not(e, c, &s);
	e->ran.not_evaluated++;
	mark_incomplete(e);
}

/* What is raised stands at the top of the stack. */
static void
tell_stop(struct eval *e, const struct condition *c)
{
	const struct stop *s = lua_value_pointer(e->L, -1, LUA_TAG_STOP);

	lua_pop(e->L, 1);
	if (s == NULL)
		return;
	if (s->not_applicable) {
		e->ran.subjects--;
		return;
	}
	eval_not(e, c, s);
	e->ran.not_evaluated++;
	if (s->kind != NOT_HISTORY) /* this year's figures are whole without last year's */
		mark_incomplete(e);
}

/* Call the check; what it is called with is on the stack above the function. */
static void
run_subject(struct eval *e, const struct condition *c, int nargs)
{
	struct buf message = { 0 };
	enum lua_ended ended;

	e->found = false;
	e->first_determination = e->v->n_determinations;
	ended = lua_env_call(e->L, nargs, 0, &message);
	if (ended == LUA_ENDED_STOP)
		tell_stop(e, c);
	else if (ended != LUA_ENDED_WELL)
		tell_ended(e, c, ended, &message);
	else if (e->found)
		e->ran.failed++;
	else
		e->ran.passed++;
	buf_free(&message);
}

/* A row of a register by its key, all other records as they read. */
static struct text
record_text(struct eval *e, const struct record *r)
{
	const struct reg *reg = NULL;
	struct buf b = { 0 };
	uint32_t i;

	for (i = 0; r->budget == NULL && i < e->book->n_registers; i++) {
		if (&e->book->registers[i]->type == r->type)
			reg = e->book->registers[i];
	}
	for (i = 0; reg != NULL && i < reg->n_key; i++) {
		if (r->values[reg->key[i]].state != VALUE_SET)
			continue;
		buf_str(&b, b.n > 0 ? ", " : "");
		value_format(&b, &reg->type.fields[reg->key[i]], r->values[reg->key[i]]);
	}
	if (b.n == 0) {
		lua_push_record(e->L, r);
		lua_value_show(e->L, -1, &b, NULL);
		lua_pop(e->L, 1);
	}
	return arena_buf(e->scratch, &b);
}

struct text
eval_subject(struct eval *e)
{
	return e->has_subject && e->subject != NULL ? record_text(e, e->subject)
						    : e->subject_text;
}

/* What is no record is gone when the check returns, so its text is made at once. */
static void
set_subject(struct eval *e, int index)
{
	struct buf b = { 0 };

	e->has_subject = true;
	e->subject_text = TEXT("");
	if (e->subject != NULL)
		return;
	lua_value_show(e->L, index, &b, NULL);
	e->subject_text = arena_buf(e->scratch, &b);
}

/* One subject, at the top of the stack; pops it. */
static void
one_subject(struct eval *e, const struct condition *c)
{
	lua_State *L = e->L;

	e->subject = lua_to_record(L, -1);
	if (!subject_is_meant(e, c, e->subject)) {
		lua_pop(L, 1);
		return;
	}
	set_subject(e, -1);
	e->ran.subjects++;
	if (eval_is_after(e, c)) {
		lua_pop(L, 1);
		return;
	}
	lua_env_push_kept(L, c->check_fn);
	lua_insert(L, -2);
	lua_push_record(L, e->budget->root);
	lua_push_given(L);
	run_subject(e, c, 3);
}

static bool
may_go_on(const struct eval *e)
{
	return lua_limit_tripped(&e->book->limit) == LUA_LIMIT_NONE && !e->made_too_many;
}

static void
each_of_list(struct eval *e, const struct condition *c)
{
	const struct value *v = budget_get(e->budget, c->each_list);
	struct stop s = { .kind = NOT_AFTER, .because = TEXT("The list could not be read.") };
	uint32_t i;

	if (v == NULL || v->state == VALUE_ABSENT)
		return;
	if (v->state != VALUE_SET) {
		eval_not(e, c, &s);
		e->ran.not_evaluated++;
		return;
	}
	for (i = 0; i < v->u.list->n && may_go_on(e); i++) {
		if (v->u.list->items[i].state != VALUE_SET)
			continue;
		lua_push_record(e->L, v->u.list->items[i].u.rec);
		one_subject(e, c);
	}
}

/* The subjects that the function returned: a list, or a table of whatever. */
static void
each_of_result(struct eval *e, const struct condition *c)
{
	lua_State *L = e->L;
	struct view v;
	lua_Integer i, n;

	if (lua_to_view(L, -1, &v)) {
		for (i = 0; i < (lua_Integer)v.n && may_go_on(e); i++) {
			if (v.items[i].state != VALUE_SET)
				continue;
			if (v.type != NULL)
				lua_push_record(L, v.items[i].u.rec);
			else
				lua_push_value(L, v.of, &v.items[i], v.kind);
			one_subject(e, c);
		}
		return;
	}
	n = lua_istable(L, -1) ? luaL_len(L, -1) : 0;
	for (i = 1; i <= n && may_go_on(e); i++) {
		lua_geti(L, -1, i);
		one_subject(e, c);
	}
}

static void
each_of_function(struct eval *e, const struct condition *c)
{
	lua_State *L = e->L;
	struct buf message = { 0 };
	enum lua_ended ended;
	struct view v;

	lua_env_push_kept(L, c->each_fn);
	lua_push_record(L, e->budget->root);
	lua_push_given(L);
	ended = lua_env_call(L, 2, 1, &message);
	if (ended == LUA_ENDED_WELL && !lua_istable(L, -1) && !lua_to_view(L, -1, &v)) {
		buf_printf(&message, "%.*s:%u: each must return a list, not %s.",
		    TEXT_ARG(c->head.file), c->head.line, lua_value_called(L, -1));
		lua_pop(L, 1);
		ended = LUA_ENDED_FAULT;
	}
	if (ended == LUA_ENDED_WELL) {
		each_of_result(e, c);
		lua_pop(L, 1);
	} else if (ended == LUA_ENDED_STOP) {
		e->ran.subjects++;
		if (eval_is_after(e, c)) /* what it lacks may be for that fault */
			lua_pop(L, 1);
		else
			tell_stop(e, c);
	} else {
		tell_ended(e, c, ended, &message);
	}
	buf_free(&message);
}

static void
whole(struct eval *e, const struct condition *c)
{
	if (c->dated && !any_is_meant(e, c))
		return;
	e->subject = e->budget->root;
	e->ran.subjects++;
	if (eval_is_after(e, c))
		return;
	lua_env_push_kept(e->L, c->check_fn);
	lua_push_record(e->L, e->budget->root);
	lua_push_given(e->L);
	run_subject(e, c, 2);
}

void
eval_condition(struct eval *e, const struct condition *c)
{
	uint64_t spent = lua_limit_spent(&e->book->limit);
	struct ran *r;

	e->condition = c;
	e->ran = (struct ran){ .condition = &c->head };
	e->subject = NULL;
	e->has_subject = false;
	e->subject_text = TEXT("");
	e->first_determination = e->v->n_determinations;
	e->made = 0;
	e->made_too_many = false;
	lua_settop(e->L, 0);
	lua_env_restore(e->L, c->check_fn);
	if (c->each == EACH_FUNCTION) {
		lua_env_restore(e->L, c->each_fn);
		each_of_function(e, c);
	} else if (c->each == EACH_LIST) {
		each_of_list(e, c);
	} else {
		whole(e, c);
	}
	e->ran.instructions = (uint32_t)((lua_limit_spent(&e->book->limit) - spent) / 1000);
	r = verdict_add_ran(e->v);
	if (r != NULL)
		*r = e->ran;
	e->condition = NULL;
	e->subject = NULL;
	e->has_subject = false;
	e->subject_text = TEXT("");
}
