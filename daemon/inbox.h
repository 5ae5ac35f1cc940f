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

/* What is to become of something that lies in an inbox. */
enum entry_kind {
	ENTRY_SETTLING,
	ENTRY_SKIPPED,   /* left where it is: nobody will judge it until that changes */
	ENTRY_UNFINISHED /* by its name half-written, for longer than patience */
};

struct entry {
	LIST_ENTRY(entry) next;
	struct text name; /* owned */
	enum entry_kind kind;
	char *why;            /* owned; the sentence, NULL while it settles */
	int64_t first, still; /* monotonic ms: first seen, unchanged since */
	int64_t size;
	struct timespec mtime, ctime;
	uint32_t seen; /* number of the scan that last saw it */
};

#define REGION_BUCKETS 256

/* A folder whose events are asked for. */
struct watch {
	LIST_ENTRY(watch) next;
	struct region *region; /* NULL: the root */
	int wd;                /* inotify's number; -1: none */
};

/* The file of the names of claims. */
struct names {
	int fd;       /* -1: not open */
	int64_t size; /* bytes */
	/* over so many it is emptied when no claim is there; written anew in any case */
	int64_t idle, grown;
};

struct region {
	TAILQ_ENTRY(region) next;
	struct inbox *inbox;
	struct text name;           /* owned, NUL-terminated */
	int dir, inbox_dir, claims; /* descriptors; -1: not there */
	struct names names;
	struct watch watch_dir, watch_inbox;
	/* "" or what is wrong with its folders and the command that mends it */
	char trouble[900];
	/* "" or why nothing, or not everything, can be taken in now, though the folders are as they should be */
	char refused[900];
	uint8_t broke_off; /* whose list did, the last time: enum region_list */
	/* what could be better, a sentence a line; the region works */
	struct buf notes;
	LIST_HEAD(, entry) entries[REGION_BUCKETS];
	uint32_t by_kind[ENTRY_UNFINISHED + 1], scans;
	/* what the last whole scan found to be left beyond what has an entry, and what this one has found */
	uint32_t left_beyond, beyond;
	uint32_t looked; /* half-written files that this scan has looked at */
	uint64_t claimed;
	uint32_t in_hand; /* claims of it that intake has; intake's to count */
	bool more;        /* there was no room for everything: scan again when there is */
	/*
	 * Its path leads to another folder now, or to none: what was claimed is judged and published in
	 * the folder it came from, and only then is the other one opened.
	 */
	bool leaving;
	int64_t left_at; /* monotonic ms */
	bool known;      /* it was opened as a region, and has not vanished since */
	bool later;      /* to be checked again at the next tick */
	bool silent;     /* its disk or file server does not answer: nothing of it is touched */
	/* no event tells of its inbox: it is read every `poll`; why, in a few words */
	bool polled;
	char polled_why[100];
	/* other computers may write to it: no lease is to be trusted, what was copied is read again */
	bool remote;
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
	/* It appeared, vanished, or is in trouble: a whole sentence.  NULL: the root. */
	void (*region)(void *arg, const struct region *, const char *what, bool good);
	/*
	 * Has the region claims that are not judged and recorded yet, or not published?  The latter
	 * counts only while publishing works, but when patient.
	 */
	bool (*busy)(void *arg, const struct region *, bool patient);
	/* The root's path leads to another folder than before. */
	void (*rooted)(void *arg);
	void (*overflow)(void *arg);
};

struct inbox_options {
	const char *root;
	int64_t settle, rescan, patience, poll; /* ms */
};

/* NULL: why says what is wrong with the root. Watches and scans from the first turn of the loop on. */
struct inbox *inbox_new(struct event_base *, const struct inbox_options *,
    const struct inbox_calls *, void *arg, struct buf *why);
void inbox_free(struct inbox *);
/* Other times from now on; the root stays. */
void inbox_set_options(struct inbox *, const struct inbox_options *);
const struct regions *inbox_regions(const struct inbox *);
struct region *inbox_region(const struct inbox *, struct text name); /* NULL: unknown */
/* "", or what is wrong with the root: a whole sentence. */
const char *inbox_trouble(const struct inbox *);
/* How the region is watched, in words: "by events", "by polling every 5 s: nfs". */
void inbox_how_watched(const struct region *, struct buf *);
/* The name of a folder in the root that a region is leaving: where its reports belong.  false: none. */
bool inbox_folder_left(const struct region *, char name[256]);
/* There is room again: take in what was left behind in this region. */
void inbox_resume(struct region *);
/* Names of claims that were kept for a restart go, where they are many and no claim is there. */
void inbox_tidy(struct inbox *);
/* Scan everything now. */
void inbox_scan(struct inbox *);

/* Is this the name of a file that is still being written, or of no submission at all? */
bool inbox_ignores(struct text name);
/* … the latter: nobody would want to know that it lies there. */
bool inbox_is_litter(struct text name);

/* The claim of a number: a descriptor, for reading; -1 with errno. */
int claim_open(const struct region *, int64_t seq);
void claim_unlink(const struct region *, int64_t seq);
/* Under another number, what is recorded of it with it.  false: errno; EEXIST: another claim has that one. */
bool claim_renumber(const struct claim_found *, int64_t to);
/* false: it is gone, or no regular file (a race with the claim). */
bool claim_is_file(const struct region *, int64_t seq);
/*
 * What is no regular file back to the inbox, under its name, or under another when that is taken; and a
 * sentence that says what was done, or what is to be done where nothing could be.
 */
void claim_put_back(const struct region *, int64_t seq, struct text name, struct buf *said);

#endif
