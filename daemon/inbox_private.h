/* What inbox.c (watching), inbox_region.c (a region's folders and entries) and claim.c share. */
#ifndef DAEMON_INBOX_PRIVATE_H
#define DAEMON_INBOX_PRIVATE_H

#include <sys/stat.h>

#include "daemon/inbox.h"

struct inbox {
	struct event_base *base;
	struct inbox_options options;
	struct inbox_calls calls;
	void *arg;
	int root, notify, watch_root;
	struct event *readable, *rescan, *tick;
	struct regions regions;
	bool ticking;
};

/* What told us of a name. */
enum hint { HINT_SCAN, HINT_CREATED, HINT_CLOSED, HINT_MOVED };

/* inbox.c */
void inbox_keep_ticking(struct inbox *);
int64_t inbox_ms(void);
int inbox_watch(struct inbox *, int fd, uint32_t mask);
void inbox_unwatch(struct inbox *, int *watch);

/* inbox_region.c */
struct region *region_new(struct inbox *, const char *name);
void region_free(struct region *);
/* Open what is not open, notice what was replaced; true: its inbox can be read. */
bool region_check(struct region *);
void region_close(struct region *);
void region_scan(struct region *);
void region_tick(struct region *);
void region_consider(struct region *, const char *name, enum hint);
void region_recover(struct region *); /* claims of an earlier life */

/* claim.c */
enum claimed {
	CLAIM_DONE,
	CLAIM_GONE,
	CLAIM_NO_ROOM,
	CLAIM_NOT_NOW,
	CLAIM_REFUSED /* errno */
};
enum claimed claim_take(struct region *, const char *name, bool still_changing);

#endif
