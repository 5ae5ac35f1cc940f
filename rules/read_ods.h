/*
 * Reading OpenDocument spreadsheets (ODF 1.0 to 1.3): .ods, and .fods, the same as one XML file.  Macros,
 * links, pictures and notes are never looked at.
 *
 * The document is like that of an Excel workbook (read_xlsx.h):
 *   numbers   office:value as it is in the file; percentages and amounts of a currency are numbers
 *   dates     office:date-value as 2014-11-28 or 2014-11-28T16:05:00, to the second
 *   times     16:05:00; a day and more, such as 36:00:00, is text
 *   text      paragraphs with a line break between them, white space as LibreOffice shows it; without notes,
 *             ruby text and drawings
 *   formulas  their result as it was last worked out
 *   names     ranges as Excel writes them ('My sheet'!$A$1:$B$4), expressions as the file does
 * Cells of hidden or filtered rows, of hidden columns and sheets are there, and marked.  A cell that stands
 * for many is that many cells if it has a value, at most ODS_REPEATED in a file, and none otherwise.
 */
#ifndef RULES_READ_ODS_H
#define RULES_READ_ODS_H

#include "rules/document.h"

#define ODS_REPEATED 2000000

struct document *read_ods(
    struct arena *, struct text bytes, const struct read_options *, struct read_error *error);

#endif
