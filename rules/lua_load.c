/*
 * Loading chunks, calling functions, and turning errors into sentences with a place.
 */
#include <string.h>

#include "rules/arena.h"
#include "rules/lua_lint.h"
#include "rules/lua_private.h"
#include "rules/lua_value.h"
#include "rules/tree.h"

#define MESSAGE_MAX 2000

/* Lua's words for what it met, and ours. */
static const struct {
	const char *lua, *ours;
} syntax_words[] = {
	{ "near <eof>", "at the end of the file" },
	{ "syntax error", "this is neither a call nor an assignment" },
	{ "unexpected symbol", "something that cannot stand here" },
	{ "unfinished string", "a text without its closing quote" },
	{ "malformed number", "a number that is none" },
	{ "<name> expected", "a name expected" },
	{ "C stack overflow", "nested too deeply" },
};

/* Lua's sentence with our words in it. */
static void
load_explain(struct buf *out, const char *what)
{
	size_t i, n = sizeof(syntax_words) / sizeof(syntax_words[0]);

	while (*what != '\0') {
		for (i = 0; i < n; i++)
			if (strncmp(what, syntax_words[i].lua, strlen(syntax_words[i].lua)) ==
			    0)
				break;
		if (i < n) {
			buf_str(out, syntax_words[i].ours);
			what += strlen(syntax_words[i].lua);
		} else {
			buf_char(out, *what++);
		}
	}
	buf_char(out, '.');
}

/* "fund.lua:12: what" as line and what; line 0 when it does not begin so. */
static const char *
load_split(const char *message, struct text name, uint32_t *line)
{
	size_t n = name.n < LUA_IDSIZE ? name.n : LUA_IDSIZE - 1; /* Lua cuts long names */
	const char *p;

	*line = 0;
	if (strncmp(message, name.p, n) != 0 || message[n] != ':')
		return message;
	for (p = message + n + 1; *p >= '0' && *p <= '9'; p++)
		*line = *line * 10 + (uint32_t)(*p - '0');
	return p[0] == ':' && p[1] == ' ' ? p + 2 : p;
}

static void
load_refuse(struct text name, const char *message, lua_complain_fn *complain, void *arg)
{
	struct buf out = { 0 };
	uint32_t line;

	load_explain(&out, load_split(message, name, &line));
	complain(arg, name, line, buf_as_text(&out));
	buf_free(&out);
}

/* What is wrong with the bytes themselves, or NULL. */
static const char *
load_unfit(struct text source)
{
	if (source.n > TREE_LUA_MOST)
		return "This file is larger than 4 MB, which no policy needs.";
	if (source.n > 0 && source.p[0] == '\x1b')
		return "This is compiled Lua: policies are loaded as text only.";
	if (source.n >= 3 && memcmp(source.p, "\xef\xbb\xbf", 3) == 0)
		return "The file begins with a byte order mark: save it as UTF-8 without one.";
	if (memchr(source.p, '\0', source.n) != NULL)
		return "The file has NUL bytes in it: it is not text.";
	if (!text_is_utf8(source))
		return "The file is not UTF-8: save it as UTF-8.";
	return NULL;
}

bool
lua_env_load(
    lua_State *L, struct text name, struct text source, lua_complain_fn *complain, void *arg)
{
	const char *unfit = source.n == 0 ? NULL : load_unfit(source);
	unsigned mistakes;
	int status;

	if (unfit != NULL) {
		complain(arg, name, 1, text_of(unfit));
		return false;
	}
	mistakes = lua_lint(name, source, complain, arg);
	lua_pushliteral(L, "=");
	lua_pushlstring(L, name.p, name.n);
	lua_concat(L, 2);
	status = luaL_loadbufferx(
	    L, source.p == NULL ? "" : source.p, source.n, lua_tostring(L, -1), "t");
	lua_remove(L, -2);
	if (status == LUA_OK && mistakes == 0)
		return true;
	if (status != LUA_OK) {
		const char *said =
		    lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "unknown";

		load_refuse(name, said, complain, arg);
	}
	lua_pop(L, 1);
	return false;
}

