/*
 * Judging again: what was our fault, and what an operator asks for.
 *
 * When another rulebook is in use, each arrival whose newest verdict is undetermined by an earlier one
 * is judged once more, from the ledger's bytes: one after the other, in order of arrival, beside what
 * comes in.  The new verdict is a further revision; publishing moves the files to its folder.  What is
 * undetermined again is a revision as well: it says that this rulebook was tried, so that it is not
 * tried without end.
 *
 * `poolctl requeue` asks for one arrival, whatever its outcome; those go first, in the order in which they
 * were asked for.  They are not written down: a restart forgets what was asked and not done.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/ipc.h"
#include "daemon/keeper.h"
#include "daemon/log.h"
#include "rules/verdict.h"

#define ASKS_MOST 1000

struct again {
	bool wanted;   /* there may be more behind the cursor */
	bool busy;     /* the job is with the evaluators */
	int64_t after; /* number of the last one that was looked at */
	struct job job;
	char id[32];
	struct buf texts; /* what the submission's texts point into */
	uint64_t history_from;
	bool asked; /* the job was asked for: it is the first of these */
	int64_t asks[ASKS_MOST];
	uint32_t n_asks;
};

bool
keeper_again_new(struct keeper *k)
{
	k->again = calloc(1, sizeof(*k->again));
	if (k->again != NULL)
		k->again->job.memfd = -1;
	return k->again != NULL;
}

static void
again_drop(struct again *a)
{
	memfd_unmap(a->job.submission.bytes);
	if (a->job.memfd != -1)
		(void)close(a->job.memfd);
	a->job = (struct job){ .memfd = -1 };
	buf_clear(&a->texts);
	a->busy = false;
	a->history_from = 0;
}

void
keeper_again_free(struct keeper *k)
{
	if (k->again == NULL)
		return;
	again_drop(k->again);
	buf_free(&k->again->texts);
	free(k->again);
	k->again = NULL;
}

/* A copy that ends with NUL, in memory that may move: its offset. */
static size_t
again_text(struct again *a, struct text t)
{
	size_t at = a->texts.n;

	buf_text(&a->texts, t);
	buf_char(&a->texts, '\0');
	return at;
}

/* The job out of the ledger's row; false: no memory. */
static bool
again_prepare(struct keeper *k, const struct undetermined *u)
{
	struct again *a = k->again;
	const struct text from[] = { u->name, u->region, u->sha256, u->id, u->identical_to };
	struct submission *s = &a->job.submission;
	struct text *to[] = { &s->name, &s->region, &s->sha256, &s->supersedes,
		&s->identical_to };
	size_t at[5], i;

	a->job = (struct job){ .memfd = memfd_of_bytes("submission", u->bytes), .again = true };
	for (i = 0; i < 5; i++)
		at[i] = again_text(a, from[i]);
	if (a->job.memfd == -1 || buf_failed(&a->texts) || !memfd_map(a->job.memfd, &s->bytes))
		return false;
	for (i = 0; i < 5; i++)
		*to[i] = (struct text){ a->texts.p + at[i], from[i].n };
	verdict_id_make(a->id);
	s->id = text_of(a->id);
	s->seq = u->seq;
	s->revision = u->revision + 1;
	s->received = u->received;
	s->still_changing = u->still_changing;
	s->time_given = k->at_given;
	return true;
}

/* To the evaluators; false: it cannot be judged again now, which was said. */
static bool
again_try(struct keeper *k, const struct undetermined *u, bool asked)
{
	struct again *a = k->again;

	a->asked = asked;
	a->busy = u->damaged == NULL && again_prepare(k, u) &&
	    evaluators_give(k->evaluators, &a->job);
	if (a->busy)
		return true;
	log_warnx("arrival %lld could not be judged again%s: %s", (long long)u->seq,
	    asked ? "" : "; it is tried at the next reload",
	    u->damaged != NULL ? u->damaged : "no memory");
	again_drop(a);
	return false;
}

/* The one that the ledger found.  One that is damaged does not hide those after it. */
static void
again_give(void *arg, const struct undetermined *u)
{
	struct keeper *k = arg;

	k->again->wanted = true;
	k->again->after = u->seq;
	(void)again_try(k, u, false);
}

static void
again_asked_done(struct again *a)
{
	a->n_asks--;
	memmove(a->asks, a->asks + 1, a->n_asks * sizeof(*a->asks));
}

static void
again_give_asked(void *arg, const struct undetermined *u)
{
	struct keeper *k = arg;

	if (!again_try(k, u, true))
		again_asked_done(k->again);
}

/* The first that was asked for. */
static void
again_next_asked(struct keeper *k)
{
	struct again *a = k->again;
	char number[24];
	bool found = false;

	(void)snprintf(number, sizeof(number), "%lld", (long long)a->asks[0]);
	if (!ledger_again(k->ledger, text_of(number), again_give_asked, k, &found))
		log_warnx("%s", ledger_error(k->ledger));
	if (!found)
		again_asked_done(a);
}

/* What was asked about, for the answer. */
struct ask {
	struct keeper *k;
	struct keeper_ask *out;
	struct buf *why;
};

