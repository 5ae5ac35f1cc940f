/*
 * The sender: records from the ledger's outbox to a unix datagram socket (syslog_socket.c).
 *
 * A send that succeeds went into the queue of a running daemon; the kernel drops that queue when
 * the daemon ends.  So `sent` runs ahead of what the ledger calls told, and told follows when it is
 * certain that the daemon has read:
 *
 *  - the kernel says that nothing of ours waits (SIOCOUTQ is 0), and afterwards the daemon is still
 *    there: the next send succeeds, or a second socket can connect to the same socket file;
 *  - or so many records later that our socket's buffer cannot hold it any more.
 *
 * When the daemon is gone, `sent` goes back to what was read, and further (syslog_stream.h), because
 * what it had read and not yet written went with it.
 *
 * Records go together, SYSLOG_TOGETHER in one call: the reader is woken once for them.
 *
 * Two streams go over the socket, each in order: what is new, and what an administrator asked to
 * have once more.  New records go first; when they fill the socket, the others have ten in every
 * second round, so neither waits for the end of the other.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "daemon/fault.h"
#include "daemon/syslog.h"
#include "daemon/syslog_socket.h"
#include "daemon/syslog_stream.h"

#define SOON_FIRST  2 /* milliseconds: the queue is full */
#define SOON_LAST   200
#define LATER_FIRST 100 /* nobody there */
#define LATER_LAST  5000
#define LOOK_FIRST  5 /* the last record is not known to have been read */
#define LOOK_LAST   500

#define REPEAT_MOST  200 /* in a round that has room */
#define REPEAT_LEAST 10  /* in one that has not */

enum outcome_of_send { SENT, WAIT_SOON, WAIT_LATER };

struct syslog_sender {
	struct syslog_socket socket;
	struct event_origin origin; /* its texts are the two below */
	char hostname[256], app[49];
	enum event_format format;
	bool begun;
	struct stream fresh, repeat;
	uint64_t highest;      /* that was ever told; fresh goes back when the reader is lost */
	uint64_t repeat_last;  /* the last one to be repeated */
	bool repeat_waited;    /* the last round had no room for any */
	bool full;             /* the reader's queue was */
	uint64_t queue;        /* records of ours that can wait unread */
	int soon, later, look; /* the next delays */
	int64_t not_before;    /* milliseconds, monotonic */
	/* records that wait to be sent together, one after the other in `records` */
	struct buf records;
	size_t ends[SYSLOG_TOGETHER];
	uint64_t sequences[SYSLOG_TOGETHER];
	unsigned n;
};

/* What one call of syslog_some() goes through. */
struct round {
	struct syslog_sender *s;
	struct ledger *l;
	struct stream *stream; /* in turn */
	uint32_t n, n_repeated;
	bool too_long; /* the next record, for the socket */
	enum outcome_of_send last;
};

static int64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
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
syslog_new(const char *socket_path, enum event_format format, const struct event_origin *origin)
{
	struct syslog_sender *s = calloc(1, sizeof(*s));

	if (s == NULL || !syslog_socket_init(&s->socket, socket_path)) {
		free(s);
		return NULL;
	}
	s->format = format;
	s->origin = *origin;
	s->origin.hostname = keep(s->hostname, sizeof(s->hostname), origin->hostname);
	s->origin.app = keep(s->app, sizeof(s->app), origin->app);
	s->soon = SOON_FIRST;
	s->later = LATER_FIRST;
	s->look = LOOK_FIRST;
	s->queue = UINT64_MAX;
	tzset(); /* event_cee.c */
	return s;
}

void
syslog_free(struct syslog_sender *s)
{
	if (s == NULL)
		return;
	syslog_socket_close(&s->socket);
	buf_free(&s->records);
	free(s);
}

const char *
syslog_state(const struct syslog_sender *s)
{
	return s->socket.state;
}

bool
syslog_reached(const struct syslog_sender *s)
{
	return s->socket.fd != -1;
}

instant
syslog_away_since(const struct syslog_sender *s)
{
	return s->socket.since;
}

int
syslog_full(const struct syslog_sender *s)
{
	return s->full ? s->socket.fd : -1;
}

static void
everything_was_read(struct syslog_sender *s)
{
	int64_t now = now_ms();

	stream_read(&s->fresh, s->fresh.sent, now);
	stream_read(&s->repeat, s->repeat.sent, now);
}

static bool
is_everything_read(const struct syslog_sender *s)
{
	return s->fresh.sent == s->fresh.read && s->repeat.sent == s->repeat.read;
}

