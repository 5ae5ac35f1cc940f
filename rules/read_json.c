/*
 * Reading JSON: the grammar of RFC 8259, into nodes (read_json_nodes.c).
 *
 * This reader says yes or no; when it says no, json_explain() reads the text again and says where and why.
 * So the usual case pays nothing for good messages, and two readers that must agree are held against each
 * other by the fuzzer.  Bytes that are not UTF-8 and escapes that are half a surrogate pair are looked for
 * before, in passes that cost little.
 *
 * Texts without escapes point into the file.
 */
#include "rules/read_json.h"

#include <string.h>

#include "rules/document_lines.h"
#include "rules/read_json_fault.h"
#include "rules/read_json_nodes.h"
#include "rules/text_utf8.h"

#define DEPTH    64
#define ITEMS    5000000 /* some 900 MB of nodes while they grow */
#define PER_NODE 16      /* bytes of a file a node, at a guess */

static const struct read_fault empty = { "empty", "a return as JSON or CSV",
	"The file is empty: save it again in the program that made it, and send that." };
static const struct read_fault odd = { "syntax", "JSON text (RFC 8259)",
	"Correct the file at this place and send it again." };

/* The byte that comes next; -1 at the end. */
static int
peek(const struct json_reader *r)
{
	return r->at < r->end ? (unsigned char)*r->at : -1;
}

static bool
take(struct json_reader *r, char c)
{
	if (r->at == r->end || *r->at != c)
		return false;
	r->at++;
	return true;
}

static void
skip_space(struct json_reader *r)
{
	while (r->at < r->end &&
	    (*r->at == ' ' || *r->at == '\n' || *r->at == '\r' || *r->at == '\t'))
		r->at++;
}

static uint32_t
offset_of(const struct json_reader *r, const char *p)
{
	return (uint32_t)(p - r->doc->bytes.p);
}

/* --- texts --- */

/* Bytes that end a run of a text's own. */
static const unsigned char ends_run[256] = {
	[0x00 ... 0x1f] = 1,
	['"'] = 1,
	['\\'] = 1,
};

/* The first byte that is not a text's own; looks at four together, since most runs are long. */
static const char *
end_of_run(const char *from, const char *end)
{
	const unsigned char *p = (const unsigned char *)from, *e = (const unsigned char *)end;

	while (e - p >= 4 &&
	    (ends_run[p[0]] | ends_run[p[1]] | ends_run[p[2]] | ends_run[p[3]]) == 0)
		p += 4;
	while (p < e && ends_run[*p] == 0)
		p++;
	return (const char *)p;
}

/* The four digits of \uXXXX; false: they are none. */
static bool
read_hex(const char *p, const char *end, unsigned *v)
{
	*v = 0;
	if (end - p < 4)
		return false;
	for (int i = 0; i < 4; i++) {
		unsigned c = (unsigned char)p[i];
		unsigned digit = c - '0', letter = (c | 0x20) - 'a';

		if (digit > 9 && letter > 5)
			return false;
		*v = *v << 4 | (digit <= 9 ? digit : letter + 10);
	}
	return true;
}

/*
 * One escape, from its backslash, as bytes; gives what follows it, NULL: it is none.  Half a surrogate pair
 * was looked for before.
 */
static const char *
read_escape(const char *p, const char *end, char **to)
{
	static const char shorts[] = "\"\"\\\\//b\bf\fn\nr\rt\t";
	unsigned v, low;

	if (end - p < 2)
		return NULL;
	for (const char *s = shorts; *s != '\0'; s += 2)
		if (p[1] == *s) {
			*(*to)++ = s[1];
			return p + 2;
		}
	if (p[1] != 'u' || !read_hex(p + 2, end, &v))
		return NULL;
	p += 6;
	if ((v & 0xf800) == 0xd800) {
		if (end - p < 6 || !read_hex(p + 2, end, &low))
			return NULL;
		v = 0x10000 + ((v & 0x3ff) << 10 | (low & 0x3ff));
		p += 6;
	}
	*to += utf8_encode(*to, v);
	return p;
}

