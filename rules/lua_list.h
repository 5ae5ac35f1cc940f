/* What the lua_list_* files share. */
#ifndef RULES_LUA_LIST_H
#define RULES_LUA_LIST_H

#include "rules/lua_budget.h"

/* The list that a method is called on, or a fault that says to use a colon. */
void list_self(lua_State *, const char *method, struct view *);
/* The record at a position; stops when the reader could not read it. */
const struct record *list_record(lua_State *, const struct view *, uint32_t);
/* Push the item at a position. */
void list_push_item(lua_State *, const struct view *, uint32_t);
/* The field named by argument `arg` of the list's records, or a fault. */
const struct field *list_field(lua_State *, const struct view *, int arg, const char *method);
/* The value of a field of one record, there to be read, or a stop. */
const struct value *list_value(lua_State *, const struct record *, const struct field *);
/* An empty view like another, with room for n items. */
struct view *list_like(lua_State *, const struct view *, uint32_t n);
void list_push_made(lua_State *, struct view *);
void list_add(struct view *, const struct value *);
/* Keep those of a list that match the table or function at argument `arg`. */
struct view *list_filter(lua_State *, const struct view *, int arg);

extern const luaL_Reg list_find_methods[], list_sum_methods[];

#endif
