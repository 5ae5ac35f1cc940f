/*
 * Reading for the keeper itself: what was judged, what waits for publishing, what waits for
 * syslog.
 */
#include <stdio.h>
#include <string.h>

#include "daemon/ledger_sqlite.h"

bool
ledger_outcome(struct text name, enum outcome *outcome)
{
	for (int i = 0; i < OUTCOMES; i++) {
		if (text_is(name, outcome_names[i])) {
			*outcome = (enum outcome)i;
			return true;
		}
	}
	return false;
}

int
ledger_has(struct ledger *l, int64_t seq)
{
	sqlite3_stmt *st = ledger_statement(l, SQL_HAS);
	int rc;

	if (st == NULL || !ledger_bind(l, st, "i", seq))
		return -1;
	rc = ledger_step(l, st, "look up a verdict");
	sqlite3_reset(st);
	return rc;
}

bool
ledger_identical(struct ledger *l, struct text region, struct text sha256, char id[32])
{
	sqlite3_stmt *st = ledger_statement(l, SQL_IDENTICAL);
	int rc;

	id[0] = '\0';
	if (st == NULL || !ledger_bind(l, st, "tt", region, sha256))
		return false;
	if ((rc = ledger_step(l, st, "look up the same bytes")) == 1) {
		snprintf(id, 32, "%.*s", TEXT_ARG(ledger_column(st, 0)));
		sqlite3_reset(st);
	}
	return rc >= 0;
}

static void
give_undetermined(struct ledger *l, sqlite3_stmt *st,
    void (*each)(void *, const struct undetermined *), void *arg)
{
	struct undetermined u = {
		.seq = sqlite3_column_int64(st, 0),
		.revision = (uint32_t)sqlite3_column_int64(st, 1),
		.id = ledger_column(st, 2),
		.region = ledger_column(st, 3),
		.name = ledger_column(st, 4),
		.sha256 = ledger_column(st, 5),
		.received = sqlite3_column_int64(st, 8),
		.identical_to = ledger_column(st, 10),
		.still_changing = sqlite3_column_int(st, 11) != 0,
	};

	if (sqlite3_column_int(st, 7) == KEPT_NOT) {
		ledger_fail(
		    l, "The file was too big to be read, so its bytes were never kept.");
		u.damaged = l->error;
	} else if (sqlite3_column_int(st, 12) != 0) {
		ledger_fail(l, "Its bytes were kept long enough and have been pruned.");
		u.damaged = l->error;
	} else if (ledger_bytes(l, &l->scratch[0], (enum kept)sqlite3_column_int(st, 7),
		       ledger_column(st, 9), u.sha256, (uint64_t)sqlite3_column_int64(st, 6)))
		u.bytes = buf_as_text(&l->scratch[0]);
	else
		u.damaged = l->error;
	each(arg, &u);
}

bool
ledger_undetermined(struct ledger *l, int64_t after, struct text rulebook,
    void (*each)(void *, const struct undetermined *), void *arg)
{
	sqlite3_stmt *st = ledger_statement(l, SQL_UNDETERMINED);
	int rc;

	if (st == NULL || !ledger_bind(l, st, "it", after, rulebook))
		return false;
	if ((rc = ledger_step(l, st, "look for what is to be judged again")) == 1)
		give_undetermined(l, st, each, arg);
	/* left open it would hold a snapshot, and the log could not be checkpointed */
	sqlite3_reset(st);
	return rc >= 0;
}

bool
ledger_again(struct ledger *l, struct text id_or_seq,
    void (*each)(void *, const struct undetermined *), void *arg, bool *found)
{
	int64_t seq;
	bool by_seq = ledger_read_seq(id_or_seq, &seq), ok;
	sqlite3_stmt *st = ledger_statement(l, by_seq ? SQL_AGAIN_SEQ : SQL_AGAIN_ID);
	int rc;

	*found = false;
	ok = by_seq ? ledger_bind(l, st, "i", seq) : ledger_bind(l, st, "t", id_or_seq);
	if (!ok)
		return false;
	rc = ledger_step(l, st, "look for an arrival");
	*found = rc == 1;
	if (rc == 1)
		give_undetermined(l, st, each, arg);
	sqlite3_reset(st);
	return rc >= 0;
}

/* The bodies of one unpublished verdict, inflated into the ledger's buffers. */
static bool
load_bodies(
    struct ledger *l, struct unpublished *u, enum kept kept, struct text sha256, uint64_t size)
{
	sqlite3_stmt *st = ledger_statement(l, SQL_BODY);
	struct buf *bytes = &l->scratch[0], *json = &l->scratch[1], *html = &l->scratch[2];
	int rc;
	bool ok;

