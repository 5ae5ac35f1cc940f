/*
 * The ledger in SQLite: opening, the lock, transactions, sequence numbers, rest.
 *
 * One file, one writer.  Write-ahead log with synchronous=FULL: a commit is on disk when it
 * returns, at the price of one sync however many submissions it holds, and readers are never in
 * the way. Checkpoints copy the log back, so none happens inside a commit while that can wait:
 * ledger_idle() does it, or, in a flood, each commit after which the log has 8 MB (measured: with 32 MB the
 * longest commit took twice as long, and the flood was no faster).  A reader's snapshot keeps the log
 * from beginning anew, so readers of ours read in pieces.
 *
 *   ledger_sqlite_schema.c   tables, migrations      ledger_sqlite_sql.c      statements, errors
 *   ledger_sqlite_record.c   what is written         ledger_sqlite_content.c  bytes: zlib, files, hashes
 *   ledger_sqlite_read.c     publishing, outbox      ledger_sqlite_list.c     for people
 *   ledger_sqlite_history.c  what conditions need    ledger_sqlite_verify.c   is it all still true?
 *   ledger_sqlite_prune.c    what goes in time       ledger_sqlite_backup.c   copies
 *   ledger_sqlite_system.c   locks and reads that fail
 *
 * What a rollback must undo outside SQLite (last number of the outbox, last link of the chain)
 * is in one struct that is copied at begin and copied back.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/fault.h"
#include "daemon/ledger_sqlite.h"
#include "daemon/lock.h"

const char *
ledger_error(const struct ledger *l)
{
	return l->error;
}

/* Who holds the lock, for the sentence; 0: not known. */
static long
lock_holder(int fd)
{
	char digits[24];
	ssize_t n = pread(fd, digits, sizeof(digits) - 1, 0);

	if (n <= 0)
		return 0;
	digits[n] = '\0';
	return strtol(digits, NULL, 10);
}

