/*
 * The catalogue as a page: what an auditor takes as the list of what is checked.
 *
 * In the style of the report, whole in itself, without a script; it prints on A4.  Severity is told by
 * word and shape before colour.
 */
#include "rules/catalogue_private.h"
#include "rules/render_html_private.h"

static const char style[] =
    "<style>body{--tone:var(--ours)}"
    ".cond{padding:.9rem 0 .95rem;border-bottom:1px solid var(--line);break-inside:avoid}"
    ".cond:last-of-type{border-bottom:0}"
    ".cond h3{display:grid;grid-template-columns:9.5rem minmax(0,1fr);gap:0 1rem;align-items:"
    "baseline}"
    ".cond h3 code{font-size:.875rem;font-weight:600;color:var(--tone)}"
    ".cond dl{display:grid;grid-template-columns:9.5rem minmax(0,1fr);gap:.2rem "
    "1rem;margin:.5rem 0 0;font-size:.9375rem}"
    ".cond dt{color:var(--soft);font-size:.8125rem;padding-top:.1rem}.cond dd{margin:0}"
    ".cond .is{grid-column:2}@media (max-width:36rem){.cond .is{grid-column:1}}"
    ".cond dd ul{margin:0}.cond dd b{font-weight:650}"
    ".sev{font-weight:650}.sev.error{color:var(--bad)}.sev.query{color:var(--ask)}"
    ".sev::before{content:\"\\25C7\\2002\"}.sev.error::before{content:\"\\25A0\\2002\"}"
    ".sev.query::before{content:\"\\25C6\\2002\"}"
    ".mem{font-weight:650;color:var(--ask);white-space:nowrap}.mem::before{content:"
    "\"\\25B3\\2009\"}"
    "#by-form th:first-child{width:14rem;padding-right:1rem}.ways td,.ways "
    "th{font-size:.875rem}"
    ".ways th code{white-space:nowrap}.off{color:var(--soft)}.list a,.list "
    "code{white-space:nowrap}"
    "a{color:inherit;text-decoration-color:var(--soft);text-underline-offset:.2em}"
    "a:focus-visible{outline:3px solid var(--tone);outline-offset:3px}"
    "nav li{display:grid;grid-template-columns:minmax(0,1fr) auto;gap:1rem;padding:.35rem 0;"
    "border-top:1px solid var(--line)}nav li:first-child{border-top:0}"
    "@media (max-width:36rem){.cond h3,.cond dl{grid-template-columns:1fr;gap:.1rem}.cond "
    "dt{padding-top:.4rem}}"
    "@media print{.cond{padding:7pt 0}.cond dl{font-size:8.75pt}a{text-decoration:none}"
    ".pack{break-before:page}nav .sum{display:inline}}</style>\n";

static void
put_text(struct buf *b, struct text t)
{
	html_text(b, t, CUT_TEXT);
}

static void
put_begin(struct buf *b, const char *name)
{
	buf_printf(b, "<dt>%s</dt><dd>", name);
}

static void
put_line(struct buf *b, const char *name, struct text t)
{
	if (t.n == 0)
		return;
	put_begin(b, name);
	put_text(b, t);
	buf_str(b, "</dd>");
}

static void
put_link(struct buf *b, const char *kind, struct text to)
{
	buf_printf(b, "<a href=\"#%s", kind);
	put_text(b, to);
	buf_str(b, "\"><code>");
	put_text(b, to);
	buf_str(b, "</code></a>");
}

static void
put_links(struct buf *b, const char *name, const char *kind, const struct texts *t)
{
	if (t->n == 0)
		return;
	put_begin(b, name);
	buf_str(b, "<span class=\"list\">");
	for (uint32_t i = 0; i < t->n; i++) {
		buf_str(b, i > 0 ? ", " : "");
		put_link(b, kind, t->items[i]);
	}
	buf_str(b, "</span></dd>");
}

static void
put_list(struct buf *b, const char *name, const struct texts *t)
{
	if (t->n == 0)
		return;
	put_begin(b, name);
	for (uint32_t i = 0; i < t->n; i++) {
		buf_str(b, i > 0 ? "; " : "");
		put_text(b, t->items[i]);
	}
	buf_str(b, "</dd>");
}

