/* Reading what a policy declares; see the header. */
#include "rules/lua_declare.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/lua_value.h"

struct loading *
loading_of(lua_State *L)
{
	struct rulebook *b = lua_env_of(L)->user;

	return b->loading;
}

void
declare_wrong(struct declaration *d, const char *format, ...)
{
	char *p = NULL;
	va_list ap;
	int n;

	va_start(ap, format);
	n = vasprintf(&p, format, ap);
	va_end(ap);
	if (n < 0)
		arena_exhausted();
	load_refuse(d->l, d->file, d->line, "%.*s%s", TEXT_ARG(d->who), p);
	free(p);
	d->good = false;
}

void
declare_named(struct declaration *d, struct text who)
{
	d->who = arena_text(d->l->book->arena, who);
}

static size_t
count_keys(const char *const *keys)
{
	size_t n = 0;

	while (keys[n] != NULL)
		n++;
	return n;
}

static bool
key_known(struct text key, const char *const *keys)
{
	for (; *keys != NULL; keys++) {
		if (text_is(key, *keys))
			return true;
	}
	return false;
}

static void
wrong_key(struct declaration *d, struct text key, const char *const *keys)
{
	size_t n = count_keys(keys), i;
	struct text *names = arena_calloc(d->l->texts, n, sizeof(*names)), hint;

	for (i = 0; i < n; i++)
		names[i] = text_of(keys[i]);
	hint = did_you_mean(d->l->texts, key, names, n);
	declare_wrong(
	    d, " has an entry '%.*s' that is not known%.*s.", TEXT_ARG(key), TEXT_ARG(hint));
}

