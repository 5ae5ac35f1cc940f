/* Reading a place that a person wrote: "/schemes[BCF02]/expenditure", "/income/0/amount". */
#include <string.h>

#include "rules/bind.h"

struct cursor {
	struct text rest;
	char word[512]; /* the step in hand, unescaped */
	struct text step;
};

/* The text up to one of the marks, unescaped into word; false when it is too long. */
static bool
take_until(struct cursor *c, const char *marks)
{
	size_t n = 0, i = 0;

	for (; i < c->rest.n && strchr(marks, c->rest.p[i]) == NULL; i++) {
		char ch = c->rest.p[i];

		if (ch == '\0' || n == sizeof(c->word))
			return false;
		if (ch == '~' && i + 1 < c->rest.n && c->rest.p[i + 1] >= '0' &&
		    c->rest.p[i + 1] <= '2')
			ch = "~/]"[c->rest.p[++i] - '0'];
		c->word[n++] = ch;
	}
	c->step = (struct text){ c->word, n };
	c->rest = (struct text){ c->rest.p + i, c->rest.n - i };
	return true;
}

static bool
next_is(const struct cursor *c, char mark)
{
	return c->rest.n > 0 && c->rest.p[0] == mark;
}

static void
skip_mark(struct cursor *c)
{
	c->rest = (struct text){ c->rest.p + 1, c->rest.n - 1 };
}

/* The step as an index into a list; false: it is none. */
static bool
index_step(const struct cursor *c, uint32_t n, int32_t *index)
{
	uint32_t number = 0;

	if (c->step.n == 0 || c->step.n > 9)
		return false;
	for (size_t i = 0; i < c->step.n; i++) {
		if (c->step.p[i] < '0' || c->step.p[i] > '9')
			return false;
		number = number * 10 + (uint32_t)(c->step.p[i] - '0');
	}
	*index = (int32_t)number;
	return number < n;
}

static bool
key_is(const struct field *field, struct value value, struct text wanted)
{
	struct buf key = { 0 };
	bool same;

	value_format(&key, field, value);
	same = text_equal(buf_as_text(&key), wanted);
	buf_free(&key);
	return same;
}

/* schemes[BCF02] or schemes/1 : which record or item; true with item -1 when the list itself is meant. */
static bool
read_item(struct cursor *c, const struct field *field, const struct list *list, int32_t *item)
{
	const struct record_type *type = field->sub;

	*item = -1;
	if (next_is(c, '[')) {
		if (type == NULL || type->key < 0)
			return false;
		skip_mark(c);
		if (!take_until(c, "]") || !next_is(c, ']'))
			return false;
		skip_mark(c);
		for (uint32_t i = 0; i < list->n && *item < 0; i++)
			if (key_is(&type->fields[type->key],
				list->items[i].u.rec->values[type->key], c->step))
				*item = (int32_t)i;
		return *item >= 0;
	}
	if (!next_is(c, '/'))
		return true;
	skip_mark(c);
	if (!take_until(c, "/["))
		return false;
	if (field->kind == KIND_LIST)
		return index_step(c, list->n, item);
	for (uint32_t i = 0; i < list->n && *item < 0; i++)
		if (key_is(field, list->keys[i], c->step))
			*item = (int32_t)i;
	return *item >= 0;
}

bool
place_read(const struct budget *budget, struct text written, struct place *place)
{
	struct cursor c = { .rest = text_trim(written) };
	const struct record *record = budget->root;

	*place = place_of_record(record);
	while (c.rest.n > 0) {
		const struct field *field;
		const struct value *value;

		if (next_is(&c, '/'))
			skip_mark(&c);
		if (c.rest.n == 0)
			return true;
		if (record == NULL || !take_until(&c, "/["))
			return false;
		if ((field = form_field(record->type, c.step, NULL)) == NULL)
			return false;
		*place = place_of(record, field);
		value = &record->values[field->index];
		record = NULL;
		if (c.rest.n == 0)
			return true;
		if (value->state != VALUE_SET)
			return false;
		if (field->kind == KIND_RECORD) {
			record = value->u.rec;
			continue;
		}
		if (field->kind != KIND_LIST && field->kind != KIND_MAP)
			return false;
		if (!read_item(&c, field, value->u.list, &place->item))
			return false;
		if (place->item >= 0 && field->sub != NULL) {
			record = value->u.list->items[place->item].u.rec;
			*place = place_of_record(record);
		}
	}
	return true;
}
