/*
 * Pruning: what is old goes, but for what may still be needed; verdicts and the chain stay, and the ledger
 * says what went.
 */
#include "tests/unit/ledger_help.h"

#define HELD                                                                    \
	"{\"determinations\": [{\"name\": \"a\", \"held\": false}, {\"name\": " \
	"\"b\", \"held\": true}]}"

static int64_t
add(struct ledger *l, const char *period, enum outcome outcome, const char *json)
{
	struct sample s;
	int64_t seq = ledger_next_seq(l);
	char bytes[32];

	snprintf(bytes, sizeof(bytes), "bytes of %lld", (long long)seq);
	make_sample(&s, seq, bytes);
	s.arrival.received = 1000 * seq;
	s.result.period = text_of(period);
	s.result.outcome = outcome;
	s.result.json = text_of(json);
	must_record(l, &s);
	return seq;
}

static void
publish_and_tell_all(struct ledger *l)
{
	int64_t rows[100];

	for (int i = 0; i < 100; i++)
		rows[i] = i + 1;
	assert_true(ledger_mark_published(l, rows, 100));
	assert_true(ledger_mark_told(l, ledger_spooled(l)));
}

static struct prune_done
prune(struct ledger *l, instant before, bool dry)
{
	struct prune_query q = { .before = before, .look = 100, .most = 100, .dry = dry };
	struct prune_done done;

	if (!ledger_prune(l, &q, &done))
		fail_msg("%s", ledger_error(l));
	return done;
}

static void
take_bytes(void *arg, const struct undetermined *u)
{
	buf_printf(arg, "%.*s%s", TEXT_ARG(u->bytes), u->damaged != NULL ? u->damaged : "");
}

static void
check_bytes(struct ledger *l, const char *which, const char *wanted)
{
	struct buf got = { 0 };
	bool found;

	assert_true(ledger_again(l, text_of(which), take_bytes, &got, &found));
	assert_true(found);
	if (strstr(got.p, wanted) == NULL)
		fail_msg("arrival %s: \"%s\", wanted \"%s\"", which, got.p, wanted);
	buf_free(&got);
}

static void
old_versions_go_and_the_newest_stay(void **state)
{
	struct fixture *f = *state;
	struct ledger_check check;
	struct prune_done done;
	struct buf json = { 0 };
	bool found;

	add(f->l, "2014-15", COMPLIANT, "{\"one\": 1}"); /* 1: goes */
	add(f->l, "2014-15", QUERIED, "{}");             /* 2: the newest accepted */
	add(f->l, "2014-15", NON_COMPLIANT, "{}");       /* 3: goes */
	add(f->l, "2014-15", NON_COMPLIANT, "{}");       /* 4: the newest read */
	add(f->l, "", UNREADABLE, "{}");                 /* 5: goes */
	add(f->l, "2015-16", COMPLIANT, HELD);           /* 6: holds money */
	add(f->l, "2015-16", COMPLIANT, "{}");           /* 7: the newest */
	add(f->l, "2015-16", COMPLIANT, "{}");           /* 8: too young */
	publish_and_tell_all(f->l);
	done = prune(f->l, 8000, true);
	assert_int_equal(done.arrivals, 4);
	assert_true(done.end);
	check_bytes(f->l, "1", "bytes of 1");
	done = prune(f->l, 8000, false);
	assert_int_equal(done.arrivals, 4); /* 1, 3, 5 and 7, whose place 8 has taken */
	assert_int_equal(done.bytes, 4 * strlen("bytes of 1"));
	assert_int_equal(done.stay[PRUNE_HELD], 1);
	assert_int_equal(done.stay[PRUNE_WANTED], 2);
	check_bytes(f->l, "1", "pruned");
	check_bytes(f->l, "2", "bytes of 2");
	check_bytes(f->l, "3", "pruned");
	check_bytes(f->l, "4", "bytes of 4");
	check_bytes(f->l, "6", "bytes of 6");
	check_bytes(f->l, "7", "pruned");
	check_bytes(f->l, "8", "bytes of 8");
	assert_true(ledger_show(f->l, TEXT("1"), &json, &found) && found);
	assert_string_equal(json.p, "{\"one\": 1}");
	assert_int_equal(prune(f->l, 8000, false).arrivals, 0);
	reopen(f);
	must_verify(f->l, &check, NULL);
	assert_int_equal(check.problems, 0);
	assert_int_equal(check.pruned, 4);
	buf_free(&json);
}

