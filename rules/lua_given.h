/* What conditions are given besides the budget: time, parameters, registers, deadlines,
 * history. */
#ifndef RULES_LUA_GIVEN_H
#define RULES_LUA_GIVEN_H

#include "rules/lua_budget.h"

void lua_given_open(lua_State *);
/* Push `given`. */
void lua_push_given(lua_State *);

/* lua_given_register.c */
extern const struct lua_kind lua_register_kind;
/* Push the register of the name at the index, or a fault. */
int lua_given_register(lua_State *, int index);
int lua_deadline_for(lua_State *);
/* lua_given_history.c */
int lua_given_previous(lua_State *, bool optional);
int lua_given_returns(lua_State *);

#endif
