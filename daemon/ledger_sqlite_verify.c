/*
 * Is the ledger still what was written?  For `poolctl ledger verify`.
 *
 * Everything is read in pieces, so that no snapshot is held for long: behind one that is, a running
 * keeper's write-ahead log could only grow.  What a keeper does between two pieces (records, prunes) is
 * looked up again before anything is called a problem.  SQLite's own look at every page is one long
 * statement, so it waits until nobody writes; all rows are read in either case.
 */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/ledger_verify.h"
#include "rules/date.h"

#define PIECE    1000
#define WAL_LONG (24 << 20)
#define PAUSE_US 100000

static void
give(void (*to)(void *, struct text), void *arg, const char *fmt, va_list ap)
{
	char sentence[1200];

	vsnprintf(sentence, sizeof(sentence), fmt, ap);
	if (to != NULL)
		to(arg, text_of(sentence));
}

void
verify_found(struct verifying *v, const char *fmt, ...)
{
	va_list ap;

	v->check->problems++;
	va_start(ap, fmt);
	give(v->by->problem, v->by->arg, fmt, ap);
	va_end(ap);
}

void
verify_note(struct verifying *v, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	give(v->by->note, v->by->arg, fmt, ap);
	va_end(ap);
}

static void
progress(struct verifying *v, const char *what, uint64_t done, uint64_t of)
{
	if (v->by->progress != NULL)
		v->by->progress(v->by->arg, what, done, of);
}

/* Is a keeper at work here?  Its number is in the lock file; an old number may be another's by now. */
static bool
is_kept(const struct ledger *l)
{
	char digits[24];
	int fd = openat(l->dir_fd, "lock", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	ssize_t n = fd != -1 ? read(fd, digits, sizeof(digits) - 1) : 0;
	long pid;

	if (fd != -1)
		close(fd);
	if (n <= 0)
		return false;
	digits[n] = '\0';
	pid = strtol(digits, NULL, 10);
	return pid > 0 && pid != getpid() && (kill((pid_t)pid, 0) == 0 || errno == EPERM);
}

/* SQLite's own look at its pages and indexes. */
static bool
check_pages(struct verifying *v)
{
	sqlite3_stmt *st = NULL;
	int rc;

	if (is_kept(v->l)) {
		verify_note(v,
		    "poold is at work, so only what is in the pages was checked, not the "
		    "pages themselves. Verify a backup, or stop poold first.");
		return true;
	}
	v->check->pages = true;
	progress(v, "pages", 0, 0);
	if (sqlite3_prepare_v2(v->l->db, "PRAGMA integrity_check(20)", -1, &st, NULL) !=
	    SQLITE_OK)
		return ledger_fail_sql(v->l, "check the pages");
	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		struct text said = ledger_column(st, 0);

		if (!text_is(said, "ok"))
			verify_found(v, "The database is damaged: %.*s.", TEXT_ARG(said));
	}
	if (rc != SQLITE_DONE)
		ledger_fail_sql(v->l, "check the pages");
	sqlite3_finalize(st);
	return rc == SQLITE_DONE;
}

/* How the page of a verdict begins; most begin as the one before. */
static void
check_head(struct verifying *v, int64_t head)
{
	if (head == 0 || head == v->head)
		return;
	v->head = head;
	if (!ledger_head_read(v->l, &v->bytes, head))
		verify_found(v, "%s", v->l->error);
}

/* One row of SQL_CHAIN against the link before it. */
static void
check_verdict(struct verifying *v, sqlite3_stmt *st)
{
	struct text id = ledger_column(st, 1), stored = ledger_column(st, 5);
	long long seq = sqlite3_column_int64(st, 2);
	unsigned char link[HASH_BYTES];

	v->check->verdicts++;
	if (!ledger_inflate(
		v->l, &v->bytes, ledger_column(st, 4), (uint64_t)sqlite3_column_int64(st, 3))) {
		verify_found(v,
		    "Verdict %.*s (arrival %lld) cannot be read: its compressed text is "
		    "damaged.",
		    TEXT_ARG(id), seq);
		buf_clear(&v->bytes);
	}
	if (!ledger_link(v->l, v->chain, id, buf_as_text(&v->bytes), link))
		verify_found(v, "Verdict %.*s (arrival %lld) was not checked: %s", TEXT_ARG(id),
		    seq, v->l->error);
	else if (stored.n != HASH_BYTES || memcmp(stored.p, link, HASH_BYTES) != 0)
		verify_found(v,
		    "Verdict %.*s (arrival %lld) does not match the chain: it, or the one "
		    "before it, was changed "
		    "after it was recorded.",
		    TEXT_ARG(id), seq);
	/* Go on from what is stored, so that one change is reported once. */
	if (stored.n == HASH_BYTES)
		memcpy(v->chain, stored.p, HASH_BYTES);
	if (sqlite3_column_int(st, 6) == 0)
		verify_found(v,
		    "Revision %lld of arrival %lld does not follow the one before it, which is "
		    "missing.",
		    (long long)sqlite3_column_int64(st, 7), seq);
	check_head(v, sqlite3_column_int64(st, 8));
}

