/*
 * A table on its side: quarters or years across the top, each a record, and a field in each row.
 *
 * The text before the keys in a row says which field it is.
 * Several such tables may fill one list, "Income" above and "Expenditure" below: a key that is there already
 * is the same record.  What is required of a record is asked for when all of them are read.
 */
#include <string.h>

#include "rules/bind_sheet.h"

struct across {
	struct sheet_rows *r;
	const struct csv_layout *layout;
	uint32_t first_key,
	    reach; /* columns: of the first key, and of the last heading without a gap */
	struct list *list;
	struct record **records; /* by column; NULL: nothing stands in it so far */
	uint32_t kept, cap_rows; /* number of the budget's filled table; its rows' */
	struct hidden_rows hidden;
};

static struct record *
record_of_key(const struct list *list, const struct field *across, int64_t key)
{
	uint32_t field = across->index;

	for (uint32_t i = 0; i < list->n; i++) {
		struct record *record = list->items[i].u.rec;

		if (record->values[field].state == VALUE_SET &&
		    record->values[field].u.n == key)
			return record;
	}
	return NULL;
}

/* The record of a column, made when the first of its values is there. */
static struct record *
record_of(struct across *a, uint32_t column)
{
	const struct field *across = a->r->table->across;
	struct bind *b = a->r->b;
	uint32_t src = a->r->columns[column].src;
	struct record *record = a->records[column];
	int64_t key;

	if (record != NULL || !sheet_across_key(a->r, &b->doc->cells[src - 1], &key) ||
	    (record = record_of_key(a->list, across, key)) != NULL)
		return a->records[column] = record;
	record = sheet_push_record(b, a->list, src);
	if (record == NULL)
		return NULL;
	record->values[across->index] = (struct value){
		.state = VALUE_SET, .kind = (uint8_t)across->kind, .src = src, .u.n = key
	};
	return a->records[column] = record;
}

/* Two columns of one key: the second is not read. */
static void
tell_twice(struct across *a)
{
	struct sheet_rows *r = a->r;
	int64_t key, other;

	for (uint32_t i = r->left; i <= r->right; i++) {
		struct sheet_column *c = &r->columns[i];

		if (c->target != &sheet_across_heads ||
		    !sheet_across_key(r, &r->b->doc->cells[c->src - 1], &key))
			continue;
		for (uint32_t k = r->left; k < i; k++)
			if (r->columns[k].target == &sheet_across_heads &&
			    sheet_across_key(
				r, &r->b->doc->cells[r->columns[k].src - 1], &other) &&
			    other == key) {
				bind_fault(r->b, FAULT_DUPLICATE_KEY, sheet_table_place(r),
				    r->table->across, c->src, c->heading,
				    "\"%.*s\" is there twice. Keep one of them: only the first "
				    "was read.",
				    QUOTED(c->heading));
				c->target = NULL;
				c->told = true;
				break;
			}
	}
}

/* The text before the keys that says what a row is, the nearest of those that are known. */
static const struct csv_target *
label_of(const struct across *a, const struct sheet_row *row, const struct cell **label,
    int64_t *scale)
{
	char out[HEADING_BYTES];
	const struct csv_target *target;

	*label = NULL;
	*scale = 0;
	for (uint32_t i = row->n; i-- > 0;) {
		const struct cell *cell = &row->cells[i];

		if (cell->column >= a->first_key || cell->type != CELL_TEXT ||
		    trimmed(cell->text).n == 0)
			continue;
		target =
		    form_csv_target(a->layout, heading_normalise(out, cell->text, scale), true);
		if (*label == NULL || target != NULL)
			*label = cell;
		if (target != NULL)
			return target;
	}
	return NULL;
}

/* A row with values and a label that nobody knows, or none. */
static void
tell_unknown_row(struct across *a, const struct sheet_row *row, const struct cell *label)
{
	struct sheet_rows *r = a->r;

	if (label == NULL)
		bind_fault(r->b, FAULT_UNKNOWN_COLUMN, sheet_table_place(r), NULL,
		    bind_cell_src(r->b, row->first), row->first->text,
		    "There is something here in a row without a label, which nobody reads. "
		    "Give it one, or take it out.");
	else if (!form_is_totals(a->layout, label->text))
		bind_unknown(r->b, FAULT_UNKNOWN_COLUMN, sheet_table_place(r),
		    a->layout->list->sub, trimmed(label->text), bind_cell_src(r->b, label));
}

/* "Q4 2015-6", "Quarter 4", "2015": it was to be a key. */
static bool
is_like_key(struct text heading)
{
	static const struct text word = { "quarter", 7 };
	bool q = heading.n > 1 && (heading.p[0] | 32) == 'q';

	return (q && heading.p[1] >= '0' && heading.p[1] <= '9') ||
	    (heading.n >= word.n &&
		text_equal_nocase((struct text){ heading.p, word.n }, word)) ||
	    (heading.n >= 4 && heading.p[0] == '2' && heading.p[1] == '0');
}

