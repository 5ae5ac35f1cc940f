/*
 * An arena: memory that is given back all at once.
 *
 * A list of chunks, newest first, each carved from the front.  The first chunk is small enough to be
 * cheap for a lone file; later chunks double in size up to a limit.  A request that
 * does not fit a chunk of the usual size gets one of its own behind the newest, so that the rest of
 * the newest is not lost.  Under AddressSanitizer what has not been handed out is poisoned, with a
 * gap after each piece, so that an overrun is caught although nothing was malloc'ed singly.
 */
#include "rules/arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#endif

#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
#define POISON(p, n)   ASAN_POISON_MEMORY_REGION(p, n)
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION(p, n)
#define GAP            16
#else
#define POISON(p, n)   ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
#define GAP            0
#endif

#define ALIGN       ((size_t)16)
#define CHUNK_FIRST ((size_t)64 * 1024)
#define CHUNK_MOST  ((size_t)4 * 1024 * 1024)

struct chunk {
	struct chunk *older;
	size_t size; /* of data[] */
	bool own;    /* of a single piece */
	_Alignas(16) unsigned char data[];
};

struct arena {
	unsigned char *at, *end; /* what is free in the newest chunk */
	size_t used;
	struct chunk *newest;
	size_t next_size;
};

static void (*exhausted_hook)(void);

void
arena_on_exhausted(void (*hook)(void))
{
	exhausted_hook = hook;
}

/* The hook does not return, and without one there is nothing left to do. */
_Noreturn void
arena_exhausted(void)
{
	if (exhausted_hook != NULL)
		exhausted_hook();
	abort();
}

static struct chunk *
chunk_new(size_t size)
{
	struct chunk *c;

	c = size > SIZE_MAX - sizeof(*c) ? NULL : malloc(sizeof(*c) + size);
	if (c == NULL)
		arena_exhausted();
	c->size = size;
	c->older = NULL;
	c->own = false;
	POISON(c->data, size);
	return c;
}

static void
chunk_free(struct chunk *c)
{
	UNPOISON(c->data, c->size);
	free(c);
}

/* Make a chunk the one that is carved. */
static void
carve_from(struct arena *a, struct chunk *c)
{
	a->newest = c;
	a->at = c->data;
	a->end = c->data + c->size;
}

struct arena *
arena_new(void)
{
	struct arena *a;

	a = malloc(sizeof(*a));
	if (a == NULL)
		arena_exhausted();
	a->used = 0;
	a->next_size = CHUNK_FIRST * 2;
	carve_from(a, chunk_new(CHUNK_FIRST));
	return a;
}

/*
 * After a use that needed several chunks the next begins with one that holds them all, so that a batch
 * of like submissions soon asks malloc for nothing.
 */
void
arena_reset(struct arena *a)
{
	struct chunk *c;
	size_t total = 0;

	while ((c = a->newest)->older != NULL) {
		a->newest = c->older;
		total += c->size;
		chunk_free(c);
	}
	if (total > 0 && c->size < CHUNK_MOST) {
		total += c->size;
		chunk_free(c);
		c = chunk_new(total < CHUNK_MOST ? total : CHUNK_MOST);
	}
	POISON(c->data, c->size);
	carve_from(a, c);
	a->used = 0;
	a->next_size = CHUNK_FIRST * 2;
}

void
arena_free(struct arena *a)
{
	if (a == NULL)
		return;
	arena_reset(a);
	chunk_free(a->newest);
	free(a);
}

/* The slow way: a new chunk, or one of its own for a piece that is large. */
static void *
alloc_from_new(struct arena *a, size_t n)
{
	struct chunk *c;

	if (n > a->next_size / 4) {
		c = chunk_new(n);
		c->own = true;
		c->older = a->newest;
		if (a->newest->older != NULL) {
			c->older = a->newest->older;
			a->newest->older = c;
		} else
			a->newest =
			    c; /* the first chunk stays the last of the list; carving goes on */
		return c->data;
	}
	c = chunk_new(a->next_size);
	c->older = a->newest;
	carve_from(a, c);
	if (a->next_size < CHUNK_MOST)
		a->next_size *= 2;
	a->at += n;
	return c->data;
}

void *
arena_alloc(struct arena *a, size_t asked)
{
	unsigned char *p;
	size_t n;

	if (asked > SIZE_MAX / 2)
		arena_exhausted();
	n = ((asked + ALIGN - 1) & ~(ALIGN - 1)) + GAP;
	a->used += n - GAP; /* so that a limit is the same in every build */
	if (n <= (size_t)(a->end - a->at)) {
		p = a->at;
		a->at += n;
	} else
		p = alloc_from_new(a, n);
	UNPOISON(p, asked);
	return p;
}

/* A piece that has a chunk of its own, as large ones do; NULL: it has none. */
static struct chunk **
chunk_of(struct arena *a, const void *piece)
{
	struct chunk **at;

	for (at = &a->newest; *at != NULL; at = &(*at)->older)
		if ((*at)->own && (*at)->data == piece)
			return at;
	return NULL;
}

void *
arena_extend(struct arena *a, void *piece, size_t old, size_t asked)
{
	size_t n = ((asked + ALIGN - 1) & ~(ALIGN - 1)) + GAP;
	struct chunk **at = old > CHUNK_FIRST / 4 ? chunk_of(a, piece) : NULL, *c;
	void *p;

	if (asked > SIZE_MAX / 2)
		arena_exhausted();
	if (at == NULL || n <= (*at)->size) {
		p = arena_alloc(a, asked);
		if (old > 0)
			memcpy(p, piece, old < asked ? old : asked);
		return p;
	}
	a->used += n - (*at)->size;
	UNPOISON((*at)->data, (*at)->size);
	c = realloc(*at, sizeof(*c) + n);
	if (c == NULL)
		arena_exhausted();
	*at = c;
	c->size = n;
	POISON(c->data + asked, n - asked);
	return c->data;
}

void *
arena_room(struct arena *a, void *items, uint32_t n, uint32_t *room, size_t size)
{
	if (n < *room)
		return items;
	*room = *room == 0 ? 64 : *room + *room / 2;
	return arena_extend(a, items, n * size, *room * size);
}

void *
arena_calloc(struct arena *a, size_t n, size_t size)
{
	size_t bytes;
	void *p;

	if (__builtin_mul_overflow(n, size, &bytes))
		arena_exhausted();
	p = arena_alloc(a, bytes);
	memset(p, 0, bytes);
	return p;
}

char *
arena_strndup(struct arena *a, const char *s, size_t n)
{
	char *p;

	p = arena_alloc(a, n + 1);
	if (n > 0)
		memcpy(p, s, n);
	p[n] = '\0';
	return p;
}

size_t
arena_used(const struct arena *a)
{
	return a->used;
}
