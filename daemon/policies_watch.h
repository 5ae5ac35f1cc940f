/*
 * Watching the policy folder: telling when something in it may have changed.
 *
 * What is told is a hint; reading the folder and its digest is the truth.  Uses libevent.
 */
#ifndef DAEMON_POLICIES_WATCH_H
#define DAEMON_POLICIES_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include <event2/event.h>

struct policies_watch;

/*
 * Call changed() when a name that counts (policies_leaves_out()) has changed and the whole tree was quiet
 * for a second, at the latest ten seconds after the first change.  Where some of it cannot be watched,
 * or is on a network, changed() is called each poll_ms.  NULL: no memory.
 */
struct policies_watch *policies_watch_new(struct event_base *, const char *folder,
    int64_t poll_ms, void (*changed)(void *), void *arg);
void policies_watch_free(struct policies_watch *);
/* All of it is watched: nothing is called without a hint. */
bool policies_watch_whole(const struct policies_watch *);

#endif
