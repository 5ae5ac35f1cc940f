/*
 * The keeper's side of judging: the rulebook process and its evaluators.  See evaluator.h for what
 * runs inside them.  Uses libevent.
 */
#ifndef DAEMON_EVALUATORS_H
#define DAEMON_EVALUATORS_H

#include <event2/event.h>

#include "rules/evaluate.h"
#include "rules/result.h"

struct evaluators;

struct job {
	struct submission submission; /* bytes: mapping of memfd */
	int memfd;                    /* sealed; stays the caller's */
};

struct evaluators_calls {
	/* A result came; its texts last until this returns. */
	void (*judged)(void *arg, const struct job *, const struct result *);
	/* Judging failed twice (killed, crashed, over time): the sentence for the administrator. */
	void (*failed)(void *arg, const struct job *, struct text why);
	/* The declared needs of a job. */
	bool (*history)(void *arg, const struct job *, const struct identity *, struct arena *,
	    struct history *);
	/* A rulebook was loaded and swapped in, or refused: the report's lines. */
	void (*rulebook)(void *arg, bool taken, struct text digest, struct text report);
	/* Capacity is free again: give more jobs. */
	void (*idle)(void *arg);
};

#endif
