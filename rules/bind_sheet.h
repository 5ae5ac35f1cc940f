/* What the files that fill a form from a workbook share. */
#ifndef RULES_BIND_SHEET_H
#define RULES_BIND_SHEET_H

#include "rules/bind_cell.h"
#include "rules/sheet_view.h"

/* Rows with something in them, and cells, in which headings and labels are looked for. */
#define SHEET_ROWS    300
#define SHEET_CELLS   30000
#define SHEET_COLUMNS 1024
#define SHEETS_SHOWN  12 /* names that a sentence lists */

/* A table of a sheet, once its headings are found. */
struct sheet_column {
	const struct csv_target *target; /* NULL: not read */
	struct text heading;
	uint32_t src; /* of the heading's cell; 0: it has none */
	int64_t scale;
	bool told, hidden;
};
struct sheet_rows {
	struct bind *b;
	const struct sheet_table *table;
	const struct sheet_view *view;
	uint32_t first, last;             /* rows of the headings; 0: not found */
	uint32_t end;                     /* the first row that is not of this table */
	uint32_t found, wanted;           /* of the columns by which headings are known */
	struct sheet_column *columns;     /* from 1 */
	uint32_t left, right;             /* the columns of the headings */
	uint32_t reach_left, reach_right; /* and of those beside them that nobody knows */
	struct sheet_totals *totals;      /* once its rows are read */
	/* of a table on its side: the place of its title, what that or the corner says of thousands (else 0) */
	uint32_t title, title_column;
	int64_t scale;
	uint32_t kept;  /* number of the budget's filled table */
	bool lost;      /* not all of its list is read, as is told */
	size_t longest; /* heading of any column, as they are compared */
};

enum spot_found { SPOT_FILLED, SPOT_BLANK, SPOT_MISSING, SPOT_TWICE };
struct spot_place {
	enum spot_found how;
	const struct cell *cell;      /* filled */
	const struct cell *labels[2]; /* twice; else [0]: the label */
	uint32_t sheet, row, column;
};

/* A sheet that a form declares, and what it is in the workbook in hand. */
struct sheet_found {
	const struct sheet_block *block;
	bool there;
	struct sheet_view view;
	struct spot_place *places; /* one for each of the block's values */
	struct sheet_rows *tables; /* one for each of the block's */
};
struct sheets {
	struct bind *b;
	const struct sheet_layout *layout;
	struct sheet_found *blocks;
	bool *claimed; /* by number of the sheet */
};

/* The sheet that a block means: its number, -1 none, -2 two of them, *other is then the second. */
int sheet_number(const struct document *, const struct sheet_block *, uint32_t *other);
/* Sheets that a workbook has, for a sentence: "Cover", "Income" and 3 more. */
void put_sheet_names(struct buf *, const struct document *);

/* bind_sheet_value.c: where a value stands. */
struct spot_place sheet_value_place(const struct document *, const struct sheet_view *,
    const struct sheet_block *, const struct sheet_value *);
/* Whether it is that of the field at a dotted path. */
bool sheet_value_is(const struct sheet_value *, struct text dotted);
void bind_sheet_values(struct sheets *, struct sheet_found *);
/* The text of the value at a dotted path, before anything is read. */
struct text sheet_value_text(struct sheets *, struct text dotted);

/* Whether a text, as headings are compared, is the label of any value of the sheet. */
bool sheet_labels_any(const struct sheet_block *, struct text normal);

/* bind_sheet_unread.c: tell of what stands on a sheet, is like what is looked for, and is not read. */
void sheet_tell_unread(struct sheets *, const struct sheet_found *);
/* Tell of a cell that is read, and that nobody sees beneath merged ones. */
void sheet_tell_covered(struct bind *, const struct sheet_view *, const struct cell *);

