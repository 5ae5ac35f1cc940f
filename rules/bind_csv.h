/* What finding a header and filling rows share. */
#ifndef RULES_BIND_CSV_H
#define RULES_BIND_CSV_H

#include "rules/bind.h"

/* A column of the table in hand. */
struct csv_column {
	const struct csv_target *target; /* NULL: not read */
	const struct cell *header;
	int64_t scale; /* that its heading says: see heading_normalise() */
	const struct cell
	    *first; /* of a field of the form as a whole: the cell it was taken from */
	bool named, told;
};

/*
 * The sheet that holds a table: of a CSV file its only one, of a workbook the only one in sight that holds
 * anything; -1: there is none, or there are several.
 */
int csv_sheet(const struct document *);
/* "line 5" of a CSV file, "row 5" of a workbook. */
void put_row(struct buf *, const struct document *, const struct cell *);
/* One past the last cell of the row that begins at first. */
uint32_t csv_row_end(const struct cell *, uint32_t n, uint32_t first);
/* The field that a heading names, in the rows or else in the form; NULL: none. */
const struct csv_target *csv_heading(const struct csv_layout *, struct text, int64_t *scale);
/* Which of the columns that are needed a row names; have[] has room for all of them. */
uint32_t csv_needs_found(
    const struct csv_layout *, const struct cell *row, uint32_t n, bool *have);
/* The row among the first that has the most of them, by its first cell. */
uint32_t csv_header_row(
    const struct csv_layout *, const struct cell *, uint32_t n, uint32_t *found, bool *have);

#endif
