/*
 * The report for a terminal or an e-mail: the same as the page in the same order, a finding in two or
 * three lines, under 100 columns.
 *
 * Every paragraph goes through text_flush(), which escapes it as a whole: nothing from a file can
 * move a cursor, change a colour or turn the direction of writing.  Columns are counted in characters.
 */
#include <string.h>

#include "rules/render_text_private.h"

static const char *const inks[INKS] = { [INK_PLAIN] = "",
	[INK_BOLD] = "\033[1m",
	[INK_SOFT] = "\033[2m",
	[INK_BAD] = "\033[1;31m",
	[INK_ASK] = "\033[1;33m",
	[INK_GOOD] = "\033[1;32m",
	[INK_OURS] = "\033[1;35m" };

static const struct {
	const char *sign;
	enum ink ink;
} signs[OUTCOMES] = { [UNREADABLE] = { "▢", INK_OURS },
	[NON_COMPLIANT] = { "✗", INK_BAD },
	[UNDETERMINED] = { "△", INK_OURS },
	[QUERIED] = { "?", INK_ASK },
	[COMPLIANT] = { "✓", INK_GOOD } };

void
text_ink(struct writer *w, enum ink ink)
{
	if (w->colour)
		buf_str(w->b, inks[ink]);
}

void
text_ink_off(struct writer *w, enum ink ink)
{
	if (w->colour && ink != INK_PLAIN)
		buf_str(w->b, "\033[0m");
}

void
text_heading(struct writer *w, const char *title)
{
	buf_char(w->b, '\n');
	text_ink(w, INK_BOLD);
	buf_str(w->b, title);
	text_ink_off(w, INK_BOLD);
	buf_char(w->b, '\n');
}

/* Bytes of the first at most `columns` characters. */
static size_t
bytes_of(const char *p, size_t n, size_t columns, size_t *taken)
{
	size_t i = 0;

	*taken = 0;
	while (i < n && *taken < columns) {
		i++;
		while (i < n && ((unsigned char)p[i] & 0xc0) == 0x80)
			i++;
		(*taken)++;
	}
	return i;
}

/* How much of p fits on a line, ending at a blank where there is one. */
static size_t
line_length(const char *p, size_t n, size_t columns)
{
	size_t taken, fits = bytes_of(p, n, columns, &taken), at;

	if (fits == n || p[fits] == ' ')
		return fits;
	for (at = fits; at > 0 && p[at] != ' ';)
		at--;
	return at > 0 ? at : fits;
}

static void
wrap(struct writer *w, const char *p, size_t n, unsigned first, unsigned rest)
{
	unsigned indent = first;
	size_t length, room;

	while (n > 0) {
		room = w->width > indent + 20 ? w->width - indent : 20;
		length = line_length(p, n, room);
		buf_printf(w->b, "%*s", (int)indent, "");
		buf_put(w->b, p, length);
		buf_char(w->b, '\n');
		while (length < n && p[length] == ' ')
			length++;
		p += length;
		n -= length;
		indent = rest;
	}
}

void
text_flush(struct writer *w, unsigned first, unsigned rest, enum ink ink, size_t most)
{
	struct buf safe = { 0 };

	buf_safe_cut(&safe, buf_as_text(&w->line), most);
	text_ink(w, ink);
	if (safe.n > 0)
		wrap(w, safe.p, safe.n, first, rest);
	text_ink_off(w, ink);
	if (buf_failed(&safe) || buf_failed(&w->line))
		w->b->failed = true;
	buf_free(&safe);
	buf_clear(&w->line);
}

static void
put_part(struct buf *b, struct text t, const char *before)
{
	if (t.n == 0)
		return;
	if (b->n > 0)
		buf_str(b, before);
	buf_text(b, t);
}

