/*
 * Where the headings of a table are, and what each column is.
 *
 * Headings stand in one row or in several: cells that are merged over columns or rows say so, and where
 * two rows are needed to name all columns both are taken.  A column's heading is then the texts of its
 * rows, one after the other, or the lowest of them alone, or (for a column that shares nothing with its
 * neighbours) the highest: "Expenditure (£)" over "2014/15" and "2015/16" are two columns of other names.
 */
#include <string.h>

#include "rules/bind_sheet.h"

#define HEADING_ROWS 3 /* that are taken beyond what merged cells say */

/* The cell whose text a place shows. */
static const struct cell *
shown_at(const struct sheet_view *v, uint32_t row, uint32_t column, bool *across)
{
	const struct cell *cell = sheet_cell(v, row, column);
	const struct merge *m = v->sheet->n_merges > 0 ? sheet_merge(v, row, column) : NULL;

	*across = m != NULL && m->last_column > m->column;
	if (m != NULL && cell == NULL)
		cell = sheet_cell(v, m->row, m->column);
	return cell != NULL && trimmed(cell->text).n > 0 ? cell : NULL;
}

/* The texts of a column from one row to another, each once. */
static struct text
joined(const struct sheet_view *v, uint32_t from, uint32_t to, uint32_t column, struct buf *buf)
{
	const struct cell *before = NULL;

	buf_clear(buf);
	for (uint32_t row = from; row <= to; row++) {
		bool across;
		const struct cell *cell = shown_at(v, row, column, &across);

		if (cell == NULL || cell == before)
			continue;
		if (buf->n > 0)
			buf_char(buf, ' ');
		buf_text(buf, trimmed(cell->text));
		before = cell;
	}
	return buf_as_text(buf);
}

/* Texts that are far longer than any heading are not even brought to its shape. */
static const struct csv_target *
look_up(const struct sheet_rows *r, struct text heading, int64_t *scale)
{
	char out[HEADING_BYTES];

	if (heading.n > 4 * r->longest + HEADING_BYTES)
		return NULL;
	return form_csv_target(&r->table->layout, heading_normalise(out, heading, scale), true);
}

/* Of a row alone most cells are headings of nothing, which their texts say that are kept in shape. */
static bool
is_no_heading(const struct sheet_rows *r, uint32_t row, uint32_t column)
{
	const struct sheet_view *v = r->view;
	bool across;
	const struct cell *cell = shown_at(v, row, column, &across);
	size_t at = cell != NULL ? (size_t)(cell - v->cells) : 0;

	return cell == NULL ||
	    (at < v->n_normal && cell->type == CELL_TEXT &&
		form_csv_target(&r->table->layout, v->normal[at], true) == NULL);
}

/* What the column is for; NULL: nobody knows. */
static const struct csv_target *
column_target(const struct sheet_rows *r, uint32_t first, uint32_t last, uint32_t column,
    struct buf *buf, int64_t *scale)
{
	const struct csv_target *target = NULL;
	int64_t whole = 0, part = 0;
	const struct cell *top;
	bool across;

	*scale = 0;
	if (first == last && is_no_heading(r, first, column))
		return NULL;
	for (uint32_t row = first; row <= last && target == NULL; row++) {
		target = look_up(r, joined(r->view, row, last, column, buf), &part);
		if (row == first)
			whole = part;
	}
	for (uint32_t row = last; row-- > first && target == NULL;) {
		top = shown_at(r->view, first, column, &across);
		if (top == NULL || across)
			break;
		target = look_up(r, joined(r->view, first, row, column, buf), &part);
	}
	/* thousands may be said above several columns at once */
	*scale = part > 1 ? part : whole;
	return target;
}

/* A row of headings says each thing once; what counts is which of those that are needed it has. */
struct needs {
	bool have[FORM_FIELDS], parent, key, map;
	uint32_t found;
};

static void
count_need(const struct sheet_rows *r, uint32_t first, uint32_t last, uint32_t column,
    struct buf *buf, struct needs *needs)
{
	const struct csv_layout *layout = &r->table->layout;
	int64_t scale;
	const struct csv_target *target = column_target(r, first, last, column, buf, &scale);

	if (target == NULL)
		return;
	needs->parent |= target->role == TARGET_PARENT;
	needs->key |= target->role == TARGET_KEY;
	needs->map |= target->role == TARGET_MAP;
	for (uint32_t k = 0; k < layout->n_needs; k++)
		if (target->role == TARGET_FIELD && target->depth == 1 &&
		    target->path[0] == layout->needs[k].field && !needs->have[k]) {
			needs->have[k] = true;
			needs->found++;
		}
}

static uint32_t
count_needs(const struct sheet_rows *r, uint32_t first, uint32_t last, uint32_t columns,
    struct buf *buf)
{
	struct needs needs = { 0 };

	for (uint32_t column = 1; column <= columns; column++)
		count_need(r, first, last, column, buf, &needs);
	return needs.found + needs.parent + needs.key + needs.map;
}

/* Asked of every row of a sheet, and so of no column that the row has nothing in. */
uint32_t
sheet_count_needs(const struct sheet_rows *r, uint32_t at)
{
	const struct sheet_view *v = r->view;
	struct needs needs = { 0 };
	struct buf buf = { 0 };

	for (uint32_t i = v->rows[at]; i < v->rows[at + 1]; i++)
		if (v->cells[i].column <= SHEET_COLUMNS)
			count_need(r, v->cells[i].row, v->cells[i].row, v->cells[i].column,
			    &buf, &needs);
	buf_free(&buf);
	return needs.found + needs.parent + needs.key + needs.map;
}

