/*
 * The schema and how it came about: one row of migrations[] a version, run in order, each once.
 * A row that was in a release is never changed; docs/ledger.md describes the tables.
 *
 * Verdicts and arrivals are never edited: what changes about them (published or not) has a table
 * of its own, and triggers refuse anything else.
 */
#include "daemon/fault.h"
#include "daemon/ledger_sqlite.h"

#define APPLICATION_ID 0x706f6f6c /* "pool" */

static const char version_1[] =
    "CREATE TABLE schema_version (version INTEGER PRIMARY KEY, poold TEXT NOT NULL) STRICT;"
    "CREATE TABLE number (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "INSERT INTO number VALUES ('reserved', 0), ('told', 0);"

    "CREATE TABLE arrival ("
    " seq INTEGER PRIMARY KEY, region TEXT NOT NULL, name TEXT NOT NULL, sha256 TEXT NOT NULL,"
    " size INTEGER NOT NULL, received INTEGER NOT NULL, kept INTEGER NOT NULL, bytes BLOB NOT "
    "NULL"
    ") STRICT;"
    "CREATE INDEX arrival_bytes ON arrival (region, sha256);"

    "CREATE TABLE verdict ("
    " row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, seq INTEGER NOT NULL REFERENCES "
    "arrival,"
    " revision INTEGER NOT NULL, supersedes TEXT NOT NULL, rulebook TEXT NOT NULL,"
    " outcome TEXT NOT NULL, form TEXT NOT NULL, area TEXT NOT NULL, period TEXT NOT NULL,"
    " headline TEXT NOT NULL, at_stake TEXT NOT NULL, chain BLOB NOT NULL,"
    " json_size INTEGER NOT NULL, html_size INTEGER NOT NULL,"
    " json BLOB NOT NULL, html BLOB NOT NULL, UNIQUE (seq, revision)"
    ") STRICT;"
    "CREATE INDEX verdict_identity ON verdict (form, area, period, seq);"
    "CREATE INDEX verdict_outcome ON verdict (outcome);"
    "CREATE INDEX verdict_revised ON verdict (seq, revision) WHERE revision > 1;"

    "CREATE TABLE budget ("
    " verdict INTEGER PRIMARY KEY REFERENCES verdict, size INTEGER NOT NULL, json BLOB NOT NULL"
    ") STRICT;"
    "CREATE TABLE unpublished (verdict INTEGER PRIMARY KEY REFERENCES verdict) STRICT;"
    "CREATE TABLE outbox ("
    " sequence INTEGER PRIMARY KEY, when_us INTEGER NOT NULL, packed BLOB NOT NULL"
    ") STRICT;"

    "CREATE TRIGGER arrival_stays BEFORE DELETE ON arrival"
    " BEGIN SELECT RAISE(ABORT, 'arrivals are never removed'); END;"
    "CREATE TRIGGER arrival_is_final BEFORE UPDATE ON arrival"
    " BEGIN SELECT RAISE(ABORT, 'arrivals are never edited'); END;"
    "CREATE TRIGGER verdict_stays BEFORE DELETE ON verdict"
    " BEGIN SELECT RAISE(ABORT, 'verdicts are never removed'); END;"
    "CREATE TRIGGER verdict_is_final BEFORE UPDATE ON verdict"
    " BEGIN SELECT RAISE(ABORT, 'verdicts are never edited'); END;";

/*
 * Counts that cost the same in a large ledger; what waits to be judged again in a table of its own;
 * indexes for lists; and room for what goes in time: bytes that were kept long enough, records that were
 * told long ago.  What may go is what the triggers let go: nothing without a row in `pruned`, and
 * nothing that is not published or may still be judged again.
 */
