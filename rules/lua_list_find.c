/* Finding in lists: where, has, one, latest, open_on, rising. */
#include <string.h>

#include "rules/lua_list_index.h"

/* Words of a list are numbers in one form; one that the form does not have can match nothing.
 */
static bool
want_value(lua_State *L, int index, const struct field *f, struct value *v)
{
	struct text word, *words;
	uint32_t i;
	int near;

	if (lua_to_value(L, index, f, v))
		return true;
	if (f->kind != KIND_ENUM || lua_type(L, index) != LUA_TSTRING) {
		if (f->kind == KIND_REF && lua_type(L, index) == LUA_TSTRING)
			lua_env_fail(L, "%s is a reference, not text", f->name.p);
		lua_wrong_value(L, index, f);
	}
	word.p = lua_tolstring(L, index, &word.n);
	words = eval_alloc(L, f->n_words * sizeof(*words) + 1);
	for (i = 0; i < f->n_words; i++)
		words[i] = f->words[i].word;
	near = text_nearest(word, words, f->n_words);
	if (near >= 0)
		lua_env_fail(L, "%s has no word '%s' (%s?)", f->name.p, word.p,
		    arena_strndup(eval_of(L)->scratch, words[near].p, words[near].n));
	return false;
}

/* The value at the top of the stack: one, or a table or list of several. */
static void
read_any(lua_State *L, struct want *w)
{
	int at = lua_gettop(L);
	bool several = lua_istable(L, at);
	struct view v;
	lua_Integer i, n;

	if (!several && lua_to_view(L, at, &v))
		several = true;
	n = several ? luaL_len(L, at) : 1;
	w->any = eval_alloc(L, ((size_t)n + 1) * sizeof(*w->any));
	for (i = 1; i <= n; i++) {
		if (several)
			lua_geti(L, at, i);
		else
			lua_pushvalue(L, at);
		if (want_value(L, -1, w->field, &w->any[w->n]))
			w->n++;
		lua_pop(L, 1);
	}
}

bool
values_equal(const struct value *a, const struct value *b)
{
	switch (a->kind) {
	case KIND_TEXT:
	case KIND_CODE:
		return same_text(
		    (struct text){ a->u.s, a->len }, (struct text){ b->u.s, b->len });
	case KIND_REF:
		if ((a->flags | b->flags) & VALUE_REF_WORD)
			return (a->flags & b->flags & VALUE_REF_WORD) && a->len == b->len &&
			    memcmp(a->u.s, b->u.s, a->len) == 0;
		return a->u.rec == b->u.rec;
	case KIND_RECORD: return a->u.rec == b->u.rec;
	default: return a->u.n == b->u.n && a->scale == b->scale;
	}
}

/* What is left out matches nothing; what could not be read stops. */
static bool
matches(lua_State *L, const struct record *r, const struct want *wants, uint32_t n)
{
	uint32_t i, j;

	for (i = 0; i < n; i++) {
		const struct value *v = &r->values[wants[i].field->index];

		if (v->state == VALUE_DERIVE)
			v = lua_record_value(L, r, wants[i].field);
		if (v->state == VALUE_FAULTED)
			lua_need_value(L, r, wants[i].field, v);
		if (v->state != VALUE_SET)
			return false;
		for (j = 0; j < wants[i].n && !values_equal(v, &wants[i].any[j]); j++)
			;
		if (j == wants[i].n)
			return false;
	}
	return true;
}

/* The wanted value of a field stands at the top of the stack, its name below; pops the value. */
static void
read_want(lua_State *L, const struct view *v, struct want *w)
{
	const struct record *r = v->n > 0 ? v->items[0].u.rec : v->place.rec;

	*w = (struct want){ .field = lua_check_field(L, v->type, r, -2) };
	if (w->field->kind == KIND_LIST || w->field->kind == KIND_MAP)
		lua_env_fail(L,
		    "%s is a list; use where(function(row) return row.%s:has(…) end)",
		    w->field->name.p, w->field->name.p);
	read_any(L, w);
	lua_pop(L, 1);
}

