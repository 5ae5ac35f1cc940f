/* The sections of the text report. */
#include "rules/render_text_private.h"

#define ROWS_SHOWN 3 /* places of one condition, the rest as a number */

enum { CUT_TITLE = 200, CUT_FINDING = 360, CUT_REMEDY = 600, CUT_QUOTE = 1000 };

struct section_plan {
	const char *title;
	unsigned severities;
	enum finding_status status;
	enum ink ink;
	const char *todo; /* NULL: nothing is to be done */
};

static const struct section_plan changes = { "What must be changed", VIEW_ERROR, OPEN, INK_BAD,
	"To do" };
static const struct section_plan queries = { "What must be explained", VIEW_QUERY, OPEN,
	INK_ASK, "We ask" };
static const struct section_plan noted = {
	"What we noticed besides (does not change the outcome)", VIEW_NOTED, OPEN, INK_PLAIN,
	"You can"
};
static const struct section_plan trial = { "Checks on trial (these do not count)", VIEW_ANY,
	SHADOW, INK_SOFT, NULL };

static struct text
title_of(const struct condition_head *c)
{
	return c != NULL ? c->title : TEXT("The file as a whole");
}

/* "Each CCG pools its minimum (BCF-FUND-001)" */
static void
put_title(struct buf *b, const struct condition_head *c)
{
	buf_text(b, title_of(c));
	if (c != NULL && c->id.n > 0) {
		buf_str(b, " (");
		buf_text(b, c->id);
		buf_char(b, ')');
	}
}

/* "Income, line I1: Amount (line 59)" */
static void
put_place(struct buf *b, const struct verdict *v, const struct at *at)
{
	struct buf where = { 0 };

	buf_text(b, view_place(at));
	view_source(&where, v, at);
	if (where.n > 0) {
		buf_str(b, " (");
		buf_text(b, buf_as_text(&where));
		buf_char(b, ')');
	}
	buf_free(&where);
}

/* Place, what is there, what has to be, and the sentence. */
static void
put_finding(struct writer *w, const struct verdict *v, const struct finding *f)
{
	struct buf *line = &w->line;
	size_t before;

	put_place(line, v, &f->at);
	buf_str(line, ": ");
	if (f->message.n > 0) {
		buf_text(line, f->message);
	} else if (f->given.pretty.n > 0) {
		buf_text(line, f->given.pretty);
		buf_str(line, " given");
	}
	before = line->n;
	if (f->message.n == 0 && f->expected.pretty.n > 0) {
		buf_str(line, line->n > 0 ? ", expected " : "");
		view_expected(line, f);
	}
	if (f->difference.pretty.n > 0) {
		buf_str(line,
		    line->n > before || f->message.n == 0 ? ", difference " : " Difference ");
		buf_text(line, f->difference.pretty);
		buf_char(line, '.');
	}
	text_flush(w, 5, 7, INK_PLAIN, CUT_FINDING);
}

static void
put_how_to_explain(struct writer *w, const struct verdict *v, const struct finding_group *g)
{
	struct buf *line = &w->line;

	if (v->format != NULL && text_is(text_of(v->format), "csv")) {
		buf_str(line,
		    "This layout has no room for explanations: correct the figure, or send the "
		    "return as JSON.");
	} else {
		buf_str(line, "Explain with condition ");
		if (g->condition != NULL)
			buf_text(line, g->condition->id);
		buf_str(line, " at ");
		buf_text(line, g->items[0]->at.path);
		buf_str(line, ": at least ");
		buf_text(line, view_explanation_length(v));
		buf_str(line, " characters, your name, the date.");
	}
	text_flush(w, 5, 7, INK_PLAIN, CUT_REMEDY);
}

