/* Text, buffers, escaping, arenas. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rules/arena.h"
#include "rules/text.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static void
texts_are_compared_bytewise(void **state)
{
	(void)state;
	assert_true(text_is(TEXT("abc"), "abc"));
	assert_false(text_is(TEXT("abc"), "ab"));
	assert_true(text_is(TEXT_NONE, ""));
	assert_true(text_equal(TEXT_NONE, TEXT("")));
	assert_false(text_equal(TEXT("a\0b"), TEXT("a\0c")));
	assert_true(text_compare(TEXT("a"), TEXT("b")) < 0);
	assert_true(text_compare(TEXT("a"), TEXT("aa")) < 0);
	assert_true(text_compare(TEXT("b"), TEXT("aa")) > 0);
	assert_true(text_compare(TEXT("\xc3\xa9"), TEXT("z")) > 0);
	assert_true(text_compare(TEXT_NONE, TEXT("")) == 0);
	assert_true(text_equal_nocase(TEXT("GbP"), TEXT("gBp")));
	assert_false(text_equal_nocase(TEXT("[a"), TEXT("{a")));
	assert_true(text_of(NULL).n == 0);
}

static void
what_is_not_seen_is_trimmed(void **state)
{
	(void)state;
	assert_true(text_is(text_trim(TEXT(" \t\r\n a b \v\f")), "a b"));
	assert_true(text_is(text_trim(TEXT("\xc2\xa0£5\xe2\x80\x8b\xef\xbb\xbf")), "£5"));
	assert_true(
	    text_is(text_trim(TEXT("\xa0 x \xa0")), "\xa0 x \xa0")); /* not UTF-8: kept */
	assert_true(text_trim(TEXT("\xe3\x80\x80 ")).n == 0);
	assert_true(text_trim(TEXT_NONE).n == 0);
}

static void
utf8_is_told_from_what_only_looks_like_it(void **state)
{
	static const char *const good[] = { "", "plain", "£", "\xf0\x9f\x98\x80",
		"\xed\x9f\xbf", "\xee\x80\x80", "\xf4\x8f\xbf\xbf",
		"0123456789abcdef\xc2\xa3 0123456789abcdef" };
	static const char *const bad[] = { "\xa3", "\xc2", "\xc0\x80", "\xc1\xbf",
		"\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
		"\xf5\x80\x80\x80", "\xff", "\xe2\x82", "\xf0\x9f\x98", "\xc2\xc2\xa3",
		"0123456789abcdef\xe2\x28\xa1 0123456" };

	(void)state;
	for (size_t i = 0; i < N(good); i++)
		assert_true(text_is_utf8(text_of(good[i])));
	for (size_t i = 0; i < N(bad); i++)
		assert_false(text_is_utf8(text_of(bad[i])));
	assert_true(text_is_utf8(TEXT("a\0b")));
}

static void
the_nearest_word_is_suggested_and_no_wild_guess(void **state)
{
	const struct text words[] = { TEXT("amount"), TEXT("partner"), TEXT("pool"),
		TEXT("pools"), TEXT("id"), TEXT("") };

	(void)state;
	assert_int_equal(text_nearest(TEXT("amonut"), words, N(words)), 0);
	assert_int_equal(text_nearest(TEXT("Amount"), words, N(words)), 0);
	assert_int_equal(text_nearest(TEXT("partnr"), words, N(words)), 1);
	assert_int_equal(text_nearest(TEXT("pols"), words, N(words)), 3);
	assert_int_equal(text_nearest(TEXT("pool"), words, N(words)), 2);
	assert_int_equal(text_nearest(TEXT("expenditure"), words, N(words)), -1);
	assert_int_equal(text_nearest(TEXT("xy"), words, N(words)), -1);
	assert_int_equal(text_nearest(TEXT("x"), words, N(words)), -1);
	assert_int_equal(text_nearest(TEXT(""), words, N(words)), -1);
	assert_int_equal(text_nearest(TEXT("amount"), NULL, 0), -1);
}

static void
a_buffer_grows_and_stays_terminated(void **state)
{
	struct buf b = { 0 };

	(void)state;
	assert_true(buf_as_text(&b).n == 0 && buf_as_text(&b).p != NULL);
	for (int i = 0; i < 10000; i++)
		buf_printf(&b, "%d,", i);
	assert_int_equal(strlen(b.p), b.n);
	assert_int_equal(b.n, 48890);
	buf_clear(&b);
	assert_string_equal(b.p, "");
	for (size_t n = 0; n < 600; n++) { /* every length around a growth */
		buf_clear(&b);
		buf_free(&b);
		buf_printf(&b, "%0*d", (int)n + 1, 7);
		assert_int_equal(b.n, n + 1);
		assert_int_equal(strlen(b.p), n + 1);
	}
	assert_false(buf_failed(&b));
	buf_free(&b);
}

