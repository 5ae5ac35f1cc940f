/*
 * Making a verdict: room for what evaluation finds, and places resolved to texts.
 *
 * Evaluation may find far more than anybody reads: fifty thousand rows with one mistake.  A verdict
 * therefore keeps the first of each kind and counts the rest, so that its size is bounded while its
 * counts, its money at stake and its outcome are those of everything that was found.
 * verdict_finish.c sorts, counts and decides; this file only makes room.
 */
#include <string.h>

#include "rules/verdict.h"
#include "rules/verdict_private.h"

#define ITEMS_MAX 10000

const char *const outcome_names[OUTCOMES] = { "unreadable", "non-compliant", "undetermined",
	"queried", "compliant" };
const char *const severity_names[SEVERITIES] = { "error", "query", "warning", "info" };
const char *const status_names[STATUSES] = { "open", "explained", "waived", "shadow" };
const char *const not_names[NOT_KINDS] = { "absent", "not due", "no reference", "no history",
	"after", "fault", "limit" };

struct verdict *
verdict_new(struct arena *arena, const struct submission *submission)
{
	struct verdict *v = arena_calloc(arena, 1, sizeof(*v));

	v->arena = arena;
	v->submission = *submission;
	v->submission.bytes.p = NULL; /* its length is shown, its bytes are not kept */
	v->outcome = UNDETERMINED;
	return v;
}

/* Doubles an array in the arena when it is full.  The old copy is the arena's to forget. */
static void *
grown(struct arena *arena, void *items, uint32_t n, uint32_t *cap, size_t size)
{
	void *more;
	uint32_t room;

	if (n < *cap)
		return items;
	room = *cap == 0 ? 16 : *cap * 2;
	more = arena_calloc(arena, room, size);
	if (n > 0)
		memcpy(more, items, n * size);
	*cap = room;
	return more;
}

struct finding *
verdict_add_finding(struct verdict *v)
{
	struct finding *f;

	if (v->n_findings >= ITEMS_MAX)
		verdict_cap_findings(v);
	if (v->n_findings >= ITEMS_MAX) {
		v->dropped++;
		return NULL;
	}
	v->findings = grown(v->arena, v->findings, v->n_findings, &v->findings_cap, sizeof(*f));
	f = &v->findings[v->n_findings++];
	*f = (struct finding){ .order = v->made++ };
	v->findings_made++;
	return f;
}

struct not_evaluated *
verdict_add_not(struct verdict *v)
{
	struct not_evaluated *ne;

	if (v->n_nots >= ITEMS_MAX)
		verdict_cap_nots(v);
	if (v->n_nots >= ITEMS_MAX) {
		v->dropped++;
		return NULL;
	}
	v->nots = grown(v->arena, v->nots, v->n_nots, &v->nots_cap, sizeof(*ne));
	ne = &v->nots[v->n_nots++];
	*ne = (struct not_evaluated){ .order = v->made++ };
	return ne;
}

struct determination *
verdict_add_determination(struct verdict *v)
{
	struct determination *d;

	if (v->n_determinations >= ITEMS_MAX) {
		v->dropped++;
		return NULL;
	}
	v->determinations = grown(v->arena, v->determinations, v->n_determinations,
	    &v->determinations_cap, sizeof(*d));
	d = &v->determinations[v->n_determinations];
	*d = (struct determination){ .order = v->n_determinations++ };
	return d;
}

struct used_parameter *
verdict_add_used(struct verdict *v)
{
	struct used_parameter *used;

	if (v->n_used >= ITEMS_MAX)
		return NULL;
	v->used = grown(v->arena, v->used, v->n_used, &v->used_cap, sizeof(*used));
	used = &v->used[v->n_used++];
	*used = (struct used_parameter){ .condition = NULL };
	return used;
}

struct ran *
verdict_add_ran(struct verdict *v)
{
	struct ran *ran;

	if (v->n_ran >= ITEMS_MAX) {
		v->dropped++;
		return NULL;
	}
	v->ran = grown(v->arena, v->ran, v->n_ran, &v->ran_cap, sizeof(*ran));
	ran = &v->ran[v->n_ran++];
	*ran = (struct ran){ .condition = NULL };
	return ran;
}

/* The total of this condition, severity and status, made when there is none yet. */
struct finding_total *
verdict_total(struct verdict *v, const struct finding *f)
{
	struct finding_total *t;

	for (uint32_t i = v->n_totals; i-- > 0;) {
		t = &v->totals[i];
		if (t->condition == f->condition && t->severity == f->severity &&
		    t->status == f->status)
			return t;
	}
	v->totals = grown(v->arena, v->totals, v->n_totals, &v->totals_cap, sizeof(*t));
	t = &v->totals[v->n_totals++];
	*t = (struct finding_total){
		.condition = f->condition, .severity = f->severity, .status = f->status
	};
	return t;
}

/* The total of this condition and kind, made when there is none yet. */
struct not_total *
verdict_not_total(struct verdict *v, const struct not_evaluated *ne)
{
	struct not_total *t;

	for (uint32_t i = v->n_not_totals; i-- > 0;) {
		t = &v->not_totals[i];
		if (t->condition == ne->condition && t->kind == ne->kind &&
		    t->decides == ne->decides)
			return t;
	}
	v->not_totals =
	    grown(v->arena, v->not_totals, v->n_not_totals, &v->not_totals_cap, sizeof(*t));
	t = &v->not_totals[v->n_not_totals++];
	*t = (struct not_total){
		.condition = ne->condition, .kind = ne->kind, .decides = ne->decides
	};
	return t;
}

/* What a place writer writes, kept in the arena. */
static struct text
written(struct arena *arena, struct buf *b, struct place place,
    void (*write)(struct buf *, struct place))
{
	buf_clear(b);
	write(b, place);
	return (struct text){ arena_strndup(arena, b->n ? b->p : "", b->n), b->n };
}

struct at
at_of_place(struct arena *arena, struct place place)
{
	struct at at = { .place = place };
	struct source_place source;
	struct buf b = { 0 };

	if (place.rec == NULL)
		return at;
	at.field = written(arena, &b, place, place_pointer);
	at.key = written(arena, &b, place, place_key);
	at.path = written(arena, &b, place, place_path);
	at.label = written(arena, &b, place, place_label);
	buf_free(&b);
	source = place_source(arena, place);
	at.sheet = source.sheet;
	at.cell = source.cell;
	at.pointer = source.pointer;
	at.line = source.line;
	at.column = source.column;
	return at;
}

struct verdict *
verdict_failed(struct arena *arena, const struct submission *submission,
    struct text rulebook_digest, struct text our_fault)
{
	struct verdict *v = verdict_new(arena, submission);

	v->rulebook_digest = rulebook_digest;
	v->our_fault = our_fault.n > 0 ? our_fault : TEXT("No reason was given.");
	verdict_finish(v);
	return v;
}
