/*
 * Money: whole pence in an int64, never a double.  Rates: exact decimals.  Shares: 128 bits inside.
 *
 * Amounts reach ±2^60 pence (about £11.5 million billion); every operation that could leave that
 * range says so instead of wrapping.
 */
#ifndef RULES_MONEY_H
#define RULES_MONEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rules/text.h"

typedef int64_t pence;

#define MONEY_MAX ((pence)1 << 60)

/* How a number in a file was read; each is a fault of its own or none. */
enum number_read {
	NUMBER_OK,
	NUMBER_EMPTY, /* nothing but white space */
	/* "-" and its typographic cousins: someone's way to write nought or nothing */
	NUMBER_DASH,
	NUMBER_ERROR_CELL, /* #REF! #N/A #VALUE! … */
	NUMBER_SCIENTIFIC, /* 2.34E+13 in a cell: a spreadsheet has thrown digits away */
	/* more than two decimals that are not noughts: 219385.123392150 */
	NUMBER_NOT_PENCE,
	NUMBER_RANGE, /* beyond what the type holds */
	NUMBER_BAD    /* not a number */
};

/*
 * How an amount may be written.  STRICT: a JSON number, "-"? digits ("." digits)? exponent allowed,
 * exact (1.5e3 is 1500.00).  CELL: as people type it: pound sign or "GBP" (also mojibake "Â£"), commas
 * in the right places, parentheses or a trailing minus for negative, spaces; DECORATED is then set.
 */
enum money_syntax { MONEY_STRICT, MONEY_CELL };

struct money_read {
	enum number_read how;
	bool
	    /* read, but not written as a plain number: £, commas, parentheses, spaces */
	    decorated;
	pence amount; /* when how is NUMBER_OK; NUMBER_NOT_PENCE: rounded half to even */
};

/* scale: 1 for pounds, 1000 for thousands of pounds (units GBP000), applied exactly. */
struct money_read money_read(struct text, enum money_syntax, int64_t scale);
/*
 * The usual case at once: up to 15 digits, perhaps a minus before them, perhaps two decimals behind.
 * false: read it with money_read(), which also knows what is wrong.
 */
bool money_read_plain(struct text, int64_t scale, pence *);
bool integer_read_plain(struct text, int64_t *);
/*
 * Whole number: digits with sign (decimals may stand when all are noughts: 12.0); CELL also takes
 * commas in the right places.
 */
enum number_read integer_read(struct text, enum money_syntax, int64_t *);

bool money_add(pence, pence, pence *); /* false: out of range; so for the others */
bool money_sub(pence, pence, pence *);
bool money_times(pence, int64_t, pence *);

enum rounding { ROUND_DOWN, ROUND_UP, ROUND_NEAREST /* half away from nought */, ROUND_EVEN };
bool rounding_named(struct text, enum rounding *); /* "down" "up" "nearest" "even" */

/* An exact decimal: units / 10^scale, trailing noughts removed. */
struct rate {
	int64_t units;
	uint8_t scale; /* at most 12 */
};

/* "3.75%" "0.0375" "35‰" "-1.5e-2"; false: not a rate, or more than 12 places. */
bool rate_read(struct text, struct rate *);
int rate_compare(struct rate, struct rate);
bool rate_add(struct rate, struct rate, struct rate *);
/*
 * value * rate rounded as named; for money (pence) and whole numbers alike.  "up" is towards +inf,
 * "down" towards -inf.  false: beyond ±MONEY_MAX.
 */
bool rate_of(int64_t value, struct rate, enum rounding, int64_t *);
/* 3.75% as "3.75%"; plain as "0.0375". */
void rate_format(struct buf *, struct rate);
void rate_format_plain(struct buf *, struct rate);

/*
 * amount * n / of, rounded down towards nought; a part of nought is nought.
 * n and of at least 0, n may exceed of.  false: out of range or negative.
 */
bool money_part(pence amount, int64_t n, int64_t of, pence *);
/*
 * Split total by weights (each >= 0, not all nought) so that the parts add up to the penny: largest
 * remainder, the first of equals wins.  A negative total is split as its opposite.  false: weights bad.
 */
bool money_apportion(pence total, const int64_t *weights, size_t n, pence *parts);

/* "-1234.50" : for JSON and CSV. */
void money_format(struct buf *, pence);
/* "−£1,234.50" with U+2212 for people. */
void money_format_pretty(struct buf *, pence);
/* 1,234 with separators, for people. */
void integer_format_pretty(struct buf *, int64_t);

#endif
