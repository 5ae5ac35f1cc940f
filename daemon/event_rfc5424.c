/*
 * An event as an RFC 5424 record:
 *
 *   <PRI>1 TIME HOST APP PID MSGID [meta sequenceId="N"][poold@32473 sequence="N" …] BOM line
 *
 * Names of structured data are unique and in lower case, because syslog-ng keeps only the last
 * of equal names and rsyslog changes their case.  meta sequenceId wraps at 2^31 - 1 as the RFC
 * wants, and a relay may write its own; `sequence` never does.
 */
#include "daemon/event_private.h"

#define BOM          "\xef\xbb\xbf"
#define SD_ID        "poold@32473"
#define SEQUENCE_MAX 2147483647u

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

static void
put_header(struct buf *out, const struct event_writing *w)
{
	event_put_priority(out, w);
	buf_str(out, "1 ");
	event_put_time(out, w->when_us);
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
put_tag(struct buf *out, const struct event_tag *tag, struct text value)
{
	put_param(out, tag->name, value);
}

void
event_put_rfc5424(struct buf *out, const struct event_writing *w, const struct event_fit *fit)
{
	struct buf cut = { 0 };

	put_header(out, w);
	event_put_tags(out, w, fit, put_tag, &cut);
	if (cut.n > 0)
		put_param(out, "cut", buf_as_text(&cut));
	buf_str(out, "] " BOM);
	event_put_line(out, w, fit, buf_as_text(&cut));
	out->failed = out->failed || buf_failed(&cut);
	buf_free(&cut);
}
