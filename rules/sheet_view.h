/*
 * A sheet by rows and columns: the cells of a document are in order, and most places have none.
 *
 * Cells that are shown as one have the value of the first of them; only headings and labels ask for it.
 */
#ifndef RULES_SHEET_VIEW_H
#define RULES_SHEET_VIEW_H

#include "rules/arena.h"
#include "rules/document.h"

#define MERGED_ROWS 200000

/* A row of a merged range. */
struct merged_row {
	uint32_t row, column;
	const struct merge *merge;
};

struct sheet_view {
	const struct document *doc;
	const struct sheet *sheet;
	uint32_t number;          /* of the sheet, from 0 */
	const struct cell *cells; /* of the sheet */
	uint32_t n_cells;
	uint32_t *rows; /* the first cell of each row that has any; rows[n_rows] is n_cells */
	uint32_t n_rows;
	struct merged_row *merged; /* rows of merged ranges, by row and column */
	uint32_t n_merged;
	/* of the first cells, those in which labels are looked for: their texts as headings are compared */
	struct text *normal;
	uint32_t n_normal;
};

void sheet_view_make(
    struct sheet_view *, struct arena *, const struct document *, uint32_t number);
/* The cell at a place, or NULL. */
const struct cell *sheet_cell(const struct sheet_view *, uint32_t row, uint32_t column);
/* The first row of those that have cells which is at or after `row`: its index; n_rows: none. */
uint32_t sheet_row_at(const struct sheet_view *, uint32_t row);
/*
 * The range that a place is shown as one with, or NULL.  Of a sheet whose ranges have more than MERGED_ROWS
 * rows in all, those beyond count as not merged.
 */
const struct merge *sheet_merge(const struct sheet_view *, uint32_t row, uint32_t column);
/* Those that a row has a part in, by column. */
const struct merged_row *sheet_merged_in(const struct sheet_view *, uint32_t row, uint32_t *n);
/* Make view.normal for the first n cells, unless it is there; what is no text has none. */
void sheet_view_normal(struct sheet_view *, struct arena *, uint32_t n);
/* The sheet that a cell's number is in. */
uint32_t sheet_of_cell(const struct document *, uint32_t cell);

#endif
