/*
 * Private to ledger_sqlite*.c: what is behind struct ledger.
 */
#ifndef DAEMON_LEDGER_SQLITE_H
#define DAEMON_LEDGER_SQLITE_H

#include <sqlite3.h>
#include <zlib.h>

#include "daemon/deflate.h"
#include "daemon/ledger.h"

#define LEDGER_FILE   "ledger.db"
#define SEQ_BLOCK     1000
#define SEQ_LOW       500       /* fewer left than this: reserve before a transaction */
#define CONTENT_LIMIT (1 << 20) /* longer submissions are files of their own */
#define HASH_BYTES    32
#define TOLD_EVERY    2000 /* records told before that is written for its own sake */
#define WAL_QUIET     200  /* pages: a quiet moment is to be used, so that no commit has to */
#define WAL_TOO_LONG \
	2000 /* pages, 8 MB: checkpoint even when never idle; more of them at once stall a commit */
#define WAL_AGAIN 500 /* so many more, when a reader was in the way */

/* arrival.kept */
enum kept { KEPT_NOT, KEPT_ROW, KEPT_FILE };

/* Statements, prepared once and kept; the texts are in ledger_sqlite_sql.c. */
enum ledger_sql {
	SQL_BEGIN,
	SQL_COMMIT,
	SQL_ROLLBACK,
	SQL_RESERVE,
	SQL_NUMBER,
	SQL_LAST_SEQ,
	SQL_LAST_SEQUENCE,
	SQL_LAST_CHAIN,
	SQL_TALLY,
	SQL_SET_TALLY,
	SQL_SET_NUMBER,
	SQL_DELETE_NUMBER,
	SQL_BACKUP,
	SQL_RESTORED,
	SQL_INSERT_RESTORED,
	SQL_INSERT_ARRIVAL,
	SQL_INSERT_VERDICT,
	SQL_INSERT_HEAD,
	SQL_FIND_HEAD,
	SQL_HEAD,
	SQL_INSERT_BUDGET,
	SQL_INSERT_UNPUBLISHED,
	SQL_INSERT_OUTBOX,
	SQL_INSERT_UNDETERMINED,
	SQL_DELETE_UNDETERMINED,
	SQL_SUPERSEDED,
	SQL_HAS,
	SQL_IDENTICAL,
	SQL_UNDETERMINED,
	SQL_AGAIN_SEQ,
	SQL_AGAIN_ID,
	SQL_UNPUBLISHED,
	SQL_BODY,
	SQL_DELETE_UNPUBLISHED,
	SQL_OUTBOX,
	SQL_OUTBOX_FIRST,
	SQL_OUTBOX_WHEN,
	SQL_PREVIOUS,
	SQL_VERSION,
	SQL_PERIOD,
	SQL_RETURN,
	SQL_SHOW_ID,
	SQL_SHOW_SEQ,
	SQL_OLD,
	SQL_WANTED,
	SQL_TOMBSTONE,
	SQL_EMPTY_ARRIVAL,
	SQL_EMPTY_REPORTS,
	SQL_DELETE_BUDGETS,
	SQL_CONTENT_NEEDED,
	SQL_OUTBOX_OLD,
	SQL_DELETE_OUTBOX,
	SQL_CHAIN,
	SQL_ARRIVALS,
	SQL_SEQUENCES,
	SQL_PRUNED,
	SQL_CHECK_TALLY,
	SQL_CHECK_WAITING,
	SQL_STATEMENTS
};

/* What a rollback has to restore. */
struct ledger_tail {
	uint64_t sequence; /* last of the outbox */
	unsigned char chain[HASH_BYTES];
	struct ledger_tally {
		uint64_t arrivals, unpublished, by_outcome[OUTCOMES];
	} tally;
};

