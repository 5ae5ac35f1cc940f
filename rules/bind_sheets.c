/*
 * Filling a form from a workbook.
 *
 * The form says which sheets there are, which single values stand on each, and which tables.  Sheets that
 * it does not name are left alone: guidance and checklists.  The order: sheets; units and year; values;
 * headings of all tables, so that each knows where the next begins; tables of records, then those whose
 * rows belong to records of others.  What is not found is told once, as what it is, and nothing that
 * depends on it is told as well.
 */
#include "rules/bind_sheet.h"

#include <string.h>

static bool
names_block(const struct sheet_block *block, struct text name)
{
	char out[HEADING_BYTES];
	struct text normal = heading_normalise(out, name, NULL);

	for (uint32_t i = 0; i < block->n_names; i++)
		if (normal.n > 0 && text_equal(block->normal[i], normal))
			return true;
	return false;
}

int
sheet_number(const struct document *doc, const struct sheet_block *block, uint32_t *other)
{
	int found = -1;

	for (uint32_t i = 0; i < doc->n_sheets; i++) {
		if (!names_block(block, doc->sheets[i].name))
			continue;
		if (found >= 0) {
			*other = i;
			return -2;
		}
		found = (int)i;
	}
	return found;
}

void
put_sheet_names(struct buf *buf, const struct document *doc)
{
	uint32_t i;

	for (i = 0; i < doc->n_sheets && i < SHEETS_SHOWN; i++) {
		buf_str(buf, i > 0 ? ", \"" : "\"");
		buf_safe_cut(buf, doc->sheets[i].name, 40);
		buf_char(buf, '"');
	}
	if (i < doc->n_sheets)
		buf_printf(buf, " and %u more", doc->n_sheets - i);
}

/* A sheet that nobody claims and that may be meant; -1: none. */
static int
near_sheet(const struct sheets *s, const struct sheet_block *block)
{
	const struct document *doc = s->b->doc;
	struct text names[200];
	uint32_t numbers[200], n = 0;
	int near = -1;

	for (uint32_t i = 0; i < doc->n_sheets && n < 200; i++)
		if (!s->claimed[i]) {
			names[n] = doc->sheets[i].name;
			numbers[n++] = i;
		}
	for (uint32_t i = 0; i < block->n_names && near < 0; i++)
		near = text_nearest(block->names[i], names, n);
	return near >= 0 ? (int)numbers[near] : -1;
}

static void
tell_missing(struct sheets *s, const struct sheet_block *block)
{
	struct bind *b = s->b;
	int near = near_sheet(s, block);
	struct buf names = { 0 };
	struct place at = place_of_record(b->budget->root);

	if (near >= 0) {
		bind_fault(b, block->optional ? FAULT_UNKNOWN_SHEET : FAULT_MISSING_SHEET, at,
		    NULL, bind_spot(b, (uint32_t)near, 0, 0), s->b->doc->sheets[near].name,
		    "There is no sheet \"%.*s\", and there is one called \"%.*s\", which "
		    "nobody "
		    "reads. "
		    "Is it meant? Then give it the name of the template.",
		    TEXT_ARG(block->names[0]), QUOTED(s->b->doc->sheets[near].name));
		return;
	}
	if (block->optional)
		return;
	put_sheet_names(&names, b->doc);
	bind_fault(b, FAULT_MISSING_SHEET, at, NULL, 0, TEXT_NONE,
	    "There is no sheet \"%.*s\". This workbook has the sheets %.*s. Add it, with its "
	    "name "
	    "as the template has it.",
	    TEXT_ARG(block->names[0]), TEXT_ARG(buf_as_text(&names)));
	buf_free(&names);
}

static void
find_sheet(struct sheets *s, struct sheet_found *found)
{
	const struct sheet_block *block = found->block;
	uint32_t other = 0;
	int number = sheet_number(s->b->doc, block, &other);

	if (number >= 0) {
		found->there = true;
		s->claimed[number] = true;
		sheet_view_make(&found->view, s->b->arena, s->b->doc, (uint32_t)number);
		sheet_view_normal(&found->view, s->b->arena, sheet_looked_at(&found->view));
	} else if (number == -2) {
		for (uint32_t i = 0; i < s->b->doc->n_sheets; i++)
			s->claimed[i] |= names_block(block, s->b->doc->sheets[i].name);
		bind_fault(s->b, FAULT_AMBIGUOUS, place_of_record(s->b->budget->root), NULL,
		    bind_spot(s->b, other, 0, 0), s->b->doc->sheets[other].name,
		    "Two sheets may both be \"%.*s\", and one of them is called \"%.*s\". Take "
		    "out or "
		    "rename the one that is not meant: neither was read.",
		    TEXT_ARG(block->names[0]), QUOTED(s->b->doc->sheets[other].name));
	}
}

/* Values and lists of a sheet that is not there are misread, unless it may be left out. */
static void
lose_block(struct sheets *s, const struct sheet_block *block)
{
	struct record *root = s->b->budget->root;

	for (uint32_t i = 0; i < block->n_values; i++) {
		const struct sheet_value *v = &block->values[i];
		struct record *record = bind_reach(s->b, root, &v->target, 0);
		struct value *value;

		if (record == NULL)
			continue;
		value = &record->values[v->target.path[v->target.depth - 1]->index];
		if (v->how != SPOT_CONSTANT && value->state == VALUE_ABSENT)
			value->state = VALUE_FAULTED;
	}
	for (uint32_t i = 0; i < block->n_tables; i++)
		bind_sheet_no_table(s->b, &block->tables[i], 0);
}

