/* What the catalogue_*.c files share: the rulebook as rows of words, ready to be shown. */
#ifndef RULES_CATALOGUE_PRIVATE_H
#define RULES_CATALOGUE_PRIVATE_H

#include "rules/catalogue.h"
#include "rules/rulebook_impl.h"

/* A parameter's value with the days on which it is in force, in words. */
struct cat_value {
	struct text value, when, source;
};

struct cat_parameter {
	const struct parameter *parameter;
	struct cat_value *values;
	uint32_t n;
};

struct cat_register {
	const struct reg *reg;
	struct text as_of; /* in words */
};

struct cat_entry {
	const struct condition *condition;
	struct text severities; /* "error or query" */
	struct text when;       /* "returns for 2015-16 to 2016-17" */
	struct texts needs;     /* whole phrases */
	struct texts figures;   /* names of its determinations */
	struct cat_parameter **parameters;
	uint32_t n_parameters;
	struct cat_register **registers;
	uint32_t n_registers;
};

struct cat_pack {
	const struct pack *pack;
	struct text where; /* "on here", "off here", "on here for region leeds, from 2015-16" */
	struct cat_entry *entries; /* by id */
	uint32_t n;
};

struct catalogue {
	const struct rulebook *book;
	struct arena *arena;
	struct cat_pack *packs;
	uint32_t n_packs;
	struct cat_entry **by_id;
	uint32_t n_entries, n_on;
	struct cat_parameter *parameters;
	struct cat_register *registers;
};

/* How many sources, values of numbers and rows of registers say that they are from memory. */
struct cat_doubts {
	uint32_t conditions, values, rows;
};
struct cat_doubts catalogue_doubts(const struct catalogue *);
bool catalogue_is_memory(struct text source);
uint32_t catalogue_memory_rows(const struct reg *);
/* A source with the words "from memory" marked. */
void catalogue_put_source(struct buf *, struct text);
void catalogue_html_doubts(struct buf *, const struct catalogue *);
void catalogue_html_waivers(struct buf *, const struct catalogue *);

/* Registers that the condition's functions read and figures that they work out, found in their text. */
void catalogue_reads(struct catalogue *, struct cat_entry *);

void catalogue_markdown(struct buf *, const struct catalogue *);
void catalogue_html(struct buf *, const struct catalogue *);
void catalogue_json(struct buf *, const struct catalogue *);
void catalogue_list(struct buf *, const struct catalogue *);

/* Whether a condition is for a form; reader conditions without forms are for every one. */
bool catalogue_for_form(const struct cat_entry *, struct text form);
/* "bcf-plan, bcf-schemes", or "every form" */
struct text catalogue_forms(const struct catalogue *, const struct cat_entry *);

#endif
