/*
 * A sheet: rows of cells.
 *
 * Cells that say where they stand may come in any order and rows may be left out; what says nothing
 * follows the one before.  A cell that stands twice is refused: programs differ in which they take.
 */
#include <stdlib.h>
#include <string.h>

#include "rules/xlsx_reading.h"

#define MERGES_MOST 1000000
/* Cells share long texts, but whoever shows or judges them does not. */
#define SHOWN_MOST (UINT64_C(256) << 20)

bool
xlsx_reference(const char *p, uint32_t *row, uint32_t *column, const char **end)
{
	*row = *column = 0;
	for (; *p == '$'; p++)
		;
	for (; (*p >= 'A' && *p <= 'Z') || (*p >= 'a' && *p <= 'z'); p++)
		if ((*column = *column * 26 + (uint32_t)(*p & 0x1f)) > XLSX_COLUMNS)
			return false;
	for (; *p == '$'; p++)
		;
	for (; *p >= '0' && *p <= '9'; p++)
		if ((*row = *row * 10 + (uint32_t)(*p - '0')) > XLSX_ROWS)
			return false;
	*end = p;
	return true;
}

static void sheet_refuse(struct reading *, const char *, ...)
    __attribute__((format(printf, 2, 3)));

static void
sheet_refuse(struct reading *r, const char *format, ...)
{
	struct read_error e = { 0 };
	struct buf b = { 0 };
	va_list ap;

	va_start(ap, format);
	buf_vprintf(&b, format, ap);
	va_end(ap);
	read_error_set(&e, r->x->arena, &xlsx_bad, 0, 0, "The sheet %.*s %.*s",
	    TEXT_ARG(r->sheet->name), TEXT_ARG(buf_as_text(&b)));
	buf_free(&b);
	r->refused = true;
	xml_refuse(r->xml, &e);
}

static bool
is_true(const char *value)
{
	return value != NULL && (strcmp(value, "1") == 0 || strcmp(value, "true") == 0);
}

/* Digits alone; most + 1: something else, or more than that. */
static uint32_t
whole(const char *p, uint32_t most)
{
	uint32_t n = 0;

	if (*p == '\0')
		return most + 1;
	for (; *p >= '0' && *p <= '9' && n <= most; p++)
		n = n * 10 + (uint32_t)(*p - '0');
	return *p == '\0' && n <= most ? n : most + 1;
}

static void
start_row(struct reading *r, const char **attributes)
{
	uint32_t row = r->row + 1;

	r->row_hidden = r->row_said = false;
	for (; *attributes != NULL; attributes += 2)
		if (strcmp(attributes[0], "r") == 0) {
			row = whole(attributes[1], XLSX_ROWS);
			r->row_said = true;
		} else if (strcmp(attributes[0], "hidden") == 0)
			r->row_hidden = is_true(attributes[1]);
	r->column = 0;
	if (row == 0 || row > XLSX_ROWS) {
		sheet_refuse(r,
		    "has a row with an impossible number; a sheet has 1,048,576 rows at most.");
		return;
	}
	r->row = row;
	xml_show(r->xml, xlsx_known_cells);
}

static bool
column_hidden(const struct reading *r, uint32_t column)
{
	return (r->hidden[(column - 1) / 64] >> (column - 1) % 64 & 1) != 0;
}

void
xlsx_begin_cell(
    struct reading *r, uint32_t row, uint32_t column, uint32_t style, xlsx_take *take)
{
	struct xlsx *x = r->x;

	r->row = row;
	r->column = column;
	r->shows = style < x->n_shows ? (enum xlsx_shows)x->shows[style] : SHOWS_NUMBER;
	r->take = take;
	r->formula = false;
	r->cell = (struct cell){ .row = row,
		.column = column,
		.hidden = r->row_hidden || (r->some_hidden && column_hidden(r, column)) };
}

