/*
 * Registers: reference data of ours, read from CSV into typed rows.
 *
 * A row is a `struct record` like a budget's, so that conditions read it in the same way; it
 * has no budget and its src is the line of the CSV.  Rows never change after loading, live
 * outside Lua, and are found by an index a column: an evaluator inherits all of it by fork and
 * copies none of it.
 */
#ifndef RULES_REGISTER_H
#define RULES_REGISTER_H

#include "rules/arena.h"
#include "rules/budget.h"
#include "rules/form.h"

/* A list of texts. */
struct texts {
	struct text *items;
	uint32_t n;
};

/* The rows that have one value in a column, as chains in file order. */
struct column_index {
	uint32_t *first; /* by hash: row + 1, or 0 */
	uint32_t *count; /* rows in the chain */
	uint32_t *next;  /* by row: next of the chain + 1, or 0 */
	uint32_t mask;
};

struct reg_file {
	struct text name;
	uint32_t first_row;
};

/* What a register says of how its amounts rise (rulebook_rises.c). */
struct rises {
	uint32_t amount, along, each, where; /* columns */
	struct text is, by, rule;
	int64_t within; /* pence */
};

struct reg {
	struct text name, title, origin, notice, pack;
	struct text file; /* of the declaration */
	uint32_t line;
	bool of_site;            /* site/NAME.csv stands in for its files */
	date as_of;              /* what its rows say was so on this day */
	struct record_type type; /* its fields are the columns */
	struct texts *of; /* by column: the registers whose codes it may have; n 0: any */
	/* what the rows' list is a list of: messages and places need one */
	struct field in;
	uint16_t *key;
	uint32_t n_key;
	int from, to;              /* columns of a dated register; -1: none */
	const struct rises *rises; /* NULL: it does not say */
	struct list rows;
	struct column_index *index; /* a column */
	struct reg_file *files;
	uint32_t n_files, files_cap, rows_cap;
};

/* A value that a row is sought by. */
struct reg_want {
	uint32_t column;
	struct value value;
};

/* For messages of the loader: a mistake at a line of a file. */
typedef void reg_wrong(void *arg, struct text file, uint32_t line, struct text what);

/* Add the rows of one CSV file; every mistake is told. */
void register_read_csv(
    struct reg *, struct arena *, struct text file, struct text data, reg_wrong *, void *arg);
/* After the last file: indexes, and keys that are there twice. */
void register_seal(struct reg *, struct arena *, reg_wrong *, void *arg);
/* Read a cell as a kind; false: *why is what it must be ("a year like 2015-16"). */
bool register_cell(struct text, enum kind, struct arena *, struct value *, const char **why);
/*
 * The rows that have all of these values, and are in force on a day when the register is dated
 * and on is not NULL; in file order.  Writes at most max row numbers and returns how many there
 * are.
 */
uint32_t register_find(const struct reg *, const struct reg_want *, uint32_t n, const date *on,
    uint32_t *rows, uint32_t max);
struct text register_row_file(const struct reg *, uint32_t row);
/* Whether two values of one kind are the same. */
bool register_same(struct value, struct value);

#endif
