/* Registers of any bytes: rows or mistakes with their lines, and look-ups that find what is there. */
#include <string.h>

#include "rules/form_private.h"
#include "rules/register.h"
#include "tests/fuzz/must.h"

static const struct field columns[] = {
	{ .name = { "code", 4 }, .kind = KIND_CODE, .index = 0 },
	{ .name = { "from", 4 }, .kind = KIND_DATE, .index = 1 },
	{ .name = { "to", 2 }, .kind = KIND_DATE, .index = 2 },
	{ .name = { "amount", 6 }, .kind = KIND_MONEY, .index = 3 },
};

static void
wrong(void *arg, struct text file, uint32_t line, struct text what)
{
	(void)line;
	MUST(file.n > 0 && what.n > 5 && text_is_utf8(what));
	(*(unsigned *)arg)++;
}

static struct reg *
new_register(struct arena *a)
{
	struct reg *r = arena_calloc(a, 1, sizeof(*r));

	r->name = TEXT("r");
	r->type.fields = arena_calloc(a, 4, sizeof(columns[0]));
	memcpy(r->type.fields, columns, sizeof(columns));
	r->type.n_fields = 4;
	r->key = arena_calloc(a, 1, sizeof(*r->key));
	r->n_key = 1;
	r->from = 1;
	r->to = 2;
	return r;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct reg *r = new_register(a);
	unsigned mistakes = 0;
	struct reg_want x = { 0,
		{ .state = VALUE_SET, .kind = KIND_CODE, .u.s = "X", .len = 1 } };
	uint32_t rows[8];

	register_read_csv(
	    r, a, TEXT("r.csv"), (struct text){ (const char *)data, size }, wrong, &mistakes);
	register_seal(r, a, wrong, &mistakes);
	MUST(r->rows.n <= size);
	for (uint32_t i = 0, n = register_find(r, &x, 1, NULL, rows, 8); i < n && i < 8; i++)
		MUST(rows[i] < r->rows.n && register_row_file(r, rows[i]).n > 0);
	arena_free(a);
	return 0;
}
