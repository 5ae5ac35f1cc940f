/* The policies of a command that needs no daemon: where they are, and what is said of them. */
#ifndef DAEMON_POOLCTL_POLICIES_HERE_H
#define DAEMON_POOLCTL_POLICIES_HERE_H

#include "daemon/evaluator_wire.h"

/* Where the policies are when nobody says: the environment, here, or where they are installed. */
const char *policies_default(void);
/* On standard error: why the policies were refused, or else what they want known. */
void policies_tell(const struct wire_rulebook *, bool refusals);
/* Many sentences, a line each. */
void policies_tell_lines(const struct buf *why);

#endif
