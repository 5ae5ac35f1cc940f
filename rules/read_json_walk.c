/*
 * The grammar of RFC 8259 walked by hand, with a name for each mistake that people and programs really
 * make.  It stops at the first, and knows what was open there, so that a refusal can say which list is
 * not closed and which name lacks its value.
 */
#include "rules/read_json_walk.h"

#include <string.h>

#include "rules/text_utf8.h"

static bool
fail(struct json_walker *w, enum mistake m, uint32_t place)
{
	w->mistake = m;
	w->place = place;
	return false;
}

/* The byte n after the present one; -1 beyond the end. */
static int
peek(const struct json_walker *w, uint32_t n)
{
	return w->at + n < w->t.n ? (unsigned char)w->t.p[w->at + n] : -1;
}

static bool
is_digit(int c)
{
	return c >= '0' && c <= '9';
}

static bool
is_word(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || is_digit(c);
}

static void
skip_space(struct json_walker *w)
{
	int c;

	while ((c = peek(w, 0)) == ' ' || c == '\n' || c == '\t' || c == '\r')
		w->at++;
}

/* What is wrong with a character that can begin nothing; m is the mistake when it is none of these. */
static bool
fail_here(struct json_walker *w, enum mistake m)
{
	int c = peek(w, 0);
	uint32_t u = 0;

	if (c < 0)
		return fail(w, CUT_OFF, w->at);
	if (c == 0)
		return fail(w, NUL, w->at);
	if (c < 0x20 || c == 0x7f)
		return fail(w, CONTROL_SPACE, w->at);
	if (c == '\'')
		return fail(w, SINGLE_QUOTE, w->at);
	if ((c == '/' && (peek(w, 1) == '/' || peek(w, 1) == '*')) || c == '#')
		return fail(w, COMMENT, w->at);
	if (utf8_decode(w->t.p + w->at, w->t.n - w->at, &u) == 0)
		return fail(w, NOT_UTF8, w->at);
	if (u >= 0x2018 && u <= 0x201f)
		return fail(w, CURLY_QUOTE, w->at);
	return fail(w, m, w->at);
}

/* The hexadecimal digits of \uXXXX at this distance; -1: they are none. */
static int
hex4(const struct json_walker *w, uint32_t n)
{
	int v = 0;

	for (uint32_t i = n; i < n + 4; i++) {
		int c = peek(w, i);

		if (is_digit(c))
			v = v * 16 + c - '0';
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f' && c > 0)
			v = v * 16 + (c | 0x20) - 'a' + 10;
		else
			return -1;
	}
	return v;
}

static bool
walk_escape(struct json_walker *w)
{
	int c = peek(w, 1), v;

	if (c < 0)
		return true; /* the end of the file: the text is cut off */
	if (c != 'u') {
		if (c == 0 || strchr("\"\\/bfnrt", c) == NULL)
			return fail(w, BAD_ESCAPE, w->at);
		w->at += 2;
		return true;
	}
	v = hex4(w, 2);
	if (v < 0) {
		for (uint32_t i = 2; i < 6; i++)
			if (peek(w, i) < 0)
				return true;
		return fail(w, BAD_ESCAPE, w->at);
	}
	if ((v & 0xf800) == 0xd800) {
		if (v >= 0xdc00 || peek(w, 6) != '\\' || peek(w, 7) != 'u' ||
		    (hex4(w, 8) & 0xfc00) != 0xdc00 || hex4(w, 8) < 0)
			return fail(w, HALF_PAIR, w->at);
		w->at += 6;
	}
	w->at += 6;
	return true;
}

/* A text, from its opening quote. */
static bool
walk_text(struct json_walker *w)
{
	uint32_t begin = w->at++, was, u;
	size_t n;
	int c;

	while ((c = peek(w, 0)) >= 0 && c != '"') {
		was = w->at;
		if (c == '\\') {
			if (!walk_escape(w))
				return false;
			if (w->at == was)
				break;
		} else if (c < 0x20) {
			return fail(w,
			    c == 0                       ? NUL
				: c == '\n' || c == '\r' ? LINE_BREAK
							 : CONTROL_TEXT,
			    w->at);
		} else {
			n = utf8_decode(w->t.p + w->at, w->t.n - w->at, &u);
			if (n == 0)
				return fail(w, NOT_UTF8, w->at);
			w->at += (uint32_t)n;
		}
	}
	if (peek(w, 0) != '"')
		return fail(w, CUT_TEXT, begin);
	w->at++;
	return true;
}

static void
skip_digits(struct json_walker *w)
{
	while (is_digit(peek(w, 0)))
		w->at++;
}

/* At least one digit must stand here. */
static bool
need_digits(struct json_walker *w, uint32_t begin)
{
	if (peek(w, 0) < 0)
		return fail(w, CUT_OFF, w->at);
	if (!is_digit(peek(w, 0)))
		return fail(w, BAD_NUMBER, begin);
	skip_digits(w);
	return true;
}

