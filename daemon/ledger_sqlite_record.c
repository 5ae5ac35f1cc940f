/*
 * Recording: arrivals, verdicts and the events of both, in one transaction.
 */
#include <string.h>
#include <time.h>

#include "daemon/ledger_sqlite.h"

static int64_t
now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static enum kept
how_kept(const struct arrival *a)
{
	if (!a->kept)
		return KEPT_NOT;
	return a->bytes.n > CONTENT_LIMIT ? KEPT_FILE : KEPT_ROW;
}

static bool
record_arrival(struct ledger *l, const struct arrival *a)
{
	enum kept kept = how_kept(a);
	struct buf *bytes = &l->scratch[0];
	uint64_t size = a->kept ? a->bytes.n : a->size;

	buf_clear(bytes);
	if (kept == KEPT_FILE && !ledger_content_write(l, a->sha256, a->bytes))
		return false;
	if (kept == KEPT_ROW && !ledger_deflate(l, DEFLATE_RETURN, bytes, a->bytes))
		return false;
	l->tail.tally.arrivals++;
	return ledger_run(l, SQL_INSERT_ARRIVAL, "record an arrival", "itttiiibi", a->seq,
	    a->region, a->name, a->sha256, (int64_t)size, (int64_t)a->received, (int64_t)kept,
	    kept == KEPT_ROW ? buf_as_text(bytes) : TEXT_NONE, (int64_t)a->still_changing);
}

/* The counts of outcomes are of the newest revisions. */
static bool
count_verdict(struct ledger *l, const struct arrival *a, const struct record_verdict *v)
{
	struct ledger_tally *tally = &l->tail.tally;
	sqlite3_stmt *st;
	enum outcome outcome;
	int rc;

	tally->by_outcome[v->result->outcome]++;
	tally->unpublished++;
	if (v->revision <= 1)
		return true;
	st = ledger_statement(l, SQL_SUPERSEDED);
	if (!ledger_bind(l, st, "ii", a->seq, (int64_t)v->revision))
		return false;
	rc = ledger_step(l, st, "look up the verdict before");
	if (rc == 1) {
		if (ledger_outcome(ledger_column(st, 0), &outcome))
			tally->by_outcome[outcome]--;
		sqlite3_reset(st);
	}
	return rc >= 0;
}

/* What is to be judged again by another rulebook; without its bytes it cannot be. */
static bool
note_undetermined(struct ledger *l, const struct arrival *a, const struct record_verdict *v)
{
	if (v->result->outcome == UNDETERMINED && a->kept)
		return ledger_run(
		    l, SQL_INSERT_UNDETERMINED, "record a verdict", "it", a->seq, v->rulebook);
	return v->revision <= 1 ||
	    ledger_run(l, SQL_DELETE_UNDETERMINED, "record a verdict", "i", a->seq);
}

static bool
record_verdict(struct ledger *l, const struct arrival *a, const struct record_verdict *v)
{
	const struct result *r = v->result;
	struct buf *json = &l->scratch[0], *html = &l->scratch[1];
	unsigned char link[HASH_BYTES];
	int64_t head;
	struct text page = ledger_head_cut(l, r->html, &head);

	if (!ledger_deflate(l, DEFLATE_JSON, json, r->json) ||
	    !ledger_deflate(l, DEFLATE_PAGE, html, page))
		return false;
	if (!ledger_link(l, l->tail.chain, v->id, r->json, link))
		return false;
	if (!ledger_run(l, SQL_INSERT_VERDICT, "record a verdict",
		"tiitttttttt"
		"biibbi",
		v->id, a->seq, (int64_t)v->revision, v->supersedes, v->rulebook,
		text_of(outcome_names[r->outcome]), r->form, r->area, r->period, r->headline,
		r->at_stake, (struct text){ (const char *)link, sizeof(link) },
		(int64_t)r->json.n, (int64_t)r->html.n, buf_as_text(json), buf_as_text(html),
		head))
		return false;
	memcpy(l->tail.chain, link, sizeof(link));
	return true;
}

