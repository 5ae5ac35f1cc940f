/*
 * Reading JSON: YAJL calls, we build nodes.
 *
 * What YAJL lets through and we do not is looked for before it runs, in passes that cost little:
 * bytes that are not UTF-8 (YAJL takes overlong forms and surrogates), NUL, form feed and vertical
 * tab (YAJL takes them for white space), escapes that are half a surrogate pair (YAJL writes "?" for
 * them); what follows the root is looked at behind it.  Then YAJL says yes or no, and when it says no, json_explain() reads the text again and says
 * where and why: so the usual case pays nothing for good messages, and two readers that must agree
 * are held against each other by the fuzzer.
 *
 * Texts without escapes point into the file.  Nodes lie in one array in file order.  Duplicate keys:
 * rows of a list mostly have the same names in the same order, so each name is first held against the
 * row before, in which none stood twice (and takes its text, so that equal names are one address).
 * Otherwise an object has a 256-bit sieve of the keys seen; only a key whose bit is set is compared
 * with those before it.  Objects that grow beyond SMALL keys are sorted at their end instead, so that
 * no choice of keys makes the reader slow.
 */
#include "rules/read_json.h"

#include <stdlib.h>
#include <string.h>
#include <yajl/yajl_parse.h>

#include "rules/document_lines.h"
#include "rules/read_json_fault.h"
#include "rules/text_utf8.h"

#define DEPTH      64
#define ITEMS      5000000 /* some 900 MB of nodes while they grow */
#define SMALL      24
#define PER_NODE   16 /* bytes of a file a node, at a guess */
#define SIEVE_BITS 256

/* An object or array that is not closed yet. */
struct open {
	uint32_t node, last; /* last child so far, 0 when none */
	uint32_t like; /* the member of the object before that this one's next may equal */
	bool alike;    /* all names so far are those of the object before, in its order */
	uint64_t sieve[SIEVE_BITS / 64];
};

struct reader {
	struct arena *arena;
	struct document *doc;
	struct read_error *error;
	yajl_handle yajl;
	const char *base; /* where YAJL began: after the BOM */
	struct open *opens, *top;
	uint32_t cap, depth, max_depth, max_items;
	uint32_t root_end; /* the offset after the root's closing bracket */
	bool keep_duplicates;
	struct text key;
};

static const struct read_fault duplicate = { "duplicate_key", "each name once in a record",
	"Remove or rename one of the two, so that it is plain which is meant." };
static const struct read_fault deep = { "too_deep",
	"lists and records within each other, 64 at most",
	"Check that brackets are closed where they should be; send the return by itself." };
static const struct read_fault many = { "too_big", "a return of one area",
	"Send the return by itself, without other data." };
static const struct read_fault empty = { "empty", "a return as JSON or CSV",
	"The file is empty: save it again in the program that made it, and send that." };
static const struct read_fault odd = { "syntax", "JSON text (RFC 8259)",
	"Correct the file at this place and send it again." };

static void
grow(struct reader *r)
{
	struct document *d = r->doc;
	struct node *more;

	r->cap *= 2;
	more = arena_alloc(r->arena, r->cap * sizeof(*more));
	memcpy(more, d->nodes, d->n_nodes * sizeof(*more));
	d->nodes = more;
}

/* The offset after the token that YAJL has just read. */
static uint32_t
token_end(const struct reader *r)
{
	return (
	    uint32_t)((size_t)(r->base - r->doc->bytes.p) + yajl_get_bytes_consumed(r->yajl));
}

/* The text itself when it lies in the file, else a copy. */
static struct text
keep(struct reader *r, const unsigned char *p, size_t n)
{
	const char *s = (const char *)p;

	if (s >= r->base && s < r->doc->bytes.p + r->doc->bytes.n)
		return (struct text){ s, n };
	return (struct text){ arena_strndup(r->arena, s, n), n };
}

/* The opening quote of a text whose closing quote is at offset end - 1. */
static uint32_t
opening_quote(struct text bytes, uint32_t end)
{
	uint32_t at = end - 1;

	while (at > 0 && (bytes.p[at - 1] != '"' || (at > 1 && bytes.p[at - 2] == '\\')))
		at--;
	return at > 0 ? at - 1 : 0;
}