struct text
lua_env_position(lua_State *L, uint32_t *line)
{
	lua_Debug ar;
	int level;

	*line = 0;
	for (level = 0; lua_getstack(L, level, &ar); level++) {
		if (!lua_getinfo(L, "Sl", &ar) || ar.currentline <= 0)
			continue;
		*line = (uint32_t)ar.currentline;
		/* source is "=name" and lives as long as the function */
		return (struct text){ ar.source + 1, ar.srclen - 1 };
	}
	return TEXT_NONE;
}

void
lua_env_where(lua_State *L)
{
	uint32_t line;
	struct text file = lua_env_position(L, &line);

	if (line == 0) {
		lua_pushliteral(L, "");
		return;
	}
	lua_pushlstring(L, file.p, file.n);
	lua_pushfstring(L, ":%d: ", (int)line);
	lua_concat(L, 2);
}

_Noreturn void
lua_env_fail(lua_State *L, const char *fmt, ...)
{
	va_list ap;

	lua_env_where(L);
	va_start(ap, fmt);
	lua_pushvfstring(L, fmt, ap);
	va_end(ap);
	lua_concat(L, 2);
	lua_error(L);
	__builtin_unreachable();
}

/* Does the text begin with "file:12: " ? */
static bool
message_has_place(const char *message)
{
	const char *p = strstr(message, ": ");

	if (p == NULL || p == message || p[-1] < '0' || p[-1] > '9')
		return false;
	while (p > message && p[-1] >= '0' && p[-1] <= '9')
		p--;
	return p > message && p[-1] == ':';
}

/* The message handler of every call: adds the place where a C function has left it out. */
static int
call_handler(lua_State *L)
{
	struct buf *out = &lua_env_of(L)->scratch;

	if (lua_value_stops(L, 1) || lua_env_of(L)->limit->tripped != LUA_LIMIT_NONE)
		return 1;
	if (lua_type(L, 1) == LUA_TSTRING && message_has_place(lua_tostring(L, 1)))
		return 1;
	lua_env_where(L);
	buf_clear(out);
	lua_env_message(L, 1, out);
	lua_pushlstring(L, out->p == NULL ? "" : out->p, out->n);
	lua_concat(L, 2);
	return 1;
}

enum lua_ended
lua_env_call(lua_State *L, int nargs, int nresults, struct buf *message)
{
	int base = lua_gettop(L) - nargs;
	int status;

	lua_pushcfunction(L, call_handler);
	lua_insert(L, base);
	status = lua_pcall(L, nargs, nresults, base);
	if (status == LUA_ERRMEM && lua_env_of(L)->limit->starved)
		arena_exhausted(); /* where Lua does not ask twice */
	lua_remove(L, base);
	if (lua_env_of(L)->limit->tripped != LUA_LIMIT_NONE) {
		lua_settop(L, base - 1);
		if (message != NULL)
			lua_limit_say(lua_env_of(L)->limit, message);
		return LUA_ENDED_LIMIT;
	}
	if (status == LUA_OK)
		return LUA_ENDED_WELL;
	if (lua_value_stops(L, -1))
		return LUA_ENDED_STOP;
	if (message != NULL)
		lua_env_message(L, -1, message);
	lua_settop(L, base - 1);
	return LUA_ENDED_FAULT;
}

void
lua_env_message(lua_State *L, int index, struct buf *out)
{
	struct text text = TEXT_NONE;

	switch (lua_type(L, index)) {
	case LUA_TSTRING: text.p = lua_tolstring(L, index, &text.n); break;
	case LUA_TNIL:
	case LUA_TNONE: text = TEXT("an error was raised without a message"); break;
	case LUA_TTABLE:
	case LUA_TFUNCTION:
		text = TEXT("an error was raised that is not a text: write error \"…\"");
		break;
	default: lua_value_show(L, index, NULL, out); return;
	}
	if (text.n <= MESSAGE_MAX) {
		buf_text(out, text);
		return;
	}
	for (text.n = MESSAGE_MAX;
	     text.n > 0 && ((unsigned char)text.p[text.n] & 0xc0) == 0x80;)
		text.n--;
	buf_text(out, text);
	buf_str(out, "…");
}