/* A column that may be a key's and is none: told of once. */
static void
tell_unknown_column(struct across *a, const struct cell *cell)
{
	struct sheet_rows *r = a->r;
	struct sheet_column *c = sheet_column_of(r, cell);

	if (c->told || c->target != NULL ||
	    (cell->column > a->reach && !is_like_key(c->heading)) || trimmed(cell->text).n == 0)
		return;
	c->told = true;
	if (c->heading.n > 0)
		bind_fault(r->b, FAULT_UNKNOWN_COLUMN, sheet_table_place(r), NULL, c->src,
		    c->heading, "\"%.*s\" is no %.*s, so that this column is not read.",
		    QUOTED(c->heading), TEXT_ARG(a->layout->list->sub->row));
	else
		bind_fault(r->b, FAULT_UNKNOWN_COLUMN, sheet_table_place(r), NULL,
		    bind_cell_src(r->b, cell), cell->text,
		    "There is something here in a column without a heading, which nobody "
		    "reads. Give it one, or take it out.");
}

/* Numbers between a row's label and the first key may be those of a key that is misspelt. */
static void
tell_unknown_columns(struct across *a, const struct sheet_row *row, const struct cell *label)
{
	for (uint32_t i = 0; i < row->n; i++) {
		const struct cell *cell = &row->cells[i];

		if (cell->column > a->first_key ||
		    (label != NULL && cell->column > label->column &&
			cell->type == CELL_NUMBER))
			tell_unknown_column(a, cell);
	}
}

/* A value that another row of this name, or another table, has given already. */
static bool
is_given(const struct across *a, const struct csv_target *target, uint32_t column)
{
	const struct record *record = a->records[column];
	const struct field *field = target->path[target->depth - 1];

	if (record != NULL)
		record = bind_reached((struct record *)(uintptr_t)record, target);
	return record != NULL && record->values[field->index].state != VALUE_ABSENT;
}

static void
take_value(
    struct across *a, const struct csv_target *target, const struct cell *cell, int64_t scale)
{
	struct sheet_rows *r = a->r;
	struct record *record = record_of(a, cell->column);

	if (record == NULL)
		return;
	if (is_given(a, target, cell->column)) {
		bind_fault(r->b, FAULT_DUPLICATE_KEY, place_of(record, target->path[0]), NULL,
		    bind_cell_src(r->b, cell), cell->text,
		    "This is given twice for one %.*s. Keep one of them: only the first was "
		    "read.",
		    TEXT_ARG(a->layout->list->sub->row));
		return;
	}
	bind_cell(r->b, record, target, cell, scale);
	sheet_tell_covered(r->b, r->view, cell);
}

/* Where a field that is left out belongs. */
static void
keep_row(struct across *a, const struct csv_target *target, uint32_t row)
{
	struct filled_table *t = &a->r->b->budget->tables[a->kept];

	t->columns = bind_grow(
	    a->r->b->arena, t->columns, t->n_columns, &a->cap_rows, sizeof(*t->columns));
	t->columns[t->n_columns++] = (struct filled_column){ target, row };
}

static void
take_row(struct across *a, struct sheet_row *row)
{
	const struct cell *label;
	int64_t scale;
	const struct csv_target *target = label_of(a, row, &label, &scale);

	tell_unknown_columns(a, row, target != NULL ? label : NULL);
	for (uint32_t i = 0; i < row->n && row->first == NULL; i++)
		if (trimmed(row->cells[i].text).n > 0 &&
		    sheet_column_of(a->r, &row->cells[i])->target == &sheet_across_heads)
			row->first = &row->cells[i];
	if (target != NULL && target->role == TARGET_FIELD)
		keep_row(a, target, row->cells[0].row);
	if (row->first == NULL)
		return;
	if (target == NULL) {
		tell_unknown_row(a, row, label);
		return;
	}
	if (target->role != TARGET_FIELD || target->path[0] == a->r->table->across)
		return;
	scale = scale > 1 ? scale : a->r->scale; /* "£" names the currency alone */
	sheet_check_scale(a->r, target->path[target->depth - 1], scale, trimmed(label->text),
	    bind_cell_src(a->r->b, label));
	bind_note_hidden(&a->hidden, a->r->b, row->cells, row->n);
	for (uint32_t i = 0; i < row->n; i++)
		if (sheet_column_of(a->r, &row->cells[i])->target == &sheet_across_heads &&
		    trimmed(row->cells[i].text).n > 0)
			take_value(a, target, &row->cells[i], scale);
}

