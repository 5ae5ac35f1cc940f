/* Reading JSON: what is accepted and what is refused, where, and in which words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "rules/read_json.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static struct arena *arena;
static struct read_error error;

static int
set_up(void **state)
{
	(void)state;
	arena = arena_new();
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

/* In memory of exactly its size, so that a sanitizer sees a byte read beyond it. */
static struct document *
read_with(struct text t, const struct read_options *options)
{
	char *exact = arena_alloc(arena, t.n);

	memcpy(exact, t.p, t.n);
	return read_json(arena, (struct text){ exact, t.n }, options, &error);
}

static struct document *
read_text(const char *s)
{
	return read_with(text_of(s), NULL);
}

/* After the manner of the public JSON test suites: y must be accepted, the others refused so. */
struct one {
	const char *kind; /* "y", or the kind of the error */
	struct text text;
};

#define Y(s)                 \
	{                    \
		"y", TEXT(s) \
	}
#define BAD(s)                    \
	{                         \
		"syntax", TEXT(s) \
	}
#define CUT(s)                       \
	{                            \
		"truncated", TEXT(s) \
	}
#define UTF(s)                      \
	{                           \
		"not_utf8", TEXT(s) \
	}
#define MORE(s)                     \
	{                           \
		"trailing", TEXT(s) \
	}
#define TWICE(s)                         \
	{                                \
		"duplicate_key", TEXT(s) \
	}
#define NOTHING(s)               \
	{                        \
		"empty", TEXT(s) \
	}

