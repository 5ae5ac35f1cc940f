/* A small scanner that the readers of dates, times, years and quarters share. */
#ifndef RULES_DATE_SCAN_H
#define RULES_DATE_SCAN_H

#include "rules/text.h"

struct scan {
	const char *p, *end;
};

struct scan scan_of(struct text);
bool scan_done(const struct scan *);
/* Between least and most digits, as a number of at most nine digits; false: nothing is consumed. */
bool scan_digits(struct scan *, int least, int most, int *);
/* This character; scan_any: one of these, which *which then is. */
bool scan_char(struct scan *, char);
bool scan_any(struct scan *, const char *set, char *which);
/* These letters, without case. */
bool scan_word(struct scan *, const char *);

#endif
