/*
 * The ledger's formats: an earlier one is brought up to date whatever interrupts that, its counts and what
 * waits to be judged again are kept beside what is never edited.
 */
#include "tests/unit/ledger_help.h"

/* --- formats --- */

static char *
read_text(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = calloc(1, 200000);

	assert_non_null(file);
	assert_true(fread(text, 1, 199999, file) > 0);
	fclose(file);
	return text;
}

/* In the place of the fixture's ledger one of an earlier format. */
static void
put_fixture(struct fixture *f, const char *path)
{
	char *sql = read_text(path), db[100];

	ledger_close(f->l);
	f->l = NULL;
	snprintf(db, sizeof(db), "%s/ledger.db", f->dir);
	unlink(db);
	run_sql(f, "PRAGMA journal_mode = WAL");
	run_sql(f, sql);
	free(sql);
}

static bool
count_row(void *arg, const struct unpublished *u)
{
	assert_null(u->damaged);
	++*(int *)arg;
	return true;
}

static void
take_undetermined(void *arg, const struct undetermined *u)
{
	struct buf *seen = arg;

	buf_printf(seen, "%lld %u %.*s%s%s;", (long long)u->seq, u->revision,
	    TEXT_ARG(u->bytes), u->still_changing ? " changing" : "",
	    u->damaged != NULL ? u->damaged : "");
}

static void
check_old_fixture(struct fixture *f)
{
	struct unpublished_query q = { .most = 10, .each = count_row };
	struct ledger_counts counts;
	struct ledger_check check;
	struct buf seen = { 0 };
	uint64_t last = 5;
	int n = 0;

	q.arg = &n;
	assert_true(ledger_count(f->l, &counts));
	assert_int_equal(counts.arrivals, 6);
	assert_int_equal(counts.unpublished, 3);
	assert_int_equal(counts.untold, 3);
	assert_int_equal(counts.by_outcome[COMPLIANT], 2);
	assert_int_equal(counts.by_outcome[UNDETERMINED], 1);
	assert_int_equal(counts.by_outcome[UNREADABLE], 2);
	assert_int_equal(counts.by_outcome[NON_COMPLIANT], 1);
	assert_true(ledger_unpublished(f->l, &q));
	assert_int_equal(n, 3);
	assert_true(ledger_outbox(f->l, 5, 10, next_in_order, &last));
	assert_int_equal(last, 8);
	assert_true(ledger_undetermined(f->l, 0, TEXT("none"), take_undetermined, &seen));
	assert_string_equal(seen.p, "3 1 {\"a\":3};");
	must_verify(f->l, &check, &seen);
	if (check.problems > 0)
		fail_msg("%s", seen.p);
	assert_true(ledger_next_seq(f->l) > 1000);
	record_one(f->l, "and on it goes");
	buf_free(&seen);
}

static void
a_ledger_of_format_1_is_brought_up_to_date(void **state)
{
	struct fixture *f = *state;

	put_fixture(f, "tests/fixtures/ledger/version-1.sql");
	assert_non_null(reopen(f));
	check_old_fixture(f);
	assert_non_null(reopen(f));
}

static void
a_ledger_of_format_2_is_brought_up_to_date(void **state)
{
	struct fixture *f = *state;

	put_fixture(f, "tests/fixtures/ledger/version-2.sql");
	assert_non_null(reopen(f));
	check_old_fixture(f);
	assert_non_null(reopen(f));
}

static int
kill_myself(void *arg)
{
	(void)arg;
	kill(getpid(), SIGKILL);
	return 0;
}

static int kill_after; /* steps of SQLite's machine */

static int
kill_later(sqlite3 *db, char **error, const struct sqlite3_api_routines *api)
{
	(void)error;
	(void)api;
	sqlite3_progress_handler(db, kill_after, kill_myself, NULL);
	return SQLITE_OK;
}

/* Opens the ledger in a process that is killed after so many steps; true: it lived to the end. */
static bool
opens_before_the_kill(struct fixture *f, int steps)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		char why[1024];

		kill_after = steps;
		sqlite3_auto_extension((void (*)(void))kill_later);
		if ((f->l = ledger_open(f->dir, why, sizeof(why))) == NULL)
			_exit(1);
		ledger_close(f->l);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_false(WIFEXITED(status) && WEXITSTATUS(status) != 0);
	return WIFEXITED(status);
}

static void
a_migration_that_is_killed_leaves_the_old_format_or_the_new(void **state)
{
	struct fixture *f = *state;
	int kills = 0;

	for (int steps = 10; kills == 0 || steps < 100000; steps += steps / 3) {
		put_fixture(f, "tests/fixtures/ledger/version-1.sql");
		if (opens_before_the_kill(f, steps))
			break;
		kills++;
		assert_non_null(reopen(f));
		check_old_fixture(f);
	}
	print_message("killed %d times\n", kills);
	assert_true(kills > 5);
}

static void
counts_are_kept_up_and_come_back(void **state)
{
	struct fixture *f = *state;
	struct ledger_counts counts;
	uint64_t unpublished, untold;
	struct sample s;
	int64_t rows[] = { 1, 2, 77 };

	for (int i = 0; i < 4; i++)
		record_one(f->l, "x");
	assert_true(ledger_mark_published(f->l, rows, 3));
	assert_true(ledger_mark_told(f->l, 1));
	make_sample(&s, ledger_next_seq(f->l), "y");
	s.result.outcome = QUERIED;
	assert_true(ledger_begin(f->l));
	assert_true(ledger_record(f->l, &s.arrival, &s.verdict));
	ledger_waiting(f->l, &unpublished, &untold);
	assert_int_equal(unpublished, 2);
	assert_int_equal(untold, 3);
	ledger_rollback(f->l);
	must_record(f->l, &s);
	for (int i = 0; i < 2; i++) {
		assert_true(ledger_count(f->l, &counts));
		assert_int_equal(counts.arrivals, 5);
		assert_int_equal(counts.unpublished, 3);
		assert_int_equal(counts.untold, 4);
		assert_int_equal(counts.by_outcome[COMPLIANT], 4);
		assert_int_equal(counts.by_outcome[QUERIED], 1);
		reopen(f);
	}
}

