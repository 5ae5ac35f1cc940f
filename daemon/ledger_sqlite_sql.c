/*
 * The ledger's SQL in one table, the statements made from it, and what SQLite's errors mean in
 * words.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "daemon/disk.h"
#include "daemon/ledger_sqlite.h"

/* The newest revision of its arrival. */
#define NEWEST                                                                       \
	" NOT EXISTS (SELECT 1 FROM verdict n WHERE n.seq = v.seq AND n.revision > " \
	"v.revision)"
#define ACCEPTED " v.outcome IN ('compliant', 'queried')"
#define PAST                                                                              \
	"SELECT v.id, a.sha256, a.region, v.form, v.area, v.period, a.received, b.size, " \
	"b.json"                                                                          \
	" FROM verdict v JOIN arrival a USING (seq) JOIN budget b ON b.verdict = v.row"
/* Everything that judging again needs; of the arrival with this number. */
#define AGAIN                                                                               \
	"SELECT v.seq, v.revision, v.id, a.region, a.name, a.sha256, a.size, a.kept,"       \
	" a.received, a.bytes,"                                                             \
	" (SELECT w.id FROM arrival b JOIN verdict w USING (seq) WHERE b.region = a.region" \
	" AND b.sha256 = a.sha256 AND b.seq < a.seq ORDER BY b.seq, w.revision LIMIT 1),"   \
	" a.still_changing, EXISTS (SELECT 1 FROM pruned p WHERE p.seq = a.seq)"            \
	" FROM arrival a JOIN verdict v ON v.seq = a.seq"                                   \
	" AND v.revision = (SELECT max(revision) FROM verdict n WHERE n.seq = a.seq)"       \
	" WHERE a.seq = "