static void
start_cell(struct reading *r, const char **attributes)
{
	const char *end, *ref = NULL, *type = NULL, *style = NULL;
	uint32_t row = r->row, column = r->column + 1;

	for (; *attributes != NULL; attributes += 2)
		if (attributes[0][1] == '\0')
			switch (attributes[0][0]) {
			case 'r': ref = attributes[1]; break;
			case 't': type = attributes[1]; break;
			case 's': style = attributes[1]; break;
			}
	if (ref != NULL &&
	    (!xlsx_reference(ref, &row, &column, &end) || *end != '\0' || row == 0 ||
		column == 0)) {
		sheet_refuse(r, "has a cell at \"%.*s\", which is no place in a sheet.",
		    (int)strnlen(ref, 20), ref);
		return;
	}
	if (row != r->row && r->row_said) {
		sheet_refuse(r,
		    "has the cell \"%.*s\" in its row %u: which of the two is meant?",
		    (int)strnlen(ref, 20), ref, r->row);
		return;
	}
	if (column > XLSX_COLUMNS) {
		sheet_refuse(r, "has more than 16,384 columns.");
		return;
	}
	xlsx_begin_cell(r, row, column, style != NULL ? whole(style, XLSX_FORMATS) : 0,
	    xlsx_take_for(type));
	r->in_cell = true;
	r->words.n = 0;
}

static void
start_columns(struct reading *r, const char **attributes)
{
	uint32_t from = 1, to = 0;
	bool hidden = false;

	for (; *attributes != NULL; attributes += 2)
		if (strcmp(attributes[0], "min") == 0)
			from = whole(attributes[1], XLSX_COLUMNS);
		else if (strcmp(attributes[0], "max") == 0)
			to = whole(attributes[1], XLSX_COLUMNS);
		else if (strcmp(attributes[0], "hidden") == 0)
			hidden = is_true(attributes[1]);
	if (!hidden || from == 0)
		return;
	r->some_hidden = true;
	for (; from <= to && from <= XLSX_COLUMNS; from++)
		r->hidden[(from - 1) / 64] |= UINT64_C(1) << (from - 1) % 64;
}

static void
start_merge(struct reading *r, const char **attributes)
{
	const char *ref = xml_attribute(attributes, "ref"), *end;
	struct sheet *s = r->sheet;
	struct merge m;

	if (s->n_merges == MERGES_MOST) {
		sheet_refuse(r, "has more than a million merged cells.");
		return;
	}
	if (ref == NULL || !xlsx_reference(ref, &m.row, &m.column, &end) || *end != ':' ||
	    !xlsx_reference(end + 1, &m.last_row, &m.last_column, &end) || m.row == 0 ||
	    m.column == 0 || m.last_row < m.row || m.last_column < m.column)
		return;
	s->merges =
	    arena_room(r->x->arena, s->merges, s->n_merges, &r->merge_room, sizeof(*s->merges));
	s->merges[s->n_merges++] = m;
}

static void
start_part(struct reading *r, const char *name)
{
	static const struct {
		const char *name;
		enum part part;
	} parts[] = { { "sheetData", PART_DATA }, { "cols", PART_COLUMNS },
		{ "mergeCells", PART_MERGES } };

	r->part = PART_OTHER;
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (strcmp(name, parts[i].name) == 0)
			r->part = parts[i].part;
}

static void
start_item(struct reading *r, const char *name, const char **attributes)
{
	if (r->part == PART_DATA && strcmp(name, "row") == 0)
		start_row(r, attributes);
	else if (r->part == PART_COLUMNS && strcmp(name, "col") == 0)
		start_columns(r, attributes);
	else if (r->part == PART_MERGES && strcmp(name, "mergeCell") == 0)
		start_merge(r, attributes);
}

/* What is in a cell: its formula, its value, or inline text, perhaps in runs. */
static void
start_within(struct reading *r, unsigned depth, const char *name)
{
	if (depth == 5) {
		if (strcmp(name, "v") == 0)
			xml_want_text(r->xml, true);
		else if (strcmp(name, "f") == 0)
			r->formula = true;
	} else if (strcmp(name, "rPh") == 0)
		r->phonetic = depth;
	else if (r->phonetic == 0 && strcmp(name, "t") == 0)
		xml_want_text(r->xml, true);
}

/* Elements are told by their names and depth: worksheet 1, sheetData 2, row 3, c 4, v 5. */
static void
on_start(void *arg, struct xml *xml, unsigned depth, const char *name, const char **attributes)
{
	struct reading *r = arg;

	r->xml = xml;
	if (depth == 4) {
		if (r->part == PART_DATA && name[0] == 'c' && name[1] == '\0')
			start_cell(r, attributes);
	} else if (depth > 4) {
		if (r->in_cell)
			start_within(r, depth, name);
	} else if (depth == 3)
		start_item(r, name, attributes);
	else if (depth == 2)
		start_part(r, name);
	else if (strcmp(name, "worksheet") != 0)
		sheet_refuse(r, "is not a sheet.");
}

