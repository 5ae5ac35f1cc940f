/*
 * Column headings: how they are compared, and which field each names.
 *
 * People write "Expenditure (£)", "expenditure" and "Expenditure £000" for one column.  Both sides are
 * brought to one shape; what a heading says of units is kept, since a column in thousands read as
 * pounds is the costliest mistake a return can have.
 */
#include <string.h>

#include "rules/form_private.h"

static const struct {
	const char *word;
	int64_t scale;
} unit_words[] = {
	{ "", 0 },
	{ "gbp", 1 },
	{ "p", 1 },
	{ "pounds", 1 },
	{ "inpounds", 1 },
	{ "poundssterling", 1 },
	{ "000", 1000 },
	{ "000s", 1000 },
	{ "k", 1000 },
	{ "thousand", 1000 },
	{ "thousands", 1000 },
	{ "thousandsofpounds", 1000 },
	{ "inthousands", 1000 },
	{ "gbp000", 1000 },
	{ "gbp000s", 1000 },
	{ "m", 1000000 },
	{ "million", 1000000 },
	{ "millions", 1000000 },
	{ "gbpm", 1000000 },
};

/* How many bytes of punctuation that is not ASCII begin here: £, no-break space, dashes, quotes. */
static size_t
foreign_mark(const unsigned char *p, size_t n, bool *pound)
{
	*pound = false;
	if (n >= 2 && p[0] == 0xc2 && p[1] < 0xc0) {
		*pound = p[1] == 0xa3;
		return 2;
	}
	if (n >= 3 && p[0] == 0xe2 && (p[1] == 0x80 || p[1] == 0x81))
		return 3;
	if (n >= 3 && p[0] == 0xef && (p[1] == 0xbb || p[1] == 0xbf))
		return 3;
	return 0;
}

static bool
is_word_byte(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80;
}

/* Letters and digits of a run of text, in lower case; *pounds counts the pound signs. */
static size_t
plain_bytes(char *out, size_t cap, struct text in, unsigned *pounds)
{
	size_t n = 0;

	for (size_t i = 0; i < in.n && n < cap;) {
		const unsigned char *p = (const unsigned char *)in.p + i;
		unsigned char c = *p >= 'A' && *p <= 'Z' ? (unsigned char)(*p + 32) : *p;
		bool pound;
		size_t mark = foreign_mark(p, in.n - i, &pound);

		if (mark > 0) {
			*pounds += pound;
			i += mark;
			continue;
		}
		if (c == '&' && n + 3 <= cap) {
			memcpy(out + n, "and", 3);
			n += 3;
		} else if (is_word_byte(c))
			out[n++] = (char)c;
		i++;
	}
	return n;
}

/* Whether a run of text says nothing but a unit; *scale is then set when it names pounds. */
static bool
is_unit(struct text in, int64_t *scale)
{
	char word[24];
	unsigned pounds = 0;
	size_t n = plain_bytes(word, sizeof(word), in, &pounds);

	for (size_t i = 0; i < sizeof(unit_words) / sizeof(unit_words[0]); i++) {
		if (strlen(unit_words[i].word) != n || memcmp(unit_words[i].word, word, n) != 0)
			continue;
		if (unit_words[i].scale != 0)
			*scale = unit_words[i].scale;
		else if (pounds > 0)
			*scale = 1;
		return true;
	}
	return false;
}

/* The end of "£000" or "£m" that stands without brackets, or 0. */
static size_t
bare_unit(struct text in, size_t at, int64_t *scale)
{
	size_t end = at + 2;

	if (at + 2 > in.n || memcmp(in.p + at, "\xc2\xa3", 2) != 0)
		return 0;
	while (end < in.n && in.p[end] == ' ')
		end++;
	if (in.n - end >= 3 && memcmp(in.p + end, "000", 3) == 0) {
		*scale = 1000;
		end += 3;
		return end < in.n && (in.p[end] | 32) == 's' ? end + 1 : end;
	}
	if (in.n - end == 1 && (in.p[end] | 32) == 'm') {
		*scale = 1000000;
		return end + 1;
	}
	if (*scale == 0)
		*scale = 1;
	return at + 2;
}

struct text
heading_normalise(char out[HEADING_BYTES], struct text in, int64_t *scale)
{
	int64_t unit = 0;
	unsigned pounds = 0;
	size_t n = 0, end;

	for (size_t i = 0; i < in.n && n < HEADING_BYTES;) {
		char c = in.p[i];

		if ((c | 32) >= 'a' && (c | 32) <= 'z') { /* most of them */
			out[n++] = (char)(c | 32);
			i++;
			continue;
		}
		if (c == ' ') {
			i++;
			continue;
		}
		if (c == '(' || c == '[') {
			const char *close = memchr(in.p + i, c == '(' ? ')' : ']', in.n - i);

			if (close != NULL &&
			    is_unit(
				(struct text){ in.p + i + 1, (size_t)(close - in.p) - i - 1 },
				&unit)) {
				i = (size_t)(close - in.p) + 1;
				continue;
			}
		}
		if ((end = bare_unit(in, i, &unit)) > 0) {
			i = end;
			continue;
		}
		end = i +
		    1; /* a whole character, so that marks of several bytes are seen whole */
		while (end < in.n && ((unsigned char)in.p[end] & 0xc0) == 0x80)
			end++;
		n += plain_bytes(
		    out + n, HEADING_BYTES - n, (struct text){ in.p + i, end - i }, &pounds);
		i = end;
	}
	if (scale != NULL)
		*scale = unit;
	return (struct text){ out, n };
}

