/*
 * Sends events through a ledger's outbox and the real sender, and writes what a reader has to
 * receive, one JSON object an event.
 *
 * usage: send_events DIR SOCKET odd [FORMAT]   each odd value once; FORMAT rfc5424 or cee
 *        send_events DIR SOCKET N PAUSE_US     N numbered events, spooled ten at a time while sending
 *
 * Ends when everything is told; exit 1 when it is not within a minute.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "daemon/syslog.h"

#define DEADLINE 60

static const struct event_origin origin = {
	.hostname = { "audit.example", 13 },
	.app = { "poold", 5 },
	.pid = 4711,
	.facility = 3,
};

static char long_text[200000];

static const struct text odd[] = {
	{ "plain", 5 },
	{ "", 0 },
	{ " spaces at the ends ", 20 },
	{ "a\"quote\"", 8 },
	{ "a\\backslash\\", 12 },
	{ "a]bracket] [x@1 y=\"z\"]", 22 },
	{ "line\nfeed\r\n", 11 },
	{ "nul\0inside", 10 },
	{ "\x1b[31mred\x1b[0m\x07", 13 },
	{ "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", 14 },
	{ "bad \xff\xfe\xc3 utf-8", 13 },
	{ "\xe2\x80\xae"
	  "desrever",
	    11 },
	{ "\xef\xbb\xbf"
	  "bom",
	    6 },
	{ "<script>alert('x')</script>", 27 },
	{ "%s%n $(format-json) ${MSG} @cee: {}", 35 },
	{ "<34>1 2003-10-11T22:14:15.003Z forged - - - - x", 47 },
	{ long_text, 3000 },
	{ long_text, sizeof(long_text) },
};

/* The event as a reader has to see it. */
static void
expect(const struct event *ev, uint64_t sequence)
{
	struct buf line = { 0 }, value = { 0 };

	buf_printf(&line,
	    "{\"sequence\": %llu, \"msgid\": \"%s\", \"severity\": %u, \"tags\": {",
	    (unsigned long long)sequence, event_table[ev->id].name, ev->severity);
	for (uint32_t i = 0; i < ev->n; i++) {
		buf_clear(&value);
		event_value(&value, &ev->tags[i], SIZE_MAX);
		buf_printf(&line, "%s\"%s\": \"", i > 0 ? ", " : "", ev->tags[i].name);
		buf_json(&line, buf_as_text(&value));
		buf_char(&line, '"');
	}
	buf_str(&line, "}}");
	puts(line.p);
	buf_free(&line);
	buf_free(&value);
}

static int64_t
now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static void
must(bool ok, struct ledger *l)
{
	if (ok)
		return;
	fprintf(stderr, "%s\n", ledger_error(l));
	exit(1);
}

static void
spool_odd(struct ledger *l)
{
	struct event ev;

	for (size_t i = 0; i < sizeof(odd) / sizeof(*odd); i++) {
		event_begin(&ev, (enum event_id)(i % EVENT_IDS));
		event_int(&ev, "seq", -(int64_t)i);
		event_text(&ev, "name", odd[i]);
		event_money(&ev, "at_stake", 123456789);
		event_time(&ev, "received", 1417190700);
		must(ledger_spool(l, &ev, now_us()), l);
		expect(&ev, ledger_spooled(l));
	}
}

static void
spool_ten(struct ledger *l)
{
	struct event ev;

	must(ledger_begin(l), l);
	for (int i = 0; i < 10; i++) {
		event_begin(&ev, EV_STATUS);
		event_int(&ev, "judged", (int64_t)ledger_spooled(l) + i);
		must(ledger_spool(l, &ev, now_us()), l);
		expect(&ev, ledger_spooled(l) + (uint64_t)i + 1);
	}
	must(ledger_commit(l), l);
}

/* Until everything is told, or for as long as the caller has. */
static int
drain(struct syslog_sender *s, struct ledger *l, int64_t for_us)
{
	int64_t end = now_us() + for_us;
	int wait;

	while ((wait = syslog_some(s, l, 100)) != 0 && now_us() < end) {
		if (wait > 1)
			usleep(1000u * (unsigned)(wait < 20 ? wait : 20));
	}
	return wait;
}

int
main(int argc, char **argv)
{
	char why[1024];
	struct ledger *l;
	struct syslog_sender *s;
	enum event_format format = EVENT_RFC5424;
	int rc;

	if (argc < 4) {
		fprintf(stderr, "usage: send_events DIR SOCKET odd [FORMAT] | N PAUSE_US\n");
		return 64;
	}
	memset(long_text, 'x', sizeof(long_text));
	event_use_evtlog();
	setvbuf(stdout, NULL, _IOLBF, 0);
	l = ledger_open(argv[1], why, sizeof(why));
	if (argc > 4 && strcmp(argv[4], event_format_names[EVENT_CEE]) == 0)
		format = EVENT_CEE;
	s = syslog_new(argv[2], format, &origin);
	if (l == NULL || s == NULL) {
		fprintf(stderr, "%s\n", l == NULL ? why : "no sender");
		return 1;
	}
	if (strcmp(argv[3], "odd") == 0) {
		spool_odd(l);
	} else {
		for (int i = 0; i < atoi(argv[3]); i += 10) {
			spool_ten(l);
			drain(s, l, argc > 4 ? atoi(argv[4]) : 0);
		}
	}
	rc = drain(s, l, DEADLINE * 1000000LL) == 0 && ledger_told(l) == ledger_spooled(l) ? 0
											   : 1;
	fprintf(stderr, "%s\n", syslog_state(s));
	syslog_free(s);
	ledger_close(l);
	return rc;
}
