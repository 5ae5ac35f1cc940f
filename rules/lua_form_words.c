/* Kinds, and the words of enums. */
#include "rules/lua_form_private.h"

enum kind
decl_kind(struct decl *d, struct text word)
{
	struct text known[KINDS];
	uint32_t n = 0;

	for (int kind = KIND_TEXT; kind < KINDS; kind++) {
		if (kind == KIND_RATIO)
			continue;
		if (text_is(word, kind_names[kind]))
			return (enum kind)kind;
		known[n++] = text_of(kind_names[kind]);
	}
	decl_unknown(d, "kind", word, known, n);
	return KIND_NONE;
}

static struct text
as_heading(struct decl *d, struct text t)
{
	char out[HEADING_BYTES];
	struct text normal = heading_normalise(out, t, NULL);

	return (struct text){ arena_strndup(d->arena, normal.n > 0 ? normal.p : "", normal.n),
		normal.n };
}

/* One word of an enum: "carers", or { "dfg", title =, from =, to =, aliases = }. */
static void
read_word(struct decl *d, int index, struct enum_word *word)
{
	static const char *const known[] = { "title", "from", "to", "aliases" };

	if (lua_type(d->L, index) == LUA_TSTRING) {
		word->word = decl_string(d, index);
	} else if (lua_istable(d->L, index)) {
		lua_rawgeti(d->L, index, 1);
		word->word = decl_string(d, lua_gettop(d->L));
		lua_pop(d->L, 1);
		decl_only(
		    d, index, "option of a word", known, sizeof(known) / sizeof(known[0]));
		word->title = decl_text(d, index, "title");
		word->from = decl_year(d, index, "from");
		word->to = decl_year(d, index, "to");
		word->aliases = decl_texts(d, index, "aliases", &word->n_aliases);
		if (word->from != 0 && word->to != 0 && word->from > word->to)
			decl_complain(
			    d, "word '%.*s' ends before it begins", TEXT_ARG(word->word));
	}
	word->normal[0] = as_heading(d, word->word);
	word->normal[1] = as_heading(d, word->title);
	if (word->word.n == 0)
		decl_complain(d, "each word of 'of' must be a text or { \"word\", title = … }");
}

static void
read_words(struct decl *d, int list, struct field *field)
{
	uint32_t n = (uint32_t)lua_rawlen(d->L, list);

	if (n == 0 || n > 2000) {
		decl_complain(d, "'of' must list the words that may stand here");
		return;
	}
	field->words = arena_calloc(d->arena, n, sizeof(*field->words));
	for (uint32_t i = 0; i < n; i++) {
		lua_rawgeti(d->L, list, (lua_Integer)i + 1);
		read_word(d, lua_gettop(d->L), &field->words[i]);
		lua_pop(d->L, 1);
		for (uint32_t j = 0; j < i; j++)
			if (text_equal(field->words[j].word, field->words[i].word))
				decl_complain(d, "the word '%.*s' is there twice",
				    TEXT_ARG(field->words[i].word));
	}
	field->n_words = n;
}

/* The words of a list or map of enums: of = "enum", words = { … }, or shorter of = { … }. */
static void
read_item_words(struct decl *d, int table, struct field *field)
{
	if (!decl_get(d, table, "words")) {
		if (field->of == KIND_ENUM && field->n_words == 0)
			decl_complain(
			    d, "items that are words of a list need words = { \"word\", … }");
		return;
	}
	if (field->of != KIND_ENUM || field->n_words > 0 || !lua_istable(d->L, -1))
		decl_complain(d, "'words' is a list of words, and goes with of = \"enum\"");
	else
		read_words(d, lua_gettop(d->L), field);
	lua_pop(d->L, 1);
}

/* `of`: the words of an enum; the kind of an item; or the words of a list or map of enums. */
void
decl_of(struct decl *d, int table, struct field *field)
{
	bool many = field->kind == KIND_LIST || field->kind == KIND_MAP;
	struct text word;

	if (!decl_get(d, table, "of"))
		return;
	if (lua_istable(d->L, -1)) {
		if (many)
			field->of = KIND_ENUM;
		read_words(d, lua_gettop(d->L), field);
	} else {
		word = decl_string(d, lua_gettop(d->L));
		if (!many || word.p == NULL)
			decl_complain(d, "'of' must be %s",
			    many ? "the kind of an item, or a list of words"
				 : "a list of words");
		else if ((field->of = decl_kind(d, word)) == KIND_RECORD ||
		    field->of == KIND_LIST || field->of == KIND_MAP || field->of == KIND_ANY)
			decl_complain(d,
			    "items can be of one scalar kind; for records write fields = { … "
			    "}");
	}
	lua_pop(d->L, 1);
	if (many)
		read_item_words(d, table, field);
}
