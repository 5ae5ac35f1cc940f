/*
 * Forms from Lua.
 *
 * A declaration is read in two steps: first the tree of fields as it stands, then whatever names
 * something else (references, joins, identity, versions, explanations, columns), when all names are
 * known.  Every mistake is told with the form's id and the field's path; any mistake refuses the
 * form, after all of it was read, so that an administrator mends them in one go.
 */
#include "rules/lua_form.h"

#include <string.h>

#include "rules/lua_form_private.h"

/* Where form{…} was called: the Lua function one level up. */
static void
find_caller(struct decl *d)
{
	lua_Debug where;

	if (lua_getstack(d->L, 1, &where) == 0 && lua_getstack(d->L, 0, &where) == 0)
		return;
	if (lua_getinfo(d->L, "Sl", &where) == 0 || where.currentline < 0)
		return;
	d->line = (uint32_t)where.currentline;
	d->file = text_of(where.source);
	if (d->file.n > 0 && (d->file.p[0] == '@' || d->file.p[0] == '='))
		d->file = (struct text){ d->file.p + 1, d->file.n - 1 };
	d->file.p = arena_strndup(d->arena, d->file.p != NULL ? d->file.p : "", d->file.n);
}

static void
read_fault_ids(struct decl *d, int table)
{
	struct text known[FAULT_KINDS], *keys;
	uint32_t n;
	int faults;

	for (int i = 0; i < FAULT_KINDS; i++) {
		d->form->faults[i] = -1;
		known[i] = text_of(fault_names[i]);
	}
	lua_getfield(d->L, table, "faults");
	faults = lua_gettop(d->L);
	if (lua_istable(d->L, faults)) {
		keys = decl_keys(d, faults, &n);
		for (uint32_t k = 0; k < n; k++) {
			int i = 0;

			while (i < FAULT_KINDS && !text_equal(keys[k], known[i]))
				i++;
			if (i == FAULT_KINDS)
				decl_unknown(
				    d, "the kind of fault", keys[k], known, FAULT_KINDS);
			else
				d->form->fault_ids[i] = decl_text(d, faults, keys[k].p);
		}
	} else if (!lua_isnil(d->L, faults))
		decl_complain(
		    d, "'faults' must be a table: { number_as_text = \"POOL-UNIT-004\", … }");
	lua_settop(d->L, faults - 1);
}

static void
read_root(struct decl *d, int table)
{
	int fields;

	lua_getfield(d->L, table, "fields");
	fields = lua_gettop(d->L);
	if (lua_isnil(d->L, fields))
		decl_complain(d, "it has no 'fields'");
	else
		d->form->root = decl_type(d, fields, TEXT(""));
	lua_settop(d->L, fields - 1);
	if (d->form->root == NULL || d->form->root->n_fields == 0)
		return;
	d->form->root->title = d->form->title;
	d->form->root->row = TEXT("");
}

static void
read_all(struct decl *d, int table)
{
	static const char *const known[] = { "id", "title", "recognise", "area", "period",
		"units", "version", "explanations", "waivers", "faults", "fields", "csv",
		"sheets", "conditions" };
	struct form *form = d->form;

	form->id = decl_text(d, table, "id");
	if (form->id.n == 0)
		decl_complain(d, "it has no 'id'");
	form->conditions = decl_texts(d, table, "conditions", &form->n_conditions);
	form->title = decl_text(d, table, "title");
	if (form->title.n == 0)
		decl_complain(d, "it has no 'title'");
	decl_only(d, table, "option of a form", known, sizeof(known) / sizeof(known[0]));
	read_fault_ids(d, table);
	read_root(d, table);
	if (form->root == NULL || form->root->n_fields == 0 || d->mistakes > 0)
		return; /* names cannot be judged against fields that are wrong */
	form_prepare(d->arena, form);
	decl_references(d);
	decl_identity(d, table);
	decl_version(d, table);
	decl_claims(d, table, "explanations", &form->explained);
	decl_claims(d, table, "waivers", &form->waived);
	form->explanations = form->explained.list;
	decl_recognise(d, table);
	decl_csv(d, table);
	decl_sheets(d, table);
	if (!form->json && !form->csv && !form->sheets)
		decl_complain(d,
		    "nothing would be recognised as this form: it has neither 'recognise' "
		    "nor 'csv' nor 'sheets'");
}

struct form *
lua_form_declare(lua_State *L, int index, const struct lua_form_options *options)
{
	struct decl d = { .L = L, .options = options, .arena = options->arena };
	int top = lua_gettop(L), table = lua_absindex(L, index);

	luaL_checkstack(L, 60, "form");
	d.form = arena_calloc(d.arena, 1, sizeof(*d.form));
	d.form->pack = options->pack;
	find_caller(&d);
	if (lua_istable(L, table))
		read_all(&d, table);
	else
		decl_complain(
		    &d, "form{ … } needs a table, and got a %s", luaL_typename(L, table));
	lua_settop(L, top);
	if (d.mistakes == 0)
		return d.form;
	for (uint32_t i = 0; i < d.n_derives; i++)
		luaL_unref(L, LUA_REGISTRYINDEX, d.derives[i]);
	return NULL;
}
