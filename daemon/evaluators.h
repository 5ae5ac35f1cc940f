/*
 * The keeper's side of judging: the rulebook process and its evaluators.  See evaluator.h for what
 * runs inside them.  Uses libevent.
 *
 * One evaluator works for one region at a time, so that a region's files are judged in their order;
 * one spare waits for the lone file.  An evaluator that dies or is over its time is reported, and the
 * submission in hand tried once more, alone; the others of its batch go to a fresh one.  Only one that
 * was at work all the time that it may take is not tried again: it would be once more, and its region
 * would wait as long again.
 */
#ifndef DAEMON_EVALUATORS_H
#define DAEMON_EVALUATORS_H

#include <event2/event.h>

#include "daemon/evaluator_wire.h"
#include "daemon/policies.h"
#include "rules/result.h"

struct evaluators;

struct job {
	struct submission submission; /* bytes: those of memfd */
	int memfd;  /* sealed; stays the caller's; -1 when there are no bytes */
	bool again; /* for the caller: judged before, and not a claim's */
	/* it may have the evaluator that is kept for the lone file, when all others are at work */
	bool urgent;
};

enum load_end {
	LOAD_TAKEN,
	LOAD_REFUSED, /* the policies are to blame */
	LOAD_FAILED   /* something else is, which may pass */
};

struct evaluators_calls {
	/* A result came, by the rulebook of this digest; its texts last until this returns. */
	void (*judged)(
	    void *arg, const struct job *, const struct result *, struct text rulebook);
	/* The processor time that an attempt took, before its end is told otherwise; us. */
	void (*took)(void *arg, const struct job *, int64_t us);
	/*
	 * Judging failed (killed, crashed, over time), twice or in a way that would repeat itself: the
	 * sentence for the administrator.
	 */
	void (*failed)(void *arg, const struct job *, struct text why);
	/* The declared needs of a job. */
	bool (*history)(void *arg, const struct job *, const struct identity *, struct arena *,
	    struct history *);
	/*
	 * A rulebook was loaded and swapped in, or not: its messages.  why: when there was no report (the
	 * process died, or was over its time), a sentence; else empty.  Where none is in use, what failed
	 * is tried again without being asked for.
	 */
	void (*rulebook)(
	    void *arg, enum load_end, const struct wire_rulebook *, struct text why);
	/* An evaluator died or was killed, the first or second time on this job. */
	void (*died)(void *arg, const struct job *, struct text how, int times);
	/* Capacity is free again: give more jobs. */
	void (*idle)(void *arg);
};

struct evaluators_options {
	struct evaluator_options limits; /* digest and packs are not used */
	uint32_t most;                   /* evaluators at once */
	/* submissions an evaluator judges before it is replaced */
	uint32_t batch;
	uint32_t wall_ms, cpu_ms; /* for a submission */
	uint32_t load_ms;
};

struct evaluators *evaluators_new(struct event_base *, const struct evaluators_options *,
    const struct evaluators_calls *, void *arg);
/* Kills what runs. Jobs that were given are forgotten without a call. */
void evaluators_free(struct evaluators *);
/* Other numbers and deadlines from now on; the limits hold from the next load on. */
void evaluators_set_options(struct evaluators *, const struct evaluators_options *);

/*
 * Load these policies in a new rulebook process and swap it in; calls.rulebook tells.  The caller
 * keeps the descriptor.  A load under way is given up for the new one.  false: not started; errno.
 */
bool evaluators_load(struct evaluators *, const struct policies *);
/* A rulebook is in use. */
bool evaluators_ready(const struct evaluators *);
bool evaluators_loading(const struct evaluators *);
/* How often in a row the rulebook process was lost; 0: the one in use has been well for a minute. */
uint32_t evaluators_losses(const struct evaluators *);
/* Has somebody a submission in hand without a deadline?  Never, or something is broken. */
bool evaluators_unguarded(const struct evaluators *);

/*
 * Take a job; it stays where it is, unchanged, until judged() or failed() was called for it.  Jobs of
 * one region are judged in the order they are given in.
 */
bool evaluators_give(struct evaluators *, const struct job *);
/* Jobs given and not answered. */
uint32_t evaluators_pending(const struct evaluators *);
uint32_t evaluators_running(const struct evaluators *);

#endif
