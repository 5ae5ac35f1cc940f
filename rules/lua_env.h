/*
 * The environment that policies run in: an allow-list of names, nothing that reaches outside, nothing
 * that differs from run to run, nothing that one condition can leave behind for another.
 *
 * Life of a state: lua_env_new(); add names with lua_env_set(); load chunks with lua_env_load() and run
 * them with lua_env_call(); keep what they declared with lua_env_keep(); lua_env_freeze() once;
 * then lua_env_restore() before each run of what was kept.  How it holds is told in lua_env.c.
 *
 * All but lua_env_new(), lua_env_free() and lua_env_call() may raise when memory runs out: call them from
 * within a C function under lua_env_call() or lua_pcall(), as anything of Lua's own interface.
 *
 * Raise with lua_env_fail(), never luaL_error(): it finds the line of the policy.
 */
#ifndef RULES_LUA_ENV_H
#define RULES_LUA_ENV_H

#include <lua.h>
#include <lauxlib.h>

#include "rules/lua_limit.h"
#include "rules/text.h"

struct lua_kind;
struct lua_snapshot;

/* Hangs at every state.  Private to rules/lua_*, but for `user` and `limit`. */
struct lua_env {
	struct lua_limit *limit;
	void *user; /* the rulebook's or evaluation's own; see lua_env_of() */
	const struct lua_kind
	    *kinds[16];     /* by the low four bits of a light userdata: lua_value.h */
	struct buf scratch; /* for text on its way to Lua: an error leaks nothing */
	int base;           /* registry references */
	int globals;
	int kept;
	int methods[32]; /* by enum kind: table of the methods of a value */
	/* what lua_env_restore() puts back, one a kept value */
	struct lua_snapshot *snapshots;
	int n_kept, n_snapshots;
	bool frozen;
};

static inline struct lua_env *
lua_env_of(lua_State *L)
{
	return *(struct lua_env **)lua_getextraspace(L);
}

/* NULL: out of memory.  The limit must outlive the state. */
lua_State *lua_env_new(struct lua_limit *);
void lua_env_free(lua_State *);

/* Pops a value and makes it a name that policies can read (never assign). */
void lua_env_set(lua_State *, const char *name);
void lua_env_set_function(lua_State *, const char *name, lua_CFunction);
/* Takes a name away: reading it is then an error as for any unknown name. */
void lua_env_unset(lua_State *, const char *name);

/* Told every mistake of a chunk; what is a whole sentence. line 0: none. */
typedef void lua_complain_fn(void *arg, struct text file, uint32_t line, struct text what);
/*
 * Lint and compile a chunk of text.  true: pushes its function.  false: pushes nothing; every mistake
 * was told.  name is the file's name in the tree and leads every error message of the chunk.
 */
bool lua_env_load(
    lua_State *, struct text name, struct text source, lua_complain_fn *, void *arg);

/* How a call ended. */
enum lua_ended {
	LUA_ENDED_WELL,
	LUA_ENDED_FAULT, /* an error: *message is "file:line: sentence"; pushes nothing */
	LUA_ENDED_STOP,  /* a value of a kind with `stops` was raised: pushed */
	LUA_ENDED_LIMIT /* a limit tripped, whatever Lua returned: *message says which; pushes nothing */
};
/*
 * Call as lua_pcall does.  Pops function and arguments; pushes nresults when it ended well.  message
 * (may be NULL) is appended to, unescaped.
 */
enum lua_ended lua_env_call(lua_State *, int nargs, int nresults, struct buf *message);

/*
 * Raise a fault: a whole sentence, led by file and line of the innermost policy function on the stack.
 * Formats are those of lua_pushfstring: %s %d %I %f %p %c %U %%.
 */
_Noreturn void lua_env_fail(lua_State *, const char *fmt, ...);
/* Push "file:line: " of the innermost policy function, or "". */
void lua_env_where(lua_State *);
/* The same as file and line, for a message that names its place apart; line 0: none. */
struct text lua_env_position(lua_State *, uint32_t *line);
/* An error value as text, whatever it is; runs no Lua. */
void lua_env_message(lua_State *, int index, struct buf *);
/* "(did you mean amount?)" with a leading blank, or "": pushed as a string. */
void lua_env_suggest(lua_State *, struct text word, const struct text *candidates, size_t n);

/*
 * Freezing.  Make the value and all that can be reached from it (fields, keys, upvalues of functions)
 * read-only at once; for what `require` returns.  Tables stay the same tables.
 */
void lua_env_freeze_value(lua_State *, int index);
/*
 * Keep a value (a function, or a table of them) beyond loading: it is frozen by lua_env_freeze(), and
 * the number that is returned restores it.  Does not pop.
 */
int lua_env_keep(lua_State *, int index);
void lua_env_push_kept(lua_State *, int kept);
/* After everything is loaded: freeze what is kept and take a snapshot of all its upvalues. */
void lua_env_freeze(lua_State *);
/*
 * Put the upvalues that the kept value can reach back to what they were at lua_env_freeze(): costs some
 * 20 ns an upvalue.  Call it before each run of a condition for a submission.
 */
void lua_env_restore(lua_State *, int kept);

/*
 * For C functions that take tables from policies: is the value a table?  A frozen one is read with
 * lua_geti, lua_getfield and luaL_len as any other, but not with lua_next or the raw functions: replace
 * it by lua_env_push_raw(), which pushes the table itself or what stands behind a frozen one.
 */
void lua_env_push_raw(lua_State *, int index);
/*
 * The keys of a table in the order in which pairs() gives them (whole numbers, then text bytewise, then
 * booleans, then values such as years by size): pushes a sequence of the keys and returns how many.
 */
lua_Integer lua_env_push_keys(lua_State *, int index);

#endif
