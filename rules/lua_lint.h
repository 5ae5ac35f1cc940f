/*
 * A look at a chunk's tokens before it is compiled: what Lua itself would let pass in silence.
 *
 * Refused, each with its line, all at once:
 *  - numbers with a point or exponent, or beyond 64 bits (they would be floats), and / and ^;
 *  - assigning to a name that is not local, and the name _ENV;
 *  - == and ~= between a number and something that may be money: see lua_lint.c for the rule.
 * lua_env_load() calls it; nothing else has to.
 */
#ifndef RULES_LUA_LINT_H
#define RULES_LUA_LINT_H

#include "rules/lua_env.h"
#include "rules/text.h"

/* How many mistakes were told. */
unsigned lua_lint(struct text name, struct text source, lua_complain_fn *, void *arg);
/*
 * The same for comparisons with fields by these names, which the forms have as money; says nothing of
 * what lua_lint() tells.
 */
unsigned lua_lint_fields(struct text name, struct text source, const struct text *fields,
    size_t n, lua_complain_fn *, void *arg);

#endif
