/*
 * What a condition reads and works out, found in the text of its functions.
 *
 * Nothing is run: Lua says on which lines a function stands and which others it can reach, and in those
 * lines `registers.NAME` and `determination { name = "…" }` are looked for.  A name that is put together
 * at run time is not found; no shipped policy does that.
 */
#include "rules/catalogue_private.h"

#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>

#define MOST_FUNCTIONS 64 /* that one condition reaches */

struct scan {
	struct catalogue *c;
	struct cat_entry *entry;
	uint32_t registers_cap, figures_cap;
	const void *seen[MOST_FUNCTIONS];
	uint32_t n_seen;
};

static void scan_function(lua_State *, struct scan *);

static bool
is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	    c == '_';
}

/* The name at the beginning of a text. */
static struct text
name_at(const char *p, const char *end)
{
	struct text t = { p, 0 };

	while (p + t.n < end && is_name_char(p[t.n]))
		t.n++;
	return t;
}

/* The next place of a word in a text that is not the end of another; NULL: none. */
static const char *
next_word(struct text t, const char *from, const char *word)
{
	const char *end = t.p + t.n;
	size_t n = strlen(word);

	while (from < end && (from = memmem(from, (size_t)(end - from), word, n)) != NULL) {
		if (from == t.p || !is_name_char(from[-1]))
			return from;
		from += n;
	}
	return NULL;
}

static void
add_register(struct scan *s, struct text name)
{
	struct catalogue *c = s->c;

	for (uint32_t i = 0; i < c->book->n_registers; i++) {
		struct cat_register *r = &c->registers[i];

		if (!text_equal(r->reg->name, name))
			continue;
		for (uint32_t k = 0; k < s->entry->n_registers; k++)
			if (s->entry->registers[k] == r)
				return;
		s->entry->registers = arena_grow(c->arena, s->entry->registers,
		    s->entry->n_registers, &s->registers_cap, sizeof(struct cat_register *));
		s->entry->registers[s->entry->n_registers++] = r;
	}
}

static void
add_figure(struct scan *s, struct text name)
{
	struct texts *t = &s->entry->figures;

	for (uint32_t i = 0; i < t->n; i++)
		if (text_equal(t->items[i], name))
			return;
	t->items = arena_grow(s->c->arena, t->items, t->n, &s->figures_cap, sizeof(*t->items));
	t->items[t->n++] = name;
}

static void
find_registers(struct scan *s, struct text t)
{
	static const char registers[] = "registers.", deadlines[] = "deadlines:for_partner";
	const char *p = t.p;

	while ((p = next_word(t, p, registers)) != NULL) {
		p += sizeof(registers) - 1;
		add_register(s, name_at(p, t.p + t.n));
	}
	if (next_word(t, t.p, deadlines) != NULL)
		add_register(s, TEXT("deadlines"));
}

/* The words in quotes up to the comma that ends an argument; how many. */
static unsigned
quoted_words(struct scan *s, const char *p, const char *end)
{
	const char *comma = memchr(p, ',', (size_t)(end - p)), *quote;
	unsigned n = 0;

	end = comma != NULL ? comma : end;
	while ((p = memchr(p, '"', (size_t)(end - p))) != NULL &&
	    (quote = memchr(p + 1, '"', (size_t)(end - p - 1))) != NULL) {
		/* "still to join by " .. year */
		add_figure(s,
		    quote[-1] == ' '
			? arena_printf(s->c->arena, "%.*s…", (int)(quote - p - 1), p + 1)
			: (struct text){ p + 1, (size_t)(quote - p - 1) });
		p = quote + 1;
		n++;
	}
	return n;
}

/* determination { name = "minimum", … or name = whole and "released in all" or "released" */
static void
find_figures(struct scan *s, struct text t)
{
	static const char call[] = "determination {", name[] = "name = ";
	const char *p = t.p, *end = t.p + t.n, *at;

	while ((p = next_word(t, p, call)) != NULL) {
		p += sizeof(call) - 1;
		at = memmem(p, (size_t)(end - p) < 120 ? (size_t)(end - p) : 120, name,
		    sizeof(name) - 1);
		if (at == NULL || quoted_words(s, at + sizeof(name) - 1, end) == 0)
			add_figure(s, TEXT("figures named in the report"));
	}
}

