/* The calls by which conditions say what they found. */
#ifndef RULES_LUA_CALL_H
#define RULES_LUA_CALL_H

#include "rules/lua_budget.h"

/* finding, the comparisons, determination, stop, skip. */
void lua_call_open(lua_State *);

/* The arguments that all calls share, by number; a call's own follow in the order of its names. */
enum { CALL_AT, CALL_GIVEN, CALL_SEVERITY, CALL_SAYS, CALL_RELATED, CALL_OWN };
/* Where on the stack an argument stands: the table is at 1. */
#define CALL_SLOT(arg) ((arg) + 2)

/* A call with named arguments: finding { at = …, given = … }. */
struct call {
	lua_State *L;
	struct eval *e;
	const char *name;
	const char *const *args; /* the names it knows, ended by NULL */
	int table;
	struct found found;
};

/* The arguments into their places, `at`, severity, related; raises what is wrong in words. */
void call_begin(struct call *, lua_State *, const char *name, const char *const *args);
bool call_has(const struct call *, int arg);
/* A fault when it is not there. */
void call_need(struct call *, int arg);
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
/* lua_words.c: whether a text says anything: more than blanks and placeholders ("TBC", "n/a", "-"). */
bool says_something(struct text);
void lua_words_open(lua_State *);
int lua_determination(lua_State *);

#endif
