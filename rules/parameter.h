/* Parameters: numbers of guidance with their dates and sources. */
#ifndef RULES_PARAMETER_H
#define RULES_PARAMETER_H

#include "rules/arena.h"
#include "rules/budget.h"

/* A value in force from one day to another, both included. */
struct parameter_value {
	date from, to; /* DATE_FIRST, DATE_LAST when open */
	struct value value;
	/* kind map: names in order, with their values */
	struct text *names;
	struct value *values;
	uint32_t n;
	struct text source;
	uint32_t line;
};

#define DATE_FIRST ((date)-1000000)
#define DATE_LAST  ((date)3000000)

struct parameter {
	struct text name, title, pack;
	enum kind kind; /* KIND_MAP: names to values of kind `of` */
	enum kind of;
	struct field field;             /* so that its values are written like a budget's */
	struct parameter_value *values; /* by date */
	uint32_t n;
	/* why it has no value until a site gives it one; empty: it has values */
	struct text off;
	/* what a value must lie between, the site's own as well; absent: open */
	struct value least, most;
	struct text rule; /* the condition that says so; may be empty */
	struct text file;
	uint32_t line;
};

/* The value in force on a day, or NULL. */
const struct parameter_value *parameter_on(const struct parameter *, date);
/* For the return's year: the value in force throughout it, else the one on its first day; or
 * NULL. */
const struct parameter_value *parameter_for(const struct parameter *, fyear);
/* Sort by date; false: two values overlap, and *a and *b are they. */
bool parameter_seal(struct parameter *, uint32_t *a, uint32_t *b);

#endif
