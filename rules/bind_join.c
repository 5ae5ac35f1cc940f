/*
 * Joined lists: rows made from maps and lists that stand side by side in the file.
 *
 * A form's quarters come as four maps with quarters for names; conditions want one row a quarter.
 * Values are copied, and each row remembers where its values stand, so that a finding names the place
 * that the clerk can change.
 */
#include "rules/bind.h"

#define MOST_ROWS 500 /* that are joined: rows are looked up one by one */

bool
value_same(const struct value *a, const struct value *b)
{
	if (a->state != VALUE_SET || b->state != VALUE_SET || a->kind != b->kind ||
	    (a->flags & VALUE_REF_WORD) != (b->flags & VALUE_REF_WORD))
		return false;
	if (a->kind == KIND_TEXT || a->kind == KIND_CODE || (a->flags & VALUE_REF_WORD) != 0)
		return text_equal(
		    (struct text){ a->u.s, a->len }, (struct text){ b->u.s, b->len });
	if (a->kind == KIND_REF)
		return a->u.rec == b->u.rec;
	return a->u.n == b->u.n && a->scale == b->scale;
}

/* The item of a map under a key, or -1. */
static int32_t
find_key(const struct list *map, const struct value *key)
{
	for (uint32_t i = 0; i < map->n; i++)
		if (value_same(&map->keys[i], key))
			return (int32_t)i;
	return -1;
}

/* The record of a list whose field has this value, or NULL. */
static struct record *
find_record(const struct list *list, const struct field *field, const struct value *key)
{
	for (uint32_t i = 0; i < list->n; i++)
		if (value_same(&list->items[i].u.rec->values[field->index], key))
			return list->items[i].u.rec;
	return NULL;
}

/* One value of a row, and where it stands. */
static void
join_value(struct record *owner, const struct join *join, const struct join_column *column,
    uint32_t row, struct value *out, struct place *origin)
{
	const struct list *rows = owner->values[join->rows->index].u.list;
	const struct value *from;
	struct value key = rows->keys[row];
	struct record *record;

	if (column->how == JOIN_NONE)
		return;
	*origin = (struct place){ owner, join->rows->index, (int32_t)row };
	if (column->how == JOIN_KEY) {
		*out = key;
		return;
	}
	from = &owner->values[column->from->index];
	*origin = (struct place){ owner, column->from->index, -1 };
	if (from->state != VALUE_SET) {
		out->state = from->state;
		return;
	}
	if (column->how == JOIN_LIST) {
		if ((record = find_record(from->u.list, column->key, &key)) == NULL)
			return;
		*out = record->values[column->value->index];
		*origin = place_of(record, column->value);
		return;
	}
	key.u.n += column->shift;
	if ((origin->item = find_key(from->u.list, &key)) >= 0)
		*out = from->u.list->items[origin->item];
}

static void
join_list(struct bind *b, struct record *owner, const struct field *field)
{
	const struct join *join = field->join;
	const struct value *rows = &owner->values[join->rows->index];
	struct value *value = &owner->values[field->index];
	struct list *list;
	uint32_t n = 0;

	if (rows->state != VALUE_SET) {
		value->state = rows->state;
		return;
	}
	if (rows->u.list->n > MOST_ROWS) {
		bind_fault(b, FAULT_TOO_MANY_ROWS, place_of(owner, join->rows), NULL, rows->src,
		    TEXT_NONE, "There are %u entries here, and at most %d can be read.",
		    rows->u.list->n, MOST_ROWS);
		value->state = VALUE_FAULTED;
		return;
	}
	list = bind_list(b, field, owner, rows->u.list->n, false);
	value->u.list = list;
	value->state = VALUE_SET;
	for (uint32_t i = 0; i < list->n; i++) {
		struct record *record;
		struct place *origins;

		if (rows->u.list->keys[i].state != VALUE_SET)
			continue;
		if ((record = bind_record(
			 b, field->sub, owner, field, n, rows->u.list->keys[i].src)) == NULL)
			break;
		origins = arena_calloc(b->arena, field->sub->n_fields, sizeof(*origins));
		for (uint32_t f = 0; f < field->sub->n_fields; f++) {
			origins[f] = (struct place){ owner, join->rows->index, (int32_t)i };
			join_value(
			    owner, join, &join->columns[f], i, &record->values[f], &origins[f]);
		}
		record->origins = origins;
		list->items[n].kind = KIND_RECORD;
		list->items[n].state = VALUE_SET;
		list->items[n++].u.rec = record;
	}
	list->n = n;
}

void
bind_joins(struct bind *b)
{
	uint32_t n = b->n_joiners; /* joined rows themselves join nothing */

	for (uint32_t i = 0; i < n; i++) {
		struct record *record = b->joiners[i];

		for (uint32_t f = 0; f < record->type->n_fields; f++)
			if (record->type->fields[f].join != NULL)
				join_list(b, record, &record->type->fields[f]);
	}
}
