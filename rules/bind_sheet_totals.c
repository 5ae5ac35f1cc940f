/*
 * The totals rows of a table, held against its rows.
 *
 * A total may be that of the rows since the last one, of several such blocks, or of all rows so far.  Where each
 * block began is remembered, and the latest beginning from which the rows add up is taken; where no rows are
 * between two totals, the second is of more than the first.  What adds up from nowhere is told.
 *
 * A sum that a program worked out passes over an amount typed as text.  That is one mistake, told at the amount:
 * the totals that leave it out are not told as well, and a total stated elsewhere on the sheet waits for it.
 */
#include <string.h>

#include "rules/bind_sheet.h"

#define MOST_BLOCKS 32 /* beyond them the last ones count as one */

/* What the rows down to some place add up to. */
struct so_far {
	int64_t sum, typed; /* typed: of those that are texts */
	uint32_t unsure;    /* rows that could not be added */
	uint32_t rows;
	uint32_t at; /* the row of the total that ends here; 0: the beginning */
};
struct column_total {
	const struct field *field;
	struct so_far now, begins[MOST_BLOCKS];
	uint32_t n_begins; /* at least 1 */
	uint32_t covered;  /* where the last total's block began */
	bool goes_on;      /* totals are of all rows so far */
};
struct sheet_totals {
	struct column_total *columns; /* of table->adds */
	uint32_t n;
};

struct sheet_totals *
sheet_totals_new(const struct sheet_rows *r)
{
	struct sheet_totals *totals = arena_calloc(r->b->arena, 1, sizeof(*totals));

	totals->n = r->table->n_adds;
	totals->columns = arena_calloc(r->b->arena, totals->n + 1, sizeof(*totals->columns));
	for (uint32_t i = 0; i < totals->n; i++) {
		totals->columns[i].field = r->table->adds[i];
		totals->columns[i].n_begins = 1;
	}
	return totals;
}

/* Typed as text where it could have been a number; of a CSV file everything is. */
static bool
is_typed(const struct document *doc, const struct value *value)
{
	return doc->format != DOC_CSV && value->src > 0 && value->src <= doc->n_cells &&
	    doc->cells[value->src - 1].type == CELL_TEXT;
}

void
sheet_totals_add(
    struct sheet_totals *totals, const struct document *doc, const struct record *record)
{
	for (uint32_t i = 0; i < totals->n; i++) {
		struct so_far *now = &totals->columns[i].now;
		const struct value *value = &record->values[totals->columns[i].field->index];

		now->rows++;
		if (value->state == VALUE_SET) {
			if (!money_add(now->sum, value->u.n, &now->sum) ||
			    (is_typed(doc, value) &&
				!money_add(now->typed, value->u.n, &now->typed)))
				now->unsure++;
		} else if (value->state == VALUE_FAULTED)
			now->unsure++;
	}
}

/* What the rows from a beginning on add up to; those that are not known are no sum. */
static struct so_far
from(const struct column_total *c, uint32_t begin)
{
	const struct so_far *b = &c->begins[begin];

	return (struct so_far){ .sum = c->now.sum - b->sum,
		.typed = c->now.typed - b->typed,
		.unsure = c->now.unsure - b->unsure,
		.at = b->at };
}

static bool
is_sum(struct so_far rows, int64_t total)
{
	return rows.unsure == 0 && (total == rows.sum || total == rows.sum - rows.typed);
}

/* The beginning from which a total is most likely meant, and that from which it is right: -1 none. */
static int32_t
find_block(const struct column_total *c, int64_t total, uint32_t *likely)
{
	uint32_t last = c->n_begins - 1;
	bool more = c->now.rows > c->begins[last].rows;

	if (!more)
		last = c->covered > 0 ? c->covered - 1 : 0;
	*likely = more && !c->goes_on ? last : 0;
	for (uint32_t i = last + 1; i-- > 0;)
		if (is_sum(from(c, i), total))
			return (int32_t)i;
	return -1;
}

/* The next block begins below this total, which was one of the rows from a beginning on. */
static void
begin_block(struct column_total *c, uint32_t of, uint32_t row)
{
	c->goes_on =
	    of == 0 && c->n_begins > 1 && c->now.rows > c->begins[c->n_begins - 1].rows;
	c->covered = of;
	c->n_begins = of + 1 < MOST_BLOCKS ? of + 2 : MOST_BLOCKS;
	c->begins[c->n_begins - 1] = c->now;
	c->begins[c->n_begins - 1].at = row;
}