static const struct one suite[] = {
	/* values */
	Y("null"),
	Y("true"),
	Y("false"),
	Y("\"\""),
	Y("\"a\""),
	Y("[]"),
	Y("{}"),
	Y("0"),
	Y("-0"),
	Y(" [] "),
	Y("\t\n\r []\r\n\t"),
	Y("[null,true,false,1,\"\",[],{}]"),
	Y("{\"\":0}"),
	Y("[[[[[[]]]]]]"),
	Y("{\"a\":{\"a\":{\"a\":1}}}"),
	Y("[{\"a\":1},{\"a\":1}]"),
	Y("{\"a\" \n: \t1 , \"b\":2}"),
	/* numbers */
	Y("[123]"),
	Y("[-1]"),
	Y("[0.5]"),
	Y("[-0.0]"),
	Y("[1e5]"),
	Y("[1E5]"),
	Y("[1e+5]"),
	Y("[1e-5]"),
	Y("[1.25e10]"),
	Y("[0e1]"),
	Y("[1e0001]"),
	Y("[1E400]"),
	Y("[-1e-400]"),
	Y("[123456789012345678901234567890.123456789012345678901234567890]"),
	/* texts */
	Y("[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]"),
	Y("[\"\\u0041\\u00e9\\u20ac\"]"),
	Y("[\"\\u0000\"]"),
	Y("[\"\\ud83d\\ude00\"]"),
	Y("[\"\\uD83D\\uDE00\"]"),
	Y("[\"\\uFFFF\"]"),
	Y("[\"\\\\ud800\"]"),
	Y("[\"\xc2\xa3\xe2\x82\xac\xf0\x9f\x98\x80\"]"),
	Y("[\"\x7f\"]"),
	Y("[\"\xe2\x80\xa8\"]"),
	Y("[\"\xef\xbf\xbf\"]"),
	Y("{\"\\u0061\":1,\"b\":2}"),
	Y("\xef\xbb\xbf[]"),
	Y("[\"// no comment\"]"),
	/* structure */
	BAD("]"),
	BAD("}"),
	BAD("[,]"),
	BAD("[1,]"),
	BAD("[,1]"),
	BAD("[1,,2]"),
	BAD("[1 2]"),
	BAD("[1:2]"),
	BAD("[1}"),
	BAD("{\"a\":1]"),
	BAD("{]"),
	BAD("[}"),
	BAD("{,}"),
	BAD("{\"a\"}"),
	BAD("{\"a\":}"),
	BAD("{\"a\" 1}"),
	BAD("{\"a\"=1}"),
	BAD("{\"a\":1,}"),
	BAD("{\"a\":1,,\"b\":2}"),
	BAD("{\"a\":1 \"b\":2}"),
	BAD("{\"a\"::1}"),
	BAD("{\"a\":1:2}"),
	BAD("{1:1}"),
	BAD("{null:1}"),
	BAD("{a:1}"),
	BAD("{'a':1}"),
	BAD("{[1]:1}"),
	BAD("[\"a\",\n4\n,1,,"),
	BAD("[1;2]"),
	BAD(":"),
	BAD(","),
	BAD("=1"),
	BAD("[(1)]"),
	BAD("[\"a\" \"b\"]"),
	Y("1"),
	Y("-12.50e3"),
	Y("12 "),
	Y(" true"),
	Y("nul"
	  "l\n"),
	BAD("{\"a\":1;\"b\":2}"),
	/* words */
	BAD("[True]"),
	BAD("[FALSE]"),
	BAD("[None]"),
	BAD("[nul]"),
	BAD("[nulll]"),
	BAD("[truefalse]"),
	BAD("[undefined]"),
	BAD("[NaN]"),
	BAD("[Infinity]"),
	BAD("[-Infinity]"),
	BAD("[yes]"),
	BAD("abc"),
	/* numbers */
	BAD("[01]"),
	BAD("[-01]"),
	BAD("[00]"),
	BAD("[+1]"),
	BAD("[.5]"),
	BAD("[-.5]"),
	BAD("[5.]"),
	BAD("[1.e5]"),
	BAD("[1e]"),
	BAD("[1e+]"),
	BAD("[--1]"),
	BAD("[-]"),
	BAD("[1.2.3]"),
	BAD("[1-2]"),
	BAD("[0x1F]"),
	BAD("[1_000]"),
	BAD("[1e5.5]"),
	BAD("[12a]"),
	BAD("[\xc2\xa3"
	    "5]"),
	BAD("[5\xc2\xa3]"),
	BAD("[\xef\xbc\x91]"),
	BAD("{\"a\":1,234}"),
	/* texts */
	BAD("['a']"),
	BAD("[\xe2\x80\x9c"
	    "a\xe2\x80\x9d]"),
	BAD("[\"a\nb\"]"),
	BAD("[\"a\tb\"]"),
	BAD("[\"\x1f\"]"),
	BAD("[\"\\x41\"]"),
	BAD("[\"\\a\"]"),
	BAD("[\"\\'\"]"),
	BAD("[\"\\u12\"]"),
	BAD("[\"\\u12G4\"]"),
	BAD("[\"\\U0041\"]"),
	BAD("[\"\\ \"]"),
	BAD("[\"\\ud800\"]"),
	BAD("[\"\\udc00\"]"),
	BAD("[\"\\ud800a\"]"),
	BAD("[\"\\ud800\\u0041\"]"),
	BAD("[\"\\u004@\"]"),
	BAD("[\"\\u`041\"]"),
	BAD("[\"\\ud800\\ud800\"]"),
	BAD("[\"\\udc00\\ud800\"]"),
	BAD("{\"\\ud800\":1}"),
	BAD("\"\\\""
	    "a"
	    "\\ud800\""),
	/* spaces, comments, bytes */
	BAD("[\f]"),
	BAD("\f[]"),
	BAD("[]\f"),
	BAD("[1,\v2]"),
	BAD("[\x1b]"),
	BAD("[1\x08]"),
	BAD("[]\0"),
	BAD("[\0]"),
	BAD("[\"\0\"]"),
	BAD("\0"),
	BAD("[1]// x"),
	BAD("/* x */[1]"),
	BAD("# x\n[1]"),
	BAD("[1 /* x */]"),
	BAD("[\xc2\xa0]"),
	BAD("[\xe2\x80\x8b]"),
	BAD("[1]\x1b"),
	BAD("\xef\xbb\xbf\xef\xbb\xbf[]"),
	UTF("[\"\xa3\"]"),
	UTF("\xa3"),
	UTF("[\"\xc0\x80\"]"),
	UTF("[\"\xed\xa0\x80\"]"),
	UTF("[\"\xf4\x90\x80\x80\"]"),
	UTF("[\"\xe2\x82\"]"),
	UTF("[\"\xff\"]"),
	UTF("{\"\xe9\":1}"),
	UTF("[1]\xa3"),
	UTF("\xff\xfe[\0]\0"),
	UTF("\xfe\xff\0[\0]"),
	UTF("[\0]\0"),
	UTF("\0[\0]"),
	UTF("[\"a\xc2\""),
	/* ends */
	CUT("["),
	CUT("{"),
	CUT("[1"),
	CUT("[1,"),
	CUT("{\"a\""),
	CUT("{\"a\":"),
	CUT("{\"a\":1"),
	CUT("{\"a\":1,"),
	CUT("\"a"),
	CUT("[\"a"),
	CUT("[\"a\\"),
	CUT("[\"a\\u00"),
	CUT("[tru"),
	CUT("nul"),
	CUT("[-"),
	CUT("[1."),
	CUT("[1e"),
	CUT("{\"a"),
	CUT("[[[[[["),
	CUT("[{\"a\":[{"),
	CUT("[1 \n"),
	NOTHING(""),
	NOTHING(" \n\t"),
	NOTHING("\xef\xbb\xbf"),
	NOTHING("\xef\xbb\xbf \n"),
	MORE("[1]\"a"),
	MORE("{}\""),
	MORE("[] tr"),
	MORE("2\":}"),
	MORE("null n"),
	MORE("\"a\"\"b"),
	MORE("{} -"),
	MORE("[] []"),
	MORE("{}{}"),
	MORE("1 2"),
	MORE("{\"a\":1}\n{\"a\":2}\n"),
	MORE("[]]"),
	MORE("{}}"),
	MORE("[],"),
	BAD("nullnull"),
	MORE("\"a\" x"),
	MORE("[1]x"),
	TWICE("{\"a\":1,\"a\":1}"),
	TWICE("{\"a\":1,\"b\":2,\"a\":3}"),
	TWICE("{\"a\":1,\"\\u0061\":2}"),
	TWICE("[{\"x\":{\"k\":1,\"k\":[]}}]"),
	TWICE("{\"\":1,\"\":2}"),
	TWICE("{\"a\":{\"a\":1},\"a\":{}}"),
};

