/* The rows of a register, from CSV.  Every mistake is told, with its line. */
#include "rules/register.h"
#include "rules/rulebook_impl.h"

#include "rules/read_csv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NO_HEADING  UINT32_MAX
#define BAD_HEADING (UINT32_MAX - 1) /* which was told */

struct reading {
	struct reg *reg;
	struct arena *arena;
	struct text file;
	reg_wrong *wrong;
	void *arg;
	uint32_t *
	    column_of; /* by column of the sheet, from 1: column of the register, or one of these */
	uint32_t n_columns;
};

static void wrong_at(struct reading *, uint32_t line, const char *, ...)
    __attribute__((format(printf, 3, 4)));

static void
wrong_at(struct reading *r, uint32_t line, const char *format, ...)
{
	struct buf s = { 0 };
	char *p = NULL;
	va_list ap;

	va_start(ap, format);
	if (vasprintf(&p, format, ap) < 0)
		arena_exhausted();
	va_end(ap);
	buf_str(&s, p);
	free(p);
	r->wrong(r->arg, r->file, line, buf_as_text(&s));
	buf_free(&s);
}

static struct text *
column_names(struct reading *r)
{
	const struct record_type *t = &r->reg->type;
	struct text *names = arena_calloc(r->arena, t->n_fields, sizeof(*names));
	uint32_t i;

	for (i = 0; i < t->n_fields; i++)
		names[i] = t->fields[i].name;
	return names;
}

static void
read_header_cell(struct reading *r, const struct cell *c, bool *seen)
{
	const struct record_type *t = &r->reg->type;
	struct text name = text_trim(c->text), *names;
	struct text hint;
	uint32_t i;

	r->column_of[c->column] = BAD_HEADING;
	for (i = 0; i < t->n_fields && !text_equal(t->fields[i].name, name); i++)
		;
	if (i == t->n_fields) {
		names = column_names(r);
		hint = did_you_mean(r->arena, name, names, t->n_fields);
		wrong_at(r, c->line, "The register %.*s has no column '%.*s'%.*s.",
		    TEXT_ARG(r->reg->name), TEXT_ARG(name), TEXT_ARG(hint));
	} else if (seen[i]) {
		wrong_at(r, c->line, "The column '%.*s' is there twice.", TEXT_ARG(name));
	} else {
		seen[i] = true;
		r->column_of[c->column] = i;
	}
}

/* The first row that holds anything names the columns.  Returns its cells. */
static uint32_t
read_header(struct reading *r, const struct cell *cells, uint32_t n)
{
	const struct record_type *t = &r->reg->type;
	bool *seen = arena_calloc(r->arena, t->n_fields, sizeof(*seen));
	uint32_t i;

	for (i = 0; i < n && cells[i].row == cells[0].row; i++)
		read_header_cell(r, &cells[i], seen);
	n = i;
	for (i = 0; i < t->n_fields; i++) {
		if (!seen[i])
			wrong_at(r, cells[0].line,
			    "The column '%.*s' of the register %.*s is not there.",
			    TEXT_ARG(t->fields[i].name), TEXT_ARG(r->reg->name));
	}
	return n;
}

static struct record *
new_row(struct reading *r, uint32_t line)
{
	struct reg *reg = r->reg;
	const struct record_type *t = &reg->type;
	struct record *row =
	    arena_calloc(r->arena, 1, sizeof(*row) + t->n_fields * sizeof(struct value));
	struct value *items;
	uint32_t i;

	row->type = t;
	row->in = &reg->in;
	row->index = reg->rows.n;
	row->src = line;
	for (i = 0; i < t->n_fields; i++)
		row->values[i].kind = (uint8_t)t->fields[i].kind;
	items =
	    arena_grow(r->arena, reg->rows.items, reg->rows.n, &reg->rows_cap, sizeof(*items));
	reg->rows.items = items;
	items[reg->rows.n++] =
	    (struct value){ .state = VALUE_SET, .kind = KIND_RECORD, .u.rec = row };
	return row;
}

static void
read_row_cell(struct reading *r, struct record *row, const struct cell *c)
{
	const struct record_type *t = &r->reg->type;
	const char *must = "";
	uint32_t i;

	i = r->column_of[c->column];
	if (i == BAD_HEADING || (i == NO_HEADING && text_trim(c->text).n == 0))
		return;
	if (i == NO_HEADING)
		wrong_at(r, c->line,
		    "This row has more cells than there are columns: \"%.*s\" stands under no "
		    "heading.",
		    TEXT_ARG(c->text));
	else if (!register_cell(c->text, t->fields[i].kind, r->arena, &row->values[i], &must))
		wrong_at(r, c->line, "The %.*s is \"%.*s\"; it must be %s.",
		    TEXT_ARG(t->fields[i].name), TEXT_ARG(c->text), must);
}

