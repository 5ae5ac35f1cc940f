/*
 * Reading .xlsx and .xlsm workbooks (ECMA-376, transitional and strict).  Macros, links and pictures
 * are never looked at.
 *
 * Each sheet's cells come in rows, with what a person sees in mind:
 *   numbers   as the text in the file; what programs store is a binary double (0.30000000000000004),
 *             so who wants a figure takes 15 significant digits of it (number_seen.h)
 *   dates     numbers whose format shows a date, and ISO dates: 2014-11-28, 2014-11-28T16:05:00,
 *             or 16:05:00 for a time alone; a time of day only where the format shows it
 *   text      shared, inline and rich, without phonetic runs, _xHHHH_ resolved
 *   formulas  their result as it was last worked out; without one, the error #NOT-CALCULATED
 * Cells of hidden rows, columns and sheets are there, and marked.  The cost is that of the cells that
 * exist, wherever they stand.
 */
#ifndef RULES_READ_XLSX_H
#define RULES_READ_XLSX_H

#include "rules/document.h"

struct document *read_xlsx(
    struct arena *, struct text bytes, const struct read_options *, struct read_error *error);

#endif
