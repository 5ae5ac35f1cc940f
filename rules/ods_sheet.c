/*
 * A sheet: rows of cells, one after the other; where they stand is counted.
 *
 * An element may stand for many columns or rows.  LibreOffice fills each sheet up to its last row that way,
 * so that what is empty costs nothing however often it is repeated, and what has a value is made as many
 * cells as it stands for, within bounds.
 */
#include <string.h>

#include "rules/ods_private.h"

#define SHEETS_MOST 1000
#define MERGES_MOST 100000
/* Repeated cells share their text, but whoever shows or judges them does not. */
#define REPEATED_BYTES (UINT64_C(64) << 20)

static const struct read_fault crowded = { "too_big", "a sheet with the return alone",
	"Clear the cells below and beside the tables of the return, save it, and send that." };

static bool
is_hiding(const struct ods *o, const char *style)
{
	for (uint32_t i = 0; style != NULL && i < o->n_hiding; i++)
		if (text_is(o->hiding[i], style))
			return true;
	return false;
}

/* LibreOffice keeps what links last showed as sheets of a name that no other can have: 'file:///a.ods'#$One */
static bool
is_cache(const char *name)
{
	return name != NULL && *name == '\'' && strstr(name, "'#$") != NULL;
}

void
ods_start_sheet(struct ods *o, const char **attributes)
{
	struct document *d = o->doc;
	const char *name = xml_attribute(attributes, "name");
	struct buf b = { 0 };

	o->sheet = NULL;
	o->row = o->at_column = 0;
	o->groups_hidden = 0;
	memset(o->columns_hidden, 0, sizeof(o->columns_hidden));
	if (is_cache(name))
		return;
	if (d->n_sheets == SHEETS_MOST) {
		ods_refuse(o, &ods_bad, "This workbook has more than 1,000 sheets.");
		return;
	}
	if (name != NULL)
		buf_str(&b, name);
	else
		buf_printf(&b, "Sheet%u", d->n_sheets + 1);
	d->sheets =
	    arena_room(o->arena, d->sheets, d->n_sheets, &o->sheet_room, sizeof(*d->sheets));
	o->sheet = &d->sheets[d->n_sheets++];
	*o->sheet = (struct sheet){ .name = { arena_strndup(o->arena, b.p, b.n), b.n },
		.hidden = is_hiding(o, xml_attribute(attributes, "style-name")),
		.first_cell = d->n_cells };
	o->merge_room = 0;
	buf_free(&b);
}

void
ods_end_sheet(struct ods *o)
{
	if (o->sheet != NULL)
		o->sheet->n_cells = o->doc->n_cells - o->sheet->first_cell;
	o->sheet = NULL;
}

/* Groups within a collapsed one are counted until it ends. */
void
ods_start_group(struct ods *o, const char **attributes)
{
	const char *display = xml_attribute(attributes, "display");

	if (o->groups_hidden > 0 || (display != NULL && strcmp(display, "false") == 0))
		o->groups_hidden++;
}

void
ods_end_group(struct ods *o)
{
	if (o->groups_hidden > 0)
		o->groups_hidden--;
}

/* "collapse" is hidden by hand, "filter" by a filter. */
static bool
is_hidden(const struct ods *o, const char **attributes)
{
	const char *visibility = xml_attribute(attributes, "visibility");

	return o->groups_hidden > 0 ||
	    (visibility != NULL && strcmp(visibility, "visible") != 0);
}

void
ods_start_column(struct ods *o, const char **attributes)
{
	uint32_t n = ods_count(xml_attribute(attributes, "number-columns-repeated"));
	uint32_t end = n > ODS_COLUMNS - o->at_column ? ODS_COLUMNS : o->at_column + n;

	if (is_hidden(o, attributes))
		for (uint32_t i = o->at_column; i < end; i++)
			o->columns_hidden[i / 8] |= (unsigned char)(1 << i % 8);
	o->at_column = end;
}

