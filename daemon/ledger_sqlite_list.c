/*
 * Reading for people: list, show, counts.
 */
#include <sys/stat.h>

#include <stdio.h>

#include "daemon/ledger_sqlite.h"

static struct listed
listed_of(sqlite3_stmt *st)
{
	struct listed one = {
		.seq = sqlite3_column_int64(st, 0),
		.revision = (uint32_t)sqlite3_column_int64(st, 1),
		.id = ledger_column(st, 2),
		.region = ledger_column(st, 3),
		.name = ledger_column(st, 4),
		.form = ledger_column(st, 5),
		.area = ledger_column(st, 6),
		.period = ledger_column(st, 7),
		.headline = ledger_column(st, 8),
		.at_stake = ledger_column(st, 9),
		.received = sqlite3_column_int64(st, 11),
		.published = sqlite3_column_int(st, 12) != 0,
	};

	return one;
}

bool
ledger_list(struct ledger *l, const struct list_filter *f,
    bool (*each)(void *, const struct listed *), void *arg)
{
	bool after = f->after_seq >= 0, more = true;
	sqlite3_stmt *st = ledger_statement(l, after ? SQL_LIST_AFTER : SQL_LIST_NEWEST);
	int rc = 0;

	if (st == NULL ||
	    !ledger_bind(
		l, st, "tttii", f->region, f->outcome, f->area, f->after_seq, (int64_t)f->most))
		return false;
	while (more && (rc = ledger_step(l, st, "list verdicts")) == 1) {
		struct listed one = listed_of(st);

		if (!ledger_outcome(ledger_column(st, 10), &one.outcome))
			one.outcome = UNDETERMINED;
		more = each(arg, &one);
	}
	sqlite3_reset(st);
	return rc >= 0;
}

/* A sequence number as text; false: it is an id, then. */
static bool
read_seq(struct text t, int64_t *seq)
{
	*seq = 0;
	for (size_t i = 0; i < t.n; i++) {
		if (t.p[i] < '0' || t.p[i] > '9')
			return false;
		*seq = *seq * 10 + (t.p[i] - '0');
	}
	return t.n > 0 && t.n <= 18;
}

bool
ledger_show(struct ledger *l, struct text id_or_seq, struct buf *json, bool *found)
{
	int64_t seq;
	bool by_seq = id_or_seq.n <= 18 && read_seq(id_or_seq, &seq), ok;
	sqlite3_stmt *st = ledger_statement(l, by_seq ? SQL_SHOW_SEQ : SQL_SHOW_ID);
	int rc;

	*found = false;
	if (st == NULL)
		return false;
	ok = by_seq ? ledger_bind(l, st, "i", seq) : ledger_bind(l, st, "t", id_or_seq);
	if (!ok || (rc = ledger_step(l, st, "read a verdict")) == -1)
		return false;
	if (rc == 0)
		return true;
	ok = ledger_inflate(
	    l, json, ledger_column(st, 1), (uint64_t)sqlite3_column_int64(st, 0));
	sqlite3_reset(st);
	*found = ok;
	return ok;
}

static bool
count_one(struct ledger *l, enum ledger_sql which, uint64_t *n)
{
	sqlite3_stmt *st = ledger_statement(l, which);

	if (st == NULL || ledger_step(l, st, "count") != 1)
		return false;
	*n = (uint64_t)sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	return true;
}

bool
ledger_count(struct ledger *l, struct ledger_counts *c)
{
	sqlite3_stmt *st = ledger_statement(l, SQL_COUNT_OUTCOMES);
	enum outcome outcome;
	struct stat file;
	int rc;

	*c = (struct ledger_counts){ .untold = l->tail.sequence - l->told };
	if (st == NULL)
		return false;
	while ((rc = ledger_step(l, st, "count verdicts")) == 1) {
		if (ledger_outcome(ledger_column(st, 0), &outcome))
			c->by_outcome[outcome] = (uint64_t)sqlite3_column_int64(st, 1);
	}
	if (stat(l->path, &file) == 0)
		c->bytes = (uint64_t)file.st_size;
	return rc == 0 && count_one(l, SQL_COUNT_ARRIVALS, &c->arrivals) &&
	    count_one(l, SQL_COUNT_UNPUBLISHED, &c->unpublished);
}
