/* Private to the readers: where lines begin, and the making of read errors. */
#ifndef RULES_DOCUMENT_LINES_H
#define RULES_DOCUMENT_LINES_H

#include "rules/document.h"

#define UTF8_BOM "\xef\xbb\xbf"

/* So that document_line_column() need not begin at the first byte each time. */
struct document_lines *document_lines_new(struct arena *);

/* The sentences of a read error that are the same wherever it is found. */
struct read_fault {
	const char *kind, *expected, *todo;
};

/*
 * Fill *error: what is "Line 3, column 17: " (line 0: nothing) and the formatted words.  Texts are
 * made in the arena.
 */
void read_error_set(struct read_error *error, struct arena *, const struct read_fault *,
    uint32_t line, uint32_t column, const char *format, ...)
    __attribute__((format(printf, 6, 7)));
/* The same with the place of a byte of a file. */
void read_error_at(struct read_error *error, struct arena *, const struct read_fault *,
    struct text bytes, uint32_t offset, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

#endif
