/*
 * Filling a form from JSON.
 *
 * Objects of one type mostly come with the same members in the same order, so the order of the last
 * one is remembered by type and each member is first compared with the one expected there: a hash
 * lookup is needed only where the order changes.
 */
#include <stdio.h>
#include <string.h>

#include "rules/bind.h"

#define MOST_MAP_KEYS 1000 /* that are not texts */

static void bind_members(struct bind *, uint32_t number, struct record *);

/* What a node is, for people. */
static struct text
node_shown(struct bind *b, const struct node *node, char *out, size_t size)
{
	(void)b;
	switch (node->type) {
	case NODE_NULL: return TEXT("null");
	case NODE_BOOL: return node->truth ? TEXT("true") : TEXT("false");
	case NODE_NUMBER:
	case NODE_STRING: return node->text;
	case NODE_OBJECT: snprintf(out, size, "a record with %u fields", node->count); break;
	case NODE_ARRAY: snprintf(out, size, "a list of %u", node->count); break;
	}
	return text_of(out);
}

static void
wrong_type(struct bind *b, struct place at, const struct field *field, uint32_t number,
    const char *wanted)
{
	const struct node *node = &b->doc->nodes[number];
	char shown[64];
	struct text given = node_shown(b, node, shown, sizeof(shown));

	bind_fault(b, FAULT_WRONG_TYPE, at, field, number + 1, given,
	    "%s must stand here, and what was found is %s%.*s%s.", wanted,
	    node->type == NODE_STRING ? "the text \"" : "", QUOTED(given),
	    node->type == NODE_STRING ? "\"" : "");
}

static enum easy
easy_kind(const struct bind *b, const struct field *field)
{
	switch (field->kind) {
	case KIND_TEXT:
	case KIND_CODE: return b->doc->plain && field->pattern.n == 0 ? EASY_TEXT : NOT_EASY;
	case KIND_REF: return b->doc->plain ? EASY_REFERENCE : NOT_EASY;
	case KIND_MONEY: return field->whole_pounds ? NOT_EASY : EASY_MONEY;
	case KIND_INTEGER: return EASY_INTEGER;
	default: return NOT_EASY;
	}
}

static struct order_slot
make_slot(const struct bind *b, struct text key, const struct field *field, int alias)
{
	struct order_slot slot = { .key = key, .field = field, .alias = alias };

	if (!field_is_read(field))
		return slot;
	slot.easy = easy_kind(b, field);
	slot.most = field->max_bytes != 0 ? field->max_bytes : TEXT_BYTES;
	if (field->kind == KIND_CODE && slot.most > CODE_BYTES)
		slot.most = CODE_BYTES;
	return slot;
}

/*
 * The field that a member names, with the guess of the order that the last object had.  NULL: none;
 * `own` is where a slot is made that the order has no room for.
 */
static const struct order_slot *
find_member(struct bind *b, const struct record_type *type, uint32_t position, struct text key,
    struct order_slot *own)
{
	struct order *order = &b->orders[type->number];
	const struct field *field;
	int alias = 0;

	if (position < order->n &&
	    (order->slots[position].key.p == key.p ||
		same_text(order->slots[position].key, key)))
		return &order->slots[position];
	if ((field = form_field(type, key, &alias)) == NULL)
		return NULL;
	*own = make_slot(b, key, field, alias);
	if (position == order->n && position < type->n_fields + 8) {
		order->slots = bind_grow(
		    b->arena, order->slots, order->n, &order->cap, sizeof(*order->slots));
		order->n++;
	}
	if (position < order->n)
		order->slots[position] = *own;
	return own;
}

static bool
in_range(const struct field *field, int64_t n)
{
	return !field->has_range || (n >= field->least && n <= field->most);
}

