/*
 * Text as a pointer and a length, and a buffer that grows.
 *
 * All text from outside passes through one of the escaping functions here before it reaches a log,
 * a terminal, a page or a JSON document.  They repair UTF-8 first: what is not UTF-8 becomes U+FFFD.
 */
#ifndef RULES_TEXT_H
#define RULES_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct text {
	const char *p; /* not NUL-terminated unless the maker says so */
	size_t n;
};

#define TEXT(literal) ((struct text){ "" literal, sizeof(literal) - 1 })
#define TEXT_NONE     ((struct text){ NULL, 0 })
/* For printf: "%.*s", TEXT_ARG(t) */
#define TEXT_ARG(t) (int)(t).n, (t).p ? (t).p : ""

/*
 * text_equal() for names of a dozen bytes that are compared by the hundred thousand: a call to memcmp
 * costs more than the work.  Overlapping words instead of a loop over what is left.
 */
static inline bool
same_text(struct text a, struct text b)
{
	uint64_t x, y;
	uint32_t u, v;
	size_t i = 0;

	if (a.n != b.n)
		return false;
	if (a.n >= 8) {
		for (; i + 8 <= a.n; i += 8) {
			memcpy(&x, a.p + i, 8);
			memcpy(&y, b.p + i, 8);
			if (x != y)
				return false;
		}
		memcpy(&x, a.p + a.n - 8, 8);
		memcpy(&y, b.p + a.n - 8, 8);
		return x == y;
	}
	if (a.n >= 4) {
		memcpy(&u, a.p, 4);
		memcpy(&v, b.p, 4);
		if (u != v)
			return false;
		memcpy(&u, a.p + a.n - 4, 4);
		memcpy(&v, b.p + a.n - 4, 4);
		return u == v;
	}
	for (; i < a.n; i++)
		if (a.p[i] != b.p[i])
			return false;
	return true;
}

struct text text_of(const char *); /* NULL gives TEXT_NONE */
bool text_is(struct text, const char *);
bool text_equal(struct text, struct text);
bool text_begins(struct text, struct text with);
/* Bytewise order: <0, 0, >0. */
int text_compare(struct text, struct text);
/* ASCII case-insensitive equality. */
bool text_equal_nocase(struct text, struct text);
/* Without ASCII white space, NBSP and zero-width marks at either end. */
struct text text_trim(struct text);
bool text_is_utf8(struct text);
/* How many words, which blanks part. */
unsigned text_words(struct text);
/*
 * The candidate nearest to a misspelt word (edit distance at most 1 for up to 4 letters, 2 for up
 * to 8, 3 beyond), or -1: for "did you mean …".
 */
int text_nearest(struct text word, const struct text *candidates, size_t n);

/*
 * A growing buffer on the heap.  A zeroed struct is an empty one.  When memory runs out the buffer
 * is marked failed, later appends do nothing, and buf_failed() tells: check once, at the end.
 */
struct buf {
	char *p; /* always NUL-terminated once something was appended */
	size_t n, cap;
	bool failed;
};

void buf_free(struct buf *);
void buf_clear(struct buf *); /* keeps the memory */
bool buf_failed(const struct buf *);
/* From now on this process ends by arena_exhausted() instead: for one that has nothing to lose. */
void buf_end_without_memory(void);
/* Room for n more bytes and a NUL where there was none; false: the buffer has failed. */
bool buf_grow(struct buf *, size_t n);
void buf_put(struct buf *, const void *, size_t);

static inline void
buf_char(struct buf *b, char c)
{
	if ((b->failed || b->cap - b->n <= 1) && !buf_grow(b, 1))
		return;
	b->p[b->n++] = c;
	b->p[b->n] = '\0';
}

/* Where n bytes can be written that buf_wrote() then counts; NULL: the buffer has failed. */
static inline char *
buf_room(struct buf *b, size_t n)
{
	if ((b->failed || n >= b->cap - b->n) && !buf_grow(b, n))
		return NULL;
	return b->p + b->n;
}

static inline void
buf_wrote(struct buf *b, size_t n)
{
	b->n += n;
	b->p[b->n] = '\0';
}

void buf_str(struct buf *, const char *);
void buf_text(struct buf *, struct text);
/*
 * As printf, but %.*s puts all its bytes, NUL among them.  It knows %% %s %c %d %u %x %X, the flags - and 0,
 * a width or *, the lengths l, ll and z, and .* before s; anything else (%g, %p, %i, %.3s …) ends the
 * program.  tests/regress/formats.t holds every call against this.
 */
void buf_printf(struct buf *, const char *, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *, const char *, va_list) __attribute__((format(printf, 2, 0)));
struct text buf_as_text(const struct buf *);

/* The inside of a JSON string, without the quotes. */
void buf_json(struct buf *, struct text);
/* The same with the quotes. */
void buf_json_string(struct buf *, struct text);
/* What was appended since the buffer had `from` bytes becomes the inside of a JSON string. */
void buf_json_since(struct buf *, size_t from);
/* In single quotes, so that a person can paste it into a shell. */
void buf_shell(struct buf *, struct text);
/* For HTML text and attribute values in double quotes: & < > " ' and control characters. */
void buf_html(struct buf *, struct text);
/*
 * For a terminal or a log line: printable UTF-8 as it is; control characters, C1, bidirectional
 * and zero-width marks as \n \t \x1b \u{202e}; a backslash as \\ .
 */
void buf_safe(struct buf *, struct text);
/* As buf_safe, cut at about max bytes on a character boundary with "…" when cut. */
void buf_safe_cut(struct buf *, struct text, size_t max);

#endif
