/*
 * Filling a form from a sheet of cells: a CSV file, or a workbook with one sheet.
 *
 * A table as people send it: perhaps a preamble of labels and values, a header row somewhere in the
 * first rows, data, totals, notes.  The header is the first row that has every column the form needs.
 * Each column names a field of the rows' records, or one of the form as a whole, which must then be
 * the same in every row.  What is passed over is only what carries no data: totals rows, and notes of
 * one cell.
 */
#include "rules/bind_csv.h"
#include "rules/bind_cell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_COLUMNS 16384 /* as spreadsheets have them */

struct table {
	struct bind *b;
	const struct csv_layout *layout;
	const struct document *doc;
	const struct sheet *sheet;
	const struct cell *cells; /* of the sheet */
	uint32_t n_cells;
	struct csv_column
	    *columns; /* by number of the column; [0]: all that are too far right */
	uint32_t n_columns;
	struct list *list;
	uint32_t cap_rows;
	struct hidden_rows hidden;
};

static struct csv_column *
column_of(const struct table *t, const struct cell *cell)
{
	return &t->columns[cell->column <= t->n_columns ? cell->column : 0];
}

static bool
found_before(const struct csv_target *const *found, uint32_t n, const struct csv_target *target)
{
	for (uint32_t i = 0; i < n; i++)
		if (found[i]->path[found[i]->depth - 1] == target->path[target->depth - 1])
			return true;
	return false;
}

static struct text
cell_at(const struct cell *row, uint32_t n, uint32_t column)
{
	for (uint32_t i = 0; i < n; i++)
		if (row[i].column == column)
			return trimmed(row[i].text);
	return TEXT_NONE;
}

/* The field of the form that a label of the preamble names. */
static const struct csv_target *
label_target(const struct table *t, struct text label)
{
	char out[HEADING_BYTES];

	return form_csv_target(t->layout, heading_normalise(out, label, NULL), false);
}

/* Rows above the header: "label, value" pairs, several a row perhaps. */
static void
fill_preamble(struct table *t, uint32_t header)
{
	for (uint32_t i = 0; t->layout->preamble && i + 1 < header; i++) {
		const struct csv_target *target = label_target(t, t->cells[i].text);

		if (target == NULL || t->cells[i + 1].row != t->cells[i].row)
			continue;
		bind_cell(t->b, t->b->budget->root, target, &t->cells[i + 1], 0);
		i++;
	}
}

/* A column as people call it: 3 in a CSV file, C in a workbook. */
static void
put_column(struct buf *buf, const struct table *t, uint32_t column)
{
	if (t->doc->format == DOC_CSV) {
		buf_printf(buf, "%u", column);
		return;
	}
	cell_name(buf, 1, column);
	buf->n--; /* its row */
}

static void
double_column(struct table *t, const struct cell *cell, uint32_t other)
{
	struct place at = place_of(t->b->budget->root, t->layout->list);

	struct buf a = { 0 }, b = { 0 };

	put_column(&a, t, other);
	put_column(&b, t, cell->column);
	bind_fault(t->b, FAULT_UNKNOWN_COLUMN, at, NULL, bind_cell_src(t->b, cell), cell->text,
	    "Columns %.*s and %.*s have one meaning. Keep one of them: only column %.*s was "
	    "read.",
	    TEXT_ARG(buf_as_text(&a)), TEXT_ARG(buf_as_text(&b)), TEXT_ARG(buf_as_text(&a)));
	buf_free(&a);
	buf_free(&b);
}

/* What the header row says of each column. */
static void
read_header(struct table *t, const struct cell *row, uint32_t n)
{
	struct place at = place_of(t->b->budget->root, t->layout->list);
	const struct csv_target **seen;

	t->n_columns = t->sheet->columns;
	if (t->n_columns < row[n - 1].column)
		t->n_columns = row[n - 1].column;
	if (t->n_columns > MOST_COLUMNS)
		t->n_columns = MOST_COLUMNS;
	t->columns = arena_calloc(t->b->arena, t->n_columns + 1, sizeof(*t->columns));
	seen = arena_calloc(t->b->arena, n, sizeof(*seen));
	for (uint32_t i = 0, n_seen = 0; i < n; i++) {
		struct csv_column *column = column_of(t, &row[i]);
		char out[HEADING_BYTES];

		if (column == t->columns || heading_normalise(out, row[i].text, NULL).n == 0)
			continue;
		column->named = true;
		column->header = &row[i];
		column->target = csv_heading(t->layout, row[i].text, &column->scale);
		if (column->scale ==
		    1) /* "£" names the currency; how much of it the file's units say */
			column->scale = 0;
		if (column->target == NULL) {
			bind_unknown(t->b, FAULT_UNKNOWN_COLUMN, at, t->layout->list->sub,
			    trimmed(row[i].text), bind_cell_src(t->b, &row[i]));
		} else if (found_before(seen, n_seen, column->target)) {
			uint32_t other = 1;

			while (t->columns[other].target == NULL ||
			    t->columns[other].target->path[t->columns[other].target->depth -
				1] != column->target->path[column->target->depth - 1])
				other++;
			double_column(t, &row[i], other);
			column->target = NULL;
		} else
			seen[n_seen++] = column->target;
	}
}

