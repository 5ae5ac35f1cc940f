/*
 * The headings of tables that lie on their side: quarters or years across the top, in the row of a title or below it.
 *
 * A row of keys is that of the last title above it.  A table ends where another title stands, or other keys: rows
 * below those would otherwise pass for more of the same table.  Those that nobody reads are told of.
 */
#include "rules/bind_sheet.h"

#define BELOW_TITLE 5 /* rows with something in them, within which headings follow a title */

const struct csv_target sheet_across_heads = { .role = TARGET_KEY };

/* "Q1 2015/16", or "Q1" of the return's own year; "2015-16". */
bool
sheet_across_key(const struct sheet_rows *r, const struct cell *cell, int64_t *key)
{
	struct text t = bind_cell_text(r->b, cell);
	quarter q;
	fyear year;

	if (r->table->across->kind == KIND_YEAR) {
		if (!year_read(t, &year))
			return false;
		*key = year;
		return true;
	}
	if (t.n == 2 && (t.p[0] == 'Q' || t.p[0] == 'q') && t.p[1] >= '1' && t.p[1] <= '4' &&
	    r->b->year != 0)
		q = 4 * r->b->year + (t.p[1] - '1');
	else if (!quarter_read(t, &q))
		return false;
	*key = q;
	return true;
}

static uint32_t
count_keys(const struct sheet_rows *r, uint32_t at)
{
	const struct sheet_view *v = r->view;
	uint32_t n = 0;
	int64_t key;

	for (uint32_t i = v->rows[at]; i < v->rows[at + 1]; i++)
		n += v->cells[i].column <= SHEET_COLUMNS && v->cells[i].type == CELL_TEXT &&
		    v->cells[i].text.n < HEADING_BYTES &&
		    sheet_across_key(r, &v->cells[i], &key);
	return n;
}

static bool
is_key_kind(enum kind kind)
{
	return kind == KIND_QUARTER || kind == KIND_YEAR || kind == KIND_TEXT;
}

/* The cell that says which field of a table on its side a row is; NULL: none does. */
static const struct cell *
label_in(const struct sheet_found *found, uint32_t at, const struct field **field)
{
	const struct sheet_view *v = &found->view;

	for (uint32_t i = v->rows[at]; i < v->rows[at + 1] && i < v->n_normal; i++)
		for (uint32_t k = 0; k < found->block->n_tables && v->normal[i].n > 0; k++) {
			const struct sheet_table *table = &found->block->tables[k];
			const struct csv_target *target = table->across != NULL
			    ? form_csv_target(&table->layout, v->normal[i], true)
			    : NULL;

			if (target == NULL || target->role != TARGET_FIELD ||
			    target->path[0] == table->across)
				continue;
			*field = target->path[target->depth - 1];
			return &v->cells[i];
		}
	return NULL;
}

/* Whether a row has two keys or more, and they are no values of a field. */
static bool
is_keys(const struct sheet_found *found, uint32_t at)
{
	const struct field *field = NULL;

	for (uint32_t i = 0; i < found->block->n_tables; i++)
		if (found->block->tables[i].across != NULL &&
		    count_keys(&found->tables[i], at) >= 2)
			return label_in(found, at, &field) == NULL || !is_key_kind(field->kind);
	return false;
}

/* The cell of a row that says what a table stands under; NULL: none does. */
static const struct cell *
title_in(const struct sheet_view *v, const struct sheet_table *table, uint32_t at)
{
	for (uint32_t i = v->rows[at]; i < v->rows[at + 1] && i < v->n_normal; i++)
		if (sheet_is_under(table, v->normal[i]))
			return &v->cells[i];
	return NULL;
}

/* The title of any of the tables; a row with numbers is one of somebody's sums. */
static const struct cell *
title_of_any(const struct sheet_found *found, uint32_t at, const struct sheet_rows **of)
{
	const struct sheet_view *v = &found->view;

	for (uint32_t i = v->rows[at]; i < v->rows[at + 1]; i++)
		if (v->cells[i].type == CELL_NUMBER)
			return NULL;
	for (uint32_t i = 0; i < found->block->n_tables; i++) {
		const struct sheet_table *table = &found->block->tables[i];
		const struct cell *title =
		    table->across != NULL ? title_in(v, table, at) : NULL;

		*of = &found->tables[i];
		if (title != NULL)
			return title;
	}
	return NULL;
}

/* The row of keys that is the title's in a row: their indices; view.n_rows: none is. */
static uint32_t
keys_below(const struct sheet_found *found, uint32_t at)
{
	const struct sheet_view *v = &found->view;
	const struct sheet_rows *of;

	for (uint32_t i = at; i < v->n_rows && i <= at + BELOW_TITLE; i++) {
		if (is_keys(found, i))
			return i;
		if (i > at && title_of_any(found, i, &of) != NULL)
			break;
	}
	return v->n_rows;
}

static void
note_scale(struct sheet_rows *r, const struct cell *cell)
{
	char out[HEADING_BYTES];
	int64_t scale = 0;

	heading_normalise(out, cell->text, &scale);
	if (scale > 1)
		r->scale = scale;
}

