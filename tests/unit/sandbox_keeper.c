/* The keeper's own filter, tried by doing what it denies, most of which anybody may do otherwise. */
#include <errno.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/sandbox.h"

#define NO_SANDBOX 99

/* In a child, in the sandbox if asked for: 0 when it succeeds, else its errno. */
static int
try_it(bool inside, long (*attempt)(void))
{
	const char *failed;
	int status;
	pid_t pid = fork();

	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		if (inside && !sandbox_keeper(&failed))
			_exit(NO_SANDBOX);
		errno = 0;
		_exit(attempt() == -1 ? errno : 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

#ifndef __SANITIZE_ADDRESS__
static long
tracing(void)
{
	return ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}
#endif

static long
another_memory(void)
{
	char a = 'a', b;
	struct iovec to = { &b, 1 }, from = { &a, 1 };

	return process_vm_readv(getpid(), &to, 1, &from, 1, 0);
}

static long
another_user(void)
{
	return setuid(getuid());
}

static long
a_key(void)
{
	return syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_PROCESS_KEYRING, 1);
}

static long
a_namespace(void)
{
	return unshare(CLONE_FILES);
}

static long
a_child_in_a_namespace(void)
{
	long pid = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);

	if (pid == 0)
		_exit(0);
	return pid;
}

static long
a_network(void)
{
	return socket(AF_INET, SOCK_STREAM, 0);
}

static long
another_personality(void)
{
	return syscall(SYS_personality, 0xffffffffUL);
}

static long
mounting(void)
{
	return mount("none", "/nowhere", "tmpfs", 0, NULL);
}

static void
what_the_keeper_never_needs_fails(void **state)
{
	long (*const attempts[])(void) = {
#ifndef __SANITIZE_ADDRESS__
		tracing,
#endif
		another_memory, another_user, a_key, a_namespace, a_network, another_personality
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(attempts) / sizeof(*attempts); i++) {
		assert_int_equal(try_it(false, attempts[i]), 0);
		assert_int_equal(try_it(true, attempts[i]), EPERM);
	}
	assert_int_equal(try_it(true, a_child_in_a_namespace), EPERM);
	assert_int_equal(try_it(true, mounting), EPERM);
}

static long
running_a_program(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		execl("/bin/sh", "sh", "-c", "true", (char *)NULL);
		_exit(1);
	}
	return pid != -1 && waitpid(pid, &status, 0) == pid && status == 0 ? 0 : -1;
}

static long
a_local_socket(void)
{
	return socket(AF_UNIX, SOCK_DGRAM, 0);
}

/* The sandboxes of the processes that judge, inside this one. */
static long
the_narrower_sandboxes(void)
{
	const struct sandbox_plan plan = { .memory = (size_t)1 << 30, .cpu_seconds = 20 };
	struct sandbox_report report;
	int status;
	pid_t pid;

	if (!sandbox_enter(&plan, &report))
		return -1;
	if ((pid = fork()) == 0) {
		if (!sandbox_narrow(&plan))
			_exit(1);
		(void)getppid(); /* allowed to the keeper, and not to an evaluator */
		_exit(2);
	}
	if (pid == -1 || waitpid(pid, &status, 0) == -1)
		return -1;
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS ? 0 : -1;
}

static void
what_it_needs_it_can_do(void **state)
{
	(void)state;
	assert_int_equal(try_it(true, running_a_program), 0);
	assert_int_equal(try_it(true, a_local_socket), 0);
}

static void
those_it_starts_can_enter_theirs(void **state)
{
	(void)state;
	assert_int_equal(try_it(true, the_narrower_sandboxes), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_keeper_never_needs_fails),
		cmocka_unit_test(what_it_needs_it_can_do),
		cmocka_unit_test(those_it_starts_can_enter_theirs),
	};

	return cmocka_run_group_tests_name("sandbox_keeper", tests, NULL, NULL);
}