static const char *const texts[SQL_STATEMENTS] = {
	[SQL_BEGIN] = "BEGIN IMMEDIATE",
	[SQL_COMMIT] = "COMMIT",
	[SQL_ROLLBACK] = "ROLLBACK",
	[SQL_RESERVE] = "UPDATE number SET value = max(value, ?1) WHERE name = 'reserved'",
	[SQL_NUMBER] = "SELECT value FROM number WHERE name = ?1",
	[SQL_LAST_SEQ] = "SELECT coalesce(max(seq), 0) FROM arrival",
	[SQL_LAST_SEQUENCE] = "SELECT max((SELECT coalesce(max(sequence), 0) FROM outbox),"
			      " (SELECT coalesce(max(last_sequence), 0) FROM restored))",
	[SQL_LAST_CHAIN] = "SELECT chain FROM verdict ORDER BY row DESC LIMIT 1",
	[SQL_TALLY] = "SELECT arrivals, unpublished, unreadable, non_compliant, undetermined,"
		      " queried, compliant FROM tally",
	[SQL_SET_TALLY] =
	    "UPDATE tally SET arrivals = ?1, unpublished = ?2, unreadable = ?3,"
	    " non_compliant = ?4, undetermined = ?5, queried = ?6, compliant = ?7",
	[SQL_SET_NUMBER] = "UPDATE number SET value = ?2 WHERE name = ?1",
	[SQL_DELETE_NUMBER] = "DELETE FROM number WHERE name = ?1",
	[SQL_BACKUP] = "SELECT coalesce((SELECT value FROM number WHERE name = 'backup'), 0)",
	[SQL_RESTORED] = "SELECT last_seq, first_sequence, last_sequence FROM restored"
			 " ORDER BY last_sequence DESC LIMIT 1",
	[SQL_INSERT_RESTORED] = "INSERT INTO restored VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
	[SQL_INSERT_ARRIVAL] =
	    "INSERT INTO arrival VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
	[SQL_INSERT_VERDICT] =
	    "INSERT INTO verdict (id, seq, revision, supersedes, rulebook, outcome,"
	    " form, area, period, headline, at_stake, chain, json_size, html_size,"
	    " json, html, html_head) VALUES"
	    " (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
	[SQL_INSERT_HEAD] = "INSERT INTO html_head (sha256, bytes) VALUES (?1, ?2)",
	[SQL_FIND_HEAD] = "SELECT number, bytes = ?2 FROM html_head WHERE sha256 = ?1",
	[SQL_HEAD] = "SELECT sha256, bytes FROM html_head WHERE number = ?1",
	[SQL_INSERT_BUDGET] = "INSERT INTO budget VALUES (?1, ?2, ?3)",
	[SQL_INSERT_UNPUBLISHED] = "INSERT INTO unpublished VALUES (?1)",
	[SQL_INSERT_OUTBOX] = "INSERT INTO outbox VALUES (?1, ?2, ?3)",
	[SQL_INSERT_UNDETERMINED] = "INSERT OR REPLACE INTO undetermined VALUES (?1, ?2)",
	[SQL_DELETE_UNDETERMINED] = "DELETE FROM undetermined WHERE seq = ?1",
	[SQL_SUPERSEDED] = "SELECT outcome FROM verdict WHERE seq = ?1 AND revision < ?2"
			   " ORDER BY revision DESC LIMIT 1",
	[SQL_HAS] = "SELECT 1 FROM verdict WHERE seq = ?1 LIMIT 1",
	[SQL_IDENTICAL] =
	    "SELECT v.id FROM arrival a JOIN verdict v USING (seq)"
	    " WHERE a.region = ?1 AND a.sha256 = ?2 ORDER BY a.seq, v.revision LIMIT 1",
	[SQL_UNDETERMINED] = AGAIN "(SELECT u.seq FROM undetermined u WHERE u.seq > ?1"
				   " AND u.rulebook <> ?2 ORDER BY u.seq LIMIT 1)",
	[SQL_AGAIN_SEQ] = AGAIN "?1",
	[SQL_AGAIN_ID] = AGAIN "(SELECT i.seq FROM verdict i WHERE i.id = ?1)",
	[SQL_UNPUBLISHED] =
	    "SELECT u.verdict, v.seq, v.revision, a.region, a.name, v.id, v.outcome,"
	    " a.sha256, a.size, a.kept"
	    " FROM unpublished u JOIN verdict v ON v.row = u.verdict"
	    " JOIN arrival a USING (seq) WHERE u.verdict > ?1 ORDER BY u.verdict",
	[SQL_BODY] = "SELECT a.bytes, v.json_size, v.html_size, v.json, v.html, v.html_head"
		     " FROM verdict v JOIN arrival a USING (seq) WHERE v.row = ?1",
	[SQL_DELETE_UNPUBLISHED] = "DELETE FROM unpublished WHERE verdict = ?1",
	[SQL_OUTBOX] = "SELECT sequence, when_us, packed FROM outbox WHERE sequence > ?1"
		       " ORDER BY sequence LIMIT ?2",
	[SQL_OUTBOX_FIRST] = "SELECT coalesce(min(sequence), 0) FROM outbox",
	/* from this number on: what was told may have gone from in between */
	[SQL_OUTBOX_WHEN] = "SELECT when_us FROM outbox WHERE sequence >= ?1"
			    " ORDER BY sequence LIMIT 1",
	/* ?1 form, ?2 area, ?3 period, ?4 before seq, ?5 region ('': any) */
	[SQL_PREVIOUS] =
	    PAST " WHERE v.form = ?1 AND v.area = ?2 AND v.period < ?3 AND v.period <> ''"
		 " AND v.seq < ?4 AND a.region = ?5 AND" ACCEPTED " AND" NEWEST
		 " ORDER BY v.period DESC, v.seq DESC LIMIT 1",
	[SQL_VERSION] =
	    PAST " WHERE v.form = ?1 AND v.area = ?2 AND v.period = ?3"
		 " AND v.seq < ?4 AND a.region = ?5 AND v.outcome <> 'unreadable' AND" NEWEST
		 " ORDER BY v.seq DESC LIMIT 1",
	[SQL_PERIOD] = "SELECT period FROM verdict WHERE form = ?1 AND area = ?2"
		       " AND period > ?3 ORDER BY period LIMIT 1",
	[SQL_RETURN] = PAST " WHERE v.form = ?1 AND v.area = ?2 AND v.period = ?3"
			    " AND v.seq < ?4 AND (?5 = '' OR a.region = ?5) AND" ACCEPTED
			    " AND" NEWEST " ORDER BY v.seq DESC LIMIT 1",
	[SQL_SHOW_ID] = "SELECT json_size, json FROM verdict WHERE id = ?1",
	[SQL_SHOW_SEQ] = "SELECT json_size, json FROM verdict WHERE seq = ?1"
			 " ORDER BY revision DESC LIMIT 1",
	[SQL_OLD] = "SELECT a.seq, a.received, a.kept, a.size, a.sha256, a.region, v.row,"
		    " v.outcome, v.form, v.area, v.period,"
		    " EXISTS (SELECT 1 FROM pruned p WHERE p.seq = a.seq),"
		    " EXISTS (SELECT 1 FROM verdict r JOIN unpublished u ON u.verdict = r.row"
		    " WHERE r.seq = a.seq),"
		    " a.seq <= (SELECT coalesce(max(seq), 0) FROM undetermined)"
		    " FROM arrival a JOIN verdict v ON v.seq = a.seq AND v.revision ="
		    " (SELECT max(revision) FROM verdict n WHERE n.seq = a.seq)"
		    " WHERE a.seq > ?1 ORDER BY a.seq LIMIT ?2",
	/* ?1 form, ?2 area, ?3 period, ?4 seq, ?5 region, ?6 row: is there none that takes its place? */
	[SQL_WANTED] =
	    "SELECT NOT EXISTS (SELECT 1 FROM verdict v JOIN arrival a USING (seq)"
	    " WHERE v.form = ?1 AND v.area = ?2 AND v.period = ?3 AND v.seq > ?4"
	    " AND a.region = ?5 AND v.outcome <> 'unreadable' AND" NEWEST ")"
	    " OR ((SELECT outcome FROM verdict WHERE row = ?6) IN ('compliant', 'queried')"
	    " AND NOT EXISTS (SELECT 1 FROM verdict v JOIN arrival a USING (seq)"
	    " WHERE v.form = ?1 AND v.area = ?2 AND v.period = ?3 AND v.seq > ?4"
	    " AND a.region = ?5 AND" ACCEPTED " AND" NEWEST "))",
	[SQL_TOMBSTONE] = "INSERT INTO pruned VALUES (?1, ?2, ?3)",
	[SQL_EMPTY_ARRIVAL] = "UPDATE arrival SET bytes = x'' WHERE seq = ?1",
	[SQL_EMPTY_REPORTS] = "UPDATE verdict SET html = x'' WHERE seq = ?1",
	[SQL_DELETE_BUDGETS] =
	    "DELETE FROM budget WHERE verdict IN (SELECT row FROM verdict WHERE seq = ?1)",
	[SQL_CONTENT_NEEDED] = "SELECT 1 FROM arrival a WHERE a.kept = 2 AND a.sha256 = ?1"
			       " AND NOT EXISTS (SELECT 1 FROM pruned p WHERE p.seq = a.seq)"
			       " LIMIT 1",
	[SQL_OUTBOX_OLD] = "SELECT sequence, when_us FROM outbox WHERE sequence <= ?1"
			   " ORDER BY sequence LIMIT ?2",
	[SQL_DELETE_OUTBOX] = "DELETE FROM outbox WHERE sequence <= ?1",
	[SQL_CHAIN] =
	    "SELECT row, id, seq, json_size, json, chain, revision = 1 OR EXISTS"
	    " (SELECT 1 FROM verdict o WHERE o.seq = v.seq"
	    " AND o.revision = v.revision - 1 AND o.id = v.supersedes), revision, html_head"
	    " FROM verdict v WHERE row > ?1 ORDER BY row LIMIT ?2",
	[SQL_ARRIVALS] = "SELECT seq, sha256, size, kept, bytes FROM arrival WHERE seq > ?1"
			 " ORDER BY seq LIMIT ?2",
	[SQL_SEQUENCES] = "SELECT sequence,"
			  " (SELECT value FROM number WHERE name = 'pruned_told'),"
			  " EXISTS (SELECT 1 FROM restored WHERE last_sequence = sequence - 1)"
			  " FROM outbox WHERE sequence > ?1 ORDER BY sequence LIMIT ?2",
	[SQL_PRUNED] = "SELECT when_us FROM pruned WHERE seq = ?1",
	[SQL_CHECK_TALLY] =
	    "SELECT (SELECT arrivals FROM tally) = (SELECT count(*) FROM arrival)"
	    " AND (SELECT unpublished FROM tally) = (SELECT count(*) FROM unpublished)"
	    " AND NOT EXISTS (SELECT outcome, sum(n) AS total FROM"
	    " (SELECT outcome, count(*) AS n FROM verdict v WHERE" NEWEST " GROUP BY outcome"
	    " UNION ALL SELECT 'unreadable', -unreadable FROM tally"
	    " UNION ALL SELECT 'non-compliant', -non_compliant FROM tally"
	    " UNION ALL SELECT 'undetermined', -undetermined FROM tally"
	    " UNION ALL SELECT 'queried', -queried FROM tally"
	    " UNION ALL SELECT 'compliant', -compliant FROM tally)"
	    " GROUP BY outcome HAVING total <> 0)",
	[SQL_CHECK_WAITING] =
	    "SELECT (SELECT count(*) FROM undetermined) = (SELECT count(*) FROM verdict v"
	    " JOIN arrival a USING (seq) WHERE v.outcome = 'undetermined' AND a.kept <> 0"
	    " AND" NEWEST ") AND NOT EXISTS (SELECT 1 FROM undetermined u JOIN verdict v"
	    " USING (seq) WHERE v.outcome <> 'undetermined' AND" NEWEST ")",
};

