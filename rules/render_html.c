/*
 * The report: one page that a finance lead reads standing in a corridor.
 *
 * Does it pass, what must I do, how much money is it about: the headline answers that in five
 * seconds, and everything else follows in the order in which it is asked.  The page is whole in
 * itself: no script, nothing loaded, and a policy in its head that lets a browser load nothing even
 * if text from a file found a way into it.  Outcomes are told by word and shape, then by colour.
 *
 * The other render_html_* files each have some of its sections.
 */
#include <string.h>

#include "rules/render_html_private.h"

#define SVG                                                                                  \
	"<svg viewBox=\"0 0 24 24\" aria-hidden=\"true\" focusable=\"false\" fill=\"none\" " \
	"stroke=\"currentColor\" stroke-width=\"2\" stroke-linecap=\"round\" "               \
	"stroke-linejoin=\"round\">"

/* A shape for each outcome, told apart without colour. */
static const char *const shapes[OUTCOMES] = {
	[UNREADABLE] = SVG "<path d=\"M14 2H5v20h14V7zM14 2v5h5M9 12l6 6M15 12l-6 6\"/></svg>",
	[NON_COMPLIANT] =
	    SVG "<path d=\"M8 2h8l6 6v8l-6 6H8l-6-6V8zM8.5 8.5l7 7M15.5 8.5l-7 7\"/></svg>",
	[UNDETERMINED] = SVG "<path d=\"M12 2.5 22.5 21h-21zM12 9.5v5M12 17.9v.1\"/></svg>",
	[QUERIED] = SVG "<path d=\"M12 1.5 22.5 12 12 22.5 1.5 12zM9.5 9.7a2.5 2.5 0 1 1 "
			"3.6 2.3c-.8.4-1.1.9-1.1 1.7M12 16.9v.1\"/></svg>",
	[COMPLIANT] =
	    SVG "<circle cx=\"12\" cy=\"12\" r=\"10\"/><path d=\"M7.5 12.5l3 3 6-7\"/></svg>",
};

static struct text
area_words(const struct verdict *v)
{
	if (v->area_name.n > 0)
		return v->area_name;
	return v->area;
}

static struct text
form_words(const struct verdict *v)
{
	return v->form_title.n > 0 ? v->form_title : v->form;
}

/* "Rotherham, Better Care Fund plan, 2015-16"; false when nothing of it is known. */
static bool
put_subject(struct buf *b, const struct verdict *v, const char *between)
{
	const struct text parts[] = { area_words(v), form_words(v), v->period };
	bool any = false;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (parts[i].n == 0)
			continue;
		if (any)
			buf_str(b, between);
		html_text(b, parts[i], CUT_WORD);
		any = true;
	}
	return any;
}

static void
put_document_head(struct buf *b, const struct verdict *v)
{
	struct text head = render_html_head();

	if (head.n == 0)
		b->failed = true; /* no page is better than one that a browser may load from */
	buf_text(b, head);
	buf_str(b, "<title>");
	buf_str(b, view_outcome_words[v->outcome]);
	buf_str(b, ": ");
	if (!put_subject(b, v, ", "))
		html_text(b, v->submission.name, CUT_WORD);
	buf_str(b, "</title>\n</head>\n");
}

static void
put_fact(struct buf *b, const char *class, const char *name, struct text value)
{
	if (value.n == 0)
		return;
	buf_printf(b, "<div class=\"%s\"><dt>%s</dt>", class, name);
	html_element(b, "dd", NULL, value, CUT_WORD);
	buf_str(b, "</div>");
}

/* Which version of the verdict this is; the first has nothing to say. */
static void
put_version(struct buf *b, const struct verdict *v)
{
	struct buf words = { 0 };

	if (v->version.n > 0)
		put_fact(b, "", "Template", v->version);
	if (v->submission.revision > 1) {
		buf_printf(&words, "Judged again, no. %u", v->submission.revision);
		put_fact(b, "", "Verdict", buf_as_text(&words));
	}
	buf_free(&words);
}

/* What the corrections come to. */
static void
put_money(struct buf *b, const struct verdict *v)
{
	struct buf words = { 0 };

	if (v->at_stake <= v->held)
		return;
	money_format_pretty(&words, v->at_stake - v->held);
	put_fact(b, "money", "Money to correct", buf_as_text(&words));
	buf_free(&words);
}

/* Apart from that, in a sentence: nothing is wrong with what is held back. */
static void
put_held(struct buf *b, const struct verdict *v)
{
	struct buf words = { 0 };

	if (v->held <= 0)
		return;
	money_format_pretty(&words, v->held);
	buf_str(
	    &words, " is held back until results are known; nothing has to be done about it.");
	html_element(b, "p", "held", buf_as_text(&words), CUT_LINE);
	buf_free(&words);
}

