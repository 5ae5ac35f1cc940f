/* What the render_html_* files share. */
#ifndef RULES_RENDER_HTML_PRIVATE_H
#define RULES_RENDER_HTML_PRIVATE_H

#include "rules/verdict_view.h"

/* How much of a text from outside is shown, in bytes, before it is cut. */
enum { CUT_WORD = 120, CUT_LINE = 300, CUT_TEXT = 2000 };

/* Escaped, cut on a character boundary. */
void html_text(struct buf *, struct text, size_t most);
/* <tag class="class">text</tag>; nothing when the text is empty. class may be NULL. */
void html_element(struct buf *, const char *tag, const char *class, struct text, size_t most);
/* <section> with its heading and, at the right, what it comes to; end with html_section_end(). */
void html_section(struct buf *, const char *class, const char *title, struct text sum);
void html_section_end(struct buf *);
/* "3 corrections" */
void html_count(struct buf *, uint32_t n, const char *one, const char *many);
/* A place with where it stands in the file beneath, in <small>. */
void html_place(struct buf *, const struct verdict *, const struct at *);
/* The same on one line, as a paragraph. */
void html_where(struct buf *, const struct verdict *, const struct at *);
/* "28 November 2014" for an ISO date, else the text as it is. */
void html_date(struct buf *, struct text);
/* "Source … · BCF-FUND-001" */
void html_source(struct buf *, const struct condition_head *);

void html_corrections(struct buf *, const struct verdict *);
void html_missing(struct buf *, const struct verdict *);
void html_queries(struct buf *, const struct verdict *);
void html_noted(struct buf *, const struct verdict *);
void html_shadow(struct buf *, const struct verdict *);
void html_explanations(struct buf *, const struct verdict *);
void html_waivers(struct buf *, const struct verdict *);
void html_determinations(struct buf *, const struct verdict *);
void html_not_checked(struct buf *, const struct verdict *);
void html_passed(struct buf *, const struct verdict *);
void html_small_print(struct buf *, const struct verdict *);

#endif
