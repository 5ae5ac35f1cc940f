/*
 * Nodes lie in one array in file order.  Duplicate keys: rows of a list mostly have the same names in the same
 * order, so each name is first held against the row before, in which none stood twice (and takes its text,
 * so that equal names are one address).  Otherwise an object has a 256-bit sieve of the keys seen; only a
 * key whose bit is set is compared with those before it.  Objects that grow beyond SMALL keys are sorted at
 * their end instead, so that no choice of keys makes the reader slow.
 */
#include "rules/read_json_nodes.h"

#include <stdlib.h>
#include <string.h>

#include "rules/document_lines.h"

#define SMALL 24

static const struct read_fault duplicate = { "duplicate_key", "each name once in a record",
	"Remove or rename one of the two, so that it is plain which is meant." };
static const struct read_fault deep = { "too_deep",
	"lists and records within each other, 64 at most",
	"Check that brackets are closed where they should be; send the return by itself." };
static const struct read_fault many = { "too_big", "a return of one area",
	"Send the return by itself, without other data." };

static void
grow(struct json_reader *r)
{
	struct document *d = r->doc;
	struct node *more;

	r->cap *= 2;
	more = arena_alloc(r->arena, r->cap * sizeof(*more));
	memcpy(more, d->nodes, d->n_nodes * sizeof(*more));
	d->nodes = more;
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
refuse_duplicate(struct json_reader *r, uint32_t second)
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
	return h % JSON_SIEVE_BITS;
}

struct text
json_name_before(const struct json_reader *r)
{
	const struct json_open *o = r->top;
	struct text bytes = r->doc->bytes, name;

	if (!o->alike || o->like == 0)
		return TEXT_NONE;
	name = r->doc->nodes[o->like].key;
	return name.p >= bytes.p && name.p < bytes.p + bytes.n ? name : TEXT_NONE;
}

/* Is the name the one that stands next in the object before?  Then it becomes that one. */
static bool
as_before(const struct json_reader *r, struct json_open *o, struct node *n)
{
	const struct node *other;

	if (!o->alike)
		return false;
	other = &r->doc->nodes[o->like];
	o->alike = o->like != 0 && (other->key.p == n->key.p || same_text(other->key, n->key));
	if (!o->alike)
		return false;
	n->key.p = other->key.p;
	o->like = other->next;
	return true;
}

/* Has this node of a small object a key that stood before?  The node is not linked in yet. */
static bool
seen_before(const struct json_reader *r, struct json_open *o, const struct node *n)
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
fill_sieve(const struct json_reader *r, struct json_open *o)
{
	const struct node *nodes = r->doc->nodes;
	unsigned bit;

	for (uint32_t i = nodes[o->node].first; i != 0; i = nodes[i].next) {
		bit = sieve_bit(nodes[i].key);
		o->sieve[bit / 64] |= UINT64_C(1) << bit % 64;
	}
}

static bool
is_duplicate(const struct json_reader *r, struct json_open *o, struct node *n)
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
find_duplicate(struct json_reader *r, const struct node *object)
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

struct node *
json_add(struct json_reader *r, enum node_type type, uint32_t offset)
{
	struct document *d = r->doc;
	struct json_open *o = r->top;
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

/* The object before this one in a list; 0: there is none. */
static uint32_t
object_before(const struct json_reader *r)
{
	const struct json_open *o = r->top;

	if (o == NULL || o->last == 0 || r->doc->nodes[o->node].type != NODE_ARRAY ||
	    r->doc->nodes[o->last].type != NODE_OBJECT)
		return 0;
	return o->last;
}

bool
json_open(struct json_reader *r, enum node_type type, uint32_t offset)
{
	uint32_t before = object_before(r);

	if (r->depth == r->max_depth) {
		read_error_at(r->error, r->arena, &deep, r->doc->bytes, offset,
		    "lists and records are nested more than %u deep.", r->max_depth);
		return false;
	}
	if (json_add(r, type, offset) == NULL)
		return false;
	r->top = &r->opens[r->depth++];
	*r->top = (struct json_open){ .node = r->doc->n_nodes - 1, .alike = before != 0 };
	r->top->like = r->doc->nodes[before].first;
	r->key = TEXT_NONE;
	return true;
}

bool
json_close(struct json_reader *r)
{
	const struct node *n = &r->doc->nodes[r->top->node];
	uint32_t found;

	if (n->type == NODE_OBJECT && n->count > SMALL && !r->keep_duplicates &&
	    !r->top->alike && (found = find_duplicate(r, n)) != 0) {
		refuse_duplicate(r, found);
		return false;
	}
	r->top = --r->depth == 0 ? NULL : &r->opens[r->depth - 1];
	r->key = TEXT_NONE;
	return true;
}