struct target_maker {
	struct arena *arena;
	struct csv_layout *layout;
	const struct field *path[FORM_DEPTH];
	uint32_t depth;
	bool row;
};

/* Room for one more heading, unless an earlier field has it: fields nearer to the top come first. */
static struct csv_target *
new_target(struct arena *arena, struct csv_layout *layout, struct text heading, bool row)
{
	struct csv_target *target;
	char normal[HEADING_BYTES];
	struct text norm = heading_normalise(normal, heading, NULL);

	if (norm.n == 0 || form_csv_target(layout, norm, row) != NULL)
		return NULL;
	if ((layout->n_targets & (layout->n_targets - 1)) == 0) { /* a power of two is full */
		struct csv_target *more =
		    arena_calloc(arena, layout->n_targets * 2 + 1, sizeof(*more));

		if (layout->n_targets > 0)
			memcpy(more, layout->targets, layout->n_targets * sizeof(*more));
		layout->targets = more;
	}
	target = &layout->targets[layout->n_targets++];
	target->heading = (struct text){ arena_strndup(arena, norm.p, norm.n), norm.n };
	target->row = row;
	return target;
}

static void
add_target(struct target_maker *m, struct text heading, uint32_t alias)
{
	struct csv_target *target = new_target(m->arena, m->layout, heading, m->row);

	if (target == NULL)
		return;
	target->alias = (uint8_t)alias;
	target->depth = (uint8_t)m->depth;
	memcpy(target->path, m->path, sizeof(target->path));
}

void
form_add_target(struct arena *arena, struct csv_layout *layout, struct text heading,
    const struct csv_target *like)
{
	struct csv_target *target = new_target(arena, layout, heading, true);
	struct text normal;

	if (target == NULL)
		return;
	normal = target->heading;
	*target = *like;
	target->heading = normal;
	target->row = true;
}

/* "hwb gss" and "Health and wellbeing board Code" for a field inside records. */
static void
add_joined(struct target_maker *m, bool titles)
{
	struct buf buf = { 0 };

	for (uint32_t i = 0; i < m->depth; i++) {
		buf_text(&buf, titles ? m->path[i]->title : m->path[i]->name);
		buf_char(&buf, ' ');
	}
	if (!buf_failed(&buf))
		add_target(m, buf_as_text(&buf), 0);
	buf_free(&buf);
}

bool
form_fits_a_cell(const struct field *field)
{
	return field_is_read(field) && field->kind != KIND_MAP && field->kind != KIND_RECORD &&
	    (field->kind != KIND_LIST || field->sub == NULL);
}

static void
add_field(struct target_maker *m, const struct field *field)
{
	for (uint32_t i = 0; i < field->n_headers; i++)
		add_target(m, field->headers[i], 0);
	add_joined(m, false);
	add_joined(m, true);
	if (m->depth > 1)
		return;
	for (uint32_t i = 0; i < field->n_aliases && i < 255; i++)
		add_target(m, field->aliases[i], i + 1);
}

static void
add_type(struct target_maker *m, const struct record_type *type)
{
	if (m->depth == FORM_DEPTH)
		return;
	for (uint32_t i = 0; i < type->n_fields; i++) {
		if (!form_fits_a_cell(&type->fields[i]))
			continue;
		m->path[m->depth++] = &type->fields[i];
		add_field(m, &type->fields[i]);
		m->depth--;
	}
	for (uint32_t i = 0; i < type->n_fields; i++) {
		if (type->fields[i].kind != KIND_RECORD)
			continue;
		m->path[m->depth++] = &type->fields[i];
		add_type(m, type->fields[i].sub);
		m->depth--;
	}
}

void
form_csv_targets(struct arena *arena, struct form *form, struct csv_layout *layout)
{
	struct target_maker m = { .arena = arena, .layout = layout, .row = true };

	add_type(&m, layout->list->sub);
	m.row = false;
	add_type(&m, form->root);
}

void
form_row_targets(struct arena *arena, struct csv_layout *layout)
{
	struct target_maker m = { .arena = arena, .layout = layout, .row = true };

	add_type(&m, layout->list->sub);
}

const struct csv_target *
form_csv_target(const struct csv_layout *layout, struct text normal, bool row)
{
	if (normal.n == 0)
		return NULL;
	for (uint32_t i = 0; i < layout->n_targets; i++) {
		const struct csv_target *target = &layout->targets[i];

		/* The length and the last letter tell most of them apart. */
		if (target->row == row && target->heading.n == normal.n &&
		    target->heading.p[normal.n - 1] == normal.p[normal.n - 1] &&
		    text_equal(target->heading, normal))
			return target;
	}
	return NULL;
}

bool
form_is_totals(const struct csv_layout *layout, struct text text)
{
	char out[HEADING_BYTES];
	struct text normal = heading_normalise(out, text, NULL);

	for (uint32_t i = 0; i < layout->n_totals; i++)
		if (normal.n > 0 && text_equal(layout->totals[i], normal))
			return true;
	return false;
}
