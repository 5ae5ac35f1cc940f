/*
 * A sheet: rows of cells.
 *
 * Cells that say where they stand may come in any order and rows may be left out; what says nothing
 * follows the one before.  A cell that stands twice is refused: programs differ in which they take.
 */
#include <stdlib.h>
#include <string.h>

#include "rules/xlsx_private.h"

enum value { VALUE_NONE, VALUE_RAW, VALUE_INLINE };

#define HIDDEN_MOST 64 /* ranges of hidden columns */
#define MERGES_MOST 100000

struct reading {
	struct xlsx *x;
	struct sheet *sheet;
	struct xml *xml;
	struct xlsx_words words;
	struct cell cell; /* the one being read */
	enum xlsx_shows shows;
	char type[12]; /* its t */
	uint32_t row, column, merge_room;
	bool row_hidden, in_cell, formula, ordered;
	unsigned phonetic;
	struct {
		uint32_t from, to;
	} hidden[HIDDEN_MOST];
	uint32_t n_hidden;
};

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
	xml_refuse(r->xml, &e);
}

static bool
is_true(const char *value)
{
	return value != NULL && (strcmp(value, "1") == 0 || strcmp(value, "true") == 0);
}

static void
start_row(struct reading *r, const char **attributes)
{
	const char *number = xml_attribute(attributes, "r");
	unsigned long row = number != NULL ? strtoul(number, NULL, 10) : r->row + 1UL;

	r->column = 0;
	r->row_hidden = is_true(xml_attribute(attributes, "hidden"));
	if (row == 0 || row > XLSX_ROWS) {
		sheet_refuse(r,
		    "has a row with the number %lu; a sheet has 1,048,576 rows at most.", row);
		return;
	}
	r->row = (uint32_t)row;
}

static bool
column_hidden(const struct reading *r, uint32_t column)
{
	for (uint32_t i = 0; i < r->n_hidden; i++)
		if (column >= r->hidden[i].from && column <= r->hidden[i].to)
			return true;
	return false;
}

static void
start_cell(struct reading *r, const char **attributes)
{
	struct xlsx *x = r->x;
	const char *end, *ref = NULL, *type = NULL, *style = NULL;
	uint32_t row = r->row, column = r->column + 1;
	unsigned long s;

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
	if (column > XLSX_COLUMNS) {
		sheet_refuse(r, "has more than 16,384 columns.");
		return;
	}
	r->row = row;
	r->column = column;
	s = style != NULL ? strtoul(style, NULL, 10) : 0;
	r->shows = s < x->n_shows ? (enum xlsx_shows)x->shows[s] : SHOWS_NUMBER;
	(void)strncpy(r->type, type != NULL ? type : "n", sizeof(r->type) - 1);
	r->in_cell = true;
	r->formula = false;
	r->cell = (struct cell){ .row = row,
		.column = column,
		.hidden = r->row_hidden || column_hidden(r, column) };
	buf_clear(&r->words.b);
}

static void
start_columns(struct reading *r, const char **attributes)
{
	const char *from = xml_attribute(attributes, "min"),
		   *to = xml_attribute(attributes, "max");

	if (!is_true(xml_attribute(attributes, "hidden")) || from == NULL || to == NULL ||
	    r->n_hidden == HIDDEN_MOST)
		return;
	r->hidden[r->n_hidden].from = (uint32_t)strtoul(from, NULL, 10);
	r->hidden[r->n_hidden++].to = (uint32_t)strtoul(to, NULL, 10);
}

static void
start_merge(struct reading *r, const char **attributes)
{
	const char *ref = xml_attribute(attributes, "ref"), *end;
	struct sheet *s = r->sheet;
	struct merge m;

	if (ref == NULL || s->n_merges == MERGES_MOST ||
	    !xlsx_reference(ref, &m.row, &m.column, &end) || *end != ':' ||
	    !xlsx_reference(end + 1, &m.last_row, &m.last_column, &end) || m.row == 0 ||
	    m.column == 0 || m.last_row < m.row || m.last_column < m.column)
		return;
	s->merges =
	    arena_room(r->x->arena, s->merges, s->n_merges, &r->merge_room, sizeof(*s->merges));
	s->merges[s->n_merges++] = m;
}

/* Elements are told by their names and depth: worksheet 1, sheetData 2, row 3, c 4, v 5. */
static void
on_start(void *arg, struct xml *xml, unsigned depth, const char *name, const char **attributes)
{
	struct reading *r = arg;

	r->xml = xml;
	if (depth == 4 && strcmp(name, "c") == 0)
		start_cell(r, attributes);
	else if (depth == 5 && r->in_cell && strcmp(name, "v") == 0)
		xml_want_text(xml, true);
	else if (depth == 3 && strcmp(name, "row") == 0)
		start_row(r, attributes);
	else if (depth == 5 && r->in_cell && strcmp(name, "f") == 0)
		r->formula = true;
	else if (depth > 5 && r->in_cell && strcmp(name, "rPh") == 0)
		r->phonetic = depth;
	else if (depth > 5 && r->in_cell && r->phonetic == 0 && strcmp(name, "t") == 0)
		xml_want_text(xml, true);
	else if (depth == 3 && strcmp(name, "col") == 0)
		start_columns(r, attributes);
	else if (depth == 3 && strcmp(name, "mergeCell") == 0)
		start_merge(r, attributes);
}

