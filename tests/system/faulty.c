/*
 * A shared object for tests, put before the C library by LD_PRELOAD: a system call or an allocation fails
 * once, and the clocks can be put forward: the wall clock of every process, and back; the keeper's other one.
 *
 * What is to fail stands in a page that the test maps as well (FAULTY_PAGE names its file), so that it can
 * be changed while the program runs and needs no call inside the sandbox.  Calls are counted by role and
 * kind while the page is armed; the Nth of the wanted role and kind fails with the wanted error, and the
 * page says which it was and who called.  tests/system/faulty.py is the other side.
 */
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/time.h>
#include <sys/wait.h>

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <link.h>
#include <poll.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define FRAMES 24
/* In place of an error: half of what was asked for is read or written; or nothing until it is disarmed. */
#define SHORT (-1)
#define STALL (-2)
/* What the page is armed for: the Nth call fails, or it and all after it; or none, and their places are noted. */
enum armed { ARMED_NOT, ARMED_ONCE, ARMED_FROM, ARMED_TRACE };
#define TRACED 65536
/* Of a place, the callers of the call; the innermost frames are ours. */
#define OURS 2

/* The order is known to faulty.py. */
enum role {
	ROLE_NONE,
	ROLE_KEEPER,
	ROLE_RULEBOOK,
	ROLE_EVALUATOR,
	ROLE_PUBLISHER,
	ROLE_POOLCTL,
	ROLES
};

/* Every kind with its name, for the enum and for the list that faulty.py reads. */
/* clang-format off */
#define KINDS(X)                                                                             \
	X(malloc)                                                                            \
	X(open) X(read) X(write) X(pread) X(pwrite) X(fsync) X(fdatasync) X(syncfs)          \
	X(ftruncate) X(rename) X(link) X(symlink) X(unlink) X(mkdir) X(stat) X(statvfs)      \
	X(readdir) X(readlink) X(access) X(chmod) X(lseek) X(fcntl) X(ioctl) X(flock)        \
	X(memfd) X(mmap) X(socket) X(socketpair) X(connect) X(bind) X(listen) X(accept)      \
	X(send) X(sendmsg) X(recvmsg) X(fork) X(waitpid) X(dup) X(inotify) X(epoll_ctl)      \
	X(epoll_wait) X(poll) X(getrandom) X(prctl) X(syscall)
/* clang-format on */

#define ENUM(name) KIND_##name,
enum kind { KIND_ALL, KINDS(ENUM) N_KINDS };
#define NAME(name) #name " "
extern const char faulty_kinds[];
const char faulty_kinds[] = "all " KINDS(NAME);

struct page {
	_Atomic uint32_t armed;
	uint32_t role, kind, n;
	int32_t error;
	_Atomic uint32_t fired; /* how often */
	uint32_t fired_kind, n_frames;
	_Atomic uint32_t count; /* calls of the wanted role and kind */
	uint32_t pid;           /* of the process where it happened */
	_Atomic int64_t clock;  /* nanoseconds to be added to the wall clock */
	uint64_t base;          /* of the program, for the frames */
	uint64_t frames[FRAMES];
	_Atomic int64_t monotonic; /* nanoseconds to be added to the keeper's monotonic clock */
	uint32_t
	    place; /* where it failed: a hash of the frames, as comparable as addresses are */
	_Alignas(4096) uint32_t trace[TRACED]; /* the places of the calls, by number */
};

static struct page *page;
static enum role role;

static void *
real(const char *name)
{
	return dlsym(RTLD_NEXT, name);
}

/* Called by fails() alone, so that its frames are the same number. */
static __attribute__((noinline)) uint32_t
look(void **frames, int *n)
{
	uint32_t hash = 2166136261;

	*n = backtrace(frames, FRAMES);
	for (int i = OURS; i < *n; i++)
		for (unsigned shift = 0; shift < 64; shift += 8)
			hash = (hash ^ (uint8_t)((uintptr_t)frames[i] >> shift)) * 16777619;
	return hash;
}

static void
note(enum kind kind, void **frames, int n, uint32_t place)
{
	page->fired_kind = kind;
	page->base = _r_debug.r_map->l_addr;
	page->pid = (uint32_t)getpid();
	page->place = place;
	for (int i = 0; i < n; i++)
		page->frames[i] = (uint64_t)(uintptr_t)frames[i];
	page->n_frames = (uint32_t)n;
}

