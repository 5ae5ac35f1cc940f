/*
 * Lint: what Lua would let pass in silence, and a policy must not.
 *
 * Numbers.  Arithmetic on whole numbers calls no metamethod, so a fraction can only be kept out where it
 * would come in: in numbers with a point or exponent, in / and in ^.  These three tokens are refused
 * wherever they stand; with no other source of floats in the environment, none exist.
 *
 * Assignments.  `name = …` where the file declares no local, parameter or loop variable of that name is
 * refused with its line.  Where it does, but in another function, the environment refuses it at run time.
 *
 * Comparisons.  Money is a light userdata, for which Lua calls no __eq: `amount == 0` would be false
 * whatever the amount.  Types are not known here, so names decide.  A comparison (== or ~=) with a number
 * is refused when the other side ends in
 *	- a word for money, as a field, a local or a function: amount, total, sum, paid … (money_words), also
 *	  behind an underscore: fund_total;
 *	- a call of :sum, :of, :part or :times, or of gbp, or the name zero;
 *	- :optional "amount", with a word for money in the quotes.
 *	- once the forms are known (lua_lint_fields()), a field by a name that forms use for money alone:
 *	  row.planned, row:optional "planned"; a local by such a name passes.
 * It is not refused behind # % // and the bit operators, whose results are whole numbers.  Other names
 * pass: counts, indices, fields such as `quarter.reduction`.
 */
#include "rules/lua_lint.h"

#include <stdlib.h>
#include <string.h>

#include "rules/arena.h"
#include "rules/lua_lex.h"

/* Names that the chunk declares: an open hash of texts. */
struct names {
	struct text *at;
	size_t cap; /* cap is a power of two, at least twice the number of tokens */
};

struct lint {
	struct text file;
	const struct lua_token *t;
	size_t n;
	struct names names;
	char
	    *open; /* what is open at a token: '{', '(', '[', 'b' for a block, 'r' for repeat */
	lua_complain_fn *complain;
	void *arg;
	unsigned told;
	const struct text *fields; /* names of money fields, for lua_lint_fields() */
	size_t n_fields;
};

static void __attribute__((format(printf, 3, 4)))
tell(struct lint *l, size_t i, const char *fmt, ...)
{
	struct buf out = { 0 };
	va_list ap;
	char *line = NULL;

	va_start(ap, fmt);
	if (vasprintf(&line, fmt, ap) < 0)
		arena_exhausted();
	va_end(ap);
	buf_str(&out, line);
	l->complain(l->arg, l->file, l->t[i].line, buf_as_text(&out));
	l->told++;
	free(line);
	buf_free(&out);
}

/* Is token i, if there is one, this word or sign? */
static bool
is(const struct lint *l, size_t i, const char *what)
{
	return i < l->n && (l->t[i].kind == LUA_TOKEN_WORD || l->t[i].kind == LUA_TOKEN_SIGN) &&
	    text_is(l->t[i].text, what);
}

static bool
is_one_of(const struct lint *l, size_t i, const char *const *what)
{
	for (; *what != NULL; what++)
		if (is(l, i, *what))
			return true;
	return false;
}

static bool
is_kind(const struct lint *l, size_t i, enum lua_token_kind kind)
{
	return i < l->n && l->t[i].kind == kind;
}

/* The place of a name, or the free place for it. */
static size_t
names_place(const struct names *names, struct text name)
{
	uint32_t hash = 2166136261u;
	size_t i;

	for (i = 0; i < name.n; i++)
		hash = (hash ^ (unsigned char)name.p[i]) * 16777619u;
	for (i = hash & (names->cap - 1); names->at[i].p != NULL;
	     i = (i + 1) & (names->cap - 1))
		if (text_equal(names->at[i], name))
			break;
	return i;
}

static bool
names_have(const struct names *names, struct text name)
{
	return names->at[names_place(names, name)].p != NULL;
}

/* Declare the names of a list from token i on: a, b <const>, c.  Gives the token after it. */
static size_t
declare_list(struct lint *l, size_t i)
{
	for (;;) {
		if (is_kind(l, i, LUA_TOKEN_NAME))
			l->names.at[names_place(&l->names, l->t[i].text)] = l->t[i].text;
		else if (!is(l, i, "..."))
			return i;
		i++;
		if (is(l, i, "<"))
			i += 3;
		if (!is(l, i, ","))
			return i;
		i++;
	}
}

