/* Rows of a sheet as the items of maps, and lists and maps that grow. */
#include <string.h>

#include "rules/bind_sheet.h"

#define MOST_KEYS 2000 /* of a map */
#define KEY_SLOTS 4096 /* a power of two, of which at most half is taken */

/* The keys of a map by what they are: one that is there a million times is looked for as often. */
struct map_keys {
	const struct list *map;
	struct map_keys *next;
	uint16_t slots[KEY_SLOTS]; /* number + 1; 0: free */
};
_Static_assert(MOST_KEYS * 2 <= KEY_SLOTS, "keys are found in a few steps");

/* Items of maps stay where they are, since references wait for their records by address. */
static uint32_t
map_room(const struct bind *b)
{
	return b->doc->n_cells < MOST_KEYS ? b->doc->n_cells : MOST_KEYS;
}

/* A list or map of an owner, empty when it is asked for the first time; NULL: it is misread. */
struct list *
sheet_list_of(struct bind *b, struct record *owner, const struct field *field, uint32_t src)
{
	struct value *value = &owner->values[field->index];
	bool map = field->kind == KIND_MAP;

	if (value->state == VALUE_FAULTED)
		return NULL;
	if (value->state != VALUE_SET) {
		value->u.list = bind_list(b, field, owner, map ? map_room(b) : 0, map);
		if (map && value->u.list->n < map_room(b))
			return NULL; /* the budget is full */
		value->u.list->n = 0;
		value->state = VALUE_SET;
		value->src = src;
	}
	return value->u.list;
}

static bool
same_key(const struct value *a, const struct value *b)
{
	if (a->kind == KIND_REF && b->kind == KIND_REF) /* both are still their texts */
		return text_equal(
		    (struct text){ a->u.s, a->len }, (struct text){ b->u.s, b->len });
	return value_same(a, b);
}

static bool
is_text_key(const struct value *key)
{
	return key->kind == KIND_REF || key->kind == KIND_TEXT || key->kind == KIND_CODE;
}

static uint32_t
hash_key(const struct value *key)
{
	const char *p = is_text_key(key) ? key->u.s : (const char *)&key->u.n;
	size_t n = is_text_key(key) ? key->len : sizeof(key->u.n);
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)p[i]) * 16777619u;
	return h ^ h >> 15;
}

static struct map_keys *
keys_of(struct bind *b, const struct list *map)
{
	struct map_keys *keys = b->map_keys;

	while (keys != NULL && keys->map != map)
		keys = keys->next;
	if (keys == NULL) {
		keys = arena_calloc(b->arena, 1, sizeof(*keys));
		keys->map = map;
		keys->next = b->map_keys;
		b->map_keys = keys;
	}
	return keys;
}

/* A key that the map has already: its number; -1: it has not, and *slot is for it. */
static int32_t
key_of(struct bind *b, const struct list *map, const struct value *key, uint16_t **slot)
{
	struct map_keys *keys = keys_of(b, map);
	uint32_t at = hash_key(key) % KEY_SLOTS;

	for (; keys->slots[at] != 0; at = (at + 1) % KEY_SLOTS)
		if (same_key(&map->keys[keys->slots[at] - 1], key))
			return keys->slots[at] - 1;
	*slot = &keys->slots[at];
	return -1;
}

static void
tell_twice(struct bind *b, struct place at, const struct field *field, const struct cell *key)
{
	bind_fault(b, FAULT_DUPLICATE_KEY, at, field, bind_cell_src(b, key),
	    bind_cell_text(b, key),
	    "\"%.*s\" is there twice. Keep one of them: only the first was read.",
	    QUOTED(trimmed(key->text)));
}

static void
add_item(struct sheet_rows *r, const struct sheet_column *column, const struct cell *key,
    const struct cell *cell)
{
	struct bind *b = r->b;
	const struct csv_target *target = column->target;
	const struct field *field = target->path[target->depth - 1];
	struct record *owner = bind_reach(b, b->budget->root, target, bind_cell_src(b, cell));
	struct list *map =
	    owner != NULL ? sheet_list_of(b, owner, field, bind_cell_src(b, cell)) : NULL;
	uint32_t waiting = b->n_pending;
	struct place at = { owner, field->index, -1 };
	uint16_t *slot = NULL;
	int32_t same;

	if (map == NULL)
		return;
	if (map->n == map_room(b)) {
		owner->values[field->index].state = VALUE_FAULTED; /* told once */
		bind_fault(b, FAULT_TOO_MANY_ROWS, at, NULL, bind_cell_src(b, key), TEXT_NONE,
		    "There are more rows here than the %d that can be read.", MOST_KEYS);
		return;
	}
	bind_cell_scalar(b, at, field, field->keys, key, 0, 0, &map->keys[map->n]);
	if (map->keys[map->n].state != VALUE_SET)
		return;
	if ((same = key_of(b, map, &map->keys[map->n], &slot)) >= 0) {
		b->n_pending = waiting; /* the key is not kept */
		at.item = same;
		tell_twice(b, at, field, key);
		return;
	}
	at.item = (int32_t)map->n++;
	*slot = (uint16_t)map->n;
	bind_cell_scalar(b, at, field, field->of, cell, 0, column->scale, &map->items[at.item]);
	sheet_tell_covered(b, r->view, cell);
}

void
sheet_add_items(struct sheet_rows *r, const struct sheet_row *row)
{
	const struct cell *key = NULL;

	for (uint32_t i = 0; i < row->n; i++) {
		const struct csv_target *target = sheet_column_of(r, &row->cells[i])->target;

		if (target != NULL && target->role == TARGET_KEY &&
		    trimmed(row->cells[i].text).n > 0)
			key = &row->cells[i];
	}
	if (key == NULL) {
		bind_fault(r->b, FAULT_MISSING, sheet_table_place(r), NULL,
		    bind_cell_src(r->b, row->first), TEXT_NONE,
		    "This row of the sheet \"%.*s\" does not say what it is about, and was not "
		    "read. Fill in its first column.",
		    QUOTED(r->view->sheet->name));
		return;
	}
	for (uint32_t i = 0; i < row->n; i++) {
		const struct sheet_column *c = sheet_column_of(r, &row->cells[i]);

		if (c->target != NULL && c->target->role == TARGET_MAP &&
		    trimmed(row->cells[i].text).n > 0)
			add_item(r, c, key, &row->cells[i]);
	}
}
