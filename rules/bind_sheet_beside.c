/*
 * Where the tables of a sheet stand to each other.
 *
 * Tables stand one below the other, and a table then ends where the headings of the next are; or side by side,
 * their headings in one row or not, and then neither ends the other.  Two tables may have a heading in common,
 * such as the partner: a stretch of headings without a gap belongs to the table that knows most of it.
 */
#include "rules/bind_sheet.h"

static bool
is_whole(const struct sheet_rows *r)
{
	return r->first > 0 && r->found == r->wanted;
}

static bool
share_rows(const struct sheet_rows *a, const struct sheet_rows *b)
{
	return a->first > 0 && b->first > 0 && a->first <= b->last && a->last >= b->first;
}

static bool
share_columns(const struct sheet_rows *a, const struct sheet_rows *b)
{
	return a->left <= b->right && b->left <= a->right;
}

/* "Quarter" in the corner of a table with quarters across is no heading of quarters below it. */
static bool
lies_across(const struct sheet_rows *r, const struct sheet_rows *other)
{
	return r->table->across != NULL && other->table->across == NULL &&
	    r->table->layout.list == other->table->layout.list;
}

/* Quarters across under no title, of a form that has such tables, are not some of an upright one's either. */
static bool
are_keys(const struct sheet_found *found, const struct sheet_rows *r)
{
	for (uint32_t i = 0; i < found->block->n_tables; i++)
		if (r->first > 0 && r->found < r->wanted && lies_across(&found->tables[i], r))
			return sheet_across_keys(found, r->first);
	return false;
}

/* Headings that another table has whole are not some of this one's. */
static void
drop_strays(struct sheet_found *found)
{
	for (uint32_t i = 0; i < found->block->n_tables; i++)
		if (are_keys(found, &found->tables[i]))
			found->tables[i].first = found->tables[i].last = 0;
	for (uint32_t i = 0; i < found->block->n_tables; i++)
		for (uint32_t k = 0; k < found->block->n_tables; k++) {
			struct sheet_rows *some = &found->tables[i];
			const struct sheet_rows *whole = &found->tables[k];

			if ((some->found < some->wanted || lies_across(whole, some)) &&
			    is_whole(whole) && share_rows(some, whole))
				some->first = some->last = 0;
		}
}

/* Whether each column that the second has is the same in the first. */
static bool
has_all_of(const struct sheet_rows *r, const struct sheet_rows *other)
{
	for (uint32_t i = other->left; i <= other->right; i++)
		if (other->columns[i].target != NULL &&
		    other->columns[i].target != r->columns[i].target)
			return false;
	return true;
}

/*
 * A table beside ours whose headings stand a row higher, and which shares one with it, makes ours seem to begin
 * there: it begins where its own do, when that loses nothing.
 */
static void
begin_below(struct sheet_rows *r, const struct sheet_rows *other)
{
	struct sheet_rows again = { .b = r->b, .table = r->table, .view = r->view };

	if (r == other || !is_whole(r) || !is_whole(other) || !share_rows(r, other) ||
	    other->last >= r->last)
		return;
	sheet_headings(&again, other->last + 1);
	if (is_whole(&again) && again.first <= r->last && has_all_of(r, &again))
		*r = again;
}

static uint32_t
known(const struct sheet_rows *r, uint32_t from, uint32_t to)
{
	uint32_t n = 0;

	for (uint32_t i = from; i <= to; i++)
		n += r->columns[i].target != NULL;
	return n;
}

static void
forget(struct sheet_rows *r, uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i <= to; i++)
		r->columns[i].target = NULL;
	sheet_outermost(r);
}

/* The last column of a stretch of headings that begins in one. */
static uint32_t
stretch_end(const struct sheet_rows *r, uint32_t from, uint32_t last)
{
	while (from < last && r->columns[from + 1].heading.n > 0)
		from++;
	return from;
}

/* Of two tables in the same rows, each stretch is that table's which knows more of it. */
static void
part(struct sheet_rows *a, struct sheet_rows *b)
{
	uint32_t last = a->right > b->right ? a->right : b->right, to;

	for (uint32_t from = a->left < b->left ? a->left : b->left; from <= last;
	     from = to + 1) {
		uint32_t of_a, of_b;

		to = stretch_end(a, from, last);
		of_a = known(a, from, to);
		of_b = known(b, from, to);
		if (of_a > of_b && of_b > 0 && known(b, b->left, b->right) > of_b)
			forget(b, from, to);
		else if (of_b > of_a && of_a > 0 && known(a, a->left, a->right) > of_a)
			forget(a, from, to);
	}
}

/* Columns with a heading that nobody knows are the table's all the same, where they follow without a gap. */
static void
find_reach(struct sheet_rows *r)
{
	uint32_t last = r->view->sheet->columns;

	if (r->first == 0)
		return;
	last = last < SHEET_COLUMNS ? last : SHEET_COLUMNS;
	r->reach_left = r->left;
	while (r->reach_left > 1 && r->columns[r->reach_left - 1].heading.n > 0)
		r->reach_left--;
	r->reach_right = stretch_end(r, r->right, last);
}

