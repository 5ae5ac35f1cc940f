/* What was answered or set aside, what we worked out, what could not be checked, what passed. */
#include "rules/render_html_private.h"

#define LIKE_SHOWN 4 /* so many of one reason by name, the rest as a number */

/* Whose words, when, and whether they came from an earlier version. */
static void
put_quote(struct buf *b, const struct explanation *e)
{
	buf_str(b, "<blockquote><p class=\"lines\">“");
	html_text(b, e->text, CUT_TEXT);
	buf_str(b, "”</p><footer>");
	html_text(b, e->author.n > 0 ? e->author : TEXT("No author given"), CUT_WORD);
	if (e->date.n > 0) {
		buf_str(b, ", ");
		html_date(b, e->date);
	}
	if (e->carried)
		buf_str(b,
		    ". Carried over from the earlier version, since the figure is unchanged");
	if (e->carried && e->carried_from.n > 0) {
		buf_str(b, " (verdict ");
		html_element(b, "code", NULL, e->carried_from, CUT_WORD);
		buf_char(b, ')');
	}
	buf_str(b, "</footer></blockquote>");
}

static void
put_explained(struct buf *b, const struct verdict *v, const struct finding *f, uint32_t number)
{
	buf_printf(b, "<div class=\"item plain\"><span class=\"no\">%u</span><div>", number);
	html_element(
	    b, "h3", NULL, f->condition != NULL ? f->condition->title : TEXT_NONE, CUT_LINE);
	html_where(b, v, &f->at);
	html_element(b, "p", "says", f->message, CUT_TEXT);
	if (f->explanation != NULL)
		put_quote(b, f->explanation);
	html_source(b, f->condition);
	buf_str(b, "</div></div>\n");
}

void
html_explanations(struct buf *b, const struct verdict *v)
{
	struct finding_groups found = view_findings(v, VIEW_ANY, EXPLAINED);
	struct buf sum = { 0 };
	uint32_t number = 0;

	if (found.n == 0)
		return;
	html_count(&sum, v->counts.explained, "explanation", "explanations");
	html_section(b, "answers", "Explanations given", buf_as_text(&sum));
	buf_str(b,
	    "<p>Explained is not yet accepted: whoever approves the return reads these.</p>");
	for (uint32_t i = 0; i < found.n; i++)
		for (uint32_t k = 0; k < found.groups[i].n; k++)
			put_explained(b, v, found.groups[i].items[k], ++number);
	html_section_end(b);
	buf_free(&sum);
}

static void
put_waived(struct buf *b, const struct verdict *v, const struct finding *f, uint32_t number)
{
	const struct waiver *w = f->waiver;

	buf_printf(b, "<div class=\"item plain\"><span class=\"no\">%u</span><div>", number);
	html_element(
	    b, "h3", NULL, f->condition != NULL ? f->condition->title : TEXT_NONE, CUT_LINE);
	html_where(b, v, &f->at);
	html_element(b, "p", "says", f->message, CUT_TEXT);
	if (w != NULL) {
		buf_str(
		    b, "<dl class=\"cells\"><div class=\"where\"><dt>Why it is waived</dt>");
		html_element(b, "dd", NULL, w->reason, CUT_TEXT);
		buf_str(b, "</div><div><dt>Asked for by</dt>");
		html_element(b, "dd", NULL, w->requester, CUT_WORD);
		buf_str(b, "</div><div><dt>Approved by</dt>");
		html_element(b, "dd", NULL, w->approver, CUT_WORD);
		buf_str(b, "</div><div><dt>Until</dt><dd>");
		html_date(b, w->expires);
		buf_str(b, "</dd></div></dl>");
	}
	html_source(b, f->condition);
	buf_str(b, "</div></div>\n");
}

