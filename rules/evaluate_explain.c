/*
 * Explanations: they answer queries, by condition and place.
 *
 * One that says nothing (too short, a placeholder, nobody's, no day) leaves the query open and
 * the finding says why.  Those of the area's earlier version count on while place and value are
 * the same.
 */
#include "rules/eval.h"

#include <string.h>

#define MINIMUM 40

/* A field of an explanation's record, as programs read it. */
static struct text
said(struct eval *e, const struct record *r, struct text name)
{
	const struct field *f = name.n > 0 ? form_field(r->type, name, NULL) : NULL;
	struct buf b = { 0 };

	if (f == NULL || r->values[f->index].state != VALUE_SET)
		return TEXT_NONE;
	value_format(&b, f, r->values[f->index]);
	return arena_buf(e->arena, &b);
}

/* Characters, not bytes. */
static int64_t
characters(struct text t)
{
	int64_t n = 0;
	size_t i;

	t = text_trim(t);
	for (i = 0; i < t.n; i++)
		n += ((unsigned char)t.p[i] & 0xc0) != 0x80;
	return n;
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	    (unsigned char)c >= 0x80;
}

static bool
is_filler(struct text word)
{
	static const char *const fillers[] = { "n", "a", "na", "nil", "none", "tbc", "tba",
		"tbd", "todo", "see", "above", "below", "as", "per", "test", "x", "xx", "xxx",
		"pending", "to", "be", "confirmed", "agreed", "explained", "before", "the",
		"same" };
	size_t i;

	for (i = 0; i < sizeof(fillers) / sizeof(fillers[0]); i++) {
		if (text_equal_nocase(word, text_of(fillers[i])))
			return true;
	}
	return false;
}

#define WORDS_ENOUGH 4

/* Fewer than four different words that say something: "n/a tbc see above", over and over. */
static bool
is_placeholder(struct text t)
{
	struct text seen[WORDS_ENOUGH];
	size_t n = 0, i = 0, start, j;

	while (i < t.n && n < WORDS_ENOUGH) {
		while (i < t.n && !is_letter(t.p[i]))
			i++;
		start = i;
		while (i < t.n && is_letter(t.p[i]))
			i++;
		seen[n] = (struct text){ t.p + start, i - start };
		for (j = 0; j < n && !text_equal_nocase(seen[j], seen[n]); j++)
			;
		if (i > start && j == n && !is_filler(seen[n]))
			n++;
	}
	return n < WORDS_ENOUGH;
}

static const char *
weakness(struct eval *e, const struct given_explanation *x)
{
	if (!x->has_target)
		return "it does not name a place of this return.";
	if (text_trim(x->shown.author).n == 0)
		return "it does not say who wrote it.";
	if (text_trim(x->shown.date).n == 0)
		return "it does not say when it was written.";
	if (characters(x->shown.text) < e->minimum_explanation)
		return arena_printf(e->arena, "it is shorter than %lld characters.",
		    (long long)e->minimum_explanation)
		    .p;
	return is_placeholder(x->shown.text) ? "it is a placeholder; say what is so, and why."
					     : NULL;
}

static void
add(struct eval *e, const struct given_explanation *x)
{
	e->explanations = arena_grow(
	    e->arena, e->explanations, e->n_explanations, &e->explanations_cap, sizeof(*x));
	e->explanations[e->n_explanations++] = *x;
}

/* The records of a list at a dotted path. */
static const struct list *
claims_list(const struct budget *b, const struct form_claims *c)
{
	const struct value *v = c->list.n > 0 ? budget_get(b, c->list) : NULL;

	return v != NULL && v->state == VALUE_SET && v->kind == KIND_LIST ? v->u.list : NULL;
}

static void
read_one(struct eval *e, const struct budget *from, const struct record *r)
{
	const struct form_claims *c = &from->form->explained;
	struct given_explanation x = { .condition = said(e, r, c->condition) };
	struct text target = said(e, r, c->target);

	x.shown.text = said(e, r, c->text);
	x.shown.author = said(e, r, c->author);
	x.shown.date = said(e, r, c->on);
	x.has_target = target.n > 0 && place_read(e->budget, target, &x.target);
	x.weak = weakness(e, &x);
	add(e, &x);
}

/* All that is at the place: of a list or a record, all in it. */
static bool
same_value(struct place a, struct place b)
{
	struct buf x = { 0 }, y = { 0 };
	bool same;

	budget_write_value(&x, a);
	budget_write_value(&y, b);
	same = text_equal(buf_as_text(&x), buf_as_text(&y));
	buf_free(&x);
	buf_free(&y);
	return same;
}

