/* The small print: what an auditor asks for, and how to send a corrected file. */
#include "rules/render_html_private.h"

static void
put_pair(struct buf *b, const char *name, struct text value, bool code)
{
	if (value.n == 0)
		return;
	buf_printf(b, "<dt>%s</dt><dd>", name);
	if (code)
		html_element(b, "code", NULL, value, CUT_LINE);
	else
		html_text(b, value, CUT_LINE);
	buf_str(b, "</dd>\n");
}

static void
put_file(struct buf *b, const struct verdict *v)
{
	const struct submission *s = &v->submission;
	struct buf words = { 0 };

	put_pair(b, "Verdict", s->id, true);
	if (s->revision > 1) {
		buf_printf(&words, "%u", s->revision);
		put_pair(b, "Revision", buf_as_text(&words), false);
		buf_clear(&words);
	}
	put_pair(b, "In place of verdict", s->supersedes, true);
	put_pair(b, "SHA-256 of the file", s->sha256, true);
	integer_format_pretty(&words, (int64_t)s->bytes.n);
	buf_str(&words, s->bytes.n == 1 ? " byte" : " bytes");
	if (v->format != NULL) {
		buf_str(&words, ", ");
		buf_text(&words, view_format(v));
	}
	put_pair(b, "Size", buf_as_text(&words), false);
	buf_clear(&words);
	time_format(&words, s->received);
	put_pair(b, "Received (UTC)", buf_as_text(&words), false);
	put_pair(b, "Form", v->form, true);
	put_pair(b, "Area code", v->area, true);
	buf_free(&words);
}

static void
put_rulebook(struct buf *b, const struct verdict *v)
{
	put_pair(b, "Rulebook", v->rulebook_digest, true);
	if (v->n_packs > 0) {
		buf_str(b, "<dt>Packs</dt><dd>");
		for (uint32_t i = 0; i < v->n_packs; i++) {
			buf_str(b, i > 0 ? ", " : "");
			html_text(b, v->packs[i], CUT_WORD);
		}
		buf_str(b, "</dd>\n");
	}
}

/* What failed on our side, in the words of the engine. */
static void
put_our_faults(struct buf *b, const struct verdict *v)
{
	put_pair(b, "For the administrator", v->our_fault, false);
	for (uint32_t i = 0; i < v->n_not_totals; i++) {
		const struct not_total *t = &v->not_totals[i];

		for (uint32_t k = 0; k < v->n_nots; k++) {
			const struct not_evaluated *ne = &v->nots[k];

			if ((t->kind != NOT_FAULT && t->kind != NOT_LIMIT) ||
			    ne->kind != t->kind || ne->condition != t->condition)
				continue;
			buf_str(b, "<dt>For the administrator</dt><dd>");
			html_element(b, "code", NULL,
			    ne->condition != NULL ? ne->condition->id : TEXT_NONE, CUT_WORD);
			buf_char(b, ' ');
			html_text(b, ne->because, CUT_LINE);
			buf_str(b, "</dd>\n");
			break;
		}
	}
}

/* Which earlier returns the checks were given. */
static void
put_history(struct buf *b, const struct verdict *v)
{
	buf_str(b, "<dt>Earlier returns looked at</dt><dd>");
	if (v->n_history == 0)
		buf_str(b, "none");
	for (uint32_t i = 0; i < v->n_history && i < 20; i++) {
		const struct history_item *h = &v->history[i];

		buf_str(b, i > 0 ? "<br>" : "");
		html_text(b, h->form, CUT_WORD);
		buf_char(b, ' ');
		html_text(b, h->period, CUT_WORD);
		buf_str(b, " of ");
		html_text(b, h->area, CUT_WORD);
		buf_char(b, ' ');
		html_element(b, "code", NULL, h->id, CUT_WORD);
	}
	if (v->n_history > 20)
		buf_printf(b, "<br>and %u more", v->n_history - 20);
	buf_str(b, "</dd>\n");
}

/* Whether an earlier row says the same parameter already. */
static bool
said_before(const struct verdict *v, uint32_t i)
{
	const struct used_parameter *u = v->used;

	for (uint32_t k = 0; k < i; k++)
		if (text_equal(u[k].name, u[i].name) && text_equal(u[k].value, u[i].value) &&
		    text_equal(u[k].source, u[i].source))
			return true;
	return false;
}

static void
put_parameters(struct buf *b, const struct verdict *v)
{
	if (v->n_used == 0)
		return;
	buf_str(b,
	    "<details><summary>The parameters that the checks used</summary>"
	    "<table class=\"stack\"><thead><tr><th scope=\"col\">Parameter</th>"
	    "<th scope=\"col\">Value</th><th scope=\"col\">Source</th></tr></thead><tbody>\n");
	for (uint32_t i = 0; i < v->n_used; i++) {
		if (said_before(v, i))
			continue;
		buf_str(b, "<tr><th scope=\"row\"><code>");
		html_text(b, v->used[i].name, CUT_WORD);
		buf_str(b, "</code></th><td>");
		html_text(b, v->used[i].value, CUT_LINE);
		buf_str(b, "</td><td>");
		html_text(b, v->used[i].source, CUT_LINE);
		buf_str(b, "</td></tr>\n");
	}
	buf_str(b, "</tbody></table></details>\n");
}

void
html_small_print(struct buf *b, const struct verdict *v)
{
	html_section(b, "print", "Small print", TEXT_NONE);
	if (v->submission.seq < 0)
		buf_str(b,
		    "<p>This was a check by hand: nothing was sent and nothing is "
		    "recorded.</p>");
	else if (v->outcome != UNDETERMINED && v->outcome != COMPLIANT)
		buf_str(b,
		    "<p>To send a corrected file, put it into your region’s inbox folder under "
		    "any name. It gets a verdict of its own; this one stays on record.</p>");
	buf_str(b, "<dl>\n");
	put_file(b, v);
	put_rulebook(b, v);
	put_history(b, v);
	put_our_faults(b, v);
	buf_str(b, "</dl>\n");
	put_parameters(b, v);
	html_section_end(b);
}
