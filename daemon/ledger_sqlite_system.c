/*
 * Two of the system's calls as SQLite makes them.
 *
 * A lock that cannot be given back (the kernel was out of memory for the moment) is for SQLite still held:
 * from then on this process waits for itself, ten seconds each time, and nothing frees it but an end.  So
 * what fails for another reason than that somebody has the lock is tried again for a while.
 *
 * A read that the disk refuses is told to us as damage of the database, which it need not be.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

#include "daemon/ledger_sqlite.h"

#define LOCK_TRIES 50

static atomic_bool refused; /* a read, since it was asked */

static int
lock_again(int fd, int op, struct flock *lock)
{
	const struct timespec a_little = { 0, 2000000 };
	int done, n;

	for (n = 1; (done = fcntl(fd, op, lock)) == -1; n++) {
		if (errno == EAGAIN || errno == EACCES || n == LOCK_TRIES)
			break;
		(void)nanosleep(&a_little, NULL);
	}
	return done;
}

static int
system_fcntl(int fd, int op, ...)
{
	va_list ap;
	int done;

	va_start(ap, op);
	if (op == F_SETLK)
		done = lock_again(fd, op, va_arg(ap, struct flock *));
	else if (op == F_GETLK)
		done = fcntl(fd, op, va_arg(ap, struct flock *));
	else
		done = fcntl(fd, op, va_arg(ap, int));
	va_end(ap);
	return done;
}

static ssize_t
system_pread(int fd, void *bytes, size_t n, off_t at)
{
	ssize_t got = pread(fd, bytes, n, at);

	if (got == -1 && errno == EIO)
		atomic_store(&refused, true);
	return got;
}

bool
ledger_read_was_refused(void)
{
	return atomic_exchange(&refused, false);
}

/* One of the names is what this SQLite was built with; the others it does not call. */
void
ledger_system_calls(void)
{
	static const struct {
		const char *name;
		sqlite3_syscall_ptr call;
	} ours[] = {
		{ "fcntl", (sqlite3_syscall_ptr)system_fcntl },
		{ "pread", (sqlite3_syscall_ptr)system_pread },
		{ "pread64", (sqlite3_syscall_ptr)system_pread },
	};
	sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);

	if (vfs == NULL || vfs->iVersion < 3)
		return;
	for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); i++)
		if (vfs->xGetSystemCall(vfs, ours[i].name) != NULL)
			(void)vfs->xSetSystemCall(vfs, ours[i].name, ours[i].call);
}
