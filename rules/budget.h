/*
 * A budget: a submission read through a form.  An arena of records and fields; every value knows
 * its place.
 *
 * Values are in the order of the file.  Nothing here is changed after form_fill() returned it, but
 * for derived fields, which are worked out on first reading.
 */
#ifndef RULES_BUDGET_H
#define RULES_BUDGET_H

#include "rules/arena.h"
#include "rules/document.h"
#include "rules/form.h"

enum value_state {
	VALUE_ABSENT,  /* left out of the file */
	VALUE_UNKNOWN, /* null: "not yet known" */
	VALUE_FAULTED, /* there, but misread: the budget has a fault for it */
	VALUE_SET,
	VALUE_DERIVE /* a derived field that nobody has read yet: see budget_set_derived() */
};

struct value {
	uint8_t state; /* enum value_state */
	uint8_t kind;  /* enum kind; the field's kind even when absent */
	uint8_t scale; /* rates */
	uint8_t flags;
	/* number of node or cell in the document + 1; 0: nowhere (absent, derived) */
	uint32_t src;
	union {
		/*
		 * money, integer, rate, boolean, date, time, year, quarter; enum: index of
		 * the word
		 */
		int64_t n;
		/* record, reference (NULL for a word of field.also: see text) */
		struct record *rec;
		struct list *list; /* list, map */
		const char *s;     /* text, code */
	} u;
	/* text, code, and the text of an `also` reference's word in u.s when ref_word */
	uint32_t len;
	uint32_t pad;
};

#define VALUE_REF_WORD \
	1 /* flags: a reference that is one of field.also; its text is in u.s, len */

struct record {
	const struct record_type *type;
	struct budget *budget;
	struct record *parent; /* NULL for the root */
	/* field of the parent that holds this record or its list */
	const struct field *in;
	uint32_t index; /* position in the list, from 0, file order */
	uint32_t src;   /* as value.src; for a row of a sheet its first cell */
	bool twice;     /* an earlier record of its list has the same key */
	/* rows of a joined list: where each field's value stands; else NULL */
	const struct place *origins;
	struct value values[]; /* type->n_fields */
};

struct list {
	const struct field *field;
	struct record *owner;
	uint32_t n;
	struct value *items; /* records (KIND_RECORD) or scalars */
	struct value *keys;  /* maps only: the keys, beside the items */
};

/*
 * A place: a field of a record, an item of its list, or the record itself.
 */
struct place {
	const struct record *rec;
	int32_t field; /* index; -1: the record itself */
	int32_t item;  /* index in the list or map; -1: the field as a whole */
};

/* A place of a sheet where there is no cell: a blank one, or (row 0) the sheet as a whole. */
struct spot {
	uint32_t sheet, row, column; /* sheet: number in the document */
};

/* Rows of a sheet that were read as a table: where a field of a row that is left out belongs. */
struct filled_table {
	uint32_t sheet, first_row, last_row;
	struct filled_column {
		const struct csv_target *target; /* private to the binder */
		uint32_t column;
	} * columns;
	uint32_t n_columns;
	/* of a table on its side: `column` is a row, and each record has a column; NULL: it is upright */
	struct filled_record {
		struct record *record;
		uint32_t column;
	} * records;
	uint32_t n_records;
};

struct fault {
	enum fault_kind kind;
	struct place at;
	struct text given, expected; /* for people, not yet escaped */
	/* a whole sentence; may be empty: given and expected say it */
	struct text message;
	/* when the place has no value: e.g. an unknown field's own node */
	uint32_t src;
};

/* A value that is misread (VALUE_FAULTED) since others are, and has no fault of its own. */
struct hanging {
	struct place at;
	enum fault_kind on; /* the kind of theirs */
};