/* Where a field of a row that is left out belongs, in a workbook. */
static void
keep_columns(struct table *t)
{
	struct budget *budget = t->b->budget;
	struct filled_table *kept = arena_calloc(t->b->arena, 1, sizeof(*kept));

	*kept = (struct filled_table){ .sheet = (uint32_t)(t->sheet - t->doc->sheets),
		.first_row = 1,
		.last_row = UINT32_MAX,
		.columns =
		    arena_calloc(t->b->arena, t->n_columns + 1, sizeof(*kept->columns)) };
	for (uint32_t i = 1; i <= t->n_columns; i++)
		if (t->columns[i].target != NULL && t->columns[i].target->row)
			kept->columns[kept->n_columns++] =
			    (struct filled_column){ t->columns[i].target, i };
	budget->tables = kept;
	budget->n_tables = 1;
}

/* Required columns that no heading names; their cells need not be missed once more in each row. */
static bool *
missing_columns(struct table *t)
{
	const struct record_type *type = t->layout->list->sub;
	struct place at = place_of(t->b->budget->root, t->layout->list);
	bool *missing = arena_calloc(t->b->arena, type->n_fields, sizeof(*missing));
	uint32_t *columns = arena_calloc(t->b->arena, type->n_fields, sizeof(*columns));

	for (uint32_t i = 1; i <= t->n_columns; i++)
		if (t->columns[i].target != NULL && t->columns[i].target->row)
			columns[t->columns[i].target->path[0]->index] = i;
	for (uint32_t i = 0; i < type->n_required; i++) {
		const struct field *field = &type->fields[type->required[i]];
		struct text heading = field->n_headers > 0 ? field->headers[0] : field->title;

		if (columns[field->index] != 0)
			continue;
		missing[field->index] = true;
		bind_fault(t->b, FAULT_MISSING_COLUMN, at, NULL,
		    t->doc->format == DOC_CSV
			? 0
			: t->b->budget->root->values[t->layout->list->index].src,
		    TEXT_NONE, "The table has no column \"%.*s\". Add it.", TEXT_ARG(heading));
		t->b->budget->faults[t->b->budget->n_faults - 1].expected = heading;
	}
	if (t->doc->format != DOC_CSV)
		keep_columns(t);
	t->b->budget->columns = columns;
	t->b->budget->row_type = type;
	return missing;
}

/* A row that is no data: totals, notes and headings of one cell, a header printed again. */
static bool
is_aside(const struct table *t, const struct cell *row, uint32_t n)
{
	uint32_t known = 0, filled = 0, same = 0;
	struct text first = TEXT_NONE;

	for (uint32_t i = 0; i < n; i++) {
		const struct csv_column *column = column_of(t, &row[i]);

		if (trimmed(row[i].text).n == 0)
			continue;
		if (filled++ == 0)
			first = trimmed(row[i].text);
		if (column->target == NULL)
			continue;
		known++;
		same += text_equal(trimmed(row[i].text), trimmed(column->header->text));
	}
	if (filled == 0 || form_is_totals(t->layout, first) || (same == known && same > 1))
		return true;
	if (known == 0)
		return filled ==
		    1; /* with more cells it is data in columns without a heading */
	return filled == 1 && t->layout->list->sub->n_required > 1 && row[0].column == 1 &&
	    text_words(first) > 2;
}

/* The cell of the preamble that gave a field of the form, or NULL. */
static const struct cell *
given_above(const struct table *t, const struct csv_target *target)
{
	const struct record *record = t->b->budget->root;

	for (uint32_t i = 0; i + 1 < target->depth; i++) {
		const struct value *value = &record->values[target->path[i]->index];

		if (value->state != VALUE_SET)
			return NULL;
		record = value->u.rec;
	}
	if (record->values[target->path[target->depth - 1]->index].src == 0)
		return NULL;
	return &t->doc->cells[record->values[target->path[target->depth - 1]->index].src - 1];
}

