/*
 * What intake.c (the claims of each region), intake_turns.c (whose claim is next) and intake_copy.c
 * (the sealed copy) share.
 */
#ifndef DAEMON_INTAKE_PRIVATE_H
#define DAEMON_INTAKE_PRIVATE_H

#include "daemon/intake.h"

/* Where a region's queue stands; but for the first and the last in the list of that name. */
enum turn {
	TURN_NONE,  /* nothing waits, nothing is owed */
	TURN_FRESH, /* had nothing to judge until now: comes before those with a backlog */
	TURN_BACK,  /* waits for its next turn */
	TURN_SERVED /* its claims are being judged */
};

/* A region's claims, in order. */
struct queue {
	TAILQ_ENTRY(queue) next; /* of all */
	TAILQ_ENTRY(queue) line; /* in the list of its turn */
	struct region *region;
	struct claims waiting, busy; /* busy: copied and given away */
	uint32_t n;                  /* waiting */
	enum turn turn;
	bool stopped;   /* nothing is taken in for now */
	bool urgent;    /* in its first turn after it had nothing */
	uint32_t given; /* claims that evaluators have */
	int64_t credit; /* us that are left of its share; below 0: it owes */
	int64_t usual;  /* us that its files took lately, one with another; 0: not known */
};
TAILQ_HEAD(queues, queue);

struct intake {
	struct intake_options options;
	struct intake_calls calls;
	void *arg;
	struct queues all, fresh, back, served;
	uint32_t n_served;
	struct event *later;
	uint32_t waiting;
	uint64_t bytes; /* of copies that evaluators have */
	bool came_back; /* a claim could not be recorded: no more of them in this round */
	char *step;     /* COPY_STEP bytes */
};

#define COPY_STEP ((size_t)256 * 1024)

/* The next claim of a region that may be copied now; NULL: none. */
struct claim *queue_next(const struct queue *, int64_t now_us);

/* intake_turns.c */
/* Something waits in this queue. */
void turns_wake(struct intake *, struct queue *);
/* A claim went to an evaluator; came back, judged or not. */
void turns_given(struct queue *);
void turns_answered(struct queue *, int64_t took); /* us */
/* The queue whose next claim is to be copied; NULL: none has one, or there is no room. */
struct queue *turns_next(struct intake *, const struct intake_room *);

/* intake_copy.c */
enum prepared { PREPARED, PREPARED_TOO_BIG, PREPARED_LATER, PREPARED_LOST };
enum prepared claim_prepare(struct intake *, struct claim *);
void claim_drop_copy(struct claim *);

#endif
