/*
 * The tokens of a Lua chunk, for lint.  It only has to be right about chunks that Lua accepts: of others
 * the compiler tells what is wrong.
 */
#ifndef RULES_LUA_LEX_H
#define RULES_LUA_LEX_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/text.h"

enum lua_token_kind {
	LUA_TOKEN_NONE,
	LUA_TOKEN_NAME,
	LUA_TOKEN_WORD, /* a reserved word */
	LUA_TOKEN_NUMBER,
	LUA_TOKEN_STRING, /* with its quotes */
	LUA_TOKEN_SIGN
};

struct lua_token {
	enum lua_token_kind kind;
	struct text text; /* points into the source */
	uint32_t line;
};

struct lua_tokens {
	struct lua_token *at;
	size_t n;
};

/* All tokens of a chunk, up to the first that is none; false: out of memory.  Free .at. */
bool lua_lex(struct text source, struct lua_tokens *);

#endif
