/*
 * Fault points, for tests: places where the keeper, or a process of its own, ends as if by kill -9.
 *
 * POOLD_FAULT=POINT or POINT:N (the Nth time it is reached) is heeded only after fault_arm(), which is
 * called for -d alone; without it a point costs the look at one flag.
 */
#ifndef DAEMON_FAULT_H
#define DAEMON_FAULT_H

#include <stdbool.h>

/* In the order of a submission's life; the names are in fault.c. */
enum fault_point {
	FAULT_LEDGER_OPENED,    /* the file is there, without tables perhaps */
	FAULT_LEDGER_MIGRATING, /* in the middle of bringing it to this version */
	FAULT_LEDGER_MIGRATED,
	FAULT_RESERVED,        /* a block of numbers is ours, none of it was given */
	FAULT_CLAIM_NOTED,     /* its name is recorded, the file still in the inbox */
	FAULT_CLAIM_MOVED,     /* the file is among the claims, intake does not know of it */
	FAULT_CLAIMED,         /* intake is about to be told */
	FAULT_RENUMBERING,     /* recorded under both numbers, the claim has its old one */
	FAULT_NAMES_ASIDE,     /* the file of names is written anew, and not in its place */
	FAULT_NAMES_MOVED,     /* it is, and nothing else is removed */
	FAULT_COPIED,          /* sealed and hashed */
	FAULT_GIVEN,           /* an evaluator has it */
	FAULT_JUDGED,          /* the result is there, nothing is written */
	FAULT_CONTENT_WRITTEN, /* a large file's bytes are on disk, no row speaks of them */
	FAULT_RECORDED,        /* in the open transaction */
	FAULT_BEFORE_COMMIT,
	FAULT_AFTER_COMMIT,
	FAULT_FORGETTING,       /* after the commit, among the claims that go */
	FAULT_PUBLISH_ASIDE,    /* a file is written under its name for the time being */
	FAULT_PUBLISH_FILE,     /* one file of a verdict has its name */
	FAULT_PUBLISH_MOVED,    /* an original too big to keep has left the claims */
	FAULT_PUBLISH_CLEARING, /* among the files of an earlier revision */
	FAULT_PUBLISH_ONE,      /* all files of one verdict, in the middle of a batch */
	FAULT_PUBLISH_WRITTEN,  /* the whole batch, before syncfs */
	FAULT_PUBLISH_SYNCED,   /* between syncfs and the removal of the claims */
	FAULT_PUBLISH_UNLINKED, /* between that and the mark */
	FAULT_PUBLISH_MARKED,
	FAULT_TELLING, /* before a record is sent */
	FAULT_TOLD,    /* it was sent, and is not marked */
	FAULT_TOLD_MARKED,
	FAULT_CHECKPOINTED,
	FAULT_RELOADING, /* a second rulebook process was started */
	FAULT_SWAPPING,  /* the new rulebook is in use, the old process still there */
	FAULT_SWAPPED,
	FAULT_JUDGED_AGAIN, /* a further result is there, nothing is written */
	FAULT_RECORDED_AGAIN,
	FAULTS
};

extern bool fault_armed;
void fault_reached(enum fault_point);

/*
 * Heed POOLD_FAULT.  A name that is no point ends the program with a line of all that there are; a test
 * that goes over them asks with "?".
 */
void fault_arm(void);
/* The same in a process of the keeper's: it ends with this status, and the keeper ends itself. */
void fault_arm_to_exit(int status);

static inline void
fault_at(enum fault_point point)
{
	if (fault_armed)
		fault_reached(point);
}

#endif
