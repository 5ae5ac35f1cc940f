/* What read_ods.c (the file), ods_sheet.c (rows and cells), ods_value.c and ods_names.c share. */
#ifndef RULES_ODS_PRIVATE_H
#define RULES_ODS_PRIVATE_H

#include "rules/document_lines.h"
#include "rules/read_ods.h"
#include "rules/read_xml.h"

/* The format has no limits; these are LibreOffice's, and Excel's. */
#define ODS_ROWS    1048576
#define ODS_COLUMNS 16384

enum ods_kind {
	ODS_UNTYPED,
	ODS_NUMBER,
	ODS_PERCENT,
	ODS_DATE,
	ODS_TIME,
	ODS_BOOL,
	ODS_STRING,
	ODS_ERROR,
	ODS_KINDS
};

/* The cell being read. */
struct ods_cell {
	enum ods_kind kind;
	bool formula, valued /* has the attribute of its kind */;
	uint32_t paragraphs, times /* number-columns-repeated */;
	struct buf value, shown; /* the attribute, and the text of its paragraphs */
};

struct ods {
	struct arena *arena;
	struct document *doc;
	struct xml *xml;
	uint32_t max_items, cell_room, sheet_room, name_room, merge_room, style_room;
	const struct ods_element *at[XML_DEPTH + 1];
	bool wanting; /* text */
	/* automatic styles of sheets that hide them */
	struct text style, *hiding;
	uint32_t n_hiding;
	/* the sheet being read; NULL between them */
	struct sheet *sheet;
	struct ods_cell cell;
	uint32_t row, column, rows_repeated, first_of_row;
	uint32_t at_column; /* the next that a table-column is about */
	bool row_hidden;
	unsigned groups_hidden; /* collapsed groups around us */
	unsigned char columns_hidden[ODS_COLUMNS / 8];
	uint64_t repeated, repeated_bytes, spaces;
};

extern const struct read_fault ods_bad;

/* This workbook cannot be taken, and why; a whole sentence. */
void ods_refuse(struct ods *, const struct read_fault *, const char *, ...)
    __attribute__((format(printf, 3, 4)));
/* The value of a number-…-repeated or -spanned: at least 1, at most UINT32_MAX / 4. */
uint32_t ods_count(const char *);

/* ods_sheet.c: elements of a sheet as they begin and end. */
void ods_start_sheet(struct ods *, const char **attributes);
void ods_end_sheet(struct ods *);
void ods_start_group(struct ods *, const char **attributes);
void ods_end_group(struct ods *);
void ods_start_column(struct ods *, const char **attributes);
void ods_start_row(struct ods *, const char **attributes);
void ods_end_row(struct ods *);
void ods_start_cell(struct ods *, const char **attributes);
void ods_end_cell(struct ods *);

/* ods_value.c: what the cell is.  Empty text: it has nothing in it. */
void ods_value(struct arena *, const struct ods_cell *, struct cell *);

/* ods_names.c */
void ods_named_range(struct ods *, const char **attributes);
void ods_named_expression(struct ods *, const char **attributes);

#endif