/* The quote that ends a text of which this is inside; NULL: there is none, or a control character is first. */
static const char *
closing_quote(const char *p, const char *end)
{
	while ((p = end_of_run(p, end)) < end && *p == '\\') {
		if (end - p < 2)
			return NULL;
		p += 2;
	}
	return p < end && *p == '"' ? p : NULL;
}

/* A text in which there are escapes: none is shorter than what it stands for. */
static bool
read_escaped(struct json_reader *r, const char *from, struct text *t)
{
	const char *quote = closing_quote(r->at, r->end), *run, *p = from;
	char *bytes, *to;

	if (quote == NULL)
		return false;
	to = bytes = arena_alloc(r->arena, (size_t)(quote - from) + 1);
	while (p < quote) {
		run = p;
		p = end_of_run(p, quote);
		memcpy(to, run, (size_t)(p - run));
		to += p - run;
		if (p < quote && (p = read_escape(p, quote, &to)) == NULL)
			return false;
	}
	*to = '\0';
	*t = (struct text){ bytes, (size_t)(to - bytes) };
	r->at = quote + 1;
	return true;
}

/* A text, after its opening quote: what is in it. */
static bool
read_text(struct json_reader *r, struct text *t)
{
	const char *from = r->at;

	r->at = end_of_run(from, r->end);
	*t = (struct text){ from, (size_t)(r->at - from) };
	return take(r, '"') || (peek(r) == '\\' && read_escaped(r, from, t));
}

/* --- values --- */

static bool
read_string(struct json_reader *r)
{
	const char *from = r->at++;
	struct text t;
	struct node *n;

	if (!read_text(r, &t) || (n = json_add(r, NODE_STRING, offset_of(r, from))) == NULL)
		return false;
	n->text = t;
	return true;
}

static bool
skip_digits(struct json_reader *r)
{
	const char *from = r->at;

	while (r->at < r->end && *r->at >= '0' && *r->at <= '9')
		r->at++;
	return r->at > from;
}

static bool
read_number(struct json_reader *r)
{
	const char *from = r->at;
	struct node *n;

	(void)take(r, '-');
	if (!take(r, '0') && !skip_digits(r))
		return false;
	if (take(r, '.') && !skip_digits(r))
		return false;
	if (take(r, 'e') || take(r, 'E')) {
		if (!take(r, '+'))
			(void)take(r, '-');
		if (!skip_digits(r))
			return false;
	}
	if ((n = json_add(r, NODE_NUMBER, offset_of(r, from))) == NULL)
		return false;
	n->text = (struct text){ from, (size_t)(r->at - from) };
	return true;
}

static bool
read_word(struct json_reader *r, struct text word, enum node_type type)
{
	const char *from = r->at;
	struct node *n;

	if ((size_t)(r->end - from) < word.n || memcmp(from, word.p, word.n) != 0)
		return false;
	r->at += word.n;
	if ((n = json_add(r, type, offset_of(r, from))) == NULL)
		return false;
	n->truth = type == NODE_BOOL && word.n == 4;
	return true;
}

/* A value; of a record or list its opening bracket. */
static bool
read_value(struct json_reader *r)
{
	switch (peek(r)) {
	case '"': return read_string(r);
	case '{': return json_open(r, NODE_OBJECT, offset_of(r, r->at++));
	case '[': return json_open(r, NODE_ARRAY, offset_of(r, r->at++));
	case 't': return read_word(r, TEXT("true"), NODE_BOOL);
	case 'f': return read_word(r, TEXT("false"), NODE_BOOL);
	case 'n': return read_word(r, TEXT("null"), NODE_NULL);
	default: return read_number(r);
	}
}

/* --- records and lists --- */

/* Is the name that comes the one that stands here in the row before?  That one is in the file, so it is plain. */
static bool
read_name_as_before(struct json_reader *r)
{
	struct text name = json_name_before(r);

	if (name.n == 0 || (size_t)(r->end - r->at) <= name.n || r->at[name.n] != '"' ||
	    !same_text((struct text){ r->at, name.n }, name))
		return false;
	r->key = name;
	r->at += name.n + 1;
	return true;
}

static bool
read_name(struct json_reader *r)
{
	if (!take(r, '"') || (!read_name_as_before(r) && !read_text(r, &r->key)))
		return false;
	skip_space(r);
	if (!take(r, ':'))
		return false;
	skip_space(r);
	return true;
}

