/*
 * The sandbox of the rulebook process and its evaluators.
 *
 * Nothing inside Lua can stop a policy for certain, and a parser may always have a bug, so both run
 * where it does not matter.  The layers, from outside:
 *
 *  - resource limits, so that memory and time end, no file grows and no core is written;
 *  - PDEATHSIG, so that nothing outlives the keeper (asked for after fork(), see sandbox_die_with());
 *  - Landlock with every right handled and none given: no path can be opened, no TCP port reached, no
 *    abstract socket connected, no process outside signalled.  Rights that this kernel does not know
 *    are left out of the request and told;
 *  - seccomp: a list of what is needed, everything else kills the process.  This alone is enough; the
 *    other layers are for the day when it has a hole.
 *
 * The list is by intent: compute (memory), talk over descriptors that were given, end.  The rulebook
 * process may besides fork, reap, and narrow itself.  A fork of it adds the evaluator's filter, which
 * was compiled before the doors closed, since libseccomp costs 0.06 ms each time.
 *
 * Signals: nobody inside may send one, not even to itself.  A filter stays in force over all forks, so
 * it cannot name "oneself"; tgkill therefore fails with EPERM instead of killing, and abort() ends by
 * its last resort, an instruction that faults: a failed assertion shows as SIGSEGV, an attack as
 * SIGSYS.
 */
#include "daemon/sandbox_private.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <seccomp.h>

#define FS_ABI_1    ((1ULL << 13) - 1) /* EXECUTE to MAKE_SYM */
#define NET_ABI_4   3ULL               /* bind and connect TCP */
#define SCOPE_ABI_6 3ULL               /* abstract unix sockets, signals */

static struct sock_fprog evaluator_program;

static const struct {
	int abi;
	uint64_t fs, net, scoped;
	const char *what; /* for the report, when the kernel's ABI is older */
} landlock_levels[] = {
	{ 1, FS_ABI_1, 0, 0, "Landlock (Linux 5.13, enabled by lsm=landlock)" },
	{ 2, LANDLOCK_ACCESS_FS_REFER, 0, 0,
	    "Landlock's rule on moving between folders (Linux 5.19)" },
	{ 3, LANDLOCK_ACCESS_FS_TRUNCATE, 0, 0, "Landlock's rule on truncating (Linux 6.2)" },
	{ 4, 0, NET_ABI_4, 0, "Landlock's rules on TCP (Linux 6.7)" },
	{ 5, LANDLOCK_ACCESS_FS_IOCTL_DEV, 0, 0, "Landlock's rule on devices (Linux 6.10)" },
	{ 6, 0, 0, SCOPE_ABI_6,
	    "Landlock's rules on signals and abstract sockets (Linux 6.12)" },
};

#define N_LEVELS (sizeof(landlock_levels) / sizeof(*landlock_levels))

struct sandbox_ruleset
sandbox_landlock_wanted(struct sandbox_report *report)
{
	struct sandbox_ruleset r = { 0 };
	size_t i, n;
	long abi =
	    syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	report->landlock_abi = abi > 0 ? (int)abi : 0;
	for (i = 0; i < N_LEVELS; i++) {
		if (landlock_levels[i].abi <= report->landlock_abi) {
			r.fs |= landlock_levels[i].fs;
			r.net |= landlock_levels[i].net;
			r.scoped |= landlock_levels[i].scoped;
			continue;
		}
		n = strlen(report->lacks);
		(void)snprintf(report->lacks + n, sizeof(report->lacks) - n, "%s%s",
		    n > 0 ? "; " : "", landlock_levels[i].what);
		if (report->landlock_abi == 0)
			break; /* the rest goes without saying */
	}
	return r;
}

/* Handle every right the kernel knows and allow none. */
static bool
landlock_enter(struct sandbox_report *report)
{
	struct sandbox_ruleset r = sandbox_landlock_wanted(report);
	long fd, done;

	if (report->landlock_abi == 0)
		return true;
	fd = syscall(SYS_landlock_create_ruleset, &r, sizeof(r), 0);
	if (fd == -1)
		return false;
	done = syscall(SYS_landlock_restrict_self, (int)fd, 0);
	(void)close((int)fd);
	return done == 0;
}

/* Calls that both roles need, whatever their arguments. */
static const int common_calls[] = {
	/* talk over what was given */
	SCMP_SYS(read), SCMP_SYS(pread64), SCMP_SYS(write), SCMP_SYS(sendmsg),
	SCMP_SYS(recvmsg), SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(close), SCMP_SYS(fstat),
	/* compute */
	SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(brk), SCMP_SYS(madvise), SCMP_SYS(futex),
	SCMP_SYS(getrandom), SCMP_SYS(clock_gettime), SCMP_SYS(sched_yield),
	/* end */
	SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigaction),
	SCMP_SYS(restart_syscall), SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(exit),
	SCMP_SYS(exit_group),
