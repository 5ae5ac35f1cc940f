/*
 * The verdict on a submission: outcome, findings, determinations, what was not evaluated and why.
 *
 * Evaluation adds; verdict_finish() sorts, caps, counts and decides the outcome; the render_*
 * functions write it.  Everything lives in one arena.  Nothing here knows Lua.
 */
#ifndef RULES_VERDICT_H
#define RULES_VERDICT_H

#include "rules/arena.h"
#include "rules/budget.h"
#include "rules/date.h"
#include "rules/money.h"
#include "rules/text.h"

enum outcome { UNREADABLE, NON_COMPLIANT, UNDETERMINED, QUERIED, COMPLIANT, OUTCOMES };
enum severity { SEV_ERROR, SEV_QUERY, SEV_WARNING, SEV_INFO, SEVERITIES };
enum finding_status { OPEN, EXPLAINED, WAIVED, SHADOW };
/* Reasons for not evaluating; CRASHED and LIMIT are ours, shown as "our fault". */
enum not_kind {
	NOT_ABSENT,
	NOT_DUE,
	NOT_REFERENCE,
	NOT_HISTORY,
	NOT_AFTER,
	NOT_FAULT /* a policy crashed */,
	NOT_LIMIT /* a limit was hit */,
	NOT_KINDS
};

#define STATUSES 4
/* Of one condition, severity and status no more are kept; the rest are counted in verdict.totals. */
#define VERDICT_KEPT 100

/* "unreadable", "non-compliant" … : folder names too */
extern const char *const outcome_names[OUTCOMES];
extern const char *const severity_names[SEVERITIES];
extern const char *const status_names[STATUSES];
/* "absent", "not due", "no reference", "no history", "after", "fault", "limit" */
extern const char *const not_names[NOT_KINDS];

/* What a verdict needs to know of a condition; rulebook.h has the rest. */
struct condition_head {
	struct text id, title, source, remedy, pack, pack_title;
	unsigned severities; /* bit set of enum severity */
	bool shadow;
	struct text file; /* of the policy tree */
	uint32_t line;
};

/* A value as programs and as people read it. */
struct shown {
	struct text plain, pretty; /* "20415000.00", "£20,415,000.00"; empty: none */
};

/* A place resolved to texts, so that a verdict outlives its budget. */
struct at {
	/* JSON pointer into the budget; always there ("" is the whole budget) */
	struct text field;
	struct text key; /* "income[I1]" or empty */
	/* "/income[I1]/amount": what an explanation's target is written as */
	struct text path;
	struct text label; /* "Income, line I1: Amount" */
	struct text sheet, cell, pointer;
	uint32_t line, column;
	struct place place; /* for sorting and waivers; rec NULL: none */
};

struct explanation {
	struct text author, text, date; /* date as people write it, ISO */
	bool carried;                   /* from the area's earlier version */
	struct text carried_from;       /* its verdict id */
};

struct waiver {
	struct text reason, requester, approver, expires;
};

struct finding {
	const struct condition_head *condition;
	enum severity severity;
	enum finding_status status;
	struct at at;
	struct shown given, expected, difference;
	bool has_money;         /* difference_pence is money */
	pence difference_pence; /* given - expected */
	struct text relation;   /* "at least", "exactly", "at most", "one of", "by", "" */
	struct text message;    /* a whole sentence for people */
	struct at *related;
	uint32_t n_related;
	const struct explanation *explanation;
	const struct waiver *waiver;
	uint32_t order; /* of making: breaks ties */
	bool counted;   /* private: in its total already */
};

struct determination {
	const struct condition_head *condition;
	struct text name, of, of_name, period; /* of_name: what people call it */
	struct shown value;
	struct text unit;    /* "money" "ratio" "integer" "date" … : kind_names[] */
	bool complete, held; /* held: money held back; counts into money at stake */
	pence amount;        /* when unit is money */
	struct text working; /* whole sentences and figures */
	struct at *from;
	uint32_t n_from;
	uint32_t order;
};

struct not_evaluated {
	const struct condition_head *condition;
	enum not_kind kind;
	struct at at;
	struct text subject; /* which one of `each`, as text; may be empty */
	struct text because; /* a whole sentence */
	/* enforced error or query: weighs on the outcome as DESIGN 1 says */
	bool decides;
	uint32_t order;
	bool counted; /* private: in its total already */
};

/* A parameter that a condition read: goes with it into the verdict. */
struct used_parameter {
	const struct condition_head *condition;
	struct text name, value, source;
};

/* How one condition ended, over all its subjects; one for each condition that applied. */
struct ran {
	const struct condition_head *condition;
	uint32_t subjects, passed, failed, not_evaluated;
	uint32_t instructions; /* thousands; for "slow conditions", never in the verdict */
};

/* What was made of one condition, severity and status, and what of it is kept in the verdict. */
struct finding_total {
	const struct condition_head *condition;
	enum severity severity;
	enum finding_status status;
	uint32_t made, kept;
	pence difference; /* the sum of |difference| of all that were made */
};

/* The same for what was not evaluated. */
struct not_total {
	const struct condition_head *condition;
	enum not_kind kind;
	bool decides;
	uint32_t made, kept;
};

struct history_item {
	struct text id, sha256, form, area, period;
};

