/*
 * One evaluation: what evaluate_*.c and the calls of policies share.  Private to rules/.
 *
 * The evaluation hangs at rulebook.eval while it lasts.  What is made on the way (lists,
 * places, stops) lives in the rulebook's scratch arena until the next evaluation, so a handle
 * that a policy holds is always good; what stays lives in the submission's arena.
 */
#ifndef RULES_EVAL_H
#define RULES_EVAL_H

#include "rules/evaluate.h"
#include "rules/rulebook_impl.h"

/* One place or several: `line:place "amount"`, `lines:place "amount"`. */
struct places {
	uint32_t n;
	struct place items[];
};

/* Why a subject is not evaluated any further. */
struct stop {
	enum not_kind kind;
	/* none of the kinds: the condition does not count for this subject */
	bool not_applicable;
	bool has_place;
	struct place at;
	struct text because;
};

/* Where an error or query of an enforced condition is open: what `after` looks at. */
struct open_finding {
	uint32_t condition;
	struct place at;
	bool has_place;
	bool query; /* answered rather than mended */
};

/* An explanation in the submission, or one carried from the earlier version. */
struct given_explanation {
	struct text condition;
	struct place target;
	bool has_target;
	const char *weak; /* why it does not count; NULL: it does */
	struct explanation shown;
};

#define EVAL_FIELDS 128

struct eval {
	struct rulebook *book;
	lua_State *L;
	struct arena *arena, *scratch;
	size_t scratch_cap;
	struct verdict *v;
	struct budget *budget;
	const struct submission *sub;
	struct limits limits;
	struct pack *form_pack;
	fyear year;
	bool has_year;
	/* history */
	struct history history;
	bool has_history; /* it could be had */
	struct need *needs;
	uint32_t n_needs, needs_cap;
	struct budget **past; /* by return; filled when first read */
	/* explanations */
	struct given_explanation *explanations;
	uint32_t n_explanations, explanations_cap;
	/* lua_budget.c: those that were last asked for */
	const struct field *fields[EVAL_FIELDS];
	struct open_finding *open;
	uint32_t n_open, open_cap;
	struct after_mark *marks; /* evaluate_after.c: where they are, up to n_marked */
	uint32_t n_marks, marks_cap, n_marked;
	int64_t minimum_explanation;
	/* the condition that runs, and its subject */
	const struct condition *condition;
	struct ran ran;
	const struct record *subject;
	bool has_subject;         /* the condition runs for each of several, and this is one */
	struct text subject_text; /* of one that is no record; see eval_subject() */
	struct list_index *indexes;   /* lua_list_index.c */
	bool found;                   /* the subject has an error or query */
	uint32_t made;                /* findings of this condition */
	bool made_too_many;           /* it wanted more than it may: its other subjects wait */
	uint32_t first_determination; /* of this subject: incomplete when it stops */
};

struct eval *eval_of(lua_State *); /* raises when nothing is judged */
/* Memory that lasts for the evaluation; raises beyond the limit. */
void *eval_alloc(lua_State *, size_t);
/* The same for a piece that is made larger: see arena_extend(). */
void *eval_extend(lua_State *, void *piece, size_t old, size_t n);

/* Raise a stop. at may be NULL. */
_Noreturn void eval_stop(
    lua_State *, enum not_kind, const struct place *at, struct text because);
_Noreturn void eval_stop_made(lua_State *, struct stop *);

/* What a finding is made of; texts may be the caller's. */
struct found {
	const struct condition *condition;
	enum severity severity;
	const struct place *places; /* the first is `at`, the others are related */
	uint32_t n_places;
	uint32_t
	    src; /* workbooks: where it stands, when that is not the place's own cell; else 0 */
	const struct place *related;
	uint32_t n_related;
	struct shown given, expected, difference;
	bool has_money;
	pence difference_pence;
	const char *relation;
	struct text message;
};

/* Add a finding, with its status: shadow, waived, explained or open. */
void eval_find(struct eval *, const struct found *);
void eval_not(struct eval *, const struct condition *, const struct stop *);

/* evaluate_explain.c */
void eval_read_explanations(struct eval *);
/* The explanation of a query at a place, or NULL; *weak says why one that is there does not
 * count. */
const struct explanation *eval_explanation(struct eval *, const struct condition *,
    struct place, struct text value, struct text *weak);
void eval_read_claims(struct eval *);
/* evaluate_find.c */
const struct waiver *eval_waiver(struct eval *, const struct condition *);
/* evaluate_history.c */
void eval_ask_history(struct eval *, history_fn *, void *arg);
/* The budget of a past return, read when first asked for; NULL: it could not be read. */
struct budget *eval_past(struct eval *, uint32_t i);
/* evaluate_faults.c */
const struct condition *eval_fault_condition(
    const struct eval *, const struct form *, enum fault_kind);
void eval_faults(struct eval *);
void eval_unreadable(
    struct eval *, const struct form *, enum fault_kind, const struct read_error *);
/* evaluate.c */
bool pack_in_region(const struct pack *, struct text region);
/* evaluate_after.c */
/* Is a finding of an earlier condition open at this subject?  Then it is noted as not evaluated. */
bool eval_is_after(struct eval *, const struct condition *);
/* evaluate_subjects.c */
bool is_for_form(const struct condition *, struct text form);
bool condition_applies(const struct eval *, const struct condition *);
void eval_condition(struct eval *, const struct condition *);
/* How the subject that runs is called; made only where something is said about it. */
struct text eval_subject(struct eval *);
/* The parameter as conditions read it, noted with its source for the verdict. */
void eval_used(struct eval *, const struct parameter *, const struct parameter_value *);

#endif
