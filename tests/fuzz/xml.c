/*
 * Fuzzing the scanner of XML against expat: what it takes expat takes, with the same elements, attributes
 * and text, however it comes in pieces; and what it refuses expat refuses, but for what its header says.
 */
#include <stdio.h>
#include <string.h>

#include <expat.h>

#include "rules/xml_scan.h"
#include "tests/fuzz/must.h"

/* What was called for, as one text in which nothing can be taken for something else. */
struct heard {
	struct buf b;
	bool in_text, doctype;
};

static void
say(struct heard *h, const char *what)
{
	h->in_text = false;
	buf_str(&h->b, what);
	buf_char(&h->b, '\0');
}

static void
on_start(void *arg, const char *name, const char **attributes)
{
	struct heard *h = arg;

	buf_char(&h->b, '<');
	for (say(h, name); *attributes != NULL; attributes++)
		say(h, *attributes);
}

static void
on_end(void *arg, const char *name)
{
	buf_char(&((struct heard *)arg)->b, '>');
	say(arg, name);
}

static void
on_text(void *arg, const char *p, int n)
{
	struct heard *h = arg;

	MUST(n > 0);
	if (!h->in_text)
		buf_char(&h->b, '"');
	h->in_text = true;
	buf_put(&h->b, p, (size_t)n);
}

static void
on_doctype(void *arg, const char *name, const char *system, const char *public, int internal)
{
	(void)name;
	(void)system;
	(void)public;
	(void)internal;
	((struct heard *)arg)->doctype = true;
}

static bool
by_expat(const char *p, size_t n, struct heard *h)
{
	XML_Parser parser = XML_ParserCreate(NULL);
	bool good;

	XML_SetUserData(parser, h);
	XML_SetElementHandler(parser, on_start, on_end);
	XML_SetCharacterDataHandler(parser, on_text);
	XML_SetStartDoctypeDeclHandler(parser, on_doctype);
	good = XML_Parse(parser, p, (int)n, true) == XML_STATUS_OK;
	XML_ParserFree(parser);
	return good;
}

static bool
by_scanner(const char *p, size_t n, size_t piece, struct heard *h, const char **wrong)
{
	static const struct xml_scan_calls calls = { on_start, on_end, on_text };
	struct arena *arena = arena_new();
	struct xml_scan *s = xml_scan_new(arena, &calls, h);
	unsigned long line;
	bool good = true;

	xml_scan_want_text(s, true);
	for (size_t at = 0; good && at < n; at += piece)
		good =
		    xml_scan_feed(s, p + at, n - at < piece ? n - at : piece, n - at <= piece);
	*wrong = xml_scan_wrong(s, &line);
	MUST(line >= 1 && line <= n + 1);
	MUST(good == (*wrong == NULL));
	xml_scan_free(s);
	arena_free(arena);
	return good;
}

/* Where the scanner may be stricter. */
static bool
stricter(const char *p, size_t n, const struct heard *h, const char *wrong)
{
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)p[i] >= 0x80)
			return true;
	return h->doctype || strcmp(wrong, "elements nested deeper than 256") == 0 ||
	    strcmp(wrong, "a tag with something that is no attribute") == 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct heard ours = { 0 }, again = { 0 }, theirs = { 0 };
	const char *p = (const char *)data + 1, *wrong, *wrong_again;
	bool good, expected;

	if (size < 2 || !xml_scan_takes(p, size - 1 < 256 ? size - 1 : 256))
		return 0;
	good = by_scanner(p, size - 1, size, &ours, &wrong);
	MUST(by_scanner(p, size - 1, (size_t)data[0] + 1, &again, &wrong_again) == good);
	MUST(!good || (ours.b.n == again.b.n && memcmp(ours.b.p, again.b.p, ours.b.n) == 0));
	expected = by_expat(p, size - 1, &theirs);
	if (good) {
		MUST(expected);
		MUST(ours.b.n == theirs.b.n && memcmp(ours.b.p, theirs.b.p, ours.b.n) == 0);
	} else
		MUST(!expected || stricter(p, size - 1, &theirs, wrong));
	buf_free(&ours.b);
	buf_free(&again.b);
	buf_free(&theirs.b);
	return 0;
}
