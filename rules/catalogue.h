/*
 * The catalogue of conditions: what is checked, by which source, from when, with which numbers.
 *
 * Made from a loaded rulebook and nothing else, so that it is what is checked and not what somebody
 * remembers.  The same rulebook gives the same bytes.
 */
#ifndef RULES_CATALOGUE_H
#define RULES_CATALOGUE_H

#include "rules/rulebook.h"

enum catalogue_format {
	CATALOGUE_NONE,
	CATALOGUE_MARKDOWN, /* docs/conditions.md: without the digest */
	CATALOGUE_HTML,     /* one page, whole in itself, that prints */
	CATALOGUE_JSON,
	CATALOGUE_LIST, /* a line a condition, for a terminal */
	CATALOGUE_FORMATS
};

/* id (may be empty): this condition only; false: there is none, and nothing was written. */
bool catalogue_render(struct buf *, struct rulebook *, enum catalogue_format, struct text id);

#endif
