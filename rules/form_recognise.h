/* What the files that recognise forms share. */
#ifndef RULES_FORM_RECOGNISE_H
#define RULES_FORM_RECOGNISE_H

#include "rules/budget.h"

enum form_comes_as { FORM_COMES_AS_JSON, FORM_COMES_AS_TABLE, FORM_COMES_AS_SHEETS };

/* The forms that come so, for a sentence: "Better Care Fund plan (bcf-plan), …". */
void form_put_names(struct buf *, const struct form *const *, size_t n, enum form_comes_as);
/* A buffer's text in the arena; the buffer is given back. */
struct text form_finish_text(struct arena *, struct buf *);
/* As form_recognise(), for a workbook. */
const struct form *form_recognise_sheets(const struct form *const *, size_t n,
    const struct document *, struct arena *, struct read_error *why);

#endif
