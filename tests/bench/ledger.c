/*
 * Nothing grows with the ledger: what each thing costs with a thousand verdicts in it, and with many more.
 *
 * usage: ledger DIR VERDICTS
 *        ledger DIR flood COMMITS    how long commits take in a flood, and how long the log gets
 *
 * For each thing the time (the median of some), the steps of SQLite's machine and the pages that it looked
 * at.  Times are for people; steps do not depend on the machine, so they decide: when one has grown
 * beyond what the depth of a tree explains, that is said, and the exit status is 1.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "daemon/ledger_sqlite.h"
#include "daemon/sha256.h"

#define EACH    21
#define REGIONS 10
#define SMALL   1000

static struct ledger *l;
static uint64_t steps;
static int64_t n_recorded, last_seq;

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static int
count_step(void *arg)
{
	(void)arg;
	steps++;
	return 0;
}

static void
must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "%s: %s\n", what, l != NULL ? ledger_error(l) : "");
	exit(2);
}

static void
open_ledger(const char *dir)
{
	char why[1024] = "";

	l = ledger_open(dir, why, sizeof(why));
	if (l == NULL) {
		fprintf(stderr, "%s\n", why);
		exit(2);
	}
	sqlite3_progress_handler(l->db, 1, count_step, NULL);
}

/* --- what is recorded: ten regions, three forms, eight years, some versions of each --- */

struct one {
	char region[24], area[24], period[12], sha256[65], id[32], bytes[64];
	struct arrival arrival;
	struct record_verdict verdict;
	struct result result;
};

static void
make_one(struct one *o, int64_t seq)
{
	static const char *const forms[] = { "bcf-plan", "bcf-return", "ccg-return" };
	static const enum outcome outcomes[] = { COMPLIANT, COMPLIANT, QUERIED, NON_COMPLIANT,
		COMPLIANT, UNREADABLE, NON_COMPLIANT };
	unsigned char hash[HASH_BYTES];
	int year = 2008 + (int)(seq / 7 % 8);

	memset(o, 0, sizeof(*o));
	snprintf(o->region, sizeof(o->region), "region-%d", (int)(seq % REGIONS));
	snprintf(o->area, sizeof(o->area), "E08%06d", (int)(seq % REGIONS));
	snprintf(o->period, sizeof(o->period), "%d-%02d", year, (year + 1) % 100);
	snprintf(o->bytes, sizeof(o->bytes), "{\"return\": %lld}", (long long)seq);
	snprintf(o->id, sizeof(o->id), "01KBENCH%018lld", (long long)seq);
	sha256_of(text_of(o->bytes), hash);
	ledger_hex(hash, o->sha256);
	o->arrival = (struct arrival){ .seq = seq,
		.region = text_of(o->region),
		.name = TEXT("plan.json"),
		.sha256 = text_of(o->sha256),
		.bytes = text_of(o->bytes),
		.size = strlen(o->bytes),
		.kept = true,
		.received = 1417190700 + seq };
	o->result =
	    (struct result){ .outcome = seq % 997 == 0 ? UNDETERMINED : outcomes[seq % 7],
		    .form = text_of(forms[seq / REGIONS % 3]),
		    .area = text_of(o->area),
		    .period = text_of(o->period),
		    .headline = TEXT("Passes every check that applied."),
		    .at_stake = TEXT("0.00"),
		    .json = TEXT(
			"{\"verdict\": 1, \"outcome\": \"compliant\", \"findings\": []}\n"),
		    .html = TEXT("<!doctype html><p>Passes every check that applied."),
		    .budget = TEXT("{\"area\":\"E08000035\"}") };
	o->verdict = (struct record_verdict){ .id = text_of(o->id),
		.revision = 1,
		.rulebook = TEXT("3f2a"),
		.result = &o->result };
}

static void
record(int n)
{
	struct one o;

