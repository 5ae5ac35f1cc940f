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
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
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
ATTEMPT(open_by_handle_is_forbidden, syscall(SYS_open_by_handle_at, AT_FDCWD, bytes, O_RDONLY))
ATTEMPT(
    name_to_handle_is_forbidden, syscall(SYS_name_to_handle_at, AT_FDCWD, "/", bytes, bytes, 0))
ATTEMPT(fanotify_is_forbidden, syscall(SYS_fanotify_init, 0, 0))
ATTEMPT(memfd_secret_is_forbidden, syscall(SYS_memfd_secret, 0))
ATTEMPT(io_uring_enter_is_forbidden, syscall(SYS_io_uring_enter, 0, 1, 0, 0, NULL, 0))
ATTEMPT(io_uring_register_is_forbidden, syscall(SYS_io_uring_register, 0, 0, NULL, 0))
ATTEMPT(splice_is_forbidden, syscall(SYS_splice, 0, NULL, 1, NULL, 1, 0))
ATTEMPT(changing_an_attribute_is_forbidden, syscall(SYS_setxattr, "/tmp", "user.x", "", 0, 0))
/* network */
ATTEMPT(socket_is_forbidden, socket(AF_INET, SOCK_STREAM, 0))
ATTEMPT(unix_socket_is_forbidden, socket(AF_UNIX, SOCK_STREAM, 0))
ATTEMPT(socketpair_is_forbidden, socketpair(AF_UNIX, SOCK_STREAM, 0, (int *)(void *)bytes))
ATTEMPT(connect_is_forbidden, connect(0, (struct sockaddr *)&nowhere, sizeof(nowhere)))
ATTEMPT(bind_is_forbidden, bind(0, (struct sockaddr *)&nowhere, sizeof(nowhere)))
ATTEMPT(sendto_is_forbidden, sendto(0, "x", 1, 0, (struct sockaddr *)&nowhere, sizeof(nowhere)))
ATTEMPT(accept_is_forbidden, syscall(SYS_accept4, 0, NULL, NULL, 0))
ATTEMPT(listen_is_forbidden, syscall(SYS_listen, 0, 1))
ATTEMPT(sendmmsg_is_forbidden, syscall(SYS_sendmmsg, 0, NULL, 0, 0))
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
ATTEMPT(writing_another_process_is_forbidden,
    syscall(SYS_process_vm_writev, 1, NULL, 0, NULL, 0, 0))
ATTEMPT(advising_another_process_is_forbidden, syscall(SYS_process_madvise, 0, NULL, 0, 0, 0))
ATTEMPT(limits_of_another_process_are_forbidden,
    syscall(SYS_prlimit64, 1, RLIMIT_NOFILE, NULL, bytes))
ATTEMPT(the_old_call_for_limits_is_forbidden, syscall(SYS_setrlimit, RLIMIT_FSIZE, bytes))
ATTEMPT(shared_memory_by_a_key_is_forbidden, syscall(SYS_shmget, 1, 4096, IPC_CREAT | 0600))
ATTEMPT(attaching_shared_memory_is_forbidden, syscall(SYS_shmat, 0, NULL, 0))
ATTEMPT(message_queues_are_forbidden, syscall(SYS_msgget, 1, IPC_CREAT | 0600))
ATTEMPT(semaphores_are_forbidden, syscall(SYS_semget, 1, 1, IPC_CREAT | 0600))
ATTEMPT(comparing_processes_is_forbidden, syscall(SYS_kcmp, 1, 1, 0, 0, 0))
ATTEMPT(another_process_group_is_forbidden, syscall(SYS_setpgid, 0, 0))
ATTEMPT(another_session_is_forbidden, syscall(SYS_setsid))
ATTEMPT(scheduling_is_forbidden, syscall(SYS_sched_setscheduler, 0, 0, bytes))
ATTEMPT(entering_a_namespace_is_forbidden, syscall(SYS_setns, 0, 0))
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
ATTEMPT(adding_a_key_is_forbidden, syscall(SYS_add_key, "user", "x", "y", 1, -1))
ATTEMPT(asking_for_a_key_is_forbidden, syscall(SYS_request_key, "user", "x", NULL, -1))
ATTEMPT(personality_is_forbidden, syscall(SYS_personality, 0x0400000 /* READ_IMPLIES_EXEC */))
ATTEMPT(the_kernel_log_is_forbidden, syscall(SYS_syslog, 3, bytes, sizeof(bytes)))
ATTEMPT(kexec_is_forbidden, syscall(SYS_kexec_load, 0, 0, NULL, 0))
ATTEMPT(another_root_is_forbidden, syscall(SYS_pivot_root, "/", "/"))
ATTEMPT(turning_privileges_on_is_forbidden, prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0))
ATTEMPT(turning_the_filter_off_is_forbidden, prctl(PR_SET_SECCOMP, 0, 0, 0, 0))
ATTEMPT(letting_others_trace_is_forbidden, prctl(PR_SET_PTRACER, -1, 0, 0, 0))
#if defined(__x86_64__)
ATTEMPT(ports_are_forbidden, syscall(SYS_iopl, 3))
ATTEMPT(segments_are_forbidden, syscall(SYS_modify_ldt, 0, bytes, 0))
ATTEMPT(the_x32_calls_are_forbidden, syscall(0x40000000 + SYS_getpid))
#endif
/* code */
ATTEMPT(mapping_code_is_forbidden,
    mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED
	? -1
	: 0)
