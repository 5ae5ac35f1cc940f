/*
 * Which form a workbook is a return of: by the sheets it has, and by what it calls its template.
 *
 * Of the forms whose needed sheets are all there, those whose template's name is in the workbook come
 * first, then those that need more sheets.  Two that are alike are told, and neither is taken.
 */
#include "rules/form_recognise.h"

#include "rules/bind_sheet.h"

#define STRANGERS 6 /* sheets that a sentence lists */

/* What a workbook has of a form. */
struct match {
	const struct form *form;
	uint32_t needed, found;
	bool named, misnamed; /* the template's name is one of those, is another */
	struct text name;     /* that stands there */
	struct spot_place place;
};

/* The text of the cell that has the template's name. */
static struct text
template_name(const struct form *form, const struct document *doc, struct arena *arena,
    struct spot_place *place)
{
	const struct versions *versions = form->versions;
	const struct sheet_layout *layout = form->sheet_layout;
	struct sheet_view view;
	uint32_t other;

	for (uint32_t i = 0; versions != NULL && i < layout->n_blocks; i++) {
		const struct sheet_block *block = &layout->blocks[i];
		int number = sheet_number(doc, block, &other);

		for (uint32_t k = 0; number >= 0 && k < block->n_values; k++) {
			if (!sheet_value_is(&block->values[k], versions->name) ||
			    block->values[k].how == SPOT_CONSTANT)
				continue;
			sheet_view_make(&view, arena, doc, (uint32_t)number);
			sheet_view_normal(&view, arena, sheet_looked_at(&view));
			*place = sheet_value_place(doc, &view, block, &block->values[k]);
			return place->how == SPOT_FILLED ? trimmed(place->cell->text)
							 : TEXT_NONE;
		}
	}
	return TEXT_NONE;
}

static struct match
match_sheets(const struct form *form, const struct document *doc, struct arena *arena)
{
	const struct sheet_layout *layout = form->sheet_layout;
	const struct versions *versions = form->versions;
	struct match m = { .form = form };
	uint32_t other;

	for (uint32_t i = 0; i < layout->n_blocks; i++) {
		m.needed += layout->blocks[i].needed;
		m.found += layout->blocks[i].needed &&
		    sheet_number(doc, &layout->blocks[i], &other) != -1;
	}
	m.name = template_name(form, doc, arena, &m.place);
	for (uint32_t i = 0; m.name.n > 0 && i < versions->n; i++)
		m.named |= text_equal(versions->accepted[i].name, m.name);
	m.misnamed = m.name.n > 0 && !m.named;
	return m;
}

/* Which of two matches says more; 0: they are alike. */
static int
compare(const struct match *a, const struct match *b)
{
	if (a->named != b->named)
		return a->named ? 1 : -1;
	return a->needed == b->needed ? 0 : a->needed > b->needed ? 1 : -1;
}

static void
put_needed(struct buf *buf, const struct form *form, const struct document *doc, bool missing)
{
	const struct sheet_layout *layout = form->sheet_layout;
	uint32_t shown = 0, other;

	for (uint32_t i = 0; i < layout->n_blocks; i++) {
		const struct sheet_block *block = &layout->blocks[i];

		if (!block->needed || (missing && sheet_number(doc, block, &other) != -1))
			continue;
		buf_printf(
		    buf, "%s\"%.*s\"", shown++ > 0 ? ", " : "", TEXT_ARG(block->names[0]));
	}
}

/* Sheets that a form does not name: one of them may be the one that is missing. */
static void
put_strangers(struct buf *buf, const struct form *form, const struct document *doc)
{
	const struct sheet_layout *layout = form->sheet_layout;
	uint32_t shown = 0, other;

	for (uint32_t i = 0; i < doc->n_sheets && shown < STRANGERS; i++) {
		uint32_t k = 0;

		while (k < layout->n_blocks &&
		    sheet_number(doc, &layout->blocks[k], &other) != (int)i)
			k++;
		if (k < layout->n_blocks)
			continue;
		buf_str(buf, shown++ > 0 ? ", \"" : " Is it one of \"");
		buf_safe_cut(buf, doc->sheets[i].name, 40);
		buf_char(buf, '"');
	}
	if (shown > 0)
		buf_str(buf, "? Then give it its name back.");
}

