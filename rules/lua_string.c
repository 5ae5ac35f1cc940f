/*
 * Text functions.  Lua's own stand behind wrappers that charge the budget for the bytes they go
 * through and refuse what is beyond all need; patterns that never come to an end are left to the
 * process's time limit.  No dump (bytecode), no pack (sizes, floats).
 */
#include <string.h>

#include <lualib.h>

#include "rules/lua_private.h"
#include "rules/lua_value.h"

#define TEXT_MAX       1000000
#define BYTES_A_STEP   16 /* what a step of the budget buys */
#define CALL_STEPS     20 /* a call of whatever little work */
#define FORMAT_LETTERS "dicuxXoqs%"

enum standard {
	STD_BYTE,
	STD_CHAR,
	STD_FIND,
	STD_FORMAT,
	STD_GMATCH,
	STD_GSUB,
	STD_LOWER,
	STD_MATCH,
	STD_REP,
	STD_REVERSE,
	STD_SUB,
	STD_UPPER,
	STD_UTF8_CHAR,
	STD_UTF8_CODES,
	STD_UTF8_CODEPOINT,
	STD_UTF8_LEN,
	STD_UTF8_OFFSET,
	STD_COUNT
};

/* Lua's functions; the same in every state, so set once and for all. */
static lua_CFunction standard[STD_COUNT];

/* Charge for the bytes of the text at an index. */
static size_t
string_charge(lua_State *L, int index)
{
	size_t n = lua_type(L, index) == LUA_TSTRING ? lua_rawlen(L, index) : 0;

	lua_limit_charge(L, n / BYTES_A_STEP + CALL_STEPS);
	return n;
}

/* A wrapper that only charges for its first argument. */
#define WRAP(name, which)                  \
	static int name(lua_State *L)      \
	{                                  \
		string_charge(L, 1);       \
		return standard[which](L); \
	}

WRAP(string_byte, STD_BYTE)
WRAP(string_char, STD_CHAR)
WRAP(string_lower, STD_LOWER)
WRAP(string_upper, STD_UPPER)
WRAP(string_reverse, STD_REVERSE)
WRAP(string_sub, STD_SUB)
WRAP(utf8_char, STD_UTF8_CHAR)
WRAP(utf8_codes, STD_UTF8_CODES)
WRAP(utf8_codepoint, STD_UTF8_CODEPOINT)
WRAP(utf8_len, STD_UTF8_LEN)
WRAP(utf8_offset, STD_UTF8_OFFSET)

/* Matching goes at least once over the text; a pattern of many parts over it many times. */
static void
string_charge_match(lua_State *L)
{
	size_t text = string_charge(L, 1), pattern = string_charge(L, 2);

	lua_limit_charge(L, text / BYTES_A_STEP * (pattern / BYTES_A_STEP + 1));
}

static int
string_find(lua_State *L)
{
	string_charge_match(L);
	return standard[STD_FIND](L);
}

static int
string_match(lua_State *L)
{
	string_charge_match(L);
	return standard[STD_MATCH](L);
}

static int
string_gmatch(lua_State *L)
{
	string_charge_match(L);
	return standard[STD_GMATCH](L);
}

static int
string_gsub(lua_State *L)
{
	string_charge_match(L);
	return standard[STD_GSUB](L);
}

static int
string_len(lua_State *L)
{
	luaL_checktype(L, 1, LUA_TSTRING);
	lua_pushinteger(L, (lua_Integer)lua_rawlen(L, 1));
	return 1;
}

/* string.rep(text, n, separator) up to TEXT_MAX bytes. */
static int
string_rep(lua_State *L)
{
	size_t one, between = 0;
	lua_Integer n;

	lua_limit_charge(L, CALL_STEPS);
	luaL_checklstring(L, 1, &one);
	n = lua_value_check(L, 2, KIND_INTEGER, "string.rep").n;
	if (!lua_isnoneornil(L, 3))
		luaL_checklstring(L, 3, &between);
	if (one + between == 0) { /* Lua would copy nothing n times */
		lua_pushliteral(L, "");
		return 1;
	}
	if (n > 0 && (uint64_t)n > TEXT_MAX / (one + between))
		lua_env_fail(L, "string.rep would make a text of more than %d bytes", TEXT_MAX);
	if (n > 0)
		lua_limit_charge(
		    L, (uint64_t)n * (one + between) / BYTES_A_STEP + (uint64_t)n / 4 + 1);
	return standard[STD_REP](L);
}

