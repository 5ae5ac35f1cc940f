/*
 * Single values of a workbook: a cell, a named range, or the neighbour of a label.
 *
 * A label is found by its text, whatever its case, its spaces and the colon or star behind it.  Its
 * neighbour is the next cell, to the right or below, after all that the label is merged over; what
 * stands further on is somebody's note.
 */
#include <string.h>

#include "rules/bind_sheet.h"

static bool
is_label(const struct sheet_value *value, struct text normal)
{
	for (uint32_t i = 0; i < value->n_texts; i++)
		if (text_equal(value->normal[i], normal))
			return true;
	return false;
}

bool
sheet_labels_any(const struct sheet_block *block, struct text normal)
{
	for (uint32_t i = 0; i < block->n_values; i++)
		if (block->values[i].how == SPOT_LABEL && normal.n > 0 &&
		    is_label(&block->values[i], normal))
			return true;
	return false;
}

/* Whether a cell is the label of any value of the sheet: then it is nobody's value. */
static bool
labels_any(const struct sheet_block *block, const struct cell *cell)
{
	char out[HEADING_BYTES];

	return cell->type == CELL_TEXT &&
	    sheet_labels_any(block, heading_normalise(out, cell->text, NULL));
}

static void
take_place(
    struct spot_place *place, const struct sheet_view *view, uint32_t row, uint32_t column)
{
	const struct cell *cell = sheet_cell(view, row, column);

	place->sheet = view->number;
	place->row = row;
	place->column = column;
	place->cell = cell;
	place->how = cell != NULL && trimmed(cell->text).n > 0 ? SPOT_FILLED : SPOT_BLANK;
}

/* A title merged over several columns, beside which nothing stands, is the label of nothing where another cell is. */
static bool
is_title(
    const struct sheet_view *view, const struct sheet_value *value, const struct cell *cell)
{
	const struct merge *m = sheet_merge(view, cell->row, cell->column);
	const struct cell *next;

	if (m == NULL || m->last_column == m->column)
		return false;
	next = value->below ? sheet_cell(view, m->last_row + 1, m->column)
			    : sheet_cell(view, m->row, m->last_column + 1);
	return next == NULL || trimmed(next->text).n == 0;
}

static struct spot_place
beside_label(const struct sheet_view *view, const struct sheet_block *block,
    const struct sheet_value *value)
{
	struct spot_place place = { .how = SPOT_MISSING, .sheet = view->number };
	const struct cell *title = NULL;
	const struct merge *m;
	uint32_t row, column;

	for (uint32_t i = 0; i < view->n_normal; i++) {
		const struct cell *cell = &view->cells[i];

		if (view->normal[i].n == 0 || !is_label(value, view->normal[i]))
			continue;
		if (title == NULL && is_title(view, value, cell)) {
			title = cell;
			continue;
		}
		if (place.labels[0] != NULL) {
			place.labels[1] = cell;
			place.how = SPOT_TWICE;
			return place;
		}
		place.labels[0] = cell;
	}
	if (place.labels[0] == NULL && (place.labels[0] = title) == NULL)
		return place;
	row = place.labels[0]->row;
	column = place.labels[0]->column;
	m = sheet_merge(view, row, column);
	if (value->below)
		row = (m != NULL ? m->last_row : row) + 1;
	else
		column = (m != NULL ? m->last_column : column) + 1;
	take_place(&place, view, row, column);
	if (place.how == SPOT_FILLED && labels_any(block, place.cell))
		place.how = SPOT_BLANK;
	return place;
}

/* "Cover!$B$4", "'A & B'!$B$4:$C$5", "$Cover.$B$4": the sheet's name without its quotes, and the cell. */
static bool
read_refers(
    struct arena *arena, struct text t, struct text *sheet, uint32_t *row, uint32_t *column)
{
	char *name = arena_alloc(arena, t.n + 1);
	size_t i = 0, n = 0;

