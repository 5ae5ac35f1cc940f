/*
 * What the inbox's files share:
 *
 *   inbox.c           the root, the scan of everything, the timers
 *   inbox_watch.c     the kernel's events
 *   inbox_region.c    a region's folders: opened, noticed when replaced
 *   inbox_examine.c   owners, permissions and mounts of the folders, and the commands that mend them
 *   inbox_entries.c   what lies in an inbox, and when it is at rest
 *   inbox_list.c      lists of folders that break off
 *   inbox_probe.c     disks and file servers that do not answer
 *   inbox_recover.c   claims of an earlier life
 *   inbox_types.c     which file systems can be trusted with what
 *   claim.c           the claim
 *   claim_names.c     what is kept of a claim for a restart
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
	struct event *readable, *rescan, *poll, *tick, *again;
	struct regions regions;
	bool ticking;
	bool broke_off; /* the root's list did, the last time */
	TAILQ_HEAD(, probe) probes;
	struct buf mounts;   /* inbox_probe.c */
	int64_t mounts_read; /* when, monotonic ms; 0: never */
};

/* The folders of a region that are read whole; bits. */
enum region_list { LIST_INBOX = 1, LIST_CLAIMS = 2 };

/* What told us of a name. */
enum hint { HINT_SCAN, HINT_CREATED, HINT_CLOSED, HINT_MOVED };

/* inbox.c */
void inbox_keep_ticking(struct inbox *);
void inbox_look_again(struct inbox *, int64_t ms); /* scan everything after so long, once */
int64_t inbox_ms(void);
/* Does the root's path still lead to the folder that is open?  Opens what is there now. */
bool inbox_check_root(struct inbox *);
void inbox_say(struct inbox *, const struct buf *trouble); /* once */
/* Look at what has this name in the root, and take in what lies there; a mount is asked first. */
void inbox_check_region(struct inbox *, const char *name);
void inbox_look_at_region(struct inbox *, const char *name); /* … it was */

/* inbox_probe.c */
/* Is this folder of the root a mount of its own, by the kernel's list? */
bool inbox_is_mount(struct inbox *, const char *name);
/* Then whether its disk or server answers is asked; true: inbox_look_at_region() follows when it does. */
bool inbox_asks_first(struct inbox *, const char *name);
void inbox_probes_free(struct inbox *);

/* inbox_list.c */
/* A list ended whole (0), or broke off (errno): said, and read again soon. */
void inbox_listed(struct inbox *, int error);
void region_listed(struct region *, enum region_list, int error);
/* Say why not everything can be taken in, once. */
void region_refuse(struct region *, const char *why);

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
/* Was it changed within the last second?  Then everything is scanned again a second later. */
bool region_is_being_made(struct region *);
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
struct named_list;
/*
 * The claims that are there, sorted, and (unless NULL) the numbers of name links.  false: perhaps not all (errno).
 * The lists are the caller's to free.
 */
bool claims_list(const struct region *, struct named_list *claims, struct named_list *links);

/* claim.c */
enum claimed {
	CLAIM_DONE,
	CLAIM_GONE,
	CLAIM_NO_ROOM,
	CLAIM_NOT_NOW,
	CLAIM_REFUSED /* errno */
};
enum claimed claim_take(struct region *, const char *name, bool still_changing);

/* claim_names.c */
/* Could a folder hold this name? */
bool claim_is_name(struct text);

/* What is known of a claim that is there. */
struct named {
	int64_t seq;
	char *name; /* owned; NULL: none is known */
	instant received;
	bool still_changing;
};
struct named_list {
	struct named *v;
	size_t n, cap;
};
void named_sort(struct named_list *);
/* In a sorted list; NULL: not there. */
struct named *named_find(const struct named_list *, int64_t seq);
/* All but the number, from another, with a name that is copied.  Without memory poold ends. */
void named_set(struct named *, const struct named *from, const char *name);
void named_free(struct named_list *);

/*
 * Record a claim that is about to be made: its number, name, time and mark.  false: errno; it must not be
 * made then, since a restart would not know its name.
 */
bool names_append(struct region *, const struct claim_found *);
/*
 * Fill in what is recorded of the claims in a sorted list; *size: of the file, in bytes.  false: it is no
 * file that could be added to; what could be read is filled in all the same.
 */
bool names_read(const struct region *, const struct named_list *, int64_t *size);
/* Only these from now on.  false: as it was. */
bool names_rewrite(struct region *, const struct named_list *);
bool names_empty(struct region *);
/* The next use opens it again. */
void names_close(struct region *);

#endif
