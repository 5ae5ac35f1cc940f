/*
 * The rows of a table on a sheet.
 *
 * A row that holds nothing in the table's columns is passed over, and so are notes, totals, headings
 * printed again, and rows of the template that nobody filled; everything else is data, and what is wrong
 * with it is told.
 */
#include "rules/bind_sheet.h"

#include <string.h>

/* What is kept while the rows of one table are read. */
struct row_state {
	struct sheets *s;
	struct sheet_rows *r;
	bool *excused;
	struct record *owner;      /* of the list; with parents: of the row in hand */
	struct key_index *parents; /* by key */
	const struct cell *parent; /* the cell that named it */
	struct hidden_rows hidden;
	bool full;
};

/* An item at the end of a list that grows by doubling; it has room for a power of two. */
static struct value *
push(struct bind *b, struct list *list)
{
	if ((list->n & (list->n - 1)) == 0 && (list->n == 0 || list->n >= 8)) {
		size_t room = list->n == 0 ? 8 : (size_t)list->n * 2;
		struct value *more = arena_calloc(b->arena, room, sizeof(*more));

		if (list->n > 0)
			memcpy(more, list->items, list->n * sizeof(*more));
		list->items = more;
	}
	return &list->items[list->n++];
}

struct record *
sheet_push_record(struct bind *b, struct list *list, uint32_t src)
{
	const struct field *field = list->field;
	struct record *record = bind_record(b, field->sub, list->owner, field, list->n, src);

	if (record != NULL)
		*push(b, list) = (struct value){
			.state = VALUE_SET, .kind = KIND_RECORD, .src = src, .u.rec = record
		};
	return record;
}

static void
lose_list(struct bind *b, struct record *owner, const struct csv_target *list, uint32_t src)
{
	struct record *record = owner != NULL ? bind_reach(b, owner, list, src) : NULL;
	struct value *value;

	if (record == NULL)
		return;
	value = &record->values[list->path[list->depth - 1]->index];
	if (value->state == VALUE_ABSENT) {
		value->state = VALUE_FAULTED;
		value->src = src;
	}
}

void
bind_sheet_no_table(struct bind *b, const struct sheet_table *table, uint32_t src)
{
	struct record *root = b->budget->root;

	if (table->optional || table->parent != NULL)
		return;
	if (table->layout.list != NULL) {
		lose_list(b, root, &table->list, src);
		return;
	}
	for (uint32_t i = 0; i < table->layout.n_targets; i++)
		if (table->layout.targets[i].role == TARGET_MAP)
			lose_list(b, root, &table->layout.targets[i], src);
}

static bool
is_prefilled(const struct sheet_table *table, const struct csv_target *target)
{
	for (uint32_t i = 0; i < table->n_prefilled; i++)
		if (target->role == TARGET_FIELD && target->path[0] == table->prefilled[i])
			return true;
	return false;
}

static void
look_at_row(struct sheet_row *row)
{
	const struct sheet_rows *r = row->r;

	for (uint32_t i = 0; i < row->n; i++) {
		const struct cell *cell = &row->cells[i];
		const struct sheet_column *c = sheet_column_of(r, cell);

		if (trimmed(cell->text).n == 0 || cell->column < r->left ||
		    cell->column > r->right)
			continue;
		if (row->filled++ == 0)
			row->first = cell;
		if (row->words == NULL && cell->type == CELL_TEXT)
			row->words = cell;
		if (c->target == NULL || c->target->role == TARGET_SKIP)
			continue;
		row->known++;
		row->same += text_equal(trimmed(cell->text), trimmed(c->heading));
		row->entered += !is_prefilled(r->table, c->target);
	}
}

/* A note stands alone in its row: merged over columns, or of several words in the first column. */
static bool
is_note(const struct sheet_row *row)
{
	const struct merge *m;

	if (row->filled != 1 || row->first->type != CELL_TEXT)
		return false;
	m = sheet_merge(row->r->view, row->first->row, row->first->column);
	return (m != NULL && m->last_column > m->column) ||
	    (row->first->column == row->r->left && text_words(trimmed(row->first->text)) > 2);
}

static void
tell_hidden(struct row_state *st)
{
	struct sheet_rows *r = st->r;

	bind_tell_hidden(&st->hidden, r->b, sheet_table_place(r), r->view->sheet->name);
	for (uint32_t i = r->left; i <= r->right && i > 0; i++)
		if (r->columns[i].hidden && r->columns[i].target != NULL &&
		    r->columns[i].target->role != TARGET_SKIP)
			bind_tell_hidden_column(r->b, sheet_table_place(r),
			    r->columns[i].heading, r->columns[i].src);
}

