/*
 * A budget as JSON, for history: canonical names, pounds whatever units it came in, words and codes
 * as they are.  It is read back to the same values; what was misread or left out is left
 * out, and what is worked out (joined lists, derived fields) is worked out again.  Explanations that
 * were carried from earlier versions are written behind the file's own, so that the next one finds them.
 *
 * A list of records is folded: {"#":["scheme_id","expenditure"],"=":[["S1",100.00],["S2",[[]]]]} has each
 * name once, and [[]] where a record has no such field.  That halves what an evaluator sends, the keeper
 * compresses and the ledger keeps of a plan of many schemes.  '#' and '=' are in no field's name.
 */
#include <stdlib.h>
#include <string.h>

#include "rules/bind.h"

/* Fewer records are not worth folding. */
#define FOLD_LEAST 3

struct writing {
	const struct value *units; /* is written as pounds; NULL: nowhere */
	bool fold;
};

static void put_record(struct buf *, const struct record *, const struct writing *);

/* The name of a field, which has nothing to escape: a form is refused unless it is of letters, digits and '_'. */
static void
put_name(struct buf *buf, struct text name)
{
	char *to = buf_room(buf, name.n + 3);

	if (to == NULL)
		return;
	to[0] = '"';
	memcpy(to + 1, name.p, name.n);
	to[name.n + 1] = '"';
	to[name.n + 2] = ':';
	buf_wrote(buf, name.n + 3);
}

/* A node of the submitter's as it was: for fields that are kept and never judged. */
static void
put_node(struct buf *buf, const struct document *doc, uint32_t number)
{
	const struct node *node = &doc->nodes[number];
	bool object = node->type == NODE_OBJECT;

	switch (node->type) {
	case NODE_NULL: buf_str(buf, "null"); return;
	case NODE_BOOL: buf_str(buf, node->truth ? "true" : "false"); return;
	case NODE_NUMBER: buf_text(buf, node->text); return;
	case NODE_STRING: buf_json_string(buf, node->text); return;
	case NODE_OBJECT:
	case NODE_ARRAY: break;
	}
	buf_char(buf, object ? '{' : '[');
	for (uint32_t child = node->first; child != 0; child = doc->nodes[child].next) {
		if (child != node->first)
			buf_char(buf, ',');
		if (object) {
			buf_json_string(buf, doc->nodes[child].key);
			buf_char(buf, ':');
		}
		put_node(buf, doc, child);
	}
	buf_char(buf, object ? '}' : ']');
}

static void
put_any(struct buf *buf, const struct budget *budget, const struct value *value)
{
	if (budget->document != NULL && budget->document->format == DOC_JSON && value->src != 0)
		put_node(buf, budget->document, value->src - 1);
	else
		buf_json_string(buf, (struct text){ value->u.s, value->len });
}

static bool
is_bare(enum kind kind)
{
	return kind == KIND_MONEY || kind == KIND_INTEGER || kind == KIND_DECIMAL ||
	    kind == KIND_BOOLEAN;
}

/* Values whose text is there already; TEXT_NONE: it has to be made. */
static struct text
text_of_value(const struct field *field, const struct value *value)
{
	const struct record *record;
	const struct field *key;

	if (value->state != VALUE_SET)
		return TEXT_NONE;
	switch ((enum kind)value->kind) {
	case KIND_TEXT:
	case KIND_CODE: return (struct text){ value->u.s, value->len };
	case KIND_ENUM:
		if (value->u.n < 0 || value->u.n >= (int64_t)field->n_words)
			return TEXT_NONE;
		return field->words[value->u.n].word;
	case KIND_REF:
		record = (value->flags & VALUE_REF_WORD) == 0 ? value->u.rec : NULL;
		if (record == NULL || record->type->key < 0)
			return TEXT_NONE;
		key = &record->type->fields[record->type->key];
		return key->kind == KIND_REF ? TEXT_NONE
					     : text_of_value(key, &record->values[key->index]);
	default: return TEXT_NONE;
	}
}

/* A value in quotes; nearly none needs an escape, so what has to be made is written where it stays. */
static void
put_quoted(struct buf *buf, const struct field *field, const struct value *value)
{
	struct text text = text_of_value(field, value);
	size_t from;

	if (text.p != NULL) {
		buf_json_string(buf, text);
		return;
	}
	buf_char(buf, '"');
	from = buf->n;
	value_format(buf, field, *value);
	buf_json_since(buf, from);
	buf_char(buf, '"');
}

static void
put_scalar(struct buf *buf, const struct budget *budget, const struct field *field,
    const struct value *value)
{
	if (value->state != VALUE_SET)
		buf_str(buf, "null");
	else if (value->kind == KIND_MONEY)
		money_format(buf, value->u.n);
	else if (value->kind == KIND_ANY)
		put_any(buf, budget, value);
	else if (is_bare((enum kind)value->kind))
		value_format(buf, field, *value);
	else
		put_quoted(buf, field, value);
}

static bool
is_written(const struct field *field, const struct value *value)
{
	return field_is_read(field) &&
	    (value->state == VALUE_SET || (value->state == VALUE_UNKNOWN && field->unknown));
}

static void put_value(struct buf *, const struct record *, const struct field *,
    const struct value *, const struct writing *);

/* Where a record lacks a field that others of its list have. */
static const char no_value[] = "[[]]";

/* What the submitter's own structures look like is not known, so none may stand in a folded list. */
static bool
may_fold(const struct field *field, const struct list *list, const struct writing *w)
{
	const struct record_type *type = field->sub;
	uint32_t i;

	if (!w->fold || field->kind != KIND_LIST || type == NULL || list->n < FOLD_LEAST)
		return false;
	for (i = 0; i < type->n_fields; i++)
		if (type->fields[i].kind == KIND_ANY)
			return false;
	return true;
}

