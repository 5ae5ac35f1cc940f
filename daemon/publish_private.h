/*
 * Private to publish*.c: what is behind struct publisher.
 */
#ifndef DAEMON_PUBLISH_PRIVATE_H
#define DAEMON_PUBLISH_PRIVATE_H

#include <sys/queue.h>

#include "daemon/publish.h"
#include "daemon/publish_wire.h"

/* One memfd of verdicts. */
struct kept {
	int64_t row, seq, offset;
	uint32_t revision;
	enum outcome outcome;
	bool kept, skip;          /* skip: left to the ledger */
	size_t region, name;      /* offsets in texts */
	size_t n_region, n_name;  /* their lengths */
	size_t bytes, json, html; /* sizes */
};
struct bundle {
	TAILQ_ENTRY(bundle) next;
	int memfd;
	int64_t size, index; /* bytes of the items; where the index begins, once sealed */
	struct kept *items;
	uint32_t n, room;
	struct buf texts;
};
TAILQ_HEAD(bundles, bundle);

/* A region in which something failed: it is left out for a while, then read from the ledger. */
struct stuck {
	struct stuck *next;
	char *region;
	int delay;
	int64_t until; /* milliseconds, monotonic */
	bool missed;   /* something of it was recorded since the ledger was read */
	bool given;    /* something of it was read in this pass */
	unsigned hung; /* how often in a row its folder did not answer */
	char *sentence;
};

struct publisher {
	struct event_base *base;
	struct publisher_options options;
	struct publisher_calls calls;
	void *arg;
	int root, lock;

	/* open: of the open transaction; ready: committed; hand: sent and not answered */
	struct bundles open, ready, hand;
	uint64_t bytes; /* of all of them */
	bool lost;      /* something of the open transaction was not kept */
	bool behind;    /* the ledger has what is not kept: everything is read from there */
	bool passed;    /* the last thing sent was read from the ledger */
	bool exhausted; /* and it was all there was */
	int64_t *done;  /* rows to mark */
	size_t n_done, room_done;
	struct stuck *stuck;

	/* rows of the ledger that cannot be read: tried again later, all at once */
	int64_t *damaged;
	size_t n_damaged;
	int64_t damaged_until;
	char *damaged_sentence;
	bool unread; /* the ledger could not be read: not before damaged_until */

	/* the process; publish_host.c */
	pid_t pid;
	pid_t *leaving; /* killed, not reaped yet; publish_leaving.c */
	size_t n_leaving, room_leaving;
	int fd, progress_fd;
	const struct publish_progress *progress;
	struct event *readable, *tick;
	struct ipc_message message;
	struct ipc_gather gather;
	bool ready_to_work; /* it has its lock and its sandbox */
	char lacks[512], ended[200];
	int64_t started, sent; /* milliseconds */
	int back_off;          /* ms before it is started again */
	uint64_t number;       /* of the message in hand */
	bool in_hand;
	uint32_t seen; /* how far it was when it was looked at, and since when */
	int64_t seen_at;
	struct buf trouble;
};

int64_t publish_now_ms(void);

/* publish_bundle.c */
/* Append to the last bundle of a list, or to a new one; false: no memory, nothing appended. */
bool bundle_add(struct publisher *, struct bundles *, const struct unpublished *);
void bundle_drop(struct publisher *, struct bundles *, struct bundle *);
void bundles_free(struct publisher *, struct bundles *);
/* Write the index of what is not to be skipped and seal; false: failed. */
bool bundle_seal(struct publisher *, struct bundle *);
uint32_t bundle_left(const struct bundle *); /* items that are not to be skipped */
struct text bundle_region(const struct bundle *, const struct kept *);

/* publish_stuck.c */
struct stuck *publish_find_stuck(struct publisher *, struct text region);
/* The region waits, a second first, then twice as long each time; the sentence is copied. */
void publish_hold_back(struct publisher *, struct text region, struct text sentence);
void publish_let_go(struct publisher *, struct text region);
bool publish_is_held(void *publisher, struct text region);
bool publish_is_due(const struct publisher *); /* some region that waited may be tried */
void publish_stuck_free(struct publisher *);
void publish_damaged(struct publisher *, const struct unpublished *);
bool publish_is_damaged(const struct publisher *, int64_t row);

/* publish_host.c */
bool host_publisher_start(struct publisher *);
void host_publisher_end(struct publisher *);
/* Send what is in hand, again perhaps; one that cannot be given it is replaced, and its successor gets it. */
void host_publisher_send(struct publisher *);
void host_publisher_arm(struct publisher *); /* the timer, for whatever comes next */
/* "It has taken more than a minute", "it ended"; appended to the sentences. */
void host_publisher_trouble(struct publisher *, struct buf *);

/* Everything on its way is left to the ledger. */
void publish_leave_to_ledger(struct publisher *);
/* The region that it is at; none: TEXT_NONE. */
struct text host_publisher_region(const struct publisher *);
/* It ended, or is not to be trusted (why) and is killed: another takes its place, and has what it had in hand. */
void host_publisher_lost(struct publisher *, const char *why);

/* publish_hung.c */
/* Milliseconds until it is to be looked again whether it gets on; -1: nothing is in hand. */
int64_t publish_hung_next(const struct publisher *);
/* A region whose folder has not answered for long is set aside, where others have something to be published. */
void publish_hung_look(struct publisher *);
/* A call that hung has come back: what was set aside may be tried. */
void publish_hung_again(struct publisher *);

/* publish_leaving.c */
/* Room for one more: to be had before it is started. */
bool publish_leaving_room(struct publisher *);
void publish_leaves(struct publisher *, pid_t); /* it was killed, and has not ended */
void publish_reap_leaving(struct publisher *);
void publish_leaving_free(struct publisher *);

/* publish_answer.c */
/* An answer: what is done, what failed; false: it is none. */
bool publish_answered(struct publisher *, struct text body);

#endif
