/*
 * Finishing a verdict: sort, cap, count, decide.
 *
 * Capping keeps the first of each condition by place, and keeping the first hundred twice over keeps
 * the same hundred: so it does not matter whether it happened once at the end or also on the way,
 * when room was short.
 */
#include <stdlib.h>
#include <string.h>

#include "rules/verdict.h"
#include "rules/verdict_private.h"

/* Places in file order; what has no place (the file as a whole) comes first. */
static int
at_compare(const struct at *a, const struct at *b)
{
	if (a->place.rec != NULL && b->place.rec != NULL)
		return place_compare(a->place, b->place);
	if (a->place.rec != NULL || b->place.rec != NULL)
		return a->place.rec != NULL ? 1 : -1;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	if (a->column != b->column)
		return a->column < b->column ? -1 : 1;
	return text_compare(a->field, b->field);
}

static int
condition_compare(const struct condition_head *a, const struct condition_head *b)
{
	if (a == b)
		return 0;
	if (a == NULL || b == NULL)
		return a == NULL ? -1 : 1;
	return text_compare(a->id, b->id);
}

static int
order_compare(uint32_t a, uint32_t b)
{
	return (a > b) - (a < b);
}

static int
finding_compare(const void *left, const void *right)
{
	const struct finding *a = left, *b = right;
	int c = at_compare(&a->at, &b->at);

	if (c == 0)
		c = condition_compare(a->condition, b->condition);
	return c != 0 ? c : order_compare(a->order, b->order);
}

static int
not_compare(const void *left, const void *right)
{
	const struct not_evaluated *a = left, *b = right;
	int c = at_compare(&a->at, &b->at);

	if (c == 0)
		c = condition_compare(a->condition, b->condition);
	return c != 0 ? c : order_compare(a->order, b->order);
}

static int
determination_compare(const void *left, const void *right)
{
	const struct determination *a = left, *b = right;
	int c = condition_compare(a->condition, b->condition);

	return c != 0 ? c : order_compare(a->order, b->order);
}

static int
used_compare(const void *left, const void *right)
{
	const struct used_parameter *a = left, *b = right;
	int c = condition_compare(a->condition, b->condition);

	if (c == 0)
		c = text_compare(a->name, b->name);
	return c != 0 ? c : text_compare(a->value, b->value);
}

static int
ran_compare(const void *left, const void *right)
{
	const struct ran *a = left, *b = right;

	return condition_compare(a->condition, b->condition);
}

static int
total_compare(const void *left, const void *right)
{
	const struct finding_total *a = left, *b = right;
	int c = condition_compare(a->condition, b->condition);

	if (c == 0)
		c = (int)a->severity - (int)b->severity;
	return c != 0 ? c : (int)a->status - (int)b->status;
}

static int
not_total_compare(const void *left, const void *right)
{
	const struct not_total *a = left, *b = right;
	int c = condition_compare(a->condition, b->condition);

	if (c == 0)
		c = (int)a->kind - (int)b->kind;
	return c != 0 ? c : (int)a->decides - (int)b->decides;
}

static void
sort(void *items, uint32_t n, size_t size, int (*compare)(const void *, const void *))
{
	if (n > 1)
		qsort(items, n, size, compare);
}

/* a + |b|, no further than money reaches. */
static pence
add_size(pence a, pence b)
{
	pence sum;

	if (b < 0)
		b = b == INT64_MIN ? INT64_MAX : -b;
	if (__builtin_add_overflow(a, b, &sum) || sum > MONEY_MAX)
		return MONEY_MAX;
	return sum;
}

/*
 * made counts what an earlier pass let go; so what is kept from it is taken off first, and every
 * finding that is here now is counted anew.
 */
void
verdict_cap_findings(struct verdict *v)
{
	struct finding_total *t = NULL;
	struct finding *f;
	uint32_t kept = 0;

	for (uint32_t i = 0; i < v->n_totals; i++)
		v->totals[i].kept = 0;
	sort(v->findings, v->n_findings, sizeof(*f), finding_compare);
	for (uint32_t i = 0; i < v->n_findings; i++) {
		f = &v->findings[i];
		t = verdict_total(v, f);
		if (!f->counted) {
			t->made++;
			if (f->has_money)
				t->difference = add_size(t->difference, f->difference_pence);
			f->counted = true;
		}
		if (t->kept >= VERDICT_KEPT)
			continue;
		t->kept++;
		v->findings[kept++] = *f;
	}
	v->n_findings = kept;
}

void
verdict_cap_nots(struct verdict *v)
{
	struct not_total *t;
	struct not_evaluated *ne;
	uint32_t kept = 0;

	for (uint32_t i = 0; i < v->n_not_totals; i++)
		v->not_totals[i].kept = 0;
	sort(v->nots, v->n_nots, sizeof(*ne), not_compare);
	for (uint32_t i = 0; i < v->n_nots; i++) {
		ne = &v->nots[i];
		t = verdict_not_total(v, ne);
		if (!ne->counted) {
			t->made++;
			ne->counted = true;
		}
		if (t->kept >= VERDICT_KEPT)
			continue;
		t->kept++;
		v->nots[kept++] = *ne;
	}
	v->n_nots = kept;
}

static bool
decides(const struct finding *f)
{
	return f->status == OPEN && (f->severity == SEV_ERROR || f->severity == SEV_QUERY);
}

bool
verdict_same_place(const struct at *a, const struct at *b)
{
	return at_compare(a, b) == 0;
}

/*
 * How many places the file leaves blank that a condition needs: many conditions may miss one entry,
 * and people have to fill it in once.  Where an open error or query stands already, it says so.
 * Findings and nots are both sorted by place: one walk over the two.
 */