ATTEMPT(turning_memory_into_code_is_forbidden,
    mprotect((void *)((uintptr_t)bytes & ~(uintptr_t)4095), 4096, PROT_READ | PROT_EXEC))
ATTEMPT(pkey_mprotect_is_forbidden, syscall(SYS_pkey_mprotect, bytes, 4096, PROT_EXEC, -1))
ATTEMPT(memory_that_is_written_and_run_is_forbidden,
    mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
	    MAP_FAILED
	? -1
	: 0)
ATTEMPT(remapping_pages_is_forbidden, syscall(SYS_remap_file_pages, bytes, 4096, 0, 0, 0))
/* what the rulebook process may and an evaluator may not */
ATTEMPT_EVALUATOR(fork_is_forbidden_to_an_evaluator, syscall(SYS_fork))
ATTEMPT_EVALUATOR(clone_is_forbidden_to_an_evaluator, fork())
ATTEMPT_EVALUATOR(prctl_is_forbidden_to_an_evaluator, prctl(PR_SET_PDEATHSIG, 0))
ATTEMPT_EVALUATOR(new_filters_are_forbidden_to_an_evaluator, syscall(SYS_seccomp, 1, 0, NULL))
ATTEMPT_EVALUATOR(
    raising_limits_is_forbidden_to_an_evaluator, syscall(SYS_prlimit64, 0, 0, NULL, bytes))
ATTEMPT_EVALUATOR(pidfd_open_is_forbidden_to_an_evaluator, syscall(SYS_pidfd_open, 1, 0))
ATTEMPT_EVALUATOR(asking_for_the_parent_is_forbidden_to_an_evaluator, getppid())
ATTEMPT_EVALUATOR(a_name_of_its_own_is_forbidden_to_an_evaluator, prctl(PR_SET_NAME, "x"))
ATTEMPT_EVALUATOR(wait_is_forbidden_to_an_evaluator, waitpid(-1, NULL, WNOHANG))

/*
 * Every call there is, but for those that the roles need: what nobody thought of is forbidden too.
 * The numbers go past the newest of today's kernels.
 */
#define CALLS 520

static const long needed_by_both[] = { SYS_read, SYS_pread64, SYS_write, SYS_sendmsg,
	SYS_recvmsg, SYS_poll, SYS_ppoll, SYS_close, SYS_fstat, SYS_munmap, SYS_mremap, SYS_brk,
	SYS_madvise, SYS_futex, SYS_getrandom, SYS_clock_gettime, SYS_sched_yield,
	SYS_rt_sigreturn, SYS_rt_sigprocmask, SYS_rt_sigaction, SYS_restart_syscall, SYS_getpid,
	SYS_gettid, SYS_exit, SYS_exit_group, SYS_tgkill /* answered, not done */,
	/* by their arguments; each has a test of its own */
	SYS_mmap, SYS_mprotect,
#if defined(__SANITIZE_ADDRESS__)
	SYS_sigaltstack
#endif
};
static const long needed_by_rulebook[] = { SYS_wait4, SYS_waitid, SYS_pidfd_open, SYS_getppid,
	SYS_set_robust_list, SYS_clone, SYS_seccomp, SYS_prctl, SYS_prlimit64 };

