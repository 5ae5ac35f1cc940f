/*
 * What the formats of a record share: event_record.c makes a record fit, event_rfc5424.c and
 * event_cee.c each write it one way.
 */
#ifndef DAEMON_EVENT_PRIVATE_H
#define DAEMON_EVENT_PRIVATE_H

#include "daemon/event.h"

/* How much of an event is written. */
struct event_fit {
	size_t value;  /* bytes of a text */
	bool line;     /* the readable line's tags as well */
	uint32_t tags; /* the first so many */
};

struct event_writing {
	const struct event *ev;
	const struct event_origin *origin;
	uint64_t sequence;
	int64_t when_us;
};

/* One attempt at a record. */
typedef void event_put(struct buf *, const struct event_writing *, const struct event_fit *);
event_put event_put_rfc5424, event_put_cee;

/* Facility and severity as "<PRI>". */
void event_put_priority(struct buf *, const struct event_writing *);
/* RFC 3339 with microseconds, UTC. */
void event_put_time(struct buf *, int64_t when_us);
/*
 * The event's own tags that fit, each by put_tag(); `cut` gets the names of those whose values were
 * cut, and how many were left out.
 */
void event_put_tags(struct buf *, const struct event_writing *, const struct event_fit *,
    void (*put_tag)(struct buf *, const struct event_tag *, struct text value),
    struct buf *cut);
/* The readable line. */
void event_put_line(
    struct buf *, const struct event_writing *, const struct event_fit *, struct text cut);

#endif