static void
again_look(void *arg, const struct undetermined *u)
{
	struct ask *ask = arg;
	struct again *a = ask->k->again;
	bool waits = a->busy && a->job.submission.seq == u->seq;
	uint32_t i;

	*ask->out = (struct keeper_ask){ .seq = u->seq, .revision = u->revision + 1 };
	for (i = 0; i < a->n_asks; i++)
		waits = waits || a->asks[i] == u->seq;
	if (u->damaged != NULL)
		buf_printf(ask->why, "Arrival %lld cannot be judged again. %s",
		    (long long)u->seq, u->damaged);
	else if (waits)
		buf_printf(
		    ask->why, "Arrival %lld is being judged again already.", (long long)u->seq);
	else if (a->n_asks == ASKS_MOST)
		buf_printf(ask->why,
		    "%d arrivals wait to be judged again already. Ask again when some of them "
		    "have been.",
		    ASKS_MOST);
	else
		a->asks[a->n_asks++] = u->seq;
}

bool
keeper_again_ask(
    struct keeper *k, struct text id_or_seq, struct keeper_ask *out, struct buf *why)
{
	struct ask ask = { k, out, why };
	bool found;

	*out = (struct keeper_ask){ 0 };
	if (!ledger_again(k->ledger, id_or_seq, again_look, &ask, &found))
		buf_str(why, ledger_error(k->ledger));
	if (why->n > 0 || !found)
		return false;
	keeper_again_next(k);
	return true;
}

void
keeper_again_next(struct keeper *k)
{
	struct again *a = k->again;

	if (k->paused || k->finishing || !evaluators_ready(k->evaluators))
		return;
	while ((a->wanted || a->n_asks > 0) && !a->busy && !keeper_marks_over(k)) {
		if (a->n_asks > 0) {
			again_next_asked(k);
			continue;
		}
		a->wanted = false;
		if (!ledger_undetermined(
			k->ledger, a->after, k->rulebook.digest, again_give, k))
			log_warnx("%s", ledger_error(k->ledger));
	}
}

void
keeper_again_start(struct keeper *k)
{
	k->again->wanted = true;
	k->again->after = 0;
	keeper_again_next(k);
}

bool
keeper_again_history(struct keeper *k, const struct job *job, const struct identity *identity,
    struct arena *arena, struct history *history)
{
	k->again->history_from = k->open ? k->transaction : 0;
	return ledger_history(
	    k->ledger, arena, identity, job->submission.region, job->submission.seq, history);
}

int64_t
keeper_again_seq(const struct keeper *k)
{
	return k->again->busy ? k->again->job.submission.seq : 0;
}

/* It is told with the verdict, in one transaction. */
static void
again_event(struct keeper *k, const struct submission *s)
{
	struct event e;

	event_begin(&e, EV_AGAIN);
	event_int(&e, "seq", s->seq);
	event_text(&e, "region", s->region);
	event_text(&e, "name", s->name);
	event_text(&e, "supersedes", s->supersedes);
	event_str(&e, "what",
	    k->again->asked ? "asked by operator" : "undetermined by an earlier rulebook");
	keeper_event(k, &e);
}

/* What was asked for is committed at once, so that it is known whether it was done. */
static bool
again_record(
    struct keeper *k, const struct arrival *arrival, const struct record_verdict *verdict)
{
	uint64_t transaction;

	if (!keeper_record_again(k, arrival, verdict))
		return false;
	if (!k->again->asked)
		return true;
	transaction = k->transaction;
	keeper_commit(k);
	if (k->failed_transaction == transaction)
		return false;
	again_asked_done(k->again);
	return true;
}

void
keeper_again_judged(
    struct keeper *k, const struct job *job, const struct result *result, struct text rulebook)
{
	const struct submission *s = &job->submission;
	struct again *a = k->again;
	struct arrival arrival = { .seq = s->seq,
		.region = s->region,
		.name = s->name,
		.sha256 = s->sha256,
		.bytes = s->bytes,
		.size = s->bytes.n,
		.kept = true,
		.still_changing = s->still_changing,
		.received = s->received };
	struct record_verdict verdict = { .id = s->id,
		.revision = s->revision,
		.supersedes = s->supersedes,
		.rulebook = rulebook,
		.result = result };
	/* what it knew of the past may have been rolled back: from the start, once the ledger is well */
	bool stale = a->history_from != 0 && a->history_from == k->failed_transaction;

	if (!stale)
		again_event(k, s);
	if (!stale && again_record(k, &arrival, &verdict))
		log_info("arrival %lld was judged again: %s", (long long)s->seq,
		    outcome_names[result->outcome]);
	again_drop(a);
	if (stale)
		keeper_again_start(k);
}

void
keeper_again_failed(struct keeper *k, const struct job *job, struct text why)
{
	struct buf bytes = { 0 };
	struct result result;
	const char *reason = "no memory";

	result_write(
	    &bytes, verdict_failed(k->arena, &job->submission, k->rulebook.digest, why), NULL);
	if (buf_failed(&bytes) || !result_read(buf_as_text(&bytes), &result, &reason))
		fatalx("a verdict could not be written: %s", reason);
	keeper_again_judged(k, job, &result, k->rulebook.digest);
	buf_free(&bytes);
}