static void
put_group(struct writer *w, const struct verdict *v, const struct finding_group *g,
    uint32_t number, const struct section_plan *plan)
{
	struct buf *line = &w->line;

	buf_printf(line, "%u. ", number);
	put_title(line, g->condition);
	text_flush(w, 2, 5, plan->ink, CUT_TITLE);
	for (uint32_t i = 0; i < g->n && i < ROWS_SHOWN; i++)
		put_finding(w, v, g->items[i]);
	if (g->made > ROWS_SHOWN) {
		buf_str(line, "and ");
		integer_format_pretty(line, g->made - ROWS_SHOWN);
		buf_str(line, " more like this");
		if (g->has_money && g->difference > 0) {
			buf_str(line, "; differences of ");
			money_format_pretty(line, g->difference);
			buf_str(line, " in all");
		}
		text_flush(w, 5, 7, INK_PLAIN, CUT_FINDING);
	}
	if (plan->todo != NULL && g->condition != NULL && g->condition->remedy.n > 0) {
		buf_str(line, plan->todo);
		buf_str(line, ": ");
		buf_text(line, g->condition->remedy);
		text_flush(w, 5, 7, INK_PLAIN, CUT_REMEDY);
	}
	if (plan == &queries)
		put_how_to_explain(w, v, g);
}

static void
put_section(struct writer *w, const struct verdict *v, const struct section_plan *plan)
{
	struct finding_groups found = view_findings(v, plan->severities, plan->status);

	if (found.n == 0)
		return;
	text_heading(w, plan->title);
	for (uint32_t i = 0; i < found.n; i++)
		put_group(w, v, &found.groups[i], i + 1, plan);
}

static void
put_missing(struct writer *w, const struct verdict *v)
{
	struct missing_entries found = view_missing(v);

	if (found.n == 0)
		return;
	text_heading(w, "What must be filled in");
	for (uint32_t i = 0; i < found.n; i++) {
		const struct missing_entry *e = &found.entries[i];

		put_place(&w->line, v, &e->first->at);
		buf_str(&w->line, ", for ");
		for (uint32_t k = 0; k < e->n && k < 4; k++) {
			buf_str(&w->line, k > 0 ? ", " : "");
			buf_text(&w->line,
			    e->conditions[k] != NULL ? e->conditions[k]->id : TEXT_NONE);
		}
		if (e->n > 4)
			buf_printf(&w->line, " and %u more", e->n - 4);
		text_flush(w, 2, 5, INK_PLAIN, CUT_FINDING);
	}
	if (found.more > 0) {
		buf_printf(&w->line, "and %u more like this", found.more);
		text_flush(w, 2, 5, INK_PLAIN, CUT_FINDING);
	}
}

void
text_sections(struct writer *w, const struct verdict *v)
{
	if (v->unreadable.kind == NULL)
		put_section(w, v, &changes);
	put_missing(w, v);
	put_section(w, v, &queries);
}

static void
put_explanations(struct writer *w, const struct verdict *v)
{
	struct buf *line = &w->line;
	bool begun = false;

	for (uint32_t i = 0; i < v->n_findings; i++) {
		const struct finding *f = &v->findings[i];
		const struct explanation *e = f->explanation;

		if (f->status != EXPLAINED || e == NULL)
			continue;
		if (!begun)
			text_heading(w, "Explanations given (not yet accepted)");
		begun = true;
		put_title(line, f->condition);
		buf_str(line, ", ");
		put_place(line, v, &f->at);
		text_flush(w, 2, 5, INK_PLAIN, CUT_FINDING);
		buf_str(line, "“");
		buf_text(line, e->text);
		buf_str(line, "” ");
		buf_text(line, e->author);
		buf_str(line, e->author.n > 0 && e->date.n > 0 ? ", " : "");
		view_date(line, e->date);
		buf_str(line, e->carried ? " (carried over)" : "");
		text_flush(w, 5, 7, INK_PLAIN, CUT_QUOTE);
	}
}

