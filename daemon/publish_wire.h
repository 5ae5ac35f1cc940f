/*
 * What keeper and publisher say to each other: batches of verdicts, and what became of each.
 *
 * A batch is a sealed memfd: the bytes of its items (original, JSON, HTML, one after the other), then
 * an index.  A message has up to PUBLISH_TOGETHER of them; its answer has one word for each item, in
 * order, and a sentence for each region in which something failed.
 */
#ifndef DAEMON_PUBLISH_WIRE_H
#define DAEMON_PUBLISH_WIRE_H

#include <stdatomic.h>

#include "daemon/ipc.h"
#include "daemon/ledger.h"

#define PUBLISH_TOGETHER   IPC_FDS
#define PUBLISH_MOST_BYTES (4u * 1024 * 1024) /* of an answer */

enum publish_type {
	PUBLISH_PART = IPC_PART,
	PUBLISH_BEGIN, /* to the publisher, first of all: whether faults are heeded */
	PUBLISH_READY, /* from it: what its sandbox lacks */
	PUBLISH_BATCH, /* to it: number; for each memfd the offset of its index; fds: the memfds */
	PUBLISH_ANSWER /* from it: number; struct publish_answer */
};

/* What became of an item. */
enum publish_done {
	PUBLISH_DONE,
	PUBLISH_FAILED,
	PUBLISH_LEFT /* something failed in its region before it */
};

/* A page that the publisher writes and the keeper looks at when an answer does not come. */
struct publish_progress {
	_Atomic uint32_t item; /* of the message, from 1; 0: none is in hand */
};

/* The index: how many, then each item. */
void publish_put_item(struct buf *, const struct unpublished *, int64_t offset);
/*
 * The items of a batch, appended to *items (malloc()ed; n counts them); their texts point into the
 * batch.  false: it is no batch, or there is no memory.
 */
bool publish_get_items(
    struct text batch, int64_t index, struct unpublished **items, uint32_t *n);

/* A failing region: the number of an item of it, and the sentence. */
struct publish_answer {
	struct ipc_reader in;
	uint32_t items, sentences;
};
/* The next item's word, then the sentences: read in this order; in.failed when there are no more. */
bool publish_get_answer(struct text body, uint64_t *number, struct publish_answer *);
enum publish_done publish_get_done(struct publish_answer *);
struct text publish_get_sentence(struct publish_answer *, uint32_t *item);

#endif
