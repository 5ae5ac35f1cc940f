/*
 * What stands on a sheet, is like what the form looks for there, and is not read.
 *
 * A label that somebody reworded, a value that stands further off than beside its label, a label or
 * headings so far down that nobody looks there, and cells that merged ones cover: all of it would
 * otherwise be absent without a word.
 */
#include <string.h>

#include "rules/bind_sheet.h"

#define FURTHER_OFF   6 /* columns in which a value is looked for that is not beside its label */
#define NOTE_WORDS    2    /* a text of more is somebody's note */
#define MOST_LABELS   200  /* that are missing, of one sheet */
#define MOST_COMPARED 3000 /* pairs of texts, of one sheet */

/* Labels of values that are not there. */
struct missing {
	struct text normal[MOST_LABELS];
	const struct sheet_value *of[MOST_LABELS];
	uint32_t n;
	uint32_t compared;
};

/* A table's rows, as far as they may go. */
static bool
in_table(const struct sheet_found *found, uint32_t row, uint32_t column)
{
	for (uint32_t i = 0; i < found->block->n_tables; i++) {
		const struct sheet_rows *r = &found->tables[i];

		if (r->first > 0 && row >= r->first && row < r->end && column >= r->left &&
		    column <= r->right)
			return true;
	}
	return false;
}

static bool
is_filled(const struct cell *cell)
{
	return cell != NULL && trimmed(cell->text).n > 0;
}

/* The cell in which a label would have its value. */
static const struct cell *
beside(const struct sheet_view *v, const struct cell *label, bool below)
{
	const struct merge *m = sheet_merge(v, label->row, label->column);

	if (below)
		return sheet_cell(v, (m != NULL ? m->last_row : label->row) + 1, label->column);
	return sheet_cell(v, label->row, (m != NULL ? m->last_column : label->column) + 1);
}

static void
collect_missing(const struct sheet_found *found, struct missing *missing)
{
	missing->n = missing->compared = 0;
	for (uint32_t i = 0; i < found->block->n_values; i++) {
		const struct sheet_value *value = &found->block->values[i];

		if (value->how != SPOT_LABEL || found->places[i].how != SPOT_MISSING)
			continue;
		for (uint32_t k = 0; k < value->n_texts && missing->n < MOST_LABELS; k++) {
			missing->normal[missing->n] = value->normal[k];
			missing->of[missing->n++] = value;
		}
	}
}

static void
drop_missing(struct missing *missing, const struct sheet_value *value)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < missing->n; i++)
		if (missing->of[i] != value) {
			missing->normal[n] = missing->normal[i];
			missing->of[n++] = missing->of[i];
		}
	missing->n = n;
}

/* The missing label that a text is nearly; -1: none, or too many have been looked at. */
static int
nearest_of(struct missing *missing, struct text normal)
{
	for (uint32_t i = 0; i < missing->n; i++)
		missing->compared += normal.n <= missing->normal[i].n + 3 &&
		    missing->normal[i].n <= normal.n + 3;
	return missing->compared > MOST_COMPARED
	    ? -1
	    : text_nearest(normal, missing->normal, missing->n);
}

static const char *
label_as_written(const struct sheet_value *value, struct text normal, size_t *n)
{
	uint32_t i = 0;

	while (i + 1 < value->n_texts && !text_equal(value->normal[i], normal))
		i++;
	*n = value->texts[i].n;
	return value->texts[i].p;
}

static void
tell_reworded(struct sheets *s, struct missing *missing, const struct cell *label, int near,
    const struct cell *cell)
{
	const struct sheet_value *value = missing->of[near];
	struct buf name = { 0 };
	size_t n;
	const char *written = label_as_written(value, missing->normal[near], &n);

	cell_name(&name, cell->row, cell->column);
	bind_fault(s->b, FAULT_UNKNOWN_FIELD, place_of_record(s->b->budget->root), NULL,
	    bind_cell_src(s->b, label), label->text,
	    "\"%.*s\" beside %s is not known, so that what stands there is not read. Did you "
	    "mean \"%.*s\"? Then write it so.",
	    QUOTED(trimmed(label->text)), name.p, (int)n, written);
	buf_free(&name);
	drop_missing(missing, value);
}

/* Labels that are nearly those of values that are not there, with something beside them. */
static void
tell_reworded_labels(struct sheets *s, const struct sheet_found *found, struct missing *missing)
{
	const struct sheet_view *v = &found->view;

	for (uint32_t i = 0; i < v->n_normal && missing->n > 0; i++) {
		const struct cell *label = &v->cells[i], *cell;
		int near;

		if (v->normal[i].n == 0 || in_table(found, label->row, label->column) ||
		    sheet_labels_any(found->block, v->normal[i]) ||
		    (near = nearest_of(missing, v->normal[i])) < 0)
			continue;
		cell = beside(v, label, missing->of[near]->below);
		if (is_filled(cell))
			tell_reworded(s, missing, label, near, cell);
	}
}

/* Of a label whose value is empty: something short that stands further to the right, and is no label. */
static void
tell_further_off(struct sheets *s, const struct sheet_found *found,
    const struct sheet_value *value, const struct spot_place *place)
{
	const struct sheet_view *v = &found->view;
	const struct cell *cell = NULL;
	char out[HEADING_BYTES];
	struct buf name = { 0 };

	if (place->cell != NULL && is_filled(place->cell))
		return; /* it is another label */
	for (uint32_t i = 1; i <= FURTHER_OFF && !is_filled(cell); i++)
		cell = sheet_cell(v, place->row, place->column + i);
	if (!is_filled(cell) || in_table(found, cell->row, cell->column) ||
	    (cell->type == CELL_TEXT &&
		(text_words(trimmed(cell->text)) > NOTE_WORDS ||
		    sheet_labels_any(found->block, heading_normalise(out, cell->text, NULL)))))
		return;
	cell_name(&name, place->row, place->column);
	bind_fault(s->b, FAULT_UNKNOWN_FIELD, place_of_record(s->b->budget->root), NULL,
	    bind_cell_src(s->b, cell), cell->text,
	    "This is not read as \"%.*s\": that belongs right beside its label, in %s, which "
	    "is "
	    "empty. Move it there.",
	    TEXT_ARG(value->texts[0]), name.p);
	buf_free(&name);
}

