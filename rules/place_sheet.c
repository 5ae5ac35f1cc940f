/*
 * Where a place of a budget stands in a workbook: the cell it was read from, the one where it belongs,
 * or the sheet.
 */
#include "rules/bind.h"
#include "rules/place_private.h"
#include "rules/sheet_view.h"

static struct spot
spot_of(const struct budget *budget, uint32_t src)
{
	const struct document *doc = budget->document;
	const struct cell *cell;

	if (src > doc->n_cells)
		return src - doc->n_cells <= budget->n_spots
		    ? budget->spots[src - doc->n_cells - 1]
		    : (struct spot){ 0 };
	cell = &doc->cells[src - 1];
	return (struct spot){ sheet_of_cell(doc, src - 1), cell->row, cell->column };
}

/* The row's record that a place is in, and the path from there to its field. */
static const struct record *
row_of(struct place place, const struct field **path, uint32_t *depth)
{
	const struct field *steps[FORM_DEPTH];
	const struct record *record = place.rec;
	uint32_t n = 0;

	if (place.field >= 0)
		steps[n++] = &record->type->fields[place.field];
	while (record != NULL && record->in != NULL && record->in->kind == KIND_RECORD &&
	    n < FORM_DEPTH) {
		steps[n++] = record->in;
		record = record->parent;
	}
	for (uint32_t i = 0; i < n; i++)
		path[i] = steps[n - 1 - i];
	*depth = n;
	return record != NULL && record->in != NULL && record->in->kind == KIND_LIST ? record
										     : NULL;
}

static uint32_t
column_for(const struct filled_table *table, const struct field *const *path, uint32_t depth)
{
	for (uint32_t i = 0; i < table->n_columns; i++) {
		const struct csv_target *target = table->columns[i].target;

		if (target->depth >= depth &&
		    memcmp(target->path, path, depth * sizeof(*path)) == 0)
			return table->columns[i].column;
	}
	return 0;
}

/* A field of a record that stands in a column: the field's row there. */
static bool
to_its_row(const struct budget *budget, const struct record *record,
    const struct field *const *path, uint32_t depth, struct spot *spot)
{
	for (uint32_t i = 0; i < budget->n_tables; i++) {
		const struct filled_table *t = &budget->tables[i];
		uint32_t row = t->n_records > 0 ? column_for(t, path, depth) : 0;

		for (uint32_t k = 0; row != 0 && k < t->n_records; k++)
			if (t->records[k].record == record) {
				*spot = (struct spot){ t->sheet, row, t->records[k].column };
				return true;
			}
	}
	return false;
}

/* A field of a row that nothing was read from: its column, in the row of the record. */
static void
to_its_column(const struct budget *budget, struct place place, struct spot *spot)
{
	const struct field *path[FORM_DEPTH + 1];
	uint32_t depth = 0, column = 0;
	const struct record *row = row_of(place, path, &depth);
	struct spot of;

	if (row == NULL || depth == 0 || row->src == 0 ||
	    to_its_row(budget, row, path, depth, spot))
		return;
	of = spot_of(budget, row->src);
	for (uint32_t i = 0; i < budget->n_tables && column == 0; i++) {
		const struct filled_table *t = &budget->tables[i];

		if (t->n_records == 0 && t->sheet == of.sheet && of.row >= t->first_row &&
		    of.row <= t->last_row)
			column = column_for(t, path, depth);
	}
	if (column != 0)
		*spot = (struct spot){ of.sheet, of.row, column };
}

/* In a CSV file a spot is a line and a column of it.  There may be many, so that no view is made for one. */
static struct source_place
spot_in_text(const struct document *doc, struct spot spot)
{
	struct source_place out = { .column = spot.column };
	const struct sheet *sheet =
	    spot.sheet < doc->n_sheets ? &doc->sheets[spot.sheet] : NULL;
	uint32_t low = 0, high = sheet != NULL ? sheet->n_cells : 0;
	const struct cell *cells;

	if (high == 0)
		return out;
	cells = doc->cells + sheet->first_cell;
	while (low < high) { /* the first cell of the row, or behind it */
		uint32_t middle = low + (high - low) / 2;

		if (cells[middle].row < spot.row)
			low = middle + 1;
		else
			high = middle;
	}
	out.line = spot.row > 0 && low < sheet->n_cells ? cells[low].line : cells[0].line - 1;
	return out;
}

static struct source_place
write_spot(struct arena *arena, const struct budget *budget, struct spot spot)
{
	struct source_place out = { 0 };
	struct buf buf = { 0 };

	if (budget->document->sectioned)
		return spot_in_text(budget->document, spot);
	if (spot.sheet < budget->document->n_sheets)
		out.sheet = budget->document->sheets[spot.sheet].name;
	if (spot.row > 0) {
		cell_name(&buf, spot.row, spot.column);
		out.cell = (struct text){ arena_strndup(arena, buf.p, buf.n), buf.n };
		buf_free(&buf);
	}
	return out;
}

struct source_place
place_of_src(struct arena *arena, const struct budget *budget, uint32_t src)
{
	if (budget == NULL || budget->document == NULL || src == 0 ||
	    !document_has_sheets(budget->document))
		return (struct source_place){ 0 };
	return write_spot(arena, budget, spot_of(budget, src));
}

struct source_place
place_in_sheet(struct arena *arena, struct place place, uint32_t src, bool own)
{
	const struct budget *budget = place.rec->budget;
	struct spot spot = spot_of(budget, src);

	if (!own)
		to_its_column(budget, place, &spot);
	return write_spot(arena, budget, spot);
}
