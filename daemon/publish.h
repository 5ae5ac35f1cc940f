/*
 * The keeper's side of publishing: what the publisher (a process of its own, publisher.h) is given, and
 * what it answered.  Uses libevent.
 *
 * What was just recorded is kept in memory, bounded, until it is published; what is not kept (after a
 * restart, in a region in trouble, beyond the bound) is read from the ledger.  Both are the same bytes.
 * Only what is committed is sent.
 */
#ifndef DAEMON_PUBLISH_H
#define DAEMON_PUBLISH_H

#include <sys/types.h>

#include <event2/event.h>

#include "daemon/ledger.h"

struct publisher;

struct publisher_options {
	const char *root;  /* the folder of the regions */
	const char *state; /* where the publisher's lock is */
	/* run in a fresh image of this program; false: in a fork, for tests */
	bool exec;
	size_t keep; /* bytes kept in memory at most; 0: 32 MB */
};

/* Something changed: an answer came, a region may be tried again, the publisher died. */
struct publisher_calls {
	void (*changed)(void *arg);
	/*
	 * The name of a region's folder in the root, when it is not the region's own: it was renamed
	 * and is being left.  false: it is the region's own.  May be NULL.
	 */
	bool (*folder)(void *arg, struct text region, char name[256]);
};

/* NULL: the root or the lock could not be opened, or no memory; why has the sentence. */
struct publisher *publisher_new(struct event_base *, const struct publisher_options *,
    const struct publisher_calls *, void *arg, struct buf *why);
/* The publisher ends when it has done what it has in hand; it is not waited for if it hangs. */
void publisher_free(struct publisher *);

/* The root's path leads to another folder than before: the publisher is started again, in that one. */
void publisher_rooted(struct publisher *);

/*
 * A verdict was recorded in the open transaction: keep its bytes, if there is room.  Then one of the
 * other two, for everything since the last.
 */
void publisher_recorded(struct publisher *, const struct unpublished *);
void publisher_committed(struct publisher *);
void publisher_rolled_back(struct publisher *);

/*
 * Send what may be sent.  The ledger is read only when it is given, which the caller does when no
 * transaction is open.
 */
void publisher_send(struct publisher *, struct ledger *);
/* Rows that are published and to be marked, until publisher_marked() says that the first n are. */
size_t publisher_done(const struct publisher *, const int64_t **rows);
void publisher_marked(struct publisher *, size_t n);

/* Whole sentences: everything that is in trouble; "" when nothing is. */
const char *publisher_trouble(struct publisher *);
/* Milliseconds until what was left out, or a ledger that could not be read, may be tried again; -1: nothing. */
int publisher_retry_ms(const struct publisher *);

/* For status. */
struct publisher_state {
	pid_t pid;         /* -1: not running */
	uint32_t in_hand;  /* verdicts sent and not answered */
	int64_t taking_ms; /* since then */
	char region[256];  /* where it is at; "" when nothing is in hand */
	const char *lacks; /* of its sandbox */
	uint64_t kept;     /* bytes in memory */
};
void publisher_look(const struct publisher *, struct publisher_state *);

/* Wait up to so long for an answer; false: none came, or there is nothing to wait for. */
bool publisher_wait(struct publisher *, int ms);

/*
 * The names a verdict is published under in its outcome's folder: "STEM~SEQ.EXT",
 * "STEM~SEQ.verdict.html", "STEM~SEQ.verdict.json".  Bytes of the name that may not stand in a
 * file name here (control characters, '/', marks that reorder or hide text, what is not UTF-8, a
 * leading '.') are written as %XX; the stem is cut so that the longest of the three fits 255
 * bytes.
 */
void publish_names(
    struct text name, int64_t seq, struct buf *original, struct buf *html, struct buf *json);

#endif
