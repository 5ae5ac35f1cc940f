/*
 * The sender: RFC 5424 records from the ledger's outbox to a unix datagram socket.
 *
 * The socket is connected, which means connected to one running daemon, not to a path.  A send
 * says ECONNREFUSED when that daemon is gone and EAGAIN when its queue is full, so nothing is
 * sent into the void.  What is left are the datagrams that wait in the queue of a daemon that
 * ends: the kernel drops them.  So `sent` runs ahead of what the ledger calls told, and told
 * follows when it is certain:
 *
 *  - the kernel says that nothing of ours waits (SIOCOUTQ is 0), and afterwards the daemon is still
 *    there: the next send succeeds, or a second socket can connect to the same socket file;
 *  - or so many records later that our socket cannot hold it any more (its buffer is bounded).
 *
 * When the daemon is gone, `sent` goes back to told.
 */
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <errno.h>
#include <linux/sockios.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "daemon/fault.h"
#include "daemon/syslog.h"

#define SOON_FIRST  2 /* milliseconds: the queue is full */
#define SOON_LAST   200
#define LATER_FIRST 100 /* nobody there */
#define LATER_LAST  30000
#define LOOK_FIRST  5 /* the last record is not known to have been read */
#define LOOK_LAST   500
/* of the kernel's memory for a datagram, its own records of it included */
#define DATAGRAM_LEAST 512

enum outcome_of_send { SENT, WAIT_SOON, WAIT_LATER };

struct syslog_sender {
	struct sockaddr_un address;
	struct event_origin origin; /* its texts are the two below */
	char hostname[256], app[49];
	int fd;
	struct stat at_connect; /* the socket file, when we connected */
	uint64_t sent;          /* by this connection, or told */
	uint64_t read;          /* known to have been read */
	uint64_t queue;         /* records of ours that can wait unread */
	int soon, later, look;  /* the next delays */
	int64_t not_before;     /* milliseconds, monotonic */
	struct buf record;
	char state[240];
};

/* What one call of syslog_some() goes through. */
struct round {
	struct syslog_sender *s;
	uint32_t n;
	enum outcome_of_send last;
};

static int64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/*
 * How many records of ours can wait unread: each takes more than DATAGRAM_LEAST bytes of the socket's own
 * buffer until it is read.  The reader's limit (max_dgram_qlen) may be lower, but it is that of its
 * network namespace, which need not be ours.
 */
static uint64_t
queue_length(int fd)
{
	int bytes = 0;
	socklen_t n = sizeof(bytes);

	if (getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, &n) == -1 || bytes <= 0)
		return UINT64_MAX; /* never certain by number */
	return (uint64_t)bytes / DATAGRAM_LEAST + 2;
}

/* A copy that lasts as long as the sender. */
static struct text
keep(char *room, size_t size, struct text t)
{
	size_t n = t.n < size ? t.n : size - 1;

	memcpy(room, t.p, n);
	return (struct text){ room, n };
}

struct syslog_sender *
syslog_new(const char *socket_path, const struct event_origin *origin)
{
	struct syslog_sender *s;

	if (strlen(socket_path) >= sizeof(s->address.sun_path) ||
	    (s = calloc(1, sizeof(*s))) == NULL)
		return NULL;
	s->address.sun_family = AF_UNIX;
	snprintf(s->address.sun_path, sizeof(s->address.sun_path), "%s", socket_path);
	s->origin = *origin;
	s->origin.hostname = keep(s->hostname, sizeof(s->hostname), origin->hostname);
	s->origin.app = keep(s->app, sizeof(s->app), origin->app);
	s->fd = -1;
	s->soon = SOON_FIRST;
	s->later = LATER_FIRST;
	s->look = LOOK_FIRST;
	s->queue = UINT64_MAX;
	snprintf(s->state, sizeof(s->state), "nothing sent yet to %s", socket_path);
	return s;
}

void
syslog_free(struct syslog_sender *s)
{
	if (s == NULL)
		return;
	if (s->fd != -1)
		close(s->fd);
	buf_free(&s->record);
	free(s);
}

const char *
syslog_state(const struct syslog_sender *s)
{
	return s->state;
}

bool
syslog_reached(const struct syslog_sender *s)
{
	return s->fd != -1;
}

/* A socket connected to whoever listens; -1: nobody, errno says why. */
static int
connect_to(const struct syslog_sender *s)
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

static void
set_state(struct syslog_sender *s, int error)
{
	const char *path = s->address.sun_path;

	if (error == 0)
		snprintf(s->state, sizeof(s->state), "connected to %s", path);
	else if (error == ENOENT)
		snprintf(s->state, sizeof(s->state),
		    "no socket at %s: is syslog-ng set up for poold?", path);
	else if (error == ECONNREFUSED)
		snprintf(s->state, sizeof(s->state),
		    "nobody listens at %s: is syslog-ng running?", path);
	else if (error == EAGAIN)
		snprintf(s->state, sizeof(s->state), "the reader of %s does not keep up", path);
	else
		snprintf(
		    s->state, sizeof(s->state), "cannot send to %s: %s", path, strerror(error));
}

/* The daemon is gone: what it may not have read is to be sent again. */
static void
disconnect(struct syslog_sender *s)
{
	if (s->fd != -1)
		close(s->fd);
	s->fd = -1;
	s->sent = s->read;
}

static bool
connected(struct syslog_sender *s)
{
	if (s->fd != -1)
		return true;
	if ((s->fd = connect_to(s)) == -1) {
		set_state(s, errno);
		return false;
	}
	s->queue = queue_length(s->fd);
	if (stat(s->address.sun_path, &s->at_connect) == -1)
		s->at_connect = (struct stat){ 0 };
	set_state(s, 0);
	return true;
}

