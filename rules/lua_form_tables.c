/*
 * Tables on the sheets of a workbook: rows that are the records of a list, or the items of maps.
 *
 * { list = "income", needs = { "partner", "amount" }, totals = { "total" } }
 * { list = "decisions.present", parent = { "Decision" } }
 * { list = "account", across = "quarter" }
 * { maps = { "p4p.planned", "p4p.actual" }, key = { "Quarter" } }
 */
#include <stdio.h>
#include <string.h>

#include "rules/lua_form_private.h"

static void
add_headings(struct decl *d, struct sheet_table *table, const struct text *texts, uint32_t n,
    const struct csv_target *like)
{
	for (uint32_t i = 0; i < n; i++)
		form_add_target(d->arena, &table->layout, texts[i], like);
}

static struct text
two_words(struct decl *d, struct text a, struct text b)
{
	struct buf buf = { 0 };
	struct text t;

	buf_printf(&buf, "%.*s %.*s", TEXT_ARG(a), TEXT_ARG(b));
	t = (struct text){ arena_strndup(d->arena, buf.p, buf.n), buf.n };
	buf_free(&buf);
	return t;
}

/* The column that says which record a row belongs to: as `parent` says, else "Decision", "Decision ref". */
static void
add_parent(struct decl *d, int at, struct sheet_table *table)
{
	const struct csv_target like = { .role = TARGET_PARENT };
	const struct record_type *type = table->parent->sub;
	struct text *texts, defaults[3];
	uint32_t n;

	texts = decl_texts(d, at, "parent", &n);
	if (n > 0) {
		add_headings(d, table, texts, n, &like);
		return;
	}
	defaults[0] = type->row;
	defaults[1] = two_words(d, type->row, type->fields[type->key].title);
	defaults[2] = two_words(d, type->row, type->fields[type->key].name);
	add_headings(d, table, defaults, 3, &like);
}

/* "income", "p4p.payments", or "decisions.present", whose rows name their decision. */
static bool
read_list(struct decl *d, int at, struct sheet_table *table, struct text path)
{
	const struct record_type *type = d->form->root;
	struct text rest;

	table->title = path;
	if (!decl_target(d, "list", type, path, &table->list, &rest))
		return false;
	if (rest.n > 0) {
		table->parents = table->list;
		table->list = (struct csv_target){ 0 };
		table->parent = table->parents.path[table->parents.depth - 1];
		type = table->parent->sub;
		if (!decl_target(d, "list", type, rest, &table->list, &rest))
			return false;
	}
	table->layout.list = table->list.path[table->list.depth - 1];
	if (rest.n > 0 || table->layout.list->kind != KIND_LIST ||
	    table->layout.list->sub == NULL || table->layout.list->join != NULL) {
		decl_complain(d,
		    "'list' must name a list of records, at most one list within another, and "
		    "'%.*s' is none",
		    TEXT_ARG(path));
		return false;
	}
	if (table->parent != NULL && type->key < 0) {
		decl_complain(d,
		    "'list' names '%.*s', and '%.*s' has no 'key' by which its rows could say "
		    "where they belong",
		    TEXT_ARG(path), TEXT_ARG(table->parent->name));
		return false;
	}
	if (table->parent != NULL)
		add_parent(d, at, table);
	return true;
}

/* Maps beside each other: a row is an item of each, under the key that the row has. */
static bool
read_maps(struct decl *d, int at, struct sheet_table *table)
{
	struct text *paths, *keys, rest;
	uint32_t n, n_keys;
	const struct csv_target key = { .role = TARGET_KEY };

	paths = decl_texts(d, at, "maps", &n);
	keys = decl_texts(d, at, "key", &n_keys);
	if (n_keys == 0)
		decl_complain(d, "'maps' needs 'key': the heading over their keys");
	add_headings(d, table, keys, n_keys, &key);
	table->title = n > 0 ? paths[0] : TEXT("maps");
	for (uint32_t i = 0; i < n; i++) {
		struct csv_target like = { .role = TARGET_MAP };
		const struct field *field;

		if (!decl_target(d, "maps", d->form->root, paths[i], &like, &rest))
			return false;
		field = like.path[like.depth - 1];
		if (rest.n > 0 || field->kind != KIND_MAP) {
			decl_complain(
			    d, "'maps' names '%.*s', which is no map", TEXT_ARG(paths[i]));
			return false;
		}
		if (table->key != NULL && table->key->keys != field->keys)
			decl_complain(d, "'maps' names '%.*s', whose keys are of another kind",
			    TEXT_ARG(paths[i]));
		if (table->key == NULL)
			table->key = field;
		add_headings(d, table, field->headers, field->n_headers, &like);
		form_add_target(d->arena, &table->layout, field->title, &like);
		form_add_target(d->arena, &table->layout, field->name, &like);
	}
	return n > 0;
}

