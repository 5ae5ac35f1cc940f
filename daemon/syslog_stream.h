/*
 * How far the sender has come in the outbox: what it has sent, what the reader is known to have
 * read, and where to go back to when the reader is gone.
 *
 * What a daemon has read and not yet written goes with it when it is killed.  So a stream goes back
 * further than what was read: by STREAM_WINDOW_MS of reading, at most STREAM_WINDOW_MOST records,
 * which is what syslog-ng has room for in memory unless it is set otherwise (log-fifo-size).
 */
#ifndef DAEMON_SYSLOG_STREAM_H
#define DAEMON_SYSLOG_STREAM_H

#include <stdint.h>

#define STREAM_WINDOW_MS   5000
#define STREAM_WINDOW_MOST 10000
#define STREAM_MARKS       16
#define STREAM_MARK_EVERY  500 /* milliseconds; all marks together cover more than the window */

struct stream {
	uint64_t sent; /* over this connection, or read */
	uint64_t read; /* known to have been read */
	uint64_t run;  /* how many were sent in a row without a gap in the numbers */
	struct {
		int64_t ms;
		uint64_t read; /* just before then */
	} marks[STREAM_MARKS];
	unsigned n_marks; /* ever set: the last STREAM_MARKS are there */
	int64_t moved;    /* when `read` moved last */
};

/* Begin after this record. */
void stream_set(struct stream *, uint64_t at);
/* This one was sent; most: how many can wait unread, so that those before them were read. */
void stream_sent(struct stream *, uint64_t sequence, uint64_t most, int64_t now_ms);
/* All up to this one are known to have been read. */
void stream_read(struct stream *, uint64_t to, int64_t now_ms);
/* The reader is gone: back to what it had certainly written. */
void stream_back(struct stream *);

#endif