/* Where a node's key stands: before its value, white space and a colon. */
static uint32_t
key_offset(struct text bytes, const struct node *n)
{
	uint32_t at = n->offset;

	while (at > 0 && bytes.p[at - 1] != '"')
		at--;
	return opening_quote(bytes, at);
}

static void
refuse_duplicate(struct reader *r, uint32_t second)
{
	const struct document *d = r->doc;
	const struct node *n = &d->nodes[second], *first = n;
	uint32_t line, column;
	struct buf b = { 0 };

	for (uint32_t i = d->nodes[n->parent].first; i != second; i = d->nodes[i].next)
		if (text_equal(d->nodes[i].key, n->key)) {
			first = &d->nodes[i];
			break;
		}
	document_line_column(d, key_offset(d->bytes, first), &line, &column);
	buf_safe_cut(&b, n->key, 80);
	read_error_at(r->error, r->arena, &duplicate, d->bytes, key_offset(d->bytes, n),
	    "the name “%s” stands here again; it stood already on line %u, column %u of the "
	    "same record.",
	    buf_as_text(&b).p, line, column);
	buf_free(&b);
}

/* Seven bits or so of a key, different for keys that differ in length or in a few bytes. */
static unsigned
sieve_bit(struct text key)
{
	unsigned h = (unsigned)key.n * 37;

	if (key.n > 0)
		h += (unsigned char)key.p[0] * 5u + (unsigned char)key.p[key.n - 1] * 11u +
		    (unsigned char)key.p[key.n / 2] * 67u;
	return h % SIEVE_BITS;
}

/* Is the name the one that stands next in the object before?  Then it becomes that one. */
static bool
as_before(const struct reader *r, struct open *o, struct node *n)
{
	const struct node *other;

	if (!o->alike)
		return false;
	other = &r->doc->nodes[o->like];
	o->alike = o->like != 0 && same_text(other->key, n->key);
	if (!o->alike)
		return false;
	n->key.p = other->key.p;
	o->like = other->next;
	return true;
}

/* Has this node of a small object a key that stood before?  The node is not linked in yet. */
static bool
seen_before(const struct reader *r, struct open *o, const struct node *n)
{
	unsigned bit = sieve_bit(n->key);
	uint64_t mask = UINT64_C(1) << bit % 64, *word = &o->sieve[bit / 64];
	const struct node *nodes = r->doc->nodes;

	if ((*word & mask) == 0) {
		*word |= mask;
		return false;
	}
	for (uint32_t i = nodes[o->node].first; i != 0; i = nodes[i].next)
		if (text_equal(nodes[i].key, n->key))
			return true;
	return false;
}

/* The names of an object whose names were those of the object before, until now, enter the sieve. */
static void
fill_sieve(const struct reader *r, struct open *o)
{
	const struct node *nodes = r->doc->nodes;
	unsigned bit;

	for (uint32_t i = nodes[o->node].first; i != 0; i = nodes[i].next) {
		bit = sieve_bit(nodes[i].key);
		o->sieve[bit / 64] |= UINT64_C(1) << bit % 64;
	}
}

static bool
is_duplicate(const struct reader *r, struct open *o, struct node *n)
{
	bool was_alike = o->alike;

	if (as_before(r, o, n))
		return false;
	if (was_alike)
		fill_sieve(r, o);
	return n->index < SMALL && seen_before(r, o, n);
}

static int
by_key(const void *a, const void *b, void *context)
{
	const struct node *nodes = context;
	uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
	int c = text_compare(nodes[i].key, nodes[j].key);

	return c != 0 ? c : (i > j) - (i < j);
}

/* The first node of a large object whose key stood before; 0: none. */
static uint32_t
find_duplicate(struct reader *r, const struct node *object)
{
	const struct node *nodes = r->doc->nodes;
	uint32_t *children = arena_alloc(r->arena, object->count * sizeof(*children));
	uint32_t n = 0, found = 0;

	for (uint32_t i = object->first; i != 0; i = nodes[i].next)
		children[n++] = i;
	qsort_r(children, n, sizeof(*children), by_key, r->doc->nodes);
	for (uint32_t i = 1; i < n; i++)
		if ((found == 0 || children[i] < found) &&
		    text_equal(nodes[children[i - 1]].key, nodes[children[i]].key))
			found = children[i];
	return found;
}

