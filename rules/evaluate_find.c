/* Adding to the verdict: findings with their status, and what was not evaluated. */
#include "rules/eval.h"

#include <string.h>

static struct shown
kept(struct eval *e, struct shown s)
{
	struct shown k = { TEXT_NONE, TEXT_NONE };

	if (s.plain.n > 0)
		k.plain = arena_text(e->arena, s.plain);
	if (s.pretty.n > 0)
		k.pretty = arena_text(e->arena, s.pretty);
	return k;
}

#define RELATED_MAX 50

/* The places beyond the first, then what the call named. */
static void
set_related(struct eval *e, struct finding *f, const struct found *found)
{
	uint32_t i, n = (found->n_places > 0 ? found->n_places - 1 : 0) + found->n_related;

	if (n == 0)
		return;
	if (n > RELATED_MAX)
		n = RELATED_MAX;
	f->related = arena_calloc(e->arena, n, sizeof(*f->related));
	for (i = 1; i < found->n_places && f->n_related < n; i++)
		f->related[f->n_related++] = at_of_place(e->arena, found->places[i]);
	for (i = 0; i < found->n_related && f->n_related < n; i++)
		f->related[f->n_related++] = at_of_place(e->arena, found->related[i]);
}

/* Shadow before waived before explained; what is left is open. */
static void
set_status(struct eval *e, struct finding *f, const struct found *found)
{
	struct text weak = TEXT_NONE;

	f->status = OPEN;
	if (found->condition->head.shadow) {
		f->status = SHADOW;
		return;
	}
	f->waiver = eval_waiver(e, found->condition);
	if (f->waiver != NULL) {
		f->status = WAIVED;
		return;
	}
	if (found->severity != SEV_QUERY || found->n_places == 0)
		return;
	f->explanation =
	    eval_explanation(e, found->condition, found->places[0], found->given.plain, &weak);
	if (f->explanation != NULL)
		f->status = EXPLAINED;
	else if (weak.n > 0)
		f->message =
		    arena_printf(e->arena, "%.*s  The explanation given does not count: %.*s",
			TEXT_ARG(f->message), TEXT_ARG(weak));
}

static void
note_open(struct eval *e, const struct condition *c, const struct found *found)
{
	struct open_finding *o;

	e->open = arena_grow(e->scratch, e->open, e->n_open, &e->open_cap, sizeof(*e->open));
	o = &e->open[e->n_open++];
	*o = (struct open_finding){ .condition = c->number,
		.has_place = found->n_places > 0,
		.query = found->severity == SEV_QUERY };
	if (o->has_place)
		o->at = found->places[0];
}

/* A heading that nobody knows, a hidden row: not the cell of the list that it is in. */
static void
set_source(struct eval *e, struct finding *f, uint32_t src)
{
	struct source_place source = place_of_src(e->arena, e->budget, src);

	if (source.sheet.n == 0)
		return;
	f->at.sheet = source.sheet;
	f->at.cell = source.cell;
}

void
eval_find(struct eval *e, const struct found *found)
{
	struct finding *f = verdict_add_finding(e->v);
	bool weighs = found->severity == SEV_ERROR || found->severity == SEV_QUERY;

	if (found->condition == e->condition && weighs)
		e->found = true;
	if (f == NULL)
		return;
	f->condition = &found->condition->head;
	f->severity = found->severity;
	if (found->n_places > 0)
		f->at = at_of_place(e->arena, found->places[0]);
	if (found->src != 0)
		set_source(e, f, found->src);
	f->given = kept(e, found->given);
	f->expected = kept(e, found->expected);
	f->difference = kept(e, found->difference);
	f->has_money = found->has_money;
	f->difference_pence = found->difference_pence;
	f->relation = text_of(found->relation != NULL ? found->relation : "");
	f->message = arena_text(e->arena, found->message);
	set_related(e, f, found);
	set_status(e, f, found);
	if (f->status == OPEN && weighs)
		note_open(e, found->condition, found);
}

/*
 * The severities whose conditions decide when they end like this.  Where a row of ours lacks, only an
 * error could be overlooked: what a query would have asked is listed, and the administrator is told.
 * Earlier returns that could not be had are no row that lacks: they can be had a moment later.
 */
static unsigned
deciding(const struct eval *e, const struct condition *c, enum not_kind k)
{
	const unsigned both = 1u << SEV_ERROR | 1u << SEV_QUERY;
	bool history = c->needs_previous || c->n_returns > 0;

	switch (k) {
	case NOT_ABSENT:
	case NOT_FAULT:
	case NOT_LIMIT: return both;
	case NOT_REFERENCE: return history && !e->has_history ? both : 1u << SEV_ERROR;
	default: return 0;
	}
}

void
eval_not(struct eval *e, const struct condition *c, const struct stop *s)
{
	struct not_evaluated *n = verdict_add_not(e->v);

	if (n == NULL)
		return;
	n->condition = &c->head;
	n->kind = s->kind;
	if (s->has_place && s->at.rec != NULL && s->at.rec->budget == e->budget)
		n->at = at_of_place(e->arena, s->at);
	n->subject = arena_text(e->arena, eval_subject(e));
	n->because = arena_text(e->arena, s->because);
	n->decides = (deciding(e, c, s->kind) & c->head.severities) != 0 && !c->head.shadow &&
	    eval_waiver(e, c) == NULL;
}

/* The site's waiver of a condition for this region or area, in force when the return came in.
 */
const struct waiver *
eval_waiver(struct eval *e, const struct condition *c)
{
	const struct rulebook *b = e->book;
	struct text area = e->budget != NULL ? e->budget->area : TEXT("");
	uint32_t i;

	if (c->pack != NULL && c->pack->trial != TRIAL_NONE)
		return NULL;
	for (i = 0; i < b->n_waivers; i++) {
		const struct site_waiver *w = &b->waivers[i];

		if (text_equal(w->condition, c->head.id) &&
		    (w->region.n == 0 || text_equal(w->region, e->sub->region)) &&
		    (w->area.n == 0 || text_equal(w->area, area)) &&
		    e->sub->received <= w->expires)
			return &w->shown;
	}
	return NULL;
}
