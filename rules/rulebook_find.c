/* Finding things of a rulebook by name, and the small tools its files share. */
#include "rules/rulebook_impl.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *
arena_grow(struct arena *a, void *items, uint32_t n, uint32_t *cap, size_t size)
{
	void *more;

	if (n < *cap)
		return items;
	*cap = *cap == 0 ? 8 : *cap * 2;
	more = arena_calloc(a, *cap, size);
	if (n > 0)
		memcpy(more, items, n * size);
	return more;
}

struct text
arena_text(struct arena *a, struct text t)
{
	return (struct text){ arena_strndup(a, t.p != NULL ? t.p : "", t.n), t.n };
}

struct text
arena_buf(struct arena *a, struct buf *b)
{
	struct text t;

	if (buf_failed(b))
		arena_exhausted();
	t = arena_text(a, buf_as_text(b));
	buf_free(b);
	return t;
}

struct text
arena_printf(struct arena *a, const char *format, ...)
{
	struct text t;
	struct buf b = { 0 };
	va_list ap;

	va_start(ap, format);
	buf_vprintf(&b, format, ap);
	va_end(ap);
	t = arena_buf(a, &b);
	return t;
}

struct text
did_you_mean(struct arena *a, struct text word, const struct text *candidates, size_t n)
{
	int i = text_nearest(word, candidates, n);

	if (i < 0)
		return TEXT("");
	return arena_printf(a, " (did you mean %.*s?)", TEXT_ARG(candidates[i]));
}

struct condition *
rulebook_condition(const struct rulebook *b, struct text id)
{
	uint32_t i;

	for (i = 0; i < b->n_conditions; i++) {
		if (text_equal(b->conditions[i].head.id, id))
			return &b->conditions[i];
	}
	return NULL;
}

struct form *
rulebook_form(const struct rulebook *b, struct text id)
{
	uint32_t i;

	for (i = 0; i < b->n_forms; i++) {
		if (text_equal(b->forms[i]->id, id))
			return b->forms[i];
	}
	return NULL;
}

struct reg *
rulebook_register(const struct rulebook *b, struct text name)
{
	uint32_t i;

	for (i = 0; i < b->n_registers; i++) {
		if (text_equal(b->registers[i]->name, name))
			return b->registers[i];
	}
	return NULL;
}

struct parameter *
rulebook_parameter(const struct rulebook *b, struct text name)
{
	uint32_t i;

	for (i = 0; i < b->n_parameters; i++) {
		if (text_equal(b->parameters[i].name, name))
			return &b->parameters[i];
	}
	return NULL;
}

struct text
rulebook_digest(const struct rulebook *b)
{
	return b->digest;
}

uint32_t
rulebook_conditions(const struct rulebook *b, const struct condition_head **first)
{
	*first = b->heads;
	return b->n_conditions;
}

uint32_t
rulebook_packs(const struct rulebook *b, const struct text **ids)
{
	*ids = b->on_ids;
	return b->n_on;
}

const struct form *const *
rulebook_forms(const struct rulebook *b, size_t *n)
{
	*n = b->n_forms;
	return (const struct form *const *)b->forms;
}
