/*
 * The keeper's callbacks: from the inbox to the evaluators and on to the ledger.
 *
 *   inbox --claimed--> intake --ready--> evaluators --judged--> keeper_record.c --> keeper_after.c
 *
 * Nothing here parses a submission or runs a policy.
 */
#include "daemon/fault.h"
#include "daemon/keeper.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "daemon/log.h"
#include "daemon/policies.h"
#include "rules/verdict.h"

/* Jobs of a region that are copied and not judged: what an evaluator has in hand, and as many in reserve. */
#define JOBS_EACH 16

instant
keeper_now(const struct keeper *k)
{
	return k->at_given ? k->at : (instant)time(NULL);
}

int64_t
keeper_now_us(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static struct claim *
claim_of(const struct job *job)
{
	return (struct claim *)(void *)((char *)(uintptr_t)job - offsetof(struct claim, job));
}

/* --- from intake --- */

static void
on_ready(void *arg, struct claim *c)
{
	struct keeper *k = arg;

	verdict_id_make(c->id);
	c->identical[0] = '\0';
	(void)ledger_identical(k->ledger, c->region->name, text_of(c->sha256), c->identical);
	c->job.submission.id = text_of(c->id);
	c->job.submission.identical_to = text_of(c->identical);
	c->job.submission.time_given = k->at_given;
	fault_at(FAULT_COPIED);
	if (!evaluators_give(k->evaluators, &c->job))
		intake_again(k->intake, c);
	fault_at(FAULT_GIVEN);
}

static void
on_too_big(void *arg, struct claim *c)
{
	struct keeper *k = arg;
	struct buf what = { 0 }, expected = { 0 };
	struct verdict *v;

	verdict_id_make(c->id);
	c->job.submission.id = text_of(c->id);
	c->job.submission.sha256 = TEXT_NONE; /* it was not read */
	c->job.submission.time_given = k->at_given;
	arena_reset(k->arena);
	v = verdict_new(k->arena, &c->job.submission);
	buf_printf(
	    &what, "The file has %llu bytes, so it was not read.", (unsigned long long)c->size);
	buf_printf(&expected, "A file of at most %lld bytes.", (long long)k->config.max_size);
	v->rulebook_digest = k->rulebook.digest;
	v->unreadable = (struct read_error){ .kind = "too_big",
		.what = buf_as_text(&what),
		.expected = buf_as_text(&expected),
		.todo = TEXT("Send a smaller file. A return has a few hundred kilobytes; check "
			     "that this is the right file.") };
	verdict_finish(v);
	keeper_record_verdict(k, c, v);
	buf_free(&what);
	buf_free(&expected);
}

static void
on_lost(void *arg, const struct claim *c, const char *why)
{
	keeper_say(arg, EV_SKIPPED, &c->region->name, &c->name, why);
}

static void
on_later(void *arg)
{
	keeper_fill(arg);
}

void
keeper_fill(struct keeper *k)
{
	const struct intake_room room = { (uint32_t)k->config.evaluators, JOBS_EACH };

	if (k->paused || k->finishing || !evaluators_ready(k->evaluators))
		return;
	if (intake_waiting(k->intake, NULL) > 0 && !keeper_marks_wait(k))
		intake_fill(k->intake, &room);
}

static void
keeper_resume(int fd, short what, void *arg)
{
	struct keeper *k = arg;

	(void)fd;
	(void)what;
	k->paused = false;
	/* a write tells whether the ledger is well */
	if (k->trouble[0] != '\0')
		keeper_say_well(k, EV_LEDGER, "The ledger is tried again.");
	if (!k->paused) {
		keeper_fill(k);
		inbox_scan(k->inbox);
		keeper_again_start(k);
	}
}

/* --- from the evaluators --- */

static void
on_judged(void *arg, const struct job *job, const struct result *result, struct text rulebook)
{
	struct keeper *k = arg;

	k->answers++;
	keeper_slow(k, result, job->submission.seq, rulebook);
	if (job->again)
		keeper_again_judged(k, job, result, rulebook);
	else
		keeper_record(k, claim_of(job), result, rulebook);
}

/* A region's share is counted in processor time, and a file is work for the keeper as well. */
static void
on_took(void *arg, const struct job *job, int64_t us)
{
	(void)arg;
	if (!job->again)
		claim_of(job)->took += us;
}

static void
on_failed(void *arg, const struct job *job, struct text why)
{
	struct keeper *k = arg;

	k->failures++;
	arena_reset(k->arena);
	if (job->again)
		keeper_again_failed(k, job, why);
	else
		keeper_record_verdict(k, claim_of(job),
		    verdict_failed(k->arena, &job->submission, k->rulebook.digest, why));
}

static bool
on_history(void *arg, const struct job *job, const struct identity *identity,
    struct arena *arena, struct history *history)
{
	struct keeper *k = arg;
	struct claim *c;

	if (job->again)
		return keeper_again_history(k, job, identity, arena, history);
	c = claim_of(job);
	c->history_from = k->open ? k->transaction : 0;
	return ledger_history(
	    k->ledger, arena, identity, job->submission.region, c->seq, history);
}

static void
on_died(void *arg, const struct job *job, struct text how, int times)
{
	struct keeper *k = arg;
	struct event e;

	k->answers++;
	event_begin(&e, EV_EVALUATOR);
	event_int(&e, "seq", job->submission.seq);
	event_text(&e, "region", job->submission.region);
	event_text(&e, "name", job->submission.name);
	event_text(&e, "what", how);
	event_int(&e, "times", times);
	keeper_event(k, &e);
}

static void
on_idle(void *arg)
{
	keeper_fill(arg);
	keeper_again_next(arg);
}

void
keeper_finish(struct keeper *k)
{
	struct timeval most = { k->config.wall / 1000 + 1, 0 }, none = { 0, 0 };

	if (k->finishing)
		return;
	log_info("finishing");
	k->finishing = true;
	(void)event_add(k->finish, evaluators_pending(k->evaluators) > 0 ? &most : &none);
}

static void
keeper_end(int fd, short what, void *arg)
{
	struct keeper *k = arg;

	(void)fd;
	(void)what;
	(void)event_base_loopbreak(k->base);
}

static void
keeper_commit_event(int fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	keeper_commit(arg);
}

static bool
keeper_evaluators(struct keeper *k)
{
	static const struct evaluators_calls calls = { on_judged, on_took, on_failed,
		on_history, keeper_rulebook, on_died, on_idle };
	struct evaluators_options o = keeper_evaluators_options(&k->config);

	k->evaluators = evaluators_new(k->base, &o, &calls, k);
	return k->evaluators != NULL;
}

static bool
keeper_folders(struct keeper *k, struct buf *why)
{
	static const struct intake_calls intake_calls = { on_ready, on_too_big, on_lost,
		on_later };
	struct intake_options intake = keeper_intake_options(&k->config);
	struct inbox_options inbox = keeper_inbox_options(&k->config);

	k->intake = intake_new(k->base, &intake, &intake_calls, k);
	k->inbox = inbox_new(k->base, &inbox, &keeper_inbox_calls, k, why);
	return k->intake != NULL && k->inbox != NULL;
}

bool
keeper_new(struct keeper *k, struct buf *why)
{
	char said[512] = "";

	TAILQ_INIT(&k->recorded);
	k->started = (instant)time(NULL);
	k->arena = arena_new();
	k->base = event_base_new();
	if (!keeper_health_new(k, why))
		return false;
	k->ledger = ledger_open(k->config.state, said, sizeof(said));
	if (k->ledger == NULL) {
		buf_str(why, said);
		return false;
	}
	k->commit = evtimer_new(k->base, keeper_commit_event, k);
	k->resume = evtimer_new(k->base, keeper_resume, k);
	k->finish = evtimer_new(k->base, keeper_end, k);
	if (k->commit == NULL || k->resume == NULL || k->finish == NULL) {
		buf_str(why, "There is no memory to begin with.");
		return false;
	}
	return keeper_after_new(k, why) && keeper_again_new(k) && keeper_marks_new(k) &&
	    keeper_prune_new(k) && keeper_inbox_new(k) && keeper_slow_new(k) &&
	    keeper_received_new(k) && keeper_evaluators(k) && keeper_put_back(k, why) &&
	    keeper_folders(k, why) && (k->control = control_new(k, why)) != NULL;
}

void
keeper_free(struct keeper *k)
{
	struct event *events[] = { k->commit, k->more, k->resume, k->finish };
	size_t i;

	control_free(k->control);
	policies_watch_free(k->watch);
	keeper_health_free(k);
	evaluators_free(k->evaluators);
	keeper_again_free(k);
	keeper_marks_free(k);
	keeper_slow_free(k);
	keeper_received_free(k);
	keeper_prune_free(k);
	intake_free(k->intake);
	if (k->inbox != NULL)
		inbox_free(k->inbox);
	keeper_after_free(k);
	for (i = 0; i < sizeof(events) / sizeof(*events); i++)
		if (events[i] != NULL)
			event_free(events[i]);
	if (k->ledger != NULL)
		ledger_close(k->ledger);
	wire_rulebook_free(&k->rulebook);
	buf_free(&k->refusal);
	if (k->reread != NULL)
		event_free(k->reread);
	arena_free(k->arena);
	if (k->base != NULL)
		event_base_free(k->base);
	config_free(&k->config);
}
