/* A sheet that is being read: what xlsx_sheet.c and xlsx_cells.c share. */
#ifndef RULES_XLSX_READING_H
#define RULES_XLSX_READING_H

#include "rules/xlsx_private.h"

/* Which of the sheet's children we are in. */
enum part { PART_OTHER, PART_DATA, PART_COLUMNS, PART_MERGES };

struct reading {
	struct xlsx *x;
	struct sheet *sheet;
	struct xml *xml;
	struct buf words;
	struct cell cell; /* the one being read */
	xlsx_take *take;
	enum xlsx_shows shows;
	enum part part;
	uint32_t row, column, merge_room;
	/* the row that a cell's reference is expected to name: its digits, and ones where they are */
	uint32_t expected;
	size_t expected_n;
	uint64_t expected_digits, expected_mask;
	bool row_said, row_hidden, in_cell, formula, ordered, some_hidden, refused;
	unsigned phonetic;                  /* depth of the phonetic run we are in; 0: none */
	uint64_t hidden[XLSX_COLUMNS / 64]; /* columns, a bit each */
};

/* A cell begins at the row and column that come next, of a number of format. */
void xlsx_begin_cell(
    struct reading *, uint32_t row, uint32_t column, uint32_t style, xlsx_take *);
/* It ends, with what its value is written as. */
void xlsx_end_cell(struct reading *, struct text raw);
/* Cells as programs write them, one behind the other; an xml_known of rows. */
xml_known xlsx_known_cells;

#endif