struct budget {
	struct arena *arena;
	const struct form *form;
	const struct document *document; /* NULL for a budget from history */
	struct record *root;
	struct fault *faults;
	uint32_t n_faults;
	struct hanging *hanging;
	uint32_t n_hanging;
	struct fault_index *fault_index; /* private to budget_faults.c */
	/* identity, as text; empty when absent or misread */
	struct text area, period, version;
	/* CSV: the column of each field of the rows' type; 0: none; else NULL */
	const uint32_t *columns;
	const struct record_type *row_type;
	/*
	 * Workbooks.  A src beyond the number of cells is that of a spot: document.n_cells + 1 is the
	 * first.
	 */
	struct spot *spots;
	uint32_t n_spots;
	struct filled_table *tables;
	uint32_t n_tables;
	/*
	 * explanations of earlier versions that still hold, in their own words: written with the
	 * budget, so that the version after this one finds them
	 */
	const struct record *const *carried;
	uint32_t n_carried;
	/* a budget from history: */
	struct text id, sha256, region;
	instant received;
};

/*
 * The form that a document is a return of, out of several; NULL: none, and *why is filled with the
 * sentence a clerk reads, naming the forms that exist and what each is recognised by.
 */
const struct form *form_recognise(const struct form *const *forms, size_t n,
    const struct document *, struct arena *, struct read_error *why);
/*
 * Fill a form from a document.  Always gives a budget: what is wrong is in budget.faults, all of it.
 */
struct budget *form_fill(struct arena *, const struct form *, const struct document *);
/* The budget as JSON in canonical names and units of pounds, for history; lists of records are folded. */
void budget_write_history(struct buf *, const struct budget *);
/* What that wrote, this poold's or an older one's, filled into a form.  NULL: it is no such thing. */
struct budget *budget_read_history(struct arena *, const struct form *, struct text json);
/* What is at a place, as text that is the same where all in it is the same. */
void budget_write_value(struct buf *, struct place);

/* The kind of the first fault at a place, or of those that the value there hangs on; -1: neither. */
int budget_fault_at(const struct budget *, struct place);

/*
 * Derived fields.  A field with `derive` begins as VALUE_DERIVE.  Whoever reads one in that state
 * (Lua alone: field->derive is a reference into its registry) calls the function with the record and
 * stores what it gives here, once: kind as the field's, texts are copied.  VALUE_ABSENT for nil,
 * VALUE_FAULTED while the function runs or when it failed, so that a field that reads itself ends.
 */
void budget_set_derived(struct record *, const struct field *, struct value);

/* A value's field by dotted path from the root ("hwb.gss"); NULL: no such field or absent record. */
const struct value *budget_get(const struct budget *, struct text dotted);

struct place place_of_record(const struct record *);
struct place place_of(const struct record *, const struct field *);
bool place_equal(struct place, struct place);
/* File order: by record, then field, then item. */
int place_compare(struct place, struct place);
/* JSON pointer into the budget in canonical names: /income/0/amount. */
void place_pointer(struct buf *, struct place);
/* The same with keys where lists have them: /schemes[BCF02]/expenditure ; place_key: schemes[BCF02]. */
void place_path(struct buf *, struct place);
void place_key(struct buf *, struct place);
/* In the words of the form: "Income, line I1: Amount". */
void place_label(struct buf *, struct place);
/* Where it stands in the file; zeros and empty texts where the format has no such thing. */
struct source_place {
	struct text pointer; /* JSON, arena text */
	/* JSON: characters; CSV: line of the file and number of the field */
	uint32_t line, column;
	struct text sheet, cell; /* workbooks */
};
struct source_place place_source(struct arena *, struct place);
/* Sheet and cell of a value's src in a budget from a workbook; nothing from another format. */
struct source_place place_of_src(struct arena *, const struct budget *, uint32_t src);
/*
 * The place that a person wrote: "/schemes[BCF02]/expenditure", "/income/0/amount", aliases allowed.
 * false: no such place.
 */
bool place_read(const struct budget *, struct text, struct place *);
/* The value at a place; a place of a record or of an absent field gives its state as well. */
struct value place_value(struct place);

/* A scalar value as the verdict writes it ("20415000.00", "2015-16") and as people read it. */
/* Of a KIND_DATE or KIND_TIME that is set: the day, in London. */
date value_day(const struct value *);
void value_format(struct buf *, const struct field *, struct value);
void value_format_pretty(struct buf *, const struct field *, struct value);

#endif
