/*
 * What must be changed, filled in or explained; what was noticed besides.
 *
 * A condition that found one thing is a paragraph and three figures; one that found several is a
 * table, so that like rows stand together and what they have in common is said once.
 */
#include "rules/render_html_private.h"

#define ROWS_SHOWN  8  /* so many rows of one condition in the open, */
#define ROWS_FIRST  5  /* else the first of them, and the rest folded */
#define SHORT_VALUE 30 /* bytes of a value that is kept on one line */

struct section_plan {
	const char *title, *one, *many; /* "correction", "corrections" */
	const char *mark;               /* class */
	const char *intro;
	const char *todo; /* "What to do" */
	bool explain;     /* say how and where to explain */
};

static void
put_cell(
    struct buf *b, const char *name, struct text relation, struct text value, const char *class)
{
	if (value.n == 0)
		return;
	buf_printf(b, "<div><dt>%s ", name);
	html_text(b, relation, CUT_WORD);
	buf_str(b, "</dt>");
	html_element(b, "dd", class, value, CUT_LINE);
	buf_str(b, "</div>");
}

/* One finding: what it says, where it stands, and the figures. */
static void
put_single(struct buf *b, const struct verdict *v, const struct finding *f)
{
	html_where(b, v, &f->at);
	html_element(b, "p", "says lines", f->message, CUT_TEXT);
	if (f->given.pretty.n + f->expected.pretty.n + f->difference.pretty.n == 0)
		return;
	buf_str(b, "<dl class=\"cells\">");
	put_cell(b, "You gave", TEXT_NONE, f->given.pretty, NULL);
	put_cell(b, "It has to be", f->relation, f->expected.pretty, NULL);
	put_cell(b, "Difference", TEXT_NONE, f->difference.pretty, "gap");
	buf_str(b, "</dl>");
}

/* The figures that any row of a group has: a column that is empty throughout is left out. */
struct columns {
	bool given, expected, difference;
	struct text relation; /* when all rows have the same, it stands in the head */
	bool relations;       /* else each row says its own */
};

static struct columns
columns_of(const struct finding_group *g)
{
	struct columns has = { .relation = g->items[0]->relation };

	for (uint32_t i = 0; i < g->n; i++) {
		const struct finding *f = g->items[i];

		has.given = has.given || f->given.pretty.n > 0;
		has.expected = has.expected || f->expected.pretty.n > 0;
		has.difference = has.difference || f->difference.pretty.n > 0;
		has.relations = has.relations || !text_equal(f->relation, has.relation);
	}
	return has;
}

static void
put_row_cell(
    struct buf *b, const char *name, struct text relation, struct text value, const char *class)
{
	buf_printf(b, "<td class=\"%s %s\"", value.n <= SHORT_VALUE ? "num" : "far", class);
	if (value.n > 0) {
		buf_printf(b, " data-th=\"%s ", name);
		html_text(b, relation, CUT_WORD);
		buf_char(b, '"');
	}
	buf_char(b, '>');
	html_text(b, value, CUT_WORD);
	buf_str(b, "</td>");
}

static void
put_row(
    struct buf *b, const struct verdict *v, const struct finding *f, const struct columns *has)
{
	struct buf expected = { 0 };

	buf_str(b, "<tr><th scope=\"row\" class=\"wide\">");
	html_place(b, v, &f->at);
	html_element(b, "small", "says", f->message, CUT_LINE);
	buf_str(b, "</th>");
	if (has->relations)
		view_expected(&expected, f);
	else
		buf_text(&expected, f->expected.pretty);
	if (has->given)
		put_row_cell(b, "You gave", TEXT_NONE, f->given.pretty, "");
	if (has->expected)
		put_row_cell(b, "It has to be", has->relations ? TEXT_NONE : has->relation,
		    buf_as_text(&expected), "");
	if (has->difference)
		put_row_cell(b, "Difference", TEXT_NONE, f->difference.pretty, "gap");
	buf_str(b, "</tr>\n");
	buf_free(&expected);
}

