#include "daemon/syslog_socket.h"

#include <sys/ioctl.h>
#include <sys/socket.h>

#include <errno.h>
#include <linux/sockios.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LOOK_EVERY 1000 /* milliseconds */
/* of the kernel's memory for a datagram, its own records of it included */
#define DATAGRAM_LEAST 512

bool
syslog_socket_init(struct syslog_socket *s, const char *path)
{
	if (strlen(path) >= sizeof(s->address.sun_path))
		return false;
	s->address.sun_family = AF_UNIX;
	snprintf(s->address.sun_path, sizeof(s->address.sun_path), "%s", path);
	s->fd = -1;
	snprintf(s->state, sizeof(s->state), "nothing sent yet to %s", path);
	return true;
}

/* A socket connected to whoever listens; -1: nobody, errno says why. */
static int
connect_to(const struct syslog_socket *s)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), saved;

	if (fd != -1 &&
	    connect(fd, (const struct sockaddr *)&s->address, sizeof(s->address)) == -1) {
		saved = errno;
		close(fd);
		errno = saved;
		return -1;
	}
	return fd;
}

bool
syslog_socket_open(struct syslog_socket *s)
{
	if ((s->fd = connect_to(s)) == -1) {
		syslog_socket_say(s, errno);
		return false;
	}
	if (stat(s->address.sun_path, &s->at_connect) == -1)
		s->at_connect = (struct stat){ 0 };
	return true;
}

/*
 * Each takes more than DATAGRAM_LEAST bytes of the socket's own buffer until it is read.  The
 * reader's limit (max_dgram_qlen) may be lower, but it is that of its network namespace, which need
 * not be ours.
 */
uint64_t
syslog_socket_most(const struct syslog_socket *s)
{
	int bytes = 0;
	socklen_t n = sizeof(bytes);

	if (getsockopt(s->fd, SOL_SOCKET, SO_SNDBUF, &bytes, &n) == -1 || bytes <= 0)
		return UINT64_MAX; /* never certain by number */
	return (uint64_t)bytes / DATAGRAM_LEAST + 2;
}

void
syslog_socket_close(struct syslog_socket *s)
{
	if (s->fd != -1)
		close(s->fd);
	s->fd = -1;
}

unsigned
syslog_socket_send(struct syslog_socket *s, const struct text *records, unsigned n, int *error)
{
	struct mmsghdr messages[SYSLOG_TOGETHER];
	struct iovec parts[SYSLOG_TOGETHER];
	unsigned sent = 0, i;
	int more;

	(void)memset(messages, 0, sizeof(messages));
	for (i = 0; i < n; i++) {
		parts[i] = (struct iovec){ (void *)(uintptr_t)records[i].p, records[i].n };
		messages[i].msg_hdr.msg_iov = &parts[i];
		messages[i].msg_hdr.msg_iovlen = 1;
	}
	*error = 0;
	/* some and then an error: the next call says which */
	while (sent < n && *error == 0) {
		more = sendmmsg(s->fd, messages + sent, n - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (more > 0)
			sent += (unsigned)more;
		else if (errno != EINTR)
			*error = errno;
	}
	return sent;
}

bool
syslog_socket_drained(const struct syslog_socket *s)
{
	int bytes;

	return ioctl(s->fd, SIOCOUTQ, &bytes) == 0 && bytes == 0;
}

bool
syslog_socket_has_room(const struct syslog_socket *s)
{
	struct pollfd p = { .fd = s->fd, .events = POLLOUT };

	/* an error or a hang-up is for send() to tell */
	return s->fd == -1 || poll(&p, 1, 0) != 0;
}

static bool
same_file(const struct syslog_socket *s)
{
	const struct stat *was = &s->at_connect;
	struct stat is;

	return stat(s->address.sun_path, &is) == 0 && is.st_ino == was->st_ino &&
	    is.st_dev == was->st_dev && is.st_ctim.tv_sec == was->st_ctim.tv_sec &&
	    is.st_ctim.tv_nsec == was->st_ctim.tv_nsec;
}

bool
syslog_socket_still_there(const struct syslog_socket *s)
{
	int probe;

	if (!same_file(s) || (probe = connect_to(s)) == -1)
		return false;
	close(probe);
	return true;
}

bool
syslog_socket_moved(struct syslog_socket *s, int64_t now_ms)
{
	if (s->fd == -1 || now_ms - s->looked < LOOK_EVERY)
		return false;
	s->looked = now_ms;
	return !same_file(s);
}

/* Nobody listens: or what is there is no socket at all. */
static const char *
refused_by(const char *path)
{
	struct stat is;

	if (lstat(path, &is) == 0 && S_ISREG(is.st_mode))
		return "a regular file, and no socket, is at %s: remove it and restart "
		       "syslog-ng";
	if (stat(path, &is) == 0 && !S_ISSOCK(is.st_mode))
		return "what is at %s is no socket: remove it and restart syslog-ng";
	return "nobody listens at %s: is syslog-ng running?";
}

/* Each has the path in it. */
static const struct {
	int error;
	const char *state;
} states[] = {
	{ 0, "connected to %s" },
	{ ENOENT, "no socket at %s: is syslog-ng set up for poold?" },
	{ ENOTDIR, "a folder of %s is no folder: mend the key syslog in poold.conf" },
	{ ELOOP, "symbolic links lead nowhere from %s: mend the key syslog in poold.conf" },
	{ EPROTOTYPE,
	    "the socket at %s is no datagram socket: its source in syslog-ng must be "
	    "unix-dgram(), not unix-stream()" },
	{ EACCES,
	    "poold may not write to %s: its source in syslog-ng needs group() and "
	    "perm(0660) that let poold, and its folder must be open to poold" },
	{ EAGAIN, "the reader of %s does not keep up" },
	{ EMSGSIZE, "%s does not take even the shortest record" },
};

static const char *
state_of(int error, const char *path)
{
	size_t i;

	if (error == ECONNREFUSED)
		return refused_by(path);
	for (i = 0; i < sizeof(states) / sizeof(*states); i++)
		if (states[i].error == error)
			return states[i].state;
	return NULL;
}

static void
since_now(struct syslog_socket *s)
{
	if (s->since == 0)
		s->since = (instant)time(NULL);
}

void
syslog_socket_say(struct syslog_socket *s, int error)
{
	const char *path = s->address.sun_path, *state = state_of(error, path), *at;

	if (error == 0)
		s->since = 0;
	else
		since_now(s);
	if (state == NULL) {
		snprintf(
		    s->state, sizeof(s->state), "cannot send to %s: %s", path, strerror(error));
		return;
	}
	at = strstr(state, "%s");
	snprintf(
	    s->state, sizeof(s->state), "%.*s%s%s", (int)(at - state), state, path, at + 2);
}

void
syslog_socket_say_text(struct syslog_socket *s, const char *text)
{
	since_now(s);
	snprintf(s->state, sizeof(s->state), "%s", text);
}
