/*
 * The sandbox of the publisher: it writes into folders of other people, so unlike the others it has to
 * open files.
 *
 *  - Landlock: the rights that publishing needs, beneath the root folder alone.  A kernel whose Landlock
 *    cannot allow moves between folders (ABI 1) would forbid publishing: there it is left out, and told.
 *  - seccomp: a list by intent.  What is not in it fails with EPERM instead of killing: a C library that
 *    asks for something new shows as a region in trouble, with a sentence, and not as a publisher that
 *    dies again and again.
 */
#include "daemon/sandbox_private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Beneath the root: look into folders; make, replace, move and remove files and folders. */
#define PUBLISHER_RIGHTS                                                     \
	(LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_WRITE_FILE |       \
	    LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_DIR |      \
	    LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | \
	    LANDLOCK_ACCESS_FS_REFER | LANDLOCK_ACCESS_FS_TRUNCATE)
#define ABI_WITH_REFER 2

static const int calls[] = {
	/* talk */
	SCMP_SYS(recvmsg), SCMP_SYS(sendmsg), SCMP_SYS(poll), SCMP_SYS(ppoll),
	SCMP_SYS(restart_syscall),
	/* files beneath folders that are open */
	SCMP_SYS(openat), SCMP_SYS(write), SCMP_SYS(close), SCMP_SYS(fstat),
	SCMP_SYS(newfstatat), SCMP_SYS(getdents64), SCMP_SYS(mkdirat), SCMP_SYS(unlinkat),
	SCMP_SYS(renameat), SCMP_SYS(renameat2), SCMP_SYS(fchown), SCMP_SYS(fchmod),
	SCMP_SYS(syncfs), SCMP_SYS(fstatfs), SCMP_SYS(fcntl), SCMP_SYS(lseek),
	/* name a folder in a sentence */
	SCMP_SYS(readlink), SCMP_SYS(readlinkat),
	/* compute */
	SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(brk), SCMP_SYS(madvise), SCMP_SYS(futex),
	SCMP_SYS(getrandom), SCMP_SYS(clock_gettime),
	/* end */
	SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigaction),
	SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(tgkill), SCMP_SYS(exit),
	SCMP_SYS(exit_group),
#ifdef __SANITIZE_ADDRESS__
	SCMP_SYS(sigaltstack), /* AddressSanitizer asks before each call that does not return */
#endif
};

static void
lacks(struct sandbox_report *report, const char *what)
{
	size_t n = strlen(report->lacks);

	(void)snprintf(
	    report->lacks + n, sizeof(report->lacks) - n, "%s%s", n > 0 ? "; " : "", what);
}

static bool
landlock_beneath(int root_fd, const struct sandbox_ruleset *r)
{
	struct landlock_path_beneath_attr beneath = {
		.allowed_access = PUBLISHER_RIGHTS & r->fs, .parent_fd = root_fd
	};
	long fd = syscall(SYS_landlock_create_ruleset, r, sizeof(*r), 0);
	bool good;

	if (fd == -1)
		return false;
	good = syscall(SYS_landlock_add_rule, (int)fd, LANDLOCK_RULE_PATH_BENEATH, &beneath,
		   0) == 0 &&
	    syscall(SYS_landlock_restrict_self, (int)fd, 0) == 0;
	(void)close((int)fd);
	return good;
}

static void
landlock_enter(int root_fd, struct sandbox_report *report)
{
	struct sandbox_ruleset r = sandbox_landlock_wanted(report);

	if (report->landlock_abi >= ABI_WITH_REFER && !landlock_beneath(root_fd, &r))
		lacks(report, "Landlock, which could not be entered");
}

static bool
filter_enter(void)
{
	scmp_filter_ctx f;
	bool good;

	errno = 0;
	f = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	good = f != NULL && sandbox_filter_allow(f, calls, sizeof(calls) / sizeof(*calls));

	/* memory that is code is never made */
	good = good && sandbox_filter_allow_when(f, SCMP_SYS(mmap), 2, PROT_EXEC, 0);
	good = good && sandbox_filter_allow_when(f, SCMP_SYS(mprotect), 2, PROT_EXEC, 0);
	good = good && seccomp_load(f) == 0 && !sandbox_filter_lacked_memory();
	if (f != NULL)
		seccomp_release(f);
	return good;
}

bool
sandbox_enter_publisher(int root_fd, struct sandbox_report *report)
{
	*report = (struct sandbox_report){ 0 };
	report->failed = "dying with the parent (prctl PDEATHSIG)";
	if (!sandbox_die_with(getppid()))
		return false;
	report->failed = "giving up new privileges (prctl NO_NEW_PRIVS)";
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return false;
	report->failed = NULL;
	(void)sandbox_limit_set(RLIMIT_CORE, 0);
	landlock_enter(root_fd, report);
	if (!filter_enter())
		lacks(report, "filters of system calls (seccomp)");
	return true;
}
