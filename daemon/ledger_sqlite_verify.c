/*
 * Is the ledger still what was written?  For `poolctl ledger verify`.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "daemon/ledger_sqlite.h"

struct verifying {
	struct ledger *l;
	struct ledger_check *check;
	void (*problem)(void *, struct text);
	void *arg;
	struct buf bytes;
};

static void found(struct verifying *, const char *, ...) __attribute__((format(printf, 2, 3)));

static void
found(struct verifying *v, const char *fmt, ...)
{
	char sentence[1200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(sentence, sizeof(sentence), fmt, ap);
	va_end(ap);
	v->check->problems++;
	if (v->problem != NULL)
		v->problem(v->arg, text_of(sentence));
}

/* SQLite's own look at its pages and indexes. */
static bool
check_pages(struct verifying *v)
{
	sqlite3_stmt *st = NULL;
	int rc;

	if (sqlite3_prepare_v2(v->l->db, "PRAGMA integrity_check(20)", -1, &st, NULL) !=
	    SQLITE_OK)
		return ledger_fail_sql(v->l, "check the pages");
	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		struct text said = ledger_column(st, 0);

		if (!text_is(said, "ok"))
			found(v, "The database is damaged: %.*s.", TEXT_ARG(said));
	}
	if (rc != SQLITE_DONE)
		ledger_fail_sql(v->l, "check the pages");
	sqlite3_finalize(st);
	return rc == SQLITE_DONE;
}

static void
check_verdict(struct verifying *v, sqlite3_stmt *st, unsigned char chain[HASH_BYTES])
{
	struct text id = ledger_column(st, 1), stored = ledger_column(st, 5);
	long long seq = sqlite3_column_int64(st, 2);
	unsigned char link[HASH_BYTES];

	v->check->verdicts++;
	if (!ledger_inflate(
		v->l, &v->bytes, ledger_column(st, 4), (uint64_t)sqlite3_column_int64(st, 3))) {
		found(v,
		    "Verdict %.*s (arrival %lld) cannot be read: its compressed text is "
		    "damaged.",
		    TEXT_ARG(id), seq);
		buf_clear(&v->bytes);
	}
	ledger_link(chain, id, buf_as_text(&v->bytes), link);
	if (stored.n != HASH_BYTES || memcmp(stored.p, link, HASH_BYTES) != 0)
		found(v,
		    "Verdict %.*s (arrival %lld) does not match the chain: it, or the one "
		    "before it, was changed "
		    "after it was recorded.",
		    TEXT_ARG(id), seq);
	/* Go on from what is stored, so that one change is reported once. */
	if (stored.n == HASH_BYTES)
		memcpy(chain, stored.p, HASH_BYTES);
}

static bool
check_chain(struct verifying *v)
{
	sqlite3_stmt *st = ledger_statement(v->l, SQL_CHAIN);
	unsigned char chain[HASH_BYTES] = { 0 };
	int rc = -1;

	while (st != NULL && (rc = ledger_step(v->l, st, "read the verdicts")) == 1)
		check_verdict(v, st, chain);
	ledger_hex(chain, v->check->chain);
	return rc == 0;
}

static void
check_arrival(struct verifying *v, sqlite3_stmt *st)
{
	struct text sha256 = ledger_column(st, 1);
	enum kept kept = (enum kept)sqlite3_column_int(st, 3);
	long long seq = sqlite3_column_int64(st, 0);
	unsigned char hash[HASH_BYTES];
	char hex[2 * HASH_BYTES + 1];

	v->check->arrivals++;
	if (kept == KEPT_NOT)
		return;
	if (!ledger_bytes(v->l, &v->bytes, kept, ledger_column(st, 4), sha256,
		(uint64_t)sqlite3_column_int64(st, 2))) {
		found(v, "The bytes of arrival %lld cannot be read. %s", seq, v->l->error);
		return;
	}
	ledger_sha256(buf_as_text(&v->bytes), hash);
	ledger_hex(hash, hex);
	if (!text_is(sha256, hex))
		found(v,
		    "The bytes of arrival %lld are not those that arrived: their SHA-256 is "
		    "%s, recorded is "
		    "%.*s.",
		    seq, hex, TEXT_ARG(sha256));
}

static bool
check_arrivals(struct verifying *v)
{
	sqlite3_stmt *st = ledger_statement(v->l, SQL_ARRIVALS);
	int rc = -1;

	while (st != NULL && (rc = ledger_step(v->l, st, "read the arrivals")) == 1)
		check_arrival(v, st);
	return rc == 0;
}

static bool
check_outbox(struct verifying *v)
{
	sqlite3_stmt *st = ledger_statement(v->l, SQL_SEQUENCES);
	long long last = 0;
	int rc = -1;

	while (st != NULL && (rc = ledger_step(v->l, st, "read the outbox")) == 1) {
		long long sequence = sqlite3_column_int64(st, 0);

		if (last != 0 && sequence != last + 1)
			found(v, "Events %lld to %lld are missing from the outbox.", last + 1,
			    sequence - 1);
		last = sequence;
		v->check->records++;
	}
	return rc == 0;
}

bool
ledger_verify(struct ledger *l, struct ledger_check *check,
    void (*problem)(void *, struct text), void *arg)
{
	struct verifying v = { .l = l, .check = check, .problem = problem, .arg = arg };
	bool ok;

	*check = (struct ledger_check){ 0 };
	ok = check_pages(&v) && check_chain(&v) && check_arrivals(&v) && check_outbox(&v);
	buf_free(&v.bytes);
	return ok;
}
