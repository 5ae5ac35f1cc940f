/*
 * The sandbox, tried by doing what it forbids: one named test for each forbidden call.  Each forks the
 * roles as they are forked in earnest, and looks how the attempt ended.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/sandbox.h"

/* How an attempt ended, when it did not kill. */
enum { REFUSED = 10 /* EPERM or EACCES */, DONE = 11, OTHER = 12, NO_SANDBOX = 13 };

static const struct sandbox_plan plan = { .memory = (size_t)1 << 30, .cpu_seconds = 20 };

static _Noreturn void
attempt_and_exit(int (*attempt)(void))
{
	int done = attempt();

	if (done == -1)
		_exit(errno == EPERM || errno == EACCES ? REFUSED : OTHER);
	_exit(DONE);
}

/* The rulebook role, and in it, if asked for, the evaluator's. */
static int
run_as(enum sandbox_role role, int (*attempt)(void))
{
	int status;
	pid_t pid = fork();
	struct sandbox_report report;

	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		(void)signal(SIGSEGV, SIG_DFL); /* cmocka's */
		(void)signal(SIGABRT, SIG_DFL);
		if (!sandbox_enter(&plan, &report))
			_exit(NO_SANDBOX);
		if (role == SANDBOX_RULEBOOK)
			attempt_and_exit(attempt);
		pid = fork();
		if (pid == 0) {
			if (!sandbox_narrow(&plan))
				_exit(NO_SANDBOX);
			attempt_and_exit(attempt);
		}
		if (pid == -1 || waitpid(pid, &status, 0) == -1)
			_exit(NO_SANDBOX);
		/* hand the child's end on: 64 + signal, or its status */
		_exit(WIFSIGNALED(status) ? 64 + WTERMSIG(status) : WEXITSTATUS(status));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? 64 + WTERMSIG(status) : WEXITSTATUS(status);
}

#define KILLED (64 + SIGSYS)

static void
assert_kills_both(int (*attempt)(void))
{
	assert_int_equal(run_as(SANDBOX_RULEBOOK, attempt), KILLED);
	assert_int_equal(run_as(SANDBOX_EVALUATOR, attempt), KILLED);
}

/* For what the rulebook process has to be able to do, and an evaluator not. */
static void
assert_kills_evaluator(int (*attempt)(void))
{
	assert_int_equal(run_as(SANDBOX_EVALUATOR, attempt), KILLED);
}

