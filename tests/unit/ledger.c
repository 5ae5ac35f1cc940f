/*
 * The ledger: what is recorded stays, is found again, and survives crashes and damage with a
 * sentence.
 */
#include "tests/unit/ledger_help.h"

/* --- recording and finding again --- */

static void
what_is_recorded_is_found_again(void **state)
{
	struct fixture *f = *state;
	struct buf json = { 0 };
	char id[32], number[24];
	bool found;
	int64_t seq = record_one(f->l, "{\"a\":1}");
	struct sample s;

	make_sample(&s, seq, "{\"a\":1}");
	reopen(f);
	assert_int_equal(ledger_has(f->l, seq), 1);
	assert_int_equal(ledger_has(f->l, seq + 1), 0);
	assert_true(ledger_identical(f->l, TEXT("leeds"), text_of(s.hash), id));
	assert_string_equal(id, s.id);
	assert_true(ledger_identical(f->l, TEXT("york"), text_of(s.hash), id));
	assert_string_equal(id, "");
	assert_true(ledger_show(f->l, text_of(s.id), &json, &found) && found);
	assert_string_equal(json.p, "{\"outcome\": \"compliant\"}\n");
	snprintf(number, sizeof(number), "%lld", (long long)seq);
	assert_true(ledger_show(f->l, text_of(number), &json, &found) && found);
	assert_true(ledger_show(f->l, TEXT("99999999999999999999999"), &json, &found));
	assert_false(found);
	buf_free(&json);
}

static void
a_rolled_back_record_leaves_nothing(void **state)
{
	struct fixture *f = *state;
	struct ledger_check check;
	struct sample s;

	make_sample(&s, ledger_next_seq(f->l), "x");
	assert_true(ledger_begin(f->l));
	assert_true(ledger_record(f->l, &s.arrival, &s.verdict));
	ledger_rollback(f->l);
	assert_int_equal(ledger_has(f->l, s.arrival.seq), 0);
	assert_int_equal(ledger_spooled(f->l), 0);
	must_record(f->l, &s);
	assert_int_equal(ledger_spooled(f->l), 1);
	must_verify(f->l, &check, NULL);
	assert_int_equal(check.problems, 0);
}

static void
a_failed_record_spoils_its_whole_transaction(void **state)
{
	struct fixture *f = *state;
	int64_t seq = record_one(f->l, "x");
	struct sample twice, other;

	make_sample(&other, ledger_next_seq(f->l), "y");
	make_sample(&twice, seq, "x");
	assert_true(ledger_begin(f->l));
	assert_true(ledger_record(f->l, &other.arrival, &other.verdict));
	assert_false(ledger_record(f->l, &twice.arrival, &twice.verdict));
	assert_non_null(strstr(ledger_error(f->l), "UNIQUE"));
	assert_false(ledger_commit(f->l));
	assert_int_equal(ledger_has(f->l, other.arrival.seq), 0);
	must_record(f->l, &other);
}

static void
a_second_revision_is_added_and_the_first_stays(void **state)
{
	struct fixture *f = *state;
	struct ledger_counts counts;
	struct buf json = { 0 };
	struct sample s;
	bool found;
	char first[32];

	make_sample(&s, ledger_next_seq(f->l), "x");
	s.result.outcome = UNDETERMINED;
	must_record(f->l, &s);
	memcpy(first, s.id, sizeof(first));
	memcpy(s.id, "01KTESTREVISED", 14);
	s.verdict.revision = 2;
	s.verdict.supersedes = text_of(first);
	s.result.outcome = COMPLIANT;
	s.result.json = TEXT("{\"revision\": 2}");
	must_record(f->l, &s);
	assert_true(ledger_count(f->l, &counts));
	assert_int_equal(counts.arrivals, 1);
	assert_int_equal(counts.by_outcome[COMPLIANT], 1);
	assert_int_equal(counts.by_outcome[UNDETERMINED], 0);
	assert_int_equal(counts.unpublished, 2);
	assert_true(ledger_show(f->l, text_of(first), &json, &found) && found);
	buf_clear(&json);
	assert_true(ledger_show(f->l, TEXT("1"), &json, &found) && found);
	assert_string_equal(json.p, "{\"revision\": 2}");
	buf_free(&json);
}

