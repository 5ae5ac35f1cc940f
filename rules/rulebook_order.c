/*
 * The order in which conditions run: the reader's first, then as declared, those that are to run
 * last behind them, but each behind those that its `after` names.  The number of a condition is its place in this order.
 */
#include "rules/rulebook_load.h"

#include <stdlib.h>
#include <string.h>

static bool
is_placed(const struct rulebook *b, const bool *placed, struct text id)
{
	const struct condition *c = rulebook_condition(b, id);

	return c == NULL || placed[c - b->conditions];
}

static bool
ready(const struct rulebook *b, const bool *placed, const struct condition *c)
{
	uint32_t i;

	for (i = 0; i < c->after.n; i++) {
		if (!is_placed(b, placed, c->after.items[i]))
			return false;
	}
	return true;
}

enum turn { READERS, OTHERS, LAST };

static enum turn
turn_of(const struct condition *c)
{
	return c->reader ? READERS : c->last ? LAST : OTHERS;
}

/* The next to be placed, or n when all that are left wait for each other. */
static uint32_t
next(const struct rulebook *b, const bool *placed)
{
	uint32_t i;
	int pass;

	for (pass = READERS; pass <= LAST; pass++) {
		for (i = 0; i < b->n_conditions; i++) {
			const struct condition *c = &b->conditions[i];

			if (!placed[i] && (int)turn_of(c) == pass && ready(b, placed, c))
				return i;
		}
	}
	return b->n_conditions;
}

static void
tell_cycle(struct loading *l, const bool *placed)
{
	const struct rulebook *b = l->book;
	uint32_t i;

	for (i = 0; i < b->n_conditions; i++) {
		const struct condition *c = &b->conditions[i];

		if (!placed[i])
			load_refuse(l, c->head.file, c->head.line,
			    "%.*s waits for a condition that waits for it: its after goes "
			    "round in a circle.",
			    TEXT_ARG(c->head.id));
	}
}

static void
number_after(struct rulebook *b)
{
	uint32_t i, j;

	for (i = 0; i < b->n_conditions; i++) {
		struct condition *c = &b->conditions[i];

		c->after_numbers =
		    arena_calloc(b->arena, c->after.n, sizeof(*c->after_numbers));
		for (j = 0; j < c->after.n; j++) {
			const struct condition *a = rulebook_condition(b, c->after.items[j]);

			if (a != NULL)
				c->after_numbers[c->n_after++] = a->number;
		}
	}
}

static int
by_id(const void *a, const void *b)
{
	const struct condition_head *x = a, *y = b;

	return text_compare(x->id, y->id);
}

void
rulebook_order(struct loading *l)
{
	struct rulebook *b = l->book;
	bool *placed = arena_calloc(l->texts, b->n_conditions, sizeof(*placed));
	struct condition *sorted = arena_calloc(b->arena, b->n_conditions, sizeof(*sorted));
	uint32_t i, at;

	for (i = 0; i < b->n_conditions; i++) {
		at = next(b, placed);
		if (at == b->n_conditions) {
			tell_cycle(l, placed);
			break;
		}
		placed[at] = true;
		sorted[i] = b->conditions[at];
		sorted[i].number = i;
	}
	if (i < b->n_conditions)
		return;
	b->conditions = sorted;
	number_after(b);
	b->heads = arena_calloc(b->arena, b->n_conditions, sizeof(*b->heads));
	for (i = 0; i < b->n_conditions; i++)
		b->heads[i] = sorted[i].head;
	if (b->n_conditions > 1)
		qsort(b->heads, b->n_conditions, sizeof(*b->heads), by_id);
}