#define ATTEMPT(name, expression)              \
	static int try_##name(void)            \
	{                                      \
		return (int)(expression);      \
	}                                      \
	static void name(void **state)         \
	{                                      \
		(void)state;                   \
		assert_kills_both(try_##name); \
	}

#define ATTEMPT_EVALUATOR(name, expression)         \
	static int try_##name(void)                 \
	{                                           \
		return (int)(expression);           \
	}                                           \
	static void name(void **state)              \
	{                                           \
		(void)state;                        \
		assert_kills_evaluator(try_##name); \
	}

static struct sockaddr_un nowhere = { .sun_family = AF_UNIX, .sun_path = "/run/nowhere" };
static char *const no_arguments[] = { NULL };
static struct stat a_stat;
static struct timespec a_time;
static char bytes[64];

/* files */
ATTEMPT(open_is_forbidden, syscall(SYS_open, "/etc/passwd", O_RDONLY))
ATTEMPT(openat_is_forbidden, open("/etc/passwd", O_RDONLY))
ATTEMPT(
    openat2_is_forbidden, syscall(SYS_openat2, AT_FDCWD, "/etc/passwd", bytes, sizeof(bytes)))
ATTEMPT(creat_is_forbidden, syscall(SYS_creat, "/tmp/x", 0600))
ATTEMPT(stat_of_a_path_is_forbidden, stat("/etc/passwd", &a_stat))
ATTEMPT(statx_is_forbidden, syscall(SYS_statx, AT_FDCWD, "/etc/passwd", 0, 0, bytes))
ATTEMPT(access_is_forbidden, access("/etc/passwd", R_OK))
ATTEMPT(readlink_is_forbidden, readlink("/proc/self/exe", bytes, sizeof(bytes)))
ATTEMPT(unlink_is_forbidden, unlink("/tmp/x"))
ATTEMPT(rename_is_forbidden, rename("/tmp/x", "/tmp/y"))
ATTEMPT(link_is_forbidden, link("/etc/passwd", "/tmp/y"))
ATTEMPT(symlink_is_forbidden, symlink("/etc/passwd", "/tmp/y"))
ATTEMPT(mkdir_is_forbidden, mkdir("/tmp/y", 0700))
ATTEMPT(chmod_is_forbidden, chmod("/tmp", 0777))
ATTEMPT(fchmod_is_forbidden, fchmod(2, 0777))
ATTEMPT(chown_is_forbidden, chown("/tmp", 0, 0))
ATTEMPT(truncate_is_forbidden, truncate("/tmp/x", 0))
ATTEMPT(ftruncate_is_forbidden, ftruncate(2, 0))
ATTEMPT(chdir_is_forbidden, chdir("/"))
ATTEMPT(chroot_is_forbidden, chroot("/"))
ATTEMPT(mount_is_forbidden, syscall(SYS_mount, "none", "/mnt", "tmpfs", 0, NULL))
ATTEMPT(getdents_is_forbidden, syscall(SYS_getdents64, 0, bytes, sizeof(bytes)))
ATTEMPT(memfd_create_is_forbidden, memfd_create("x", 0))
ATTEMPT(io_uring_is_forbidden, syscall(SYS_io_uring_setup, 1, bytes))
ATTEMPT(inotify_is_forbidden, syscall(SYS_inotify_init1, 0))
ATTEMPT(fcntl_is_forbidden, fcntl(0, F_SETFL, 0))
ATTEMPT(ioctl_is_forbidden, syscall(SYS_ioctl, 0, 0x5412 /* TIOCSTI */, bytes))
ATTEMPT(dup_is_forbidden, dup(0))
/* network */
ATTEMPT(socket_is_forbidden, socket(AF_INET, SOCK_STREAM, 0))
ATTEMPT(unix_socket_is_forbidden, socket(AF_UNIX, SOCK_STREAM, 0))
ATTEMPT(socketpair_is_forbidden, socketpair(AF_UNIX, SOCK_STREAM, 0, (int *)(void *)bytes))
ATTEMPT(connect_is_forbidden, connect(0, (struct sockaddr *)&nowhere, sizeof(nowhere)))
ATTEMPT(bind_is_forbidden, bind(0, (struct sockaddr *)&nowhere, sizeof(nowhere)))
ATTEMPT(sendto_is_forbidden, sendto(0, "x", 1, 0, (struct sockaddr *)&nowhere, sizeof(nowhere)))
/* other processes */
ATTEMPT(execve_is_forbidden, execve("/bin/true", no_arguments, no_arguments))
ATTEMPT(execveat_is_forbidden,
    syscall(SYS_execveat, AT_FDCWD, "/bin/true", no_arguments, no_arguments, 0))
ATTEMPT(ptrace_is_forbidden, ptrace(PTRACE_TRACEME, 0, NULL, NULL))
ATTEMPT(kill_of_the_parent_is_forbidden, syscall(SYS_kill, 1, SIGTERM))
ATTEMPT(tkill_is_forbidden, syscall(SYS_tkill, 1, SIGTERM))
ATTEMPT(queueing_a_signal_is_forbidden, syscall(SYS_rt_sigqueueinfo, 1, SIGTERM, bytes))
ATTEMPT(pidfd_send_signal_is_forbidden, syscall(SYS_pidfd_send_signal, 0, SIGTERM, NULL, 0))
ATTEMPT(pidfd_getfd_is_forbidden, syscall(SYS_pidfd_getfd, 0, 0, 0))
ATTEMPT(
    reading_another_process_is_forbidden, syscall(SYS_process_vm_readv, 1, NULL, 0, NULL, 0, 0))
ATTEMPT(setpriority_is_forbidden, syscall(SYS_setpriority, 0, 0, -5))
ATTEMPT(setuid_is_forbidden, setuid(0))
ATTEMPT(capset_is_forbidden, syscall(SYS_capset, bytes, bytes))
ATTEMPT(threads_are_forbidden,
    syscall(SYS_clone, CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD, bytes,
	NULL, NULL, 0))
ATTEMPT(
    namespaces_are_forbidden, syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, 0))
ATTEMPT(unshare_is_forbidden, syscall(SYS_unshare, CLONE_NEWUSER))
ATTEMPT(clone3_is_forbidden, syscall(SYS_clone3, bytes, sizeof(bytes)))
ATTEMPT(vfork_is_forbidden, syscall(SYS_vfork))
/* the kernel */
ATTEMPT(userfaultfd_is_forbidden, syscall(SYS_userfaultfd, 0))
ATTEMPT(bpf_is_forbidden, syscall(SYS_bpf, 0, bytes, sizeof(bytes)))
ATTEMPT(perf_is_forbidden, syscall(SYS_perf_event_open, bytes, 0, -1, -1, 0))
ATTEMPT(keys_are_forbidden, syscall(SYS_keyctl, 0, 0, 0, 0, 0))
ATTEMPT(modules_are_forbidden, syscall(SYS_init_module, bytes, sizeof(bytes), ""))
ATTEMPT(reboot_is_forbidden, syscall(SYS_reboot, 0, 0, 0, NULL))
ATTEMPT(setting_the_clock_is_forbidden, clock_settime(CLOCK_REALTIME, &a_time))
ATTEMPT(sleeping_is_forbidden, nanosleep(&a_time, NULL))
ATTEMPT(turning_dumpable_is_forbidden, prctl(PR_SET_DUMPABLE, 1, 0, 0, 0))
/* code */
ATTEMPT(mapping_code_is_forbidden,
    mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED
	? -1
	: 0)
ATTEMPT(turning_memory_into_code_is_forbidden,
    mprotect((void *)((uintptr_t)bytes & ~(uintptr_t)4095), 4096, PROT_READ | PROT_EXEC))
ATTEMPT(pkey_mprotect_is_forbidden, syscall(SYS_pkey_mprotect, bytes, 4096, PROT_EXEC, -1))
/* what the rulebook process may and an evaluator may not */
ATTEMPT_EVALUATOR(fork_is_forbidden_to_an_evaluator, syscall(SYS_fork))
ATTEMPT_EVALUATOR(clone_is_forbidden_to_an_evaluator, fork())
ATTEMPT_EVALUATOR(prctl_is_forbidden_to_an_evaluator, prctl(PR_SET_PDEATHSIG, 0))
ATTEMPT_EVALUATOR(new_filters_are_forbidden_to_an_evaluator, syscall(SYS_seccomp, 1, 0, NULL))
ATTEMPT_EVALUATOR(
    raising_limits_is_forbidden_to_an_evaluator, syscall(SYS_prlimit64, 0, 0, NULL, bytes))
ATTEMPT_EVALUATOR(pidfd_open_is_forbidden_to_an_evaluator, syscall(SYS_pidfd_open, 1, 0))
ATTEMPT_EVALUATOR(wait_is_forbidden_to_an_evaluator, waitpid(-1, NULL, WNOHANG))

static int
try_tgkill(void)
{
	return (int)syscall(SYS_tgkill, 1, 1, SIGTERM);
}

static void
signalling_a_thread_fails_with_EPERM(void **state)
{
	(void)state;
	assert_int_equal(run_as(SANDBOX_RULEBOOK, try_tgkill), REFUSED);
	assert_int_equal(run_as(SANDBOX_EVALUATOR, try_tgkill), REFUSED);
}

static int
try_abort(void)
{
	abort();
}

static void
a_failed_assertion_looks_like_a_crash_and_not_like_an_attack(void **state)
{
	(void)state;
	assert_int_equal(run_as(SANDBOX_EVALUATOR, try_abort), 64 + SIGSEGV);
}

static int
try_working(void)
{
	char *p = malloc(8u << 20);
	struct timespec ts;

	if (p == NULL)
		return -1;
	memset(p, 1, 8u << 20);
	p = realloc(p, 16u << 20);
	free(p);
	return clock_gettime(CLOCK_MONOTONIC, &ts) == 0 && write(2, "", 0) == 0 ? 0 : -1;
}

static void
memory_time_and_given_descriptors_can_be_used(void **state)
{
	(void)state;
	assert_int_equal(run_as(SANDBOX_RULEBOOK, try_working), DONE);
	assert_int_equal(run_as(SANDBOX_EVALUATOR, try_working), DONE);
}

#if !defined(__SANITIZE_ADDRESS__)
static int
try_much_memory(void)
{
	/* a malloc() that nobody looks at is optimised away */
	char *volatile p = malloc((size_t)2 << 30);

	return p == NULL ? 0 : -1;
}

static void
memory_ends_at_the_limit(void **state)
{
	(void)state;
	assert_int_equal(run_as(SANDBOX_EVALUATOR, try_much_memory), DONE);
}
#endif

/* Landlock alone, without the filter before it: it is there for the day when the filter has a hole. */
static void
the_report_says_what_the_kernel_lacks(void **state)
{
	struct sandbox_report report;

	(void)state;
	sandbox_probe(&report);
	assert_true((report.landlock_abi >= 6) == (report.lacks[0] == '\0'));
}

#define T(name) cmocka_unit_test(name)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(open_is_forbidden),
		T(openat_is_forbidden),
		T(openat2_is_forbidden),
		T(creat_is_forbidden),
		T(stat_of_a_path_is_forbidden),
		T(statx_is_forbidden),
		T(access_is_forbidden),
		T(readlink_is_forbidden),
		T(unlink_is_forbidden),
		T(rename_is_forbidden),
		T(link_is_forbidden),
		T(symlink_is_forbidden),
		T(mkdir_is_forbidden),
		T(chmod_is_forbidden),
		T(fchmod_is_forbidden),
		T(chown_is_forbidden),
		T(truncate_is_forbidden),
		T(ftruncate_is_forbidden),
		T(chdir_is_forbidden),
		T(chroot_is_forbidden),
		T(mount_is_forbidden),
		T(getdents_is_forbidden),
		T(memfd_create_is_forbidden),
		T(io_uring_is_forbidden),
		T(inotify_is_forbidden),
		T(fcntl_is_forbidden),
		T(ioctl_is_forbidden),
		T(dup_is_forbidden),
		T(socket_is_forbidden),
		T(unix_socket_is_forbidden),
		T(socketpair_is_forbidden),
		T(connect_is_forbidden),
		T(bind_is_forbidden),
		T(sendto_is_forbidden),
		T(execve_is_forbidden),
		T(execveat_is_forbidden),
		T(ptrace_is_forbidden),
		T(kill_of_the_parent_is_forbidden),
		T(tkill_is_forbidden),
		T(queueing_a_signal_is_forbidden),
		T(pidfd_send_signal_is_forbidden),
		T(pidfd_getfd_is_forbidden),
		T(reading_another_process_is_forbidden),
		T(setpriority_is_forbidden),
		T(setuid_is_forbidden),
		T(capset_is_forbidden),
		T(threads_are_forbidden),
		T(namespaces_are_forbidden),
		T(unshare_is_forbidden),
		T(clone3_is_forbidden),
		T(vfork_is_forbidden),
		T(userfaultfd_is_forbidden),
		T(bpf_is_forbidden),
		T(perf_is_forbidden),
		T(keys_are_forbidden),
		T(modules_are_forbidden),
		T(reboot_is_forbidden),
		T(setting_the_clock_is_forbidden),
		T(sleeping_is_forbidden),
		T(turning_dumpable_is_forbidden),
		T(mapping_code_is_forbidden),
		T(turning_memory_into_code_is_forbidden),
		T(pkey_mprotect_is_forbidden),
		T(fork_is_forbidden_to_an_evaluator),
		T(clone_is_forbidden_to_an_evaluator),
		T(prctl_is_forbidden_to_an_evaluator),
		T(new_filters_are_forbidden_to_an_evaluator),
		T(raising_limits_is_forbidden_to_an_evaluator),
		T(pidfd_open_is_forbidden_to_an_evaluator),
		T(wait_is_forbidden_to_an_evaluator),
		T(signalling_a_thread_fails_with_EPERM),
		T(a_failed_assertion_looks_like_a_crash_and_not_like_an_attack),
		T(memory_time_and_given_descriptors_can_be_used),
#if !defined(__SANITIZE_ADDRESS__)
		T(memory_ends_at_the_limit),
#endif
		T(the_report_says_what_the_kernel_lacks)
	};

	return cmocka_run_group_tests_name("sandbox", tests, NULL, NULL);
}