/* The list that holds the records to which rows belong, and its index. */
static void
index_parents(struct row_state *st)
{
	const struct sheet_table *table = st->r->table;
	struct bind *b = st->r->b;
	struct record *holder = bind_reached(b->budget->root, &table->parents);
	const struct value *value =
	    holder != NULL ? &holder->values[table->parent->index] : NULL;

	if (value == NULL || value->state != VALUE_SET)
		return;
	st->parents = key_index_new(b->arena, value->u.list);
	for (uint32_t i = 0; i < value->u.list->n; i++) {
		struct record *record = value->u.list->items[i].u.rec;
		struct record *owner = bind_reach(b, record, &table->list, record->src);

		if (owner != NULL)
			(void)sheet_list_of(b, owner, table->layout.list, record->src);
	}
}

/* The record that a row says it belongs to; NULL: told, unless the parents themselves are misread. */
static struct record *
parent_of(struct row_state *st, const struct sheet_row *row)
{
	struct sheet_rows *r = st->r;
	const struct record_type *type = r->table->parent->sub;
	const struct cell *cell = NULL;
	struct record *record;
	struct text key;

	for (uint32_t i = r->left; i <= r->right && cell == NULL; i++) {
		bool is =
		    r->columns[i].target != NULL && r->columns[i].target->role == TARGET_PARENT;
		const struct merge *m;

		if (!is)
			continue;
		cell = sheet_cell(r->view, row->first->row, i);
		m = cell == NULL ? sheet_merge(r->view, row->first->row, i) : NULL;
		if (m != NULL)
			cell = sheet_cell(r->view, m->row, m->column);
	}
	if (cell == NULL || trimmed(cell->text).n == 0) {
		bind_fault(r->b, FAULT_MISSING, sheet_table_place(r), NULL,
		    bind_cell_src(r->b, row->first), TEXT_NONE,
		    "This row does not say which %.*s it belongs to, and was not read.",
		    TEXT_ARG(type->row));
		return NULL;
	}
	if (st->parents == NULL)
		return NULL;
	key = bind_cell_text(r->b, cell);
	record = key_index_find(st->parents, key);
	if (record == NULL)
		bind_fault(r->b, FAULT_DANGLING, sheet_table_place(r), NULL,
		    bind_cell_src(r->b, cell), key,
		    "There is no %.*s \"%.*s\", so this row belongs to nothing and was not "
		    "read. "
		    "Add it, or correct it here.",
		    TEXT_ARG(type->row), QUOTED(key));
	return record;
}

static void
set_constants(struct row_state *st, struct record *record)
{
	const struct sheet_table *table = st->r->table;
	struct bind *b = st->r->b;

	for (uint32_t i = 0; i < table->n_constants; i++) {
		const struct csv_target *target = &table->constants[i].target;
		const struct field *field = target->path[target->depth - 1];
		struct given given = {
			.how = GIVEN_CELL, .text = table->constants[i].text, .src = record->src
		};
		struct record *of = bind_reach(b, record, target, record->src);

		if (of != NULL && of->values[field->index].state == VALUE_ABSENT)
			bind_scalar(b, place_of(of, field), field, field->kind, &given,
			    &of->values[field->index]);
	}
}

static void
too_many(struct row_state *st, const struct sheet_row *row)
{
	st->full = true;
	bind_fault(st->r->b, FAULT_TOO_MANY_ROWS, sheet_table_place(st->r), NULL,
	    bind_cell_src(st->r->b, row->first), TEXT_NONE,
	    "There are more rows than we read: row %u and what follows was left unread.",
	    row->first->row);
}

