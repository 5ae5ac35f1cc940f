/*
 * Fields of a form: one row a field, { "name", "kind", options … }.
 *
 * What may be said of which kind is a table (options[]): an option for money on a text is a mistake
 * as much as an option that does not exist.
 */
#include <stdio.h>
#include <string.h>

#include "rules/lua_form_private.h"

#define BIT(kind) (1u << (kind))
#define EVERY     (~0u)
#define SCALARS   (~(BIT(KIND_RECORD) | BIT(KIND_LIST) | BIT(KIND_MAP) | BIT(KIND_ANY)))

/* Option handlers get the field's table; the value is t[option]. */
typedef void option_fn(struct decl *, int table, struct field *);

static option_fn take_range, take_shape, take_max, take_to, take_also, take_open, take_derive;

/*
 * `of`, `keys`, `fields`, `key`, `row` and `join` are read by decl_field() and its callees, in the
 * order in which they depend on one another; the others by their handlers.
 */
static const struct option {
	const char *name;
	uint32_t kinds;  /* of the field */
	uint32_t items;  /* or, for a list or map of scalars, of its items */
	option_fn *take; /* NULL: read elsewhere */
} options[] = {
	{ "required", EVERY, 0, NULL },
	{ "title", EVERY, 0, NULL },
	{ "help", EVERY, 0, NULL },
	{ "aliases", EVERY, 0, NULL },
	{ "headers", EVERY, 0, NULL },
	{ "unknown", EVERY, 0, NULL },
	{ "range",
	    BIT(KIND_MONEY) | BIT(KIND_INTEGER) | BIT(KIND_RATE) | BIT(KIND_PERCENT) |
		BIT(KIND_DECIMAL),
	    BIT(KIND_MONEY) | BIT(KIND_INTEGER) | BIT(KIND_RATE) | BIT(KIND_PERCENT) |
		BIT(KIND_DECIMAL),
	    take_range },
	{ "whole_pounds", BIT(KIND_MONEY), BIT(KIND_MONEY), NULL },
	{ "round", BIT(KIND_MONEY), BIT(KIND_MONEY), NULL },
	{ "no_units", BIT(KIND_MONEY), BIT(KIND_MONEY), NULL },
	{ "day_ends", BIT(KIND_TIME), BIT(KIND_TIME), NULL },
	{ "max", BIT(KIND_TEXT), BIT(KIND_TEXT), take_max },
	{ "shape", BIT(KIND_CODE) | BIT(KIND_TEXT), BIT(KIND_CODE) | BIT(KIND_TEXT),
	    take_shape },
	{ "of", BIT(KIND_ENUM) | BIT(KIND_LIST) | BIT(KIND_MAP), 0, NULL },
	{ "words", BIT(KIND_LIST) | BIT(KIND_MAP), 0, NULL },
	{ "keys", BIT(KIND_MAP), 0, NULL },
	{ "to", BIT(KIND_REF) | BIT(KIND_MAP), BIT(KIND_REF), take_to },
	{ "also", BIT(KIND_REF) | BIT(KIND_MAP), BIT(KIND_REF), take_also },
	{ "fields", BIT(KIND_RECORD) | BIT(KIND_LIST), 0, NULL },
	{ "key", BIT(KIND_LIST), 0, NULL },
	{ "row", BIT(KIND_LIST), 0, NULL },
	{ "open", BIT(KIND_LIST), 0, take_open },
	{ "join", BIT(KIND_LIST), 0, NULL },
	{ "derive", SCALARS, 0, take_derive },
};
#define N_OPTIONS (sizeof(options) / sizeof(options[0]))