static void
find_end(struct sheet_found *found, struct sheet_rows *r)
{
	r->end = UINT32_MAX;
	for (uint32_t i = 0; i < found->block->n_tables; i++) {
		const struct sheet_rows *next = &found->tables[i];
		uint32_t begins = next->title > r->last ? next->title : next->first;

		if (next->first > r->last && begins < r->end &&
		    (r->first == 0 || share_columns(r, next)))
			r->end = begins;
	}
}

/* The row from which a table is looked for: below those of the same list. */
static uint32_t
row_below(const struct sheet_found *found, uint32_t table)
{
	const struct sheet_table *tables = found->block->tables;
	uint32_t from = 1;

	if (tables[table].across != NULL && tables[table].n_under > 0)
		return from; /* each has its title */
	for (uint32_t i = 0; i < table; i++)
		if (found->tables[i].first > 0 && tables[i].across == tables[table].across &&
		    tables[i].layout.list == tables[table].layout.list &&
		    tables[i].key == tables[table].key)
			from = found->tables[i].last + 1;
	return from;
}

void
sheet_find_tables(struct bind *b, struct sheet_found *found)
{
	uint32_t n = found->block->n_tables;

	found->tables = arena_calloc(b->arena, n, sizeof(*found->tables));
	for (uint32_t i = 0; i < n; i++) {
		struct sheet_rows *rows = &found->tables[i];

		rows->b = b;
		rows->table = &found->block->tables[i];
		rows->view = &found->view;
	}
	for (uint32_t i = 0; i < n; i++)
		if (found->tables[i].table->across != NULL)
			sheet_across_headings(found, &found->tables[i], row_below(found, i));
		else
			sheet_headings(&found->tables[i], row_below(found, i));
	sheet_across_part(b, found);
	drop_strays(found);
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t k = 0; k < n; k++)
			begin_below(&found->tables[i], &found->tables[k]);
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t k = 0; k < i; k++)
			if (is_whole(&found->tables[i]) && is_whole(&found->tables[k]) &&
			    share_rows(&found->tables[i], &found->tables[k]))
				part(&found->tables[k], &found->tables[i]);
	for (uint32_t i = 0; i < n; i++)
		find_end(found, &found->tables[i]);
	for (uint32_t i = 0; i < n; i++)
		sheet_across_end(found, &found->tables[i]);
	for (uint32_t i = 0; i < n; i++)
		find_reach(&found->tables[i]);
}

static bool
is_of_any(const struct sheet_found *found, uint32_t row, uint32_t column)
{
	for (uint32_t i = 0; i < found->block->n_tables; i++) {
		const struct sheet_rows *r = &found->tables[i];

		if (r->first > 0 && row >= r->first && row < r->end &&
		    column >= r->reach_left && column <= r->reach_right)
			return true;
	}
	return false;
}

/* The first of two cells or more of a row that stand in columns of a table and are read by none: NULL. */
static const struct cell *
unread_row(const struct sheet_found *found, const struct sheet_rows *r, uint32_t at)
{
	const struct sheet_view *v = r->view;
	const struct cell *first = NULL;
	uint32_t n = 0;

	for (uint32_t i = v->rows[at]; i < v->rows[at + 1]; i++) {
		const struct csv_target *target = sheet_column_of(r, &v->cells[i])->target;

		if (target == NULL || target->role == TARGET_SKIP ||
		    trimmed(v->cells[i].text).n == 0 ||
		    is_of_any(found, v->cells[i].row, v->cells[i].column))
			continue;
		if (n++ == 0)
			first = &v->cells[i];
	}
	return n > 1 ? first : NULL;
}

/* Whether a table that is read ends it, and not a title or keys, which are told of themselves. */
static bool
ends_at_table(const struct sheet_found *found, const struct sheet_rows *r)
{
	for (uint32_t i = 0; r->table->across != NULL && i < found->block->n_tables; i++)
		if (found->tables[i].lost)
			return false;
	for (uint32_t i = 0; i < found->block->n_tables; i++)
		if (found->tables[i].first > 0 &&
		    (found->tables[i].first == r->end || found->tables[i].title == r->end))
			return true;
	return false;
}

void
sheet_tell_beside(struct bind *b, const struct sheet_found *found)
{
	for (uint32_t i = 0; i < found->block->n_tables; i++) {
		const struct sheet_rows *r = &found->tables[i];
		const struct cell *cell = NULL;

		if (r->first == 0 || r->end == UINT32_MAX || !ends_at_table(found, r))
			continue;
		for (uint32_t at = sheet_row_at(r->view, r->end);
		     at < r->view->n_rows && cell == NULL; at++)
			cell = unread_row(found, r, at);
		if (cell != NULL)
			bind_fault(b, FAULT_UNKNOWN_COLUMN, sheet_table_place(r), NULL,
			    bind_cell_src(b, cell), cell->text,
			    "This row is not read: the table above it ends where the next one "
			    "has its headings in row %u. Move it up into its table, or that "
			    "one to the side.",
			    r->end);
	}
}