static void
a_buffer_that_failed_says_so_and_keeps_quiet(void **state)
{
	struct buf b = { 0 };

	(void)state;
	buf_str(&b, "before");
	buf_put(&b, "x", SIZE_MAX / 2);
	assert_true(buf_failed(&b));
	buf_str(&b, "after");
	buf_char(&b, 'x');
	buf_printf(&b, "%d", 5);
	assert_string_equal(b.p, "before");
	buf_clear(&b);
	assert_false(buf_failed(&b));
	buf_free(&b);
}

struct escaped {
	struct text raw;
	const char *json, *html, *safe;
};

static void
text_from_outside_is_harmless_in_every_output(void **state)
{
	static const struct escaped table[] = {
		{ TEXT("plain £5 – ok"), "plain £5 – ok", "plain £5 – ok", "plain £5 – ok" },
		{ TEXT("\"<&>'\\/"), "\\\"<&>'\\\\/", "&quot;&lt;&amp;&gt;&#39;\\/",
		    "\"<&>'\\\\/" },
		{ TEXT("a\nb\tc\rd"), "a\\nb\\tc\\rd", "a\nb\tc\\rd", "a\\nb\\tc\\rd" },
		{ TEXT("\x1b[2J\x07\x7f"), "\\u001b[2J\\u0007\\u007f", "\\x1b[2J\\x07\\x7f",
		    "\\x1b[2J\\x07\\x7f" },
		{ TEXT("a\0b"), "a\\u0000b", "a\\x00b", "a\\x00b" },
		{ TEXT("\xc2\x9b"
		       "31m"),
		    "\\u009b31m", "\\x9b31m", "\\x9b31m" },
		{ TEXT("\xe2\x80\xae"
		       "evil"),
		    "\\u202eevil", "\\u{202e}evil", "\\u{202e}evil" },
		{ TEXT("a\xe2\x80\x8b"
		       "b"),
		    "a\\u200bb", "a\\u{200b}b", "a\\u{200b}b" },
		{ TEXT("\xf3\xa0\x81\x81"), "\\udb40\\udc41", "\\u{e0041}", "\\u{e0041}" },
		{ TEXT("\xa3"
		       "5"),
		    "\xef\xbf\xbd"
		    "5",
		    "\xef\xbf\xbd"
		    "5",
		    "\xef\xbf\xbd"
		    "5" },
		{ TEXT("\xe2\x82"), "\xef\xbf\xbd", "\xef\xbf\xbd", "\xef\xbf\xbd" },
		{ TEXT("\xed\xa0\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd",
		    "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd",
		    "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ TEXT("\b\f"), "\\b\\f", "\\x08\\x0c", "\\x08\\x0c" },
		{ TEXT(""), "", "", "" },
	};

	(void)state;
	for (size_t i = 0; i < N(table); i++) {
		struct buf b[3] = { { 0 } };

		buf_json(&b[0], table[i].raw);
		buf_html(&b[1], table[i].raw);
		buf_safe(&b[2], table[i].raw);
		assert_string_equal(buf_as_text(&b[0]).p, table[i].json);
		assert_string_equal(buf_as_text(&b[1]).p, table[i].html);
		assert_string_equal(buf_as_text(&b[2]).p, table[i].safe);
		/* where it stands already, behind what is to stay as it is */
		buf_clear(&b[0]);
		buf_str(&b[0], "\"");
		buf_text(&b[0], table[i].raw);
		buf_json_since(&b[0], 1);
		assert_int_equal(b[0].p[0], '"');
		assert_string_equal(buf_as_text(&b[0]).p + 1, table[i].json);
		for (int k = 0; k < 3; k++)
			buf_free(&b[k]);
	}
}

static void
long_text_is_cut_between_characters(void **state)
{
	struct buf b = { 0 };

	(void)state;
	buf_safe_cut(&b, TEXT("££££"), 5);
	assert_string_equal(b.p, "££…");
	buf_clear(&b);
	buf_safe_cut(&b, TEXT("££"), 4);
	assert_string_equal(b.p, "££");
	buf_clear(&b);
	buf_safe_cut(&b, TEXT("ab\x1b"), 4);
	assert_string_equal(b.p, "ab…"); /* an escape is not cut either */
	buf_free(&b);
}

static void
an_arena_hands_out_aligned_memory_of_any_size(void **state)
{
	static const size_t sizes[] = { 0, 1, 15, 16, 17, 100, 4096, 30000, 70000, 500000,
		5000000 };
	struct arena *a = arena_new();
	unsigned char *p;

	(void)state;
	for (int round = 0; round < 3; round++) {
		assert_int_equal(arena_used(a), 0);
		for (size_t i = 0; i < 300; i++) {
			size_t n = sizes[(i * 7 + (size_t)round) % (i < 20 ? N(sizes) : 7)];

			p = arena_alloc(a, n);
			assert_true((uintptr_t)p % 16 == 0);
			memset(p, 0xee, n);
			p = arena_calloc(a, n, 1);
			for (size_t k = 0; k < n; k++)
				assert_true(p[k] == 0);
		}
		assert_true(arena_used(a) > 0);
		arena_reset(a);
	}
	assert_string_equal(arena_strndup(a, "abcdef", 3), "abc");
	assert_string_equal(arena_strndup(a, NULL, 0), "");
	arena_free(a);
	arena_free(NULL);
}

static void
pieces_of_an_arena_do_not_overlap(void **state)
{
	struct arena *a = arena_new();
	unsigned char *p[400];
	size_t size[400], total = 0;

	(void)state;
	for (size_t i = 0; i < 400; i++) {
		size[i] = i * i % 9973 + 1;
		total += size[i];
		p[i] = arena_alloc(a, size[i]);
		memset(p[i], (int)(i & 0xff), size[i]);
	}
	for (size_t i = 0; i < 400; i++)
		for (size_t k = 0; k < size[i]; k++)
			assert_true(p[i][k] == (i & 0xff));
	assert_true(arena_used(a) >= total);
	arena_free(a);
}

static jmp_buf out_of_memory;

static void
jump(void)
{
	longjmp(out_of_memory, 1);
}

static void
an_impossible_request_calls_the_hook(void **state)
{
	struct arena *a = arena_new();
	volatile int calls = 0;

	(void)state;
	arena_on_exhausted(jump);
	if (setjmp(out_of_memory) == 0)
		arena_alloc(a, SIZE_MAX - 5);
	else
		calls++;
	if (setjmp(out_of_memory) == 0)
		arena_calloc(a, SIZE_MAX / 2, 3);
	else
		calls++;
	arena_on_exhausted(NULL);
	assert_int_equal(calls, 2);
	arena_free(a);
}

static void
formatted_text_is_as_printf_has_it(void **state)
{
	struct buf b = { 0 };
	char line[400];

	(void)state;
#define FORMATS                                                                                \
	"%d %d %u %x %X %04x %02X %06lld %lld %llu %zu %lu %ld %c%% <%s> <%8s> <%-8s> <%5d> "  \
	"<%05d> %.*s",                                                                         \
	    0, INT_MIN, UINT_MAX, 0xbeefu, 0xbeefu, 10u, 200u, -42LL, (long long)INT64_MIN,    \
	    (unsigned long long)UINT64_MAX, (size_t)7, 8ul, -9l, 'c', "text", "right", "left", \
	    -12, -12, 3, "abcdef"
	buf_printf(&b, FORMATS);
	(void)snprintf(line, sizeof(line), FORMATS);
	assert_string_equal(b.p, line);
	buf_free(&b);
}

static void
a_nul_in_a_text_does_not_end_the_sentence(void **state)
{
	struct text t = { "a\0b", 3 };
	struct buf b = { 0 };

	(void)state;
	buf_printf(&b, "Found %.*s; expected %s.", TEXT_ARG(t), "c");
	assert_int_equal(b.n, sizeof("Found a.b; expected c.") - 1);
	assert_memory_equal(b.p, "Found a\0b; expected c.", b.n + 1);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_are_compared_bytewise),
		cmocka_unit_test(what_is_not_seen_is_trimmed),
		cmocka_unit_test(utf8_is_told_from_what_only_looks_like_it),
		cmocka_unit_test(the_nearest_word_is_suggested_and_no_wild_guess),
		cmocka_unit_test(a_buffer_grows_and_stays_terminated),
		cmocka_unit_test(a_buffer_that_failed_says_so_and_keeps_quiet),
		cmocka_unit_test(formatted_text_is_as_printf_has_it),
		cmocka_unit_test(a_nul_in_a_text_does_not_end_the_sentence),
		cmocka_unit_test(text_from_outside_is_harmless_in_every_output),
		cmocka_unit_test(long_text_is_cut_between_characters),
		cmocka_unit_test(an_arena_hands_out_aligned_memory_of_any_size),
		cmocka_unit_test(pieces_of_an_arena_do_not_overlap),
		cmocka_unit_test(an_impossible_request_calls_the_hook),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
