/*
 * Places: a field of a record, an item of its list, or the record itself, written in the ways that
 * programs and people want.
 *
 * The path has keys where lists have them, since an index moves when a row is inserted above it:
 * explanations and waivers are written with it.  In keys "~" is written ~0, "/" ~1 and "]" ~2.
 */
#include <string.h>

#include "rules/bind.h"
#include "rules/place_private.h"

struct place
place_of_record(const struct record *record)
{
	return (struct place){ record, -1, -1 };
}

struct place
place_of(const struct record *record, const struct field *field)
{
	return (struct place){ record, field->index, -1 };
}

bool
place_equal(struct place a, struct place b)
{
	return a.rec == b.rec && a.field == b.field && a.item == b.item;
}

/* A place as numbers from the root down: field and item at each step. */
struct steps {
	int32_t n;
	int32_t number[2 * FORM_DEPTH + 4];
};

static void
add_step(struct steps *s, int32_t number)
{
	if ((size_t)s->n < sizeof(s->number) / sizeof(s->number[0]))
		s->number[s->n++] = number;
}

static void
add_record_steps(struct steps *s, const struct record *record)
{
	if (record == NULL || record->parent == NULL)
		return;
	add_record_steps(s, record->parent);
	add_step(s, record->in->index);
	add_step(s, (int32_t)record->index);
}

static struct steps
steps_of(struct place place)
{
	struct steps s = { 0 };

	add_record_steps(&s, place.rec);
	if (place.field >= 0)
		add_step(&s, place.field);
	if (place.item >= 0)
		add_step(&s, place.item);
	return s;
}

int
place_compare(struct place a, struct place b)
{
	struct steps x, y;

	if (a.rec == b.rec && a.field == b.field)
		return (a.item > b.item) - (a.item < b.item);
	x = steps_of(a);
	y = steps_of(b);
	for (int32_t i = 0; i < x.n && i < y.n; i++)
		if (x.number[i] != y.number[i])
			return x.number[i] < y.number[i] ? -1 : 1;
	return (x.n > y.n) - (x.n < y.n);
}

static void
put_escaped(struct buf *buf, struct text text, bool brackets)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c == '~')
			buf_str(buf, "~0");
		else if (c == '/')
			buf_str(buf, "~1");
		else if (brackets && c == ']')
			buf_str(buf, "~2");
		else
			buf_char(buf, c);
	}
}

/* The key of a record of a list as text into *key; false when it has none that tells it apart. */
static bool
record_key(const struct record *record, struct buf *key)
{
	const struct field *field;

	if (record->type->key < 0 || record->twice)
		return false;
	field = &record->type->fields[record->type->key];
	value_format(key, field, record->values[field->index]);
	return key->n > 0;
}

static void
put_item(struct buf *buf, struct place place)
{
	const struct field *field = &place.rec->type->fields[place.field];
	const struct value *value = &place.rec->values[place.field];
	struct buf key = { 0 };

	buf_char(buf, '/');
	if (value->kind == KIND_MAP && value->state == VALUE_SET &&
	    (uint32_t)place.item < value->u.list->n) {
		value_format(&key, field, value->u.list->keys[place.item]);
		put_escaped(buf, buf_as_text(&key), false);
	}
	if (key.n == 0)
		buf_printf(buf, "%d", place.item);
	buf_free(&key);
}

static void
put_record_path(struct buf *buf, const struct record *record, bool keys)
{
	struct buf key = { 0 };

	if (record == NULL || record->parent == NULL)
		return;
	put_record_path(buf, record->parent, keys);
	buf_char(buf, '/');
	put_escaped(buf, record->in->name, false);
	if (record->in->kind != KIND_LIST)
		return;
	if (keys && record_key(record, &key)) {
		buf_char(buf, '[');
		put_escaped(buf, buf_as_text(&key), true);
		buf_char(buf, ']');
	} else
		buf_printf(buf, "/%u", record->index);
	buf_free(&key);
}

static void
put_path(struct buf *buf, struct place place, bool keys)
{
	if (place.rec == NULL)
		return;
	put_record_path(buf, place.rec, keys);
	if (place.field < 0)
		return;
	buf_char(buf, '/');
	put_escaped(buf, place.rec->type->fields[place.field].name, false);
	if (place.item >= 0)
		put_item(buf, place);
}

void
place_pointer(struct buf *buf, struct place place)
{
	put_path(buf, place, false);
}

void
place_path(struct buf *buf, struct place place)
{
	put_path(buf, place, true);
}