static void
what_is_not_published_or_not_told_stays(void **state)
{
	struct fixture *f = *state;
	struct prune_done done;
	int64_t rows[] = { 1, 2 };

	for (int i = 0; i < 3; i++)
		add(f->l, "", UNREADABLE, "{}");
	assert_true(ledger_mark_published(f->l, rows, 1));
	assert_true(ledger_mark_told(f->l, 2));
	done = prune(f->l, 100000, false);
	assert_true(done.waits);
	assert_int_equal(done.arrivals, 0);
	assert_true(ledger_mark_told(f->l, 3));
	done = prune(f->l, 100000, false);
	assert_int_equal(done.arrivals, 1);
	assert_int_equal(done.stay[PRUNE_UNPUBLISHED], 2);
	check_bytes(f->l, "2", "bytes of 2");
}

static void
what_is_undetermined_stays_and_all_before_it(void **state)
{
	struct fixture *f = *state;
	struct prune_done done;

	add(f->l, "", UNREADABLE, "{}");
	add(f->l, "", UNDETERMINED, "{}");
	add(f->l, "", UNREADABLE, "{}");
	publish_and_tell_all(f->l);
	done = prune(f->l, 100000, false);
	assert_int_equal(done.arrivals, 1);
	assert_int_equal(done.stay[PRUNE_UNDETERMINED], 2);
	check_bytes(f->l, "3", "pruned");
	check_bytes(f->l, "1", "bytes of 1");
}

/* Whoever writes SQL beside us is held to the same. */
static void
nothing_goes_without_a_row_that_says_so(void **state)
{
	static const char *const attempts[] = { "UPDATE arrival SET bytes = x'' WHERE seq = 2",
		"UPDATE arrival SET bytes = x'00' WHERE seq = 1",
		"UPDATE arrival SET name = 'x', bytes = x'' WHERE seq = 1",
		"UPDATE verdict SET html = x'', outcome = 'compliant' WHERE seq = 1",
		"UPDATE verdict SET json = x'' WHERE seq = 1", "DELETE FROM pruned",
		"UPDATE pruned SET when_us = 0", "INSERT INTO pruned VALUES (2, 1, 'bytes')",
		"DELETE FROM budget WHERE verdict = 2" };
	struct fixture *f = *state;

	add(f->l, "2014-15", NON_COMPLIANT, "{}");
	add(f->l, "2014-15", NON_COMPLIANT, "{}");
	assert_true(ledger_mark_published(f->l, &(int64_t){ 1 }, 1));
	assert_true(ledger_mark_told(f->l, 2));
	assert_int_equal(prune(f->l, 100000, false).arrivals, 1);
	for (size_t i = 0; i < sizeof(attempts) / sizeof(*attempts); i++)
		if (sqlite3_exec(f->l->db, attempts[i], NULL, NULL, NULL) == SQLITE_OK)
			fail_msg("could be done: %s", attempts[i]);
}

static void
content_path(struct fixture *f, const char *hash, char path[200])
{
	snprintf(path, 200, "%s/content/%.2s/%s", f->dir, hash, hash);
}

static void
a_content_file_goes_with_the_last_arrival_that_needs_it(void **state)
{
	struct fixture *f = *state;
	char *big = malloc(CONTENT_LIMIT + 2), path[200], orphan[200];
	struct ledger_check check;
	struct sample s;

	memset(big, 'x', CONTENT_LIMIT + 1);
	big[CONTENT_LIMIT + 1] = '\0';
	for (int i = 1; i <= 2; i++) {
		make_sample(&s, ledger_next_seq(f->l), big);
		s.arrival.received = 1000 * i;
		s.result.form = TEXT_NONE;
		must_record(f->l, &s);
	}
	publish_and_tell_all(f->l);
	content_path(f, s.hash, path);
	assert_int_equal(prune(f->l, 2000, false).arrivals, 1);
	assert_int_equal(access(path, F_OK), 0);
	memset(s.hash + 2, 'a', 62);
	content_path(f, s.hash, orphan);
	fclose(fopen(orphan, "w"));
	must_verify(f->l, &check, NULL);
	assert_int_equal(check.problems, 0);
	assert_int_equal(check.orphans, 1);
	assert_int_equal(prune(f->l, 3000, false).arrivals, 1);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(access(orphan, F_OK), 0);
	for (int i = 0; i < 256; i++)
		ledger_sweep(f->l, (uint8_t)i);
	assert_int_equal(access(orphan, F_OK), -1);
	must_verify(f->l, &check, NULL);
	assert_int_equal(check.problems + check.orphans, 0);
	free(big);
}

