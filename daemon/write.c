#include "daemon/write.h"

#include <errno.h>
#include <unistd.h>

bool
write_all(int fd, const void *bytes, size_t n)
{
	const char *p = bytes;
	ssize_t done;

	while (n > 0) {
		done = write(fd, p, n);
		if (done == -1 && errno == EINTR)
			continue;
		if (done == 0)
			errno = EIO; /* it said nothing, and took nothing */
		if (done <= 0)
			return false;
		p += done;
		n -= (size_t)done;
	}
	return true;
}
