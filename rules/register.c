/*
 * Registers: indexes and look-ups.
 *
 * Every column has a hash index; a look-up walks the shortest chain among the columns that were
 * asked for.  So a whole key, a part of a key and a single column are all found in the same
 * way.
 */
#include "rules/register.h"

#include <stdlib.h>
#include <string.h>

#define FNV_START UINT64_C(0xcbf29ce484222325)
#define FNV_PRIME UINT64_C(0x100000001b3)

static bool
is_words(struct value v)
{
	return v.kind == KIND_TEXT || v.kind == KIND_CODE;
}

/* A decimal can be written in one way only: rate_read() drops trailing noughts. */
bool
register_same(struct value a, struct value b)
{
	if (a.state != VALUE_SET || b.state != VALUE_SET)
		return a.state == b.state;
	if (is_words(a) || is_words(b))
		return is_words(a) && is_words(b) && a.len == b.len &&
		    memcmp(a.u.s, b.u.s, a.len) == 0;
	return a.kind == b.kind && a.u.n == b.u.n && a.scale == b.scale;
}

static uint32_t
value_hash(struct value v)
{
	uint64_t h = FNV_START;
	uint32_t i;

	if (v.state != VALUE_SET)
		return 0;
	if (!is_words(v)) {
		h = ((uint64_t)v.u.n + v.scale) * UINT64_C(0x9e3779b97f4a7c15);
		return (uint32_t)(h >> 32);
	}
	for (i = 0; i < v.len; i++)
		h = (h ^ (unsigned char)v.u.s[i]) * FNV_PRIME;
	return (uint32_t)(h ^ h >> 32);
}

static const struct record *
row_of(const struct reg *r, uint32_t i)
{
	return r->rows.items[i].u.rec;
}

/* Chains are built from the last row, so that they run in file order. */
static void
index_column(struct reg *r, struct arena *a, uint32_t column)
{
	struct column_index *x = &r->index[column];
	uint32_t size = 16, i, h;

	while (size < r->rows.n)
		size *= 2;
	x->mask = size - 1;
	x->first = arena_calloc(a, size, sizeof(*x->first));
	x->count = arena_calloc(a, size, sizeof(*x->count));
	x->next = arena_calloc(a, r->rows.n, sizeof(*x->next));
	for (i = r->rows.n; i-- > 0;) {
		h = value_hash(row_of(r, i)->values[column]) & x->mask;
		x->next[i] = x->first[h];
		x->first[h] = i + 1;
		x->count[h]++;
	}
}

static bool
in_force(const struct reg *r, const struct record *row, const date *on)
{
	const struct value *v;

	if (on == NULL)
		return true;
	if (r->from >= 0) {
		v = &row->values[r->from];
		if (v->state == VALUE_SET && v->u.n > *on)
			return false;
	}
	if (r->to >= 0) {
		v = &row->values[r->to];
		if (v->state == VALUE_SET && v->u.n < *on)
			return false;
	}
	return true;
}

static bool
row_has(const struct reg *r, const struct record *row, const struct reg_want *want, uint32_t n,
    const date *on)
{
	uint32_t i;

	for (i = 0; i < n; i++) {
		if (!register_same(row->values[want[i].column], want[i].value))
			return false;
	}
	return in_force(r, row, on);
}

/* The wanted column whose chain is shortest; n: none is wanted. */
static uint32_t
shortest(const struct reg *r, const struct reg_want *want, uint32_t n)
{
	uint32_t i, best = n, least = UINT32_MAX, count;

	for (i = 0; i < n; i++) {
		const struct column_index *x = &r->index[want[i].column];

		count = x->count[value_hash(want[i].value) & x->mask];
		if (count < least) {
			least = count;
			best = i;
		}
	}
	return best;
}

uint32_t
register_find(const struct reg *r, const struct reg_want *want, uint32_t n, const date *on,
    uint32_t *rows, uint32_t max)
{
	uint32_t by = shortest(r, want, n), found = 0, i;
	const struct column_index *x;

	if (r->rows.n == 0)
		return 0;
	x = by < n ? &r->index[want[by].column] : NULL;
	i = x != NULL ? x->first[value_hash(want[by].value) & x->mask] : 1;
	while (i != 0 && i <= r->rows.n) {
		if (row_has(r, row_of(r, i - 1), want, n, on)) {
			if (found < max)
				rows[found] = i - 1;
			found++;
		}
		i = x != NULL ? x->next[i - 1] : i + 1;
	}
	return found;
}

