/* What the lua_list_* files share. */
#ifndef RULES_LUA_LIST_H
#define RULES_LUA_LIST_H

#include "rules/lua_budget.h"

/* The list that a method is called on, or a fault that says to use a colon. */
void list_self(lua_State *, const char *method, struct view *);
/* Stop at an item that is not there to be read. */
void list_need_item(lua_State *, const struct view *, uint32_t);
/* The record at a position; stops when the reader could not read it. */
static inline const struct record *
list_record(lua_State *L, const struct view *v, uint32_t i)
{
	if (v->items[i].state != VALUE_SET)
		list_need_item(L, v, i);
	return v->items[i].u.rec;
}

/* Push the item at a position. */
void list_push_item(lua_State *, const struct view *, uint32_t);
/* The field named by argument `arg` of the list's records, or a fault. */
const struct field *list_field(lua_State *, const struct view *, int arg, const char *method);
/* The value of a field of one record, there to be read, or a stop. */
const struct value *list_value_made(lua_State *, const struct record *, const struct field *);
static inline const struct value *
list_value(lua_State *L, const struct record *r, const struct field *f)
{
	const struct value *v = &r->values[f->index];

	return v->state == VALUE_SET ? v : list_value_made(L, r, f);
}

/* An empty view like another, with room for n items. */
struct view *list_like(lua_State *, const struct view *, uint32_t n);
void list_push_made(lua_State *, struct view *);
static inline void
list_add(struct view *v, const struct value *item)
{
	struct value *items = (struct value *)(uintptr_t)v->items;

	items[v->n++] = *item;
}

/* The same for a view that is made larger as it needs; *room is what it has room for, 0 at first. */
void list_push(lua_State *, struct view *, uint32_t *room, const struct value *item);

/* Of one kind, and both there. */
bool values_equal(const struct value *, const struct value *);
/* Keep those of a list that match the table or function at argument `arg`. */
struct view *list_filter(lua_State *, const struct view *, int arg);

extern const luaL_Reg list_find_methods[], list_sum_methods[];

#endif
