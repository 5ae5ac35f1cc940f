/*
 * Private to sandbox*.c: pieces that every role's sandbox is made of.
 */
#ifndef DAEMON_SANDBOX_PRIVATE_H
#define DAEMON_SANDBOX_PRIVATE_H

#include <linux/landlock.h>
#include <stdint.h>
#include <sys/resource.h>

#include <seccomp.h>

#include "daemon/sandbox.h"

/* Newer than Debian 12's headers; the numbers are the kernel's and never change. */
#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (1ULL << 13)
#endif
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif
#ifndef LANDLOCK_ACCESS_FS_IOCTL_DEV
#define LANDLOCK_ACCESS_FS_IOCTL_DEV (1ULL << 15)
#endif

/* struct landlock_ruleset_attr as of ABI 6; an older kernel takes the tail when it is nought. */
struct sandbox_ruleset {
	uint64_t fs, net, scoped;
};

/* Every right that this kernel's Landlock knows; what it does not know is told. */
struct sandbox_ruleset sandbox_landlock_wanted(struct sandbox_report *);
/*
 * Was an allocation refused since errno was set to 0?  libseccomp (2.5) lives through that and makes a filter
 * with rules left out, without a word; only malloc() has left a trace.
 */
bool sandbox_filter_lacked_memory(void);
/* false with errno */
bool sandbox_filter_allow(scmp_filter_ctx, const int *calls, size_t n);
/* Allow a call when (argument & mask) == value. */
bool sandbox_filter_allow_when(
    scmp_filter_ctx, int call, unsigned argument, uint64_t mask, uint64_t value);
/* Both limits, never above what there is. */
bool sandbox_limit_set(int which, rlim_t most);

#endif
