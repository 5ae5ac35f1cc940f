/*
 * `sheets`: what the sheets of a workbook are called, and where single values stand on them.
 *
 * sheets = { { "Cover", also = { … }, needed = true, values = { … }, tables = { … } }, … }
 */
#include <stdio.h>
#include <string.h>

#include "rules/bind.h"
#include "rules/lua_form_private.h"

struct text *
decl_normal(struct decl *d, const struct text *texts, uint32_t n)
{
	struct text *normal = arena_calloc(d->arena, n + 1, sizeof(*normal));
	char out[HEADING_BYTES];

	for (uint32_t i = 0; i < n; i++) {
		struct text t = heading_normalise(out, texts[i], NULL);

		normal[i] =
		    (struct text){ arena_strndup(d->arena, t.n > 0 ? t.p : "", t.n), t.n };
		if (t.n == 0)
			decl_complain(
			    d, "\"%.*s\" has neither letters nor digits", TEXT_ARG(texts[i]));
	}
	return normal;
}

bool
decl_target(struct decl *d, const char *option, const struct record_type *type,
    struct text dotted, struct csv_target *target, struct text *rest)
{
	struct text whole = dotted;

	*rest = TEXT_NONE;
	for (;;) {
		const char *dot = dotted.n > 0 ? memchr(dotted.p, '.', dotted.n) : NULL;
		struct text part = { dotted.p,
			dot != NULL ? (size_t)(dot - dotted.p) : dotted.n };
		const struct field *field = form_field(type, part, NULL);
		struct text near;

		if (field == NULL) {
			near = form_suggest(type, part);
			decl_complain(d,
			    "'%s' names '%.*s', and there is no field '%.*s'%s%.*s%s", option,
			    TEXT_ARG(whole), TEXT_ARG(part),
			    near.n > 0 ? " (did you mean '" : "", TEXT_ARG(near),
			    near.n > 0 ? "'?)" : "");
			return false;
		}
		target->path[target->depth++] = field;
		if (dot == NULL)
			return true;
		dotted = (struct text){ dot + 1, dotted.n - part.n - 1 };
		if (field->kind == KIND_LIST && field->sub != NULL) {
			*rest = dotted;
			return true;
		}
		if (field->kind != KIND_RECORD || target->depth == FORM_DEPTH) {
			decl_complain(d, "'%s' names '%.*s', and '%.*s' is no record", option,
			    TEXT_ARG(whole), TEXT_ARG(part));
			return false;
		}
		type = field->sub;
	}
}

/* "C7" */
static bool
read_cell_name(struct text t, uint32_t *row, uint32_t *column)
{
	size_t i = 0;

	*row = *column = 0;
	for (; i < t.n && t.p[i] >= 'A' && t.p[i] <= 'Z' && *column < 20000; i++)
		*column = *column * 26 + (uint32_t)(t.p[i] - 'A') + 1;
	for (; i < t.n && t.p[i] >= '0' && t.p[i] <= '9' && *row < 2000000; i++)
		*row = *row * 10 + (uint32_t)(t.p[i] - '0');
	return i == t.n && *row >= 1 && *row <= 1048576 && *column >= 1 && *column <= 16384;
}

static void
check_constant(struct decl *d, const struct field *field, struct text constant)
{
	bool wrong_year;

	if (field->kind == KIND_ENUM && bind_word(field, constant, true, 0, &wrong_year) < 0)
		decl_complain(
		    d, "'is' gives \"%.*s\", which is none of its words", TEXT_ARG(constant));
}

/* Where nothing is said, a value is labelled as its field is headed in tables. */
static void
default_labels(struct decl *d, struct sheet_value *value)
{
	const struct csv_target *target = &value->target;
	const struct field *field = target->path[target->depth - 1];
	struct text *texts = arena_calloc(d->arena, field->n_headers + 3, sizeof(*texts));
	struct buf title = { 0 };
	uint32_t n = 0;

	for (; n < field->n_headers; n++)
		texts[n] = field->headers[n];
	for (uint32_t i = 0; i < target->depth; i++) {
		if (i > 0)
			buf_char(&title, ' ');
		buf_text(&title, target->path[i]->title);
	}
	texts[n++] = (struct text){ arena_strndup(d->arena, title.p, title.n), title.n };
	buf_free(&title);
	if (target->depth > 1)
		texts[n++] = field->title;
	value->texts = texts;
	value->n_texts = n;
}

