/*
 * What goes in time: the bytes, reports and budgets of old arrivals, and records told long ago.
 *
 * Verdicts, hashes and the chain stay: what went has a row in `pruned` that says when, and triggers let
 * nothing go without it.  What stays whatever its age:
 *
 *  - what is not published, and everything while syslog has not been told everything;
 *  - what is being judged again: its next revision is published from its bytes;
 *  - what is undetermined, and all that came before it, since it may be compared with that when it is
 *    judged again;
 *  - money that a determination holds back;
 *  - the newest version of a return (form, area, period, region) that could be read, and the newest
 *    that was accepted: later ones are compared with them.
 *
 * A content file goes after the commit, when no arrival that is kept has the same bytes; a crash between
 * leaves a file that nobody speaks of, and the next round removes that.
 */
#include <errno.h>
#include <dirent.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "daemon/ledger_sqlite.h"

/* One row of SQL_OLD. */
struct old {
	int64_t seq, row;
	uint64_t size;
	enum kept kept;
	instant received;
	struct text outcome, form, area, period, region, sha256;
	bool pruned, unpublished, undetermined;
};

static struct old
old_of(sqlite3_stmt *st)
{
	struct old o = {
		.seq = sqlite3_column_int64(st, 0),
		.received = sqlite3_column_int64(st, 1),
		.kept = (enum kept)sqlite3_column_int(st, 2),
		.size = (uint64_t)sqlite3_column_int64(st, 3),
		.sha256 = ledger_column(st, 4),
		.region = ledger_column(st, 5),
		.row = sqlite3_column_int64(st, 6),
		.outcome = ledger_column(st, 7),
		.form = ledger_column(st, 8),
		.area = ledger_column(st, 9),
		.period = ledger_column(st, 10),
		.pruned = sqlite3_column_int(st, 11) != 0,
		.unpublished = sqlite3_column_int(st, 12) != 0,
		.undetermined = sqlite3_column_int(st, 13) != 0,
	};

	return o;
}

/* May a later return be compared with this one? 1 yes, 0 no, -1 failed. */
static int
is_wanted(struct ledger *l, const struct old *o)
{
	sqlite3_stmt *st;
	int wanted = -1;

	if (o->form.n == 0 || text_is(o->outcome, outcome_names[UNREADABLE]))
		return 0;
	st = ledger_statement(l, SQL_WANTED);
	if (ledger_bind(
		l, st, "tttiti", o->form, o->area, o->period, o->seq, o->region, o->row) &&
	    ledger_step(l, st, "look for later returns") == 1) {
		wanted = sqlite3_column_int(st, 0);
		sqlite3_reset(st);
	}
	return wanted;
}

/* Does its newest verdict hold money back?  One that cannot be read may. */
static bool
holds_money(struct ledger *l, int64_t seq)
{
	struct buf *json = &l->scratch[0];
	char number[24];
	json_t *verdict, *d;
	bool found;
	size_t i;
	bool holds = false;

	snprintf(number, sizeof(number), "%lld", (long long)seq);
	if (!ledger_show(l, text_of(number), json, &found))
		return true;
	verdict = json_loadb(json->p, json->n, 0, NULL);
	if (verdict == NULL)
		return true;
	json_array_foreach(json_object_get(verdict, "determinations"), i,
	    d) if (json_is_true(json_object_get(d, "held"))) holds = 1;
	json_decref(verdict);
	return holds;
}

/* Why it stays; PRUNE_GOES: it does not; -1: failed. */
static int
judge(struct ledger *l, const struct old *o, const struct prune_query *q)
{
	int yes;

	if (o->pruned || o->received >= q->before)
		return PRUNE_NOT_DUE;
	if (o->unpublished)
		return PRUNE_UNPUBLISHED;
	if (o->undetermined || o->seq == q->again)
		return PRUNE_UNDETERMINED;
	if ((yes = is_wanted(l, o)) != 0)
		return yes == -1 ? -1 : PRUNE_WANTED;
	return holds_money(l, o->seq) ? PRUNE_HELD : PRUNE_GOES;
}

static bool
prune_one(struct ledger *l, const struct old *o, int64_t when_us)
{
	struct text what =
	    o->kept == KEPT_NOT ? TEXT("report, budget") : TEXT("bytes, report, budget");

	return ledger_run(l, SQL_TOMBSTONE, "prune", "iit", o->seq, when_us, what) &&
	    ledger_run(l, SQL_EMPTY_ARRIVAL, "prune", "i", o->seq) &&
	    ledger_run(l, SQL_EMPTY_REPORTS, "prune", "i", o->seq) &&
	    ledger_run(l, SQL_DELETE_BUDGETS, "prune", "i", o->seq);
}

/* 1: an arrival that is kept has these bytes; 0: none; -1: failed. */
static int
content_needed(struct ledger *l, struct text sha256)
{
	sqlite3_stmt *st = ledger_statement(l, SQL_CONTENT_NEEDED);
	int rc = ledger_bind(l, st, "t", sha256) ? ledger_step(l, st, "look for bytes") : -1;

	if (rc == 1)
		sqlite3_reset(st);
	return rc;
}