static void
bind_tables(struct sheets *s, bool of_parents)
{
	for (uint32_t i = 0; i < s->layout->n_blocks; i++) {
		struct sheet_found *found = &s->blocks[i];

		for (uint32_t k = 0; found->there && k < found->block->n_tables; k++)
			if ((found->block->tables[k].parent != NULL) == of_parents)
				bind_sheet_table(s, found, &found->tables[k]);
	}
}

/* Lists with a key, each once, when all their tables are read. */
static void
keep_keyed(struct bind *b, struct record *record)
{
	for (uint32_t i = 0; i < record->type->n_fields; i++) {
		const struct field *field = &record->type->fields[i];
		const struct value *value = &record->values[i];

		if (value->state != VALUE_SET || !field_is_read(field))
			continue;
		if (field->kind == KIND_RECORD)
			keep_keyed(b, value->u.rec);
		if (field->kind != KIND_LIST || field->sub == NULL)
			continue;
		if (field->sub->key >= 0)
			bind_keyed(b, value->u.list);
		for (uint32_t k = 0; k < value->u.list->n; k++)
			keep_keyed(b, value->u.list->items[k].u.rec);
	}
}

static bool
is_read(const struct sheet_found *found)
{
	for (uint32_t i = 0; i < found->block->n_tables; i++)
		if (found->tables[i].first > 0)
			return true;
	return found->block->n_values > 0;
}

/* "Expenditure (2)", as programs call a copy of a sheet. */
static void
tell_copies(struct sheets *s)
{
	const struct document *doc = s->b->doc;

	for (uint32_t i = 0; i < doc->n_sheets; i++) {
		struct text name = doc->sheets[i].name;
		size_t n = name.n;

		while (n > 0 && name.p[n - 1] != '(')
			n--;
		if (s->claimed[i] || n < 2 || n + 2 > name.n || name.p[n] < '2' ||
		    name.p[n] > '9' || name.p[name.n - 1] != ')')
			continue;
		name.n = n - 1;
		for (uint32_t k = 0; k < s->layout->n_blocks; k++)
			if (s->blocks[k].there && names_block(s->blocks[k].block, name))
				bind_fault(s->b, FAULT_UNKNOWN_SHEET,
				    place_of_record(s->b->budget->root), NULL,
				    bind_spot(s->b, i, 0, 0), doc->sheets[i].name,
				    "The sheet \"%.*s\" looks like a copy of \"%.*s\", and "
				    "nobody "
				    "reads it. Take it out, or move what counts to \"%.*s\".",
				    QUOTED(doc->sheets[i].name),
				    QUOTED(s->blocks[k].view.sheet->name),
				    QUOTED(s->blocks[k].view.sheet->name));
	}
}

static void
tell_hidden(struct sheets *s, const struct sheet_found *found)
{
	if (!found->there || !found->view.sheet->hidden || found->block->hidden ||
	    !is_read(found))
		return;
	bind_fault(s->b, FAULT_HIDDEN, place_of_record(s->b->budget->root), NULL,
	    bind_spot(s->b, found->view.number, 0, 0), found->view.sheet->name,
	    "The sheet \"%.*s\" is hidden, and what stands on it is read and counted. Show it, "
	    "and see that it is right.",
	    QUOTED(found->view.sheet->name));
}

void
bind_sheets(struct bind *b)
{
	struct sheets s = { .b = b, .layout = b->form->sheet_layout };
	struct record *root = b->budget->root;

	root->src = 0;
	if (s.layout == NULL) {
		bind_required(b, root, NULL);
		return;
	}
	s.claimed = arena_calloc(b->arena, b->doc->n_sheets + 1, sizeof(*s.claimed));
	s.blocks = arena_calloc(b->arena, s.layout->n_blocks, sizeof(*s.blocks));
	for (uint32_t i = 0; i < s.layout->n_blocks; i++) {
		s.blocks[i].block = &s.layout->blocks[i];
		find_sheet(&s, &s.blocks[i]);
	}
	bind_early(
	    b, sheet_value_text(&s, b->form->units), sheet_value_text(&s, b->form->period));
	for (uint32_t i = 0; i < s.layout->n_blocks; i++) {
		uint32_t other;

		if (s.blocks[i].there) {
			bind_sheet_values(&s, &s.blocks[i]);
			sheet_find_tables(b, &s.blocks[i]);
			sheet_across_tell(b, &s.blocks[i]);
			sheet_tell_unread(&s, &s.blocks[i]);
			continue;
		}
		if (sheet_number(b->doc, s.blocks[i].block, &other) == -1)
			tell_missing(&s, s.blocks[i].block);
		if (!s.blocks[i].block->optional)
			lose_block(&s, s.blocks[i].block);
	}
	bind_tables(&s, false);
	bind_tables(&s, true);
	for (uint32_t i = 0; i < s.layout->n_blocks; i++)
		if (s.blocks[i].there) {
			sheet_across_done(b, &s.blocks[i]);
			sheet_totals_stated(b, &s.blocks[i]);
			sheet_tell_beside(b, &s.blocks[i]);
		}
	bind_required(b, root, NULL);
	bind_require_inner(b, root);
	keep_keyed(b, root);
	for (uint32_t i = 0; i < s.layout->n_blocks; i++)
		tell_hidden(&s, &s.blocks[i]);
	tell_copies(&s);
}
