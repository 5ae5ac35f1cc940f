#include "daemon/syslog_stream.h"

#define MARK(st, i) ((st)->marks[(i) % STREAM_MARKS])

void
stream_set(struct stream *st, uint64_t at)
{
	*st = (struct stream){ .sent = at, .read = at };
}

void
stream_read(struct stream *st, uint64_t to, int64_t now_ms)
{
	if (to <= st->read)
		return;
	if (st->n_marks == 0 || now_ms - MARK(st, st->n_marks - 1).ms >= STREAM_MARK_EVERY) {
		MARK(st, st->n_marks).ms = now_ms;
		MARK(st, st->n_marks).read = st->read;
		st->n_marks++;
	}
	st->read = to;
	st->moved = now_ms;
}

void
stream_sent(struct stream *st, uint64_t sequence, uint64_t most, int64_t now_ms)
{
	/* counting by numbers needs them without a gap, as they are but for what was pruned */
	st->run = sequence == st->sent + 1 ? st->run + 1 : 1;
	st->sent = sequence;
	if (st->run > most)
		stream_read(st, sequence - most, now_ms);
}

void
stream_back(struct stream *st)
{
	unsigned i = st->n_marks > STREAM_MARKS ? st->n_marks - STREAM_MARKS : 0;
	uint64_t back = i < st->n_marks ? MARK(st, i).read : st->read;

	/* the window ends with the last reading, not now: the reader may have been gone for hours */
	for (; i < st->n_marks && MARK(st, i).ms <= st->moved - STREAM_WINDOW_MS; i++)
		back = MARK(st, i).read;
	if (st->read - back > STREAM_WINDOW_MOST)
		back = st->read - STREAM_WINDOW_MOST;
	stream_set(st, back);
}