static void
put_head(struct buf *b, const struct columns *has)
{
	buf_str(b, "<thead><tr><th scope=\"col\">Where</th>");
	if (has->given)
		buf_str(b, "<th scope=\"col\" class=\"num\">You gave</th>");
	if (has->expected) {
		buf_str(b, "<th scope=\"col\" class=\"num\">It has to be ");
		html_text(b, has->relations ? TEXT_NONE : has->relation, CUT_WORD);
		buf_str(b, "</th>");
	}
	if (has->difference)
		buf_str(b, "<th scope=\"col\" class=\"num\">Difference</th>");
	buf_str(b, "</tr></thead>\n");
}

static void
put_table(struct buf *b, const struct verdict *v, const struct finding_group *g, uint32_t from,
    uint32_t to)
{
	struct columns has = columns_of(g);

	buf_str(b, "<table class=\"stack\">");
	put_head(b, &has);
	buf_str(b, "<tbody>\n");
	for (uint32_t i = from; i < to; i++)
		put_row(b, v, g->items[i], &has);
	buf_str(b, "</tbody></table>\n");
}

/* "5,000 places, £5,000.00 in all." */
static void
put_several(struct buf *b, const struct verdict *v, const struct finding_group *g)
{
	uint32_t first = g->n <= ROWS_SHOWN ? g->n : ROWS_FIRST;

	buf_str(b, "<p class=\"soft\">In ");
	html_count(b, g->made, "place", "places");
	if (g->has_money && g->difference > 0) {
		buf_str(b, ", differences of ");
		money_format_pretty(b, g->difference);
		buf_str(b, " in all");
	}
	buf_str(b, first < g->made ? ". The first are:</p>" : ".</p>");
	put_table(b, v, g, 0, first);
	if (first < g->n) {
		buf_str(b, "<details class=\"rest\"><summary>Show the next ");
		integer_format_pretty(b, g->n - first);
		buf_str(b, "</summary>");
		put_table(b, v, g, first, g->n);
		buf_str(b, "</details>");
	}
	if (g->made > g->n) {
		buf_str(b, "<p class=\"soft\">and ");
		integer_format_pretty(b, g->made - g->n);
		buf_str(b, " more like this, counted but not listed.</p>");
	}
}

/* How and where to write the explanation. */
static void
put_how_to_explain(struct buf *b, const struct verdict *v, const struct finding_group *g)
{
	const struct at *at = &g->items[0]->at;

	buf_str(b, "<p class=\"todo\"><b>How to explain</b>");
	if (v->format != NULL && text_is(text_of(v->format), "csv")) {
		buf_str(b,
		    "This layout has no room for explanations. Correct the figure, or send the "
		    "return as JSON with the explanation in it.</p>");
		return;
	}
	buf_str(b, "Add to the explanations in your file: the condition ");
	html_element(
	    b, "code", NULL, g->condition != NULL ? g->condition->id : TEXT_NONE, CUT_WORD);
	if (at->path.n > 0) {
		buf_str(b, ", the place ");
		html_element(b, "code", NULL, at->path, CUT_LINE);
	}
	if (g->made > 1)
		buf_str(b, " (and so on for each)");
	buf_str(b, ", your reason in at least ");
	html_text(b, view_explanation_length(v), CUT_WORD);
	buf_str(b, " characters, your name and the date. Or correct the figure.</p>");
}

/* One condition with all it found. */
static void
put_item(struct buf *b, const struct verdict *v, const struct finding_group *g, uint32_t number,
    const struct section_plan *plan)
{
	const struct condition_head *c = g->condition;

	buf_printf(b, "<div class=\"item %s%s\"><span class=\"no\">%u</span><div>", plan->mark,
	    g->n > ROWS_SHOWN ? " long" : "", number);
	html_element(b, "h3", NULL, c != NULL ? c->title : TEXT("Problem"), CUT_LINE);
	if (g->n == 1 && g->made == 1)
		put_single(b, v, g->items[0]);
	else
		put_several(b, v, g);
	if (c != NULL && c->remedy.n > 0) {
		buf_printf(b, "<p class=\"todo\"><b>%s</b>", plan->todo);
		html_text(b, c->remedy, CUT_TEXT);
		buf_str(b, "</p>");
	}
	if (plan->explain)
		put_how_to_explain(b, v, g);
	html_source(b, c);
	buf_str(b, "</div></div>\n");
}