	if (st == NULL || !ledger_bind(l, st, "i", u->row))
		return false;
	if ((rc = ledger_step(l, st, "read a verdict to publish")) != 1)
		return rc == 0 &&
		    ledger_fail(
			l, "A verdict to publish is missing from the ledger %s.", l->path);
	ok = ledger_bytes(l, bytes, kept, ledger_column(st, 0), sha256, size) &&
	    ledger_inflate(
		l, json, ledger_column(st, 3), (uint64_t)sqlite3_column_int64(st, 1)) &&
	    ledger_head_put(l, html, sqlite3_column_int64(st, 5), ledger_column(st, 4),
		(uint64_t)sqlite3_column_int64(st, 2));
	sqlite3_reset(st);
	u->bytes = buf_as_text(bytes);
	u->json = buf_as_text(json);
	u->html = buf_as_text(html);
	return ok;
}

/* One row of SQL_UNPUBLISHED: what is damaged is said, and does not hide the rows after it. */
static bool
give_unpublished(struct ledger *l, sqlite3_stmt *st, const struct unpublished_query *q)
{
	enum kept kept = (enum kept)sqlite3_column_int(st, 9);
	struct unpublished u = {
		.row = sqlite3_column_int64(st, 0),
		.seq = sqlite3_column_int64(st, 1),
		.revision = (uint32_t)sqlite3_column_int64(st, 2),
		.region = ledger_column(st, 3),
		.name = ledger_column(st, 4),
		.id = ledger_column(st, 5),
		.kept = kept != KEPT_NOT,
	};
	uint64_t size = (uint64_t)sqlite3_column_int64(st, 8);
	bool ok = ledger_outcome(ledger_column(st, 6), &u.outcome) ||
	    ledger_fail(l,
		"Verdict %.*s in the ledger %s has no outcome that this poold knows.",
		TEXT_ARG(u.id), l->path);

	if (!ok || !load_bodies(l, &u, kept, ledger_column(st, 7), size)) {
		u.bytes = u.json = u.html = TEXT_NONE;
		u.damaged = l->error;
	}
	return q->each(q->arg, &u);
}

bool
ledger_unpublished(struct ledger *l, const struct unpublished_query *q)
{
	sqlite3_stmt *st = ledger_statement(l, SQL_UNPUBLISHED);
	uint32_t given = 0;
	bool more = true;
	int rc = 0;

	if (st == NULL || !ledger_bind(l, st, "i", q->after))
		return false;
	while (more && given < q->most &&
	    (rc = ledger_step(l, st, "look for verdicts to publish")) == 1) {
		if (q->skip != NULL && q->skip(q->arg, ledger_column(st, 3)))
			continue;
		given++;
		more = give_unpublished(l, st, q);
	}
	sqlite3_reset(st);
	return rc >= 0;
}

bool
ledger_outbox(struct ledger *l, uint64_t after, uint32_t most,
    bool (*each)(void *, const struct outbox_row *), void *arg)
{
	sqlite3_stmt *st = ledger_statement(l, SQL_OUTBOX);
	bool more = true;
	int rc = 0;

	uint64_t last = ledger_spooled(l);

	/* Nothing new is the usual answer, and needs no disk.  What is not committed is nobody's yet. */
	if (after >= last)
		return true;
	if (most > last - after)
		most = (uint32_t)(last - after);
	if (st == NULL || !ledger_bind(l, st, "ii", (int64_t)after, (int64_t)most))
		return false;
	while (more && (rc = ledger_step(l, st, "read the outbox")) == 1) {
		struct outbox_row row = {
			.sequence = (uint64_t)sqlite3_column_int64(st, 0),
			.when_us = sqlite3_column_int64(st, 1),
			.packed = ledger_column(st, 2),
		};
		more = each(arg, &row);
	}
	sqlite3_reset(st);
	return rc >= 0;
}

bool
ledger_first_kept(struct ledger *l, uint64_t *sequence)
{
	sqlite3_stmt *st = ledger_statement(l, SQL_OUTBOX_FIRST);

	if (st == NULL || ledger_step(l, st, "read the outbox") != 1)
		return false;
	*sequence = (uint64_t)sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	if (*sequence == 0 || *sequence > ledger_spooled(l))
		*sequence = ledger_spooled(l) + 1;
	return true;
}

bool
ledger_first_sequence_since(struct ledger *l, int64_t when_us, uint64_t *sequence)
{
	uint64_t first, after = ledger_spooled(l) + 1, middle;
	sqlite3_stmt *st;

	if (!ledger_first_kept(l, &first))
		return false;
	/* before `first` all is earlier, from `after` on all is later */
	while (first < after) {
		middle = first + (after - first) / 2;
		st = ledger_statement(l, SQL_OUTBOX_WHEN);
		if (!ledger_bind(l, st, "i", (int64_t)middle) ||
		    ledger_step(l, st, "read the outbox") != 1)
			return false;
		if (sqlite3_column_int64(st, 0) < when_us)
			first = middle + 1;
		else
			after = middle;
		sqlite3_reset(st);
	}
	*sequence = first;
	return true;
}
