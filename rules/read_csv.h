/* Reading CSV: RFC 4180, and what really arrives. */
#ifndef RULES_READ_CSV_H
#define RULES_READ_CSV_H

#include "rules/document.h"

/*
 * One sheet of text cells.  Encoding: BOM, else valid UTF-8, else UTF-16 by its zero bytes, else
 * Windows-1252 (its five undefined bytes are refused).  Delimiter: comma, semicolon or tab, whichever
 * splits the most rows alike.  Quoted newlines belong to their cell.  Rows that hold nothing (also
 * rows of nothing but delimiters and spaces) have no cells.  A quote that is never closed, and a NUL,
 * are refused with the line where they begin.  Where the header is, is the form's business.  When the
 * first row that holds something says only "[Name]", the file has a sheet for each such row.
 */
struct document *read_csv(
    struct arena *, struct text bytes, const struct read_options *, struct read_error *error);
/* csv_sections.c: the sheets of a file that begins with "[Name]"; the arena is the document's. */
void csv_split_sections(struct arena *, struct document *);

#endif
