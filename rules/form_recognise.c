/*
 * Which form a document is a return of.
 *
 * JSON says so by members of its root, tables by their columns, workbooks by their sheets.  Where none fits, the sentence that a
 * clerk reads names what the file looks like, the form that is nearest, and what would make the file
 * one of it.
 */
#include <stdio.h>
#include <string.h>

#include "rules/form_recognise.h"

#include "rules/bind_csv.h"

#define SHOWN 8 /* columns, members, forms that a sentence lists */

struct text
form_finish_text(struct arena *arena, struct buf *buf)
{
	struct text text = { arena_strndup(arena, buf->p != NULL ? buf->p : "", buf->n),
		buf->n };

	buf_free(buf);
	return text;
}

/* The child of the root with this name, or 0. */
static uint32_t
root_member(const struct document *doc, struct text name)
{
	if (doc->n_nodes == 0 || doc->nodes[0].type != NODE_OBJECT)
		return 0;
	for (uint32_t child = doc->nodes[0].first; child != 0; child = doc->nodes[child].next)
		if (text_equal(doc->nodes[child].key, name))
			return child;
	return 0;
}

static struct text
scalar_of(const struct node *node)
{
	switch (node->type) {
	case NODE_NUMBER:
	case NODE_STRING: return node->text;
	case NODE_BOOL: return node->truth ? TEXT("true") : TEXT("false");
	default: return TEXT_NONE;
	}
}

static bool
has_value(const struct detect_member *member, struct text value)
{
	for (uint32_t i = 0; i < member->n_values; i++)
		if (text_equal(member->values[i], value))
			return true;
	return false;
}

/* How many members say that the document is this form; *wrong: the first that says it is not. */
static uint32_t
match_json(
    const struct detect *detect, const struct document *doc, const struct detect_member **wrong)
{
	uint32_t matched = 0;

	*wrong = NULL;
	for (uint32_t i = 0; i < detect->n; i++) {
		const struct detect_member *member = &detect->members[i];
		uint32_t node = root_member(doc, member->name);

		if (node == 0 && member->absent)
			continue;
		if (node != 0 && has_value(member, scalar_of(&doc->nodes[node])))
			matched++;
		else if (*wrong == NULL)
			*wrong = member;
	}
	return matched;
}

static void
put_values(struct buf *buf, const struct detect_member *member)
{
	for (uint32_t i = 0; i < member->n_values && i < SHOWN; i++)
		buf_printf(
		    buf, "%s\"%.*s\"", i == 0 ? "" : " or ", TEXT_ARG(member->values[i]));
}

static const char *const none_comes[] = {
	[FORM_COMES_AS_JSON] = "none that comes as JSON",
	[FORM_COMES_AS_TABLE] = "none that comes as a table",
	[FORM_COMES_AS_SHEETS] = "none that comes as a workbook",
};

static bool
comes_as(const struct form *form, enum form_comes_as as)
{
	return as == FORM_COMES_AS_JSON ? form->json
	    : as == FORM_COMES_AS_TABLE ? form->csv
					: form->sheets;
}

void
form_put_names(
    struct buf *buf, const struct form *const *forms, size_t n, enum form_comes_as as)
{
	uint32_t shown = 0;

	for (size_t i = 0; i < n; i++) {
		if (!comes_as(forms[i], as))
			continue;
		if (shown++ == SHOWN) {
			buf_str(buf, ", …");
			return;
		}
		buf_printf(buf, "%s%.*s (%.*s)", shown > 1 ? ", " : "",
		    TEXT_ARG(forms[i]->title), TEXT_ARG(forms[i]->id));
	}
	if (shown == 0)
		buf_str(buf, none_comes[as]);
}

