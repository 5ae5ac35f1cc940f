/*
 * The keeper's own filter: what it never needs fails, and the kernel logs it.
 *
 * The keeper opens files, forks and talks to the ledger, so its list is of what is denied and not of what
 * is allowed: nothing that looks into other processes, changes who it is, mounts, loads code into the
 * kernel, sets clocks, makes namespaces or reaches a network.  It runs no Lua and parses no submission;
 * the filter is for the day when a bug lets somebody in all the same.  A call fails with EPERM instead of
 * killing, since a keeper that goes on with an error is better than one that is gone.
 *
 * What it starts inherits the filter, so it may hinder none of them: the rulebook process enters Landlock
 * and adds filters that are far narrower, and the kernel takes the strictest answer of all.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <seccomp.h>

#include "daemon/sandbox_private.h"

static const int denied[] = {
	/* other processes */
	SCMP_SYS(process_vm_readv),
	SCMP_SYS(process_vm_writev),
	SCMP_SYS(kcmp),
	SCMP_SYS(pidfd_getfd),
	SCMP_SYS(perf_event_open),
	SCMP_SYS(move_pages),
	SCMP_SYS(migrate_pages),
#ifndef __SANITIZE_ADDRESS__ /* its search for leaks, at the end, stops the threads by it */
	SCMP_SYS(ptrace),
#endif
	/* who it is */
	SCMP_SYS(setuid),
	SCMP_SYS(setgid),
	SCMP_SYS(setreuid),
	SCMP_SYS(setregid),
	SCMP_SYS(setresuid),
	SCMP_SYS(setresgid),
	SCMP_SYS(setfsuid),
	SCMP_SYS(setfsgid),
	SCMP_SYS(setgroups),
	SCMP_SYS(capset),
	SCMP_SYS(personality),
	/* file systems */
	SCMP_SYS(mount),
	SCMP_SYS(umount2),
	SCMP_SYS(pivot_root),
	SCMP_SYS(chroot),
	SCMP_SYS(move_mount),
	SCMP_SYS(open_tree),
	SCMP_SYS(fsopen),
	SCMP_SYS(fsconfig),
	SCMP_SYS(fsmount),
	SCMP_SYS(fspick),
	SCMP_SYS(mount_setattr),
	SCMP_SYS(quotactl),
	SCMP_SYS(quotactl_fd),
	SCMP_SYS(open_by_handle_at),
	SCMP_SYS(fanotify_init),
	SCMP_SYS(swapon),
	SCMP_SYS(swapoff),
	/* namespaces; clone() is below */
	SCMP_SYS(unshare),
	SCMP_SYS(setns),
	/* the kernel and the machine */
	SCMP_SYS(init_module),
	SCMP_SYS(finit_module),
	SCMP_SYS(delete_module),
	SCMP_SYS(kexec_load),
	SCMP_SYS(kexec_file_load),
	SCMP_SYS(bpf),
	SCMP_SYS(userfaultfd),
	SCMP_SYS(io_uring_setup),
	SCMP_SYS(io_uring_enter),
	SCMP_SYS(io_uring_register),
	SCMP_SYS(add_key),
	SCMP_SYS(request_key),
	SCMP_SYS(keyctl),
	SCMP_SYS(reboot),
	SCMP_SYS(acct),
	SCMP_SYS(syslog),
	SCMP_SYS(vhangup),
	SCMP_SYS(iopl),
	SCMP_SYS(ioperm),
	SCMP_SYS(modify_ldt),
	SCMP_SYS(settimeofday),
	SCMP_SYS(clock_settime),
	SCMP_SYS(clock_adjtime),
	SCMP_SYS(adjtimex),
	SCMP_SYS(sethostname),
	SCMP_SYS(setdomainname),
};

static const uint64_t namespaces[] = { CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWUSER,
	CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWCGROUP };

static bool
deny_when(scmp_filter_ctx f, int call, struct scmp_arg_cmp when)
{
	return seccomp_rule_add_array(f, SCMP_ACT_ERRNO(EPERM), call, 1, &when) == 0;
}

static bool
filter_fill(scmp_filter_ctx f)
{
	size_t i;
	int error;

	/* what is denied is logged: it is a bug of ours or somebody's attempt */
	if (seccomp_attr_set(f, SCMP_FLTATR_CTL_LOG, 1) != 0)
		return false;
	for (i = 0; i < sizeof(denied) / sizeof(*denied); i++) {
		error = seccomp_rule_add(f, SCMP_ACT_ERRNO(EPERM), denied[i], 0);
		if (error != 0 && error != -EDOM) /* this machine has no such call */
			return false;
	}
	for (i = 0; i < sizeof(namespaces) / sizeof(*namespaces); i++)
		if (!deny_when(f, SCMP_SYS(clone),
			(struct scmp_arg_cmp){
			    0, SCMP_CMP_MASKED_EQ, namespaces[i], namespaces[i] }))
			return false;
	/* its flags lie in memory, where no filter can look; the C library then falls back on clone() */
	if (seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) != 0)
		return false;
	return deny_when(
	    f, SCMP_SYS(socket), (struct scmp_arg_cmp){ 0, SCMP_CMP_NE, AF_UNIX, 0 });
}

/* Where libseccomp (2.5) is refused memory it may follow a null pointer. */
static void
no_memory(int number)
{
	static const char line[] =
	    "poold: error: there is no memory to make the filter of system calls "
	    "with, so nothing is begun\n";

	(void)number;
	(void)!write(STDERR_FILENO, line, sizeof(line) - 1);
	_exit(1);
}

bool
sandbox_keeper(const char **failed)
{
	scmp_filter_ctx f;
	int error;

	*failed = "giving up new privileges (prctl NO_NEW_PRIVS)";
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return false;
	*failed = "filtering system calls (seccomp)";
	errno = 0;
	(void)signal(SIGSEGV, no_memory);
	if ((f = seccomp_init(SCMP_ACT_ALLOW)) == NULL)
		return false;
	error = filter_fill(f) ? seccomp_load(f) : errno == ENOMEM ? -ENOMEM : -EINVAL;
	if (error == 0 && sandbox_filter_lacked_memory())
		error = -ENOMEM;
	seccomp_release(f);
	(void)signal(SIGSEGV, SIG_DFL);
	errno = -error;
	return error == 0;
}
