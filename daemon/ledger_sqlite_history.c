/*
 * History: the earlier returns that conditions declared a need for, and nothing else.
 *
 * Accepted is compliant or queried: an open query asks for an explanation and does not turn a
 * return away.  A region sees its own past; another's only where a need names another form or
 * another area than the submission's own.  What came after the submission is not history, so
 * judging again later finds what was found the first time, and newer revisions of it.
 */
#include <string.h>

#include "daemon/ledger_sqlite.h"

struct asked {
	struct ledger *l;
	struct arena *arena;
	struct history *out;
	uint32_t cap, need;
};

static struct text
keep(struct arena *arena, struct text t)
{
	return (struct text){ arena_strndup(arena, t.p != NULL ? t.p : "", t.n), t.n };
}

static struct past_return *
room(struct asked *q)
{
	struct history *h = q->out;

	if (h->n == q->cap) {
		uint32_t cap = q->cap == 0 ? 8 : 2 * q->cap;
		struct past_return *more = arena_calloc(q->arena, cap, sizeof(*more));

		if (h->n > 0)
			memcpy(more, h->returns, h->n * sizeof(*more));
		h->returns = more;
		q->cap = cap;
	}
	return &h->returns[h->n++];
}

static bool
add_row(struct asked *q, sqlite3_stmt *st)
{
	struct buf *budget = &q->l->scratch[0];
	struct past_return *past;

	if (!ledger_inflate(
		q->l, budget, ledger_column(st, 8), (uint64_t)sqlite3_column_int64(st, 7)))
		return false;
	past = room(q);
	*past = (struct past_return){
		.need = q->need,
		.id = keep(q->arena, ledger_column(st, 0)),
		.sha256 = keep(q->arena, ledger_column(st, 1)),
		.region = keep(q->arena, ledger_column(st, 2)),
		.form = keep(q->arena, ledger_column(st, 3)),
		.area = keep(q->arena, ledger_column(st, 4)),
		.period = keep(q->arena, ledger_column(st, 5)),
		.received = sqlite3_column_int64(st, 6),
		.budget = keep(q->arena, buf_as_text(budget)),
	};
	return true;
}

/* The one row that a statement of a need has, or none. */
static bool
add_one(struct asked *q, sqlite3_stmt *st)
{
	int rc = ledger_step(q->l, st, "read earlier returns");
	bool ok = rc == 0 || (rc == 1 && add_row(q, st));

	if (rc == 1)
		sqlite3_reset(st);
	return ok;
}

/* What a need is about, once it is known. */
struct about {
	struct text form, area, period, region;
	int64_t before_seq;
};

static bool
add_from(struct asked *q, enum ledger_sql which, const struct about *a)
{
	sqlite3_stmt *st = ledger_statement(q->l, which);

	return ledger_bind(
		   q->l, st, "tttit", a->form, a->area, a->period, a->before_seq, a->region) &&
	    add_one(q, st);
}

/* The next period that any return of this form and area has; *found tells. */
static bool
next_period(struct asked *q, struct about *a, bool *found)
{
	sqlite3_stmt *st = ledger_statement(q->l, SQL_PERIOD);
	int rc;

	if (!ledger_bind(q->l, st, "ttt", a->form, a->area, a->period))
		return false;
	rc = ledger_step(q->l, st, "read earlier returns");
	*found = rc == 1;
	if (rc == 1) {
		a->period = keep(q->arena, ledger_column(st, 0));
		sqlite3_reset(st);
	}
	return rc >= 0;
}

/* Of every period the newest: from one to the next, however many versions there are between. */
static bool
add_every_period(struct asked *q, struct about *a)
{
	bool found = true;

	while (add_from(q, SQL_RETURN, a)) {
		if (!next_period(q, a, &found))
			return false;
		if (!found)
			return true;
	}
	return false;
}

static struct text
or_own(struct text named, struct text own)
{
	return named.n > 0 ? named : own;
}

static bool
answer(struct asked *q, const struct identity *who, const struct need *need, struct text region,
    int64_t before_seq)
{
	static const enum ledger_sql by_kind[] = {
		[NEED_PREVIOUS] = SQL_PREVIOUS,
		[NEED_VERSION] = SQL_VERSION,
		[NEED_RETURNS] = SQL_RETURN,
	};
	bool returns = need->kind == NEED_RETURNS;
	struct about a = { .form = returns ? need->form : or_own(need->form, who->form),
		.area = returns ? need->area : or_own(need->area, who->area),
		.period = returns ? need->period : or_own(need->period, who->period),
		.before_seq = before_seq };
	bool own = !returns || (text_equal(a.form, who->form) && text_equal(a.area, who->area));

	a.region = own ? region : TEXT_NONE;
	/* Without form and area nothing is named, and nothing is given. */
	if (a.form.n == 0 || a.area.n == 0 || (a.period.n == 0 && !returns))
		return true;
	if (returns && a.period.n == 0)
		return add_every_period(q, &a);
	return add_from(q, by_kind[need->kind], &a);
}

bool
ledger_history(struct ledger *l, struct arena *arena, const struct identity *who,
    struct text region, int64_t before_seq, struct history *out)
{
	struct asked q = { .l = l, .arena = arena, .out = out };

	*out = (struct history){ 0 };
	for (q.need = 0; q.need < who->n_needs; q.need++) {
		const struct need *need = &who->needs[q.need];

		/* The identity came from an evaluator: no kind is taken on trust. */
		if ((unsigned)need->kind > NEED_RETURNS)
			return ledger_fail(
			    l, "An evaluator asked for a kind of history that does not exist.");
		if (!answer(&q, who, need, region, before_seq))
			return false;
	}
	return true;
}
