/*
 * A form: what a kind of return contains, and where each field is found in JSON, CSV and workbooks.
 *
 * Administrators declare forms in Lua; lua_form.c turns the declaration into the structures below,
 * which are constant afterwards and know nothing of Lua but a reference number for derived fields.
 */
#ifndef RULES_FORM_H
#define RULES_FORM_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/date.h"
#include "rules/money.h"
#include "rules/text.h"

enum kind {
	KIND_NONE,
	KIND_TEXT,
	KIND_INTEGER,
	KIND_MONEY, /* pence */
	/* exact decimal: 3.75% or 0.0375; the field says which units it is written in */
	KIND_RATE,
	KIND_PERCENT, /* as KIND_RATE, written 50 for 50% */
	KIND_DECIMAL, /* an exact plain decimal: struct rate as well */
	KIND_BOOLEAN,
	KIND_DATE,
	/* instant; a field may take a date alone as the end of that day in London */
	KIND_TIME,
	KIND_YEAR,
	KIND_QUARTER,
	KIND_ENUM, /* one of a list of words, each from..to a year */
	KIND_CODE, /* a code of a register: only its shape is the form's business */
	KIND_REF,  /* reference to a record of a list of this budget, by its key */
	KIND_RECORD,
	KIND_LIST,  /* of records or of one scalar kind */
	KIND_MAP,   /* text, reference, quarter … to one scalar kind */
	KIND_RATIO, /* determinations only: an exact fraction */
	KIND_ANY,   /* kept as it is in the file, never judged */
	KINDS
};

/*
 * What a reader or binder can find wrong.  A form or a pack maps each to the id of a condition that
 * is declared with `reader = true`; see fault_names[].
 */
enum fault_kind {
	/* "1,234" or 1,234 quoted, £, commas, parentheses: the value is used */
	FAULT_NUMBER_AS_TEXT,
	FAULT_NOT_A_NUMBER, /* "-", "#REF!", "2.34E+13", "abc" */
	FAULT_NOT_WHOLE_PENCE,
	FAULT_OUT_OF_RANGE,
	/* a list where a record must stand, a number where a word must stand */
	FAULT_WRONG_TYPE,
	FAULT_BAD_DATE,
	FAULT_BAD_TIME, /* also hours that do not exist, and times without a zone */
	FAULT_BAD_YEAR,
	FAULT_BAD_QUARTER,
	FAULT_NOT_LISTED,     /* a word that the enum does not have (in that year) */
	FAULT_BAD_CODE,       /* a code of the wrong shape */
	FAULT_BAD_TEXT,       /* too long, control characters */
	FAULT_DANGLING,       /* a reference to a record that is not there */
	FAULT_DUPLICATE_KEY,  /* two records of a list with one key */
	FAULT_NOT_ONE,        /* list:one{…} found none or two; raised by conditions */
	FAULT_MISSING,        /* a required field is left out */
	FAULT_MISSING_COLUMN, /* CSV, workbook: no header for a required column */
	FAULT_UNKNOWN_FIELD,  /* the file has a field that the form does not have */
	FAULT_UNKNOWN_COLUMN,
	FAULT_OLD_VERSION, /* an older authorised version of the template */
	FAULT_UNKNOWN_VERSION,
	FAULT_TOO_MANY_ROWS,
	/* workbooks: */
	FAULT_MISSING_SHEET,
	FAULT_UNKNOWN_SHEET,  /* a sheet that nobody reads, and that one is nearly named for */
	FAULT_AMBIGUOUS,      /* two labels, two sheets that may both be meant */
	FAULT_ERROR_CELL,     /* #REF!, #N/A … */
	FAULT_NOT_CALCULATED, /* a formula without a result */
	FAULT_HIDDEN,         /* what is read stands in a hidden sheet, row or column */
	FAULT_WRONG_TOTAL,    /* a totals row that is not the sum of the rows */
	/* the file as a whole; these make the verdict unreadable */
	FAULT_UNREADABLE, /* every read_error.kind but the next two */
	FAULT_EMPTY,
	FAULT_TRUNCATED,
	FAULT_NO_FORM,
	FAULT_KINDS
};

extern const char *const fault_names[FAULT_KINDS]; /* "number_as_text" … */
extern const char *const kind_names[KINDS];        /* as a form writes them: "money" … */

struct form;
struct record_type;

struct enum_word {
	struct text word, title;
	struct text normal[2]; /* both, as headings are compared */
	struct text *aliases;
	uint32_t n_aliases;
	fyear from, to; /* 0 when open */
};