static void
fill_columns(struct sheet_rows *r, uint32_t at)
{
	const struct sheet_view *v = r->view;
	uint32_t n = v->sheet->columns < SHEET_COLUMNS ? v->sheet->columns : SHEET_COLUMNS;
	char out[HEADING_BYTES];
	int64_t key;

	r->columns = arena_calloc(r->b->arena, n + 1, sizeof(*r->columns));
	for (uint32_t i = v->rows[at]; i < v->rows[at + 1]; i++) {
		const struct cell *cell = &v->cells[i];
		struct sheet_column *c;

		if (cell->column > n)
			break;
		c = &r->columns[cell->column];
		c->heading = trimmed(cell->text);
		c->src = bind_cell_src(r->b, cell);
		c->hidden = cell->hidden;
		c->target = sheet_across_key(r, cell, &key)
		    ? &sheet_across_heads
		    : form_csv_target(
			  &r->table->layout, heading_normalise(out, cell->text, NULL), true);
		if (c->target == &sheet_across_heads ||
		    (c->target != NULL && c->target->role == TARGET_SKIP))
			continue;
		c->target = NULL; /* a label in the corner */
		note_scale(r, cell);
	}
	sheet_outermost(r);
	r->left -= r->left > 1;
}

void
sheet_across_headings(struct sheet_found *found, struct sheet_rows *r, uint32_t from)
{
	const struct sheet_view *v = r->view;
	bool titled = r->table->n_under > 0;
	uint32_t first = sheet_row_at(v, from);

	r->wanted = 2;
	for (uint32_t at = first; at < v->n_rows && at < first + SHEET_ROWS; at++) {
		const struct cell *title = titled ? title_in(v, r->table, at) : NULL;
		uint32_t keys = at;

		if (titled && title == NULL)
			continue;
		if (titled)
			keys = keys_below(found, at);
		if (keys == v->n_rows || count_keys(r, keys) < 2)
			continue;
		r->found = 2;
		r->title = v->cells[v->rows[at]].row;
		r->first = r->last = v->cells[v->rows[keys]].row;
		if (title != NULL)
			note_scale(r, title);
		fill_columns(r, keys);
		r->title_column =
		    title != NULL && title->column < r->left ? title->column : r->left;
		return;
	}
}

static uint32_t
first_key_src(const struct sheet_rows *r)
{
	uint32_t i = r->left;

	while (i < r->right && r->columns[i].target != &sheet_across_heads)
		i++;
	return r->columns[i].src;
}

void
sheet_across_part(struct bind *b, struct sheet_found *found)
{
	uint32_t n = found->block->n_tables;

	for (uint32_t i = 0; i < n; i++)
		for (uint32_t k = 0; k < i; k++) {
			struct sheet_rows *r = &found->tables[i], *other = &found->tables[k];

			if (r->table->across == NULL || other->table->across == NULL ||
			    r->first == 0 || r->first != other->first)
				continue;
			if (!r->lost && !other->lost)
				bind_fault(b, FAULT_AMBIGUOUS, sheet_table_place(r), NULL,
				    first_key_src(r), TEXT_NONE,
				    "These headings may be those of two titles, so that the "
				    "rows below them are not read. Give each title a row of "
				    "headings of its own.");
			r->lost = other->lost = true;
		}
	for (uint32_t i = 0; i < n; i++)
		if (found->tables[i].lost)
			found->tables[i].first = 0;
}

/* A row of a table whose columns are fields. */
static bool
in_upright(const struct sheet_found *found, uint32_t row)
{
	for (uint32_t i = 0; i < found->block->n_tables; i++) {
		const struct sheet_rows *r = &found->tables[i];

		if (r->table->across == NULL && r->first > 0 && row >= r->first && row < r->end)
			return true;
	}
	return false;
}

/* Whether a row is where a table on its side would begin. */
static bool
begins(const struct sheet_found *found, uint32_t at)
{
	const struct sheet_view *v = &found->view;
	const struct sheet_rows *of;

	return !in_upright(found, v->cells[v->rows[at]].row) &&
	    (title_of_any(found, at, &of) != NULL || is_keys(found, at));
}

static uint32_t
next_beginning(const struct sheet_found *found, uint32_t at)
{
	const struct sheet_view *v = &found->view;

	while (at < v->n_rows && at < SHEET_ROWS && !begins(found, at))
		at++;
	return at < SHEET_ROWS ? at : v->n_rows;
}

/* Whether what begins in a row stands in a table's own columns, and not beside it. */
static bool
is_below(const struct sheet_found *found, const struct sheet_rows *r, uint32_t at)
{
	const struct sheet_view *v = r->view;
	const struct sheet_rows *of;
	const struct cell *title = title_of_any(found, at, &of);
	int64_t key;

	if (title != NULL && title->column >= r->title_column && title->column <= r->right)
		return true;
	for (uint32_t i = v->rows[at]; i < v->rows[at + 1]; i++)
		if (v->cells[i].column >= r->left && v->cells[i].column <= r->right &&
		    v->cells[i].type == CELL_TEXT && sheet_across_key(r, &v->cells[i], &key))
			return true;
	return false;
}

