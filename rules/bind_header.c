/* Where the header of a table is, and what its headings name. */
#include <string.h>

#include "rules/bind_csv.h"

#define HEADER_CELLS 2000 /* of a row that may be the header are looked at */

int
csv_sheet(const struct document *doc)
{
	int found = -1;

	for (uint32_t i = 0; i < doc->n_sheets; i++) {
		if (doc->sheets[i].n_cells == 0 || doc->sheets[i].hidden)
			continue;
		if (found >= 0)
			return -1;
		found = (int)i;
	}
	return found;
}

void
put_row(struct buf *buf, const struct document *doc, const struct cell *cell)
{
	if (doc->format == DOC_CSV)
		buf_printf(buf, "line %u", cell->line);
	else
		buf_printf(buf, "row %u", cell->row);
}

uint32_t
csv_row_end(const struct cell *cells, uint32_t n, uint32_t first)
{
	uint32_t end = first;

	while (end < n && cells[end].row == cells[first].row)
		end++;
	return end;
}

const struct csv_target *
csv_heading(const struct csv_layout *layout, struct text text, int64_t *scale)
{
	char out[HEADING_BYTES];
	struct text normal = heading_normalise(out, text, scale);
	const struct csv_target *target = form_csv_target(layout, normal, true);

	return target != NULL ? target : form_csv_target(layout, normal, false);
}

/* How many of the columns that are needed a row names. */
uint32_t
csv_needs_found(const struct csv_layout *layout, const struct cell *row, uint32_t n, bool *have)
{
	uint32_t found = 0;

	memset(have, 0, layout->n_needs * sizeof(*have));
	for (uint32_t i = 0; i < n && i < HEADER_CELLS; i++) {
		const struct csv_target *target = csv_heading(layout, row[i].text, NULL);

		for (uint32_t k = 0; target != NULL && k < layout->n_needs; k++) {
			if (target->path[target->depth - 1] == layout->needs[k].field &&
			    !have[k]) {
				have[k] = true;
				found++;
			}
		}
	}
	return found;
}

/* The first cell of the row with the most of the needed columns; *found tells how many it has. */
uint32_t
csv_header_row(const struct csv_layout *layout, const struct cell *cells, uint32_t n,
    uint32_t *found, bool *have)
{
	uint32_t best = 0, rows = 0;
	bool here[FORM_FIELDS];

	*found = 0;
	memset(have, 0, layout->n_needs * sizeof(*have));
	for (uint32_t at = 0, end; at < n && rows < HEADER_SEARCH; at = end, rows++) {
		uint32_t got;

		end = csv_row_end(cells, n, at);
		if ((got = csv_needs_found(layout, cells + at, end - at, here)) <= *found)
			continue;
		best = at;
		*found = got;
		memcpy(have, here, layout->n_needs * sizeof(*have));
		if (got == layout->n_needs)
			break;
	}
	return best;
}
