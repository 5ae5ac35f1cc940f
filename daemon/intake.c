#include "daemon/intake.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/intake_private.h"
#include "daemon/log.h"

/* Claims that are known at once: of a region, and when all have many. */
#define QUEUE_MOST  2000
#define QUEUE_LEAST 50
#define ALL_MOST    10000
/* Claims that are copied before the loop has another look at what else there is to do. */
#define ROUND_MOST 64

int64_t
intake_us(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static void
intake_later(int fd, short what, void *arg)
{
	struct intake *in = arg;

	(void)fd;
	(void)what;
	in->calls.later(in->arg);
}

struct intake *
intake_new(struct event_base *base, const struct intake_options *options,
    const struct intake_calls *calls, void *arg)
{
	struct intake *in = calloc(1, sizeof(*in));

	if (in == NULL)
		return NULL;
	in->options = *options;
	in->calls = *calls;
	in->arg = arg;
	TAILQ_INIT(&in->all);
	TAILQ_INIT(&in->fresh);
	TAILQ_INIT(&in->back);
	TAILQ_INIT(&in->served);
	in->later = evtimer_new(base, intake_later, in);
	in->step = malloc(COPY_STEP);
	if (in->later == NULL || in->step == NULL) {
		intake_free(in);
		return NULL;
	}
	return in;
}

static struct queue *
queue_of(const struct intake *in, const struct region *region)
{
	struct queue *q;

	TAILQ_FOREACH (q, &in->all, next)
		if (q->region == region)
			return q;
	return NULL;
}

/* Claims of a region that may be known at once; the others stay in its inbox. */
static uint32_t
queue_most(const struct intake *in)
{
	return in->waiting < ALL_MOST ? QUEUE_MOST : QUEUE_LEAST;
}

bool
intake_room(const struct intake *in, const struct region *region)
{
	struct queue *q = queue_of(in, region);

	return q == NULL || (!q->stopped && q->n < queue_most(in));
}

uint32_t
intake_waiting(const struct intake *in, const struct region *region)
{
	struct queue *q = region != NULL ? queue_of(in, region) : NULL;

	return region == NULL ? in->waiting : q != NULL ? q->n : 0;
}

static bool
queue_knows(const struct queue *q, int64_t seq)
{
	struct claim *c;

	TAILQ_FOREACH (c, &q->waiting, next)
		if (c->seq == seq)
			return true;
	TAILQ_FOREACH (c, &q->busy, next)
		if (c->seq == seq)
			return true;
	return false;
}

void
intake_each_since(struct intake *in, const struct region *region, int64_t since,
    void (*each)(void *arg, struct claim *), void *arg)
{
	struct queue *q = queue_of(in, region);
	struct claim *c;

	if (q == NULL)
		return;
	TAILQ_FOREACH (c, &q->busy, next)
		if (c->since <= since)
			each(arg, c);
	TAILQ_FOREACH (c, &q->waiting, next)
		if (c->since <= since)
			each(arg, c);
}

bool
intake_knows(const struct intake *in, const struct region *region, int64_t seq)
{
	struct queue *q;

	TAILQ_FOREACH (q, &in->all, next)
		if ((region == NULL || q->region == region) && queue_knows(q, seq))
			return true;
	return false;
}

static void
queue_longer(struct intake *in, struct queue *q)
{
	q->n++;
	in->waiting++;
	turns_wake(in, q);
}

/* An evaluator has it no more. */
static void
claim_answered(struct intake *in, struct queue *q, struct claim *c)
{
	TAILQ_REMOVE(&q->busy, c, next);
	if (!c->given)
		return;
	c->given = false;
	in->bytes -= c->job.submission.bytes.n;
	turns_answered(q, c->took);
	c->took = 0;
}

static struct queue *
queue_made(struct intake *in, struct region *region)
{
	struct queue *q = queue_of(in, region);

	if (q == NULL && (q = calloc(1, sizeof(*q))) != NULL) {
		q->region = region;
		TAILQ_INIT(&q->waiting);
		TAILQ_INIT(&q->busy);
		TAILQ_INSERT_TAIL(&in->all, q, next);
	}
	return q;
}

bool
intake_stop(struct intake *in, struct region *region, bool stop)
{
	struct queue *q = queue_made(in, region);

	if (q != NULL)
		q->stopped = stop;
	return q != NULL;
}

bool
intake_is_stopped(const struct intake *in, const struct region *region)
{
	struct queue *q = queue_of(in, region);

	return q != NULL && q->stopped;
}

bool
intake_add(struct intake *in, const struct claim_found *found)
{
	struct queue *q = queue_made(in, found->region);
	struct claim *c = calloc(1, sizeof(*c));
	char *name = malloc(found->name.n + 1);

	if (q == NULL || c == NULL || name == NULL) {
		free(c);
		free(name);
		return false;
	}
	memcpy(name, found->name.p, found->name.n);
	name[found->name.n] = '\0';
	*c = (struct claim){ .region = found->region,
		.seq = found->seq,
		.name = { name, found->name.n },
		.received = found->received,
		.still_changing = found->still_changing,
		.again = found->again,
		.since = intake_us() / 1000,
		.job.memfd = -1 };
	TAILQ_INSERT_TAIL(&q->waiting, c, next);
	queue_longer(in, q);
	found->region->in_hand++;
	return true;
}

static void
claim_free(struct claim *c)
{
	c->region->in_hand--;
	claim_drop_copy(c);
	free((void *)(uintptr_t)c->name.p);
	free(c);
}

void
intake_hold(struct intake *in, struct claim *c)
{
	claim_answered(in, queue_of(in, c->region), c);
	c->held = true;
}

void
intake_done(struct intake *in, struct claim *c)
{
	struct queue *q = queue_of(in, c->region);

	if (!c->held)
		claim_answered(in, q, c);
	claim_free(c);
	if (q->region->more && q->n < queue_most(in) / 2)
		inbox_resume(q->region);
}

void
intake_again(struct intake *in, struct claim *c)
{
	struct queue *q = queue_of(in, c->region);
	struct claim *after;

	if (!c->held)
		claim_answered(in, q, c);
	claim_drop_copy(c);
	c->held = false;
	c->history_from = 0;
	/* in order of arrival */
	TAILQ_FOREACH (after, &q->waiting, next)
		if (after->seq > c->seq)
			break;
	if (after != NULL)
		TAILQ_INSERT_BEFORE(after, c, next);
	else
		TAILQ_INSERT_TAIL(&q->waiting, c, next);
	queue_longer(in, q);
	in->came_back = true;
}

/* Not a file after all (a race with the claim), or gone: nothing to judge. */
static void
claim_lost(struct intake *in, struct claim *c)
{
	struct buf said = { 0 };

	claim_put_back(c->region, c->seq, c->name, &said);
	buf_char(&said, '\0');
	in->calls.lost(in->arg, c, buf_failed(&said) ? "It is no regular file." : said.p);
	buf_free(&said);
	claim_free(c);
}

struct claim *
queue_next(const struct queue *q, int64_t now_us)
{
	struct claim *c = TAILQ_FIRST(&q->waiting);

	return c != NULL && !q->stopped && c->not_before <= now_us / 1000 &&
		c->region->claims != -1 && !c->region->silent
	    ? c
	    : NULL;
}

static void
intake_one(struct intake *in, struct queue *q)
{
	struct claim *c = TAILQ_FIRST(&q->waiting);

	TAILQ_REMOVE(&q->waiting, c, next);
	q->n--;
	in->waiting--;
	switch (claim_prepare(in, c)) {
	case PREPARED:
		TAILQ_INSERT_TAIL(&q->busy, c, next);
		c->given = true;
		c->job.urgent = q->urgent;
		in->bytes += c->job.submission.bytes.n;
		turns_given(q);
		in->calls.ready(in->arg, c);
		return;
	case PREPARED_TOO_BIG:
		TAILQ_INSERT_TAIL(&q->busy, c, next);
		in->calls.too_big(in->arg, c);
		return;
	case PREPARED_LOST: claim_lost(in, c); return;
	case PREPARED_LATER: break;
	}
	c->not_before = intake_us() / 1000 + in->options.settle;
	TAILQ_INSERT_HEAD(&q->waiting, c, next);
	q->n++;
	in->waiting++;
}

/* Does any region's first claim wait for its time? */
static bool
intake_holds(const struct intake *in)
{
	int64_t now = intake_us();
	struct queue *q;

	TAILQ_FOREACH (q, &in->all, next)
		if (q->n > 0 && !q->stopped && queue_next(q, now) == NULL)
			return true;
	return false;
}

void
intake_fill(struct intake *in, const struct intake_room *room)
{
	const struct timeval soon = { 0, 200000 }, at_once = { 0, 0 };
	struct queue *q = NULL;
	unsigned n;

	in->came_back = false;
	for (n = 0; n < ROUND_MOST && !in->came_back; n++) {
		if ((q = turns_next(in, room)) == NULL)
			break;
		intake_one(in, q);
	}
	if (n == ROUND_MOST)
		(void)event_add(in->later, &at_once);
	else if ((in->came_back || intake_holds(in)) &&
	    !event_pending(in->later, EV_TIMEOUT, NULL))
		(void)event_add(in->later, &soon);
}

void
intake_set_options(struct intake *in, const struct intake_options *options)
{
	in->options = *options;
}

void
intake_free(struct intake *in)
{
	struct queue *q;
	struct claim *c;

	if (in == NULL)
		return;
	while ((q = TAILQ_FIRST(&in->all)) != NULL) {
		TAILQ_CONCAT(&q->waiting, &q->busy, next);
		while ((c = TAILQ_FIRST(&q->waiting)) != NULL) {
			TAILQ_REMOVE(&q->waiting, c, next);
			claim_free(c);
		}
		TAILQ_REMOVE(&in->all, q, next);
		free(q);
	}
	if (in->later != NULL)
		event_free(in->later);
	free(in->step);
	free(in);
}
