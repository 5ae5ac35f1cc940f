/* Record types of a form: their fields, that names are there once, and lists joined from others. */
#include <string.h>

#include "rules/lua_form_private.h"

static void
add_type(struct decl *d, struct record_type *type)
{
	struct form *form = d->form;

	if (form->n_types == d->cap_types) {
		struct record_type **more;

		d->cap_types = d->cap_types == 0 ? 32 : d->cap_types * 2;
		more = arena_calloc(d->arena, d->cap_types, sizeof(struct record_type *));
		if (form->n_types > 0)
			memcpy(more, form->types, form->n_types * sizeof(struct record_type *));
		form->types = more;
	}
	form->types[form->n_types++] = type;
}

static bool
good_name(struct text name)
{
	if (name.n == 0 || name.n > 60 || name.p[0] < 'a' || name.p[0] > 'z')
		return false;
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'))
			return false;
	}
	return true;
}

static void
one_name(struct decl *d, const struct record_type *type, uint32_t upto, struct text name)
{
	for (uint32_t i = 0; i < upto; i++) {
		const struct field *other = &type->fields[i];
		bool same = text_equal(other->name, name);

		for (uint32_t a = 0; a < other->n_aliases && !same; a++)
			same = text_equal(other->aliases[a], name);
		if (same) {
			decl_complain(d,
			    "the name '%.*s' is there twice: it is a name of '%.*s' as well",
			    TEXT_ARG(name), TEXT_ARG(other->name));
			return;
		}
	}
}

/* A name or alias stands for one field, or a file could mean either. */
static void
check_names(struct decl *d, const struct record_type *type, uint32_t at)
{
	const struct field *field = &type->fields[at];

	one_name(d, type, at, field->name);
	for (uint32_t a = 0; a < field->n_aliases; a++) {
		one_name(d, type, at, field->aliases[a]);
		if (text_equal(field->aliases[a], field->name))
			decl_complain(
			    d, "the alias '%.*s' is the name itself", TEXT_ARG(field->name));
		for (uint32_t b = 0; b < a; b++)
			if (text_equal(field->aliases[a], field->aliases[b]))
				decl_complain(d, "the alias '%.*s' is there twice",
				    TEXT_ARG(field->aliases[a]));
	}
}

static void
read_fields(struct decl *d, int fields, struct record_type *type, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		struct field *field = &type->fields[type->n_fields];
		int table;
		size_t mark;

		lua_rawgeti(d->L, fields, (lua_Integer)i + 1);
		table = lua_gettop(d->L);
		if (!lua_istable(d->L, table)) {
			decl_complain(
			    d, "field number %u must be { \"name\", \"kind\", … }", i + 1);
			lua_pop(d->L, 1);
			continue;
		}
		lua_rawgeti(d->L, table, 1);
		if ((field->name = decl_string(d, table + 1)).p == NULL)
			field->name = TEXT("");
		lua_pop(d->L, 1);
		field->index = (uint16_t)type->n_fields++;
		mark = decl_enter(d, field->name);
		if (!good_name(field->name))
			decl_complain(d,
			    "a field's name is of small letters, digits and '_', and begins "
			    "with a letter");
		decl_field(d, table, field);
		check_names(d, type, field->index);
		decl_leave(d, mark);
		lua_pop(d->L, 1);
	}
}

struct record_type *
decl_type(struct decl *d, int fields, struct text name)
{
	struct record_type *type = arena_calloc(d->arena, 1, sizeof(*type));
	lua_Unsigned n;
	uint32_t unknown;

	type->name = name;
	type->key = type->open_from = type->open_to = -1;
	if (!lua_istable(d->L, fields)) {
		decl_complain(d, "'fields' must be a list of fields");
		return type;
	}
	n = lua_rawlen(d->L, fields);
	if (n == 0 || n > FORM_FIELDS) {
		decl_complain(d, "'fields' must have from 1 to %d fields, and has %u",
		    FORM_FIELDS, (unsigned)n);
		return type;
	}
	if (d->depth == FORM_DEPTH - 1 || !lua_checkstack(d->L, 20)) {
		decl_complain(
		    d, "records may stand in one another %d deep at most", FORM_DEPTH - 1);
		return type;
	}
	if (decl_keys(d, fields, &unknown), unknown > 0)
		decl_complain(
		    d, "'fields' is a list: write { \"name\", \"kind\", … }, a line for each");
	add_type(d, type);
	d->depth++;
	type->fields = arena_calloc(d->arena, n, sizeof(*type->fields));
	read_fields(d, fields, type, (uint32_t)n);
	decl_joins(d, fields, type);
	d->depth--;
	return type;
}

static const struct field *
sibling(struct decl *d, const struct record_type *type, struct text name, const char *what)
{
	struct text names[FORM_FIELDS];

	for (uint32_t i = 0; i < type->n_fields; i++) {
		names[i] = type->fields[i].name;
		if (text_equal(names[i], name))
			return &type->fields[i];
	}
	decl_unknown(d, what, name, names, type->n_fields);
	return NULL;
}

/* Values are copied as they are, so both sides must be of one kind, and have the same words. */
static void
same_kind(struct decl *d, const struct field *into, enum kind from, const struct field *of)
{
	bool same = into->n_words == of->n_words;

	for (uint32_t i = 0; same && from == KIND_ENUM && i < of->n_words; i++)
		same = text_equal(into->words[i].word, of->words[i].word);
	if (into->kind == KIND_ENUM && from == KIND_ENUM && !same)
		decl_complain(d,
		    "the words of '%.*s' must be those of '%.*s', in the same order",
		    TEXT_ARG(into->name), TEXT_ARG(of->name));
	if (into->kind != from)
		decl_complain(d, "'%.*s' is of kind %s, and what '%.*s' gives is of kind %s",
		    TEXT_ARG(into->name), kind_names[into->kind], TEXT_ARG(of->name),
		    kind_names[from]);
}

