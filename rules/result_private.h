/* What result.c and result_records.c share. */
#ifndef RULES_RESULT_PRIVATE_H
#define RULES_RESULT_PRIVATE_H

#include "rules/result.h"

void result_put_number(struct buf *, uint32_t value, size_t bytes);
void result_put_clean(struct buf *, struct text, size_t most);
/* All records of a verdict; how many. */
uint32_t result_put_records(struct buf *, const struct verdict *);

#endif
