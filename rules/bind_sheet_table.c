/*
 * The rows of a table on a sheet.
 *
 * A row that holds nothing in the table's columns is passed over, and so are notes, totals, headings
 * printed again, and rows of the template that nobody filled; everything else is data, and what is wrong
 * with it is told.
 */
#include "rules/bind_sheet.h"

#include <stdio.h>
#include <string.h>

/* One row in hand: its cells, and what they come to. */
struct sheet_row {
	struct sheet_rows *r;
	const struct cell *cells;
	uint32_t n;
	const struct cell *first, /* the first that is not blank, within the table */
	    *words;               /* and the first of them with text */
	uint32_t filled, known, same, entered;
};

/* What is kept while the rows of one table are read. */
struct row_state {
	struct sheets *s;
	struct sheet_rows *r;
	bool *excused;
	struct record *owner;      /* of the list; with parents: of the row in hand */
	struct key_index *parents; /* by key */
	const struct cell *parent; /* the cell that named it */
	int64_t *sums;             /* of table->adds, over the rows so far */
	bool *unsure;              /* a row had none that could be added */
	struct buf hidden;         /* rows: "12, 15 to 19" */
	uint32_t n_hidden, hidden_from, hidden_to, hidden_src;
	bool full;
};

static struct sheet_column *
column_of(const struct sheet_rows *r, const struct cell *cell)
{
	return cell->column <= r->view->sheet->columns && cell->column <= SHEET_COLUMNS
	    ? &r->columns[cell->column]
	    : &r->columns[0];
}

#define MOST_KEYS 2000 /* of a map: they are looked up one by one */

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

/* Items of maps stay where they are, since references wait for their records by address. */
static uint32_t
map_room(const struct bind *b)
{
	return b->doc->n_cells < MOST_KEYS ? b->doc->n_cells : MOST_KEYS;
}