static void
join_from_list(struct decl *d, int spec, const struct join *join, const struct field *into,
    struct join_column *column)
{
	struct text key = decl_text(d, spec, "key"), value = decl_text(d, spec, "field");

	if (column->from->sub == NULL || column->shift != 0) {
		decl_complain(d,
		    "'%.*s' must be a list of records to be looked up by 'key', without "
		    "'shift'",
		    TEXT_ARG(column->from->name));
		return;
	}
	column->how = JOIN_LIST;
	column->key = sibling(d, column->from->sub, key, "the key");
	column->value = sibling(d, column->from->sub, value, "the field");
	if (column->key != NULL && column->key->kind != join->rows->keys)
		decl_complain(d, "'%.*s' is of kind %s and cannot be looked up by a %s",
		    TEXT_ARG(key), kind_names[column->key->kind], kind_names[join->rows->keys]);
	if (column->value != NULL)
		same_kind(d, into, column->value->kind, column->value);
}

/* One column: "key", "planned", { "baseline", shift = -4 } or { "payments", key =, field = }. */
static void
join_column(struct decl *d, int spec, const struct record_type *type, const struct join *join,
    const struct field *into, struct join_column *column)
{
	static const char *const known[] = { "shift", "key", "field" };
	struct text name = decl_string(d, spec);
	bool table = lua_istable(d->L, spec);

	if (text_is(name, "key")) {
		column->how = JOIN_KEY;
		same_kind(d, into, join->rows->keys, join->rows);
		return;
	}
	if (table) {
		decl_only(d, spec, "option of a join", known, 3);
		lua_rawgeti(d->L, spec, 1);
		name = decl_string(d, lua_gettop(d->L));
		lua_pop(d->L, 1);
		lua_getfield(d->L, spec, "shift");
		column->shift = lua_tointeger(d->L, -1);
		lua_pop(d->L, 1);
	}
	if ((column->from = sibling(d, type, name, "what is joined,")) == NULL)
		return;
	if (column->from->kind == KIND_LIST) {
		if (table)
			join_from_list(d, spec, join, into, column);
		else
			decl_complain(
			    d, "write { \"%.*s\", key = …, field = … }", TEXT_ARG(name));
		return;
	}
	if (column->from->kind != KIND_MAP || column->from->keys != join->rows->keys) {
		decl_complain(d, "'%.*s' is no map with the keys of '%.*s'", TEXT_ARG(name),
		    TEXT_ARG(join->rows->name));
		return;
	}
	if (column->shift != 0 && join->rows->keys != KIND_QUARTER &&
	    join->rows->keys != KIND_YEAR && join->rows->keys != KIND_INTEGER)
		decl_complain(
		    d, "'shift' is for keys that are quarters, years or whole numbers");
	column->how = JOIN_MAP;
	same_kind(d, into, column->from->of, column->from);
}

static void
read_join(struct decl *d, int table, const struct record_type *type, struct field *field)
{
	struct join *join = arena_calloc(d->arena, 1, sizeof(*join));
	const char *known[40] = { "rows" };
	size_t n_known = 1;
	struct text rows = decl_text(d, table, "rows");

	if (field->sub == NULL || field->sub->n_fields == 0) {
		decl_complain(d, "a joined list needs fields = { … }");
		return;
	}
	if (rows.n == 0) {
		decl_complain(d, "'join' needs 'rows': the map whose keys make the rows");
		return;
	}
	if ((join->rows = sibling(d, type, rows, "'rows'")) == NULL)
		return;
	if (join->rows->kind != KIND_MAP) {
		decl_complain(d, "'rows' must be a map, and '%.*s' is of kind %s",
		    TEXT_ARG(rows), kind_names[join->rows->kind]);
		return;
	}
	join->columns = arena_calloc(d->arena, field->sub->n_fields, sizeof(*join->columns));
	for (uint32_t i = 0; i < field->sub->n_fields; i++) {
		const struct field *into = &field->sub->fields[i];

		if (n_known < 40)
			known[n_known++] = into->name.p;
		lua_getfield(d->L, table, into->name.p);
		if (!lua_isnil(d->L, -1)) {
			if (into->derive != 0)
				decl_complain(d, "'%.*s' is both joined and derived",
				    TEXT_ARG(into->name));
			join_column(d, lua_gettop(d->L), type, join, into, &join->columns[i]);
		} else if (into->derive == 0)
			decl_complain(d, "'join' says nothing of '%.*s'", TEXT_ARG(into->name));
		lua_pop(d->L, 1);
	}
	decl_only(d, table, "joined field", known, n_known);
	if (field->required)
		decl_complain(d, "a joined list is worked out, so it cannot be required");
	field->join = join;
}

void
decl_joins(struct decl *d, int fields, struct record_type *type)
{
	uint32_t n = (uint32_t)lua_rawlen(d->L, fields);

	for (uint32_t i = 0, at = 0; i < n; i++) {
		lua_rawgeti(d->L, fields, (lua_Integer)i + 1);
		if (lua_istable(d->L, -1)) {
			struct field *field = &type->fields[at++];

			lua_pushstring(d->L, "join");
			lua_rawget(d->L, -2);
			if (lua_istable(d->L, -1) && field->kind == KIND_LIST) {
				size_t mark = decl_enter(d, field->name);

				read_join(d, lua_gettop(d->L), type, field);
				decl_leave(d, mark);
			} else if (!lua_isnil(d->L, -1))
				decl_complain(d, "'join' of '%.*s' must be a table, for a list",
				    TEXT_ARG(field->name));
			lua_pop(d->L, 1);
		}
		lua_pop(d->L, 1);
	}
}