#define HAS(list, nr) has(list, sizeof(list) / sizeof(*(list)), nr)

static bool
has(const long *list, size_t n, long nr)
{
	while (n > 0 && list[n - 1] != nr)
		n--;
	return n > 0;
}

/* In the rulebook process: fork, narrow if asked, call; how it ended. */
static int
end_of_call(enum sandbox_role role, long nr)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		if (role == SANDBOX_EVALUATOR && !sandbox_narrow(&plan))
			_exit(NO_SANDBOX);
		(void)syscall(nr, -1L, 0L, 0L, 0L, 0L, 0L);
		_exit(DONE);
	}
	if (pid == -1 || waitpid(pid, &status, 0) == -1)
		return NO_SANDBOX;
	return WIFSIGNALED(status) ? 64 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* The first call, if any, that is let through. */
static _Noreturn void
try_every_call(enum sandbox_role role)
{
	struct sandbox_report report;
	char said[64];
	long nr;
	int ended, n;

	(void)signal(SIGILL, SIG_DFL); /* cmocka's */
	if (!sandbox_enter(&plan, &report))
		_exit(255);
	for (nr = 0; nr < CALLS; nr++) {
		if (HAS(needed_by_both, nr) ||
		    (role == SANDBOX_RULEBOOK && HAS(needed_by_rulebook, nr)))
			continue;
		ended = end_of_call(role, nr);
		/* uretprobe and uprobe: newer kernels do not filter them; outside a probe they fail */
		if (ended == KILLED || (nr == 335 && ended == 64 + SIGILL) ||
		    (nr == 336 && ended == DONE))
			continue;
		n = snprintf(
		    said, sizeof(said), "# system call %ld is let through (%d)\n", nr, ended);
		_exit(write(2, said, (size_t)n) == n ? 1 : 2);
	}
	_exit(0);
}

static void
no_call_is_let_through_that_is_not_needed(void **state)
{
	static const enum sandbox_role roles[] = { SANDBOX_RULEBOOK, SANDBOX_EVALUATOR };
	int status;
	size_t i;
	pid_t pid;

	(void)state;
	for (i = 0; i < sizeof(roles) / sizeof(*roles); i++) {
		pid = fork();
		assert_int_not_equal(pid, -1);
		if (pid == 0)
			try_every_call(roles[i]);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 0);
	}
}

#if defined(__x86_64__)
/* The 32-bit door: killed by the filter, or by a kernel that was built without it. */
static int
try_int80(void)
{
	long done;

	__asm__ volatile("int $0x80" : "=a"(done) : "a"(20L /* getpid */) : "memory");
	return (int)done;
}

static void
the_32_bit_calls_are_forbidden(void **state)
{
	static const enum sandbox_role roles[] = { SANDBOX_RULEBOOK, SANDBOX_EVALUATOR };
	size_t i;
	int ended;

	(void)state;
	for (i = 0; i < sizeof(roles) / sizeof(*roles); i++) {
		ended = run_as(roles[i], try_int80);
		assert_true(ended == KILLED || ended == 64 + SIGSEGV);
	}
}
#endif

static const struct {
	int which;
	rlim_t most;
} evaluator_limits[] = { { RLIMIT_FSIZE, 0 }, { RLIMIT_CORE, 0 }, { RLIMIT_NOFILE, 64 },
	{ RLIMIT_NPROC, 0 }, { RLIMIT_CPU, 20 },
#if !defined(__SANITIZE_ADDRESS__)
	{ RLIMIT_AS, (rlim_t)1 << 30 }
#endif
};

