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

/* A heading under which a scalar is found: in the rows, or in the preamble or a constant column. */
struct csv_target {
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

/*
 * A heading as it is compared: lower case, letters and digits only, "&" as "and", without "£" and
 * units in brackets.  Writes at most HEADING_BYTES; *scale (may be NULL) is 1000 when the heading
 * says thousands of pounds, 1000000 for millions, 1 when it says pounds, else 0.
 */
struct text heading_normalise(char out[HEADING_BYTES], struct text, int64_t *scale);

#endif