static void
keep_cell(struct reading *r)
{
	struct xlsx *x = r->x;
	struct document *d = x->doc;
	const struct cell *last =
	    d->n_cells > r->sheet->first_cell ? &d->cells[d->n_cells - 1] : NULL;

	if (d->n_cells == x->max_items) {
		sheet_refuse(r, "and those before it have more than %u cells.", x->max_items);
		return;
	}
	x->shown += r->cell.text.n;
	if (x->shown > SHOWN_MOST) {
		sheet_refuse(
		    r, "and those before it have more than 256 MB of text in their cells.");
		return;
	}
	if (last != NULL &&
	    (last->row > r->cell.row ||
		(last->row == r->cell.row && last->column >= r->cell.column)))
		r->ordered = false;
	if (d->n_cells == x->cell_room)
		d->cells = arena_room(
		    x->arena, d->cells, d->n_cells, &x->cell_room, sizeof(*d->cells));
	d->cells[d->n_cells++] = r->cell;
	if (r->cell.row > r->sheet->rows)
		r->sheet->rows = r->cell.row;
	if (r->cell.column > r->sheet->columns)
		r->sheet->columns = r->cell.column;
}

void
xlsx_end_cell(struct reading *r, struct text raw)
{
	if (raw.n == 0) {
		/* a program that writes formulas and does not work them out, unless the result is no text */
		if (!r->formula || r->take == xlsx_take_text)
			return;
		r->cell.type = CELL_ERROR;
		r->cell.text = TEXT("#NOT-CALCULATED");
	} else if (!r->take(r->x, &r->cell, r->shows, raw)) {
		struct buf name = { 0 };

		cell_name(&name, r->cell.row, r->cell.column);
		sheet_refuse(r,
		    "has in %s a text that the workbook does not have (number %.*s of %u).",
		    name.p, (int)(raw.n < 12 ? raw.n : 12), raw.p, r->x->n_strings);
		buf_free(&name);
		return;
	}
	if (r->cell.text.n > 0)
		keep_cell(r);
}

static void
on_end(void *arg, struct xml *xml, unsigned depth, const char *name)
{
	struct reading *r = arg;

	(void)name;
	if (!r->in_cell)
		return;
	if (depth == 4) {
		r->in_cell = false;
		xlsx_end_cell(r, (struct text){ r->words.p, r->words.n });
	} else {
		xml_want_text(xml, false);
		if (r->phonetic == depth)
			r->phonetic = 0;
	}
}

static void
on_text(void *arg, const char *p, size_t n)
{
	buf_put(&((struct reading *)arg)->words, p, n);
}

static int
compare_places(const void *a, const void *b)
{
	const struct cell *x = a, *y = b;

	if (x->row != y->row)
		return x->row < y->row ? -1 : 1;
	return x->column < y->column ? -1 : x->column > y->column;
}

static bool
put_in_order(struct reading *r)
{
	struct document *d = r->x->doc;
	struct cell *cells;
	uint32_t n = d->n_cells - r->sheet->first_cell;
	struct buf name = { 0 };

	if (r->ordered)
		return true;
	cells = d->cells + r->sheet->first_cell;
	qsort(cells, n, sizeof(*cells), compare_places);
	for (uint32_t i = 1; i < n; i++)
		if (compare_places(&cells[i - 1], &cells[i]) == 0) {
			cell_name(&name, cells[i].row, cells[i].column);
			read_error_set(r->x->error, r->x->arena, &xlsx_bad, 0, 0,
			    "The sheet %.*s has the cell %s twice.", TEXT_ARG(r->sheet->name),
			    name.p);
			buf_free(&name);
			return false;
		}
	return true;
}

bool
xlsx_read_sheet(struct xlsx *x, struct text path, struct sheet *sheet)
{
	static const struct xml_calls calls = { on_start, on_end, on_text };
	struct reading r = { .x = x, .sheet = sheet, .ordered = true };
	bool good;

	sheet->first_cell = x->doc->n_cells;
	good = xml_read_large(x->package, x->arena, path, &calls, &r, x->error);
	if (buf_failed(&r.words))
		arena_exhausted();
	buf_free(&r.words);
	if (!good || !put_in_order(&r))
		return false;
	sheet->n_cells = x->doc->n_cells - sheet->first_cell;
	return true;
}
