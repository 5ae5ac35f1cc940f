/*
 * Compressing: zlib gives back what went in, for texts, for noise, for every length and distance.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zlib.h>

#include "daemon/deflate.h"

/* The length of what came out. */
static size_t
check_kind(enum deflate_kind kind, struct text t)
{
	unsigned char *out = malloc(deflate_bound(t.n)), *back = malloc(t.n + 1);
	uLongf n = t.n;
	size_t size = deflate_fast(kind, out, t);

	assert_in_range(size, 1, deflate_bound(t.n));
	if (uncompress(back, &n, out, size) != Z_OK || n != t.n)
		fail_msg("%zu bytes do not come back", t.n);
	assert_true(t.n == 0 || memcmp(back, t.p, t.n) == 0);
	free(out);
	free(back);
	return size;
}

static size_t
check(struct text t)
{
	return check_kind(DEFLATE_RETURN, t);
}

static uint32_t
noise(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static void
what_is_short_comes_back(void **state)
{
	static const char text[] = "abcabcabcabcabcabcabcabcabcabcabcabcabc";

	(void)state;
	check(TEXT_NONE);
	for (size_t n = 0; n < sizeof(text); n++)
		check((struct text){ text, n });
}

static void
every_length_and_distance_comes_back(void **state)
{
	static char bytes[100000];
	uint32_t seed = 7;

	(void)state;
	for (size_t distance = 1; distance <= 33000; distance += 1 + distance / 7) {
		for (size_t length = 3; length < 800; length += 1 + length / 5) {
			size_t n = 0, i;

			for (i = 0; i < distance; i++)
				bytes[n++] = (char)noise(&seed);
			for (i = 0; i < length; i++, n++)
				bytes[n] = bytes[n - distance];
			for (i = 0; i < 20; i++)
				bytes[n++] = (char)noise(&seed);
			check((struct text){ bytes, n });
		}
	}
}

static void
noise_grows_by_next_to_nothing(void **state)
{
	static char bytes[300000];
	uint32_t seed = 11;

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)noise(&seed);
	for (size_t n = 1; n <= sizeof(bytes); n += 1 + n / 3)
		assert_in_range(
		    check((struct text){ bytes, n }), n, n + 11 + 5 * (n / 65535 + 1));
}

/* Of few letters, so that matches of all kinds come up. */
static void
texts_of_all_kinds_come_back(void **state)
{
	static char bytes[200000];
	uint32_t seed = 3;

	(void)state;
	for (int round = 0; round < 400; round++) {
		size_t n = noise(&seed) % (round % 10 == 0 ? sizeof(bytes) : 3000);
		uint32_t letters = 1 + noise(&seed) % 255;

		for (size_t i = 0; i < n; i++) {
			if (i > 40 && noise(&seed) % 3 != 0)
				bytes[i] = bytes[i - 1 - noise(&seed) % 40];
			else
				bytes[i] = (char)(noise(&seed) % letters);
		}
		check((struct text){ bytes, n });
	}
}

static void
what_repeats_itself_becomes_small(void **state)
{
	struct buf b = { 0 };

	(void)state;
	for (int i = 0; i < 400; i++)
		buf_printf(&b,
		    "{\"id\": \"S%d\", \"title\": \"Scheme\", \"amount\": \"%d.00\"},", i,
		    i * 37);
	assert_in_range(check_kind(DEFLATE_BUDGET, buf_as_text(&b)), 1, b.n / 5);
	buf_free(&b);
}

static struct text
returned(struct buf *b, int scheme)
{
	buf_clear(b);
	for (int i = 0; i < 30; i++)
		buf_printf(b,
		    "{\"id\": \"S%d\", \"title\": \"Scheme %d\", \"amount\": \"%d.00\"},", i,
		    scheme, i * scheme);
	return buf_as_text(b);
}

/* The code that is shared is that of a text of another kind altogether, until it is made anew. */
static void
what_is_unlike_the_ones_before_comes_back_and_is_small(void **state)
{
	struct buf b = { 0 }, other = { 0 };
	struct text t;
	char bytes[4000];
	uint32_t seed = 5;

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)noise(&seed);
	for (int i = 0; i < 600; i++)
		buf_str(&other, i % 7 == 0 ? "<td>\xc3\xa9" : i % 3 == 0 ? "ZYXW" : "#;!");
	for (int i = 0; i < 600; i++) {
		t = i % 2 == 1 ? buf_as_text(&other) : returned(&b, i);
		assert_in_range(check_kind(DEFLATE_JSON, t), 1, t.n / 2);
		assert_in_range(
		    check_kind(DEFLATE_JSON, (struct text){ bytes, sizeof(bytes) }), 1, 4016);
	}
	buf_free(&b);
	buf_free(&other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_short_comes_back),
		cmocka_unit_test(every_length_and_distance_comes_back),
		cmocka_unit_test(noise_grows_by_next_to_nothing),
		cmocka_unit_test(texts_of_all_kinds_come_back),
		cmocka_unit_test(what_repeats_itself_becomes_small),
		cmocka_unit_test(what_is_unlike_the_ones_before_comes_back_and_is_small),
	};

	return cmocka_run_group_tests_name("deflate", tests, NULL, NULL);
}
