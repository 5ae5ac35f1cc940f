/* Registers as packs declare them; the rows come from CSV files of the tree. */
#include "rules/rulebook_load.h"

#include <string.h>

#include "rules/form_private.h"

static void
row_wrong(void *arg, struct text file, uint32_t line, struct text what)
{
	load_refuse(arg, file, line, "%.*s", TEXT_ARG(what));
}

static bool
may_be_column(enum kind k)
{
	return k == KIND_TEXT || k == KIND_CODE || k == KIND_INTEGER || k == KIND_MONEY ||
	    k == KIND_RATE || k == KIND_PERCENT || k == KIND_DECIMAL || k == KIND_BOOLEAN ||
	    k == KIND_DATE || k == KIND_TIME || k == KIND_YEAR || k == KIND_QUARTER;
}

/* of = "ccgs" or { "ccgs", "councils.ecode" } in the column on top of the stack. */
static void
column_codes(struct declaration *d, struct texts *of)
{
	struct declaration column = *d;
	lua_State *L = d->L;

	column.table = lua_gettop(L);
	declare_texts(&column, "of", OPTIONAL, of);
	d->good &= column.good;
	for (lua_pushnil(L); lua_next(L, column.table) != 0; lua_pop(L, 1)) {
		if (lua_type(L, -2) == LUA_TSTRING && strcmp(lua_tostring(L, -2), "of") != 0)
			declare_wrong(
			    d, ": a column has no '%s'; it may have of.", lua_tostring(L, -2));
	}
}

/* { "amount", "money" } on top of the stack. */
static void
one_column(struct declaration *d, struct reg *r, uint32_t index)
{
	struct field *f = &r->type.fields[index];
	lua_State *L = d->L;
	struct text kind;

	if (lua_type(L, -1) != LUA_TTABLE) {
		declare_wrong(d, ": a column must be written { \"NAME\", \"KIND\" }.");
		return;
	}
	f->index = (uint16_t)index;
	column_codes(d, &r->of[index]);
	lua_geti(L, -1, 1);
	lua_geti(L, -2, 2);
	if (lua_type(L, -2) != LUA_TSTRING || lua_type(L, -1) != LUA_TSTRING) {
		declare_wrong(d, ": a column must be written { \"NAME\", \"KIND\" }.");
	} else {
		f->name = arena_text(d->l->book->arena, text_of(lua_tostring(L, -2)));
		f->title = f->name;
		kind = arena_text(d->l->texts, text_of(lua_tostring(L, -1)));
		if (declare_kind(d, kind, &f->kind) && !may_be_column(f->kind))
			declare_wrong(d, ": a column cannot be a %.*s.", TEXT_ARG(kind));
	}
	lua_pop(L, 2);
}

static int
column_of(const struct reg *r, struct text name)
{
	uint32_t i;

	for (i = 0; i < r->type.n_fields; i++) {
		if (text_equal(r->type.fields[i].name, name))
			return (int)i;
	}
	return -1;
}

static void
all_columns(struct declaration *d, struct reg *r)
{
	lua_State *L = d->L;
	lua_Integer i, n;

	if (!declare_table(d, "columns", REQUIRED))
		return;
	n = luaL_len(L, -1);
	r->type.fields = arena_calloc(d->l->book->arena, (size_t)n + 1, sizeof(struct field));
	r->of = arena_calloc(d->l->book->arena, (size_t)n + 1, sizeof(*r->of));
	for (i = 1; i <= n; i++) {
		struct field *f = &r->type.fields[i - 1];

		lua_geti(L, -1, i);
		one_column(d, r, (uint32_t)i - 1);
		lua_pop(L, 1);
		if (f->name.n > 0 && column_of(r, f->name) >= 0)
			declare_wrong(d, " has the column '%.*s' twice.", TEXT_ARG(f->name));
		r->type.n_fields++;
	}
	lua_pop(L, 1);
	r->from = column_of(r, TEXT("from"));
	r->to = column_of(r, TEXT("to"));
	if ((r->from >= 0 && r->type.fields[r->from].kind != KIND_DATE) ||
	    (r->to >= 0 && r->type.fields[r->to].kind != KIND_DATE))
		declare_wrong(d, ": the columns 'from' and 'to' must be dates.");
}

static void
key_columns(struct declaration *d, struct reg *r)
{
	struct texts key;
	struct text *names, hint;
	uint32_t i, j;

	if (!declare_texts(d, "key", REQUIRED, &key))
		return;
	r->key = arena_calloc(d->l->book->arena, key.n, sizeof(*r->key));
	for (i = 0; i < key.n; i++) {
		int c = column_of(r, key.items[i]);

		if (c >= 0) {
			r->key[r->n_key++] = (uint16_t)c;
			continue;
		}
		names = arena_calloc(d->l->texts, r->type.n_fields, sizeof(*names));
		for (j = 0; j < r->type.n_fields; j++)
			names[j] = r->type.fields[j].name;
		hint = did_you_mean(d->l->texts, key.items[i], names, r->type.n_fields);
		declare_wrong(d, ": key names '%.*s', which is no column%.*s.",
		    TEXT_ARG(key.items[i]), TEXT_ARG(hint));
	}
}

