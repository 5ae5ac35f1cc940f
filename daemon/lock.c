#include "daemon/lock.h"

#include <errno.h>
#include <sys/file.h>
#include <time.h>

#define TRIES 50

bool
lock_take(int fd)
{
	const struct timespec a_little = { 0, 20000000 };

	for (int i = 0; flock(fd, LOCK_EX | LOCK_NB) == -1; i++) {
		if ((errno != EWOULDBLOCK && errno != EINTR) || i == TRIES)
			return false;
		(void)nanosleep(&a_little, NULL);
	}
	return true;
}