/* Bytewise for words, by number for the rest; absent first. */
static int
value_order(struct value a, struct value b)
{
	uint32_t n;
	int order;

	if (a.state != VALUE_SET || b.state != VALUE_SET)
		return (a.state == VALUE_SET) - (b.state == VALUE_SET);
	if (!is_words(a))
		return a.u.n != b.u.n ? (a.u.n < b.u.n ? -1 : 1) : (int)a.scale - (int)b.scale;
	n = a.len < b.len ? a.len : b.len;
	order = memcmp(a.u.s, b.u.s, n);
	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static int
key_order(const struct reg *r, const struct record *a, const struct record *b)
{
	uint32_t i;
	int order = 0;

	for (i = 0; i < r->n_key && order == 0; i++)
		order = value_order(a->values[r->key[i]], b->values[r->key[i]]);
	return order;
}

/* By key, then by the day from which the row holds, then by position. */
static int
by_key(const void *x, const void *y, void *arg)
{
	const struct reg *r = arg;
	const struct record *a = row_of(r, *(const uint32_t *)x);
	const struct record *b = row_of(r, *(const uint32_t *)y);
	int order = key_order(r, a, b);

	if (order == 0 && r->from >= 0)
		order = value_order(a->values[r->from], b->values[r->from]);
	if (order == 0)
		order = (a->index > b->index) - (a->index < b->index);
	return order;
}

/* Of two rows of one key, sorted by their first day: are both in force on some day? */
static bool
overlap(const struct reg *r, const struct record *a, const struct record *b)
{
	const struct value *to, *from;

	if (r->from < 0 && r->to < 0)
		return true;
	to = r->to >= 0 ? &a->values[r->to] : NULL;
	from = r->from >= 0 ? &b->values[r->from] : NULL;
	if (to == NULL || to->state != VALUE_SET || from == NULL || from->state != VALUE_SET)
		return true;
	return from->u.n <= to->u.n;
}

/* The file that a row was read from: rows stand in the order of the files. */
struct text
register_row_file(const struct reg *r, uint32_t row)
{
	uint32_t i = r->n_files;

	while (i > 1 && r->files[i - 1].first_row > row)
		i--;
	return i > 0 ? r->files[i - 1].name : r->file;
}

static void
tell_double(const struct reg *r, const struct record *a, const struct record *b,
    reg_wrong *wrong, void *arg)
{
	const char *how =
	    r->from >= 0 || r->to >= 0 ? "is in force on the same days" : "is there twice";
	struct text file = register_row_file(r, a->index);
	struct buf s = { 0 };

	buf_printf(&s,
	    "The key of this row %s: see also line %u of %.*s.  Remove one of the two, or "
	    "correct its key.",
	    how, a->src, TEXT_ARG(file));
	wrong(arg, register_row_file(r, b->index), b->src, buf_as_text(&s));
	buf_free(&s);
}

static void
check_keys(struct reg *r, reg_wrong *wrong, void *arg)
{
	uint32_t *order, i;

	if (r->n_key == 0 || r->rows.n < 2)
		return;
	order = malloc(r->rows.n * sizeof(*order));
	if (order == NULL)
		arena_exhausted();
	for (i = 0; i < r->rows.n; i++)
		order[i] = i;
	qsort_r(order, r->rows.n, sizeof(*order), by_key, r);
	for (i = 1; i < r->rows.n; i++) {
		const struct record *a = row_of(r, order[i - 1]), *b = row_of(r, order[i]);

		if (key_order(r, a, b) == 0 && overlap(r, a, b))
			tell_double(r, a, b, wrong, arg);
	}
	free(order);
}

void
register_seal(struct reg *r, struct arena *a, reg_wrong *wrong, void *arg)
{
	uint32_t i;

	r->rows.field = &r->in;
	r->index = arena_calloc(a, r->type.n_fields, sizeof(*r->index));
	for (i = 0; i < r->type.n_fields; i++)
		index_column(r, a, i);
	check_keys(r, wrong, arg);
}