/* A value that is as it should be; false: the readers of bind_value.c are to look at it. */
static bool
bind_easily(struct bind *b, struct record *record, const struct order_slot *slot,
    uint32_t number, struct value *value)
{
	const struct node *node = &b->doc->nodes[number];
	const struct field *field = slot->field;
	bool is_text = slot->easy == EASY_TEXT || slot->easy == EASY_REFERENCE;
	struct text t = node->text;
	int64_t n;

	if (slot->easy == NOT_EASY || node->type != (is_text ? NODE_STRING : NODE_NUMBER))
		return false;
	if (is_text) {
		if (t.n == 0 || t.n > slot->most || t.p[0] == ' ')
			return false;
		value->u.s = t.p;
		value->len = (uint32_t)t.n;
	} else {
		if (slot->easy == EASY_INTEGER
			? !integer_read_plain(t, &n)
			: !money_read_plain(t, field->no_units ? 1 : b->scale, &n))
			return false;
		if (!in_range(field, n))
			return false;
		value->u.n = n;
	}
	value->src = number + 1;
	value->state = VALUE_SET;
	if (slot->easy == EASY_REFERENCE)
		bind_pending(b, value, field, place_of(record, field));
	return true;
}

static void
bind_json_scalar(struct bind *b, struct place at, const struct field *field, enum kind kind,
    uint32_t number, int alias, struct value *out)
{
	const struct node *node = &b->doc->nodes[number];
	struct given given = { .text = node->text, .src = number + 1, .alias = alias };

	switch (node->type) {
	case NODE_NUMBER: given.how = GIVEN_NUMBER; break;
	case NODE_STRING: given.how = GIVEN_STRING; break;
	case NODE_BOOL:
		given.how = GIVEN_BOOL;
		given.truth = node->truth;
		given.text = node->truth ? TEXT("true") : TEXT("false");
		break;
	case NODE_NULL:
		out->kind = (uint8_t)kind;
		out->src = number + 1;
		out->state = field->unknown ? VALUE_UNKNOWN : VALUE_ABSENT;
		return;
	default:
		out->kind = (uint8_t)kind;
		out->src = number + 1;
		out->state = VALUE_FAULTED;
		wrong_type(b, at, field, number, "A single value");
		return;
	}
	bind_scalar(b, at, field, kind, &given, out);
}

static void
too_many(struct bind *b, struct place at, uint32_t number)
{
	if (b->full)
		return;
	b->full = true;
	bind_fault(b, FAULT_TOO_MANY_ROWS, at, NULL, number + 1, TEXT_NONE,
	    "There is more here than we read: at most %d values in one return. The rest was "
	    "left "
	    "unread.",
	    MOST_VALUES);
}

static struct record *
bind_object(struct bind *b, const struct field *field, struct record *parent, uint32_t index,
    uint32_t number)
{
	struct record *record = bind_record(b, field->sub, parent, field, index, number + 1);

	if (record == NULL) {
		too_many(b, place_of(parent, field), number);
		return NULL;
	}
	if (b->doc->nodes[number].type == NODE_OBJECT)
		bind_members(b, number, record);
	else /* an empty one stands in, so that rows keep their numbers */
		wrong_type(b, place_of_record(record), NULL, number, "A record");
	return record;
}

static void
bind_array(struct bind *b, struct record *record, const struct field *field, uint32_t number,
    struct value *value)
{
	const struct node *nodes = b->doc->nodes;
	struct list *list = bind_list(b, field, record, nodes[number].count, false);
	uint32_t n = 0;

	value->u.list = list;
	value->state = VALUE_SET;
	if (list->n < nodes[number].count) {
		too_many(b, place_of(record, field), number);
		value->state = VALUE_FAULTED;
	}
	for (uint32_t child = nodes[number].first; child != 0 && n < list->n;
	     child = nodes[child].next, n++) {
		struct value *item = &list->items[n];

		if (field->sub == NULL) {
			bind_json_scalar(b, (struct place){ record, field->index, (int32_t)n },
			    field, field->of, child, 0, item);
			continue;
		}
		item->kind = KIND_RECORD;
		item->src = child + 1;
		if ((item->u.rec = bind_object(b, field, record, n, child)) == NULL) {
			value->state = VALUE_FAULTED;
			break;
		}
		item->state = VALUE_SET;
	}
	list->n = n;
	if (field->sub != NULL && field->sub->key >= 0)
		bind_keyed(b, list);
}

