/*
 * Who judges what.
 *
 * Every region that has something to be judged has a lane, its jobs in the order of arrival.  A lane
 * has one evaluator at a time; it takes the lane's jobs one after the other, with the next ones always
 * in hand (WIRE_IN_HAND), and is replaced after a batch.  Lanes without an evaluator wait their turn in a ring, so
 * that a flood in one region leaves the others theirs.  One evaluator more than are at work waits as
 * a spare: a lone file finds it forked already.
 *
 * A rulebook process (host) is replaced whole at a reload: lanes go on with their evaluators of the old
 * one for what is in hand, and turn to the new one for the rest.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "daemon/evaluators_private.h"
#include "daemon/fault.h"
#include "daemon/log.h"

/*
 * A lost rulebook process is started again, but not in a tight circle: each time after twice as long,
 * until one has been well for a while.
 */
#define AGAIN_FIRST 1 /* seconds */
#define AGAIN_LAST  60
#define WELL_AFTER  60

static int64_t
monotonic_s(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

void
evaluators_begin_well(struct evaluators *e)
{
	e->well_since = monotonic_s();
}

void
evaluators_count_loss(struct evaluators *e)
{
	if (evaluators_losses(e) == 0) {
		e->losses = 0;
		e->again_s = AGAIN_FIRST;
	}
	e->losses++;
}

uint32_t
evaluators_losses(const struct evaluators *e)
{
	if (e->current != NULL && monotonic_s() - e->well_since >= WELL_AFTER)
		return 0;
	return e->losses;
}

void
evaluators_try_again(struct evaluators *e)
{
	struct timeval after = { e->again_s, 0 };

	if (e->current != NULL || e->lost.memfd == -1 || e->loading != NULL)
		return;
	(void)event_add(e->again, &after);
	e->again_s = e->again_s * 2 < AGAIN_LAST ? e->again_s * 2 : AGAIN_LAST;
}

static void
evaluators_start_again(int fd, short what, void *arg)
{
	struct evaluators *e = arg;

	(void)fd;
	(void)what;
	if (e->lost.memfd == -1 || e->current != NULL || e->loading != NULL)
		return;
	if ((e->loading = host_start(e, &e->lost)) == NULL)
		evaluators_try_again(e);
}

struct evaluators *
evaluators_new(struct event_base *base, const struct evaluators_options *options,
    const struct evaluators_calls *calls, void *arg)
{
	struct evaluators *e = calloc(1, sizeof(*e));

	if (e == NULL)
		return NULL;
	e->base = base;
	e->options = *options;
	e->calls = *calls;
	e->arg = arg;
	e->lost.memfd = -1;
	e->again_s = AGAIN_FIRST;
	TAILQ_INIT(&e->hosts);
	TAILQ_INIT(&e->runners);
	TAILQ_INIT(&e->lanes);
	e->arena = arena_new();
	e->again = evtimer_new(base, evaluators_start_again, e);
	if (e->again != NULL)
		return e;
	arena_free(e->arena);
	free(e);
	return NULL;
}

static void
lane_free(struct evaluators *e, struct lane *lane)
{
	struct queued *q;

	while ((q = TAILQ_FIRST(&lane->queue)) != NULL) {
		TAILQ_REMOVE(&lane->queue, q, next);
		free(q);
	}
	TAILQ_REMOVE(&e->lanes, lane, next);
	free((void *)(uintptr_t)lane->region.p);
	free(lane);
}

void
evaluators_set_options(struct evaluators *e, const struct evaluators_options *options)
{
	e->options = *options;
}

bool
evaluators_unguarded(const struct evaluators *e)
{
	const struct runner *r;

	TAILQ_FOREACH (r, &e->runners, next)
		if (r->in_hand > 0 && !event_pending(r->deadline, EV_TIMEOUT, NULL))
			return true;
	return false;
}

void
evaluators_free(struct evaluators *e)
{
	struct runner *r;
	struct lane *lane;
	struct host *h;

	if (e == NULL)
		return;
	log_debug("%u evaluators were started", e->numbers);
	while ((r = TAILQ_FIRST(&e->runners)) != NULL) {
		if (r->lane != NULL)
			lane_put_back(r->lane, r);
		runner_free(r);
	}
	while ((lane = TAILQ_FIRST(&e->lanes)) != NULL)
		lane_free(e, lane);
	while ((h = TAILQ_FIRST(&e->hosts)) != NULL)
		host_free(h);
	policies_close(&e->lost);
	event_free(e->again);
	arena_free(e->arena);
	free(e);
}

bool
evaluators_load(struct evaluators *e, const struct policies *policies)
{
	struct host *h = host_start(e, policies);

	if (h == NULL)
		return false;
	fault_at(FAULT_RELOADING);
	if (e->loading != NULL)
		host_free(e->loading);
	e->loading = h;
	return true;
}

bool
evaluators_ready(const struct evaluators *e)
{
	return e->current != NULL;
}

bool
evaluators_loading(const struct evaluators *e)
{
	return e->loading != NULL;
}

uint32_t
evaluators_pending(const struct evaluators *e)
{
	return e != NULL ? e->pending : 0;
}

uint32_t
evaluators_running(const struct evaluators *e)
{
	return e->running;
}

static struct lane *
lane_of(struct evaluators *e, struct text region)
{
	struct lane *lane;
	char *copy;

	TAILQ_FOREACH (lane, &e->lanes, next)
		if (text_equal(lane->region, region))
			return lane;
	lane = calloc(1, sizeof(*lane));
	copy = malloc(region.n + 1);
	if (lane == NULL || copy == NULL) {
		free(lane);
		free(copy);
		return NULL;
	}
	if (region.n > 0)
		memcpy(copy, region.p, region.n);
	lane->region = (struct text){ copy, region.n };
	TAILQ_INIT(&lane->queue);
	TAILQ_INSERT_TAIL(&e->lanes, lane, next);
	return lane;
}

bool
evaluators_give(struct evaluators *e, const struct job *job)
{
	struct lane *lane = lane_of(e, job->submission.region);
	struct queued *q = calloc(1, sizeof(*q));

	if (lane == NULL || q == NULL) {
		free(q);
		return false;
	}
	q->job = job;
	q->lane = lane;
	TAILQ_INSERT_TAIL(&lane->queue, q, next);
	e->pending++;
	if (lane->runner != NULL)
		runner_feed(lane->runner);
	else
		evaluators_dispatch(e);
	return true;
}

void
evaluators_answered(struct evaluators *e, struct queued *q)
{
	e->pending--;
	free(q);
}

void
lane_put_back(struct lane *lane, struct runner *r)
{
	struct queued *q;

	while (r->in_hand > 0) {
		q = r->hand[--r->in_hand]; /* the macro takes it more than once */
		TAILQ_INSERT_HEAD(&lane->queue, q, next);
	}
}

/* Evaluators that end by themselves, dismissed, take a little time: they count among these only. */
#define PROCESSES_MOST 60

static struct runner *
evaluators_spare(const struct evaluators *e)
{
	struct runner *r;

	TAILQ_FOREACH (r, &e->runners, next)
		if (r->lane == NULL && r->host == e->current && r->fd != -1)
			return r;
	return NULL;
}

static uint32_t
evaluators_at_work(const struct evaluators *e)
{
	struct runner *r;
	uint32_t n = 0;

	TAILQ_FOREACH (r, &e->runners, next)
		n += r->lane != NULL;
	return n;
}

static bool
evaluators_may_fork(const struct evaluators *e)
{
	return e->running < 2 * e->options.most + 2 && e->running < PROCESSES_MOST;
}

/* The spare, or a new evaluator; NULL: as many are at work as may be.  One more may for what is urgent. */
static struct runner *
evaluators_hire(struct evaluators *e, const struct queued *first)
{
	struct runner *r;

	if (e->current == NULL ||
	    evaluators_at_work(e) >= e->options.most + (first->job->urgent ? 1 : 0))
		return NULL;
	r = evaluators_spare(e);
	return r != NULL ? r : evaluators_may_fork(e) ? runner_new(e->current) : NULL;
}

void
evaluators_dispatch(struct evaluators *e)
{
	struct lane *lane, *after;
	struct runner *r;

	for (lane = TAILQ_FIRST(&e->lanes); lane != NULL; lane = after) {
		after = TAILQ_NEXT(lane, next);
		if (lane->runner != NULL)
			continue;
		if (TAILQ_EMPTY(&lane->queue)) {
			lane_free(e, lane);
			continue;
		}
		if ((r = evaluators_hire(e, TAILQ_FIRST(&lane->queue))) == NULL)
			continue;
		/* the others come before it the next time */
		TAILQ_REMOVE(&e->lanes, lane, next);
		TAILQ_INSERT_TAIL(&e->lanes, lane, next);
		runner_work_for(r, lane);
		after = TAILQ_FIRST(&e->lanes);
		while (after != NULL && after->runner != NULL)
			after = TAILQ_NEXT(after, next);
	}
}

void
evaluators_keep_spare(struct evaluators *e)
{
	if (e->current != NULL && evaluators_spare(e) == NULL && evaluators_may_fork(e))
		(void)runner_new(e->current);
}