/* Of the cells of a sheet: how many are looked at for labels and titles. */
uint32_t sheet_looked_at(const struct sheet_view *);
/* bind_sheet_beside.c: find the headings of all tables of a sheet, and where each table ends. */
void sheet_find_tables(struct bind *, struct sheet_found *);
/* Tell of rows that stand below the end of a table, beside the one that ends it. */
void sheet_tell_beside(struct bind *, const struct sheet_found *);
/* bind_sheet_header.c: find the headings of a table, below a row, and what each column is. */
void sheet_headings(struct sheet_rows *, uint32_t from_row);
/* When columns have been taken from a table: its outermost ones. */
void sheet_outermost(struct sheet_rows *);
/* bind_sheet_columns.c: the column of a cell, that of none where it is too far right. */
struct sheet_column *sheet_column_of(const struct sheet_rows *, const struct cell *);
/* The place that is spoken of where a table as a whole is meant. */
struct place sheet_table_place(const struct sheet_rows *);
/* How many of the columns by which headings are known one row has, by its index in view.rows. */
uint32_t sheet_count_needs(const struct sheet_rows *, uint32_t at);
/* Tell of a heading or label whose thousands are not the workbook's units. */
void sheet_check_scale(struct sheet_rows *, const struct field *, int64_t scale,
    struct text heading, uint32_t src);
/* Tell of headings that no row has; of those that are unknown or there twice; of units that disagree. */
void sheet_tell_no_headings(struct sheet_rows *);
void sheet_check_columns(const struct sheet_found *, struct sheet_rows *);
void sheet_check_units(struct sheet_rows *);
/* Tell, once a column, of a cell that stands under no heading. */
void sheet_tell_no_heading(
    struct sheet_rows *, const struct sheet_found *, const struct cell *);
/* Required and needed columns that are not there, by the index of their field; each is told once. */
bool *sheet_missing_columns(struct sheet_rows *);

/* One row in hand: its cells, and what they come to. */
struct sheet_row {
	struct sheet_rows *r;
	const struct cell *cells;
	uint32_t n;
	const struct cell *first, /* the first that is not blank, within the table */
	    *words;               /* and the first of them with text */
	uint32_t filled, known, same, entered;
};

/* bind_sheet_maps.c: a list or map of an owner, empty the first time; NULL: it is misread, or no room. */
struct list *sheet_list_of(
    struct bind *, struct record *owner, const struct field *, uint32_t src);
/* Read a row as items of maps. */
void sheet_add_items(struct sheet_rows *, const struct sheet_row *);
/* bind_sheet_totals.c: the sums of a table's rows, to which each is added, and its totals rows. */
struct sheet_totals *sheet_totals_new(const struct sheet_rows *);
void sheet_totals_add(struct sheet_totals *, const struct document *, const struct record *);
void sheet_totals_check(struct sheet_totals *, const struct sheet_row *);
/* Totals stated beside the tables that pass over an amount typed as text wait for that one. */
void sheet_totals_stated(struct bind *, const struct sheet_found *);
/* Whether a table stands under a cell that says this, normalised. */
bool sheet_is_under(const struct sheet_table *, struct text normal);
/* bind_sheet_across_heads.c: the headings of tables on their side; what their columns of keys are for. */
extern const struct csv_target sheet_across_heads;
bool sheet_across_key(const struct sheet_rows *, const struct cell *, int64_t *key);
void sheet_across_headings(struct sheet_found *, struct sheet_rows *, uint32_t from);
/* Refuse headings that two of them would have. */
void sheet_across_part(struct bind *, struct sheet_found *);
/* End a table where another title or other keys stand, and tell of those that are no table's. */
void sheet_across_end(const struct sheet_found *, struct sheet_rows *);
void sheet_across_tell(struct bind *, struct sheet_found *);
/* Whether a row would be the headings of a table on its side. */
bool sheet_across_keys(const struct sheet_found *, uint32_t row);
/* bind_sheet_across.c: their rows, and what is required of them. */
void bind_sheet_across(struct sheet_rows *);
void sheet_across_done(struct bind *, const struct sheet_found *);
/* Whether one that fills the same list as another table was found, or told of. */
bool sheet_across_there(const struct sheet_found *, const struct sheet_rows *);
/* Note what is read where; returns the number of the budget's filled table. */
uint32_t sheet_keep_table(struct bind *, const struct sheet_rows *);
/* A record at the end of a list; NULL: the budget is full. */
struct record *sheet_push_record(struct bind *, struct list *, uint32_t src);
/* bind_sheet_table.c: read the rows. */
void bind_sheet_table(struct sheets *, struct sheet_found *, struct sheet_rows *);
/* The list of a sheet that is not there, or whose headings are not, is misread and not empty. */
void bind_sheet_no_table(struct bind *, const struct sheet_table *, uint32_t src);

#endif