static void
recorded_verdicts_cannot_be_edited_or_removed(void **state)
{
	struct fixture *f = *state;
	static const char *const attempts[] = { "UPDATE verdict SET outcome = 'compliant'",
		"DELETE FROM verdict", "UPDATE arrival SET name = 'x'", "DELETE FROM arrival",
		"UPDATE verdict SET html = x''", "UPDATE arrival SET bytes = x''",
		"UPDATE budget SET json = x''", "DELETE FROM budget", "DELETE FROM outbox",
		"UPDATE outbox SET when_us = 0", "INSERT INTO pruned VALUES (1, 1, 'bytes')" };

	record_one(f->l, "x");
	for (size_t i = 0; i < sizeof(attempts) / sizeof(*attempts); i++) {
		assert_int_not_equal(
		    sqlite3_exec(f->l->db, attempts[i], NULL, NULL, NULL), SQLITE_OK);
		assert_non_null(strstr(sqlite3_errmsg(f->l->db), "never"));
	}
}

/* --- bytes --- */

struct body {
	char *bytes;
	size_t n;
	bool kept;
	char damaged[300];
	int64_t row;
	int calls;
};

static bool
take_body(void *arg, const struct unpublished *u)
{
	struct body *b = arg;

	free(b->bytes);
	b->bytes = malloc(u->bytes.n + 1);
	memcpy(b->bytes, u->bytes.n > 0 ? u->bytes.p : "", u->bytes.n);
	b->n = u->bytes.n;
	b->bytes[b->n] = 0;
	b->kept = u->kept;
	b->row = u->row;
	snprintf(b->damaged, sizeof(b->damaged), "%s", u->damaged != NULL ? u->damaged : "");
	b->calls++;
	return true;
}

static struct unpublished_query
query_of(struct body *b)
{
	return (struct unpublished_query){ .most = 10, .each = take_body, .arg = b };
}

static void
bytes_come_back_as_they_were_small_and_large(void **state)
{
	static const size_t sizes[] = { 0, 1, 40000, CONTENT_LIMIT, CONTENT_LIMIT + 1,
		3 << 20 };
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		char *bytes = malloc(sizes[i] + 1);
		struct body body = { 0 };
		struct unpublished_query q = query_of(&body);

		for (size_t j = 0; j < sizes[i]; j++)
			bytes[j] = (char)('a' + (j * j + i) % 23);
		bytes[sizes[i]] = '\0';
		record_one(f->l, bytes);
		assert_true(ledger_unpublished(f->l, &q));
		assert_int_equal(body.n, sizes[i]);
		assert_memory_equal(body.bytes, bytes, sizes[i]);
		assert_true(body.kept);
		assert_true(ledger_mark_published(f->l, &body.row, 1));
		free(body.bytes);
		free(bytes);
	}
}

static void
a_submission_that_is_not_kept_says_so(void **state)
{
	struct fixture *f = *state;
	struct body body = { 0 };
	struct unpublished_query q = query_of(&body);
	struct sample s;

	make_sample(&s, ledger_next_seq(f->l), "");
	s.arrival.kept = false;
	s.arrival.size = 10000000000ULL;
	must_record(f->l, &s);
	assert_true(ledger_unpublished(f->l, &q));
	assert_int_equal(body.calls, 1);
	assert_false(body.kept);
	free(body.bytes);
}