/* The nearest record around the place that a key tells apart: "schemes[BCF02]", "a[1].parts[x]". */
void
place_key(struct buf *buf, struct place place)
{
	const struct record *record = place.rec;
	struct buf path = { 0 }, key = { 0 };

	for (; record != NULL && record->parent != NULL; record = record->parent)
		if (record->in->kind == KIND_LIST && record_key(record, &key))
			break;
	if (record != NULL && record->parent != NULL) {
		put_record_path(&path, record, true);
		for (size_t i = 1; i < path.n; i++)
			buf_char(buf, path.p[i] == '/' ? '.' : path.p[i]);
	}
	buf_free(&path);
	buf_free(&key);
}

static bool
begins_with(struct text text, struct text word)
{
	return word.n > 0 && text.n > word.n && memcmp(text.p, word.p, word.n) == 0 &&
	    text.p[word.n] == ' ';
}

/* "Income, line I1" , "Schemes, scheme BCF02, Parts, part 2" */
static void
label_record(struct buf *buf, const struct record *record)
{
	struct buf key = { 0 };
	const struct field *field;

	if (record->parent == NULL)
		return;
	label_record(buf, record->parent);
	if (record->parent->parent != NULL)
		buf_str(buf, ", ");
	buf_text(buf, record->in->title);
	if (record->in->kind != KIND_LIST)
		return;
	buf_str(buf, ", ");
	if (record->type->key >= 0) {
		field = &record->type->fields[record->type->key];
		value_format_pretty(&key, field, record->values[field->index]);
	}
	if (!begins_with(
		buf_as_text(&key), record->type->row)) { /* not "quarter quarter 1 of …" */
		buf_text(buf, record->type->row);
		buf_char(buf, ' ');
	}
	if (key.n > 0)
		buf_text(buf, buf_as_text(&key));
	else
		buf_printf(buf, "%u", record->index + 1);
	buf_free(&key);
}

void
place_label(struct buf *buf, struct place place)
{
	const struct field *field;
	const struct value *value;

	if (place.rec == NULL)
		return;
	if (place.rec->parent == NULL && place.field < 0) {
		buf_text(buf, place.rec->budget->form->title);
		return;
	}
	label_record(buf, place.rec);
	if (place.field < 0)
		return;
	if (place.rec->parent != NULL)
		buf_str(buf, ": ");
	field = &place.rec->type->fields[place.field];
	value = &place.rec->values[place.field];
	buf_text(buf, field->title);
	if (place.item < 0)
		return;
	buf_str(buf, ", ");
	if (value->kind == KIND_MAP && value->state == VALUE_SET &&
	    (uint32_t)place.item < value->u.list->n)
		value_format_pretty(buf, field, value->u.list->keys[place.item]);
	else
		buf_printf(buf, "number %d", place.item + 1);
}

/* The number of the node or cell at a place, or of the nearest thing around it; 0: none. */
static uint32_t
place_src(struct place *place)
{
	struct value value;

	for (int hops = 0; hops < 4; hops++) {
		if (place->rec == NULL)
			return 0;
		value = place_value(*place);
		if (place->field >= 0 && place->rec->origins != NULL) {
			*place = place->rec->origins[place->field];
			continue;
		}
		if (value.src != 0)
			return value.src;
		if (place->item >= 0)
			place->item = -1;
		else
			break;
	}
	for (const struct record *record = place->rec; record != NULL; record = record->parent)
		if (record->src != 0)
			return record->src;
	return 0;
}

static void
source_of_cell(const struct budget *budget, struct place place, uint32_t src, bool own,
    struct source_place *out)
{
	const struct cell *cell = &budget->document->cells[src - 1];

	out->line = cell->line;
	if (own)
		out->column = cell->column;
	else if (budget->columns != NULL && place.field >= 0 &&
	    place.rec->type == budget->row_type)
		out->column = budget->columns[place.field];
}

struct source_place
place_source(struct arena *arena, struct place place)
{
	struct source_place out = { 0 };
	const struct budget *budget = place.rec != NULL ? place.rec->budget : NULL;
	struct buf buf = { 0 };
	uint32_t src;
	bool own;

	if (budget == NULL || budget->document == NULL || (src = place_src(&place)) == 0)
		return out;
	if (budget->document->format == DOC_JSON) {
		if (src > budget->document->n_nodes)
			return out;
		document_pointer(&buf, budget->document, src - 1);
		out.pointer =
		    (struct text){ arena_strndup(arena, buf.p != NULL ? buf.p : "", buf.n),
			    buf.n };
		buf_free(&buf);
		document_line_column(budget->document, budget->document->nodes[src - 1].offset,
		    &out.line, &out.column);
		return out;
	}
	own = place_value(place).src == src && place.field >= 0;
	if (document_has_sheets(budget->document))
		return place_in_sheet(arena, place, src, own);
	if (src <= budget->document->n_cells)
		source_of_cell(budget, place, src, own, &out);
	return out;
}
