/*
 * What an evaluator hands to the keeper: the verdict as bytes, and the little that the keeper has to
 * know of it.  The reader trusts nothing: every length is checked against the bytes that are there.
 */
#ifndef RULES_RESULT_H
#define RULES_RESULT_H

#include "rules/verdict.h"

enum result_record_kind {
	RECORD_VERDICT,
	RECORD_FINDING,
	RECORD_DETERMINATION,
	RECORD_NOT_EVALUATED,
	RECORD_POLICY_FAULT /* for the administrator: which condition, file and line, what */,
	RECORD_SLOW,
	RECORD_KINDS
};

#define RESULT_TAGS 24

struct result_tag {
	/* name: [a-z][a-z0-9_]{0,31}; value: UTF-8, at most 1,024 bytes */
	struct text name, value;
};

/* One event to be: the keeper adds seq, region, name and "n of m". */
struct result_record {
	enum result_record_kind kind;
	uint8_t severity; /* syslog severity 0..7 */
	uint32_t n_tags;
	struct result_tag tags[RESULT_TAGS];
};

struct result {
	enum outcome outcome;
	struct text form, area, period; /* identity, at most 128 bytes each */
	struct text headline;
	struct text at_stake; /* "1000.00" */
	struct text json, html;
	/*
	 * render_text() in colour, when there is no ledger (seq < 0); else empty. Whoever
	 * shows it must let through no other escape
	 */
	struct text text;
	/* budget_write_history(), deflated nowhere; empty: none */
	struct text budget;
	uint32_t n_records;
	struct text records; /* packed; walk with result_next() */
};

/* Pack a finished verdict; budget may be NULL. */
void result_write(struct buf *, const struct verdict *, const struct budget *);
/* false: the bytes are not a result; *why says what is wrong with them. Texts point into bytes. */
bool result_read(struct text bytes, struct result *, const char **why);
/*
 * Is it of this submission: does its JSON begin with the submission's id, name, region, hash and time,
 * and with the result's own outcome and headline?
 */
bool result_is_of(const struct result *, const struct submission *);
/* The next record; *at starts at 0; false at the end. */
bool result_next(const struct result *, size_t *at, struct result_record *);

#endif
