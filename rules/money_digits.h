/* A decimal number taken apart: shared by the readers of money and of rates. */
#ifndef RULES_MONEY_DIGITS_H
#define RULES_MONEY_DIGITS_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/text.h"

struct digits {
	unsigned __int128
	    value; /* the significant digits, at most 25; the number is value * 10^power */
	int64_t power;
	int64_t kept; /* how many digits value has */
	bool negative;
	bool lost; /* digits that are not nought did not fit */
};

/* A JSON number (RFC 8259 section 6) and nothing else; false: it is none. */
bool digits_read_json(struct text, struct digits *);

#endif
