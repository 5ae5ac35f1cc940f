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
/* Comparisons of money fields of the forms with numbers (rulebook_money.c). */
void rulebook_lint_money(struct loading *);
/* Conditions in the order in which they run: readers first, then by file, `after` obeyed. */
void rulebook_order(struct loading *);
void rulebook_run_examples(struct loading *);
/* "there is no NAME (did you mean …?)" helpers. */
struct text rulebook_hint_condition(struct loading *, struct text id);
struct text rulebook_hint_form(struct loading *, struct text id);

#endif
