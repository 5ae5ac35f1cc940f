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

/*
 * The statement of a filter has only what the filter asks for, so that an index can serve it: lists are
 * for people, and preparing one costs less than a tenth of a millisecond.
 */
static sqlite3_stmt *
list_statement(struct ledger *l, const struct list_filter *f)
{
	const struct {
		struct text wanted;
		const char *sql;
	} parts[] = { { f->region, " AND a.region = ?1" },
		{ f->outcome, " AND v.outcome = ?2" }, { f->area, " AND v.area = ?3" } };
	/* where lists of a region begin: with its arrivals, in order */
	const char *joined = f->region.n > 0 && f->outcome.n == 0 && f->area.n == 0
	    ? "arrival a CROSS JOIN verdict v"
	    : "verdict v CROSS JOIN arrival a";
	struct buf sql = { 0 };
	sqlite3_stmt *st = NULL;

	buf_printf(&sql,
	    "SELECT v.seq, v.revision, v.id, a.region, a.name, v.form, v.area, v.period,"
	    " v.headline, v.at_stake, v.outcome, a.received,"
	    " NOT EXISTS (SELECT 1 FROM unpublished u WHERE u.verdict = v.row)"
	    " FROM %s ON v.seq = a.seq WHERE NOT EXISTS"
	    " (SELECT 1 FROM verdict n WHERE n.seq = v.seq AND n.revision > v.revision)",
	    joined);
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (parts[i].wanted.n > 0)
			buf_str(&sql, parts[i].sql);
	buf_printf(&sql, " AND %c.seq > ?4 ORDER BY %c.seq %s LIMIT ?5", joined[0], joined[0],
	    f->after_seq >= 0 ? "ASC" : "DESC");
	if (buf_failed(&sql))
		ledger_fail(l, "There is no memory left to list verdicts.");
	else if (sqlite3_prepare_v2(l->db, sql.p, -1, &st, NULL) != SQLITE_OK)
		ledger_fail_sql(l, "list verdicts");
	buf_free(&sql);
	return st;
}

/* A statement does not know what it does not mention. */
static bool
list_bind(struct ledger *l, sqlite3_stmt *st, const struct list_filter *f)
{
	const struct text texts[] = { f->region, f->outcome, f->area };

	for (int i = 0; i < 3; i++)
		if (texts[i].n > 0 &&
		    sqlite3_bind_text64(st, i + 1, texts[i].p, texts[i].n, SQLITE_STATIC,
			SQLITE_UTF8) != SQLITE_OK)
			return ledger_fail_sql(l, "list verdicts");
	if (sqlite3_bind_int64(st, 4, f->after_seq) != SQLITE_OK ||
	    sqlite3_bind_int64(st, 5, f->most) != SQLITE_OK)
		return ledger_fail_sql(l, "list verdicts");
	return true;
}

bool
ledger_list(struct ledger *l, const struct list_filter *f,
    bool (*each)(void *, const struct listed *), void *arg)
{
	sqlite3_stmt *st = list_statement(l, f);
	bool more = true;
	int rc = -1;

	if (st != NULL && list_bind(l, st, f))
		while (more && (rc = ledger_step(l, st, "list verdicts")) == 1) {
			struct listed one = listed_of(st);

			if (!ledger_outcome(ledger_column(st, 10), &one.outcome))
				one.outcome = UNDETERMINED;
			more = each(arg, &one);
		}
	sqlite3_finalize(st);
	return rc >= 0;
}

bool
ledger_read_seq(struct text t, int64_t *seq)
{
	*seq = 0;
	if (t.n == 0 || t.n > 18)
		return false;
	for (size_t i = 0; i < t.n; i++) {
		if (t.p[i] < '0' || t.p[i] > '9')
			return false;
		*seq = *seq * 10 + (t.p[i] - '0');
	}
	return true;
}

bool
ledger_show(struct ledger *l, struct text id_or_seq, struct buf *json, bool *found)
{
	int64_t seq;
	bool by_seq = ledger_read_seq(id_or_seq, &seq), ok;
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

bool
ledger_count(struct ledger *l, struct ledger_counts *c)
{
	const struct ledger_tail *tail = l->in_transaction ? &l->tail_at_begin : &l->tail;
	struct stat file;

	*c = (struct ledger_counts){ .arrivals = tail->tally.arrivals };
	ledger_waiting(l, &c->unpublished, &c->untold);
	for (int i = 0; i < OUTCOMES; i++)
		c->by_outcome[i] = tail->tally.by_outcome[i];
	if (stat(l->path, &file) == 0)
		c->bytes = (uint64_t)file.st_size;
	return true;
}

void
ledger_waiting(const struct ledger *l, uint64_t *unpublished, uint64_t *untold)
{
	const struct ledger_tail *tail = l->in_transaction ? &l->tail_at_begin : &l->tail;

	*unpublished = tail->tally.unpublished;
	*untold = tail->sequence > l->told ? tail->sequence - l->told : 0;
	if (l->gap > 0 && l->told < l->gap_sequence && *untold >= l->gap)
		*untold -= l->gap;
}