/* A column of the form as a whole: the first row's value holds, another one is a fault. */
static void
fill_constant(struct table *t, struct csv_column *column, const struct cell *cell)
{
	const struct csv_target *target = column->target;
	const struct field *field = target->path[target->depth - 1];
	struct record *record;
	struct text shown = trimmed(cell->text);
	struct buf a = { 0 }, b = { 0 };

	if (shown.n == 0)
		return;
	if (column->first == NULL && (column->first = given_above(t, target)) == NULL) {
		column->first = cell;
		bind_cell(t->b, t->b->budget->root, target, cell, column->scale);
		return;
	}
	if (text_equal(trimmed(column->first->text), shown) || column->told)
		return;
	column->told = true;
	if ((record = bind_reach(
		 t->b, t->b->budget->root, target, bind_cell_src(t->b, cell))) == NULL)
		return;
	put_row(&a, t->doc, column->first);
	put_row(&b, t->doc, cell);
	bind_fault(t->b, FAULT_NOT_ONE, place_of(record, field), field,
	    bind_cell_src(t->b, cell), shown,
	    "This must be the same in every row: %.*s has \"%.*s\", and %.*s has \"%.*s\".",
	    TEXT_ARG(buf_as_text(&a)), QUOTED(column->first->text), TEXT_ARG(buf_as_text(&b)),
	    QUOTED(shown));
	buf_free(&a);
	buf_free(&b);
}

/* A cell in a column that no heading names: told of once a column. */
static void
without_heading(struct table *t, struct csv_column *column, const struct cell *cell)
{
	struct buf number = { 0 }, row = { 0 };

	if (column->named || column->told || trimmed(cell->text).n == 0)
		return;
	column->told = true;
	put_column(&number, t, cell->column);
	put_row(&row, t->doc, cell);
	bind_fault(t->b, FAULT_UNKNOWN_COLUMN, place_of(t->b->budget->root, t->layout->list),
	    NULL, bind_cell_src(t->b, cell), cell->text,
	    "Column %.*s has no heading, and there is something in it %s %.*s. Give it one, or "
	    "empty it.",
	    TEXT_ARG(buf_as_text(&number)), t->doc->format == DOC_CSV ? "on" : "in",
	    TEXT_ARG(buf_as_text(&row)));
	buf_free(&number);
	buf_free(&row);
}

static bool
add_row(struct table *t, const struct cell *row, uint32_t n, const bool *excused)
{
	struct list *list = t->list;
	struct record *root = t->b->budget->root, *record;
	struct buf where = { 0 };

	record = bind_record(t->b, t->layout->list->sub, root, t->layout->list, list->n,
	    bind_cell_src(t->b, row));
	if (record == NULL) {
		t->b->full = true;
		root->values[t->layout->list->index].state = VALUE_FAULTED;
		put_row(&where, t->doc, row);
		bind_fault(t->b, FAULT_TOO_MANY_ROWS, place_of(root, t->layout->list), NULL,
		    bind_cell_src(t->b, row), TEXT_NONE,
		    "There are more rows than we read: %.*s and what follows was left unread.",
		    TEXT_ARG(buf_as_text(&where)));
		buf_free(&where);
		return false;
	}
	list->items =
	    bind_grow(t->b->arena, list->items, list->n, &t->cap_rows, sizeof(*list->items));
	list->items[list->n++] = (struct value){ .state = VALUE_SET,
		.kind = KIND_RECORD,
		.src = bind_cell_src(t->b, row),
		.u.rec = record };
	for (uint32_t i = 0; i < n; i++) {
		struct csv_column *column = column_of(t, &row[i]);

		if (column->target == NULL)
			without_heading(t, column, &row[i]);
		else if (column->target->row)
			bind_cell(t->b, record, column->target, &row[i], column->scale);
		else
			fill_constant(t, column, &row[i]);
	}
	bind_required(t->b, record, excused);
	return true;
}