static void
put_facts(struct buf *b, const struct verdict *v)
{
	const char *received = "Received";
	struct buf words = { 0 };

	buf_str(b, "<dl class=\"facts\">");
	put_money(b, v);
	put_fact(b, "file", "File", v->submission.name);
	time_format_pretty(&words, v->submission.received);
	if (v->submission.seq < 0)
		received = v->submission.time_given ? "Checked as if received" : "Checked";
	put_fact(b, "", received, buf_as_text(&words));
	put_version(b, v);
	buf_str(b, "</dl>\n");
	put_held(b, v);
	buf_free(&words);
}

/* The headline: its first part large, the rest of it smaller beneath. */
static void
put_headline(struct buf *b, const struct verdict *v)
{
	struct buf words = { 0 };
	struct text whole, first;
	const char *end;

	verdict_headline(&words, v);
	whole = first = buf_as_text(&words);
	end =
	    whole.n > 0 ? memchr(whole.p, v->outcome == COMPLIANT ? ':' : '.', whole.n) : NULL;
	if (end != NULL)
		first.n = (size_t)(end - whole.p) + 1;
	buf_str(b, "<h1>");
	html_text(b, first, CUT_LINE);
	html_element(b, "span", NULL,
	    text_trim((struct text){ whole.p + first.n, whole.n - first.n }), CUT_LINE);
	buf_str(b, "</h1>\n");
	buf_free(&words);
}

static void
put_header(struct buf *b, const struct verdict *v)
{
	buf_str(b, "<header>\n<p class=\"kicker\"><span>Pooled budget check</span>");
	if (v->submission.region.n > 0) {
		buf_str(b, "<span>Region: ");
		html_text(b, v->submission.region, CUT_WORD);
		buf_str(b, "</span>");
	}
	buf_str(b, "</p>\n<p class=\"badge\">");
	buf_str(b, shapes[v->outcome]);
	buf_str(b, view_outcome_words[v->outcome]);
	buf_str(b, "</p>\n");
	put_headline(b, v);
	if (area_words(v).n + form_words(v).n + v->period.n > 0) {
		buf_str(b, "<p class=\"lede\">");
		put_subject(b, v, " · ");
		buf_str(b, "</p>\n");
	}
	put_facts(b, v);
	buf_str(b, "</header>\n");
}

/* Why a file could not be read, and what to do. */
static void
put_unreadable(struct buf *b, const struct verdict *v)
{
	const struct read_error *e = &v->unreadable;

	html_section(b, "findings", "What is wrong with it", TEXT_NONE);
	buf_str(b, "<div class=\"plain\">");
	html_element(b, "p", "says", e->what, CUT_TEXT);
	buf_str(b, "<dl class=\"cells\">");
	if (e->line > 0) {
		buf_printf(b, "<div><dt>Where</dt><dd>Line %u", e->line);
		if (e->column > 0)
			buf_printf(b, ", column %u", e->column);
		buf_str(b, "</dd></div>");
	}
	if (e->expected.n > 0) {
		buf_str(b, "<div><dt>What we expected</dt>");
		html_element(b, "dd", "name", e->expected, CUT_TEXT);
		buf_str(b, "</div>");
	}
	buf_str(b, "</dl>");
	if (e->todo.n > 0) {
		buf_str(b, "<p class=\"todo\"><b>What to do</b>");
		html_text(b, e->todo, CUT_TEXT);
		buf_str(b, "</p>");
	}
	buf_str(b, "</div>\n");
	html_section_end(b);
}

/* Things about the arrival that a reader must not miss. */
static void
put_remarks(struct buf *b, const struct verdict *v)
{
	const struct submission *s = &v->submission;

	if (s->still_changing)
		buf_str(b,
		    "<p><strong>The file was still changing when we read it.</strong> If it "
		    "was "
		    "not complete, send it again.</p>\n");
	if (s->identical_to.n > 0) {
		buf_str(b, "<p>This file is byte for byte the one of verdict ");
		html_element(b, "code", NULL, s->identical_to, CUT_WORD);
		buf_str(b, ".</p>\n");
	}
	if (s->time_given && s->seq >= 0)
		buf_str(b,
		    "<p class=\"soft\">The time of receipt was given by hand, for a "
		    "trial.</p>\n");
}

void
render_html(struct buf *b, const struct verdict *v)
{
	put_document_head(b, v);
	buf_printf(b, "<body class=\"%s\">\n<main>\n", outcome_names[v->outcome]);
	put_header(b, v);
	put_remarks(b, v);
	if (v->unreadable.kind != NULL)
		put_unreadable(b, v);
	else
		html_corrections(b, v);
	html_missing(b, v);
	html_queries(b, v);
	html_explanations(b, v);
	html_waivers(b, v);
	html_determinations(b, v);
	html_not_checked(b, v);
	html_passed(b, v);
	html_noted(b, v);
	html_shadow(b, v);
	html_small_print(b, v);
	buf_str(b, "</main>\n</body>\n</html>\n");
}
