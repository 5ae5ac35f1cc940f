#include "rules/sheet_view.h"

#include <stdlib.h>

#include "rules/form_private.h"

static int
compare_merged(const void *a, const void *b)
{
	const struct merged_row *x = a, *y = b;

	if (x->row != y->row)
		return x->row < y->row ? -1 : 1;
	return x->column < y->column ? -1 : x->column > y->column;
}

/* Each row of each range, so that one is found without a look at the others. */
static void
index_merges(struct sheet_view *v, struct arena *arena)
{
	const struct sheet *sheet = v->sheet;
	uint32_t n = 0;

	for (uint32_t i = 0; i < sheet->n_merges && n < MERGED_ROWS; i++)
		n += sheet->merges[i].last_row - sheet->merges[i].row + 1;
	if (n > MERGED_ROWS)
		n = MERGED_ROWS;
	v->merged = arena_alloc(arena, (n + 1) * sizeof(*v->merged));
	for (uint32_t i = 0; i < sheet->n_merges; i++) {
		const struct merge *m = &sheet->merges[i];

		for (uint32_t row = m->row; row <= m->last_row && v->n_merged < n; row++)
			v->merged[v->n_merged++] = (struct merged_row){ row, m->column, m };
	}
	if (v->n_merged > 1)
		qsort(v->merged, v->n_merged, sizeof(*v->merged), compare_merged);
}

void
sheet_view_make(
    struct sheet_view *v, struct arena *arena, const struct document *doc, uint32_t number)
{
	const struct sheet *sheet = &doc->sheets[number];
	uint32_t n = 0;

	*v = (struct sheet_view){ .doc = doc, .sheet = sheet, .number = number };
	v->n_cells = sheet->n_cells;
	v->cells = sheet->n_cells > 0 ? doc->cells + sheet->first_cell : NULL;
	for (uint32_t i = 0; i < v->n_cells; i++)
		n += i == 0 || v->cells[i].row != v->cells[i - 1].row;
	v->rows = arena_alloc(arena, (n + 1) * sizeof(*v->rows));
	for (uint32_t i = 0; i < v->n_cells; i++)
		if (i == 0 || v->cells[i].row != v->cells[i - 1].row)
			v->rows[v->n_rows++] = i;
	v->rows[v->n_rows] = v->n_cells;
	index_merges(v, arena);
}

void
sheet_view_normal(struct sheet_view *v, struct arena *arena, uint32_t n)
{
	char out[HEADING_BYTES];

	if (v->normal != NULL)
		return;
	v->normal = arena_calloc(arena, n + 1, sizeof(*v->normal));
	v->n_normal = n;
	for (uint32_t i = 0; i < n; i++) {
		struct text t;

		if (v->cells[i].type != CELL_TEXT)
			continue;
		t = heading_normalise(out, v->cells[i].text, NULL);
		if (t.n > 0)
			v->normal[i] = (struct text){ arena_strndup(arena, t.p, t.n), t.n };
	}
}

uint32_t
sheet_row_at(const struct sheet_view *v, uint32_t row)
{
	uint32_t low = 0, high = v->n_rows;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (v->cells[v->rows[middle]].row < row)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct cell *
sheet_cell(const struct sheet_view *v, uint32_t row, uint32_t column)
{
	uint32_t at = sheet_row_at(v, row), low, high;

	if (at == v->n_rows || v->cells[v->rows[at]].row != row)
		return NULL;
	for (low = v->rows[at], high = v->rows[at + 1]; low < high;) {
		uint32_t middle = low + (high - low) / 2;

		if (v->cells[middle].column < column)
			low = middle + 1;
		else
			high = middle;
	}
	return low < v->rows[at + 1] && v->cells[low].column == column ? &v->cells[low] : NULL;
}

/* Of the merged rows, the first that is behind a place. */
static uint32_t
merged_behind(const struct sheet_view *v, uint32_t row, uint32_t column)
{
	uint32_t low = 0, high = v->n_merged;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		const struct merged_row *m = &v->merged[middle];

		if (m->row < row || (m->row == row && m->column <= column))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct merge *
sheet_merge(const struct sheet_view *v, uint32_t row, uint32_t column)
{
	uint32_t behind = merged_behind(v, row, column);
	const struct merged_row *m;

	if (behind == 0)
		return NULL;
	m = &v->merged[behind - 1];
	return m->row == row && column <= m->merge->last_column ? m->merge : NULL;
}

const struct merged_row *
sheet_merged_in(const struct sheet_view *v, uint32_t row, uint32_t *n)
{
	uint32_t from = merged_behind(v, row, 0);

	*n = merged_behind(v, row, UINT32_MAX) - from;
	return v->merged + from;
}

uint32_t
sheet_of_cell(const struct document *doc, uint32_t cell)
{
	uint32_t sheet = 0;

	/* sheets may be empty: the last that begins at or before the cell and has any */
	for (uint32_t i = 0; i < doc->n_sheets; i++)
		if (doc->sheets[i].n_cells > 0 && doc->sheets[i].first_cell <= cell)
			sheet = i;
	return sheet;
}
