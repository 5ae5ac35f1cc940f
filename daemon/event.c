/*
 * Events: building them, and packing them for the ledger's outbox.
 *
 * An event is a row of event_table[] and typed tags.  Three things are made from it, each in a
 * file of its own: bytes for the outbox (here), a record of syslog (event_record.c and the formats,
 * event_rfc5424.c and event_cee.c) and a line for people (event_evtlog.c).  The events of a verdict
 * are made in event_result.c.
 *
 * Packed: "E1", severity u8, number of tags u8, length u8 and name of the event; then each tag:
 * type u8, length u8, name, NUL, and either a u32 length with the text or an i64, little-endian.
 * The event is packed by name, so that an outbox written by one version is read by the next
 * whatever is added to the list in between.
 */
#include <string.h>

#include "daemon/event.h"

#define NAME_MAX_BYTES 32

bool
event_named(struct text name, enum event_id *id)
{
	for (int i = 0; i < EVENT_IDS; i++) {
		if (text_is(name, event_table[i].name)) {
			*id = (enum event_id)i;
			return true;
		}
	}
	return false;
}

void
event_begin(struct event *ev, enum event_id id)
{
	ev->id = id;
	ev->severity = event_table[id].severity;
	ev->n = 0;
}

/* Names that a record has of its own, in one format or the other. */
static const char *const own_names[] = { "sequence", "cut", "msgid", "msg", "time" };

static bool
name_is_good(const char *name, size_t n)
{
	if (n == 0 || n > NAME_MAX_BYTES || name[0] < 'a' || name[0] > 'z')
		return false;
	for (size_t i = 0; i < sizeof(own_names) / sizeof(*own_names); i++) {
		if (text_is((struct text){ name, n }, own_names[i]))
			return false;
	}
	for (size_t i = 1; i < n; i++) {
		char c = name[i];
		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '_')
			return false;
	}
	return true;
}

/* Room for a tag of this name, or NULL where it may not be added. */
static struct event_tag *
add(struct event *ev, const char *name, enum tag_type type)
{
	if (ev->n >= EVENT_TAGS || name == NULL || !name_is_good(name, strlen(name)))
		return NULL;
	for (uint32_t i = 0; i < ev->n; i++) {
		if (strcmp(ev->tags[i].name, name) == 0)
			return NULL;
	}
	struct event_tag *tag = &ev->tags[ev->n++];
	*tag = (struct event_tag){ .name = name, .type = type };
	return tag;
}

void
event_text(struct event *ev, const char *name, struct text value)
{
	struct event_tag *tag = add(ev, name, TAG_TEXT);

	if (tag != NULL)
		tag->text = value;
}

void
event_str(struct event *ev, const char *name, const char *value)
{
	event_text(ev, name, text_of(value));
}

static void
add_number(struct event *ev, const char *name, enum tag_type type, int64_t n)
{
	struct event_tag *tag = add(ev, name, type);

	if (tag != NULL)
		tag->n = n;
}

void
event_int(struct event *ev, const char *name, int64_t n)
{
	add_number(ev, name, TAG_INTEGER, n);
}

void
event_money(struct event *ev, const char *name, pence amount)
{
	add_number(ev, name, TAG_MONEY, amount);
}

void
event_time(struct event *ev, const char *name, instant when)
{
	add_number(ev, name, TAG_TIME, when);
}

/* The longest piece of a text that is at most max bytes and ends with a whole character. */
static struct text
head_of(struct text t, size_t max)
{
	size_t n = max;

	if (t.n <= max)
		return t;
	/* Step back over at most three continuation bytes: more are not UTF-8 anyway. */
	while (n > 0 && max - n < 3 && ((unsigned char)t.p[n] & 0xc0) == 0x80)
		n--;
	return (struct text){ t.p, n };
}