static struct text
copy_raw(struct reading *r)
{
	return (struct text){ arena_strndup(r->x->arena, r->words.b.p, r->words.b.n),
		r->words.b.n };
}

static void
take_number(struct reading *r)
{
	struct cell *c = &r->cell;
	char *end;
	double number;

	c->text = copy_raw(r);
	c->type = CELL_NUMBER;
	number = strtod(c->text.p, &end);
	if (end != c->text.p + c->text.n || end == c->text.p) {
		c->type = CELL_TEXT; /* what calls itself a number and is none */
		return;
	}
	c->percent = r->shows == SHOWS_PERCENT;
	if (r->shows != SHOWS_NUMBER && r->shows != SHOWS_PERCENT) {
		struct text moment =
		    xlsx_moment(r->x->arena, number, r->shows, r->x->epoch_1904);

		if (moment.n > 0) {
			c->text = moment;
			c->type = CELL_DATE;
		}
	}
}

static void
take_shared(struct reading *r)
{
	struct text t = text_trim(buf_as_text(&r->words.b));
	unsigned long i = 0;
	size_t at;

	for (at = 0; at < t.n && at < 10 && t.p[at] >= '0' && t.p[at] <= '9'; at++)
		i = i * 10 + (unsigned long)(t.p[at] - '0');
	if (t.n == 0 || at < t.n || i >= r->x->n_strings) {
		struct buf name = { 0 };

		cell_name(&name, r->cell.row, r->cell.column);
		sheet_refuse(r,
		    "has in %s a text that the workbook does not have (number %.*s of %u).",
		    name.p, (int)(t.n < 12 ? t.n : 12), t.p, r->x->n_strings);
		buf_free(&name);
		return;
	}
	r->cell.type = CELL_TEXT;
	r->cell.text = r->x->strings[i];
}

/* ISO dates of t="d": a midnight is a day. */
static void
take_iso(struct reading *r)
{
	struct text t = copy_raw(r);

	if (t.n > 11 && memcmp(t.p + t.n - 9, "T00:00:00", 9) == 0)
		t.n -= 9;
	r->cell.text = t;
	r->cell.type = CELL_DATE;
}

static void
take_bool(struct reading *r)
{
	struct text t = text_trim(buf_as_text(&r->words.b));
	bool truth = text_is(t, "1") || text_is(t, "true");

	r->cell.text = truth ? TEXT("true") : TEXT("false");
	r->cell.type = CELL_BOOL;
}

static void
take_error(struct reading *r)
{
	r->cell.text = copy_raw(r);
	r->cell.type = CELL_ERROR;
}

static void
take_words(struct reading *r)
{
	r->cell.text = xlsx_words_text(r->x->arena, &r->words);
	r->cell.type = CELL_TEXT;
}

static const struct {
	const char *type;
	void (*take)(struct reading *);
} takes[] = {
	{ "s", take_shared },
	{ "n", take_number },
	{ "str", take_words },
	{ "inlineStr", take_words },
	{ "b", take_bool },
	{ "e", take_error },
	{ "d", take_iso },
};

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
	if (last != NULL &&
	    (last->row > r->cell.row ||
		(last->row == r->cell.row && last->column >= r->cell.column)))
		r->ordered = false;
	d->cells = arena_room(x->arena, d->cells, d->n_cells, &x->cell_room, sizeof(*d->cells));
	d->cells[d->n_cells++] = r->cell;
	if (r->cell.row > r->sheet->rows)
		r->sheet->rows = r->cell.row;
	if (r->cell.column > r->sheet->columns)
		r->sheet->columns = r->cell.column;
}

static void
end_cell(struct reading *r)
{
	size_t i;

	r->in_cell = false;
	if (r->words.b.n == 0 && r->formula) {
		/* a program that writes formulas and does not work them out */
		r->cell.type = CELL_ERROR;
		r->cell.text = TEXT("#NOT-CALCULATED");
		keep_cell(r);
		return;
	}
	if (r->words.b.n == 0)
		return;
	for (i = 0; i < sizeof(takes) / sizeof(*takes) && strcmp(takes[i].type, r->type) != 0;
	     i++)
		;
	if (i < sizeof(takes) / sizeof(*takes))
		takes[i].take(r);
	else
		take_words(r);
	if (r->cell.text.n > 0)
		keep_cell(r);
}

static void
on_end(void *arg, struct xml *xml, unsigned depth, const char *name)
{
	struct reading *r = arg;

	(void)name;
	if (depth >= 5 && r->in_cell) {
		xml_want_text(xml, false);
		if (r->phonetic == depth)
			r->phonetic = 0;
	} else if (depth == 4 && r->in_cell)
		end_cell(r);
}

static void
on_text(void *arg, const char *p, size_t n)
{
	xlsx_words_add(&((struct reading *)arg)->words, p, n);
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
	if (good && buf_failed(&r.words.b)) {
		read_error_set(x->error, x->arena, &xlsx_bad, 0, 0,
		    "There was no memory to read this workbook.");
		good = false;
	}
	buf_free(&r.words.b);
	if (!good || !put_in_order(&r))
		return false;
	sheet->n_cells = x->doc->n_cells - sheet->first_cell;
	return true;
}
