/*
 * Reading CSV: RFC 4180, and what really arrives.
 *
 * The file becomes UTF-8 (read_csv_decode.c), the delimiter is told from a sample, then one pass makes
 * the cells.  Fields without doubled quotes are not copied.  The choices that the RFC leaves open are
 * Excel's, so that people find in a verdict what they see on their screen: a quote inside a field that
 * did not begin with one is text, and so is what follows a closing quote, up to the delimiter.  Lines
 * end with LF, CR LF or CR alone.  A first line "sep=;" names the delimiter and is no row.
 */
#include "rules/read_csv.h"

#include <string.h>

#include "rules/document_lines.h"
#include "rules/read_csv_decode.h"

#define ITEMS      20000000
#define SAMPLE     ((size_t)128 * 1024)
#define MOST_WIDTH 256 /* rows of more fields are alike enough */
#define PER_CELL   12  /* bytes of a file a cell, at a guess */

struct reader {
	struct arena *arena;
	struct document *doc;
	struct read_error *error;
	struct csv_text source;
	const char *at, *end;
	const char *line_starts; /* where the present line starts */
	const char *counted;     /* bytes of the line are counted up to here ... */
	uint32_t counted_bytes;  /* ... and are so many, in the file's encoding */
	uint32_t line, row, column, columns;
	uint32_t cap, max_items;
	char delimiter;
};

static const struct read_fault unclosed = { "syntax", "a quotation mark that closes it",
	"Close the quotation mark; one that belongs to the text is written twice, in a field "
	"in quotes." };
static const struct read_fault many = { "too_big", "a return of one area",
	"Send the return by itself, without other data." };
static const struct read_fault empty = {
	"empty", "a return as CSV, with a row of headers",
	"The file has nothing in it: save it again in the program that made it, and send that."
};

static bool
at_line_end(const struct reader *r)
{
	return r->at < r->end && (*r->at == '\n' || *r->at == '\r');
}

/* Pass over one line end of whichever kind. */
static void
skip_line_end(struct reader *r)
{
	if (*r->at++ == '\r' && r->at < r->end && *r->at == '\n')
		r->at++;
	r->line++;
	r->line_starts = r->counted = r->at;
	r->counted_bytes = 0;
}

/* Which byte of its line of the file, from 1, the present place is. */
static uint32_t
byte_of_line(struct reader *r)
{
	if (r->source.unit == UNIT_BYTE)
		return (uint32_t)(r->at - r->line_starts) + 1;
	for (; r->counted < r->at; r->counted++) {
		unsigned char c = (unsigned char)*r->counted;

		if (r->source.unit == UNIT_CHAR)
			r->counted_bytes += (c & 0xc0) != 0x80;
		else if ((c & 0xc0) != 0x80)
			r->counted_bytes += c >= 0xf0 ? 4 : 2;
	}
	return r->counted_bytes + 1 + (r->line == 1 ? r->source.bom : 0);
}

static bool
refuse_unclosed(struct reader *r, const struct cell *c, const char *from)
{
	uint32_t column = 1;

	/* from is in the line it was found on; the line's beginning is looked for again. */
	for (const char *p = from; p > r->source.t.p && p[-1] != '\n' && p[-1] != '\r'; p--)
		column += ((unsigned char)p[-1] & 0xc0) != 0x80;
	read_error_set(r->error, r->arena, &unclosed, c->line, column,
	    "a quotation mark opens field %u of this row and is not closed before the file "
	    "ends.",
	    c->column);
	return false;
}

/* The end of an unquoted run: the next delimiter or line end. */
static const char *
run_end(const struct reader *r, const char *p)
{
	while (p < r->end && *p != r->delimiter && *p != '\n' && *p != '\r')
		p++;
	return p;
}

/* A field that has to be put together: doubled quotes, or text after the closing quote. */
static struct text
unquote(struct reader *r, const char *from, const char *close, const char *end, bool doubled)
{
	char *p = arena_alloc(r->arena, (size_t)(end - from) + 1);
	size_t n = 0;

	for (const char *q = from; q < close; q++) {
		p[n++] = *q;
		q += doubled && *q == '"';
	}
	for (const char *q = close + 1; q < end; q++)
		p[n++] = *q;
	return (struct text){ p, n };
}

