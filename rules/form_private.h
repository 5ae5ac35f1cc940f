/* What the files that make and use forms share, and nobody else sees. */
#ifndef RULES_FORM_PRIVATE_H
#define RULES_FORM_PRIVATE_H

#include "rules/arena.h"
#include "rules/form.h"

#define FORM_DEPTH    12   /* records within records */
#define FORM_FIELDS   1000 /* of one record */
#define HEADING_BYTES 160  /* a column heading is compared by so many bytes */
#define HEADER_SEARCH 40   /* rows in which a header is looked for */

/* record_type.lookup: open addressing over names and aliases. */
struct lookup_slot {
	struct text name; /* p NULL: free */
	uint16_t field;
	uint16_t alias; /* number + 1; 0: the name itself */
};
struct lookup {
	uint32_t mask;
	struct lookup_slot slots[];
};

/* form.detect: members of the root object and the values they may have. */
struct detect_member {
	struct text name;
	struct text *values;
	uint32_t n_values;
	bool absent; /* may be left out */
};
struct detect {
	struct detect_member *members;
	uint32_t n;
};

/* form.versions */
struct version_accepted {
	struct text name, version;
	fyear from, to; /* 0: open */
	bool old;
};
struct versions {
	struct text field, name; /* dotted paths; name may be empty */
	struct version_accepted *accepted;
	uint32_t n;
};

/* What a column of a table is for. */
enum target_role {
	TARGET_FIELD,  /* a field of the row's record, or (row: false) of the form */
	TARGET_PARENT, /* workbooks: the key of the record that the row belongs to */
	TARGET_KEY,    /* workbooks: the key of the row's items in maps */
	TARGET_MAP,    /* workbooks: an item of a map; the path leads from the root to it */
	TARGET_SKIP    /* workbooks: read by nobody, and meant to be */
};

/* A heading under which a scalar is found: in the rows, or in the preamble or a constant column. */
struct csv_target {
	enum target_role role;
	struct text heading; /* normalised */
	const struct field *path[FORM_DEPTH];
	uint8_t depth;
	uint8_t alias; /* number + 1, as form_field() tells it */
	bool row;      /* of a row's record; else of the root */
};
struct csv_need {
	struct text heading; /* as people know it */
	const struct field *field;
};
struct csv_layout {
	const struct field *list;
	bool preamble;
	struct csv_target *targets;
	uint32_t n_targets;
	struct csv_need *needs;
	uint32_t n_needs;
	struct text *totals; /* normalised */
	uint32_t n_totals;
};

/*
 * form.sheet_layout: what the sheets of a workbook are, and what stands on each.
 */
enum spot_how { SPOT_LABEL, SPOT_CELL, SPOT_NAME, SPOT_CONSTANT };
struct sheet_value {
	struct csv_target target; /* from the root */
	enum spot_how how;
	bool below;           /* SPOT_LABEL: its value stands below it, not to its right */
	uint32_t row, column; /* SPOT_CELL */
	struct text
	    /* SPOT_LABEL: as people know them, and normalised; else [0]: cell, name or constant */
	    *texts,
	    *normal;
	uint32_t n_texts;
};
struct sheet_table {
	/* Rows of layout.list, which is a list anywhere in the form; NULL: items of maps. */
	struct csv_layout layout;
	struct text title; /* dotted path of the list, or what the table is called */
	struct csv_target
	    list; /* path to the list from the root, or from the parent's record */
	/* The list whose records the rows belong to: path from the root, and its key; else NULL */
	const struct field *parent;
	struct csv_target parents;
	const struct field *key; /* of maps: the first of them, for its keys' kind */
	/* its columns are records, headed by this key of theirs, and its rows are fields; else NULL */
	const struct field *across;
	bool optional;
	struct text *under; /* normalised: its headings stand below a cell that says so */
	uint32_t n_under;
	/* fields with which a row may stand in the template and be no data */
	const struct field **prefilled;
	uint32_t n_prefilled;
	const struct field **adds; /* the totals row must be the sum of these */
	uint32_t n_adds;
	struct sheet_constant {
		struct csv_target target;
		struct text text;
	} * constants; /* of every row */
	uint32_t n_constants;
};
struct sheet_block {
	struct text *names, *normal; /* of the sheet: as people know it, and normalised */
	uint32_t n_names;
	bool optional, needed; /* needed: a workbook of this form has it */
	bool hidden;           /* it is hidden in the template, so that it may be */
	struct sheet_value *values;
	uint32_t n_values;
	struct sheet_table *tables;
	uint32_t n_tables;
};
struct sheet_layout {
	struct sheet_block *blocks;
	uint32_t n_blocks;
};

/* field.join: rows made from maps and lists beside the list. */
enum join_how { JOIN_NONE, JOIN_KEY, JOIN_MAP, JOIN_LIST };
struct join_column {
	enum join_how how;
	const struct field *from;        /* sibling map or list */
	int64_t shift;                   /* added to the key before it is looked up */
	const struct field *key, *value; /* JOIN_LIST: fields of its records */
};
struct join {
	const struct field *rows;    /* sibling map whose keys make the rows */
	struct join_column *columns; /* one for each field of the list's records */
};

/* The kind that a value read for a field has: lists and maps give that of their items. */
static inline enum kind
field_item_kind(const struct field *field)
{
	return field->kind == KIND_LIST || field->kind == KIND_MAP ? field->of : field->kind;
}

/* Whether a field is read from the file at all: joined and derived ones are worked out. */
static inline bool
field_is_read(const struct field *field)
{
	return field->join == NULL && field->derive == 0;
}

/* Build lookups, blanks and lists of required fields, once all types are complete. */
void form_prepare(struct arena *, struct form *);
/* Build the headings of the CSV layout from names, titles and headers. */
void form_csv_targets(struct arena *, struct form *, struct csv_layout *);
const struct csv_target *form_csv_target(
    const struct csv_layout *, struct text normal, bool row);
/* The same headings for the rows of a list on a sheet: none of the form as a whole. */
void form_row_targets(struct arena *, struct csv_layout *);
/* One more heading, of another role; the first of two alike stands. */
void form_add_target(
    struct arena *, struct csv_layout *, struct text heading, const struct csv_target *);
/* Whether a cell can hold it: a single value or a list of them that is read from the file. */
bool form_fits_a_cell(const struct field *);

/*
 * A heading as it is compared: lower case, letters and digits only, "&" as "and", without "£" and
 * units in brackets.  Writes at most HEADING_BYTES; *scale (may be NULL) is 1000 when the heading
 * says thousands of pounds, 1000000 for millions, 1 when it says pounds, else 0.
 */
struct text heading_normalise(char out[HEADING_BYTES], struct text, int64_t *scale);
/* Whether a cell says that its row is a totals row. */
bool form_is_totals(const struct csv_layout *, struct text);

#endif
