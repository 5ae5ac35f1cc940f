/*
 * One window of bytes, which is filled, scanned token by token, and moved on.  A tag is only looked at
 * when it is whole: where the window ends within one, scanning goes back to its beginning and waits for
 * more.  Text goes on in pieces.  Behind the last byte stands a NUL, which nothing in XML may hold, so
 * that no loop needs to look where the end is until it meets one.
 */
#include "rules/xml_scan.h"

#include <stdlib.h>
#include <string.h>

#include "rules/text_utf8.h"
#include "rules/xml_scan_private.h"

#define WINDOW    ((size_t)128 * 1024)
#define BEGINNING 256 /* bytes */

const unsigned char xml_kinds[256] = {
	['\t'] = XML_BLANK | XML_PLAIN,
	['\n'] = XML_BLANK | XML_PLAIN,
	['\r'] = XML_BLANK,
	[' '] = XML_BLANK | XML_PLAIN | XML_VALUE,
	['!'] = XML_PLAIN | XML_VALUE,
	['"'] = XML_PLAIN,
	['#' ... '%'] = XML_PLAIN | XML_VALUE,
	['\''] = XML_PLAIN,
	['(' ... ','] = XML_PLAIN | XML_VALUE,
	['-' ... '.'] = XML_PLAIN | XML_VALUE | XML_NAME,
	['/'] = XML_PLAIN | XML_VALUE,
	['0' ... '9'] = XML_PLAIN | XML_VALUE | XML_NAME,
	[':'] = XML_PLAIN | XML_VALUE | XML_NAME | XML_NAME_START,
	[';'] = XML_PLAIN | XML_VALUE,
	['=' ... '@'] = XML_PLAIN | XML_VALUE,
	['A' ... 'Z'] = XML_PLAIN | XML_VALUE | XML_NAME | XML_NAME_START,
	['['] = XML_PLAIN | XML_VALUE,
	['\\'] = XML_PLAIN | XML_VALUE,
	[']'] = XML_VALUE,
	['^'] = XML_PLAIN | XML_VALUE,
	['_'] = XML_PLAIN | XML_VALUE | XML_NAME | XML_NAME_START,
	['`'] = XML_PLAIN | XML_VALUE,
	['a' ... 'z'] = XML_PLAIN | XML_VALUE | XML_NAME | XML_NAME_START,
	['{' ... 127] = XML_PLAIN | XML_VALUE,
};

struct xml_scan *
xml_scan_new(struct arena *arena, const struct xml_scan_calls *calls, void *arg)
{
	struct xml_scan *s = arena_calloc(arena, 1, sizeof(*s));

	s->calls = calls;
	s->arg = arg;
	s->line = 1;
	return s;
}

void
xml_scan_free(struct xml_scan *s)
{
	free(s->window);
	buf_free(&s->names);
	s->window = NULL;
}

void
xml_scan_stop(struct xml_scan *s)
{
	s->stopped = true;
}

void
xml_scan_want_text(struct xml_scan *s, bool wanted)
{
	s->wants_text = wanted;
}

void
xml_scan_show(struct xml_scan *s, xml_scan_known *known)
{
	s->known = known;
	s->known_depth = s->depth;
}