static const char version_2[] =
    "ALTER TABLE arrival ADD COLUMN still_changing INTEGER NOT NULL DEFAULT 0;"

    "CREATE TABLE tally ("
    " one INTEGER PRIMARY KEY CHECK (one = 1), arrivals INTEGER NOT NULL,"
    " unpublished INTEGER NOT NULL, unreadable INTEGER NOT NULL,"
    " non_compliant INTEGER NOT NULL, undetermined INTEGER NOT NULL,"
    " queried INTEGER NOT NULL, compliant INTEGER NOT NULL"
    ") STRICT;"
    "INSERT INTO tally SELECT 1, (SELECT count(*) FROM arrival),"
    " (SELECT count(*) FROM unpublished), count(*) FILTER (WHERE outcome = 'unreadable'),"
    " count(*) FILTER (WHERE outcome = 'non-compliant'),"
    " count(*) FILTER (WHERE outcome = 'undetermined'),"
    " count(*) FILTER (WHERE outcome = 'queried'),"
    " count(*) FILTER (WHERE outcome = 'compliant')"
    " FROM verdict v WHERE NOT EXISTS"
    " (SELECT 1 FROM verdict n WHERE n.seq = v.seq AND n.revision > v.revision);"

    "CREATE TABLE undetermined ("
    " seq INTEGER PRIMARY KEY REFERENCES arrival, rulebook TEXT NOT NULL) STRICT;"
    "INSERT INTO undetermined SELECT seq, rulebook FROM verdict v JOIN arrival a USING (seq)"
    " WHERE outcome = 'undetermined' AND kept <> 0 AND NOT EXISTS"
    " (SELECT 1 FROM verdict n WHERE n.seq = v.seq AND n.revision > v.revision);"

    "CREATE TABLE pruned ("
    " seq INTEGER PRIMARY KEY REFERENCES arrival, when_us INTEGER NOT NULL,"
    " what TEXT NOT NULL) STRICT;"
    "INSERT INTO number VALUES ('pruned_told', 0);"
    "CREATE TABLE restored ("
    " when_us INTEGER PRIMARY KEY, backup_us INTEGER NOT NULL,"
    " first_seq INTEGER NOT NULL, last_seq INTEGER NOT NULL,"
    " first_sequence INTEGER NOT NULL, last_sequence INTEGER NOT NULL) STRICT;"

    "DROP INDEX verdict_outcome;"
    "DROP INDEX verdict_revised;"
    "CREATE INDEX verdict_outcome ON verdict (outcome, seq);"
    "CREATE INDEX verdict_area ON verdict (area, seq);"
    "CREATE INDEX arrival_region ON arrival (region);"
    "CREATE INDEX arrival_content ON arrival (sha256) WHERE kept = 2;"

    "DROP TRIGGER arrival_is_final;"
    "CREATE TRIGGER arrival_is_final BEFORE UPDATE ON arrival"
    " WHEN NOT EXISTS (SELECT 1 FROM pruned WHERE seq = old.seq) OR length(new.bytes) > 0"
    " OR (new.seq, new.region, new.name, new.sha256, new.size, new.received, new.kept,"
    " new.still_changing) IS NOT (old.seq, old.region, old.name, old.sha256, old.size,"
    " old.received, old.kept, old.still_changing)"
    " BEGIN SELECT RAISE(ABORT, 'arrivals are never edited'); END;"
    "DROP TRIGGER verdict_is_final;"
    "CREATE TRIGGER verdict_is_final BEFORE UPDATE ON verdict"
    " WHEN NOT EXISTS (SELECT 1 FROM pruned WHERE seq = old.seq) OR length(new.html) > 0"
    " OR (new.row, new.id, new.seq, new.revision, new.supersedes, new.rulebook, new.outcome,"
    " new.form, new.area, new.period, new.headline, new.at_stake, new.chain, new.json_size,"
    " new.html_size, new.json) IS NOT (old.row, old.id, old.seq, old.revision,"
    " old.supersedes, old.rulebook, old.outcome, old.form, old.area, old.period,"
    " old.headline, old.at_stake, old.chain, old.json_size, old.html_size, old.json)"
    " BEGIN SELECT RAISE(ABORT, 'verdicts are never edited'); END;"
    "CREATE TRIGGER budget_is_final BEFORE UPDATE ON budget"
    " BEGIN SELECT RAISE(ABORT, 'budgets are never edited'); END;"
    "CREATE TRIGGER budget_stays BEFORE DELETE ON budget"
    " WHEN NOT EXISTS (SELECT 1 FROM verdict v JOIN pruned USING (seq)"
    " WHERE v.row = old.verdict)"
    " BEGIN SELECT RAISE(ABORT, 'budgets are never removed before they are pruned'); END;"
    "CREATE TRIGGER pruned_is_final BEFORE UPDATE ON pruned"
    " BEGIN SELECT RAISE(ABORT, 'what was pruned stays on record'); END;"
    "CREATE TRIGGER pruned_stays BEFORE DELETE ON pruned"
    " BEGIN SELECT RAISE(ABORT, 'what was pruned stays on record'); END;"
    "CREATE TRIGGER pruned_when_done BEFORE INSERT ON pruned"
    " WHEN EXISTS (SELECT 1 FROM verdict v JOIN unpublished u ON u.verdict = v.row"
    " WHERE v.seq = new.seq) OR EXISTS (SELECT 1 FROM undetermined WHERE seq >= new.seq)"
    " BEGIN SELECT RAISE(ABORT,"
    " 'what is not published or may be judged again is never pruned'); END;"
    "CREATE TRIGGER outbox_is_final BEFORE UPDATE ON outbox"
    " BEGIN SELECT RAISE(ABORT, 'records are never edited'); END;"
    "CREATE TRIGGER outbox_stays BEFORE DELETE ON outbox"
    " WHEN old.sequence > (SELECT value FROM number WHERE name = 'pruned_told')"
    " BEGIN SELECT RAISE(ABORT, 'records are never removed before they were told'); END;";