static void
a_damaged_content_file_is_said_and_hides_nothing_else(void **state)
{
	struct fixture *f = *state;
	char *big = malloc(CONTENT_LIMIT + 2), path[200];
	struct body body = { 0 };
	struct unpublished_query q = query_of(&body);
	struct ledger_check check;
	struct sample s;

	memset(big, 'x', CONTENT_LIMIT + 1);
	big[CONTENT_LIMIT + 1] = '\0';
	make_sample(&s, ledger_next_seq(f->l), big);
	must_record(f->l, &s);
	snprintf(path, sizeof(path), "%s/content/%.2s/%s", f->dir, s.hash, s.hash);
	assert_int_equal(truncate(path, 100), 0);
	q.most = 1;
	assert_true(ledger_unpublished(f->l, &q));
	assert_non_null(strstr(body.damaged, "is not 1048577 bytes long"));
	record_one(f->l, "small");
	q.after = body.row;
	assert_true(ledger_unpublished(f->l, &q));
	assert_string_equal(body.damaged, "");
	must_verify(f->l, &check, NULL);
	assert_int_equal(check.problems, 1);
	free(body.bytes);
	free(big);
}

static void
a_bad_hash_never_becomes_a_path(void **state)
{
	struct fixture *f = *state;
	char *big = calloc(1, CONTENT_LIMIT + 2);
	struct sample s;

	memset(big, 'x', CONTENT_LIMIT + 1);
	make_sample(&s, ledger_next_seq(f->l), big);
	memcpy(s.hash, "../../../../etc/", 16);
	assert_true(ledger_begin(f->l));
	assert_false(ledger_record(f->l, &s.arrival, &s.verdict));
	ledger_rollback(f->l);
	free(big);
}

static bool
skip_leeds(void *arg, struct text region)
{
	(void)arg;
	return text_is(region, "leeds");
}

static void
published_verdicts_and_skipped_regions_are_left_out(void **state)
{
	struct fixture *f = *state;
	struct body body = { 0 };
	struct unpublished_query q = query_of(&body);
	struct sample s;

	record_one(f->l, "1");
	make_sample(&s, ledger_next_seq(f->l), "2");
	s.arrival.region = TEXT("york");
	must_record(f->l, &s);
	q.skip = skip_leeds;
	q.most = 1;
	assert_true(ledger_unpublished(f->l, &q));
	assert_int_equal(body.calls, 1);
	assert_string_equal(body.bytes, "2");
	assert_true(ledger_mark_published(f->l, &body.row, 1));
	q.skip = NULL;
	q.most = 10;
	reopen(f);
	assert_true(ledger_unpublished(f->l, &q));
	assert_int_equal(body.calls, 2);
	free(body.bytes);
}

/* --- numbers --- */

static void
sequence_numbers_are_never_given_twice(void **state)
{
	struct fixture *f = *state;
	int64_t last = 0;

	for (int i = 0; i < 5; i++) {
		for (int j = 0; j < 1500; j++) {
			int64_t seq = ledger_next_seq(f->l);

			assert_true(seq > last);
			last = seq;
		}
		assert_non_null(reopen(f));
	}
}

/* Inside a transaction a reservation could be rolled back, and its numbers given again. */
static void
a_rollback_takes_no_number_back(void **state)
{
	struct fixture *f = *state;
	int64_t last = 0, seq;

	for (int i = 0; i < 10; i++) {
		assert_true(ledger_begin(f->l));
		for (int j = 0; j < SEQ_LOW; j++) {
			seq = ledger_next_seq(f->l);
			assert_true(seq > last);
			last = seq;
		}
		ledger_rollback(f->l);
	}
	reopen(f);
	assert_true(ledger_next_seq(f->l) > last);
}

static void
the_outbox_has_no_gaps(void **state)
{
	struct fixture *f = *state;
	struct event ev;
	uint64_t last = 0;

	event_begin(&ev, EV_STATUS);
	for (int i = 0; i < 20; i++) {
		record_one(f->l, "x");
		assert_true(ledger_spool(f->l, &ev, 1));
		assert_true(ledger_begin(f->l));
		assert_true(ledger_spool(f->l, &ev, 1));
		ledger_rollback(f->l);
		if (i % 7 == 0)
			reopen(f);
	}
	assert_true(ledger_outbox(f->l, 0, 1000, next_in_order, &last));
	assert_int_equal(last, 40);
	assert_int_equal(ledger_spooled(f->l), 40);
}