/* One end of a range: whole pounds or "12.50" for money, whole numbers, "3.75%" for rates. */
static bool
read_bound(struct decl *d, enum kind kind, int64_t *out)
{
	struct rate rate = { 0, 0 };
	struct money_read money;
	struct text text;

	if (lua_isinteger(d->L, -1))
		lua_tostring(d->L, -1);
	text = decl_string(d, lua_gettop(d->L));
	if (text.p == NULL)
		return false;
	if (kind == KIND_MONEY) {
		money = money_read(text, MONEY_STRICT, 1);
		*out = money.amount;
		return money.how == NUMBER_OK;
	}
	if (kind == KIND_INTEGER)
		return integer_read(text, MONEY_STRICT, out) == NUMBER_OK;
	if (!rate_read(text, &rate))
		return false;
	for (; rate.scale < 6; rate.scale++)
		if (__builtin_mul_overflow(rate.units, (int64_t)10, &rate.units))
			return false;
	for (; rate.scale > 6; rate.scale--)
		rate.units /= 10;
	*out = rate.units;
	return true;
}

static void
take_range(struct decl *d, int table, struct field *field)
{
	int64_t ends[2] = { 0, 0 };
	bool good = true;

	if (!decl_get(d, table, "range"))
		return;
	good = lua_istable(d->L, -1) && lua_rawlen(d->L, -1) == 2;
	for (int i = 0; i < 2 && good; i++) {
		lua_rawgeti(d->L, -1, i + 1);
		good = read_bound(d, field_item_kind(field), &ends[i]);
		lua_pop(d->L, 1);
	}
	lua_pop(d->L, 1);
	if (!good)
		decl_complain(
		    d, "'range' must be two numbers as texts, such as { \"0\", \"1000000\" }");
	else if (ends[0] > ends[1])
		decl_complain(d, "'range' has its least above its most");
	field->has_range = good;
	field->least = ends[0];
	field->most = ends[1];
}

static void
take_shape(struct decl *d, int table, struct field *field)
{
	field->pattern = decl_text(d, table, "shape");
	for (size_t i = 0; i < field->pattern.n; i++) {
		char c = field->pattern.p[i];

		if ((c >= 'a' && c <= 'z') || (unsigned char)c < ' ' ||
		    (unsigned char)c > 126) {
			decl_complain(d,
			    "'shape' is of A (letter), 9 (digit), X (either), other signs as "
			    "they "
			    "stand, and blanks between shapes; \"%.*s\" has something else",
			    TEXT_ARG(field->pattern));
			return;
		}
	}
}

static void
take_max(struct decl *d, int table, struct field *field)
{
	if (!decl_get(d, table, "max"))
		return;
	if (!lua_isinteger(d->L, -1) || lua_tointeger(d->L, -1) < 1 ||
	    lua_tointeger(d->L, -1) > 1000000)
		decl_complain(d, "'max' must be a whole number of bytes from 1 to 1000000");
	else
		field->max_bytes = (uint32_t)lua_tointeger(d->L, -1);
	lua_pop(d->L, 1);
}

static void
take_to(struct decl *d, int table, struct field *field)
{
	field->list = decl_text(d, table, "to");
}

static void
take_also(struct decl *d, int table, struct field *field)
{
	field->also = decl_texts(d, table, "also", &field->n_also);
}

static void
take_open(struct decl *d, int table, struct field *field)
{
	struct text *names;
	uint32_t n;

	if (field->sub == NULL || !decl_get(d, table, "open"))
		return;
	lua_pop(d->L, 1);
	names = decl_texts(d, table, "open", &n);
	if (n != 2) {
		decl_complain(
		    d, "'open' must be the names of two dates: { \"arose\", \"ended\" }");
		return;
	}
	for (uint32_t i = 0; i < field->sub->n_fields; i++) {
		if (text_equal(field->sub->fields[i].name, names[0]))
			field->sub->open_from = (int)i;
		if (text_equal(field->sub->fields[i].name, names[1]))
			field->sub->open_to = (int)i;
	}
	for (uint32_t i = 0; i < 2; i++) {
		int at = i == 0 ? field->sub->open_from : field->sub->open_to;

		if (at < 0 || field->sub->fields[at].kind != KIND_DATE)
			decl_complain(d,
			    "'open' names '%.*s', which is no date among its fields",
			    TEXT_ARG(names[i]));
	}
}