/* Room for a node below whatever is open; NULL: refused. */
static struct node *
add(struct reader *r, enum node_type type, uint32_t offset)
{
	struct document *d = r->doc;
	struct open *o = r->top;
	struct node *n;
	uint32_t number = d->n_nodes;

	if (number >= r->max_items) {
		read_error_at(r->error, r->arena, &many, d->bytes, offset,
		    "this file has more than %u values.", r->max_items);
		return NULL;
	}
	if (number == r->cap)
		grow(r);
	n = &d->nodes[number];
	*n = (struct node){ .type = type, .offset = offset };
	d->n_nodes++;
	if (o == NULL)
		return n;
	struct node *parent = &d->nodes[o->node];

	n->parent = o->node;
	n->index = parent->count++;
	n->key = r->key;
	if (parent->type == NODE_OBJECT && !r->keep_duplicates && is_duplicate(r, o, n)) {
		refuse_duplicate(r, number);
		return NULL;
	}
	if (o->last == 0)
		parent->first = number;
	else
		d->nodes[o->last].next = number;
	o->last = number;
	return n;
}

static int
on_null(void *context)
{
	struct reader *r = context;

	return add(r, NODE_NULL, token_end(r) - 4) != NULL;
}

static int
on_boolean(void *context, int truth)
{
	struct reader *r = context;
	struct node *n = add(r, NODE_BOOL, token_end(r) - (truth ? 4 : 5));

	if (n == NULL)
		return 0;
	n->truth = truth != 0;
	return 1;
}

static int
on_number(void *context, const char *p, size_t n)
{
	struct reader *r = context;
	struct text t = keep(r, (const unsigned char *)p, n);
	struct node *node;

	if (t.p == p)
		node = add(r, NODE_NUMBER, (uint32_t)(p - r->doc->bytes.p));
	else /* a number that is the whole file is told when the file has ended */
		node = add(r, NODE_NUMBER, (uint32_t)(r->doc->bytes.n - n));

	if (node == NULL)
		return 0;
	node->text = t;
	return 1;
}

static int
on_string(void *context, const unsigned char *p, size_t n)
{
	struct reader *r = context;
	struct text t = keep(r, p, n), bytes = r->doc->bytes;
	struct node *node;

	if ((const unsigned char *)t.p == p)
		node = add(r, NODE_STRING, (uint32_t)(t.p - bytes.p) - 1);
	else
		node = add(r, NODE_STRING, opening_quote(bytes, token_end(r)));
	if (node == NULL)
		return 0;
	node->text = t;
	return 1;
}

static int
on_key(void *context, const unsigned char *p, size_t n)
{
	struct reader *r = context;

	r->key = keep(r, p, n);
	return 1;
}

/* The object before this one in a list; 0: there is none. */
static uint32_t
object_before(const struct reader *r)
{
	const struct open *o = r->top;

	if (o == NULL || o->last == 0 || r->doc->nodes[o->node].type != NODE_ARRAY ||
	    r->doc->nodes[o->last].type != NODE_OBJECT)
		return 0;
	return o->last;
}

static int
on_open(struct reader *r, enum node_type type)
{
	uint32_t offset = token_end(r) - 1, before = object_before(r);

	if (r->depth == r->max_depth) {
		read_error_at(r->error, r->arena, &deep, r->doc->bytes, offset,
		    "lists and records are nested more than %u deep.", r->max_depth);
		return 0;
	}
	if (add(r, type, offset) == NULL)
		return 0;
	r->top = &r->opens[r->depth++];
	*r->top = (struct open){ .node = r->doc->n_nodes - 1, .alike = before != 0 };
	r->top->like = r->doc->nodes[before].first;
	r->key = TEXT_NONE;
	return 1;
}

static int
on_start_map(void *context)
{
	return on_open(context, NODE_OBJECT);
}

static int
on_start_array(void *context)
{
	return on_open(context, NODE_ARRAY);
}

