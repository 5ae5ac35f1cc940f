/*
 * Workbooks by the thousand with bits turned over, pieces lost, doubled and moved, as archives and within
 * their parts: each is read or refused with a reason, at once, and nothing beyond its bytes is looked at.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "rules/read_xlsx.h"
#include "tests/fuzz/workbook_xlsx.h"

#define TIMES 20000
#define SLOW \
	2.0 /* seconds of processor time: a hundred times what any of them takes under a sanitizer */

static uint64_t state = 1;

static size_t
roll(size_t sides)
{
	state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (size_t)(state >> 33) % sides;
}

/* One thing that happens to bytes on their way, or that somebody does to them. */
static void
damage(struct buf *b)
{
	size_t at = roll(b->n), n = 1 + roll(64), to;
	char piece[64];

	n = n < b->n - at ? n : b->n - at;
	switch (roll(8)) {
	case 0: b->n = at + 1; break;
	case 1: /* a piece is doubled */
		memcpy(piece, b->p + at, n);
		buf_put(b, piece, n);
		break;
	case 2: /* a piece is written over another place */
		to = roll(b->n);
		memmove(b->p + to, b->p + at, n < b->n - to ? n : b->n - to);
		break;
	case 3: b->p[at] = (char)roll(256); break;
	case 4: b->p[at] = (char)(roll(2) == 0 ? 0 : 0xff); break;
	default: b->p[at] = (char)(b->p[at] ^ (1 << roll(8))); break;
	}
}

static double
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Read bytes whose last is followed by memory that cannot be looked at.  Was it read? */
static bool
read_at_edge(char *page, size_t room, const struct buf *book)
{
	struct read_options few = { .max_items = 10000 };
	struct text bytes = { page + room - book->n, book->n };
	struct arena *arena = arena_new();
	struct read_error error = { 0 };
	double start = seconds();
	struct document *d;

	memcpy(page + room - book->n, book->p, book->n);
	d = read_xlsx(arena, bytes, &few, &error);
	assert_true(seconds() - start < SLOW);
	check_book(d, &error, 10000);
	arena_free(arena);
	return d != NULL;
}

static void
damaged_workbooks_are_read_or_refused(void **unused)
{
	size_t page_size = (size_t)sysconf(_SC_PAGESIZE), room = 16 * page_size;
	char *page = mmap(
	    NULL, room + page_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct buf book = { 0 }, part = { 0 };
	unsigned read = 0;

	(void)unused;
	assert_true(page != MAP_FAILED && mprotect(page + room, page_size, PROT_NONE) == 0);
	for (unsigned i = 0; i < TIMES; i++) {
		bool deflated = roll(2) == 0, within = roll(2) == 0;
		size_t which = within ? roll(XLSX_PARTS) : XLSX_PARTS, n;

		buf_clear(&book);
		buf_clear(&part);
		if (within)
			buf_str(&part, xlsx_parts[which].good);
		for (n = within ? 1 + roll(4) : 0; n > 0; n--)
			damage(&part);
		make_book(&book, xlsx_parts, XLSX_PARTS, which, buf_as_text(&part), deflated);
		for (n = within ? 0 : 1 + roll(i % 10 == 0 ? 40 : 3); n > 0; n--)
			damage(&book);
		assert_true(book.n <= room);
		read += read_at_edge(page, room, &book);
	}
	/* the changes are neither all fatal nor all idle */
	assert_in_range(read, TIMES / 20, TIMES - TIMES / 20);
	buf_free(&book);
	buf_free(&part);
	assert_int_equal(munmap(page, room + page_size), 0);
}

static void
a_workbook_cut_anywhere_is_refused(void **unused)
{
	struct buf book = { 0 };
	struct read_error error;
	struct arena *arena;

	(void)unused;
	for (int deflated = 0; deflated < 2; deflated++) {
		buf_clear(&book);
		make_book(&book, xlsx_parts, XLSX_PARTS, XLSX_PARTS, TEXT_NONE, deflated != 0);
		for (size_t n = 0; n < book.n; n++) {
			arena = arena_new();
			assert_null(read_xlsx(arena, (struct text){ book.p, n }, NULL, &error));
			assert_true(error.what.n > 10);
			arena_free(arena);
		}
		arena = arena_new();
		assert_non_null(read_xlsx(arena, buf_as_text(&book), NULL, &error));
		arena_free(arena);
	}
	buf_free(&book);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(damaged_workbooks_are_read_or_refused),
		cmocka_unit_test(a_workbook_cut_anywhere_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
