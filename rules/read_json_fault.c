/*
 * What is wrong with a text that is not JSON, in words for clerks.
 *
 * This runs only for files that are refused anyway: read_json_walk.c finds the first mistake, and the
 * table below has the sentences of each.
 */
#include "rules/read_json_fault.h"

#include <stdio.h>
#include <string.h>

#include "rules/document_lines.h"
#include "rules/read_json_walk.h"
#include "rules/text_utf8.h"

#define MEND                                                                                 \
	"Correct the file at this place; if a program wrote it, show this to whoever looks " \
	"after it."
#define VALUE  "a text in double quotes, a number, true, false, null, a list [ ] or a record { }"
#define UTF8   "text in UTF-8"
#define NUMBER "a number such as 1234.50, -3 or 0"
#define WHOLE  "Send the whole file again: it may have been cut off when it was saved or sent."

/* The words of each mistake; %s in what is what was found there. */
static const struct {
	struct read_fault fault;
	const char *what;
} mistakes[MISTAKES] = {
	[EMPTY] = { { "empty", "a return as JSON",
			"The file is empty: save it again in the program that made it, and "
			"send that." },
	    "there is nothing in this file but white space." },
	[CUT_OFF] = { { "truncated", "the rest of the file", WHOLE },
	    "the file ends too early%s." },
	[CUT_TEXT] = { { "truncated", "a double quote at the end of the text", WHOLE },
	    "a text begins here that is not closed before the file ends." },
	[UTF16] = { { "not_utf8", UTF8, "Save the file as UTF-8 and send that." },
	    "this file is UTF-16 (what some Windows programs call “Unicode”); JSON must be "
	    "UTF-8." },
	[NOT_UTF8] = { { "not_utf8", UTF8, "Save the file as UTF-8 and send that." },
	    "found the byte %s, which is not UTF-8." },
	[NUL] = { { "syntax", VALUE, "Make the file again: it may have been damaged." },
	    "found a byte of value 0 (NUL), which no text file has." },
	[CONTROL_SPACE] = { { "syntax", "spaces, tabs and line breaks only", MEND },
	    "found %s between the values." },
	[CONTROL_TEXT] = { { "syntax", "the character written as an escape, such as \\t",
			       MEND },
	    "found %s inside a text." },
	[LINE_BREAK] = { { "syntax",
			     "a double quote before the line ends, or \\n for a line break",
			     MEND },
	    "found a line break inside a text; perhaps its closing quote is missing." },
	[BAD_ESCAPE] = { { "syntax",
			     "one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t or \\u and four "
			     "hexadecimal digits",
			     MEND },
	    "found %s inside a text, which means nothing in JSON; a backslash itself is "
	    "written \\\\." },
	[HALF_PAIR] = { { "syntax", "both halves of the character, such as \\ud83d\\ude00",
			    MEND },
	    "found %s, half of a character without its other half." },
	[NEED_VALUE] = { { "syntax", VALUE, MEND }, "found %s where a value must stand." },
	[NEED_NAME] = { { "syntax", "a name in double quotes, or } at the end of the record",
			    MEND },
	    "found %s where the name of a field must stand." },
	[NEED_COLON] = { { "syntax", "a colon between a name and its value", MEND },
	    "found %s where a colon must stand." },
	[NEED_COMMA] = { { "syntax", "a comma before the next value, or the closing bracket",
			     MEND },
	    "found %s where a comma or a closing bracket must stand." },
	[LAST_COMMA] = { { "syntax", "no comma after the last value", MEND },
	    "found %s after a comma; there must be no comma after the last value." },
	[EXTRA_COMMA] = { { "syntax", "one comma between two values", MEND },
	    "found a comma where a value must stand." },
	[WRONG_CLOSE] = { { "syntax", "[ closed by ] and { closed by }", MEND }, "found %s." },
	[UNOPENED] = { { "syntax", VALUE, MEND }, "found %s, which closes nothing." },
	[SINGLE_QUOTE] = { { "syntax", "double quotes: \"text\"", MEND },
	    "found a single quote; texts and names stand in double quotes." },
	[CURLY_QUOTE] = { { "syntax", "straight double quotes: \"text\"",
			      "Replace curly quotes by straight ones; word processors put "
			      "curly ones in." },
	    "found the quotation mark %s; texts and names stand in straight double quotes." },
	[BARE_NAME] = { { "syntax", "the name in double quotes", MEND },
	    "found the name %s without double quotes." },
	[BARE_WORD] = { { "syntax", "true, false, null, or a text in double quotes", MEND },
	    "found the word %s where a value must stand." },
	[NOT_A_NUMBER] = { { "syntax", "a number, or null where it is not known", MEND },
	    "found %s, which is no number in JSON." },
	[COMMENT] = { { "syntax", "values only", "Remove the comment." },
	    "found a comment; JSON has none." },
	[BAD_NUMBER] = { { "syntax", NUMBER, MEND },
	    "found %s, which is not written as a number is." },
	[LEADING_NOUGHT] = { { "syntax",
				 "a number without a nought before it, or a text in double "
				 "quotes",
				 "Remove the nought, or put a code that begins with one in "
				 "double quotes." },
	    "found the number %s, which begins with a nought." },
	[PLUS_SIGN] = { { "syntax", NUMBER, "Remove the plus sign." },
	    "found %s; numbers have no plus sign." },
	[BARE_POINT] = { { "syntax", "a digit before the point, as in 0.5",
			     "Put a nought before the point." },
	    "found %s; a number begins with a digit." },
	[TRAILING] = { { "trailing", "the end of the file",
			   "Send one return a file; remove what stands after its last "
			   "bracket." },
	    "found %s after the end of the return." },
	[TOO_DEEP] = { { "too_deep", "lists and records within each other, 64 at most",
			   "Check that brackets are closed where they should be; send the "
			   "return by itself." },
	    "lists and records are nested too deep." },
};