	while (i < t.n && (t.p[i] == '=' || t.p[i] == '$'))
		i++;
	if (i < t.n && t.p[i] == '\'') {
		for (i++; i < t.n; i++) {
			if (t.p[i] == '\'' && i + 1 < t.n && t.p[i + 1] == '\'')
				i++;
			else if (t.p[i] == '\'')
				break;
			name[n++] = t.p[i];
		}
		i++;
	} else
		for (; i < t.n && t.p[i] != '!' && t.p[i] != '.'; i++)
			name[n++] = t.p[i];
	if (i >= t.n || (t.p[i] != '!' && t.p[i] != '.'))
		return false;
	*sheet = (struct text){ name, n };
	*row = *column = 0;
	for (i++; i < t.n && t.p[i] == '$'; i++)
		;
	for (; i < t.n && t.p[i] >= 'A' && t.p[i] <= 'Z' && *column < 20000; i++)
		*column = *column * 26 + (uint32_t)(t.p[i] - 'A') + 1;
	for (; i < t.n && t.p[i] == '$'; i++)
		;
	for (; i < t.n && t.p[i] >= '0' && t.p[i] <= '9' && *row < 2000000; i++)
		*row = *row * 10 + (uint32_t)(t.p[i] - '0');
	return *row > 0 && *column > 0 && (i == t.n || t.p[i] == ':');
}

/* One that the sheet alone knows goes before one that all know. */
static const struct defined_name *
find_name(const struct document *doc, uint32_t sheet, struct text name)
{
	const struct defined_name *found = NULL;

	for (uint32_t i = 0; i < doc->n_names; i++) {
		const struct defined_name *n = &doc->names[i];

		if (!text_equal_nocase(n->name, name) ||
		    (n->sheet != 0 && n->sheet != sheet + 1))
			continue;
		if (found == NULL || n->sheet != 0)
			found = n;
	}
	return found;
}

static struct spot_place
at_name(
    const struct document *doc, const struct sheet_view *view, const struct sheet_value *value)
{
	struct spot_place place = { .how = SPOT_MISSING, .sheet = view->number };
	const struct defined_name *name = find_name(doc, view->number, value->texts[0]);
	struct arena *arena = arena_new();
	struct sheet_view other;
	struct text sheet;
	uint32_t row, column;

	if (name != NULL && read_refers(arena, name->refers, &sheet, &row, &column))
		for (uint32_t i = 0; i < doc->n_sheets; i++) {
			if (!text_equal_nocase(doc->sheets[i].name, sheet))
				continue;
			if (i == view->number) {
				take_place(&place, view, row, column);
				break;
			}
			sheet_view_make(&other, arena, doc, i);
			take_place(&place, &other, row, column);
			break;
		}
	arena_free(arena);
	return place;
}

struct spot_place
sheet_value_place(const struct document *doc, const struct sheet_view *view,
    const struct sheet_block *block, const struct sheet_value *value)
{
	struct spot_place place = { .how = SPOT_MISSING, .sheet = view->number };

	switch (value->how) {
	case SPOT_CELL: take_place(&place, view, value->row, value->column); return place;
	case SPOT_NAME: return at_name(doc, view, value);
	case SPOT_LABEL: return beside_label(view, block, value);
	case SPOT_CONSTANT: break;
	}
	return place;
}

bool
sheet_value_is(const struct sheet_value *value, struct text dotted)
{
	const struct csv_target *target = &value->target;

	for (uint32_t i = 0; i < target->depth; i++) {
		struct text name = target->path[i]->name;

		if (dotted.n < name.n || memcmp(dotted.p, name.p, name.n) != 0)
			return false;
		dotted = (struct text){ dotted.p + name.n, dotted.n - name.n };
		if (i + 1 < target->depth) {
			if (dotted.n == 0 || dotted.p[0] != '.')
				return false;
			dotted = (struct text){ dotted.p + 1, dotted.n - 1 };
		}
	}
	return dotted.n == 0;
}

struct text
sheet_value_text(struct sheets *s, struct text dotted)
{
	for (uint32_t i = 0; dotted.n > 0 && i < s->layout->n_blocks; i++) {
		const struct sheet_found *found = &s->blocks[i];

		for (uint32_t k = 0; k < found->block->n_values; k++) {
			const struct sheet_value *value = &found->block->values[k];
			struct spot_place place;

			if (!sheet_value_is(value, dotted))
				continue;
			if (value->how == SPOT_CONSTANT)
				return value->texts[0];
			if (!found->there)
				return TEXT_NONE;
			place = sheet_value_place(s->b->doc, &found->view, found->block, value);
			return place.how == SPOT_FILLED ? bind_cell_text(s->b, place.cell)
							: TEXT_NONE;
		}
	}
	return TEXT_NONE;
}

/* Records on the way to a field that is required are made, so that what is missing is the field itself. */
static struct record *
record_for(struct bind *b, const struct csv_target *target, uint32_t src)
{
	for (uint32_t i = 0; i + 1 < target->depth; i++)
		if (!target->path[i]->required)
			return bind_reached(b->budget->root, target);
	return bind_reach(b, b->budget->root, target, src);
}

