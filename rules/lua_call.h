/* The calls by which conditions say what they found. */
#ifndef RULES_LUA_CALL_H
#define RULES_LUA_CALL_H

#include "rules/lua_budget.h"

/* finding, the comparisons, determination, stop, skip. */
void lua_call_open(lua_State *);

/* A call with named arguments: finding { at = …, given = … }. */
struct call {
	lua_State *L;
	struct eval *e;
	const char *name;
	const char *const *args; /* the names it knows, ended by NULL */
	int table;
	unsigned present; /* bits: which of the arguments that all calls share are there */
	struct found found;
};

/* The table, `at`, severity, related; raises what is wrong in words. */
void call_begin(struct call *, lua_State *, const char *name, const char *const *args);
/* Pushes an argument; false: it is not there, and nil is pushed. */
bool call_push(struct call *, const char *arg);
/* The same, and a fault when it is not there. */
void call_need(struct call *, const char *arg);
/* The value at an index as it is shown. */
struct shown call_shown(struct call *, int index);
/* The message of `says`, or the one given; then the finding is made. */
void call_make(struct call *, struct text otherwise);
/* lua_says.c: fill the {placeholders} of a sentence. */
struct text call_says(struct call *, struct text says);
/* Whether `says` uses an argument. */
bool says_uses(struct text says, struct text arg);

bool lua_is_skip(lua_State *, int index);
void lua_stop_open(lua_State *);
void lua_compare_open(lua_State *);
int lua_determination(lua_State *);

#endif