static void
put_parameter(struct buf *b, const struct cat_parameter *p)
{
	put_begin(b, "Number");
	put_text(b, p->parameter->title);
	buf_str(b, " (");
	html_element(b, "code", NULL, p->parameter->name, CUT_WORD);
	buf_str(b, ")<ul>");
	for (uint32_t i = 0; i < p->n; i++) {
		buf_str(b, "<li>");
		html_element(b, "b", NULL, p->values[i].value, CUT_TEXT);
		buf_str(b, ", ");
		put_text(b, p->values[i].when);
		buf_str(b, " <span class=\"soft\">Source: ");
		catalogue_put_source(b, p->values[i].source);
		buf_str(b, "</span></li>");
	}
	if (p->n == 0) {
		buf_str(b, "<li><b>none yet</b>: ");
		put_text(b, p->parameter->off);
		buf_str(b, "</li>");
	}
	buf_str(b, "</ul></dd>");
}

/* "error · bcf-plan · for the years from 2015-16", in the row that has no name. */
static void
put_facts(struct buf *b, const struct cat_entry *e)
{
	const struct condition *c = e->condition;
	unsigned set = c->head.severities;
	const char *class = set & (1u << SEV_ERROR) ? " error"
	    : set & (1u << SEV_QUERY)               ? " query"
						    : "";

	buf_printf(b, "<dd class=\"is\"><span class=\"sev%s\">", class);
	put_text(b, e->severities);
	buf_str(b, "</span> · ");
	for (uint32_t i = 0; i < c->forms.n; i++) {
		buf_str(b, i > 0 ? ", " : "");
		put_link(b, "form-", c->forms.items[i]);
	}
	buf_str(b, c->forms.n == 0 ? "every form · " : " · ");
	put_text(b, e->when);
	if (c->reader)
		buf_str(b, " · decided while the file is read");
	if (c->head.shadow)
		buf_str(b, " · reported apart, not counted");
	buf_str(b, "</dd>");
}

static void
put_entry(struct buf *b, const struct cat_entry *e)
{
	const struct condition *condition = e->condition;
	struct text names[64];
	struct texts registers = { names, 0 };

	buf_str(b, "<article class=\"cond\" id=\"");
	put_text(b, condition->head.id);
	buf_str(b, "\"><h3>");
	html_element(b, "code", NULL, condition->head.id, CUT_WORD);
	html_element(b, "span", NULL, condition->head.title, CUT_LINE);
	buf_str(b, "</h3><dl>");
	put_facts(b, e);
	put_line(b, "What to do", condition->head.remedy);
	put_begin(b, "Source");
	catalogue_put_source(b, condition->head.source);
	buf_str(b, "</dd>");
	for (uint32_t i = 0; i < e->n_parameters; i++)
		put_parameter(b, e->parameters[i]);
	while (registers.n < e->n_registers && registers.n < 64) {
		names[registers.n] = e->registers[registers.n]->reg->name;
		registers.n++;
	}
	put_links(b, "Registers", "register-", &registers);
	put_list(b, "Works out", &e->figures);
	put_links(b, "Waits for", "", &condition->after);
	put_list(b, "Compares with", &e->needs);
	put_begin(b, "Written in");
	buf_str(b, "<code>");
	put_text(b, condition->head.file);
	buf_printf(b, "</code>, line %u</dd>", condition->head.line);
	buf_str(b, "</dl></article>\n");
}

static struct text
conditions_words(struct arena *a, uint32_t n)
{
	return arena_printf(a, "%u condition%s", n, n == 1 ? "" : "s");
}

static void
put_pack(struct buf *b, const struct catalogue *c, const struct cat_pack *p)
{
	buf_str(b, "<section class=\"pack\" id=\"pack-");
	put_text(b, p->pack->id);
	buf_str(b, "\"><div class=\"top\"><h2>");
	put_text(b, p->pack->title);
	buf_str(b, "</h2>");
	html_element(b, "span", "sum",
	    arena_printf(c->arena, "%.*s · %.*s · %.*s", TEXT_ARG(p->pack->status),
		TEXT_ARG(p->where), TEXT_ARG(conditions_words(c->arena, p->n))),
	    CUT_LINE);
	buf_str(b, "</div>\n<p>");
	put_text(b, p->pack->source);
	buf_str(b, ".</p>\n");
	for (uint32_t i = 0; i < p->n; i++)
		put_entry(b, &p->entries[i]);
	html_section_end(b);
}