/* --- judging again --- */

static void
what_is_undetermined_waits_until_another_rulebook_judged_it(void **state)
{
	struct fixture *f = *state;
	struct buf seen = { 0 };
	struct sample s;
	char first[32];

	make_sample(&s, ledger_next_seq(f->l), "x");
	s.result.outcome = UNDETERMINED;
	s.arrival.still_changing = true;
	must_record(f->l, &s);
	assert_true(ledger_undetermined(f->l, 0, TEXT("3f2a"), take_undetermined, &seen));
	assert_int_equal(seen.n, 0);
	assert_true(ledger_undetermined(f->l, 0, TEXT("new"), take_undetermined, &seen));
	assert_true(ledger_undetermined(f->l, 1, TEXT("new"), take_undetermined, &seen));
	assert_string_equal(seen.p, "1 1 x changing;");
	memcpy(first, s.id, sizeof(first));
	memcpy(s.id, "01KTESTREVISED", 14);
	s.verdict.revision = 2;
	s.verdict.supersedes = text_of(first);
	s.result.outcome = COMPLIANT;
	must_record(f->l, &s);
	buf_clear(&seen);
	assert_true(ledger_undetermined(f->l, 0, TEXT("newer"), take_undetermined, &seen));
	assert_int_equal(seen.n, 0);
	buf_free(&seen);
}

static void
what_was_not_kept_is_not_waited_for(void **state)
{
	struct fixture *f = *state;
	struct buf seen = { 0 };
	struct sample s;
	bool found;

	make_sample(&s, ledger_next_seq(f->l), "");
	s.arrival.kept = false;
	s.result.outcome = UNDETERMINED;
	must_record(f->l, &s);
	assert_true(ledger_undetermined(f->l, 0, TEXT("new"), take_undetermined, &seen));
	assert_int_equal(seen.n, 0);
	assert_true(ledger_again(f->l, TEXT("1"), take_undetermined, &seen, &found));
	assert_true(found);
	assert_non_null(strstr(seen.p, "never kept"));
	assert_true(ledger_again(f->l, TEXT("2"), take_undetermined, &seen, &found));
	assert_false(found);
	assert_true(ledger_again(f->l, text_of(s.id), take_undetermined, &seen, &found));
	assert_true(found);
	buf_free(&seen);
}

/* Looking must not hold a snapshot: behind it the log could not be checkpointed. */
static void
looking_for_the_undetermined_holds_no_snapshot(void **state)
{
	struct fixture *f = *state;
	int log = -1, done = -1;
	struct buf seen = { 0 };
	struct sample s;

	for (int i = 0; i < 2; i++) {
		make_sample(&s, ledger_next_seq(f->l), "x");
		s.result.outcome = UNDETERMINED;
		must_record(f->l, &s);
	}
	assert_true(ledger_undetermined(f->l, 0, TEXT("new"), take_undetermined, &seen));
	for (int i = 0; i < SQL_STATEMENTS; i++)
		if (f->l->statements[i] != NULL)
			assert_false(sqlite3_stmt_busy(f->l->statements[i]));
	record_one(f->l, "y");
	assert_int_equal(
	    sqlite3_wal_checkpoint_v2(f->l->db, NULL, SQLITE_CHECKPOINT_PASSIVE, &log, &done),
	    SQLITE_OK);
	assert_int_equal(log, done);
	buf_free(&seen);
}

static void
damaged_bytes_are_said_and_do_not_hide_what_waits_behind_them(void **state)
{
	struct fixture *f = *state;
	struct buf seen = { 0 };
	struct sample s;

	for (int i = 0; i < 2; i++) {
		make_sample(&s, ledger_next_seq(f->l), i == 0 ? "x" : "y");
		s.result.outcome = UNDETERMINED;
		must_record(f->l, &s);
	}
	run_sql(
	    f, "DROP TRIGGER arrival_is_final; UPDATE arrival SET bytes = x'00' WHERE seq = 1");
	assert_true(ledger_undetermined(f->l, 0, TEXT("new"), take_undetermined, &seen));
	assert_non_null(strstr(seen.p, "damaged"));
	buf_clear(&seen);
	assert_true(ledger_undetermined(f->l, 1, TEXT("new"), take_undetermined, &seen));
	assert_string_equal(seen.p, "2 1 y;");
	buf_free(&seen);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_ledger_of_format_1_is_brought_up_to_date),
		TEST(a_ledger_of_format_2_is_brought_up_to_date),
		TEST(a_migration_that_is_killed_leaves_the_old_format_or_the_new),
		TEST(counts_are_kept_up_and_come_back),
		TEST(what_is_undetermined_waits_until_another_rulebook_judged_it),
		TEST(what_was_not_kept_is_not_waited_for),
		TEST(looking_for_the_undetermined_holds_no_snapshot),
		TEST(damaged_bytes_are_said_and_do_not_hide_what_waits_behind_them),
	};

	return cmocka_run_group_tests_name("ledger_format", tests, NULL, NULL);
}