static void
what_is_not_committed_is_told_to_nobody(void **state)
{
	struct fixture *f = *state;
	uint64_t last = 0;
	struct sample s;

	make_sample(&s, ledger_next_seq(f->l), "x");
	assert_true(ledger_begin(f->l));
	assert_true(ledger_record(f->l, &s.arrival, &s.verdict));
	assert_true(ledger_outbox(f->l, 0, 1000, next_in_order, &last));
	assert_int_equal(last, 0);
	assert_true(ledger_commit(f->l));
	assert_true(ledger_outbox(f->l, 0, 1000, next_in_order, &last));
	assert_int_equal(last, 1);
}

static void
what_syslog_was_told_is_remembered(void **state)
{
	struct fixture *f = *state;

	record_one(f->l, "x");
	record_one(f->l, "y");
	assert_true(ledger_mark_told(f->l, 1));
	assert_true(ledger_mark_told(f->l, 0));
	assert_int_equal(ledger_told(f->l), 1);
	ledger_idle(f->l);
	reopen(f);
	assert_int_equal(ledger_told(f->l), 1);
}

static void
a_moment_in_the_outbox_is_found(void **state)
{
	static const struct {
		int64_t since;
		uint64_t first;
	} wanted[] = { { 0, 1 }, { 1000, 1 }, { 1001, 2 }, { 2000, 2 }, { 49999, 50 },
		{ 50000, 50 }, { 50001, 51 } };
	struct fixture *f = *state;
	struct event ev;
	uint64_t sequence;

	assert_true(ledger_first_sequence_since(f->l, 5, &sequence));
	assert_int_equal(sequence, 1);
	event_begin(&ev, EV_STATUS);
	for (int i = 1; i <= 50; i++)
		assert_true(ledger_spool(f->l, &ev, i * 1000));
	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++) {
		assert_true(ledger_first_sequence_since(f->l, wanted[i].since, &sequence));
		assert_int_equal(sequence, wanted[i].first);
	}
	/* what is not committed is not found */
	assert_true(ledger_begin(f->l));
	assert_true(ledger_spool(f->l, &ev, 51000));
	assert_true(ledger_first_sequence_since(f->l, 50001, &sequence));
	assert_int_equal(sequence, 51);
	ledger_rollback(f->l);
}

/* --- history --- */

static void
add_return(struct ledger *l, const char *region, const char *form, const char *area,
    const char *period, enum outcome outcome, const char *budget)
{
	struct sample s;

	make_sample(&s, ledger_next_seq(l), budget);
	s.arrival.region = text_of(region);
	s.result.form = text_of(form);
	s.result.area = text_of(area);
	s.result.period = text_of(period);
	s.result.outcome = outcome;
	s.result.budget = text_of(budget);
	must_record(l, &s);
}

/* The budgets that a need is answered with, one after another. */
static void
check_need(struct ledger *l, struct need need, const char *wanted)
{
	struct arena *arena = arena_new();
	struct identity who = { .form = TEXT("bcf-plan"),
		.area = TEXT("A"),
		.period = TEXT("2015-16"),
		.needs = &need,
		.n_needs = 1 };
	struct history h;
	char got[200] = "";

	assert_true(ledger_history(l, arena, &who, TEXT("leeds"), INT64_MAX, &h));
	for (uint32_t i = 0; i < h.n; i++) {
		assert_int_equal(h.returns[i].need, 0);
		assert_int_equal(h.returns[i].sha256.n, 64);
		strncat(got, h.returns[i].budget.p, 20);
		strcat(got, " ");
	}
	assert_string_equal(got, wanted);
	arena_free(arena);
}