static void
describe_json(struct buf *buf, const struct document *doc)
{
	const struct node *root = &doc->nodes[0];
	uint32_t shown = 0;

	if (root->type != NODE_OBJECT) {
		buf_str(
		    buf, "This JSON file is no record: its outermost value must stand in { }.");
		return;
	}
	if (root->count == 0) {
		buf_str(buf, "This JSON file is an empty record.");
		return;
	}
	buf_str(buf, "We do not know what return this JSON file is. At its top it has ");
	for (uint32_t child = root->first; child != 0 && shown < SHOWN;
	     child = doc->nodes[child].next) {
		buf_str(buf, shown++ > 0 ? ", \"" : "\"");
		buf_safe_cut(buf, doc->nodes[child].key, 40);
		buf_char(buf, '"');
	}
	if (root->count > shown)
		buf_printf(buf, " and %u more", root->count - shown);
	buf_char(buf, '.');
}

/* What would make the document a return of the nearest form. */
static void
advise_json(struct buf *buf, const struct form *form, const struct document *doc)
{
	const struct detect *detect = form->detect;
	bool any = false;

	buf_printf(buf, "For \"%.*s\" ", TEXT_ARG(form->title));
	for (uint32_t i = 0; i < detect->n; i++) {
		const struct detect_member *member = &detect->members[i];
		uint32_t node = root_member(doc, member->name);

		if (node == 0 ? member->absent
			      : has_value(member, scalar_of(&doc->nodes[node])))
			continue;
		buf_printf(
		    buf, "%s\"%.*s\" must be ", any ? ", and " : "", TEXT_ARG(member->name));
		put_values(buf, member);
		if (node == 0)
			buf_str(buf, " (it is left out)");
		else {
			buf_str(buf, " (it is \"");
			buf_safe_cut(buf, scalar_of(&doc->nodes[node]), 40);
			buf_str(buf, "\")");
		}
		any = true;
	}
	buf_char(buf, '.');
}

static const struct form *
recognise_json(const struct form *const *forms, size_t n, const struct document *doc,
    struct arena *arena, struct read_error *why)
{
	const struct form *best = NULL, *near = NULL;
	uint32_t most = 0, nearest = 0;
	struct buf what = { 0 }, todo = { 0 }, expected = { 0 };

	for (size_t i = 0; i < n; i++) {
		const struct detect_member *wrong;
		uint32_t matched;

		if (!forms[i]->json)
			continue;
		matched = match_json(forms[i]->detect, doc, &wrong);
		if (wrong == NULL && (best == NULL || matched > most)) {
			best = forms[i];
			most = matched;
		}
		if (near == NULL || matched > nearest) {
			near = forms[i];
			nearest = matched;
		}
	}
	if (best != NULL)
		return best;
	describe_json(&what, doc);
	form_put_names(&expected, forms, n, FORM_COMES_AS_JSON);
	if (near != NULL && doc->nodes[0].type == NODE_OBJECT)
		advise_json(&todo, near, doc);
	else
		buf_str(&todo, "Send one of the returns that are known here.");
	why->what = form_finish_text(arena, &what);
	why->expected = form_finish_text(arena, &expected);
	why->todo = form_finish_text(arena, &todo);
	return NULL;
}

static void
describe_csv(struct buf *buf, const struct document *doc, const struct cell *row, uint32_t n,
    bool header)
{
	uint32_t shown = 0;

	if (n == 0) {
		buf_str(buf, "This table is empty.");
		return;
	}
	buf_printf(buf, "We do not know what return this table is. %s",
	    header ? "Its columns are " : "No row among the first 40 looks like its header; ");
	if (!header) {
		put_row(buf, doc, row);
		buf_str(buf, " begins with ");
	}
	for (; shown < n && shown < SHOWN; shown++) {
		buf_str(buf, shown > 0 ? ", \"" : "\"");
		buf_safe_cut(buf, text_trim(row[shown].text), 40);
		buf_char(buf, '"');
	}
	if (n > shown)
		buf_printf(buf, " and %u more", n - shown);
	buf_char(buf, '.');
}

