/*
 * Judging without a daemon: one file after the other, each in the same sandbox as the daemon's.
 *
 *	policies_read(dir, &policies, &why)                      policies.h
 *	client = client_start(&policies, &options, &rulebook, &why);
 *	        NULL: refused or failed; rulebook.messages or why say it
 *	for each file:
 *	        client_judge(client, &submission, wall_ms, history, arg, &bytes, &why)
 *	                true: bytes is what result_write() wrote; result_read() it
 *	                false: why is the sentence for verdict_failed()
 *	client_stop(client)
 *
 * The rulebook process is a fork without exec: poolctl has nothing in memory that a policy must not
 * see, and needs not be found again on disk.  (poold starts its own by fork and exec, so that it has
 * nothing of the keeper's.)
 */
#ifndef DAEMON_EVALUATOR_CLIENT_H
#define DAEMON_EVALUATOR_CLIENT_H

#include "daemon/evaluator_wire.h"
#include "daemon/policies.h"

struct client;

/* Sensible limits for a person's computer; digest and packs empty. */
struct evaluator_options client_default_options(void);

/*
 * Start the rulebook process and wait until it has loaded, at most load_ms (0: 20 s).  *rulebook is
 * filled in either case (free it with wire_rulebook_free()).  NULL: when rulebook->refusals > 0 its
 * messages are the reasons, else *why has a sentence.  options->digest is taken from policies.
 */
struct client *client_start(const struct policies *, const struct evaluator_options *,
    uint32_t load_ms, struct wire_rulebook *rulebook, struct buf *why);

/*
 * Judge one submission: bytes are copied into a sealed memfd for it.  An evaluator that dies or is
 * over wall_ms (0: 30 s) is replaced and the submission tried once more.  history may be NULL: there
 * is none.  The history callback runs in this process; what it gives must last until it is called
 * again or this returns.  result is cleared first.
 */
bool client_judge(struct client *, const struct submission *, uint32_t wall_ms,
    history_fn *history, void *arg, struct buf *result, struct buf *why);

/*
 * The catalogue that options->catalogue asked for, once after client_start().  *found: whether it has
 * the condition that was asked for.  false: *why has a sentence.
 */
bool client_catalogue(struct client *, struct buf *out, bool *found, struct buf *why);

void client_stop(struct client *);

#endif