static void
history_answers_exactly_what_is_needed(void **state)
{
	struct fixture *f = *state;
	struct ledger *l = f->l;
	struct need previous = { .kind = NEED_PREVIOUS }, version = { .kind = NEED_VERSION };
	struct need returns = { .kind = NEED_RETURNS,
		.form = TEXT("ccg-return"),
		.area = TEXT("03L"),
		.period = TEXT("2015-16") };
	struct need own = { .kind = NEED_RETURNS, .form = TEXT("bcf-plan"), .area = TEXT("A") };

	add_return(l, "leeds", "bcf-plan", "A", "2013-14", COMPLIANT, "old");
	add_return(l, "leeds", "bcf-plan", "A", "2014-15", COMPLIANT, "last");
	add_return(l, "leeds", "bcf-plan", "A", "2014-15", QUERIED, "last-v2");
	add_return(l, "leeds", "bcf-plan", "A", "2014-15", NON_COMPLIANT, "bad");
	add_return(l, "york", "bcf-plan", "A", "2014-15", COMPLIANT, "other-region");
	add_return(l, "leeds", "bcf-plan", "B", "2014-15", COMPLIANT, "other-area");
	check_need(l, previous, "last-v2 ");
	check_need(l, version, "");
	add_return(l, "leeds", "bcf-plan", "A", "2015-16", NON_COMPLIANT, "v1");
	add_return(l, "leeds", "bcf-plan", "A", "2015-16", UNREADABLE, "v2");
	add_return(l, "york", "bcf-plan", "A", "2015-16", COMPLIANT, "york-v1");
	check_need(l, version, "v1 ");
	check_need(l, own, "old last-v2 ");
	check_need(l, returns, "");
	add_return(l, "york", "ccg-return", "03L", "2015-16", COMPLIANT, "ccg-1");
	add_return(l, "york", "ccg-return", "03L", "2015-16", QUERIED, "ccg-2");
	add_return(l, "york", "ccg-return", "03L", "2015-16", UNDETERMINED, "ccg-3");
	add_return(l, "york", "ccg-return", "03L", "2014-15", COMPLIANT, "ccg-0");
	check_need(l, returns, "ccg-2 ");
	returns.period = TEXT_NONE;
	check_need(l, returns, "ccg-0 ccg-2 ");
	returns.area = TEXT_NONE;
	check_need(l, returns, "");
}

static void
history_ends_before_the_submission(void **state)
{
	struct fixture *f = *state;
	struct arena *arena = arena_new();
	struct need need = { .kind = NEED_VERSION };
	struct identity who = { .form = TEXT("bcf-plan"),
		.area = TEXT("A"),
		.period = TEXT("2015-16"),
		.needs = &need,
		.n_needs = 1 };
	struct history h;

	add_return(f->l, "leeds", "bcf-plan", "A", "2015-16", COMPLIANT, "v1");
	add_return(f->l, "leeds", "bcf-plan", "A", "2015-16", COMPLIANT, "v2");
	assert_true(ledger_history(f->l, arena, &who, TEXT("leeds"), 2, &h));
	assert_int_equal(h.n, 1);
	assert_string_equal(h.returns[0].budget.p, "v1");
	need.kind = 77;
	assert_false(ledger_history(f->l, arena, &who, TEXT("leeds"), 2, &h));
	arena_free(arena);
}

/* --- lists --- */

static bool
take_seq(void *arg, const struct listed *one)
{
	char *seqs = arg;

	sprintf(seqs + strlen(seqs), "%lld%s ", (long long)one->seq, one->published ? "" : "*");
	return true;
}

static void
lists_are_filtered_and_ordered(void **state)
{
	struct fixture *f = *state;
	struct list_filter newest = { .after_seq = -1, .most = 2 },
			   tail = { .after_seq = 1, .most = 10 };
	struct list_filter york = { .after_seq = -1, .most = 10, .region = TEXT("york") };
	struct list_filter bad = {
		.after_seq = -1, .most = 10, .outcome = TEXT("non-compliant")
	};
	struct list_filter area = { .after_seq = -1, .most = 10, .area = TEXT("C") };
	struct list_filter both = { .after_seq = 1,
		.most = 10,
		.region = TEXT("leeds"),
		.outcome = TEXT("compliant") };
	char seqs[100] = "";
	int64_t row = 1;

	add_return(f->l, "leeds", "f", "A", "2015-16", COMPLIANT, "1");
	add_return(f->l, "york", "f", "B", "2015-16", NON_COMPLIANT, "2");
	add_return(f->l, "leeds", "f", "C", "2015-16", COMPLIANT, "3");
	assert_true(ledger_mark_published(f->l, &row, 1));
	assert_true(ledger_list(f->l, &newest, take_seq, seqs));
	assert_true(ledger_list(f->l, &tail, take_seq, seqs));
	assert_true(ledger_list(f->l, &york, take_seq, seqs));
	assert_true(ledger_list(f->l, &bad, take_seq, seqs));
	assert_true(ledger_list(f->l, &area, take_seq, seqs));
	assert_true(ledger_list(f->l, &both, take_seq, seqs));
	assert_string_equal(seqs, "3* 2* 2* 3* 2* 2* 3* 3* ");
}