static void
tell_hidden(struct across *a)
{
	struct sheet_rows *r = a->r;

	bind_tell_hidden(&a->hidden, r->b, sheet_table_place(r), r->view->sheet->name);
	for (uint32_t i = r->left; i <= r->right; i++)
		if (r->columns[i].hidden && r->columns[i].target == &sheet_across_heads)
			bind_tell_hidden_column(r->b, sheet_table_place(r),
			    r->columns[i].heading, r->columns[i].src);
}

void
bind_sheet_across(struct sheet_rows *r)
{
	struct across a = { .r = r, .layout = &r->table->layout };
	const struct sheet_view *v = r->view;
	struct bind *b = r->b;
	struct record *owner;

	if (r->first == 0)
		return;
	for (a.first_key = r->left; r->columns[a.first_key].target != &sheet_across_heads;)
		a.first_key++;
	for (a.reach = r->right; a.reach < v->sheet->columns && a.reach < SHEET_COLUMNS &&
	     r->columns[a.reach + 1].heading.n > 0;)
		a.reach++;
	owner = bind_reach(b, b->budget->root, &r->table->list, r->columns[a.first_key].src);
	a.list = owner != NULL
	    ? sheet_list_of(b, owner, a.layout->list, r->columns[a.first_key].src)
	    : NULL;
	if (a.list == NULL)
		return;
	a.records = arena_calloc(b->arena, SHEET_COLUMNS + 1, sizeof(struct record *));
	a.kept = r->kept = sheet_keep_table(b, r);
	tell_twice(&a);
	for (uint32_t at = sheet_row_at(v, r->last + 1); at < v->n_rows; at++) {
		struct sheet_row row = { .r = r,
			.cells = v->cells + v->rows[at],
			.n = v->rows[at + 1] - v->rows[at] };

		if (row.cells[0].row >= r->end)
			break;
		take_row(&a, &row);
	}
	tell_hidden(&a);
}

bool
sheet_across_there(const struct sheet_found *found, const struct sheet_rows *r)
{
	for (uint32_t i = 0; i < found->block->n_tables; i++)
		if (found->tables[i].table->across != NULL &&
		    (found->tables[i].first > 0 || found->tables[i].lost) &&
		    found->tables[i].table->layout.list == r->table->layout.list)
			return true;
	return false;
}

/* A list of which not all was read is misread. */
static void
lose_list(struct bind *b, const struct sheet_rows *r)
{
	uint32_t src = bind_spot(b, r->view->number, r->last, 0);
	struct record *owner = bind_reach(b, b->budget->root, &r->table->list, src);
	struct value *value =
	    owner != NULL ? &owner->values[r->table->layout.list->index] : NULL;

	if (value == NULL)
		return;
	if (value->state == VALUE_ABSENT)
		value->src = src;
	value->state = VALUE_FAULTED;
}

/* The records of all columns, those that another table filled as well. */
static void
keep_records(struct bind *b, const struct sheet_rows *r, const struct list *list)
{
	struct filled_table *t = &b->budget->tables[r->kept];
	int64_t key;

	t->records = arena_calloc(b->arena, r->right - r->left + 1, sizeof(*t->records));
	for (uint32_t i = r->left; i <= r->right; i++) {
		struct filled_record *kept = &t->records[t->n_records];

		if (r->columns[i].target != &sheet_across_heads ||
		    !sheet_across_key(r, &b->doc->cells[r->columns[i].src - 1], &key))
			continue;
		*kept = (struct filled_record){ record_of_key(list, r->table->across, key), i };
		t->n_records += kept->record != NULL;
	}
}

/* What is required of the records that a table made; others are asked where they were made. */
static void
require_records(struct bind *b, const struct sheet_rows *r)
{
	const struct filled_table *t = &b->budget->tables[r->kept];

	for (uint32_t i = 0; i < t->n_records; i++) {
		struct record *record = t->records[i].record;

		if (record->src != r->columns[t->records[i].column].src)
			continue;
		bind_required(b, record, NULL);
		bind_require_inner(b, record);
	}
}

void
sheet_across_done(struct bind *b, const struct sheet_found *found)
{
	for (uint32_t i = 0; i < found->block->n_tables; i++)
		if (found->tables[i].lost)
			lose_list(b, &found->tables[i]);
	for (uint32_t i = 0; i < found->block->n_tables; i++) {
		const struct sheet_rows *r = &found->tables[i];
		const struct record *owner;
		const struct value *value;

		if (r->table->across == NULL || r->first == 0 ||
		    (owner = bind_reached(b->budget->root, &r->table->list)) == NULL)
			continue;
		value = &owner->values[r->table->layout.list->index];
		if (value->state == VALUE_SET) {
			keep_records(b, r, value->u.list);
			require_records(b, r);
		}
	}
}
