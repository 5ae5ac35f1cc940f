/* What the verdict_* files share among themselves. */
#ifndef RULES_VERDICT_PRIVATE_H
#define RULES_VERDICT_PRIVATE_H

#include "rules/verdict.h"

/* Sort, and let go what is beyond VERDICT_KEPT of one total, counting it there. */
void verdict_cap_findings(struct verdict *);
void verdict_cap_nots(struct verdict *);
bool verdict_same_place(const struct at *, const struct at *);
struct finding_total *verdict_total(struct verdict *, const struct finding *);
struct not_total *verdict_not_total(struct verdict *, const struct not_evaluated *);

#endif