static bool
keys_are_texts(const struct field *field)
{
	return field->keys == KIND_TEXT || field->keys == KIND_CODE || field->keys == KIND_REF;
}

/* The name of a map's member, read by the kind of its keys. */
static void
bind_map_key(struct bind *b, struct place at, const struct field *field, uint32_t child,
    struct value *key)
{
	struct given given = {
		.how = GIVEN_CELL, .text = b->doc->nodes[child].key, .src = child + 1
	};

	if (keys_are_texts(field))
		given.how = GIVEN_STRING;
	bind_scalar(b, at, field, field->keys, &given, key);
}

/*
 * Names that differ as written may be one key: "2014-15Q4" and "2014-15 Q4".  Names that are texts
 * differ anyhow: the reader refuses duplicates.  false: too many to compare.
 */
static bool
map_keys_once(
    struct bind *b, struct record *record, const struct field *field, const struct list *map)
{
	if (keys_are_texts(field))
		return true;
	if (map->n > MOST_MAP_KEYS) {
		bind_fault(b, FAULT_TOO_MANY_ROWS, place_of(record, field), NULL, 0, TEXT_NONE,
		    "There are %u entries here, and at most %d can be read.", map->n,
		    MOST_MAP_KEYS);
		return false;
	}
	for (uint32_t i = 0; i < map->n; i++) {
		for (uint32_t j = 0; j < i; j++) {
			if (!value_same(&map->keys[i], &map->keys[j]))
				continue;
			bind_fault(b, FAULT_DUPLICATE_KEY,
			    (struct place){ record, field->index, (int32_t)i }, NULL,
			    map->keys[i].src, b->doc->nodes[map->keys[i].src - 1].key,
			    "This %s is there twice.", kind_names[field->keys]);
			break;
		}
	}
	return true;
}

static void
bind_object_as_map(struct bind *b, struct record *record, const struct field *field,
    uint32_t number, struct value *value)
{
	const struct node *nodes = b->doc->nodes;
	struct list *map = bind_list(b, field, record, nodes[number].count, true);
	uint32_t n = 0;

	value->u.list = map;
	value->state = VALUE_SET;
	if (map->n < nodes[number].count) {
		too_many(b, place_of(record, field), number);
		value->state = VALUE_FAULTED;
	}
	for (uint32_t child = nodes[number].first; child != 0 && n < map->n;
	     child = nodes[child].next, n++) {
		struct place at = { record, field->index, (int32_t)n };

		bind_map_key(b, at, field, child, &map->keys[n]);
		bind_json_scalar(b, at, field, field->of, child, 0, &map->items[n]);
	}
	if (!map_keys_once(b, record, field, map))
		value->state = VALUE_FAULTED;
}

/* Values that are no scalars: what node they want, and who fills them. */
static void
bind_structure(struct bind *b, struct record *record, const struct field *field, uint32_t child,
    struct value *value)
{
	const struct node *node = &b->doc->nodes[child];

	value->src = child + 1;
	value->state = VALUE_FAULTED;
	if (field->kind == KIND_ANY) {
		value->state = node->type == NODE_NULL ? VALUE_ABSENT : VALUE_SET;
		value->u.n = 0;
	} else if (node->type == NODE_NULL) {
		value->state = field->unknown ? VALUE_UNKNOWN : VALUE_ABSENT;
	} else if (field->kind == KIND_LIST && node->type == NODE_ARRAY) {
		bind_array(b, record, field, child, value);
	} else if (field->kind == KIND_MAP && node->type == NODE_OBJECT) {
		bind_object_as_map(b, record, field, child, value);
	} else if (field->kind == KIND_RECORD && node->type == NODE_OBJECT) {
		value->u.rec = bind_object(b, field, record, 0, child);
		value->state = value->u.rec != NULL ? VALUE_SET : VALUE_FAULTED;
	} else
		wrong_type(b, place_of(record, field), field, child,
		    field->kind == KIND_LIST ? "A list" : "A record");
}

static bool
is_structure(enum kind kind)
{
	return kind == KIND_RECORD || kind == KIND_LIST || kind == KIND_MAP || kind == KIND_ANY;
}

