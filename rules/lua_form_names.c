/*
 * What a form says by naming its own fields: references, identity, versions, explanations, how a
 * document is recognised, and columns.
 */
#include <stdio.h>
#include <string.h>

#include "rules/lua_form_private.h"

/* The field at a dotted path, or NULL after a complaint that says which part is wrong. */
static const struct field *
find_path(struct decl *d, const char *option, struct text dotted)
{
	const struct record_type *type = d->form->root;
	const struct field *field = NULL;
	struct text rest = dotted;

	for (;;) {
		const char *dot = rest.n > 0 ? memchr(rest.p, '.', rest.n) : NULL;
		struct text part = { rest.p, dot != NULL ? (size_t)(dot - rest.p) : rest.n };
		struct text near;

		if ((field = form_field(type, part, NULL)) == NULL) {
			near = form_suggest(type, part);
			decl_complain(d,
			    "'%s' names '%.*s', and there is no field '%.*s'%s%.*s%s", option,
			    TEXT_ARG(dotted), TEXT_ARG(part),
			    near.n > 0 ? " (did you mean '" : "", TEXT_ARG(near),
			    near.n > 0 ? "'?)" : "");
			return NULL;
		}
		if (dot == NULL)
			return field;
		if (field->kind != KIND_RECORD) {
			decl_complain(d, "'%s' names '%.*s', and '%.*s' is no record", option,
			    TEXT_ARG(dotted), TEXT_ARG(part));
			return NULL;
		}
		type = field->sub;
		rest = (struct text){ dot + 1, rest.n - part.n - 1 };
	}
}

static bool
is_scalar(const struct field *field)
{
	return field->kind != KIND_RECORD && field->kind != KIND_LIST &&
	    field->kind != KIND_MAP && field->kind != KIND_ANY;
}

/* A scalar field of the form's, by the path in table[option]; left out: TEXT_NONE. */
static struct text
scalar_path(struct decl *d, int table, const char *option, const struct field **found)
{
	struct text dotted = decl_text(d, table, option);
	const struct field *field;

	*found = NULL;
	if (dotted.n == 0 || (field = find_path(d, option, dotted)) == NULL)
		return TEXT_NONE;
	if (!is_scalar(field)) {
		decl_complain(d, "'%s' must name a single value, and '%.*s' is a %s", option,
		    TEXT_ARG(dotted), kind_names[field->kind]);
		return TEXT_NONE;
	}
	*found = field;
	return dotted;
}

static bool
refers(const struct field *field)
{
	return field->kind == KIND_REF || field->of == KIND_REF || field->keys == KIND_REF;
}

static void
check_reference(struct decl *d, const struct record_type *type, const struct field *field)
{
	char where[128];
	const struct field *target;

	snprintf(where, sizeof(where), "%.*s%s%.*s", TEXT_ARG(type->name),
	    type->name.n > 0 ? "." : "", TEXT_ARG(field->name));
	decl_enter(d, text_of(where));
	if (field->list.n == 0)
		decl_complain(d, "a reference needs 'to': the list it points into");
	else if ((target = find_path(d, "to", field->list)) != NULL) {
		if (target->kind != KIND_LIST || target->sub == NULL || target->join != NULL)
			decl_complain(d, "'to' must name a list of records, and '%.*s' is none",
			    TEXT_ARG(field->list));
		else if (target->sub->key < 0)
			decl_complain(d, "'to' names '%.*s', which has no 'key' to be found by",
			    TEXT_ARG(field->list));
		else if (target->sub->fields[target->sub->key].kind == KIND_REF)
			decl_complain(d, "'to' names '%.*s', whose key is a reference itself",
			    TEXT_ARG(field->list));
	}
	decl_leave(d, 0);
}

void
decl_references(struct decl *d)
{
	for (uint32_t t = 0; t < d->form->n_types; t++) {
		const struct record_type *type = d->form->types[t];

		for (uint32_t i = 0; i < type->n_fields; i++) {
			if (refers(&type->fields[i]))
				check_reference(d, type, &type->fields[i]);
			else if (type->fields[i].list.n > 0 && type->fields[i].kind == KIND_MAP)
				decl_complain(d,
				    "'to' of '%.*s' means nothing: neither its keys nor its "
				    "values "
				    "are references",
				    TEXT_ARG(type->fields[i].name));
		}
	}
}