static void
add_need(struct sheet_table *table, const struct field *field, struct text heading)
{
	table->layout.needs[table->layout.n_needs].field = field;
	table->layout.needs[table->layout.n_needs++].heading = heading;
}

static struct text
heading_of(const struct field *field)
{
	return field->n_headers > 0 ? field->headers[0] : field->title;
}

/* What a row of headings must have: as `needs` says, else its key and whatever is required of it. */
static void
read_needs(struct decl *d, int at, struct sheet_table *table)
{
	const struct record_type *type =
	    table->layout.list != NULL ? table->layout.list->sub : NULL;
	struct text *names;
	uint32_t n;

	names = decl_texts(d, at, "needs", &n);
	table->layout.needs = arena_calloc(d->arena,
	    n + 2 + (type != NULL ? type->n_fields : 0), sizeof(*table->layout.needs));
	if (type == NULL) {
		if (n > 0)
			decl_complain(d, "'needs' means nothing for maps: their key is needed");
		return;
	}
	for (uint32_t i = 0; i < n; i++) {
		const struct field *field = form_field(type, names[i], NULL);
		struct text near;

		if (field != NULL && form_fits_a_cell(field)) {
			add_need(table, field, heading_of(field));
			continue;
		}
		near = form_suggest(type, names[i]);
		decl_complain(d, "'needs' names '%.*s', which is no column of '%.*s'%s%.*s%s",
		    TEXT_ARG(names[i]), TEXT_ARG(table->title),
		    near.n > 0 ? " (did you mean '" : "", TEXT_ARG(near),
		    near.n > 0 ? "'?)" : "");
	}
	for (uint32_t i = 0; n == 0 && i < type->n_fields; i++) {
		const struct field *field = &type->fields[i];

		if (form_fits_a_cell(field) && (field->required || (int)i == type->key))
			add_need(table, field, heading_of(field));
	}
	if (table->layout.n_needs == 0)
		decl_complain(
		    d, "it needs 'needs': the columns by which its headings are found");
}

static void
read_totals(struct decl *d, int at, struct sheet_table *table)
{
	const struct record_type *type =
	    table->layout.list != NULL ? table->layout.list->sub : NULL;
	struct text *texts;
	uint32_t n;

	texts = decl_texts(d, at, "totals", &table->layout.n_totals);
	table->layout.totals = decl_normal(d, texts, table->layout.n_totals);
	texts = decl_texts(d, at, "adds", &n);
	table->adds = arena_calloc(d->arena, n + 1, sizeof(struct field *));
	if (n > 0 && (table->layout.n_totals == 0 || type == NULL))
		decl_complain(d, "'adds' is about the totals row of a list: it needs 'totals'");
	for (uint32_t i = 0; i < n && type != NULL; i++) {
		const struct field *field = form_field(type, texts[i], NULL);

		if (field != NULL && (field->kind == KIND_MONEY || field->kind == KIND_INTEGER))
			table->adds[table->n_adds++] = field;
		else
			decl_complain(d,
			    "'adds' names '%.*s', which is no amount or whole number of '%.*s'",
			    TEXT_ARG(texts[i]), TEXT_ARG(table->title));
	}
}