/* --- trouble, in sentences --- */

static void
check_refused(struct fixture *f, const char *wanted)
{
	char why[1024] = "";

	ledger_close(f->l);
	f->l = ledger_open(f->dir, why, sizeof(why));
	assert_null(f->l);
	if (strstr(why, wanted) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", why, wanted);
	assert_int_equal(why[strlen(why) - 1], '.');
}

static void
a_second_keeper_is_kept_out_with_one_sentence(void **state)
{
	struct fixture *f = *state;
	char why[1024], pid[40];

	assert_null(ledger_open(f->dir, why, sizeof(why)));
	snprintf(pid, sizeof(pid), "(process %ld)", (long)getpid());
	assert_non_null(strstr(why, pid));
	assert_non_null(strstr(why, "Another poold"));
}

static void
a_newer_ledger_is_refused(void **state)
{
	struct fixture *f = *state;

	ledger_close(f->l);
	f->l = NULL;
	run_sql(f, "INSERT INTO schema_version VALUES (99, '9.9')");
	check_refused(f, "written by a newer poold: its format is 99");
}

static void
what_is_no_ledger_is_refused(void **state)
{
	struct fixture *f = *state;
	char path[100];
	FILE *file;

	ledger_close(f->l);
	f->l = NULL;
	snprintf(path, sizeof(path), "%s/ledger.db", f->dir);
	file = fopen(path, "w");
	for (int i = 0; i < 500; i++)
		fputs("this is a letter to the council, not a database. ", file);
	fclose(file);
	check_refused(f, "is not a SQLite database");
	unlink(path);
	run_sql(f, "CREATE TABLE t (x)");
	check_refused(f, "but not a ledger of poold");
}

static void
a_missing_state_directory_is_said(void **state)
{
	char why[1024];

	(void)state;
	assert_null(ledger_open("/nonexistent/poold", why, sizeof(why)));
	assert_non_null(strstr(why, "Could not open the state directory /nonexistent/poold"));
}

/* SQLite's own limit on pages gives the same error as a full disk. */
static void
a_full_disk_is_said_and_recording_goes_on_afterwards(void **state)
{
	struct fixture *f = *state;
	struct sample s;
	char big[200001];

	for (int i = 0; i < 200000; i++)
		big[i] = (char)(33 + rand() % 90);
	big[200000] = '\0';
	make_sample(&s, ledger_next_seq(f->l), big);
	sqlite3_exec(f->l->db, "PRAGMA max_page_count = 30", NULL, NULL, NULL);
	assert_true(ledger_begin(f->l));
	assert_false(ledger_record(f->l, &s.arrival, &s.verdict));
	assert_non_null(strstr(ledger_error(f->l), "the disk is full"));
	assert_false(ledger_commit(f->l));
	sqlite3_exec(f->l->db, "PRAGMA max_page_count = 1000000", NULL, NULL, NULL);
	must_record(f->l, &s);
	assert_int_equal(ledger_has(f->l, s.arrival.seq), 1);
}

static void
a_changed_verdict_breaks_the_chain(void **state)
{
	struct fixture *f = *state;
	struct ledger_check check;
	struct buf said = { 0 };

	for (int i = 0; i < 5; i++)
		record_one(f->l, "x");
	must_verify(f->l, &check, &said);
	assert_int_equal(check.problems, 0);
	assert_int_equal(check.verdicts, 5);
	run_sql(f,
	    "DROP TRIGGER verdict_is_final; UPDATE verdict SET json = zeroblob(5) WHERE row = "
	    "3;"
	    "UPDATE verdict SET id = 'forged' WHERE row = 2; DROP TRIGGER arrival_is_final;"
	    "UPDATE arrival SET sha256 = 'abc' WHERE seq = 1; DROP TRIGGER outbox_stays; "
	    "DELETE FROM outbox WHERE "
	    "sequence = 4");
	must_verify(f->l, &check, &said);
	assert_non_null(strstr(said.p, "Verdict forged (arrival 2) does not match the chain"));
	assert_non_null(strstr(said.p, "(arrival 3) cannot be read"));
	assert_null(strstr(said.p, "(arrival 4) does not"));
	assert_non_null(strstr(said.p, "The bytes of arrival 1 are not those that arrived"));
	assert_non_null(strstr(said.p, "Events 4 to 4 are missing"));
	buf_free(&said);
}

static void
a_reader_looks_on_while_the_keeper_writes(void **state)
{
	struct fixture *f = *state;
	struct ledger_check check;
	char why[1024];
	struct ledger *reader;

	record_one(f->l, "x");
	reader = ledger_open_to_read(f->dir, why, sizeof(why));
	assert_non_null(reader);
	record_one(f->l, "y");
	must_verify(reader, &check, NULL);
	assert_int_equal(check.verdicts, 2);
	assert_false(ledger_begin(reader) && ledger_commit(reader));
	ledger_close(reader);
}

/* --- kill -9 --- */

/* Records for ever, and says each number it gave before anything is recorded under it. */
static void
record_until_killed(struct fixture *f, int fd)
{
	char why[1024], bytes[64];
	struct ledger *l = ledger_open(f->dir, why, sizeof(why));
	struct sample s[7];

	if (l == NULL)
		_exit(5);
	for (int i = 0;; i++) {
		for (int j = 0; j < 7; j++) {
			int64_t seq = ledger_next_seq(l);

			snprintf(bytes, sizeof(bytes), "%d.%d", i, j);
			if (seq < 0 || write(fd, &seq, sizeof(seq)) != sizeof(seq))
				_exit(1);
			make_sample(&s[j], seq, bytes);
			/* The bytes are on this stack frame: keep them apart. */
			s[j].arrival.bytes = TEXT("x");
			sha256_of(TEXT("x"), (unsigned char *)why);
			ledger_hex((unsigned char *)why, s[j].hash);
		}
		if (!ledger_begin(l))
			_exit(2);
		for (int j = 0; j < 7; j++) {
			if (!ledger_record(l, &s[j].arrival, &s[j].verdict))
				_exit(3);
		}
		if (!ledger_commit(l))
			_exit(4);
		if (i % 50 == 49)
			ledger_idle(l);
	}
}

static int64_t
kill_once(struct fixture *f, int64_t last, useconds_t after)
{
	int64_t seqs[512];
	int fds[2], status;
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		close(fds[0]);
		record_until_killed(f, fds[1]);
	}
	close(fds[1]);
	assert_int_equal(fcntl(fds[0], F_SETPIPE_SZ, 1 << 20) > 0, 1);
	usleep(after);
	kill(pid, SIGKILL);
	while ((n = read(fds[0], seqs, sizeof(seqs))) > 0) {
		for (size_t i = 0; i < (size_t)n / sizeof(*seqs); i++) {
			assert_true(seqs[i] > last);
			last = seqs[i];
		}
	}
	close(fds[0]);
	waitpid(pid, &status, 0);
	assert_true(WIFSIGNALED(status));
	return last;
}