static void
check_units(struct decl *d, const struct field *units)
{
	bool pounds = false;

	if (units->kind != KIND_ENUM) {
		decl_complain(d, "'units' must name an enum of \"GBP\" and \"GBP000\"");
		return;
	}
	for (uint32_t i = 0; i < units->n_words; i++) {
		struct text word = units->words[i].word;

		pounds |= text_is(word, "GBP");
		if (!text_is(word, "GBP") && !text_is(word, "GBP000"))
			decl_complain(
			    d, "units are \"GBP\" or \"GBP000\", not \"%.*s\"", TEXT_ARG(word));
	}
	if (!pounds)
		decl_complain(d, "the words of '%.*s' must have \"GBP\" among them",
		    TEXT_ARG(units->name));
}

void
decl_identity(struct decl *d, int table)
{
	struct form *form = d->form;
	const struct field *field;

	form->area = scalar_path(d, table, "area", &field);
	form->period = scalar_path(d, table, "period", &field);
	if (field != NULL && field->kind != KIND_YEAR && field->kind != KIND_QUARTER &&
	    field->kind != KIND_DATE)
		decl_complain(d,
		    "'period' must name a year, a quarter or a date, and '%.*s' is of kind %s",
		    TEXT_ARG(form->period), kind_names[field->kind]);
	form->units = scalar_path(d, table, "units", &field);
	if (field != NULL)
		check_units(d, field);
}

static void
read_accepted(struct decl *d, int row, struct version_accepted *accepted)
{
	static const char *const known[] = { "years", "old" };
	struct text *years;
	uint32_t n;

	lua_rawgeti(d->L, row, 1);
	accepted->name = decl_string(d, lua_gettop(d->L));
	lua_rawgeti(d->L, row, 2);
	accepted->version = decl_string(d, lua_gettop(d->L));
	lua_pop(d->L, 2);
	if (accepted->name.p == NULL || accepted->version.p == NULL)
		decl_complain(
		    d, "each row of 'accepted' is { \"template name\", \"version\", … }");
	decl_only(d, row, "option of an accepted version", known, 2);
	accepted->old = decl_bool(d, row, "old");
	years = decl_texts(d, row, "years", &n);
	if (n == 0)
		return;
	if (n != 2 || !year_read(years[0], &accepted->from) ||
	    !year_read(years[1], &accepted->to) || accepted->from > accepted->to)
		decl_complain(d,
		    "'years' of an accepted version must be two years, first and last: "
		    "{ \"2015-16\", \"2015-16\" }");
}

void
decl_version(struct decl *d, int table)
{
	static const char *const known[] = { "field", "name", "accepted" };
	struct versions *versions = arena_calloc(d->arena, 1, sizeof(*versions));
	const struct field *field;
	int version;

	lua_getfield(d->L, table, "version");
	version = lua_gettop(d->L);
	if (lua_isnil(d->L, version)) {
		lua_pop(d->L, 1);
		return;
	}
	if (!lua_istable(d->L, version)) {
		decl_complain(d, "'version' must be { field = …, name = …, accepted = { … } }");
		lua_pop(d->L, 1);
		return;
	}
	decl_only(d, version, "option of 'version'", known, 3);
	versions->name = scalar_path(d, version, "name", &field);
	versions->field = scalar_path(d, version, "field", &field);
	lua_getfield(d->L, version, "accepted");
	versions->n = lua_istable(d->L, -1) ? (uint32_t)lua_rawlen(d->L, -1) : 0;
	if (field == NULL || versions->n == 0)
		decl_complain(d, "'version' needs 'field' and at least one row of 'accepted'");
	versions->accepted =
	    arena_calloc(d->arena, versions->n + 1, sizeof(*versions->accepted));
	for (uint32_t i = 0; i < versions->n; i++) {
		lua_rawgeti(d->L, version + 1, (lua_Integer)i + 1);
		if (lua_istable(d->L, -1))
			read_accepted(d, lua_gettop(d->L), &versions->accepted[i]);
		else
			decl_complain(d,
			    "each row of 'accepted' is { \"template name\", \"version\", … }");
		lua_pop(d->L, 1);
	}
	lua_settop(d->L, version - 1);
	d->form->version = versions->field;
	d->form->versions = versions;
}