/* An evaluator may not ask: the limits are looked at before the filter closes. */
static void
an_evaluator_has_every_limit(void **state)
{
	struct sandbox_report report;
	int status, sides[2];
	char go = 0;
	struct rlimit l;
	pid_t pid;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, sides), 0);
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		if (!sandbox_enter(&plan, &report) || !sandbox_narrow(&plan))
			_exit(NO_SANDBOX);
		_exit(
		    write(sides[1], "x", 1) == 1 && read(sides[1], &go, 1) == 1 ? DONE : OTHER);
	}
	assert_int_equal(read(sides[0], &go, 1), 1);
	for (size_t i = 0; i < sizeof(evaluator_limits) / sizeof(*evaluator_limits); i++) {
		assert_int_equal(
		    prlimit(pid, (__rlimit_resource_t)evaluator_limits[i].which, NULL, &l), 0);
		assert_true(l.rlim_cur <= evaluator_limits[i].most);
		assert_true(l.rlim_max <= evaluator_limits[i].most);
	}
	assert_int_equal(write(sides[0], "x", 1), 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(WEXITSTATUS(status), DONE);
	(void)close(sides[0]);
	(void)close(sides[1]);
}

static void
memory_shortage_takes_it_first(void **state)
{
	char score[16] = "";
	int status, fd;
	pid_t pid = fork();

	(void)state;
	if (pid == 0) {
		sandbox_volunteer_for_oom();
		fd = open("/proc/self/oom_score_adj", O_RDONLY);
		_exit(fd != -1 && read(fd, score, sizeof(score) - 1) > 0 &&
			    strcmp(score, "1000\n") == 0
			? 0
			: 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

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

static const struct CMUnitTest tests[] = {
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
	T(open_by_handle_is_forbidden),
	T(name_to_handle_is_forbidden),
	T(fanotify_is_forbidden),
	T(memfd_secret_is_forbidden),
	T(io_uring_enter_is_forbidden),
	T(io_uring_register_is_forbidden),
	T(splice_is_forbidden),
	T(changing_an_attribute_is_forbidden),
	T(accept_is_forbidden),
	T(listen_is_forbidden),
	T(sendmmsg_is_forbidden),
	T(writing_another_process_is_forbidden),
	T(advising_another_process_is_forbidden),
	T(limits_of_another_process_are_forbidden),
	T(the_old_call_for_limits_is_forbidden),
	T(shared_memory_by_a_key_is_forbidden),
	T(attaching_shared_memory_is_forbidden),
	T(message_queues_are_forbidden),
	T(semaphores_are_forbidden),
	T(comparing_processes_is_forbidden),
	T(another_process_group_is_forbidden),
	T(another_session_is_forbidden),
	T(scheduling_is_forbidden),
	T(entering_a_namespace_is_forbidden),
	T(adding_a_key_is_forbidden),
	T(asking_for_a_key_is_forbidden),
	T(personality_is_forbidden),
	T(the_kernel_log_is_forbidden),
	T(kexec_is_forbidden),
	T(another_root_is_forbidden),
	T(turning_privileges_on_is_forbidden),
	T(turning_the_filter_off_is_forbidden),
	T(letting_others_trace_is_forbidden),
	T(memory_that_is_written_and_run_is_forbidden),
	T(remapping_pages_is_forbidden),
	T(asking_for_the_parent_is_forbidden_to_an_evaluator),
	T(a_name_of_its_own_is_forbidden_to_an_evaluator),
	T(no_call_is_let_through_that_is_not_needed),
	T(an_evaluator_has_every_limit),
	T(memory_shortage_takes_it_first),
#if defined(__x86_64__)
	T(ports_are_forbidden),
	T(segments_are_forbidden),
	T(the_32_bit_calls_are_forbidden),
	T(the_x32_calls_are_forbidden),
#endif
	T(signalling_a_thread_fails_with_EPERM),
	T(a_failed_assertion_looks_like_a_crash_and_not_like_an_attack),
	T(memory_time_and_given_descriptors_can_be_used),
#if !defined(__SANITIZE_ADDRESS__)
	T(memory_ends_at_the_limit),
#endif
	T(the_report_says_what_the_kernel_lacks),
};

int
main(void)
{
	return cmocka_run_group_tests_name("sandbox", tests, NULL, NULL);
}
