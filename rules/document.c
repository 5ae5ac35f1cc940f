/* Documents: whose reader a file goes to, and where its nodes and cells stand. */
#include "rules/document.h"

#include <string.h>

#include "rules/document_lines.h"
#include "rules/read_csv.h"
#include "rules/read_json.h"
#include "rules/read_ods.h"
#include "rules/read_xlsx.h"

/* One step of a pointer: "~" and "/" are written ~0 and ~1 (RFC 6901). */
static void
put_step(struct buf *b, const struct node *parent, const struct node *n)
{
	buf_char(b, '/');
	if (parent->type == NODE_ARRAY) {
		buf_printf(b, "%u", n->index);
		return;
	}
	for (size_t i = 0; i < n->key.n; i++)
		switch (n->key.p[i]) {
		case '~': buf_str(b, "~0"); break;
		case '/': buf_str(b, "~1"); break;
		default: buf_char(b, n->key.p[i]); break;
		}
}

/* Depth is bounded by the reader, so walking up once for each level is cheap and needs no room. */
void
document_pointer(struct buf *b, const struct document *d, uint32_t node)
{
	uint32_t depth = 0, at;

	for (at = node; at != 0; at = d->nodes[at].parent)
		depth++;
	for (; depth > 0; depth--) {
		at = node;
		for (uint32_t up = 1; up < depth; up++)
			at = d->nodes[at].parent;
		put_step(b, &d->nodes[d->nodes[at].parent], &d->nodes[at]);
	}
}

struct sheet_name {
	uint64_t hash;
	const struct sheet *sheet;
};

/* Letters of either case have one: names may be as long as a file, and there are a thousand. */
static uint64_t
name_hash(struct text t)
{
	uint64_t hash = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < t.n; i++)
		hash = (hash ^ (unsigned char)(t.p[i] | 0x20)) * UINT64_C(1099511628211);
	return hash;
}

const struct sheet *
document_sheet_twice(struct arena *arena, const struct document *d)
{
	struct sheet_name *names = arena_calloc(arena, d->n_sheets + 1, sizeof(*names));

	for (uint32_t i = 0; i < d->n_sheets; i++) {
		names[i] = (struct sheet_name){ name_hash(d->sheets[i].name), &d->sheets[i] };
		for (uint32_t k = 0; k < i; k++)
			if (names[k].hash == names[i].hash &&
			    text_equal_nocase(names[k].sheet->name, names[i].sheet->name))
				return names[i].sheet;
	}
	return NULL;
}

void
cell_name(struct buf *b, uint32_t row, uint32_t column)
{
	char name[20], *end = name + sizeof(name), *at = end;

	do
		*--at = (char)('0' + row % 10);
	while ((row /= 10) != 0);
	for (; column > 0; column = (column - 1) / 26)
		*--at = (char)('A' + (column - 1) % 26);
	buf_put(b, at, (size_t)(end - at));
}

#define ALL "a workbook (.xlsx or .ods), a CSV or a JSON file"

static const struct read_fault too_big = { "too_big", "a file of less than 4 GB",
	"Send the return by itself, without other data." };
static const struct read_fault empty = { "empty", ALL,
	"Save it again in the program that made it, look that it is there, and send that." };
static const struct read_fault workbook = {
	"workbook", "a JSON or CSV file",
	"Save the sheet as CSV (in Excel: File, Save as, CSV UTF-8) or as JSON and send that."
};

struct document *
document_read(struct arena *arena, struct text bytes, struct text name,
    const struct read_options *options, struct read_error *error)
{
	struct read_fault other = { "binary", ALL, NULL };
	const char *what;

	if (bytes.n > UINT32_MAX - 1) {
		read_error_set(error, arena, &too_big, 0, 0, "This file is larger than 4 GB.");
		return NULL;
	}
	if (bytes.n == 0) {
		read_error_set(
		    error, arena, &empty, 0, 0, "This file is empty: it has no bytes at all.");
		return NULL;
	}
	switch (document_guess(bytes, name, &what, &other.todo)) {
	case GUESS_JSON: return read_json(arena, bytes, options, error);
	case GUESS_CSV: return read_csv(arena, bytes, options, error);
	case GUESS_XLSX:
		if (options != NULL && options->workbooks)
			return read_xlsx(arena, bytes, options, error);
		goto none;
	case GUESS_ODS:
		if (options != NULL && options->workbooks)
			return read_ods(arena, bytes, options, error);
	none:
		read_error_set(error, arena, &workbook, 0, 0,
		    "This is %s; this release reads JSON and CSV.", what);
		return NULL;
	case GUESS_OTHER: break;
	}
	read_error_set(error, arena, &other, 0, 0, "This is %s.", what);
	return NULL;
}