/* What would make the workbook a return of the nearest form. */
static void
advise(struct buf *buf, const struct match *m, const struct document *doc)
{
	const struct versions *versions = m->form->versions;
	struct buf cell = { 0 };

	if (m->found < m->needed) {
		buf_printf(
		    buf, "For \"%.*s\" it must have the sheets ", TEXT_ARG(m->form->title));
		put_needed(buf, m->form, doc, false);
		buf_str(buf, "; missing: ");
		put_needed(buf, m->form, doc, true);
		buf_char(buf, '.');
		put_strangers(buf, m->form, doc);
		return;
	}
	cell_name(&cell, m->place.row, m->place.column);
	buf_printf(buf,
	    "For \"%.*s\" the template's name, in cell %s of the sheet \"%.*s\", must be ",
	    TEXT_ARG(m->form->title), cell.p, QUOTED(doc->sheets[m->place.sheet].name));
	for (uint32_t i = 0; i < versions->n; i++)
		if (i == 0 ||
		    !text_equal(versions->accepted[i].name, versions->accepted[i - 1].name))
			buf_printf(buf, "%s\"%.*s\"", i > 0 ? " or " : "",
			    TEXT_ARG(versions->accepted[i].name));
	buf_str(buf, "; it is \"");
	buf_safe_cut(buf, m->name, 40);
	buf_str(buf, "\".");
	buf_free(&cell);
}

static void
tell_two(struct buf *what, struct buf *todo, const struct match *a, const struct match *b,
    const struct document *doc)
{
	buf_printf(what,
	    "This workbook may be either of two returns, \"%.*s\" and \"%.*s\": it has the "
	    "sheets of "
	    "both. Its sheets are ",
	    TEXT_ARG(a->form->title), TEXT_ARG(b->form->title));
	put_sheet_names(what, doc);
	buf_char(what, '.');
	buf_printf(todo,
	    "Use the template of one of them as it was issued: it names itself, and what is of "
	    "the "
	    "other must be taken out.");
}

static void
tell_none(
    struct buf *what, struct buf *todo, const struct match *near, const struct document *doc)
{
	buf_printf(what, "We do not know what return this %s is. Its sheets are ",
	    doc->sectioned ? "CSV file" : "workbook");
	put_sheet_names(what, doc);
	buf_char(what, '.');
	if (near->form != NULL && near->found > 0)
		advise(todo, near, doc);
	else
		buf_str(todo, "Send one of the returns that are known here.");
}

const struct form *
form_recognise_sheets(const struct form *const *forms, size_t n, const struct document *doc,
    struct arena *arena, struct read_error *why)
{
	struct match best = { 0 }, twin = { 0 }, near = { 0 };
	struct buf what = { 0 }, todo = { 0 }, expected = { 0 };

	for (size_t i = 0; i < n; i++) {
		struct match m;

		if (!forms[i]->sheets)
			continue;
		m = match_sheets(forms[i], doc, arena);
		if (near.form == NULL || m.found * near.needed > near.found * m.needed)
			near = m;
		if (m.found < m.needed || m.misnamed)
			continue;
		if (best.form == NULL || compare(&m, &best) > 0) {
			best = m;
			twin.form = NULL;
		} else if (compare(&m, &best) == 0)
			twin = m;
	}
	if (best.form != NULL && twin.form == NULL)
		return best.form;
	if (twin.form != NULL)
		tell_two(&what, &todo, &best, &twin, doc);
	else
		tell_none(&what, &todo, &near, doc);
	form_put_names(&expected, forms, n, FORM_COMES_AS_SHEETS);
	why->what = form_finish_text(arena, &what);
	why->expected = form_finish_text(arena, &expected);
	why->todo = form_finish_text(arena, &todo);
	return NULL;
}