#ifdef __SANITIZE_ADDRESS__
	SCMP_SYS(sigaltstack), /* AddressSanitizer asks before each call that does not return */
#endif
};

static const int rulebook_calls[] = { SCMP_SYS(wait4), SCMP_SYS(waitid), SCMP_SYS(pidfd_open),
	SCMP_SYS(getppid), SCMP_SYS(set_robust_list) };

bool
sandbox_filter_allow(scmp_filter_ctx f, const int *calls, size_t n)
{
	size_t i;
	int error;

	for (i = 0; i < n; i++)
		if ((error = seccomp_rule_add(f, SCMP_ACT_ALLOW, calls[i], 0)) != 0) {
			errno = -error;
			return false;
		}
	return true;
}

/* Allow a call when (argument & mask) == value. */
bool
sandbox_filter_allow_when(
    scmp_filter_ctx f, int call, unsigned argument, uint64_t mask, uint64_t value)
{
	struct scmp_arg_cmp when = { argument, SCMP_CMP_MASKED_EQ, mask, value };
	int error = seccomp_rule_add_array(f, SCMP_ACT_ALLOW, call, 1, &when);

	errno = -error;
	return error == 0;
}

bool
sandbox_filter_lacked_memory(void)
{
	return errno == ENOMEM;
}

/* What a role may do: a list of intents. Everything else kills. */
static scmp_filter_ctx
filter_make(enum sandbox_role role)
{
	/* what fork() of the C library asks for, and nothing more: no threads, no namespaces */
	const uint64_t fork_flags = CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD;
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_KILL_PROCESS);
	bool good = f != NULL;

	good = good &&
	    sandbox_filter_allow(f, common_calls, sizeof(common_calls) / sizeof(*common_calls));
	/* memory that is code is never made */
	good = good && sandbox_filter_allow_when(f, SCMP_SYS(mmap), 2, PROT_EXEC, 0);
	good = good && sandbox_filter_allow_when(f, SCMP_SYS(mprotect), 2, PROT_EXEC, 0);
	/* abort() tries this first; see the head of this file */
	good = good && seccomp_rule_add(f, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(tgkill), 0) == 0;
	if (role == SANDBOX_RULEBOOK) {
		good = good &&
		    sandbox_filter_allow(
			f, rulebook_calls, sizeof(rulebook_calls) / sizeof(*rulebook_calls));
		good = good &&
		    sandbox_filter_allow_when(f, SCMP_SYS(clone), 0, UINT64_MAX, fork_flags);
		/* its children give up more */
		good = good &&
		    sandbox_filter_allow_when(
			f, SCMP_SYS(seccomp), 0, UINT64_MAX, SECCOMP_SET_MODE_FILTER);
		good = good &&
		    sandbox_filter_allow_when(
			f, SCMP_SYS(prctl), 0, UINT64_MAX, PR_SET_PDEATHSIG);
		good = good &&
		    sandbox_filter_allow_when(f, SCMP_SYS(prctl), 0, UINT64_MAX, PR_SET_NAME);
		good =
		    good && sandbox_filter_allow_when(f, SCMP_SYS(prlimit64), 0, UINT64_MAX, 0);
	}
	if (!good && f != NULL)
		seccomp_release(f);
	return good ? f : NULL;
}

/*
 * libseccomp does not look whether all of a filter was written.  What is cut short jumps behind its end or
 * does not end with a return, and the kernel would refuse it to every evaluator.
 */
static bool
filter_is_whole(const struct sock_fprog *program)
{
	const struct sock_filter *s = program->filter;
	unsigned i, n = program->len;

	for (i = 0; i < n; i++, s++) {
		if (BPF_CLASS(s->code) != BPF_JMP)
			continue;
		if (BPF_OP(s->code) == BPF_JA ? s->k >= n - i - 1
					      : s->jt + i + 1 >= n || s->jf + i + 1 >= n)
			return false;
	}
	return n > 0 && BPF_CLASS(program->filter[n - 1].code) == BPF_RET;
}

/* Keep the evaluator's filter as a program. */
static bool
filter_export(scmp_filter_ctx f, struct sock_fprog *program)
{
	int fd = memfd_create("filter", MFD_CLOEXEC), error;
	off_t size;
	ssize_t got = -1;

	if (fd == -1)
		return false;
	if ((error = seccomp_export_bpf(f, fd)) != 0 || sandbox_filter_lacked_memory()) {
		(void)close(fd);
		errno = error != 0 ? -error : ENOMEM;
		return false;
	}
	size = lseek(fd, 0, SEEK_END);
	program->len = (unsigned short)((size_t)size / sizeof(struct sock_filter));
	program->filter = size > 0 ? malloc((size_t)size) : NULL;
	if (program->filter != NULL)
		got = pread(fd, program->filter, (size_t)size, 0);
	(void)close(fd);
	if (got == size && size > 0 && filter_is_whole(program))
		return true;
	errno = EIO;
	return false;
}

