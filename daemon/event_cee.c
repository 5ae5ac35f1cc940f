/*
 * An event for a plain /dev/log: a BSD header (RFC 3164 as programs write it to a local socket,
 * without a host) and JSON behind the cookie that syslog-ng, rsyslog and others look for:
 *
 *   <PRI>Nov 28 16:05:00 poold[812]: @cee: {"msgid":"VERDICT","sequence":7,"time":"…Z",…,"msg":"…"}
 *
 * The header's time is local, as its readers take it to be, and has no year or zone: `time` in the
 * JSON has both.  The zone is read once, by tzset() when the sender is made, so that a record needs
 * no file.  Values are the same as in RFC 5424, but that numbers are numbers; amounts of money stay
 * texts, because readers make floating-point numbers of anything with a point.
 */
#include <time.h>

#include "daemon/event_private.h"

#define COOKIE "@cee: "

static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug",
	"Sep", "Oct", "Nov", "Dec" };

/* Letters, digits and some marks: what a reader takes for a program's name. */
static void
put_app(struct buf *out, struct text app)
{
	size_t start = out->n;

	for (size_t i = 0; i < app.n; i++) {
		char c = app.p[i];

		if (c > ' ' && c < 0x7f && c != '[' && c != ']' && c != ':')
			buf_char(out, c);
	}
	if (out->n == start)
		buf_char(out, '-');
}

static void
put_header(struct buf *out, const struct event_writing *w)
{
	time_t seconds = (time_t)(w->when_us / 1000000 - (w->when_us % 1000000 < 0));
	struct tm tm = { .tm_mday = 1 };

	(void)localtime_r(&seconds, &tm);
	event_put_priority(out, w);
	buf_printf(out, "%s %2d %02d:%02d:%02d ", months[(unsigned)tm.tm_mon % 12], tm.tm_mday,
	    tm.tm_hour, tm.tm_min, tm.tm_sec);
	put_app(out, w->origin->app);
	buf_printf(out, "[%lld]: " COOKIE, (long long)w->origin->pid);
}

static void
put_member(struct buf *out, const char *name, struct text value)
{
	buf_printf(out, ",\"%s\":\"", name);
	buf_json(out, value);
	buf_char(out, '"');
}

static void
put_tag(struct buf *out, const struct event_tag *tag, struct text value)
{
	if (tag->type == TAG_INTEGER)
		buf_printf(out, ",\"%s\":%lld", tag->name, (long long)tag->n);
	else
		put_member(out, tag->name, value);
}

void
event_put_cee(struct buf *out, const struct event_writing *w, const struct event_fit *fit)
{
	struct buf cut = { 0 }, line = { 0 };

	put_header(out, w);
	buf_printf(out, "{\"msgid\":\"%s\",\"sequence\":%llu,\"time\":\"",
	    event_table[w->ev->id].name, (unsigned long long)w->sequence);
	event_put_time(out, w->when_us);
	buf_char(out, '"');
	event_put_tags(out, w, fit, put_tag, &cut);
	if (cut.n > 0)
		put_member(out, "cut", buf_as_text(&cut));
	event_put_line(&line, w, fit, buf_as_text(&cut));
	put_member(out, "msg", buf_as_text(&line));
	buf_char(out, '}');
	out->failed = out->failed || buf_failed(&line) || buf_failed(&cut);
	buf_free(&line);
	buf_free(&cut);
}