static bool
walk_number(struct json_walker *w)
{
	uint32_t begin = w->at;
	int c;

	if (peek(w, 0) == '-')
		w->at++;
	if (peek(w, 0) == 'I' || peek(w, 0) == 'N' || peek(w, 0) == 'i')
		return fail(w, NOT_A_NUMBER, begin);
	if (peek(w, 0) == '0' && is_digit(peek(w, 1)))
		return fail(w, LEADING_NOUGHT, begin);
	if (peek(w, 0) == '0')
		w->at++;
	else if (!need_digits(w, begin))
		return false;
	if (peek(w, 0) == '.') {
		w->at++;
		if (!need_digits(w, begin))
			return false;
	}
	if (peek(w, 0) == 'e' || peek(w, 0) == 'E') {
		w->at++;
		if (peek(w, 0) == '+' || peek(w, 0) == '-')
			w->at++;
		if (!need_digits(w, begin))
			return false;
	}
	c = peek(w, 0);
	return is_word(c) || c == '.' || c == '+' || c == '-' ? fail(w, BAD_NUMBER, begin)
							      : true;
}

/* true, false, null, or a word that is none of them. */
static bool
walk_word(struct json_walker *w)
{
	static const char *const words[] = { "true", "false", "null" };
	static const char *const numbers[] = { "NaN", "Infinity", "nan", "inf", "Inf",
		"infinity" };
	struct text word = { w->t.p + w->at, 0 };

	while (is_word(peek(w, (uint32_t)word.n)))
		word.n++;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (text_is(word, words[i])) {
			w->at += (uint32_t)word.n;
			return true;
		}
		if (w->at + word.n == w->t.n && strncmp(words[i], word.p, word.n) == 0)
			return fail(w, CUT_OFF, (uint32_t)w->t.n);
	}
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (text_is(word, numbers[i]))
			return fail(w, NOT_A_NUMBER, w->at);
	return fail(w, BARE_WORD, w->at);
}

/* One value that is no list or record, or the opening bracket of one. */
static bool
walk_value(struct json_walker *w)
{
	int c = peek(w, 0);

	switch (c) {
	case '{':
	case '[':
		if (w->depth == w->max_depth)
			return fail(w, TOO_DEEP, w->at);
		w->opens[w->depth++] = w->at++;
		return true;
	case '"': return walk_text(w);
	case ',': return fail(w, EXTRA_COMMA, w->at);
	case '+': return fail(w, PLUS_SIGN, w->at);
	case '.': return fail(w, BARE_POINT, w->at);
	default: break;
	}
	if (c == '-' || is_digit(c))
		return walk_number(w);
	if (is_word(c))
		return walk_word(w);
	return fail_here(
	    w, c == ']' || c == '}' ? (w->depth == 0 ? UNOPENED : LAST_COMMA) : NEED_VALUE);
}

/* A name and its colon. */
static bool
walk_name(struct json_walker *w)
{
	int c = peek(w, 0);

	if (c != '"')
		return is_word(c) ? fail(w, BARE_NAME, w->at) : fail_here(w, NEED_NAME);
	if (!walk_text(w))
		return false;
	skip_space(w);
	if (peek(w, 0) != ':')
		return fail_here(w, NEED_COLON);
	w->at++;
	skip_space(w);
	if (peek(w, 0) == '}' || peek(w, 0) == ']')
		return fail(w, NEED_VALUE, w->at);
	return true;
}

/* After an opening bracket: its closing one, or the first name. */
static bool
walk_opened(struct json_walker *w, bool *closed)
{
	bool record = w->t.p[w->opens[w->depth - 1]] == '{';

	skip_space(w);
	*closed = peek(w, 0) == (record ? '}' : ']');
	if (*closed || !record)
		return *closed || peek(w, 0) != '}' || fail(w, WRONG_CLOSE, w->at);
	if (peek(w, 0) == ']')
		return fail(w, WRONG_CLOSE, w->at);
	return walk_name(w);
}

/* After a value: brackets that close, then a comma and what must follow it. */
static bool
walk_after(struct json_walker *w, bool *more)
{
	bool record;
	int c;

	for (*more = false; w->depth > 0;) {
		record = w->t.p[w->opens[w->depth - 1]] == '{';
		skip_space(w);
		c = peek(w, 0);
		if (c == (record ? '}' : ']')) {
			w->at++;
			w->depth--;
			continue;
		}
		if (c == '}' || c == ']')
			return fail(w, WRONG_CLOSE, w->at);
		if (c != ',')
			return fail_here(w, NEED_COMMA);
		w->at++;
		skip_space(w);
		*more = true;
		if (!record)
			return true;
		if (peek(w, 0) == '}')
			return fail(w, LAST_COMMA, w->at);
		return walk_name(w);
	}
	return true;
}

bool
json_walk(struct json_walker *w)
{
	bool more = true, closed;
	uint32_t was;

	skip_space(w);
	if (peek(w, 0) < 0)
		return fail(w, EMPTY, w->at);
	while (more) {
		was = w->depth;
		skip_space(w);
		if (!walk_value(w))
			return false;
		if (w->depth > was) {
			if (!walk_opened(w, &closed))
				return false;
			if (!closed)
				continue;
		}
		if (!walk_after(w, &more))
			return false;
	}
	skip_space(w);
	return peek(w, 0) < 0 ? true : fail_here(w, TRAILING);
}