void
sheet_across_end(const struct sheet_found *found, struct sheet_rows *r)
{
	const struct sheet_view *v = r->view;
	uint32_t at;

	if (r->table->across == NULL || r->first == 0)
		return;
	at = next_beginning(found, sheet_row_at(v, r->last + 1));
	while (at < v->n_rows && !is_below(found, r, at))
		at = next_beginning(found, at + 1);
	if (at < v->n_rows && v->cells[v->rows[at]].row < r->end)
		r->end = v->cells[v->rows[at]].row;
}

bool
sheet_across_keys(const struct sheet_found *found, uint32_t row)
{
	uint32_t at = sheet_row_at(&found->view, row);

	return at < found->view.n_rows && is_keys(found, at);
}

/* Whether rows that say which field they are, and something more, follow before another table begins. */
static bool
has_rows(const struct sheet_found *found, uint32_t from, uint32_t end)
{
	const struct sheet_view *v = &found->view;
	const struct field *field;

	for (uint32_t at = from; at < end; at++) {
		const struct cell *cell = label_in(found, at, &field);

		for (uint32_t i = v->rows[at]; cell != NULL && i < v->rows[at + 1]; i++)
			if (v->cells[i].column > cell->column &&
			    trimmed(v->cells[i].text).n > 0)
				return true;
	}
	return false;
}

static bool
is_headings(const struct sheet_found *found, uint32_t row)
{
	for (uint32_t i = 0; i < found->block->n_tables; i++) {
		const struct sheet_rows *r = &found->tables[i];

		if (r->table->across != NULL && (r->first > 0 || r->lost) && r->last == row)
			return true;
	}
	return false;
}

static void
tell_no_title(struct bind *b, struct sheet_rows *r, uint32_t at)
{
	const struct sheet_view *v = r->view;
	uint32_t i = v->rows[at];
	int64_t key;

	while (i + 1 < v->rows[at + 1] &&
	    (v->cells[i].type != CELL_TEXT || !sheet_across_key(r, &v->cells[i], &key)))
		i++;
	r->lost = true;
	bind_fault(b, FAULT_UNKNOWN_COLUMN, sheet_table_place(r), NULL,
	    bind_cell_src(b, &v->cells[i]), v->cells[i].text,
	    "These headings stand under no title that is known, or that is not taken already, "
	    "so "
	    "that the rows below them are not read. Give them the title that the template "
	    "has.");
}

/* A title, or keys, that are no table's. */
static void
tell_unread(struct bind *b, struct sheet_found *found, struct sheet_rows *across, uint32_t at,
    uint32_t next)
{
	const struct sheet_view *v = &found->view;
	const struct sheet_rows *of, *other;
	const struct cell *title;

	if (is_keys(found, at)) {
		if (!is_headings(found, v->cells[v->rows[at]].row) &&
		    has_rows(found, at + 1, next))
			tell_no_title(b, across, at);
		return;
	}
	title = title_of_any(found, at, &of);
	if (keys_below(found, at) < v->n_rows ||
	    (!has_rows(found, at + 1, next) &&
		(of->first > 0 || next == v->n_rows || is_keys(found, next) ||
		    title_of_any(found, next, &other) == NULL || other->first == 0)))
		return;
	found->tables[of - found->tables].lost = true;
	bind_fault(b, FAULT_UNKNOWN_COLUMN, sheet_table_place(of), NULL,
	    bind_cell_src(b, title), title->text,
	    "\"%.*s\" has no headings of its own right below it, so that nothing is read as "
	    "part "
	    "of it. Put the row of headings between the title and its rows.",
	    QUOTED(trimmed(title->text)));
}

/* Rows of a table on its side on a sheet that has no headings of any kind. */
static void
tell_no_keys(struct bind *b, const struct sheet_found *found, struct sheet_rows *across)
{
	uint32_t n = found->view.n_rows;

	for (uint32_t i = 0; i < found->block->n_tables; i++)
		if (found->tables[i].first > 0 || found->tables[i].lost)
			return;
	if (!has_rows(found, 0, n < SHEET_ROWS ? n : SHEET_ROWS))
		return;
	across->lost = true;
	bind_fault(b, FAULT_MISSING_COLUMN, sheet_table_place(across), NULL,
	    bind_spot(b, found->view.number, 0, 0), TEXT_NONE,
	    "No row of the sheet \"%.*s\" has the headings across the top of its rows, so that "
	    "these are not read. Put them there, as the template has them.",
	    QUOTED(found->view.sheet->name));
}

void
sheet_across_tell(struct bind *b, struct sheet_found *found)
{
	struct sheet_rows *across = NULL;
	uint32_t n = found->view.n_rows, next;

	for (uint32_t i = 0; i < found->block->n_tables && across == NULL; i++)
		if (found->block->tables[i].across != NULL)
			across = &found->tables[i];
	if (across == NULL)
		return;
	for (uint32_t at = next_beginning(found, 0); at < n; at = next) {
		next = next_beginning(found, at + 1);
		tell_unread(b, found, across, at, next);
	}
	tell_no_keys(b, found, across);
}