static uint32_t
needs_wanted(const struct sheet_table *table)
{
	return table->layout.list == NULL ? 2 : table->layout.n_needs + (table->parent != NULL);
}

/* The last row of the headings that begin in a row, by what is merged. */
static uint32_t
merged_last(const struct sheet_view *v, uint32_t row)
{
	uint32_t last = row, n = 0;
	const struct merged_row *merged = sheet_merged_in(v, row, &n);

	for (uint32_t i = 0; i < n; i++) {
		const struct merge *m = merged[i].merge;
		uint32_t to = m->last_column > m->column ? m->last_row + 1 : m->last_row;

		if (m->row == row && to > last && to <= row + HEADING_ROWS &&
		    sheet_cell(v, m->row, m->column) != NULL)
			last = to;
	}
	return last;
}

/* Rows with fewer than two texts are titles and notes. */
static uint32_t
texts_of(const struct sheet_view *v, uint32_t at)
{
	uint32_t n = 0;

	for (uint32_t i = v->rows[at]; i < v->rows[at + 1]; i++)
		n += v->cells[i].type == CELL_TEXT || v->cells[i].type == CELL_NUMBER;
	return n;
}

bool
sheet_is_under(const struct sheet_table *table, struct text normal)
{
	for (uint32_t i = 0; i < table->n_under; i++)
		if (normal.n > 0 && text_equal(table->under[i], normal))
			return true;
	return false;
}

uint32_t
sheet_looked_at(const struct sheet_view *v)
{
	uint32_t n = v->n_rows < SHEET_ROWS ? v->n_cells : v->rows[SHEET_ROWS];

	return n < SHEET_CELLS ? n : SHEET_CELLS;
}

/* The row below the title that the table stands under. */
static uint32_t
below_title(const struct sheet_rows *r, uint32_t from)
{
	const struct sheet_view *v = r->view;

	if (r->table->n_under == 0)
		return from;
	for (uint32_t i = 0; i < v->n_normal; i++)
		if (v->cells[i].row >= from && sheet_is_under(r->table, v->normal[i]))
			return v->cells[i].row + 1;
	return UINT32_MAX;
}

/* Try the rows from one on as headings; true when nothing better can come. */
static bool
try_row(struct sheet_rows *r, uint32_t at, uint32_t columns, struct buf *buf)
{
	const struct sheet_view *v = r->view;
	uint32_t row = v->cells[v->rows[at]].row, last = merged_last(v, row), found;

	for (uint32_t to = last; to < last + HEADING_ROWS; to++) {
		if (to > row && to > last && sheet_row_at(v, to) < v->n_rows &&
		    v->cells[v->rows[sheet_row_at(v, to)]].row != to)
			break; /* a blank row ends the headings */
		found = count_needs(r, row, to, columns, buf);
		if (found > r->found) {
			r->found = found;
			r->first = row;
			r->last = to;
		}
		if (found == r->wanted)
			return true;
		if (found == 0 && to == last)
			break;
	}
	return false;
}

static uint32_t
columns_of(const struct sheet_view *v)
{
	return v->sheet->columns < SHEET_COLUMNS ? v->sheet->columns : SHEET_COLUMNS;
}

void
sheet_outermost(struct sheet_rows *r)
{
	r->left = r->right = 0;
	for (uint32_t i = 1; i <= columns_of(r->view); i++)
		if (r->columns[i].target != NULL && r->columns[i].src != 0) {
			r->left = r->left == 0 ? i : r->left;
			r->right = i;
		}
}

static void
fill_columns(struct sheet_rows *r, struct buf *buf)
{
	uint32_t n = columns_of(r->view);

	r->columns = arena_calloc(r->b->arena, n + 1, sizeof(*r->columns));
	for (uint32_t i = 1; i <= n; i++) {
		struct sheet_column *c = &r->columns[i];
		const struct cell *cell = NULL;
		struct text heading;
		bool across;

		c->target = column_target(r, r->first, r->last, i, buf, &c->scale);
		if (c->scale == 1) /* "£" names the currency; how much of it the units say */
			c->scale = 0;
		heading = joined(r->view, r->first, r->last, i, buf);
		c->heading = (struct text){ arena_strndup(r->b->arena,
						heading.n > 0 ? heading.p : "", heading.n),
			heading.n };
		for (uint32_t row = r->last; cell == NULL && row >= r->first; row--)
			cell = shown_at(r->view, row, i, &across);
		if (cell == NULL)
			continue;
		c->src = bind_cell_src(r->b, cell);
		c->hidden = cell->hidden;
	}
	sheet_outermost(r);
}

void
sheet_headings(struct sheet_rows *r, uint32_t from_row)
{
	const struct sheet_view *v = r->view;
	uint32_t columns = columns_of(v), from = below_title(r, from_row), first;
	struct buf buf = { 0 };

	r->wanted = needs_wanted(r->table);
	for (uint32_t i = 0; i < r->table->layout.n_targets; i++)
		if (r->table->layout.targets[i].heading.n > r->longest)
			r->longest = r->table->layout.targets[i].heading.n;
	first = sheet_row_at(v, from);
	for (uint32_t at = first; at < v->n_rows && at < first + SHEET_ROWS &&
	     v->rows[at + 1] - v->rows[first] <= SHEET_CELLS;
	     at++)
		if ((r->wanted < 2 || texts_of(v, at) >= 2) && try_row(r, at, columns, &buf))
			break;
	if (r->found * 2 < r->wanted)
		r->first = r->last = 0;
	if (r->first > 0)
		fill_columns(r, &buf);
	buf_free(&buf);
}