/* Nothing of ours waits in the daemon's queue (or the daemon is gone). */
static bool
nothing_waits(const struct syslog_sender *s)
{
	int bytes;

	return ioctl(s->fd, SIOCOUTQ, &bytes) == 0 && bytes == 0;
}

/*
 * The daemon that we are connected to is still there.  A socket file belongs to one socket for
 * ever, so it is if somebody listens at the file that was there when we connected.
 */
static bool
still_there(const struct syslog_sender *s)
{
	const struct stat *was = &s->at_connect;
	struct stat is;
	int probe;

	if (stat(s->address.sun_path, &is) == -1 || is.st_ino != was->st_ino ||
	    is.st_dev != was->st_dev || is.st_ctim.tv_sec != was->st_ctim.tv_sec ||
	    is.st_ctim.tv_nsec != was->st_ctim.tv_nsec)
		return false;
	if ((probe = connect_to(s)) == -1)
		return false;
	close(probe);
	return true;
}

/* One datagram; 0 or an errno.  What the socket finds too long is cut until it takes it. */
static int
send_record(struct syslog_sender *s, const struct event *ev, uint64_t sequence, int64_t when_us)
{
	size_t max = EVENT_RECORD_MAX;
	int error;

	do {
		buf_clear(&s->record);
		event_rfc5424_cut(&s->record, ev, &s->origin, sequence, when_us, max);
		if (buf_failed(&s->record))
			return ENOMEM;
		do
			error = send(s->fd, s->record.p, s->record.n,
				    MSG_NOSIGNAL | MSG_DONTWAIT) == -1
			    ? errno
			    : 0;
		while (error == EINTR);
		max /= 2;
	} while (error == EMSGSIZE && max >= 200);
	return error;
}

static enum outcome_of_send
judge_error(struct syslog_sender *s, int error)
{
	set_state(s, error);
	switch (error) {
	case EAGAIN:
	case ENOBUFS:
	case ENOMEM: return WAIT_SOON;
	default: disconnect(s); return WAIT_LATER;
	}
}

/* A row that cannot be read is said to be so, under its own number: there is no gap. */
static void
unreadable(struct event *ev)
{
	event_begin(ev, EV_LEDGER);
	event_str(ev, "what", "The event of this number in the outbox could not be read.");
}

static bool
send_row(void *arg, const struct outbox_row *row)
{
	struct round *r = arg;
	struct syslog_sender *s = r->s;
	struct event ev;
	bool all_read = nothing_waits(s);
	int error;

	if (!event_unpack(row->packed, &ev))
		unreadable(&ev);
	fault_at(FAULT_TELLING);
	if ((error = send_record(s, &ev, row->sequence, row->when_us)) != 0) {
		r->last = judge_error(s, error);
		return false;
	}
	/* It took this one, so it was there all the time. */
	if (all_read && s->sent > s->read)
		s->read = s->sent;
	fault_at(FAULT_TOLD);
	s->sent = row->sequence;
	set_state(s, 0); /* it keeps up again, if it did not */
	if (s->sent > s->queue && s->sent - s->queue > s->read)
		s->read = s->sent - s->queue;
	r->n++;
	return true;
}

/* The last records, after which none came to prove that they were read. */
static void
confirm(struct syslog_sender *s)
{
	if (s->fd == -1 || s->sent == s->read || !nothing_waits(s))
		return;
	if (still_there(s))
		s->read = s->sent;
	else
		disconnect(s);
}

/* The delay to wait, doubled for the next time. */
static int
delay(struct syslog_sender *s, int *next, int last)
{
	int now = *next;

	*next = 2 * now < last ? 2 * now : last;
	s->not_before = now_ms() + now;
	return now;
}

static int
when_again(struct syslog_sender *s, const struct round *r, uint32_t most, bool empty)
{
	if (r->n > 0) {
		s->soon = SOON_FIRST;
		s->later = LATER_FIRST;
		s->look = LOOK_FIRST;
	}
	if (r->last == WAIT_LATER)
		return delay(s, &s->later, LATER_LAST);
	if (r->last == WAIT_SOON)
		return delay(s, &s->soon, SOON_LAST);
	s->not_before = 0;
	if (r->n == most && !empty)
		return 1;
	if (empty && s->sent == s->read)
		return 0;
	/* New records need not wait for this: not_before stays. */
	int look = s->look;
	s->look = 2 * look < LOOK_LAST ? 2 * look : LOOK_LAST;
	return look;
}

int
syslog_some(struct syslog_sender *s, struct ledger *l, uint32_t most)
{
	struct round r = { .s = s };
	uint64_t told = ledger_told(l);
	int64_t wait = s->not_before - now_ms();

	if (wait > 0)
		return (int)wait;
	if (s->sent < told)
		s->sent = s->read = told;
	confirm(s);
	if (s->sent == ledger_spooled(l) && s->sent == s->read) {
		ledger_mark_told(l, s->read);
		return 0;
	}
	if (!connected(s))
		r.last = WAIT_LATER;
	else if (!ledger_outbox(l, s->sent, most, send_row, &r))
		r.last = WAIT_LATER;
	/* A restarted daemon refuses the old connection once: the new one is tried at once. */
	if (r.last == WAIT_LATER && s->fd == -1 && s->not_before == 0 && connected(s)) {
		r.last = SENT;
		r.n = 0;
		if (!ledger_outbox(l, s->sent, most, send_row, &r))
			r.last = WAIT_LATER;
	}
	confirm(s);
	ledger_mark_told(l, s->read);
	if (r.n > 0)
		fault_at(FAULT_TOLD_MARKED);
	return when_again(s, &r, most, s->sent == ledger_spooled(l));
}