static void
read_file(struct declaration *d, struct reg *r, struct text path)
{
	const struct tree_file *f = tree_find(d->l->book->tree, path.p);

	if (f == NULL)
		declare_wrong(d, ": there is no file %.*s.", TEXT_ARG(path));
	else
		register_read_csv(r, d->l->book->arena, f->name, f->data, row_wrong, d->l);
}

/* The site's own rows stand in for the pack's. */
static void
read_files(struct declaration *d, struct reg *r, const struct texts *files)
{
	struct text site = arena_printf(d->l->texts, "site/%.*s.csv", TEXT_ARG(r->name));
	uint32_t i;

	if (tree_find(d->l->book->tree, site.p) != NULL) {
		r->of_site = true;
		read_file(d, r, site);
		return;
	}
	for (i = 0; i < files->n; i++)
		read_file(d, r,
		    arena_printf(d->l->texts, "%.*s/%.*s", TEXT_ARG(r->pack),
			TEXT_ARG(files->items[i])));
}

static void
begin_register(struct declaration *d, struct reg *r)
{
	struct arena *a = d->l->book->arena;

	r->pack = d->l->pack != NULL ? d->l->pack->id : TEXT_NONE;
	r->file = d->file;
	r->line = d->line;
	r->from = r->to = -1;
	r->type.name = r->name;
	r->type.title = r->title.n > 0 ? r->title : r->name;
	r->type.row = arena_printf(a, "row of %.*s", TEXT_ARG(r->name));
	r->type.key = r->type.open_from = r->type.open_to = -1;
}

/* Look-ups of names are the form's business; a register is a form of one type. */
static void
prepare_type(struct declaration *d, struct reg *r)
{
	struct record_type *types[] = { &r->type };
	struct form fake = { .types = types, .n_types = 1 };

	r->type.open_from = r->from;
	r->type.open_to = r->to;
	form_prepare(d->l->book->arena, &fake);
}

static struct reg *
add_register(struct declaration *d, const struct reg *r)
{
	struct rulebook *b = d->l->book;
	struct reg **all;

	all =
	    arena_grow(b->arena, b->registers, b->n_registers, &b->registers_cap, sizeof(*all));
	b->registers = all;
	all[b->n_registers] = arena_alloc(b->arena, sizeof(*r));
	*all[b->n_registers] = *r;
	return all[b->n_registers++];
}

int
declare_register(lua_State *L)
{
	static const char *const keys[] = { "name", "title", "file", "files", "origin", "on",
		"key", "columns", "notice", "rises", NULL };
	struct declaration d;
	struct reg decl = { 0 }, *r;
	const struct reg *other;
	struct texts files = { 0 };

	if (!declare_begin(&d, L, "register", keys))
		return 0;
	if (declare_text(&d, "name", REQUIRED, &decl.name))
		declare_named(
		    &d, arena_printf(d.l->texts, "The register %.*s", TEXT_ARG(decl.name)));
	other = rulebook_register(d.l->book, decl.name);
	if (other != NULL)
		declare_wrong(&d, " is defined twice: see also %.*s:%u.", TEXT_ARG(other->file),
		    other->line);
	declare_text(&d, "title", OPTIONAL, &decl.title);
	declare_text(&d, "origin", REQUIRED, &decl.origin);
	declare_text(&d, "notice", OPTIONAL, &decl.notice);
	if (!declare_date(&d, "on", &decl.as_of) && d.good)
		declare_wrong(&d,
		    " does not say on which day its rows were so: add on = "
		    "\"2014-11-28\".");
	r = add_register(&d, &decl);
	begin_register(&d, r);
	r->rows.field = &r->in;
	r->in = (struct field){ .name = r->name,
		.title = r->type.title,
		.kind = KIND_LIST,
		.of = KIND_RECORD,
		.sub = &r->type };
	all_columns(&d, r);
	key_columns(&d, r);
	rulebook_rises_read(&d, r);
	if (!declare_texts(&d, "files", OPTIONAL, &files))
		declare_texts(&d, "file", REQUIRED, &files);
	prepare_type(&d, r);
	if (d.good)
		read_files(&d, r, &files);
	register_seal(r, d.l->book->arena, row_wrong, d.l);
	if (r->notice.n > 0 && !r->of_site)
		load_notice(d.l, d.file, d.line, "%.*s", TEXT_ARG(r->notice));
	return 0;
}