static void
tell_too_far_down(struct sheets *s, const struct cell *cell, const char *what)
{
	bind_fault(s->b, FAULT_UNKNOWN_FIELD, place_of_record(s->b->budget->root), NULL,
	    bind_cell_src(s->b, cell), cell->text,
	    "%s are looked for in the first %d rows of a sheet that hold something, and in "
	    "%d cells at most. This stands further down, so that it is not read. Move it up.",
	    what, SHEET_ROWS, SHEET_CELLS);
}

/* A label that is missing where labels are looked for, and stands further down. */
static void
look_for_labels(struct sheets *s, const struct sheet_found *found, struct missing *missing)
{
	const struct sheet_view *v = &found->view;
	char out[HEADING_BYTES];

	for (uint32_t i = v->n_normal; i < v->n_cells && missing->n > 0; i++) {
		const struct cell *cell = &v->cells[i];
		struct text normal;

		if (cell->type != CELL_TEXT || cell->text.n > HEADING_BYTES ||
		    in_table(found, cell->row, cell->column))
			continue;
		normal = heading_normalise(out, cell->text, NULL);
		for (uint32_t k = 0; k < missing->n; k++)
			if (text_equal(missing->normal[k], normal)) {
				tell_too_far_down(s, cell, "Labels");
				drop_missing(missing, missing->of[k]);
				break;
			}
	}
}

/* Headings of a table that is nowhere, further down than headings are looked for. */
static void
look_for_headings(struct sheets *s, const struct sheet_rows *r)
{
	const struct sheet_view *v = r->view;
	uint32_t least = r->wanted < 2 ? 1 : (r->wanted + 1) / 2, found;

	if (least < 2 && r->wanted > 1)
		least = 2;
	for (uint32_t at = v->n_rows < SHEET_ROWS ? v->n_rows : SHEET_ROWS; at < v->n_rows;
	     at++) {
		if (v->rows[at + 1] - v->rows[at] < least)
			continue;
		found = sheet_count_needs(r, at);
		if (found < least)
			continue;
		tell_too_far_down(s, &v->cells[v->rows[at]], "Headings");
		return;
	}
}

/* Headings that are too far to the right. */
static void
look_right(struct sheets *s, const struct sheet_rows *r)
{
	const struct sheet_view *v = r->view;
	char out[HEADING_BYTES];

	for (uint32_t at = sheet_row_at(v, r->first);
	     at < v->n_rows && v->cells[v->rows[at]].row <= r->last; at++)
		for (uint32_t i = v->rows[at]; i < v->rows[at + 1]; i++) {
			const struct cell *cell = &v->cells[i];
			struct buf name = { 0 };

			if (cell->column <= SHEET_COLUMNS || cell->type != CELL_TEXT ||
			    form_csv_target(&r->table->layout,
				heading_normalise(out, cell->text, NULL), true) == NULL)
				continue;
			cell_name(&name, r->last, SHEET_COLUMNS);
			bind_fault(s->b, FAULT_UNKNOWN_COLUMN, sheet_table_place(r), NULL,
			    bind_cell_src(s->b, cell), cell->text,
			    "Headings are looked for in the first %d columns, up to %s. This "
			    "one stands further to the right, so that its column is not read. "
			    "Move it to the left.",
			    SHEET_COLUMNS, name.p);
			buf_free(&name);
		}
}

void
sheet_tell_unread(struct sheets *s, const struct sheet_found *found)
{
	const struct sheet_block *block = found->block;
	struct missing missing;

	for (uint32_t i = 0; i < block->n_values; i++)
		if (block->values[i].how == SPOT_LABEL && !block->values[i].below &&
		    found->places[i].how == SPOT_BLANK)
			tell_further_off(s, found, &block->values[i], &found->places[i]);
	collect_missing(found, &missing);
	tell_reworded_labels(s, found, &missing);
	look_for_labels(s, found, &missing);
	for (uint32_t i = 0; i < block->n_tables; i++) {
		if (block->tables[i].across != NULL)
			continue;
		if (found->tables[i].first == 0)
			look_for_headings(s, &found->tables[i]);
		else if (found->view.sheet->columns > SHEET_COLUMNS)
			look_right(s, &found->tables[i]);
	}
}

void
sheet_tell_covered(struct bind *b, const struct sheet_view *v, const struct cell *cell)
{
	const struct merge *m =
	    v->sheet->n_merges > 0 ? sheet_merge(v, cell->row, cell->column) : NULL;
	struct buf from = { 0 }, to = { 0 };

	if (m == NULL || (m->row == cell->row && m->column == cell->column) ||
	    trimmed(cell->text).n == 0)
		return;
	cell_name(&from, m->row, m->column);
	cell_name(&to, m->last_row, m->last_column);
	bind_fault(b, FAULT_HIDDEN, place_of_record(b->budget->root), NULL,
	    bind_cell_src(b, cell), cell->text,
	    "This cell is beneath the merged cells %s:%s, where nobody sees it, and what "
	    "stands "
	    "in it is read. Part the merged cells, and see that it is right.",
	    from.p, to.p);
	buf_free(&from);
	buf_free(&to);
}