static void
take_derive(struct decl *d, int table, struct field *field)
{
	if (!decl_get(d, table, "derive"))
		return;
	if (!lua_isfunction(d->L, -1)) {
		decl_complain(d, "'derive' must be a function of the record");
		lua_pop(d->L, 1);
		return;
	}
	if (d->n_derives == d->cap_derives) {
		int *more;

		d->cap_derives = d->cap_derives == 0 ? 16 : d->cap_derives * 2;
		more = arena_calloc(d->arena, d->cap_derives, sizeof(*more));
		if (d->n_derives > 0)
			memcpy(more, d->derives, d->n_derives * sizeof(*more));
		d->derives = more;
	}
	field->derive = luaL_ref(d->L, LUA_REGISTRYINDEX);
	d->derives[d->n_derives++] = field->derive;
	if (field->required)
		decl_complain(d, "a derived field is worked out, so it cannot be required");
}

static void
read_map_keys(struct decl *d, int table, struct field *field)
{
	struct text word = decl_text(d, table, "keys");

	if (word.n == 0) {
		decl_complain(
		    d, "a map needs 'keys': what its names are, \"text\", \"quarter\" …");
		return;
	}
	switch (field->keys = decl_kind(d, word)) {
	case KIND_TEXT:
	case KIND_CODE:
	case KIND_QUARTER:
	case KIND_YEAR:
	case KIND_INTEGER:
	case KIND_DATE:
	case KIND_REF:
	case KIND_NONE: break;
	default:
		decl_complain(d,
		    "the keys of a map are text, code, quarter, year, integer, date or "
		    "reference, not %.*s",
		    TEXT_ARG(word));
	}
}

static void
read_key(struct decl *d, int table, struct field *field)
{
	struct text key = decl_text(d, table, "key");
	struct text names[FORM_FIELDS];

	if (key.n == 0 || field->sub == NULL)
		return;
	for (uint32_t i = 0; i < field->sub->n_fields; i++) {
		names[i] = field->sub->fields[i].name;
		if (text_equal(names[i], key))
			field->sub->key = (int)i;
	}
	if (field->sub->key < 0) {
		decl_unknown(d, "the key", key, names, field->sub->n_fields);
		return;
	}
	if ((BIT(field->sub->fields[field->sub->key].kind) &
		(BIT(KIND_TEXT) | BIT(KIND_CODE) | BIT(KIND_INTEGER) | BIT(KIND_YEAR) |
		    BIT(KIND_QUARTER) | BIT(KIND_DATE) | BIT(KIND_ENUM) | BIT(KIND_REF))) ==
		0 ||
	    field->sub->fields[field->sub->key].derive != 0)
		decl_complain(d,
		    "the key '%.*s' is of kind %s, which cannot tell records apart",
		    TEXT_ARG(key), kind_names[field->sub->fields[field->sub->key].kind]);
}

/* "new_or_existing" as a title: "New or existing". */
static struct text
plain_title(struct arena *arena, struct text name)
{
	char *p = arena_strndup(arena, name.p != NULL ? name.p : "", name.n);

	for (size_t i = 0; i < name.n; i++)
		if (p[i] == '_')
			p[i] = ' ';
	if (name.n > 0 && p[0] >= 'a' && p[0] <= 'z')
		p[0] = (char)(p[0] - 32);
	return (struct text){ p, name.n };
}

static void
read_structure(struct decl *d, int table, struct field *field)
{
	bool has_fields = decl_get(d, table, "fields");

	if (has_fields && (field->kind == KIND_RECORD || field->kind == KIND_LIST)) {
		if (field->kind == KIND_LIST && field->of != KIND_NONE)
			decl_complain(d, "a list has either 'of' or 'fields', not both");
		field->sub = decl_type(d, lua_gettop(d->L), field->name);
		if (field->kind == KIND_LIST)
			field->of = KIND_RECORD;
	}
	if (has_fields)
		lua_pop(d->L, 1);
	if (field->sub != NULL) {
		field->sub->title = field->title;
		field->sub->row = TEXT("row");
		if (field->kind == KIND_LIST) {
			struct text row = decl_text(d, table, "row");

			if (row.n > 0)
				field->sub->row = row;
			read_key(d, table, field);
		}
	} else if (field->kind == KIND_RECORD)
		decl_complain(d, "a record needs fields = { … }");
	else if (field->kind == KIND_LIST && field->of == KIND_NONE)
		decl_complain(
		    d, "a list needs fields = { … }, or of = \"code\" for plain values");
}

