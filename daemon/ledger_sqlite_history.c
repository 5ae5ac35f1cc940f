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

/* The rows of a need; of several versions of a period (NEED_RETURNS) the newest comes first. */
static bool
add_rows(struct asked *q, sqlite3_stmt *st)
{
	uint32_t first = q->out->n;
	int rc;

	while ((rc = ledger_step(q->l, st, "read earlier returns")) == 1) {
		const struct past_return *last =
		    q->out->n > first ? &q->out->returns[q->out->n - 1] : NULL;

		if (last != NULL && text_equal(last->period, ledger_column(st, 5)))
			continue;
		if (!add_row(q, st)) {
			sqlite3_reset(st);
			return false;
		}
	}
	return rc == 0;
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
		[NEED_RETURNS] = SQL_RETURNS,
	};
	bool returns = need->kind == NEED_RETURNS;
	struct text form = returns ? need->form : or_own(need->form, who->form);
	struct text area = returns ? need->area : or_own(need->area, who->area);
	struct text period = returns ? need->period : or_own(need->period, who->period);
	bool own = !returns || (text_equal(form, who->form) && text_equal(area, who->area));
	sqlite3_stmt *st;

	/* Without form and area nothing is named, and nothing is given. */
	if (form.n == 0 || area.n == 0 || (period.n == 0 && !returns))
		return true;
	st = ledger_statement(q->l, by_kind[need->kind]);
	return ledger_bind(q->l, st, "tttit", form, area, period, before_seq,
		   own ? region : TEXT_NONE) &&
	    add_rows(q, st);
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