static void
a_killed_keeper_reuses_no_number_and_the_chain_holds(void **state)
{
	struct fixture *f = *state;
	struct ledger_check check;
	int64_t last = 0;
	uint64_t in_order = 0;

	ledger_close(f->l);
	f->l = NULL;
	for (useconds_t i = 0; i < 8; i++) {
		last = kill_once(f, last, 30000 + 17000 * i);
		assert_non_null(reopen(f));
		must_verify(f->l, &check, NULL);
		assert_int_equal(check.problems, 0);
		assert_int_equal(check.verdicts % 7, 0);
		ledger_close(f->l);
		f->l = NULL;
	}
	assert_true(check.verdicts > 0);
	reopen(f);
	assert_true(ledger_next_seq(f->l) > last);
	assert_true(ledger_outbox(f->l, 0, UINT32_MAX, next_in_order, &in_order));
	assert_int_equal(in_order, check.verdicts);
}

/* Not a limit: a number to look at.  40 kB a submission, fifty a commit. */
static void
speed_of_fifty_submissions_a_commit(void **state)
{
	struct fixture *f = *state;
	char *bytes = malloc(40001), *json = malloc(8001), *html = malloc(20001);
	struct timespec from, to;
	int commits = 20, n = 50;
	double seconds;
	struct sample s;

	for (size_t n_bytes = 0, i = 0; n_bytes < 40000; i++)
		n_bytes += (size_t)snprintf(bytes + n_bytes, 40001 - n_bytes,
		    "{\"ref\": \"BCF%03zu\", \"name\": \"Scheme %zu\", \"lead\": \"CCG\", "
		    "\"area\": "
		    "\"social_care\", \"expenditure\": %d.00, \"start\": \"2015-04-%02zu\"},\n",
		    i, i, rand() % 1000000, 1 + i % 30);
	memcpy(json, bytes, 8000);
	memcpy(html, bytes, 20000);
	clock_gettime(CLOCK_MONOTONIC, &from);
	for (int i = 0; i < commits; i++) {
		assert_true(ledger_begin(f->l));
		for (int j = 0; j < n; j++) {
			make_sample(&s, ledger_next_seq(f->l), bytes);
			s.result.json = (struct text){ json, 8000 };
			s.result.html = (struct text){ html, 20000 };
			assert_true(ledger_record(f->l, &s.arrival, &s.verdict));
		}
		assert_true(ledger_commit(f->l));
	}
	clock_gettime(CLOCK_MONOTONIC, &to);
	seconds = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
	print_message(
	    "%d commits of %d submissions of 40 kB: %.1f commits, %.0f submissions a second\n",
	    commits, n, commits / seconds, commits * n / seconds);
	free(bytes);
	free(json);
	free(html);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_recorded_is_found_again),
		TEST(a_rolled_back_record_leaves_nothing),
		TEST(a_failed_record_spoils_its_whole_transaction),
		TEST(a_second_revision_is_added_and_the_first_stays),
		TEST(recorded_verdicts_cannot_be_edited_or_removed),
		TEST(bytes_come_back_as_they_were_small_and_large),
		TEST(a_submission_that_is_not_kept_says_so),
		TEST(a_damaged_content_file_is_said_and_hides_nothing_else),
		TEST(a_bad_hash_never_becomes_a_path),
		TEST(published_verdicts_and_skipped_regions_are_left_out),
		TEST(sequence_numbers_are_never_given_twice),
		TEST(a_rollback_takes_no_number_back),
		TEST(the_outbox_has_no_gaps),
		TEST(what_is_not_committed_is_told_to_nobody),
		TEST(what_syslog_was_told_is_remembered),
		TEST(a_moment_in_the_outbox_is_found),
		TEST(history_answers_exactly_what_is_needed),
		TEST(history_ends_before_the_submission),
		TEST(lists_are_filtered_and_ordered),
		TEST(a_second_keeper_is_kept_out_with_one_sentence),
		TEST(a_newer_ledger_is_refused),
		TEST(what_is_no_ledger_is_refused),
		TEST(a_missing_state_directory_is_said),
		TEST(a_full_disk_is_said_and_recording_goes_on_afterwards),
		TEST(a_changed_verdict_breaks_the_chain),
		TEST(a_reader_looks_on_while_the_keeper_writes),
		TEST(a_killed_keeper_reuses_no_number_and_the_chain_holds),
		TEST(speed_of_fifty_submissions_a_commit),
	};

	return cmocka_run_group_tests_name("ledger", tests, NULL, NULL);
}
