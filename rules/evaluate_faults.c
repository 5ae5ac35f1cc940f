/* The reader's faults as findings of the conditions that a form or a pack maps them to. */
#include "rules/eval.h"

#include <string.h>

/* The form's own map first, then the pack's that has one for all, then what stands for neither.
 */
const struct condition *
eval_fault_condition(const struct eval *e, const struct form *f, enum fault_kind kind)
{
	const struct rulebook *b = e->book;
	int number = f != NULL ? f->faults[kind] : -1;

	if (number < 0 && b->fault_pack >= 0)
		number = b->packs[b->fault_pack].faults[kind];
	return number >= 0 ? &b->conditions[number] : &b->unmapped;
}

/* Of a condition with several severities these kinds have the mildest, all others the most
 * severe. */
static bool
is_mild(enum fault_kind k)
{
	return k == FAULT_NUMBER_AS_TEXT || k == FAULT_UNKNOWN_FIELD ||
	    k == FAULT_UNKNOWN_COLUMN || k == FAULT_UNKNOWN_SHEET || k == FAULT_HIDDEN ||
	    k == FAULT_OLD_VERSION;
}

static enum severity
fault_severity(const struct condition *c, enum fault_kind kind)
{
	int s, first = -1, last = SEV_ERROR;

	for (s = SEV_ERROR; s < SEVERITIES; s++) {
		if (!(c->head.severities & 1u << s))
			continue;
		if (first < 0)
			first = s;
		last = s;
	}
	return (enum severity)(is_mild(kind) ? last : first < 0 ? SEV_ERROR : first);
}

static struct text
fault_message(struct eval *e, const struct fault *f, const struct condition *c)
{
	if (f->message.n > 0)
		return f->message;
	if (f->given.n > 0 && f->expected.n > 0)
		return arena_printf(e->scratch, "Found %.*s; expected %.*s.",
		    TEXT_ARG(f->given), TEXT_ARG(f->expected));
	return c->head.title;
}

static void
one_fault(struct eval *e, const struct fault *f)
{
	const struct condition *c = eval_fault_condition(e, e->budget->form, f->kind);
	struct found found = { .condition = c, .severity = fault_severity(c, f->kind) };

	if (f->at.rec != NULL) {
		found.places = &f->at;
		found.n_places = 1;
	}
	found.src = f->src;
	found.given.plain = found.given.pretty = f->given;
	found.expected.plain = found.expected.pretty = f->expected;
	found.message = fault_message(e, f, c);
	eval_find(e, &found);
}

static uint32_t
findings_of(const struct verdict *v, const struct condition *c)
{
	uint32_t i, n = 0;

	for (i = 0; i < v->n_findings; i++)
		n += v->findings[i].condition == &c->head;
	return n;
}

static void
note_ran(struct eval *e, const struct condition *c)
{
	struct ran *r = verdict_add_ran(e->v);
	bool failed = findings_of(e->v, c) > 0;

	if (r == NULL)
		return;
	r->condition = &c->head;
	r->subjects = 1;
	r->passed = !failed;
	r->failed = failed;
}

void
eval_faults(struct eval *e)
{
	uint32_t i;

	for (i = 0; i < e->budget->n_faults; i++)
		one_fault(e, &e->budget->faults[i]);
	for (i = 0; i < e->book->n_conditions; i++) {
		const struct condition *c = &e->book->conditions[i];

		if (c->reader && condition_applies(e, c))
			note_ran(e, c);
	}
}

/* No form could be filled: the verdict is unreadable, and one finding says why. */
void
eval_unreadable(
    struct eval *e, const struct form *form, enum fault_kind kind, const struct read_error *why)
{
	const struct condition *c = eval_fault_condition(e, form, kind);
	struct found found = { .condition = c, .severity = fault_severity(c, kind) };
	struct finding *f;

	e->v->unreadable = *why;
	if (e->v->unreadable.kind == NULL)
		e->v->unreadable.kind = fault_names[kind];
	found.message = arena_printf(e->scratch, "%.*s%s%.*s", TEXT_ARG(why->what),
	    why->todo.n > 0 ? "  " : "", TEXT_ARG(why->todo));
	found.expected.plain = found.expected.pretty = why->expected;
	eval_find(e, &found);
	if (e->v->n_findings == 0)
		return;
	f = &e->v->findings[e->v->n_findings - 1];
	f->at.line = why->line;
	f->at.column = why->column;
}