/* SQLite's result codes as people have to act on them; the first that matches, extended codes first. */
static const struct {
	int code;
	const char *sentence;
} meanings[] = {
	{ SQLITE_READONLY,
	    "it cannot be written: the file, its folder or the disk is read-only for poold. "
	    "Mend the "
	    "owner and permissions, or mount the disk for writing" },
	{ SQLITE_CORRUPT,
	    "it is damaged. Stop poold, keep a copy of the state directory, and restore the "
	    "last backup" },
	{ SQLITE_NOTADB,
	    "it is not a SQLite database. Move it away if it is somebody else's file, or "
	    "restore the last "
	    "backup" },
	{ SQLITE_CANTOPEN,
	    "it cannot be opened. Check that the folder is there and that poold may write in "
	    "it" },
	{ SQLITE_IOERR,
	    "the disk reported an error. Look at the kernel's messages, and at the health of "
	    "the disk" },
	{ SQLITE_BUSY,
	    "another program has locked it. Close whatever has the ledger open for writing" },
	{ SQLITE_NOMEM, "there is no memory left. poold goes on when there is" },
	{ SQLITE_PERM, "poold may not open it. Mend the owner and permissions" },
};

bool
ledger_fail(struct ledger *l, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(l->error, sizeof(l->error), fmt, ap);
	va_end(ap);
	return false;
}