static struct text
claim_field(struct decl *d, int table, const char *option, const struct field *list)
{
	struct text name = decl_text(d, table, option), near;
	const struct field *field;

	if (name.n == 0 || list == NULL)
		return TEXT_NONE;
	if ((field = form_field(list->sub, name, NULL)) != NULL && is_scalar(field))
		return field->name;
	near = form_suggest(list->sub, name);
	decl_complain(d,
	    "'%s' names '%.*s', which is no value among the fields of '%.*s'%s%.*s%s", option,
	    TEXT_ARG(name), TEXT_ARG(list->name), near.n > 0 ? " (did you mean '" : "",
	    TEXT_ARG(near), near.n > 0 ? "'?)" : "");
	return TEXT_NONE;
}

void
decl_claims(struct decl *d, int table, const char *name, struct form_claims *claims)
{
	static const char *const known[] = { "list", "condition", "target", "text", "author",
		"on" };
	const struct field *list = NULL;
	int at;

	lua_getfield(d->L, table, name);
	at = lua_gettop(d->L);
	if (lua_istable(d->L, at)) {
		decl_only(d, at, "option here", known, 6);
		claims->list = decl_text(d, at, "list");
		if (claims->list.n == 0)
			decl_complain(d, "'%s' needs 'list': the list of them", name);
		else if ((list = find_path(d, name, claims->list)) != NULL &&
		    (list->kind != KIND_LIST || list->sub == NULL)) {
			decl_complain(d, "'%s' names '%.*s', which is no list of records", name,
			    TEXT_ARG(claims->list));
			list = NULL;
		}
		claims->condition = claim_field(d, at, "condition", list);
		claims->target = claim_field(d, at, "target", list);
		claims->text = claim_field(d, at, "text", list);
		claims->author = claim_field(d, at, "author", list);
		claims->on = claim_field(d, at, "on", list);
		if (list != NULL && (claims->condition.n == 0 || claims->text.n == 0))
			decl_complain(d,
			    "'%s' needs 'condition' and 'text': which of its fields they are",
			    name);
	} else if (!lua_isnil(d->L, at))
		decl_complain(
		    d, "'%s' must be a table: { list = …, condition = …, text = … }", name);
	lua_settop(d->L, at - 1);
}

/* The scalar at the top of the stack as the text a file would have. */
static struct text
scalar_text(struct decl *d)
{
	if (lua_isboolean(d->L, -1))
		return lua_toboolean(d->L, -1) ? TEXT("true") : TEXT("false");
	if (lua_isinteger(d->L, -1)) {
		lua_pushvalue(d->L, -1);
		lua_tostring(d->L, -1);
		lua_replace(d->L, -2);
	}
	return decl_string(d, lua_gettop(d->L));
}

static void
recognise_member(struct decl *d, struct detect_member *member)
{
	static const char *const known[] = { "absent" };
	int at = lua_gettop(d->L);
	struct text one;

	if (!lua_istable(d->L, at)) {
		one = scalar_text(d);
		member->values = arena_calloc(d->arena, 1, sizeof(struct text));
		member->values[member->n_values++] = one;
		if (one.p == NULL)
			decl_complain(d,
			    "'recognise': '%.*s' must be a text, or a list of them",
			    TEXT_ARG(member->name));
		return;
	}
	decl_only(d, at, "option of a recognised member", known, 1);
	member->absent = decl_bool(d, at, "absent");
	member->values = arena_calloc(d->arena, lua_rawlen(d->L, at) + 1, sizeof(struct text));
	for (lua_Integer i = 1; i <= (lua_Integer)lua_rawlen(d->L, at); i++) {
		lua_rawgeti(d->L, at, i);
		one = scalar_text(d);
		if (one.p == NULL)
			decl_complain(d, "'recognise': the values of '%.*s' must be texts",
			    TEXT_ARG(member->name));
		else
			member->values[member->n_values++] = one;
		lua_pop(d->L, 1);
	}
	if (member->n_values == 0)
		decl_complain(d, "'recognise': '%.*s' lists no value", TEXT_ARG(member->name));
}

