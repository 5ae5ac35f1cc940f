/* Parameters as packs declare them, and as the site overrides them. */
#include "rules/rulebook_load.h"

#include <string.h>

#include "rules/lua_value.h"

static const char must_map[] = "a table of name = value, all values of one kind";

/* The kinds that a map's values may have, told by the first of them. */
static bool
map_value(struct declaration *d, struct parameter *p, int index, struct value *v)
{
	enum kind kind = lua_value_kind(d->L, index);

	if (p->of == KIND_NONE)
		p->of = kind;
	return kind != KIND_NONE && kind == p->of &&
	    declare_value(d->L, index, kind, d->l->book->arena, v);
}

/* { name = value, … }: kept in the order of the names. */
static bool
read_map(struct declaration *d, struct parameter *p, int index, struct parameter_value *pv)
{
	struct arena *a = d->l->book->arena;
	lua_State *L = d->L;
	lua_Integer i, n;
	bool good = true;

	if (lua_type(L, index) != LUA_TTABLE)
		return false;
	index = lua_absindex(L, index);
	n = lua_env_push_keys(L, index);
	pv->names = arena_calloc(a, (size_t)n, sizeof(*pv->names));
	pv->values = arena_calloc(a, (size_t)n, sizeof(*pv->values));
	pv->value = (struct value){ .state = VALUE_SET, .kind = KIND_MAP };
	for (i = 1; i <= n; i++) {
		good = lua_geti(L, -1, i) == LUA_TSTRING && good;
		lua_pushvalue(L, -1);
		lua_gettable(L, index);
		if (good && map_value(d, p, -1, &pv->values[pv->n]))
			pv->names[pv->n++] = arena_text(a, text_of(lua_tostring(L, -2)));
		else
			good = false;
		lua_pop(L, 2);
	}
	lua_pop(L, 1);
	return good;
}

static const char *
must_be(enum kind kind)
{
	switch (kind) {
	case KIND_MONEY: return "money: write gbp \"…\"";
	case KIND_RATE: return "a rate: write rate \"3.75%\"";
	case KIND_INTEGER: return "a whole number";
	case KIND_BOOLEAN: return "true or false";
	case KIND_MAP: return must_map;
	default: return kind_names[kind];
	}
}

/* Whether a value lies where the rules of its programme allow. */
static void
check_bounds(struct declaration *d, const struct parameter *p, const struct value *v)
{
	bool early = p->least.state == VALUE_SET && v->u.n < p->least.u.n;
	bool late = p->most.state == VALUE_SET && v->u.n > p->most.u.n;
	struct buf given = { 0 }, bound = { 0 };

	if (early || late) {
		value_format_pretty(&given, &p->field, *v);
		value_format_pretty(&bound, &p->field, early ? p->least : p->most);
		declare_wrong(d, ": its value is %.*s, and must be %.*s or %s%s%.*s%s.",
		    TEXT_ARG(buf_as_text(&given)), TEXT_ARG(buf_as_text(&bound)),
		    p->kind == KIND_DATE ? early ? "later" : "earlier"
			: early          ? "more"
					 : "less",
		    p->rule.n > 0 ? " (" : "", TEXT_ARG(p->rule), p->rule.n > 0 ? ")" : "");
	}
	buf_free(&given);
	buf_free(&bound);
}

/* The value at the top of the stack. */
static void
read_value(struct declaration *d, struct parameter *p, struct parameter_value *pv)
{
	bool good;

	good = p->kind == KIND_MAP
	    ? read_map(d, p, -1, pv)
	    : declare_value(d->L, -1, p->kind, d->l->book->arena, &pv->value);
	if (!good)
		declare_wrong(d, ": value must be %s; it is %s.", must_be(p->kind),
		    lua_value_called(d->L, -1));
	else
		check_bounds(d, p, &pv->value);
}

