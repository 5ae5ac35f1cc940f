/*
 * Limits on policies: VM instructions and memory, for one submission as a whole, and shares of the
 * instructions for one condition after the other.
 *
 * All are sticky: a share's for its condition, the whole's for the rest of the submission.  Once a limit is hit every further instruction raises again, pcall() cannot catch
 * it, and lua_limit_tripped() overrides whatever Lua returned.  This gives the good message; it is no
 * guarantee, since a loop inside a C function (a pattern, say) never reaches the hook.  The guarantee
 * is the process, which is killed on time.
 */
#ifndef RULES_LUA_LIMIT_H
#define RULES_LUA_LIMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lua.h>

#include "rules/text.h"

/* What is raised when a limit tripped; kept alive, so that raising it allocates nothing. */
#define LUA_LIMIT_TEXT "a limit was hit"

enum lua_tripped { LUA_LIMIT_NONE, LUA_LIMIT_STEPS, LUA_LIMIT_MEMORY };

#define LUA_LIMIT_CLASSES 16 /* of small blocks: 16, 32 … 256 bytes */

struct lua_block;
struct lua_slab;

/* Read only outside lua_limit.c.  A zeroed struct is a limit that allows everything. */
struct lua_limit {
	lua_State *L;
	enum lua_tripped tripped;
	bool
	    /* the last request was refused once: Lua collects garbage and asks again */
	    refused,
	    /* the same by the system, whose want of memory is nobody's fault here */
	    starved;
	size_t used; /* bytes Lua has now */
	size_t peak;
	size_t base;     /* bytes of the frozen rulebook; 0: not settled */
	size_t floor;    /* bytes it had at lua_limit_begin() */
	size_t cap;      /* bytes it may have; 0: no cap */
	uint64_t budget; /* instructions; 0: no budget */
	uint64_t until;  /* what may be spent when the share ends: budget or less */
	uint64_t share;  /* instructions of it, for the message; 0: none is in force */
	/* counted in steps of the hook, and what C functions charged */
	uint64_t spent;
	uint64_t allowed_steps; /* of the last begin, for the message */
	size_t allowed_memory;
	int step; /* instructions from one run of the hook to the next */
	struct lua_block *blocks[LUA_LIMIT_CLASSES]; /* free ones of each size */
	struct lua_slab *slabs;
	char *slab_at, *slab_end; /* what is not handed out of the newest */
	char where[160];          /* "fund.lua:12" where it tripped, or empty */
};

/* For lua_newstate(): ud is a struct lua_limit. */
void *lua_limit_alloc(void *ud, void *ptr, size_t osize, size_t nsize);
/* After lua_close(): give back what small blocks were cut from. */
void lua_limit_free(struct lua_limit *);
/*
 * A fresh allowance: from here on that many instructions, and that many bytes on top of what Lua has
 * already; 0: without limit.  Forgets an earlier trip.  Counting starts anew, so that the same work
 * trips at the same instruction wherever in a batch it stands.
 */
void lua_limit_begin(struct lua_limit *, uint64_t instructions, size_t memory);
/*
 * The next condition's share of what was begun: at most so many instructions (0: all that is left), and
 * the memory as before.  Forgets what tripped in the share before, and collects if that was the memory.
 * false: nothing is left of the whole, or the memory does not come back: what tripped stays, and the
 * submission is over.  A share counts from nought, so that it trips at the same instruction whatever ran
 * before it; what the one before had begun of a step counts as a whole one against the whole.
 */
bool lua_limit_share(struct lua_limit *, uint64_t instructions);
/* No limits until the next begin; what tripped stays known. */
void lua_limit_end(struct lua_limit *);
/*
 * After loading: collect, and count the memory of every submission from what is left.  Only live data is
 * held against it, since a refusal collects first, and lua_limit_begin() collects what those before it
 * left if that is more than a 64th of what it may have; so its place in a batch makes no difference but
 * within that 64th.
 */
void lua_limit_settle(struct lua_limit *);
enum lua_tripped lua_limit_tripped(const struct lua_limit *);
/* A whole sentence for the administrator; appends nothing when nothing tripped. */
void lua_limit_say(const struct lua_limit *, struct buf *);
/* Instructions spent since begin, to within one step of the hook. */
uint64_t lua_limit_spent(const struct lua_limit *);

/*
 * For C functions that policies call: pay for work as if it were that many instructions (a row looked
 * at is about one).  Raises when the budget is gone or a limit has tripped before.
 */
void lua_limit_charge(lua_State *, uint64_t);
/*
 * The same for small things that are done often: never raises; the budget's end is seen at the next step
 * of the hook.
 */
static inline void
lua_limit_owe(struct lua_limit *limit, uint64_t n)
{
	limit->spent += n;
}
/* Raises when a limit has tripped. */
void lua_limit_check(lua_State *);

#endif
