/* Reading words: enums, texts, codes, and references, which wait until all lists are there. */
#include <stdio.h>
#include <string.h>

#include "rules/bind_value.h"

static bool
in_force(const struct enum_word *word, fyear year)
{
	return year == 0 ||
	    ((word->from == 0 || year >= word->from) && (word->to == 0 || year <= word->to));
}

static bool
is_word(const struct enum_word *word, struct text text)
{
	if (text_equal_nocase(word->word, text) ||
	    (word->title.n > 0 && text_equal_nocase(word->title, text)))
		return true;
	for (uint32_t i = 0; i < word->n_aliases; i++)
		if (text_equal_nocase(word->aliases[i], text))
			return true;
	return false;
}

/* As people write words in a table: "Social care" for social_care; the text as headings are compared. */
static bool
is_nearly_word(const struct enum_word *word, struct text normal)
{
	return normal.n > 0 &&
	    (text_equal(word->normal[0], normal) || text_equal(word->normal[1], normal));
}

/* The word that a comparison finds in a year, or one of another year as -2 - its number. */
static int
find_word(const struct field *field, struct text text, fyear year,
    bool (*same)(const struct enum_word *, struct text))
{
	int other = -1;

	for (uint32_t i = 0; i < field->n_words; i++) {
		if (!same(&field->words[i], text))
			continue;
		if (in_force(&field->words[i], year))
			return (int)i;
		other = -2 - (int)i;
	}
	return other;
}

int
bind_word(const struct field *field, struct text text, bool loose, fyear year, bool *wrong_year)
{
	char out[HEADING_BYTES];
	int word;

	*wrong_year = false;
	for (uint32_t i = 0; i < field->n_words; i++)
		if (same_text(field->words[i].word, text) && in_force(&field->words[i], year))
			return (int)i;
	word = find_word(field, text, year, is_word);
	if (word == -1 && loose) /* the costly way only where the others fail */
		word =
		    find_word(field, heading_normalise(out, text, NULL), year, is_nearly_word);
	*wrong_year = word < -1;
	return word < -1 ? -2 - word : word;
}

static void
not_listed(struct reading *r)
{
	const struct field *field = r->field;
	struct text names[256];
	uint32_t n = field->n_words < 128 ? field->n_words : 128;
	int near;

	for (uint32_t i = 0; i < n; i++) {
		names[i] = field->words[i].word;
		names[n + i] =
		    field->words[i].title.n > 0 ? field->words[i].title : field->words[i].word;
	}
	near = r->b->budget->n_faults < MOST_GUESSES ? text_nearest(r->text, names, n * 2) : -1;
	r->out->state = VALUE_FAULTED;
	if (near >= 0)
		bind_fault(r->b, FAULT_NOT_LISTED, r->at, field, r->given->src, r->given->text,
		    "\"%.*s\" is not one of the words that may stand here. Did you mean "
		    "\"%.*s\"?",
		    QUOTED(r->given->text), TEXT_ARG(names[near]));
	else
		reading_faulted(
		    r, FAULT_NOT_LISTED, "is not one of the words that may stand here.");
}

void
read_enum(struct reading *r)
{
	bool wrong_year;
	int word;

	if (!reading_wants_word(r))
		return;
	word =
	    bind_word(r->field, r->text, r->given->how == GIVEN_CELL, r->b->year, &wrong_year);
	if (word < 0) {
		not_listed(r);
		return;
	}
	r->out->u.n = word;
	r->out->state = VALUE_SET;
	if (wrong_year)
		reading_marked(
		    r, FAULT_NOT_LISTED, "is not in the list of this return's year.");
}

/* Eight bytes at once: is any of them below blank, DEL, or the first byte of a C1 control? */
static bool
any_suspect(uint64_t x)
{
	const uint64_t ones = 0x0101010101010101u, tops = ones << 7;
	uint64_t del = x ^ ones * 0x7f, c1 = x ^ ones * 0xc2;

	return (((x - ones * 0x20) & ~x) | ((del - ones) & ~del) | ((c1 - ones) & ~c1)) & tops;
}