/* Claims are shown so that nobody believes that they were missed. */
static void
put_claims(struct buf *b, const struct verdict *v)
{
	if (v->n_claims == 0)
		return;
	buf_str(b,
	    "<p>The file itself claims waivers. A waiver inside a file is never applied; ask "
	    "whoever runs the checks.</p><ul class=\"why\">");
	for (uint32_t i = 0; i < v->n_claims && i < 20; i++) {
		buf_str(b, "<li>");
		html_element(b, "code", NULL, v->claims[i].condition, CUT_WORD);
		buf_str(b, " “");
		html_text(b, v->claims[i].text, CUT_LINE);
		buf_str(b, "”</li>");
	}
	buf_str(b, "</ul>\n");
	if (v->n_claims > 20)
		buf_printf(b, "<p class=\"soft\">and %u more.</p>", v->n_claims - 20);
}

void
html_waivers(struct buf *b, const struct verdict *v)
{
	struct finding_groups found = view_findings(v, VIEW_ANY, WAIVED);
	uint32_t number = 0;

	if (found.n == 0 && v->n_claims == 0)
		return;
	html_section(b, "answers", "Waivers", TEXT_NONE);
	for (uint32_t i = 0; i < found.n; i++)
		for (uint32_t k = 0; k < found.groups[i].n; k++)
			put_waived(b, v, found.groups[i].items[k], ++number);
	put_claims(b, v);
	html_section_end(b);
}

static void
put_determination(struct buf *b, const struct determination *d)
{
	buf_str(b, "<tr><th scope=\"row\" class=\"name\">");
	html_text(b, d->name, CUT_LINE);
	if (d->of.n > 0) {
		struct buf of = { 0 };

		view_of(&of, d);
		buf_str(b, ", ");
		html_text(b, buf_as_text(&of), CUT_LINE);
		buf_free(&of);
	}
	if (d->period.n > 0) {
		struct buf period = { 0 };

		view_period(&period, d->period);
		buf_str(b, ", ");
		html_text(b, buf_as_text(&period), CUT_WORD);
		buf_free(&period);
	}
	if (d->working.n > 0) {
		buf_str(b, "<small class=\"lines\">");
		html_text(b, d->working, CUT_TEXT);
		buf_str(b, "</small>");
	}
	buf_str(b, "</th><td class=\"num\">");
	html_text(b, d->value.pretty.n > 0 ? d->value.pretty : TEXT("not yet known"), CUT_WORD);
	if (d->held || !d->complete)
		buf_printf(b, "<small>%s%s%s</small>", d->held ? "held back" : "",
		    d->held && !d->complete ? ", " : "", d->complete ? "" : "not yet complete");
	buf_str(b, "</td></tr>\n");
}

/* A small table a condition; they are sorted by condition. */
void
html_determinations(struct buf *b, const struct verdict *v)
{
	const struct condition_head *last = NULL;

	if (v->n_determinations == 0)
		return;
	html_section(b, "worked", "What we worked out", TEXT_NONE);
	for (uint32_t i = 0; i < v->n_determinations; i++) {
		const struct determination *d = &v->determinations[i];

		if (i == 0 || d->condition != last) {
			if (i > 0)
				buf_str(b, "</tbody></table>\n");
			buf_str(b, "<table><caption>");
			html_text(b,
			    d->condition != NULL ? d->condition->title : TEXT("Figures"),
			    CUT_LINE);
			buf_str(b, "</caption><tbody>\n");
			last = d->condition;
		}
		put_determination(b, d);
	}
	buf_str(b, "</tbody></table>\n");
	html_section_end(b);
}

/* What a check said as it failed is for the administrator, not for the reader. */
static struct text
reason_of(const struct not_evaluated *ne)
{
	if (ne->kind == NOT_FAULT || ne->kind == NOT_LIMIT)
		return TEXT(
		    "The administrator has been told. The details are in the small print.");
	return ne->because;
}