/* Refuse options that do not exist or do not belong to the kind. */
static void
check_options(struct decl *d, int table, const struct field *field)
{
	const char *known[N_OPTIONS];
	uint32_t kind = BIT(field->kind), item = BIT(field_item_kind(field));

	for (size_t i = 0; i < N_OPTIONS; i++)
		known[i] = options[i].name;
	decl_only(d, table, "option", known, N_OPTIONS);
	if (field->kind == KIND_NONE)
		return;
	for (size_t i = 0; i < N_OPTIONS; i++) {
		if ((options[i].kinds & kind) != 0 || (options[i].items & item) != 0)
			continue;
		if (decl_get(d, table, options[i].name)) {
			lua_pop(d->L, 1);
			decl_complain(d, "'%s' means nothing for kind %s", options[i].name,
			    kind_names[field->kind]);
		}
	}
}

static void
read_aliases(struct decl *d, int table, struct field *field)
{
	field->aliases = decl_texts(d, table, "aliases", &field->n_aliases);
	field->headers = decl_texts(d, table, "headers", &field->n_headers);
	field->alias_scale = arena_calloc(d->arena, field->n_aliases + 1, sizeof(uint8_t));
	if (field->kind != KIND_RATE)
		return;
	for (uint32_t i = 0; i < field->n_aliases; i++) {
		struct text alias = field->aliases[i];

		if (alias.n > 9 && memcmp(alias.p + alias.n - 9, "_permille", 9) == 0)
			field->alias_scale[i] = 3;
		else if (alias.n > 8 && memcmp(alias.p + alias.n - 8, "_percent", 8) == 0)
			field->alias_scale[i] = 2;
	}
	field->per_mille =
	    field->name.n > 9 && memcmp(field->name.p + field->name.n - 9, "_permille", 9) == 0;
}

void
decl_field(struct decl *d, int table, struct field *field)
{
	struct text kind;

	lua_rawgeti(d->L, table, 2);
	kind = decl_string(d, lua_gettop(d->L));
	lua_pop(d->L, 1);
	if (kind.p == NULL)
		decl_complain(
		    d, "a field is { \"name\", \"kind\", … }, and this one has no kind");
	else
		field->kind = decl_kind(d, kind);
	if (lua_rawlen(d->L, table) > 2)
		decl_complain(d,
		    "a field has a name and a kind; whatever else is written option = value");
	field->title = decl_text(d, table, "title");
	if (field->title.n == 0)
		field->title = plain_title(d->arena, field->name);
	field->help = decl_text(d, table, "help");
	field->required = decl_bool(d, table, "required");
	field->unknown = decl_bool(d, table, "unknown");
	field->whole_pounds = decl_bool(d, table, "whole_pounds");
	field->round = decl_bool(d, table, "round");
	field->no_units = decl_bool(d, table, "no_units");
	field->day_ends = decl_bool(d, table, "day_ends");
	read_aliases(d, table, field);
	decl_of(d, table, field);
	if (field->kind == KIND_ENUM && field->n_words == 0)
		decl_complain(d, "an enum needs of = { \"word\", … }");
	if (field->kind == KIND_MAP) {
		read_map_keys(d, table, field);
		if (field->of == KIND_NONE)
			decl_complain(d, "a map needs 'of': the kind of its values");
	}
	read_structure(d, table, field);
	check_options(d, table, field);
	for (size_t i = 0; i < N_OPTIONS; i++)
		if (options[i].take != NULL)
			options[i].take(d, table, field);
}