/* Hashes, one after another: their files go unless somebody needs them. */
static void
remove_contents(struct ledger *l, const struct buf *hashes)
{
	for (size_t at = 0; at + 2 * HASH_BYTES <= hashes->n; at += 2 * HASH_BYTES) {
		struct text hash = { hashes->p + at, 2 * HASH_BYTES };

		if (content_needed(l, hash) == 0)
			(void)ledger_content_remove(l, hash);
	}
}

/* What one step goes through. */
struct step {
	struct ledger *l;
	const struct prune_query *q;
	struct prune_done *done;
	struct buf hashes;
	int64_t when_us;
};

static bool
step_one(struct step *s, const struct old *o)
{
	int why = judge(s->l, o, s->q);

	if (why == -1)
		return false;
	s->done->after = o->seq;
	s->done->looked++;
	s->done->old += o->received < s->q->before;
	if (why != PRUNE_GOES) {
		s->done->stay[why]++;
		return true;
	}
	s->done->arrivals++;
	s->done->bytes += o->kept != KEPT_NOT ? o->size : 0;
	if (s->q->dry)
		return true;
	if (o->kept == KEPT_FILE)
		buf_text(&s->hashes, o->sha256);
	return prune_one(s->l, o, s->when_us);
}

/* In the open transaction, or in none when nothing is to go. */
static bool
step_rows(struct step *s)
{
	sqlite3_stmt *st = ledger_statement(s->l, SQL_OLD);
	uint32_t most = s->q->look > 0 ? s->q->look : 1;
	int rc = -1;
	bool ok = ledger_bind(s->l, st, "ii", s->q->after, (int64_t)most);

	while (ok && (rc = ledger_step(s->l, st, "look for old arrivals")) == 1) {
		struct old o = old_of(st);

		ok = step_one(s, &o);
		if (s->done->arrivals >= s->q->most)
			break;
	}
	if (st != NULL)
		sqlite3_reset(st);
	/* nothing but young ones: those behind them are younger still */
	s->done->end = rc == 0 && (s->done->looked < most || s->done->old == 0);
	return ok && rc >= 0;
}

static int64_t
now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

bool
ledger_prune(struct ledger *l, const struct prune_query *q, struct prune_done *done)
{
	struct step s = { .l = l, .q = q, .done = done, .when_us = now_us() };
	uint64_t unpublished, untold;
	bool ok;

	*done = (struct prune_done){ .after = q->after };
	ledger_waiting(l, &unpublished, &untold);
	done->waits = untold > 0 || l->backups > 0;
	if (q->dry)
		ok = step_rows(&s);
	else if (done->waits)
		ok = true;
	else if (!ledger_begin(l))
		ok = false;
	else {
		l->broken = !step_rows(&s);
		ok = ledger_commit(l);
		if (ok)
			remove_contents(l, &s.hashes);
	}
	if (!ok)
		*done = (struct prune_done){ .after = q->after };
	buf_free(&s.hashes);
	return ok;
}

/* The last record that may go: told, and older than that, and so is all before it. */
static bool
last_to_go(struct ledger *l, int64_t before_us, uint32_t most, int64_t *last, uint32_t *n)
{
	sqlite3_stmt *st = ledger_statement(l, SQL_OUTBOX_OLD);
	int rc = -1;

	*n = 0;
	if (!ledger_bind(l, st, "ii", (int64_t)l->told, (int64_t)most))
		return false;
	while ((rc = ledger_step(l, st, "read the outbox")) == 1 &&
	    sqlite3_column_int64(st, 1) < before_us) {
		*last = sqlite3_column_int64(st, 0);
		++*n;
	}
	sqlite3_reset(st);
	return rc >= 0;
}

bool
ledger_prune_told(struct ledger *l, int64_t before_us, uint32_t most, uint32_t *n)
{
	int64_t last = 0;

	if (!last_to_go(l, before_us, most, &last, n))
		return false;
	if (*n == 0)
		return true;
	if (!ledger_begin(l))
		return false;
	/* how far was told is written with it: on disk it must not lag behind what has gone */
	l->told_changed = true;
	l->broken = !ledger_run(l, SQL_SET_NUMBER, "prune", "ti", TEXT("pruned_told"), last) ||
	    !ledger_run(l, SQL_DELETE_OUTBOX, "prune", "i", last);
	return ledger_commit(l);
}

/* Files of one folder of contents that nobody speaks of. */
static bool
sweep_folder(struct ledger *l, int fd)
{
	DIR *dir = fdopendir(fd);
	const struct dirent *e;
	int error = errno;

	if (dir == NULL) {
		close(fd);
		errno = error;
		return false;
	}
	while (errno = 0, (e = readdir(dir)) != NULL)
		if (strlen(e->d_name) == 2 * HASH_BYTES &&
		    content_needed(l, text_of(e->d_name)) == 0)
			(void)ledger_content_remove(l, text_of(e->d_name));
	error = errno;
	closedir(dir);
	errno = error;
	return error == 0;
}

bool
ledger_sweep(struct ledger *l, uint8_t part)
{
	char name[sizeof("content/ab")];
	int fd;

	/* a file is there before its row is committed */
	if (l->in_transaction || l->backups > 0)
		return true;
	snprintf(name, sizeof(name), "content/%02x", part);
	fd = openat(l->dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1)
		return errno == ENOENT;
	return sweep_folder(l, fd);
}
