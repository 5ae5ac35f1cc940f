/* Parameters: which value holds when. */
#include "rules/parameter.h"

#include <stdlib.h>

const struct parameter_value *
parameter_on(const struct parameter *p, date on)
{
	uint32_t i;

	for (i = 0; i < p->n; i++) {
		if (p->values[i].from <= on && on <= p->values[i].to)
			return &p->values[i];
	}
	return NULL;
}

/*
 * A value that changes within the year is the one that the year begins with, unless the year
 * begins with none.
 */
const struct parameter_value *
parameter_for(const struct parameter *p, fyear year)
{
	const struct parameter_value *v = parameter_on(p, year_starts(year));
	uint32_t i;

	for (i = 0; v == NULL && i < p->n; i++) {
		if (year_of(p->values[i].from) == year)
			v = &p->values[i];
	}
	return v;
}

static int
by_date(const void *a, const void *b)
{
	const struct parameter_value *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return (x->line > y->line) - (x->line < y->line);
}

bool
parameter_seal(struct parameter *p, uint32_t *a, uint32_t *b)
{
	uint32_t i;

	if (p->n > 1)
		qsort(p->values, p->n, sizeof(*p->values), by_date);
	for (i = 1; i < p->n; i++) {
		if (p->values[i].from <= p->values[i - 1].to) {
			*a = i - 1;
			*b = i;
			return false;
		}
	}
	return true;
}
