/*
 * Budgets as conditions see them: records and lists as handles, read strictly.
 *
 * A record handle is the record's address, so reading a field allocates nothing.  A list handle
 * is either the budget's own list or a view made by where, map and the like.
 */
#ifndef RULES_LUA_BUDGET_H
#define RULES_LUA_BUDGET_H

#include "rules/eval.h"
#include "rules/lua_value.h"

/* What a list handle stands for. */
struct view {
	const struct value *items;
	const struct value *keys; /* maps; else NULL */
	uint32_t n;
	const struct record_type *type; /* of its records; NULL: scalars */
	/* the field that its scalars, or the list itself, come from */
	const struct field *of;
	enum kind kind;     /* of its scalars */
	struct place place; /* of the list; rec NULL: it has none */
};

void lua_budget_open(lua_State *);
void lua_list_open(lua_State *);

void lua_push_record(lua_State *, const struct record *);
void lua_push_list(lua_State *, const struct list *);
void lua_push_view(lua_State *, const struct view *); /* copies it */
/* Places are copied. */
void lua_push_places(lua_State *, const struct place *, uint32_t n);

struct record *lua_to_record(lua_State *, int index);
bool lua_to_view(lua_State *, int index, struct view *);
void lua_list_view(const struct list *, struct view *);
const struct places *lua_to_places(lua_State *, int index);

/* The field of that name, or a fault with a suggestion. The key is at the index. */
const struct field *lua_check_field(
    lua_State *, const struct record_type *, const struct record *, int index);
/* A record's value; a derived one is worked out.  Never a stop of its own. */
const struct value *lua_record_value(lua_State *, const struct record *, const struct field *);
/* Stop where a value is not there to be read: absent, not yet known, misread. */
void lua_need_value(
    lua_State *, const struct record *, const struct field *, const struct value *);
/* Stop as reading the year of a return does that does not say it: one fault, one finding. */
void lua_need_year(lua_State *);
/* Push a value that is there. */
void lua_push_value(lua_State *, const struct field *, const struct value *, enum kind);
/* A Lua value as a value of a field; false: it is of another kind. Texts point into Lua. */
bool lua_to_value(lua_State *, int index, const struct field *, struct value *);
/* Why it could not be: raises. */
_Noreturn void lua_wrong_value(lua_State *, int index, const struct field *);
/* The form's name, or the register's, for messages. */
struct text record_home(const struct record *);

/* given.previous:same(record), in lua_given_history.c */
int lua_past_same(lua_State *);
/* lua_list.c */
extern const struct lua_kind lua_list_kind;

#endif