static void
put_waivers(struct writer *w, const struct verdict *v)
{
	struct buf *line = &w->line;
	bool begun = false;

	for (uint32_t i = 0; i < v->n_findings; i++) {
		const struct finding *f = &v->findings[i];

		if (f->status != WAIVED)
			continue;
		if (!begun)
			text_heading(w, "Waived");
		begun = true;
		put_title(line, f->condition);
		buf_str(line, ", ");
		put_place(line, v, &f->at);
		text_flush(w, 2, 5, INK_PLAIN, CUT_FINDING);
		if (f->waiver == NULL)
			continue;
		buf_text(line, f->waiver->reason);
		buf_str(line, " Approved by ");
		buf_text(line, f->waiver->approver);
		buf_str(line, ", until ");
		buf_text(line, f->waiver->expires);
		buf_char(line, '.');
		text_flush(w, 5, 7, INK_PLAIN, CUT_QUOTE);
	}
	if (v->n_claims > 0) {
		buf_printf(line,
		    "The file claims %u waiver%s of its own; these are never applied.",
		    v->n_claims, v->n_claims == 1 ? "" : "s");
		text_heading(w, "Waivers claimed");
		text_flush(w, 2, 5, INK_PLAIN, CUT_FINDING);
	}
}

static void
put_determinations(struct writer *w, const struct verdict *v)
{
	struct buf *line = &w->line;

	if (v->n_determinations > 0)
		text_heading(w, "What we worked out");
	for (uint32_t i = 0; i < v->n_determinations; i++) {
		const struct determination *d = &v->determinations[i];

		buf_text(line, d->name);
		buf_str(line, d->of.n > 0 ? ", " : "");
		view_of(line, d);
		buf_str(line, d->period.n > 0 ? ", " : "");
		view_period(line, d->period);
		buf_str(line, ": ");
		buf_text(line, d->value.pretty.n > 0 ? d->value.pretty : TEXT("not yet known"));
		buf_str(line, d->held ? ", held back" : "");
		buf_str(line, d->complete ? "" : " (not yet complete)");
		text_flush(w, 2, 5, INK_PLAIN, CUT_FINDING);
		buf_text(line, d->working);
		text_flush(w, 5, 5, INK_SOFT, CUT_REMEDY);
	}
}

/* A reason, and the condition or conditions that wait for it. */
static void
put_not_group(struct writer *w, const struct not_group *g, enum not_kind kind)
{
	struct buf *line = &w->line;

	buf_str(line, view_not_titles[kind]);
	buf_str(line, ": ");
	if (g->like == NULL) {
		put_title(line, g->condition);
		buf_str(line, ": ");
	}
	buf_text(line, g->items[0]->because);
	if (g->made > 1)
		buf_printf(line, " (%u places)", g->made);
	buf_str(line, g->like != NULL ? " For " : "");
	for (const struct not_group *one = g; g->like != NULL && one != NULL; one = one->like) {
		buf_text(line, one->condition != NULL ? one->condition->id : TEXT_NONE);
		buf_str(line, one->like != NULL ? ", " : ".");
	}
	text_flush(w, 2, 5, INK_PLAIN, CUT_FINDING);
}

static void
put_not_checked(struct writer *w, const struct verdict *v)
{
	bool begun = false;

	for (size_t i = 0; i < NOT_KINDS; i++) {
		struct not_groups found = view_nots(v, view_not_order[i]);

		for (uint32_t k = 0; k < found.n; k++) {
			if (!begun)
				text_heading(w, "What could not be checked, and why");
			begun = true;
			if (!found.groups[k].is_like)
				put_not_group(w, &found.groups[k], view_not_order[i]);
		}
	}
}

static void
put_passed(struct writer *w, const struct verdict *v)
{
	struct passed_packs found = view_passed(v);

	if (found.n > 0)
		text_heading(w, "What passed");
	for (uint32_t i = 0; i < found.n; i++) {
		buf_text(&w->line, found.packs[i].title);
		buf_printf(&w->line, ": %u check%s", found.packs[i].n,
		    found.packs[i].n == 1 ? "" : "s");
		text_flush(w, 2, 5, INK_PLAIN, CUT_TITLE);
	}
}

void
text_answers(struct writer *w, const struct verdict *v)
{
	put_explanations(w, v);
	put_waivers(w, v);
	put_determinations(w, v);
	put_not_checked(w, v);
	put_passed(w, v);
	put_section(w, v, &noted);
	put_section(w, v, &trial);
}
