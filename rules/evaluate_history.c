/* History: what the applicable conditions declared is asked for once, and read when it is used.
 */
#include "rules/eval.h"

#include <string.h>

static void
add_need(struct eval *e, int kind, struct text form, struct text area, struct text period)
{
	struct need n = { .form = form, .area = area, .period = period };
	uint32_t i;

	memcpy(&n.kind, &kind, sizeof(n.kind));
	for (i = 0; i < e->n_needs; i++) {
		if (e->needs[i].kind == n.kind && text_equal(e->needs[i].form, form) &&
		    text_equal(e->needs[i].area, area) &&
		    text_equal(e->needs[i].period, period))
			return;
	}
	if (e->n_needs == 1000)
		return;
	e->needs = arena_grow(e->arena, e->needs, e->n_needs, &e->needs_cap, sizeof(n));
	e->needs[e->n_needs++] = n;
}

static struct text
as_text(struct eval *e, const struct record *r, const struct field *f)
{
	const struct value *v = &r->values[f->index];
	struct buf b = { 0 };

	if (v->state != VALUE_SET)
		return TEXT_NONE;
	value_format(&b, f, *v);
	return arena_buf(e->arena, &b);
}

static struct text
last_part(struct text path)
{
	size_t i = path.n;

	while (i > 0 && path.p[i - 1] != '.')
		i--;
	return (struct text){ path.p + i, path.n - i };
}

/* The value at a path of the budget; empty when the path leads into a list. */
static struct text
whole_value(struct eval *e, struct text path)
{
	const struct value *v = path.n > 0 ? budget_get(e->budget, path) : NULL;
	const struct field *f = path.n > 0 ? form_path(e->budget->form, path) : NULL;
	struct buf b = { 0 };

	if (v == NULL || f == NULL || v->state != VALUE_SET)
		return TEXT_NONE;
	value_format(&b, f, *v);
	return arena_buf(e->arena, &b);
}

/* One return a row: `area` names a field of a list's records. */
static void
needs_of_rows(struct eval *e, const struct need_returns *n)
{
	struct text last = last_part(n->area);
	const struct value *v;
	const struct field *f;
	uint32_t i;

	if (last.n == n->area.n)
		return;
	v = budget_get(e->budget, (struct text){ n->area.p, n->area.n - last.n - 1 });
	if (v == NULL || v->state != VALUE_SET || v->kind != KIND_LIST ||
	    v->u.list->field->sub == NULL)
		return;
	f = form_field(v->u.list->field->sub, last, NULL);
	for (i = 0; f != NULL && i < v->u.list->n; i++) {
		struct text area;

		if (v->u.list->items[i].state != VALUE_SET)
			continue;
		area = as_text(e, v->u.list->items[i].u.rec, f);
		if (area.n > 0)
			add_need(e, NEED_RETURNS, n->form, area, whole_value(e, n->period));
	}
}

static void
needs_of(struct eval *e, const struct condition *c)
{
	uint32_t i;

	if (c->needs_previous)
		add_need(e, NEED_PREVIOUS, e->v->form, e->v->area, e->v->period);
	for (i = 0; i < c->n_returns; i++) {
		const struct need_returns *n = &c->returns[i];

		if (form_path(e->budget->form, n->area) == NULL)
			needs_of_rows(e, n);
		else if (whole_value(e, n->area).n > 0)
			add_need(e, NEED_RETURNS, n->form, whole_value(e, n->area),
			    whole_value(e, n->period));
	}
}

struct declared {
	struct arena *arena;
	struct declared_need *needs;
	uint32_t n, cap;
};

static void
declare(struct declared *d, int kind, struct text asking, struct text form, bool other_areas)
{
	const struct declared_need *o;
	uint32_t i;

	for (i = 0; i < d->n; i++) {
		o = &d->needs[i];
		if (o->kind == kind && o->other_areas == other_areas &&
		    text_equal(o->asking, asking) && text_equal(o->form, form))
			return;
	}
	d->needs = arena_grow(d->arena, d->needs, d->n, &d->cap, sizeof(*d->needs));
	d->needs[d->n++] = (struct declared_need){ kind, asking, form, other_areas };
}