void
ods_start_row(struct ods *o, const char **attributes)
{
	/* one more than the last is where counting stops */
	if (o->row <= ODS_ROWS)
		o->row++;
	o->column = 0;
	o->rows_repeated = ods_count(xml_attribute(attributes, "number-rows-repeated"));
	o->row_hidden = is_hidden(o, attributes);
	o->first_of_row = o->doc->n_cells;
}

/* The words of a refusal that names a cell. */
static void
refuse_at(struct ods *o, const struct cell *c, const char *what)
{
	struct buf name = { 0 };

	cell_name(&name, c->row, c->column);
	ods_refuse(o, &crowded, "The sheet %.*s %s (from %s on).", TEXT_ARG(o->sheet->name),
	    what, buf_as_text(&name).p);
	buf_free(&name);
}

static bool
may_repeat(struct ods *o, const struct cell *c, uint64_t more, uint64_t bytes)
{
	o->repeated += more;
	o->repeated_bytes += bytes;
	if (o->repeated <= ODS_REPEATED && o->repeated_bytes <= REPEATED_BYTES)
		return true;
	refuse_at(o, c,
	    o->repeated > ODS_REPEATED ? "fills more than 2,000,000 cells by repeating one"
				       : "fills cells with more than 64 MB by repeating one");
	return false;
}

static bool
keep(struct ods *o, const struct cell *c)
{
	struct document *d = o->doc;

	if (d->n_cells == o->max_items) {
		ods_refuse(o, &crowded,
		    "The sheet %.*s and those before it have more than %u cells.",
		    TEXT_ARG(o->sheet->name), o->max_items);
		return false;
	}
	d->cells = arena_room(o->arena, d->cells, d->n_cells, &o->cell_room, sizeof(*d->cells));
	d->cells[d->n_cells++] = *c;
	return true;
}

/* The row's cells once more, for each further row that it stands for. */
static void
repeat_row(struct ods *o)
{
	struct document *d = o->doc;
	uint32_t n = d->n_cells - o->first_of_row, times = o->rows_repeated;
	struct cell c = d->cells[o->first_of_row];
	uint64_t bytes = 0;

	if (times > ODS_ROWS - o->row + 1) {
		refuse_at(o, &c, "has values beyond row 1,048,576, the last of a sheet");
		return;
	}
	for (uint32_t i = 0; i < n; i++)
		bytes += d->cells[o->first_of_row + i].text.n;
	if (!may_repeat(o, &c, (uint64_t)n * (times - 1), bytes * (times - 1)))
		return;
	for (uint32_t row = 1; row < times; row++)
		for (uint32_t i = 0; i < n; i++) {
			c = d->cells[o->first_of_row + i];
			c.row += row;
			if (!keep(o, &c))
				return;
		}
}

void
ods_end_row(struct ods *o)
{
	uint32_t times = o->rows_repeated;

	if (o->sheet == NULL)
		return;
	if (o->doc->n_cells > o->first_of_row) {
		if (times > 1)
			repeat_row(o);
		o->sheet->rows = o->doc->cells[o->doc->n_cells - 1].row;
	}
	o->row = times - 1 > ODS_ROWS - (o->row < ODS_ROWS ? o->row : ODS_ROWS)
	    ? ODS_ROWS
	    : o->row + times - 1;
}

/* The attributes of a cell that say something of its value, by the kind they belong to. */
static const struct {
	const char *name;
	enum ods_kind first, last;
} values[] = {
	{ "value", ODS_NUMBER, ODS_PERCENT },
	{ "date-value", ODS_DATE, ODS_DATE },
	{ "time-value", ODS_TIME, ODS_TIME },
	{ "boolean-value", ODS_BOOL, ODS_BOOL },
	{ "string-value", ODS_STRING, ODS_STRING },
};

