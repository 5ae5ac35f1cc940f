/*
 * An event as one record of syslog, in one of the formats, made to fit.
 *
 * A record is at most 8,000 bytes, which every receiver takes.  What is too long is tried again
 * with every value cut to half as much, so that the longest are cut first; then without the tags in
 * the readable line; then with fewer tags.  The tag `cut` says which.
 */
#include "daemon/event_private.h"

#define LONGEST  4096
#define SHORTEST 8

const char *const event_format_names[EVENT_FORMATS + 1] = {
	[EVENT_RFC5424] = "rfc5424",
	[EVENT_CEE] = "cee",
};

static event_put *const formats[EVENT_FORMATS] = {
	[EVENT_RFC5424] = event_put_rfc5424,
	[EVENT_CEE] = event_put_cee,
};

void
event_put_priority(struct buf *out, const struct event_writing *w)
{
	buf_printf(out, "<%u>", w->origin->facility * 8u + (w->ev->severity & 7u));
}

void
event_put_time(struct buf *out, int64_t when_us)
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

void
event_put_tags(struct buf *out, const struct event_writing *w, const struct event_fit *fit,
    void (*put_tag)(struct buf *, const struct event_tag *, struct text value), struct buf *cut)
{
	struct buf value = { 0 };

	for (uint32_t i = 0; i < fit->tags; i++) {
		const struct event_tag *tag = &w->ev->tags[i];

		buf_clear(&value);
		if (event_value(&value, tag, fit->value))
			buf_printf(cut, "%s%s", cut->n > 0 ? " " : "", tag->name);
		put_tag(out, tag, buf_as_text(&value));
		/* half a record is none: it is made again when there is memory */
		out->failed = out->failed || buf_failed(&value);
	}
	buf_free(&value);
	if (fit->tags < w->ev->n)
		buf_printf(cut, "%sand %u more", cut->n > 0 ? " " : "", w->ev->n - fit->tags);
}

void
event_put_line(struct buf *out, const struct event_writing *w, const struct event_fit *fit,
    struct text cut)
{
	struct event some = *w->ev;

	some.n = fit->line ? fit->tags : 0;
	event_line_cut(out, &some, fit->value, cut);
}

/* Less of the event; false: there is nothing left to leave out. */
static bool
tighten(struct event_fit *fit)
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
event_record(struct buf *out, enum event_format format, const struct event *ev,
    const struct event_origin *origin, const struct event_stamp *stamp, size_t max)
{
	struct event_writing w = { ev, origin, stamp->sequence, stamp->when_us };
	struct event_fit fit = { LONGEST, true, ev->n };
	size_t start = out->n;

	formats[format](out, &w, &fit);
	while (!buf_failed(out) && out->n - start > max && tighten(&fit)) {
		out->n = start;
		formats[format](out, &w, &fit);
	}
}
