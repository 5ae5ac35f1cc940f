/* What is hidden in a workbook and was read all the same: rows and columns of its tables. */
#include "rules/bind_cell.h"

static void
put_run(struct hidden_rows *h)
{
	if (h->from == 0)
		return;
	buf_printf(&h->rows, "%s%u", h->rows.n > 0 ? ", " : "", h->from);
	if (h->to > h->from)
		buf_printf(&h->rows, " to %u", h->to);
	h->from = 0;
}

void
bind_note_hidden(
    struct hidden_rows *h, const struct bind *b, const struct cell *cells, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (!cells[i].hidden)
			return;
	if (h->n++ == 0)
		h->src = bind_cell_src(b, cells);
	if (h->from != 0 && h->to + 1 == cells->row) {
		h->to++;
		return;
	}
	put_run(h);
	h->from = h->to = cells->row;
}

void
bind_tell_hidden(struct hidden_rows *h, struct bind *b, struct place at, struct text sheet)
{
	put_run(h);
	if (h->n > 0)
		bind_fault(b, FAULT_HIDDEN, at, NULL, h->src, TEXT_NONE,
		    "%s %.*s of the sheet \"%.*s\" %s hidden, and what stands there is read "
		    "and counted. Show %s, and see that it is right.",
		    h->n == 1 ? "Row" : "Rows", TEXT_ARG(buf_as_text(&h->rows)), QUOTED(sheet),
		    h->n == 1 ? "is" : "are", h->n == 1 ? "it" : "them");
	buf_free(&h->rows);
}

void
bind_tell_hidden_column(struct bind *b, struct place at, struct text heading, uint32_t src)
{
	bind_fault(b, FAULT_HIDDEN, at, NULL, src, heading,
	    "The column \"%.*s\" is hidden, and what stands in it is read and counted. Show "
	    "it, and see that it is right.",
	    QUOTED(heading));
}