static void
what_is_json_is_read_and_nothing_else(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(suite); i++) {
		struct document *d = read_with(suite[i].text, NULL);
		const char *kind = d != NULL ? "y" : error.kind;

		if (strcmp(kind, suite[i].kind) != 0)
			fail_msg("%.*s: %s, not %s (%.*s)", TEXT_ARG(suite[i].text), kind,
			    suite[i].kind, TEXT_ARG(d != NULL ? TEXT("read") : error.what));
	}
}

/* What every refusal must have: a place within the file, and whole sentences. */
static void
every_refusal_has_a_place_and_whole_sentences(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(suite); i++) {
		struct text t = suite[i].text;

		if (read_with(t, NULL) != NULL)
			continue;
		assert_true(error.what.n > 15 && error.what.p[error.what.n - 1] == '.');
		assert_true(error.what.p[0] >= 'A' && error.what.p[0] <= 'Z');
		assert_true(error.expected.n > 5);
		assert_true(error.todo.n > 10 && error.todo.p[error.todo.n - 1] == '.');
		assert_true(text_is_utf8(error.what));
		for (size_t k = 0; k < error.what.n; k++)
			assert_true(
			    (unsigned char)error.what.p[k] >= ' ' && error.what.p[k] != 0x7f);
		assert_true((error.line == 0) == (error.column == 0));
		assert_true(error.line <= 1 + t.n && error.column <= 1 + t.n);
	}
}

static void
check_refusal(const char *json, uint32_t line, uint32_t column, const char *words)
{
	if (read_text(json) != NULL)
		fail_msg("%s: was read", json);
	if (error.line != line || error.column != column ||
	    memmem(error.what.p, error.what.n, words, strlen(words)) == NULL)
		fail_msg(
		    "%s: %u:%u %.*s", json, error.line, error.column, TEXT_ARG(error.what));
}