/* set = { source = "nhs_minimum" }: what every row of this table has without a column. */
static void
read_constants(struct decl *d, int at, struct sheet_table *table)
{
	struct text *names, rest;
	uint32_t n;
	int set;

	lua_getfield(d->L, at, "set");
	set = lua_gettop(d->L);
	if (lua_istable(d->L, set) && table->layout.list != NULL) {
		names = decl_keys(d, set, &n);
		table->constants = arena_calloc(d->arena, n + 1, sizeof(*table->constants));
		for (uint32_t i = 0; i < n; i++) {
			struct sheet_constant *c = &table->constants[table->n_constants];

			c->text = decl_text(d, set, names[i].p);
			if (!decl_target(
				d, "set", table->layout.list->sub, names[i], &c->target, &rest))
				continue;
			if (rest.n == 0 &&
			    form_fits_a_cell(c->target.path[c->target.depth - 1]))
				table->n_constants++;
			else
				decl_complain(d, "'set' names '%.*s', which is no single value",
				    TEXT_ARG(names[i]));
		}
	} else if (!lua_isnil(d->L, set))
		decl_complain(
		    d, "'set' must be a table for a list: { source = \"nhs_minimum\" }");
	lua_settop(d->L, set - 1);
}

/* prefilled = { "scheme_id" }: a row that has nothing else is a blank one of the template. */
static void
read_prefilled(struct decl *d, int at, struct sheet_table *table)
{
	const struct record_type *type =
	    table->layout.list != NULL ? table->layout.list->sub : NULL;
	struct text *names;
	uint32_t n;

	names = decl_texts(d, at, "prefilled", &n);
	table->prefilled = arena_calloc(d->arena, n + 1, sizeof(struct field *));
	for (uint32_t i = 0; i < n; i++) {
		const struct field *field =
		    type != NULL ? form_field(type, names[i], NULL) : NULL;

		if (field != NULL)
			table->prefilled[table->n_prefilled++] = field;
		else
			decl_complain(d,
			    "'prefilled' names '%.*s', which is no field of '%.*s'",
			    TEXT_ARG(names[i]), TEXT_ARG(table->title));
	}
}

static bool
read_table(struct decl *d, int at, struct sheet_table *table)
{
	static const char *const known[] = { "list", "maps", "key", "parent", "needs", "totals",
		"adds", "ignore", "set", "optional", "under", "prefilled", "across", "rows" };
	const struct csv_target skip = { .role = TARGET_SKIP };
	struct text list, *ignore;
	uint32_t n;
	bool maps;

	if (!lua_istable(d->L, at)) {
		decl_complain(d, "each of 'tables' is { list = \"income\", needs = { … } }");
		return false;
	}
	decl_only(d, at, "option of a table", known, sizeof(known) / sizeof(known[0]));
	list = decl_text(d, at, "list");
	if ((maps = decl_get(d, at, "maps")))
		lua_pop(d->L, 1);
	if (maps == (list.n > 0)) {
		decl_complain(d, "a table has 'list' or 'maps': what its rows are");
		return false;
	}
	if (maps ? !read_maps(d, at, table) : !read_list(d, at, table, list))
		return false;
	ignore = decl_texts(d, at, "ignore", &n);
	add_headings(d, table, ignore, n, &skip);
	decl_across(d, at, table);
	if (!maps)
		form_row_targets(d->arena, &table->layout);
	read_needs(d, at, table);
	read_totals(d, at, table);
	read_constants(d, at, table);
	ignore = decl_texts(d, at, "under", &table->n_under);
	table->under = decl_normal(d, ignore, table->n_under);
	read_prefilled(d, at, table);
	table->optional |= decl_bool(d, at, "optional");
	return true;
}

void
decl_tables(struct decl *d, int block_at, struct sheet_block *block)
{
	int tables;

	lua_getfield(d->L, block_at, "tables");
	tables = lua_gettop(d->L);
	if (lua_istable(d->L, tables)) {
		uint32_t n = (uint32_t)lua_rawlen(d->L, tables);

		block->tables = arena_calloc(d->arena, n + 1, sizeof(*block->tables));
		for (uint32_t i = 0; i < n; i++) {
			lua_rawgeti(d->L, tables, (lua_Integer)i + 1);
			block->n_tables +=
			    read_table(d, lua_gettop(d->L), &block->tables[block->n_tables]);
			lua_settop(d->L, tables);
		}
	} else if (!lua_isnil(d->L, tables))
		decl_complain(d, "'tables' must be a list: { { list = \"income\" } }");
	lua_settop(d->L, tables - 1);
}
