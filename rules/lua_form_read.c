/* Reading Lua tables of declarations: texts, years, lists of them, and complaints. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/lua_form_private.h"

void
decl_complain(struct decl *d, const char *format, ...)
{
	struct buf buf = { 0 };
	char line[1024];
	va_list ap;

	va_start(ap, format);
	vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	if (d->form->id.n > 0)
		buf_printf(&buf, "form %.*s: ", TEXT_ARG(d->form->id));
	else
		buf_str(&buf, "form: ");
	if (d->path[0] != '\0')
		buf_printf(&buf, "%s: ", d->path);
	buf_str(&buf, line);
	d->mistakes++;
	if (d->options->complain != NULL)
		d->options->complain(d->options->arg, d->file, d->line, buf_as_text(&buf));
	buf_free(&buf);
}

void
decl_unknown(
    struct decl *d, const char *what, struct text word, const struct text *known, size_t n)
{
	int nearest = text_nearest(word, known, n);
	int shown = word.n > 60 ? 60 : (int)word.n;

	if (nearest >= 0)
		decl_complain(d, "%s '%.*s' is not known (did you mean '%.*s'?)", what, shown,
		    word.p, TEXT_ARG(known[nearest]));
	else
		decl_complain(d, "%s '%.*s' is not known", what, shown, word.p);
}

struct text
decl_string(struct decl *d, int index)
{
	const char *p;
	size_t n;

	if (lua_type(d->L, index) != LUA_TSTRING)
		return TEXT_NONE;
	p = lua_tolstring(d->L, index, &n);
	return (struct text){ arena_strndup(d->arena, p, n), n };
}

bool
decl_get(struct decl *d, int table, const char *name)
{
	lua_pushstring(d->L, name);
	lua_rawget(d->L, table);
	if (!lua_isnil(d->L, -1))
		return true;
	lua_pop(d->L, 1);
	return false;
}

struct text
decl_text(struct decl *d, int table, const char *name)
{
	struct text text = TEXT_NONE;

	lua_pushstring(d->L, name);
	lua_rawget(d->L, table);
	if (!lua_isnil(d->L, -1)) {
		text = decl_string(d, lua_gettop(d->L));
		if (text.p == NULL)
			decl_complain(d, "'%s' must be a text, and is a %s", name,
			    luaL_typename(d->L, -1));
		else if (text.n == 0)
			decl_complain(
			    d, "'%s' is empty: write something or leave it out", name);
	}
	lua_pop(d->L, 1);
	return text;
}

struct text *
decl_texts(struct decl *d, int table, const char *name, uint32_t *n)
{
	lua_State *L = d->L;
	struct text *texts = NULL;
	lua_Unsigned count;
	int list;

	*n = 0;
	lua_pushstring(L, name);
	lua_rawget(L, table);
	list = lua_gettop(L);
	if (lua_type(L, list) == LUA_TSTRING) {
		texts = arena_calloc(d->arena, 1, sizeof(*texts));
		texts[(*n)++] = decl_string(d, list);
	} else if (lua_istable(L, list)) {
		count = lua_rawlen(L, list);
		texts = arena_calloc(d->arena, count + 1, sizeof(*texts));
		for (lua_Unsigned i = 1; i <= count; i++) {
			lua_rawgeti(L, list, (lua_Integer)i);
			texts[*n] = decl_string(d, lua_gettop(L));
			if (texts[*n].p == NULL)
				decl_complain(d,
				    "'%s' must be a list of texts, and number %d is a %s", name,
				    (int)i, luaL_typename(L, -1));
			else
				(*n)++;
			lua_pop(L, 1);
		}
	} else if (!lua_isnil(L, list))
		decl_complain(d, "'%s' must be a text or a list of texts, and is a %s", name,
		    luaL_typename(L, list));
	lua_settop(L, list - 1);
	return texts;
}

bool
decl_bool(struct decl *d, int table, const char *name)
{
	bool truth;

	lua_pushstring(d->L, name);
	lua_rawget(d->L, table);
	if (!lua_isnil(d->L, -1) && !lua_isboolean(d->L, -1))
		decl_complain(d, "'%s' must be true or false, and is a %s", name,
		    luaL_typename(d->L, -1));
	truth = lua_toboolean(d->L, -1);
	lua_pop(d->L, 1);
	return truth;
}

fyear
decl_year(struct decl *d, int table, const char *name)
{
	struct text text = decl_text(d, table, name);
	fyear year = 0;

	if (text.n > 0 && !year_read(text, &year))
		decl_complain(d,
		    "'%s' must be a financial year such as \"2015-16\", and is \"%.*s\"", name,
		    TEXT_ARG(text));
	return year;
}

static int
compare_texts(const void *a, const void *b)
{
	return text_compare(*(const struct text *)a, *(const struct text *)b);
}

struct text *
decl_keys(struct decl *d, int table, uint32_t *n)
{
	lua_State *L = d->L;
	lua_Integer length = (lua_Integer)lua_rawlen(L, table);
	struct text *keys = NULL;
	uint32_t cap = 0;

	*n = 0;
	for (lua_pushnil(L); lua_next(L, table) != 0; lua_pop(L, 1)) {
		if (lua_isinteger(L, -2) && lua_tointeger(L, -2) >= 1 &&
		    lua_tointeger(L, -2) <= length)
			continue;
		if (lua_type(L, -2) != LUA_TSTRING) {
			decl_complain(d, "a %s cannot be a name here", luaL_typename(L, -2));
			continue;
		}
		if (*n == cap) {
			struct text *more;

			cap = cap == 0 ? 16 : cap * 2;
			more = arena_calloc(d->arena, cap, sizeof(*more));
			if (*n > 0)
				memcpy(more, keys, *n * sizeof(*more));
			keys = more;
		}
		keys[(*n)++] = decl_string(d, lua_gettop(L) - 1);
	}
	if (*n > 1)
		qsort(keys, *n, sizeof(*keys), compare_texts);
	return keys;
}

void
decl_only(struct decl *d, int table, const char *what, const char *const *known, size_t n_known)
{
	struct text names[40];
	struct text *keys;
	uint32_t n;

	if (n_known > 40)
		n_known = 40;
	for (size_t k = 0; k < n_known; k++)
		names[k] = text_of(known[k]);
	keys = decl_keys(d, table, &n);
	for (uint32_t i = 0; i < n; i++) {
		bool found = false;

		for (size_t k = 0; k < n_known && !found; k++)
			found = text_equal(keys[i], names[k]);
		if (!found)
			decl_unknown(d, what, keys[i], names, n_known);
	}
}

size_t
decl_enter(struct decl *d, struct text name)
{
	size_t mark = strlen(d->path);

	snprintf(d->path + mark, sizeof(d->path) - mark, "%s%.*s", mark > 0 ? "." : "",
	    name.n > 60 ? 60 : (int)name.n, name.p != NULL ? name.p : "?");
	return mark;
}

void
decl_leave(struct decl *d, size_t mark)
{
	d->path[mark] = '\0';
}
