/*
 * The rulebook: packs, registers, parameters and the site file, loaded whole or not at all.
 *
 * It is loaded from a packed tree (tree.h) by a process that can open nothing.  After loading it is
 * frozen; evaluators inherit it by fork.
 */
#ifndef RULES_RULEBOOK_H
#define RULES_RULEBOOK_H

#include "rules/tree.h"
#include "rules/verdict.h"

struct rulebook;

struct load_message {
	/* an error; else a notice ("the published allocations are not loaded: …") */
	bool refuses;
	/* would refuse the load of whoever is to judge by these policies (EXAMPLES_TELL) */
	bool warns;
	struct text file; /* in the tree; may be empty */
	uint32_t line;    /* 0: none */
	struct text what; /* a whole sentence, with what to do */
};

struct load_report {
	struct load_message *messages; /* sorted by file and line */
	uint32_t n, refusals;
	char *text_block; /* private: owns the texts */
};

/* The packs' quick tests: not run; one that comes out otherwise refuses the load; or is told. */
enum examples { EXAMPLES_SKIP, EXAMPLES_REFUSE, EXAMPLES_TELL };

struct load_options {
	struct text digest; /* SHA-256 of the tree, hex */
	/* switched on besides site.lua's (poolctl check --pack) */
	const char *const *packs;
	uint32_t n_packs;
	bool every_pack;       /* all that are in the tree */
	size_t memory;         /* bytes for the Lua heap; 0: 256 MB */
	uint64_t instructions; /* for loading; 0: 200 million */
	enum examples examples;
	/* told each file before it runs; may be NULL */
	void (*progress)(void *arg, struct text file);
	void *progress_arg;
};

/* NULL: refused; every error is in the report. The tree must outlive the rulebook. */
struct rulebook *rulebook_load(
    const struct tree *, const struct load_options *, struct load_report *);
void rulebook_free(struct rulebook *);
void load_report_free(struct load_report *);
/* "better-care-fund/fund.lua:12: ", or nothing */
void load_message_place(struct buf *, const struct load_message *);
/* "better-care-fund/fund.lua:12: BCF-FUND-001 has no remedy." a line each. */
void load_report_format(struct buf *, const struct load_report *);

struct text rulebook_digest(const struct rulebook *);
/* sorted by id */
uint32_t rulebook_conditions(const struct rulebook *, const struct condition_head **first);
uint32_t rulebook_packs(const struct rulebook *, const struct text **ids);
const struct form *const *rulebook_forms(const struct rulebook *, size_t *n);

#endif
