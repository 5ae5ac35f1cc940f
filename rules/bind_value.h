/* What the readers of single values share: bind_value.c has the table of them. */
#ifndef RULES_BIND_VALUE_H
#define RULES_BIND_VALUE_H

#include "rules/bind.h"

struct reading {
	struct bind *b;
	struct place at;
	const struct field *field;
	enum kind kind;
	const struct given *given;
	struct text text; /* the given's, trimmed in a cell */
	struct value *out;
};

/* The value is misread; why goes on after it in quotes: "is no number." */
void reading_faulted(struct reading *, enum fault_kind, const char *why);
/* The same, but the value is used. */
void reading_marked(struct reading *, enum fault_kind, const char *why);
/* A word, a number must stand here: false (and a fault) when something else does. */
bool reading_wants_word(struct reading *);
bool reading_wants_number(struct reading *);

void read_money(struct reading *);
void read_integer(struct reading *);
void read_rate(struct reading *); /* also percent and decimal */
void read_text(struct reading *); /* also codes */
void read_enum(struct reading *);
void read_reference(struct reading *);

#endif
