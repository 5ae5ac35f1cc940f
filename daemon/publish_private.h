/*
 * Private to publish*.c: what is behind struct publisher.
 */
#ifndef DAEMON_PUBLISH_PRIVATE_H
#define DAEMON_PUBLISH_PRIVATE_H

#include "daemon/publish.h"

#define BATCH_MAX 256

/* A region in which something failed. */
struct stuck {
	struct stuck *next;
	char *region;
	int delay;
	int64_t until; /* milliseconds, monotonic */
};

struct item {
	int64_t row, seq;
	char *region;
	bool synced;
};

struct names {
	struct buf original, html, json;
};

struct publisher {
	int (*region_dir)(void *arg, struct text region);
	void *arg;
	struct stuck *stuck;
	struct buf error;
	struct names names;
	struct item items[BATCH_MAX]; /* of the batch under way */
	uint32_t n;
	bool failed;
};

/* publish_files.c: files beneath a region's folder.  Each returns 0 or an errno. */
struct publish_folder {
	int fd;
	unsigned mode; /* of the region's folder */
	unsigned gid;
};
/* REGION/NAME, made with the region's group and permissions when it is missing; never through a link. */
int publish_folder_open(int region_fd, const char *name, bool make, struct publish_folder *);
/* Written aside in the same folder and renamed. */
int publish_file(
    const struct publish_folder *, const char *name, int64_t seq, struct text bytes);
/* Remove REGION/.poold/SEQ (or the files in it and it) and SEQ.name. Not there: fine. */
int publish_unlink_claim(int region_fd, int64_t seq);
/* Move the claimed file itself into place: an original that is not in the ledger. ENOENT: no claim. */
int publish_move_claim(
    int region_fd, int64_t seq, const struct publish_folder *, const char *name);

/* publish_trouble.c */
/* Whether a region is left out for now; arg is the publisher. */
bool publish_is_held(void *arg, struct text region);
/* Everything went well in this region. */
void publish_let_go(struct publisher *, struct text region);
/* Something failed at REGION/FOLDER[/FILE]: a sentence, and the region waits.  So for the others. */
void publish_fail_at(struct publisher *, struct text region, int region_fd, const char *folder,
    const char *file, int error);
void publish_fail_no_region(struct publisher *, struct text region);
void publish_fail_damaged(struct publisher *, const struct unpublished *);
void publish_fail_ledger(struct publisher *, struct ledger *);

#endif
