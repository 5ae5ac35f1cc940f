/* What loading has to say: gathered in any order, told in one. */
#include "rules/rulebook_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MESSAGES_MAX 1000

enum weight { NOTES, WARNS, REFUSES };

/* The texts of a report live until it is freed, longer than a refused rulebook. */
static struct text
keep(struct loading *l, struct text t)
{
	return (struct text){ arena_strndup(l->texts, t.p != NULL ? t.p : "", t.n), t.n };
}

static void
add(struct loading *l, enum weight weight, struct text file, uint32_t line, struct text what)
{
	struct load_report *r = l->report;
	struct load_message *more;

	r->refusals += weight == REFUSES;
	if (r->n == MESSAGES_MAX)
		return;
	if (r->n == l->cap) {
		l->cap = l->cap == 0 ? 16 : l->cap * 2;
		more = realloc(r->messages, l->cap * sizeof(*more));
		if (more == NULL)
			arena_exhausted();
		r->messages = more;
	}
	r->messages[r->n++] = (struct load_message){ .refuses = weight == REFUSES,
		.warns = weight == WARNS,
		.file = keep(l, file),
		.line = line,
		.what = keep(l, what) };
}

static void
add_formatted(struct loading *l, enum weight weight, struct text file, uint32_t line,
    const char *format, va_list ap)
{
	char *p = NULL;
	int n = vasprintf(&p, format, ap);

	if (n < 0)
		arena_exhausted();
	add(l, weight, file, line, (struct text){ p, (size_t)n });
	free(p);
}

void
load_refuse(struct loading *l, struct text file, uint32_t line, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	add_formatted(l, REFUSES, file, line, format, ap);
	va_end(ap);
}

void
load_notice(struct loading *l, struct text file, uint32_t line, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	add_formatted(l, NOTES, file, line, format, ap);
	va_end(ap);
}

void
load_refuse_example(struct loading *l, struct text file, uint32_t line, const char *format, ...)
{
	bool tell = l->options->examples == EXAMPLES_TELL;
	va_list ap;

	va_start(ap, format);
	add_formatted(l, tell ? WARNS : REFUSES, file, line, format, ap);
	va_end(ap);
}

static int
by_place(const void *a, const void *b)
{
	const struct load_message *x = a, *y = b;
	int order = text_compare(x->file, y->file);

	if (order == 0)
		order = (x->line > y->line) - (x->line < y->line);
	return order != 0 ? order : text_compare(x->what, y->what);
}

void
load_report_sort(struct load_report *r)
{
	if (r->n > 1)
		qsort(r->messages, r->n, sizeof(*r->messages), by_place);
}

void
load_report_free(struct load_report *r)
{
	free(r->messages);
	arena_free((struct arena *)(void *)r->text_block);
	memset(r, 0, sizeof(*r));
}

void
load_message_place(struct buf *b, const struct load_message *m)
{
	if (m->file.n == 0)
		return;
	buf_safe(b, m->file);
	if (m->line > 0)
		buf_printf(b, ":%u", m->line);
	buf_str(b, ": ");
}

void
load_report_format(struct buf *b, const struct load_report *r)
{
	uint32_t i;

	for (i = 0; i < r->n; i++) {
		const struct load_message *m = &r->messages[i];

		load_message_place(b, m);
		if (!m->refuses)
			buf_str(b, "note: ");
		buf_safe(b, m->what);
		buf_char(b, '\n');
	}
	if (r->n == MESSAGES_MAX)
		buf_str(b, "There are more mistakes; correct these first.\n");
}