/* Names for characters that are hard to see or to tell apart in a sentence. */
static const char *
character_name(uint32_t c)
{
	static const struct {
		uint32_t c;
		const char *name;
	} names[] = { { ',', "a comma" }, { ':', "a colon" }, { ';', "a semicolon" },
		{ '=', "an equals sign" }, { '.', "a full stop" },
		{ '{', "an opening brace {" }, { '}', "a closing brace }" },
		{ '[', "an opening bracket [" }, { ']', "a closing bracket ]" },
		{ '(', "an opening parenthesis (" }, { ')', "a closing parenthesis )" },
		{ '<', "the sign <" }, { '-', "a dash" }, { 0xa0, "a no-break space" },
		{ 0xa3, "a pound sign" }, { 0xfeff, "a byte order mark" }, { '\t', "a tab" },
		{ '\f', "a form feed" }, { '\v', "a vertical tab" }, { '\b', "a backspace" },
		{ 0x1b, "an escape character" }, { 0x2028, "a line separator" },
		{ '`', "a backtick" }, { '\\', "a backslash" } };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].c == c)
			return names[i].name;
	return NULL;
}

/* A word, number or text as it stands in the file, cut when long. */
static void
put_run(struct buf *b, struct text t, uint32_t at)
{
	uint32_t end = at;

	if (t.p[at] == '"')
		for (end++; end < t.n && t.p[end] != '"' && t.p[end] != '\n'; end++)
			;
	while (end < t.n && strchr(" \t\r\n,:;]}[{\"", t.p[end]) == NULL)
		end++;
	if (t.p[at] == '"' && end < t.n && t.p[end] == '"')
		end++;
	buf_str(b, "“");
	buf_safe_cut(b, (struct text){ t.p + at, end - at }, 40);
	buf_str(b, "”");
}