static void
put_rows(struct buf *buf, const struct column_total *c, uint32_t begin)
{
	if (c->begins[begin].at > 0)
		buf_printf(buf, "the rows since the total in row %u", c->begins[begin].at);
	else
		buf_str(buf, c->n_begins > 1 ? "all rows above it" : "the rows above it");
}

static void
tell_wrong(struct sheet_rows *r, const struct column_total *c, uint32_t begin,
    const struct cell *cell, struct value total)
{
	struct bind *b = r->b;
	struct buf says = { 0 }, is = { 0 }, rows = { 0 };
	struct value sum = total;

	sum.u.n = from(c, begin).sum;
	value_format_pretty(&says, c->field, total);
	value_format_pretty(&is, c->field, sum);
	put_rows(&rows, c, begin);
	bind_fault(b, FAULT_WRONG_TOTAL, sheet_table_place(r), NULL, bind_cell_src(b, cell),
	    buf_as_text(&says), "The totals row says %.*s, and %.*s add up to %.*s.",
	    TEXT_ARG(buf_as_text(&says)), TEXT_ARG(buf_as_text(&rows)),
	    TEXT_ARG(buf_as_text(&is)));
	if (!b->faults_full)
		b->budget->faults[b->budget->n_faults - 1].expected =
		    (struct text){ arena_strndup(b->arena, is.p, is.n), is.n };
	buf_free(&says);
	buf_free(&is);
	buf_free(&rows);
}

static void
check_total(
    struct sheet_rows *r, struct column_total *c, const struct cell *cell, int64_t scale)
{
	struct place at = sheet_table_place(r);
	struct value total = { 0 };
	uint32_t likely = 0;
	int32_t begin = -1;

	at.item = -1;
	bind_cell_scalar(r->b, at, c->field, c->field->kind, cell, 0, scale, &total);
	begin = find_block(c, total.u.n, &likely);
	if (total.state == VALUE_SET && begin < 0 && from(c, likely).unsure == 0)
		tell_wrong(r, c, likely, cell, total);
	begin_block(
	    c, total.state == VALUE_SET && begin >= 0 ? (uint32_t)begin : likely, cell->row);
}

void
sheet_totals_check(struct sheet_totals *totals, const struct sheet_row *row)
{
	for (uint32_t i = 0; i < row->n; i++) {
		const struct sheet_column *c = sheet_column_of(row->r, &row->cells[i]);

		for (uint32_t k = 0; k < totals->n; k++)
			if (c->target != NULL && c->target->role == TARGET_FIELD &&
			    c->target->path[0] == totals->columns[k].field &&
			    trimmed(row->cells[i].text).n > 0)
				check_total(
				    row->r, &totals->columns[k], &row->cells[i], c->scale);
	}
}

static bool
passes_over(const struct sheet_totals *totals, const struct field *field, int64_t stated)
{
	for (uint32_t i = 0; totals != NULL && i < totals->n; i++) {
		const struct column_total *c = &totals->columns[i];

		if (c->field->kind == field->kind && c->now.unsure == 0 && c->now.typed != 0 &&
		    stated == c->now.sum - c->now.typed)
			return true;
	}
	return false;
}

void
sheet_totals_stated(struct bind *b, const struct sheet_found *found)
{
	for (uint32_t i = 0; i < found->block->n_values; i++) {
		const struct csv_target *target = &found->block->values[i].target;
		const struct field *field = target->path[target->depth - 1];
		struct record *record = bind_reached(b->budget->root, target);
		struct value *value = record != NULL ? &record->values[field->index] : NULL;

		if (value == NULL || value->state != VALUE_SET ||
		    found->places[i].cell == NULL /* a constant */ ||
		    found->places[i].cell->type != CELL_NUMBER)
			continue;
		for (uint32_t k = 0; k < found->block->n_tables; k++)
			if (value->state == VALUE_SET &&
			    passes_over(found->tables[k].totals, field, value->u.n)) {
				value->state = VALUE_FAULTED;
				bind_hangs(b, place_of(record, field), FAULT_NUMBER_AS_TEXT);
			}
	}
}
