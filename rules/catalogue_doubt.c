/*
 * What an auditor asks first: which sources and numbers nobody has held against the document yet, and
 * what is waived.
 *
 * A source says so itself, in the words "from memory"; a row of a register says it in any of its texts.
 */
#include <string.h>

#include "rules/catalogue_private.h"
#include "rules/render_html_private.h"

static const char words[] = "from memory";

static size_t
memory_at(struct text t)
{
	const char *at = t.n > 0 ? memmem(t.p, t.n, words, sizeof(words) - 1) : NULL;

	return at != NULL ? (size_t)(at - t.p) : t.n;
}

bool
catalogue_is_memory(struct text t)
{
	return memory_at(t) < t.n;
}

void
catalogue_put_source(struct buf *b, struct text t)
{
	size_t at = memory_at(t), end = at + sizeof(words) - 1;

	html_text(b, (struct text){ t.p, at }, CUT_TEXT);
	if (at == t.n)
		return;
	html_element(b, "span", "mem", TEXT("from memory"), CUT_WORD);
	html_text(b, (struct text){ t.p + end, t.n - end }, CUT_TEXT);
}

static bool
row_is_memory(const struct record *r)
{
	for (uint32_t i = 0; i < r->type->n_fields; i++) {
		const struct value *v = &r->values[i];

		if (v->state == VALUE_SET && v->kind == KIND_TEXT &&
		    catalogue_is_memory((struct text){ v->u.s, v->len }))
			return true;
	}
	return false;
}

uint32_t
catalogue_memory_rows(const struct reg *r)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < r->rows.n; i++)
		n += row_is_memory(r->rows.items[i].u.rec);
	return n;
}

static uint32_t
memory_values(const struct cat_parameter *p)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < p->n; i++)
		n += catalogue_is_memory(p->values[i].source);
	return n;
}

struct cat_doubts
catalogue_doubts(const struct catalogue *c)
{
	struct cat_doubts d = { 0, 0, 0 };

	for (uint32_t i = 0; i < c->n_entries; i++)
		d.conditions += catalogue_is_memory(c->by_id[i]->condition->head.source);
	for (uint32_t i = 0; i < c->book->n_parameters; i++)
		d.values += memory_values(&c->parameters[i]);
	for (uint32_t i = 0; i < c->book->n_registers; i++)
		d.rows += catalogue_memory_rows(c->registers[i].reg);
	return d;
}

static void
begin_row(struct buf *b, struct text name)
{
	buf_str(b, "<tr><th scope=\"row\"><code>");
	html_text(b, name, CUT_WORD);
	buf_str(b, "</code></th><td>");
}

static void
put_values(struct buf *b, const struct cat_parameter *p)
{
	for (uint32_t i = 0; i < p->n; i++) {
		if (!catalogue_is_memory(p->values[i].source))
			continue;
		begin_row(b, p->parameter->name);
		html_text(b, p->parameter->title, CUT_TEXT);
		buf_str(b, ": ");
		html_element(b, "b", NULL, p->values[i].value, CUT_TEXT);
		buf_str(b, ", ");
		html_text(b, p->values[i].when, CUT_TEXT);
		buf_str(b, "</td><td>");
		catalogue_put_source(b, p->values[i].source);
		buf_str(b, "</td></tr>\n");
	}
}

static void
put_register(struct buf *b, const struct reg *r)
{
	uint32_t n = catalogue_memory_rows(r);

	if (n == 0)
		return;
	begin_row(b, r->name);
	html_text(b, r->title, CUT_TEXT);
	buf_printf(b, ": %u of %u row%s</td><td>", n, r->rows.n, r->rows.n == 1 ? "" : "s");
	catalogue_put_source(b, r->origin);
	buf_str(b, "</td></tr>\n");
}

void
catalogue_html_doubts(struct buf *b, const struct catalogue *c)
{
	buf_str(b,
	    "<section id=\"memory\"><div class=\"top\"><h2>From memory, to be "
	    "verified</h2></div>\n");
	buf_str(b,
	    "<p>These were written down without the document at hand. Hold each against its "
	    "document, correct it where it differs, and take the words <i>from memory</i> out "
	    "of its source.</p>\n<table class=\"ways\"><thead><tr><th>Name</th><th>What</th>"
	    "<th>Source</th></tr></thead><tbody>\n");
	for (uint32_t i = 0; i < c->book->n_parameters; i++)
		put_values(b, &c->parameters[i]);
	for (uint32_t i = 0; i < c->book->n_registers; i++)
		put_register(b, c->registers[i].reg);
	for (uint32_t i = 0; i < c->n_entries; i++) {
		const struct condition_head *head = &c->by_id[i]->condition->head;

		if (!catalogue_is_memory(head->source))
			continue;
		begin_row(b, head->id);
		html_text(b, head->title, CUT_TEXT);
		buf_str(b, "</td><td>");
		catalogue_put_source(b, head->source);
		buf_str(b, "</td></tr>\n");
	}
	buf_str(b, "</tbody></table>\n");
	html_section_end(b);
}

void
catalogue_html_waivers(struct buf *b, const struct catalogue *c)
{
	buf_str(b, "<section id=\"waivers\"><div class=\"top\"><h2>Waivers</h2></div>\n");
	if (c->book->n_waivers == 0)
		buf_str(b, "<p>None: no condition is waived for anybody.</p>\n");
	else
		buf_str(b,
		    "<table class=\"ways\"><thead><tr><th>Condition</th><th>For</th><th>Reason"
		    "</th><th>Asked by</th><th>Approved by</th><th>Until</th></tr></thead>"
		    "<tbody>\n");
	for (uint32_t i = 0; i < c->book->n_waivers; i++) {
		const struct site_waiver *w = &c->book->waivers[i];
		const struct text cells[] = { w->region.n > 0 ? w->region : w->area,
			w->shown.reason, w->shown.requester, w->shown.approver,
			w->shown.expires };

		buf_str(b, "<tr><th scope=\"row\"><code>");
		html_text(b, w->condition, CUT_WORD);
		buf_str(b, "</code></th>");
		for (size_t k = 0; k < sizeof(cells) / sizeof(cells[0]); k++)
			html_element(b, "td", NULL, cells[k], CUT_TEXT);
		buf_str(b, "</tr>\n");
	}
	if (c->book->n_waivers > 0)
		buf_str(b, "</tbody></table>\n");
	html_section_end(b);
}