void
declare_check_keys(struct declaration *d, const char *const *keys)
{
	lua_State *L = d->L;
	lua_Integer i, n = lua_env_push_keys(L, d->table);
	struct text key;

	for (i = 1; i <= n; i++) {
		lua_geti(L, -1, i);
		if (lua_type(L, -1) == LUA_TSTRING) {
			key.p = lua_tolstring(L, -1, &key.n);
			if (!key_known(key, keys))
				wrong_key(d, key, keys);
		} else {
			declare_wrong(d, " has an entry without a name; write name = value.");
			i = n;
		}
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
}

/* An id names a condition in messages from the first on. */
static void
name_early(struct declaration *d)
{
	if (lua_getfield(d->L, d->table, "id") == LUA_TSTRING)
		declare_named(d, text_of(lua_tostring(d->L, -1)));
	lua_pop(d->L, 1);
}

bool
declare_begin(struct declaration *d, lua_State *L, const char *what, const char *const *keys)
{
	*d = (struct declaration){ .L = L, .l = loading_of(L), .table = 1, .good = true };
	if (d->l == NULL)
		lua_env_fail(L, "%s{…} can only be used while the policies are loaded", what);
	d->file = arena_text(d->l->book->arena, lua_env_position(L, &d->line));
	if (d->file.n == 0)
		d->file = d->l->file;
	d->who = arena_printf(d->l->texts, "This %s", what);
	if (lua_type(L, 1) != LUA_TTABLE) {
		declare_wrong(d, " wants a table: write %s { … }.", what);
		return false;
	}
	lua_settop(L, 1);
	lua_env_push_raw(L, 1);
	lua_replace(L, 1);
	name_early(d);
	if (keys != NULL)
		declare_check_keys(d, keys);
	return true;
}

bool
declare_inner(struct declaration *inner, struct declaration *outer, int index, const char *what,
    const char *const *keys)
{
	*inner = *outer;
	inner->table = lua_absindex(outer->L, index);
	inner->who = arena_printf(outer->l->texts, "%.*s: %s", TEXT_ARG(outer->who), what);
	inner->good = true;
	if (lua_type(inner->L, inner->table) != LUA_TTABLE) {
		declare_wrong(inner, " must be a table.");
		return false;
	}
	if (keys != NULL)
		declare_check_keys(inner, keys);
	return true;
}

/* Push an entry; false: it is not there, nothing is pushed, and if it had to be that is told.
 */
static bool
push_entry(struct declaration *d, const char *key, enum wanted wanted)
{
	if (lua_getfield(d->L, d->table, key) != LUA_TNIL)
		return true;
	lua_pop(d->L, 1);
	if (wanted == REQUIRED)
		declare_wrong(d, " has no %s.", key);
	return false;
}

static bool
wrong_kind(struct declaration *d, const char *key, const char *must)
{
	if (lua_type(d->L, -1) == LUA_TSTRING)
		declare_wrong(
		    d, ": %s must be %s, not \"%s\".", key, must, lua_tostring(d->L, -1));
	else
		declare_wrong(
		    d, ": %s must be %s, not %s.", key, must, lua_value_called(d->L, -1));
	lua_pop(d->L, 1);
	return false;
}

static struct text
text_at(struct declaration *d, int index)
{
	struct text t;

	t.p = lua_tolstring(d->L, index, &t.n);
	return arena_text(d->l->book->arena, t);
}

bool
declare_text(struct declaration *d, const char *key, enum wanted wanted, struct text *t)
{
	*t = TEXT_NONE;
	if (!push_entry(d, key, wanted))
		return false;
	if (lua_type(d->L, -1) != LUA_TSTRING)
		return wrong_kind(d, key, "text in quotes");
	*t = text_at(d, -1);
	lua_pop(d->L, 1);
	if (text_trim(*t).n > 0 && text_is_utf8(*t))
		return true;
	if (wanted == REQUIRED)
		declare_wrong(d, " has an empty %s.", key);
	return false;
}

bool
declare_flag(struct declaration *d, const char *key, bool *flag)
{
	if (!push_entry(d, key, OPTIONAL))
		return false;
	if (lua_type(d->L, -1) != LUA_TBOOLEAN)
		return wrong_kind(d, key, "true or false");
	*flag = lua_toboolean(d->L, -1);
	lua_pop(d->L, 1);
	return true;
}

bool
declare_texts(struct declaration *d, const char *key, enum wanted wanted, struct texts *list)
{
	lua_State *L = d->L;
	lua_Integer i, n;

	*list = (struct texts){ 0 };
	if (!push_entry(d, key, wanted))
		return false;
	if (lua_type(L, -1) == LUA_TSTRING) {
		list->items = arena_calloc(d->l->book->arena, 1, sizeof(struct text));
		list->items[list->n++] = text_at(d, -1);
		lua_pop(L, 1);
		return true;
	}
	if (lua_type(L, -1) != LUA_TTABLE)
		return wrong_kind(d, key, "text or a list of texts");
	n = luaL_len(L, -1);
	list->items = arena_calloc(d->l->book->arena, (size_t)n, sizeof(struct text));
	for (i = 1; i <= n; i++) {
		if (lua_geti(L, -1, i) == LUA_TSTRING)
			list->items[list->n++] = text_at(d, -1);
		else
			declare_wrong(d, ": %s must be a list of texts; its entry %d is %s.",
			    key, (int)i, lua_value_called(L, -1));
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
	return list->n == (uint32_t)n;
}

/* A year as a text or a value. */
bool
declare_year(struct declaration *d, const char *key, fyear *year)
{
	struct lua_scalar s;
	bool good;

	if (!push_entry(d, key, OPTIONAL))
		return false;
	s = lua_value_get(d->L, -1);
	good = s.kind == KIND_YEAR || (s.kind == KIND_TEXT && year_read(s.text, year));
	if (!good)
		return wrong_kind(d, key, "a year like \"2015-16\"");
	if (s.kind == KIND_YEAR)
		*year = (fyear)s.n;
	lua_pop(d->L, 1);
	return true;
}

bool
declare_date(struct declaration *d, const char *key, date *on)
{
	struct lua_scalar s;
	bool good;

	if (!push_entry(d, key, OPTIONAL))
		return false;
	s = lua_value_get(d->L, -1);
	good = s.kind == KIND_DATE ||
	    (s.kind == KIND_TEXT && date_read(s.text, false, on) == DATE_OK);
	if (!good)
		return wrong_kind(d, key, "a date like \"2014-11-28\"");
	if (s.kind == KIND_DATE)
		*on = (date)s.n;
	lua_pop(d->L, 1);
	return true;
}

bool
declare_instant(struct declaration *d, const char *key, bool ends, instant *at)
{
	struct lua_scalar s;
	date day = 0;
	bool good;

	if (!push_entry(d, key, OPTIONAL))
		return false;
	s = lua_value_get(d->L, -1);
	if (s.kind == KIND_DATE)
		day = (date)s.n;
	if (s.kind == KIND_DATE ||
	    (s.kind == KIND_TEXT && date_read(s.text, false, &day) == DATE_OK)) {
		*at = ends ? london_end_of_day(day) : london_end_of_day(day - 1) + 1;
		good = true;
	} else {
		good = s.kind == KIND_TIME ||
		    (s.kind == KIND_TEXT && time_read(s.text, at) == TIME_OK);
		if (s.kind == KIND_TIME)
			*at = s.n;
	}
	if (!good)
		return wrong_kind(
		    d, key, "a date like \"2014-11-28\", or a time with its zone");
	lua_pop(d->L, 1);
	return true;
}

bool
declare_function(struct declaration *d, const char *key, enum wanted wanted, int *kept)
{
	if (!push_entry(d, key, wanted))
		return false;
	if (lua_type(d->L, -1) != LUA_TFUNCTION)
		return wrong_kind(d, key, "a function");
	*kept = lua_env_keep(d->L, -1);
	lua_pop(d->L, 1);
	return true;
}

bool
declare_table(struct declaration *d, const char *key, enum wanted wanted)
{
	if (!push_entry(d, key, wanted))
		return false;
	if (lua_type(d->L, -1) != LUA_TTABLE)
		return wrong_kind(d, key, "a table");
	lua_env_push_raw(d->L, -1);
	lua_remove(d->L, -2);
	return true;
}

static void
unknown_word(struct declaration *d, const char *key, struct text t, const char *const *words)
{
	struct buf known = { 0 };
	struct text all;
	int i;

	for (i = 0; words[i] != NULL; i++)
		buf_printf(&known, "%s%s", i > 0 ? ", " : "", words[i]);
	all = arena_buf(d->l->texts, &known);
	declare_wrong(d, ": the %s '%.*s' is not known; it can be one of %.*s.", key,
	    TEXT_ARG(t), TEXT_ARG(all));
}

bool
declare_word(struct declaration *d, const char *key, const char *const *words, int *which)
{
	struct text t;
	int i;

	if (!declare_text(d, key, OPTIONAL, &t))
		return false;
	for (i = 0; words[i] != NULL; i++) {
		if (text_is(t, words[i])) {
			*which = i;
			return true;
		}
	}
	unknown_word(d, key, t, words);
	return false;
}

bool
declare_kind(struct declaration *d, struct text word, enum kind *kind)
{
	struct text names[KINDS];
	struct text hint;
	size_t n = 0;
	int i;

	for (i = 1; i < KINDS; i++) {
		if (kind_names[i] == NULL)
			continue;
		if (text_is(word, kind_names[i])) {
			*kind = (enum kind)i;
			return true;
		}
		names[n++] = text_of(kind_names[i]);
	}
	hint = did_you_mean(d->l->texts, word, names, n);
	declare_wrong(d, ": the kind '%.*s' is not known%.*s.", TEXT_ARG(word), TEXT_ARG(hint));
	return false;
}

/* Kinds that a text stands for, as in years = { from = "2015-16" }. */
static bool
value_of_text(struct text t, enum kind kind, struct arena *a, struct value *v)
{
	const char *must;

	return register_cell(t, kind, a, v, &must) && v->state == VALUE_SET;
}

static bool
same_kind(enum kind have, enum kind want)
{
	if (want == KIND_PERCENT)
		want = KIND_RATE;
	if (have == KIND_PERCENT)
		have = KIND_RATE;
	return have == want;
}

bool
declare_value(lua_State *L, int index, enum kind kind, struct arena *a, struct value *v)
{
	struct lua_scalar s = lua_value_get(L, index);

	memset(v, 0, sizeof(*v));
	v->kind = (uint8_t)kind;
	if (s.kind == KIND_NONE)
		return false;
	if (s.kind == KIND_TEXT)
		return kind != KIND_MONEY && kind != KIND_INTEGER && kind != KIND_BOOLEAN &&
		    value_of_text(s.text, kind, a, v);
	if (!same_kind(s.kind, kind))
		return false;
	v->state = VALUE_SET;
	v->u.n = s.n;
	v->scale = s.scale;
	return true;
}
