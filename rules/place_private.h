/* What place.c and place_sheet.c share. */
#ifndef RULES_PLACE_PRIVATE_H
#define RULES_PLACE_PRIVATE_H

#include "rules/budget.h"

/* A place of a workbook's budget.  own: src is the value's own, not that of something around it. */
struct source_place place_in_sheet(struct arena *, struct place, uint32_t src, bool own);

#endif