static void
put_groups(struct buf *b, const struct verdict *v, struct finding_groups found,
    const struct section_plan *plan)
{
	struct buf sum = { 0 };
	uint32_t made = 0;

	if (found.n == 0)
		return;
	for (uint32_t i = 0; i < found.n; i++)
		made += found.groups[i].made;
	html_count(&sum, made, plan->one, plan->many);
	html_section(b, "findings", plan->title, buf_as_text(&sum));
	if (plan->intro != NULL)
		buf_printf(b, "<p>%s</p>", plan->intro);
	else if (v->outcome == UNDETERMINED)
		buf_str(b,
		    "<p>This stands, whatever becomes of our own fault. You may answer it "
		    "now.</p>");
	for (uint32_t i = 0; i < found.n; i++)
		put_item(b, v, &found.groups[i], i + 1, plan);
	html_section_end(b);
	buf_free(&sum);
}

void
html_corrections(struct buf *b, const struct verdict *v)
{
	static const struct section_plan plan = { .title = "What must be changed",
		.one = "correction",
		.many = "corrections",
		.mark = "bad",
		.todo = "What to do" };

	put_groups(b, v, view_findings(v, VIEW_ERROR, OPEN), &plan);
}

void
html_queries(struct buf *b, const struct verdict *v)
{
	static const struct section_plan plan = { .title = "What must be explained",
		.one = "explanation",
		.many = "explanations",
		.mark = "ask",
		.todo = "What we ask",
		.explain = true };

	put_groups(b, v, view_findings(v, VIEW_QUERY, OPEN), &plan);
}

void
html_noted(struct buf *b, const struct verdict *v)
{
	static const struct section_plan plan = { .title = "What we noticed besides",
		.one = "remark",
		.many = "remarks",
		.mark = "plain",
		.intro = "This does not change the outcome.",
		.todo = "What you can do" };

	put_groups(b, v, view_findings(v, VIEW_NOTED, OPEN), &plan);
}

void
html_shadow(struct buf *b, const struct verdict *v)
{
	static const struct section_plan plan = { .title = "Checks on trial",
		.one = "finding that does not count",
		.many = "findings that do not count",
		.mark = "plain",
		.intro =
		    "These checks are being tried out. What they found does not count, and you "
		    "need do nothing about it.",
		.todo = "What it would ask" };

	put_groups(b, v, view_findings(v, VIEW_ANY, SHADOW), &plan);
}

/* What the file leaves out: a place once, with everything that needs it. */
void
html_missing(struct buf *b, const struct verdict *v)
{
	struct missing_entries found = view_missing(v);
	struct buf sum = { 0 };

	if (found.n == 0)
		return;
	html_count(
	    &sum, v->counts.absent, "entry that was left out", "entries that were left out");
	html_section(b, "findings", "What must be filled in", buf_as_text(&sum));
	buf_str(b,
	    "<table class=\"stack\"><thead><tr><th scope=\"col\">What the file leaves out</th>"
	    "<th scope=\"col\">What needs it</th></tr></thead><tbody>\n");
	for (uint32_t i = 0; i < found.n; i++) {
		const struct missing_entry *e = &found.entries[i];

		buf_str(b, "<tr><th scope=\"row\" class=\"wide\">");
		html_place(b, v, &e->first->at);
		buf_str(b, "</th><td>");
		for (uint32_t k = 0; k < e->n && k < 4; k++) {
			const struct condition_head *c = e->conditions[k];

			if (k > 0)
				buf_str(b, "<br>");
			html_text(b, c != NULL ? c->title : TEXT_NONE, CUT_LINE);
		}
		if (e->n > 4)
			buf_printf(b, "<br>and %u more checks", e->n - 4);
		html_element(b, "small", NULL, e->first->because, CUT_LINE);
		buf_str(b, "</td></tr>\n");
	}
	buf_str(b, "</tbody></table>\n");
	if (found.more > 0) {
		buf_str(b, "<p class=\"soft\">and ");
		integer_format_pretty(b, found.more);
		buf_str(b, " more like this.</p>");
	}
	html_section_end(b);
	buf_free(&sum);
}
