/*
 * Forms from Lua: what `form{…}` in a pack declares becomes a constant struct form.
 *
 * lua-policies/README.md, "Forms", is the contract.  Nothing is taken on trust: whatever is unknown,
 * missing or twice is a complaint, and all complaints of a form come at once.
 */
#ifndef RULES_LUA_FORM_H
#define RULES_LUA_FORM_H

#include <lua.h>

#include "rules/arena.h"
#include "rules/form.h"

struct lua_form_options {
	struct arena *arena; /* for the form; must outlive it */
	struct text pack;    /* id of the pack that declares it */
	/*
	 * Called for each mistake.  file is the name of the chunk that called form{…} (without a leading
	 * '@' or '='), line that of the call (0: not known), what a whole sentence that names the form
	 * and the field.  The texts last until the call returns.
	 */
	void (*complain)(void *arg, struct text file, uint32_t line, struct text what);
	void *arg;
};

/*
 * Read the declaration at `index` of the stack.  NULL: there were mistakes, all of them told.
 * The stack is left as it was.  Raises no Lua error but for memory.
 *
 * Derived functions are kept in the registry (field.derive is luaL_ref's number).  fault_ids are
 * left for the rulebook to resolve into faults[], which are all -1; so is whether another form has
 * the same id, and whether conditions named in `explanations` exist.
 */
struct form *lua_form_declare(lua_State *L, int index, const struct lua_form_options *);

#endif
