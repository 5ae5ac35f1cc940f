/*
 * Limits on policies.
 *
 * The count hook costs a fifth of a tight loop whatever its interval, since with any count hook Lua looks
 * in at every instruction (tests/bench/lua.c); every 1,000 is as cheap as every 10,000.  Work inside C functions
 * that policies call is charged to the same budget, so a loop of string.rep costs what it does; and a long text
 * when it is allocated, since s .. s is one instruction for however many bytes.  A charge is never for what
 * depends on the state of the heap: not for tables of short texts, nor for collections.
 *
 * Memory: when Lua is refused a block it collects garbage and asks once more; the second refusal is
 * the one that counts.  It sets the hook to every instruction, so that a policy which catches "not
 * enough memory" is stopped at its next step.
 */
#include "rules/lua_limit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/arena.h"
#include "rules/lua_env.h"
#include "rules/money.h"

#define STEP         1000
#define LONG         1024 /* a text that is paid for when it is made */
#define BYTES_A_STEP 32
#define GRAIN        ((size_t)16)
#define SLAB         ((size_t)64 * 1024)
#define LEFT \
	64 /* a submission may find at most this part of its memory taken by those before it */

#if defined(__SANITIZE_ADDRESS__)
#define SMALL 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SMALL 0
#endif
#endif
#ifndef SMALL
#define SMALL (LUA_LIMIT_CLASSES * GRAIN)
#endif

struct lua_block {
	struct lua_block *next;
};
/* The blocks begin GRAIN bytes in. */
struct lua_slab {
	struct lua_slab *next;
};

/* Raise without allocating: the text is short, so interned, and lua_env_new() keeps it alive. */
static int
limit_raise(lua_State *L)
{
	lua_pushstring(L, LUA_LIMIT_TEXT);
	return lua_error(L);
}

/* The policy's line, as far as it can be seen from here without allocating. */
static void
limit_note_place(struct lua_limit *limit)
{
	lua_Debug ar;
	int level;

	limit->where[0] = '\0';
	for (level = 0; lua_getstack(limit->L, level, &ar); level++) {
		if (lua_getinfo(limit->L, "Sl", &ar) && ar.currentline > 0) {
			snprintf(limit->where, sizeof(limit->where), "%s:%d", ar.short_src,
			    ar.currentline);
			return;
		}
	}
}

static void limit_hook(lua_State *, lua_Debug *);

/* From here on every instruction raises. */
static void
limit_trip(struct lua_limit *limit, enum lua_tripped what)
{
	if (limit->tripped != LUA_LIMIT_NONE)
		return;
	limit->tripped = what;
	if (limit->L == NULL)
		return;
	limit_note_place(limit);
	lua_sethook(limit->L, limit_hook, LUA_MASKCOUNT, 1);
}

/* Take from the budget; true: nothing is left, or a limit has tripped before. */
static bool
limit_take(struct lua_limit *limit, uint64_t n)
{
	if (limit->tripped != LUA_LIMIT_NONE)
		return true;
	if (limit->budget == 0)
		return false;
	limit->spent = n > UINT64_MAX - limit->spent ? UINT64_MAX : limit->spent + n;
	if (limit->spent < limit->until)
		return false;
	if (limit->share != 0) /* what it asked for beyond its share it does not get */
		limit->spent = limit->until;
	limit_trip(limit, LUA_LIMIT_STEPS);
	return true;
}

static void
limit_hook(lua_State *L, lua_Debug *ar)
{
	(void)ar;
	if (limit_take(lua_env_of(L)->limit, (uint64_t)lua_env_of(L)->limit->step))
		limit_raise(L);
}

/*
 * Small blocks come from slabs, by size, and go back to a list of their size: most of what a condition
 * makes (argument tables, closures, short texts) lives for a moment, and malloc() for it cost more than
 * what it was for.  Under AddressSanitizer each block is malloc's own, so that it sees what is done to it.
 */
