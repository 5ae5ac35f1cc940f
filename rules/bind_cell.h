/* Reading cells into fields: what tables of CSV files and sheets of workbooks share. */
#ifndef RULES_BIND_CELL_H
#define RULES_BIND_CELL_H

#include "rules/bind.h"

/* Number of a cell in the document + 1, as values keep it. */
uint32_t bind_cell_src(const struct bind *, const struct cell *);
/*
 * The record that a target's last field belongs to, made on the way where it is not there yet; NULL when
 * the budget is full.
 */
struct record *bind_reach(
    struct bind *, struct record *, const struct csv_target *, uint32_t src);
/* The same without making any: NULL when it is not there. */
struct record *bind_reached(struct record *, const struct csv_target *);
/*
 * Read a cell into a target of a record: a single value, or a list of them parted by ; or |.  A blank
 * cell is nothing.  scale: that its heading says, 0 none.
 */
void bind_cell(struct bind *, struct record *, const struct csv_target *, const struct cell *,
    int64_t scale);
/* Read a cell as one scalar of a kind; it must not be blank. */
void bind_cell_scalar(struct bind *, struct place, const struct field *, enum kind,
    const struct cell *, int alias, int64_t scale, struct value *out);
/* Rows of a table that are hidden and hold data, noted one after the other: "12, 15 to 19". */
struct hidden_rows {
	struct buf rows;
	uint32_t n, from, to, src;
};
/* Note a row that holds data, hidden or not; its cells are those of the document. */
void bind_note_hidden(
    struct hidden_rows *, const struct bind *, const struct cell *, uint32_t n);
/* Tell of all of them at once, if there are any, and give back what they took. */
void bind_tell_hidden(struct hidden_rows *, struct bind *, struct place, struct text sheet);
void bind_tell_hidden_column(struct bind *, struct place, struct text heading, uint32_t src);
/* What the person sees in a cell: numbers at 15 digits, shares with their %; trimmed. */
struct text bind_cell_text(struct bind *, const struct cell *);
/* Required fields of the records inside a record. */
void bind_require_inner(struct bind *, struct record *);

#endif
