/*
 * Forms: what a kind of return contains.
 *
 * A form is a tree of record types made once, when a rulebook is loaded (lua_form.c), and constant
 * afterwards; evaluators share it by fork.  Everything that binding wants to find quickly is
 * prepared here: a hash of names and aliases for each type, the values of an empty record to copy,
 * and the fields whose absence is a fault.
 */
#include "rules/form.h"

#include <string.h>

#include "rules/budget.h"
#include "rules/form_private.h"

const char *const fault_names[FAULT_KINDS] = {
	[FAULT_NUMBER_AS_TEXT] = "number_as_text",
	[FAULT_NOT_A_NUMBER] = "not_a_number",
	[FAULT_NOT_WHOLE_PENCE] = "not_whole_pence",
	[FAULT_OUT_OF_RANGE] = "out_of_range",
	[FAULT_WRONG_TYPE] = "wrong_type",
	[FAULT_BAD_DATE] = "bad_date",
	[FAULT_BAD_TIME] = "bad_time",
	[FAULT_BAD_YEAR] = "bad_year",
	[FAULT_BAD_QUARTER] = "bad_quarter",
	[FAULT_NOT_LISTED] = "not_listed",
	[FAULT_BAD_CODE] = "bad_code",
	[FAULT_BAD_TEXT] = "bad_text",
	[FAULT_DANGLING] = "dangling_reference",
	[FAULT_DUPLICATE_KEY] = "duplicate_key",
	[FAULT_NOT_ONE] = "not_one",
	[FAULT_MISSING] = "missing",
	[FAULT_MISSING_COLUMN] = "missing_column",
	[FAULT_UNKNOWN_FIELD] = "unknown_field",
	[FAULT_UNKNOWN_COLUMN] = "unknown_column",
	[FAULT_OLD_VERSION] = "old_version",
	[FAULT_UNKNOWN_VERSION] = "unknown_version",
	[FAULT_TOO_MANY_ROWS] = "too_many_rows",
	[FAULT_MISSING_SHEET] = "missing_sheet",
	[FAULT_UNKNOWN_SHEET] = "unknown_sheet",
	[FAULT_AMBIGUOUS] = "ambiguous",
	[FAULT_ERROR_CELL] = "error_cell",
	[FAULT_NOT_CALCULATED] = "not_calculated",
	[FAULT_HIDDEN] = "hidden",
	[FAULT_WRONG_TOTAL] = "wrong_total",
	[FAULT_UNREADABLE] = "unreadable",
	[FAULT_EMPTY] = "empty",
	[FAULT_TRUNCATED] = "truncated",
	[FAULT_NO_FORM] = "no_form",
};

const char *const kind_names[KINDS] = {
	[KIND_NONE] = "none",
	[KIND_TEXT] = "text",
	[KIND_INTEGER] = "integer",
	[KIND_MONEY] = "money",
	[KIND_RATE] = "rate",
	[KIND_PERCENT] = "percent",
	[KIND_DECIMAL] = "decimal",
	[KIND_BOOLEAN] = "boolean",
	[KIND_DATE] = "date",
	[KIND_TIME] = "time",
	[KIND_YEAR] = "year",
	[KIND_QUARTER] = "quarter",
	[KIND_ENUM] = "enum",
	[KIND_CODE] = "code",
	[KIND_REF] = "reference",
	[KIND_RECORD] = "record",
	[KIND_LIST] = "list",
	[KIND_MAP] = "map",
	[KIND_RATIO] = "ratio",
	[KIND_ANY] = "any",
};

/* FNV-1a over the length and at most 24 bytes: names are short, and collisions only cost a compare. */
static uint32_t
hash_name(struct text name)
{
	uint32_t h = 2166136261u ^ (uint32_t)name.n;

	for (size_t i = 0; i < name.n && i < 24; i++)
		h = (h ^ (unsigned char)name.p[i]) * 16777619u;
	return h ^ h >> 15;
}