static void
advise_csv(struct buf *buf, const struct form *form, const bool *have)
{
	const struct csv_layout *layout = form->csv_layout;
	uint32_t shown = 0;

	buf_printf(buf, "For \"%.*s\" one row must name the columns", TEXT_ARG(form->title));
	for (uint32_t i = 0; i < layout->n_needs; i++)
		buf_printf(
		    buf, "%s \"%.*s\"", i > 0 ? "," : "", TEXT_ARG(layout->needs[i].heading));
	for (uint32_t i = 0; i < layout->n_needs; i++) {
		if (have[i])
			continue;
		buf_printf(buf, "%s \"%.*s\"", shown++ == 0 ? "; missing:" : ",",
		    TEXT_ARG(layout->needs[i].heading));
	}
	buf_char(buf, '.');
}

/* The row to show where no form fits: the one with most needed columns, or with most cells. */
static uint32_t
widest_row(const struct cell *cells, uint32_t n)
{
	uint32_t best = 0, most = 0, rows = 0;

	for (uint32_t at = 0, end; at < n && rows < HEADER_SEARCH; at = end, rows++) {
		end = csv_row_end(cells, n, at);
		if (end - at > most) {
			most = end - at;
			best = at;
		}
	}
	return best;
}

/* *nearest: how many of the columns that are needed the nearest form finds. */
static const struct form *
recognise_csv(const struct form *const *forms, size_t n, const struct document *doc,
    struct arena *arena, struct read_error *why, uint32_t *nearest)
{
	int sheet = csv_sheet(doc);
	uint32_t n_cells = sheet >= 0 ? doc->sheets[sheet].n_cells : 0, most = 0, row = 0;
	const struct cell *cells =
	    doc->cells + (n_cells > 0 ? doc->sheets[sheet].first_cell : 0);
	const struct form *best = NULL, *near = NULL;
	struct buf what = { 0 }, todo = { 0 }, expected = { 0 };
	bool have[FORM_FIELDS] = { false }, near_have[FORM_FIELDS] = { false };

	*nearest = 0;
	for (size_t i = 0; i < n; i++) {
		const struct csv_layout *layout = forms[i]->csv_layout;
		uint32_t found, at;

		if (layout == NULL)
			continue;
		at = csv_header_row(layout, cells, n_cells, &found, have);
		if (found == layout->n_needs && found > most) {
			best = forms[i];
			most = found;
		}
		if (near == NULL || found > *nearest) {
			near = forms[i];
			*nearest = found;
			row = at;
			memcpy(near_have, have, sizeof(have));
		}
	}
	if (best != NULL)
		return best;
	if (*nearest == 0)
		row = widest_row(cells, n_cells);
	describe_csv(&what, doc, cells + row,
	    n_cells > 0 ? csv_row_end(cells, n_cells, row) - row : 0, *nearest > 0);
	form_put_names(&expected, forms, n, FORM_COMES_AS_TABLE);
	if (near != NULL)
		advise_csv(&todo, near, near_have);
	else
		buf_str(&todo, "Send one of the returns that are known here.");
	if (n_cells > 0 && doc->format == DOC_CSV)
		why->line = cells[row].line;
	why->what = form_finish_text(arena, &what);
	why->expected = form_finish_text(arena, &expected);
	why->todo = form_finish_text(arena, &todo);
	return NULL;
}

/* A workbook is one of the forms that have sheets, or the table of a form in its only sheet. */
static const struct form *
recognise_workbook(const struct form *const *forms, size_t n, const struct document *doc,
    struct arena *arena, struct read_error *why)
{
	const struct form *form = form_recognise_sheets(forms, n, doc, arena, why);
	struct read_error table = { .kind = "no_form" };
	uint32_t nearest;

	if (form != NULL || doc->sectioned || csv_sheet(doc) < 0)
		return form;
	form = recognise_csv(forms, n, doc, arena, &table, &nearest);
	if (form == NULL && nearest > 0)
		*why = table;
	return form;
}

const struct form *
form_recognise(const struct form *const *forms, size_t n, const struct document *doc,
    struct arena *arena, struct read_error *why)
{
	uint32_t nearest;

	*why = (struct read_error){ .kind = "no_form" };
	if (doc->format == DOC_JSON)
		return recognise_json(forms, n, doc, arena, why);
	if (document_has_sheets(doc))
		return recognise_workbook(forms, n, doc, arena, why);
	return recognise_csv(forms, n, doc, arena, why, &nearest);
}
