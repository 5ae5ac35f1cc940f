/*
 * A number of a workbook as the person sees it.
 *
 * Programs store numbers as binary doubles and write them with up to 17 digits, so that the file says
 * 0.30000000000000004 where somebody typed 0.1 and 0.2 and sees 0.3.  Excel shows 15 significant digits
 * and so is the number taken here: in decimal arithmetic, half away from nought, never by way of a
 * double.  219385.123392150 stays 219385.12339215, which is no whole number of pence; whether that is a
 * fault or rounded is for the form to say.
 */
#ifndef RULES_NUMBER_SEEN_H
#define RULES_NUMBER_SEEN_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/text.h"

#define NUMBER_SEEN_DIGITS 15
/* Room for any number as number_seen_put() writes it. */
#define NUMBER_SEEN_ROOM 48

/* digits * 10^power, of at most 15 digits of which the last is not 0; nought has neither sign nor power. */
struct number_seen {
	uint64_t digits;
	int32_t
	    power; /* within ±1,000,000: beyond any amount, and any exponent a program writes */
	bool negative;
	/*
	 * Digits before the decimal point are not those of the file: a number of 16 digits and more, such
	 * as a card number, of which no spreadsheet keeps the last.  What is to be exact must be refused.
	 */
	bool cut;
};

/*
 * The number in a cell of the type number: "-0.5" "1.5E-2" "+5" ".5" "5." with white space around it
 * (xsd:double without INF and NaN).  false: it is none.
 */
bool number_seen(struct text, struct number_seen *);
/* Whether it is one, in half the time. */
bool number_is(struct text);
/*
 * It as a plain number: "0.3" "-219385.12339215" "150000000000000000000"; beyond 21 digits before the point
 * or 20 behind it with an exponent, "1.5e-30".  money_read() and integer_read() as MONEY_STRICT and
 * rate_read() take every such text.  Returns its length, without the NUL behind it.
 */
size_t number_seen_put(const struct number_seen *, char out[static NUMBER_SEEN_ROOM]);
/* The digits of a number that is not negative, at least so many of them (20 at most); returns how many. */
size_t digits_put(char *out, uint64_t, unsigned least);

#endif