/* All names that the chunk declares anywhere: locals, parameters, loop variables. */
static void
declare_all(struct lint *l)
{
	size_t i, j;

	for (i = 0; i < l->n; i++) {
		if (is(l, i, "local"))
			declare_list(l, is(l, i + 1, "function") ? i + 2 : i + 1);
		else if (is(l, i, "for"))
			declare_list(l, i + 1);
		else if (is(l, i, "function")) {
			for (j = i + 1; j < l->n && !is(l, j, "("); j++)
				;
			declare_list(l, j + 1);
		}
	}
}

/* Write down for each token what is open around it: the inner bracket or block. */
static void
nest(struct lint *l)
{
	static const char *const blocks[] = { "function", "if", "do", "repeat", NULL };
	static const char *const brackets[] = { "{", "(", "[", NULL };
	static const char *const closers[] = { "end", "until", "}", ")", "]", NULL };
	char *stack = l->open + l->n;
	size_t depth = 0, i;

	for (i = 0; i < l->n; i++) {
		if (is_one_of(l, i, closers) && depth > 0)
			depth--;
		l->open[i] = depth == 0 ? 'b' : stack[depth - 1];
		if (is_one_of(l, i, blocks))
			stack[depth++] = 'b';
		else if (is_one_of(l, i, brackets))
			stack[depth++] = l->t[i].text.p[0];
	}
}

/* A number that Lua would take for a float. */
static bool
is_fraction(struct text number)
{
	bool hex = number.n > 2 && number.p[0] == '0' && (number.p[1] | 32) == 'x';
	uint64_t value = 0;
	size_t i;

	for (i = hex ? 2 : 0; i < number.n; i++) {
		char c = number.p[i];

		if (c == '.' || (c | 32) == 'p' || (!hex && (c | 32) == 'e'))
			return true;
		if (hex) {
			if (value >> 60 != 0)
				return true; /* Lua would drop digits */
			value = value << 4 | 1;
			continue;
		}
		if (c < '0' || c > '9')
			return false; /* no number: the compiler says so */
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(c - '0'), &value) ||
		    value > INT64_MAX)
			return true;
	}
	return false;
}

static void
lint_number(struct lint *l, size_t i)
{
	if (is_kind(l, i, LUA_TOKEN_NUMBER) && is_fraction(l->t[i].text))
		tell(l, i,
		    "%.*s would be a binary fraction, which is not exact: write rate "
		    "\"3.5%%\", "
		    "gbp \"0.04\" or decimal \"12.5\".",
		    TEXT_ARG(l->t[i].text));
	else if (is(l, i, "/"))
		tell(l, i,
		    "/ makes binary fractions, which are not exact: use amount:part(n, of) or "
		    "ratio(a, b); "
		    "// divides whole numbers.");
	else if (is(l, i, "^"))
		tell(l, i, "^ makes binary fractions, which are not exact: multiply instead.");
}

static void
lint_assignment(struct lint *l, size_t i)
{
	static const char *const not_before[] = { ".", ":", "local", "for", ",", ">",
		"function", "goto", "::", NULL };
	bool assigned;

	if (!is_kind(l, i, LUA_TOKEN_NAME))
		return;
	if (text_is(l->t[i].text, "_ENV")) {
		tell(l, i, "_ENV belongs to the engine: use other names for your own locals.");
		return;
	}
	assigned = l->open[i] == 'b' && is(l, i + 1, "=") &&
	    (i == 0 || !is_one_of(l, i - 1, not_before));
	if (i > 0 && is(l, i - 1, "function") && is(l, i + 1, "("))
		assigned = i < 2 || !is(l, i - 2, "local");
	if (assigned && !names_have(&l->names, l->t[i].text))
		tell(l, i,
		    "%.*s is not local, so every policy would share it: write local %.*s.",
		    TEXT_ARG(l->t[i].text), TEXT_ARG(l->t[i].text));
}

/* Is this, or what follows its last underscore, a word for money? */
static bool
is_money_word(struct text word)
{
	static const char *const money_words[] = { "amount", "total", "sum", "paid", "payment",
		"expenditure", "spend", "spent", "cost", "price", "minimum", "balance",
		"contribution", "fund", "pot", "money", "residual", "opening", "closing",
		"underspend", "overspend", "released", "held", "pooled" };
	size_t i;

	for (i = word.n; i > 0 && word.p[i - 1] != '_'; i--)
		;
	word.p += i;
	word.n -= i;
	for (i = 0; i < sizeof(money_words) / sizeof(money_words[0]); i++)
		if (text_is(word, money_words[i]))
			return true;
	return false;
}