/* Until it is disarmed, or armed for another call; poll() is allowed in every sandbox. */
static void
stall(void)
{
	const struct timespec step = { 0, 1000000 };

	while (page->armed && page->fired > 0)
		(void)ppoll(NULL, 0, &step, NULL);
}

/* Is it this call's turn?  errno is set; SHORT where only some calls know what to do. */
static __attribute__((noinline)) int
fails(enum kind kind)
{
	static _Thread_local bool inside;
	void *frames[FRAMES];
	uint32_t nth, place;
	int error, n = 0;

	if (page == NULL || !page->armed || page->role != role || inside ||
	    (page->kind != KIND_ALL && page->kind != (uint32_t)kind))
		return 0;
	nth = atomic_fetch_add(&page->count, 1) + 1;
	if (page->armed == ARMED_ONCE ? nth != page->n : nth < page->n)
		return 0;
	inside = true;
	place = look(frames, &n);
	if (page->armed == ARMED_TRACE) {
		if (nth <= TRACED)
			page->trace[nth - 1] = place;
		inside = false;
		return 0;
	}
	error = page->error;
	if (atomic_fetch_add(&page->fired, 1) == 0)
		note(kind, frames, n, place);
	if (error == STALL)
		stall();
	inside = false;
	if (error == STALL)
		return 0;
	errno = error == SHORT ? EIO : error;
	return error;
}

static size_t
half(size_t n)
{
	return n > 1 ? n / 2 : n;
}

/* --- memory --- */

void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);

void *
malloc(size_t n)
{
	return fails(KIND_malloc) != 0 ? NULL : __libc_malloc(n);
}

void *
calloc(size_t n, size_t size)
{
	return fails(KIND_malloc) != 0 ? NULL : __libc_calloc(n, size);
}

void *
realloc(void *p, size_t n)
{
	return fails(KIND_malloc) != 0 ? NULL : __libc_realloc(p, n);
}

/* --- calls whose arguments are only handed on --- */

