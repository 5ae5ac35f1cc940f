/* Shared strings, and text as workbooks write it. */
#include <string.h>

#include "rules/text_utf8.h"
#include "rules/xlsx_private.h"

struct strings {
	struct xlsx *x;
	struct buf words;
	unsigned phonetic; /* depth of the phonetic run we are in; 0: none */
};

#define KEEP ((size_t)64 * 1024)

/* Room for a text of n bytes, close behind the one before: most texts are short, and there are many. */
static char *
keep_room(struct xlsx *x, size_t n)
{
	char *p;

	if (n > KEEP / 16)
		return arena_alloc(x->arena, n);
	if (n > x->keep_room) {
		x->keep = arena_alloc(x->arena, KEEP);
		x->keep_room = KEEP;
	}
	p = x->keep;
	x->keep += n;
	x->keep_room -= n;
	return p;
}

struct text
xlsx_keep(struct xlsx *x, struct text t)
{
	char *p = keep_room(x, t.n);

	if (t.n > 0)
		memcpy(p, t.p, t.n);
	return (struct text){ p, t.n };
}

/* The value of four hexadecimal digits, or -1. */
static int
four_digits(const char *p)
{
	int value = 0;

	for (int i = 0; i < 4; i++) {
		char c = p[i];

		value *= 16;
		if (c >= '0' && c <= '9')
			value += c - '0';
		else if (c >= 'a' && c <= 'f')
			value += c - 'a' + 10;
		else if (c >= 'A' && c <= 'F')
			value += c - 'A' + 10;
		else
			return -1;
	}
	return value;
}

/*
 * "_x000D_" stands for a character that XML cannot hold; "_x005F_x000D_" is those seven characters.
 * Halves of surrogate pairs are left as they are written.
 */
static size_t
resolve(char *out, const char *p, size_t n)
{
	size_t at = 0, i = 0;
	int c;

	while (i < n) {
		if (p[i] == '_' && n - i >= 7 && p[i + 1] == 'x' && p[i + 6] == '_' &&
		    (c = four_digits(p + i + 2)) != -1 && (c < 0xd800 || c > 0xdfff)) {
			at += utf8_encode(out + at, (uint32_t)c);
			i += 7;
		} else
			out[at++] = p[i++];
	}
	return at;
}

struct text
xlsx_unescape(struct xlsx *x, struct text t)
{
	char *p;

	if (t.n == 0 || memchr(t.p, '_', t.n) == NULL)
		return xlsx_keep(x, t);
	p = keep_room(x, t.n);
	return (struct text){ p, resolve(p, t.p, t.n) };
}

static void
on_start(void *arg, struct xml *xml, unsigned depth, const char *name, const char **attributes)
{
	struct strings *s = arg;

	(void)attributes;
	if (strcmp(name, "rPh") == 0)
		s->phonetic = depth;
	xml_want_text(xml, strcmp(name, "t") == 0 && s->phonetic == 0);
}

static void
on_end(void *arg, struct xml *xml, unsigned depth, const char *name)
{
	struct strings *s = arg;
	struct xlsx *x = s->x;

	xml_want_text(xml, false);
	if (s->phonetic == depth)
		s->phonetic = 0;
	if (depth != 2 || strcmp(name, "si") != 0)
		return;
	if (x->n_strings == x->max_items) {
		struct read_error e = { 0 };

		read_error_set(&e, x->arena, &xlsx_bad, 0, 0,
		    "This workbook has more than %u texts.", x->max_items);
		xml_refuse(xml, &e);
		return;
	}
	x->strings = arena_room(
	    x->arena, x->strings, x->n_strings, &x->string_room, sizeof(*x->strings));
	x->strings[x->n_strings++] = xlsx_unescape(x, buf_as_text(&s->words));
	s->words.n = 0;
}

static void
on_text(void *arg, const char *p, size_t n)
{
	buf_put(&((struct strings *)arg)->words, p, n);
}

bool
xlsx_read_strings(struct xlsx *x, struct text path)
{
	static const struct xml_calls calls = { on_start, on_end, on_text };
	struct strings s = { .x = x };
	bool good = xml_read_large(x->package, x->arena, path, &calls, &s, x->error);

	if (buf_failed(&s.words))
		arena_exhausted();
	buf_free(&s.words);
	return good;
}