static void
a_refusal_names_the_place_and_what_stands_there(void **state)
{
	(void)state;
	check_refusal(
	    "{\n  \"a\": 1,\n  \"b\": ,\n}", 3, 8, "found a comma where a value must stand");
	check_refusal("{\"a\":1,}", 1, 8, "a closing brace } after a comma");
	check_refusal("[\"£££\" x]", 1, 8, "found “x” where a comma");
	check_refusal("\xef\xbb\xbf[x]", 1, 2, "the word “x”");
	check_refusal("[\r\n1,\r\n2 3]", 3, 3, "found “3” where a comma");
	check_refusal("[\r1,\r2 3]", 3, 3, "found “3” where a comma");
	check_refusal("{\"a\": True}", 1, 7, "the word “True”");
	check_refusal("{\"a\": 007}", 1, 7, "the number “007”, which begins with a nought");
	check_refusal("{\"a\": NaN}", 1, 7, "“NaN”, which is no number");
	check_refusal("{\"a\": \"C:\\temp\\x\"}", 1, 15, "“\\x” inside a text");
	check_refusal(
	    "{\"a\":\n[1,\n2", 3, 2, "the list that begins on line 2, column 1 is not closed");
	check_refusal(
	    "[{\"a\":1]", 1, 8, "the record that begins on line 1, column 2 is not closed");
	check_refusal("{\"a\":1}{", 1, 8, "an opening brace { after the end");
	check_refusal("[1]\n[2]", 2, 1, "an opening bracket [ after the end");
	check_refusal("[\"\xa3\"]", 1, 3, "the byte A3");
	check_refusal("[\"a\nb\"]", 1, 4, "line break inside a text");
	check_refusal("[\f1]", 1, 2, "a form feed between the values");
	check_refusal("[\"\v\"]", 1, 3, "a vertical tab inside a text");
	check_refusal("{\"é\": 1,\n \"é\": 2}", 2, 2,
	    "the name “é” stands here again; it stood already on line 1, column 2");
	check_refusal("{\"a\":1,\"b\":2,\"\\u0061\":3}", 1, 14, "“a” stands here again");
	check_refusal("{\"\x1b[2J\":1,\"x\":2}", 1, 3, "an escape character inside a text");
	check_refusal("{\"\\u001b\":1,\"\\u001b\":2}", 1, 13, "“\\x1b” stands here again");
}

static void
nodes_keep_the_order_and_texts_of_the_file(void **state)
{
	const struct document *d = read_text(
	    "{\"b\":[1.50,-0,1E400,true,false,null],\"a\\u00e9\":\"x\\ny\",\"c\":\"plain\"}");
	static const char *const numbers[] = { "1.50", "-0", "1E400" };
	const struct node *n;

	(void)state;
	assert_non_null(d);
	assert_int_equal(d->format, DOC_JSON);
	assert_int_equal(d->n_nodes, 10);
	n = d->nodes;
	assert_true(
	    n[0].type == NODE_OBJECT && n[0].count == 3 && n[0].first == 1 && n[0].parent == 0);
	assert_true(n[1].type == NODE_ARRAY && n[1].count == 6 && text_is(n[1].key, "b"));
	assert_true(n[1].next == 8 && n[8].next == 9 && n[9].next == 0);
	for (uint32_t i = 0; i < 3; i++) {
		assert_true(
		    n[2 + i].type == NODE_NUMBER && n[2 + i].index == i && n[2 + i].key.n == 0);
		assert_true(text_is(n[2 + i].text, numbers[i]));
	}
	assert_true(
	    n[5].type == NODE_BOOL && n[5].truth && n[6].type == NODE_BOOL && !n[6].truth);
	assert_true(n[7].type == NODE_NULL && n[7].parent == 1 && n[7].next == 0);
	assert_true(text_is(n[8].key, "aé") && text_is(n[8].text, "x\ny"));
	assert_true(text_is(n[9].text, "plain"));
	/* not copied */
	assert_true(n[9].text.p > d->bytes.p && n[9].text.p < d->bytes.p + d->bytes.n);
}

static void
check_offsets(const char *json)
{
	const struct document *d = read_text(json);

	assert_non_null(d);
	for (uint32_t i = 0; i < d->n_nodes; i++) {
		static const char first[] = { 'n', 'b', '0', '"', '{', '[' };
		char c = d->bytes.p[d->nodes[i].offset], wanted = first[d->nodes[i].type];

		if (wanted == 'b')
			assert_true(c == (d->nodes[i].truth ? 't' : 'f'));
		else if (wanted == '0')
			assert_true(c == '-' || (c >= '0' && c <= '9'));
		else
			assert_true(c == wanted);
		if (wanted == '0')
			assert_memory_equal(d->bytes.p + d->nodes[i].offset, d->nodes[i].text.p,
			    d->nodes[i].text.n);
	}
}

