/*
 * Fuzzing how parts of a workbook are inflated: whatever zlib inflates, ISA-L gives byte for byte, and piece by
 * piece nothing is lost between two of them.  What zlib refuses is refused or not, and harms nobody.
 */
#include "rules/package.h"
#include "tests/fuzz/workbook.h"

#define MOST ((size_t)1 << 20)

struct inflated {
	char *bytes;
	size_t n, at;
};

/* All of it, or what comes before the mistake; false: there is one, or too much. */
static bool
by_zlib(struct inflated *out, const uint8_t *data, size_t size)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)data, .avail_in = (uInt)size };
	int end;

	z.next_out = (Bytef *)out->bytes;
	z.avail_out = MOST;
	MUST(inflateInit2(&z, -15) == Z_OK);
	end = inflate(&z, Z_FINISH);
	out->n = MOST - z.avail_out;
	(void)inflateEnd(&z);
	return end == Z_STREAM_END;
}

static bool
compare(void *arg, const char *p, size_t n, bool last)
{
	struct inflated *expected = arg;

	(void)last;
	MUST(n <= expected->n - expected->at &&
	    memcmp(expected->bytes + expected->at, p, n) == 0);
	expected->at += n;
	return true;
}

static bool
pass_over(void *arg, const char *p, size_t n, bool last)
{
	(void)arg;
	(void)p;
	(void)n;
	(void)last;
	return true;
}

/* An archive of one part, which is the input, deflated already. */
static void
make_archive(struct buf *book, struct text inside, struct text packed)
{
	size_t at;

	put(book, 0x04034b50, 4);
	put_entry(book, inside, packed.n, 1, true);
	buf_char(book, 'a');
	buf_text(book, packed);
	at = book->n;
	put(book, 0x02014b50, 4);
	put(book, 20, 2);
	put_entry(book, inside, packed.n, 1, true);
	put(book, 0, 2 + 2 + 2);
	put(book, 0, 4 + 4);
	buf_char(book, 'a');
	put(book, 0x06054b50, 4);
	put(book, 0, 4);
	put(book, 1, 2);
	put(book, 1, 2);
	put(book, book->n - 12 - at, 4);
	put(book, at, 4);
	put(book, 0, 2);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct inflated expected = { malloc(MOST), 0, 0 };
	struct arena *arena = arena_new();
	struct buf book = { 0 };
	struct read_error error;
	struct package *package;
	bool good;

	MUST(expected.bytes != NULL);
	good = by_zlib(&expected, data, size);
	make_archive(&book, (struct text){ expected.bytes, expected.n },
	    (struct text){ (const char *)data, size });
	package = package_open(arena, buf_as_text(&book), &error);
	MUST(package != NULL);
	if (good)
		MUST(package_read(package, TEXT("a"), compare, &expected, &error) &&
		    expected.at == expected.n);
	else
		(void)package_read(package, TEXT("a"), pass_over, NULL, &error);
	package_close(package);
	arena_free(arena);
	buf_free(&book);
	free(expected.bytes);
	return 0;
}