/* Where it belongs, for whoever asks for it and does not find it. */
static void
note_place(struct bind *b, const struct csv_target *target, uint32_t src)
{
	struct record *record = record_for(b, target, src);
	struct value *value;

	if (record != NULL)
		value = &record->values[target->path[target->depth - 1]->index];
	else
		value = &b->budget->root->values[target->path[0]->index];
	if (value->state == VALUE_ABSENT && value->src == 0)
		value->src = src;
}

static void
tell_no_place(struct sheets *s, const struct sheet_found *found,
    const struct sheet_value *value, uint32_t src)
{
	const struct csv_target *target = &value->target;
	const struct field *field = target->path[target->depth - 1];
	struct record *record = record_for(s->b, target, src);

	if (!field->required || record == NULL)
		return;
	record->values[field->index].state = VALUE_FAULTED;
	bind_fault(s->b, FAULT_MISSING, place_of(record, field), field, src, TEXT_NONE,
	    value->how == SPOT_NAME
		? "This workbook has no name \"%.*s\", which on the sheet \"%.*s\" marks the "
		  "cell for this. Use the template as it was issued."
		: "No cell says \"%.*s\" on the sheet \"%.*s\", so this could not be found. "
		  "Put it "
		  "there, with the value beside it, as the template has it.",
	    TEXT_ARG(value->texts[0]), QUOTED(found->view.sheet->name));
}

static void
tell_twice(struct bind *b, const struct sheet_value *value, const struct spot_place *place)
{
	const struct csv_target *target = &value->target;
	const struct field *field = target->path[target->depth - 1];
	uint32_t src = bind_cell_src(b, place->labels[0]);
	struct record *record = bind_reach(b, b->budget->root, target, src);
	struct buf one = { 0 }, two = { 0 };

	if (record == NULL)
		return;
	cell_name(&one, place->labels[0]->row, place->labels[0]->column);
	cell_name(&two, place->labels[1]->row, place->labels[1]->column);
	record->values[field->index].state = VALUE_FAULTED;
	record->values[field->index].src = src;
	bind_fault(b, FAULT_AMBIGUOUS, place_of(record, field), field, src, TEXT_NONE,
	    "Two cells say \"%.*s\": %s and %s. It is not clear which has the value; leave "
	    "only "
	    "one.",
	    QUOTED(place->labels[0]->text), one.p, two.p);
	buf_free(&one);
	buf_free(&two);
}

static void
bind_constant(struct bind *b, const struct sheet_value *value)
{
	const struct csv_target *target = &value->target;
	const struct field *field = target->path[target->depth - 1];
	struct record *record = bind_reach(b, b->budget->root, target, 0);
	struct given given = { .how = GIVEN_CELL, .text = value->texts[0] };

	if (record != NULL)
		bind_scalar(b, place_of(record, field), field, field->kind, &given,
		    &record->values[field->index]);
}

static void
bind_value(struct sheets *s, const struct sheet_found *found, const struct sheet_value *value,
    struct spot_place place)
{
	struct bind *b = s->b;
	uint32_t src;

	switch (place.how) {
	case SPOT_FILLED:
		bind_cell(b, b->budget->root, &value->target, place.cell, 0);
		if (place.cell->hidden)
			bind_fault(b, FAULT_HIDDEN, place_of_record(b->budget->root), NULL,
			    bind_cell_src(b, place.cell), TEXT_NONE,
			    "This cell is in a hidden row or column, and what stands in it is "
			    "read. "
			    "Show it, and see that it is right.");
		if (place.sheet == found->view.number)
			sheet_tell_covered(b, &found->view, place.cell);
		return;
	case SPOT_BLANK:
		src = bind_spot(b, place.sheet, place.row, place.column);
		note_place(b, &value->target, src);
		return;
	case SPOT_MISSING:
		src = bind_spot(b, found->view.number, 0, 0);
		note_place(b, &value->target, src);
		tell_no_place(s, found, value, src);
		return;
	case SPOT_TWICE: tell_twice(b, value, &place); return;
	}
}

void
bind_sheet_values(struct sheets *s, struct sheet_found *found)
{
	found->places =
	    arena_calloc(s->b->arena, found->block->n_values + 1, sizeof(*found->places));
	for (uint32_t i = 0; i < found->block->n_values; i++) {
		const struct sheet_value *value = &found->block->values[i];

		if (value->how == SPOT_CONSTANT) {
			bind_constant(s->b, value);
			continue;
		}
		found->places[i] =
		    sheet_value_place(s->b->doc, &found->view, found->block, value);
		bind_value(s, found, value, found->places[i]);
	}
}