static uint32_t
count_absences(const struct verdict *v)
{
	const struct not_evaluated *last = NULL;
	uint32_t n = 0, k = 0;
	bool told;

	for (uint32_t i = 0; i < v->n_nots; i++) {
		const struct not_evaluated *ne = &v->nots[i];

		if (ne->kind != NOT_ABSENT || !ne->decides ||
		    (last != NULL && verdict_same_place(&last->at, &ne->at)))
			continue;
		last = ne;
		while (k < v->n_findings && at_compare(&v->findings[k].at, &ne->at) < 0)
			k++;
		told = false;
		for (uint32_t m = k;
		     m < v->n_findings && verdict_same_place(&v->findings[m].at, &ne->at); m++)
			told = told || decides(&v->findings[m]);
		if (!told)
			n++;
	}
	return n;
}

/* Absences that were let go on the way: the most of one condition, since several may miss one entry. */
static uint32_t
absences_let_go(const struct verdict *v)
{
	uint32_t most = 0, present, gone;

	for (uint32_t i = 0; i < v->n_not_totals; i++) {
		const struct not_total *t = &v->not_totals[i];

		if (t->kind != NOT_ABSENT || !t->decides)
			continue;
		present = 0;
		for (uint32_t k = 0; k < v->n_nots; k++)
			present += v->nots[k].condition == t->condition && v->nots[k].counted &&
			    v->nots[k].kind == NOT_ABSENT;
		gone = t->made - present;
		most = gone > most ? gone : most;
	}
	return most;
}

/* Everything by severity and status, what was let go included. */
static void
count_findings(struct verdict *v)
{
	uint32_t *by_severity[SEVERITIES] = { &v->counts.error, &v->counts.query,
		&v->counts.warning, &v->counts.info };
	uint32_t *by_status[STATUSES] = { NULL, &v->counts.explained, &v->counts.waived,
		&v->counts.shadow };

	for (uint32_t i = 0; i < v->n_totals; i++) {
		const struct finding_total *t = &v->totals[i];

		if (t->status != OPEN)
			*by_status[t->status] += t->made;
		else
			*by_severity[t->severity] += t->made;
		if (t->status == OPEN && t->severity == SEV_ERROR)
			v->at_stake = add_size(v->at_stake, t->difference);
	}
	for (uint32_t i = 0; i < v->n_determinations; i++) {
		const struct determination *d = &v->determinations[i];

		if (d->held && (d->condition == NULL || !d->condition->shadow))
			v->held = add_size(v->held, d->amount);
	}
	v->at_stake = add_size(v->at_stake, v->held);
}

/* Whether a condition has an error or query, whatever became of it. */
static bool
has_finding(const struct verdict *v, const struct condition_head *condition)
{
	for (uint32_t i = 0; i < v->n_totals; i++)
		if (v->totals[i].condition == condition && v->totals[i].severity <= SEV_QUERY)
			return true;
	return false;
}

static void
count_conditions(struct verdict *v)
{
	for (uint32_t i = 0; i < v->n_ran; i++) {
		const struct ran *ran = &v->ran[i];

		if (ran->condition == NULL || ran->condition->shadow)
			continue;
		v->counts.conditions++;
		if (has_finding(v, ran->condition))
			continue;
		if (ran->not_evaluated > 0)
			v->counts.not_evaluated++;
		else
			v->counts.passed++;
	}
}

static bool
is_our_failing(bool decides, enum not_kind kind)
{
	return decides && (kind == NOT_REFERENCE || kind == NOT_FAULT || kind == NOT_LIMIT);
}

/* The totals hold also what the cap took from the list; before the end there are none yet. */
bool
verdict_we_failed(const struct verdict *v)
{
	if (v->our_fault.n > 0 || v->dropped > 0)
		return true;
	for (uint32_t i = 0; i < v->n_nots; i++)
		if (is_our_failing(v->nots[i].decides, v->nots[i].kind))
			return true;
	for (uint32_t i = 0; i < v->n_not_totals; i++)
		if (is_our_failing(v->not_totals[i].decides, v->not_totals[i].kind))
			return true;
	return false;
}

static enum outcome
decide(const struct verdict *v)
{
	if (v->unreadable.kind != NULL)
		return UNREADABLE;
	if (v->counts.error > 0)
		return NON_COMPLIANT;
	if (verdict_we_failed(v) || v->counts.conditions == 0)
		return UNDETERMINED;
	return v->counts.query > 0 ? QUERIED : COMPLIANT;
}

void
verdict_finish(struct verdict *v)
{
	uint32_t let_go = absences_let_go(v);

	memset(&v->counts, 0, sizeof(v->counts));
	v->at_stake = v->held = 0;
	/* Absences are counted before the cap takes some of them. */
	sort(v->nots, v->n_nots, sizeof(*v->nots), not_compare);
	sort(v->findings, v->n_findings, sizeof(*v->findings), finding_compare);
	v->counts.absent = count_absences(v) + let_go;
	verdict_cap_findings(v);
	verdict_cap_nots(v);
	sort(v->determinations, v->n_determinations, sizeof(*v->determinations),
	    determination_compare);
	sort(v->used, v->n_used, sizeof(*v->used), used_compare);
	sort(v->ran, v->n_ran, sizeof(*v->ran), ran_compare);
	sort(v->totals, v->n_totals, sizeof(*v->totals), total_compare);
	sort(v->not_totals, v->n_not_totals, sizeof(*v->not_totals), not_total_compare);
	count_findings(v);
	count_conditions(v);
	v->counts.query += v->counts.absent;
	v->outcome = decide(v);
}