/* One side of a comparison: the name that it ends in, and how that is used. */
struct side {
	size_t name; /* token, or SIZE_MAX */
	bool called;
	size_t argument; /* the text it is called with, or SIZE_MAX */
};

/* What such a side reads from a record: row.planned or row:optional "planned"; empty: nothing known. */
static struct text
field_of(const struct lint *l, struct side s)
{
	struct text name = l->t[s.name].text;

	if (!s.called)
		return s.name > 0 && is(l, s.name - 1, ".") ? name : TEXT_NONE;
	if (!text_is(name, "optional") || s.argument == SIZE_MAX || l->t[s.argument].text.n < 3)
		return TEXT_NONE;
	name = l->t[s.argument].text;
	return (struct text){ name.p + 1, name.n - 2 };
}

/* A field that the forms know to be money. */
static bool
is_money_field(const struct lint *l, struct side s)
{
	struct text field = s.name == SIZE_MAX ? TEXT_NONE : field_of(l, s);
	size_t i;

	for (i = 0; i < l->n_fields; i++)
		if (text_equal(field, l->fields[i]))
			return true;
	return false;
}

/* By its name alone. */
static bool
is_money(const struct lint *l, struct side s)
{
	static const char *const makers[] = { "sum", "of", "part", "times", "gbp" };
	struct text name;
	size_t i;

	if (s.name == SIZE_MAX)
		return false;
	name = l->t[s.name].text;
	if (is_money_word(name) || text_is(name, "zero"))
		return true;
	if (!s.called)
		return false;
	for (i = 0; i < sizeof(makers) / sizeof(makers[0]); i++)
		if (text_is(name, makers[i]))
			return true;
	return text_is(name, "optional") && is_money_word(field_of(l, s));
}

/* The opening bracket that belongs to the closing one at token i; 0 when there is none. */
static size_t
bracket_back(const struct lint *l, size_t i)
{
	static const char *const closing[] = { ")", "]", "}", NULL };
	static const char *const opening[] = { "(", "[", "{", NULL };
	size_t depth = 0;

	for (; i > 0; i--) {
		if (is_one_of(l, i, closing))
			depth++;
		else if (is_one_of(l, i, opening) && --depth == 0)
			return i;
	}
	return 0;
}

/* Can a call's arguments, or an index, follow this token? */
static bool
ends_prefix(const struct lint *l, size_t i)
{
	return is_kind(l, i, LUA_TOKEN_NAME) || is(l, i, ")") || is(l, i, "]");
}

/* The operand that ends at token i; *before is the token in front of it, or SIZE_MAX. */
static struct side
side_back(const struct lint *l, size_t i, size_t *before)
{
	struct side s = { SIZE_MAX, false, SIZE_MAX };

	for (;;) {
		if (is(l, i, ")") || is(l, i, "}") || is(l, i, "]")) {
			bool index = is(l, i, "]");

			i = bracket_back(l, i);
			if (i == 0 || !ends_prefix(l, i - 1))
				break; /* ( … ) or { … } by itself */
			if (s.name == SIZE_MAX)
				s.called = !index;
			if (index && s.name == SIZE_MAX)
				break; /* t[k]: nothing is known */
			if (!index && s.argument == SIZE_MAX &&
			    is_kind(l, i + 1, LUA_TOKEN_STRING))
				s.argument = i + 1;
			i--;
		} else if (is_kind(l, i, LUA_TOKEN_STRING) && i > 0 && ends_prefix(l, i - 1)) {
			if (s.name == SIZE_MAX) {
				s.called = true;
				s.argument = i;
			}
			i--;
		} else if (is_kind(l, i, LUA_TOKEN_NAME)) {
			if (s.name == SIZE_MAX)
				s.name = i;
			if (i < 2 || (!is(l, i - 1, ".") && !is(l, i - 1, ":")))
				break;
			i -= 2;
		} else {
			break;
		}
	}
	*before = i == 0 ? SIZE_MAX : i - 1;
	return s;
}

/* Past the bracket that opens at token i. */
static size_t
bracket_forward(const struct lint *l, size_t i)
{
	static const char *const closing[] = { ")", "]", "}", NULL };
	static const char *const opening[] = { "(", "[", "{", NULL };
	size_t depth = 0;

	for (; i < l->n; i++) {
		if (is_one_of(l, i, opening))
			depth++;
		else if (is_one_of(l, i, closing) && --depth == 0)
			return i + 1;
	}
	return i;
}

