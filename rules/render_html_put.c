/* The small pieces of which the page is made. */
#include "rules/render_html_private.h"

/* The first most bytes, or a little less so that no character is broken. */
static struct text
cut(struct text t, size_t most)
{
	if (t.n <= most)
		return t;
	t.n = most;
	while (t.n > 0 && ((unsigned char)t.p[t.n] & 0xc0) == 0x80)
		t.n--;
	return t;
}

void
html_text(struct buf *b, struct text t, size_t most)
{
	struct text shown = cut(t, most);

	buf_html(b, shown);
	if (shown.n < t.n)
		buf_str(b, "…");
}

void
html_element(struct buf *b, const char *tag, const char *class, struct text t, size_t most)
{
	if (t.n == 0)
		return;
	buf_char(b, '<');
	buf_str(b, tag);
	if (class != NULL) {
		buf_str(b, " class=\"");
		buf_str(b, class);
		buf_char(b, '"');
	}
	buf_char(b, '>');
	html_text(b, t, most);
	buf_str(b, "</");
	buf_str(b, tag);
	buf_char(b, '>');
}

void
html_section(struct buf *b, const char *class, const char *title, struct text sum)
{
	buf_printf(b, "<section class=\"%s\"><div class=\"top\"><h2>%s</h2>", class, title);
	html_element(b, "span", "sum", sum, CUT_LINE);
	buf_str(b, "</div>\n");
}

void
html_section_end(struct buf *b)
{
	buf_str(b, "</section>\n");
}

void
html_count(struct buf *b, uint32_t n, const char *one, const char *many)
{
	integer_format_pretty(b, n);
	buf_char(b, ' ');
	buf_str(b, n == 1 ? one : many);
}

/* "line 59 · /income[I1]/amount", in an element, when there is either. */
static void
put_source(struct buf *b, const struct verdict *v, const struct at *at, const char *element)
{
	struct buf where = { 0 };

	view_source(&where, v, at);
	if (where.n > 0 || at->path.n > 0) {
		buf_printf(b, "<%s class=\"soft\">", element);
		if (at->sheet.n > 0) /* where people go to: the cell */
			html_element(b, "strong", NULL, buf_as_text(&where), CUT_LINE);
		else
			html_text(b, buf_as_text(&where), CUT_LINE);
		if (where.n > 0 && at->path.n > 0)
			buf_str(b, " · ");
		html_element(b, "code", NULL, at->path, CUT_WORD);
		buf_printf(b, "</%s>", element);
	}
	buf_free(&where);
}

void
html_place(struct buf *b, const struct verdict *v, const struct at *at)
{
	html_text(b, view_place(at), CUT_WORD);
	put_source(b, v, at, "small");
}

void
html_where(struct buf *b, const struct verdict *v, const struct at *at)
{
	buf_str(b, "<p class=\"at\">");
	html_element(b, "b", NULL, view_place(at), CUT_LINE);
	buf_char(b, ' ');
	put_source(b, v, at, "span");
	buf_str(b, "</p>");
}

void
html_date(struct buf *b, struct text t)
{
	struct buf words = { 0 };

	view_date(&words, t);
	html_text(b, buf_as_text(&words), CUT_WORD);
	buf_free(&words);
}

void
html_source(struct buf *b, const struct condition_head *c)
{
	if (c == NULL)
		return;
	buf_str(b, "<p class=\"src\">");
	if (c->source.n > 0) {
		html_text(b, c->source, CUT_LINE);
		buf_str(b, " · ");
	}
	html_element(b, "code", NULL, c->id, CUT_WORD);
	buf_str(b, "</p>");
}