const struct field *
form_field(const struct record_type *type, struct text name, int *alias)
{
	const struct lookup *table = type->lookup;

	if (table == NULL || name.p == NULL)
		return NULL;
	for (uint32_t at = hash_name(name) & table->mask;; at = (at + 1) & table->mask) {
		const struct lookup_slot *slot = &table->slots[at];

		if (slot->name.p == NULL)
			return NULL;
		if (slot->name.n == name.n && memcmp(slot->name.p, name.p, name.n) == 0) {
			if (alias != NULL)
				*alias = slot->alias;
			return &type->fields[slot->field];
		}
	}
}

const struct field *
form_path(const struct form *form, struct text dotted)
{
	const struct record_type *type = form->root;
	const struct field *field = NULL;

	while (dotted.n > 0) {
		const char *dot = memchr(dotted.p, '.', dotted.n);
		size_t n = dot != NULL ? (size_t)(dot - dotted.p) : dotted.n;

		if (type == NULL)
			return NULL;
		if ((field = form_field(type, (struct text){ dotted.p, n }, NULL)) == NULL)
			return NULL;
		type = field->kind == KIND_RECORD ? field->sub : NULL;
		dotted = dot != NULL ? (struct text){ dot + 1, dotted.n - n - 1 } : TEXT_NONE;
	}
	return field;
}

struct text
form_suggest(const struct record_type *type, struct text name)
{
	struct text names[FORM_FIELDS];
	uint32_t n = 0;
	int nearest;

	for (uint32_t i = 0; i < type->n_fields && n < FORM_FIELDS; i++)
		names[n++] = type->fields[i].name;
	nearest = text_nearest(name, names, n);
	return nearest < 0 ? TEXT_NONE : names[nearest];
}

static void
lookup_add(struct lookup *table, struct text name, uint32_t field, uint32_t alias)
{
	uint32_t at = hash_name(name) & table->mask;

	while (table->slots[at].name.p != NULL)
		at = (at + 1) & table->mask;
	table->slots[at] = (struct lookup_slot){
		.name = name, .field = (uint16_t)field, .alias = (uint16_t)alias
	};
}

static const struct lookup *
build_lookup(struct arena *arena, const struct record_type *type)
{
	uint32_t names = 0, size = 8;
	struct lookup *table;

	for (uint32_t i = 0; i < type->n_fields; i++)
		names += 1 + type->fields[i].n_aliases;
	while (size < names * 2)
		size *= 2;
	table = arena_calloc(arena, 1, sizeof(*table) + size * sizeof(table->slots[0]));
	table->mask = size - 1;
	for (uint32_t i = 0; i < type->n_fields; i++) {
		const struct field *field = &type->fields[i];

		lookup_add(table, field->name, i, 0);
		for (uint32_t a = 0; a < field->n_aliases; a++)
			lookup_add(table, field->aliases[a], i, a + 1);
	}
	return table;
}

/* The values of a record of which nothing is known yet. */
static const struct value *
build_blank(struct arena *arena, const struct record_type *type)
{
	struct value *blank = arena_calloc(arena, type->n_fields, sizeof(*blank));

	for (uint32_t i = 0; i < type->n_fields; i++) {
		blank[i].kind = (uint8_t)type->fields[i].kind;
		blank[i].state = type->fields[i].derive != 0 ? VALUE_DERIVE : VALUE_ABSENT;
	}
	return blank;
}

void
form_prepare(struct arena *arena, struct form *form)
{
	for (uint32_t t = 0; t < form->n_types; t++) {
		struct record_type *type = form->types[t];
		uint16_t *required = arena_calloc(arena, type->n_fields, sizeof(*required));

		type->number = t;
		type->n_required = 0;
		for (uint32_t i = 0; i < type->n_fields; i++) {
			if (type->fields[i].required)
				required[type->n_required++] = (uint16_t)i;
			type->joins |= type->fields[i].join != NULL;
		}
		type->required = required;
		type->lookup = build_lookup(arena, type);
		type->blank = build_blank(arena, type);
	}
}