/* A heading that says thousands where the file says pounds would be wrong a thousandfold. */
static void
check_units(struct table *t)
{
	struct bind *b = t->b;
	const struct value *units = budget_get(b->budget, b->form->units);
	const struct field *field = form_path(b->form, b->form->units);

	if (units == NULL || units->state != VALUE_SET)
		return;
	for (uint32_t i = 1; i <= t->n_columns; i++) {
		struct csv_column *column = &t->columns[i];

		if (column->target == NULL || column->scale == 0 || column->scale == b->scale ||
		    column->target->path[column->target->depth - 1]->kind != KIND_MONEY ||
		    column->target->path[column->target->depth - 1]->no_units)
			continue;
		bind_fault(b, FAULT_NOT_LISTED, place_of(b->budget->root, t->layout->list),
		    field, bind_cell_src(t->b, column->header), column->header->text,
		    "The heading \"%.*s\" and the units of the file disagree. Say the same in "
		    "both.",
		    QUOTED(column->header->text));
	}
}

/* The text of the cell that gives a field of the form: in the preamble, or in the first data row. */
static struct text
early_text(const struct table *t, struct text dotted, uint32_t header, uint32_t header_end)
{
	const struct field *field = form_path(t->b->form, dotted);
	uint32_t end = header_end < t->n_cells ? csv_row_end(t->cells, t->n_cells, header_end)
					       : header_end;

	if (field == NULL)
		return TEXT_NONE;
	for (uint32_t i = 0; t->layout->preamble && i + 1 < header; i++) {
		const struct csv_target *target = label_target(t, t->cells[i].text);

		if (target != NULL && target->path[target->depth - 1] == field &&
		    t->cells[i + 1].row == t->cells[i].row)
			return trimmed(t->cells[i + 1].text);
	}
	for (uint32_t i = header; i < header_end; i++) {
		const struct csv_target *target =
		    csv_heading(t->layout, t->cells[i].text, NULL);

		if (target != NULL && target->path[target->depth - 1] == field)
			return cell_at(
			    t->cells + header_end, end - header_end, t->cells[i].column);
	}
	return TEXT_NONE;
}

static void
tell_hidden_columns(struct table *t)
{
	for (uint32_t i = 1; i <= t->n_columns; i++)
		if (t->columns[i].target != NULL && t->columns[i].header->hidden)
			bind_tell_hidden_column(t->b,
			    place_of(t->b->budget->root, t->layout->list),
			    t->columns[i].header->text,
			    bind_cell_src(t->b, t->columns[i].header));
}

static void
fill_table(struct table *t, uint32_t header, uint32_t header_end)
{
	struct bind *b = t->b;
	struct value *value = &b->budget->root->values[t->layout->list->index];
	const bool *excused;

	bind_early(b, early_text(t, b->form->units, header, header_end),
	    early_text(t, b->form->period, header, header_end));
	fill_preamble(t, header);
	value->u.list = t->list = bind_list(b, t->layout->list, b->budget->root, 0, false);
	value->state = VALUE_SET;
	value->src = bind_cell_src(t->b, &t->cells[header]);
	read_header(t, t->cells + header, header_end - header);
	excused = missing_columns(t);
	for (uint32_t at = header_end, end; at < t->n_cells; at = end) {
		end = csv_row_end(t->cells, t->n_cells, at);
		if (is_aside(t, t->cells + at, end - at))
			continue;
		bind_note_hidden(&t->hidden, b, t->cells + at, end - at);
		if (!add_row(t, t->cells + at, end - at, excused))
			break;
	}
	bind_tell_hidden(
	    &t->hidden, b, place_of(b->budget->root, t->layout->list), t->sheet->name);
	tell_hidden_columns(t);
	for (uint32_t i = 0; i < t->list->n; i++)
		bind_require_inner(t->b, t->list->items[i].u.rec);
	check_units(t);
	if (t->layout->list->sub->key >= 0)
		bind_keyed(b, t->list);
}

void
bind_csv(struct bind *b)
{
	const struct csv_layout *layout = b->form->csv_layout;
	struct table t = { .b = b, .layout = layout, .doc = b->doc };
	struct record *root = b->budget->root;
	bool have[FORM_FIELDS];
	uint32_t found, header;
	int sheet = csv_sheet(b->doc);

	if (layout == NULL || sheet < 0) {
		root->src = 0;
		bind_required(b, root, NULL);
		return;
	}
	t.sheet = &b->doc->sheets[sheet];
	t.cells = b->doc->cells + t.sheet->first_cell;
	t.n_cells = t.sheet->n_cells;
	header = csv_header_row(layout, t.cells, t.n_cells, &found, have);
	fill_table(&t, header, csv_row_end(t.cells, t.n_cells, header));
	bind_required(b, root, NULL);
	bind_require_inner(b, root);
}
