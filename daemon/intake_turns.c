/*
 * Whose claim is next: regions in turn, by the time that judging takes (deficit round robin).
 *
 * A region keeps an evaluator for a turn: a fresh one for each file costs as much as the file, and only
 * one evaluator at a time works for a region.  A turn is SHARE of processor time; what a region takes over it, with
 * a slow file, it owes, and misses turns for.  So a region gets its part of the evaluators whatever its
 * files cost, and when nobody else waits its turn goes on.
 *
 * A region that had nothing to judge is fresh: it comes before those with a backlog, for one turn, and
 * may have the evaluator that is kept as a spare.  So a lone file waits for no flood.  It is fresh again
 * only after the others have had their turns in between (an emptied queue stays in line until it is
 * reached), so that a drip of files is no way round the order.
 */
#include "daemon/intake_private.h"

#define SHARE      INT64_C(50000) /* us: some 16 files, against one start of an evaluator */
#define OWED_MOST  (40 * SHARE)
#define EACH_LEAST 4 /* claims that are given at once, of a region whose files take long */
#define OURS       INT64_C(500) /* us: what a file costs the keeper */
/* Of copies in memory; a region has one in any case. */
#define BYTES_MOST (UINT64_C(64) << 20)

static void
turns_leave(struct intake *in, struct queue *q)
{
	if (q->turn == TURN_FRESH)
		TAILQ_REMOVE(&in->fresh, q, line);
	else if (q->turn == TURN_BACK)
		TAILQ_REMOVE(&in->back, q, line);
	else if (q->turn == TURN_SERVED) {
		TAILQ_REMOVE(&in->served, q, line);
		in->n_served--;
	}
	q->turn = TURN_NONE;
}

static void
turns_enter(struct intake *in, struct queue *q, enum turn turn)
{
	turns_leave(in, q);
	q->turn = turn;
	if (turn == TURN_FRESH)
		TAILQ_INSERT_TAIL(&in->fresh, q, line);
	else if (turn == TURN_BACK)
		TAILQ_INSERT_TAIL(&in->back, q, line);
	else if (turn == TURN_SERVED) {
		TAILQ_INSERT_TAIL(&in->served, q, line);
		in->n_served++;
	}
}

void
turns_wake(struct intake *in, struct queue *q)
{
	if (q->turn == TURN_NONE)
		turns_enter(in, q, TURN_FRESH);
}

void
turns_given(struct queue *q)
{
	q->given++;
}

void
turns_answered(struct queue *q, int64_t took)
{
	q->given--;
	q->usual = q->usual == 0 ? took + OURS : q->usual + (took + OURS - q->usual) / 8;
	q->credit -= took + OURS;
	if (q->credit < -OWED_MOST)
		q->credit = -OWED_MOST;
}

static void
turns_serve(struct intake *in, struct queue *q)
{
	q->urgent = q->turn == TURN_FRESH;
	turns_enter(in, q, TURN_SERVED);
}

/* Does any region wait for a turn that could begin now? */
static bool
turns_wanted(const struct intake *in, int64_t now)
{
	struct queue *q;

	TAILQ_FOREACH (q, &in->fresh, line)
		if (queue_next(q, now) != NULL)
			return true;
	TAILQ_FOREACH (q, &in->back, line)
		if (queue_next(q, now) != NULL)
			return true;
	return false;
}

/* So many of its claims may be given at once: what is given is judged, also when the turn is over. */
static uint32_t
turns_room(const struct queue *q, uint32_t most)
{
	int64_t fit = q->usual > 0 ? SHARE / q->usual : 0;

	return fit < EACH_LEAST ? EACH_LEAST : fit < most ? (uint32_t)fit : most;
}

/* One that is in its turn and has room; turns that are over end here. */
static struct queue *
turns_going_on(struct intake *in, const struct intake_room *room, int64_t now)
{
	struct queue *q, *after;
	/* one more than there are evaluators: that one's claims wait for an evaluator, not for a turn */
	bool wanted = in->n_served > room->regions || turns_wanted(in, now), ready;

	for (q = TAILQ_FIRST(&in->served); q != NULL; q = after) {
		after = TAILQ_NEXT(q, line);
		ready = queue_next(q, now) != NULL;
		if (q->credit <= 0 && !wanted) {
			q->credit = SHARE;
			q->urgent = false;
		}
		if (q->given == 0 && (!ready || q->credit <= 0))
			turns_enter(in, q, TURN_BACK);
		else if (ready && q->credit > 0 && q->given < turns_room(q, room->each) &&
		    (q->given == 0 || in->bytes < BYTES_MOST))
			return q;
	}
	return NULL;
}

static struct queue *
turns_fresh(struct intake *in, int64_t now)
{
	struct queue *q;

	while ((q = TAILQ_FIRST(&in->fresh)) != NULL) {
		q->credit = SHARE;
		if (queue_next(q, now) != NULL)
			return q;
		turns_enter(in, q, TURN_BACK);
	}
	return NULL;
}

/* Once round at most: who has no credit gets some and goes to the end; *again: a further round would help. */
static struct queue *
turns_round(struct intake *in, int64_t now, bool *again)
{
	struct queue *q, *last = TAILQ_LAST(&in->back, queues), *after;
	bool was_last;

	*again = false;
	for (q = TAILQ_FIRST(&in->back); q != NULL; q = was_last ? NULL : after) {
		after = TAILQ_NEXT(q, line);
		was_last = q == last;
		if (q->credit <= 0)
			q->credit += SHARE;
		if (q->n == 0 && q->credit > 0) {
			turns_leave(in, q);
			continue;
		}
		if (q->credit > 0 && queue_next(q, now) != NULL)
			return q;
		*again = *again || q->credit <= 0;
		turns_enter(in, q, TURN_BACK);
	}
	return NULL;
}

static struct queue *
turns_back(struct intake *in, int64_t now)
{
	struct queue *q;
	bool again;

	do {
		q = turns_round(in, now, &again);
	} while (q == NULL && again);
	return q;
}

struct queue *
turns_next(struct intake *in, const struct intake_room *room)
{
	int64_t now = intake_us();
	struct queue *q = turns_going_on(in, room, now);

	if (q != NULL)
		return q;
	if (in->n_served <= room->regions)
		q = turns_fresh(in, now);
	if (q == NULL && in->n_served < room->regions)
		q = turns_back(in, now);
	if (q != NULL)
		turns_serve(in, q);
	return q;
}
