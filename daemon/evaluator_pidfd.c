/*
 * What a pidfd names is asked of our own /proc entry, and its group of the kernel by a system call:
 * neither needs to see the other process in /proc, which a unit with ProtectProc= hides.
 */
#include "daemon/evaluator_pidfd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The process of a pidfd; -1: it has ended; 0: it is no pidfd. */
static pid_t
pidfd_process(int pidfd)
{
	char path[64], info[1024];
	const char *line;
	ssize_t n;
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", pidfd);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return 0;
	n = read(fd, info, sizeof(info) - 1);
	(void)close(fd);
	if (n <= 0)
		return 0;
	info[n] = '\0';
	line = strstr(info, "\nPid:");
	return line != NULL ? (pid_t)strtol(line + 5, NULL, 10) : 0;
}

bool
pidfd_is_of_group(int pidfd, pid_t group)
{
	pid_t pid = pidfd_process(pidfd), its;

	if (pid == -1)
		return true;
	if (pid <= 0)
		return false;
	/* if it ends in between and its number goes to another, the pidfd still kills nobody else */
	its = getpgid(pid);
	return its == group || (its == -1 && errno == ESRCH);
}