/* Does any record of the list have this field? */
static bool
is_column(const struct list *list, const struct field *field)
{
	uint32_t i;

	for (i = 0; i < list->n; i++)
		if (is_written(field, &list->items[i].u.rec->values[field->index]))
			return true;
	return false;
}

static void
put_row(struct buf *buf, const struct record *record, const struct field *const *columns,
    uint32_t n, const struct writing *w)
{
	uint32_t i;

	buf_char(buf, '[');
	for (i = 0; i < n; i++) {
		const struct value *value = &record->values[columns[i]->index];

		if (i > 0)
			buf_char(buf, ',');
		if (is_written(columns[i], value))
			put_value(buf, record, columns[i], value, w);
		else
			buf_str(buf, no_value);
	}
	buf_char(buf, ']');
}

static void
put_folded(struct buf *buf, const struct field *field, const struct list *list,
    const struct writing *w)
{
	const struct record_type *type = field->sub;
	const struct field **columns = calloc(type->n_fields + 1, sizeof(const struct field *));
	uint32_t n = 0, i;

	if (columns == NULL) {
		buf->failed = true;
		return;
	}
	buf_str(buf, "{\"#\":[");
	for (i = 0; i < type->n_fields; i++) {
		if (!is_column(list, &type->fields[i]))
			continue;
		if (n > 0)
			buf_char(buf, ',');
		buf_char(buf, '"');
		buf_text(buf, type->fields[i].name);
		buf_char(buf, '"');
		columns[n++] = &type->fields[i];
	}
	buf_str(buf, "],\"=\":[");
	for (i = 0; i < list->n; i++) {
		if (i > 0)
			buf_char(buf, ',');
		put_row(buf, list->items[i].u.rec, columns, n, w);
	}
	buf_str(buf, "]}");
	free(columns);
}

/* more: records that are written behind those of the list. */
static void
put_list(struct buf *buf, const struct budget *budget, const struct field *field,
    const struct list *list, const struct writing *w, const struct record *const *more,
    uint32_t n_more)
{
	bool map = field->kind == KIND_MAP, first = true;

	if (n_more == 0 && list != NULL && may_fold(field, list, w)) {
		put_folded(buf, field, list, w);
		return;
	}
	buf_char(buf, map ? '{' : '[');
	for (uint32_t i = 0; list != NULL && i < list->n; i++) {
		if (map && list->keys[i].state != VALUE_SET)
			continue;
		if (!first)
			buf_char(buf, ',');
		first = false;
		if (map) {
			put_quoted(buf, field, &list->keys[i]);
			buf_char(buf, ':');
		}
		if (field->sub != NULL)
			put_record(buf, list->items[i].u.rec, w);
		else
			put_scalar(buf, budget, field, &list->items[i]);
	}
	for (uint32_t i = 0; i < n_more; i++) {
		if (!first)
			buf_char(buf, ',');
		first = false;
		put_record(buf, more[i], w);
	}
	buf_char(buf, map ? '}' : ']');
}

static void
put_value(struct buf *buf, const struct record *record, const struct field *field,
    const struct value *value, const struct writing *w)
{
	if (value == w->units)
		buf_str(buf, "\"GBP\"");
	else if (value->state == VALUE_SET && field->kind == KIND_RECORD)
		put_record(buf, value->u.rec, w);
	else if (value->state == VALUE_SET &&
	    (field->kind == KIND_LIST || field->kind == KIND_MAP))
		put_list(buf, record->budget, field, value->u.list, w, NULL, 0);
	else
		put_scalar(buf, record->budget, field, value);
}

static void
put_record(struct buf *buf, const struct record *record, const struct writing *w)
{
	const struct budget *budget = record->budget;
	const struct value *carried =
	    budget->n_carried > 0 ? budget_get(budget, budget->form->explained.list) : NULL;
	bool first = true;

	buf_char(buf, '{');
	for (uint32_t i = 0; i < record->type->n_fields; i++) {
		const struct field *field = &record->type->fields[i];
		const struct value *value = &record->values[i];
		bool claims = value == carried;

		if (!is_written(field, value) && !claims)
			continue;
		if (!first)
			buf_char(buf, ',');
		first = false;
		put_name(buf, field->name);
		if (claims)
			put_list(buf, budget, field,
			    value->state == VALUE_SET ? value->u.list : NULL, w,
			    budget->carried, budget->n_carried);
		else
			put_value(buf, record, field, value, w);
	}
	buf_char(buf, '}');
}

void
budget_write_history(struct buf *buf, const struct budget *budget)
{
	const struct writing w = { budget_get(budget, budget->form->units), true };

	put_record(buf, budget->root, &w);
	buf_char(buf, '\n');
}

void
budget_write_value(struct buf *buf, struct place at)
{
	const struct field *field = at.field >= 0 ? &at.rec->type->fields[at.field] : NULL;
	struct value value = place_value(at);
	const struct writing w = { NULL, false };

	if (value.state != VALUE_SET)
		buf_printf(buf, "%d", value.state);
	else if (field == NULL || value.kind == KIND_RECORD)
		put_record(buf, value.u.rec, &w);
	else if (at.item < 0 && (field->kind == KIND_LIST || field->kind == KIND_MAP))
		put_list(buf, at.rec->budget, field, value.u.list, &w, NULL, 0);
	else
		put_scalar(buf, at.rec->budget, field, &value);
}
