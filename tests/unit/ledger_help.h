/* For tests of the ledger: one in a folder of its own, samples to record, sentences to collect. */
#ifndef TESTS_LEDGER_HELP_H
#define TESTS_LEDGER_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "daemon/ledger_sqlite.h"
#include "daemon/sha256.h"
#include "tests/unit/folder_help.h"

struct fixture {
	char dir[64];
	struct ledger *l;
};

static inline struct ledger *
reopen(struct fixture *f)
{
	char why[1024] = "";

	ledger_close(f->l);
	f->l = ledger_open(f->dir, why, sizeof(why));
	if (f->l == NULL)
		print_error("%s\n", why);
	return f->l;
}

static inline int
set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	snprintf(f->dir, sizeof(f->dir), "/tmp/poold-ledger-XXXXXX");
	*state = f;
	return mkdtemp(f->dir) != NULL && reopen(f) != NULL ? 0 : -1;
}

static inline int
tear_down(void **state)
{
	struct fixture *f = *state;

	ledger_close(f->l);
	remove_folder(f->dir);
	free(f);
	return 0;
}

/* A verdict to record, with defaults that a test changes. */
struct sample {
	struct arrival arrival;
	struct record_verdict verdict;
	struct result result;
	char hash[65], id[32];
};

static inline void
make_sample(struct sample *s, int64_t seq, const char *bytes)
{
	unsigned char hash[HASH_BYTES];

	memset(s, 0, sizeof(*s));
	sha256_of(text_of(bytes), hash);
	ledger_hex(hash, s->hash);
	snprintf(s->id, sizeof(s->id), "01KTEST%019lld", (long long)seq);
	s->arrival = (struct arrival){ .seq = seq,
		.region = TEXT("leeds"),
		.name = TEXT("plan.json"),
		.sha256 = text_of(s->hash),
		.bytes = text_of(bytes),
		.size = strlen(bytes),
		.kept = true,
		.received = 1417190700 };
	s->result = (struct result){ .outcome = COMPLIANT,
		.form = TEXT("bcf-plan"),
		.area = TEXT("E08000035"),
		.period = TEXT("2015-16"),
		.headline = TEXT("Passes every check that applied."),
		.at_stake = TEXT("0.00"),
		.json = TEXT("{\"outcome\": \"compliant\"}\n"),
		.html = TEXT("<!doctype html><p>Passes"),
		.budget = TEXT("{\"area\":\"E08000035\"}") };
	s->verdict = (struct record_verdict){ .id = text_of(s->id),
		.revision = 1,
		.rulebook = TEXT("3f2a"),
		.result = &s->result };
}

static inline void
must_record(struct ledger *l, struct sample *s)
{
	bool ok =
	    ledger_begin(l) && ledger_record(l, &s->arrival, &s->verdict) && ledger_commit(l);

	if (!ok)
		print_error("%s\n", ledger_error(l));
	assert_true(ok);
}

static inline int64_t
record_one(struct ledger *l, const char *bytes)
{
	struct sample s;

	make_sample(&s, ledger_next_seq(l), bytes);
	must_record(l, &s);
	return s.arrival.seq;
}

static inline void
run_sql(struct fixture *f, const char *sql)
{
	char path[100];
	sqlite3 *db;

	snprintf(path, sizeof(path), "%s/ledger.db", f->dir);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	sqlite3_close(db);
}

static inline void
collect(void *arg, struct text sentence)
{
	buf_text(arg, sentence);
	buf_char(arg, '\n');
}

static inline bool
next_in_order(void *arg, const struct outbox_row *row)
{
	uint64_t *last = arg;

	assert_int_equal(row->sequence, *last + 1);
	*last = row->sequence;
	return true;
}

/* Read to the end; problems, a line each, go to said, which may be NULL. */
static inline void
must_verify(struct ledger *l, struct ledger_check *check, struct buf *said)
{
	struct ledger_verifier by = { .problem = said != NULL ? collect : NULL, .arg = said };

	if (!ledger_verify(l, &by, check))
		fail_msg("%s", ledger_error(l));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

#endif
