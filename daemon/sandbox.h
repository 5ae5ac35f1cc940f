/*
 * The sandbox: what the processes that run policies and parse submissions can no longer do.
 *
 * sandbox.c's head explains the layers.  A kernel that lacks seccomp is refused; what else it lacks is
 * told, and shown in `poolctl status`.
 */
#ifndef DAEMON_SANDBOX_H
#define DAEMON_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* The rulebook process may fork and reap besides; an evaluator may only compute and answer. */
enum sandbox_role { SANDBOX_RULEBOOK, SANDBOX_EVALUATOR };

struct sandbox_plan {
	size_t memory;        /* bytes of address space (RLIMIT_AS); 0: not limited */
	unsigned cpu_seconds; /* RLIMIT_CPU; 0: not limited */
	pid_t parent;         /* be killed when it ends: sandbox_die_with(); 0: not */
};

#define SANDBOX_LACKS 512

struct sandbox_report {
	char lacks
	    /* "Landlock's network rules (kernel 6.7 has them)"; "" when whole */
	    [SANDBOX_LACKS];
	int landlock_abi; /* 0: none */
	const char
	    /* what failed, when sandbox_enter() gave false; errno has the reason */
	    *failed;
};

/*
 * Have the C library do now what asks the system the first time: the time zone, which from here on is UTC,
 * and qsort(), which asks how much memory there is.  libzip turns the dates of a workbook's parts into
 * ours, for which a zone that has a file would be looked at again and again; what is London's is worked
 * out by date.c.
 */
void sandbox_warm_up(void);
/*
 * After fork(): be killed when the parent ends.  parent is its getpid() from before fork(): one that has
 * ended since is no longer this process's parent, and so this one ends as well.  exec() keeps it.
 */
bool sandbox_die_with(pid_t parent);
/*
 * Enter for good, as the rulebook process: no new privileges, Landlock with nothing allowed, limits,
 * and the rulebook's filter.  The evaluator's filter is made here as well, before the doors close.
 * Whatever has to open a file for the first time (zones, random seeds) must have done so.
 * The caller is a process of its own with one thread.
 */
bool sandbox_enter(const struct sandbox_plan *, struct sandbox_report *);
/* After a fork from the rulebook process: the narrower filter and limits of an evaluator. */
bool sandbox_narrow(const struct sandbox_plan *);
/*
 * The keeper's own, for good and for all it starts: no new privileges, and a list of calls that fail
 * (sandbox_keeper.c).  After start-up, with one thread.  false: *failed says what did, errno why.
 */
bool sandbox_keeper(const char **failed);
/*
 * Enter for good, as the publisher: files beneath this folder and nothing else, no socket, no other
 * program.  Best effort but for new privileges: what is lacking is told.
 */
bool sandbox_enter_publisher(int root_fd, struct sandbox_report *);
/* What the kernel offers, without entering: for status and `poold -n`. */
void sandbox_probe(struct sandbox_report *);

/* First to be killed when memory is short; before sandbox_enter(). Best effort. */
void sandbox_volunteer_for_oom(void);

#endif
