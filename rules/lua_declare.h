/*
 * Reading what a policy declares: `pack{…}`, `condition{…}` and the like.
 *
 * Nothing is taken on trust: an unknown name, a wrong type and a missing entry are each a
 * mistake of their own, and reading goes on so that all of them are told at once.
 */
#ifndef RULES_LUA_DECLARE_H
#define RULES_LUA_DECLARE_H

#include "rules/rulebook_impl.h"

struct declaration {
	lua_State *L;
	struct loading *l;
	int table;        /* stack index */
	struct text file; /* where it is declared */
	uint32_t line;
	struct text who; /* what messages call it: "BCF-FUND-001", "The pack" */
	bool good;       /* no mistake so far */
};

/*
 * Begin with the table that is the function's first argument; keys: the names it may have,
 * ended by NULL.  what: "condition".  false: it is no table, which was told.
 */
bool declare_begin(
    struct declaration *, lua_State *, const char *what, const char *const *keys);
/* The same for a table inside another; its mistakes make the outer declaration bad as well. */
bool declare_inner(struct declaration *inner, struct declaration *outer, int index,
    const char *what, const char *const *keys);
/* Names of the table that are not among the keys, and entries without a name. */
void declare_check_keys(struct declaration *, const char *const *keys);
/* Once it is known how the thing is called. */
void declare_named(struct declaration *, struct text who);
void declare_wrong(struct declaration *, const char *, ...)
    __attribute__((format(printf, 2, 3)));

enum wanted { OPTIONAL, REQUIRED };

/* Each gives whether the entry is there and good.  Texts are copied into the rulebook's arena.
 */
bool declare_text(struct declaration *, const char *key, enum wanted, struct text *);
bool declare_flag(struct declaration *, const char *key, bool *);
/* One text or a list of texts. */
bool declare_texts(struct declaration *, const char *key, enum wanted, struct texts *);
bool declare_year(struct declaration *, const char *key, fyear *);
bool declare_date(struct declaration *, const char *key, date *);
/* A time, or a date: its beginning or its end in London. */
bool declare_instant(struct declaration *, const char *key, bool ends, instant *);
/* A function, kept beyond loading. */
bool declare_function(struct declaration *, const char *key, enum wanted, int *kept);
/* A table: pushes it (unfrozen view) when there, and nothing otherwise. */
bool declare_table(struct declaration *, const char *key, enum wanted);
/* One of a list of words; the number of the word. */
bool declare_word(struct declaration *, const char *key, const char *const *words, int *);
/* A kind by the name that forms use. */
bool declare_kind(struct declaration *, struct text word, enum kind *);
/* A Lua value as a budget's value of a kind; false: it is another. Texts are copied. */
bool declare_value(lua_State *, int index, enum kind, struct arena *, struct value *);

struct loading *loading_of(lua_State *);

#endif