static void *
block_take(struct lua_limit *limit, size_t size)
{
	size_t class = (size - 1) / GRAIN;
	struct lua_block *block = limit->blocks[class];
	struct lua_slab *slab;

	if (block != NULL) {
		limit->blocks[class] = block->next;
		return block;
	}
	size = (class + 1) * GRAIN;
	if ((size_t)(limit->slab_end - limit->slab_at) < size) {
		slab = malloc(SLAB);
		if (slab == NULL)
			return NULL;
		slab->next = limit->slabs;
		limit->slabs = slab;
		limit->slab_at = (char *)slab + GRAIN;
		limit->slab_end = (char *)slab + SLAB;
	}
	limit->slab_at += size;
	return limit->slab_at - size;
}

static void
block_give(struct lua_limit *limit, void *p, size_t size)
{
	struct lua_block *block = p;

	block->next = limit->blocks[(size - 1) / GRAIN];
	limit->blocks[(size - 1) / GRAIN] = block;
}

static bool
is_small(size_t size)
{
	return SMALL > 0 && size <= SMALL;
}

static void
memory_give(struct lua_limit *limit, void *p, size_t size)
{
	if (p != NULL && is_small(size))
		block_give(limit, p, size);
	else
		free(p);
}

/*
 * As realloc().  Where there is no memory for a smaller block the caller keeps the old one under the
 * new size, by which it goes back: that loses a little of it and harms nothing.
 */
static void *
memory_resize(struct lua_limit *limit, void *p, size_t osize, size_t nsize)
{
	void *new;

	if (p != NULL && !is_small(osize) && !is_small(nsize))
		return realloc(p, nsize);
	if (p != NULL && is_small(osize) && (osize - 1) / GRAIN == (nsize - 1) / GRAIN)
		return p;
	new = is_small(nsize) ? block_take(limit, nsize) : malloc(nsize);
	if (new == NULL || p == NULL)
		return new;
	memcpy(new, p, osize < nsize ? osize : nsize);
	memory_give(limit, p, osize);
	return new;
}

void
lua_limit_free(struct lua_limit *limit)
{
	struct lua_slab *slab;

	while ((slab = limit->slabs) != NULL) {
		limit->slabs = slab->next;
		free(slab);
	}
	memset(limit->blocks, 0, sizeof(limit->blocks));
	limit->slab_at = limit->slab_end = NULL;
}

/* A request that cannot be met: Lua collects and asks again; the second time counts. */
static void *
limit_refuse(struct lua_limit *limit)
{
	if (limit->refused)
		limit_trip(limit, LUA_LIMIT_MEMORY);
	limit->refused = true;
	return NULL;
}

/* The system has none, twice: that says nothing of the policy or the submission. */
static void *
limit_starve(struct lua_limit *limit)
{
	if (limit->starved)
		arena_exhausted();
	limit->starved = true;
	return NULL;
}

/*
 * osize is a type code when ptr is NULL.  A shrink never fails: Lua relies on it while it collects.
 */
void *
lua_limit_alloc(void *ud, void *ptr, size_t osize, size_t nsize)
{
	struct lua_limit *limit = ud;
	size_t type = osize;
	void *new;

	if (ptr == NULL)
		osize = 0;
	if (nsize == 0) {
		memory_give(limit, ptr, osize);
		limit->used -= osize;
		return NULL;
	}
	if (nsize > osize && limit->cap != 0 &&
	    (limit->used >= limit->cap || nsize - osize > limit->cap - limit->used))
		return limit_refuse(limit);
	new = memory_resize(limit, ptr, osize, nsize);
	if (new == NULL)
		return nsize <= osize ? ptr : limit_starve(limit);
	if (nsize > osize)
		limit->refused = limit->starved = false;
	if (ptr == NULL && type == LUA_TSTRING && nsize >= LONG)
		(void)limit_take(limit, nsize / BYTES_A_STEP);
	limit->used = limit->used - osize + nsize;
	if (limit->used > limit->peak)
		limit->peak = limit->used;
	return new;
}

/*
 * Collect until nothing more goes.  One round is not enough: each makes the table of texts half as large
 * at most.  The collection after a refusal leaves that and the stack as they are, so they are held
 * against whoever comes next unless this is done before.
 */
static void
limit_collect(struct lua_limit *limit)
{
	size_t before;

	do {
		before = limit->used;
		lua_gc(limit->L, LUA_GCCOLLECT);
	} while (limit->used < before);
}