bool
ledger_fail_sql(struct ledger *l, const char *doing)
{
	int code = l->db != NULL ? sqlite3_extended_errcode(l->db) : SQLITE_NOMEM;
	int system = l->db != NULL ? sqlite3_system_errno(l->db) : 0;

	if (ledger_read_was_refused() && (code & 0xff) == SQLITE_CORRUPT) {
		code = SQLITE_IOERR;
		system = EIO;
	}
	if ((code & 0xff) == SQLITE_FULL || (code != SQLITE_OK && system == ENOSPC))
		return ledger_fail(l,
		    "Could not %s in the ledger %s: %s. Nothing is lost, and poold goes on by "
		    "itself.",
		    doing, l->path, disk_words(l->dir_fd, ENOSPC));
	for (size_t i = 0; i < sizeof(meanings) / sizeof(*meanings); i++) {
		if ((code & 0xff) != meanings[i].code)
			continue;
		return ledger_fail(l, "Could not %s in the ledger %s: %s.%s%s%s", doing,
		    l->path, meanings[i].sentence, system != 0 ? " (The system said: " : "",
		    system != 0 ? strerror(system) : "", system != 0 ? ".)" : "");
	}
	return ledger_fail(l, "Could not %s in the ledger %s. SQLite said: %s.", doing, l->path,
	    l->db != NULL ? sqlite3_errmsg(l->db) : "out of memory");
}

