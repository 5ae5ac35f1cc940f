/*
 * What the files of the Lua environment share among themselves.  No one else includes this.
 */
#ifndef RULES_LUA_PRIVATE_H
#define RULES_LUA_PRIVATE_H

#include "rules/form.h"
#include "rules/lua_env.h"

/* lua_env.c */
void lua_env_suggest_key(lua_State *, struct text word, int table);
void lua_env_set_library(lua_State *, const char *name);

/* lua_freeze.c: put an empty read-only table in front of the one on the stack and replace it there. */
void lua_env_freeze_front(lua_State *, int index);
void lua_env_freeze_open(lua_State *);
void lua_env_freeze_close(struct lua_env *);

/* Each installs its names. */
void lua_base_open(lua_State *);
void lua_string_open(lua_State *);
void lua_table_open(lua_State *);
/* Each adds the methods of its kinds and its constructors; called by lua_value_open(). */
void lua_money_open(lua_State *);
void lua_rate_open(lua_State *);
void lua_date_open(lua_State *);

/*
 * Push the functions that one of Lua's libraries has, and forget the library.  The caller takes what it
 * keeps.
 */
void lua_env_push_standard(lua_State *, const char *name, lua_CFunction open);
/* type() of what is no value of ours: "table", "nil", and a handle's kind. */
const char *lua_value_type(lua_State *, int index);
/* The value as it reads within a text: as people read it, but whole numbers and truths as Lua writes. */
void lua_value_join(lua_State *, int index, struct buf *);
/* The metatable of ratios is in the registry under this address. */
extern const char *const lua_ratio_key;
/* (a, b): :equals() of every kind; another kind is a fault, not "different". */
int lua_value_equals(lua_State *);
/* Is the error value on the stack one that pcall() lets pass? */
bool lua_value_stops(lua_State *, int index);
/* Make the table on the top the methods of a kind, and pop it. */
void lua_value_set_methods(lua_State *, enum kind);
/* Read a scalar argument that may be of any kind that has an order; a fault names the function. */
struct lua_scalar;
struct lua_scalar lua_value_argument(lua_State *, int index, const char *who);
/* The text argument, strict: a number is not taken for one. */
struct text lua_value_text(lua_State *, int index, const char *who);

#endif
