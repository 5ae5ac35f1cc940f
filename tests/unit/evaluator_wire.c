/* What comes out of the sandbox is believed nothing: messages of evaluators, whole, cut and forged. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/evaluator_wire.h"

static struct need needs[] = {
	{ .kind = NEED_PREVIOUS,
	    .form = TEXT("f"),
	    .area = TEXT("a"),
	    .period = TEXT("2014-15") },
	{ .kind = NEED_RETURNS, .form = TEXT("g"), .area = TEXT("b"), .period = TEXT("") },
};
static const struct identity identity = { TEXT("form"), TEXT("area"), TEXT("period"), needs,
	2 };

static void
an_identity_is_read_as_it_was_written(void **state)
{
	struct arena *a = arena_new();
	struct identity got;
	struct buf b = { 0 };

	(void)state;
	wire_put_identity(&b, &identity);
	assert_true(wire_get_identity(buf_as_text(&b), a, &got));
	assert_int_equal(got.n_needs, 2);
	assert_int_equal(got.needs[1].kind, NEED_RETURNS);
	assert_true(text_is(got.needs[0].period, "2014-15"));
	assert_true(text_is(got.area, "area"));
	buf_free(&b);
	arena_free(a);
}

static void
an_identity_cut_anywhere_is_refused(void **state)
{
	struct arena *a = arena_new();
	struct identity got;
	struct buf b = { 0 };
	char *copy;
	size_t n;

	(void)state;
	wire_put_identity(&b, &identity);
	for (n = 0; n < b.n; n++) {
		copy = malloc(n + 1);
		memcpy(copy, b.p, n);
		assert_false(wire_get_identity((struct text){ copy, n }, a, &got));
		free(copy);
	}
	buf_char(&b, 'x');
	assert_false(wire_get_identity(buf_as_text(&b), a, &got));
	buf_free(&b);
	arena_free(a);
}

static void
more_needs_than_anyone_has_and_needs_of_no_kind_are_refused(void **state)
{
	struct arena *a = arena_new();
	struct identity got;
	struct buf b = { 0 };

	(void)state;
	ipc_put_text(&b, TEXT("f"));
	ipc_put_text(&b, TEXT("a"));
	ipc_put_text(&b, TEXT("p"));
	ipc_put_u32(&b, UINT32_MAX);
	assert_false(wire_get_identity(buf_as_text(&b), a, &got));
	b.n -= 4;
	ipc_put_u32(&b, 1);
	ipc_put_u32(&b, 77);
	ipc_put_text(&b, TEXT("f"));
	ipc_put_text(&b, TEXT("a"));
	ipc_put_text(&b, TEXT("p"));
	assert_false(wire_get_identity(buf_as_text(&b), a, &got));
	buf_free(&b);
	arena_free(a);
}

static void
a_job_and_a_history_are_read_as_they_were_written(void **state)
{
	struct submission s = { .bytes = TEXT("12345"),
		.name = TEXT("a\nb"),
		.region = TEXT("leeds"),
		.seq = -1,
		.revision = 3,
		.received = -5,
		.still_changing = true },
			  got;
	struct past_return past = {
		.need = 1, .id = TEXT("01K"), .received = 77, .budget = TEXT("{}")
	};
	struct history h = { &past, 1 }, back;
	struct arena *a = arena_new();
	struct buf b = { 0 };
	size_t size;

	(void)state;
	wire_put_job(&b, &s);
	assert_true(wire_get_job(buf_as_text(&b), &got, &size));
	assert_int_equal(size, 5);
	assert_true(text_is(got.name, "a\nb") && got.seq == -1 && got.received == -5 &&
	    got.still_changing && !got.time_given && got.revision == 3);
	buf_clear(&b);
	wire_put_history(&b, &h);
	assert_true(wire_get_history(buf_as_text(&b), a, &back));
	assert_true(
	    back.n == 1 && back.returns[0].need == 1 && text_is(back.returns[0].budget, "{}"));
	b.n--;
	assert_false(wire_get_history(buf_as_text(&b), a, &back));
	buf_free(&b);
	arena_free(a);
}

static void
a_report_that_counts_more_messages_than_it_has_is_refused(void **state)
{
	struct wire_rulebook w;
	struct buf b = { 0 };

	(void)state;
	ipc_put_text(&b, TEXT("digest"));
	ipc_put_text(&b, TEXT("packs"));
	ipc_put_u32(&b, 3);
	ipc_put_text(&b, TEXT_NONE);
	ipc_put_u32(&b, 90000);
	assert_false(wire_get_rulebook(buf_as_text(&b), &w));
	buf_free(&b);
}

static void
assert_ended(
    int status, enum wire_over over, const struct wire_progress *page, const char *expected)
{
	struct buf b = { 0 };

	wire_how_it_ended(&b, status, over, 1500, page);
	assert_string_equal(b.p, expected);
	buf_free(&b);
}

static void
the_administrator_reads_how_it_ended_and_where(void **state)
{
	static struct wire_progress page;

	(void)state;
	assert_ended(SIGSYS, false, NULL,
	    "The evaluator tried something that its sandbox forbids outside any condition, "
	    "most likely while reading the file.");
	memcpy(page.condition, "BCF-X\033", 6);
	atomic_store(&page.n, 6);
	assert_ended(SIGKILL, true, &page,
	    "The evaluator was killed after 1.5 s while BCF-X\\x1b was running.");
	assert_ended(SIGSEGV, false, &page,
	    "The evaluator crashed (signal 11, Segmentation fault) while BCF-X\\x1b was "
	    "running.");
	assert_ended(EVALUATOR_NO_MEMORY << 8, false, &page,
	    "The evaluator ran out of memory while BCF-X\\x1b was running.");
	/* a length that is a lie */
	atomic_store(&page.n, 100000);
	assert_int_equal(wire_progress_condition(&page).n, 0);
}

static void
the_progress_page_cannot_be_shrunk_under_its_reader(void **state)
{
	const struct wire_progress *page;
	int fd;

	(void)state;
	assert_true(wire_progress_new(&fd, &page));
	assert_int_equal(ftruncate(fd, 0), -1);
	assert_int_equal(wire_progress_condition(page).n, 0);
	wire_progress_free(page);
	(void)close(fd);
}

#define T(name) cmocka_unit_test(name)

int
main(void)
{
	const struct CMUnitTest tests[] = { T(an_identity_is_read_as_it_was_written),
		T(an_identity_cut_anywhere_is_refused),
		T(more_needs_than_anyone_has_and_needs_of_no_kind_are_refused),
		T(a_job_and_a_history_are_read_as_they_were_written),
		T(a_report_that_counts_more_messages_than_it_has_is_refused),
		T(the_administrator_reads_how_it_ended_and_where),
		T(the_progress_page_cannot_be_shrunk_under_its_reader) };

	return cmocka_run_group_tests_name("evaluator_wire", tests, NULL, NULL);
}