struct ledger {
	sqlite3 *db;
	sqlite3_stmt *statements[SQL_STATEMENTS];
	char *dir, *path;
	int dir_fd, lock_fd;
	bool in_transaction, broken, told_changed;
	int64_t last_row;           /* of the verdict recorded last */
	int64_t next_seq, reserved; /* reserved: the last number that is ours to give */
	uint64_t told, told_written;
	struct ledger_tail tail, tail_at_begin;
	int wal_pages;
	int wal_next;      /* a commit that makes the log longer than that checkpoints */
	int backups;       /* being made: nothing is pruned */
	int64_t backup_us; /* this is a copy that was put back; 0: it is not */
	int64_t restored;  /* numbers of arrivals up to here may be of a life that was lost */
	uint64_t gap, gap_sequence; /* records that never were: so many, up to this number */
	int64_t
	    head; /* number of our own pages' beginning; 0: none that is whole, they are kept so */
	struct buf scratch[3];
	char error[1024];
};

/* ledger_sqlite_sql.c */
/* A sentence in ledger_error(); always false. */
bool ledger_fail(struct ledger *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The same from what SQLite said last; doing: "record a verdict". */
bool ledger_fail_sql(struct ledger *, const char *doing);
/* Before a database is opened: see ledger_sqlite_system.c. */
void ledger_system_calls(void);
/* Did the disk refuse a read of SQLite's (EIO) since this was asked last? */
bool ledger_read_was_refused(void);
/* A kept statement, reset and with nothing bound; NULL: failed. */
sqlite3_stmt *ledger_statement(struct ledger *, enum ledger_sql);
/* One letter an argument: i int64_t, t struct text, b struct text as a blob. */
bool ledger_bind(struct ledger *, sqlite3_stmt *, const char *letters, ...);
/* 1: a row; 0: done (and reset); -1: failed (and reset), with a sentence. */
int ledger_step(struct ledger *, sqlite3_stmt *, const char *doing);
/* Statement, bindings and one step that gives no row. */
bool ledger_run(struct ledger *, enum ledger_sql, const char *doing, const char *letters, ...);
/* The one number of a statement, with a text to bind or NULL; -1: failed. */
int64_t ledger_number(struct ledger *, enum ledger_sql, const char *name);
struct text ledger_column(sqlite3_stmt *, int column);

/* ledger_sqlite.c: where the ledger stands, from what is on disk. */
bool ledger_load_tail(struct ledger *);

/* ledger_sqlite_head.c: pages without their beginning, which is kept once. */
/* Before anything is recorded: our own beginning has a number, or is damaged. */
bool ledger_head_begin(struct ledger *);
/* What is to be kept of a page, and the number of the beginning that it is kept without; 0: none. */
struct text ledger_head_cut(const struct ledger *, struct text html, int64_t *number);
/* The beginning of this number, which is what it was; false: missing or damaged. */
bool ledger_head_read(struct ledger *, struct buf *out, int64_t number);
/* The page of so many bytes again. */
bool ledger_head_put(
    struct ledger *, struct buf *out, int64_t number, struct text deflated, uint64_t size);

/* ledger_sqlite_schema.c: create, migrate, refuse what is newer. */
bool ledger_migrate(struct ledger *);
bool ledger_check_schema(struct ledger *);

/* ledger_sqlite_content.c */
bool ledger_deflate(struct ledger *, enum deflate_kind, struct buf *out, struct text);
bool ledger_inflate(struct ledger *, struct buf *out, struct text deflated, uint64_t size);
bool ledger_content_write(struct ledger *, struct text sha256, struct text bytes);
bool ledger_content_read(struct ledger *, struct buf *out, struct text sha256, uint64_t size);
bool ledger_content_remove(struct ledger *, struct text sha256);
/* An arrival's bytes, whichever way they are kept. */
bool ledger_bytes(struct ledger *, struct buf *out, enum kept, struct text stored,
    struct text sha256, uint64_t size);
void ledger_hex(const unsigned char hash[HASH_BYTES], char hex[2 * HASH_BYTES + 1]);
/* SHA-256(previous, id, SHA-256(json)); false: no memory. */
bool ledger_link(struct ledger *, const unsigned char previous[HASH_BYTES], struct text id,
    struct text json, unsigned char link[HASH_BYTES]);

/* A word of outcome_names[]; false: none of them. */
bool ledger_outcome(struct text, enum outcome *);
/* A sequence number as text; false: it is an id, then. */
bool ledger_read_seq(struct text, int64_t *seq);

#endif
