/* What the files of ledger_verify() share. */
#ifndef DAEMON_LEDGER_VERIFY_H
#define DAEMON_LEDGER_VERIFY_H

#include <fcntl.h>

#include "daemon/ledger_sqlite.h"

struct verifying {
	struct ledger *l;
	struct ledger_check *check;
	const struct ledger_verifier *by;
	struct buf bytes;
	unsigned char chain[HASH_BYTES]; /* the last link */
	uint64_t sequence;               /* the last record */
	int64_t pruned_first, pruned_last;
	int64_t head; /* of pages, the one that was looked at last */
};

void verify_found(struct verifying *, const char *, ...) __attribute__((format(printf, 2, 3)));
void verify_note(struct verifying *, const char *, ...) __attribute__((format(printf, 2, 3)));
/* A statement of (after, most) in pieces; its first column is where to go on. */
bool verify_pieces(struct verifying *, enum ledger_sql, const char *what, uint64_t of,
    void (*each)(struct verifying *, sqlite3_stmt *));
/* ledger_sqlite_verify_bytes.c: arrivals, their bytes, content files. */
bool verify_arrivals(struct verifying *);

#endif
