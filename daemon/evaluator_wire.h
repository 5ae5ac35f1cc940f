/*
 * The messages between keeper, rulebook process and evaluator: their fields, written and read.
 *
 * The keeper trusts nothing that comes from inside the sandbox: every reader here checks lengths and
 * counts, and says false when a message is not what it should be; such a sender is killed.
 */
#ifndef DAEMON_EVALUATOR_WIRE_H
#define DAEMON_EVALUATOR_WIRE_H

#include <stdatomic.h>

#include "daemon/evaluator.h"
#include "daemon/ipc.h"
#include "rules/evaluate.h"

enum wire_type {
	WIRE_PART = IPC_PART,
	/* to the rulebook process */
	WIRE_OPTIONS,
	WIRE_BATCH, /* number; fds: the evaluator's socket end, its progress page */
	/* from it */
	WIRE_LOADING,   /* name of the file that runs next */
	WIRE_LOADED,    /* struct wire_rulebook */
	WIRE_REFUSED,   /* the same, with the reasons */
	WIRE_CANNOT,    /* a sentence: loading failed, for a reason that is not the policies' */
	WIRE_CATALOGUE, /* had it, the text: once, after WIRE_LOADED, when it was asked for */
	WIRE_STARTED,   /* number, process id; fd: pidfd */
	WIRE_ENDED,     /* number, status of waitpid() */
	/* to an evaluator */
	/* context; fd: sealed memfd of the bytes (none when there are no bytes) */
	WIRE_JOB,
	WIRE_HISTORY, /* had it, size; fd: sealed memfd (none when size is 0) */
	/* from it */
	WIRE_IDENTITY, /* form, area, period, needs; once a job at most */
	WIRE_RESULT    /* result_write() */
};

/*
 * Jobs an evaluator has in hand at most: the one that it judges, and the next ones, which are there when it has
 * answered, also while the keeper commits.  (With two it ran dry then: a seventh more files a second were measured
 * with eight.)  An answer (WIRE_HISTORY) comes behind those that were sent before it was asked for.
 */
#define WIRE_IN_HAND 8

/* More than any verdict: 10,000 findings as JSON, as HTML and as records. */
#define WIRE_RESULT_MOST    (256u * 1024 * 1024)
#define WIRE_REPORT_MOST    (4u * 1024 * 1024)
#define WIRE_CATALOGUE_MOST (64u * 1024 * 1024)
#define WIRE_NEEDS_MOST     256

/* What is known of a rulebook: texts and messages belong to block. */
struct wire_rulebook {
	struct text digest, packs; /* packs: ids with blanks between */
	uint32_t conditions;
	struct text lacks; /* sandbox_report.lacks */
	struct load_message *messages;
	uint32_t n_messages, refusals, warnings;
	struct declared_need *needs;
	uint32_t n_needs;
	char *block;
	size_t block_size;
};
bool wire_copy_rulebook(
    struct wire_rulebook *, const struct wire_rulebook *); /* false: no memory */
void wire_rulebook_free(struct wire_rulebook *);

void wire_put_options(struct buf *, const struct evaluator_options *);
/* Texts point into the body; packs is malloc()ed, for the life of the process. */
bool wire_get_options(struct text body, struct evaluator_options *);

void wire_put_rulebook(
    struct buf *, const struct rulebook *, const struct load_report *, const char *lacks);
bool wire_get_rulebook(struct text body, struct wire_rulebook *); /* copies */

/* The last part of wire_put_rulebook(). */
void wire_put_needs(struct buf *, const struct declared_need *, uint32_t n);
/* Are the identity's needs such as the rulebook's conditions declare for its form? */
bool wire_declares(const struct wire_rulebook *, const struct identity *);

void wire_put_job(struct buf *, const struct submission *);
/* *size: of the bytes that come as a memfd; texts point into the body. */
bool wire_get_job(struct text body, struct submission *, size_t *size);

void wire_put_identity(struct buf *, const struct identity *);
bool wire_get_identity(struct text body, struct arena *, struct identity *);

void wire_put_history(struct buf *, const struct history *);
bool wire_get_history(struct text bytes, struct arena *, struct history *);

/* Send a job with the memfd of its bytes (-1: it has none), or the answer to an identity. */
bool wire_send_job(int fd, const struct submission *, int memfd);
bool wire_send_history(int fd, bool had, const struct history *);

/* The sentence on policies that did not load by their deadline; file (may be empty): what ran then. */
void wire_load_is_late(struct buf *, struct text file);

/*
 * One shared page a batch: the condition that runs now, so that the keeper can name it after a kill.
 * Written by the evaluator, read by the keeper when it is dead; sealed against shrinking.
 */
struct wire_progress {
	_Atomic uint32_t n; /* bytes of condition; 0: none runs */
	char condition[252];
};
#define WIRE_PROGRESS_SIZE 4096
/* A new page: descriptor and mapping; false with errno. */
bool wire_progress_new(int *fd, const struct wire_progress **);
void wire_progress_free(const struct wire_progress *);
/* The id, bounded; not escaped. */
struct text wire_progress_condition(const struct wire_progress *);
/*
 * The sentence for the administrator on how an evaluator ended; status as waitpid() gives it; when it was
 * over a limit of time it was killed by us after so many ms.
 */
enum wire_over { WIRE_OVER_NONE, WIRE_OVER_WALL, WIRE_OVER_CPU };
/* What a process came to, as waitpid() has it: "ran out of memory". */
void wire_end(struct buf *, int status);
void wire_how_it_ended(
    struct buf *, int status, enum wire_over, uint32_t ms, const struct wire_progress *);

#endif