static void
offsets_point_at_the_first_byte_of_each_value(void **state)
{
	(void)state;
	check_offsets("\xef\xbb\xbf { \"a\\\"\" : [ null , true,false , -1.5 ,\"x\\\\\" , "
		      "\"\\\"\",\"\\\\\\\"q\" ] }");
	check_offsets("\"\\u0041\"");
	check_offsets("{\"\\n\":\"\\n\",\"x\":{\"\\t\":[\"\\\\\"]},\"y\":0}");
}

static void
pointers_name_nodes_as_rfc_6901_does(void **state)
{
	const struct document *d = read_text("{\"a/b\":[{\"m~n\":[[7]]}],\"\":1}");
	struct buf b = { 0 };

	(void)state;
	assert_non_null(d);
	document_pointer(&b, d, 0);
	assert_string_equal(buf_as_text(&b).p, "");
	document_pointer(&b, d, 5);
	assert_string_equal(b.p, "/a~1b/0/m~0n/0/0");
	buf_clear(&b);
	document_pointer(&b, d, 6);
	assert_string_equal(b.p, "/");
	buf_free(&b);
}

static void
nesting_is_limited(void **state)
{
	struct read_options deeper = { .max_depth = 3000 };
	struct buf b = { 0 };

	(void)state;
	for (int i = 0; i < 64; i++)
		buf_char(&b, '[');
	for (int i = 0; i < 64; i++)
		buf_char(&b, ']');
	assert_non_null(read_with(buf_as_text(&b), NULL));
	buf_clear(&b);
	for (int i = 0; i < 65; i++)
		buf_str(&b, "{\"a\":");
	assert_null(read_with(buf_as_text(&b), NULL));
	assert_string_equal(error.kind, "too_deep");
	assert_int_equal(error.column, 64 * 5 + 1);
	for (int i = 65; i < 100000; i++)
		buf_str(&b, "[");
	assert_null(read_with(buf_as_text(&b), NULL));
	assert_string_equal(error.kind, "too_deep");
	buf_clear(&b);
	for (int i = 0; i < 3000; i++)
		buf_char(&b, '[');
	for (int i = 0; i < 3000; i++)
		buf_char(&b, ']');
	assert_non_null(read_with(buf_as_text(&b), &deeper));
	buf_free(&b);
}

static void
the_number_of_values_is_limited(void **state)
{
	struct read_options few = { .max_items = 4 };

	(void)state;
	assert_non_null(read_with(TEXT("[1,2,3]"), &few));
	assert_null(read_with(TEXT("[1,2,3,4]"), &few));
	assert_string_equal(error.kind, "too_big");
	assert_int_equal(error.column, 8);
}

static void
duplicates_are_kept_when_asked(void **state)
{
	struct read_options keep = { .keep_duplicates = true };
	const struct document *d = read_with(TEXT("{\"a\":1,\"a\":2}"), &keep);

	(void)state;
	assert_non_null(d);
	assert_int_equal(d->nodes[0].count, 2);
	assert_true(text_is(d->nodes[1].text, "1") && text_is(d->nodes[2].text, "2"));
}

/* An object of n keys that differ, with the key numbered `again` repeated at the end. */
static void
put_object(struct buf *b, int n, int again)
{
	buf_char(b, '{');
	for (int i = 0; i < n; i++)
		buf_printf(b, "%s\"key%06d\":%d", i > 0 ? "," : "", i, i);
	if (again >= 0)
		buf_printf(b, ",\"key%06d\":0", again);
	buf_char(b, '}');
}

static void
duplicates_are_found_in_objects_of_every_size(void **state)
{
	struct buf b = { 0 };

	(void)state;
	for (int n = 1; n < 60; n++) {
		buf_clear(&b);
		put_object(&b, n, -1);
		assert_non_null(read_with(buf_as_text(&b), NULL));
		for (int again = 0; again < n; again++) {
			buf_clear(&b);
			put_object(&b, n, again);
			assert_null(read_with(buf_as_text(&b), NULL));
			assert_string_equal(error.kind, "duplicate_key");
			assert_int_equal(error.column, 2 + 14 * n + (n > 10 ? n - 10 : 0));
		}
		arena_reset(arena);
	}
	buf_free(&b);
}