/* label, cell, name or is: one of them, or the field's own headers and title. */
static void
read_spot(struct decl *d, int at, struct sheet_value *value)
{
	static const char *const known[] = { "label", "below", "cell", "name", "is" };
	static const struct {
		const char *option;
		enum spot_how how;
	} hows[] = { { "label", SPOT_LABEL }, { "cell", SPOT_CELL }, { "name", SPOT_NAME },
		{ "is", SPOT_CONSTANT } };
	uint32_t said = 0;

	decl_only(d, at, "option of a value", known, 5);
	value->below = decl_bool(d, at, "below");
	for (size_t i = 0; i < sizeof(hows) / sizeof(hows[0]); i++) {
		if (!decl_get(d, at, hows[i].option))
			continue;
		lua_pop(d->L, 1);
		said++;
		value->how = hows[i].how;
		value->texts = decl_texts(d, at, hows[i].option, &value->n_texts);
		if (value->n_texts == 0 || (value->n_texts > 1 && value->how != SPOT_LABEL))
			decl_complain(d, "'%s' must be one text", hows[i].option);
	}
	if (said > 1)
		decl_complain(
		    d, "its place is said twice: by one of 'label', 'cell', 'name' and 'is'");
	if (value->below && value->how != SPOT_LABEL)
		decl_complain(d, "'below' is said of a label, and this has none");
	if (said > 0 && value->n_texts > 0 && value->how == SPOT_CELL &&
	    !read_cell_name(value->texts[0], &value->row, &value->column))
		decl_complain(d,
		    "'cell' must be a cell of this sheet such as \"C7\", and is \"%.*s\"",
		    TEXT_ARG(value->texts[0]));
	if (said > 0 && value->n_texts > 0 && value->how == SPOT_CONSTANT)
		check_constant(d, value->target.path[value->target.depth - 1], value->texts[0]);
}

/* The value at the top of the stack: "hwb.gss", or { "hwb.gss", cell = "C7" }. */
static bool
read_value(struct decl *d, struct sheet_value *value)
{
	int at = lua_gettop(d->L);
	struct text path, rest;
	const struct field *field;
	size_t mark;

	if (lua_istable(d->L, at)) {
		lua_rawgeti(d->L, at, 1);
		path = decl_string(d, lua_gettop(d->L));
		lua_pop(d->L, 1);
	} else
		path = decl_string(d, at);
	if (path.n == 0) {
		decl_complain(d,
		    "each of 'values' is the name of a field, or { \"field\", label = \"…\" }");
		return false;
	}
	if (!decl_target(d, "values", d->form->root, path, &value->target, &rest))
		return false;
	field = value->target.path[value->target.depth - 1];
	if (rest.n > 0 || !form_fits_a_cell(field)) {
		decl_complain(d,
		    "'values' names '%.*s', which no single cell can hold: put it under "
		    "'tables'",
		    TEXT_ARG(path));
		return false;
	}
	mark = decl_enter(d, path);
	if (lua_istable(d->L, at))
		read_spot(d, at, value);
	if (value->n_texts == 0)
		default_labels(d, value);
	if (value->how == SPOT_LABEL)
		value->normal = decl_normal(d, value->texts, value->n_texts);
	decl_leave(d, mark);
	return true;
}

static void
read_values(struct decl *d, int at, struct sheet_block *block)
{
	int values;

	lua_getfield(d->L, at, "values");
	values = lua_gettop(d->L);
	if (lua_istable(d->L, values)) {
		uint32_t n = (uint32_t)lua_rawlen(d->L, values);

		block->values = arena_calloc(d->arena, n + 1, sizeof(*block->values));
		for (uint32_t i = 0; i < n; i++) {
			lua_rawgeti(d->L, values, (lua_Integer)i + 1);
			block->n_values += read_value(d, &block->values[block->n_values]);
			lua_settop(d->L, values);
		}
	} else if (!lua_isnil(d->L, values))
		decl_complain(d,
		    "'values' must be a list: { \"hwb.gss\", { \"units\", cell = \"C7\" } }");
	lua_settop(d->L, values - 1);
}

static bool
share_label(const struct sheet_value *a, const struct sheet_value *b, struct text *label)
{
	for (uint32_t i = 0; a->normal != NULL && i < a->n_texts; i++)
		for (uint32_t k = 0; b->normal != NULL && k < b->n_texts; k++)
			if (text_equal(a->normal[i], b->normal[k])) {
				*label = a->texts[i];
				return true;
			}
	return false;
}

/* A label of a sheet is that of one value. */
static void
check_labels(struct decl *d, const struct sheet_block *block)
{
	struct text label;

	for (uint32_t i = 0; i < block->n_values; i++)
		for (uint32_t k = 0; k < i; k++) {
			const struct csv_target *a = &block->values[i].target,
						*b = &block->values[k].target;

			if (a->path[a->depth - 1] != b->path[b->depth - 1] &&
			    share_label(&block->values[i], &block->values[k], &label))
				decl_complain(d,
				    "\"%.*s\" would be the label of '%.*s' and of '%.*s': give "
				    "both "
				    "a 'label' of their own",
				    TEXT_ARG(label), TEXT_ARG(b->path[b->depth - 1]->name),
				    TEXT_ARG(a->path[a->depth - 1]->name));
		}
}