/* What comes next in the list or record that is open: its end, or a comma and a member. */
static bool
read_next(struct json_reader *r)
{
	const struct node *n = &r->doc->nodes[r->top->node];
	bool object = n->type == NODE_OBJECT;

	skip_space(r);
	if (take(r, object ? '}' : ']'))
		return json_close(r);
	if (n->count > 0) {
		if (!take(r, ','))
			return false;
		skip_space(r);
	}
	return (!object || read_name(r)) && read_value(r);
}

static bool
read_root(struct json_reader *r)
{
	skip_space(r);
	if (!read_value(r))
		return false;
	while (r->depth > 0)
		if (!read_next(r))
			return false;
	skip_space(r);
	return r->at == r->end;
}

/* --- the whole --- */

/*
 * An escape that is half a surrogate pair: there is no such character.  Backslashes stand in texts only,
 * so that they can be looked at one after the other.
 */
static bool
has_lone_surrogate(struct text t)
{
	const char *p = t.p, *end = t.p + t.n;
	unsigned v, low;

	while ((p = memchr(p, '\\', (size_t)(end - p))) != NULL && end - p >= 2) {
		if (p[1] != 'u' || !read_hex(p + 2, end, &v) || (v & 0xf800) != 0xd800) {
			p += 2;
			continue;
		}
		if (v >= 0xdc00 || end - p < 12 || p[6] != '\\' || p[7] != 'u' ||
		    !read_hex(p + 8, end, &low) || (low & 0xfc00) != 0xdc00)
			return true;
		p += 12;
	}
	return false;
}

/* What is better told before anything else. */
static bool
is_suspect(struct text t)
{
	return memchr(t.p, '\0', t.n) != NULL || memchr(t.p, '\f', t.n) != NULL ||
	    memchr(t.p, '\v', t.n) != NULL || !text_is_utf8(t) || has_lone_surrogate(t);
}

/* Neither escapes nor DEL nor the first byte of a C1 control: below blank nothing is let through. */
static bool
is_plain(struct text t)
{
	return memchr(t.p, '\\', t.n) == NULL && memchr(t.p, 0x7f, t.n) == NULL &&
	    memchr(t.p, 0xc2, t.n) == NULL;
}

static struct document *
document_new(struct arena *arena, struct text bytes, uint32_t begin)
{
	struct document *d = arena_calloc(arena, 1, sizeof(*d));

	d->format = DOC_JSON;
	d->bytes = bytes;
	d->encoding = begin > 0 ? "UTF-8 with BOM" : "UTF-8";
	d->lines = document_lines_new(arena);
	return d;
}

struct document *
read_json(struct arena *arena, struct text bytes, const struct read_options *options,
    struct read_error *error)
{
	uint32_t begin = bytes.n >= 3 && memcmp(bytes.p, UTF8_BOM, 3) == 0 ? 3 : 0;
	struct text rest = { bytes.p + begin, bytes.n - begin };
	struct json_reader r = {
		.arena = arena, .error = error, .at = rest.p, .end = rest.p + rest.n
	};
	static const struct read_options usual;

	if (options == NULL)
		options = &usual;
	*error = (struct read_error){ 0 };
	if (rest.n == 0) {
		read_error_set(error, arena, &empty, 0, 0, "This file is empty.");
		return NULL;
	}
	r.keep_duplicates = options->keep_duplicates;
	r.max_depth = options->max_depth > 0 ? options->max_depth : DEPTH;
	r.max_items = options->max_items > 0 ? options->max_items : ITEMS;
	r.doc = document_new(arena, bytes, begin);
	r.cap = (uint32_t)(rest.n / PER_NODE) + 16;
	r.doc->nodes = arena_alloc(arena, r.cap * sizeof(*r.doc->nodes));
	r.opens = arena_alloc(arena, r.max_depth * sizeof(*r.opens));
	r.doc->plain = is_plain(rest);
	if (!is_suspect(rest) && read_root(&r))
		return r.doc;
	if (error->kind == NULL && !json_explain(arena, bytes, begin, r.max_depth, error))
		read_error_set(
		    error, arena, &odd, 0, 0, "This file is not JSON that can be read.");
	return NULL;
}