/* A field in quotes, from its opening one; lines inside it are counted. */
static bool
read_quoted(struct reader *r, struct cell *c)
{
	const char *from = r->at + 1, *close = from, *end;
	bool doubled = false;

	while ((close = memchr(close, '"', (size_t)(r->end - close))) != NULL) {
		if (close + 1 == r->end || close[1] != '"')
			break;
		doubled = true;
		close += 2;
	}
	if (close == NULL)
		return refuse_unclosed(r, c, r->at);
	for (r->at = from; r->at < close;)
		if (at_line_end(r))
			skip_line_end(r);
		else
			r->at++;
	end = run_end(r, close + 1);
	c->quoted = true;
	c->text = (struct text){ from, (size_t)(close - from) };
	if (doubled || end > close + 1)
		c->text = unquote(r, from, close, end, doubled);
	r->at = end;
	return true;
}

static struct cell *
room(struct reader *r)
{
	struct document *d = r->doc;
	struct cell *more;

	if (d->n_cells == r->cap) {
		r->cap *= 2;
		more = arena_alloc(r->arena, r->cap * sizeof(*more));
		memcpy(more, d->cells, d->n_cells * sizeof(*more));
		d->cells = more;
	}
	return &d->cells[d->n_cells];
}

static bool
read_field(struct reader *r)
{
	struct cell *c = room(r);
	const char *end;

	*c = (struct cell){
		.row = r->row, .column = r->column, .line = r->line, .type = CELL_TEXT
	};
	if (*r->at == '"') {
		c->byte = byte_of_line(r);
		if (!read_quoted(r, c))
			return false;
	} else {
		end = run_end(r, r->at);
		if (end > r->at)
			c->byte = byte_of_line(r);
		c->text = (struct text){ r->at, (size_t)(end - r->at) };
		r->at = end;
	}
	if (c->text.n == 0)
		return true;
	if (r->doc->n_cells == r->max_items) {
		read_error_set(r->error, r->arena, &many, r->line, 0,
		    "this file has more than %u cells.", r->max_items);
		return false;
	}
	r->doc->n_cells++;
	return true;
}

static bool
holds_something(const struct cell *c)
{
	unsigned char first = (unsigned char)c->text.p[0];

	return (first > ' ' && first < 0x80) || text_trim(c->text).n > 0;
}

/* Cells of a row in which there are only spaces are no cells. */
static void
end_row(struct reader *r, uint32_t first)
{
	bool any = false;

	for (uint32_t i = first; i < r->doc->n_cells && !any; i++)
		any = holds_something(&r->doc->cells[i]);
	if (!any)
		r->doc->n_cells = first;
	if (r->column > r->columns)
		r->columns = r->column;
}

static bool
read_row(struct reader *r)
{
	uint32_t first = r->doc->n_cells;

	for (r->column = 1; r->at < r->end && !at_line_end(r); r->column++) {
		/* A delimiter at the end of the file leaves an empty field behind it, which is no cell. */
		if (!read_field(r))
			return false;
		if (r->at == r->end || *r->at != r->delimiter)
			break;
		r->at++;
	}
	end_row(r, first);
	if (r->at < r->end)
		skip_line_end(r);
	return true;
}

/* Fields in the row at p; *next is the beginning of the next row. */
static unsigned
count_fields(const char *p, const char *end, char delimiter, const char **next)
{
	unsigned n = 1;
	bool opens = true, quoted = false;

	for (; p < end; p++) {
		if (quoted) {
			/* A doubled quote closes the field and opens it again at once. */
			quoted = *p != '"';
			opens = !quoted;
			continue;
		}
		if (*p == '\n' || *p == '\r')
			break;
		quoted = opens && *p == '"';
		opens = *p == delimiter;
		n += opens;
	}
	*next = p < end ? p + 1 : end;
	return n < MOST_WIDTH ? n : MOST_WIDTH;
}

