/*
 * From a byte of a file to its line and column.
 *
 * A mark every BLOCK bytes remembers the line and column there; marks are made as far as somebody
 * asked, so that reading a file costs nothing for places nobody asks for, and ten thousand findings in
 * a large file do not read it ten thousand times.  A line ends with LF, CR LF, or CR alone.
 */
#include "rules/document_lines.h"

#include <stdio.h>
#include <string.h>

#define BLOCK ((size_t)1024)

struct mark {
	uint32_t line, column; /* of the byte at number * BLOCK */
};

struct document_lines {
	struct arena *arena;
	struct mark *marks;
	uint32_t n, cap;
};

struct document_lines *
document_lines_new(struct arena *arena)
{
	struct document_lines *l = arena_calloc(arena, 1, sizeof(*l));

	l->arena = arena;
	return l;
}

/* Go on from the byte at from, whose place is *m, to the byte at to. */
static void
advance(struct text bytes, struct mark *m, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		unsigned char c = (unsigned char)bytes.p[i];

		if (c == '\n' || (c == '\r' && (i + 1 >= bytes.n || bytes.p[i + 1] != '\n'))) {
			m->line++;
			m->column = 1;
		} else if ((c & 0xc0) != 0x80)
			m->column++;
	}
}

static void
add_mark(struct document_lines *l, struct mark m)
{
	struct mark *more;

	if (l->n == l->cap) {
		l->cap = l->cap == 0 ? 64 : l->cap * 2;
		more = arena_alloc(l->arena, l->cap * sizeof(*more));
		if (l->n > 0)
			memcpy(more, l->marks, l->n * sizeof(*more));
		l->marks = more;
	}
	l->marks[l->n++] = m;
}

/* The mark at or before an offset, as far as there may be one. */
static struct mark
nearest_mark(struct document_lines *l, struct text bytes, uint32_t offset)
{
	uint32_t wanted = offset / (uint32_t)BLOCK;
	struct mark m;

	if (l->n == 0)
		add_mark(l, (struct mark){ 1, 1 });
	while (l->n <= wanted) {
		m = l->marks[l->n - 1];
		advance(bytes, &m, (size_t)(l->n - 1) * BLOCK, (size_t)l->n * BLOCK);
		add_mark(l, m);
	}
	return l->marks[wanted];
}

void
document_line_column(
    const struct document *d, uint32_t offset, uint32_t *line, uint32_t *column)
{
	struct mark m = { 1, 1 };
	size_t from = 0;

	if (offset > d->bytes.n)
		offset = (uint32_t)d->bytes.n;
	if (d->lines != NULL) {
		m = nearest_mark(d->lines, d->bytes, offset);
		from = offset / BLOCK * BLOCK;
	}
	advance(d->bytes, &m, from, offset);
	/* A BOM is no character of the first line. */
	if (m.line == 1 && m.column > 1 && d->bytes.n >= 3 &&
	    memcmp(d->bytes.p, UTF8_BOM, 3) == 0)
		m.column--;
	*line = m.line;
	*column = m.column;
}

static void
set(struct read_error *error, struct arena *arena, const struct read_fault *fault,
    uint32_t line, uint32_t column, const char *format, va_list ap)
{
	char words[600];
	struct buf b = { 0 };

	vsnprintf(words, sizeof(words), format, ap);
	if (line > 0 && column > 0)
		buf_printf(&b, "Line %u, column %u: ", line, column);
	else if (line > 0)
		buf_printf(&b, "Line %u: ", line);
	buf_str(&b, words);
	*error = (struct read_error){ .kind = fault->kind,
		.line = line,
		.column = column,
		.what = { arena_strndup(arena, buf_as_text(&b).p, b.n), b.n },
		.expected = text_of(fault->expected),
		.todo = text_of(fault->todo) };
	buf_free(&b);
}

void
read_error_set(struct read_error *error, struct arena *arena, const struct read_fault *fault,
    uint32_t line, uint32_t column, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	set(error, arena, fault, line, column, format, ap);
	va_end(ap);
}

void
read_error_at(struct read_error *error, struct arena *arena, const struct read_fault *fault,
    struct text bytes, uint32_t offset, const char *format, ...)
{
	struct document d = { .bytes = bytes };
	uint32_t line, column;
	va_list ap;

	document_line_column(&d, offset, &line, &column);
	va_start(ap, format);
	set(error, arena, fault, line, column, format, ap);
	va_end(ap);
}
