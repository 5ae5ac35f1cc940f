/*
 * A pidfd that came from inside the sandbox names whatever process its sender chose: the reader is
 * more powerful than the sender, and must not be made to kill for it.
 */
#ifndef DAEMON_EVALUATOR_PIDFD_H
#define DAEMON_EVALUATOR_PIDFD_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * Is it a pidfd of a process in this group, or of one that has ended?  A rulebook process leads a
 * group of its own, which nobody inside can leave or join, so its evaluators are told from all others.
 */
bool pidfd_is_of_group(int pidfd, pid_t group);

#endif