/* least and most: values of the parameter's own kind. */
static void
read_bound(struct declaration *d, const struct parameter *p, const char *key, struct value *v)
{
	if (lua_getfield(d->L, d->table, key) != LUA_TNIL &&
	    ((p->kind != KIND_DATE && p->kind != KIND_MONEY && p->kind != KIND_INTEGER) ||
		!declare_value(d->L, -1, p->kind, d->l->book->arena, v)))
		declare_wrong(d,
		    ": %s must be of the parameter's kind, and that a date, money or a whole "
		    "number.",
		    key);
	lua_pop(d->L, 1);
}

/* What is said of all its values, and why it has none. */
static void
read_rules(struct declaration *d, struct parameter *p)
{
	read_bound(d, p, "least", &p->least);
	read_bound(d, p, "most", &p->most);
	declare_text(d, "rule", OPTIONAL, &p->rule);
	declare_text(d, "off", OPTIONAL, &p->off);
}

/* From a year or a date; a year is its first or its last day. */
static bool
read_day(struct declaration *d, const char *key, bool last, date *day)
{
	struct lua_scalar s;
	fyear y;

	if (lua_getfield(d->L, d->table, key) == LUA_TNIL) {
		lua_pop(d->L, 1);
		return false;
	}
	s = lua_value_get(d->L, -1);
	lua_pop(d->L, 1);
	if (s.kind == KIND_YEAR || (s.kind == KIND_TEXT && year_read(s.text, &y))) {
		if (s.kind == KIND_YEAR)
			y = (fyear)s.n;
		*day = last ? year_ends(y) : year_starts(y);
		return true;
	}
	return declare_date(d, key, day);
}

static void
one_value(struct declaration *outer, struct parameter *p, struct parameter_value *pv)
{
	static const char *const keys[] = { "from", "to", "value", "source", NULL };
	struct declaration d;

	*pv = (struct parameter_value){
		.from = DATE_FIRST, .to = DATE_LAST, .line = outer->line
	};
	if (declare_inner(&d, outer, -1, "an entry of values", keys)) {
		read_day(&d, "from", false, &pv->from);
		read_day(&d, "to", true, &pv->to);
		if (pv->to < pv->from)
			declare_wrong(&d, " ends before it begins.");
		if (lua_getfield(d.L, d.table, "value") == LUA_TNIL)
			declare_wrong(&d, " has no value.");
		else
			read_value(&d, p, pv);
		lua_pop(d.L, 1);
		declare_text(&d, "source", REQUIRED, &pv->source);
	}
	outer->good = outer->good && d.good;
}

