/*
 * What a file contains before anyone asks what it means: JSON nodes, or sheets of cells.
 *
 * A reader makes one of these from bytes (read_json.h, read_csv.h, read_xlsx.h, read_ods.h).  Each node and cell has a number, from which its place in the file
 * can be told; a budget's values keep that number and nothing else of the file.
 * All memory is in the arena given to the reader; texts may point into the file's bytes, which must
 * outlive the document.
 */
#ifndef RULES_DOCUMENT_H
#define RULES_DOCUMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/arena.h"
#include "rules/text.h"

enum node_type { NODE_NULL, NODE_BOOL, NODE_NUMBER, NODE_STRING, NODE_OBJECT, NODE_ARRAY };

struct node {
	enum node_type type;
	bool truth;       /* NODE_BOOL */
	uint32_t offset;  /* of its first byte (a file is at most 4 GB - 1) */
	uint32_t parent;  /* number of the parent; 0 (the root) is its own parent */
	uint32_t next;    /* following sibling, 0 when none */
	uint32_t first;   /* first child, 0 when none */
	uint32_t count;   /* children */
	uint32_t index;   /* position among the siblings */
	struct text key;  /* in an object: decoded */
	struct text text; /* NODE_NUMBER: as written; NODE_STRING: decoded */
};

enum cell_type { CELL_TEXT, CELL_NUMBER, CELL_BOOL, CELL_DATE, CELL_ERROR };

struct cell {
	uint32_t row, column; /* from 1; in a CSV file column counts fields */
	uint32_t line,
	    byte; /* where it begins in the file: line from 1, byte of the line from 1 */
	enum cell_type type; /* a CSV file has CELL_TEXT only */
	bool quoted;
	bool hidden; /* its row or column is */
	/* a number shown as a percentage: 0.05 in the file, 5% on the screen */
	bool percent;
	/* decoded to UTF-8, not trimmed; numbers as in the file; dates ISO */
	struct text text;
};

/* Cells that are shown as one; its value is that of the first. */
struct merge {
	uint32_t row, column, last_row, last_column;
};

/* A name of the workbook for a place: "Sheet1!$B$4", as the file writes it. */
struct defined_name {
	struct text name, refers;
	uint32_t sheet; /* the only sheet that knows it, from 1; 0: all do */
};

struct sheet {
	struct text name; /* a CSV file: empty */
	bool hidden;
	struct merge *merges;
	uint32_t n_merges;
	uint32_t first_cell,
	    n_cells; /* into document.cells: row by row, only cells that are not empty */
	uint32_t rows, columns; /* extent, blank rows included */
};

enum document_format { DOC_JSON, DOC_CSV, DOC_XLSX, DOC_ODS };

struct document {
	enum document_format format;
	struct text bytes;
	/* JSON: no escapes and no control characters, so that texts need no look at them */
	bool plain;
	const char *encoding; /* "UTF-8", "UTF-8 with BOM", "UTF-16LE", "Windows-1252" … */
	char delimiter;       /* CSV */
	/* CSV: rows such as "[Income]" begin sheets of that name, and forms fill them as a workbook's */
	bool sectioned;
	struct node *nodes; /* JSON: nodes[0] is the root */
	uint32_t n_nodes;
	struct cell *cells; /* sheets */
	uint32_t n_cells;
	struct sheet *sheets;
	uint32_t n_sheets;
	struct defined_name *names; /* workbooks */
	uint32_t n_names;
	struct document_lines *lines; /* private to document_lines.c; may be NULL */
};

/* Why a file could not be read.  what and todo are whole sentences for a clerk. */
struct read_error {
	const char *
	    /*
	 * "empty" "truncated" "too_big" "not_utf8" "syntax" "duplicate_key" "too_deep"
	 * "trailing" "binary" "workbook" …: chooses the condition id, see form.h
	 */
	    kind;
	uint32_t line,
	    /* from 1; 0 when the file as a whole is meant; column counts characters */
	    column;
	struct text what; /* "Line 3, column 17: found a comma where a value must stand." */
	struct text expected;
	struct text todo;
};

/* A workbook, or a CSV file that is laid out as one. */
static inline bool
document_has_sheets(const struct document *doc)
{
	return doc->format == DOC_XLSX || doc->format == DOC_ODS || doc->sectioned;
}

/*
 * The second of two sheets of one name but for case, or NULL: a finding names a sheet, so that a workbook
 * with such is refused.
 */
const struct sheet *document_sheet_twice(struct arena *, const struct document *);
/* Line and column (characters, from 1) of a byte offset. */
void document_line_column(
    const struct document *, uint32_t offset, uint32_t *line, uint32_t *column);
/* RFC 6901 pointer of a JSON node, e.g. /income/0/amount. */
void document_pointer(struct buf *, const struct document *, uint32_t node);
/* "E12" for a cell of a sheet. */
void cell_name(struct buf *, uint32_t row, uint32_t column);

enum document_guess { GUESS_JSON, GUESS_CSV, GUESS_XLSX, GUESS_ODS, GUESS_OTHER };
/*
 * What the bytes say, whatever the name.  *what names it for people when it is neither JSON nor CSV ("a PDF
 * document"), *todo is a sentence when it is none we read ("Take the return out of it …"); else NULL.
 */
enum document_guess document_guess(
    struct text bytes, struct text name, const char **what, const char **todo);

struct read_options {
	bool keep_duplicates; /* poolctl cells shows duplicate keys, check refuses them */
	bool workbooks;       /* read those, too */
	uint32_t max_depth;   /* 0: 64 */
	uint32_t max_items;   /* 0: 5,000,000 nodes or 20,000,000 cells */
};

/* Read whatever it is.  NULL: *error says why. */
struct document *document_read(struct arena *, struct text bytes, struct text name,
    const struct read_options *, struct read_error *error);

#endif