/* The lines on which the function on top of the stack stands. */
static struct text
function_text(lua_State *L, struct scan *s)
{
	lua_Debug where;
	const struct tree_file *f;
	const char *p, *end;
	struct text t;

	lua_pushvalue(L, -1);
	if (lua_getinfo(L, ">S", &where) == 0 || where.linedefined < 1)
		return TEXT_NONE;
	f = tree_find(s->c->book->tree,
	    where.source + (where.source[0] == '@' || where.source[0] == '='));
	if (f == NULL)
		return TEXT_NONE;
	p = f->data.p;
	end = p + f->data.n;
	for (int line = 1; line < where.linedefined && p < end; line++)
		p = (p = memchr(p, '\n', (size_t)(end - p))) != NULL ? p + 1 : end;
	t.p = p;
	for (int line = where.linedefined; line <= where.lastlinedefined && p < end; line++)
		p = (p = memchr(p, '\n', (size_t)(end - p))) != NULL ? p + 1 : end;
	t.n = (size_t)(p - t.p);
	return t;
}

/* table.NAME or table:NAME, where the table is on top of the stack and called `as`. */
static void
scan_members(lua_State *L, struct scan *s, struct text t, const char *as)
{
	const char *p = t.p, *end = t.p + t.n;
	size_t n = strlen(as);
	struct text name;

	while ((p = next_word(t, p, as)) != NULL) {
		p += n;
		if (p >= end || (*p != '.' && *p != ':'))
			continue;
		name = name_at(p + 1, end);
		lua_pushlstring(L, name.p, name.n);
		if (lua_gettable(L, -2) == LUA_TFUNCTION)
			scan_function(L, s);
		lua_pop(L, 1);
	}
}

/* require "lib.NAME".MEMBER, where a function has no local for the library. */
static void
scan_required(lua_State *L, struct scan *s, struct text t)
{
	static const char call[] = "require \"lib.";
	const char *p = t.p, *end = t.p + t.n;
	struct text library, member;

	while ((p = next_word(t, p, call)) != NULL) {
		p += sizeof(call) - 1;
		library = name_at(p, end);
		p = library.p + library.n;
		if (p + 2 >= end || p[0] != '"' || p[1] != '.')
			continue;
		member = name_at(p + 2, end);
		lua_rawgeti(L, LUA_REGISTRYINDEX, s->c->book->libraries);
		lua_pushlstring(L, library.p, library.n);
		if (lua_gettable(L, -2) == LUA_TTABLE) {
			lua_pushlstring(L, member.p, member.n);
			if (lua_gettable(L, -2) == LUA_TFUNCTION)
				scan_function(L, s);
			lua_pop(L, 1);
		}
		lua_pop(L, 2);
	}
}

/* The function on top of the stack, and all that it can call. */
static void
scan_function(lua_State *L, struct scan *s)
{
	const void *self = lua_topointer(L, -1);
	const char *name;
	struct text t;

	for (uint32_t i = 0; i < s->n_seen; i++)
		if (s->seen[i] == self)
			return;
	if (s->n_seen == MOST_FUNCTIONS || lua_iscfunction(L, -1))
		return;
	s->seen[s->n_seen++] = self;
	luaL_checkstack(L, 8, "a condition's functions");
	t = function_text(L, s);
	find_registers(s, t);
	find_figures(s, t);
	scan_required(L, s, t);
	for (int i = 1; (name = lua_getupvalue(L, -1, i)) != NULL; i++) {
		if (lua_type(L, -1) == LUA_TFUNCTION)
			scan_function(L, s);
		else if (lua_type(L, -1) == LUA_TTABLE && strcmp(name, "_ENV") != 0)
			scan_members(L, s, t, name);
		lua_pop(L, 1);
	}
}

/* Under lua_pcall(): a strict table of a library may refuse a name. */
static int
scan_condition(lua_State *L)
{
	struct scan *s = lua_touserdata(L, 1);
	const struct condition *c = s->entry->condition;
	const int functions[] = { c->each == EACH_FUNCTION ? c->each_fn : 0, c->check_fn };

	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		if (functions[i] == 0)
			continue;
		lua_env_push_kept(L, functions[i]);
		scan_function(L, s);
		lua_pop(L, 1);
	}
	return 0;
}

static int
by_name(const void *a, const void *b)
{
	return text_compare((*(struct cat_register *const *)a)->reg->name,
	    (*(struct cat_register *const *)b)->reg->name);
}

void
catalogue_reads(struct catalogue *c, struct cat_entry *entry)
{
	lua_State *L = c->book->L;
	struct scan s = { .c = c, .entry = entry };

	if (entry->condition->reader)
		return;
	lua_pushcfunction(L, scan_condition);
	lua_pushlightuserdata(L, &s);
	if (lua_pcall(L, 1, 0, 0) != LUA_OK)
		lua_pop(L, 1);
	if (entry->n_registers > 1)
		qsort(entry->registers, entry->n_registers, sizeof(*entry->registers), by_name);
}