/* A table of one field needs no order; false: it has another number of them, or is frozen. */
static bool
read_only_want(lua_State *L, const struct view *v, int arg, struct want *w)
{
	int top = lua_gettop(L);

	if (lua_getmetatable(L, arg)) {
		lua_pop(L, 1);
		return false;
	}
	lua_pushnil(L);
	if (!lua_next(L, arg))
		return false;
	lua_pushvalue(L, -2);
	if (lua_next(L, arg)) {
		lua_settop(L, top);
		return false;
	}
	read_want(L, v, w);
	lua_settop(L, top);
	return true;
}

static struct want *
read_wants(lua_State *L, const struct view *v, int arg, uint32_t *n)
{
	struct want *wants = eval_alloc(L, sizeof(*wants));
	lua_Integer i, keys;

	*n = 1;
	if (read_only_want(L, v, arg, wants))
		return wants;
	keys = lua_env_push_keys(L, arg);
	wants = eval_alloc(L, ((size_t)keys + 1) * sizeof(*wants));
	for (i = 1; i <= keys; i++) {
		lua_geti(L, -1, i);
		lua_pushvalue(L, -1);
		lua_gettable(L, arg);
		read_want(L, v, &wants[i - 1]);
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
	*n = (uint32_t)keys;
	return wants;
}

static struct view *
filter_by_function(lua_State *L, const struct view *v, int arg)
{
	struct view *made = list_like(L, v, 0);
	uint32_t i, room = 0;

	for (i = 0; i < v->n; i++) {
		lua_pushvalue(L, arg);
		list_push_item(L, v, i);
		lua_call(L, 1, 1);
		if (lua_toboolean(L, -1))
			list_push(L, made, &room, &v->items[i]);
		lua_pop(L, 1);
	}
	return made;
}

struct view *
list_filter(lua_State *L, const struct view *v, int arg)
{
	struct view *made;
	struct want *wants;
	uint32_t i, n, room = 0;

	if (lua_type(L, arg) == LUA_TFUNCTION)
		return filter_by_function(L, v, arg);
	if (lua_type(L, arg) != LUA_TTABLE || v->type == NULL)
		lua_env_fail(L,
		    "where wants fields and values, or a function: write where { NAME = value "
		    "}");
	wants = read_wants(L, v, arg, &n);
	made = list_look_up(L, v, wants, n);
	if (made != NULL)
		return made;
	lua_limit_charge(L, (uint64_t)v->n * (n + 1) / 2);
	made = list_like(L, v, 0);
	for (i = 0; i < v->n; i++) {
		if (matches(L, list_record(L, v, i), wants, n))
			list_push(L, made, &room, &v->items[i]);
	}
	return made;
}

static int
list_where(lua_State *L)
{
	struct view v;

	list_self(L, "where", &v);
	list_push_made(L, list_filter(L, &v, 2));
	return 1;
}

/* list:has(value) */
static int
list_has(lua_State *L)
{
	struct view v;
	struct value want;
	const struct record *r;
	uint32_t i;

	list_self(L, "has", &v);
	if (lua_isnoneornil(L, 2))
		lua_env_fail(L, "has wants a value");
	lua_limit_charge(L, v.n);
	r = v.type != NULL ? lua_to_record(L, 2) : NULL;
	if (v.type != NULL && r == NULL)
		lua_env_fail(L, "has wants a record here, not %s", lua_value_called(L, 2));
	if (v.type == NULL && !want_value(L, 2, v.of, &want)) {
		lua_pushboolean(L, false);
		return 1;
	}
	for (i = 0; i < v.n; i++) {
		if (v.items[i].state == VALUE_FAULTED)
			list_record(L, &v, i);
		if (v.items[i].state != VALUE_SET)
			continue;
		if (v.type != NULL ? v.items[i].u.rec == r : values_equal(&v.items[i], &want))
			break;
	}
	lua_pushboolean(L, i < v.n);
	return 1;
}

/* "{ name = value }" as people say it: "2020-21", "P1, nhs_minimum" */
static struct text
say_wants(lua_State *L, int arg)
{
	struct buf b = { 0 };
	lua_Integer i, n = lua_env_push_keys(L, arg);

	for (i = 1; i <= n; i++) {
		lua_geti(L, -1, i);
		lua_gettable(L, arg);
		if (i > 1)
			buf_str(&b, ", ");
		lua_value_show(L, -1, NULL, &b);
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
	return arena_buf(eval_of(L)->scratch, &b);
}

static struct text
row_numbers(lua_State *L, const struct view *v)
{
	struct buf b = { 0 };
	uint32_t i;

	for (i = 0; i < v->n && i < 10; i++)
		buf_printf(&b, "%s%u",
		    i == 0              ? ""
			: i + 1 == v->n ? " and "
					: ", ",
		    v->items[i].u.rec->index + 1);
	return arena_buf(eval_of(L)->scratch, &b);
}

/* None or several where one must be: a finding of the form, and this subject ends. */
static void
not_one(lua_State *L, const struct view *v, int arg)
{
	struct eval *e = eval_of(L);
	struct text what = lua_istable(L, arg) ? say_wants(L, arg) : TEXT("these");
	const struct condition *c;
	struct found f = { 0 };
	uint32_t i;

	if (v->place.rec == NULL || v->place.rec->budget != e->budget)
		eval_stop(L, NOT_REFERENCE, NULL,
		    arena_printf(e->scratch, "There %s for %.*s.",
			v->n == 0 ? "is no row" : "are several rows", TEXT_ARG(what)));
	c = eval_fault_condition(e, e->budget->form, FAULT_NOT_ONE);
	f.condition = c;
	f.severity = c->head.severities & 1u << SEV_ERROR ? SEV_ERROR : SEV_QUERY;
	f.places = &v->place;
	f.n_places = 1;
	f.expected.plain = f.expected.pretty = TEXT("one row");
	f.given.plain = f.given.pretty = v->n == 0
	    ? TEXT("none")
	    : arena_printf(e->scratch, "rows %.*s", TEXT_ARG(row_numbers(L, v)));
	f.message = v->n == 0
	    ? arena_printf(e->scratch, "There is no row for %.*s.", TEXT_ARG(what))
	    : arena_printf(e->scratch, "There are %s rows for %.*s: %.*s.",
		  v->n == 2 ? "two" : "several", TEXT_ARG(what), TEXT_ARG(f.given.pretty));
	for (i = 0; i < e->v->n_findings; i++) {
		if (e->v->findings[i].condition == &c->head &&
		    text_equal(e->v->findings[i].message, f.message))
			break;
	}
	if (i == e->v->n_findings)
		eval_find(e, &f);
	eval_stop(L, NOT_AFTER, &v->place,
	    arena_printf(
		e->scratch, "%.*s  See %.*s.", TEXT_ARG(f.message), TEXT_ARG(c->head.id)));
}

static int
one(lua_State *L, const char *method, bool or_none)
{
	struct view v, *found = &v;

	list_self(L, method, &v);
	if (!lua_isnoneornil(L, 2))
		found = list_filter(L, &v, 2);
	if (found->n == 0 && or_none) {
		lua_pushnil(L);
		return 1;
	}
	if (found->n != 1)
		not_one(L, found, 2);
	list_push_item(L, found, 0);
	return 1;
}

static int
list_one(lua_State *L)
{
	return one(L, "one", false);
}

static int
list_one_or_none(lua_State *L)
{
	return one(L, "one_or_none", true);
}

/* Two values of one field, by size. */
static int
order(lua_State *L, const struct field *f, const struct value *a, const struct value *b)
{
	struct lua_scalar x, y;
	int sign = 0;

	lua_push_value(L, f, a, f->kind);
	lua_push_value(L, f, b, f->kind);
	x = lua_value_get(L, -2);
	y = lua_value_get(L, -1);
	if (!lua_value_compare(x, y, &sign))
		lua_env_fail(L, "%s cannot be put in order", f->name.p);
	lua_pop(L, 2);
	return sign;
}

/* The row with the greatest value; of equals the last. Returns without a field: the last
 * received. */
static int
list_latest(lua_State *L)
{
	struct view v;
	const struct field *f;
	const struct value *best = NULL, *now;
	uint32_t i, at = 0;

	list_self(L, "latest", &v);
	if (v.n == 0) {
		lua_pushnil(L);
		return 1;
	}
	if (lua_isnoneornil(L, 2) && v.type != NULL && v.items[0].u.rec->parent == NULL) {
		list_push_item(L, &v, v.n - 1);
		return 1;
	}
	f = list_field(L, &v, 2, "latest");
	lua_limit_charge(L, v.n);
	for (i = 0; i < v.n; i++) {
		now = list_value(L, list_record(L, &v, i), f);
		if (best == NULL || order(L, f, now, best) >= 0) {
			best = now;
			at = i;
		}
	}
	list_push_item(L, &v, at);
	return 1;
}

/* Nil, or the first row whose value is below that of the row before. */
static int
list_rising(lua_State *L)
{
	struct view v;
	const struct field *f;
	const struct value *before = NULL, *now;
	uint32_t i;

	list_self(L, "rising", &v);
	f = list_field(L, &v, 2, "rising");
	lua_limit_charge(L, v.n);
	for (i = 0; i < v.n; i++) {
		now = list_value(L, list_record(L, &v, i), f);
		if (before != NULL && order(L, f, now, before) < 0) {
			list_push_item(L, &v, i);
			return 1;
		}
		before = now;
	}
	lua_pushnil(L);
	return 1;
}

/* A day as a date, or the day in London of a time. */
static date
check_day(lua_State *L, int index)
{
	struct lua_scalar s = lua_value_get(L, index);
	date day = 0;
	int second;
	bool summer;

	if (s.kind == KIND_TIME)
		london_split(s.n, &day, &second, &summer);
	else if (s.kind == KIND_DATE)
		day = (date)s.n;
	else
		lua_env_fail(L, "open_on wants a date, not %s", lua_value_called(L, index));
	return day;
}

/* Whether a record is in force on a day; an end or a beginning that is left out is open. */
static bool
is_open(lua_State *L, const struct record *r, date day)
{
	const struct record_type *t = r->type;
	const struct value *v;

	if (t->open_from >= 0) {
		v = lua_record_value(L, r, &t->fields[t->open_from]);
		if (v->state == VALUE_FAULTED)
			lua_need_value(L, r, &t->fields[t->open_from], v);
		if (v->state == VALUE_SET && value_day(v) > day)
			return false;
	}
	if (t->open_to >= 0) {
		v = lua_record_value(L, r, &t->fields[t->open_to]);
		if (v->state == VALUE_FAULTED)
			lua_need_value(L, r, &t->fields[t->open_to], v);
		if (v->state == VALUE_SET && value_day(v) < day)
			return false;
	}
	return true;
}

static int
list_open_on(lua_State *L)
{
	struct view v, *made;
	uint32_t i;
	date day;

	list_self(L, "open_on", &v);
	if (v.type == NULL || (v.type->open_from < 0 && v.type->open_to < 0))
		lua_env_fail(L, "open_on is for lists whose form says open = { FROM, TO }");
	day = check_day(L, 2);
	made = list_like(L, &v, v.n);
	lua_limit_charge(L, v.n);
	for (i = 0; i < v.n; i++) {
		if (is_open(L, list_record(L, &v, i), day))
			list_add(made, &v.items[i]);
	}
	list_push_made(L, made);
	return 1;
}

const luaL_Reg list_find_methods[] = {
	{ "where", list_where },
	{ "has", list_has },
	{ "one", list_one },
	{ "one_or_none", list_one_or_none },
	{ "latest", list_latest },
	{ "rising", list_rising },
	{ "open_on", list_open_on },
	{ NULL, NULL },
};
