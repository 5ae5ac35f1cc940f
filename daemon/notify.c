#include "daemon/notify.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

bool
notify_wanted(void)
{
	const char *path = getenv("NOTIFY_SOCKET");

	return path != NULL && *path != '\0';
}

/* A variable that is a number; 0: it is not there, or none. */
static int64_t
number_of(const char *name)
{
	const char *value = getenv(name);

	return value != NULL ? strtoll(value, NULL, 10) : 0;
}

int64_t
notify_watchdog_ms(void)
{
	int64_t pid = number_of("WATCHDOG_PID"), us = number_of("WATCHDOG_USEC");

	return notify_wanted() && us > 0 && (pid == 0 || pid == getpid()) ? us / 1000 : 0;
}

void
notify_systemd(const char *message)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	size_t n = path != NULL ? strlen(path) : 0;
	int fd;

	if (n < 2 || n >= sizeof(to.sun_path))
		return;
	(void)memcpy(to.sun_path, path, n);
	if (to.sun_path[0] == '@')
		to.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return;
	(void)sendto(fd, message, strlen(message), MSG_NOSIGNAL, (struct sockaddr *)&to,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n));
	(void)close(fd);
}
