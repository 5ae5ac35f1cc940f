/*
 * The tokens of a Lua chunk.
 */
#include "rules/lua_lex.h"

#include <stdlib.h>
#include <string.h>

struct lexer {
	const char *p, *end;
	uint32_t line;
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool
is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* The character n places on, or NUL beyond the end. */
static char
peek(const struct lexer *x, size_t n)
{
	return (size_t)(x->end - x->p) > n ? x->p[n] : '\0';
}

static void
advance(struct lexer *x)
{
	if (*x->p == '\n')
		x->line++;
	x->p++;
}

/* At "[": the number of = in an opening long bracket, or -1. */
static int
long_bracket(const struct lexer *x)
{
	size_t n = 1;

	while (peek(x, n) == '=')
		n++;
	return peek(x, n) == '[' ? (int)n - 1 : -1;
}

/* Over a long text or comment whose bracket begins here. */
static void
skip_long(struct lexer *x, int level)
{
	int n;

	x->p += level + 2;
	while (x->p < x->end) {
		if (*x->p == ']') {
			for (n = 0; peek(x, (size_t)n + 1) == '=';)
				n++;
			if (n == level && peek(x, (size_t)n + 1) == ']') {
				x->p += level + 2;
				return;
			}
		}
		advance(x);
	}
}

/* Over a text in quotes; an unfinished one ends with its line. */
static void
skip_quoted(struct lexer *x)
{
	char quote = *x->p++;

	while (x->p < x->end && *x->p != quote && *x->p != '\n') {
		if (*x->p == '\\' && peek(x, 1) == 'z') {
			x->p += 2;
			while (x->p < x->end && memchr(" \t\r\n\v\f", *x->p, 6) != NULL)
				advance(x);
			continue;
		}
		if (*x->p == '\\' && x->end - x->p > 1)
			advance(x);
		advance(x);
	}
	if (x->p < x->end && *x->p == quote)
		x->p++;
}

/* Over white space and comments. */
static void
skip_blank(struct lexer *x)
{
	while (x->p < x->end) {
		if (memchr(" \t\r\n\v\f", *x->p, 6) != NULL) {
			advance(x);
		} else if (*x->p == '-' && peek(x, 1) == '-') {
			int level;

			x->p += 2;
			level = peek(x, 0) == '[' ? long_bracket(x) : -1;
			if (level >= 0)
				skip_long(x, level);
			while (level < 0 && x->p < x->end && *x->p != '\n')
				x->p++;
		} else {
			return;
		}
	}
}

/* Over a number, as far as Lua reads one: 0x1p-4 and 3e+5 with their signs. */
static void
skip_number(struct lexer *x)
{
	bool hex = *x->p == '0' && (peek(x, 1) | 32) == 'x';

	if (hex)
		x->p += 2;
	while (x->p < x->end) {
		char low = (char)(*x->p | 32);

		if (low == (hex ? 'p' : 'e') && (peek(x, 1) == '+' || peek(x, 1) == '-'))
			x->p += 2;
		else if (is_hex(*x->p) || *x->p == '.' || is_letter(*x->p))
			x->p++;
		else
			return;
	}
}

static bool
is_reserved(struct text word)
{
	static const char *const reserved[] = { "and", "break", "do", "else", "elseif", "end",
		"false", "for", "function", "goto", "if", "in", "local", "nil", "not", "or",
		"repeat", "return", "then", "true", "until", "while" };
	size_t i;

	for (i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		if (text_is(word, reserved[i]))
			return true;
	return false;
}

static void
skip_sign(struct lexer *x)
{
	static const char *const signs[] = { "...", "..", "==", "~=", "<=", ">=", "//",
		"::", "<<", ">>" };
	size_t i, n;

	for (i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		n = strlen(signs[i]);
		if ((size_t)(x->end - x->p) >= n && memcmp(x->p, signs[i], n) == 0) {
			x->p += n;
			return;
		}
	}
	x->p++;
}

static struct lua_token
next_token(struct lexer *x)
{
	struct lua_token t = { .line = x->line, .text = { x->p, 0 } };
	char c = *x->p;

	if (is_letter(c)) {
		while (x->p < x->end && (is_letter(*x->p) || is_digit(*x->p)))
			x->p++;
		t.kind = LUA_TOKEN_NAME;
	} else if (is_digit(c) || (c == '.' && is_digit(peek(x, 1)))) {
		skip_number(x);
		t.kind = LUA_TOKEN_NUMBER;
	} else if (c == '"' || c == '\'') {
		skip_quoted(x);
		t.kind = LUA_TOKEN_STRING;
	} else if (c == '[' && long_bracket(x) >= 0) {
		skip_long(x, long_bracket(x));
		t.kind = LUA_TOKEN_STRING;
	} else {
		skip_sign(x);
		t.kind = LUA_TOKEN_SIGN;
	}
	t.text.n = (size_t)(x->p - t.text.p);
	if (t.kind == LUA_TOKEN_NAME && is_reserved(t.text))
		t.kind = LUA_TOKEN_WORD;
	return t;
}

bool
lua_lex(struct text source, struct lua_tokens *out)
{
	struct lexer x = { .p = source.p, .end = source.p + source.n, .line = 1 };
	size_t cap = 256;

	out->n = 0;
	out->at = malloc(cap * sizeof(*out->at));
	if (out->at == NULL)
		return false;
	for (skip_blank(&x); x.p < x.end; skip_blank(&x)) {
		if (out->n == cap) {
			struct lua_token *more = realloc(out->at, 2 * cap * sizeof(*more));

			if (more == NULL) {
				free(out->at);
				out->at = NULL;
				return false;
			}
			out->at = more;
			cap *= 2;
		}
		out->at[out->n++] = next_token(&x);
	}
	return true;
}
