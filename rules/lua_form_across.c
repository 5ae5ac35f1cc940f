/*
 * Tables that lie on their side: their columns are records, headed by their key, and their rows are fields.
 *
 * { list = "account", across = "quarter", under = "Income", rows = { planned_income = { "Plan" } } }
 */
#include "rules/lua_form_private.h"

/* What can be told from a heading alone. */
static bool
heads_columns(const struct field *field)
{
	return field->kind == KIND_QUARTER || field->kind == KIND_YEAR;
}

/* rows = { planned_income = { "Plan", "Planned" } }: what rows are called here, besides their own headings. */
static void
read_rows(struct decl *d, int at, struct sheet_table *table)
{
	struct text *names, *texts, rest;
	uint32_t n, n_texts;
	int rows;

	lua_getfield(d->L, at, "rows");
	rows = lua_gettop(d->L);
	if (lua_istable(d->L, rows)) {
		names = decl_keys(d, rows, &n);
		for (uint32_t i = 0; i < n; i++) {
			struct csv_target like = { .role = TARGET_FIELD };

			texts = decl_texts(d, rows, names[i].p, &n_texts);
			if (!decl_target(
				d, "rows", table->layout.list->sub, names[i], &like, &rest))
				continue;
			if (rest.n > 0 || !form_fits_a_cell(like.path[like.depth - 1]))
				decl_complain(d,
				    "'rows' names '%.*s', which is no single value",
				    TEXT_ARG(names[i]));
			for (uint32_t k = 0; k < n_texts; k++)
				form_add_target(d->arena, &table->layout, texts[k], &like);
		}
	} else if (!lua_isnil(d->L, rows))
		decl_complain(d, "'rows' must be a table: { planned_income = { \"Plan\" } }");
	lua_settop(d->L, rows - 1);
}

void
decl_across(struct decl *d, int at, struct sheet_table *table)
{
	const struct record_type *type =
	    table->layout.list != NULL ? table->layout.list->sub : NULL;
	struct text name = decl_text(d, at, "across");
	const struct field *field;

	if (name.n == 0) {
		if (decl_get(d, at, "rows")) {
			lua_pop(d->L, 1);
			decl_complain(d, "'rows' is about a table with 'across'");
		}
		return;
	}
	if (type == NULL || table->parent != NULL) {
		decl_complain(d, "'across' is about a list that is in no other");
		return;
	}
	field = form_field(type, name, NULL);
	if (field == NULL || (int)field->index != type->key || !heads_columns(field)) {
		decl_complain(d,
		    "'across' must name the key of '%.*s', and that must be a quarter or a "
		    "year: '%.*s' is not",
		    TEXT_ARG(table->title), TEXT_ARG(name));
		return;
	}
	table->across = field;
	table->optional = true;
	read_rows(d, at, table);
}