static void
put_contents(struct buf *b, const struct catalogue *c)
{
	html_section(b, "contents", "Packs", TEXT_NONE);
	buf_str(b, "<nav><ul>");
	for (uint32_t i = 0; i < c->n_packs; i++) {
		const struct cat_pack *p = &c->packs[i];

		buf_printf(b, "<li%s><a href=\"#pack-", p->pack->added ? " class=\"off\"" : "");
		put_text(b, p->pack->id);
		buf_str(b, "\">");
		put_text(b, p->pack->title);
		buf_str(b, "</a>");
		html_element(b, "span", "soft",
		    arena_printf(c->arena, "%.*s, %.*s: %.*s", TEXT_ARG(p->pack->status),
			TEXT_ARG(p->where), TEXT_ARG(conditions_words(c->arena, p->n))),
		    CUT_LINE);
		buf_str(b, "</li>");
	}
	buf_str(b,
	    "</ul></nav><p class=\"src\">After them: <a href=\"#memory\">what is from "
	    "memory</a>, "
	    "<a href=\"#waivers\">waivers</a>, <a href=\"#registers\">registers</a>, <a "
	    "href=\"#figures\">figures that are worked out</a>, <a href=\"#by-form\">index by "
	    "form</a>, <a href=\"#by-id\">index by id</a>.</p>\n");
	html_section_end(b);
}

static void
put_header(struct buf *b, const struct catalogue *c)
{
	const struct cat_doubts d = catalogue_doubts(c);

	buf_str(b,
	    "<header>\n<p class=\"kicker\"><span>Pooled budget check</span></p>\n<h1>What is "
	    "checked</h1>\n<p class=\"lede\">");
	buf_printf(b,
	    "%u conditions in %u packs; %u of them are on here. Each is an error (must be "
	    "changed), a query (must be changed or explained), a warning or information. This "
	    "list is made from the policies themselves: what is not in it is not checked.",
	    c->n_entries, c->n_packs, c->n_on);
	buf_printf(b,
	    "</p>\n<p>Each has its source, each number and register its own. What was written "
	    "down without the document at hand says <span class=\"mem\">from memory</span>: %u "
	    "values of numbers, %u rows of registers and the sources of %u conditions, <a "
	    "href=\"#memory\">listed together</a>.",
	    d.values, d.rows, d.conditions);
	buf_str(b,
	    "</p>\n<p class=\"src\">Fingerprint of these policies, as it stands on each "
	    "verdict that they gave (SHA-256): <code>");
	put_text(b, c->book->digest);
	buf_str(b, "</code></p>\n</header>\n");
}

static void
begin_table(struct buf *b, const char *id, const char *title, const char *heads)
{
	buf_printf(b,
	    "<section id=\"%s\"><div class=\"top\"><h2>%s</h2></div>\n<table "
	    "class=\"stack\"><thead><tr>%s</tr></thead><tbody>\n",
	    id, title, heads);
}

static void
end_table(struct buf *b)
{
	buf_str(b, "</tbody></table>\n");
	html_section_end(b);
}

static void
put_registers(struct buf *b, const struct catalogue *c)
{
	begin_table(b, "registers", "Registers",
	    "<th>Register</th><th class=\"num\">Rows</th><th>As of</th><th>Origin</th>");
	for (uint32_t i = 0; i < c->book->n_registers; i++) {
		const struct reg *r = c->registers[i].reg;

		buf_str(b, "<tr id=\"register-");
		put_text(b, r->name);
		buf_str(b, "\"><th scope=\"row\">");
		put_text(b, r->title);
		html_element(b, "small", NULL, r->name, CUT_WORD);
		buf_printf(b, "</th><td class=\"num\" data-th=\"Rows\">%u</td><td>", r->rows.n);
		put_text(b, c->registers[i].as_of);
		buf_str(b, "</td><td>");
		catalogue_put_source(b, r->origin);
		if (r->of_site)
			buf_str(
			    b, " <b>The site's own file stands in for the shipped one.</b>");
		buf_str(b, "</td></tr>\n");
	}
	end_table(b);
}