/* The daemon is gone: what it may not have written is to be sent again. */
static void
disconnect(struct syslog_sender *s)
{
	if (s->socket.fd == -1)
		return;
	syslog_socket_close(&s->socket);
	stream_back(&s->fresh);
	stream_back(&s->repeat);
}

/* --- sending --- */

/* false: nobody there. */
static bool
connected(struct syslog_sender *s)
{
	if (s->socket.fd != -1)
		return true;
	if (!syslog_socket_open(&s->socket))
		return false;
	s->queue = syslog_socket_most(&s->socket);
	return true;
}

static enum outcome_of_send
judge_error(struct syslog_sender *s, int error)
{
	syslog_socket_say(&s->socket, error);
	switch (error) {
	case EAGAIN: s->full = true; return WAIT_SOON;
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

/* Those of s->records that were taken. */
static void
were_sent(struct round *r, unsigned n, bool drained)
{
	struct syslog_sender *s = r->s;
	int64_t now = now_ms();
	unsigned i;

	if (n == 0)
		return;
	/* It took these, so it was there all the time. */
	if (drained)
		everything_was_read(s);
	for (i = 0; i < n; i++)
		stream_sent(r->stream, s->sequences[i], s->queue, now);
	syslog_socket_say(&s->socket, 0); /* it keeps up again, if it did not */
	r->n += n;
}

/* Send what waits; false: the rest is for later, or the next one is too long. */
static bool
send_together(struct round *r)
{
	struct syslog_sender *s = r->s;
	struct text records[SYSLOG_TOGETHER];
	unsigned n = s->n, sent, i;
	bool drained;
	int error;

	s->n = 0;
	if (n == 0)
		return true;
	drained = syslog_socket_drained(&s->socket);
	for (i = 0; i < n; i++) {
		size_t begin = i == 0 ? 0 : s->ends[i - 1];

		records[i] = (struct text){ s->records.p + begin, s->ends[i] - begin };
	}
	fault_at(FAULT_TELLING);
	sent = syslog_socket_send(&s->socket, records, n, &error);
	fault_at(FAULT_TOLD);
	were_sent(r, sent, drained);
	if (error == EMSGSIZE)
		r->too_long = true;
	else if (error != 0)
		r->last = judge_error(s, error);
	return error == 0;
}

/* Of at most so many bytes, after those that wait; false: no memory, or the socket is not well. */
static bool
put_record(struct round *r, const struct outbox_row *row, size_t max)
{
	struct syslog_sender *s = r->s;
	const struct event_stamp stamp = { row->sequence, row->when_us };
	struct event ev;

	if (s->n == 0)
		buf_clear(&s->records);
	if (!event_unpack(row->packed, &ev))
		unreadable(&ev);
	event_record(&s->records, s->format, &ev, &s->origin, &stamp, max);
	if (buf_failed(&s->records)) {
		buf_free(&s->records);
		s->n = 0;
		r->last = judge_error(s, ENOMEM);
		return false;
	}
	s->ends[s->n] = s->records.n;
	s->sequences[s->n++] = row->sequence;
	return true;
}

static bool
send_row(void *arg, const struct outbox_row *row)
{
	struct round *r = arg;

	if (!put_record(r, row, EVENT_RECORD_MAX))
		return false;
	return r->s->n < SYSLOG_TOGETHER || send_together(r);
}

/* What the socket finds too long is cut until it takes it. */
static bool
send_cut(void *arg, const struct outbox_row *row)
{
	struct round *r = arg;
	size_t max = EVENT_RECORD_MAX;

	do {
		r->too_long = false;
		if (!put_record(r, row, max))
			return false;
		max = (r->s->records.n < max ? r->s->records.n : max) / 2;
		(void)send_together(r);
	} while (r->too_long && max >= 100);
	if (r->too_long)
		r->last = judge_error(r->s, EMSGSIZE);
	r->too_long = false;
	return false;
}

static void
send_stream(struct round *r, struct stream *st, uint64_t most)
{
	uint32_t before = r->n;
	bool good = true;

	r->stream = st;
	r->s->n = 0; /* what a reading that failed left */
	while (good && r->last == SENT && r->n - before < most) {
		uint32_t left = (uint32_t)most - (r->n - before), had = r->n;

		good = ledger_outbox(r->l, st->sent, r->too_long ? 1 : left,
		    r->too_long ? send_cut : send_row, r);
		if (good)
			(void)send_together(r);
		if (r->n == had && !r->too_long)
			break; /* nothing is left, or nothing goes */
	}
	if (!good) {
		syslog_socket_say_text(&r->s->socket, ledger_error(r->l));
		r->last = WAIT_LATER;
	}
}

static void
send_repeats(struct round *r, uint64_t most)
{
	struct syslog_sender *s = r->s;
	uint64_t left = syslog_repeating(s, NULL);
	uint32_t before = r->n;

	send_stream(r, &s->repeat, left < most ? left : most);
	r->n_repeated += r->n - before;
	/* the end of the outbox was reached before the last one: what is not there cannot be repeated */
	if (r->last == SENT && left > 0 && r->n == before)
		s->repeat_last = s->repeat.sent;
}

static void
send_streams(struct round *r, uint32_t most)
{
	struct syslog_sender *s = r->s;

	s->full = false;
	if (s->repeat_waited)
		send_repeats(r, REPEAT_LEAST);
	send_stream(r, &s->fresh, most);
	if (!s->repeat_waited)
		send_repeats(r, REPEAT_MOST);
	s->repeat_waited = syslog_repeating(s, NULL) > 0 && r->n_repeated == 0;
}

/* The last records, after which none came to prove that they were read. */
static void
confirm(struct syslog_sender *s)
{
	if (s->socket.fd == -1 || is_everything_read(s) || !syslog_socket_drained(&s->socket))
		return;
	if (syslog_socket_still_there(&s->socket))
		everything_was_read(s);
	else
		disconnect(s);
}

/* How far it is told; going back is remembered, too, so that it outlives a crash of our own. */
static void
remember(struct syslog_sender *s, struct ledger *l)
{
	if (s->fresh.read > s->highest)
		s->highest = s->fresh.read;
	if (s->fresh.read < ledger_told(l))
		(void)ledger_untell(l, s->fresh.read);
	else
		(void)ledger_mark_told(l, s->fresh.read);
}

/* --- when --- */

/* The delay to wait, doubled for the next time. */
static int
delay(struct syslog_sender *s, int *next, int last)
{
	int now = *next;

	*next = 2 * now < last ? 2 * now : last;
	s->not_before = now_ms() + now;
	return now;
}

static bool
has_more(const struct syslog_sender *s, struct ledger *l)
{
	return s->fresh.sent < ledger_spooled(l) || syslog_repeating(s, NULL) > 0;
}

static int
when_again(struct syslog_sender *s, const struct round *r)
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
	if (has_more(s, r->l))
		return 1;
	if (is_everything_read(s))
		return 0;
	/* New records need not wait for this: not_before stays. */
	int look = s->look;
	s->look = 2 * look < LOOK_LAST ? 2 * look : LOOK_LAST;
	return look;
}

/* 0: go on; else the milliseconds that are still to be waited. */
static int
still_to_wait(struct syslog_sender *s)
{
	int64_t wait = s->not_before - now_ms();

	if (wait <= 0 || (s->full && syslog_socket_has_room(&s->socket)))
		return 0;
	return (int)wait;
}

int
syslog_some(struct syslog_sender *s, struct ledger *l, uint32_t most)
{
	struct round r = { .s = s, .l = l };
	int wait = still_to_wait(s);

	if (wait > 0)
		return wait;
	if (!s->begun)
		stream_set(&s->fresh, ledger_told(l));
	s->begun = true;
	if (syslog_socket_moved(&s->socket, now_ms()))
		disconnect(s);
	confirm(s);
	if (!has_more(s, l) && is_everything_read(s)) {
		remember(s, l);
		return 0;
	}
	if (!connected(s))
		r.last = WAIT_LATER;
	else
		send_streams(&r, most);
	/* A restarted daemon refuses the old connection once: the new one is tried at once. */
	if (r.last == WAIT_LATER && s->socket.fd == -1 && s->not_before == 0 && connected(s)) {
		r = (struct round){ .s = s, .l = l };
		send_streams(&r, most);
	}
	confirm(s);
	remember(s, l);
	if (r.n > 0)
		fault_at(FAULT_TOLD_MARKED);
	return when_again(s, &r);
}

/* --- once more --- */

uint64_t
syslog_repeating(const struct syslog_sender *s, uint64_t *from)
{
	if (from != NULL)
		*from = s->repeat.sent + 1;
	return s->repeat_last > s->repeat.sent ? s->repeat_last - s->repeat.sent : 0;
}

uint64_t
syslog_repeat(struct syslog_sender *s, struct ledger *l, uint64_t from)
{
	uint64_t told = ledger_told(l) > s->highest ? ledger_told(l) : s->highest, next;
	bool running = syslog_repeating(s, &next) > 0;

	if (from == 0 || from > told)
		return syslog_repeating(s, NULL);
	if (!running || from < next)
		stream_set(&s->repeat, from - 1);
	s->repeat_last = told;
	return syslog_repeating(s, NULL);
}
