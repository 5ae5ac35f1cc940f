/* What the lua_form_*.c files share. */
#ifndef RULES_LUA_FORM_PRIVATE_H
#define RULES_LUA_FORM_PRIVATE_H

#include <lauxlib.h>
#include <lua.h>

#include "rules/form_private.h"
#include "rules/lua_form.h"

/* A form being declared. */
struct decl {
	lua_State *L;
	const struct lua_form_options *options;
	struct arena *arena;
	struct form *form;
	struct text file; /* of the call */
	uint32_t line;
	char path[256]; /* of the field in hand, "income.amount" */
	uint32_t depth;
	uint32_t mistakes;
	uint32_t cap_types;
	int *derives; /* references made, given back when the form is refused */
	uint32_t n_derives, cap_derives;
};

/* "form bcf-plan: income.amount: " and the message. */
void decl_complain(struct decl *, const char *, ...) __attribute__((format(printf, 2, 3)));
/* The same for a word that is none of those known, with the nearest. */
void decl_unknown(
    struct decl *, const char *what, struct text word, const struct text *known, size_t n);

/* A copy of the string at index; p NULL when it is none. */
struct text decl_string(struct decl *, int index);
/* Push t[name]; false, and nothing pushed, when it is left out. */
bool decl_get(struct decl *, int table, const char *name);
/* t[name] as text; TEXT_NONE when left out, a complaint when it is something else. */
struct text decl_text(struct decl *, int table, const char *name);
/* The texts of t[name], one or a list of them. */
struct text *decl_texts(struct decl *, int table, const char *name, uint32_t *n);
bool decl_bool(struct decl *, int table, const char *name);
/* "2015-16", or 0 when left out. */
fyear decl_year(struct decl *, int table, const char *name);
/* The keys of a table that are texts, sorted; anything else but 1..n is complained about. */
struct text *decl_keys(struct decl *, int table, uint32_t *n);
/* Complain of every text key that is not one of these. */
void decl_only(struct decl *, int table, const char *what, const char *const *known, size_t n);
/* Enter and leave a field: its name is put at the end of the path. */
size_t decl_enter(struct decl *, struct text name);
void decl_leave(struct decl *, size_t mark);

/* The record type that the list of fields at the top of the stack declares. */
struct record_type *decl_type(struct decl *, int fields, struct text name);
void decl_field(struct decl *, int table, struct field *);
/* A kind by its name; KIND_NONE after a complaint. */
enum kind decl_kind(struct decl *, struct text word);
/* `of`: the words of an enum, the kind of an item, or the words of a list or map of enums. */
void decl_of(struct decl *, int table, struct field *);
/* What can be judged only when all fields are known. */
void decl_joins(struct decl *, int fields, struct record_type *);
void decl_references(struct decl *);
void decl_claims(struct decl *, int table, const char *name, struct form_claims *);
void decl_identity(struct decl *, int table);
void decl_version(struct decl *, int table);
void decl_recognise(struct decl *, int table);
void decl_csv(struct decl *, int table);
void decl_sheets(struct decl *, int table);
/* lua_form_tables.c: the tables of a sheet. */
void decl_tables(struct decl *, int block, struct sheet_block *);
/* lua_form_across.c: those that lie on their side, before their own headings are added. */
void decl_across(struct decl *, int table, struct sheet_table *);
/* Names of a heading, a label, a sheet as they are compared. */
struct text *decl_normal(struct decl *, const struct text *, uint32_t n);
/*
 * The path from a type to the field at a dotted path, through records; false: d was told.  A list of
 * records on the way ends it, with *rest the path that is left within its records.
 */
bool decl_target(struct decl *, const char *option, const struct record_type *,
    struct text dotted, struct csv_target *, struct text *rest);

#endif
