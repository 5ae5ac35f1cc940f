/*
 * Keys and references: what can be judged only when all lists are read.
 *
 * Each list with a key is indexed once; the index finds keys that are there twice, and then the
 * records that references name.
 */
#include <stdio.h>
#include <string.h>

#include "rules/bind.h"

struct key_slot {
	struct text key; /* p NULL: free */
	struct record *record;
};
struct key_index {
	uint32_t mask;
	struct key_slot *slots;
};

static uint32_t
hash_key(struct text key)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < key.n; i++)
		h = (h ^ (unsigned char)key.p[i]) * 16777619u;
	return h ^ h >> 15;
}

struct text
key_text(struct arena *arena, const struct field *field, const struct value *value)
{
	struct buf buf = { 0 };
	struct text text;

	if (value->state != VALUE_SET)
		return TEXT_NONE;
	if (value->kind == KIND_TEXT || value->kind == KIND_CODE ||
	    (value->flags & VALUE_REF_WORD) != 0)
		return (struct text){ value->u.s, value->len };
	value_format(&buf, field, *value);
	text = (struct text){ arena_strndup(arena, buf.p != NULL ? buf.p : "", buf.n), buf.n };
	buf_free(&buf);
	return text;
}

static struct key_slot *
find_slot(const struct key_index *index, struct text key)
{
	uint32_t at = hash_key(key) & index->mask;

	while (index->slots[at].key.p != NULL && !same_text(index->slots[at].key, key))
		at = (at + 1) & index->mask;
	return &index->slots[at];
}

struct record *
key_index_find(const struct key_index *index, struct text key)
{
	return key.p == NULL ? NULL : find_slot(index, key)->record;
}

struct key_index *
key_index_new(struct arena *arena, const struct list *list)
{
	const struct record_type *type = list->field->sub;
	struct key_index *index = arena_alloc(arena, sizeof(*index));
	uint32_t size = 4;

	while (size < list->n * 2 && size < 1u << 31)
		size *= 2;
	index->mask = size - 1;
	index->slots = arena_calloc(arena, size, sizeof(*index->slots));
	for (uint32_t i = 0; i < list->n; i++) {
		struct record *record = list->items[i].u.rec;
		struct text key =
		    key_text(arena, &type->fields[type->key], &record->values[type->key]);
		struct key_slot *slot;

		if (key.p == NULL)
			continue;
		slot = find_slot(index, key);
		record->twice = slot->record != NULL;
		if (slot->record == NULL)
			*slot = (struct key_slot){ key, record };
	}
	return index;
}

/* A joined list's records have no source of their own; all others are told of once. */
static void
fault_duplicates(struct bind *b, const struct keyed *keyed)
{
	const struct list *list = keyed->list;
	const struct record_type *type = list->field->sub;
	const struct field *field = &type->fields[type->key];

	for (uint32_t i = 0; i < list->n; i++) {
		struct record *record = list->items[i].u.rec, *first;
		struct text key;

		if (!record->twice)
			continue;
		key = key_text(b->arena, field, &record->values[type->key]);
		first = key_index_find(keyed->index, key);
		bind_fault(b, FAULT_DUPLICATE_KEY, place_of(record, field), field,
		    record->values[type->key].src, key,
		    "\"%.*s\" is there twice: the %.*s in position %u has it as well.",
		    QUOTED(key), TEXT_ARG(type->row), first->index + 1);
	}
}

static void
index_lists(struct bind *b, bool keys_are_references)
{
	for (uint32_t i = 0; i < b->n_keyed; i++) {
		struct keyed *keyed = &b->keyed[i];
		const struct record_type *type = keyed->list->field->sub;

		if ((type->fields[type->key].kind == KIND_REF) != keys_are_references)
			continue;
		keyed->index = key_index_new(b->arena, keyed->list);
		fault_duplicates(b, keyed);
	}
}

/* The list that a reference points into; *state tells why there is none. */
static const struct keyed *
target_list(struct bind *b, struct text dotted, enum value_state *state)
{
	const struct value *value = budget_get(b->budget, dotted);

	*state = value != NULL ? (enum value_state)value->state : VALUE_ABSENT;
	if (*state != VALUE_SET)
		return NULL;
	for (uint32_t i = 0; i < b->n_keyed; i++)
		if (b->keyed[i].list == value->u.list)
			return &b->keyed[i];
	return NULL;
}

static bool
is_also(struct value *value, const struct field *field, struct text key)
{
	for (uint32_t i = 0; i < field->n_also; i++) {
		if (!same_text(field->also[i], key))
			continue;
		value->flags |= VALUE_REF_WORD;
		return true;
	}
	return false;
}

static void
dangling(struct bind *b, const struct pending *p, struct text key, const struct keyed *target)
{
	struct text names[200];
	uint32_t n = 0, src = p->value->src;
	const struct record_type *type;
	int near = -1;

	/* Guessing costs, and nobody reads hundreds of guesses. */
	for (uint32_t i = 0; target != NULL && i < target->list->n && n < 200 &&
	     b->budget->n_faults < MOST_GUESSES;
	     i++) {
		type = target->list->field->sub;
		names[n] = key_text(b->arena, &type->fields[type->key],
		    &target->list->items[i].u.rec->values[type->key]);
		n += names[n].p != NULL;
	}
	near = text_nearest(key, names, n);
	if (near >= 0)
		bind_fault(b, FAULT_DANGLING, p->at, p->field, src, key,
		    "There is no \"%.*s\" in %.*s. Did you mean \"%.*s\"?", QUOTED(key),
		    TEXT_ARG(p->field->list), TEXT_ARG(names[near]));
	else
		bind_fault(b, FAULT_DANGLING, p->at, p->field, src, key,
		    "There is no \"%.*s\" in %.*s. Add it there, or correct it here.",
		    QUOTED(key), TEXT_ARG(p->field->list));
}

static void
resolve(
    struct bind *b, const struct pending *p, const struct keyed *target, enum value_state state)
{
	struct value *value = p->value;
	struct text key = { value->u.s, value->len };
	struct record *record;

	if (is_also(value, p->field, key))
		return;
	record = target != NULL ? key_index_find(target->index, key) : NULL;
	if (record != NULL) {
		value->u.rec = record;
		return;
	}
	/* Of a list that is misread as a whole nothing more need be said. */
	if (state != VALUE_FAULTED)
		dangling(b, p, key, target);
	value->state = VALUE_FAULTED;
	value->u.rec = NULL;
	value->len = 0;
}

void
bind_references(struct bind *b)
{
	const struct keyed *target = NULL;
	struct text list;
	enum value_state state = VALUE_ABSENT;
	struct {
		struct text list;
		const struct keyed *target;
		enum value_state state;
	} known[16];
	uint32_t n_known = 0, k;

	index_lists(b, false);
	for (uint32_t i = 0; i < b->n_pending; i++) {
		list = b->pending[i].field->list;
		for (k = 0; k < n_known; k++)
			if (known[k].list.p == list.p || text_equal(known[k].list, list))
				break;
		if (k == n_known) {
			target = target_list(b, list, &state);
			if (n_known < 16) {
				known[n_known].list = list;
				known[n_known].target = target;
				known[n_known++].state = state;
			}
		} else {
			target = known[k].target;
			state = known[k].state;
		}
		resolve(b, &b->pending[i], target, state);
	}
	index_lists(b, true);
}
