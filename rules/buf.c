/* A buffer that grows, and remembers when it could not. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/arena.h"
#include "rules/text.h"

static bool ends_with_memory;

void
buf_end_without_memory(void)
{
	ends_with_memory = true;
}

void
buf_free(struct buf *b)
{
	free(b->p);
	*b = (struct buf){ NULL, 0, 0, false };
}

void
buf_clear(struct buf *b)
{
	b->n = 0;
	b->failed = false;
	if (b->p != NULL)
		b->p[0] = '\0';
}

bool
buf_failed(const struct buf *b)
{
	return b->failed;
}

/* Doubles, so that appending stays linear. */
bool
buf_grow(struct buf *b, size_t n)
{
	size_t cap = b->cap < 128 ? 128 : b->cap;
	char *p;

	if (b->failed)
		return false;
	if (n > SIZE_MAX / 4 - b->n) {
		b->failed = true;
		return false;
	}
	while (cap - b->n <= n)
		cap *= 2;
	p = realloc(b->p, cap);
	if (p == NULL) {
		if (ends_with_memory)
			arena_exhausted();
		b->failed = true;
		return false;
	}
	b->p = p;
	b->cap = cap;
	return true;
}

void
buf_put(struct buf *b, const void *p, size_t n)
{
	char *to = buf_room(b, n);

	if (to == NULL)
		return;
	if (n > 0)
		memcpy(to, p, n);
	buf_wrote(b, n);
}

void
buf_str(struct buf *b, const char *s)
{
	buf_put(b, s, strlen(s));
}

void
buf_text(struct buf *b, struct text t)
{
	buf_put(b, t.p, t.n);
}

struct text
buf_as_text(const struct buf *b)
{
	return (struct text){ b->p == NULL ? "" : b->p, b->n };
}