static void
steps_are_small_and_go_on_where_the_last_ended(void **state)
{
	struct fixture *f = *state;
	struct prune_query q = { .before = 100000, .look = 4, .most = 3 };
	struct prune_done done = { 0 };
	uint64_t went = 0;
	int steps = 0;

	for (int i = 0; i < 10; i++)
		add(f->l, "", UNREADABLE, "{}");
	publish_and_tell_all(f->l);
	for (; !done.end; steps++) {
		q.after = done.after;
		assert_true(ledger_prune(f->l, &q, &done));
		assert_true(done.arrivals <= 3);
		went += done.arrivals;
	}
	assert_int_equal(went, 10);
	assert_int_equal(steps, 4);
}

static bool
take_sequence(void *arg, const struct outbox_row *row)
{
	buf_printf(arg, "%llu ", (unsigned long long)row->sequence);
	return true;
}

static void
records_go_when_they_were_told_long_ago(void **state)
{
	struct fixture *f = *state;
	struct buf seen = { 0 };
	struct ledger_check check;
	struct event ev;
	uint64_t first;
	uint32_t n;

	event_begin(&ev, EV_STATUS);
	for (int i = 1; i <= 10; i++)
		assert_true(ledger_spool(f->l, &ev, i * 1000));
	assert_true(ledger_prune_told(f->l, 100000, 100, &n));
	assert_int_equal(n, 0);
	assert_true(ledger_mark_told(f->l, 6));
	assert_true(ledger_prune_told(f->l, 5000, 3, &n));
	assert_int_equal(n, 3);
	assert_true(ledger_prune_told(f->l, 5000, 3, &n));
	assert_int_equal(n, 1);
	assert_true(ledger_prune_told(f->l, 100000, 100, &n));
	assert_int_equal(n, 2);
	assert_true(ledger_first_sequence_since(f->l, 0, &first));
	assert_int_equal(first, 7);
	must_verify(f->l, &check, NULL);
	assert_int_equal(check.problems, 0);
	assert_int_equal(check.records, 4);
	assert_true(ledger_mark_told(f->l, 10));
	assert_true(ledger_prune_told(f->l, 100000, 100, &n));
	reopen(f);
	assert_true(ledger_first_kept(f->l, &first));
	assert_int_equal(first, 11);
	assert_true(ledger_spool(f->l, &ev, 1));
	assert_true(ledger_outbox(f->l, 0, 100, take_sequence, &seen));
	assert_string_equal(seen.p, "11 ");
	must_verify(f->l, &check, &seen);
	assert_int_equal(check.problems, 0);
	run_sql(f, "UPDATE number SET value = 8 WHERE name = 'pruned_told'");
	must_verify(f->l, &check, &seen);
	assert_int_equal(check.problems, 1);
	assert_non_null(strstr(seen.p, "Events 9 to 10 are missing"));
	buf_free(&seen);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(old_versions_go_and_the_newest_stay),
		TEST(what_is_not_published_or_not_told_stays),
		TEST(what_is_undetermined_stays_and_all_before_it),
		TEST(nothing_goes_without_a_row_that_says_so),
		TEST(a_content_file_goes_with_the_last_arrival_that_needs_it),
		TEST(steps_are_small_and_go_on_where_the_last_ended),
		TEST(records_go_when_they_were_told_long_ago),
	};

	return cmocka_run_group_tests_name("ledger_prune", tests, NULL, NULL);
}
