/*
 * A CSV file that holds several tables, as a workbook does: a row with nothing but "[Income]" begins the
 * sheet of that name.  The rows keep their numbers, so that places are those of the file.
 */
#include "rules/read_csv.h"

/* The name between the brackets of a row that is nothing else; empty: it is no such row. */
static struct text
section_name(const struct document *doc, uint32_t i)
{
	const struct cell *cell = &doc->cells[i];
	struct text t = text_trim(cell->text);

	if ((i > 0 && doc->cells[i - 1].row == cell->row) ||
	    (i + 1 < doc->n_cells && doc->cells[i + 1].row == cell->row) || t.n < 3 ||
	    t.p[0] != '[' || t.p[t.n - 1] != ']')
		return TEXT_NONE;
	return text_trim((struct text){ t.p + 1, t.n - 2 });
}

void
csv_split_sections(struct arena *arena, struct document *doc)
{
	struct sheet whole = doc->sheets[0], *sheet = NULL;
	uint32_t n = 0, i;
	struct text name;

	if (section_name(doc, 0).n == 0)
		return;
	for (i = 0; i < doc->n_cells; i++)
		n += section_name(doc, i).n > 0;
	doc->sheets = arena_calloc(arena, n, sizeof(*doc->sheets));
	doc->n_sheets = n;
	doc->sectioned = true;
	for (i = n = 0; i < doc->n_cells; i++) {
		if ((name = section_name(doc, i)).n > 0) {
			sheet = &doc->sheets[n++];
			*sheet = whole;
			sheet->name = name;
			sheet->first_cell = i + 1;
			sheet->n_cells = 0;
		} else if (sheet != NULL) {
			sheet->n_cells++;
		}
	}
}