	must(ledger_begin(l), "begin");
	for (int i = 0; i < n; i++) {
		int64_t seq = ledger_next_seq(l);

		last_seq = seq;
		make_one(&o, seq);
		must(ledger_record(l, &o.arrival, &o.verdict), "record");
	}
	must(ledger_commit(l), "commit");
	n_recorded += n;
}

/* All but the last hundred are published; all is told. */
static void
publish(int64_t from, int64_t to)
{
	int64_t rows[1000];

	for (int64_t row = from; row <= to;) {
		size_t n = 0;

		while (n < 1000 && row <= to)
			rows[n++] = row++;
		must(ledger_mark_published(l, rows, n), "publish");
	}
	must(ledger_mark_told(l, ledger_spooled(l) - 100), "told");
}

static void
fill(int64_t to)
{
	int64_t from = n_recorded > 100 ? n_recorded - 100 : 0;

	/* how fast the disk is matters elsewhere */
	sqlite3_exec(l->db, "PRAGMA synchronous = OFF", NULL, NULL, NULL);
	while (n_recorded < to) {
		record(to - n_recorded < 400 ? (int)(to - n_recorded) : 400);
		if (n_recorded % 40000 == 0)
			ledger_idle(l);
	}
	publish(from + 1, to - 100);
	ledger_idle(l);
	sqlite3_exec(l->db, "PRAGMA synchronous = FULL", NULL, NULL, NULL);
}

/* --- what is measured --- */

static bool
each_listed(void *arg, const struct listed *one)
{
	(void)arg;
	(void)one;
	return true;
}

static bool
each_unpublished(void *arg, const struct unpublished *u)
{
	(void)arg;
	(void)u;
	return true;
}

static bool
each_row(void *arg, const struct outbox_row *row)
{
	(void)arg;
	(void)row;
	return true;
}

static void
each_undetermined(void *arg, const struct undetermined *u)
{
	(void)arg;
	(void)u;
}

static void
do_record(void)
{
	record(50);
}

static void
do_next(void)
{
	must(ledger_next_seq(l) > 0, "next");
}

static void
list(struct list_filter f)
{
	if (f.after_seq == 0)
		f.after_seq = -1;
	f.most = 50;
	must(ledger_list(l, &f, each_listed, NULL), "list");
}

static void
do_list(void)
{
	list((struct list_filter){ 0 });
}

static void
do_list_tail(void)
{
	list((struct list_filter){ .after_seq = last_seq - 20, .region = TEXT("region-3") });
}

static void
do_list_region(void)
{
	list((struct list_filter){ .region = TEXT("region-3") });
}

static void
do_list_outcome(void)
{
	list((struct list_filter){ .outcome = TEXT("non-compliant") });
}

static void
do_list_area(void)
{
	list((struct list_filter){ .area = TEXT("E08000003") });
}

static void
do_list_none(void)
{
	list((struct list_filter){ .region = TEXT("nowhere") });
}

static void
do_show(void)
{
	struct buf json = { 0 };
	bool found;

	must(ledger_show(l, TEXT("500"), &json, &found), "show");
	buf_free(&json);
}

static void
do_unpublished(void)
{
	struct unpublished_query q = { .most = 50, .each = each_unpublished };

	must(ledger_unpublished(l, &q), "unpublished");
}

static void
do_mark(void)
{
	int64_t row = n_recorded - 50;

	must(ledger_mark_published(l, &row, 1), "mark");
}

static void
do_outbox(void)
{
	must(ledger_outbox(l, ledger_spooled(l) - 50, 50, each_row, NULL), "outbox");
}

static void
do_since(void)
{
	uint64_t sequence;

	must(ledger_first_sequence_since(l, INT64_MAX, &sequence), "since");
}

static void
do_identical(void)
{
	char id[32];
	struct one o;

	make_one(&o, 500);
	must(ledger_identical(l, o.arrival.region, o.arrival.sha256, id), "identical");
}