struct claimed_waiver {
	struct text condition, text;
};

/* What the engine is told about a submission besides its bytes. */
struct submission {
	struct text bytes, name, region;
	struct text sha256;     /* 64 hex digits */
	int64_t seq;            /* -1: poolctl check, no ledger */
	struct text id;         /* empty: none */
	uint32_t revision;      /* from 1 */
	struct text supersedes; /* verdict id; empty: none */
	/* id of the first verdict on the same bytes of this region; empty: none */
	struct text identical_to;
	instant received;
	bool time_given;     /* --at: shown in the verdict */
	bool still_changing; /* judged as it was when patience ended */
};

struct verdict {
	struct arena *arena;
	struct submission submission; /* bytes not kept */
	enum outcome outcome;
	struct text form, form_title, area, area_name, period, version;
	const char *format; /* "json" "csv" …; NULL when unread */
	struct text rulebook_digest;
	struct text *packs;
	uint32_t n_packs;
	struct history_item *history;
	uint32_t n_history;
	struct finding *findings;
	uint32_t n_findings, findings_cap;
	struct determination *determinations;
	uint32_t n_determinations, determinations_cap;
	struct not_evaluated *nots;
	uint32_t n_nots, nots_cap;
	struct used_parameter *used;
	uint32_t n_used, used_cap;
	struct ran *ran;
	uint32_t n_ran, ran_cap;
	struct claimed_waiver *claims;
	uint32_t n_claims;
	struct read_error unreadable; /* kind NULL: it was read */
	/*
	 * why undetermined as a whole ("the evaluator was killed after 2 s while BCF-X was
	 * running"); empty: none. For the administrator
	 */
	struct text our_fault;
	struct finding_total *totals;
	uint32_t n_totals, totals_cap;
	struct not_total *not_totals;
	uint32_t n_not_totals, not_totals_cap;
	/* what found no room at all: the outcome is then no better than undetermined */
	uint32_t dropped;
	uint32_t made; /* findings and nots so far: gives their order */
	/*
	 * Made by verdict_finish().  conditions: the enforced conditions that applied.  passed: those
	 * of them without an error or query of any status (open, explained or waived; warnings and
	 * info take nothing away) and of which every subject was evaluated.  not_evaluated: those
	 * without such a finding of which a subject was not.  error and query: what is open, an
	 * absence counting as one query a place, unless an open error or query stands at that place.
	 */
	struct {
		uint32_t conditions, passed, not_evaluated, error, query, explained, warning,
		    info, waived, shadow;
		uint32_t absent; /* of query: how many are absences */
	} counts;
	pence at_stake;         /* the differences of open errors, and what is held */
	pence held;             /* of it: money held back */
	uint32_t findings_made; /* before capping */
};

struct verdict *verdict_new(struct arena *, const struct submission *);
/*
 * Room for one more, cleared but for order; what was returned before may move.  When 10,000 findings
 * are there, those beyond the first VERDICT_KEPT of a condition (by place) are counted and let go to
 * make room.  NULL: no room even so; it is counted in dropped, and no verdict with something dropped
 * is better than undetermined.
 */
struct finding *verdict_add_finding(struct verdict *);
struct determination *verdict_add_determination(struct verdict *);
struct not_evaluated *verdict_add_not(struct verdict *);
struct used_parameter *verdict_add_used(struct verdict *);
struct ran *verdict_add_ran(struct verdict *);
/* All that an `at` holds, from a place. */
struct at at_of_place(struct arena *, struct place);

/*
 * Sort by place, then condition id, then order; let go what is beyond VERDICT_KEPT of one condition,
 * counting it; count; decide the outcome: the first that holds of
 *   unreadable     no form could be filled
 *   non-compliant  an open error of an enforced condition
 *   undetermined   our side failed: our_fault, something dropped, no enforced condition applied, or
 *                  an enforced error or query condition crashed, hit a limit or lacked our reference
 *   queried        an open query, or an absence that an enforced error or query condition needs
 *   compliant
 * Shadow, waived, explained, warning and info never decide.
 */
void verdict_finish(struct verdict *);
/* Whether something that decides failed on our side so far, in a condition or as a whole. */
bool verdict_we_failed(const struct verdict *);
/* A verdict of our own failing, made without an evaluator: the outcome is undetermined. */
struct verdict *verdict_failed(struct arena *, const struct submission *,
    struct text rulebook_digest, struct text our_fault);

/* "Needs 2 corrections and 1 explanation." : the headline, in words. */
void verdict_headline(struct buf *, const struct verdict *);
/* docs/verdict.schema.json; one object, newline */
void render_json(struct buf *, const struct verdict *);
/* How it begins: all of it that is known without judging but outcome and headline. */
void render_json_head(
    struct buf *, const struct submission *, enum outcome, struct text headline);
struct text_style {
	bool colour;
	unsigned width; /* columns; 0: 96 */
};
void render_text(struct buf *, const struct verdict *, const struct text_style *);
/*
 * Every page begins so, byte for byte: with a policy that lets a browser run and load nothing, and the style.
 * The text lasts as long as the process.  TEXT_NONE: no memory.
 */
struct text render_html_head(void);
void render_html(struct buf *, const struct verdict *);

#endif
