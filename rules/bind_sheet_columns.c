/* The columns of a table on a sheet: what is missing, unknown, there twice or in other units. */
#include <string.h>

#include "rules/bind_sheet.h"

struct sheet_column *
sheet_column_of(const struct sheet_rows *r, const struct cell *cell)
{
	return cell->column <= r->view->sheet->columns && cell->column <= SHEET_COLUMNS
	    ? &r->columns[cell->column]
	    : &r->columns[0];
}

/* The place that is spoken of where a table as a whole is meant. */
struct place
sheet_table_place(const struct sheet_rows *r)
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
void
sheet_tell_no_headings(struct sheet_rows *r)
{
	struct bind *b = r->b;
	uint32_t src = bind_spot(b, r->view->number, 0, 0);
	struct buf needs = { 0 };

	put_needs(&needs, r);
	bind_fault(b, FAULT_MISSING_COLUMN, sheet_table_place(r), NULL, src, TEXT_NONE,
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
	bind_fault(b, FAULT_MISSING_COLUMN, sheet_table_place(r), NULL, src, TEXT_NONE,
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
bool *
sheet_missing_columns(struct sheet_rows *r)
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

/* From a column on, in a direction, the last whose heading follows those of the table without a gap. */
static uint32_t
last_headed(
    const struct sheet_found *found, const struct sheet_rows *r, uint32_t from, int step)
{
	uint32_t i = from, last = r->view->sheet->columns;

	last = last < SHEET_COLUMNS ? last : SHEET_COLUMNS;
	for (;;) {
		uint32_t next = step > 0 ? i + 1 : i - 1;

		if (next == 0 || next > last || r->columns[next].heading.n == 0 ||
		    others_column(found, r, next))
			return i;
		i = next;
	}
}

/* Headings that mean nothing, or the same as another one. */
void
sheet_check_columns(const struct sheet_found *found, struct sheet_rows *r)
{
	struct bind *b = r->b;
	struct place at = sheet_table_place(r);
	uint32_t left = r->left, right = r->right;

	if (left > 0) {
		left = last_headed(found, r, left, -1);
		right = last_headed(found, r, right, 1);
	}
	for (uint32_t i = left; i <= right && i > 0; i++) {
		struct sheet_column *c = &r->columns[i];
		uint32_t k = left;
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
void
sheet_check_scale(struct sheet_rows *r, const struct field *of, int64_t scale,
    struct text heading, uint32_t src)
{
	struct bind *b = r->b;
	const struct value *units = budget_get(b->budget, b->form->units);
	const struct field *field = form_path(b->form, b->form->units);

	if (units == NULL || units->state != VALUE_SET || of == NULL || scale == 0 ||
	    scale == b->scale || field_item_kind(of) != KIND_MONEY || of->no_units)
		return;
	bind_fault(b, FAULT_NOT_LISTED, sheet_table_place(r), field, src, heading,
	    "The heading \"%.*s\" and the units of the workbook disagree. Say the same in "
	    "both.",
	    QUOTED(heading));
}

void
sheet_check_units(struct sheet_rows *r)
{
	for (uint32_t i = r->left; i <= r->right && i > 0; i++) {
		const struct sheet_column *c = &r->columns[i];

		if (c->target != NULL && c->target->depth > 0)
			sheet_check_scale(r, c->target->path[c->target->depth - 1], c->scale,
			    c->heading, c->src);
	}
}

/* A cell in a column that no heading names: told of once a column. */
void
sheet_tell_no_heading(
    struct sheet_rows *r, const struct sheet_found *found, const struct cell *cell)
{
	struct sheet_column *c = sheet_column_of(r, cell);

	if (c->told || c->heading.n > 0 || cell->column < r->left || cell->column > r->right ||
	    trimmed(cell->text).n == 0 || others_column(found, r, cell->column))
		return;
	c->told = true;
	bind_fault(r->b, FAULT_UNKNOWN_COLUMN, sheet_table_place(r), NULL,
	    bind_cell_src(r->b, cell), cell->text,
	    "There is something here in a column without a heading, which nobody reads. Give "
	    "it "
	    "one, or take it out.");
}