static bool
record_budget(struct ledger *l, int64_t row, struct text budget)
{
	struct buf *deflated = &l->scratch[0];

	if (budget.n == 0)
		return true;
	return ledger_deflate(l, DEFLATE_BUDGET, deflated, budget) &&
	    ledger_run(l, SQL_INSERT_BUDGET, "record a budget", "iib", row, (int64_t)budget.n,
		buf_as_text(deflated));
}

/* One event into the outbox, under the next number. */
static bool
spool(struct ledger *l, const struct event *ev, int64_t when_us)
{
	struct buf *packed = &l->scratch[2];

	buf_clear(packed);
	event_pack(packed, ev);
	if (buf_failed(packed))
		return ledger_fail(l, "There is no memory left to record an event.");
	if (!ledger_run(l, SQL_INSERT_OUTBOX, "record an event", "iib",
		(int64_t)(l->tail.sequence + 1), when_us, buf_as_text(packed)))
		return false;
	l->tail.sequence++;
	return true;
}

struct spooling {
	struct ledger *l;
	int64_t when_us;
	bool ok;
};

static void
spool_one(void *arg, const struct event *ev)
{
	struct spooling *s = arg;

	s->ok = s->ok && spool(s->l, ev, s->when_us);
}

static bool
record_events(struct ledger *l, const struct arrival *a, const struct record_verdict *v)
{
	struct spooling s = { l, v->when_us != 0 ? v->when_us : now_us(), true };
	struct event_subject subject = {
		.seq = a->seq,
		.id = v->id,
		.region = a->region,
		.name = a->name,
		.sha256 = a->sha256,
		.revision = v->revision,
		.received = a->received,
	};

	event_each_of_result(&subject, v->result, spool_one, &s);
	return s.ok;
}

static bool
record(struct ledger *l, const struct arrival *a, const struct record_verdict *v)
{
	int64_t row;

	if ((unsigned)v->result->outcome >= OUTCOMES)
		return ledger_fail(
		    l, "A verdict came without an outcome: it was not recorded.");
	if (v->revision <= 1 && !record_arrival(l, a))
		return false;
	if (!record_verdict(l, a, v))
		return false;
	row = l->last_row = sqlite3_last_insert_rowid(l->db);
	return record_budget(l, row, v->result->budget) && count_verdict(l, a, v) &&
	    note_undetermined(l, a, v) &&
	    ledger_run(l, SQL_INSERT_UNPUBLISHED, "record a verdict", "i", row) &&
	    record_events(l, a, v);
}

int64_t
ledger_row(const struct ledger *l)
{
	return l->last_row;
}

bool
ledger_record(struct ledger *l, const struct arrival *a, const struct record_verdict *v)
{
	if (!l->in_transaction)
		return ledger_fail(l, "No transaction is open.");
	if (l->broken)
		return false;
	l->broken = !record(l, a, v);
	return !l->broken;
}

bool
ledger_spool(struct ledger *l, const struct event *ev, int64_t when_us)
{
	if (l->in_transaction) {
		if (!l->broken)
			l->broken = !spool(l, ev, when_us);
		return !l->broken;
	}
	if (!ledger_begin(l))
		return false;
	l->broken = !spool(l, ev, when_us);
	return ledger_commit(l);
}

bool
ledger_mark_published(struct ledger *l, const int64_t *rows, size_t n)
{
	bool own = !l->in_transaction;

	if (n == 0)
		return true;
	if (own && !ledger_begin(l))
		return false;
	for (size_t i = 0; i < n && !l->broken; i++) {
		l->broken = !ledger_run(
		    l, SQL_DELETE_UNPUBLISHED, "mark a verdict as published", "i", rows[i]);
		if (!l->broken)
			l->tail.tally.unpublished -= (uint64_t)sqlite3_changes(l->db);
	}
	return own ? ledger_commit(l) : !l->broken;
}