sqlite3_stmt *
ledger_statement(struct ledger *l, enum ledger_sql which)
{
	sqlite3_stmt **st = &l->statements[which];

	if (*st != NULL) {
		sqlite3_reset(*st);
		sqlite3_clear_bindings(*st);
		return *st;
	}
	if (sqlite3_prepare_v3(l->db, texts[which], -1, SQLITE_PREPARE_PERSISTENT, st, NULL) !=
	    SQLITE_OK) {
		ledger_fail_sql(l, "prepare to read or write");
		*st = NULL;
	}
	return *st;
}

static int
bind_text(sqlite3_stmt *st, int i, struct text t, bool blob)
{
	const char *p = t.p != NULL ? t.p : "";

	if (blob)
		return sqlite3_bind_blob64(st, i, p, t.n, SQLITE_STATIC);
	return sqlite3_bind_text64(st, i, p, t.n, SQLITE_STATIC, SQLITE_UTF8);
}

static bool
bind_all(struct ledger *l, sqlite3_stmt *st, const char *letters, va_list ap)
{
	int rc = SQLITE_OK;

	for (int i = 1; rc == SQLITE_OK && letters[i - 1] != '\0'; i++) {
		switch (letters[i - 1]) {
		case 'i': rc = sqlite3_bind_int64(st, i, va_arg(ap, int64_t)); break;
		case 't': rc = bind_text(st, i, va_arg(ap, struct text), false); break;
		default: rc = bind_text(st, i, va_arg(ap, struct text), true); break;
		}
	}
	return rc == SQLITE_OK || ledger_fail_sql(l, "hand over a value");
}

bool
ledger_bind(struct ledger *l, sqlite3_stmt *st, const char *letters, ...)
{
	va_list ap;
	bool ok;

	if (st == NULL)
		return false;
	va_start(ap, letters);
	ok = bind_all(l, st, letters, ap);
	va_end(ap);
	return ok;
}

int
ledger_step(struct ledger *l, sqlite3_stmt *st, const char *doing)
{
	int rc = sqlite3_step(st);

	if (rc == SQLITE_ROW)
		return 1;
	if (rc != SQLITE_DONE)
		ledger_fail_sql(l, doing);
	sqlite3_reset(st);
	return rc == SQLITE_DONE ? 0 : -1;
}

bool
ledger_run(struct ledger *l, enum ledger_sql which, const char *doing, const char *letters, ...)
{
	sqlite3_stmt *st = ledger_statement(l, which);
	va_list ap;
	bool ok;

	if (st == NULL)
		return false;
	va_start(ap, letters);
	ok = bind_all(l, st, letters, ap);
	va_end(ap);
	return ok && ledger_step(l, st, doing) == 0;
}

int64_t
ledger_number(struct ledger *l, enum ledger_sql which, const char *name)
{
	sqlite3_stmt *st = ledger_statement(l, which);
	int64_t n = -1;

	if (st == NULL || (name != NULL && !ledger_bind(l, st, "t", text_of(name))))
		return -1;
	if (ledger_step(l, st, "read where it stands") == 1)
		n = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	return n;
}

struct text
ledger_column(sqlite3_stmt *st, int column)
{
	const void *p = sqlite3_column_blob(st, column);

	return (struct text){ p, (size_t)sqlite3_column_bytes(st, column) };
}