/* Rows like the row before take a short way: after rows of any length, and where it is left anywhere. */
static void
duplicates_are_found_in_rows_like_the_row_before(void **state)
{
	struct buf b = { 0 };

	(void)state;
	for (int before = 1; before < 40; before += 3)
		for (int n = 1; n < 40; n += 3) {
			buf_clear(&b);
			buf_char(&b, '[');
			put_object(&b, before, -1);
			buf_char(&b, ',');
			put_object(&b, n, -1);
			buf_str(&b, "]");
			assert_non_null(read_with(buf_as_text(&b), NULL));
			for (int again = 0; again < n; again++) {
				buf_clear(&b);
				buf_char(&b, '[');
				put_object(&b, before, -1);
				buf_char(&b, ',');
				put_object(&b, n, again);
				buf_char(&b, ']');
				assert_null(read_with(buf_as_text(&b), NULL));
				assert_string_equal(error.kind, "duplicate_key");
			}
		}
	buf_free(&b);
}

static void
a_hundred_thousand_keys_are_read_in_little_time(void **state)
{
	struct buf b = { 0 };
	clock_t begin = clock();

	(void)state;
	put_object(&b, 100000, -1);
	assert_non_null(read_with(buf_as_text(&b), NULL));
	buf_clear(&b);
	put_object(&b, 100000, 50000);
	assert_null(read_with(buf_as_text(&b), NULL));
	assert_string_equal(error.kind, "duplicate_key");
	/* Comparing each with each would be ten thousand million comparisons. */
	assert_true((clock() - begin) / CLOCKS_PER_SEC < 5);
	buf_free(&b);
}

static void
of_several_duplicates_the_first_in_the_file_is_named(void **state)
{
	struct buf b = { 0 };

	(void)state;
	buf_str(&b, "{\"z\":1,\"a\":1,\n\"z\":2,\n\"a\":2");
	for (int i = 0; i < 50; i++)
		buf_printf(&b, ",\"k%d\":0", i);
	buf_char(&b, '}');
	assert_null(read_with(buf_as_text(&b), NULL));
	assert_int_equal(error.line, 2);
	buf_free(&b);
}

static void
lines_and_columns_are_the_same_in_any_order_of_asking(void **state)
{
	struct document *d, fresh;
	struct buf b = { 0 };
	uint32_t line, column, line2, column2;

	(void)state;
	buf_str(&b, "\xef\xbb\xbf[");
	for (int i = 0; i < 900; i++)
		buf_str(&b, i % 3 == 0 ? "1,\r\n" : i % 3 == 1 ? "\"££\",\r" : "null, ");
	buf_str(&b, "\n0]");
	d = read_with(buf_as_text(&b), NULL);
	assert_non_null(d);
	fresh = *d;
	fresh.lines = NULL;
	for (uint32_t i = 0, at = 0; i < 3000; i++, at = (at + 2741) % (uint32_t)(b.n + 5)) {
		document_line_column(d, at, &line, &column);
		document_line_column(&fresh, at, &line2, &column2);
		assert_true(line == line2 && column == column2 && line > 0 && column > 0);
	}
	document_line_column(d, 4, &line, &column);
	assert_true(line == 1 && column == 2);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_json_is_read_and_nothing_else),
		cmocka_unit_test(every_refusal_has_a_place_and_whole_sentences),
		cmocka_unit_test(a_refusal_names_the_place_and_what_stands_there),
		cmocka_unit_test(nodes_keep_the_order_and_texts_of_the_file),
		cmocka_unit_test(offsets_point_at_the_first_byte_of_each_value),
		cmocka_unit_test(pointers_name_nodes_as_rfc_6901_does),
		cmocka_unit_test(nesting_is_limited),
		cmocka_unit_test(the_number_of_values_is_limited),
		cmocka_unit_test(duplicates_are_kept_when_asked),
		cmocka_unit_test(duplicates_are_found_in_objects_of_every_size),
		cmocka_unit_test(duplicates_are_found_in_rows_like_the_row_before),
		cmocka_unit_test(a_hundred_thousand_keys_are_read_in_little_time),
		cmocka_unit_test(of_several_duplicates_the_first_in_the_file_is_named),
		cmocka_unit_test(lines_and_columns_are_the_same_in_any_order_of_asking),
	};

	return cmocka_run_group_tests_name("read_json", tests, set_up, tear_down);
}
