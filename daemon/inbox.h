/*
 * The inboxes: which regions there are, what lies in their inboxes, when it is at rest, and the claim.
 *
 * inbox.c's head explains the design.  Uses libevent; knows neither ledger nor evaluators.
 */
#ifndef DAEMON_INBOX_H
#define DAEMON_INBOX_H

#include <event2/event.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include <time.h>

#include "rules/date.h"
#include "rules/text.h"

struct inbox;

/* Something in an inbox that is not claimed yet, or never will be. */
struct entry {
	LIST_ENTRY(entry) next;
	struct text name;     /* owned */
	bool skipped;         /* left where it is */
	char why[200];        /* skipped: the sentence */
	int64_t first, still; /* monotonic ms: first seen, unchanged since */
	int64_t size;
	struct timespec mtime, ctime;
	uint32_t seen; /* number of the scan that last saw it */
};

#define REGION_BUCKETS 256

struct region {
	TAILQ_ENTRY(region) next;
	struct inbox *inbox;
	struct text name;           /* owned, NUL-terminated */
	int dir, inbox_dir, claims; /* descriptors; -1: not there */
	int watch_dir, watch_inbox; /* inotify */
	/* "" or what is missing and the command that mends it */
	char trouble[700];
	LIST_HEAD(, entry) entries[REGION_BUCKETS];
	uint32_t settling, skipped, scans;
	uint64_t claimed;
	bool more; /* there was no room for everything: scan again when there is */
	bool gone; /* its folder has vanished */
};
TAILQ_HEAD(regions, region);

struct claim_found {
	struct region *region;
	int64_t seq;
	struct text name; /* any bytes; lasts until the call returns */
	instant received;
	bool still_changing; /* patience ended */
	/* found in REGION/.poold at start: claimed by an earlier life */
	bool again;
};

struct inbox_calls {
	/* The next sequence number; -1: none can be had now. */
	int64_t (*next_seq)(void *arg);
	instant (*now)(void *arg);
	/* Is there room for another claim of this region? */
	bool (*room)(void *arg, const struct region *);
	void (*claimed)(void *arg, const struct claim_found *);
	/* Left where it is; once for each thing. */
	void (*skipped)(void *arg, const struct region *, const struct entry *);
	/* It appeared, vanished, or is in trouble: a whole sentence. */
	void (*region)(void *arg, const struct region *, const char *what, bool good);
	void (*overflow)(void *arg);
};

struct inbox_options {
	const char *root;
	int64_t settle, rescan, patience; /* ms */
};

/* NULL: why says what is wrong with the root. Watches and scans from the first turn of the loop on. */
struct inbox *inbox_new(struct event_base *, const struct inbox_options *,
    const struct inbox_calls *, void *arg, struct buf *why);
void inbox_free(struct inbox *);
const struct regions *inbox_regions(const struct inbox *);
struct region *inbox_region(const struct inbox *, struct text name); /* NULL: unknown */
/* There is room again: take in what was left behind in this region. */
void inbox_resume(struct region *);
/* Scan everything now. */
void inbox_scan(struct inbox *);

/* Is this the name of a file that is still being written, or of no submission at all? */
bool inbox_ignores(struct text name);

/* The claim of a number: a descriptor, for reading; -1 with errno. */
int claim_open(const struct region *, int64_t seq);
/* The name that is kept beside it until the ledger has it. */
void claim_forget_name(const struct region *, int64_t seq);
void claim_unlink(const struct region *, int64_t seq);
/* Under another number, its name with it. */
bool claim_renumber(const struct region *, int64_t seq, int64_t to);
/* Back to the inbox under its name: it turned out to be no regular file. */
bool claim_put_back(const struct region *, int64_t seq, struct text name);

#endif
