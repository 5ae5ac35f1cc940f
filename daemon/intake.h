/*
 * Intake: from a claim to a sealed copy with its hash, ready to be judged.
 *
 * A file is copied once, into a sealed memfd, and hashed on the way: what is judged, recorded and
 * published is that copy.  Regions take turns (intake_turns.c), and only as much is copied as evaluators
 * will soon want: what waits longer lies in REGION/.poold, or in the inbox.
 */
#ifndef DAEMON_INTAKE_H
#define DAEMON_INTAKE_H

#include "daemon/evaluators.h"
#include "daemon/inbox.h"

struct intake;

/* An arrival on its way from the claim to the commit. */
struct claim {
	TAILQ_ENTRY(claim) next;
	struct region *region;
	int64_t seq;
	struct text name; /* owned */
	instant received;
	bool still_changing, again;
	int64_t since, not_before; /* monotonic ms: claimed; copy no earlier */
	/* after copying */
	struct job job;
	uint64_t size; /* of the file, also when it is too big to be kept */
	bool kept;
	bool noted;   /* its region was told that it waits */
	bool given;   /* an evaluator has it */
	int64_t took; /* us of processor time, in all attempts */
	char sha256[65], id[32], identical[32];
	/* for the keeper */
	bool held; /* it is in the list of the open transaction */
	/* number of the open transaction that its history may have come from; 0: none */
	uint64_t history_from;
};
TAILQ_HEAD(claims, claim);

struct intake_calls {
	/* The copy is ready; the job's context but for id and identical_to is filled in. */
	void (*ready)(void *arg, struct claim *);
	/* Too big to be read: only its size is known. */
	void (*too_big)(void *arg, struct claim *);
	/* It went, or turned out to be no file and is back in the inbox; the claim ends here. */
	void (*lost)(void *arg, const struct claim *, const char *why);
	/* A claim that had to wait may be ready now: call intake_fill() if there is room. */
	void (*later)(void *arg);
};

struct intake_options {
	int64_t max_size;         /* bytes */
	int64_t settle, patience; /* ms */
};

struct intake *intake_new(
    struct event_base *, const struct intake_options *, const struct intake_calls *, void *arg);
void intake_free(struct intake *);
int64_t intake_us(void); /* monotonic */
/*
 * Take in nothing more of this region, or go on; false: no memory.  What evaluators have is finished.
 */
bool intake_stop(struct intake *, struct region *, bool stop);
bool intake_is_stopped(const struct intake *, const struct region *);
/* Other limits from now on. */
void intake_set_options(struct intake *, const struct intake_options *);
/* May more of this region be claimed? */
bool intake_room(const struct intake *, const struct region *);
bool intake_add(struct intake *, const struct claim_found *);
struct intake_room {
	uint32_t
	    regions;   /* whose claims may be with evaluators at once, but for a lone file's */
	uint32_t each; /* claims of a region that are with evaluators at once */
};
/*
 * Copy the next claims and give them away, regions in turn, while there is room.  A region keeps its
 * place while it has claims and its turn lasts: see intake_turns.c.
 */
void intake_fill(struct intake *, const struct intake_room *);
/* Judge it once more from the start: nothing of it was recorded. */
void intake_again(struct intake *, struct claim *);
/* It is recorded and forgotten once the commit is done; until then it is the keeper's to list. */
void intake_hold(struct intake *, struct claim *);
void intake_done(struct intake *, struct claim *);
uint32_t intake_waiting(
    const struct intake *, const struct region *); /* NULL: of all regions */
/* Each claim of a region that was made at or before this moment (monotonic ms) and is not judged. */
void intake_each_since(struct intake *, const struct region *, int64_t since,
    void (*each)(void *arg, struct claim *), void *arg);
/* Is this claim waiting or being judged?  NULL: of any region */
bool intake_knows(const struct intake *, const struct region *, int64_t seq);

/* The hash of a claim as it lies there now; false: it cannot be read. */
bool claim_sha256(const struct region *, int64_t seq, char hex[65]);

/* A new verdict id: 26 characters, sortable by time (ULID). */
void verdict_id_make(char id[32]);

#endif
