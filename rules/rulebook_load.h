/* The steps of loading a rulebook, one file each. */
#ifndef RULES_RULEBOOK_LOAD_H
#define RULES_RULEBOOK_LOAD_H

#include "rules/lua_declare.h"

/* What policies may call while they are loaded. */
int declare_site(lua_State *);
int declare_waive(lua_State *);
int declare_pack(lua_State *);
int declare_parameter(lua_State *);
int declare_register(lua_State *);
int declare_form(lua_State *);
int declare_condition(lua_State *);
int declare_example(lua_State *);

/* The names of faults, ended by NULL. */
const char *const *rulebook_fault_keys(void);
struct pack *rulebook_pack(const struct rulebook *, struct text id);
/* site.lua's parameters, once the packs' are known. */
void rulebook_site_parameters(struct loading *);
/* Everything that names something else: does it exist, does it fit? Then order and number. */
void rulebook_resolve(struct loading *);
/* Codes in registers that other registers must know (rulebook_codes.c). */
void rulebook_codes(struct loading *);
/* Amounts that were to rise (rulebook_rises.c): read what a register says of them; tell which did not. */
void rulebook_rises_read(struct declaration *, struct reg *);
void rulebook_rises(struct loading *);
/* Comparisons of money fields of the forms with numbers (rulebook_money.c). */
void rulebook_lint_money(struct loading *);
/* Conditions in the order in which they run: readers first, then by file, `after` obeyed. */
void rulebook_order(struct loading *);
void rulebook_run_examples(struct loading *);
/*
 * What follows from a mistake (rulebook_follow.c).  A failed file has a number; its root is the file whose
 * mistake it is: itself (root -1), or the library that it requires.
 */
int follow_failed(struct loading *, const struct tree_file *, int root);
/* A file that ran to its end and has a mistake, which is the last message. */
void follow_ended(struct loading *, const struct tree_file *);
/* The root of a file that failed; -1: it did not. */
int follow_root(const struct loading *, const struct tree_file *);
/* The last message is what the root has wrong. */
void follow_told(struct loading *, int root);
/* Whether a file is among them. */
bool follow_any(const struct loading *, struct text file);
/* Whether a name that is not there is one that a failed file declares; the condition then waits. */
bool follow_explains(struct loading *, struct text name, const struct condition *waiting);
/* Say with each mistake what follows from it. */
void follow_tell(struct loading *);
/* "there is no NAME (did you mean …?)" helpers. */
struct text rulebook_hint_condition(struct loading *, struct text id);
struct text rulebook_hint_form(struct loading *, struct text id);

#endif
