/*
 * An arena: memory that is given back all at once.
 *
 * Everything that belongs to one submission (its document, budget, verdict) lives in one arena, so
 * nothing is freed singly and nothing leaks.  Exhaustion never returns NULL: arena_alloc() calls the
 * hook set by arena_on_exhausted(), which must not return (an evaluator and a rulebook process end with
 * EVALUATOR_NO_MEMORY, the keeper and poolctl with a line and 1); without a hook the process aborts.
 */
#ifndef RULES_ARENA_H
#define RULES_ARENA_H

#include <stddef.h>
#include <stdint.h>

struct arena;

struct arena *arena_new(void);
/* Forget everything, but keep memory (at most a few MB) for the next use. */
void arena_reset(struct arena *);
void arena_free(struct arena *);
/* Memory aligned to 16 bytes, not cleared; a size of 0 gives a valid pointer. */
void *arena_alloc(struct arena *, size_t);
/*
 * A piece made larger, with its first `old` bytes; NULL is a piece of 0 bytes.  A large piece grows where
 * it is, or gives the place it leaves back, so that an array that doubles costs what it has, not twice that.
 */
void *arena_extend(struct arena *, void *piece, size_t old, size_t asked);
/* An array of n items of a size with room for one more; *room is what it has room for, 0 at first. */
void *arena_room(struct arena *, void *items, uint32_t n, uint32_t *room, size_t size);
/* As arena_alloc, cleared; n * size is checked for overflow. */
void *arena_calloc(struct arena *, size_t n, size_t size);
/* A copy of n bytes with a NUL after them. */
char *arena_strndup(struct arena *, const char *, size_t n);
/* Bytes handed out since the last reset. */
size_t arena_used(const struct arena *);
void arena_on_exhausted(void (*hook)(void));
/* There is no memory, for what lies in no arena either: calls the hook. */
_Noreturn void arena_exhausted(void);

#endif
