/*
 * A verdict as people read it: what text and page have in common, so that the two say the same in the
 * same order.
 *
 * Findings of one condition are a group and stand together, in the order of their first places.
 */
#ifndef RULES_VERDICT_VIEW_H
#define RULES_VERDICT_VIEW_H

#include "rules/verdict.h"

#define SEVERITY_BIT(s) (1u << (s))
#define VIEW_ERROR      SEVERITY_BIT(SEV_ERROR)
#define VIEW_QUERY      SEVERITY_BIT(SEV_QUERY)
#define VIEW_NOTED      (SEVERITY_BIT(SEV_WARNING) | SEVERITY_BIT(SEV_INFO))
#define VIEW_ANY        (VIEW_ERROR | VIEW_QUERY | VIEW_NOTED)

struct finding_group {
	const struct condition_head *condition;
	enum severity severity;
	enum finding_status status;
	const struct finding **items; /* what is kept of them */
	uint32_t n, made;             /* made: all that there were */
	pence difference;             /* over all that were made */
	bool has_money;
};

struct finding_groups {
	struct finding_group *groups;
	uint32_t n;
};

/* The findings of these severities and this status, grouped.  In the verdict's arena. */
struct finding_groups view_findings(
    const struct verdict *, unsigned severities, enum finding_status);

/* What the file leaves out at one place, and the conditions that need it. */
struct missing_entry {
	const struct not_evaluated *first;
	const struct condition_head **conditions;
	uint32_t n;
};

struct missing_entries {
	struct missing_entry *entries;
	uint32_t n, more; /* more: counted, but let go */
};

/* The absences that count as queries, a place each. */
struct missing_entries view_missing(const struct verdict *);

/* What could not be checked, of one kind, condition and reason. */
struct not_group {
	const struct condition_head *condition;
	const struct not_evaluated **items;
	uint32_t n, made;
	/* the next with the same single place and reason; NULL: none */
	struct not_group *like;
	bool is_like; /* shown with an earlier one */
};

struct not_groups {
	struct not_group *groups;
	uint32_t n;
};

struct not_groups view_nots(const struct verdict *, enum not_kind);
/* The heading over not-evaluated of a kind: "Not due yet". */
extern const char *const view_not_titles[NOT_KINDS];
/* In the order in which people want them. */
extern const enum not_kind view_not_order[NOT_KINDS];

/* One pack's conditions that passed. */
struct passed_pack {
	struct text id, title;
	const struct condition_head **conditions;
	uint32_t n;
};

struct passed_packs {
	struct passed_pack *packs;
	uint32_t n;
};

struct passed_packs view_passed(const struct verdict *);

/* What people call an outcome: "Not compliant". */
extern const char *const view_outcome_words[OUTCOMES];
/* "Correction", "Explanation needed" … : what a finding of this severity asks for. */
extern const char *const view_asks[SEVERITIES];
/* "JSON", "CSV" */
struct text view_format(const struct verdict *);
/* "sheet Income, cell E12", "line 14, field 6", "line 59" : where it stands in the file; may be empty. */
void view_source(struct buf *, const struct verdict *, const struct at *);
/* The label, else the path, else "the whole file". */
struct text view_place(const struct at *);
/* "at least £20,416,000.00" : the relation and what was expected; "" when there is neither. */
void view_expected(struct buf *, const struct finding *);
/* "quarter 4 of 2014-15" for a quarter, else the text as it is. */
void view_period(struct buf *, struct text);
/* "28 November 2014" for a date or time as files have it; anything else as it is. */
void view_date(struct buf *, struct text);
/* Whose figure it is: "NHS Rotherham CCG (03L)", or its code or key alone. */
void view_of(struct buf *, const struct determination *);
/* The least letters an explanation needs, from the parameter in use, else 40. */
struct text view_explanation_length(const struct verdict *);

#endif
