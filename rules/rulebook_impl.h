/*
 * What the rulebook's own files share.  Nobody else includes this.
 *
 * A rulebook is two heaps: an arena of plain rows (packs, parameters, registers, conditions),
 * which evaluators share untouched after the fork, and a Lua state that holds nothing but
 * functions.
 */
#ifndef RULES_RULEBOOK_IMPL_H
#define RULES_RULEBOOK_IMPL_H

#include <lua.h>

#include "rules/form.h"
#include "rules/lua_env.h"
#include "rules/parameter.h"
#include "rules/register.h"
#include "rules/rulebook.h"

/* A pack, on or off; of one that is off only the header is known. */
struct pack {
	struct text id, title, status, source;
	struct texts requires;
	struct text file;
	uint32_t line;
	bool headed; /* its pack.lua could be read */
	bool on;
	bool added; /* on for this load alone: site.lua does not switch it on */
	/* while examples run: whether it is one of the packs that the example is about */
	enum { TRIAL_NONE, TRIAL_IN, TRIAL_OUT } trial;
	bool shadow;          /* by site.lua or --pack */
	struct texts regions; /* none: all */
	fyear from;           /* returns for this year or later; 0: all */
	bool has_faults;
	int faults[FAULT_KINDS]; /* condition numbers; -1 none */
	struct text fault_ids[FAULT_KINDS];
};

/* needs.returns: returns of other areas or forms that a condition compares with. */
struct need_returns {
	/* dotted fields of the budget; period may be empty */
	struct text form, area, period;
};

enum each { EACH_WHOLE /* the budget itself */, EACH_LIST, EACH_FUNCTION };

struct condition {
	struct condition_head head; /* first: findings point at it */
	struct pack *pack;
	uint32_t number; /* position in rulebook.conditions */
	bool reader;     /* its findings are the reader's faults */
	bool last;       /* runs behind all that are not */
	enum each each;
	struct text each_list;    /* dotted */
	int each_fn, check_fn;    /* Lua references */
	struct texts forms;       /* none: every form */
	fyear year_from, year_to; /* 0: open */
	instant received_from, received_to;
	bool has_received_from, has_received_to;
	date dated_from, dated_to;
	bool dated, has_dated_from, has_dated_to;
	struct text dated_by; /* "decisions.date" */
	struct texts parameters;
	bool needs_previous;
	struct need_returns *returns;
	uint32_t n_returns;
	struct texts after;
	uint32_t *after_numbers;
	uint32_t n_after;
	bool mode_given;
	bool own_shadow; /* by its own header, whatever its pack's mode */
};

struct site_waiver {
	struct text condition, region, area;
	struct waiver shown;
	instant expires;
	struct text file;
	uint32_t line;
};

struct site_area {
	struct text region, area;
};

/* A quick test. */
struct example {
	struct pack *pack;
	struct text file; /* in the tree */
	struct text region, outcome;
	instant received;
	struct texts finds;
	bool has_finds;
	struct text at_file;
	uint32_t line;
};

struct rulebook {
	struct arena *arena;
	lua_State *L;
	const struct tree *tree;
	struct text digest;
	struct pack *packs; /* those in the tree, by name */
	uint32_t n_packs;
	struct text *on_ids; /* packs that are on, by id */
	uint32_t n_on;
	struct reg **registers; /* pointers: rows point back at their register */
	uint32_t n_registers, registers_cap;
	struct parameter *parameters;
	uint32_t n_parameters, parameters_cap;
	struct form **forms; /* constant once loaded */
	struct pack **form_packs;
	uint32_t n_forms, forms_cap;
	struct condition *conditions; /* in the order in which they run */
	uint32_t n_conditions, conditions_cap;
	struct condition_head *heads; /* copies, sorted by id */
	struct site_waiver *waivers;
	uint32_t n_waivers, waivers_cap;
	struct site_area *areas;
	uint32_t n_areas;
	struct example *examples;
	uint32_t n_examples, examples_cap;
	int site_values; /* Lua reference while loading: site.lua's parameters */
	uint32_t site_line;
	struct condition unmapped; /* what no form and no pack maps a fault to */
	int fault_pack;            /* the pack with the default map; -1: none */
	int *kept; /* libraries and derived fields: restored before each submission */
	uint32_t n_kept, kept_cap;
	int libraries; /* Lua reference: name -> what the library returned */
	struct lua_limit limit;
	struct arena *scratch;   /* what an evaluation makes on the way */
	struct loading *loading; /* NULL once loaded */
	struct eval *eval;       /* the evaluation that runs, or NULL */
};

/* While loading. */
struct loading {
	struct rulebook *book;
	struct load_report *report;
	const struct load_options *options;
	uint32_t cap;        /* of report->messages */
	struct arena *texts; /* the report's texts */
	struct pack *pack;   /* whose file runs; NULL: site.lua */
	struct text file;    /* that runs */
	bool site_seen;
	bool over; /* a limit tripped: nothing can run any more */
	/* rulebook_follow.c: files that did not run to their end, or have a mistake */
	struct failed *failed;
	uint32_t n_failed, failed_cap;
	int owner;       /* the failed library whose error is raised; -1: none */
	bool owner_told; /* its mistake is in the report */
};

/* A mistake that refuses the load; the format makes a whole sentence. */
void load_refuse(struct loading *, struct text file, uint32_t line, const char *, ...)
    __attribute__((format(printf, 4, 5)));
/* The same of an example, which may refuse nothing. */
void load_refuse_example(struct loading *, struct text file, uint32_t line, const char *, ...)
    __attribute__((format(printf, 4, 5)));
void load_notice(struct loading *, struct text file, uint32_t line, const char *, ...)
    __attribute__((format(printf, 4, 5)));
/* Call what is on the stack, and tell how it failed; false: it did. */
bool rulebook_call(struct loading *, struct text file, int nargs);
void load_report_sort(struct load_report *);

/* Room for one more in an arena array; the array may move while loading. */
void *arena_grow(struct arena *, void *items, uint32_t n, uint32_t *cap, size_t size);
struct text arena_text(struct arena *, struct text);
/* takes the buffer's text and frees it */
struct text arena_buf(struct arena *, struct buf *);
struct text arena_printf(struct arena *, const char *, ...)
    __attribute__((format(printf, 2, 3)));

struct condition *rulebook_condition(const struct rulebook *, struct text id);
struct form *rulebook_form(const struct rulebook *, struct text id);
struct reg *rulebook_register(const struct rulebook *, struct text name);
struct parameter *rulebook_parameter(const struct rulebook *, struct text name);
/* " (did you mean x?)" or nothing. */
struct text did_you_mean(
    struct arena *, struct text word, const struct text *candidates, size_t n);

#endif