struct field {
	struct text name;     /* canonical, as conditions write it */
	struct text title;    /* as people know it from their form */
	struct text help;     /* what to enter; shown as "expected" */
	struct text *aliases; /* other names in JSON */
	uint32_t n_aliases;
	struct text *
	    /* CSV and workbook column headers, compared without case and punctuation */
	    headers;
	uint32_t n_headers;
	uint16_t index; /* position in record_type.fields and record.values */
	enum kind kind;
	enum kind of;            /* KIND_LIST of scalars, KIND_MAP: kind of an item */
	enum kind keys;          /* KIND_MAP: kind of a key */
	struct record_type *sub; /* KIND_RECORD, KIND_LIST of records; else NULL */
	bool required;           /* leaving it out is FAULT_MISSING */
	bool unknown;  /* null means "not yet known"; lists and maps: so for their items */
	bool no_units; /* money that is in pounds whatever `units` says */
	/* pence that are not nought are FAULT_NOT_WHOLE_PENCE; the value is used */
	bool whole_pounds;
	/* more than two decimals: round half to even instead of a fault */
	bool round;
	/* KIND_RATE whose own name ends in _permille: a whole number of ‰ */
	bool per_mille;
	/* per alias: 3 when that alias is a permille integer, 2 when it is in percent, else 0 */
	uint8_t *alias_scale;
	bool day_ends; /* KIND_TIME: a date alone is the end of that day in London */
	bool has_range;
	int64_t least, most; /* money in pence, integers, rates in millionths */
	struct text
	    /*
	 * KIND_CODE, KIND_TEXT: a list of shapes like "A0000 000 A99": A letter, 9 digit, X
	 * letter or digit; parted by blanks
	 */
	    pattern;
	uint32_t max_bytes; /* KIND_TEXT; 0: 4,000 */
	struct enum_word *words;
	uint32_t n_words;
	struct text
	    /* KIND_REF and keys: dotted path of the list it points into, "partners" */
	    list;
	struct text *also; /* KIND_REF: words that are no record and yet allowed ("HWB") */
	uint32_t n_also;
	/* Lua reference of function(record); 0: none. Worked out on first reading */
	int derive;
	struct join
	    /* a list made from maps and lists beside it; NULL: none. See lua_form.c */
	    *join;
};

struct record_type {
	struct text name;  /* "income" : for messages */
	struct text title; /* "Income" */
	struct text row;   /* one of them: "income line" */
	struct field *fields;
	uint32_t n_fields;
	int key; /* index of the field that is the key in a list; -1: none */
	int open_from,
	    /* index of the dates that say when a record is open; -1: none */
	    open_to;
	uint32_t number;          /* of the type in its form, from 0 */
	const void *lookup;       /* name or alias -> field; private to form.c */
	const void *blank;        /* the values of an empty record; private to bind.c */
	const uint16_t *required; /* index of the fields that are required, */
	uint32_t n_required;
	bool joins; /* some of its fields are joined lists */
};

/* How a list of explanations or of waivers is laid out: the list and its fields; empty: none. */
struct form_claims {
	struct text list; /* dotted path from the root */
	struct text condition, target, text, author, on;
};

struct form {
	struct text id, title, pack;
	struct record_type *root;
	struct text area, period; /* dotted paths: "hwb.gss", "financial_year" */
	struct text units;        /* dotted path of the units field; empty: pounds */
	struct text version;      /* dotted path of the template version; empty: none */
	struct text explanations; /* dotted path of the list of explanations; empty: none */
	struct form_claims explained,
	    /* the same with the names of its fields; waivers are claims, shown and never applied */
	    waived;
	struct text
	    /* condition ids as the form declares them; empty: none */
	    fault_ids[FAULT_KINDS];
	int faults
	    /* condition numbers in the rulebook; -1: pack default applies */
	    [FAULT_KINDS];
	/* ids of other packs' conditions that are for this form as well */
	struct text *conditions;
	uint32_t n_conditions;
	bool json, csv, sheets; /* which formats it can be filled from */
	const void *detect;     /* private to form.c: how a document is recognised */
	const void *versions;   /* private: versions in force by year */
	const void *
	    /* private: which list the rows fill, preamble, totals rows, constants */
	    csv_layout;
	/* private: what stands where in a workbook; NULL: it does not come as one */
	const void *sheet_layout;
	struct record_type **types; /* all of them, by number */
	uint32_t n_types;
};

/* The field called this (canonical or alias; *alias then has its number + 1), or NULL. */
const struct field *form_field(const struct record_type *, struct text name, int *alias);
/* The field at the end of a dotted path ("hwb.gss") through records, or NULL. */
const struct field *form_path(const struct form *, struct text dotted);
/* The canonical name nearest to a misspelt one, or TEXT_NONE. */
struct text form_suggest(const struct record_type *, struct text name);

#endif