/* A list or map of an owner, empty when it is asked for the first time; NULL: it is misread. */
static struct list *
list_of(struct bind *b, struct record *owner, const struct field *field, uint32_t src)
{
	struct value *value = &owner->values[field->index];
	bool map = field->kind == KIND_MAP;

	if (value->state == VALUE_FAULTED)
		return NULL;
	if (value->state != VALUE_SET) {
		value->u.list = bind_list(b, field, owner, map ? map_room(b) : 0, map);
		if (map && value->u.list->n < map_room(b))
			return NULL; /* the budget is full */
		value->u.list->n = 0;
		value->state = VALUE_SET;
		value->src = src;
	}
	return value->u.list;
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

/* The place that is spoken of where a table as a whole is meant. */
static struct place
table_place(const struct sheet_rows *r)
{
	const struct sheet_table *table = r->table;
	struct record *root = r->b->budget->root;
	const struct csv_target *path = table->parent != NULL ? &table->parents : &table->list;

	return table->layout.list == NULL ? place_of_record(root)
					  : place_of(root, path->path[0]);
}

static void
put_needs(struct buf *buf, const struct sheet_rows *r)
{
	const struct sheet_table *table = r->table;
	uint32_t shown = 0;

	for (uint32_t i = 0; i < table->layout.n_needs; i++)
		buf_printf(buf, "%s\"%.*s\"", shown++ > 0 ? ", " : "",
		    TEXT_ARG(table->layout.needs[i].heading));
	if (table->parent != NULL)
		buf_printf(buf, "%sthe %.*s", shown > 0 ? ", and " : "",
		    TEXT_ARG(table->parent->sub->row));
	if (table->key != NULL)
		buf_printf(buf, "\"%.*s\"", TEXT_ARG(table->key->title));
}

static void
put_headings(struct buf *buf, const struct sheet_rows *r)
{
	uint32_t shown = 0;

	for (uint32_t i = 1; i <= r->view->sheet->columns && i <= SHEET_COLUMNS; i++) {
		if (r->columns[i].heading.n == 0)
			continue;
		if (shown == SHEETS_SHOWN) {
			buf_str(buf, " and more");
			return;
		}
		buf_str(buf, shown++ > 0 ? ", \"" : "\"");
		buf_safe_cut(buf, r->columns[i].heading, 40);
		buf_char(buf, '"');
	}
}

/* No row has the headings, or too few of them to be this table. */
static void
tell_no_headings(struct sheet_rows *r)
{
	struct bind *b = r->b;
	uint32_t src = bind_spot(b, r->view->number, 0, 0);
	struct buf needs = { 0 };

	put_needs(&needs, r);
	bind_fault(b, FAULT_MISSING_COLUMN, table_place(r), NULL, src, TEXT_NONE,
	    "No row of the sheet \"%.*s\" has the headings of this table: %.*s. Put them above "
	    "the "
	    "columns, as the template has them.",
	    QUOTED(r->view->sheet->name), TEXT_ARG(buf_as_text(&needs)));
	buf_free(&needs);
	bind_sheet_no_table(b, r->table, src);
}

/* A heading that no column has, and what the sheet's headings are instead. */
static void
tell_no_column(struct sheet_rows *r, struct text heading)
{
	struct text unread[SHEETS_SHOWN * 4];
	struct buf found = { 0 };
	struct bind *b = r->b;
	uint32_t n = 0, src = 0;
	int near;

	for (uint32_t i = 1; i <= r->view->sheet->columns && i <= SHEET_COLUMNS; i++) {
		const struct sheet_column *c = &r->columns[i];

		if (src == 0 && c->target != NULL)
			src = c->src;
		if (c->target == NULL && c->heading.n > 0 && n < SHEETS_SHOWN * 4)
			unread[n++] = c->heading;
	}
	near = text_nearest(heading, unread, n);
	put_headings(&found, r);
	bind_fault(b, FAULT_MISSING_COLUMN, table_place(r), NULL, src, TEXT_NONE,
	    "The table on the sheet \"%.*s\" has no column \"%.*s\".%s%.*s%s Its headings, in "
	    "row "
	    "%u, are %.*s.",
	    QUOTED(r->view->sheet->name), TEXT_ARG(heading), near >= 0 ? " Is \"" : "",
	    near >= 0 ? quoted_bytes(unread[near]) : 0, near >= 0 ? unread[near].p : "",
	    near >= 0 ? "\" meant for it?" : "", r->last, TEXT_ARG(buf_as_text(&found)));
	if (b->budget->n_faults > 0 && !b->faults_full)
		b->budget->faults[b->budget->n_faults - 1].expected = heading;
	buf_free(&found);
}

static bool
has_column(const struct sheet_rows *r, const struct field *field)
{
	for (uint32_t i = 1; i <= r->view->sheet->columns && i <= SHEET_COLUMNS; i++)
		if (r->columns[i].target != NULL &&
		    r->columns[i].target->role == TARGET_FIELD &&
		    r->columns[i].target->path[0] == field)
			return true;
	for (uint32_t i = 0; i < r->table->n_constants; i++)
		if (r->table->constants[i].target.path[0] == field)
			return true;
	return false;
}

/* Columns that are required or needed and not there: told once, and not missed again in each row. */
static bool *
missing_columns(struct sheet_rows *r)
{
	const struct record_type *type = r->table->layout.list->sub;
	const struct csv_layout *layout = &r->table->layout;
	bool *missing = arena_calloc(r->b->arena, type->n_fields, sizeof(*missing));

	for (uint32_t i = 0; i < type->n_required; i++) {
		const struct field *field = &type->fields[type->required[i]];

		missing[field->index] = form_fits_a_cell(field) && !has_column(r, field);
	}
	for (uint32_t i = 0; i < layout->n_needs; i++)
		if (!has_column(r, layout->needs[i].field))
			missing[layout->needs[i].field->index] = true;
	for (uint32_t i = 0; i < type->n_fields; i++)
		if (missing[i])
			tell_no_column(r,
			    type->fields[i].n_headers > 0 ? type->fields[i].headers[0]
							  : type->fields[i].title);
	return missing;
}

/* Columns of the headings that another table of the sheet reads. */
static bool
others_column(const struct sheet_found *found, const struct sheet_rows *r, uint32_t column)
{
	for (uint32_t i = 0; i < found->block->n_tables; i++) {
		const struct sheet_rows *other = &found->tables[i];

		if (other != r && other->first > 0 && other->last >= r->first &&
		    other->first <= r->last && column >= other->left && column <= other->right)
			return true;
	}
	return false;
}

static bool
same_target(const struct csv_target *a, const struct csv_target *b)
{
	return a->role == b->role && a->role != TARGET_SKIP && a->depth == b->depth &&
	    memcmp(a->path, b->path, a->depth * sizeof(a->path[0])) == 0;
}

/* Headings that mean nothing, or the same as another one. */
static void
check_columns(const struct sheet_found *found, struct sheet_rows *r)
{
	struct bind *b = r->b;
	struct place at = table_place(r);

	for (uint32_t i = r->left; i <= r->right && i > 0; i++) {
		struct sheet_column *c = &r->columns[i];
		uint32_t k = r->left;
		struct buf name = { 0 };

		if (c->target == NULL && c->heading.n > 0 && !others_column(found, r, i) &&
		    r->table->layout.list != NULL)
			bind_unknown(b, FAULT_UNKNOWN_COLUMN, at, r->table->layout.list->sub,
			    c->heading, c->src);
		while (c->target != NULL && k < i &&
		    (r->columns[k].target == NULL ||
			!same_target(r->columns[k].target, c->target)))
			k++;
		if (c->target == NULL || k == i || c->target->role == TARGET_SKIP)
			continue;
		cell_name(&name, r->last, k);
		bind_fault(b, FAULT_UNKNOWN_COLUMN, at, NULL, c->src, c->heading,
		    "This heading means the same as the one in %s. Keep one of them: only that "
		    "one was read.",
		    name.p);
		buf_free(&name);
		c->target = NULL;
		c->told = true;
	}
}

/* A heading that says thousands where the workbook says pounds would be wrong a thousandfold. */
static void
check_units(struct sheet_rows *r)
{
	struct bind *b = r->b;
	const struct value *units = budget_get(b->budget, b->form->units);
	const struct field *field = form_path(b->form, b->form->units);

	if (units == NULL || units->state != VALUE_SET)
		return;
	for (uint32_t i = r->left; i <= r->right && i > 0; i++) {
		const struct sheet_column *c = &r->columns[i];
		const struct field *of = c->target != NULL && c->target->depth > 0
		    ? c->target->path[c->target->depth - 1]
		    : NULL;

		if (of == NULL || c->scale == 0 || c->scale == b->scale ||
		    field_item_kind(of) != KIND_MONEY || of->no_units)
			continue;
		bind_fault(b, FAULT_NOT_LISTED, table_place(r), field, c->src, c->heading,
		    "The heading \"%.*s\" and the units of the workbook disagree. Say the same "
		    "in both.",
		    QUOTED(c->heading));
	}
}

static bool
is_totals(const struct csv_layout *layout, struct text first)
{
	char out[HEADING_BYTES];
	struct text normal = heading_normalise(out, first, NULL);

	for (uint32_t i = 0; i < layout->n_totals; i++)
		if (normal.n > 0 && text_equal(layout->totals[i], normal))
			return true;
	return false;
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
		const struct sheet_column *c = column_of(r, cell);

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

static unsigned
words_of(struct text t)
{
	unsigned words = 0;

	for (size_t i = 0; i < t.n; i++)
		words += t.p[i] != ' ' && (i == 0 || t.p[i - 1] == ' ');
	return words;
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
	    (row->first->column == row->r->left && words_of(trimmed(row->first->text)) > 2);
}

/* A cell in a column that no heading names: told of once a column. */
static void
tell_no_heading(struct sheet_rows *r, const struct sheet_found *found, const struct cell *cell)
{
	struct sheet_column *c = column_of(r, cell);

	if (c->told || c->heading.n > 0 || cell->column < r->left || cell->column > r->right ||
	    trimmed(cell->text).n == 0 || others_column(found, r, cell->column))
		return;
	c->told = true;
	bind_fault(r->b, FAULT_UNKNOWN_COLUMN, table_place(r), NULL, bind_cell_src(r->b, cell),
	    cell->text,
	    "There is something here in a column without a heading, which nobody reads. Give "
	    "it "
	    "one, or take it out.");
}

/* "12, 15 to 19" of rows that are hidden and hold data. */
static void
put_hidden(struct row_state *st)
{
	if (st->hidden_from == 0)
		return;
	buf_printf(&st->hidden, "%s%u", st->hidden.n > 0 ? ", " : "", st->hidden_from);
	if (st->hidden_to > st->hidden_from)
		buf_printf(&st->hidden, " to %u", st->hidden_to);
	st->hidden_from = 0;
}

static void
note_hidden(struct row_state *st, const struct sheet_row *row)
{
	for (uint32_t i = 0; i < row->n; i++)
		if (!row->cells[i].hidden)
			return;
	if (st->n_hidden++ == 0)
		st->hidden_src = bind_cell_src(st->r->b, row->first);
	if (st->hidden_from != 0 && st->hidden_to + 1 == row->first->row) {
		st->hidden_to++;
		return;
	}
	put_hidden(st);
	st->hidden_from = st->hidden_to = row->first->row;
}

static void
tell_hidden(struct row_state *st)
{
	struct sheet_rows *r = st->r;

	put_hidden(st);
	if (st->n_hidden > 0)
		bind_fault(r->b, FAULT_HIDDEN, table_place(r), NULL, st->hidden_src, TEXT_NONE,
		    "%s %.*s of the sheet \"%.*s\" %s hidden, and what stands there is read "
		    "and "
		    "counted. Show %s, and see that it is right.",
		    st->n_hidden == 1 ? "Row" : "Rows", TEXT_ARG(buf_as_text(&st->hidden)),
		    QUOTED(r->view->sheet->name), st->n_hidden == 1 ? "is" : "are",
		    st->n_hidden == 1 ? "it" : "them");
	buf_free(&st->hidden);
	for (uint32_t i = r->left; i <= r->right && i > 0; i++)
		if (r->columns[i].hidden && r->columns[i].target != NULL &&
		    r->columns[i].target->role != TARGET_SKIP)
			bind_fault(r->b, FAULT_HIDDEN, table_place(r), NULL, r->columns[i].src,
			    r->columns[i].heading,
			    "The column \"%.*s\" is hidden, and what stands in it is read and "
			    "counted. Show it, and see that it is right.",
			    QUOTED(r->columns[i].heading));
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
			(void)list_of(b, owner, table->layout.list, record->src);
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
		bind_fault(r->b, FAULT_MISSING, table_place(r), NULL,
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
		bind_fault(r->b, FAULT_DANGLING, table_place(r), NULL,
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
add_sums(struct row_state *st, const struct record *record)
{
	const struct sheet_table *table = st->r->table;

	for (uint32_t i = 0; i < table->n_adds; i++) {
		const struct value *value = &record->values[table->adds[i]->index];

		if (value->state == VALUE_SET)
			st->unsure[i] |= !money_add(st->sums[i], value->u.n, &st->sums[i]);
		else if (value->state == VALUE_FAULTED)
			st->unsure[i] = true;
	}
}

static void
too_many(struct row_state *st, const struct sheet_row *row)
{
	st->full = true;
	bind_fault(st->r->b, FAULT_TOO_MANY_ROWS, table_place(st->r), NULL,
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
	struct value *item;
	struct list *list;

	if (r->table->parent != NULL) {
		if ((owner = parent_of(st, row)) == NULL)
			return;
		owner = bind_reach(b, owner, &r->table->list, src);
	}
	if (owner == NULL || (list = list_of(b, owner, field, src)) == NULL)
		return;
	if ((record = bind_record(b, field->sub, owner, field, list->n, src)) == NULL) {
		too_many(st, row);
		return;
	}
	item = push(b, list);
	*item = (struct value){
		.state = VALUE_SET, .kind = KIND_RECORD, .src = src, .u.rec = record
	};
	for (uint32_t i = 0; i < row->n; i++) {
		const struct sheet_column *c = column_of(r, &row->cells[i]);

		if (c->target == NULL)
			tell_no_heading(r, found, &row->cells[i]);
		else if (c->target->role == TARGET_FIELD)
			bind_cell(b, record, c->target, &row->cells[i], c->scale);
	}
	set_constants(st, record);
	bind_required(b, record, st->excused);
	bind_require_inner(b, record);
	add_sums(st, record);
}

static bool
same_key(const struct value *a, const struct value *b)
{
	if (a->kind == KIND_REF && b->kind == KIND_REF) /* both are still their texts */
		return text_equal(
		    (struct text){ a->u.s, a->len }, (struct text){ b->u.s, b->len });
	return value_same(a, b);
}

/* A key that the map has already: its number, or -1. */
static int32_t
key_of(const struct list *map, const struct value *key)
{
	for (uint32_t i = 0; i < map->n; i++)
		if (same_key(&map->keys[i], key))
			return (int32_t)i;
	return -1;
}

static void
tell_twice(struct bind *b, struct place at, const struct field *field, const struct cell *key)
{
	bind_fault(b, FAULT_DUPLICATE_KEY, at, field, bind_cell_src(b, key),
	    bind_cell_text(b, key),
	    "\"%.*s\" is there twice. Keep one of them: only the first was read.",
	    QUOTED(trimmed(key->text)));
}

static void
add_item(struct row_state *st, const struct csv_target *target, const struct cell *key,
    const struct cell *cell)
{
	struct bind *b = st->r->b;
	const struct field *field = target->path[target->depth - 1];
	struct record *owner = bind_reach(b, b->budget->root, target, bind_cell_src(b, cell));
	struct list *map =
	    owner != NULL ? list_of(b, owner, field, bind_cell_src(b, cell)) : NULL;
	uint32_t waiting = b->n_pending;
	struct place at = { owner, field->index, -1 };
	int32_t same;

	if (map == NULL || map->n == map_room(b))
		return;
	bind_cell_scalar(b, at, field, field->keys, key, 0, 0, &map->keys[map->n]);
	if (map->keys[map->n].state != VALUE_SET)
		return;
	if ((same = key_of(map, &map->keys[map->n])) >= 0) {
		b->n_pending = waiting; /* the key is not kept */
		at.item = same;
		tell_twice(b, at, field, key);
		return;
	}
	at.item = (int32_t)map->n++;
	bind_cell_scalar(b, at, field, field->of, cell, 0, 0, &map->items[at.item]);
}

static void
add_items(struct row_state *st, const struct sheet_row *row)
{
	const struct cell *key = NULL;

	for (uint32_t i = 0; i < row->n; i++) {
		const struct csv_target *target = column_of(st->r, &row->cells[i])->target;

		if (target != NULL && target->role == TARGET_KEY &&
		    trimmed(row->cells[i].text).n > 0)
			key = &row->cells[i];
	}
	if (key == NULL) {
		bind_fault(st->r->b, FAULT_MISSING, table_place(st->r), NULL,
		    bind_cell_src(st->r->b, row->first), TEXT_NONE,
		    "This row of the sheet \"%.*s\" does not say what it is about, and was not "
		    "read. Fill in its first column.",
		    QUOTED(st->r->view->sheet->name));
		return;
	}
	for (uint32_t i = 0; i < row->n; i++) {
		const struct csv_target *target = column_of(st->r, &row->cells[i])->target;

		if (target != NULL && target->role == TARGET_MAP &&
		    trimmed(row->cells[i].text).n > 0)
			add_item(st, target, key, &row->cells[i]);
	}
}

/* The totals row, held against the sum of the rows above it. */
static void
check_total(struct row_state *st, const struct cell *cell, const struct field *field,
    uint32_t number, int64_t scale)
{
	struct bind *b = st->r->b;
	struct place at = table_place(st->r);
	struct value total = { 0 }, sum = { 0 };
	struct buf says = { 0 }, is = { 0 };

	at.item = -1;
	bind_cell_scalar(b, at, field, field->kind, cell, 0, scale, &total);
	sum = total;
	sum.u.n = st->sums[number];
	if (total.state != VALUE_SET || st->unsure[number] || total.u.n == sum.u.n)
		return;
	value_format_pretty(&says, field, total);
	value_format_pretty(&is, field, sum);
	bind_fault(b, FAULT_WRONG_TOTAL, at, NULL, bind_cell_src(b, cell),
	    bind_cell_text(b, cell),
	    "The totals row says %.*s, and the rows above it add up to %.*s. Correct the row "
	    "that "
	    "is wrong, or the total.",
	    TEXT_ARG(buf_as_text(&says)), TEXT_ARG(buf_as_text(&is)));
	buf_free(&says);
	buf_free(&is);
}

static void
check_totals(struct row_state *st, const struct sheet_row *row)
{
	const struct sheet_table *table = st->r->table;

	for (uint32_t i = 0; i < row->n; i++) {
		const struct sheet_column *c = column_of(st->r, &row->cells[i]);

		for (uint32_t k = 0; k < table->n_adds; k++)
			if (c->target != NULL && c->target->role == TARGET_FIELD &&
			    c->target->path[0] == table->adds[k] &&
			    trimmed(row->cells[i].text).n > 0)
				check_total(st, &row->cells[i], table->adds[k], k, c->scale);
	}
}

/* A row of the sheet, whatever it is. */
static void
take_row(struct row_state *st, const struct sheet_found *found, struct sheet_row *row)
{
	const struct sheet_table *table = st->r->table;

	look_at_row(row);
	if (row->filled == 0 || (row->same == row->known && row->same > 1) || is_note(row))
		return;
	if (row->words != NULL && is_totals(&table->layout, trimmed(row->words->text))) {
		check_totals(st, row);
		return;
	}
	if (row->entered == 0) {
		for (uint32_t i = 0; i < row->n; i++)
			if (row->known == 0)
				tell_no_heading(st->r, found, &row->cells[i]);
		return;
	}
	note_hidden(st, row);
	if (table->layout.list != NULL)
		add_record(st, found, row);
	else
		add_items(st, row);
}

/* Where a field of a row that is left out belongs. */
static void
keep_table(struct bind *b, const struct sheet_rows *r)
{
	struct budget *budget = b->budget;
	struct filled_table *t;

	budget->tables = bind_grow(b->arena, budget->tables, budget->n_tables, &b->cap_tables,
	    sizeof(*budget->tables));
	t = &budget->tables[budget->n_tables++];
	*t = (struct filled_table){
		.sheet = r->view->number, .first_row = r->last + 1, .last_row = r->end - 1
	};
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

	st->sums = arena_calloc(b->arena, table->n_adds + 1, sizeof(*st->sums));
	st->unsure = arena_calloc(b->arena, table->n_adds + 1, sizeof(*st->unsure));
	if (table->layout.list == NULL)
		return;
	st->excused = missing_columns(r);
	if (table->parent != NULL) {
		index_parents(st);
		return;
	}
	st->owner = bind_reach(b, b->budget->root, &table->list, src);
	if (st->owner != NULL)
		(void)list_of(b, st->owner, table->layout.list, src);
}

void
bind_sheet_table(struct sheets *s, struct sheet_found *found, struct sheet_rows *r)
{
	struct row_state st = { .s = s, .r = r };
	const struct sheet_view *v = r->view;

	if (r->first == 0) {
		if (!r->table->optional)
			tell_no_headings(r);
		return;
	}
	keep_table(r->b, r);
	check_columns(found, r);
	prepare(&st);
	for (uint32_t at = sheet_row_at(v, r->last + 1); at < v->n_rows && !st.full; at++) {
		struct sheet_row row = { .r = r,
			.cells = v->cells + v->rows[at],
			.n = v->rows[at + 1] - v->rows[at] };

		if (row.cells[0].row >= r->end)
			break;
		take_row(&st, found, &row);
	}
	check_units(r);
	tell_hidden(&st);
}