/* "✗ NOT COMPLIANT" and the headline; then what it is about, on a line or two. */
static void
put_top(struct writer *w, const struct verdict *v)
{
	struct buf *line = &w->line;

	text_ink(w, signs[v->outcome].ink);
	buf_str(w->b, signs[v->outcome].sign);
	buf_char(w->b, ' ');
	buf_str(w->b, view_outcome_words[v->outcome]);
	text_ink_off(w, signs[v->outcome].ink);
	buf_str(w->b, "\n");
	verdict_headline(line, v);
	text_flush(w, 2, 2, INK_BOLD, 400);
	put_part(line, v->area_name.n > 0 ? v->area_name : v->area, " · ");
	put_part(line, v->form_title.n > 0 ? v->form_title : v->form, " · ");
	put_part(line, v->period, " · ");
	put_part(line, v->submission.name, " · ");
	buf_str(line, v->submission.time_given ? " · as if received " : " · received ");
	time_format_pretty(line, v->submission.received);
	if (v->submission.revision > 1)
		buf_printf(line, " · judged again, no. %u", v->submission.revision);
	if (v->at_stake > v->held) {
		buf_str(line, " · money to correct ");
		money_format_pretty(line, v->at_stake - v->held);
	}
	if (v->held > 0) {
		buf_str(line, " · held back until results are known ");
		money_format_pretty(line, v->held);
	}
	text_flush(w, 2, 2, INK_PLAIN, 900);
	if (v->submission.still_changing) {
		buf_str(line,
		    "The file was still changing when we read it. If it was not complete, "
		    "send it again.");
		text_flush(w, 2, 2, INK_BOLD, 400);
	}
}

static void
put_unreadable(struct writer *w, const struct verdict *v)
{
	const struct read_error *e = &v->unreadable;

	if (e->kind == NULL)
		return;
	text_heading(w, "What is wrong with it");
	buf_text(&w->line, e->what);
	text_flush(w, 2, 2, INK_PLAIN, 2000);
	if (e->expected.n > 0) {
		buf_str(&w->line, "Expected: ");
		buf_text(&w->line, e->expected);
		text_flush(w, 2, 4, INK_PLAIN, 2000);
	}
	if (e->todo.n > 0) {
		buf_str(&w->line, "To do: ");
		buf_text(&w->line, e->todo);
		text_flush(w, 2, 4, INK_PLAIN, 2000);
	}
}

static void
put_small_print(struct writer *w, const struct verdict *v)
{
	struct buf *line = &w->line;

	text_heading(w, "Small print");
	if (v->submission.id.n > 0) {
		buf_str(line, "Verdict ");
		buf_text(line, v->submission.id);
		text_flush(w, 2, 4, INK_SOFT, 200);
	}
	buf_str(line, "File ");
	buf_text(line, v->submission.sha256);
	buf_printf(line, ", %zu bytes", v->submission.bytes.n);
	text_flush(w, 2, 4, INK_SOFT, 200);
	if (v->rulebook_digest.n > 0) {
		buf_str(line, "Rules ");
		buf_text(line, v->rulebook_digest);
		for (uint32_t i = 0; i < v->n_packs; i++) {
			buf_str(line, i == 0 ? ": " : ", ");
			buf_text(line, v->packs[i]);
		}
		text_flush(w, 2, 4, INK_SOFT, 900);
	}
	if (v->outcome == UNDETERMINED && v->our_fault.n > 0) {
		buf_str(line, "For the administrator: ");
		buf_text(line, v->our_fault);
		text_flush(w, 2, 4, INK_PLAIN, 900);
	}
}

void
render_text(struct buf *b, const struct verdict *v, const struct text_style *style)
{
	struct writer w = { .b = b };

	w.colour = style != NULL && style->colour;
	w.width = style != NULL && style->width > 0 ? style->width : 96;
	put_top(&w, v);
	put_unreadable(&w, v);
	text_sections(&w, v);
	text_answers(&w, v);
	put_small_print(&w, v);
	buf_free(&w.line);
}
