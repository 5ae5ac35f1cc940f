/*
 * An event as an RFC 5424 record:
 *
 *   <PRI>1 TIME HOST APP PID MSGID [meta sequenceId="N"][poold@32473 sequence="N" …] BOM line
 *
 * Names of structured data are unique and in lower case, because syslog-ng keeps only the last
 * of equal names and rsyslog changes their case.  meta sequenceId wraps at 2^31 - 1 as the RFC
 * wants, and a relay may write its own; `sequence` never does.
 *
 * A record is at most 8,000 bytes, which every receiver takes.  What is too long is tried again
 * with every value cut to half as much, so that the longest are cut first.
 */
#include "daemon/event.h"

#define BOM          "\xef\xbb\xbf"
#define SD_ID        "poold@32473"
#define SEQUENCE_MAX 2147483647u
#define LONGEST      4096
#define SHORTEST     8

/* How much of an event is written. */
struct fit {
	size_t value;  /* bytes of a text */
	bool line;     /* the readable line's tags as well */
	uint32_t tags; /* the first so many */
};

struct writing {
	const struct event *ev;
	const struct event_origin *origin;
	uint64_t sequence;
	int64_t when_us;
};

/* A header field: printable ASCII without spaces, at most max characters, "-" when empty. */
static void
put_field(struct buf *out, struct text t, size_t max)
{
	size_t start = out->n;

	for (size_t i = 0; i < t.n && i < max; i++) {
		if (t.p[i] > ' ' && t.p[i] < 0x7f)
			buf_char(out, t.p[i]);
	}
	if (out->n == start)
		buf_char(out, '-');
}

/* RFC 3339 with microseconds. */
static void
put_time(struct buf *out, int64_t when_us)
{
	int64_t seconds = when_us / 1000000, micro = when_us % 1000000;

	if (micro < 0) {
		micro += 1000000;
		seconds--;
	}
	time_format(out, seconds);
	if (buf_failed(out) || out->n == 0)
		return;
	out->n--; /* the Z */
	buf_printf(out, ".%06lldZ", (long long)micro);
}

static void
put_header(struct buf *out, const struct writing *w)
{
	buf_printf(out, "<%u>1 ", w->origin->facility * 8u + (w->ev->severity & 7u));
	put_time(out, w->when_us);
	buf_char(out, ' ');
	put_field(out, w->origin->hostname, 255);
	buf_char(out, ' ');
	put_field(out, w->origin->app, 48);
	buf_printf(out, " %lld %s [meta sequenceId=\"%llu\"][" SD_ID " sequence=\"%llu\"",
	    (long long)w->origin->pid, event_table[w->ev->id].name,
	    (unsigned long long)((w->sequence - 1) % SEQUENCE_MAX + 1),
	    (unsigned long long)w->sequence);
}

/* The RFC's three characters; control characters are gone already. */
static void
put_param(struct buf *out, const char *name, struct text value)
{
	buf_printf(out, " %s=\"", name);
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] == '"' || value.p[i] == '\\' || value.p[i] == ']')
			buf_char(out, '\\');
		buf_char(out, value.p[i]);
	}
	buf_char(out, '"');
}

static void
put_params(struct buf *out, const struct event *ev, size_t max, struct buf *cut)
{
	struct buf value = { 0 };

	for (uint32_t i = 0; i < ev->n; i++) {
		buf_clear(&value);
		if (event_value(&value, &ev->tags[i], max))
			buf_printf(cut, "%s%s", cut->n > 0 ? " " : "", ev->tags[i].name);
		put_param(out, ev->tags[i].name, buf_as_text(&value));
	}
	buf_free(&value);
}

/* One attempt. */
static void
put_record(struct buf *out, const struct writing *w, const struct fit *fit)
{
	struct buf cut = { 0 };
	struct event some = *w->ev;

	some.n = fit->tags;
	put_header(out, w);
	put_params(out, &some, fit->value, &cut);
	if (fit->tags < w->ev->n)
		buf_printf(&cut, "%sand %u more", cut.n > 0 ? " " : "", w->ev->n - fit->tags);
	if (cut.n > 0)
		put_param(out, "cut", buf_as_text(&cut));
	buf_str(out, "] " BOM);
	if (!fit->line)
		some.n = 0;
	event_line_cut(out, &some, fit->value, buf_as_text(&cut));
	buf_free(&cut);
}

/* Less of the event; false: there is nothing left to leave out. */
static bool
tighten(struct fit *fit)
{
	if (fit->value > SHORTEST)
		fit->value /= 2;
	else if (fit->line)
		fit->line = false;
	else if (fit->tags > 0)
		fit->tags--;
	else
		return false;
	return true;
}

void
event_rfc5424_cut(struct buf *out, const struct event *ev, const struct event_origin *origin,
    uint64_t sequence, int64_t when_us, size_t max)
{
	struct writing w = { ev, origin, sequence, when_us };
	struct fit fit = { LONGEST, true, ev->n };
	size_t start = out->n;

	put_record(out, &w, &fit);
	while (!buf_failed(out) && out->n - start > max && tighten(&fit)) {
		out->n = start;
		put_record(out, &w, &fit);
	}
}

void
event_rfc5424(struct buf *out, const struct event *ev, const struct event_origin *origin,
    uint64_t sequence, int64_t when_us)
{
	event_rfc5424_cut(out, ev, origin, sequence, when_us, EVENT_RECORD_MAX);
}