static void
history(int kind)
{
	struct arena *arena = arena_new();
	struct need need = { .kind = NEED_PREVIOUS };
	struct identity who = { .form = TEXT("bcf-plan"),
		.area = TEXT("E08000003"),
		.period = TEXT("2015-16"),
		.needs = &need,
		.n_needs = 1 };
	struct history h;

	need.kind = kind == NEED_VERSION ? NEED_VERSION
	    : kind == NEED_RETURNS       ? NEED_RETURNS
					 : NEED_PREVIOUS;
	if (need.kind == NEED_RETURNS) {
		need.form = who.form;
		need.area = who.area;
	}
	must(ledger_history(l, arena, &who, TEXT("region-3"), INT64_MAX, &h), "history");
	arena_free(arena);
}

static void
do_previous(void)
{
	history(NEED_PREVIOUS);
}

static void
do_version(void)
{
	history(NEED_VERSION);
}

static void
do_returns(void)
{
	history(NEED_RETURNS);
}

static void
do_undetermined(void)
{
	must(ledger_undetermined(l, 0, TEXT("new"), each_undetermined, NULL), "undetermined");
}

static void
do_status(void)
{
	struct ledger_counts counts;

	must(ledger_count(l, &counts), "status");
}

static void
do_prune(void)
{
	struct prune_query q = { .before = 0, .look = 200, .most = 25, .dry = true };
	struct prune_done done;

	must(ledger_prune(l, &q, &done), "prune");
}

static char *where;

static void
do_open(void)
{
	open_ledger(where);
}

static const struct thing {
	const char *name;
	void (*run)(void);
} things[] = {
	{ "record and commit 50", do_record },
	{ "next number", do_next },
	{ "list the newest 50", do_list },
	{ "list what is new (tail)", do_list_tail },
	{ "list a region", do_list_region },
	{ "list an outcome", do_list_outcome },
	{ "list an area", do_list_area },
	{ "list what there is none of", do_list_none },
	{ "show", do_show },
	{ "unpublished, 50", do_unpublished },
	{ "mark one published", do_mark },
	{ "outbox, 50", do_outbox },
	{ "first record since", do_since },
	{ "identical bytes", do_identical },
	{ "history: previous return", do_previous },
	{ "history: version before", do_version },
	{ "history: returns", do_returns },
	{ "undetermined", do_undetermined },
	{ "counts (status)", do_status },
	{ "a step of pruning", do_prune },
	{ "open", do_open },
};

#define N_THINGS (sizeof(things) / sizeof(*things))

struct cost {
	double us;
	uint64_t steps, pages;
};