/* The reason, and where it holds. */
static void
put_reason(struct buf *b, const struct verdict *v, const struct not_evaluated *ne)
{
	struct buf where = { 0 };

	html_text(b, reason_of(ne), CUT_LINE);
	view_source(&where, v, &ne->at);
	if (ne->at.label.n > 0 || where.n > 0) {
		buf_str(b, " <span class=\"soft\">(");
		html_text(b, view_place(&ne->at), CUT_LINE);
		buf_str(b, where.n > 0 ? ", " : "");
		html_text(b, buf_as_text(&where), CUT_LINE);
		buf_str(b, ")</span>");
	}
	buf_free(&where);
}

static struct text
title_of(const struct not_group *g)
{
	return g->condition != NULL ? g->condition->title : TEXT("The file as a whole");
}

/* Several conditions that wait for one thing: the reason once, then their names. */
static void
put_like(struct buf *b, const struct verdict *v, const struct not_group *g)
{
	buf_str(b, "<li>");
	put_reason(b, v, g->items[0]);
	buf_str(b, "<ul class=\"names\">");
	for (; g != NULL; g = g->like)
		html_element(b, "li", NULL, title_of(g), CUT_LINE);
	buf_str(b, "</ul></li>\n");
}

/* One condition with the first of its places. */
static void
put_not_group(struct buf *b, const struct verdict *v, const struct not_group *g)
{
	struct text reason, last = TEXT_NONE;
	uint32_t shown = 0;

	buf_str(b, "<li>");
	html_element(b, "b", NULL, title_of(g), CUT_LINE);
	for (uint32_t i = 0; i < g->n && i < LIKE_SHOWN; i++) {
		reason = reason_of(g->items[i]);
		if (i > 0 && text_equal(last, reason))
			continue;
		last = reason;
		shown++;
		buf_str(b, "<br>");
		put_reason(b, v, g->items[i]);
	}
	if (g->made > shown) {
		buf_str(b, "<br><span class=\"soft\">");
		html_count(b, g->made, "place", "places");
		buf_str(b, " in all</span>");
	}
	buf_str(b, "</li>\n");
}

void
html_not_checked(struct buf *b, const struct verdict *v)
{
	bool begun = false;

	for (size_t i = 0; i < NOT_KINDS; i++) {
		struct not_groups found = view_nots(v, view_not_order[i]);

		if (found.n == 0)
			continue;
		if (!begun)
			html_section(
			    b, "unchecked", "What could not be checked, and why", TEXT_NONE);
		begun = true;
		buf_printf(
		    b, "<div class=\"why\"><h3>%s</h3>", view_not_titles[view_not_order[i]]);
		buf_str(b, "<ul>\n");
		for (uint32_t k = 0; k < found.n; k++) {
			if (found.groups[k].is_like)
				continue;
			if (found.groups[k].like != NULL)
				put_like(b, v, &found.groups[k]);
			else
				put_not_group(b, v, &found.groups[k]);
		}
		buf_str(b, "</ul></div>\n");
	}
	if (begun)
		html_section_end(b);
}

void
html_passed(struct buf *b, const struct verdict *v)
{
	struct passed_packs found = view_passed(v);
	struct buf sum = { 0 };

	if (found.n == 0)
		return;
	buf_printf(&sum, "%u of %u", v->counts.passed, v->counts.conditions);
	html_section(b, "passed", "What passed", buf_as_text(&sum));
	for (uint32_t i = 0; i < found.n; i++) {
		const struct passed_pack *p = &found.packs[i];

		buf_str(b, "<details><summary>");
		html_text(b, p->title, CUT_LINE);
		buf_str(b, ": ");
		html_count(b, p->n, "check", "checks");
		buf_str(b, "</summary><ul>");
		for (uint32_t k = 0; k < p->n; k++) {
			buf_str(b, "<li>");
			html_element(b, "span", NULL, p->conditions[k]->title, CUT_LINE);
			html_element(b, "code", NULL, p->conditions[k]->id, CUT_WORD);
			buf_str(b, "</li>");
		}
		buf_str(b, "</ul></details>\n");
	}
	html_section_end(b);
	buf_free(&sum);
}