static void
twice(struct bind *b, struct record *record, const struct field *field, uint32_t child)
{
	struct text key = b->doc->nodes[child].key;

	bind_fault(b, FAULT_UNKNOWN_FIELD, place_of(record, field), NULL, child + 1, key,
	    "\"%.*s\" is another name of \"%.*s\", which is given as well. Keep one of them.",
	    QUOTED(key), TEXT_ARG(field->name));
}

/* Members by which the form is recognised need not be fields. */
static bool
is_detect_member(const struct bind *b, const struct record *record, struct text key)
{
	const struct detect *detect = b->form->detect;

	if (record->parent != NULL || detect == NULL)
		return false;
	for (uint32_t i = 0; i < detect->n; i++)
		if (text_equal(detect->members[i].name, key))
			return true;
	return false;
}

static void
not_read(struct bind *b, struct record *record, const struct field *field, uint32_t child)
{
	struct text key = b->doc->nodes[child].key;

	if (is_detect_member(b, record, key))
		return;
	if (field == NULL)
		bind_unknown(b, FAULT_UNKNOWN_FIELD, place_of_record(record), record->type, key,
		    child + 1);
	else
		bind_fault(b, FAULT_UNKNOWN_FIELD, place_of(record, field), NULL, child + 1,
		    key, "\"%.*s\" is worked out from other fields. Leave it out.",
		    TEXT_ARG(field->name));
}

static void
bind_members(struct bind *b, uint32_t number, struct record *record)
{
	const struct record_type *type = record->type;
	const struct node *nodes = b->doc->nodes;
	const struct order_slot *slot;
	const struct field *field;
	struct order_slot own;
	struct value *value;
	uint32_t position = 0;

	for (uint32_t child = nodes[number].first; child != 0;
	     child = nodes[child].next, position++) {
		slot = find_member(b, type, position, nodes[child].key, &own);
		field = slot != NULL ? slot->field : NULL;
		if (field == NULL || !field_is_read(field)) {
			not_read(b, record, field, child);
			continue;
		}
		value = &record->values[field->index];
		if (value->src != 0)
			twice(b, record, field, child);
		else if (bind_easily(b, record, slot, child, value))
			continue;
		else if (is_structure(field->kind))
			bind_structure(b, record, field, child, value);
		else
			bind_json_scalar(b, place_of(record, field), field, field->kind, child,
			    slot->alias, value);
	}
	bind_required(b, record, NULL);
}

static bool
names_field(const struct field *field, struct text key)
{
	if (same_text(field->name, key))
		return true;
	for (uint32_t i = 0; i < field->n_aliases; i++)
		if (same_text(field->aliases[i], key))
			return true;
	return false;
}

/* The text of the node at a dotted path, by names or aliases. */
static struct text
node_text(const struct bind *b, struct text dotted)
{
	const struct record_type *type = b->form->root;
	const struct node *nodes = b->doc->nodes;
	uint32_t number = 0, child;

	while (dotted.n > 0 && type != NULL && nodes[number].type == NODE_OBJECT) {
		const char *dot = memchr(dotted.p, '.', dotted.n);
		size_t n = dot != NULL ? (size_t)(dot - dotted.p) : dotted.n;
		const struct field *field =
		    form_field(type, (struct text){ dotted.p, n }, NULL);

		for (child = nodes[number].first; child != 0; child = nodes[child].next)
			if (field != NULL && names_field(field, nodes[child].key))
				break;
		if (child == 0)
			return TEXT_NONE;
		if (dot == NULL)
			return nodes[child].type == NODE_STRING ? nodes[child].text : TEXT_NONE;
		number = child;
		type = field->sub;
		dotted = (struct text){ dot + 1, dotted.n - n - 1 };
	}
	return TEXT_NONE;
}

void
bind_json(struct bind *b)
{
	struct record *root = b->budget->root;

	bind_early(b, node_text(b, b->form->units), node_text(b, b->form->period));
	if (b->doc->nodes[0].type == NODE_OBJECT)
		bind_members(b, 0, root);
	else
		wrong_type(b, place_of_record(root), NULL, 0, "A record");
}
