/*
 * Events out of the ledger's outbox, whatever its bytes are, and events with tags of any text: what is
 * packed is unpacked to the same, and a record is one line of clean UTF-8 with structured data that is
 * well-formed.
 */
#include <string.h>

#include "daemon/event.h"
#include "tests/fuzz/must.h"

static const struct event_origin origin = { TEXT("host"), TEXT("poold"), 1, 3 };

/* From '[' to the ']' that is not escaped within a value. */
static size_t
check_element(const char *p, size_t n)
{
	bool quoted = false;

	MUST(n > 0 && p[0] == '[');
	for (size_t i = 1; i < n; i++) {
		if (quoted && p[i] == '\\') {
			MUST(i + 1 < n && strchr("\"\\]", p[i + 1]) != NULL);
			i++;
		} else if (p[i] == '"')
			quoted = !quoted;
		else if (p[i] == ']') {
			MUST(!quoted);
			return i + 1;
		}
	}
	abort();
}

static const struct event_stamp stamp = { 7, 1000000 };

/* For a plain /dev/log: one line, its JSON clean. */
static void
check_cee(const struct event *event, size_t max)
{
	struct buf b = { 0 };

	event_record(&b, EVENT_CEE, event, &origin, &stamp, max);
	MUST(b.n > 0 && b.n <= max && text_is_utf8(buf_as_text(&b)));
	for (size_t i = 0; i < b.n; i++)
		MUST((unsigned char)b.p[i] >= 0x20 && b.p[i] != 0x7f);
	buf_free(&b);
}

static void
check_record(const struct event *event, size_t max)
{
	struct buf b = { 0 };
	const char *p;
	size_t n;

	event_record(&b, EVENT_RFC5424, event, &origin, &stamp, max);
	MUST(b.n > 0 && b.n <= max && text_is_utf8(buf_as_text(&b)));
	for (size_t i = 0; i < b.n; i++)
		MUST((unsigned char)b.p[i] >= 0x20 && b.p[i] != 0x7f);
	p = memchr(b.p, '[', b.n);
	n = p != NULL ? b.n - (size_t)(p - b.p) : 0;
	while (n > 0 && *p == '[') {
		size_t element = check_element(p, n);

		p += element;
		n -= element;
	}
	buf_free(&b);
	check_cee(event, max);
}

static void
check_event(const struct event *event)
{
	struct buf packed = { 0 }, again = { 0 }, line = { 0 };
	struct event same;

	event_pack(&packed, event);
	MUST(event_unpack(buf_as_text(&packed), &same));
	event_pack(&again, &same);
	MUST(text_equal(buf_as_text(&packed), buf_as_text(&again)));
	event_line(&line, event);
	for (size_t i = 0; i < line.n; i++)
		MUST((unsigned char)line.p[i] >= 0x20 && line.p[i] != 0x7f);
	check_record(event, EVENT_RECORD_MAX);
	check_record(event, 1024);
	check_record(event, 480);
	buf_free(&packed);
	buf_free(&again);
	buf_free(&line);
}

/* Tags of any text: a byte of length (times 16), and the text. */
static void
make_event(struct event *event, const uint8_t *data, size_t size)
{
	static const char *const names[] = { "name", "what", "region", "message", "condition",
		"given", "expected", "headline", "form", "area" };

	event_begin(event, (enum event_id)(data[0] % EVENT_IDS));
	data++, size--;
	for (size_t i = 0; size > 0 && i < sizeof(names) / sizeof(*names); i++) {
		size_t n = (size_t)data[0] * 16;

		n = n > size - 1 ? size - 1 : n;
		event_text(event, names[i], (struct text){ (const char *)data + 1, n });
		data += n + 1;
		size -= n + 1;
	}
	event_int(event, "seq", INT64_MIN);
	event_time(event, "received", 0);
	event_money(event, "at_stake", -1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct event event;

	if (size < 2)
		return 0;
	if (event_unpack((struct text){ (const char *)data, size }, &event))
		check_event(&event);
	make_event(&event, data, size);
	check_event(&event);
	return 0;
}