/* What stands at a place, in words. */
static void
put_found(struct buf *b, struct text t, uint32_t at)
{
	uint32_t c;
	const char *name;

	if (at >= t.n)
		buf_str(b, "the end of the file");
	else if (utf8_decode(t.p + at, t.n - at, &c) == 0)
		buf_printf(b, "%02X", (unsigned char)t.p[at]);
	else if ((name = character_name(c)) != NULL)
		buf_str(b, name);
	else if (c < 0x20 || c == 0x7f)
		buf_printf(b, "a control character (U+%04X)", c);
	else
		put_run(b, t, at);
}

static void
put_escape(struct buf *b, struct text t, uint32_t at)
{
	size_t n = t.n - at;

	buf_str(b, "“\\");
	if (n > 1)
		buf_safe_cut(
		    b, (struct text){ t.p + at + 1, n > 6 && t.p[at + 1] == 'u' ? 5 : 1 }, 8);
	buf_str(b, "”");
}

/* "; the list that begins on line 3, column 9 is not closed" */
static void
put_unclosed(struct buf *b, const struct json_walker *w, const struct document *d)
{
	uint32_t line, column;

	if (w->depth == 0)
		return;
	document_line_column(d, w->opens[w->depth - 1], &line, &column);
	buf_printf(b, "%s the %s that begins on line %u, column %u is not closed",
	    w->mistake == CUT_OFF ? ":" : ", but",
	    w->t.p[w->opens[w->depth - 1]] == '{' ? "record" : "list", line, column);
}

static void
put_detail(struct buf *b, const struct json_walker *w, const struct document *d)
{
	switch (w->mistake) {
	case CUT_OFF: put_unclosed(b, w, d); break;
	case WRONG_CLOSE:
		put_found(b, w->t, w->place);
		put_unclosed(b, w, d);
		break;
	case BAD_ESCAPE:
	case HALF_PAIR: put_escape(b, w->t, w->place); break;
	case BAD_NUMBER:
	case PLUS_SIGN:
	case BARE_POINT:
	case NOT_A_NUMBER: put_run(b, w->t, w->place); break;
	case CURLY_QUOTE: buf_put(b, w->t.p + w->place, 3); break;
	default: put_found(b, w->t, w->place); break;
	}
}

/* By its BOM, or by two plain characters with a nought beside each. */
static bool
is_utf16(struct text t)
{
	bool even, odd;

	if (t.n >= 2 && (memcmp(t.p, "\xff\xfe", 2) == 0 || memcmp(t.p, "\xfe\xff", 2) == 0))
		return true;
	if (t.n < 4)
		return false;
	even = t.p[0] == '\0' && t.p[2] == '\0';
	odd = t.p[1] == '\0' && t.p[3] == '\0';
	return (even && t.p[1] != '\0' && t.p[3] != '\0') ||
	    (odd && t.p[0] != '\0' && t.p[2] != '\0');
}

bool
json_explain(struct arena *arena, struct text bytes, uint32_t begin, uint32_t depth,
    struct read_error *error)
{
	struct json_walker w = { .t = bytes, .at = begin, .max_depth = depth };
	struct document d = { .bytes = bytes };
	struct buf b = { 0 };

	w.opens = arena_alloc(arena, depth * sizeof(*w.opens));
	if (is_utf16(bytes))
		w.mistake = UTF16;
	else if (json_walk(&w))
		return false;
	put_detail(&b, &w, &d);
	if (w.mistake == EMPTY || w.mistake == UTF16) {
		read_error_set(error, arena, &mistakes[w.mistake].fault, 0, 0, "%s",
		    mistakes[w.mistake].what);
		((char *)(uintptr_t)error->what.p)[0] =
		    'T'; /* "this", "there" begin the sentence */
	} else {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		read_error_at(error, arena, &mistakes[w.mistake].fault, bytes, w.place,
		    mistakes[w.mistake].what, buf_as_text(&b).p);
#pragma GCC diagnostic pop
	}
	buf_free(&b);
	return true;
}