/* The letters that a format may use, each with at most two digits of width and precision. */
static void
format_check(lua_State *L, const char *p)
{
	char letter[2] = { 0 };

	for (; *p != '\0'; p++) {
		if (*p != '%')
			continue;
		p++;
		while (*p != '\0' && strchr("-+ #0123456789.", *p) != NULL)
			p++;
		letter[0] = *p;
		if (*p == '\0' || strchr(FORMAT_LETTERS, *p) == NULL)
			lua_env_fail(L,
			    "string.format knows %%d %%i %%c %%u %%x %%X %%o %%q %%s %%%%, and "
			    "no %%%s",
			    letter);
	}
}

/* Our values go into %s as people read them; without this Lua would print addresses. */
static int
string_format(lua_State *L)
{
	struct buf *out = &lua_env_of(L)->scratch;
	int i, top = lua_gettop(L);

	format_check(L, luaL_checkstring(L, 1));
	for (i = 1; i <= top; i++) {
		string_charge(L, i);
		if (lua_type(L, i) == LUA_TNUMBER || lua_type(L, i) == LUA_TSTRING)
			continue;
		buf_clear(out);
		lua_value_join(L, i, out);
		lua_pushlstring(L, out->p == NULL ? "" : out->p, out->n);
		lua_replace(L, i);
	}
	return standard[STD_FORMAT](L);
}

static const struct {
	const char *name;
	enum standard which;
	lua_CFunction ours;
} string_functions[] = {
	{ "byte", STD_BYTE, string_byte },
	{ "char", STD_CHAR, string_char },
	{ "find", STD_FIND, string_find },
	{ "format", STD_FORMAT, string_format },
	{ "gmatch", STD_GMATCH, string_gmatch },
	{ "gsub", STD_GSUB, string_gsub },
	{ "lower", STD_LOWER, string_lower },
	{ "match", STD_MATCH, string_match },
	{ "rep", STD_REP, string_rep },
	{ "reverse", STD_REVERSE, string_reverse },
	{ "sub", STD_SUB, string_sub },
	{ "upper", STD_UPPER, string_upper },
}, utf8_functions[] = {
	{ "char", STD_UTF8_CHAR, utf8_char },
	{ "codes", STD_UTF8_CODES, utf8_codes },
	{ "codepoint", STD_UTF8_CODEPOINT, utf8_codepoint },
	{ "len", STD_UTF8_LEN, utf8_len },
	{ "offset", STD_UTF8_OFFSET, utf8_offset },
};

/* Remember Lua's function of the library on the top. */
static void
string_take(lua_State *L, const char *name, enum standard which)
{
	lua_getfield(L, -1, name);
	standard[which] = lua_tocfunction(L, -1);
	lua_pop(L, 1);
}

void
lua_string_open(lua_State *L)
{
	size_t i;

	lua_env_push_standard(L, "string", luaopen_string);
	lua_newtable(L);
	for (i = 0; i < sizeof(string_functions) / sizeof(string_functions[0]); i++) {
		lua_pushvalue(L, -2);
		string_take(L, string_functions[i].name, string_functions[i].which);
		lua_pop(L, 1);
		lua_pushcfunction(L, string_functions[i].ours);
		lua_setfield(L, -2, string_functions[i].name);
	}
	lua_pushcfunction(L, string_len);
	lua_setfield(L, -2, "len");
	/* texts read these functions, and have no arithmetic */
	lua_pushliteral(L, "");
	lua_createtable(L, 0, 1);
	lua_pushvalue(L, -3);
	lua_setfield(L, -2, "__index");
	lua_setmetatable(L, -2);
	lua_pop(L, 1);
	lua_env_set_library(L, "string");
	lua_pop(L, 1);

	lua_env_push_standard(L, "utf8", luaopen_utf8);
	lua_newtable(L);
	for (i = 0; i < sizeof(utf8_functions) / sizeof(utf8_functions[0]); i++) {
		lua_pushvalue(L, -2);
		string_take(L, utf8_functions[i].name, utf8_functions[i].which);
		lua_pop(L, 1);
		lua_pushcfunction(L, utf8_functions[i].ours);
		lua_setfield(L, -2, utf8_functions[i].name);
	}
	lua_env_set_library(L, "utf8");
	lua_pop(L, 1);
}