/* How pages begin, which is the same for all that one poold writes and four fifths of most, is kept once. */
static const char version_3[] =
    "CREATE TABLE html_head ("
    " number INTEGER PRIMARY KEY, sha256 TEXT NOT NULL UNIQUE, bytes BLOB NOT NULL) STRICT;"
    "CREATE TRIGGER html_head_is_final BEFORE UPDATE ON html_head"
    " BEGIN SELECT RAISE(ABORT, 'beginnings of pages are never edited'); END;"
    "CREATE TRIGGER html_head_stays BEFORE DELETE ON html_head"
    " BEGIN SELECT RAISE(ABORT, 'beginnings of pages are never removed'); END;"
    "ALTER TABLE verdict ADD COLUMN html_head INTEGER NOT NULL DEFAULT 0;"
    "CREATE TRIGGER verdict_head_is_final BEFORE UPDATE ON verdict"
    " WHEN new.html_head IS NOT old.html_head"
    " BEGIN SELECT RAISE(ABORT, 'verdicts are never edited'); END;";

static const char *const migrations[] = { version_1, version_2, version_3 };

#define VERSION (int64_t)(sizeof(migrations) / sizeof(*migrations))

/* One number out of the database, without a kept statement: there may be no tables yet. */
static bool
ask(struct ledger *l, const char *sql, int64_t *answer)
{
	sqlite3_stmt *st = NULL;
	bool ok = sqlite3_prepare_v2(l->db, sql, -1, &st, NULL) == SQLITE_OK &&
	    sqlite3_step(st) == SQLITE_ROW;

	if (ok)
		*answer = sqlite3_column_int64(st, 0);
	else
		ledger_fail_sql(l, "read the ledger's format");
	sqlite3_finalize(st);
	return ok;
}

/* The version of the file as it is; 0: a new one. */
static bool
version_of(struct ledger *l, int64_t *version)
{
	int64_t tables, id;

	*version = 0;
	if (!ask(l, "SELECT count(*) FROM sqlite_schema", &tables))
		return false;
	if (tables == 0)
		return true;
	if (!ask(l, "PRAGMA application_id", &id))
		return false;
	if (id != APPLICATION_ID)
		return ledger_fail(l,
		    "%s is a database, but not a ledger of poold. Give poold a state directory "
		    "of its own.",
		    l->path);
	if (!ask(l, "SELECT coalesce(max(version), 0) FROM schema_version", version))
		return false;
	if (*version > VERSION)
		return ledger_fail(l,
		    "The ledger %s was written by a newer poold: its format is %lld, this "
		    "poold knows up to "
		    "%lld. Install the newer poold again; an older one cannot use this ledger.",
		    l->path, (long long)*version, (long long)VERSION);
	return true;
}

static bool
step_to(struct ledger *l, int64_t version)
{
	char *note = sqlite3_mprintf("PRAGMA application_id = %d;"
				     "INSERT INTO schema_version VALUES (%lld, %Q)",
	    APPLICATION_ID, (long long)version, POOLD_VERSION);
	bool ok = note != NULL &&
	    sqlite3_exec(l->db, migrations[version - 1], NULL, NULL, NULL) == SQLITE_OK &&
	    sqlite3_exec(l->db, note, NULL, NULL, NULL) == SQLITE_OK;

	if (!ok)
		ledger_fail_sql(l, "bring the ledger to this version's format");
	sqlite3_free(note);
	return ok;
}

/* All steps in one transaction: the file is of the old version or of the new one, never between. */
bool
ledger_migrate(struct ledger *l)
{
	int64_t version;

	if (!version_of(l, &version))
		return false;
	fault_at(FAULT_LEDGER_OPENED);
	if (version == VERSION)
		return true;
	if (sqlite3_exec(l->db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
		return ledger_fail_sql(l, "begin to bring the ledger to this version's format");
	while (version < VERSION) {
		if (!step_to(l, ++version)) {
			sqlite3_exec(l->db, "ROLLBACK", NULL, NULL, NULL);
			return false;
		}
	}
	fault_at(FAULT_LEDGER_MIGRATING);
	if (sqlite3_exec(l->db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
		return ledger_fail_sql(l, "bring the ledger to this version's format");
	fault_at(FAULT_LEDGER_MIGRATED);
	return true;
}

/* For a reader, which may not migrate. */
bool
ledger_check_schema(struct ledger *l)
{
	int64_t version;

	if (!version_of(l, &version))
		return false;
	if (version < VERSION)
		return ledger_fail(l,
		    "The ledger %s has an older format (%lld). Start poold once: it brings the "
		    "ledger to format %lld.",
		    l->path, (long long)version, (long long)VERSION);
	return true;
}
