/*
 * What a text that people wrote says: anything at all, or a word with a slip of the pen.
 *
 *   says_something(text)    false for nil, blanks, "TBC", "n/a", "-" and their like
 *   nearest(word, words)    the one of the words that was probably meant, or nil
 */
#include <string.h>

#include "rules/lua_call.h"
#include "rules/lua_private.h"
#include "rules/lua_value.h"
#include "rules/text.h"

#define WORDS_MAX 1000
#define BARE_MAX  16 /* more letters than any placeholder has */

/* Letters and digits alone, small; dashes and dots of typographers are blanks, too. */
static size_t
bare_letters(struct text t, char bare[BARE_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < t.n && n < BARE_MAX; i++) {
		char c = t.p[i];

		if (i + 2 < t.n && memcmp(t.p + i, "\xe2\x80", 2) == 0)
			i += 2;
		else if (i + 1 < t.n && c == '\xc2')
			i++;
		else if (c >= 'A' && c <= 'Z')
			bare[n++] = (char)(c - 'A' + 'a');
		else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		    (unsigned char)c >= 0x80)
			bare[n++] = c;
	}
	return n;
}

bool
says_something(struct text t)
{
	static const char *const placeholders[] = { "na", "none", "nil", "null", "tbc", "tba",
		"tbd", "todo", "test", "pending", "unknown", "notknown", "notyetknown",
		"seeabove", "seebelow", "asabove", "tobeconfirmed", "tobeagreed", "tobedecided",
		"xx", "xxx" };
	char bare[BARE_MAX];
	size_t n = bare_letters(t, bare);

	for (size_t i = 0; i < sizeof(placeholders) / sizeof(placeholders[0]); i++)
		if (text_equal((struct text){ bare, n }, text_of(placeholders[i])))
			return false;
	return n > 0;
}

static int
words_says_something(lua_State *L)
{
	bool something =
	    !lua_isnoneornil(L, 1) && says_something(lua_value_text(L, 1, "says_something"));

	lua_pushboolean(L, something);
	return 1;
}

static int
words_nearest(lua_State *L)
{
	struct text word = lua_value_text(L, 1, "nearest"), *words;
	lua_Integer n;
	int best;

	if (lua_type(L, 2) != LUA_TTABLE)
		lua_env_fail(L,
		    "nearest wants the words to choose from: write nearest(word, "
		    "{ \"one\", \"other\" })");
	n = luaL_len(L, 2);
	if (n > WORDS_MAX)
		lua_env_fail(L, "nearest chooses from at most %d words", WORDS_MAX);
	lua_limit_charge(L, (uint64_t)n * word.n + 1);
	words = lua_newuserdatauv(L, (size_t)(n + 1) * sizeof(*words), 0);
	for (lua_Integer i = 1; i <= n; i++) {
		lua_geti(L, 2, i);
		words[i - 1] = lua_value_text(L, -1, "nearest");
		lua_pop(L, 1); /* the table keeps it */
	}
	best = text_nearest(word, words, (size_t)n);
	if (best < 0)
		lua_pushnil(L);
	else
		lua_pushlstring(L, words[best].p, words[best].n);
	return 1;
}

void
lua_words_open(lua_State *L)
{
	lua_env_set_function(L, "says_something", words_says_something);
	lua_env_set_function(L, "nearest", words_nearest);
}
