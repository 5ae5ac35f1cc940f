/*
 * Fuzzing the CSV reader, and the guess before it: whatever the bytes, it reads or refuses, and cells
 * come in order, within the file's extent, as UTF-8.
 */
#include <string.h>

#include "rules/read_csv.h"
#include "tests/fuzz/must.h"

static bool
follows(const struct cell *a, const struct cell *b)
{
	if (a->row != b->row)
		return b->row > a->row && b->line > a->line;
	return b->column > a->column &&
	    (b->line > a->line || (b->line == a->line && b->byte > a->byte));
}

/* All cells are in one sheet, or each behind the row that names its sheet. */
static void
check_sheets(const struct document *d)
{
	uint32_t next = 0;

	MUST(d->n_sheets > 0 && d->n_cells > 0);
	MUST(d->sectioned || d->n_sheets == 1);
	for (uint32_t i = 0; i < d->n_sheets; i++) {
		const struct sheet *s = &d->sheets[i];

		MUST(s->first_cell == next + d->sectioned);
		MUST(!d->sectioned || s->name.n > 0);
		next = s->first_cell + s->n_cells;
	}
	MUST(next == d->n_cells);
}

static void
check_cells(const struct document *d, size_t size)
{
	const struct sheet *s = d->sheets;
	bool something = false;

	check_sheets(d);
	MUST(s->rows <= size + 1 && s->columns <= size + 1);
	for (uint32_t i = 0; i < d->n_cells; i++) {
		const struct cell *c = &d->cells[i];

		MUST(c->row >= 1 && c->row <= s->rows && c->column >= 1 &&
		    c->column <= s->columns);
		MUST(c->line >= 1 && c->line <= size + 1 && c->byte >= 1 && c->byte <= size);
		MUST(c->text.n > 0 && text_is_utf8(c->text));
		MUST(memchr(c->text.p, '\0', c->text.n) == NULL);
		MUST(i == 0 || follows(c - 1, c));
		/* a row of nothing but spaces has no cells */
		if (i > 0 && c[-1].row != c->row) {
			MUST(something);
			something = false;
		}
		something |= text_trim(c->text).n > 0;
	}
	MUST(something);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text bytes = { (const char *)data, size };
	struct read_options few = { .max_items = 10 };
	struct arena *arena = arena_new();
	struct read_error error;
	const char *what, *todo;
	struct document *d = read_csv(arena, bytes, NULL, &error);

	if (d != NULL)
		check_cells(d, size);
	else
		MUST(error.kind != NULL && error.what.n > 10 && text_is_utf8(error.what) &&
		    error.line <= size + 1 && error.column <= size + 1 && error.todo.n > 0);
	d = read_csv(arena, bytes, &few, &error);
	MUST(d == NULL || d->n_cells <= 10);
	(void)document_guess(bytes, TEXT("plan.csv"), &what, &todo);
	(void)document_read(arena, bytes, TEXT(""), NULL, &error);
	arena_free(arena);
	return 0;
}
