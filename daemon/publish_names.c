/*
 * Names of published files, from a name that somebody else chose.
 */
#include <stdio.h>
#include <string.h>

#include "daemon/publish.h"

#define NAME_BYTES   255
#define EXT_BYTES    16 /* longer: it is no extension */
#define LONGEST_TAIL ".verdict.html"

/* Marks that reorder or hide text on a terminal or in a file manager. */
static const struct {
	uint32_t from, to;
} hidden[] = {
	{ 0x0000, 0x001f },
	{ 0x002f, 0x002f },
	{ 0x007f, 0x009f },
	{ 0x00ad, 0x00ad },
	{ 0x061c, 0x061c },
	{ 0x200b, 0x200f },
	{ 0x2028, 0x202e },
	{ 0x2060, 0x206f },
	{ 0xfeff, 0xfeff },
	{ 0xe0000, 0xe007f },
};

/* Bytes of the character that begins t, and the character; 1 and false where it is not UTF-8. */
static bool
decode(struct text t, size_t *n, uint32_t *character)
{
	unsigned char lead = (unsigned char)t.p[0];

	*n = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
	if (*n > t.n || !text_is_utf8((struct text){ t.p, *n })) {
		*n = 1;
		return false;
	}
	*character = *n == 1 ? lead : lead & (0xffu >> (*n + 1));
	for (size_t i = 1; i < *n; i++)
		*character = *character << 6 | ((unsigned char)t.p[i] & 0x3fu);
	return true;
}

static bool
may_stand(uint32_t character)
{
	for (size_t i = 0; i < sizeof(hidden) / sizeof(*hidden); i++) {
		if (character >= hidden[i].from && character <= hidden[i].to)
			return false;
	}
	return true;
}

/* Append the text as it may stand in a name, at most max bytes, characters and escapes whole. */
static void
put_name(struct buf *out, struct text t, size_t max)
{
	size_t start = out->n;

	while (t.n > 0) {
		size_t n;
		uint32_t character;
		bool plain = decode(t, &n, &character) && may_stand(character) &&
		    !(out->n == start && t.p[0] == '.');

		if (out->n - start + (plain ? n : 3 * n) > max)
			return;
		if (plain) {
			buf_put(out, t.p, n);
		} else {
			for (size_t i = 0; i < n; i++)
				buf_printf(out, "%%%02X", (unsigned char)t.p[i]);
		}
		t.p += n;
		t.n -= n;
	}
}

/* Where the extension begins, at its dot; t.n: there is none. */
static size_t
extension(struct text t)
{
	for (size_t i = t.n; i > 1; i--) {
		if (t.p[i - 1] == '.')
			return i < t.n && t.n - i < EXT_BYTES ? i - 1 : t.n;
	}
	return t.n;
}

void
publish_names(
    struct text name, int64_t seq, struct buf *original, struct buf *html, struct buf *json)
{
	size_t dot = extension(name), tail = strlen(LONGEST_TAIL);
	struct buf ext = { 0 };
	char number[24];

	if (dot < name.n) {
		struct text after = { name.p + dot + 1, name.n - dot - 1 };

		buf_char(&ext, '.');
		put_name(&ext, after, 3 * EXT_BYTES);
	}
	snprintf(number, sizeof(number), "~%lld", (long long)seq);
	if (ext.n > tail)
		tail = ext.n;
	put_name(original, (struct text){ name.p, dot }, NAME_BYTES - tail - strlen(number));
	if (original->n == 0)
		buf_str(original, "unnamed");
	buf_str(original, number);
	buf_text(html, buf_as_text(original));
	buf_str(html, LONGEST_TAIL);
	buf_text(json, buf_as_text(original));
	buf_str(json, ".verdict.json");
	buf_text(original, buf_as_text(&ext));
	buf_free(&ext);
}
