/*
 * Writes packed events as records, for a test that makes up events and reads the records itself.
 *
 * usage: render_events <REQUESTS >RECORDS
 *
 * A request: format u8 (0 rfc5424, 1 cee), longest record u32, sequence u64, microseconds i64, length
 * u32, packed event; all little-endian.  The answer: length u32, record; a length of 0xffffffff and
 * nothing after it when the event is refused.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "daemon/event.h"

static const struct event_origin origin = {
	.hostname = { "audit.example", 13 },
	.app = { "poold", 5 },
	.pid = 4711,
	.facility = 3,
};

/* A number of so many bytes; ends the program at the end of the requests. */
static uint64_t
number(unsigned bytes)
{
	uint64_t n = 0;
	int c;

	for (unsigned i = 0; i < bytes; i++) {
		if ((c = getchar()) == EOF)
			exit(0);
		n |= (uint64_t)(unsigned char)c << (8 * i);
	}
	return n;
}

static void
put_length(uint32_t n)
{
	for (unsigned i = 0; i < 4; i++)
		putchar((int)(n >> (8 * i) & 0xff));
}

static void
answer(
    enum event_format format, const struct event_stamp *stamp, size_t max, struct text packed)
{
	struct buf record = { 0 };
	struct event ev;

	if (!event_unpack(packed, &ev)) {
		put_length(UINT32_MAX);
		return;
	}
	event_record(&record, format, &ev, &origin, stamp, max);
	if (buf_failed(&record))
		exit(1);
	put_length((uint32_t)record.n);
	fwrite(record.p, 1, record.n, stdout);
	buf_free(&record);
}

int
main(void)
{
	tzset();
	for (;;) {
		enum event_format format = (enum event_format)number(1);
		size_t max = (size_t)number(4);
		struct event_stamp stamp = { number(8), 0 };
		size_t n;
		char *packed;

		stamp.when_us = (int64_t)number(8);
		n = (size_t)number(4);
		packed = malloc(n + 1);
		if (packed == NULL || fread(packed, 1, n, stdin) != n ||
		    format >= EVENT_FORMATS)
			return 1;
		answer(format, &stamp, max, (struct text){ packed, n });
		free(packed);
	}
}