static bool
has_control(struct text t)
{
	for (size_t i = 0; i < t.n; i++) {
		unsigned char c = (unsigned char)t.p[i];

		if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f)
			return true;
		if (c == 0xc2 && i + 1 < t.n && (unsigned char)t.p[i + 1] < 0xa0)
			return true;
	}
	return false;
}

/* Text without control characters, but for tabs and line ends. */
static bool
is_clean(struct text t)
{
	uint64_t x;
	size_t i = 0;

	for (; i + 8 <= t.n; i += 8) {
		memcpy(&x, t.p + i, 8);
		if (any_suspect(x))
			return !has_control(t);
	}
	if (t.n < 8)
		return !has_control(t);
	memcpy(&x, t.p + t.n - 8, 8); /* the last eight, some of them again */
	return !any_suspect(x) || !has_control(t);
}

static bool
good_text(struct reading *r)
{
	uint32_t most = r->field->max_bytes != 0 ? r->field->max_bytes : TEXT_BYTES;

	if (!(r->b->doc->plain && r->given->how == GIVEN_STRING) && !is_clean(r->text)) {
		reading_faulted(r, FAULT_BAD_TEXT,
		    "holds control characters. Type it again instead of pasting it.");
		return false;
	}
	if (r->text.n <= most)
		return true;
	r->out->state = VALUE_FAULTED;
	bind_fault(r->b, FAULT_BAD_TEXT, r->at, r->field, r->given->src, r->given->text,
	    "This text is too long: %zu bytes, and %u may stand here.", r->text.n, most);
	return false;
}

static bool
has_shape(struct text shape, struct text t)
{
	if (shape.n != t.n)
		return false;
	for (size_t i = 0; i < t.n; i++) {
		char c = t.p[i];
		bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
		bool digit = c >= '0' && c <= '9';

		switch (shape.p[i]) {
		case 'A':
			if (!letter)
				return false;
			break;
		case '9':
			if (!digit)
				return false;
			break;
		case 'X':
			if (!letter && !digit)
				return false;
			break;
		default:
			if (c != shape.p[i])
				return false;
		}
	}
	return true;
}

/* Any of the shapes, which are parted by blanks. */
static bool
has_any_shape(struct text shapes, struct text t)
{
	while (shapes.n > 0) {
		const char *blank = memchr(shapes.p, ' ', shapes.n);
		size_t n = blank != NULL ? (size_t)(blank - shapes.p) : shapes.n;

		if (n > 0 && has_shape((struct text){ shapes.p, n }, t))
			return true;
		n += blank != NULL;
		shapes = (struct text){ shapes.p + n, shapes.n - n };
	}
	return false;
}

static void
keep_text(struct reading *r)
{
	r->out->u.s = r->text.p;
	r->out->len = (uint32_t)r->text.n;
	r->out->state = VALUE_SET;
}

void
read_text(struct reading *r)
{
	if (!reading_wants_word(r) || !good_text(r))
		return;
	if (r->field->pattern.n > 0 && !has_any_shape(r->field->pattern, r->text)) {
		reading_faulted(r, r->kind == KIND_CODE ? FAULT_BAD_CODE : FAULT_BAD_TEXT,
		    "does not have the shape that is wanted here.");
		return;
	}
	if (r->kind == KIND_CODE && r->text.n > CODE_BYTES) {
		reading_faulted(r, FAULT_BAD_CODE, "is too long for a code.");
		return;
	}
	keep_text(r);
}

/* The text waits in the value until every list is there: see bind_reference.c. */
void
bind_pending(struct bind *b, struct value *value, const struct field *field, struct place at)
{
	b->pending =
	    bind_grow(b->arena, b->pending, b->n_pending, &b->cap_pending, sizeof(*b->pending));
	b->pending[b->n_pending++] = (struct pending){ value, field, at };
}

void
read_reference(struct reading *r)
{
	if (r->given->how == GIVEN_BOOL && !reading_wants_word(r))
		return;
	if (!good_text(r))
		return;
	keep_text(r);
	bind_pending(r->b, r->out, r->field, r->at);
}