bool
event_value(struct buf *out, const struct event_tag *tag, size_t max)
{
	switch (tag->type) {
	case TAG_INTEGER: buf_printf(out, "%lld", (long long)tag->n); return false;
	case TAG_MONEY: money_format(out, tag->n); return false;
	case TAG_TIME: time_format(out, tag->n); return false;
	case TAG_TEXT: break;
	}
	struct text head = head_of(tag->text, max);
	buf_safe(out, head);
	if (head.n == tag->text.n)
		return false;
	buf_str(out, "\xe2\x80\xa6");
	return true;
}

static void
put_number(struct buf *out, uint64_t n, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		buf_char(out, (char)(unsigned char)(n >> (8 * i)));
}

static void
put_name(struct buf *out, const char *name)
{
	size_t n = strlen(name);

	buf_char(out, (char)n);
	buf_put(out, name, n + 1);
}

void
event_pack(struct buf *out, const struct event *ev)
{
	buf_put(out, "E1", 2);
	put_number(out, ev->severity, 1);
	put_number(out, ev->n, 1);
	put_name(out, event_table[ev->id].name);
	for (uint32_t i = 0; i < ev->n; i++) {
		const struct event_tag *tag = &ev->tags[i];

		put_number(out, tag->type, 1);
		put_name(out, tag->name);
		if (tag->type == TAG_TEXT) {
			put_number(out, tag->text.n, 4);
			buf_text(out, tag->text);
		} else {
			put_number(out, (uint64_t)tag->n, 8);
		}
	}
}

/* Takes n bytes off the front; NULL: there are not that many. */
static const char *
take(struct text *rest, size_t n)
{
	const char *p = rest->p;

	if (rest->n < n)
		return NULL;
	rest->p += n;
	rest->n -= n;
	return p;
}

static bool
take_number(struct text *rest, unsigned bytes, uint64_t *n)
{
	const char *p = take(rest, bytes);

	*n = 0;
	for (unsigned i = 0; p != NULL && i < bytes; i++)
		*n |= (uint64_t)(unsigned char)p[i] << (8 * i);
	return p != NULL;
}

/* A name with its NUL, as put_name() wrote it. */
static const char *
take_name(struct text *rest, size_t *length)
{
	uint64_t n;
	const char *p;

	if (!take_number(rest, 1, &n) || (p = take(rest, (size_t)n + 1)) == NULL)
		return NULL;
	*length = (size_t)n;
	return p[n] == '\0' ? p : NULL;
}

static bool
take_tag(struct text *rest, struct event *ev)
{
	uint64_t type, n;
	size_t length;
	const char *name, *p;
	struct event_tag *tag;

	if (!take_number(rest, 1, &type) || type > TAG_TIME)
		return false;
	if ((name = take_name(rest, &length)) == NULL || !name_is_good(name, length))
		return false;
	if ((tag = add(ev, name, (enum tag_type)type)) == NULL)
		return false;
	if (type != TAG_TEXT) {
		if (!take_number(rest, 8, &n))
			return false;
		tag->n = (int64_t)n;
		return true;
	}
	if (!take_number(rest, 4, &n) || (p = take(rest, (size_t)n)) == NULL)
		return false;
	tag->text = (struct text){ p, (size_t)n };
	return true;
}

/* Strict: what event_pack() would not have written is refused. */
bool
event_unpack(struct text bytes, struct event *ev)
{
	uint64_t severity, n;
	size_t length;
	const char *mark = take(&bytes, 2), *name;

	if (mark == NULL || memcmp(mark, "E1", 2) != 0)
		return false;
	if (!take_number(&bytes, 1, &severity) || severity > 7 || !take_number(&bytes, 1, &n))
		return false;
	if ((name = take_name(&bytes, &length)) == NULL ||
	    !event_named((struct text){ name, length }, &ev->id))
		return false;
	ev->severity = (uint8_t)severity;
	ev->n = 0;
	for (uint64_t i = 0; i < n; i++) {
		if (!take_tag(&bytes, ev))
			return false;
	}
	return bytes.n == 0;
}