bool
sandbox_limit_set(int which, rlim_t most)
{
	struct rlimit now, l = { most, most };

	if (getrlimit((__rlimit_resource_t)which, &now) == 0 && now.rlim_max < most)
		l.rlim_cur = l.rlim_max = now.rlim_max;
	return setrlimit((__rlimit_resource_t)which, &l) == 0;
}

/* Descriptors have to arrive by messages, so their number is bounded but not nought. */
#define MOST_FDS 64

static bool
limits_enter(const struct sandbox_plan *plan, enum sandbox_role role)
{
	bool good = sandbox_limit_set(RLIMIT_FSIZE, 0) && sandbox_limit_set(RLIMIT_CORE, 0);

	if (role == SANDBOX_RULEBOOK)
		good = good && sandbox_limit_set(RLIMIT_NOFILE, 1024);
	else
		good = good && sandbox_limit_set(RLIMIT_NPROC, 0) &&
		    sandbox_limit_set(RLIMIT_NOFILE, MOST_FDS);
#if !defined(__SANITIZE_ADDRESS__) /* its shadow memory takes terabytes of address space */
	if (plan->memory > 0)
		good = good && sandbox_limit_set(RLIMIT_AS, plan->memory);
#endif
	if (plan->cpu_seconds > 0)
		good = good && sandbox_limit_set(RLIMIT_CPU, plan->cpu_seconds);
	return good;
}

bool
sandbox_die_with(pid_t parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
		return false;
	/* one that ended before the request would never be noticed */
	if (getppid() != parent)
		_exit(0);
	return true;
}

static bool
filters_enter(void)
{
	scmp_filter_ctx narrow, own;
	bool good;
	int error = 0;

	errno = 0;
	narrow = filter_make(SANDBOX_EVALUATOR);
	own = filter_make(SANDBOX_RULEBOOK);
	good = narrow != NULL && own != NULL && !sandbox_filter_lacked_memory() &&
	    filter_export(narrow, &evaluator_program);
	errno = good ? 0 : errno;
	if (good && ((error = seccomp_load(own)) != 0 || sandbox_filter_lacked_memory())) {
		errno = error != 0 ? -error : ENOMEM;
		good = false;
	}
	if (narrow != NULL)
		seccomp_release(narrow);
	if (own != NULL)
		seccomp_release(own);
	return good;
}

static int
compare_ints(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

void
sandbox_warm_up(void)
{
	int *numbers = calloc(1024, sizeof(*numbers));
	time_t now = time(NULL);
	struct tm tm;

	(void)setenv("TZ", "UTC0", 1);
	tzset();
	(void)localtime_r(&now, &tm);
	(void)gmtime_r(&now, &tm);
	if (numbers != NULL)
		qsort(numbers, 1024, sizeof(*numbers), compare_ints);
	free(numbers);
	(void)strerror(ENOENT);
}

bool
sandbox_enter(const struct sandbox_plan *plan, struct sandbox_report *report)
{
	*report = (struct sandbox_report){ 0 };
	report->failed = "dying with the parent (prctl PDEATHSIG)";
	if (plan->parent > 0 && !sandbox_die_with(plan->parent))
		return false;
	report->failed = "giving up new privileges (prctl NO_NEW_PRIVS)";
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return false;
	/* no core, no ptrace by others of the same user */
	report->failed = "making itself undumpable (prctl DUMPABLE)";
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return false;
	report->failed = "entering Landlock";
	if (!landlock_enter(report))
		return false;
	report->failed = "filtering system calls (seccomp)";
	if (!filters_enter())
		return false;
	/* After the filters: they are exported through a memfd, which must be able to grow. */
	report->failed = "limiting resources (setrlimit)";
	if (!limits_enter(plan, SANDBOX_RULEBOOK))
		return false;
	report->failed = NULL;
	return true;
}

bool
sandbox_narrow(const struct sandbox_plan *plan)
{
	if (evaluator_program.filter == NULL)
		return false;
	if (plan->parent > 0 && !sandbox_die_with(plan->parent))
		return false;
	if (!limits_enter(plan, SANDBOX_EVALUATOR))
		return false;
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &evaluator_program) == 0;
}

void
sandbox_probe(struct sandbox_report *report)
{
	*report = (struct sandbox_report){ 0 };
	(void)sandbox_landlock_wanted(report);
}

void
sandbox_volunteer_for_oom(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd == -1)
		return;
	if (write(fd, "1000", 4) != 4) {
		/* best effort: without it the kernel chooses by size alone */
	}
	(void)close(fd);
}