/* Count from here on: so many instructions are left; 0: without end. */
static void
limit_watch(struct lua_limit *limit, uint64_t left)
{
	limit->step = left != 0 && left < STEP ? (int)left : STEP;
	if (limit->L == NULL)
		return;
	if (left != 0)
		lua_sethook(limit->L, limit_hook, LUA_MASKCOUNT, limit->step);
	else
		lua_sethook(limit->L, NULL, 0, 0);
}

void
lua_limit_begin(struct lua_limit *limit, uint64_t instructions, size_t memory)
{
	if (limit->L != NULL && limit->base > 0 && limit->used > limit->base &&
	    limit->used - limit->base > memory / LEFT)
		limit_collect(limit);
	limit->tripped = LUA_LIMIT_NONE;
	limit->refused = false;
	limit->where[0] = '\0';
	limit->floor = limit->peak = limit->used;
	limit->cap = memory == 0 ? 0 : (limit->base > 0 ? limit->base : limit->used) + memory;
	limit->budget = limit->until = instructions;
	limit->share = 0;
	limit->spent = 0;
	limit->allowed_steps = instructions;
	limit->allowed_memory = memory;
	limit_watch(limit, instructions);
}

bool
lua_limit_share(struct lua_limit *limit, uint64_t instructions)
{
	bool memory = limit->tripped == LUA_LIMIT_MEMORY;

	if (limit->budget == 0)
		return true;
	limit->spent += (uint64_t)limit->step;
	if (limit->spent >= limit->budget) {
		limit_trip(limit, LUA_LIMIT_STEPS);
		limit->share = 0;
		return false;
	}
	if (memory) {
		limit_collect(limit);
		if (limit->used > limit->floor &&
		    limit->used - limit->floor > limit->allowed_memory / LEFT)
			return false;
	}
	limit->tripped = LUA_LIMIT_NONE;
	limit->refused = false;
	limit->where[0] = '\0';
	limit->until = limit->budget;
	limit->share = 0;
	if (instructions != 0 && instructions < limit->budget - limit->spent) {
		limit->until = limit->spent + instructions;
		limit->share = instructions;
	}
	limit_watch(limit, limit->until - limit->spent);
	return true;
}

void
lua_limit_end(struct lua_limit *limit)
{
	limit->cap = 0;
	limit->budget = 0;
	if (limit->L != NULL)
		lua_sethook(limit->L, NULL, 0, 0);
}

void
lua_limit_settle(struct lua_limit *limit)
{
	if (limit->L == NULL)
		return;
	limit_collect(limit);
	limit->base = limit->used;
}

enum lua_tripped
lua_limit_tripped(const struct lua_limit *limit)
{
	return limit->tripped;
}

uint64_t
lua_limit_spent(const struct lua_limit *limit)
{
	return limit->spent;
}

void
lua_limit_say(const struct lua_limit *limit, struct buf *out)
{
	if (limit->tripped == LUA_LIMIT_NONE)
		return;
	buf_str(out, "The policy was stopped");
	if (limit->where[0] != '\0')
		buf_printf(out, " at %s", limit->where);
	if (limit->tripped == LUA_LIMIT_STEPS) {
		buf_str(out, " after ");
		integer_format_pretty(out,
		    (int64_t)((limit->share != 0 ? limit->share : limit->allowed_steps) &
			INT64_MAX));
		buf_str(
		    out, limit->share != 0 ? " steps, the most for one condition" : " steps");
		buf_str(out, ": look for a loop that does not end, or far too much work.");
	} else {
		buf_str(out, " when it wanted more than ");
		integer_format_pretty(out, (int64_t)(limit->allowed_memory / 1024));
		buf_str(out, " kB of memory: look for a table or text that grows without end.");
	}
}

void
lua_limit_charge(lua_State *L, uint64_t n)
{
	if (limit_take(lua_env_of(L)->limit, n))
		limit_raise(L);
}

void
lua_limit_check(lua_State *L)
{
	if (lua_env_of(L)->limit->tripped != LUA_LIMIT_NONE)
		limit_raise(L);
}
