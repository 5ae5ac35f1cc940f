/*
 * Judging: bytes + rulebook + context -> verdict.  The library's one way in.
 *
 * It opens no file and knows no clock and no network: the time is submission.received, history comes
 * by a callback.  The same arguments give the same verdict, byte for byte.
 */
#ifndef RULES_EVALUATE_H
#define RULES_EVALUATE_H

#include "rules/rulebook.h"

struct need {
	/* the last accepted return of this form and area of an earlier period */
	enum {
		NEED_PREVIOUS,
		/*
		 * the last readable submission of this form, area and period: explanations
		 * carry
		 */
		NEED_VERSION,
		NEED_RETURNS /* accepted returns of a form, area and period, newest an area */
	} kind;
	struct text form, area, period; /* for NEED_RETURNS period may be empty: any */
};

/*
 * A need that the conditions for a form declare.  other_areas: an area that a submission names; else its
 * own.  Every need of an identity is of one of these, with the identity's form as `asking`.
 */
struct declared_need {
	int kind; /* of struct need */
	struct text asking, form;
	bool other_areas;
};
/* Those of a rulebook, each once; the array belongs to the arena. */
uint32_t declared_needs(
    const struct rulebook *, struct arena *, const struct declared_need **needs);

/* The submission's identity, sent once after reading. */
struct identity {
	struct text form, area, period;
	struct need *needs;
	uint32_t n_needs;
};

struct past_return {
	uint32_t need; /* index of the need it answers */
	struct text id, sha256, region, form, area, period;
	instant received;
	struct text budget; /* bytes that budget_write_history() wrote */
};

struct history {
	/* owned by the caller; must last until evaluate() returns */
	struct past_return *returns;
	uint32_t n;
};

/* false: the history could not be had (conditions that need it stop with NOT_REFERENCE). */
typedef bool history_fn(void *arg, const struct identity *, struct history *);

#define EVALUATE_NO_SHARE UINT64_MAX

struct limits {
	uint64_t instructions; /* Lua VM instructions for a submission; 0: 200 million */
	/* of these, for one condition; 0: a quarter; EVALUATE_NO_SHARE: one may take all */
	uint64_t condition_instructions;
	size_t memory;     /* bytes Lua may take for a submission; 0: 128 MB */
	uint32_t findings; /* of one condition; 0: 10,000 */
	/* Called with the condition's id before each condition and "" when none runs; may be NULL. */
	void (*progress)(void *arg, struct text condition);
	void *progress_arg;
};

/*
 * Judge a submission.  Never NULL: what goes wrong is in the verdict.  *budget (may be NULL) is the
 * budget or NULL.  The verdict and the budget live in the arena.
 */
struct verdict *evaluate(struct rulebook *, struct arena *, const struct submission *,
    const struct limits *, history_fn *, void *history_arg, const struct budget **budget);

#endif