static void
read_block(struct decl *d, int at, struct sheet_block *block)
{
	static const char *const known[] = { "also", "needed", "optional", "hidden", "values",
		"tables" };
	struct text name = TEXT_NONE, *also;
	uint32_t n;
	size_t mark;

	if (lua_istable(d->L, at)) {
		lua_rawgeti(d->L, at, 1);
		name = decl_string(d, lua_gettop(d->L));
		lua_pop(d->L, 1);
	}
	if (name.n == 0) {
		decl_complain(
		    d, "each of 'sheets' is { \"name of the sheet\", values = { … } }");
		return;
	}
	mark = decl_enter(d, name);
	decl_only(d, at, "option of a sheet", known, 6);
	also = decl_texts(d, at, "also", &n);
	block->names = arena_calloc(d->arena, n + 1, sizeof(*block->names));
	block->names[block->n_names++] = name;
	for (uint32_t i = 0; i < n; i++)
		block->names[block->n_names++] = also[i];
	block->normal = decl_normal(d, block->names, block->n_names);
	block->needed = decl_bool(d, at, "needed");
	block->optional = decl_bool(d, at, "optional");
	block->hidden = decl_bool(d, at, "hidden");
	if (block->needed && block->optional)
		decl_complain(d, "a sheet that is needed cannot be optional");
	read_values(d, at, block);
	check_labels(d, block);
	decl_tables(d, at, block);
	if (block->n_values == 0 && block->n_tables == 0 && !block->needed)
		decl_complain(d, "nothing is read from it: give it 'values' or 'tables'");
	decl_leave(d, mark);
}

static bool
same_path(const struct csv_target *a, const struct csv_target *b)
{
	return a->depth == b->depth &&
	    memcmp(a->path, b->path, a->depth * sizeof(a->path[0])) == 0;
}

/* A value stands in one place. */
static void
check_once(struct decl *d, const struct sheet_layout *layout, const struct sheet_block *of,
    const struct sheet_value *value)
{
	for (uint32_t i = 0; i < layout->n_blocks; i++) {
		const struct sheet_block *block = &layout->blocks[i];

		for (uint32_t k = 0; k < block->n_values; k++) {
			if (&block->values[k] == value)
				return;
			if (same_path(&block->values[k].target, &value->target))
				decl_complain(d,
				    "'%.*s' has a place on the sheet %.*s and another on %.*s",
				    TEXT_ARG(value->target.path[value->target.depth - 1]->name),
				    TEXT_ARG(block->names[0]), TEXT_ARG(of->names[0]));
		}
	}
}

static bool
has_place(const struct sheet_layout *layout, const struct field *field)
{
	for (uint32_t i = 0; i < layout->n_blocks; i++) {
		const struct sheet_block *block = &layout->blocks[i];

		for (uint32_t k = 0; k < block->n_values; k++)
			if (block->values[k].target.path[0] == field)
				return true;
		for (uint32_t k = 0; k < block->n_tables; k++) {
			const struct sheet_table *table = &block->tables[k];

			if (table->parent == NULL && table->list.depth > 0 &&
			    table->list.path[0] == field)
				return true;
			for (uint32_t m = 0; m < table->layout.n_targets; m++)
				if (table->layout.targets[m].role == TARGET_MAP &&
				    table->layout.targets[m].path[0] == field)
					return true;
		}
	}
	return false;
}

static void
check_whole(struct decl *d, const struct sheet_layout *layout)
{
	const struct record_type *root = d->form->root;
	bool needed = false;

	for (uint32_t i = 0; i < layout->n_blocks; i++) {
		needed |= layout->blocks[i].needed;
		for (uint32_t k = 0; k < layout->blocks[i].n_values; k++)
			check_once(d, layout, &layout->blocks[i], &layout->blocks[i].values[k]);
	}
	if (!needed)
		decl_complain(d,
		    "no sheet is marked needed = true, so that no workbook would be recognised "
		    "as this form");
	for (uint32_t i = 0; i < root->n_fields; i++)
		if (root->fields[i].required && !has_place(layout, &root->fields[i]))
			decl_complain(d,
			    "'%.*s' is required, and no sheet says where it stands",
			    TEXT_ARG(root->fields[i].name));
}

void
decl_sheets(struct decl *d, int table)
{
	struct sheet_layout *layout;
	size_t mark = decl_enter(d, TEXT("sheets"));
	int at;

	lua_getfield(d->L, table, "sheets");
	at = lua_gettop(d->L);
	if (lua_istable(d->L, at)) {
		layout = arena_calloc(d->arena, 1, sizeof(*layout));
		layout->n_blocks = (uint32_t)lua_rawlen(d->L, at);
		layout->blocks =
		    arena_calloc(d->arena, layout->n_blocks + 1, sizeof(*layout->blocks));
		decl_only(d, at, "option of 'sheets'", NULL, 0);
		for (uint32_t i = 0; i < layout->n_blocks; i++) {
			lua_rawgeti(d->L, at, (lua_Integer)i + 1);
			read_block(d, at + 1, &layout->blocks[i]);
			lua_settop(d->L, at);
		}
		if (d->mistakes == 0)
			check_whole(d, layout);
		d->form->sheets = true;
		d->form->sheet_layout = layout;
	} else if (!lua_isnil(d->L, at))
		decl_complain(
		    d, "it must be a list of sheets: { { \"Cover\", values = { … } } }");
	lua_settop(d->L, at - 1);
	decl_leave(d, mark);
}