void
decl_recognise(struct decl *d, int table)
{
	struct detect *detect = arena_calloc(d->arena, 1, sizeof(*detect));
	struct text *keys;
	uint32_t n;
	bool told = false;
	int at;

	lua_getfield(d->L, table, "recognise");
	at = lua_gettop(d->L);
	if (lua_istable(d->L, at)) {
		keys = decl_keys(d, at, &n);
		detect->members = arena_calloc(d->arena, n + 1, sizeof(*detect->members));
		for (uint32_t i = 0; i < n; i++) {
			struct detect_member *member = &detect->members[detect->n++];

			member->name = keys[i];
			lua_getfield(d->L, at, keys[i].p);
			recognise_member(d, member);
			lua_settop(d->L, at);
			told |= !member->absent;
		}
		if (!told)
			decl_complain(
			    d, "'recognise' needs at least one member that must be there");
		d->form->json = true;
		d->form->detect = detect;
	} else if (!lua_isnil(d->L, at))
		decl_complain(d, "'recognise' must be a table: { kind = \"plan\", … }");
	lua_settop(d->L, at - 1);
}

static const struct field *
csv_need(struct decl *d, const struct csv_layout *layout, struct text name)
{
	const struct record_type *type = layout->list->sub;
	const struct field *field = form_field(type, name, NULL);

	if (field == NULL)
		field = form_path(d->form, name);
	if (field != NULL && is_scalar(field))
		return field;
	decl_complain(d,
	    "'csv.needs' names '%.*s', which is no column: neither a value of a row of "
	    "'%.*s' nor one of the form",
	    TEXT_ARG(name), TEXT_ARG(layout->list->name));
	return NULL;
}

static void
csv_read(struct decl *d, int at, struct csv_layout *layout)
{
	struct text list = decl_text(d, at, "list"), *texts;
	char normal[HEADING_BYTES];
	uint32_t n;

	if (list.n == 0) {
		decl_complain(d, "'csv' needs 'list': which list the rows are");
		return;
	}
	layout->list = form_field(d->form->root, list, NULL);
	if (layout->list == NULL || layout->list->kind != KIND_LIST ||
	    layout->list->sub == NULL || layout->list->join != NULL) {
		decl_complain(d,
		    "'csv.list' must name a list of records at the top of the form, and "
		    "'%.*s' is none",
		    TEXT_ARG(list));
		return;
	}
	layout->preamble = decl_bool(d, at, "preamble");
	texts = decl_texts(d, at, "needs", &n);
	if (n == 0)
		decl_complain(
		    d, "'csv' needs 'needs': the columns by which a file is recognised");
	layout->needs = arena_calloc(d->arena, n + 1, sizeof(*layout->needs));
	for (uint32_t i = 0; i < n; i++) {
		struct csv_need *need = &layout->needs[layout->n_needs];

		if ((need->field = csv_need(d, layout, texts[i])) == NULL)
			continue;
		need->heading =
		    need->field->n_headers > 0 ? need->field->headers[0] : need->field->title;
		layout->n_needs++;
	}
	texts = decl_texts(d, at, "totals", &n);
	layout->totals = arena_calloc(d->arena, n + 1, sizeof(struct text));
	for (uint32_t i = 0; i < n; i++) {
		struct text norm = heading_normalise(normal, texts[i], NULL);

		layout->totals[layout->n_totals++] =
		    (struct text){ arena_strndup(d->arena, norm.p, norm.n), norm.n };
	}
	form_csv_targets(d->arena, d->form, layout);
	d->form->csv = true;
	d->form->csv_layout = layout;
}

void
decl_csv(struct decl *d, int table)
{
	static const char *const known[] = { "list", "preamble", "needs", "totals" };
	int at;

	lua_getfield(d->L, table, "csv");
	at = lua_gettop(d->L);
	if (lua_istable(d->L, at)) {
		decl_only(d, at, "option of 'csv'", known, 4);
		csv_read(d, at, arena_calloc(d->arena, 1, sizeof(struct csv_layout)));
	} else if (!lua_isnil(d->L, at))
		decl_complain(d, "'csv' must be a table: { list = …, needs = { … } }");
	lua_settop(d->L, at - 1);
}
