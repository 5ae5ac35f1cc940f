/*
 * Fuzzing the JSON reader: whatever the bytes, it reads or refuses, what it read hangs together, and
 * its two opinions agree: that of the reader and that of the one which explains refusals.
 */
#include <string.h>

#include "rules/read_json.h"
#include "rules/read_json_fault.h"
#include "tests/fuzz/must.h"

static void
check_nodes(const struct document *d)
{
	uint32_t line, column, children = 0;
	struct buf b = { 0 };

	MUST(d->n_nodes > 0 && d->nodes[0].parent == 0);
	for (uint32_t i = 0; i < d->n_nodes; i++) {
		const struct node *n = &d->nodes[i], *parent = &d->nodes[n->parent];
		uint32_t counted = 0;

		MUST(n->offset < d->bytes.n && (i == 0 || n->offset > d->nodes[i - 1].offset));
		MUST(i == 0 || (n->parent < i && n->index < parent->count));
		MUST(n->next == 0 || (n->next > i && d->nodes[n->next].parent == n->parent));
		MUST(text_is_utf8(n->key) && text_is_utf8(n->text));
		for (uint32_t c = n->first; c != 0 && counted <= n->count;
		     c = d->nodes[c].next) {
			MUST(d->nodes[c].parent == i && d->nodes[c].index == counted);
			counted++;
		}
		MUST(counted == n->count);
		children += counted;
		document_line_column(d, n->offset, &line, &column);
		MUST(line >= 1 && column >= 1 && line <= d->bytes.n + 1 &&
		    column <= d->bytes.n + 1);
		if (i < 100)
			document_pointer(&b, d, i);
	}
	MUST(children == d->n_nodes - 1);
	MUST(text_is_utf8(buf_as_text(&b)));
	buf_free(&b);
}

static void
check_error(const struct read_error *e, size_t size)
{
	static const char *const kinds[] = { "empty", "truncated", "not_utf8", "syntax",
		"duplicate_key", "too_deep", "trailing", "too_big" };
	size_t known = 0;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		known += e->kind != NULL && strcmp(e->kind, kinds[i]) == 0;
	MUST(known == 1);
	MUST(
	    e->line <= size + 1 && e->column <= size + 1 && (e->line == 0) == (e->column == 0));
	MUST(e->what.n > 10 && e->expected.n > 0 && e->todo.n > 0 && text_is_utf8(e->what));
	MUST(text_compare(e->what, TEXT("This file is not JSON that can be read.")) != 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text bytes = { (const char *)data, size };
	struct read_options keep = { .keep_duplicates = true };
	struct arena *arena = arena_new();
	struct read_error error, why;
	struct document *strict = read_json(arena, bytes, NULL, &error), *d;

	if (strict != NULL)
		check_nodes(strict);
	else
		check_error(&error, size);
	d = read_json(arena, bytes, &keep, &why);
	if (d != NULL) {
		uint32_t begin = strcmp(d->encoding, "UTF-8") != 0 ? 3 : 0;

		check_nodes(d);
		MUST(strict != NULL || strcmp(error.kind, "duplicate_key") == 0);
		MUST(!json_explain(arena, bytes, begin, 64, &why));
	} else {
		check_error(&why, size);
		MUST(strict == NULL);
	}
	arena_free(arena);
	return 0;
}