static void
put_figures(struct buf *b, const struct catalogue *c)
{
	begin_table(
	    b, "figures", "Figures that are worked out", "<th>Condition</th><th>Figures</th>");
	for (uint32_t i = 0; i < c->n_entries; i++) {
		const struct cat_entry *e = c->by_id[i];

		if (e->figures.n == 0)
			continue;
		buf_str(b, "<tr><th scope=\"row\">");
		put_link(b, "", e->condition->head.id);
		buf_str(b, "</th><td>");
		for (uint32_t k = 0; k < e->figures.n; k++) {
			buf_str(b, k > 0 ? "; " : "");
			put_text(b, e->figures.items[k]);
		}
		buf_str(b, "</td></tr>\n");
	}
	end_table(b);
}

static void
put_by_form(struct buf *b, const struct catalogue *c)
{
	begin_table(b, "by-form", "Index by form", "<th>Form</th><th>Conditions</th>");
	for (uint32_t f = 0; f < c->book->n_forms; f++) {
		const struct form *form = c->book->forms[f];
		uint32_t n = 0;

		buf_str(b, "<tr id=\"form-");
		put_text(b, form->id);
		buf_str(b, "\"><th scope=\"row\">");
		put_text(b, form->title);
		html_element(b, "small", NULL, form->id, CUT_WORD);
		buf_str(b, "</th><td class=\"list\">");
		for (uint32_t i = 0; i < c->n_entries; i++) {
			const struct condition *condition = c->by_id[i]->condition;

			if (condition->forms.n == 0 ||
			    !catalogue_for_form(c->by_id[i], form->id))
				continue;
			buf_str(b, n++ > 0 ? ", " : "");
			put_link(b, "", condition->head.id);
		}
		buf_str(b, n == 0 ? "none of its own</td></tr>\n" : "</td></tr>\n");
	}
	buf_str(b, "<tr><th scope=\"row\">Every form</th><td class=\"list\">");
	for (uint32_t i = 0, n = 0; i < c->n_entries; i++)
		if (c->by_id[i]->condition->forms.n == 0) {
			buf_str(b, n++ > 0 ? ", " : "");
			put_link(b, "", c->by_id[i]->condition->head.id);
		}
	buf_str(b, "</td></tr>\n");
	end_table(b);
}

static void
put_by_id(struct buf *b, const struct catalogue *c)
{
	begin_table(b, "by-id", "Index by id",
	    "<th>Condition</th><th>Title</th><th>Severity</th><th>Pack</th>");
	for (uint32_t i = 0; i < c->n_entries; i++) {
		const struct condition_head *head = &c->by_id[i]->condition->head;

		buf_str(b, "<tr><td class=\"list\">");
		put_link(b, "", head->id);
		buf_str(b, "</td><td>");
		put_text(b, head->title);
		buf_str(b, "</td><td>");
		put_text(b, c->by_id[i]->severities);
		buf_str(b, "</td><td>");
		put_text(b, head->pack);
		buf_str(b, "</td></tr>\n");
	}
	end_table(b);
}

void
catalogue_html(struct buf *b, const struct catalogue *c)
{
	bool one = c->n_entries == 1 && c->book->n_conditions > 1;

	buf_text(b, render_html_head());
	buf_str(b, "<title>What is checked</title>\n");
	buf_str(b, style);
	buf_str(b, "</head>\n<body>\n<main>\n");
	if (!one) {
		put_header(b, c);
		put_contents(b, c);
	}
	for (uint32_t i = 0; i < c->n_packs; i++)
		if (!one || c->packs[i].n > 0)
			put_pack(b, c, &c->packs[i]);
	if (!one) {
		catalogue_html_doubts(b, c);
		catalogue_html_waivers(b, c);
		put_registers(b, c);
		put_figures(b, c);
		put_by_form(b, c);
		put_by_id(b, c);
	}
	buf_str(b, "</main>\n</body>\n</html>\n");
}