/* How many rows of the sample have the commonest number of fields, when it is at least two. */
static unsigned
rows_alike(struct text sample, char delimiter, unsigned *width)
{
	unsigned rows[MOST_WIDTH + 1] = { 0 }, most = 0;
	const char *p = sample.p, *end = sample.p + sample.n, *next;

	for (; p < end; p = next)
		rows[count_fields(p, end, delimiter, &next)]++;
	for (unsigned n = 2; n <= MOST_WIDTH; n++)
		if (rows[n] > 0 && (most == 0 || rows[n] >= rows[most]))
			most = n;
	*width = most;
	return most == 0 ? 0 : rows[most];
}

static char
guess_delimiter(struct text t)
{
	static const char delimiters[] = { ',', ';', '\t' };
	unsigned best = 0, best_width = 0, alike, width;
	char found = ',';

	if (t.n > SAMPLE)
		t.n = SAMPLE;
	for (size_t i = 0; i < sizeof(delimiters); i++) {
		alike = rows_alike(t, delimiters[i], &width);
		if (alike > best || (alike == best && width > best_width)) {
			best = alike;
			best_width = width;
			found = delimiters[i];
		}
	}
	return found;
}

/* Excel's first line "sep=;": true when it was there, and it is passed over. */
static bool
read_sep(struct reader *r)
{
	struct text line = { r->at, 0 };
	bool quoted;

	while (line.p + line.n < r->end && line.n < 8 && line.p[line.n] != '\n' &&
	    line.p[line.n] != '\r')
		line.n++;
	quoted = line.n == 7 && line.p[0] == '"' && line.p[6] == '"';
	if (quoted)
		line = (struct text){ line.p + 1, 5 };
	if (line.n != 5 || !text_equal_nocase((struct text){ line.p, 4 }, TEXT("sep=")) ||
	    line.p[4] == '"')
		return false;
	r->delimiter = line.p[4];
	r->at = line.p + 5 + quoted;
	if (r->at < r->end)
		skip_line_end(r);
	return true;
}

static struct document *
document_new(struct arena *arena, struct text bytes, const struct csv_text *source)
{
	struct document *d = arena_calloc(arena, 1, sizeof(*d));

	d->format = DOC_CSV;
	d->bytes = bytes;
	d->encoding = source->encoding;
	d->lines = document_lines_new(arena);
	d->sheets = arena_calloc(arena, 1, sizeof(*d->sheets));
	d->n_sheets = 1;
	d->sheets->name = TEXT("");
	return d;
}

static bool
read_rows(struct reader *r)
{
	while (r->at < r->end) {
		r->row++;
		if (!read_row(r))
			return false;
	}
	if (r->doc->n_cells > 0)
		return true;
	read_error_set(r->error, r->arena, &empty, 0, 0, "There is nothing in this file.");
	return false;
}

struct document *
read_csv(struct arena *arena, struct text bytes, const struct read_options *options,
    struct read_error *error)
{
	struct reader r = { .arena = arena, .error = error, .line = 1, .max_items = ITEMS };

	*error = (struct read_error){ 0 };
	if (options != NULL && options->max_items > 0)
		r.max_items = options->max_items;
	if (bytes.n == 0) {
		read_error_set(error, arena, &empty, 0, 0, "This file is empty.");
		return NULL;
	}
	if (!csv_decode(arena, bytes, &r.source, error))
		return NULL;
	r.doc = document_new(arena, bytes, &r.source);
	r.at = r.counted = r.source.t.p;
	r.end = r.at + r.source.t.n;
	r.line_starts = r.source.unit == UNIT_BYTE ? bytes.p : r.at;
	r.cap = (uint32_t)(r.source.t.n / PER_CELL) + 16;
	r.doc->cells = arena_alloc(arena, r.cap * sizeof(*r.doc->cells));
	if (!read_sep(&r))
		r.delimiter = guess_delimiter(r.source.t);
	r.doc->delimiter = r.delimiter;
	if (!read_rows(&r))
		return NULL;
	r.doc->sheets->n_cells = r.doc->n_cells;
	r.doc->sheets->rows = r.row;
	r.doc->sheets->columns = r.columns;
	csv_split_sections(arena, r.doc);
	return r.doc;
}
