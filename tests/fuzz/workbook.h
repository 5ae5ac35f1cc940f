/*
 * What the targets for workbooks share: a workbook made part by part, one part of which is the input,
 * since few changed bytes of an archive get past its checksums; and what must hold of every sheet read.
 */
#ifndef TESTS_FUZZ_WORKBOOK_H
#define TESTS_FUZZ_WORKBOOK_H

#include <string.h>

#include <zlib.h>

#include "rules/document.h"
#include "tests/fuzz/must.h"

struct part {
	const char *name, *good;
};

static void
put(struct buf *b, uint64_t value, unsigned bytes)
{
	for (; bytes > 0; bytes--, value >>= 8)
		buf_char(b, (char)(value & 0xff));
}

/* What a local head and an entry of the directory have in common. */
static void
put_entry(struct buf *b, struct text data, size_t packed, size_t name, bool deflated)
{
	put(b, 20, 2);
	put(b, 0, 2);
	put(b, deflated ? 8 : 0, 2);
	put(b, 0, 2);
	put(b, 0x21, 2);
	put(b, crc32(0, (const Bytef *)data.p, (uInt)data.n), 4);
	put(b, packed, 4);
	put(b, data.n, 4);
	put(b, name, 2);
	put(b, 0, 2);
}

/* What a part is in the archive: as it is, or deflated. */
static void
pack(struct buf *packed, struct text data, bool deflated)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)data.p, .avail_in = (uInt)data.n };
	Bytef out[4096];
	int end;

	buf_clear(packed);
	if (!deflated) {
		buf_text(packed, data);
		return;
	}
	(void)deflateInit2(&z, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
	do {
		z.next_out = out;
		z.avail_out = sizeof(out);
		end = deflate(&z, Z_FINISH);
		buf_put(packed, out, sizeof(out) - z.avail_out);
	} while (end == Z_OK);
	(void)deflateEnd(&z);
}

/* which: the number of the part that is the input; n: none is */
static void
make_book(struct buf *book, const struct part *parts, size_t n, size_t which, struct text input,
    bool deflated)
{
	struct buf directory = { 0 }, packed = { 0 };
	size_t at;

	for (size_t i = 0; i < n; i++) {
		struct text data = i == which ? input : text_of(parts[i].good);
		size_t name = strlen(parts[i].name);

		at = book->n;
		put(book, 0x04034b50, 4);
		pack(&packed, data, deflated);
		put_entry(book, data, packed.n, name, deflated);
		buf_str(book, parts[i].name);
		buf_text(book, buf_as_text(&packed));
		put(&directory, 0x02014b50, 4);
		put(&directory, 20, 2);
		put_entry(&directory, data, packed.n, name, deflated);
		put(&directory, 0, 2 + 2 + 2);
		put(&directory, 0, 4);
		put(&directory, at, 4);
		buf_str(&directory, parts[i].name);
	}
	at = book->n;
	buf_text(book, buf_as_text(&directory));
	put(book, 0x06054b50, 4);
	put(book, 0, 4);
	put(book, n, 2);
	put(book, n, 2);
	put(book, directory.n, 4);
	put(book, at, 4);
	put(book, 0, 2);
	buf_free(&directory);
	buf_free(&packed);
}

static void
check_sheet(const struct document *d, const struct sheet *s)
{
	MUST(s->first_cell + s->n_cells <= d->n_cells && text_is_utf8(s->name));
	for (uint32_t i = s->first_cell; i < s->first_cell + s->n_cells; i++) {
		const struct cell *c = &d->cells[i];

		MUST(c->row >= 1 && c->row <= s->rows && s->rows <= 1048576);
		MUST(c->column >= 1 && c->column <= s->columns && s->columns <= 16384);
		MUST(c->text.n > 0 && text_is_utf8(c->text));
		MUST(i == s->first_cell || c[-1].row < c->row ||
		    (c[-1].row == c->row && c[-1].column < c->column));
	}
	for (uint32_t i = 0; i < s->n_merges; i++)
		MUST(s->merges[i].row >= 1 && s->merges[i].last_row >= s->merges[i].row);
}

/* What a reader gave, or why it gave nothing. */
static void
check_book(const struct document *d, const struct read_error *error, uint32_t most)
{
	for (uint32_t i = 0; d != NULL && i < d->n_sheets; i++)
		check_sheet(d, &d->sheets[i]);
	for (uint32_t i = 0; d != NULL && i < d->n_names; i++)
		MUST(text_is_utf8(d->names[i].name) && text_is_utf8(d->names[i].refers));
	MUST(d != NULL ||
	    (error->kind != NULL && error->what.n > 10 && error->expected.n > 0 &&
		error->todo.n > 0));
	MUST(d == NULL || d->n_cells <= most);
}

#endif
