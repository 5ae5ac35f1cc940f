/*
 * Escaping: all text from outside passes through one of these before it reaches a log, a terminal, a
 * page or a JSON document.
 *
 * One table says what each ASCII byte needs in each output; everything else is decoded, so that what
 * is not UTF-8 becomes U+FFFD, and what would deceive a reader (control characters, bidirectional and
 * zero-width marks) is shown instead of done.  Runs of plain bytes are copied as they are.
 */
#include <string.h>

#include "rules/text.h"
#include "rules/text_utf8.h"

#define REPLACEMENT "\xef\xbf\xbd"

/* Characters that are not seen, or that change how their neighbours are seen. */
static bool
is_deceptive(uint32_t c)
{
	static const uint32_t ranges[][2] = { { 0x00, 0x1f }, { 0x7f, 0x9f }, { 0xad, 0xad },
		{ 0x61c, 0x61c }, { 0x180e, 0x180e }, { 0x200b, 0x200f }, { 0x2028, 0x202e },
		{ 0x2060, 0x206f }, { 0xfeff, 0xfeff }, { 0xfff9, 0xfffb },
		{ 0xe0000, 0xe007f } };

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (c >= ranges[i][0] && c <= ranges[i][1])
			return true;
	return false;
}

enum output { OUT_JSON, OUT_HTML, OUT_SAFE };

/* Bytes that are not their own rendering, a bit for each output. */
#define J (1 << OUT_JSON)
#define H (1 << OUT_HTML)
#define S (1 << OUT_SAFE)
static const unsigned char special[256] = {
	[0x00 ... 0x08] = J | H | S,
	['\t'] = J | S,
	['\n'] = J | S,
	[0x0b ... 0x1f] = J | H | S,
	['"'] = J | H,
	['&'] = H,
	['\''] = H,
	['<'] = H,
	['>'] = H,
	['\\'] = J | S,
	[0x7f ... 0xff] = J | H | S,
};
#undef J
#undef H
#undef S

static bool
is_plain(enum output out, char c)
{
	return (special[(unsigned char)c] >> out & 1) == 0;
}

static void
put_json(struct buf *b, uint32_t c)
{
	static const char shorts[] = "\bb\ff\nn\rr\tt\"\"\\\\";

	for (const char *s = shorts; *s != '\0'; s += 2)
		if (c == (unsigned char)*s) {
			buf_char(b, '\\');
			buf_char(b, s[1]);
			return;
		}
	if (c > 0xffff)
		buf_printf(b, "\\u%04x\\u%04x", 0xd800 + ((c - 0x10000) >> 10),
		    0xdc00 + ((c - 0x10000) & 0x3ff));
	else
		buf_printf(b, "\\u%04x", c);
}

static void
put_visible(struct buf *b, uint32_t c)
{
	switch (c) {
	case '\n': buf_str(b, "\\n"); break;
	case '\r': buf_str(b, "\\r"); break;
	case '\t': buf_str(b, "\\t"); break;
	case '\\': buf_str(b, "\\\\"); break;
	default: buf_printf(b, c < 0x100 ? "\\x%02x" : "\\u{%x}", c); break;
	}
}

static void
put_html(struct buf *b, uint32_t c)
{
	switch (c) {
	case '&': buf_str(b, "&amp;"); break;
	case '<': buf_str(b, "&lt;"); break;
	case '>': buf_str(b, "&gt;"); break;
	case '"': buf_str(b, "&quot;"); break;
	case '\'': buf_str(b, "&#39;"); break;
	default: put_visible(b, c); break;
	}
}

/* Append what begins at p, one character or one mistake; returns its length. */
static size_t
put_one(struct buf *b, enum output out, const char *p, size_t n)
{
	static void (*const put[])(
	    struct buf *, uint32_t) = { put_json, put_html, put_visible };
	uint32_t c;
	size_t len = utf8_decode(p, n, &c);

	if (len == 0) {
		buf_str(b, REPLACEMENT);
		return utf8_bad_length(p, n);
	}
	if (c >= 0x80 && !is_deceptive(c))
		buf_put(b, p, len);
	else
		put[out](b, c);
	return len;
}

/* How many bytes from p on are plain; looks at four together, since nearly all are. */
static size_t
plain_run(enum output out, const char *p, size_t n)
{
	const unsigned char *u = (const unsigned char *)p;
	size_t i = 0;

	while (n - i >= 4 &&
	    ((special[u[i]] | special[u[i + 1]] | special[u[i + 2]] | special[u[i + 3]]) >>
		    out &
		1) == 0)
		i += 4;
	while (i < n && is_plain(out, p[i]))
		i++;
	return i;
}

static void
escape(struct buf *b, enum output out, struct text t)
{
	size_t i = 0, run;

	while (i < t.n) {
		run = plain_run(out, t.p + i, t.n - i);
		if (run > 0)
			buf_put(b, t.p + i, run);
		i += run;
		if (i < t.n)
			i += put_one(b, out, t.p + i, t.n - i);
	}
}

void
buf_json(struct buf *b, struct text t)
{
	escape(b, OUT_JSON, t);
}

void
buf_json_string(struct buf *b, struct text t)
{
	char *to;

	if (plain_run(OUT_JSON, t.p, t.n) == t.n) {
		if ((to = buf_room(b, t.n + 2)) == NULL)
			return;
		to[0] = '"';
		if (t.n > 0)
			memcpy(to + 1, t.p, t.n);
		to[t.n + 1] = '"';
		buf_wrote(b, t.n + 2);
		return;
	}
	buf_char(b, '"');
	escape(b, OUT_JSON, t);
	buf_char(b, '"');
}

void
buf_json_since(struct buf *b, size_t from)
{
	struct buf rest = { 0 };
	size_t plain;

	if (b->failed || b->n == from)
		return;
	plain = from + plain_run(OUT_JSON, b->p + from, b->n - from);
	if (plain == b->n)
		return;
	buf_put(&rest, b->p + plain, b->n - plain);
	b->failed = rest.failed;
	b->n = plain;
	escape(b, OUT_JSON, buf_as_text(&rest));
	buf_free(&rest);
}

void
buf_html(struct buf *b, struct text t)
{
	escape(b, OUT_HTML, t);
}

void
buf_shell(struct buf *b, struct text t)
{
	buf_char(b, '\'');
	for (size_t i = 0; i < t.n; i++) {
		if (t.p[i] == '\'')
			buf_str(b, "'\\''");
		else
			buf_char(b, t.p[i]);
	}
	buf_char(b, '\'');
}

void
buf_safe(struct buf *b, struct text t)
{
	escape(b, OUT_SAFE, t);
}

void
buf_safe_cut(struct buf *b, struct text t, size_t max)
{
	size_t i = 0, start = b->n, before;

	while (i < t.n && !b->failed) {
		before = b->n;
		if (is_plain(OUT_SAFE, t.p[i])) {
			buf_char(b, t.p[i]);
			i++;
		} else
			i += put_one(b, OUT_SAFE, t.p + i, t.n - i);
		if (b->n - start > max) {
			b->n = before;
			buf_str(b, "…");
			return;
		}
	}
}