/* The submission explains this itself, or a later version of it did. */
static bool
is_explained(const struct eval *e, const struct given_explanation *x)
{
	uint32_t i;

	for (i = 0; i < e->n_explanations; i++) {
		const struct given_explanation *o = &e->explanations[i];

		if (o->weak == NULL && text_equal(o->condition, x->condition) &&
		    place_equal(o->target, x->target))
			return true;
	}
	return false;
}

/* An explanation of the earlier version holds on while its place has the same value. */
static bool
carry_one(struct eval *e, const struct budget *past, const struct record *r)
{
	const struct form_claims *c = &past->form->explained;
	struct given_explanation x = { .condition = said(e, r, c->condition) };
	struct text target = said(e, r, c->target);
	struct place before;

	if (target.n == 0 || !place_read(past, target, &before) ||
	    !place_read(e->budget, target, &x.target) || !same_value(before, x.target))
		return false;
	x.has_target = true;
	x.shown.text = said(e, r, c->text);
	x.shown.author = said(e, r, c->author);
	x.shown.date = said(e, r, c->on);
	x.shown.carried = true;
	x.shown.carried_from = past->id;
	x.weak = weakness(e, &x);
	if (x.weak != NULL || is_explained(e, &x))
		return false;
	add(e, &x);
	return true;
}

static void
carry_from(struct eval *e, const struct budget *past)
{
	const struct list *list =
	    past != NULL ? claims_list(past, &past->form->explained) : NULL;
	const struct record **carried;
	uint32_t i, n = 0;

	if (list == NULL)
		return;
	carried = arena_calloc(e->arena, list->n, sizeof(struct record *));
	for (i = 0; i < list->n; i++) {
		if (list->items[i].state == VALUE_SET &&
		    carry_one(e, past, list->items[i].u.rec))
			carried[n++] = list->items[i].u.rec;
	}
	e->budget->carried = carried;
	e->budget->n_carried = n;
}

static void
set_minimum(struct eval *e)
{
	const struct parameter *p = rulebook_parameter(e->book, TEXT("minimum_explanation"));
	const struct parameter_value *v = NULL;

	e->minimum_explanation = MINIMUM;
	if (p != NULL && p->kind == KIND_INTEGER)
		v = e->has_year ? parameter_for(p, e->year)
				: parameter_on(p, (date)(e->sub->received / 86400));
	if (v != NULL)
		e->minimum_explanation = v->value.u.n;
}

void
eval_read_explanations(struct eval *e)
{
	const struct list *list = claims_list(e->budget, &e->budget->form->explained);
	uint32_t i;

	set_minimum(e);
	for (i = 0; list != NULL && i < list->n; i++) {
		if (list->items[i].state == VALUE_SET)
			read_one(e, e->budget, list->items[i].u.rec);
	}
	for (i = 0; e->has_history && i < e->history.n; i++) {
		if (e->needs[e->history.returns[i].need].kind == NEED_VERSION)
			carry_from(e, eval_past(e, i));
	}
}

/* The target is the place itself, or the record that it belongs to. */
static bool
covers(struct place target, struct place at)
{
	const struct record *r;

	if (place_equal(target, at))
		return true;
	if (target.field >= 0)
		return target.rec == at.rec && target.field == at.field && target.item < 0;
	for (r = at.rec; r != NULL; r = r->parent) {
		if (r == target.rec)
			return target.rec->parent != NULL;
	}
	return false;
}

const struct explanation *
eval_explanation(struct eval *e, const struct condition *c, struct place at, struct text value,
    struct text *weak)
{
	uint32_t i;

	(void)value;
	for (i = 0; i < e->n_explanations; i++) {
		const struct given_explanation *x = &e->explanations[i];

		if (!text_equal(x->condition, c->head.id) ||
		    (x->has_target && !covers(x->target, at)))
			continue;
		if (x->weak == NULL)
			return &x->shown;
		*weak = text_of(x->weak);
	}
	return NULL;
}

/* Waivers inside a submission are claims: shown, never applied. */
void
eval_read_claims(struct eval *e)
{
	const struct form_claims *c = &e->budget->form->waived;
	const struct list *list = claims_list(e->budget, c);
	uint32_t i;

	if (list == NULL)
		return;
	e->v->claims = arena_calloc(e->arena, list->n, sizeof(*e->v->claims));
	for (i = 0; i < list->n; i++) {
		if (list->items[i].state != VALUE_SET)
			continue;
		e->v->claims[e->v->n_claims++] =
		    (struct claimed_waiver){ said(e, list->items[i].u.rec, c->condition),
			    said(e, list->items[i].u.rec, c->text) };
	}
}
