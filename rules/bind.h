/* What the bind*.c files share: filling a form from a document. */
#ifndef RULES_BIND_H
#define RULES_BIND_H

#include <stdarg.h>
#include <string.h>

#include "rules/budget.h"
#include "rules/form_private.h"

#define MOST_VALUES  8000000 /* fields of records and items of lists, in one budget */
#define MOST_FAULTS  20000
#define MOST_GUESSES 200  /* faults of a file beyond which nobody is asked "did you mean" */
#define TEXT_BYTES   4000 /* a text's most, when the field says nothing */
#define CODE_BYTES   120
#define QUOTED_BYTES 60
#define GIVEN_BYTES  240 /* of a wrong value are shown */

/* What needs no more than a look at the node when it is written as it should be. */
enum easy { NOT_EASY, EASY_TEXT, EASY_REFERENCE, EASY_MONEY, EASY_INTEGER };

/* The members of the last object of a type, in order: the next one has most likely the same. */
struct order_slot {
	struct text key;
	const struct field *field;
	int alias;
	enum easy easy;
	uint32_t most; /* bytes of an easy text */
};
struct order {
	struct order_slot *slots;
	uint32_t n, cap;
};

/* A reference that waits until all lists are read; its text is in value->u.s. */
struct pending {
	struct value *value;
	const struct field *field;
	struct place at;
};

/* A list with a key, and its index when it has one. */
struct keyed {
	struct list *list;
	struct key_index *index;
};

struct bind {
	struct arena *arena;
	const struct form *form;
	const struct document *doc;
	struct budget *budget;
	int64_t scale;   /* of money: 1 or 1000 */
	fyear year;      /* that the return is for; 0: not known */
	uint32_t values; /* so far */
	bool full, faults_full;
	uint32_t cap_faults, cap_hanging;
	struct order *orders; /* by type number */
	struct pending *pending;
	uint32_t n_pending, cap_pending;
	struct keyed *keyed;
	uint32_t n_keyed, cap_keyed;
	struct record **joiners; /* records with joined lists */
	uint32_t n_joiners, cap_joiners;
	/* workbooks: capacities of the budget's; keys of the maps that rows fill */
	uint32_t cap_spots, cap_tables;
	struct map_keys *map_keys;
};

/* How a value is written in the file. */
enum given_how { GIVEN_NUMBER, GIVEN_STRING, GIVEN_BOOL, GIVEN_CELL };
struct given {
	enum given_how how;
	bool truth; /* GIVEN_BOOL */
	struct text text;
	uint32_t src;  /* node or cell + 1 */
	int alias;     /* by which the field was called: number + 1, 0 its name */
	int64_t scale; /* of money in this column when its heading says so; 0: the file's */
	bool typed;    /* GIVEN_CELL of a workbook: a number could have been one */
};

/* How many bytes of a text a sentence quotes: whole characters. */
static inline int
quoted_bytes(struct text t)
{
	size_t n = t.n;

	if (n > QUOTED_BYTES)
		for (n = QUOTED_BYTES; n > 0 && ((unsigned char)t.p[n] & 0xc0) == 0x80;)
			n--;
	return (int)n;
}
#define QUOTED(t) quoted_bytes(t), (t).p

/* text_trim(), at once where there is nothing to trim. */
static inline struct text
trimmed(struct text t)
{
	if (t.n > 0 && t.p[0] > ' ' && t.p[0] < 0x7f && t.p[t.n - 1] > ' ' &&
	    t.p[t.n - 1] < 0x7f)
		return t;
	return text_trim(t);
}

/* Room for one more in an array that doubles; the arena keeps the old ones. */
void *bind_grow(struct arena *, void *old, uint32_t n, uint32_t *cap, size_t size);

/*
 * Note a fault.  field may be NULL; the format is a whole sentence, or NULL when given and expected
 * say it all.
 */
void bind_fault(struct bind *, enum fault_kind, struct place, const struct field *,
    uint32_t src, struct text given, const char *format, ...)
    __attribute__((format(printf, 7, 8)));
void bind_missing(struct bind *, struct place, const struct field *, uint32_t src);
/* A member or column that the form does not have: the message says which name is near. */
void bind_unknown(struct bind *, enum fault_kind, struct place, const struct record_type *,
    struct text name, uint32_t src);

/* A value is misread since others are: of which kind their faults are. */
void bind_hangs(struct bind *, struct place, enum fault_kind on);
/* When all faults are there. */
void bind_index_faults(struct bind *);
/* The src of a place in a sheet of a workbook where there is no cell; row 0: the sheet as a whole. */
uint32_t bind_spot(struct bind *, uint32_t sheet, uint32_t row, uint32_t column);
/* An empty record of a type; NULL when the budget is full. */
struct record *bind_record(struct bind *, const struct record_type *, struct record *parent,
    const struct field *in, uint32_t index, uint32_t src);
/* A list of n items, fewer when the budget is full. */
struct list *bind_list(
    struct bind *, const struct field *, struct record *owner, uint32_t n, bool map);
/* Fault what is required and not there; csv rows pass the columns that are missing as a whole. */
void bind_required(struct bind *, struct record *, const bool *excused);
void bind_keyed(struct bind *, struct list *);

/* Read one scalar of a kind (the field's, or that of its items or keys) into *out. */
void bind_scalar(struct bind *, struct place, const struct field *, enum kind,
    const struct given *, struct value *out);
/* What a field wants, or an item of it, for people: its help or what its kind is. */
struct text bind_expected(struct arena *, const struct field *, bool item);
/* An enum's word in a year; -1: none. *wrong_year: there is one, but not in this year. */
int bind_word(const struct field *, struct text, bool loose, fyear, bool *wrong_year);

/* Its text is in the value already; the record is looked for when all lists are there. */
void bind_pending(struct bind *, struct value *, const struct field *, struct place);

void bind_json(struct bind *);
void bind_csv(struct bind *);
void bind_sheets(struct bind *);
/* Duplicate keys, then references, then joined lists. */
void bind_references(struct bind *);
void bind_joins(struct bind *);
void bind_version(struct bind *);

/* Units and year as the file gives them, before amounts and words are read. */
void bind_early(struct bind *, struct text units, struct text period);

struct key_index;
struct key_index *key_index_new(struct arena *, const struct list *);
/* The record with this key, or NULL. */
struct record *key_index_find(const struct key_index *, struct text key);
/* A key as text; p NULL when there is none (absent, misread). */
struct text key_text(struct arena *, const struct field *, const struct value *);
bool value_same(const struct value *, const struct value *);

#endif