/* As needs_of(), for whatever a submission of the form has in it. */
static void
declare_condition(struct declared *d, const struct condition *c, const struct form *f)
{
	uint32_t i;

	if (!is_for_form(c, f->id))
		return;
	if (c->needs_previous)
		declare(d, NEED_PREVIOUS, f->id, f->id, false);
	for (i = 0; i < c->n_returns; i++)
		declare(d, NEED_RETURNS, f->id, c->returns[i].form,
		    !text_equal(c->returns[i].area, f->area));
}

uint32_t
declared_needs(
    const struct rulebook *b, struct arena *arena, const struct declared_need **needs)
{
	struct declared d = { .arena = arena };
	uint32_t i, j;

	for (i = 0; i < b->n_forms; i++) {
		if (b->forms[i]->explained.list.n > 0)
			declare(&d, NEED_VERSION, b->forms[i]->id, b->forms[i]->id, false);
		for (j = 0; j < b->n_conditions; j++)
			declare_condition(&d, &b->conditions[j], b->forms[i]);
	}
	*needs = d.needs;
	return d.n;
}

/* What the verdict says it was given. */
static void
list_history(struct eval *e)
{
	struct verdict *v = e->v;
	uint32_t i;

	v->history = arena_calloc(e->arena, e->history.n, sizeof(*v->history));
	for (i = 0; i < e->history.n; i++) {
		const struct past_return *p = &e->history.returns[i];
		uint32_t j;

		for (j = 0; j < v->n_history && !text_equal(v->history[j].id, p->id); j++)
			;
		if (j < v->n_history)
			continue;
		v->history[v->n_history++] = (struct history_item){ arena_text(e->arena, p->id),
			arena_text(e->arena, p->sha256), arena_text(e->arena, p->form),
			arena_text(e->arena, p->area), arena_text(e->arena, p->period) };
	}
}

/* An answer to what was not asked is no answer. */
static bool
answers_needs(const struct eval *e)
{
	uint32_t i;

	for (i = 0; i < e->history.n; i++) {
		if (e->history.returns[i].need >= e->n_needs)
			return false;
	}
	return true;
}

void
eval_ask_history(struct eval *e, history_fn *history, void *arg)
{
	struct identity who = { e->v->form, e->v->area, e->v->period, NULL, 0 };
	uint32_t i;

	for (i = 0; i < e->book->n_conditions; i++) {
		if (condition_applies(e, &e->book->conditions[i]))
			needs_of(e, &e->book->conditions[i]);
	}
	if (e->v->area.n > 0 && e->budget->form->explained.list.n > 0)
		add_need(e, NEED_VERSION, e->v->form, e->v->area, e->v->period);
	who.needs = e->needs;
	who.n_needs = e->n_needs;
	e->has_history = history != NULL && history(arg, &who, &e->history) && answers_needs(e);
	if (!e->has_history)
		e->history.n = 0;
	e->past = arena_calloc(e->arena, e->history.n, sizeof(struct budget *));
	list_history(e);
}

struct budget *
eval_past(struct eval *e, uint32_t i)
{
	const struct past_return *p = &e->history.returns[i];
	const struct form *form;

	if (e->past[i] != NULL)
		return e->past[i];
	form = rulebook_form(e->book, p->form);
	if (form != NULL)
		e->past[i] = budget_read_history(e->arena, form, p->budget);
	if (e->past[i] == NULL)
		return NULL;
	e->past[i]->id = arena_text(e->arena, p->id);
	e->past[i]->sha256 = arena_text(e->arena, p->sha256);
	e->past[i]->region = arena_text(e->arena, p->region);
	e->past[i]->received = p->received;
	return e->past[i];
}
