/*
 * Reading back what budget_history.c wrote: folded lists become lists of records again, in the nodes of
 * the document, and the form is filled from that as from any.  What an older poold wrote has none.
 */
#include "rules/bind.h"

static bool unfold_record(struct document *, uint32_t number, const struct record_type *);

/* {"#":[…],"=":[…]}: the nodes of the names and of the rows; false: it is not folded. */
static bool
is_folded(const struct document *doc, uint32_t number, uint32_t *names, uint32_t *rows)
{
	const struct node *node = &doc->nodes[number];

	if (node->type != NODE_OBJECT || node->count != 2)
		return false;
	*names = node->first;
	*rows = doc->nodes[*names].next;
	return text_is(doc->nodes[*names].key, "#") && text_is(doc->nodes[*rows].key, "=") &&
	    doc->nodes[*names].type == NODE_ARRAY && doc->nodes[*rows].type == NODE_ARRAY;
}

/* [[]] stands where there is nothing. */
static bool
is_nothing(const struct document *doc, const struct node *node)
{
	const struct node *in = &doc->nodes[node->first];

	return node->type == NODE_ARRAY && node->count == 1 && in->type == NODE_ARRAY &&
	    in->count == 0;
}

/* A row becomes an object: its values get their names, and what is nothing goes. */
static bool
unfold_row(struct document *doc, uint32_t number, uint32_t names)
{
	struct node *row = &doc->nodes[number];
	uint32_t *link = &row->first, name = doc->nodes[names].first, child, n = 0;

	if (row->type != NODE_ARRAY || row->count != doc->nodes[names].count)
		return false;
	for (child = row->first; child != 0;
	     child = doc->nodes[child].next, name = doc->nodes[name].next) {
		struct node *value = &doc->nodes[child];

		if (is_nothing(doc, value))
			continue;
		value->key = doc->nodes[name].text;
		value->index = n++;
		*link = child;
		link = &value->next;
	}
	*link = 0;
	row->type = NODE_OBJECT;
	row->count = n;
	return true;
}

static bool
unfold_list(struct document *doc, uint32_t number, const struct record_type *type)
{
	uint32_t names, rows, child;
	struct node *list = &doc->nodes[number];

	if (is_folded(doc, number, &names, &rows)) {
		for (child = doc->nodes[rows].first; child != 0;
		     child = doc->nodes[child].next) {
			if (!unfold_row(doc, child, names))
				return false;
			doc->nodes[child].parent = number;
		}
		list->type = NODE_ARRAY;
		list->first = doc->nodes[rows].first;
		list->count = doc->nodes[rows].count;
	}
	for (child = list->type == NODE_ARRAY ? list->first : 0; child != 0;
	     child = doc->nodes[child].next)
		if (!unfold_record(doc, child, type))
			return false;
	return true;
}

static bool
unfold_record(struct document *doc, uint32_t number, const struct record_type *type)
{
	const struct node *record = &doc->nodes[number];
	const struct field *field;
	uint32_t child;
	int alias;
	bool good = true;

	if (record->type != NODE_OBJECT)
		return true;
	for (child = record->first; good && child != 0; child = doc->nodes[child].next) {
		field = form_field(type, doc->nodes[child].key, &alias);
		if (field == NULL || field->sub == NULL)
			continue;
		if (field->kind == KIND_LIST)
			good = unfold_list(doc, child, field->sub);
		else if (field->kind == KIND_RECORD)
			good = unfold_record(doc, child, field->sub);
	}
	return good;
}

struct budget *
budget_read_history(struct arena *arena, const struct form *form, struct text json)
{
	struct read_error why;
	struct document *doc = document_read(arena, json, TEXT("history.json"), NULL, &why);

	if (doc == NULL || doc->format != DOC_JSON || !unfold_record(doc, 0, form->root))
		return NULL;
	return form_fill(arena, form, doc);
}