static void
add_record(struct row_state *st, const struct sheet_found *found, const struct sheet_row *row)
{
	struct sheet_rows *r = st->r;
	struct bind *b = r->b;
	const struct field *field = r->table->layout.list;
	uint32_t src = bind_cell_src(b, row->first);
	struct record *owner = st->owner, *record;
	struct list *list;

	if (r->table->parent != NULL) {
		if ((owner = parent_of(st, row)) == NULL)
			return;
		owner = bind_reach(b, owner, &r->table->list, src);
	}
	if (owner == NULL || (list = sheet_list_of(b, owner, field, src)) == NULL)
		return;
	if ((record = sheet_push_record(b, list, src)) == NULL) {
		too_many(st, row);
		return;
	}
	for (uint32_t i = 0; i < row->n; i++) {
		const struct sheet_column *c = sheet_column_of(r, &row->cells[i]);

		if (c->target == NULL)
			sheet_tell_no_heading(r, found, &row->cells[i]);
		else if (c->target->role == TARGET_FIELD) {
			bind_cell(b, record, c->target, &row->cells[i], c->scale);
			sheet_tell_covered(b, r->view, &row->cells[i]);
		}
	}
	set_constants(st, record);
	for (uint32_t i = 0; i < field->sub->n_fields; i++)
		if (st->excused[i] && record->values[i].state == VALUE_ABSENT)
			record->values[i].state = VALUE_FAULTED;
	bind_required(b, record, st->excused);
	bind_require_inner(b, record);
	sheet_totals_add(r->totals, b->doc, record);
}

/* A row of the sheet, whatever it is. */
static void
take_row(struct row_state *st, const struct sheet_found *found, struct sheet_row *row)
{
	const struct sheet_table *table = st->r->table;

	look_at_row(row);
	if (row->filled == 0 || (row->same == row->known && row->same > 1) || is_note(row))
		return;
	if (row->words != NULL && form_is_totals(&table->layout, trimmed(row->words->text))) {
		sheet_totals_check(st->r->totals, row);
		return;
	}
	if (row->entered == 0) {
		for (uint32_t i = 0; i < row->n; i++)
			if (row->known == 0)
				sheet_tell_no_heading(st->r, found, &row->cells[i]);
		return;
	}
	bind_note_hidden(&st->hidden, st->r->b, row->cells, row->n);
	if (table->layout.list != NULL)
		add_record(st, found, row);
	else
		sheet_add_items(st->r, row);
}

uint32_t
sheet_keep_table(struct bind *b, const struct sheet_rows *r)
{
	struct budget *budget = b->budget;

	budget->tables = bind_grow(b->arena, budget->tables, budget->n_tables, &b->cap_tables,
	    sizeof(*budget->tables));
	budget->tables[budget->n_tables] = (struct filled_table){
		.sheet = r->view->number, .first_row = r->last + 1, .last_row = r->end - 1
	};
	return budget->n_tables++;
}

/* Where a field of a row that is left out belongs. */
static void
keep_columns(struct bind *b, const struct sheet_rows *r)
{
	uint32_t kept = sheet_keep_table(b, r);
	struct filled_table *t = &b->budget->tables[kept];

	t->columns = arena_calloc(b->arena, r->right - r->left + 1, sizeof(*t->columns));
	for (uint32_t i = r->left; i <= r->right && i > 0; i++)
		if (r->columns[i].target != NULL && r->columns[i].target->role == TARGET_FIELD)
			t->columns[t->n_columns++] =
			    (struct filled_column){ r->columns[i].target, i };
}

static void
prepare(struct row_state *st)
{
	struct sheet_rows *r = st->r;
	struct bind *b = r->b;
	const struct sheet_table *table = r->table;
	uint32_t src = bind_spot(b, r->view->number, r->last, r->left);

	r->totals = sheet_totals_new(r);
	if (table->layout.list == NULL)
		return;
	st->excused = sheet_missing_columns(r);
	if (table->parent != NULL) {
		index_parents(st);
		return;
	}
	st->owner = bind_reach(b, b->budget->root, &table->list, src);
	if (st->owner != NULL)
		(void)sheet_list_of(b, st->owner, table->layout.list, src);
}

void
bind_sheet_table(struct sheets *s, struct sheet_found *found, struct sheet_rows *r)
{
	struct row_state st = { .s = s, .r = r };
	const struct sheet_view *v = r->view;

	if (r->table->across != NULL) {
		bind_sheet_across(r);
		return;
	}
	if (r->first == 0) {
		if (!r->table->optional && !sheet_across_there(found, r))
			sheet_tell_no_headings(r);
		return;
	}
	keep_columns(r->b, r);
	sheet_check_columns(found, r);
	prepare(&st);
	for (uint32_t at = sheet_row_at(v, r->last + 1); at < v->n_rows && !st.full; at++) {
		struct sheet_row row = { .r = r,
			.cells = v->cells + v->rows[at],
			.n = v->rows[at + 1] - v->rows[at] };

		if (row.cells[0].row >= r->end)
			break;
		take_row(&st, found, &row);
	}
	sheet_check_units(r);
	tell_hidden(&st);
}