/* One keeper a ledger.  The lock goes with the process, however it ends. */
static bool
take_lock(struct ledger *l)
{
	char digits[24];
	int n;

	l->lock_fd = openat(l->dir_fd, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (l->lock_fd == -1)
		return ledger_fail(l,
		    "Could not open %s/lock: %s. poold must be able to write there.", l->dir,
		    strerror(errno));
	if (!lock_take(l->lock_fd)) {
		if (errno == EWOULDBLOCK)
			return ledger_fail(l,
			    "Another poold (process %ld) is using the ledger in %s. Stop it "
			    "first, or give this one "
			    "a state directory of its own.",
			    lock_holder(l->lock_fd), l->dir);
		return ledger_fail(l, "Could not lock %s/lock: %s.", l->dir, strerror(errno));
	}
	n = snprintf(digits, sizeof(digits), "%ld\n", (long)getpid());
	if (ftruncate(l->lock_fd, 0) == -1 || pwrite(l->lock_fd, digits, (size_t)n, 0) != n)
		return ledger_fail(l, "Could not write %s/lock: %s.", l->dir, strerror(errno));
	return true;
}

/* After each commit SQLite says how long the log is; nothing is checkpointed here. */
static int
on_wal(void *arg, sqlite3 *db, const char *name, int pages)
{
	struct ledger *l = arg;

	(void)db;
	(void)name;
	l->wal_pages = pages;
	return SQLITE_OK;
}

static bool
open_database(struct ledger *l, int flags, const char *pragmas)
{
	char *message = NULL;

	ledger_system_calls();
	if (sqlite3_open_v2(l->path, &l->db, flags | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_NOMUTEX,
		NULL) != SQLITE_OK)
		return ledger_fail_sql(l, "open the database");
	/* SQLite opens read-only what it cannot open for writing, if only just now: better not to begin */
	if ((flags & SQLITE_OPEN_READWRITE) != 0 && sqlite3_db_readonly(l->db, "main") == 1)
		return ledger_fail(l,
		    "The ledger %s cannot be opened for writing. See that poold owns it and "
		    "its "
		    "folder, that the disk is not mounted read-only, and that poold may open "
		    "enough files (LimitNOFILE).",
		    l->path);
	sqlite3_extended_result_codes(l->db, 1);
	sqlite3_busy_timeout(l->db, 2000);
	sqlite3_db_config(l->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(l->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	if (sqlite3_exec(l->db, pragmas, NULL, NULL, &message) != SQLITE_OK) {
		sqlite3_free(message);
		return ledger_fail_sql(l, "open the database");
	}
	return true;
}

/* The columns of the table tally, in order. */
static bool
load_tally(struct ledger *l)
{
	sqlite3_stmt *st = ledger_statement(l, SQL_TALLY);
	struct ledger_tally *tally = &l->tail.tally;
	int rc = st != NULL ? ledger_step(l, st, "read the counts") : -1;

	if (rc == 0)
		ledger_fail(l,
		    "The counts are missing from the ledger %s. Restore the last backup.",
		    l->path);
	if (rc != 1)
		return false;
	tally->arrivals = (uint64_t)sqlite3_column_int64(st, 0);
	tally->unpublished = (uint64_t)sqlite3_column_int64(st, 1);
	for (int i = 0; i < OUTCOMES; i++)
		tally->by_outcome[i] = (uint64_t)sqlite3_column_int64(st, 2 + i);
	sqlite3_reset(st);
	return true;
}

static bool
write_tally(struct ledger *l)
{
	const struct ledger_tally *t = &l->tail.tally;

	if (memcmp(t, &l->tail_at_begin.tally, sizeof(*t)) == 0)
		return true;
	return ledger_run(l, SQL_SET_TALLY, "note the counts", "iiiiiii", (int64_t)t->arrivals,
	    (int64_t)t->unpublished, (int64_t)t->by_outcome[UNREADABLE],
	    (int64_t)t->by_outcome[NON_COMPLIANT], (int64_t)t->by_outcome[UNDETERMINED],
	    (int64_t)t->by_outcome[QUERIED], (int64_t)t->by_outcome[COMPLIANT]);
}

/* The last backup that was put back, if any. */
static bool
load_restored(struct ledger *l)
{
	sqlite3_stmt *st = ledger_statement(l, SQL_RESTORED);
	int rc = st != NULL ? ledger_step(l, st, "read where it stands") : -1;

	if (rc == 1) {
		l->restored = sqlite3_column_int64(st, 0);
		l->gap_sequence = (uint64_t)sqlite3_column_int64(st, 2);
		l->gap = l->gap_sequence + 1 - (uint64_t)sqlite3_column_int64(st, 1);
		sqlite3_reset(st);
	}
	return rc >= 0 && (l->backup_us = ledger_number(l, SQL_BACKUP, NULL)) >= 0;
}

/* Where the last keeper left off. */
bool
ledger_load_tail(struct ledger *l)
{
	int64_t reserved = ledger_number(l, SQL_NUMBER, "reserved"),
		last = ledger_number(l, SQL_LAST_SEQ, NULL);
	int64_t told = ledger_number(l, SQL_NUMBER, "told"),
		sequence = ledger_number(l, SQL_LAST_SEQUENCE, NULL);
	sqlite3_stmt *st = ledger_statement(l, SQL_LAST_CHAIN);
	int row;

	if (reserved < 0 || last < 0 || told < 0 || sequence < 0 || st == NULL)
		return false;
	/* What is left of the last block may have been given to claims: never again. */
	l->reserved = reserved > last ? reserved : last;
	l->next_seq = l->reserved + 1;
	l->told = l->told_written = (uint64_t)told;
	l->tail.sequence = (uint64_t)(sequence > told ? sequence : told);
	if ((row = ledger_step(l, st, "read the last verdict")) == 1) {
		struct text chain = ledger_column(st, 0);
		if (chain.n == HASH_BYTES)
			memcpy(l->tail.chain, chain.p, HASH_BYTES);
		sqlite3_reset(st);
	}
	return row >= 0 && load_tally(l) && load_restored(l);
}

static struct ledger *
ledger_new(const char *dir)
{
	struct ledger *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return NULL;
	l->dir_fd = l->lock_fd = -1;
	l->dir = strdup(dir);
	if (l->dir == NULL || asprintf(&l->path, "%s/%s", dir, LEDGER_FILE) == -1) {
		free(l->dir);
		free(l);
		return NULL;
	}
	return l;
}

static bool
open_dir(struct ledger *l)
{
	l->dir_fd = open(l->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return l->dir_fd != -1 ||
	    ledger_fail(l,
		"Could not open the state directory %s: %s. Make it, and give it to the user "
		"that "
		"poold runs as.",
		l->dir, strerror(errno));
}

/* The ledger, or NULL with the sentence handed to the caller. */
static struct ledger *
opened(struct ledger *l, bool ok, char *why, size_t why_size)
{
	if (ok)
		return l;
	snprintf(why, why_size, "%s", l->error);
	ledger_close(l);
	return NULL;
}

struct ledger *
ledger_open(const char *dir, char *why, size_t why_size)
{
	struct ledger *l = ledger_new(dir);
	bool ok;

	if (l == NULL) {
		snprintf(why, why_size, "There is no memory to open the ledger.");
		return NULL;
	}
	ok = open_dir(l) && take_lock(l) &&
	    open_database(l, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
		"PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA "
		"wal_autocheckpoint = 0;"
		"PRAGMA foreign_keys = ON; PRAGMA cache_size = -6000; PRAGMA "
		"journal_size_limit = 16777216;"
		/* the same of its log */
		"BEGIN IMMEDIATE; ROLLBACK") &&
	    ledger_migrate(l) && ledger_head_begin(l) && ledger_load_tail(l);
	if (ok) {
		sqlite3_wal_hook(l->db, on_wal, l);
		/* The files' names are to survive a power cut as well. */
		if (fsync(l->dir_fd) == -1)
			ok = ledger_fail(
			    l, "Could not write %s to disk: %s.", l->dir, strerror(errno));
	}
	return opened(l, ok, why, why_size);
}

struct ledger *
ledger_open_to_read(const char *dir, char *why, size_t why_size)
{
	struct ledger *l = ledger_new(dir);
	bool ok;

	if (l == NULL) {
		snprintf(why, why_size, "There is no memory to open the ledger.");
		return NULL;
	}
	ok = open_dir(l) && open_database(l, SQLITE_OPEN_READONLY, "PRAGMA query_only = ON") &&
	    ledger_check_schema(l) && ledger_load_tail(l);
	return opened(l, ok, why, why_size);
}

void
ledger_close(struct ledger *l)
{
	if (l == NULL)
		return;
	if (l->in_transaction)
		ledger_rollback(l);
	if (l->db != NULL && l->told_changed)
		ledger_idle(l);
	for (size_t i = 0; i < SQL_STATEMENTS; i++)
		sqlite3_finalize(l->statements[i]);
	sqlite3_close(l->db);
	for (size_t i = 0; i < sizeof(l->scratch) / sizeof(*l->scratch); i++)
		buf_free(&l->scratch[i]);
	if (l->lock_fd != -1)
		close(l->lock_fd);
	if (l->dir_fd != -1)
		close(l->dir_fd);
	free(l->path);
	free(l->dir);
	free(l);
}

/* Make the next block ours, on disk, before any number of it is given. */
static bool
reserve(struct ledger *l)
{
	int64_t block = l->reserved + SEQ_BLOCK;

	if (!ledger_run(l, SQL_RESERVE, "reserve sequence numbers", "i", block))
		return false;
	l->reserved = block;
	fault_at(FAULT_RESERVED);
	return true;
}

int64_t
ledger_next_seq(struct ledger *l)
{
	if (l->next_seq > l->reserved) {
		/* A rollback would take the reservation back after its numbers were given. */
		if (l->in_transaction) {
			ledger_fail(
			    l, "No reserved sequence numbers are left inside a transaction.");
			return -1;
		}
		if (!reserve(l))
			return -1;
	}
	return l->next_seq++;
}

bool
ledger_has_seq(const struct ledger *l)
{
	return !l->in_transaction || l->next_seq <= l->reserved;
}

bool
ledger_gave(const struct ledger *l, int64_t seq)
{
	return seq > l->restored && seq < l->next_seq;
}

bool
ledger_begin(struct ledger *l)
{
	if (l->in_transaction)
		return ledger_fail(l, "A transaction is open already.");
	if (l->reserved - l->next_seq + 1 < SEQ_LOW && !reserve(l))
		return false;
	if (!ledger_run(l, SQL_BEGIN, "begin to record", ""))
		return false;
	l->in_transaction = true;
	l->broken = false;
	l->tail_at_begin = l->tail;
	return true;
}

void
ledger_rollback(struct ledger *l)
{
	if (!l->in_transaction)
		return;
	/* Some errors make SQLite roll back by itself; the sentence of the first error is kept. */
	if (!sqlite3_get_autocommit(l->db))
		sqlite3_exec(l->db, "ROLLBACK", NULL, NULL, NULL);
	l->in_transaction = false;
	l->tail = l->tail_at_begin;
}

static bool
write_told(struct ledger *l)
{
	if (!l->told_changed)
		return true;
	if (!ledger_run(l, SQL_SET_NUMBER, "note how far syslog was told", "ti", TEXT("told"),
		(int64_t)l->told))
		return false;
	l->told_written = l->told;
	return true;
}

static void
checkpoint(struct ledger *l)
{
	/* Passive: waits for nobody.  What it could not do is done next time. */
	int pages = 0, done = -1;

	if (sqlite3_wal_checkpoint_v2(l->db, NULL, SQLITE_CHECKPOINT_PASSIVE, &pages, &done) ==
		SQLITE_OK &&
	    pages == done) {
		l->wal_pages = 0;
		l->wal_next = WAL_TOO_LONG;
	} else
		l->wal_next = l->wal_pages + WAL_AGAIN;
	fault_at(FAULT_CHECKPOINTED);
}

bool
ledger_commit(struct ledger *l)
{
	if (!l->in_transaction)
		return ledger_fail(l, "No transaction is open.");
	if (l->broken || !write_told(l) || !write_tally(l) ||
	    !ledger_run(l, SQL_COMMIT, "record", "")) {
		ledger_rollback(l);
		return false;
	}
	l->in_transaction = false;
	l->told_changed = false;
	if (l->wal_pages > WAL_TOO_LONG && l->wal_pages > l->wal_next)
		checkpoint(l);
	return true;
}

void
ledger_idle(struct ledger *l)
{
	if (l->in_transaction)
		return;
	if (write_told(l))
		l->told_changed = false;
	if (l->wal_pages > 0)
		checkpoint(l);
}

bool
ledger_wants_idle(const struct ledger *l)
{
	return l->wal_pages > WAL_QUIET &&
	    (l->wal_next <= WAL_TOO_LONG || l->wal_pages > l->wal_next);
}

uint64_t
ledger_spooled(struct ledger *l)
{
	return l->in_transaction ? l->tail_at_begin.sequence : l->tail.sequence;
}

uint64_t
ledger_told(struct ledger *l)
{
	return l->told;
}

bool
ledger_untell(struct ledger *l, uint64_t sequence)
{
	uint64_t first;

	if (sequence >= l->told || !ledger_first_kept(l, &first))
		return true;
	l->told = sequence + 1 < first ? first - 1 : sequence;
	l->told_changed = true;
	if (l->in_transaction)
		return true;
	if (!write_told(l))
		return false;
	l->told_changed = false;
	return true;
}

/*
 * Written with the next commit, when idle, or every so many: telling twice is allowed, a sync
 * for each is not.
 */
bool
ledger_mark_told(struct ledger *l, uint64_t sequence)
{
	if (sequence <= l->told)
		return true;
	l->told = sequence;
	l->told_changed = true;
	if (l->in_transaction || sequence - l->told_written < TOLD_EVERY)
		return true;
	if (!write_told(l))
		return false;
	l->told_changed = false;
	return true;
}