static int
on_end(void *context)
{
	struct reader *r = context;
	const struct node *n = &r->doc->nodes[r->top->node];
	uint32_t found;

	if (n->type == NODE_OBJECT && n->count > SMALL && !r->keep_duplicates &&
	    !r->top->alike && (found = find_duplicate(r, n)) != 0) {
		refuse_duplicate(r, found);
		return 0;
	}
	if (--r->depth == 0) {
		r->top = NULL;
		r->root_end = token_end(r);
	} else
		r->top = &r->opens[r->depth - 1];
	r->key = TEXT_NONE;
	return 1;
}

static const yajl_callbacks callbacks = {
	.yajl_null = on_null,
	.yajl_boolean = on_boolean,
	.yajl_number = on_number,
	.yajl_string = on_string,
	.yajl_start_map = on_start_map,
	.yajl_map_key = on_key,
	.yajl_end_map = on_end,
	.yajl_start_array = on_start_array,
	.yajl_end_array = on_end,
};

/* The four digits of \uXXXX; false: they are none, which YAJL will refuse. */
static bool
read_hex(const char *p, const char *end, unsigned *v)
{
	*v = 0;
	if (end - p < 4)
		return false;
	for (int i = 0; i < 4; i++) {
		unsigned c = (unsigned char)p[i];
		unsigned d = c >= '0' && c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;

		if (d > 15)
			return false;
		*v = *v << 4 | d;
	}
	return true;
}

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

/* What YAJL would let through, or is better told before it runs. */
static bool
is_suspect(struct text t)
{
	return memchr(t.p, '\0', t.n) != NULL || memchr(t.p, '\f', t.n) != NULL ||
	    memchr(t.p, '\v', t.n) != NULL || !text_is_utf8(t) || has_lone_surrogate(t);
}

/* Neither escapes nor DEL nor the first byte of a C1 control: below blank YAJL lets nothing through. */
static bool
is_plain(struct text t)
{
	return memchr(t.p, '\\', t.n) == NULL && memchr(t.p, 0x7f, t.n) == NULL &&
	    memchr(t.p, 0xc2, t.n) == NULL;
}

/*
 * YAJL's own memory comes from the arena too: it does not look whether it got any, and the arena
 * never fails.  The size stands before each piece, for growing it.
 */
static void *
take(void *arena, size_t n)
{
	size_t *p = arena_alloc(arena, n + 16);

	*p = n;
	return (char *)p + 16;
}

static void *
take_more(void *arena, void *old, size_t n)
{
	void *p = take(arena, n);
	size_t had;

	if (old != NULL) {
		had = *(size_t *)(void *)((char *)old - 16);
		memcpy(p, old, had < n ? had : n);
	}
	return p;
}

static void
give_back(void *arena, void *p)
{
	(void)arena;
	(void)p;
}

/*
 * YAJL takes the beginning of a word or text after the root for something that may still come, and
 * never asks for the rest: [1]"a is JSON to it.  A root that is no list or record is looked at again.
 */
static bool
ends_with_root(struct reader *r)
{
	struct text t = r->doc->bytes;

	if (r->root_end == 0)
		return !json_explain(
		    r->arena, t, (uint32_t)(r->base - t.p), r->max_depth, r->error);
	for (uint32_t i = r->root_end; i < t.n; i++)
		if (t.p[i] != ' ' && t.p[i] != '\n' && t.p[i] != '\r' && t.p[i] != '\t')
			return false;
	return true;
}

static bool
parse(struct reader *r, struct text rest)
{
	yajl_alloc_funcs memory = { take, take_more, give_back, r->arena };
	yajl_status status;

	r->yajl = yajl_alloc(&callbacks, &memory, r);
	yajl_config(r->yajl, yajl_dont_validate_strings, 1); /* done by text_is_utf8() */
	status = yajl_parse(r->yajl, (const unsigned char *)rest.p, rest.n);
	if (status == yajl_status_ok)
		status = yajl_complete_parse(r->yajl);
	yajl_free(r->yajl);
	return status == yajl_status_ok && ends_with_root(r);
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
	struct reader r = { .arena = arena, .error = error, .base = rest.p };
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
	if (!is_suspect(rest) && parse(&r, rest))
		return r.doc;
	if (error->kind == NULL && !json_explain(arena, bytes, begin, r.max_depth, error))
		read_error_set(
		    error, arena, &odd, 0, 0, "This file is not JSON that can be read.");
	return NULL;
}