/*
 * A log that is long begins anew with the first commit that no reader is in the way of: let there be one.
 */
static void
make_way(const struct ledger *l)
{
	struct stat st;

	if (fstatat(l->dir_fd, LEDGER_FILE "-wal", &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    st.st_size > WAL_LONG && is_kept(l))
		usleep(PAUSE_US);
}

bool
verify_pieces(struct verifying *v, enum ledger_sql which, const char *what, uint64_t of,
    void (*each)(struct verifying *, sqlite3_stmt *))
{
	int64_t after = 0;
	uint64_t done = 0;
	int rc, n;

	do {
		sqlite3_stmt *st = ledger_statement(v->l, which);

		if (!ledger_bind(v->l, st, "ii", after, (int64_t)PIECE))
			return false;
		for (n = 0; (rc = ledger_step(v->l, st, "read it")) == 1; n++) {
			after = sqlite3_column_int64(st, 0);
			each(v, st);
		}
		done += (uint64_t)n;
		progress(v, what, done, of);
		make_way(v->l);
	} while (rc == 0 && n == PIECE);
	return rc == 0;
}

static void
check_sequence(struct verifying *v, sqlite3_stmt *st)
{
	uint64_t sequence = (uint64_t)sqlite3_column_int64(st, 0);

	/* the last that was pruned, now: a keeper goes on while we look */
	if (sequence != v->sequence + 1 &&
	    sequence - 1 > (uint64_t)sqlite3_column_int64(st, 1) &&
	    sqlite3_column_int(st, 2) == 0)
		verify_found(v, "Events %llu to %llu are missing from the outbox.",
		    (unsigned long long)v->sequence + 1, (unsigned long long)sequence - 1);
	v->sequence = sequence;
	v->check->records++;
}

/* From `pruned_told` on there is no gap; before it there is nothing. */
static bool
check_outbox(struct verifying *v)
{
	int64_t pruned = ledger_number(v->l, SQL_NUMBER, "pruned_told");

	if (pruned < 0)
		return false;
	v->sequence = (uint64_t)pruned;
	if (pruned > 0)
		verify_note(v,
		    "Records up to %lld were told to syslog long ago and have been pruned.",
		    (long long)pruned);
	return verify_pieces(v, SQL_SEQUENCES, "records", 0, check_sequence);
}

/* What is kept up beside the rows has to agree with them; one statement each, so one moment. */
static bool
check_counts(struct verifying *v)
{
	static const struct {
		enum ledger_sql sql;
		const char *problem;
	} looks[] = {
		{ SQL_CHECK_TALLY,
		    "The counts do not agree with the verdicts: rows are missing, or "
		    "were added by another program." },
		{ SQL_CHECK_WAITING,
		    "What waits to be judged again does not agree with the "
		    "undetermined verdicts." },
	};

	for (size_t i = 0; i < sizeof(looks) / sizeof(*looks); i++) {
		int64_t same = ledger_number(v->l, looks[i].sql, NULL);

		if (same == -1)
			return false;
		if (same == 0)
			verify_found(v, "%s", looks[i].problem);
	}
	return true;
}

static bool
check_chain(struct verifying *v)
{
	bool ok =
	    verify_pieces(v, SQL_CHAIN, "verdicts", v->l->tail.tally.arrivals, check_verdict);

	ledger_hex(v->chain, v->check->chain);
	return ok;
}

bool
ledger_verify(struct ledger *l, const struct ledger_verifier *by, struct ledger_check *check)
{
	struct verifying v = { .l = l, .check = check, .by = by };
	bool ok;

	*check = (struct ledger_check){ 0 };
	ok = check_pages(&v) && check_chain(&v) && verify_arrivals(&v) && check_outbox(&v) &&
	    check_counts(&v);
	buf_free(&v.bytes);
	return ok;
}
