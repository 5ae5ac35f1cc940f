/*
 * Indexes of lists: a condition that asks for each scheme which others have its name would look at
 * every pair of them.
 *
 * The second time that a long list is asked by the same fields, a table of its rows by the values of
 * these fields is made, and what a value gave is kept: lists that policies hold are never changed.
 * When a table is made depends on the questions alone, so the work that is paid for does as well.
 */
#include "rules/lua_list_index.h"

#include <string.h>

#define LONG    32 /* rows; a shorter list is looked through */
#define FIELDS  3
#define MOST    64 /* indexes of one evaluation */
#define NOTHING UINT32_MAX

/* Rows with the same values. */
struct same {
	const struct record *first;
	uint32_t n, last;
	struct view *view; /* NULL: not yet asked for */
};

struct list_index {
	struct list_index *after;
	const struct value *items;
	uint32_t n_fields;
	const struct field *fields[FIELDS];
	bool impossible; /* a row could not be read: whoever meets it stops there */
	bool made;
	uint32_t slots; /* a power of two */
	struct same *same;
	uint32_t *next; /* of each row: the next one with the same values */
};

/* Kinds whose equality is that of bytes. */
static bool
can_index(const struct field *f)
{
	switch (f->kind) {
	case KIND_TEXT:
	case KIND_CODE:
	case KIND_MONEY:
	case KIND_INTEGER:
	case KIND_BOOLEAN:
	case KIND_DATE:
	case KIND_YEAR:
	case KIND_QUARTER:
	case KIND_ENUM: return true;
	case KIND_REF: return true;
	default: return false;
	}
}

static uint64_t
mix(uint64_t h, uint64_t x)
{
	h = (h ^ x) * UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 29;
}

/* Equal values have equal hashes.  No address is in them, so that the order of nothing depends on one. */
static uint64_t
hash_value(uint64_t h, const struct value *v)
{
	uint32_t i;

	if (v->kind == KIND_REF && (v->flags & VALUE_REF_WORD) == 0)
		return mix(h, v->u.rec->index);
	if (v->kind != KIND_TEXT && v->kind != KIND_CODE && v->kind != KIND_REF)
		return mix(h, (uint64_t)v->u.n);
	for (i = 0; i < v->len; i++)
		h = mix(h, (unsigned char)v->u.s[i]);
	return h;
}

static struct list_index *
find_index(lua_State *L, const struct view *v, const struct want *wants, uint32_t n)
{
	struct eval *e = eval_of(L);
	struct list_index *x;
	uint32_t i, count = 0;

	for (x = e->indexes; x != NULL; x = x->after, count++) {
		if (x->items != v->items || x->n_fields != n)
			continue;
		for (i = 0; i < n && x->fields[i] == wants[i].field; i++)
			;
		if (i == n)
			return x;
	}
	if (count == MOST)
		return NULL;
	x = eval_alloc(L, sizeof(*x));
	*x = (struct list_index){ .after = e->indexes, .items = v->items, .n_fields = n };
	for (i = 0; i < n; i++)
		x->fields[i] = wants[i].field;
	e->indexes = x;
	return NULL; /* asked for the first time: once is no habit */
}

/* The slot of a row's values, or the free one where they belong. */
static struct same *
find_same(const struct list_index *x, uint64_t h, const struct value *const *values)
{
	uint64_t at;
	uint32_t i;

	for (at = h & (x->slots - 1); x->same[at].first != NULL;
	     at = (at + 1) & (x->slots - 1)) {
		const struct record *r = x->same[at].first;

		for (i = 0; i < x->n_fields &&
		     values_equal(&r->values[x->fields[i]->index], values[i]);
		     i++)
			;
		if (i == x->n_fields)
			break;
	}
	return &x->same[at];
}

/* Put a row where its values belong; one that lacks a value matches nothing. false: it was misread. */
static bool
put_row(struct list_index *x, const struct view *v, uint32_t row)
{
	const struct record *r = v->items[row].u.rec;
	const struct value *values[FIELDS];
	struct same *s;
	uint64_t h = 0;
	uint32_t i;

	if (v->items[row].state != VALUE_SET)
		return false;
	for (i = 0; i < x->n_fields; i++) {
		values[i] = &r->values[x->fields[i]->index];
		if (values[i]->state == VALUE_FAULTED || values[i]->state == VALUE_DERIVE)
			return false;
	}
	for (i = 0; i < x->n_fields; i++) {
		if (values[i]->state != VALUE_SET)
			return true;
		h = hash_value(h, values[i]);
	}
	s = find_same(x, h, values);
	if (s->first == NULL)
		*s = (struct same){ .first = r, .last = row };
	else
		x->next[s->last] = row;
	x->next[row] = NOTHING;
	s->last = row;
	s->n++;
	return true;
}

static void
make_index(lua_State *L, struct list_index *x, const struct view *v)
{
	uint32_t i;

	lua_limit_charge(L, (uint64_t)v->n * x->n_fields);
	x->made = true;
	for (x->slots = 64; x->slots < v->n + v->n / 2; x->slots *= 2)
		;
	x->same = eval_alloc(L, x->slots * sizeof(*x->same));
	memset(x->same, 0, x->slots * sizeof(*x->same));
	x->next = eval_alloc(L, v->n * sizeof(*x->next));
	for (i = 0; i < v->n && !x->impossible; i++)
		x->impossible = !put_row(x, v, i);
}

static struct view *
rows_of(lua_State *L, struct list_index *x, const struct view *v, struct same *s)
{
	uint32_t row;

	if (s->first == NULL)
		return list_like(L, v, 0);
	if (s->view != NULL)
		return s->view;
	lua_limit_charge(L, s->n);
	s->view = list_like(L, v, s->n);
	for (row = s->first->index; row != NOTHING; row = x->next[row])
		list_add(s->view, &v->items[row]);
	return s->view;
}

/* The view is a list as it stands in the budget, whose records know their position. */
static bool
is_whole(const struct view *v)
{
	const struct value *held;

	if (v->place.rec == NULL || v->place.field < 0 || v->place.item >= 0 || v->type == NULL)
		return false;
	held = &v->place.rec->values[v->place.field];
	return held->state == VALUE_SET && held->kind == KIND_LIST &&
	    held->u.list->items == v->items && held->u.list->n == v->n;
}

struct view *
list_look_up(lua_State *L, const struct view *v, const struct want *wants, uint32_t n)
{
	const struct value *values[FIELDS];
	struct list_index *x;
	uint64_t h = 0;
	uint32_t i;

	if (v->n < LONG || n == 0 || n > FIELDS || !is_whole(v))
		return NULL;
	for (i = 0; i < n; i++) {
		if (wants[i].n != 1 || !can_index(wants[i].field))
			return NULL;
	}
	x = find_index(L, v, wants, n);
	if (x == NULL)
		return NULL;
	if (!x->made)
		make_index(L, x, v);
	if (x->impossible)
		return NULL;
	for (i = 0; i < n; i++) {
		values[i] = &wants[i].any[0];
		h = hash_value(h, values[i]);
	}
	lua_limit_charge(L, 4 + n);
	return rows_of(L, x, v, find_same(x, h, values));
}