/* A row with nothing in its key could never be found. */
static bool
has_key(const struct reg *reg, const struct record *row)
{
	uint32_t i;

	for (i = 0; i < reg->n_key; i++) {
		if (row->values[reg->key[i]].state != VALUE_ABSENT)
			return true;
	}
	return reg->n_key == 0;
}

static bool
is_key(const struct reg *reg, uint32_t column)
{
	for (uint32_t i = 0; i < reg->n_key; i++)
		if (reg->key[i] == column)
			return true;
	return false;
}

/* Where a register has a column for it, each row says where it comes from. */
static void
check_origin(struct reading *r, const struct record *row)
{
	const struct record_type *t = &r->reg->type;

	for (uint32_t i = 0; i < t->n_fields; i++) {
		struct text name = t->fields[i].name;

		if ((text_is(name, "origin") || text_is(name, "source")) &&
		    row->values[i].state == VALUE_ABSENT && !is_key(r->reg, i))
			wrong_at(r, row->src,
			    "This row does not say where it comes from: its %.*s is empty.",
			    TEXT_ARG(name));
	}
}

static void
check_row(struct reading *r, const struct record *row)
{
	const struct reg *reg = r->reg;

	if (!has_key(reg, row))
		wrong_at(r, row->src, "The key of this row is left out: its %.*s is empty.",
		    TEXT_ARG(reg->type.fields[reg->key[0]].name));
	check_origin(r, row);
	if (reg->from >= 0 && reg->to >= 0 && row->values[reg->from].state == VALUE_SET &&
	    row->values[reg->to].state == VALUE_SET &&
	    row->values[reg->from].u.n > row->values[reg->to].u.n)
		wrong_at(r, row->src, "This row ends before it begins.");
}

static void
read_rows(struct reading *r, const struct cell *cells, uint32_t n)
{
	struct record *row = NULL;
	uint32_t i;

	for (i = 0; i < n; i++) {
		if (i == 0 || cells[i].row != cells[i - 1].row) {
			if (row != NULL)
				check_row(r, row);
			row = new_row(r, cells[i].line);
		}
		read_row_cell(r, row, &cells[i]);
	}
	if (row != NULL)
		check_row(r, row);
}

static void
note_file(struct reading *r)
{
	struct reg *reg = r->reg;

	reg->files = arena_grow(
	    r->arena, reg->files, reg->n_files, &reg->files_cap, sizeof(*reg->files));
	reg->files[reg->n_files++] = (struct reg_file){ r->file, reg->rows.n };
}

/* Where the first byte that is not ASCII stands. */
static uint32_t
first_odd_line(struct text data)
{
	uint32_t line = 1;

	for (size_t i = 0; i < data.n && (unsigned char)data.p[i] < 0x80; i++)
		line += data.p[i] == '\n';
	return line;
}

/* What a submission may be and a register may not, since nobody reads a rulebook's rows again. */
static void
check_saved(struct reading *r, const struct document *doc, struct text data)
{
	const char *utf8 = "UTF-8";

	if (strncmp(doc->encoding, utf8, strlen(utf8)) != 0)
		wrong_at(r, first_odd_line(data),
		    "This file is in %s, so its names may come out wrong. Save it again as "
		    "\"CSV UTF-8 (Comma delimited)\".",
		    doc->encoding);
	if (doc->delimiter != ',')
		wrong_at(r, 1,
		    "The cells of this file are parted by %s, so that its numbers and dates "
		    "may "
		    "be another country's. Save it again with commas.",
		    doc->delimiter == ';' ? "semicolons" : "tabs");
}

void
register_read_csv(struct reg *reg, struct arena *a, struct text file, struct text data,
    reg_wrong *wrong, void *arg)
{
	struct reading r = { .reg = reg, .arena = a, .file = file, .wrong = wrong, .arg = arg };
	struct read_error e = { 0 };
	struct document *doc;
	const struct sheet *s;
	uint32_t header, i;

	note_file(&r);
	doc = read_csv(a, data, NULL, &e);
	if (doc == NULL) {
		wrong_at(&r, e.line, "%.*s  %.*s", TEXT_ARG(e.what), TEXT_ARG(e.todo));
		return;
	}
	check_saved(&r, doc, data);
	s = &doc->sheets[0];
	if (s->n_cells == 0) {
		wrong_at(&r, 0, "The file is empty; its first row must name the columns.");
		return;
	}
	r.n_columns = s->columns + 1;
	r.column_of = arena_calloc(a, r.n_columns, sizeof(*r.column_of));
	for (i = 0; i < r.n_columns; i++)
		r.column_of[i] = NO_HEADING;
	header = read_header(&r, doc->cells + s->first_cell, s->n_cells);
	read_rows(&r, doc->cells + s->first_cell + header, s->n_cells - header);
}