/* Under a name of its own, since headers declare some of them with "..."; the symbol is the call's. */
#define WRAP(kind, type, failed, name, params, args)                 \
	type faulty_##name params __asm__(#name);                    \
	type faulty_##name params                                    \
	{                                                            \
		static type(*next) params;                           \
		if (next == NULL)                                    \
			next = (type(*) params)real(#name);          \
		return fails(KIND_##kind) != 0 ? failed : next args; \
	}

WRAP(fsync, int, -1, fsync, (int fd), (fd))
WRAP(fdatasync, int, -1, fdatasync, (int fd), (fd))
WRAP(syncfs, int, -1, syncfs, (int fd), (fd))
WRAP(ftruncate, int, -1, ftruncate, (int fd, off_t n), (fd, n))
WRAP(ftruncate, int, -1, ftruncate64, (int fd, off_t n), (fd, n))
WRAP(rename, int, -1, rename, (const char *a, const char *b), (a, b))
WRAP(rename, int, -1, renameat, (int d, const char *a, int e, const char *b), (d, a, e, b))
WRAP(rename, int, -1, renameat2, (int d, const char *a, int e, const char *b, unsigned f),
    (d, a, e, b, f))
WRAP(
    link, int, -1, linkat, (int d, const char *a, int e, const char *b, int f), (d, a, e, b, f))
WRAP(symlink, int, -1, symlinkat, (const char *a, int d, const char *b), (a, d, b))
WRAP(unlink, int, -1, unlink, (const char *a), (a))
WRAP(unlink, int, -1, unlinkat, (int d, const char *a, int f), (d, a, f))
WRAP(mkdir, int, -1, mkdirat, (int d, const char *a, mode_t m), (d, a, m))
WRAP(stat, int, -1, stat, (const char *a, struct stat *s), (a, s))
WRAP(stat, int, -1, stat64, (const char *a, struct stat64 *s), (a, s))
WRAP(stat, int, -1, lstat64, (const char *a, struct stat64 *s), (a, s))
WRAP(stat, int, -1, fstat, (int fd, struct stat *s), (fd, s))
WRAP(stat, int, -1, fstat64, (int fd, struct stat64 *s), (fd, s))
WRAP(stat, int, -1, fstatat, (int d, const char *a, struct stat *s, int f), (d, a, s, f))
WRAP(statvfs, int, -1, statvfs, (const char *a, struct statvfs *s), (a, s))
WRAP(readlink, ssize_t, -1, readlinkat, (int d, const char *a, char *b, size_t n), (d, a, b, n))
WRAP(access, int, -1, access, (const char *a, int m), (a, m))
WRAP(access, int, -1, faccessat, (int d, const char *a, int m, int f), (d, a, m, f))
WRAP(chmod, int, -1, fchmod, (int fd, mode_t m), (fd, m))
WRAP(chmod, int, -1, fchown, (int fd, uid_t u, gid_t g), (fd, u, g))
WRAP(lseek, off_t, -1, lseek, (int fd, off_t o, int w), (fd, o, w))
WRAP(flock, int, -1, flock, (int fd, int op), (fd, op))
WRAP(memfd, int, -1, memfd_create, (const char *a, unsigned f), (a, f))
WRAP(mmap, void *, MAP_FAILED, mmap, (void *a, size_t n, int p, int f, int fd, off_t o),
    (a, n, p, f, fd, o))
WRAP(mmap, void *, MAP_FAILED, mmap64, (void *a, size_t n, int p, int f, int fd, off_t o),
    (a, n, p, f, fd, o))
WRAP(socket, int, -1, socket, (int d, int t, int p), (d, t, p))
WRAP(socketpair, int, -1, socketpair, (int d, int t, int p, int *v), (d, t, p, v))
WRAP(connect, int, -1, connect, (int fd, const struct sockaddr *a, socklen_t n), (fd, a, n))
WRAP(bind, int, -1, bind, (int fd, const struct sockaddr *a, socklen_t n), (fd, a, n))
WRAP(listen, int, -1, listen, (int fd, int n), (fd, n))
WRAP(accept, int, -1, accept4, (int fd, struct sockaddr *a, socklen_t *n, int f), (fd, a, n, f))
WRAP(send, ssize_t, -1, send, (int fd, const void *b, size_t n, int f), (fd, b, n, f))
WRAP(sendmsg, ssize_t, -1, sendmsg, (int fd, const struct msghdr *m, int f), (fd, m, f))
WRAP(recvmsg, ssize_t, -1, recvmsg, (int fd, struct msghdr *m, int f), (fd, m, f))
WRAP(waitpid, pid_t, -1, waitpid, (pid_t p, int *s, int f), (p, s, f))
WRAP(dup, int, -1, dup2, (int a, int b), (a, b))
WRAP(inotify, int, -1, inotify_init1, (int f), (f))
WRAP(inotify, int, -1, inotify_add_watch, (int fd, const char *a, uint32_t m), (fd, a, m))
WRAP(inotify, int, -1, inotify_rm_watch, (int fd, int w), (fd, w))
WRAP(epoll_ctl, int, -1, epoll_ctl, (int e, int op, int fd, struct epoll_event *v),
    (e, op, fd, v))
WRAP(
    epoll_wait, int, -1, epoll_wait, (int e, struct epoll_event *v, int n, int t), (e, v, n, t))
WRAP(poll, int, -1, poll, (struct pollfd * p, nfds_t n, int t), (p, n, t))
WRAP(getrandom, ssize_t, -1, getrandom, (void *b, size_t n, unsigned f), (b, n, f))
WRAP(readdir, struct dirent *, NULL, readdir, (DIR * d), (d))
WRAP(syscall, long, -1, syscall, (long n, long a, long b, long c, long d, long e, long f),
    (n, a, b, c, d, e, f))
WRAP(prctl, int, -1, prctl,
    (int op, unsigned long a, unsigned long b, unsigned long c, unsigned long d),
    (op, a, b, c, d))
WRAP(ioctl, int, -1, ioctl, (int fd, unsigned long op, void *a), (fd, op, a))
WRAP(fcntl, int, -1, fcntl, (int fd, int op, long a), (fd, op, a))
WRAP(fcntl, int, -1, fcntl64, (int fd, int op, long a), (fd, op, a))
WRAP(open, int, -1, open, (const char *a, int f, mode_t m), (a, f, m))
WRAP(open, int, -1, open64, (const char *a, int f, mode_t m), (a, f, m))
WRAP(open, int, -1, openat, (int d, const char *a, int f, mode_t m), (d, a, f, m))

/* --- calls that may do less than they were asked for --- */

#define WRAP_IO(kind, name, params, args_whole, args_half)                                  \
	ssize_t faulty_##name params __asm__(#name);                                        \
	ssize_t faulty_##name params                                                        \
	{                                                                                   \
		static ssize_t(*next) params;                                               \
		int error;                                                                  \
		if (next == NULL)                                                           \
			next = (ssize_t(*) params)real(#name);                              \
		error = fails(KIND_##kind);                                                 \
		return error == 0 ? next args_whole : error == SHORT ? next args_half : -1; \
	}

WRAP_IO(read, read, (int fd, void *b, size_t n), (fd, b, n), (fd, b, half(n)))
WRAP_IO(write, write, (int fd, const void *b, size_t n), (fd, b, n), (fd, b, half(n)))
WRAP_IO(pread, pread, (int fd, void *b, size_t n, off_t o), (fd, b, n, o), (fd, b, half(n), o))
WRAP_IO(
    pread, pread64, (int fd, void *b, size_t n, off_t o), (fd, b, n, o), (fd, b, half(n), o))
WRAP_IO(pwrite, pwrite, (int fd, const void *b, size_t n, off_t o), (fd, b, n, o),
    (fd, b, half(n), o))
WRAP_IO(pwrite, pwrite64, (int fd, const void *b, size_t n, off_t o), (fd, b, n, o),
    (fd, b, half(n), o))

/* --- the rest --- */

pid_t
fork(void)
{
	static pid_t (*next)(void);
	pid_t pid;

	if (next == NULL)
		next = (pid_t(*)(void))real("fork");
	if (fails(KIND_fork) != 0)
		return -1;
	pid = next();
	if (pid == 0 && role == ROLE_RULEBOOK)
		role = ROLE_EVALUATOR;
	return pid;
}

static void
put_forward(struct timespec *ts, int64_t by)
{
	int64_t ns = (int64_t)ts->tv_sec * 1000000000 + ts->tv_nsec + by;

	ts->tv_sec = ns / 1000000000;
	ts->tv_nsec = ns % 1000000000;
}

int
clock_gettime(clockid_t clock, struct timespec *ts)
{
	static int (*next)(clockid_t, struct timespec *);
	int done;

	if (next == NULL)
		next = (int (*)(clockid_t, struct timespec *))real("clock_gettime");
	done = next(clock, ts);
	if (done == 0 && page != NULL && clock == CLOCK_REALTIME)
		put_forward(ts, page->clock);
	else if (done == 0 && page != NULL && role == ROLE_KEEPER &&
	    (clock == CLOCK_MONOTONIC || clock == CLOCK_MONOTONIC_COARSE))
		put_forward(ts, page->monotonic);
	return done;
}

time_t
time(time_t *t)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_REALTIME, &ts);
	if (t != NULL)
		*t = ts.tv_sec;
	return ts.tv_sec;
}

int
gettimeofday(struct timeval *restrict tv, void *restrict zone)
{
	struct timespec ts;

	(void)zone;
	(void)clock_gettime(CLOCK_REALTIME, &ts);
	*tv = (struct timeval){ ts.tv_sec, ts.tv_nsec / 1000 };
	return 0;
}

static enum role
role_of_process(void)
{
	static const struct {
		const char *first, *second;
		enum role role;
	} roles[] = {
		{ "poold:", "rulebook", ROLE_RULEBOOK },
		{ "poold:", "publisher", ROLE_PUBLISHER },
		{ "poold", NULL, ROLE_KEEPER },
		{ "poolctl", NULL, ROLE_POOLCTL },
	};
	char line[4096] = "";
	int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
	const char *first = line, *slash, *second;

	if (fd == -1 || read(fd, line, sizeof(line) - 2) <= 0)
		return ROLE_NONE;
	(void)close(fd);
	second = line + strlen(line) + 1;
	if ((slash = strrchr(first, '/')) != NULL)
		first = slash + 1;
	for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++)
		if (strcmp(first, roles[i].first) == 0 &&
		    (roles[i].second == NULL || strcmp(second, roles[i].second) == 0))
			return roles[i].role;
	return ROLE_NONE;
}

/* All that would need a system call is done here, before there is a sandbox. */
__attribute__((constructor)) static void
begin(void)
{
	const char *path = getenv("FAULTY_PAGE");
	int fd = path != NULL ? open(path, O_RDWR | O_CLOEXEC) : -1;
	struct timespec ts;
	void *frames[2], *map;

	if (fd == -1)
		return;
	role = role_of_process();
	(void)backtrace(frames, 2); /* it loads a library the first time */
	(void)clock_gettime(CLOCK_REALTIME, &ts);
	map = mmap(NULL, sizeof(*page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	(void)close(fd);
	if (map == MAP_FAILED || role == ROLE_NONE)
		return;
	page = map;
}