static enum ods_kind
kind_of(const char *type)
{
	static const struct {
		const char *name;
		enum ods_kind kind;
	} types[] = {
		{ "float", ODS_NUMBER },
		{ "string", ODS_STRING },
		{ "currency", ODS_NUMBER },
		{ "percentage", ODS_PERCENT },
		{ "date", ODS_DATE },
		{ "time", ODS_TIME },
		{ "boolean", ODS_BOOL },
		{ "error", ODS_ERROR },
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (strcmp(types[i].name, type) == 0)
			return types[i].kind;
	return ODS_UNTYPED;
}

/* office:value-type, and LibreOffice's calcext:value-type, which alone says "error". */
static void
take_kind(struct ods_cell *c, const char *type)
{
	enum ods_kind kind = kind_of(type);

	if (c->kind == ODS_UNTYPED || kind == ODS_ERROR)
		c->kind = kind;
}

static void
add_merge(struct ods *o, uint32_t columns, uint32_t rows)
{
	struct sheet *s = o->sheet;
	uint32_t column = o->column + 1;

	if ((columns == 1 && rows == 1) || s == NULL || s->n_merges == MERGES_MOST ||
	    o->row > ODS_ROWS || column > ODS_COLUMNS)
		return;
	s->merges =
	    arena_room(o->arena, s->merges, s->n_merges, &o->merge_room, sizeof(*s->merges));
	s->merges[s->n_merges++] = (struct merge){ o->row, column,
		rows > ODS_ROWS - o->row ? ODS_ROWS : o->row + rows - 1,
		columns > ODS_COLUMNS - column ? ODS_COLUMNS : column + columns - 1 };
}

void
ods_start_cell(struct ods *o, const char **attributes)
{
	struct ods_cell *c = &o->cell;
	const char *values_of[ODS_KINDS] = { NULL };
	uint32_t columns = 1, rows = 1;

	*c = (struct ods_cell){ .times = 1, .value = c->value, .shown = c->shown };
	buf_clear(&c->value);
	buf_clear(&c->shown);
	for (; *attributes != NULL; attributes += 2) {
		const char *name = xml_local(attributes[0]), *value = attributes[1];

		if (strcmp(name, "value-type") == 0)
			take_kind(c, value);
		else if (strcmp(name, "number-columns-repeated") == 0)
			c->times = ods_count(value);
		else if (strcmp(name, "formula") == 0)
			c->formula = true;
		else if (strcmp(name, "number-columns-spanned") == 0)
			columns = ods_count(value);
		else if (strcmp(name, "number-rows-spanned") == 0)
			rows = ods_count(value);
		else
			for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++)
				if (strcmp(name, values[i].name) == 0)
					values_of[values[i].first] = values_of[values[i].last] =
					    value;
	}
	c->valued = values_of[c->kind] != NULL;
	if (c->valued)
		buf_str(&c->value, values_of[c->kind]);
	add_merge(o, columns, rows);
}

static bool
column_hidden(const struct ods *o, uint32_t column)
{
	return (o->columns_hidden[(column - 1) / 8] >> (column - 1) % 8 & 1) != 0;
}

static void
keep_all(struct ods *o, struct cell *c)
{
	uint32_t times = o->cell.times;

	if (c->column > ODS_COLUMNS || times > ODS_COLUMNS - c->column + 1) {
		refuse_at(o, c, "has values beyond column XFD, the last of 16,384");
		return;
	}
	if (c->row > ODS_ROWS) {
		refuse_at(o, c, "has values beyond row 1,048,576, the last of a sheet");
		return;
	}
	if (times > 1 && !may_repeat(o, c, times - 1, (uint64_t)c->text.n * (times - 1)))
		return;
	for (; times > 0; times--, c->column++) {
		c->hidden = o->row_hidden || column_hidden(o, c->column);
		if (!keep(o, c))
			return;
	}
	if (c->column - 1 > o->sheet->columns)
		o->sheet->columns = c->column - 1;
}

void
ods_end_cell(struct ods *o)
{
	struct cell c = { .row = o->row, .column = o->column + 1 };
	uint32_t times = o->cell.times;

	if (o->sheet != NULL)
		ods_value(o->arena, &o->cell, &c);
	if (c.text.n > 0)
		keep_all(o, &c);
	o->column = times > ODS_COLUMNS - o->column ? ODS_COLUMNS : o->column + times;
}
