/*
 * Private to publisher*.c: a batch under way.
 */
#ifndef DAEMON_PUBLISHER_PRIVATE_H
#define DAEMON_PUBLISHER_PRIVATE_H

#include <sys/types.h>

#include "daemon/publish_wire.h"

/* Regions that are open at once; a batch of more is done in parts. */
#define PLACES_MOST 32

struct publish_folder {
	int fd;
	unsigned mode; /* of the region's folder */
	unsigned gid;
};

struct names {
	struct buf original, html, json;
};

/* A region of the batch under way. */
struct publish_place {
	struct text name;
	int fd;
	dev_t device;
	struct publish_folder folders[OUTCOMES]; /* fd -1: not opened yet */
	bool failed;
	uint32_t item; /* the one that failed */
	struct buf sentence;
};

struct batch_run {
	int root;
	const struct unpublished *items;
	enum publish_done *done;       /* of each item */
	struct publish_place *at[256]; /* region of each item of the part */
	uint32_t n;
	struct publish_place places[PLACES_MOST];
	uint32_t n_places;
	struct names names;
	struct publish_progress *progress;
	struct buf sentences; /* for the answer: item, text */
	uint32_t n_sentences;
};

/* publisher_batch.c */
/* Publish all items: done[] and sentences are filled in. */
void publisher_run(struct batch_run *);

/* publisher_files.c: files beneath a region's folder.  Each returns 0 or an errno. */
/* REGION/NAME, made with the region's group and permissions when it is missing; never through a link. */
int publish_folder_open(int region_fd, const char *name, bool make, struct publish_folder *);
/* Written aside in the same folder and renamed. */
int publish_file(
    const struct publish_folder *, const char *name, int64_t seq, struct text bytes);
/* Remove REGION/.poold/SEQ (or the files in it and it). Not there: fine. */
int publish_unlink_claim(int region_fd, int64_t seq);
/* Move the claimed file itself into place: an original that is not in the ledger. ENOENT: no claim. */
int publish_move_claim(
    int region_fd, int64_t seq, const struct publish_folder *, const char *name);

/* publisher_trouble.c */
/* A sentence of what failed at REGION/FOLDER[/FILE], with the command that mends it. */
void publish_say_trouble(
    struct buf *, int region_fd, const char *folder, const char *file, int error);
void publish_say_no_region(struct buf *, struct text region, int error);

#endif