static void
all_values(struct declaration *d, struct parameter *p)
{
	lua_State *L = d->L;
	lua_Integer i, n;

	if (!declare_table(d, "values", p->off.n > 0 ? OPTIONAL : REQUIRED))
		return;
	if (p->off.n > 0)
		declare_wrong(d, " is off and has values; leave one of them out.");
	n = luaL_len(L, -1);
	if (n == 0)
		declare_wrong(
		    d, " has no values; write values = { { value = …, source = \"…\" } }.");
	p->values = arena_calloc(d->l->book->arena, (size_t)n, sizeof(*p->values));
	for (i = 1; i <= n; i++) {
		if (lua_geti(L, -1, i) == LUA_TTABLE) {
			lua_env_push_raw(L, -1);
			lua_remove(L, -2);
		}
		one_value(d, p, &p->values[p->n++]);
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
}

static void
check_overlap(struct declaration *d, struct parameter *p)
{
	uint32_t a, b;
	struct buf from = { 0 };

	if (parameter_seal(p, &a, &b))
		return;
	if (p->values[b].from > DATE_FIRST)
		date_format_pretty(&from, p->values[b].from);
	declare_wrong(d, " has two values on %s; every day may have one.",
	    from.n > 0 ? from.p : "the same days");
	buf_free(&from);
}

int
declare_parameter(lua_State *L)
{
	static const char *const keys[] = { "name", "title", "kind", "values", "least", "most",
		"rule", "off", NULL };
	struct declaration d;
	struct parameter p = { 0 };
	const struct parameter *other;
	struct rulebook *b;
	struct text kind;

	if (!declare_begin(&d, L, "parameter", keys))
		return 0;
	b = d.l->book;
	if (declare_text(&d, "name", REQUIRED, &p.name))
		declare_named(
		    &d, arena_printf(d.l->texts, "The parameter %.*s", TEXT_ARG(p.name)));
	declare_text(&d, "title", OPTIONAL, &p.title);
	if (declare_text(&d, "kind", REQUIRED, &kind))
		declare_kind(&d, kind, &p.kind);
	p.field.kind = p.kind;
	p.field.name = p.name;
	p.field.title = p.title;
	if (p.kind != KIND_NONE) {
		read_rules(&d, &p);
		all_values(&d, &p);
	}
	other = rulebook_parameter(b, p.name);
	if (other != NULL)
		declare_wrong(&d, " is defined twice: see also %.*s:%u.", TEXT_ARG(other->file),
		    other->line);
	check_overlap(&d, &p);
	p.pack = d.l->pack != NULL ? d.l->pack->id : TEXT_NONE;
	p.file = d.file;
	p.line = d.line;
	/* kept even with mistakes, so that those who use it are not told that it is missing */
	b->parameters =
	    arena_grow(b->arena, b->parameters, b->n_parameters, &b->parameters_cap, sizeof(p));
	b->parameters[b->n_parameters++] = p;
	return 0;
}

/* One override: the parameter then has this one value, always. */
static void
override(struct declaration *d, struct text name)
{
	struct rulebook *b = d->l->book;
	struct parameter *p = rulebook_parameter(b, name);
	struct text *names, hint;
	struct parameter_value *v;
	uint32_t i;

	if (p == NULL && follow_explains(d->l, name, NULL))
		return;
	if (p == NULL) {
		names = arena_calloc(d->l->texts, b->n_parameters, sizeof(*names));
		for (i = 0; i < b->n_parameters; i++)
			names[i] = b->parameters[i].name;
		hint = did_you_mean(d->l->texts, name, names, b->n_parameters);
		declare_wrong(d, ": no pack that is on has a parameter '%.*s'%.*s.",
		    TEXT_ARG(name), TEXT_ARG(hint));
		return;
	}
	v = arena_calloc(b->arena, 1, sizeof(*v));
	v->from = DATE_FIRST;
	v->to = DATE_LAST;
	v->source = TEXT("site.lua");
	v->line = d->line;
	p->of = KIND_NONE;
	declare_named(d, arena_printf(d->l->texts, "The parameter %.*s", TEXT_ARG(name)));
	read_value(d, p, v);
	p->values = v;
	p->n = 1;
}

void
rulebook_site_parameters(struct loading *l)
{
	lua_State *L = l->book->L;
	struct declaration d = { .L = L,
		.l = l,
		.file = TEXT("site.lua"),
		.line = l->book->site_line,
		.who = TEXT("The site"),
		.good = true };
	struct text key;
	lua_Integer i, n;

	if (l->book->site_values == 0)
		return;
	lua_rawgeti(L, LUA_REGISTRYINDEX, l->book->site_values);
	d.table = lua_gettop(L);
	n = lua_env_push_keys(L, -1);
	for (i = 1; i <= n; i++) {
		if (lua_geti(L, -1, i) == LUA_TSTRING) {
			key = arena_text(l->texts, text_of(lua_tostring(L, -1)));
			lua_getfield(L, d.table, key.p);
			override(&d, key);
			lua_pop(L, 1);
			d.who = TEXT("The site");
		} else {
			declare_wrong(&d, ": parameters must be name = value.");
		}
		lua_pop(L, 1);
	}
	lua_pop(L, 2);
	luaL_unref(L, LUA_REGISTRYINDEX, l->book->site_values);
}
