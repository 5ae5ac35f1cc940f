/*
 * after: a subject at which a finding of an earlier condition is open is not judged again: one fault,
 * one finding.
 *
 * A finding counts for the record it is at and all records that hold it, for those that hold the
 * finding's record's rows, and where it has no place, or the subject is no record of the file, for
 * every subject.  Thousands of findings meet thousands of subjects, so where each finding counts is
 * put into a table once, and a subject asks by its own few keys.
 */
#include "rules/eval.h"

/* Of a finding's condition: what a mark stands for, when it is no field of the root. */
enum { ANYWHERE = -4, NO_PLACE = -3, INSIDE = -2, AT = -1 };

struct after_mark {
	const struct record *rec; /* NULL: ANYWHERE, NO_PLACE */
	uint32_t condition;
	int32_t what;
	uint32_t first; /* the number of the first such finding + 1; 0: the slot is free */
};

static struct after_mark *
find_mark(struct after_mark *marks, uint32_t cap, const struct after_mark *key)
{
	uint64_t h = (uint64_t)(uintptr_t)key->rec >> 4;
	uint64_t at;

	h = (h ^ (uint64_t)key->condition << 32 ^ (uint32_t)key->what) *
	    UINT64_C(0x9e3779b97f4a7c15);
	for (at = h >> 32 & (cap - 1); marks[at].first != 0; at = (at + 1) & (cap - 1)) {
		if (marks[at].rec == key->rec && marks[at].condition == key->condition &&
		    marks[at].what == key->what)
			break;
	}
	return &marks[at];
}

static void
grow_marks(struct eval *e)
{
	uint32_t i, cap = e->marks_cap == 0 ? 256 : e->marks_cap * 2;
	struct after_mark *more = arena_calloc(e->scratch, cap, sizeof(*more));

	for (i = 0; i < e->marks_cap; i++) {
		if (e->marks[i].first != 0)
			*find_mark(more, cap, &e->marks[i]) = e->marks[i];
	}
	e->marks = more;
	e->marks_cap = cap;
}

/* The first finding of a mark stands. */
static void
mark(struct eval *e, uint32_t number, const struct record *rec, int32_t what)
{
	struct after_mark key = { rec, e->open[number].condition, what, number + 1 }, *m;

	if (e->n_marks * 2 >= e->marks_cap)
		grow_marks(e);
	m = find_mark(e->marks, e->marks_cap, &key);
	if (m->first != 0)
		return;
	*m = key;
	e->n_marks++;
}

static void
mark_open(struct eval *e, uint32_t number)
{
	const struct open_finding *o = &e->open[number];
	const struct record *r;

	mark(e, number, NULL, ANYWHERE);
	if (!o->has_place) {
		mark(e, number, NULL, NO_PLACE);
		return;
	}
	for (r = o->at.rec; r != NULL && r->parent != NULL; r = r->parent)
		mark(e, number, r, INSIDE);
	if (o->at.rec != NULL)
		mark(e, number, o->at.rec, o->at.rec->parent != NULL ? AT : o->at.field);
}

/* The earlier of the best so far and a mark's finding; both as number + 1, 0: none. */
static uint32_t
earlier(
    struct eval *e, uint32_t best, uint32_t condition, const struct record *rec, int32_t what)
{
	struct after_mark key = { rec, condition, what, 0 };
	uint32_t first = find_mark(e->marks, e->marks_cap, &key)->first;

	return first != 0 && (best == 0 || first < best) ? first : best;
}

/* The first open finding of a condition in the subject or around it, + 1; 0: none. */
static uint32_t
first_open(struct eval *e, uint32_t condition)
{
	const struct record *subject = e->subject, *r;
	uint32_t best;

	if (subject == NULL || subject->budget != e->budget || subject->parent == NULL)
		return earlier(e, 0, condition, NULL, ANYWHERE);
	best = earlier(e, 0, condition, NULL, NO_PLACE);
	best = earlier(e, best, condition, subject, INSIDE);
	for (r = subject; r->parent != NULL; r = r->parent) {
		if (r->parent->parent != NULL)
			best = earlier(e, best, condition, r->parent, AT);
		else if (r->in != NULL)
			best = earlier(e, best, condition, r->parent, (int32_t)r->in->index);
	}
	return best;
}

bool
eval_is_after(struct eval *e, const struct condition *c)
{
	struct stop s = { .kind = NOT_AFTER };
	const struct open_finding *o;
	uint32_t i, first = 0;

	if (c->n_after == 0 || e->n_open == 0)
		return false;
	for (; e->n_marked < e->n_open; e->n_marked++)
		mark_open(e, e->n_marked);
	for (i = 0; i < c->n_after && first == 0; i++)
		first = first_open(e, c->after_numbers[i]);
	if (first == 0)
		return false;
	o = &e->open[first - 1];
	s.has_place = o->has_place;
	s.at = o->at;
	s.because = arena_printf(e->scratch, "“%.*s” (%.*s) has to be %s first.",
	    TEXT_ARG(e->book->conditions[o->condition].head.title),
	    TEXT_ARG(e->book->conditions[o->condition].head.id),
	    o->query ? "answered" : "mended");
	eval_not(e, c, &s);
	e->ran.not_evaluated++;
	return true;
}