static int
by_time(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static uint64_t
pages(void)
{
	int hit, miss, high;

	sqlite3_db_status(l->db, SQLITE_DBSTATUS_CACHE_HIT, &hit, &high, 0);
	sqlite3_db_status(l->db, SQLITE_DBSTATUS_CACHE_MISS, &miss, &high, 0);
	return (uint64_t)hit + (uint64_t)miss;
}

static struct cost
measure(const struct thing *t)
{
	double times[EACH];
	struct cost c;

	for (int i = 0; i < EACH; i++) {
		if (t->run == do_open)
			ledger_close(l);
		uint64_t before = t->run == do_open ? 0 : pages(), s = steps;
		double from = now();

		t->run();
		times[i] = (now() - from) * 1e6;
		c.steps = steps - s;
		c.pages = pages() - before;
	}
	qsort(times, EACH, sizeof(*times), by_time);
	c.us = times[EACH / 2];
	return c;
}

/*
 * Fifty submissions of 40 kB a commit without a pause, and a reader that holds a snapshot for every other
 * commit, as verify does at most: the log has to stay bounded.
 */
static int
flood(int commits)
{
	double *times = calloc((size_t)commits, sizeof(*times)), total = now();
	char *big = malloc(40000), wal[4096];
	sqlite3_stmt *snapshot = NULL;
	off_t longest = 0;
	sqlite3 *reader = NULL;
	struct stat st;
	struct one o;

	for (int i = 0; i < 40000; i++)
		big[i] = (char)(' ' + rand() % 24 * (rand() % 4));
	snprintf(wal, sizeof(wal), "%s/" LEDGER_FILE "-wal", where);
	must(sqlite3_open_v2(l->path, &reader, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK,
	    "reader");
	must(sqlite3_prepare_v2(reader, "SELECT seq FROM arrival", -1, &snapshot, NULL) ==
		SQLITE_OK,
	    "reader");
	for (int i = 0; i < commits; i++) {
		sqlite3_reset(snapshot);
		if (i % 2 == 0)
			sqlite3_step(snapshot);
		must(ledger_begin(l), "begin");
		for (int j = 0; j < 50; j++) {
			make_one(&o, ledger_next_seq(l));
			o.arrival.bytes = (struct text){ big, 40000 };
			o.result.html = (struct text){ big, 20000 };
			must(ledger_record(l, &o.arrival, &o.verdict), "record");
		}
		times[i] = now();
		must(ledger_commit(l), "commit");
		times[i] = (now() - times[i]) * 1e3;
		if (stat(wal, &st) == 0 && st.st_size > longest)
			longest = st.st_size;
	}
	total = now() - total;
	sqlite3_finalize(snapshot);
	sqlite3_close(reader);
	qsort(times, (size_t)commits, sizeof(*times), by_time);
	printf(
	    "%d commits of 50 submissions of 40 kB: %.0f submissions a second; a commit takes "
	    "%.1f ms (median), %.1f (99th), %.1f (longest); the log is %.0f MB at most\n",
	    commits, commits * 50 / total, times[commits / 2], times[commits * 99 / 100],
	    times[commits - 1], (double)longest / 1e6);
	free(times);
	free(big);
	ledger_close(l);
	return longest > 100000000;
}

int
main(int argc, char **argv)
{
	struct cost small[N_THINGS], large[N_THINGS];
	int64_t n = argc == 3 ? strtoll(argv[2], NULL, 10) : 0;
	struct stat st;
	char path[4096];
	double from;
	int grown = 0;

	if (argc == 4 && strcmp(argv[2], "flood") == 0) {
		where = argv[1];
		open_ledger(where);
		sqlite3_progress_handler(l->db, 0, NULL, NULL);
		return flood(atoi(argv[3]));
	}
	if (n < 2 * SMALL) {
		fprintf(stderr, "usage: ledger DIR VERDICTS (%d or more)\n", 2 * SMALL);
		return 64;
	}
	where = argv[1];
	open_ledger(where);
	fill(SMALL);
	for (size_t i = 0; i < N_THINGS; i++)
		small[i] = measure(&things[i]);
	from = now();
	fill(n);
	snprintf(path, sizeof(path), "%s/" LEDGER_FILE, where);
	printf("%lld verdicts, recorded at %.0f a second without syncs", (long long)n,
	    (double)(n - SMALL) / (now() - from));
	printf(" (%.0f MB)\n", stat(path, &st) == 0 ? (double)st.st_size / 1e6 : 0.0);
	printf("%-28s %28s   %28s\n", "", "with 1000: us, steps, pages",
	    "with all: us, steps, pages");
	for (size_t i = 0; i < N_THINGS; i++) {
		const struct cost *a = &small[i], *b = &large[i];
		bool grew;

		large[i] = measure(&things[i]);
		grew = b->steps > 2 * a->steps + 500;
		grown += grew;
		printf("%-28s %12.0f %8llu %6llu   %12.0f %8llu %6llu%s\n", things[i].name,
		    a->us, (unsigned long long)a->steps, (unsigned long long)a->pages, b->us,
		    (unsigned long long)b->steps, (unsigned long long)b->pages,
		    grew ? "  GROWN" : "");
	}
	ledger_close(l);
	return grown > 0;
}
