/*
 * What the inbox's files share:
 *
 *   inbox.c           the root, the scan of everything, the timers
 *   inbox_watch.c     the kernel's events
 *   inbox_region.c    a region's folders: opened, noticed when replaced
 *   inbox_examine.c   owners, permissions and mounts of the folders, and the commands that mend them
 *   inbox_entries.c   what lies in an inbox, and when it is at rest
 *   inbox_recover.c   claims of an earlier life
 *   inbox_types.c     which file systems can be trusted with what
 *   claim.c           the claim
 */
#ifndef DAEMON_INBOX_PRIVATE_H
#define DAEMON_INBOX_PRIVATE_H

#include <sys/stat.h>

#include "daemon/fs_type.h"
#include "daemon/inbox.h"

#define WATCH_BUCKETS 1024

struct inbox {
	struct event_base *base;
	struct inbox_options options;
	struct inbox_calls calls;
	void *arg;
	int root; /* -1: it cannot be opened */
	char trouble[600];
	int notify;      /* inotify; -1: it cannot be had */
	int watch_error; /* errno of the last folder that could not be watched; 0: none */
	struct watch watch_root;
	LIST_HEAD(, watch) watches[WATCH_BUCKETS];
	struct event *readable, *rescan, *poll, *tick;
	struct regions regions;
	bool ticking;
};

/* What told us of a name. */
enum hint { HINT_SCAN, HINT_CREATED, HINT_CLOSED, HINT_MOVED };

/* inbox.c */
void inbox_keep_ticking(struct inbox *);
int64_t inbox_ms(void);
/* Does the root's path still lead to the folder that is open?  Opens what is there now. */
bool inbox_check_root(struct inbox *);
void inbox_check_region(struct inbox *, const char *name);

/* inbox_watch.c */
void inbox_notify_start(struct inbox *);
/* By the open descriptor, so that what is watched is what was checked.  false: not watched. */
bool inbox_watch(struct inbox *, struct watch *, int fd, uint32_t mask);
void inbox_unwatch(struct inbox *, struct watch *);
/* Why folders cannot be watched, in a few words. */
const char *inbox_watch_why(const struct inbox *);

/* inbox_region.c */
struct region *region_new(struct inbox *, const char *name);
void region_free(struct region *);
/* Open what is not open, notice what was replaced; true: its inbox can be read. */
bool region_check(struct region *);
/* Do its name and `inbox` still mean the folders that are open? */
bool region_in_place(const struct region *);
/* Say what is wrong with it, once. */
void region_say(struct region *, struct text trouble);

/* inbox_examine.c */
/* Can files be claimed here at all?  false: said.  Fills in the notes. */
bool region_examine(struct region *);
/* Say that a folder of the region ("" is its own) could not be opened or made: errno. */
void region_trouble(struct region *, const char *folder);
/* Why a file could not be claimed (errno): a sentence with what mends it. */
void region_why_refused(const struct region *, const char *name, int error, struct buf *);
/* The path of a thing in the inbox (NULL: the inbox), as a shell wants it. */
void region_shell_path(const struct region *, const char *name, struct buf *);

/* inbox_entries.c */
void region_scan(struct region *);
void region_tick(struct region *);
void region_consider(struct region *, const char *name, enum hint);
void region_forget_all(struct region *);

/* inbox_recover.c */
void region_recover(struct region *);

/* claim.c */
enum claimed {
	CLAIM_DONE,
	CLAIM_GONE,
	CLAIM_NO_ROOM,
	CLAIM_NOT_NOW,
	CLAIM_REFUSED /* errno */
};
enum claimed claim_take(struct region *, const char *name, bool still_changing);
/*
 * What is kept beside a claim of an earlier life: its name, when it was claimed, and whether it was
 * still changing.  false: nothing that could be a name.
 */
bool claim_read_name(
    const struct region *, int64_t seq, char name[256], struct claim_found *found);

#endif
