/* Finding rows of a budget's list by their values without looking at each of them. */
#ifndef RULES_LUA_LIST_INDEX_H
#define RULES_LUA_LIST_INDEX_H

#include "rules/lua_list.h"

/* A field and what it may be. */
struct want {
	const struct field *field;
	uint32_t n;
	struct value *any;
};

/*
 * The rows of a whole list whose fields have exactly these values, in the order of the file; pays for
 * what it looks at.  NULL: the list is short or a part of one, a field is none that can be looked up, or
 * nobody has asked this way before: then each row has to be looked at.
 */
struct view *list_look_up(
    lua_State *, const struct view *, const struct want *wants, uint32_t n);

#endif