/* Lines are counted behind the scanning, a window at a time: hardly a large part has more than two. */
static unsigned long
lines_between(const char *p, const char *end)
{
	unsigned long n = 0;

	while ((p = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		n++;
		p++;
	}
	return n;
}

const char *
xml_scan_wrong(const struct xml_scan *s, unsigned long *line)
{
	*line = s->line + (s->window != NULL ? lines_between(s->window, s->p) : 0);
	return s->wrong;
}

/* Room behind what is left for n more bytes, the NUL, and what may be read behind it. */
static void
make_room(struct xml_scan *s, size_t n)
{
	size_t left = (size_t)(s->end - s->p), size = s->size < WINDOW ? WINDOW : s->size;
	char *window;

	if (s->window != NULL) {
		s->line += lines_between(s->window, s->p);
		memmove(s->window, s->p, left);
	}
	while (size - left <= n + XML_BEHIND)
		size *= 2;
	window = size == s->size ? s->window : realloc(s->window, size);
	if (window == NULL)
		arena_exhausted();
	s->window = s->p = window;
	s->end = window + left;
	s->size = size;
}

/* How many bytes the character has whose first is at p; 0: it is none, or one that XML cannot hold. */
size_t
xml_scan_character(struct xml_scan *s, const char *p)
{
	size_t n = (size_t)(s->end - p), length;
	unsigned char first = (unsigned char)*p, needed;
	uint32_t c;

	needed = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
	if (n < needed && !s->last) {
		s->more = true;
		return 0;
	}
	length = n > 0 ? utf8_decode(p, n, &c) : 0;
	return length > 1 && c != 0xfffe && c != 0xffff ? length : 0;
}

/* Here the window is at its end, or there is something that cannot be. */
bool
xml_scan_bad(struct xml_scan *s, const char *at, const char *wrong)
{
	if (s->more || (at >= s->end && !s->last))
		s->more = true;
	else if (s->wrong == NULL) {
		s->wrong = at >= s->end ? "it ends in the middle" : wrong;
		s->p = at < s->end ? (char *)at : s->end;
	}
	return false;
}

/* Outside the root only white space may stand. */
static bool
skip_blanks(struct xml_scan *s)
{
	while (xml_kinds[(unsigned char)*s->p] & XML_BLANK)
		s->p++;
	return s->p == s->end || *s->p == '<' || xml_scan_bad(s, s->p, "text outside the root");
}

static bool
give_text(struct xml_scan *s, const char *p, size_t n)
{
	if (n > 0 && s->wants_text)
		s->calls->text(s->arg, p, (int)n);
	return !s->stopped;
}

/* Something in text that is not plain: a reference, the end of a line, a character of several bytes. */
static bool
special(struct xml_scan *s)
{
	char *p = s->p, decoded[4];
	size_t n;

	switch (*p) {
	case '&':
		n = xml_scan_reference(s, &p, decoded);
		if (n == 0)
			return false;
		s->p = p;
		return give_text(s, decoded, n);
	case '\r': /* alone or before a line feed, it is a line feed */
		if (p + 1 == s->end && !s->last)
			return xml_scan_bad(s, s->end, "");
		s->p += p[1] == '\n' ? 2 : 1;
		return give_text(s, "\n", 1);
	case ']':
		if (s->end - p < 3 && !s->last)
			return xml_scan_bad(s, s->end, "");
		if (p[1] == ']' && p[2] == '>')
			return xml_scan_bad(s, p, "]]> outside a CDATA section");
		s->p++;
		return give_text(s, p, 1);
	default: return xml_scan_bad(s, p, "not UTF-8, or a character that XML cannot hold");
	}
}

static bool
scan_text(struct xml_scan *s)
{
	const char *from = s->p, *p = s->p;
	size_t n;

	if (s->depth == 0)
		return skip_blanks(s);
	for (;;) {
		p = xml_skip_plain(p);
		if ((unsigned char)*p < 0x80 || (n = xml_scan_character(s, p)) == 0)
			break;
		p += n;
	}
	s->p += p - s->p;
	if (!give_text(s, from, (size_t)(p - from)))
		return false;
	return p == s->end || *p == '<' || special(s);
}

/* Tokens until the window is used up; false: stop, or what is left is no whole token (more). */
static bool
scan(struct xml_scan *s)
{
	bool good = true;

	while (good && s->p < s->end)
		good = *s->p == '<' ? xml_scan_markup(s) : scan_text(s);
	return good;
}

/* A mark and a declaration are at the very beginning; they are only looked at when they are whole. */
static bool
begin(struct xml_scan *s)
{
	const char *p;

	if (s->begun)
		return true;
	if (s->end - s->p < BEGINNING && !s->last)
		return false;
	s->begun = true;
	p = xml_scan_begin(s->p, s->end);
	if (p == NULL) {
		s->wrong = "an XML declaration that is not understood";
		return false;
	}
	s->p += p - s->p;
	return true;
}

bool
xml_scan_feed(struct xml_scan *s, const char *p, size_t n, bool last)
{
	bool good;

	if (s->wrong != NULL || s->stopped)
		return false;
	make_room(s, n);
	if (n > 0)
		memcpy(s->end, p, n);
	s->end += n;
	memset(s->end, 0, 1 + XML_BEHIND);
	s->last = last;
	s->more = false;
	if (!begin(s))
		return s->wrong == NULL;
	good = scan(s);
	if (s->stopped || s->wrong != NULL)
		return false;
	if (!good && (last || (size_t)(s->end - s->p) > XML_SCAN_TOKEN))
		s->wrong = last ? "it ends in the middle" : "a tag of more than a megabyte";
	else if (last && (s->depth > 0 || !s->rooted))
		s->wrong = s->rooted ? "an element has no end" : "it has no element";
	return s->wrong == NULL;
}