/* The operand that begins at token i; *after is the token behind it. */
static struct side
side_forward(const struct lint *l, size_t i, size_t *after)
{
	struct side s = { SIZE_MAX, false, SIZE_MAX };

	while (i < l->n) {
		if (is_kind(l, i, LUA_TOKEN_NAME) &&
		    (s.name == SIZE_MAX || is(l, i - 1, ".") || is(l, i - 1, ":"))) {
			s = (struct side){ i, false, SIZE_MAX };
			i++;
		} else if ((is(l, i, ".") || is(l, i, ":")) && s.name != SIZE_MAX) {
			i++;
		} else if (is_kind(l, i, LUA_TOKEN_STRING) && s.name != SIZE_MAX) {
			s.called = true;
			s.argument = i++;
		} else if ((is(l, i, "(") || is(l, i, "{")) && s.name != SIZE_MAX) {
			s.called = true;
			s.argument = is_kind(l, i + 1, LUA_TOKEN_STRING) ? i + 1 : SIZE_MAX;
			i = bracket_forward(l, i);
		} else if (is(l, i, "[") && s.name != SIZE_MAX) {
			i = bracket_forward(l, i);
			s.name = SIZE_MAX;
			break;
		} else {
			break;
		}
	}
	*after = i;
	return s;
}

static void
lint_comparison(struct lint *l, size_t i)
{
	static const char *const whole[] = { "#", "%", "//", "&", "|", "~", "<<", ">>", NULL };
	size_t beyond = SIZE_MAX;
	struct text shown;
	struct side s;

	if (!is(l, i, "==") && !is(l, i, "~="))
		return;
	if (is_kind(l, i + 1, LUA_TOKEN_NUMBER) ||
	    (is(l, i + 1, "-") && is_kind(l, i + 2, LUA_TOKEN_NUMBER)))
		s = i == 0 ? (struct side){ SIZE_MAX, false, SIZE_MAX }
			   : side_back(l, i - 1, &beyond);
	else if (i > 0 && is_kind(l, i - 1, LUA_TOKEN_NUMBER))
		s = side_forward(l, i + 1, &beyond);
	else
		return;
	shown = s.name == SIZE_MAX ? TEXT_NONE : field_of(l, s);
	if (shown.n == 0 && s.name != SIZE_MAX)
		shown = l->t[s.name].text;
	/* what the names alone tell was told when the file was loaded */
	if (is_money(l, s) != (l->fields == NULL) ||
	    (l->fields != NULL && !is_money_field(l, s)) ||
	    (beyond != SIZE_MAX && is_one_of(l, beyond, whole)))
		return;
	tell(l, i,
	    "%.*s is compared with a number by %.*s, which for money is never equal: write "
	    ":is_zero() or "
	    ":equals(gbp \"…\"); a whole number wants a name that is no word for money.",
	    TEXT_ARG(shown), TEXT_ARG(l->t[i].text));
}

static void
lint_all(struct lint *l)
{
	size_t i;

	if (l->fields == NULL) {
		declare_all(l);
		nest(l);
	}
	for (i = 0; i < l->n; i++) {
		if (l->fields == NULL) {
			lint_number(l, i);
			lint_assignment(l, i);
		}
		lint_comparison(l, i);
	}
}

static unsigned
lint_source(struct lint l, struct text source)
{
	struct lua_tokens tokens = { 0 };

	if (source.n == 0 || (lua_lex(source, &tokens) && tokens.n == 0)) {
		free(tokens.at);
		return 0;
	}
	l.t = tokens.at;
	l.n = tokens.n;
	for (l.names.cap = 64; l.names.cap < 2 * l.n + 2;)
		l.names.cap *= 2;
	l.names.at = calloc(l.names.cap, sizeof(*l.names.at));
	l.open = calloc(2 * l.n + 1, 1);
	if (l.t == NULL || l.names.at == NULL || l.open == NULL)
		arena_exhausted();
	lint_all(&l);
	free(l.names.at);
	free(l.open);
	free(tokens.at);
	return l.told;
}

unsigned
lua_lint(struct text name, struct text source, lua_complain_fn *complain, void *arg)
{
	struct lint l = { .file = name, .complain = complain, .arg = arg };

	return lint_source(l, source);
}

unsigned
lua_lint_fields(struct text name, struct text source, const struct text *fields, size_t n,
    lua_complain_fn *complain, void *arg)
{
	struct lint l = {
		.file = name, .complain = complain, .arg = arg, .fields = fields, .n_fields = n
	};

	return n > 0 ? lint_source(l, source) : 0;
}
